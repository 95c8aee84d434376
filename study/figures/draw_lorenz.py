"""Draw Lorenz curves of places, one a year, with the Gini of each."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.wording.catalogue import LANGUAGES, join_texts, text
from .draw_scores import quantity
from .measured import measure_choices, measured
from .paper import Paper
from .style import COLUMN, DASHES, LINES, RULE, Voice, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_lorenz"]

_ACROSS, _UP = "cumulative_weight", "cumulative_share"
_MOST = 8


def draw_lorenz(
    table: pd.DataFrame,
    *,
    by: str | None = None,
    language: str = "en",
    width: float = COLUMN,
    font: str | Path | None = None,
) -> "Figure":
    """Draw the Lorenz curves of a table of `innoscape.geo.lorenz`; the diagonal is equality.

    Parameters
    ----------
    table : DataFrame
        From `innoscape.geo.lorenz`.
    by : str, optional
        Column with a curve for each value, up to eight, such as ``year``; by default one curve.
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of.
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
        If the table is not from `lorenz`, holds no curve, or more than eight.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.geo import lorenz
    >>> figure = draw_lorenz(lorenz(pd.Series({"a": 1.0, "b": 3.0})))
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['Gini 0.250']
    """
    check_choice("language", language, LANGUAGES)
    missing = [name for name in (_ACROSS, _UP, *([by] if by else [])) if name not in table]
    if missing:
        raise OptionError(text("faults.calls.draw_lorenz.table_lorenz_without", missing=join_texts(missing)))
    with house_style(language, font):
        return _curves(table, by, Voice(language, {}), Paper(width))


def draw_shares(results: "StudyResults", voice: Voice, paper: Paper, *, measure: str | None = None) -> "Figure":
    """Draw the Lorenz curve of a measure, one a year; by default of the first indicator."""
    from ...geo import lorenz

    choices = [name for name in measure_choices(results) if name != "tier"]
    # in the order of the index, which no order of rows changes
    indicators = [*map(str, results.shown.get("normalized", pd.DataFrame())), *choices]
    known = {*results.shown["indicators"]["indicator"].astype(str)}
    chosen = next(name for name in indicators if name in known) if measure is None else measure
    if chosen not in choices:
        raise OptionError(text("faults.calls.draw_lorenz.measure", choices=join_texts(choices), measure=repr(measure)))
    scored = chosen in results.tables.get("scores", pd.DataFrame())
    table = results.tables["scores" if scored else "indicators"]
    table = table if scored else table[table["indicator"].astype(str) == chosen]
    table = table.assign(value=quantity(table, chosen if scored else "value"))
    table = table[table["value"] >= 0]
    years = sorted({int(year) for year in table["year"].dropna()})[-_MOST:] if "year" in table else []
    parts = [(year, table[table["year"] == year]) for year in years] or [(None, table)]
    curves = [
        lorenz(rows.sort_values("place").drop_duplicates("place").set_index("place")["value"]).assign(year=year)
        for year, rows in parts
        if rows["value"].sum() > 0
    ]
    if not curves:
        raise OptionError(text("faults.calls.draw_lorenz.measure_values_0_none", chosen=chosen))
    title = measured(results, voice, chosen).title
    return _curves(pd.concat(curves, ignore_index=True), "year" if years else None, voice, paper, title=title)


def _curves(table: pd.DataFrame, by: str | None, voice: Voice, paper: Paper, *, title: str = "") -> "Figure":
    rows = table[quantity(table, _UP) >= 0]
    curves = list(rows.groupby(by, sort=True)) if by else [(None, rows)]
    if rows.empty or len(curves) > _MOST:
        raise OptionError(
            text("faults.calls.draw_lorenz.table_1_curves_choose", most=_MOST, v=0 if rows.empty else len(curves))
        )
    figure = paper.new(paper.width + 6.0 * len(curves))
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=RULE, lw=0.8)
    for i, (key, part) in enumerate(curves):
        x, y = (np.append(0.0, np.sort(quantity(part, name))) for name in (_ACROSS, _UP))
        # twice the area between the curve and the diagonal
        gini = 1.0 - float(np.trapezoid(y, x)) * 2.0
        said = voice.say("lorenz.gini", value=f"{max(gini, 0.0):.3f}")
        style: dict[str, Any] = {"color": LINES[i % len(LINES)], "ls": DASHES[i % len(DASHES)]}
        axes.plot(x, y, label=said if key is None else f"{key}: {said}", **style)
    axes.set_title(voice.wrap(title, int(paper.width / 1.5)))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xlabel(voice.say("lorenz.weight"))
    axes.set_ylabel(voice.say("lorenz.share"))
    figure.legend(loc="outside lower center", ncols=1 if paper.width < 140 else 2)
    return figure
