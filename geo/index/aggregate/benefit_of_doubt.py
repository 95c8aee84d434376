"""Score each place with the weights that suit it best (benefit of the doubt), by linear programming.

The weights of a place are those under which it does best, no place scoring above 1 under them.
"""

import numpy as np

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.option_checks import a_share
from ....data.wording.catalogue import text
from .means import check_values, exact_sums

__all__ = ["benefit_of_doubt", "benefit_of_doubt_parts", "check_benefit_of_doubt"]

_TOLERANCE = 1e-10


def check_benefit_of_doubt(*, low: float = 0.0, high: float = 1.0, band: float | None = None) -> None:
    """Raise `OptionError` unless the bounds are shares in order."""
    a_share("low", low)
    a_share("high", high)
    if low > high:
        raise OptionError(text("faults.calls.benefit_of_doubt.low_most_high", high=f"{high:g}", low=f"{low:g}"))
    if band is not None:
        a_share("band", band)


@documented(
    "cherchye2007",
    formula=(
        "S<sub>i</sub> = max<sub>u</sub> Σ<sub>k</sub> u<sub>k</sub> z<sub>ik</sub>, "
        "Σ<sub>k</sub> u<sub>k</sub> z<sub>jk</sub> ≤ 1 ∀ j, u ≥ 0"
    ),
)
def benefit_of_doubt(
    values: np.ndarray, weights: np.ndarray, *, low: float = 0.0, high: float = 1.0, band: float | None = None
) -> np.ndarray:
    r"""Return the best score each place can reach with weights of its own.

    .. math:: S_i = \max_u \sum_j u_j x_{ij} \quad \text{with} \quad \sum_j u_j x_{kj} \le 1 \text{ for every place } k,
              \quad u \ge 0

    The part of the score that indicator :math:`j` brings, its share :math:`u_j x_{ij} / S_i`, may be bounded.

    - Scores lie between 0 and 1; a place that is best on any part scores 1 unless shares are bounded.
    - ``low`` and ``high`` bound every share; ``band`` b bounds each to (1 - b) to (1 + b) times its weight, so that 1
      lets a share run from nothing to twice the weight, and 0 fixes it to the weight.
    - Without ``band`` weights only decide which parts count: those with weight 0 are left out.
    - A value of 0 brings nothing: where its share has a lower bound above 0 the place scores 0.
    - A part that is 0 everywhere is left out, and a place with only zeros scores 0.
    """
    check_benefit_of_doubt(low=low, high=high, band=band)
    check_values(values, weights, method="benefit of the doubt")
    _, scaled, frontier, bounds = _prepare(values, weights, low, high, band)
    scores = np.zeros(len(values))
    free = not bounds[0].any() and bounds[1].min(initial=1.0) == 1
    for place in range(len(values)):
        if free and (scaled[place] == 1).any():
            scores[place] = 1.0
        elif scaled[place].any():
            brought = _best(scaled[place], frontier, bounds)
            scores[place] = exact_sums(brought[None])[0]
    return np.minimum(scores, 1.0)


def benefit_of_doubt_parts(
    values: np.ndarray,
    weights: np.ndarray,
    scores: np.ndarray,
    *,
    low: float = 0.0,
    high: float = 1.0,
    band: float | None = None,
) -> np.ndarray:
    """Return value times the place's own weight; of several best weightings the one with shares nearest to the weights.

    Nearest means the smallest largest difference between a part's share of the score and its weight.
    """
    used, scaled, frontier, bounds = _prepare(values, weights, low, high, band)
    parts = np.zeros(values.shape)
    for place in range(len(values)):
        if scores[place] > 0:
            brought = _nearest(scaled[place], frontier, bounds, weights[used], scores[place])
            parts[place, used] = brought * (scores[place] / exact_sums(brought[None])[0])
    return parts


def _prepare(
    values: np.ndarray, weights: np.ndarray, low: float, high: float, band: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return which parts count, values scaled to a largest of 1, those of the frontier, and the bounds of shares."""
    used = (weights > 0) & (values.max(axis=0) > 0)
    scaled = values[:, used] / values[:, used].max(axis=0, initial=np.finfo(float).tiny)
    least, most = np.full(used.sum(), float(low)), np.full(used.sum(), float(high))
    if band is not None:
        own = weights[used] / weights[used].sum()
        least, most = np.maximum(least, (1.0 - band) * own), np.minimum(most, (1.0 + band) * own)
    if used.any() and (least.sum() > 1.0 + _TOLERANCE or most.sum() < 1.0 - _TOLERANCE or (least > most).any()):
        got = text(
            "faults.calls.benefit_of_doubt.most_together_parts",
            least=f"{least.sum():g}",
            most=f"{most.sum():g}",
            used=used.sum(),
        )
        raise OptionError(text("faults.calls.benefit_of_doubt.benefit_of_doubt_bounds_shares_sum", got=got))
    return used, scaled, _frontier(scaled), (least, most)


def _limits(
    own: np.ndarray, frontier: np.ndarray, bounds: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and right sides of the constraints on a place's weights: no place above 1, shares within bounds."""
    rows, sides = [frontier], [np.ones(len(frontier))]
    for bound, sign, free in ((bounds[0], 1.0, 0.0), (bounds[1], -1.0, 1.0)):
        tight = np.flatnonzero(bound != free)
        rows.append(sign * (bound[tight, None] * own - np.diag(own)[tight]))
        sides.append(np.zeros(len(tight)))
    return np.vstack(rows), np.concatenate(sides)


def _frontier(scaled: np.ndarray) -> np.ndarray:
    """Return the rows that no other is at least equal to everywhere: the others bind nothing."""
    rows = np.unique(scaled, axis=0)
    kept = [not ((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any() for row in rows]
    return rows[kept]


def _solve(cost: np.ndarray, rows: np.ndarray, sides: np.ndarray) -> np.ndarray | None:
    from scipy.optimize import linprog

    options = {"presolve": False, "primal_feasibility_tolerance": _TOLERANCE, "dual_feasibility_tolerance": _TOLERANCE}
    return linprog(cost, A_ub=rows, b_ub=sides, bounds=(0, None), method="highs-ds", options=options).x


def _best(own: np.ndarray, frontier: np.ndarray, bounds: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    found = _solve(-own, *_limits(own, frontier, bounds))
    if found is None:
        return np.zeros(len(own))
    # what tolerance let through is scaled back
    return found * own / max(1.0, float((frontier @ found).max()))


def _nearest(
    own: np.ndarray, frontier: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], weights: np.ndarray, score: float
) -> np.ndarray:
    rows, sides = _limits(own, frontier, bounds)
    away, column = np.diag(own) / score, -np.ones((len(own), 1))
    rows = np.vstack([
        np.hstack([rows, np.zeros((len(rows), 1))]),
        np.append(-own, 0.0),
        np.hstack([away, column]),
        np.hstack([-away, column]),
    ])  # fmt: skip
    sides = np.concatenate([sides, [-score * (1.0 - 10 * _TOLERANCE)], weights, -weights])
    found = _solve(np.append(np.zeros(len(own)), 1.0), rows, sides)
    brought = None if found is None else np.maximum(found[:-1], 0.0) * own
    return brought if brought is not None and brought.any() else _best(own, frontier, bounds)
