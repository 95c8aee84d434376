"""Fit least squares with standard errors that hold under unequal variances."""

from typing import Literal, NamedTuple

import numpy as np
from scipy import stats

from ...data.errors import OptionError
from ...data.wording.catalogue import text

__all__ = ["ERRORS", "Errors", "LeastSquares", "least_squares"]

Errors = Literal["ols", "hc0", "hc1", "hc2", "hc3"]
ERRORS = ("ols", "hc0", "hc1", "hc2", "hc3")


class LeastSquares(NamedTuple):
    """Coefficients with their covariance.

    Parameters
    ----------
    estimate, error, p_value : ndarray
        Of each term; Student's t with ``freedom`` degrees.
    r_squared : float
        Not a number where y does not vary.
    freedom : int
    """

    estimate: np.ndarray
    error: np.ndarray
    p_value: np.ndarray
    r_squared: float
    freedom: int

    def margin(self, confidence_level: float) -> float:
        """Return how many standard errors an interval reaches to either side."""
        return float(stats.t.ppf(0.5 + confidence_level / 2.0, self.freedom))


def least_squares(y: np.ndarray, x: np.ndarray, *, errors: Errors, terms: list[str]) -> LeastSquares:
    """Regress y on the columns of x, named by ``terms``; the first is the constant.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 3.0]])
    >>> fit = least_squares(np.array([1.0, 2.0, 3.0, 5.0]), x, errors="ols", terms=["constant", "x"])
    >>> fit.estimate.round(3).tolist(), fit.error.round(3).tolist()
    ([0.8, 1.3], [0.324, 0.173])
    """
    n, k = x.shape
    if n <= k:
        raise OptionError(text("faults.calls.least_squares.values_more_places_than", k=k, count=n))
    size = np.sqrt((x**2).sum(axis=0))
    # columns of one scale, so that the rank does not depend on units
    q, r = np.linalg.qr(x / np.where(size > 0, size, 1.0))
    weak = np.abs(np.diag(r)) < 1e-10
    if weak.any():
        names = ", ".join(name for name, one in zip(terms, weak, strict=True) if one)
        raise OptionError(text("faults.calls.least_squares.values_terms_vary_sums", names=names))
    inverse = np.linalg.inv(r) / np.where(size > 0, size, 1.0)[:, None]
    estimate = inverse @ (q.T @ y)
    residual, leverage = y - x @ estimate, (q**2).sum(axis=1)
    free = n - k
    # what is rounding is none
    nothing = 1e-13 * np.abs(y).max()
    residual = np.where(np.abs(residual) <= nothing, 0.0, residual)
    estimate = np.where(np.abs(estimate) * size / np.sqrt(n) <= nothing, 0.0, estimate)
    if errors == "ols":
        middle = np.eye(k) * (residual @ residual / free)
    else:
        rest = np.where(leverage < 1.0 - 1e-10, 1.0 - leverage, 1.0)
        factor = {"hc0": 1.0, "hc1": n / free, "hc2": 1.0 / rest, "hc3": 1.0 / rest**2}[errors]
        middle = (q * (factor * residual**2)[:, None]).T @ q
    error = np.sqrt(np.diag(inverse @ middle @ inverse.T))
    t = np.divide(estimate, error, out=np.where(estimate == 0, 0.0, np.inf), where=error > 0)
    total = ((y - y.mean()) ** 2).sum()
    r_squared = 1.0 - residual @ residual / total if total > 1e-24 * (y @ y) else np.nan
    return LeastSquares(estimate, error, 2.0 * stats.t.sf(np.abs(t), free), float(r_squared), free)
