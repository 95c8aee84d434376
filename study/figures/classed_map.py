"""Draw places on a map in the colors of their classes: as areas where they have any, else as signs."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.amounts import readable_amount
from ...geo.maps.colors import class_breaks, ramp
from .map_basemap import Ground, polygon_patch
from .map_frame import Insets, MapContent, MapGround, draw_framed_map
from .map_labels import Name
from .map_legend import Row, heading, ink, keyed, note
from .paper import Paper
from .style import INK, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ClassedPlaces", "MapClass", "change_classes", "draw_classed_map", "number_classes", "paint_classes"]

_AREA_EDGE, _SOFT_LINES = "#5d6672", "#22303a"
_NAME = 5.6


class MapClass(NamedTuple):
    """A class: how it is called, its color, and its sign where places are points."""

    label: str
    color: str
    marker: str = "o"
    size: float = 5.0
    hatch: str = ""


class ClassedPlaces(NamedTuple):
    """Places and their classes.

    Attributes
    ----------
    frame : GeoDataFrame
        ``place`` and areas or points in EPSG:4326.
    of : dict
        Place -> number of its class.
    classes : list of MapClass
    title : str
        Heading of the legend.
    notes : list of str
        Sentences under the legend.
    soft : frozenset of str
        Areas that are hatched over their color, as their value is not as observed.
    soft_label : str
        What the legend calls them.
    """

    frame: gpd.GeoDataFrame
    of: dict[str, int]
    classes: list[MapClass]
    title: str
    notes: list[str]
    soft: frozenset[str] = frozenset()
    soft_label: str = ""


def number_classes(
    values: pd.Series, voice: Voice, *, classing: str, classes: int, colors: str = "teal"
) -> tuple[list[MapClass], dict[str, int]]:
    """Part numbers into classes, light to dark; a value equal to a border belongs below it."""
    numbers = values.to_numpy(dtype=float)
    breaks = class_breaks(numbers, method=classing, classes=classes)
    shades = ramp(colors, len(breaks) + 1)
    edges = [float(numbers.min()), *breaks, float(numbers.max())]
    spans = _spans(edges, voice)
    found = [MapClass(span, color) for span, color in zip(spans, shades, strict=True)]
    where = np.searchsorted(np.array(breaks), numbers, side="left")
    return found, dict(zip(map(str, values.index), map(int, where), strict=True))


def change_classes(
    values: pd.Series, voice: Voice, *, classing: str, classes: int
) -> tuple[list[MapClass], dict[str, int]]:
    """Part changes into classes on both sides of 0, with the same borders on either side."""
    numbers = values.to_numpy(dtype=float)
    sizes = np.abs(numbers)
    most = float(sizes.max())
    half = max(2, (classes + 1) // 2)
    inner = [b for b in class_breaks(sizes, method=classing, classes=half) if 0 < b < most] if most else []
    # equal borders on both sides; 0 itself parts them
    borders = [*(-b for b in reversed(inner)), 0.0, *inner]
    steps = len(inner) + 1
    shades = [*ramp("blue", steps + 1)[:0:-1], *ramp("ochre", steps + 1)[1:]]
    said = [readable_amount(border, "").in_(voice.language) for border in borders]
    labels = [
        voice.say("classes.below", high=said[0]),
        *_spans(borders, voice),
        voice.say("classes.above", low=said[-1]),
    ]
    where = np.searchsorted(np.array(borders), numbers, side="left")
    there = sorted({*map(int, where)})
    found = [MapClass(labels[step], shades[step]) for step in there]
    return found, {str(place): there.index(int(step)) for place, step in zip(values.index, where, strict=True)}


def _spans(edges: list[float], voice: Voice) -> list[str]:
    """Write classes from border to border."""
    said = [readable_amount(edge, "").in_(voice.language) for edge in edges]
    return [low if low == high else voice.say("classes.span", low=low, high=high) for low, high in pairwise(said)]


def draw_classed_map(
    paper: Paper,
    voice: Voice,
    under: MapGround,
    shown: ClassedPlaces,
    *,
    order: list[str],
    insets: Insets,
    notes: list[str],
) -> "Figure":
    """Draw a map of classes; places are named in the order given."""
    content = MapContent(
        [shown.frame],
        lambda span: [class_rows(voice, shown, span)],
        lambda axes, ground, _unit, scale: paint_classes(axes, shown, ground, scale=scale),
        lambda ground, scale: _names(shown, ground, voice, order, scale),
        notes,
    )
    return draw_framed_map(paper, voice, under, content, insets=insets)


def is_area(frame: gpd.GeoDataFrame) -> bool:
    """Say whether places are areas."""
    return bool(len(frame) and frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all())


def paint_classes(axes: "Axes", shown: ClassedPlaces, ground: Ground, *, scale: float = 1.0) -> None:
    """Draw areas or signs in the colors of their classes, large areas below small ones."""
    frame = shown.frame.to_crs(ground.crs)
    if not is_area(frame):
        for row in sorted(frame.itertuples(), key=lambda r: (-shown.of[str(r.place)], str(r.place))):
            one = shown.classes[shown.of[str(row.place)]]
            style = ink(marker=one.marker, markersize=one.size * scale, markerfacecolor=one.color)
            axes.plot(row.geometry.x, row.geometry.y, zorder=4, **style)
        return
    for row in frame.iloc[frame.area.argsort(kind="stable")[::-1]].itertuples():
        one = shown.classes[shown.of[str(row.place)]]
        style: dict[str, Any] = {"facecolor": one.color, "edgecolor": _AREA_EDGE, "linewidth": 0.4}
        if one.hatch:
            style["hatch"] = one.hatch
        axes.add_collection(polygon_patch(row.geometry, zorder=2, **style), autolim=False)
        if str(row.place) in shown.soft:
            lines = {"facecolor": "none", "edgecolor": _SOFT_LINES, "linewidth": 0.0, "hatch": "/////"}
            axes.add_collection(polygon_patch(row.geometry, zorder=2.1, **lines), autolim=False)


def class_rows(voice: Voice, shown: ClassedPlaces, span: float, *, counted: bool = True) -> list[Row]:
    """Write the legend: each class with its sign and how many places it has, then the notes."""
    from matplotlib.patches import Rectangle

    areas = is_area(shown.frame)
    counts = np.bincount([*shown.of.values()], minlength=len(shown.classes))
    rows = [heading(voice, shown.title, span)]
    for one, count in zip(shown.classes, counts, strict=True):

        def sign(axes: "Axes", x: float, y: float, one: MapClass = one) -> None:
            if areas:
                fill = {"fc": one.color, "ec": _AREA_EDGE, "lw": 0.4, "hatch": one.hatch or None}
                axes.add_patch(Rectangle((x - 2.6, y - 1.1), 5.2, 2.2, **fill))
            else:
                axes.plot(x, y, **ink(marker=one.marker, markersize=one.size, markerfacecolor=one.color))

        label = voice.say("classes.count", label=one.label, n=int(count)) if counted else one.label
        rows.append(keyed(voice, label, span, sign))
    if shown.soft and areas:

        def hatched(axes: "Axes", x: float, y: float) -> None:
            axes.add_patch(Rectangle((x - 2.6, y - 1.1), 5.2, 2.2, fc="none", ec=_SOFT_LINES, lw=0.4, hatch="/////"))

        label = voice.say("classes.count", label=shown.soft_label, n=len(shown.soft)) if counted else shown.soft_label
        rows.append(keyed(voice, label, span, hatched))
    return [*rows, note(voice, voice.join(shown.notes), span)] if shown.notes else rows


def _names(shown: ClassedPlaces, ground: Ground, voice: Voice, order: list[str], scale: float) -> list[Name]:
    from matplotlib.patheffects import withStroke

    frame = shown.frame.to_crs(ground.crs)
    areas = is_area(frame)
    points = shapely.point_on_surface(frame.geometry.to_numpy()) if areas else frame.geometry.to_numpy()
    at = {str(place): point for place, point in zip(frame["place"], points, strict=True)}
    style = {
        "size": _NAME * (0.4 + 0.6 * scale),
        "color": INK,
        "path_effects": [withStroke(linewidth=1.7, foreground="white")],
        "zorder": 6,
    }
    return [
        Name(voice.place(place), at[place].x, at[place].y, 0.0 if areas else _radius(shown, place) * scale, {**style})
        for place in order
        if place in at
    ]


def _radius(shown: ClassedPlaces, place: str) -> float:
    return shown.classes[shown.of[place]].size / 2
