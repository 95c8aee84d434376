"""Outline the countries of the world, with China as its own data draw it.

The polygons that come with the extra ``boundaries`` have no names: a country gets the code of most of the GeoNames
cities inside it, one without a city that of the nearest capital or of a known point. China is the union of its 34
provinces; its neighbors end there.
"""

from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import MissingExtraError
from ...data.places.gazetteer import Gazetteer
from ...data.places.world_units import city_countries
from ...data.wording.catalogue import text
from .china_boundaries import china_provinces
from .packaged_outlines import packaged_outlines

__all__ = ["CHINA", "country_outlines"]

CHINA = "CN"
# degrees from a capital to the outline of a small island that a coarse outline leaves out
_NEAR = 1.0
# longitude and latitude of land without a city
_POINTS = {
    "AQ": [(0.0, -80.0)],
    "BV": [(3.4, -54.4)],
    "GS": [(-36.7, -54.4)],
    "HM": [(73.5, -53.1)],
    "IO": [(72.4, -7.35)],
    "KI": [(-157.4, 1.87)],
    "MH": [(168.0, 9.0)],
    "SJ": [(16.0, 78.5), (-8.5, 71.0)],
    "TF": [(69.5, -49.3), (47.3, -11.57), (42.74, -17.06)],
    "TK": [(-171.85, -9.2)],
    "TO": [(-175.2, -21.1)],
    "UM": [(-160.0, -0.37), (-176.47, 0.2), (-176.62, 0.81), (-169.53, 16.73), (-177.38, 28.21), (166.63, 19.29)],
}


@cache
def country_outlines(tolerance: float) -> gpd.GeoDataFrame:
    """Return the countries: ``code`` (ISO 3166), ``name``, ``name_en``, ``name_zh``, ``kind``, polygons.

    Without the extra ``gazetteer`` only China has a code and a name. ``attrs["polygons"]`` and ``attrs["named"]`` count
    polygons read and named, ``attrs["holds"]`` gives the codes of countries whose land is part of another's outline.
    """
    raw, (codes, names, holds) = _raw(), _codes()
    shapes = np.asarray(shapely.coverage_simplify(raw, tolerance)) if tolerance else raw.copy()
    # the same line as on maps of China, at the same tolerance
    china = shapely.union_all(china_provinces(tolerance=tolerance).geometry.to_numpy())
    within = np.array([code == CHINA for code in codes])
    drawn = shapely.union_all(shapes[within])
    near = ~within & np.asarray(shapely.intersects(shapes, china) | shapely.intersects(shapes, drawn))
    shapes[near] = _up_to(shapes[near], china, drawn)
    rest = pd.DataFrame({"code": codes, "shape": shapes})[~within]
    # what has no code stays a piece of its own
    loose = rest["code"].fillna(rest.index.to_series().map("?{}".format))
    merged = rest["shape"].groupby(loose, sort=True).agg(lambda parts: _united(parts.to_numpy()))
    code = [None if str(one).startswith("?") else str(one) for one in merged.index] + [CHINA]
    columns = {"code": code} | {column: [found.get(str(one)) for one in code] for column, found in names.items()}
    frame = gpd.GeoDataFrame(columns | {"kind": "country"}, geometry=[*merged, china], crs=4326)
    frame.attrs = {"polygons": len(raw), "named": sum(code is not None for code in codes), "holds": holds}
    return frame


@cache
def _raw() -> Any:  # noqa: ANN401
    return packaged_outlines("countries")


def _united(parts: Any) -> Any:  # noqa: ANN401
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _up_to(neighbors: Any, china: Any, drawn: Any) -> np.ndarray:  # noqa: ANN401
    """Let neighbors end at China's outline, and reach it where the drawn China went beyond it."""
    cut = np.asarray(shapely.difference(neighbors, china))
    slivers = shapely.get_parts(shapely.difference(drawn, china))
    slivers = slivers[shapely.get_type_id(slivers) == 3]
    touched = shapely.STRtree(cut).query(slivers, predicate="intersects")
    shared = shapely.length(shapely.intersection(slivers[touched[0]], cut[touched[1]]))
    best = pd.DataFrame({"sliver": touched[0], "country": touched[1], "shared": shared})
    best = best[best["shared"] > 0].sort_values("shared").drop_duplicates("sliver", keep="last")
    for country, rows in best.groupby("country"):
        cut[int(country)] = shapely.union_all([cut[int(country)], *slivers[rows["sliver"]]])
    return cut


@cache
def _codes() -> tuple[list[str | None], dict[str, dict[str, str]], dict[str, list[str]]]:
    """Return the code of each polygon, the names by code, and the codes of countries held by another's outline."""
    shapes = _raw()
    china: Any = china_provinces(tolerance=0.05).geometry.union_all()
    # islands that are China's in its own data are pieces of their own here
    south = shapely.convex_hull(packaged_outlines("dashes")[0])
    chinese = np.asarray(shapely.within(shapes, south))
    near = np.flatnonzero(shapely.intersects(shapes, china))
    chinese[near] |= shapely.area(shapely.intersection(shapes[near], china)) > 0.5 * shapely.area(shapes[near])
    codes: list[str | None] = [CHINA if one else None for one in chinese]
    names = {
        "name": {CHINA: "China"},
        "name_en": {CHINA: "China"},
        "name_zh": {CHINA: text("map.ground.china").in_("zh")},
    }
    try:
        known, cities = Gazetteer.world().table, city_countries()
    except MissingExtraError:
        return codes, names, {}
    countries = known[known["level"] == "country"].set_index("code")
    tree = shapely.STRtree(shapes)
    points = shapely.STRtree(shapely.points(cities["lon"], cities["lat"]))
    shape, city = points.query(shapes, predicate="contains")
    counts = pd.DataFrame({"shape": shape, "code": cities["country"].to_numpy()[city]}).value_counts().reset_index()
    most = counts.sort_values(["shape", "count", "code"], ascending=[True, False, True]).drop_duplicates("shape")
    for number, code in zip(most["shape"], most["code"], strict=True):
        codes[int(number)] = codes[int(number)] or str(code)
    spots = [(code, at) for code, several in _POINTS.items() for at in several]
    spots += [(str(code), (lon, lat)) for code, lon, lat in countries[["lon", "lat"]].dropna().itertuples()]
    missing = [(code, at) for code, at in spots if code in _POINTS or code not in codes]
    for code, at in missing:
        found = tree.query_nearest(shapely.Point(at), max_distance=_NEAR, all_matches=False)
        if len(found) and codes[int(found[0])] is None:
            codes[int(found[0])] = code
    holds: dict[str, list[str]] = {}
    for code, held in zip((codes[int(number)] for number in counts["shape"]), counts["code"], strict=True):
        if held not in codes and code not in (held, CHINA):
            holds[str(code)] = sorted({*holds.get(str(code), []), str(held)})
    for column, key in (("name", "place"), ("name_en", "name_en"), ("name_zh", "name_zh")):
        names[column] = countries[key].dropna().to_dict()
    return codes, names, holds
