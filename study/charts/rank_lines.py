"""Draw ranks over the years as SVG text: one line a place, named at both ends, the first rank on top."""

from collections.abc import Sequence
from typing import NamedTuple

from ...data.wording.catalogue import Text
from .svg import (
    WIDTH,
    Label,
    Scale,
    format_number,
    given,
    linear,
    margin,
    marker,
    plain,
    point_list,
    same_length,
    shortened,
    svg_element,
    tag,
    text_element,
)

__all__ = ["rank_lines"]

_GAP = 22.0


def rank_lines(
    labels: Sequence[Label],
    ranks: Sequence[Sequence[float | None]],
    years: Sequence[int],
    *,
    title: str | Text,
    desc: str | Text,
    width: float = WIDTH,
) -> str:
    """Draw how ranks change; a place that moves is drawn in color, one that stays in gray.

    Parameters
    ----------
    labels : sequence of str, Text or (str, str)
        Names of the places.
    ranks : sequence of sequences of float or None
        Rank of each place in each year; a missing one interrupts its line.
    years : sequence of int
        In order.
    title, desc : str or Text
        Accessible name and description of the chart.
    width : float
        In user units.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If a place has not as many ranks as there are years.

    Examples
    --------
    >>> svg = rank_lines(["a", "b"], [[1, 2], [2, 1]], [2020, 2021], title="Ranks", desc="Two.")
    >>> svg.count('class="line'), svg.count('class="dot')
    (2, 4)
    """
    same_length(labels, ranks)
    for row in ranks:
        same_length(years, row)
    known = sorted({float(r) for row in ranks for r in row if r is not None and given(r)})
    # ranks that nobody holds here take no room
    level = {rank: i for i, rank in enumerate(known)}
    side = min(margin([f"{r:g} " for r in known]) + margin(labels), 0.36 * width)
    top, bottom = 30.0, 30.0 + _GAP * max(len(known) - 1, 1)
    x = linear(0.0, max(len(years) - 1, 1), side, width - side)
    y = linear(0.0, max(len(known) - 1, 1), top, bottom)
    step = max(1, -(-len(years) // max(2, int((width - 2 * side) / 40))))
    body: list[str] = []
    for k, year in enumerate(years):
        body.append(tag("line", class_="axis", x1=x(k), x2=x(k), y1=top - 8, y2=bottom + 8))
        if k % step == 0:
            body.append(text_element(f"{year}", x(k), 13.0, class_="tick", anchor="middle"))
    place = _Frame(x, y, level, side, years)
    moved = 0
    for label, row in zip(labels, ranks, strict=True):
        held = [(k, float(r)) for k, r in enumerate(row) if r is not None and given(r)]
        if not held:
            continue
        style = "s-7"
        if held[0][1] != held[-1][1]:
            style, moved = f"s-{1 + moved % 6}", moved + 1
        body.append(_line(label, held, style, place))
    return svg_element("".join(body), bottom + 18, title=title, desc=desc, width=width)


class _Frame(NamedTuple):
    x: Scale
    y: Scale
    level: dict[float, int]
    side: float
    years: Sequence[int]


def _line(label: Label, held: list[tuple[int, float]], style: str, at: _Frame) -> str:
    spots = {k: (at.x(k), at.y(at.level[rank])) for k, rank in held}
    drawn = [
        tag("polyline", class_=f"line {style}", points=point_list(spots[k] for k, _ in part))
        for part in _unbroken(held)
    ]
    for k, rank in held:
        hover = f"{plain(label)}: {format_number(rank, decimals=0)} ({at.years[k]})"
        drawn.append(marker("circle", *spots[k], style, hover, radius=3.0))
    for (k, rank), anchor, off in ((held[0], "end", -9.0), (held[-1], "start", 9.0)):
        # a line that begins late or ends early has no room for its name
        if k in (0, len(at.years) - 1):
            (across, down), name = spots[k], shortened(label, at.side - 42.0)
            drawn.append(text_element(name, across + 3.4 * off, down + 4.5, class_="end-label", anchor=anchor))
            printed = format_number(rank, decimals=0)
            drawn.append(text_element(printed, across + off, down + 4.5, class_="tick", anchor=anchor))
    return "".join(drawn)


def _unbroken(held: list[tuple[int, float]]) -> list[list[tuple[int, float]]]:
    parts: list[list[tuple[int, float]]] = []
    for k, rank in held:
        if parts and parts[-1][-1][0] == k - 1:
            parts[-1].append((k, rank))
        else:
            parts.append([(k, rank)])
    return parts
