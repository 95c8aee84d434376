"""Give the scored places of a study areas to tint: their own polygons, else the extent drawn around their members."""

from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..plan.inputs import Inputs
from ..results.study_results import StudyResults

__all__ = ["ResultAreas", "aggregate_points", "result_areas"]

# points tried along each side of an area
_GRID = 28


class ResultAreas(NamedTuple):
    """Areas of the scored places and the scopes of the map.

    Attributes
    ----------
    areas : GeoDataFrame or None
        ``place``, names, ``approximate`` and polygons; None where fewer than two scored places have an area.
    scopes : GeoDataFrame or None
        The scopes, those with a polygon of their own filled with it (``bounded``).
    whole : bool
        Whether every scored place has its own polygon.
    """

    areas: gpd.GeoDataFrame | None
    scopes: gpd.GeoDataFrame | None
    whole: bool


def result_areas(inputs: Inputs, results: StudyResults) -> ResultAreas:
    """Return the areas that the map tints.

    Areas are those of the file that the map names, or of the ground that it draws: provinces, prefectures where the
    ground shows them, countries elsewhere.
    """
    scopes, scores = results.layers.get("scopes"), results.shown.get("scores")
    units = [] if scores is None else sorted({*scores["place"]})
    held = [] if scopes is None else sorted({*scopes["place"]})
    own = _own_areas(inputs, sorted({*units, *held}))
    found = dict(zip(own["place"], own.geometry, strict=True))
    if scopes is not None and len(scopes):
        bounded = scopes["place"].isin(found)
        shapes = [found.get(place, shape) for place, shape in zip(scopes["place"], scopes.geometry, strict=True)]
        scopes = scopes.assign(bounded=bounded).set_geometry(gpd.GeoSeries(shapes, index=scopes.index, crs=scopes.crs))
    hulls = {} if scopes is None else dict(zip(scopes["place"], scopes.geometry, strict=True))
    shapes = {place: found.get(place, hulls.get(place)) for place in units}
    drawn = [place for place, shape in shapes.items() if shape is not None and not shape.is_empty]
    if len(drawn) < 2:
        return ResultAreas(None, scopes, whole=False)
    names = {name: [inputs.names[name].get(place) for place in drawn] for name in ("name_en", "name_zh")}
    areas = gpd.GeoDataFrame(
        {"place": drawn, **names, "approximate": [place not in found for place in drawn]},
        geometry=[shapes[place] for place in drawn],
        crs=4326,
    )
    return ResultAreas(areas, scopes, whole=all(place in found for place in units))


def _own_areas(inputs: Inputs, places: list[str]) -> gpd.GeoDataFrame:
    """Return the polygons of places at the level that has most of them."""
    from ...geo.space.areas_by_names import areas_at

    best = gpd.GeoDataFrame({"place": pd.Series(dtype=object)}, geometry=[], crs=4326)
    plan = inputs.study.map
    if not places or plan.boundaries == "none":
        return best
    table = inputs.places[inputs.places["place"].isin(places)].rename(columns={"place": "key"})
    levels = [] if plan.file is None else [(inputs.study.folder or Path()) / plan.file]
    if plan.file is None:
        levels += ["province", "prefecture"] if plan.boundaries == "china-prefectures" else ["province"]
        levels += [] if plan.boundaries.startswith("china") else ["country"]
    for level in levels:
        found = areas_at(level, table)
        if len(found) > len(best):
            best = found
        if len(best) == len(places):
            break
    return best[~best.geometry.is_empty]


def aggregate_points(inputs: Inputs, places: list[str], others: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return a point for each aggregate inside the area that it is part of, as far as possible from places and edges.

    Parameters
    ----------
    inputs : Inputs
    places : list of str
        Aggregates that are ends of flows.
    others : GeoDataFrame
        The places that are drawn as points.

    Returns
    -------
    GeoDataFrame or None
        ``place``, names and points; aggregates that are part of no known area are missing.
    """
    table = inputs.places.set_index("place")
    if not places or "part_of" not in table:
        return None
    holders = table["part_of"].reindex(places).dropna()
    areas = _own_areas(inputs, sorted({*holders}))
    shapes = dict(zip(areas["place"], areas.geometry, strict=True))
    taken = [(point.x, point.y) for point in others.geometry if point is not None and not point.is_empty]
    points: dict[str, shapely.Point] = {}
    for place, holder in holders.items():
        if holder in shapes:
            points[str(place)] = _freest(shapes[holder], taken)
            taken.append((points[str(place)].x, points[str(place)].y))
    if not points:
        return None
    names = {name: [inputs.names[name].get(place) for place in points] for name in ("name_en", "name_zh")}
    return gpd.GeoDataFrame({"place": [*points], **names}, geometry=[*points.values()], crs=4326)


def _freest(shape: Any, taken: list[tuple[float, float]]) -> shapely.Point:  # noqa: ANN401 - an area
    """Return the point of a grid inside an area that is farthest from points and, within limits, from the edge."""
    west, south, east, north = shape.bounds
    grid = np.stack(np.meshgrid(np.linspace(west, east, _GRID), np.linspace(south, north, _GRID)), axis=-1)
    inside = grid.reshape(-1, 2)[shapely.contains_xy(shape, *grid.reshape(-1, 2).T)]
    if not len(inside):
        return shapely.point_on_surface(shape)
    wide = np.cos(np.radians((south + north) / 2))
    edge = shapely.distance(shapely.points(inside), shapely.boundary(shape))
    far = np.full(len(inside), np.inf)
    for x, y in taken:
        far = np.minimum(far, np.hypot((inside[:, 0] - x) * wide, inside[:, 1] - y))
    # half as much room towards the edge is enough: a name stands beside the point
    room = np.minimum(far, 2 * edge)
    return shapely.Point(inside[int(np.argmax(room))])
