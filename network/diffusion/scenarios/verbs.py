"""Carry out one intervention on the inputs of a model: each verb takes the inputs and returns what it changes."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import check_known_places, name_faults, refuse
from ..model.channel import Channel

__all__ = ["VERBS"]

Inputs = Mapping[str, Any]
Changes = dict[str, Any]


def _known(places: Iterable[Hashable], inputs: Inputs) -> None:
    """Refuse places that are no centers, all of them at once."""
    check_known_places("places", places, inputs["centers"]["place"])


def _named(places: Iterable[Hashable] | None, inputs: Inputs) -> None:
    """Refuse places that neither the centers nor the flows know."""
    flows = inputs["flows"]
    known = {*inputs["centers"]["place"], *flows["source"], *flows["target"]}
    check_known_places("places", places or (), known)


def _costs(inputs: Inputs) -> pd.DataFrame:
    """Return costs that may be changed, as numbers with fractions."""
    if inputs["costs"] is None:
        raise OptionError("there are no costs to change; give costs= to hazard_rates()")
    return inputs["costs"].astype(float)


def _tier(tier: str, inputs: Inputs) -> str:
    allowed = list(inputs["centers"]["tier"].cat.categories)
    if tier not in allowed:
        raise OptionError(f"tier must be one of {', '.join(map(str, allowed))}, got {tier!r}")
    return tier


def _redirect_flow(inputs: Inputs, *, source: Hashable, within: Sequence, share: float) -> Changes:
    flows = inputs["flows"]
    if flows is None:
        raise OptionError("there are no flows to redirect; give flows= to hazard_rates()")
    _named([source, *within], inputs)
    sent = (flows["source"] == source) & (flows["target"] != source)
    inside = sent & flows["target"].isin(list(within))
    outside = sent & ~inside
    kept, left = (float(np.sort(flows.loc[rows, "value"].to_numpy(dtype=float)).sum()) for rows in (inside, outside))
    if (share > 0 and kept == 0) or (share < 1 and left == 0):
        which = "into" if kept == 0 else "out of"
        raise OptionError(f"{source!r} has no flow {which} the group given, so its share cannot be set to {share:g}")
    value = flows["value"].astype(float)
    total = kept + left
    value = value.mask(inside, value * (share * total / kept if kept else 0.0))
    value = value.mask(outside, value * ((1 - share) * total / left if left else 0.0))
    return {"flows": flows.assign(value=value)}


def _scale_cost(inputs: Inputs, *, places: Sequence, factor: float) -> Changes:
    costs = _costs(inputs)
    _known(places, inputs)
    costs.loc[list(places), list(places)] *= factor
    return {"costs": costs}


def _add_center(inputs: Inputs, *, place: Hashable, tier: str, receptivity: float) -> Changes:
    centers = inputs["centers"]
    if (centers["place"] == place).any():
        raise OptionError(f"{place!r} is already a center; use set_tier to move it")
    row = pd.DataFrame({"place": [place], "tier": pd.Categorical([_tier(tier, inputs)], dtype=centers["tier"].dtype)})
    accept = inputs["receptivity"].copy()
    accept.loc[place] = receptivity
    return {"centers": pd.concat([centers[["place", "tier"]], row], ignore_index=True), "receptivity": accept}


def _set_tier(inputs: Inputs, *, place: Hashable, tier: str, receptivity: float | None) -> Changes:
    _known([place], inputs)
    centers, accept = inputs["centers"].copy(), inputs["receptivity"].copy()
    centers.loc[centers["place"] == place, "tier"] = _tier(tier, inputs)
    if receptivity is not None:
        accept.loc[place] = receptivity
    return {"centers": centers, "receptivity": accept}


def _flows(inputs: Inputs) -> pd.DataFrame:
    if inputs["flows"] is None:
        raise OptionError("there are no flows to change; give flows= to hazard_rates()")
    return inputs["flows"]


def _scale_flow(inputs: Inputs, *, sources: Sequence | None, targets: Sequence | None, factor: float) -> Changes:
    flows = _flows(inputs)
    for places in (sources, targets):
        _named(places, inputs)
    chosen = pd.Series(True, index=flows.index)
    for column, places in (("source", sources), ("target", targets)):
        if places is not None:
            chosen &= flows[column].isin(list(places))
    if not chosen.any():
        raise OptionError("no flow runs between the places given")
    value = flows["value"].astype(float)
    return {"flows": flows.assign(value=value.mask(chosen, value * factor))}


def _scale_receptivity(inputs: Inputs, *, places: Sequence | None, factor: float) -> Changes:
    accept = inputs["receptivity"].copy()
    chosen = list(accept.index) if places is None else list(places)
    _known(chosen, inputs)
    accept.loc[chosen] *= factor
    return {"receptivity": accept}


def _set_channel(inputs: Inputs, *, channel: str, changes: Mapping[str, Any]) -> Changes:
    known = [option.name for option in fields(Channel)]
    refuse(name_faults(changes, known, name="option"))
    return {"channels": tuple(_changed(inputs, channel, lambda c: replace(c, **changes)))}


def _scale_channel(inputs: Inputs, *, channel: str, factor: float) -> Changes:
    return {"channels": tuple(_changed(inputs, channel, lambda c: replace(c, rate=c.rate * factor)))}


def _changed(inputs: Inputs, name: str, change: Callable[[Channel], Channel]) -> list[Channel]:
    names = [c.name for c in inputs["channels"]]
    if name not in names:
        raise OptionError(f"there is no channel {name!r}; the model has {', '.join(names)}")
    return [change(c) if c.name == name else c for c in inputs["channels"]]


def _add_corridor(inputs: Inputs, *, places: Sequence, factor: float) -> Changes:
    costs = _costs(inputs)
    _known(places, inputs)
    old = costs.loc[list(places), list(places)].to_numpy() * factor
    for step in (1, -1):
        # a leg may cost more in one direction than in the other
        order = list(range(len(places)))[::step]
        along = np.concatenate([[0.0], np.cumsum([old[a, b] for a, b in pairwise(order)])])
        for (i, here), (j, there) in combinations(enumerate(places[k] for k in order), 2):
            costs.loc[here, there] = min(costs.loc[here, there], along[j] - along[i])
    return {"costs": costs}


def _siphon(inputs: Inputs, *, to: Hashable, places: Sequence, share: float) -> Changes:
    _known([to, *places], inputs)
    changes: Changes = {}
    accept = inputs["receptivity"].copy()
    accept.loc[list(places)] *= 1.0 - share
    changes["receptivity"] = accept
    flows = inputs["flows"]
    if flows is not None:
        drawn = flows["target"].isin(list(places))
        moved = flows[drawn].assign(target=to, value=flows.loc[drawn, "value"] * share)
        kept = flows.assign(value=flows["value"].astype(float).mask(drawn, flows["value"] * (1.0 - share)))
        both = pd.concat([kept, moved[moved["source"] != to]], ignore_index=True)
        changes["flows"] = both.sort_values(["source", "target", "value"], kind="stable", ignore_index=True)
    return changes


def _seed(inputs: Inputs, *, places: Sequence) -> Changes:
    _known(places, inputs)
    return {}


VERBS: dict[str, Callable[..., Changes]] = {
    "redirect_flow": _redirect_flow,
    "scale_flow": _scale_flow,
    "scale_cost": _scale_cost,
    "add_corridor": _add_corridor,
    "add_center": _add_center,
    "set_tier": _set_tier,
    "scale_receptivity": _scale_receptivity,
    "set_channel": _set_channel,
    "scale_channel": _scale_channel,
    "siphon": _siphon,
    "seed": _seed,
}
