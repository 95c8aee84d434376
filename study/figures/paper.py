"""Give figures the paper they are drawn on: a sheet of their own, or a part of a page with panels.

A figure asks its paper for room once its height is known, and for a letter for each of its own parts. Sizes are
millimeters.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

from ...data.errors import OptionError
from ...data.wording.catalogue import text
from .style import INCH, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Paper", "draw_panels"]

_GAP, _STRIP = 4.0, 5.0
_MOST_TALL = 400.0


class Paper:
    """Room for one figure.

    Parameters
    ----------
    width : float
    letters : iterator of str, optional
        Where the letters of parts come from; ``a`` on by default.
    part : SubFigure, optional
        Part of a page to draw into; by default a figure of its own is made.
    """

    def __init__(self, width: float, *, letters: Iterator[str] | None = None, part: Any = None) -> None:  # noqa: ANN401 - a SubFigure
        self.width = width
        self.height = 0.0
        self.lettered = 0
        self.constrained = True
        self._letters = _alphabet() if letters is None else letters
        self._part = part

    def new(self, height: float, *, constrained: bool = True) -> "Figure":
        """Give a figure of this height; a second call starts anew."""
        self.height, self.constrained = height, constrained
        if self._part is None:
            return new_figure(self.width, height, constrained=constrained)
        self._part.clear()
        return self._part

    def lettered_title(self, title: str) -> str:
        """Put the next letter before the title of a part."""
        self.lettered += 1
        return f"{next(self._letters)}  {title}"


def _alphabet() -> Iterator[str]:
    return (chr(ord("a") + n) if n < 26 else str(n + 1) for n in count())


def draw_panels(draws: Sequence[Callable[[Paper], Any]], *, width: float, columns: int) -> "Figure":
    """Draw figures beside and below each other, each as it looks alone at the width of its column, with letters.

    Examples
    --------
    >>> def draw(paper):
    ...     paper.new(40.0).add_subplot()
    >>> figure = draw_panels([draw, draw], width=190.0, columns=2)
    >>> [text.get_text() for text in figure.texts], round(figure.get_figheight() * 25.4)
    (['a', 'b'], 45)
    """
    columns = min(columns, len(draws))
    wide = (width - _GAP * (columns - 1)) / columns
    alone = [_alone(draw, wide) for draw in draws]
    heights = [paper.height + (0.0 if paper.lettered else _STRIP) for paper, _ in alone]
    tall = [max(heights[i : i + columns]) for i in range(0, len(heights), columns)]
    total = sum(tall) + _GAP * (len(tall) - 1)
    if total > _MOST_TALL:
        raise OptionError(
            text("faults.calls.paper.figures_panels_most_mm", most_tall=f"{_MOST_TALL:.0f}", total=f"{total:.0f}")
        )
    page = new_figure(width, total, constrained=False)
    letters, tops = _alphabet(), [sum(tall[:row]) + _GAP * row for row in range(len(tall))]
    for i, (draw, (paper, first)) in enumerate(zip(draws, alone, strict=True)):
        left, top = (i % columns) * (wide + _GAP), tops[i // columns]
        if not paper.lettered:
            style: Any = {"size": 9, "weight": "bold", "va": "top", "ha": "left"}
            page.text(left / width, 1 - (top + 0.4) / total, next(letters), **style)
            top += _STRIP
        part = _part(page, (left, top, wide, paper.height), (width, total))
        draw(Paper(wide, letters=letters, part=part))
        # what the layout of the figure alone found out
        for axes, known in zip(part.axes, first.axes, strict=True):
            if paper.constrained:
                axes.set_position(known.get_position(original=True))
    return page


def _alone(draw: Callable[[Paper], Any], wide: float) -> tuple[Paper, "Figure"]:
    paper = _Remembering(wide)
    draw(paper)
    paper.figure.draw_without_rendering()
    return paper, paper.figure


class _Remembering(Paper):
    """Paper that keeps the figure it gave last."""

    figure: "Figure"

    def new(self, height: float, *, constrained: bool = True) -> "Figure":
        self.figure = super().new(height, constrained=constrained)
        return self.figure


def _part(page: "Figure", box: tuple[float, float, float, float], size: tuple[float, float]) -> Any:  # noqa: ANN401 - a SubFigure
    """Cut a part out of a page: left, top, width, height."""
    from matplotlib.gridspec import GridSpec

    left, top, wide, tall = box
    across, down = (
        _steps(start, length, whole) for start, length, whole in ((left, wide, size[0]), (top, tall, size[1]))
    )
    grid = GridSpec(len(down), len(across), figure=page, width_ratios=across, height_ratios=down)
    return page.add_subfigure(grid[1, 1], facecolor="none")


def _steps(start: float, length: float, whole: float) -> list[float]:
    cuts = (0.0, start, start + length, max(whole, start + length))
    return [max(b - a, 1e-9) for a, b in pairwise(cuts)]


def millimeters(figure: "Figure") -> tuple[float, float]:
    """Return width and height of a figure, or of a part of one."""
    box = figure.bbox
    return box.width / figure.dpi * INCH, box.height / figure.dpi * INCH
