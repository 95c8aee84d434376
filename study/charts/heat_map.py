"""Draw a table of numbers as shaded squares, in SVG text."""

import math
from collections.abc import Sequence

from ...data.wording.catalogue import Text
from .svg import (
    NARROW,
    WIDTH,
    Label,
    format_number,
    given,
    hover_title,
    margin,
    or_zero,
    plain,
    same_length,
    shortened,
    svg_element,
    tag,
    text_element,
)

__all__ = ["heat_map"]

_STEPS, _LARGEST, _PRINTED = 10, 44.0, 30.0
# what a name needs of height, and the number of a column of width
_LINE, _NUMBER = 15.0, 16.0


def heat_map(
    labels: Sequence[Label],
    values: Sequence[Sequence[float | None]],
    *,
    title: str | Text,
    desc: str | Text,
    x_title: Label = "",
    y_title: Label = "",
    signed: bool = False,
    decimals: int = 2,
    width: float = WIDTH,
) -> str:
    """Draw a square table: one row and one column a label, columns numbered as the rows are.

    Shades go in ten steps from 0 to the largest value; with ``signed`` in five steps either way from 0 to 1, as
    correlations go. Numbers stand in the squares where they have room.

    Parameters
    ----------
    labels : sequence of str, Text or (str, str)
        Names of the rows, and of the columns in the same order.
    values : sequence of sequences of float or None
        ``values[i][j]`` of row ``i`` and column ``j``; a missing one leaves its square blank.
    title, desc : str or Text
        Accessible name and description of the chart.
    x_title, y_title : str, Text or (str, str), optional
        What columns and rows are.
    signed : bool, default False
        Values lie between -1 and 1.
    decimals : int, default 2
        Decimals of printed values.
    width : float
        In user units.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    OptionError
        If rows or columns are not as many as labels.

    Examples
    --------
    >>> svg = heat_map(["a", "b"], [[None, 4.0], [1.0, None]], title="Flows", desc="Two.", decimals=0)
    >>> svg.count('class="square'), "1 a" in svg, 'class="square h-10"' in svg
    (2, True, True)
    """
    same_length(labels, values)
    for row in values:
        same_length(labels, row)
    numbers = [f"{i + 1}" for i in range(len(labels))]
    left = min(margin(labels), 0.45 * width) + 24.0
    names = [shortened(label, left - 36.0) for label in labels]
    size = min(_LARGEST, (width - left - 4.0) / max(len(labels), 1))
    # on a phone squares are lower than names: rows keep the height of a line, and not every column has its number
    tall, every = max(size, _LINE), math.ceil(_NUMBER / size)
    top = 40.0 if x_title else 22.0
    largest = 1.0 if signed else max((abs(or_zero(v)) for row in values for v in row), default=0.0) or 1.0
    texts = [[format_number(v, decimals=decimals) for v in row] for row in values]
    longest = max((len(text) for row in texts for text in row), default=0)
    has_room = width > NARROW and size >= _PRINTED and 6.4 * longest < size
    body = [text_element(y_title, 0.0, 13.0, class_="axis-title")]
    body.append(text_element(x_title, left, 13.0, class_="axis-title"))
    for i, label in enumerate(labels):
        middle = top + tall * (i + 0.5)
        if i % every == 0:
            body.append(text_element(numbers[i], left + size * (i + 0.5), top - 6, class_="tick", anchor="middle"))
        body.append(text_element(names[i], left - 30, middle + 4.5, class_="label", anchor="end"))
        body.append(text_element(numbers[i], left - 8, middle + 4.5, class_="tick", anchor="end"))
        for j, value in enumerate(values[i]):
            if not given(value):
                continue
            style = _shade(or_zero(value) / largest, signed=signed)
            hover = f"{numbers[i]} {plain(label)} – {numbers[j]} {plain(labels[j])}: {texts[i][j]}"
            box = {"x": left + size * j, "y": top + tall * i, "width": size, "height": tall}
            body.append(tag("rect", hover_title(hover), class_=f"square {style}", **box))
            if has_room:
                at = left + size * (j + 0.5)
                body.append(text_element(texts[i][j], at, middle + 4.0, class_=f"cell on-{style}", anchor="middle"))
    return svg_element("".join(body), top + tall * len(labels) + 6, title=title, desc=desc, width=width)


def _shade(share: float, *, signed: bool) -> str:
    """Choose the class of a square: h-0 to h-10, or with a sign l-1 to l-5 below 0."""
    step = min(_STEPS, max(1, round(_STEPS * abs(share)))) if share else 0
    return f"l-{(step + 1) // 2}" if signed and share < 0 else f"h-{step}"
