"""Find the areas of the places of a table by code, key or name, at one level of boundaries."""

import warnings
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ...data.errors import GeometryError, InnoscapeWarning, MissingExtraError, OptionError, TableError
from ...data.places.gazetteer import Gazetteer
from .join_areas import area_names, join_by_names

__all__ = ["areas_at", "areas_by_names"]


def areas_at(
    level: str | Path | gpd.GeoDataFrame, table: pd.DataFrame, *, tolerance: float | None = None
) -> gpd.GeoDataFrame:
    """Return the areas that places of a table have at a level; none where its boundaries cannot be had.

    Parameters
    ----------
    level : str, Path or GeoDataFrame
        What `innoscape.geo.boundaries` takes, or boundaries as it gives them.
    table : DataFrame
        As `areas_by_names` takes it.
    tolerance : float, optional
        Of `innoscape.geo.boundaries`.

    Returns
    -------
    GeoDataFrame
        ``place`` and polygons in EPSG:4326.

    Examples
    --------
    >>> table = pd.DataFrame({"key": ["北京", "nowhere"], "name_en": ["Beijing", "Nowhere"]})
    >>> areas_at("province", table)["place"].tolist()
    ['北京']
    >>> areas_at(Path("no such file"), table).empty
    True
    """
    from .boundary_levels import BOUNDARY_LEVELS, boundaries

    try:
        with warnings.catch_warnings():
            # what finds no partner is seen by its absence
            warnings.simplefilter("ignore", InnoscapeWarning)
            if isinstance(level, gpd.GeoDataFrame):
                return areas_by_names(level, table)
            if level in BOUNDARY_LEVELS:
                return _found(*_packaged(str(level), tolerance), table)
            return areas_by_names(boundaries(level, tolerance=tolerance).to_crs(4326), table)
    except (MissingExtraError, GeometryError, OptionError, TableError):
        return _none(4326)


def areas_by_names(areas: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the areas of the places of a table that have one, by code, key or name: ``place`` and polygons.

    Parameters
    ----------
    areas : GeoDataFrame
        As `innoscape.geo.boundaries` gives them.
    table : DataFrame
        ``key``, and ``code``, ``name_zh``, ``name_en`` where known.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame({"name": ["A"], "code": ["1"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    >>> areas_by_names(areas, pd.DataFrame({"key": ["a"], "name_en": ["A"]}))["place"].tolist()
    ['a']
    """
    return _found(areas, area_names(areas), table)


@cache
def _packaged(level: str, tolerance: float | None) -> tuple[gpd.GeoDataFrame, Gazetteer]:
    """Return the areas of a level that comes with the extra, and their names, in which many tables are looked up."""
    from .boundary_levels import boundaries

    areas = boundaries(level, tolerance=tolerance).to_crs(4326)
    return areas, area_names(areas)


def _found(areas: gpd.GeoDataFrame, known: Gazetteer, table: pd.DataFrame) -> gpd.GeoDataFrame:
    left, parts = table, []
    for column in ("code", "key", "name_zh", "name_en"):
        if column not in left or left[column].isna().all():
            continue
        rows = left[left[column].notna()]
        pairs = pd.DataFrame({"by": rows[column], "place": rows["key"]})
        try:
            joined = join_by_names(areas, known, pairs, by="by")
        except OptionError:
            continue
        found = joined.loc[joined["place"].notna(), ["place", "geometry"]]
        parts.append(found)
        left = left[~left["key"].isin(found["place"])]
        if left.empty:
            break
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=areas.crs) if parts else _none(areas.crs)


def _none(crs: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"place": pd.Series(dtype=object)}, geometry=[], crs=crs)  # pyright: ignore[reportArgumentType]
