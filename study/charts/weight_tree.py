"""Draw a framework as a tree in SVG text: groups, their indicators, and the weight of each as a bar."""

from collections.abc import Sequence
from typing import NamedTuple

from ...data.wording.catalogue import Text
from .svg import (
    NARROW,
    WIDTH,
    Label,
    format_number,
    given,
    hover_title,
    linear,
    margin,
    or_zero,
    plain,
    shortened,
    svg_element,
    tag,
    text_element,
)

__all__ = ["Branch", "weight_tree"]

_ROW, _SPACE, _BEND = 23.0, 8.0, 18.0


class Branch(NamedTuple):
    """A group of a `weight_tree` with the names and weights of its indicators."""

    label: Label
    leaves: Sequence[tuple[Label, float | None]]
    style: str = "s-1"


def weight_tree(branches: Sequence[Branch], *, title: str | Text, desc: str | Text, width: float = WIDTH) -> str:
    """Draw each group with its indicators beside it and the weights in percent.

    Parameters
    ----------
    branches : sequence of Branch
        Groups in order; weights are shares of the whole, missing ones have no bar.
    title, desc : str or Text
        Accessible name and description of the chart.
    width : float
        In user units; a narrow chart, as for a phone, writes each group above its indicators.

    Returns
    -------
    str
        One ``<svg>`` element.

    Examples
    --------
    >>> svg = weight_tree([Branch("input", [("staff", 0.6), ("money", 0.4)])], title="Tree", desc="Two.")
    >>> "100%" in svg, "60.0%" in svg, svg.count('class="bar')
    (True, True, 2)
    """
    narrow = width <= NARROW
    heads = [branch.label for branch in branches]
    names = [name for branch in branches for name, _ in branch.leaves]
    first = 0.0 if narrow else min(margin(heads) + 46.0, 0.3 * width)
    second = min(margin(names), 0.55 * width if narrow else 0.42 * width)
    start = first + (_BEND if narrow else 2 * _BEND) + second
    largest = max((or_zero(weight) for branch in branches for _, weight in branch.leaves), default=0.0) or 1.0
    x = linear(0.0, largest, start, width - 54.0)
    body: list[str] = []
    y = 4.0
    for branch in branches:
        known = [weight for _, weight in branch.leaves if weight is not None and given(weight)]
        whole = f"{format_number(100 * sum(known), decimals=0)}%" if known else ""
        top = y + (_ROW if narrow else 0.0)
        bottom = top + _ROW * len(branch.leaves)
        middle = y + _ROW / 2 if narrow else (top + bottom) / 2
        at = 0.0 if narrow else first
        room = width - 60.0 if narrow else first - 46.0
        body.append(
            text_element(shortened(branch.label, room), 0.0, middle + 4.5, class_="group"),
        )
        body.append(text_element(whole, width if narrow else first - 4, middle + 4.5, class_="value", anchor="end"))
        for k, (name, weight) in enumerate(branch.leaves):
            row = top + _ROW * (k + 0.5)
            bend = at + _BEND / 2 if narrow else at + _BEND
            from_x, from_y = (at + 4, middle + 9) if narrow else (at, middle)
            corners = f"M{from_x:.1f},{from_y:.1f}H{bend:.1f}V{row:.1f}H{bend + 8:.1f}"
            body.append(tag("path", class_="twig", d=corners))
            body.append(text_element(shortened(name, second - 12.0), bend + 12, row + 4.5, class_="label"))
            if given(weight):
                printed = f"{format_number(100 * or_zero(weight), decimals=1)}%"
                box = {"x": start, "y": row - 7, "width": x(or_zero(weight)) - start, "height": 14.0}
                body.append(tag("rect", hover_title(f"{plain(name)}: {printed}"), class_=f"bar {branch.style}", **box))
                body.append(text_element(printed, x(or_zero(weight)) + 6, row + 4.5, class_="value"))
        y = bottom + _SPACE
    return svg_element("".join(body), y, title=title, desc=desc, width=width)
