"""Score places against one another: closeness to an ideal (TOPSIS), compromise (VIKOR), pairwise majority (Copeland).

Values are n x k normalized values or group scores, higher being better, never normalized again here; weights are k
shares that sum to 1. Scores lie between 0 and 1, higher being better, and rest on all places together: they change when
a place is added. Sums are rounded once, so that the order of rows and columns changes no bit.
"""

import numpy as np

from ..data.errors import Fault, OptionError, TableError
from ._means import exact_sums
from ._options import a_share, check_choice

__all__ = [
    "IDEALS",
    "TOPSIS_WEIGHTS",
    "check_topsis",
    "check_vikor",
    "copeland",
    "copeland_parts",
    "topsis",
    "topsis_parts",
    "vikor",
    "vikor_parts",
]

IDEALS = ("observed", "unit")
TOPSIS_WEIGHTS = ("values", "squares")
# differences smaller than this, relative to the largest value, are rounding
_ROUNDING = 1e-12
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_STEPS, _STEP_WEIGHTS = (_NODES + 1) / 2, _NODE_WEIGHTS / 2


def check_topsis(*, ideal: str = "observed", weigh: str = "values") -> None:
    """Raise `OptionError` unless the options of `topsis` exist."""
    check_choice("ideal", ideal, IDEALS)
    check_choice("weigh", weigh, TOPSIS_WEIGHTS)


def check_vikor(*, v: float = 0.5) -> None:
    """Raise `OptionError` unless v is a share."""
    a_share("v", v)


def topsis(values: np.ndarray, weights: np.ndarray, *, ideal: str = "observed", weigh: str = "values") -> np.ndarray:
    r"""Return the relative closeness to the ideal.

    .. math:: S_i = \frac{d_i^-}{d_i^+ + d_i^-}, \quad d_i^\pm = \sqrt{\sum_j (w_j (x_{ij} - x_j^\pm))^2}

    with :math:`x^+` and :math:`x^-` the best and the worst value of each part.

    - ``ideal="observed"`` takes them from the places, ``"unit"`` takes 1 and 0, so that a place's score does not rest
      on the others; values outside 0 to 1 are then refused.
    - ``weigh="values"`` weights the values, as Hwang and Yoon do; ``"squares"`` takes :math:`w_j (x - x^\pm)^2`.
    - Where no place differs from another every score is 0.5.
    """
    check_topsis(ideal=ideal, weigh=weigh)
    reached, span = _distances(values, weights, ideal, weigh)
    worst, best = _lengths(reached), _lengths(span - reached)
    total = worst + best
    return np.where(total > 0, worst / np.where(total > 0, total, 1.0), 0.5)


def topsis_parts(
    values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, ideal: str = "observed", weigh: str = "values"
) -> np.ndarray:
    r"""Return the Aumann-Shapley credits: what each part adds on the straight way from the worst point to the place.

    The worst point scores 0, so with :math:`b` the way from it, the credit is
    :math:`\int_0^1 b_j \, \partial S / \partial x_j (x^- + t b) \, dt` (64 Gauss-Legendre nodes, scaled to the score).
    """
    reached, span = _distances(values, weights, ideal, weigh)
    length = _lengths(reached)[:, None]
    safe = np.where(length > 0, length, 1.0)
    gap = span - reached
    # |gap + (1 - t) reached|^2, written so that no difference of large numbers is taken
    left = 1.0 - _STEPS
    squares = exact_sums(gap**2)[:, None] + 2 * left * exact_sums(gap * reached)[:, None] + (left * length) ** 2
    best = np.sqrt(squares)
    floor = np.where(best > 0, best, 1.0)
    total = (_STEPS * length + best) ** 2
    total = np.where(total > 0, total, 1.0)
    own = exact_sums(_STEP_WEIGHTS * (best / safe + _STEPS * length * left / floor) / total)
    cross = exact_sums(_STEP_WEIGHTS * _STEPS * length / floor / total)
    parts = reached**2 * own[:, None] + reached * gap * cross[:, None]
    sums = exact_sums(parts)
    scaled = parts * np.divide(scores, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
    flat = (sums <= 0) & (scores > 0)
    return np.where(flat[:, None], scores[:, None] * weights, scaled)


def vikor(values: np.ndarray, weights: np.ndarray, *, v: float = 0.5) -> np.ndarray:
    r"""Return :math:`1 - Q`, the compromise between the regret of all parts and the largest regret.

    .. math:: r_{ij} = w_j \frac{x_j^+ - x_{ij}}{x_j^+ - x_j^-}, \quad S_i = \sum_j r_{ij}, \quad R_i = \max_j r_{ij}

    .. math:: Q_i = v \frac{S_i - \min S}{\max S - \min S} + (1 - v) \frac{R_i - \min R}{\max R - \min R}

    - VIKOR ranks low :math:`Q` first; the score is :math:`1 - Q`, higher being better.
    - A part that is the same everywhere causes no regret.
    - Where all places have the same :math:`S` (or :math:`R`) that term is 0.
    """
    check_vikor(v=v)
    regrets = _regrets(values, weights)
    return v * (1.0 - _stretched(exact_sums(regrets))) + (1.0 - v) * (1.0 - _stretched(regrets.max(axis=1)))


def vikor_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, v: float = 0.5) -> np.ndarray:
    """Return what each part leaves of its allowance.

    The score is the regret that a place is spared against the largest, in S and in R. Each part is allowed its weight's
    share of the largest regret and uses up its own: in S its regret, in R the largest regret if it is the part that
    causes it (parts that tie share it).
    """
    del scores
    regrets = _regrets(values, weights)
    largest = regrets.max(axis=1)
    causes = (regrets >= (largest - _ROUNDING)[:, None]) & (weights > 0)
    blamed = np.where(causes, largest[:, None] / causes.sum(axis=1, keepdims=True), 0.0)
    return v * _allowed(regrets, exact_sums(regrets), weights) + (1.0 - v) * _allowed(blamed, largest, weights)


