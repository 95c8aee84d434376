"""Draw what a grid of scenarios changes, as `innoscape.network.sweep` tells it."""

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data.errors import OptionError
from ...data.wording.catalogue import join_texts, text
from .draw_scores import quantity
from .style import COLUMN, DASHES, LINES, MARKS, Voice, house_style, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_sweep"]

_NUMBERS = ("baseline", "value", "difference", "low", "high")
_FIRST = "measure"


def draw_sweep(
    table: pd.DataFrame,
    measure: str,
    *,
    along: str | None = None,
    place: Hashable = "all",
    language: str = "en",
    width: float = COLUMN,
    font: str | Path | None = None,
) -> "Figure":
    """Draw how the difference from the baseline changes over a grid, with its 95% intervals.

    One line for each combination of the other parameters; the whisker of a point is the Monte-Carlo interval of its
    paired difference. 0 is the baseline.

    Parameters
    ----------
    table : DataFrame
        From `innoscape.network.sweep`: the parameters, then ``measure, place, difference, low, high`` and more.
    measure : str
        One of the table, such as ``mean_arrival_time``.
    along : str, optional
        Parameter on the horizontal axis, with numbers; the first by default.
    place : hashable
        Place, tier or group of the measure.
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
        If the table is not from `sweep`, has no such row, or the parameter has no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> grid = {"factor": [0.5, 1.0], "measure": "reach", "place": "all", "baseline": 0.4, "value": [0.5, 0.4]}
    >>> table = pd.DataFrame(grid).assign(difference=[0.1, 0.0], low=[0.08, 0.0], high=[0.12, 0.0])
    >>> draw_sweep(table, "reach").axes[0].get_xlabel()
    'Factor'
    """
    missing = [name for name in (_FIRST, "place", *_NUMBERS) if name not in table]
    parameters = [] if missing else list(table.columns[: table.columns.get_loc(_FIRST)])
    if missing or not parameters:
        raise OptionError(
            text("faults.calls.draw_sweep.table_must_come_sweep", v=", ".join(missing) or "its parameters")
        )
    across = parameters[0] if along is None else along
    if across not in parameters or not pd.api.types.is_numeric_dtype(table[across]):
        raise OptionError(
            text(
                "faults.calls.draw_sweep.along_must_parameter_numbers",
                parameters=join_texts(parameters),
                across=repr(across),
            )
        )
    rows = table[(table["measure"] == measure) & (table["place"] == place)].sort_values(parameters, kind="stable")
    if rows.empty:
        known = table[["measure", "place"]].drop_duplicates().itertuples(index=False)
        there = ", ".join(f"{row.measure} of {row.place}" for row in known)
        raise OptionError(text("faults.calls.draw_sweep.table_holds", measure=measure, place=place, there=there))
    voice = Voice(language, {})
    others = [name for name in parameters if name != across]
    with house_style(language, font):
        figure = new_figure(width, 62.0)
        axes = figure.add_subplot()
        axes.axhline(0.0, color=LINES[0], lw=0.8)
        for i, (key, part) in enumerate(rows.groupby(others, sort=True) if others else [((), rows)]):
            middle = quantity(part, "difference")
            reach = [middle - quantity(part, "low"), quantity(part, "high") - middle]
            name = ", ".join(f"{voice.word(o)} {_said(k)}" for o, k in zip(others, key, strict=True))
            style: dict[str, Any] = {"color": LINES[(i + 1) % len(LINES)], "ls": DASHES[i % len(DASHES)]}
            axes.errorbar(
                quantity(part, across), middle, yerr=reach, label=name, marker=MARKS[i % len(MARKS)], ms=3.0, **style
            )
        axes.set_xlabel(voice.head(across))
        axes.set_ylabel(voice.say("sweep.difference"))
        whose = "" if place == "all" else f": {voice.word(place)}"
        axes.set_title(voice.head(measure) + whose)
        if others:
            figure.legend(loc="outside lower center", ncols=1 if width < 140 else 2)
    return figure


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
