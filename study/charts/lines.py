"""Draw lines with bands as SVG text, named at their right ends."""

from collections.abc import Sequence
from typing import NamedTuple

from ...data.wording.catalogue import Text
from .svg import (
    NARROW,
    SHAPES,
    WIDTH,
    Label,
    Scale,
    attribute,
    extent,
    format_number,
    given,
    label_element,
    legend_keys,
    linear,
    margin,
    marker,
    nice_ticks,
    plain,
    point_list,
    row_height,
    same_length,
    svg_element,
    tag,
    text_element,
    tick_labels,
    x_axis,
    y_axis,
)

__all__ = ["Series", "band_chart"]


class Series(NamedTuple):
    """One line of a `band_chart`: a name, points in order of ``x``, a band between ``low`` and ``high`` if wanted.

    ``inner`` holds the ends of a narrower band that is drawn within it.
    """

    label: Label
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    style: str = "s-0"
    inner: tuple[Sequence[float], Sequence[float]] | None = None


def band_chart(
    series: Sequence[Series],
    *,
    title: str | Text,
    desc: str | Text,
    x_title: Label = "",
    y_title: Label = "",
    percent: bool = False,
    x_percent: bool = False,
    y_range: tuple[float, float] | None = None,
    direct_labels: bool = True,
    dates: bool = False,
    zero: bool = False,
    width: float = WIDTH,
    height: float = 360.0,
) -> str:
    """Draw lines, each with its band, labeled at their right ends.

    Parameters
    ----------
    series : sequence of Series
        Lines, drawn in order; the class ``style`` colors and dashes each.
    title, desc : str or Text
        Accessible name and description of the chart.
    x_title, y_title : str, Text or (str, str), optional
        Axis titles with units.
    percent, x_percent : bool, default False
        Print values of 0..1 as percent, on the vertical or the horizontal axis.
    y_range : (float, float), optional
        Ends of the vertical axis; else the data decide.
    direct_labels : bool, default True
        Name the lines at their right ends.
    dates : bool, default False
        ``x`` are calendar years.
    zero : bool, default False
        Draw a line at zero, for differences.
    width, height : float
        Size in user units; on a narrow chart lines are named above where their names take much of it.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If the points of a series differ in number.

    Examples
    --------
    >>> line = Series("Baseline", [0, 1, 2], [0, 0.4, 0.7], [0, 0.2, 0.5], [0, 0.6, 0.9])
    >>> svg = band_chart([line], title="Reach", desc="One line.", percent=True)
    >>> svg.count('class="line'), svg.count('class="band')
    (1, 1)
    """
    for one in series:
        same_length(one.x, one.y, one.low or (), one.high or ())
    factor, unit = (100.0, "%") if percent else (1.0, "")
    y_ticks = nice_ticks(*(y_range or extent([v for s in series for v in (*s.y, *(s.low or ()), *(s.high or ()))])))
    y_labels = tick_labels(y_ticks, factor=factor, unit=unit)
    names = margin([s.label for s in series], cap=260.0) + 16.0
    above = direct_labels and width <= NARROW and names > width / 4
    keys, tall = legend_keys([(s.style, s.label) for s in series], right=width) if above else ("", 0.0)
    direct_labels, height = direct_labels and not above, height + tall
    left, top = max(52.0, margin(y_labels)), tall + (28.0 if y_title else 10.0)
    bottom = height - (44.0 if x_title else 24.0)
    right = width - (names if direct_labels else 14.0)
    x_low, x_high = extent([v for s in series for v in s.x], zero=False)
    x_ticks = [t for t in nice_ticks(x_low, x_high, count=max(2, int((right - left) / 75))) if x_low <= t <= x_high]
    x_ticks = [t for t in x_ticks if t == round(t)] if dates else x_ticks
    x, y = linear(x_low, x_high, left, right), linear(y_ticks[0], y_ticks[-1], bottom, top)
    frame = _Frame(x, y, x_ticks, factor, unit, x_percent)
    across = x_axis(x_ticks, x, top, bottom, dates=dates, percent=x_percent)
    body = [keys, across, y_axis(y_ticks, y, (left, right), y_labels)]
    if zero:
        body.append(tag("line", class_="zero", x1=left, x2=right, y1=y(0.0), y2=y(0.0)))
    body.append(text_element(y_title, 0.0, tall + 13.0, class_="axis-title"))
    body.append(text_element(x_title, (left + right) / 2, height - 6, class_="axis-title", anchor="middle"))
    body.extend(_band(s, ends, x, y) for s in series for ends in ((s.low, s.high), s.inner or (None, None)))
    body.extend(_line(s, frame, shape=SHAPES[i % 4]) for i, s in enumerate(series))
    if direct_labels:
        body.append(_end_labels(series, x, y, right, (top, bottom)))
    return svg_element("".join(body), height, title=title, desc=desc, width=width)


class _Frame(NamedTuple):
    """Where a line chart's data fall, and how its values are printed."""

    x: Scale
    y: Scale
    ticks: Sequence[float]
    factor: float
    unit: str
    x_percent: bool = False


_Ends = tuple[Sequence[float] | None, Sequence[float] | None]


def _band(series: Series, ends: _Ends, x: Scale, y: Scale) -> str:
    low, high = ends
    if low is None or high is None:
        return ""
    upper = [(x(a), y(b)) for a, b in zip(series.x, high, strict=True) if given(b)]
    lower = [(x(a), y(b)) for a, b in zip(series.x, low, strict=True) if given(b)]
    return tag("polygon", class_=f"band {series.style}", points=point_list([*upper, *reversed(lower)]))


def _line(series: Series, frame: "_Frame", *, shape: str) -> str:
    known = [(float(a), float(b)) for a, b in zip(series.x, series.y, strict=True) if given(b)]
    if not known:
        return ""
    corners = point_list((frame.x(a), frame.y(b)) for a, b in known)
    drawn = [tag("polyline", class_=f"line {series.style}", points=corners)]
    for a, b in known:
        if any(abs(a - t) < 1e-9 for t in frame.ticks):
            printed = format_number(b * frame.factor, decimals=1) + frame.unit
            across = format_number(100.0 * a, decimals=1) + "%" if frame.x_percent else attribute(a)
            hover = f"{plain(series.label)}: {printed} ({across})"
            drawn.append(marker(shape, frame.x(a), frame.y(b), series.style, hover, radius=3.0))
    return "".join(drawn)


def _end_labels(series: Sequence[Series], x: Scale, y: Scale, right: float, limits: tuple[float, float]) -> str:
    """Name each line at its last point, pushed apart until no two names touch."""
    gap = row_height([s.label for s in series]) - 1.0
    ends = [(y(s.y[-1]), x(s.x[-1]), s) for s in series if len(s.y) and given(s.y[-1])]
    ends.sort(key=lambda end: end[0])
    heights: list[float] = []
    for height, _, _ in ends:
        heights.append(max(height, heights[-1] + gap) if heights else max(height, limits[0] + 6))
    # names pushed past the bottom move the block up again
    for i in range(len(heights) - 1, -1, -1):
        ceiling = limits[1] - 2 if i == len(heights) - 1 else heights[i + 1] - gap
        heights[i] = min(heights[i], ceiling)
    drawn: list[str] = []
    for height, (end, at, one) in zip(heights, ends, strict=True):
        drawn.append(tag("line", class_=f"leader {one.style}", x1=at + 3, y1=end, x2=right + 12, y2=height))
        drawn.append(label_element(one.label, right + 16, height, class_="end-label"))
    return "".join(drawn)
