"""Find the areas of the places of results: boundaries by name, else the extents that a study draws around them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import geopandas as gpd
import pandas as pd

from ...geo.space.areas_by_names import areas_at
from ..facts.rows import place_names

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["UnitAreas", "unit_areas"]

_LEVELS = ("province", "prefecture", "country")
_TOLERANCE = 0.03
_SOME = 8
_NONE = gpd.GeoDataFrame({"place": []}, geometry=[], crs=4326)
# names take long to look up, and several figures want the same areas
_KNOWN: "WeakKeyDictionary[StudyResults, dict[tuple[str, ...], UnitAreas | None]]" = WeakKeyDictionary()


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
    wanted = tuple(sorted({*map(str, places)}))
    if given is None:
        known = _KNOWN.setdefault(results, {})
        if wanted not in known:
            known[wanted] = _found(results, wanted, None)
        return known[wanted]
    return _found(results, wanted, given)


def _found(results: "StudyResults", wanted: tuple[str, ...], given: gpd.GeoDataFrame | None) -> UnitAreas | None:
    if not wanted:
        return None
    names = place_names(results.shown)
    pairs = [names.get(place, (place, place)) for place in wanted]
    table = pd.DataFrame({"key": wanted, "name_zh": [zh for _, zh in pairs], "name_en": [en for en, _ in pairs]})
    scopes = results.layers.get("scopes")
    drawn = scopes is not None and {*wanted} <= {*scopes["place"].astype(str)}
    file = results.study.map.file
    own = [] if file is None else [(results.study.folder or Path()) / file]
    best = _NONE
    if given is not None and "name" in given:
        best = areas_at(given, table)
        return UnitAreas(best, approximate=False) if 2 * len(best) >= len(wanted) else None
    for level in [*own, *_LEVELS[: 1 if drawn else None]]:
        # a level that holds few of some holds few of all, and names without a match take long
        some = table.iloc[:: max(1, len(table) // _SOME)]
        if isinstance(level, str) and 2 * len(areas_at(level, some, tolerance=_TOLERANCE)) < len(some):
            continue
        found = areas_at(level, table, tolerance=_TOLERANCE)
        if len(found) == len(wanted):
            return UnitAreas(found, approximate=False)
        best = max(best, found, key=len)
    if scopes is not None and drawn:
        shapes = scopes.to_crs(4326)[["place", "geometry"]]
        return UnitAreas(shapes[shapes["place"].astype(str).isin(wanted)].reset_index(drop=True), approximate=True)
    return UnitAreas(best, approximate=False) if len(best) and 2 * len(best) >= len(wanted) else None
