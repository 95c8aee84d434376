"""Make layers of the map from the siting of a study: sites, who goes where, what is reached in time."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import geopandas as gpd

from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, plain, text
from ...geo.maps.classes import ClassLayer
from ...geo.maps.colors import ramp
from ..plan.misfits import RESERVED

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["siting_layers"]


def siting_layers(results: "StudyResults", name_of: Callable[[str], Text]) -> Iterator[ClassLayer]:
    """Give the layers of the layout that is shown, the widest first.

    Parameters
    ----------
    results : StudyResults
    name_of : callable
        Variable -> what it is called.
    """
    plan = results.study.siting
    assert plan is not None  # noqa: S101 - the section is there
    variable = name_of(plan.demand.key)
    unit = str(results.tables["siting_layouts"]["unit"].iloc[0]) if "siting_layouts" in results.tables else ""
    unit = "" if unit == "cost" else unit
    titles = {one.name: Text.of(en=one.title or one.name, zh=one.title_zh) for one in results.study.scenarios}
    if (areas := results.layers.get("isochrones")) is not None and len(areas):
        for scenario, own in areas.groupby("scenario", sort=False):
            title = text("map.findings.isochrones")
            if scenario != RESERVED[0]:
                title = text("map.findings.isochrones_of", scenario=titles[str(scenario)])
            yield _isochrones(gpd.GeoDataFrame(own).reset_index(drop=True), title)
    roles = {role: (term.name, term.color) for role, term in terms("site_roles").items()}
    if (lines := results.layers.get("siting_ways")) is not None and len(lines):
        fields = {"demand": (variable, ""), "cost": (text("map.findings.cost"), unit)}
        yield ClassLayer(lines, "role", roles, text("map.findings.ways", variable=variable), fields=fields)
    if (points := results.layers.get("sites")) is not None and len(points):
        fields = {"demand": (variable, ""), "places": (text("map.findings.places"), "")}
        fields |= {"mean_cost": (text("map.findings.mean_cost"), unit)}
        fields |= {"max_cost": (text("map.findings.max_cost"), unit)}
        yield ClassLayer(points, "role", roles, text("map.findings.sites", variable=variable), fields=fields)


def _isochrones(areas: gpd.GeoDataFrame, title: Text) -> ClassLayer:
    """Draw rings, what is reached first the darkest."""
    names = [f"≤ {minutes:g}" for minutes in areas["minutes"]]
    colors = ramp("teal", len(names) + 1)[1:][::-1]
    frame = areas.assign(place=names, ring=[str(n) for n in range(len(names))])
    classes: dict[str, tuple[str | Text, str]] = {
        str(n): (text("map.findings.minutes", minutes=plain(name)), color)
        for n, (name, color) in enumerate(zip(names, colors, strict=True))
    }
    return ClassLayer(frame, "ring", classes, title, edged=False)
