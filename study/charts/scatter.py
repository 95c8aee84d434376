"""Draw points on two axes as SVG text, with a line through them and names where wanted."""

from collections.abc import Sequence
from typing import NamedTuple

from ...data.wording.catalogue import Text
from .svg import (
    SHAPES,
    WIDTH,
    Label,
    extent,
    format_number,
    legend_keys,
    linear,
    margin,
    marker,
    nice_ticks,
    plain,
    svg_element,
    tag,
    text_element,
    text_width,
    tick_labels,
    x_axis,
    y_axis,
)

__all__ = ["Point", "scatter_chart"]

_HALF_LINE = 7.0
# left, upper, right and lower end; of a line its left and its right end
_Box = tuple[float, float, float, float]


class Point(NamedTuple):
    """One point of a `scatter_chart`; only a named one bears its label on the page."""

    x: float
    y: float
    label: Label
    style: str = "s-0"
    named: bool = False


def scatter_chart(
    points: Sequence[Point],
    *,
    title: str | Text,
    desc: str | Text,
    x_title: Label = "",
    y_title: Label = "",
    legend: Sequence[tuple[str, Label]] = (),
    line: bool = False,
    cross: bool = True,
    height: float = 400.0,
    width: float = WIDTH,
) -> str:
    """Draw points; names give way where they would meet another or the line.

    Parameters
    ----------
    points : sequence of Point
    title, desc : str or Text
        Accessible name and description of the chart.
    x_title, y_title : str, Text or (str, str), optional
        Axis titles.
    legend : sequence of (str, label)
        Style and name of each key.
    line : bool, default False
        Draw the line of least squares.
    cross : bool, default True
        Draw both axes at 0.
    height : float
        Height in user units.
    width : float
        Width in user units.

    Returns
    -------
    str
        One ``<svg>`` element.

    Examples
    --------
    >>> svg = scatter_chart([Point(0, 0, "a"), Point(1, 2, "b", named=True)], title="Two", desc="", line=True)
    >>> svg.count("<title>a"), svg.count('class="fit"'), ">b</text>" in svg
    (1, 1, True)
    """
    keys, tall = legend_keys(legend, right=width) if legend else ("", 0.0)
    x_ticks = nice_ticks(*extent([p.x for p in points], zero=cross), count=6)
    y_ticks = nice_ticks(*extent([p.y for p in points], zero=cross), count=6)
    y_labels = tick_labels(y_ticks)
    left, top = max(52.0, margin(y_labels)), tall + (28.0 if y_title else 10.0)
    right, bottom = width - 14.0, height - (44.0 if x_title else 24.0)
    x, y = linear(x_ticks[0], x_ticks[-1], left, right), linear(y_ticks[0], y_ticks[-1], bottom, top)
    body = [keys, x_axis(x_ticks, x, top, bottom), y_axis(y_ticks, y, (left, right), y_labels)]
    body.append(text_element(y_title, 0.0, tall + 13.0, class_="axis-title"))
    body.append(text_element(x_title, (left + right) / 2, height - 6, class_="axis-title", anchor="middle"))
    if cross:
        body.append(tag("line", class_="zero", x1=x(0.0), x2=x(0.0), y1=top, y2=bottom))
        body.append(tag("line", class_="zero", x1=left, x2=right, y1=y(0.0), y2=y(0.0)))
    fit = None
    if line and (ends := _fitted(points, (x_ticks[0], x_ticks[-1]), (y_ticks[0], y_ticks[-1]))):
        fit = (x(ends[0][0]), y(ends[0][1]), x(ends[1][0]), y(ends[1][1]))
        body.append(tag("line", class_="fit", x1=fit[0], y1=fit[1], x2=fit[2], y2=fit[3]))
    for point in points:
        hover = f"{plain(point.label)}: {format_number(point.x)}; {format_number(point.y)}"
        body.append(marker(SHAPES[0], x(point.x), y(point.y), f"dot {point.style}", hover))
    taken: list[_Box] = [(x(p.x) - 5, y(p.y) - 5, x(p.x) + 5, y(p.y) + 5) for p in points]
    body += [_name(point, x(point.x), y(point.y), (left, right), taken, fit) for point in points if point.named]
    return svg_element("".join(body), height, title=title, desc=desc, width=width)


def _fitted(
    points: Sequence[Point], across: tuple[float, float], up: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the ends of the line of least squares within the axes."""
    n = len(points)
    if n < 2:
        return None
    mean_x, mean_y = sum(p.x for p in points) / n, sum(p.y for p in points) / n
    spread = sum((p.x - mean_x) ** 2 for p in points)
    if not spread > 0:
        return None
    slope = sum((p.x - mean_x) * (p.y - mean_y) for p in points) / spread
    low, high = across
    if slope:
        edges = sorted(mean_x + (edge - mean_y) / slope for edge in up)
        low, high = max(low, edges[0]), min(high, edges[1])
    return (low, mean_y + slope * (low - mean_x)), (high, mean_y + slope * (high - mean_x))


def _name(
    point: Point, at: float, height: float, ends: tuple[float, float], taken: list[_Box], fit: _Box | None
) -> str:
    """Write a name beside its point where it meets nothing that is written; nowhere if it would."""
    wide = text_width(point.label)
    for anchor, start, dy in (
        ("start", at + 8, 0.0),
        ("end", at - 8 - wide, 0.0),
        ("start", at + 6, -11.0),
        ("start", at + 6, 11.0),
        ("end", at - 6 - wide, -11.0),
        ("end", at - 6 - wide, 11.0),
    ):
        box = (start, height + dy - _HALF_LINE, start + wide, height + dy + _HALF_LINE)
        inside = ends[0] <= box[0] and box[2] <= ends[1]
        own = (at - 5, height - 5, at + 5, height + 5)
        free = not any(_meet(box, other) for other in taken if other != own)
        if inside and free and not (fit and _crosses(fit, box)):
            taken.append(box)
            where = start if anchor == "start" else start + wide
            return text_element(point.label, where, height + dy + 4.0, class_="end-label", anchor=anchor)
    return ""


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(line: _Box, box: _Box) -> bool:
    """Tell whether a line, from its left end to its right one, runs through a box."""
    x1, y1, x2, y2 = line
    low, high = max(x1, box[0]), min(x2, box[2])
    if low > high or x2 <= x1:
        return False
    ends = sorted(y1 + (at - x1) * (y2 - y1) / (x2 - x1) for at in (low, high))
    return ends[0] < box[3] and box[1] < ends[1]
