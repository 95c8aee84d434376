"""Measure how productivity changes from year to year, and take the change apart (Malmquist index)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_columns, choice_faults, refuse
from .frontier import ORIENTATIONS, Frontier, Orientation, Returns
from .practices import Practice, practices

__all__ = ["malmquist"]

_PARTS = ["malmquist", "efficiency_change", "technical_change", "pure_efficiency_change", "scale_change"]


@documented(
    "fare1994",
    formula=(
        "M = (E<sub>t+1</sub>(t+1) / E<sub>t</sub>(t)) · "
        "√(E<sub>t</sub>(t+1) / E<sub>t+1</sub>(t+1) · E<sub>t</sub>(t) / E<sub>t+1</sub>(t))"
    ),
)
def malmquist(
    table: pd.DataFrame, *, inputs: Sequence[str], outputs: Sequence[str], orientation: Orientation = "input"
) -> pd.DataFrame:
    r"""Measure the change of productivity of each place from one year to the next, and its parts.

    With :math:`E_s(t)` the efficiency under constant returns of what the place did in year t against the best practice
    of year s, from t to the next year u:

    .. math:: M = \underbrace{\frac{E_u(u)}{E_t(t)}}_{\text{efficiency change}} \cdot
              \underbrace{\sqrt{\frac{E_t(u)}{E_u(u)} \cdot \frac{E_t(t)}{E_u(t)}}}_{\text{technical change}}

    Efficiency change is the product of pure efficiency change, the same ratio under variable returns, and scale change.

    - Above 1 is progress, 1 no change, below 1 decline, in every column.
    - With one input and one output M is the ratio of the two productivities.
    - If all places change nothing all parts are 1; if all make k times as much of every output, technical change is k.
    - The index of a and of b years multiplies to that of both only by chance: it is not transitive.

    Parameters
    ----------
    table : DataFrame
        As in `efficiency`, with ``year``.
    inputs, outputs : sequence of str
        Names of columns.
    orientation : {"input", "output"}
        Changes pure efficiency and scale alone: under constant returns both are the same.

    Returns
    -------
    DataFrame
        ``place, year_from, year_to, malmquist, efficiency_change, technical_change, pure_efficiency_change,
        scale_change, status``: one row for each place and pair of successive years of the table; the status is
        ``computed``, ``only in year_from``, ``only in year_to`` or ``infeasible``, all but the first with nan.

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        As in `efficiency`, or if there are fewer than two years.

    Notes
    -----
    Every place of a year takes part in its best practice, also one that is absent in the other year.

    References
    ----------
    Färe, Grosskopf, Norris & Zhang (1994) *American Economic Review* 84:66-83.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["A", "B"] * 2, "year": [2019] * 2 + [2020] * 2, "staff": [2.0, 4.0, 2.0, 4.0],
    ...     "papers": [2.0, 2.0, 3.0, 4.0]})
    >>> found = malmquist(table, inputs=["staff"], outputs=["papers"])
    >>> found[["place", "malmquist", "efficiency_change", "technical_change"]].round(3)
      place  malmquist  efficiency_change  technical_change
    0     A        1.5              1.000               1.5
    1     B        2.0              1.333               1.5
    """
    refuse(choice_faults("orientation", orientation, ORIENTATIONS))
    check_columns(table, "table", ["place", "year"])
    years = practices(table, inputs, outputs)
    if len(years) < 2:
        raise OptionError(f"table: needed at least two years, got {', '.join(str(one.year) for one in years)}")

    def against(best: Practice, done: Practice, returns: Returns) -> pd.Series:
        frontier = Frontier(best.inputs, best.outputs, returns, orientation)
        return pd.Series(frontier.scores(done.inputs, done.outputs), index=done.places)

    own = [(against(one, one, "constant"), against(one, one, "variable")) for one in years]
    steps = []
    for (early, (constant, pure)), (late, (new_constant, new_pure)) in pairwise(zip(years, own, strict=True)):
        cross, back = against(early, late, "constant"), against(late, early, "constant")
        change, purely = new_constant / constant, new_pure / pure
        technical = np.sqrt(cross / new_constant * constant / back)
        parts = dict(zip(_PARTS, [change * technical, change, technical, purely, change / purely], strict=True))
        step = pd.DataFrame(parts).rename_axis("place").reset_index()
        here, there = step["place"].isin(early.places), step["place"].isin(late.places)
        known = np.isfinite(step[_PARTS]).all(axis=1)
        kinds = ["only in year_from", "only in year_to", "computed"]
        status = np.select([here & ~there, there & ~here, known], kinds, "infeasible")
        step.loc[status != "computed", _PARTS] = np.nan
        steps.append(step.assign(year_from=early.year, year_to=late.year, status=status))
    found = pd.concat(steps, ignore_index=True)
    first = {place: i for i, place in enumerate(dict.fromkeys(table["place"]))}
    found = found.sort_values(["year_from", "place"], key=lambda c: c.map(first) if c.name == "place" else c)
    return found[["place", "year_from", "year_to", *_PARTS, "status"]].reset_index(drop=True)
