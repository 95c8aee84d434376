"""Tell the page what a study is, whatever is asked of it: names, tiers, places, networks, the ground of the map."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...data.flow_ends import flow_ends
from ...data.json_value import json_value
from ...data.places.both_names import both_names
from ...data.tier_scale import TierScale
from ...data.wording.catalogue import Text, plain
from ..plan.inputs import Inputs
from ..stages.build_chain import Chain
from .ground import ground_of

__all__ = ["describe_study"]

# radii of places on the map for four steps down the scale, in pixels; further tiers lie between
_RADII = (9.0, 7.0, 5.4, 4.0)


def describe_study(chain: Chain) -> dict[str, Any]:
    """Return what every page shows of a study."""
    inputs, layers = chain.inputs, chain.layers
    study, centers, order = inputs.study, layers.centers, inputs.study.tiers.order
    scored = study.index.units if study.index else []
    connected = {end for network in study.networks for end in flow_ends(chain.networks.shown(network.name).flows)}
    spots = {place: at for place, at in _spots(chain) if place in {*scored, *connected, *inputs.places["place"]}}
    named = {*centers["place"], *layers.scopes["place"], *scored, *connected, *spots}
    columns = ["place", "lon", "lat", "tier", "tier_status", "scope"]
    return {
        "name": study.name,
        "title": Text.of(en=study.title, zh=study.title_zh).to_dict(),
        "tiers": list(order),
        "tier_names": {tier.key: tier.name.to_dict() for tier in order.tiers},
        "tier_colors": {tier.key: tier.color for tier in order.tiers},
        "radii": _radii(order),
        "centers": [json_value(row) for row in centers[columns].astype({"tier": str}).to_dict("records")],
        "spots": spots,
        "names": {p: _name(p, inputs.names) for p in sorted(named)} | _names_of_tables(inputs),
        "scored": scored,
        "networks": [network.name for network in study.networks],
        "ground": ground_of(study, layers),
    }


def _spots(chain: Chain) -> Iterator[tuple[str, list[float]]]:
    """Give each place a point: that of its row, else one inside its area."""
    located = chain.inputs.places.dropna(subset=["lon", "lat"])
    scopes = chain.layers.drawn["scopes"]
    for scope, shape in zip(scopes["place"], scopes.geometry, strict=True):
        if shape is not None and not shape.is_empty:
            point = shape.representative_point()
            yield scope, [round(point.x, 4), round(point.y, 4)]
    for place, lon, lat in located[["place", "lon", "lat"]].itertuples(index=False):
        yield place, [round(float(lon), 4), round(float(lat), 4)]


def _names_of_tables(inputs: Inputs) -> dict[str, dict[str, str]]:
    """Name indicators and networks."""
    titles = {n.name: Text.of(en=n.title or n.name, zh=n.title_zh) for n in inputs.study.networks}
    if inputs.framework is not None:
        table = inputs.framework.table.set_index("indicator").reindex(columns=["name_en", "name_zh"])
        names = table.astype(object).fillna("").itertuples()
        titles |= {i: Text.of(en=en or i, zh=zh or en or i) for i, en, zh in names}
    return {name: one.to_dict() for name, one in titles.items()}


def _name(place: str, names: pd.DataFrame) -> dict[str, str]:
    if place not in names.index:
        return plain(place).to_dict()
    english, chinese = both_names(place, *names.loc[place, ["name_en", "name_zh"]])
    return Text.of(en=english, zh=chinese).to_dict()


def _radii(scale: TierScale) -> dict[str, float]:
    """Give each tier the radius of its symbol, the highest the largest."""
    steps = np.linspace(0, len(_RADII) - 1, len(scale))
    return {key: round(float(r), 2) for key, r in zip(scale, np.interp(steps, range(len(_RADII)), _RADII), strict=True)}
