"""Find the areas of places, for weights by contiguity and for maps: from the study's own file, else from boundaries."""

import warnings
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ...data import GeometryError, InnoscapeWarning, MissingExtraError, OptionError, TableError
from ..plan.inputs import Inputs

__all__ = ["areas_by_names", "place_areas"]

_LEVELS = ("province", "prefecture", "country")


def place_areas(inputs: Inputs, places: Iterable[str]) -> gpd.GeoDataFrame | None:
    """Return the area of each place: ``place``, ``name_en``, ``name_zh`` and polygons, in the order of the names.

    The areas are those of the file that the map names, else the first of provinces and prefectures of China and
    countries among which all are found by key, code or name.

    Returns
    -------
    GeoDataFrame or None
        None where some place has no area in any of them, or boundaries are not installed.
    """
    from ...geo import boundaries

    wanted = sorted({*places})
    table = inputs.places[inputs.places["place"].isin(wanted)].rename(columns={"place": "key"})
    file = inputs.study.map.file
    for level in (*([] if file is None else [(inputs.study.folder or Path()) / file]), *_LEVELS):
        try:
            with warnings.catch_warnings():
                # what finds no partner is seen by its absence
                warnings.simplefilter("ignore", InnoscapeWarning)
                found = areas_by_names(boundaries(level), table)
        except (MissingExtraError, GeometryError, OptionError, TableError):
            continue
        if {*found["place"]} == {*wanted}:
            names = inputs.names
            return found.assign(**{name: found["place"].map(names[name]) for name in names}).sort_values(
                "place", ignore_index=True
            )
    return None


def areas_by_names(areas: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the areas of the places of a table that have one, by code, key or name: ``place`` and polygons.

    Parameters
    ----------
    areas : GeoDataFrame
        As `innoscape.geo.boundaries` gives them.
    table : DataFrame
        ``key``, and ``code``, ``name_zh``, ``name_en`` where known.
    """
    from ...geo import join_boundaries

    left, parts = table, []
    for column in ("code", "key", "name_zh", "name_en"):
        if column not in left or left[column].isna().all():
            continue
        rows = left[left[column].notna()]
        pairs = pd.DataFrame({"by": rows[column], "place": rows["key"]})
        try:
            joined = join_boundaries(areas, pairs, by="by")
        except OptionError:
            continue
        found = joined.loc[joined["place"].notna(), ["place", "geometry"]]
        parts.append(found)
        left = left[~left["key"].isin(found["place"])]
        if left.empty:
            break
    if not parts:
        return gpd.GeoDataFrame({"place": pd.Series(dtype=object)}, geometry=[], crs=areas.crs)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=areas.crs)
