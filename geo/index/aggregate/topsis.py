"""Score places by their closeness to an ideal (TOPSIS).

Values are n x k normalized values or group scores, higher being better, never normalized again here; weights are k
shares that sum to 1. Scores lie between 0 and 1, higher being better, and depend on all places together: they change
when a place is added. Sums are rounded once, so that the order of rows and columns changes no bit.
"""

import numpy as np

from ....data.errors import Fault, TableError
from ....data.methods import documented
from ....data.options import check_choice
from ....data.wording.catalogue import text
from .means import exact_sums

__all__ = ["IDEALS", "TOPSIS_WEIGHTS", "check_topsis", "check_unit", "topsis", "topsis_parts"]

IDEALS = ("observed", "unit")
TOPSIS_WEIGHTS = ("values", "squares")
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_STEPS, _STEP_WEIGHTS = (_NODES + 1) / 2, _NODE_WEIGHTS / 2


def check_topsis(*, ideal: str = "observed", weigh: str = "values") -> None:
    """Raise `OptionError` unless the options of `topsis` exist."""
    check_choice("ideal", ideal, IDEALS)
    check_choice("weigh", weigh, TOPSIS_WEIGHTS)


@documented(
    "hwang1981",
    formula=lambda options: (
        "S<sub>i</sub> = d<sub>i</sub><sup>−</sup> / (d<sub>i</sub><sup>+</sup> + d<sub>i</sub><sup>−</sup>), "
        "d<sub>i</sub><sup>±</sup> = √(Σ<sub>k</sub> "
        + ("w<sub>k</sub><sup>2</sup>" if options["weigh"] == "values" else "w<sub>k</sub>")
        + " (z<sub>ik</sub> − z<sub>k</sub><sup>±</sup>)<sup>2</sup>)"
    ),
)
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


def check_unit(values: np.ndarray) -> None:
    """Raise `TableError` unless values lie from 0 to 1, where an ideal of 1 is the best there can be."""
    if values.min() < 0 or values.max() > 1:
        got, fix = f"{values.min():g} to {values.max():g}", 'normalize with "minmax", or use ideal="observed"'
        raise TableError([Fault("indicators", text("faults.calls.topsis.values_0_1_idealunit"), got, fix)])


def _distances(values: np.ndarray, weights: np.ndarray, ideal: str, weigh: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted ways from the worst point to each place, and to the best point."""
    low, high = values.min(axis=0), values.max(axis=0)
    if ideal == "unit":
        check_unit(values)
        low, high = np.zeros_like(low), np.ones_like(high)
    scale = weights if weigh == "values" else np.sqrt(weights)
    return (values - low) * scale, (high - low) * scale


def _lengths(ways: np.ndarray) -> np.ndarray:
    return np.sqrt(exact_sums(ways**2))
