"""Make layers of the map from the patterns of a study: clusters, ellipses year by year, density."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, text
from ...geo.cut_at_180 import cut_at_180
from ...geo.maps.classes import ClassLayer
from ...geo.maps.colors import ramp

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["pattern_layers"]

_STEPS = 5


def pattern_layers(results: "StudyResults", name_of: Callable[[str], Text]) -> Iterator[ClassLayer]:
    """Give the layers of each variable.

    Parameters
    ----------
    results : StudyResults
    name_of : callable
        Variable -> what it is called.
    """
    plan = results.study.pattern
    order = [] if plan is None else [variable.key for variable in plan.variables]
    adjusted = plan is None or plan.correction != "none"
    for key, own in _of_variables(results.layers.get("clusters"), order):
        classes = {kind: (term.name, term.color) for kind, term in terms("clusters").items()}
        fields = {"own": (text("map.findings.own"), ""), "lag": (text("map.findings.lag"), "")}
        fields |= {"p_adjusted": (text("map.findings.p" if adjusted else "map.findings.p_alone"), "")}
        yield ClassLayer(own, "cluster", classes, text("map.findings.clusters", variable=name_of(key)), fields=fields)
    for key, own in _of_variables(results.layers.get("ellipses"), order):
        yield _ellipses(own, text("map.findings.ellipses", variable=name_of(key)))
    for key, own in _of_variables(results.layers.get("density"), order):
        yield _density(own, text("map.findings.density", variable=name_of(key)))


def _of_variables(layer: gpd.GeoDataFrame | None, order: list[str]) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Give the part of each variable, in the order of the study."""
    if layer is None:
        return
    for key in dict.fromkeys([*order, *layer["variable"]]):
        own = layer[layer["variable"] == key]
        if len(own):
            yield key, own


def _ellipses(own: gpd.GeoDataFrame, name: Text) -> ClassLayer:
    """Draw the ellipse of each year, light to dark, and the path of the center."""
    own = own[own.geometry.notna() & ~own.geometry.is_empty]
    years = ["" if pd.isna(year) else str(int(year)) for year in own["year"]]
    points = gpd.GeoDataFrame(
        {"place": years, "when": years},
        geometry=[cut_at_180(point) for point in gpd.points_from_xy(own["lon"], own["lat"]).buffer(0.12)],
        crs=4326,
    )
    frame = pd.concat(
        [gpd.GeoDataFrame({"place": years, "when": years}, geometry=own.geometry.to_numpy(), crs=4326), points]
    )
    colors = ramp("plum", len(years) + 2)[2:]
    classes = {year: (year, color) for year, color in zip(years, colors, strict=True)}
    return ClassLayer(gpd.GeoDataFrame(frame, crs=4326), "when", classes, name, filled=False)


def _density(own: gpd.GeoDataFrame, name: Text) -> ClassLayer:
    """Draw density in classes of equal steps, each as one area."""
    density = own["density"].to_numpy(dtype=float)
    borders = np.linspace(0.0, float(density.max()), _STEPS + 1)
    step = np.clip(np.searchsorted(borders, density, side="left"), 1, _STEPS)
    # cells share corners only to the last digits
    areas = own.assign(step=step).dissolve("step", method="unary", grid_size=1e-6).geometry
    labels = {str(n): f"{borders[n - 1]:.3g} – {borders[n]:.3g}" for n in areas.index}
    frame = gpd.GeoDataFrame(
        {"place": [labels[str(n)] for n in areas.index], "step": areas.index.astype(str)},
        geometry=areas.to_numpy(),
        crs=4326,
    )
    colors = ramp("ochre", _STEPS)
    return ClassLayer(frame, "step", {n: (label, colors[int(n) - 1]) for n, label in labels.items()}, name, edged=False)
