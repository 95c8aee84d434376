"""Draw the rows of a table of places: as points, or as what is made of the points of each."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import geopandas as gpd
import pandas as pd
import shapely

__all__ = ["CRS", "Point", "drawn_points", "drawn_table"]

CRS = "EPSG:4326"
# longitude and latitude
Point: TypeAlias = tuple[float, float]


def drawn_points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table with ``lon`` and ``lat`` as points in EPSG:4326."""
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=CRS)
    return gpd.GeoDataFrame(table.assign(geometry=points), geometry="geometry")


def drawn_table(table: pd.DataFrame, shape: Callable[[Sequence[Point]], shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return a table with what is made of the ``points`` of each row in their place, in EPSG:4326."""
    plain = table.drop(columns="points")
    shapes = gpd.GeoSeries([shape(points) for points in table["points"]], index=plain.index, crs=CRS)
    return gpd.GeoDataFrame(plain, geometry=shapes)
