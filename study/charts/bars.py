"""Draw small charts as SVG text: bars, lines with bands, dots with intervals, stacked bars.

Numbers rest on these conventions: the same arguments give the same bytes; coordinates carry one decimal; a missing
value (``None`` or not a number) is left out and said to be missing. A label is one text, a `Text` in every language, of
which a style sheet shows one, or a pair of names (English, Chinese) whose halves carry the classes ``n-en`` and
``n-zh``, of which it may show both. Colors are classes too; besides color, line dashes, marker shapes and printed
values tell series apart. Every text is escaped.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ...data.wording.catalogue import Text
from .lines import Series, band_chart
from .svg import (
    CAP,
    MISSING,
    NARROW,
    ROW,
    SHAPES,
    WIDTH,
    Label,
    Scale,
    dashed,
    extent,
    format_number,
    given,
    hover_title,
    label_element,
    legend_keys,
    linear,
    margin,
    marker,
    nice_ticks,
    or_zero,
    plain,
    point_list,
    row_height,
    same_length,
    shortened,
    svg_element,
    tag,
    text_element,
    text_width,
    whisker,
    x_axis,
)

__all__ = [
    "Label",
    "Series",
    "band_chart",
    "bar_chart",
    "format_number",
    "interval_chart",
    "nice_ticks",
    "stacked_bars",
]


def bar_chart(
    labels: Sequence[Label],
    values: Sequence[float | None],
    *,
    title: str | Text,
    desc: str | Text,
    styles: Sequence[str] = (),
    notes: Sequence[Label] = (),
    references: Sequence[float | None] = (),
    lows: Sequence[float | None] = (),
    highs: Sequence[float | None] = (),
    singles: Sequence[tuple[float | None, float | None]] = (),
    legend: Sequence[tuple[str, Label]] = (),
    decimals: int = 3,
    width: float = WIDTH,
) -> str:
    """Draw horizontal bars from zero, one row a label.

    Parameters
    ----------
    labels : sequence of str, Text or (str, str)
        Row labels.
    values : sequence of float or None
        Bar lengths, same order; a missing one prints a dash.
    title, desc : str or Text
        Accessible name and description of the chart.
    styles : sequence of str, optional
        CSS class of each bar.
    notes : sequence of str, Text or (str, str), optional
        A remark at the right end of each row.
    references : sequence of float, optional
        A second value a row, drawn as an open diamond.
    lows, highs : sequence of float, optional
        Ends of an interval around each value, drawn as a line with ends.
    singles : sequence of (float, float), optional
        Ends of a further interval, drawn as a dashed line.
    legend : sequence of (class, label), optional
        Keys drawn above the bars; the class ``reference`` draws the open diamond, ``whisker`` the line with
        ends, ``single`` the dashed line.
    decimals : int, default 3
        Decimals of printed values.
    width : float
        In user units; a narrow chart, as for a phone, writes each label above its bar.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If sequences differ in length.

    Examples
    --------
    >>> svg = bar_chart(["a", ("b", "乙")], [0.5, 1.0], title="Scores", desc="Two bars.")
    >>> svg.count("<rect"), "乙" in svg
    (2, True)
    """
    same_length(labels, values, styles, notes, references, lows, highs, singles)
    rows = _Rows.of(labels, width)
    right = 62.0 + (margin(notes, cap=190.0) if notes else 0.0)
    keys, top = legend_keys(legend, right=width)
    top = max(top, 8.0)
    height = rows.height
    ticks = nice_ticks(*extent([*values, *references, *highs, *lows]), count=5 if width > NARROW else 3)
    x = linear(ticks[0], ticks[-1], rows.left, width - right)
    bottom = top + height * len(labels)
    body = [keys, x_axis(ticks, x, top, bottom)]
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = top + height * i + rows.middle
        body.append(rows.label(label, top + height * i))
        printed = format_number(value, decimals=decimals)
        end = x(or_zero(value))
        reference = references[i] if references else None
        if given(value):
            start = x(0.0)
            box = {"x": min(start, end), "y": middle - 7.5, "width": abs(end - start), "height": 15.0}
            hover = hover_title(f"{plain(label)}: {printed}")
            body.append(tag("rect", hover, class_=f"bar {styles[i] if styles else 's-0'}", **box))
        interval = (lows[i], highs[i]) if lows and highs else (None, None)
        # one below the other where a row has both
        apart = 6.5 if given(reference) and given(interval[0]) else 0.0
        body.append(whisker(interval, x, middle - apart / 6))
        if singles:
            body.append(dashed(singles[i], x, middle + 4.0))
        if given(reference):
            hover = f"{plain(label)}: {format_number(reference, decimals=decimals)}"
            body.append(marker("diamond", x(or_zero(reference)), middle + apart, "reference", hover))
        edge = max(
            end,
            x(or_zero(reference)) + 6 if given(reference) else end,
            x(or_zero(interval[1])) + 2 if given(interval[1]) else end,
        )
        body.append(text_element(printed, edge + 6, middle + 4.5, class_="value"))
        if notes:
            body.append(text_element(notes[i], width, middle + 4.5, class_="note", anchor="end"))
    return svg_element("".join(body), bottom + 24, title=title, desc=desc, width=width)


def interval_chart(
    labels: Sequence[Label],
    middles: Sequence[float | None],
    lows: Sequence[float | None],
    highs: Sequence[float | None],
    *,
    title: str | Text,
    desc: str | Text,
    groups: Sequence[Label] = (),
    styles: Sequence[str] = (),
    x_title: Label = "",
    limit: float | None = None,
    zero: bool = False,
    decimals: int = 1,
    width: float = WIDTH,
) -> str:
    """Draw a dot with its interval on each row, rows under the heading of their group.

    - A missing ``high`` beside a given ``low`` means "beyond the limit": the interval ends in an arrow at ``limit``.
    - An interval of no width prints its value alone.
    - A missing ``middle`` and ``low`` draw nothing and print "beyond the limit", or a dash where there is none.

    Parameters
    ----------
    labels : sequence of str, Text or (str, str)
        Row labels.
    middles, lows, highs : sequence of float or None
        Dot and ends of the interval, same order.
    title, desc : str or Text
        Accessible name and description of the chart.
    groups : sequence of str, Text or (str, str), optional
        Group of each row; a heading stands wherever it changes.
    styles : sequence of str, optional
        CSS class of each row; the marker's shape follows the order in which classes first appear.
    x_title : str, Text or (str, str), optional
        Axis title with unit.
    limit : float, optional
        End of the axis, such as the horizon of a simulation.
    zero : bool, default False
        Draw a line at zero, for differences.
    decimals : int, default 1
        Decimals of printed values.
    width : float
        In user units; a narrow chart, as for a phone, writes each label above its dot.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If sequences differ in length.

    Examples
    --------
    >>> svg = interval_chart(["a", "b"], [2.0, None], [1.0, 4.0], [3.0, None], title="t", desc="d", limit=10)
    >>> "2.0 [1.0, 3.0]" in svg, "&gt;10.0 [4.0, &gt;10.0]" in svg
    (True, True)
    """
    same_length(labels, middles, lows, highs, groups, styles)
    intervals = [_Interval(*row) for row in zip(middles, lows, highs, strict=True)]
    texts = [_interval_text(row, limit=limit, decimals=decimals) for row in intervals]
    layout = _Rows.of(labels, width)
    # on a narrow chart the numbers stand above the dot, beside the label
    left, right = layout.left, margin(texts, cap=210.0) + 4.0 if width > NARROW else 16.0
    ends = [*middles, *lows, *highs, *([0.0, limit] if limit is not None else [])]
    ticks = nice_ticks(*extent(ends), count=5 if width > NARROW else 3)
    x = linear(ticks[0], ticks[-1] if limit is None else max(limit, ticks[0] + 1e-9), left, width - right)
    shapes = {style: SHAPES[i % len(SHAPES)] for i, style in enumerate(dict.fromkeys(styles))}
    rows: list[str] = []
    y, height = 6.0, layout.height
    for i, label in enumerate(labels):
        if groups and (i == 0 or groups[i] != groups[i - 1]):
            # on a phone a long heading takes two lines
            lower = 8.0 if layout.narrow and text_width(groups[i]) > CAP else 0.0
            write = label_element if layout.narrow else text_element
            rows.append(write(groups[i], 0.0, y + (13.5 + lower if layout.narrow else 18), class_="group"))
            y += ROW + lower
        style = styles[i] if styles else "s-0"
        rows.append(layout.label(label, y, room=width - margin([texts[i]])))
        shape, hover = shapes.get(style, "circle"), f"{plain(label)}: {texts[i]}"
        middle = y + layout.middle
        rows.append(_interval(intervals[i], x, middle, style=style, shape=shape, limit=limit, hover=hover))
        beside = middle + 4.5 if width > NARROW else y + 14.0
        rows.append(text_element(texts[i], width, beside, class_="value", anchor="end"))
        y += height
    shown = [t for t in ticks if limit is None or t <= limit]
    axis = x_axis(shown, x, 6.0, y)
    if zero:
        axis += tag("line", class_="zero", x1=x(0.0), x2=x(0.0), y1=6.0, y2=y)
    axis += text_element(x_title, (left + width - right) / 2, y + 36, class_="axis-title", anchor="middle")
    return svg_element(axis + "".join(rows), y + (44 if x_title else 24), title=title, desc=desc, width=width)


def stacked_bars(
    labels: Sequence[Label],
    parts: Sequence[Sequence[float | None]],
    *,
    names: Sequence[Label],
    title: str | Text,
    desc: str | Text,
    styles: Sequence[str] = (),
    totals: bool = False,
    width: float = WIDTH,
) -> str:
    """Draw one bar of parts a row, as shares of its own sum or in the units of the parts; a row of zeros draws nothing.

    Parameters
    ----------
    labels : sequence of str, Text or (str, str)
        Row labels.
    parts : sequence of sequences of float
        ``parts[k][i]`` is the amount of part ``k`` in row ``i``, at least 0; missing counts as 0.
    names : sequence of str, Text or (str, str)
        Name of each part, for the legend.
    title, desc : str or Text
        Accessible name and description of the chart.
    styles : sequence of str, optional
        CSS class of each part.
    totals : bool, default False
        Draw the parts in their units and print the sum of each row; else shares, each printed in its part.
    width : float
        In user units; a narrow chart, as for a phone, writes each label above its bar.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If sequences differ in length.

    Examples
    --------
    >>> svg = stacked_bars(["all"], [[0.25], [0.75]], names=["down", "across"], title="Channels", desc="Two parts.")
    >>> "75%" in svg
    True
    """
    same_length(parts, names, styles)
    for part in parts:
        same_length(labels, part)
    styles = styles or [f"s-{k}" for k in range(len(parts))]
    rows = _Rows.of(labels, width, tall=34.0)
    keys, top = legend_keys(list(zip(styles, names, strict=True)), right=width)
    sums = [math.fsum(or_zero(part[i]) for part in parts) for i in range(len(labels))]
    ticks = nice_ticks(0.0, max(sums, default=0.0), count=5 if width > NARROW else 3) if totals else [0.0, 1.0]
    x = linear(0.0, ticks[-1], rows.left, width - (62.0 if totals else 20.0))
    bottom = top + rows.height * len(labels)
    body = [keys, x_axis(ticks, x, top, bottom) if totals else ""]
    for i, label in enumerate(labels):
        y = top + rows.height * i
        middle = y + rows.middle
        body.append(rows.label(label, y))
        amounts = [or_zero(part[i]) for part in parts]
        whole = 1.0 if totals else sums[i]
        edges = [math.fsum(amounts[:k]) / whole if whole > 0 else 0.0 for k in range(len(amounts) + 1)]
        for (start, end), name, style in zip(pairwise(edges), names, styles, strict=True):
            if end <= start:
                continue
            share = format_number(end - start, decimals=3) if totals else _percent(end - start)
            box = {"x": x(start), "y": middle - rows.thick / 2, "width": x(end) - x(start), "height": rows.thick}
            hover = hover_title(f"{plain(label)}, {plain(name)}: {share}")
            body.append(tag("rect", hover, class_=f"part {style}", **box))
            if not totals and x(end) - x(start) >= 34:
                at = (x(start) + x(end)) / 2
                body.append(text_element(share, at, middle + 4.5, class_=f"share on-{style}", anchor="middle"))
        if totals:
            printed = format_number(sums[i], decimals=3)
            body.append(text_element(printed, x(sums[i]) + 6, middle + 4.5, class_="value"))
    return svg_element("".join(body), bottom + (24 if totals else 6), title=title, desc=desc, width=width)


def _percent(share: float) -> str:
    return f"{format_number(100 * share, decimals=0)}%"


class _Rows(NamedTuple):
    """Where the label and the mark of a row stand: side by side, or on a narrow chart one above the other."""

    left: float
    height: float
    middle: float
    thick: float
    narrow: bool

    @classmethod
    def of(cls, labels: Sequence[Label], width: float, *, tall: float = 0.0) -> "_Rows":
        if width <= NARROW:
            return cls(16.0, 46.0, 31.0, 18.0, narrow=True)
        height = max(tall, row_height(labels))
        return cls(margin(labels), height, height / 2, height - 8.0, narrow=False)

    def label(self, label: Label, y: float, *, room: float = NARROW) -> str:
        if self.narrow:
            return text_element(shortened(label, room), 0.0, y + 14.0, class_="label")
        return label_element(label, self.left - 10, y + self.middle, class_="label", anchor="end")


class _Interval(NamedTuple):
    """A middle with its interval, any of them possibly missing."""

    middle: float | None
    low: float | None
    high: float | None


def _interval_text(row: _Interval, *, limit: float | None, decimals: int) -> str:
    beyond = MISSING if limit is None else ">" + format_number(limit, decimals=decimals)
    if not given(row.middle) and not given(row.low):
        return beyond
    if row.middle == row.low == row.high:
        return format_number(row.middle, decimals=decimals)
    middle, low, high = (format_number(v, decimals=decimals) if given(v) else beyond for v in row)
    return f"{middle} [{low}, {high}]"


def _interval(row: _Interval, x: Scale, y: float, *, style: str, shape: str, limit: float | None, hover: str) -> str:
    drawn: list[str] = []
    if given(row.low):
        is_open = limit is not None and not given(row.high)
        start, stop = x(or_zero(row.low)), x(or_zero(limit if is_open else row.high if given(row.high) else row.low))
        drawn.append(tag("line", hover_title(hover), class_=f"range {style}", x1=start, x2=stop, y1=y, y2=y))
        if is_open:
            corners = point_list([(stop - 6, y - 4), (stop, y), (stop - 6, y + 4)])
            drawn.append(tag("polyline", class_=f"arrow {style}", points=corners))
    if given(row.middle):
        drawn.append(marker(shape, x(or_zero(row.middle)), y, style, hover))
    return "".join(drawn)
