"""Name points on a map so that no two names overlap: the most important first, each at the first free place around it.

A name that finds no room beside its symbol moves outward and is tied to it by a thin line; one that finds none at all
is left out and reported.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Line = tuple[Point, Point]
Found = tuple[Point, float] | None
# degrees, east first: names are read from their symbol
_TURNS = (
    (0, 180, 45, -45, 135, -135, 90, -90),
    (0, 180, -45, 45, -135, 135, -90, 90),
    (180, 0, 135, -135, 45, -45, 90, -90),
    (180, 0, -135, 135, -45, 45, -90, 90),
    (90, -90, 45, 135, -45, -135, 0, 180),
    (-90, 90, -45, -135, 45, 135, 0, 180),
    (0, -90, 90, -45, 45, 180, -135, 135),
)
_BETWEEN = (22, -22, 158, -158, 67, -67, 113, -113)
_NEAR = 4.0
_GAPS = (1.9, 3.6, 7.0, 11.0, 15.0, 20.0, 26.0, 33.0)
_AIR = 0.6


class Name(NamedTuple):
    """A name to place: text, point (map units), radius of its symbol (points; 0 for an area), style of the text."""

    text: str
    x: float
    y: float
    radius: float
    style: dict[str, Any]


def place_names(axes: "Axes", names: Sequence[Name], *, taken: Sequence[Box] = ()) -> list[str]:
    """Write names in order of importance, in boxes of points that keep off each other and off what is taken.

    Several orders of looking around are tried; the one that names most, with the names nearest, is drawn.

    Returns
    -------
    list of str
        The names that found no place.
    """
    figure = axes.figure
    renderer = figure.canvas.get_renderer()  # pyright: ignore[reportAttributeAccessIssue]
    scale = 72.0 / figure.dpi
    window = axes.get_window_extent(renderer)
    frame = (window.x0 * scale + 1, window.y0 * scale + 1, window.x1 * scale - 1, window.y1 * scale - 1)
    pixels = [axes.transData.transform((name.x, name.y)) for name in names]
    points = [(float(x) * scale, float(y) * scale) for x, y in pixels]
    texts = [axes.text(name.x, name.y, name.text, **name.style) for name in names]
    extents = [text.get_window_extent(renderer) for text in texts]
    sizes = [(e.width * scale, e.height * scale * 0.86) for e in extents]
    trials = [_arrange(names, points, sizes, frame, list(taken), turn) for turn in _TURNS]
    best = min(trials, key=_badness)
    back = axes.transData.inverted()
    for text, point, size, found in zip(texts, points, sizes, best, strict=True):
        if found is None:
            text.remove()
            continue
        center, gap = found
        text.set(position=back.transform((center[0] / scale, center[1] / scale)), ha="center", va="center")
        if gap > _NEAR:
            tie = [back.transform((x / scale, y / scale)) for x, y in (point, _edge(point, center, *size))]
            axes.plot(*np.transpose(tie), color="#3c4654", linewidth=0.5, zorder=4.4, solid_capstyle="butt")
    return [name.text for name, found in zip(names, best, strict=True) if found is None]


def _badness(trial: Sequence[Found]) -> tuple[int, int, float]:
    gaps = [found[1] for found in trial if found is not None]
    return len(trial) - len(gaps), sum(gap > _NEAR for gap in gaps), sum(gaps)


def _arrange(
    names: Sequence[Name],
    points: Sequence[Point],
    sizes: Sequence[Point],
    frame: Box,
    taken: list[Box],
    turn: Sequence[int],
) -> list[Found]:
    symbols = [_around(point, name.radius) for point, name in zip(points, names, strict=True)]
    boxes, lines, trial = list(taken), [], []
    for i, (name, point, size) in enumerate(zip(names, points, sizes, strict=True)):
        others = [box for k, box in enumerate(symbols) if k != i]
        found = _free_place(point, name.radius, size, (frame, [*boxes, *others], lines), turn)
        trial.append(found)
        if found is not None:
            boxes.append(_box(found[0], *size))
            if found[1] > _NEAR:
                lines.append((point, _edge(point, found[0], *size)))
    return trial


def _free_place(
    point: Point, radius: float, size: Point, field: tuple[Box, list[Box], list[Line]], turn: Sequence[int]
) -> Found:
    frame, boxes, lines = field
    if not radius:
        # the name of an area stands in its middle
        box = _box(point, *size)
        inside = frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]
        if inside and not any(_touch(box, other) for other in boxes) and not any(_crosses(t, box) for t in lines):
            return point, 0.0
    for gap in _GAPS:
        for degrees in turn if gap < _NEAR else (*turn, *_BETWEEN):
            center = _beside(point, radius + gap, degrees, size)
            box = _box(center, *size)
            inside = frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]
            if not inside or any(_touch(box, other) for other in boxes) or any(_crosses(t, box) for t in lines):
                continue
            tie = (point, _edge(point, center, *size))
            if gap > _NEAR and any(_crosses(tie, other) for other in boxes):
                continue
            return center, gap
    return None


def _beside(point: Point, distance: float, degrees: float, size: Point) -> Point:
    """Return the center of a box whose near edge or corner lies so far from the point, in that direction."""
    dx, dy = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = (0.0 if abs(v) < 1e-9 else v for v in (dx, dy))
    # the box leans fully to a side once the direction does
    lean_x = max(-1.0, min(1.0, dx * 1.42))
    lean_y = max(-1.0, min(1.0, dy * 1.42)) if abs(dx) < 0.99 else 0.0
    return point[0] + dx * distance + lean_x * size[0] / 2, point[1] + dy * distance + lean_y * size[1] / 2


def _box(center: Point, wide: float, tall: float) -> Box:
    return (
        center[0] - wide / 2 - _AIR,
        center[1] - tall / 2 - _AIR,
        center[0] + wide / 2 + _AIR,
        center[1] + tall / 2 + _AIR,
    )


def _around(point: Point, radius: float) -> Box:
    return (point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _edge(point: Point, center: Point, wide: float, tall: float) -> Point:
    """Return where the line from a point to the center of a box meets the box."""
    dx, dy = point[0] - center[0], point[1] - center[1]
    share = min(1.0, wide / 2 / abs(dx) if dx else math.inf, tall / 2 / abs(dy) if dy else math.inf)
    return center[0] + dx * share, center[1] + dy * share


def _crosses(line: Line, box: Box) -> bool:
    """Say whether a line runs through a box (sampled every 1.5 points)."""
    (x0, y0), (x1, y1) = line
    steps = max(2, int(math.hypot(x1 - x0, y1 - y0) / 1.5))
    return any(
        box[0] < x0 + (x1 - x0) * k / steps < box[2] and box[1] < y0 + (y1 - y0) * k / steps < box[3]
        for k in range(1, steps + 1)
    )