def copeland(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""Return the share of the other places that a place beats by weighted majority, ties counting half.

    A place beats another if the parts on which it is better weigh more than those on which it is worse:
    :math:`S_i = (\text{wins} + \text{ties} / 2) / (n - 1)`. Wins less losses are :math:`(n - 1)(2 S_i - 1)`.

    - Values that differ by rounding only (1e-12) are equal.
    - One place alone has none to beat: `OptionError`.
    """
    points = _points(values, weights)
    return points.sum(axis=1) / (len(values) - 1)


def copeland_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the points of each comparison, shared among the parts that voted for the place by their weights.

    Where two places are equal on every part, all parts share the half point.
    """
    del scores
    points = _points(values, weights)
    gap = _tolerance(values)
    parts = np.empty(values.shape)
    for place, row in enumerate(values):
        votes = np.where(row - values > gap, weights, 0.0)
        equal = (np.abs(row - values) <= gap) | (weights == 0)
        votes = np.where(equal.all(axis=1)[:, None], weights, votes)
        sums = exact_sums(votes)
        shares = votes / np.where(sums > 0, sums, 1.0)[:, None] * points[place][:, None]
        parts[place] = exact_sums(np.delete(shares, place, axis=0).T)
    return parts / (len(values) - 1)


def _distances(values: np.ndarray, weights: np.ndarray, ideal: str, weigh: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted ways from the worst point to each place, and to the best point."""
    low, high = values.min(axis=0), values.max(axis=0)
    if ideal == "unit":
        if low.min() < 0 or high.max() > 1:
            got, mend = f"{low.min():g} to {high.max():g}", 'normalize with "minmax", or use ideal="observed"'
            raise TableError([Fault("indicators", 'values from 0 to 1 for ideal="unit"', got, mend)])
        low, high = np.zeros_like(low), np.ones_like(high)
    scale = weights if weigh == "values" else np.sqrt(weights)
    return (values - low) * scale, (high - low) * scale


def _lengths(ways: np.ndarray) -> np.ndarray:
    return np.sqrt(exact_sums(ways**2))


def _regrets(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    low, high = values.min(axis=0), values.max(axis=0)
    span = high / 2 - low / 2
    return weights * (high / 2 - values / 2) / np.where(span > 0, span, 1.0)


def _stretched(regret: np.ndarray) -> np.ndarray:
    span = regret.max() - regret.min()
    return (regret - regret.min()) / span if span > _ROUNDING else np.zeros_like(regret)


def _allowed(used: np.ndarray, regret: np.ndarray, weights: np.ndarray) -> np.ndarray:
    span = regret.max() - regret.min()
    if span <= _ROUNDING:
        return np.broadcast_to(weights, used.shape)
    return (regret.max() * weights - used) / span


def _tolerance(values: np.ndarray) -> float:
    return _ROUNDING * max(1.0, float(np.abs(values).max()))


def _points(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if len(values) < 2:
        raise OptionError("aggregate: copeland compares places with one another; needed two or more, got one")
    gap = _tolerance(values)
    points = np.empty((len(values), len(values)))
    for place, row in enumerate(values):
        margin = ((row - values > gap).astype(float) - (values - row > gap)) @ weights
        points[place] = np.where(margin > _ROUNDING, 1.0, np.where(margin < -_ROUNDING, 0.0, 0.5))
    np.fill_diagonal(points, 0.0)
    return points
