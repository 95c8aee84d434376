"""Put what was found on the map, each area, line or point in the color of its class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from ...data.amounts import script_unit
from ...data.errors import OptionError
from ...data.wording.catalogue import Text
from ...data.wording.catalogue import plain as same
from .atlas import AtlasLayer, AtlasMap, add_layer
from .encode import check_layer, degrees, lines, names_of, plain, rings

__all__ = ["ClassLayer", "add_classes"]


@dataclass(frozen=True, eq=False)
class ClassLayer:
    """A layer whose rows belong to classes, as `add_classes` draws it.

    Parameters
    ----------
    frame : GeoDataFrame
        ``place`` (or ``name``), the column of classes, areas, lines or points in EPSG:4326; ``name_en``, ``name_zh``.
    column : str
        Column of classes.
    classes : mapping
        Class -> its name and its color (``#rrggbb``), in the order of the legend.
    name : str or Text
        Name of the layer.
    fields : mapping
        Column -> its name and unit, shown with each row.
    filled, edged : bool
        Whether areas are filled, and whether their edge is drawn.
    show : bool
        Whether the layer is on when the page opens.
    """

    frame: gpd.GeoDataFrame
    column: str
    classes: Mapping[str, tuple[str | Text, str]]
    name: str | Text
    fields: Mapping[str, tuple[str | Text, str]] = field(default_factory=dict)
    filled: bool = True
    edged: bool = True
    show: bool = False


def add_classes(atlas: AtlasMap, layer: ClassLayer) -> AtlasMap:
    """Draw a layer in the colors of its classes; the legend names and counts them.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    layer : ClassLayer

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
    OptionError
        A row of a class without a color.

    Examples
    --------
    >>> import shapely
    >>> areas = gpd.GeoDataFrame({"place": ["a"], "kind": ["high"]}, geometry=[shapely.box(110, 30, 111, 31)], crs=4326)
    >>> found = ClassLayer(areas, "kind", {"high": ("High", "#b2182b")}, "Clusters")
    >>> "High" in add_classes(AtlasMap(), found).get_root().render()
    True
    """
    label = "place" if "place" in layer.frame else "name"
    drawable = check_layer(layer.frame, [label, layer.column, *layer.fields], name="classes")
    if drawable.empty:
        return atlas
    number = {key: n for n, key in enumerate(layer.classes)}
    held = drawable[layer.column].astype(str)
    if strange := sorted({*held} - {*number}):
        raise OptionError(f"classes: needed a color of every class, got none for {', '.join(strange)}")
    shapes = [
        names_of(row, label)
        | {"c": number[str(getattr(row, layer.column))], "v": [_cell(getattr(row, one)) for one in layer.fields]}
        | _geometry(row.geometry)
        for row in drawable.sort_values([layer.column, label], kind="stable").itertuples()
    ]
    key = {
        "symbol": "classes",
        "filled": layer.filled,
        "edged": layer.edged,
        # classes that are one row each are not counted
        "counted": len(drawable) > 2 * held.nunique(),
        "classes": [
            {"names": same(name).to_dict(), "color": color, "count": int((held == one).sum())}
            for one, (name, color) in layer.classes.items()
            if (held == one).any()
        ],
        "colors": [color for _, color in layer.classes.values()],
        "names": [same(name).to_dict() for name, _ in layer.classes.values()],
        "fields": [[same(name).to_dict(), script_unit(unit)] for name, unit in layer.fields.values()],
    }
    element = AtlasLayer(layer.name, group="areas", key=key, show=layer.show)
    return add_layer(atlas, element, "classes", {"shapes": shapes})


def _geometry(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - any geometry
    if shape.geom_type == "Point":
        return {"at": degrees(shape)}
    if "Line" in shape.geom_type:
        return {"l": lines(shape)}
    return {"g": rings(shape)}


def _cell(value: Any) -> Any:  # noqa: ANN401 - any cell
    if pd.isna(value):
        return None
    found = plain(value)
    return float(f"{found:.4g}") if isinstance(found, float) else found
