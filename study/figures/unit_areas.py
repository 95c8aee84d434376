"""Find the areas of the places of results: boundaries by name, else the extents that a study draws around them."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from ...data import GeometryError, InnoscapeWarning, MissingExtraError, OptionError, TableError
from ..facts.rows import place_names

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["UnitAreas", "unit_areas"]

_LEVELS = ("province", "prefecture", "country")
_TOLERANCE = 0.03


class UnitAreas(NamedTuple):
    """Areas of places: ``place`` and geometry in EPSG:4326; whether they are extents drawn around points."""

    frame: gpd.GeoDataFrame
    approximate: bool


def unit_areas(
    results: "StudyResults", places: Sequence[str], *, given: gpd.GeoDataFrame | None = None
) -> UnitAreas | None:
    """Return the areas of places, None where fewer than half have one.

    Boundaries in which all places are found come first (those given, the file that the map names, provinces,
    prefectures, countries), then the scopes of the study, then the boundaries in which most are found.
    """
    from ...geo import boundaries

    wanted = sorted({*map(str, places)})
    if not wanted:
        return None
    names = place_names(results.shown)
    pairs = [names.get(place, (place, place)) for place in wanted]
    table = pd.DataFrame({"key": wanted, "name_en": [en for en, _ in pairs], "name_zh": [zh for _, zh in pairs]})
    file = results.study.map.file
    own = [] if file is None else [(results.study.folder or Path()) / file]
    best: gpd.GeoDataFrame | None = None
    for level in [given] if given is not None and "name" in given else [*own, *_LEVELS]:
        try:
            with warnings.catch_warnings():
                # what finds no partner is seen by its absence
                warnings.simplefilter("ignore", InnoscapeWarning)
                areas = level if isinstance(level, gpd.GeoDataFrame) else _bounds(boundaries, level)
                found = _joined(areas, table)
        except (MissingExtraError, GeometryError, OptionError, TableError):
            continue
        if len(found) == len(wanted):
            return UnitAreas(found, approximate=False)
        if best is None or len(found) > len(best):
            best = found
    scopes = results.layers.get("scopes")
    if scopes is not None and {*wanted} <= {*scopes["place"].astype(str)}:
        shapes = scopes.to_crs(4326)[["place", "geometry"]]
        return UnitAreas(shapes[shapes["place"].astype(str).isin(wanted)].reset_index(drop=True), approximate=True)
    if best is None or 2 * len(best) < len(wanted):
        return None
    return UnitAreas(best, approximate=False)


def _bounds(boundaries: object, level: str | Path) -> gpd.GeoDataFrame:
    read: object = boundaries
    areas = read(level) if isinstance(level, Path) else read(level, tolerance=_TOLERANCE)  # pyright: ignore[reportCallIssue]
    return areas.to_crs(4326)


def _joined(areas: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the areas that places of a table have, by key, then by name."""
    from ...geo import join_boundaries

    left, parts = table, []
    for column in ("key", "name_zh", "name_en"):
        if left.empty:
            break
        pairs = pd.DataFrame({"by": left[column].to_numpy(), "_place": left["key"].to_numpy()})
        try:
            joined = join_boundaries(areas, pairs, by="by")
        except OptionError:
            continue
        found = joined.loc[joined["_place"].notna(), ["_place", "geometry"]]
        parts.append(found.rename(columns={"_place": "place"}))
        left = left[~left["key"].isin(found["_place"])]
    if not parts:
        return gpd.GeoDataFrame({"place": []}, geometry=[], crs=4326)
    both = pd.concat(parts, ignore_index=True).sort_values("place", ignore_index=True)
    return gpd.GeoDataFrame(both, crs=areas.crs)
