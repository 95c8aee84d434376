"""Lay corridors, belts and landmarks out as layers in longitude and latitude (EPSG:4326)."""

from typing import Literal

import geopandas as gpd
import pandas as pd

from ..cut_at_180 import line_between
from .drawn_table import drawn_points, drawn_table
from .layer_tables import corridor_table, landmark_table

__all__ = ["corridors_layer", "draw_corridors", "draw_landmarks", "landmarks_layer"]


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
    return draw_corridors(corridor_table(corridors, places, undrawable=undrawable))


def draw_corridors(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the lines of a table of corridors, see `corridor_table`."""
    return drawn_table(table, line_between)


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
    return draw_landmarks(landmark_table(structure, places))


def draw_landmarks(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the points of a table of landmarks, see `landmark_table`."""
    return drawn_points(table).drop(columns=["lon", "lat"])
