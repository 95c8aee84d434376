"""Set the legend of a printed map: rows of symbols and words, measured in millimeters."""

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from .paper import millimeters
from .style import INK, SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE = 2.75
_KEY = 8.0
_LETTER = 1.1
_TYPE = 6.0


class Row(NamedTuple):
    """One row: its height in millimeters, and how to draw it with its upper left corner at a point."""

    height: float
    draw: Callable[["Axes", float, float], None]


def heading(voice: Voice, text: str, width: float) -> Row:
    """Write a bold heading."""
    lines = voice.wrap(text, int(width / (_LETTER * 1.28)))
    count = lines.count("\n") + 1

    def draw(axes: "Axes", x: float, y: float) -> None:
        axes.text(x, y - 0.4, lines, size=_TYPE + 0.3, weight=voice.weight, va="top", linespacing=1.2)

    return Row(LINE * count + 0.9, draw)


def note(voice: Voice, text: str, width: float, *, size: float = 5.5) -> Row:
    """Write a small remark."""
    lines = voice.wrap(text, int(width / (_LETTER * size / _TYPE)))
    count = lines.count("\n") + 1

    def draw(axes: "Axes", x: float, y: float) -> None:
        axes.text(x, y - 0.2, lines, size=size, color=SOFT, va="top", linespacing=1.2)

    return Row(LINE * size / _TYPE * count + 0.5, draw)


def keyed(
    voice: Voice, text: str, width: float, sign: Callable[["Axes", float, float], Any], *, tall: float = LINE + 0.4
) -> Row:
    """Draw a sign, centered at 3.2 mm from the left, and say what it means."""
    lines = voice.wrap(text, int((width - _KEY) / _LETTER))
    count = lines.count("\n") + 1
    height = max(tall, LINE * count + 0.6)

    def draw(axes: "Axes", x: float, y: float) -> None:
        sign(axes, x + 3.2, y - height / 2)
        axes.text(x + _KEY, y - height / 2, lines, size=_TYPE, va="center", linespacing=1.15)

    return Row(height, draw)


def total_height(rows: Sequence[Row]) -> float:
    """Add up what the rows need."""
    return sum(row.height for row in rows)


def draw_legend(
    figure: "Figure",
    corner: tuple[float, float],
    width: float,
    blocks: Sequence[Sequence[Row]],
    *,
    columns: int = 1,
    low: bool = False,
) -> tuple[float, float, float, float]:
    """Draw blocks of rows down from a corner (millimeters from the lower left of the figure), in columns.

    ``low`` lets the columns end on one line instead of beginning on one.

    Returns
    -------
    tuple
        The box taken: left, bottom, right, top in millimeters.
    """
    height = legend_height(blocks, columns=columns)
    wide, tall = millimeters(figure)
    box = (corner[0] / wide, (corner[1] - height) / tall, width / wide, height / tall)
    axes = figure.add_axes(box, zorder=10)
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    for c, column in enumerate(_columns(blocks, columns)):
        y = sum(total_height(block) + 1.4 for block in column) if low else height
        for block in column:
            for row in block:
                row.draw(axes, c * width / columns, y)
                y -= row.height
            y -= 1.4
    return (corner[0], corner[1] - height, corner[0] + width, corner[1])


def legend_height(blocks: Sequence[Sequence[Row]], *, columns: int = 1) -> float:
    """Return the height that the blocks need in so many columns."""
    return max(
        (sum(total_height(block) + 1.4 for block in column) for column in _columns(blocks, columns)), default=0.0
    )


def _columns(blocks: Sequence[Sequence[Row]], count: int) -> list[list[Sequence[Row]]]:
    """Break the blocks into columns, in their order, so that the tallest column is as low as can be."""
    talls = [total_height(block) + 1.4 for block in blocks]
    count = max(1, min(count, len(blocks)))
    cuts = min(
        combinations(range(1, len(blocks)), count - 1),
        key=lambda at: max(sum(talls[a:b]) for a, b in pairwise((0, *at, len(blocks)))),
    )
    return [list(blocks[a:b]) for a, b in pairwise((0, *cuts, len(blocks)))]


def ink(**style: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give the usual outline of a symbol."""
    return {"markeredgecolor": INK, "markeredgewidth": 0.5, "linestyle": "none", **style}
