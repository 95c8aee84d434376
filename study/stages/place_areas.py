"""Find the areas of places, for weights by contiguity and for maps: from the study's own file, else from boundaries."""

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd

from ..plan.inputs import Inputs

__all__ = ["place_areas"]

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
    from ...geo.space.areas_by_names import areas_at

    wanted = sorted({*places})
    table = inputs.places[inputs.places["place"].isin(wanted)].rename(columns={"place": "key"})
    file = inputs.study.map.file
    for level in (*([] if file is None else [(inputs.study.folder or Path()) / file]), *_LEVELS):
        found = areas_at(level, table)
        if {*found["place"]} == {*wanted}:
            names = inputs.names
            return found.assign(**{name: found["place"].map(names[name]) for name in names}).sort_values(
                "place", ignore_index=True
            )
    return None
