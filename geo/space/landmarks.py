"""Lay corridors, belts and landmarks out as layers in longitude and latitude (EPSG:4326)."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_choice, check_known_places, hint
from ...data.places.keys import as_keys
from ...data.vocabulary import terms
from ..coordinates import check_columns, line_between, locate
from .layer_columns import CRS, listed_places, names_of, points_of, text_cells

__all__ = ["corridors_layer", "landmarks_layer"]

ROLES: tuple[str, ...] = tuple(terms("landmarks"))


def corridors_layer(
    corridors: pd.DataFrame, places: pd.DataFrame, *, undrawable: Literal["warn", "leave_out"] = "warn"
) -> gpd.GeoDataFrame:
    """Return corridors and belts as lines through their members, in the order in which these are listed.

    - A line takes the shorter way around the earth; across the 180th meridian it is drawn in two parts.
    - A corridor with fewer than two different points cannot be a line: it is left out, with an `InnoscapeWarning`
      naming it unless ``undrawable="leave_out"``.

    Parameters
    ----------
    corridors : DataFrame
        ``corridor`` (unique), ``members`` (places joined by ``"; "``); optional ``name_en``, ``name_zh``, ``kind``
        (``corridor`` or ``belt``), ``scope``, ``status``.
    places : DataFrame
        Places contract.
    undrawable : {"warn", "leave_out"}
        Whether corridors left out are warned of.

    Returns
    -------
    GeoDataFrame
        Lines in EPSG:4326: ``corridor``, ``name_en``, ``name_zh``, ``kind``, ``scope``, ``members``, ``status``,
        ``geometry``; sorted by corridor.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A member that ``places`` does not hold; all listed.
    GeometryError
        A member without coordinates; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["甲", "乙"], "lon": [116, 117], "lat": [39, 40]})
    >>> table = pd.DataFrame({"corridor": ["甲乙带"], "members": ["甲; 乙"], "kind": ["belt"]})
    >>> corridors_layer(table, places).geometry[0].wkt
    'LINESTRING (116 39, 117 40)'
    """
    check_choice("undrawable", undrawable, ("warn", "leave_out"))
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = [listed_places(cell) for cell in corridors["members"]]
    used = {name for names in members for name in names}
    check_known_places("corridors", used, as_keys(places["place"]))
    located = locate(places[as_keys(places["place"]).isin(used)], "places")
    points = dict(zip(as_keys(located["place"]), zip(located["lon"], located["lat"], strict=True), strict=True))
    frame = pd.DataFrame({"corridor": as_keys(corridors["corridor"]).tolist()})
    for column in ("name_en", "name_zh"):
        frame[column] = text_cells(corridors, column, fallback="corridor")
    for column in ("kind", "scope"):
        frame[column] = text_cells(corridors, column)
    frame["members"] = ["; ".join(names) for names in members]
    frame["status"] = text_cells(corridors, "status")
    lines = [[points[name] for name in names] for names in members]
    drawable = np.array([len(set(line)) > 1 for line in lines], dtype=bool)
    if undrawable == "warn" and not drawable.all():
        short = ", ".join(sorted(frame.loc[~drawable, "corridor"]))
        warn("warnings.short_corridors", names=short, stacklevel=2)
    frame = frame[drawable]
    geometry = [line_between(line) for line, kept in zip(lines, drawable, strict=True) if kept]
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs=CRS))
    return layer.sort_values("corridor", ignore_index=True)


def landmarks_layer(structure: pd.DataFrame, places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the cores, nuclei, belts, parks and platforms of a scope as points.

    Parameters
    ----------
    structure : DataFrame
        ``place``, ``role`` (``core``, ``nucleus``, ``belt``, ``park`` or ``platform``); optional ``function_en``,
        ``function_zh``, ``scope``.
    places : DataFrame
        Places contract; gives names and points. A belt stands at its representative point.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326: ``place``, ``name_en``, ``name_zh``, ``role``, ``function_en``, ``function_zh``, ``scope``,
        ``geometry``; sorted by role in the order above, then place.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A place that ``places`` does not hold; all listed.
    OptionError
        A role that is not one of the five; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["北京"], "lon": [116.4], "lat": [39.9], "name_en": ["Beijing"]})
    >>> layer = landmarks_layer(pd.DataFrame({"place": ["北京"], "role": ["core"]}), places)
    >>> layer[["name_en", "role"]].to_dict("records")
    [{'name_en': 'Beijing', 'role': 'core'}]
    """
    check_columns(structure, "structure", ("place", "role"))
    keys = as_keys(structure["place"]).tolist()
    check_known_places("structure", keys, as_keys(places["place"]))
    wrong = [
        f"{role!r} at {key}{hint(role, ROLES)}"
        for key, role in zip(keys, structure["role"], strict=True)
        if role not in ROLES
    ]
    if wrong:
        raise OptionError(f"structure: needed a role of {', '.join(ROLES)}, got {'; '.join(sorted(wrong))}")
    located = locate(places[as_keys(places["place"]).isin(keys)], "places")
    located = located.set_index(as_keys(located["place"])).loc[keys]
    frame = pd.DataFrame({"place": keys})
    frame["name_en"], frame["name_zh"] = names_of(located)
    frame["role"] = structure["role"].astype(str).tolist()
    for column in ("function_en", "function_zh", "scope"):
        frame[column] = text_cells(structure, column)
    frame["lon"], frame["lat"] = located["lon"].to_numpy(), located["lat"].to_numpy()
    order = frame.assign(step=frame["role"].map(ROLES.index)).sort_values(["step", "place"]).index
    return points_of(frame.loc[order].reset_index(drop=True)).drop(columns=["lon", "lat"])
