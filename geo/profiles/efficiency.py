"""Measure the efficiency of places: what they make of their inputs, against the best practice among them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.methods import documented
from ...data.option_checks import a_flag
from ...data.options import choice_faults, refuse
from .frontier import ORIENTATIONS, RETURNS, SAME, Frontier, Orientation, Returns
from .practices import Practice, practices

__all__ = ["Efficiency", "efficiency", "scale_efficiency"]


@dataclass(frozen=True, eq=False)
class Efficiency:
    """How efficient places are, and what would make them so.

    Attributes
    ----------
    table : DataFrame
        ``place`` (and ``year``), ``efficiency``, ``status``, in the order given. The status is ``efficient`` (score 1
        or more and no slack), ``weakly efficient`` (score 1 with slack), ``inefficient``, or ``infeasible`` (nan: a
        super-efficiency that no change of inputs or outputs can reach).
    slacks : DataFrame
        ``place`` (and ``year``), ``column``, ``kind`` (``input``, ``output``), ``value``, ``slack``, ``target``: what
        the column has too much or too little of after all inputs are lowered, or all outputs raised, by the score.
    peers : DataFrame
        ``place`` (and ``year``), ``peer``, ``weight``: the efficient places of which the target is made.
    """

    table: pd.DataFrame
    slacks: pd.DataFrame = field(repr=False)
    peers: pd.DataFrame = field(repr=False)

    def indicator(self, name: str = "efficiency") -> pd.DataFrame:
        """Return the scores as rows of an indicator that `score` takes, those that are infeasible left out.

        Returns
        -------
        DataFrame
            ``place, indicator, value`` (and ``year``), ``unit``, ``status`` (``derived``).
        """
        found = self.table[self.table["status"] != "infeasible"].rename(columns={"efficiency": "value"})
        ids = [column for column in ("place", "year") if column in found]
        rows = found.assign(indicator=name, unit="share of best practice", status="derived")
        return rows[[*ids, "indicator", "value", "unit", "status"]].reset_index(drop=True)


@documented(
    "farrell1957",
    "charnes1978",
    "banker1984",
    "andersen1993b",
    formula=(
        "E<sub>i</sub> = min {θ : Σ<sub>j</sub> λ<sub>j</sub> x<sub>j</sub> ≤ θ x<sub>i</sub>, "
        "Σ<sub>j</sub> λ<sub>j</sub> y<sub>j</sub> ≥ y<sub>i</sub>, λ ≥ 0}"
    ),
)
def efficiency(
    table: pd.DataFrame,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    returns: Returns = "constant",
    orientation: Orientation = "input",
    super_efficiency: bool = False,
) -> Efficiency:
    r"""Measure efficiency by data envelopment analysis, each year against the best practice of that year.

    With inputs x and outputs y, the efficiency of place i is by orientation

    .. math:: E_i = \min_{\theta, \lambda \ge 0} \{\theta : \sum_j \lambda_j x_j \le \theta x_i, \;
              \sum_j \lambda_j y_j \ge y_i\}

    .. math:: 1 / E_i = \max_{\phi, \lambda \ge 0} \{\phi : \sum_j \lambda_j x_j \le x_i, \;
              \sum_j \lambda_j y_j \ge \phi y_i\}

    - Scores lie above 0 and at most at 1; the best of each kind of mix scores 1.
    - With one input and one output and constant returns, E is the ratio of output to input over the largest.
    - Under constant returns both orientations give the same score; variable returns never give a lower one.
    - Another unit of a column changes nothing.

    Parameters
    ----------
    table : DataFrame
        ``place``, a column for each input and output, numbers of at least 0, at least one input and one output above 0
        in every row; with ``year`` one row for each place and year.
    inputs, outputs : sequence of str
        Names of columns; more of an input is worse, more of an output better. Counts and totals, no shares or ratios.
    returns : {"constant", "variable", "decreasing", "increasing"}
        To scale: sums of :math:`\lambda` are free, 1, at most 1, at least 1.
    orientation : {"input", "output"}
        Whether inputs are lowered with outputs as they are, or outputs raised with inputs as they are.
    super_efficiency : bool
        Measure each place against all others alone (Andersen & Petersen 1993): those that are efficient then score
        above 1 and can be ranked. Slacks and peers stay those of the plain scores.

    Returns
    -------
    Efficiency

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        If an option is none of its choices, a column stands twice, or numbers are missing, below 0, or all 0 in a row.

    Notes
    -----
    Scores within 1e-7 of 1 count as 1. Slacks are those largest in sum, each measured in the place's
    own value (in the mean of the column where that is 0). A few
    places with many columns are all efficient: as a rule of thumb there should be at least three times as many places
    as columns.

    References
    ----------
    Farrell (1957) *Journal of the Royal Statistical Society A* 120:253-281. Charnes, Cooper & Rhodes (1978) *European
    Journal of Operational Research* 2:429-444: constant returns. Banker, Charnes & Cooper (1984) *Management Science*
    30:1078-1092: variable returns. Andersen & Petersen (1993) *Management Science* 39:1261-1264.

    Examples
    --------
    Sales of eight stores by employees (Cooper, Seiford & Tone 2007, table 1.1):

    >>> stores = pd.DataFrame({"place": list("ABCDEFGH"), "employees": [2, 3, 3, 4, 5, 5, 6, 8],
    ...     "sales": [1, 3, 2, 3, 4, 2, 3, 5]})
    >>> efficiency(stores, inputs=["employees"], outputs=["sales"]).table["efficiency"].round(3).tolist()
    [0.5, 1.0, 0.667, 0.75, 0.8, 0.4, 0.5, 0.625]
    """
    refuse([*choice_faults("returns", returns, RETURNS), *choice_faults("orientation", orientation, ORIENTATIONS)])
    a_flag("super_efficiency", super_efficiency)
    parts = practices(table, inputs, outputs)
    scores, status = np.empty(len(table)), np.empty(len(table), dtype=object)
    slacks, peers = [], []
    for part in parts:
        every = Frontier(part.inputs, part.outputs, returns, orientation)
        plain = every.scores(part.inputs, part.outputs)
        best = np.flatnonzero(plain == 1.0)
        front = Frontier(part.inputs[best], part.outputs[best], returns, orientation)
        weights, left = front.slacks(part.inputs, part.outputs, plain)
        slack = left.any(axis=1)
        status[part.rows] = np.select([plain < 1.0, slack], ["inefficient", "weakly efficient"], "efficient")
        scores[part.rows] = plain
        if super_efficiency:
            own = part.rows[best]
            # what is inefficient may be best practice once another is left out
            scores[own] = every.scores(part.inputs[best], part.outputs[best], without=best)
            status[own[np.isnan(scores[own])]] = "infeasible"
        slacks.append((part, plain, left))
        peers += [(part.rows[i], part.places[best[j]], weights[i, j]) for i, j in np.argwhere(weights > SAME)]
    ids = [column for column in ("place", "year") if column in table]
    tidy = table[ids].reset_index(drop=True).assign(efficiency=scores, status=status.astype(str))
    return Efficiency(
        table=tidy,
        slacks=_slack_table(table, ids, [*inputs], [*outputs], slacks, orientation),
        peers=_peer_table(table, ids, peers),
    )


def _slack_table(
    table: pd.DataFrame,
    ids: list[str],
    inputs: list[str],
    outputs: list[str],
    found: list[tuple[Practice, np.ndarray, np.ndarray]],
    orientation: str,
) -> pd.DataFrame:
    columns, m = [*inputs, *outputs], len(inputs)
    values = table[columns].to_numpy(dtype=float)
    slack, target = np.zeros(values.shape), np.zeros(values.shape)
    for part, scores, left in found:
        held = values[part.rows]
        slack[part.rows] = left * part.units
        moved = held.copy()
        if orientation == "input":
            moved[:, :m] *= scores[:, None]
        else:
            moved[:, m:] /= scores[:, None]
        target[part.rows] = moved + slack[part.rows] * np.repeat([-1.0, 1.0], [m, len(outputs)])
    n = len(table)
    long = table[ids].reset_index(drop=True).loc[np.repeat(np.arange(n), len(columns))].reset_index(drop=True)
    kinds = np.repeat(["input", "output"], [m, len(outputs)])
    return long.assign(
        column=np.tile(columns, n),
        kind=np.tile(kinds, n),
        value=values.ravel(),
        slack=slack.ravel(),
        target=target.ravel(),
    )


def _peer_table(table: pd.DataFrame, ids: list[str], found: list[tuple[int, object, float]]) -> pd.DataFrame:
    rows = np.array([row for row, _, _ in found], dtype=int)
    order = np.lexsort((np.arange(len(rows)), rows))
    long = table[ids].iloc[rows[order]].reset_index(drop=True)
    return long.assign(peer=[found[i][1] for i in order], weight=[float(found[i][2]) for i in order])


@documented("banker1984", formula="S<sub>i</sub> = E<sub>i</sub>(constant) / E<sub>i</sub>(variable)")
def scale_efficiency(
    table: pd.DataFrame, *, inputs: Sequence[str], outputs: Sequence[str], orientation: Orientation = "input"
) -> pd.DataFrame:
    r"""Take efficiency under constant returns apart into pure technical efficiency and efficiency of scale.

    .. math:: E_i(\text{constant}) = E_i(\text{variable}) \cdot S_i

    Parameters
    ----------
    table, inputs, outputs, orientation
        As in `efficiency`.

    Returns
    -------
    DataFrame
        ``place`` (and ``year``), ``constant``, ``variable``, ``scale``, ``returns``: ``constant`` where the scale is
        right, ``increasing`` where the place is too small, ``decreasing`` where it is too large.

    Raises
    ------
    TableError, OptionError
        As in `efficiency`.

    References
    ----------
    Banker, Charnes & Cooper (1984) *Management Science* 30:1078-1092.

    Examples
    --------
    >>> table = pd.DataFrame({"place": list("ABCD"), "staff": [2.0, 4.0, 8.0, 5.0], "papers": [1.0, 4.0, 6.0, 4.0]})
    >>> scale_efficiency(table, inputs=["staff"], outputs=["papers"]).round(3)
      place  constant  variable  scale     returns
    0     A      0.50       1.0   0.50  increasing
    1     B      1.00       1.0   1.00    constant
    2     C      0.75       1.0   0.75  decreasing
    3     D      0.80       0.8   1.00    constant
    """

    def scored(returns: Returns) -> np.ndarray:
        chosen = efficiency(table, inputs=inputs, outputs=outputs, returns=returns, orientation=orientation)
        return chosen.table["efficiency"].to_numpy()

    constant, variable, falling = scored("constant"), scored("variable"), scored("decreasing")
    scale = constant / variable
    right, small = np.abs(scale - 1.0) < 10 * SAME, np.abs(falling - constant) < 10 * SAME
    ids = [column for column in ("place", "year") if column in table]
    return (
        table[ids]
        .reset_index(drop=True)
        .assign(
            constant=constant,
            variable=variable,
            scale=np.where(right, 1.0, scale),
            returns=np.select([right, small], ["constant", "increasing"], "decreasing"),
        )
    )
