"""Put results on the map: areas tinted by one of several measures, which the reader chooses in the legend."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.amounts import script_unit
from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.wording.catalogue import Text, text
from ...data.wording.catalogue import plain as same
from .atlas import AtlasLayer, AtlasMap, add_layer
from .colors import class_breaks, diverging, ramp
from .encode import cells, check_layer, degrees, names_of, number_column, short_number

__all__ = ["Measure", "add_measures"]

_KINDS = ("classes", "change", "groups")
# classes of a change: as many below 0 as above
_HALF = 3
_FACTS = ("score", "rank", "members")


@dataclass(frozen=True, eq=False)
class Measure:
    """A column that areas can be tinted by, as `add_measures` draws it.

    Parameters
    ----------
    column : str
        Column of numbers, or of groups.
    name : str or Text
        What it is called.
    kind : {"classes", "change", "groups"}
        Numbers in classes from light to dark; changes in classes on both sides of 0; groups with a color each.
    unit : str or Text
        Unit of the numbers.
    method : {"natural_breaks", "quantiles", "equal"}
        How classes of numbers are parted.
    classes : int
        How many, 2 to 9.
    colors : {"teal", "ochre", "sand", "plum", "blue", "grey"}
        Ramp of the classes.
    groups : mapping
        Group -> its name and its color (``#rrggbb``), in the order of the legend.
    heading : str or Text
        What it is listed under.
    soft : collection of str
        Places whose value is not as observed; they are hatched over their color, and the legend counts them.
    """

    column: str
    name: str | Text
    kind: Literal["classes", "change", "groups"] = "classes"
    unit: str | Text = ""
    method: Literal["natural_breaks", "quantiles", "equal"] = "natural_breaks"
    classes: int = 5
    colors: Literal["teal", "ochre", "sand", "plum", "blue", "grey"] = "teal"
    groups: Mapping[str, tuple[str | Text, str]] | None = None
    heading: str | Text = ""
    soft: Collection[str] = ()


def add_measures(
    atlas: AtlasMap,
    areas: gpd.GeoDataFrame,
    measures: Sequence[Measure],
    *,
    name: str | Text | None = None,
    show: bool = True,
) -> AtlasMap:
    """Tint areas by one of several measures; the legend holds the choice, the classes, their method and counts.

    The first measure is drawn when the page opens. Areas without a value are hatched, areas whose extent is approximate
    have a broken edge. A value equal to a border belongs to the class below it.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    areas : GeoDataFrame
        ``place``, polygons in EPSG:4326 and the columns of the measures; ``name_en``, ``name_zh``, ``tier``, ``score``,
        ``rank``, ``members``, ``approximate``.
    measures : sequence of Measure
        At least one; those without any value are left out.
    name : str or Text, optional
        Name of the layer.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame, or measures without any value, leave it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.
    TableError
        A column is missing, or holds something other than numbers.
    OptionError
        A group without a color, or an unknown kind, method or ramp.

    Examples
    --------
    >>> import shapely
    >>> squares = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(3)]
    >>> areas = gpd.GeoDataFrame({"place": list("abc"), "score": [0.1, 0.4, 0.9]}, geometry=squares, crs=4326)
    >>> atlas = add_measures(AtlasMap(), areas, [Measure("score", "Score", classes=3)])
    >>> "innoscape.measures(" in atlas.get_root().render()
    True
    """
    drawable = check_layer(areas, ["place", *(one.column for one in measures)], name="areas")
    if drawable.empty:
        return atlas
    ordered = drawable.sort_values("place")
    written = [found for one in measures if (found := _written(ordered, one)) is not None]
    if not written:
        return atlas
    rough = ordered["approximate"].to_numpy(bool) if "approximate" in ordered else np.zeros(len(ordered), dtype=bool)
    shapes = [
        names_of(row)
        | cells(row, _FACTS)
        | {"t": _tier(row, atlas), "at": degrees(row.geometry), "rough": int(broken)}
        | atlas.rings_of(row.geometry)
        for row, broken in zip(ordered.itertuples(), rough, strict=True)
    ]
    key = {"symbol": "measures", "rough": int(rough.sum()), "colors": written[0]["colors"]}
    element = AtlasLayer(same(name) if name else text("map.layers.scored"), group="results", key=key, show=show)
    return add_layer(atlas, element, "measures", {"shapes": shapes, "measures": written})


def _tier(row: Any, atlas: AtlasMap) -> int | None:  # noqa: ANN401 - a row of a table
    rank = atlas.tier_scale.rank(getattr(row, "tier", None))
    return rank if rank < len(atlas.tier_scale) else None


def _written(areas: gpd.GeoDataFrame, measure: Measure) -> dict[str, Any] | None:
    """Write a measure with the class of each area; None without any value."""
    check_choice("kind", measure.kind, _KINDS)
    found = {"names": same(measure.name).to_dict(), "heading": same(measure.heading).to_dict(), "kind": measure.kind}
    if measure.kind == "groups":
        return _grouped(areas[measure.column], measure, found)
    values = number_column(areas, measure.column)
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    if measure.kind == "change":
        borders, tints = _change(known)
        method = "equal"
    else:
        borders = class_breaks(known, method=measure.method, classes=measure.classes)
        tints, method = ramp(measure.colors, len(borders) + 1), measure.method
    number = np.searchsorted(borders, values, side="left")
    classed = [int(one) if math.isfinite(value) else None for one, value in zip(number, values.tolist(), strict=True)]
    low, high = float(known.min()), float(known.max())
    edges = [min(low, *borders, high), *borders, max(low, *borders, high)] if borders else [low, high]
    return found | {
        "unit": script_unit(measure.unit),
        "method": method,
        "colors": tints,
        "breaks": [short_number(edge) for edge in edges],
        "v": [short_number(value) for value in values.tolist()],
        "c": classed,
        "e": [int(place in soft) for place in areas["place"].astype(str)] if (soft := {*measure.soft}) else [],
    }


def _change(known: np.ndarray) -> tuple[list[float], list[str]]:
    """Part changes into steps that are equal on both sides of 0; the middle class holds 0."""
    most = float(np.abs(known).max()) or 1.0
    step = 2 * most / (2 * _HALF + 1)
    return [step * (k - _HALF + 0.5) for k in range(2 * _HALF)], diverging(2 * _HALF + 1)


def _grouped(held: pd.Series, measure: Measure, found: dict[str, Any]) -> dict[str, Any] | None:
    groups = measure.groups or {}
    known = held.dropna().astype(str)
    if known.empty:
        return None
    if strange := sorted({*known} - {*groups}):
        raise OptionError(f"groups: needed a color of every group, got none for {', '.join(strange)}")
    shown = [key for key in groups if (known == key).any()]
    number = {key: n for n, key in enumerate(shown)}
    return found | {
        "colors": [groups[key][1] for key in shown],
        "groups": [same(groups[key][0]).to_dict() for key in shown],
        "c": [None if pd.isna(one) else number[str(one)] for one in held],
    }
