"""Draw places on two axes, with the lines at which high begins."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.wording.catalogue import LANGUAGES, join_texts, text
from .style import COLUMN, LINES, RULE, clean, house_style, new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["draw_axes"]

_MOST = 60
_MARKS = {
    "high high": ("o", LINES[1]),
    "high low": ("s", LINES[2]),
    "low high": ("D", LINES[3]),
    "low low": ("^", LINES[7]),
}


def draw_axes(
    table: "pd.DataFrame",
    *,
    x_title: str = "x",
    y_title: str = "y",
    language: str = "en",
    width: float = COLUMN,
    font: str | Path | None = None,
) -> "Figure":
    """Draw a table of `innoscape.geo.two_axes`: a mark and name for each place, and the two cuts.

    Marks differ by quadrant in form and color. Places that miss a value are not drawn.

    Parameters
    ----------
    table : DataFrame
        From `innoscape.geo.two_axes`.
    x_title, y_title : str
        What the axes show, with the unit.
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of; it chooses the type.
    width : float
        Millimeters.
    font : str or Path, optional
        Family or file of a font with the characters needed.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Without the extra ``figures`` (matplotlib).
    OptionError
        If the table is not from `two_axes`, or holds no place with both values, or more than 60.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.geo import two_axes
    >>> table = pd.DataFrame({"place": ["a", "b"], "innovation": [3.0, 1.0], "openness": [1.0, 2.0]})
    >>> figure = draw_axes(two_axes(table, "innovation", "openness"), x_title="innovation", y_title="openness")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a', 'b']
    """
    check_choice("language", language, LANGUAGES)
    needed = ("place", "x", "y", "x_cut", "y_cut", "quadrant")
    if missing := [name for name in needed if name not in table]:
        raise OptionError(text("faults.calls.draw_axes.table_two_axes_without", missing=join_texts(missing)))
    rows = table[table["quadrant"].isin(list(_MARKS))].sort_values("place")
    if not 0 < len(rows) <= _MOST:
        raise OptionError(text("faults.calls.draw_axes.table_1_places_both", most=_MOST, rows=len(rows)))
    with house_style(language, font):
        figure = new_figure(width, width)
        axes = figure.add_subplot()
        axes.axvline(float(rows["x_cut"].iloc[0]), color=RULE, lw=0.8)
        axes.axhline(float(rows["y_cut"].iloc[0]), color=RULE, lw=0.8)
        for row in rows.itertuples():
            mark, color = _MARKS[str(row.quadrant)]
            axes.plot([row.x], [row.y], mark, color=color, ms=4)
            # names stand toward the middle, so that none leaves the drawing
            right = row.x <= (rows["x"].min() + rows["x"].max()) / 2
            axes.annotate(
                clean(str(row.place)),
                (row.x, row.y),
                xytext=(4 if right else -4, 3),
                textcoords="offset points",
                ha="left" if right else "right",
            )
        axes.margins(0.1)
        axes.set_xlabel(clean(x_title))
        axes.set_ylabel(clean(y_title))
    return figure
