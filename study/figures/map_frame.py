"""Frame a printed map: ground, furniture, legend and foot around whatever a map paints, with insets of what is crowded.

A map says what it paints in a `MapContent`; where the legend stands follows from the width.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import geopandas as gpd
import numpy as np

from ...data.wording.catalogue import join_texts, text
from .map_basemap import Ground, draw_land, draw_north, draw_scale, draw_south_sea, lay_ground
from .map_labels import Box, Name, place_names
from .map_legend import Row, draw_legend, legend_height
from .paper import Paper
from .style import INCH, INK, SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...geo.space.basemaps import Basemap

__all__ = ["Insets", "MapContent", "MapGround", "draw_framed_map"]

Insets = Literal["auto", "always", "never"]
ROOMY = 140.0
# of the foot: points, millimeters a line, millimeters a Latin letter
FOOT_TYPE, FOOT_LINE, FOOT_LETTER = 5.2, 2.3, 0.97
# points that stand closer than this on paper crowd; so many make an inset, of which there are at most three
_CROWD, _LEAST, _MOST = 5.0, 4, 3
_INSET_GAP, _INSET_TALL, _INSET_LOW = 2.0, 62.0, 32.0


class MapContent(NamedTuple):
    """What a map paints.

    Attributes
    ----------
    layers : list of GeoDataFrame
        What the extent holds.
    legend : callable
        Millimeters across -> blocks of rows.
    paint : callable
        Axes, ground, map units a millimeter, size of signs.
    names : callable
        Ground, size of signs -> names, the most important first.
    notes : sequence of str
        Sentences for the foot.
    """

    layers: list[gpd.GeoDataFrame]
    legend: Callable[[float], list[list[Row]]]
    paint: Callable[["Axes", Ground, float, float], None]
    names: Callable[[Ground, float], list[Name]]
    notes: Sequence[str] = ()


class MapGround(NamedTuple):
    """The land of a map, whether the whole of it is shown, and boundaries given instead of the study's."""

    land: "Basemap"
    whole: bool
    given: gpd.GeoDataFrame | None = None


class _Crowd(NamedTuple):
    """A crowded part of a map: its letter, and its extent in map units."""

    letter: str
    extent: Box


def draw_framed_map(
    paper: Paper,
    voice: Voice,
    under: MapGround,
    content: MapContent,
    *,
    insets: Insets = "auto",
    foot_lines: int = 1,
) -> "Figure":
    """Draw a map with everything around it; lines of the foot are as many as are needed."""
    width, land, whole = paper.width, under.land, under.whole
    ground = lay_ground(content.layers, land.ground, china=land.china, whole=whole)
    tall, across = ground.extent[3] - ground.extent[1], ground.extent[2] - ground.extent[0]
    inside = whole and width >= ROOMY
    side = 0.0 if inside or width < ROOMY else 46.0
    wide = width - side
    high = wide * tall / across
    if high > 1.25 * wide:  # a tall country: the frame grows sideways instead
        high = 1.25 * wide
        ground = _widen(ground, wide / high)
        across = ground.extent[2] - ground.extent[0]
    span = 38.0 if inside else 43.0 if side else width / 2 - 2
    unit = across / wide
    blocks = content.legend(span)
    columns = 1 if side else 2
    below = 0.0 if inside or side else legend_height(blocks, columns=2) + 2.0
    foot = 1.1 + foot_lines * FOOT_LINE
    scale = 1.0 if width >= ROOMY else 0.8
    names = content.names(ground, scale)
    crowds = _crowds(names, unit) if insets == "always" else []
    strip = _strip(crowds, width)
    total = high + below + foot + strip
    figure = paper.new(total, constrained=False)
    base = below + foot + strip
    axes = figure.add_axes((0.001, base / total, wide / width - 0.002, high / total - 0.001))
    draw_land(axes, ground)
    content.paint(axes, ground, unit, scale)
    taken = _furniture(axes, ground, voice, china=land.china, inside=inside)
    if inside:
        top_edge = base + legend_height(blocks, columns=columns) + 0.5
        box = draw_legend(figure, (1.6, top_edge), columns * span, blocks, columns=columns, low=True)
        taken.append(_points(box))
    elif side:
        draw_legend(figure, (wide + 2.5, total - 1.0), span, blocks)
    else:
        draw_legend(figure, (1.0, below + foot - 1.5), width - 2, blocks, columns=columns)
    taken += [_mark(axes, crowd) for crowd in crowds]
    apart = [name for name in names if not any(_holds(crowd.extent, name) for crowd in crowds)]
    lost = place_names(axes, apart, taken=taken)
    if lost and insets == "auto" and _crowds(names, unit):
        return draw_framed_map(paper, voice, under, content, insets="always", foot_lines=foot_lines)
    boxes = _inset_boxes(crowds, width)
    for crowd, (left, top, span_mm, up) in zip(crowds, boxes, strict=True):
        place = (left / width, (base - top - up) / total, span_mm / width, up / total)
        lost += _draw_inset(figure.add_axes(place), crowd, ground, content, (names, scale, span_mm))
    words = _foot(voice, ground, land, lost, content.notes, width=width)
    needed = words.count("\n") + 1
    if needed > foot_lines:
        return draw_framed_map(paper, voice, under, content, insets=insets, foot_lines=needed)
    figure.text(0.004, 0.6 / total, words, size=FOOT_TYPE, color=SOFT, va="bottom", linespacing=1.2)
    return figure


