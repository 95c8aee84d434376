"""Penalize imbalance: the Mazziotta-Pareto index.

Values are an n x k array (n places, k parts, higher is better), weights k shares that sum to 1, scores n numbers.
"""

import numpy as np

from ....data.errors import Fault, TableError
from ....data.methods import documented
from ....data.options import check_choice
from ....data.wording.catalogue import text
from .means import check_values, exact_sums

__all__ = ["MPI_SCALES", "MPI_SIGNS", "check_mazziotta_pareto", "mazziotta_pareto", "mazziotta_pareto_parts"]

MPI_SIGNS = ("minus", "plus")
MPI_SCALES = ("z", "as_is")


def check_mazziotta_pareto(*, sign: str = "minus", scale: str = "z") -> None:
    """Raise `OptionError` unless the options of `mazziotta_pareto` exist."""
    check_choice("sign", sign, MPI_SIGNS)
    check_choice("scale", scale, MPI_SCALES)


@documented(
    "mazziotta2016",
    formula=lambda options: (
        f"S<sub>i</sub> = M<sub>i</sub> {'−' if options['sign'] == 'minus' else '+'} "
        "s<sub>i</sub><sup>2</sup> / M<sub>i</sub>"
    ),
)
def mazziotta_pareto(values: np.ndarray, weights: np.ndarray, *, sign: str = "minus", scale: str = "z") -> np.ndarray:
    r"""Return the mean less (or plus) a penalty for imbalance.

    .. math:: z_{ij} = 100 + 10 \frac{x_{ij} - \bar x_j}{\sigma_j}, \quad
              MPI_i^\mp = M_i \mp \frac{S_i^2}{M_i}

    with :math:`M` and :math:`S` the weighted mean and population standard deviation of the place's own :math:`z`, and
    :math:`\sigma_j` the population standard deviation over the places.

    - ``scale="as_is"`` takes the values for :math:`z`: they must be at least 0, such as goalposts from 70 to 130, which
      make the adjusted index (AMPI).
    - ``sign="minus"`` lowers the unbalanced, ``"plus"`` raises them (meant for phenomena where more is worse).
    - A part that is the same everywhere is 100 everywhere; under ``"as_is"`` a place with only zeros scores 0.
    """
    check_mazziotta_pareto(sign=sign, scale=scale)
    means, squares, _ = _moments(values, weights, scale)
    penalty = np.divide(squares, means, out=np.zeros_like(means), where=means > 0)
    return means - penalty if sign == "minus" else means + penalty


def mazziotta_pareto_parts(
    values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, sign: str = "minus", scale: str = "z"
) -> np.ndarray:
    """Return scaled value times the derivative of the index (Euler: the index is homogeneous in the scaled values)."""
    del scores
    means, squares, scaled = _moments(values, weights, scale)
    mean, square = np.where(means > 0, means, 1.0)[:, None], squares[:, None]
    penalty = 2 * (scaled - means[:, None]) / mean - square / mean**2
    return scaled * weights * (1.0 - penalty if sign == "minus" else 1.0 + penalty)


def _moments(values: np.ndarray, weights: np.ndarray, scale: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if scale == "as_is":
        check_values(values, weights, method="the Mazziotta-Pareto index")
        scaled = values
    else:
        away = values - exact_sums(values.T) / len(values)
        deviation = np.sqrt(exact_sums((away**2).T) / len(values))
        flat = values.min(axis=0) == values.max(axis=0)
        scaled = 100.0 + 10.0 * np.where(flat, 0.0, away / np.where(flat, 1.0, deviation))
    means = exact_sums(scaled * weights)
    if means.min() < 0 or (scale == "z" and means.min() <= 0):
        fix = text("faults.calls.mazziotta_pareto.treat_outliers_scaleas_is_on")
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.mazziotta_pareto.mean_above_0_mazziotta_pareto"),
                    f"{means.min():g}",
                    fix,
                )
            ]
        )
    return means, exact_sums((scaled - means[:, None]) ** 2 * weights), scaled
