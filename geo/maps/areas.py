"""Put computed areas on the map: hinterlands, and areas tinted by a value."""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.amounts import script_unit
from ...data.errors import OptionError
from ...data.vocabulary import with_trait
from ...data.wording.catalogue import Text
from .atlas import AtlasLayer, AtlasMap, add_layer
from .colors import class_breaks, ramp
from .encode import cells, check_columns, check_layer, degrees, names_of, number_column, plain, rings, short_number
from .words import layer_name

_HEX = re.compile("#[0-9a-fA-F]{6}")


def add_hinterlands(
    atlas: AtlasMap,
    areas: gpd.GeoDataFrame,
    *,
    name: str | Text | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw the hinterlands of centers: thin lines, a light tint of the center's tier, and how they were computed.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    areas : GeoDataFrame
        What `innoscape.geo.hinterlands` gives: ``place`` and polygons; ``name_en``, ``name_zh``, ``tier``,
        ``method``, ``exponent``, ``area_km2``, ``share``. Empty areas are left out.
    name : str or Text, optional
        Name of the layer.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.
    TableError
        A column is missing.

    Examples
    --------
    >>> import shapely
    >>> areas = gpd.GeoDataFrame({"place": ["a"]}, geometry=[shapely.box(110, 30, 111, 31)], crs=4326)
    >>> page = add_hinterlands(AtlasMap(), areas).get_root().render()
    """
    drawable = check_layer(areas, ["place"], name="hinterlands")
    if drawable.empty:
        return atlas
    lowest = len(atlas.tier_scale) - 1
    shapes = []
    for row in drawable.sort_values("place").itertuples():
        found = {key: short_number(value) for key, value in cells(row, ["area_km2", "share"]).items()}
        tier = min(atlas.tier_scale.rank(str(getattr(row, "tier", ""))), lowest)
        shapes.append(names_of(row) | found | {"t": tier, "g": rings(row.geometry)})
    key = {"symbol": "hinterland", "method": _single(drawable, "method"), "exponent": _single(drawable, "exponent")}
    element = AtlasLayer(layer_name(name, "hinterlands"), group="areas", key=key, show=show)
    return add_layer(atlas, element, "hinterlands", {"shapes": shapes})


def add_choropleth(
    atlas: AtlasMap,
    areas: gpd.GeoDataFrame,
    column: str,
    *,
    name: str | Text | None = None,
    unit: str | Text = "",
    method: Literal["natural_breaks", "quantiles", "equal"] = "natural_breaks",
    classes: int = 5,
    breaks: Sequence[float] | None = None,
    colors: Literal["teal", "ochre", "sand", "plum", "blue", "grey"] | Sequence[str] = "teal",
    status: str | None = None,
    show: bool = True,
) -> AtlasMap:
    """Tint areas by a value, in classes from light to dark; areas without a value are hatched.

    A value equal to a border belongs to the class below it.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    areas : GeoDataFrame
        ``place`` (or ``name``) and polygons, and the column; ``name_en``, ``name_zh``.
    column : str
        Column of numbers. Shares or densities make sense here, totals seldom: a large area looks like much.
    name : str or Text, optional
        Name of the layer; by default the column.
    unit : str or Text, optional
        Unit of the values.
    method : {"natural_breaks", "quantiles", "equal"}
        How to part the values; values that repeat may give fewer classes.
    classes : int
        How many, 2 to 9; beyond 7 they are hard to distinguish.
    breaks : sequence of float, optional
        Inner borders of the classes, instead of a method.
    colors : {"teal", "ochre", "sand", "plum", "blue", "grey"} or sequence of str
        Ramp, or one color a class as ``#rrggbb``. The ramps fall evenly in lightness, so they survive printing in grey.
    status : str, optional
        Status of the values, such as ``estimated``, printed beside the name.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.
    TableError
        A column is missing, or holds something other than numbers.
    OptionError
        No value at all, an unknown method or ramp, borders out of order, or another number of colors than of classes.

    Examples
    --------
    >>> import shapely
    >>> squares = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(3)]
    >>> areas = gpd.GeoDataFrame({"place": list("abc"), "share": [0.1, 0.4, None]}, geometry=squares, crs=4326)
    >>> page = add_choropleth(AtlasMap(), areas, "share", classes=2, name="Share").get_root().render()
    """
    drawable = check_layer(areas, [column], name="areas")
    if drawable.empty:
        return atlas
    label = "place" if "place" in drawable else "name"
    check_columns(drawable, "areas", [label])
    ordered = drawable.sort_values(label)
    values = number_column(ordered, column)
    known = values[np.isfinite(values)]
    if not known.size:
        raise OptionError(f"column: needed a column with at least one number, got {column!r}")
    borders = _borders(breaks) if breaks is not None else class_breaks(known, method=method, classes=classes)
    tints = ramp(colors, len(borders) + 1)
    if len(tints) != len(borders) + 1 or not all(_HEX.fullmatch(tint) for tint in tints):
        raise OptionError(f"colors: needed {len(borders) + 1} colors as #rrggbb, one a class, got {list(tints)}")
    number = np.searchsorted(borders, values, side="left")
    shapes = [
        names_of(row, label)
        | {"v": short_number(value), "c": int(group) if math.isfinite(value) else None, "g": rings(row.geometry)}
        | {"at": degrees(row.geometry)}
        for row, value, group in zip(ordered.itertuples(), values.tolist(), number.tolist(), strict=True)
    ]
    key = {
        "symbol": "choropleth",
        "colors": tints,
        "breaks": [short_number(border) for border in (known.min(), *borders, known.max())],
        "missing": int((~np.isfinite(values)).sum()),
        "unit": script_unit(unit),
        "soft": [status] if status in with_trait("statuses", "soft") else [],
        "all": True,
    }
    element = AtlasLayer(name or column, group="areas", key=key, show=show)
    return add_layer(atlas, element, "choropleth", {"shapes": shapes})


def _borders(breaks: Sequence[float]) -> list[float]:
    borders = [float(border) for border in breaks]
    if not borders or borders != sorted(set(borders)) or not all(map(math.isfinite, borders)):
        raise OptionError(f"breaks: needed finite numbers that rise, got {list(breaks)}")
    return borders


def _single(frame: pd.DataFrame, column: str) -> Any:  # noqa: ANN401
    found = {plain(value) for value in frame[column]} if column in frame else set()
    return found.pop() if len(found) == 1 else None