def _widen(ground: Ground, ratio: float) -> Ground:
    x0, y0, x1, y1 = ground.extent
    more = ((y1 - y0) * ratio - (x1 - x0)) / 2
    return Ground(ground.crs, ground.name, (x0 - more, y0, x1 + more, y1), ground.land, ground.china)


def _crowds(names: Sequence[Name], unit: float) -> list[_Crowd]:
    """Find where points stand too close on paper, the largest groups first."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(names) < _LEAST:
        return []
    points = np.array([(name.x, name.y) for name in names])
    groups = fcluster(linkage(points, "single"), _CROWD * unit, "distance")
    found: list[tuple[int, Box]] = []
    for group in np.unique(groups):
        own = points[groups == group]
        size = np.ptp(own, axis=0)
        # what is spread over a third of a page is no crowd that an inset could part
        if len(own) < _LEAST or size.max() > 60.0 * unit:
            continue
        pad = 0.14 * max(float(size.max()), 8.0 * unit)
        (x0, y0), (x1, y1) = own.min(axis=0) - pad, own.max(axis=0) + pad
        found.append((len(own), (float(x0), float(y0), float(x1), float(y1))))
    found.sort(key=lambda one: (-one[0], one[1]))
    chosen = sorted((box for _, box in found[:_MOST]), key=lambda box: (box[0], box[1]))
    return [_Crowd("ABC"[i], box) for i, box in enumerate(chosen)]


def _inset_boxes(crowds: Sequence[_Crowd], width: float) -> list[Box]:
    """Return left, top, width and height of each inset in millimeters, in two rows where one were too low."""
    ratios = [(c.extent[2] - c.extent[0]) / (c.extent[3] - c.extent[1]) for c in crowds]
    rows = [ratios] if ratios and _row_height(ratios, width) >= _INSET_LOW else [ratios[:2], ratios[2:]]
    boxes, top = [], _INSET_GAP
    for row in filter(None, rows):
        tall, left = _row_height(row, width), 0.0
        for ratio in row:
            boxes.append((left, top, ratio * tall, tall))
            left += ratio * tall + _INSET_GAP
        top += tall + _INSET_GAP
    return boxes


def _row_height(ratios: Sequence[float], width: float) -> float:
    """Return the height of insets side by side: as wide as the page, or as high as is allowed."""
    return min((width - _INSET_GAP * (len(ratios) - 1)) / sum(ratios), _INSET_TALL)


def _strip(crowds: Sequence[_Crowd], width: float) -> float:
    return max((top + tall + _INSET_GAP for _, top, _, tall in _inset_boxes(crowds, width)), default=0.0)


def _holds(box: Box, name: Name) -> bool:
    return box[0] <= name.x <= box[2] and box[1] <= name.y <= box[3]


def _mark(axes: "Axes", crowd: _Crowd) -> Box:
    """Outline on the map what an inset shows, with its letter; return the box of points that the letter takes."""
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    x0, y0, x1, y1 = crowd.extent
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fc="none", ec=INK, lw=0.7, zorder=6))
    halo = [withStroke(linewidth=1.5, foreground="white")]
    style = {"size": 7, "weight": "bold", "ha": "left", "va": "bottom", "zorder": 7, "path_effects": halo}
    text = axes.text(x1, y1, crowd.letter, **style)
    renderer = axes.figure.canvas.get_renderer()  # pyright: ignore[reportAttributeAccessIssue]
    got, scale = text.get_window_extent(renderer), 72.0 / axes.figure.dpi
    return (got.x0 * scale, got.y0 * scale, got.x1 * scale, got.y1 * scale)


def _draw_inset(
    axes: "Axes",
    crowd: _Crowd,
    ground: Ground,
    content: MapContent,
    shown: tuple[Sequence[Name], float, float],
) -> list[str]:
    """Draw one inset; return the names that found no room in it either."""
    names, scale, wide = shown
    closer = Ground(ground.crs, ground.name, crowd.extent, ground.land, ground.china)
    draw_land(axes, closer)
    unit = (crowd.extent[2] - crowd.extent[0]) / wide
    content.paint(axes, closer, unit, scale)
    draw_scale(axes, closer, (0.04, 0.03), unit="km", share=0.3)
    corner = {"xy": (0.02, 0.98), "xycoords": "axes fraction", "zorder": 8}
    axes.annotate(crowd.letter, **corner, size=8, weight="bold", va="top")
    window = axes.get_window_extent()
    size = 72.0 / axes.figure.dpi
    x0, y0, across, up = (v * size for v in (window.x0, window.y0, window.width, window.height))
    taken = [(x0, y0 + up - 12, x0 + 10, y0 + up), (x0, y0, x0 + 0.42 * across, y0 + 11)]
    return place_names(axes, [name for name in names if _holds(crowd.extent, name)], taken=taken)


def _furniture(axes: "Axes", ground: Ground, voice: Voice, *, china: bool, inside: bool) -> list[Box]:
    """Draw inset, scale bar and north, and return the boxes they take, in points."""
    renderer = axes.figure.canvas.get_renderer()  # pyright: ignore[reportAttributeAccessIssue]
    window = axes.get_window_extent(renderer)
    scale = 72.0 / axes.figure.dpi
    x0, y0, wide, tall = window.x0 * scale, window.y0 * scale, window.width * scale, window.height * scale

    def box(left: float, bottom: float, right: float, top: float) -> Box:
        return (x0 + left * wide, y0 + bottom * tall, x0 + right * wide, y0 + top * tall)

    taken = []
    if china:
        # a narrow map has a narrow inset
        title = voice.wrap(voice.say("map.south_sea"), 30 if wide > 350 else 12)
        inset = draw_south_sea(axes, ground, title=title)
        got = inset.get_window_extent(renderer)
        taken.append((got.x0 * scale, got.y0 * scale, got.x1 * scale, got.y1 * scale))
    bar = (0.44, 0.03) if inside else (0.04, 0.03)
    draw_scale(axes, ground, bar, unit="km", share=0.14 if wide > 350 else 0.2)
    taken.append(box(bar[0] - 0.02, 0.015, bar[0] + (0.16 if wide > 350 else 0.28), 0.08))
    draw_north(axes, ground, (0.05, 0.92))
    taken.append(box(0.0, 0.86, 0.09, 1.0))
    return taken


def _points(box: tuple[float, float, float, float]) -> Box:
    x0, y0, x1, y1 = (value / INCH * 72 for value in box)
    return (x0, y0, x1, y1)


def _foot(voice: Voice, ground: Ground, land: "Basemap", lost: list[str], notes: Sequence[str], *, width: float) -> str:
    """Say projection, source and names without room, in lines of the width of the figure."""
    sentences = [voice.say("map.projection", name=ground.name.in_(voice.language))]
    standing = land.standing and text("report.map.standing", standing=land.standing)
    sentences += [said.in_(voice.language) for said in (standing, land.source) if said is not None]
    sentences += notes
    if lost:
        names = join_texts(lost).in_(voice.language)
        sentences.append(voice.say("map.unnamed", names=names))
    return voice.wrap(voice.join(sentences), int((width - 1.5) / FOOT_LETTER))
