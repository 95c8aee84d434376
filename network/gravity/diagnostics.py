"""Say how far a fitted gravity model can be trusted: errors of coefficients, measures of fit, overdispersion, zeros."""

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...data.errors import InnoscapeWarning
from .pairs import joined
from .poisson import PairModel, PoissonFit, blocks_of, in_blocks
from .poisson_kernels import scores, tallies

if TYPE_CHECKING:
    from .model import Gravity

__all__ = ["check_gravity", "covariance_of", "fit_measures", "overdispersion"]

COVARIANCES = ("robust", "cluster_origin", "cluster_destination", "two_way", "poisson")


def covariance_of(model: PairModel, fit: PoissonFit, kind: str, *, turned: bool) -> np.ndarray:
    """Return the covariance of the coefficients; ``turned`` says that rows of the model are destinations."""
    inverse = np.linalg.inv(fit.information)
    if kind == "poisson":
        return inverse
    n, m = model.y.shape
    size, first = len(fit.theta), len(fit.theta) - len(model.x)
    pair = np.array([-1] * first + list(range(len(model.x))), dtype=np.int64)
    count = blocks_of(n)
    meats, by_row, by_column = np.zeros((count, size, size)), np.zeros((size, n)), np.zeros((count, size, m))
    in_blocks(
        n,
        m,
        lambda start, stop: scores(
            model.x, pair, fit.row_parts, fit.column_parts, model.y, fit.means, start, stop, meats, by_row, by_column
        ),
    )
    columns = by_column.sum(axis=0)
    used = int(np.count_nonzero(model.used))
    parts = {
        "robust": meats.sum(axis=0) * _share(used),
        "rows": np.einsum("si,ti->st", by_row, by_row) * _share(int(model.used.any(axis=1).sum())),
        "columns": np.einsum("sj,tj->st", columns, columns) * _share(int(model.used.any(axis=0).sum())),
    }
    if kind == "robust":
        meat = parts["robust"]
    elif kind == "two_way":
        meat = parts["rows"] + parts["columns"] - parts["robust"]
    else:
        meat = parts["columns" if (kind == "cluster_destination") != turned else "rows"]
    found = np.einsum("ij,jk,kl->il", inverse, meat, inverse)
    return _positive((found + found.T) / 2)


def _share(groups: int) -> float:
    return groups / (groups - 1) if groups > 1 else np.nan


def _positive(covariance: np.ndarray) -> np.ndarray:
    """Set negative eigenvalues to 0, which a difference of covariances can have."""
    if not np.isfinite(covariance).all() or not len(covariance):
        return covariance
    size = np.sqrt(np.abs(np.diag(covariance)))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(size, size))
    if values.min() >= -1e-12:
        return covariance
    message = "clustering both ways gave a covariance that is not positive; its negative eigenvalues are set to 0"
    warnings.warn(message, InnoscapeWarning, stacklevel=5)
    return np.einsum("ij,j,kj->ik", vectors, np.maximum(values, 0.0), vectors) * np.outer(size, size)


def fit_measures(model: PairModel, fit: PoissonFit) -> tuple[pd.Series, pd.DataFrame]:
    """Return measures of fit and the tests of overdispersion."""
    used = int(np.count_nonzero(model.used))
    effects = (len(model.y) if model.row_effects else 0) + (model.y.shape[1] if model.column_effects else 0)
    parameters = len(fit.theta) + effects - _components(model)
    y_mean, fitted_mean = model.y.sum() / used, fit.means.sum() / used
    n, m = model.y.shape
    sums = np.zeros((blocks_of(n), 12))
    in_blocks(
        n,
        m,
        lambda start, stop: tallies(model.y, fit.means, model.used, y_mean, fitted_mean, start, stop, sums),
    )
    common, squares, pearson, excess, excess2, gap, mean2, both, y2, f2, own, factorial = sums.sum(axis=0).tolist()
    products = np.array([np.einsum("ij,ij", x, model.y) for x in model.x])
    p, q = len(model.row_terms), len(model.column_terms)
    across = fit.columns + np.einsum("qj,q->j", model.column_terms, fit.theta[p : p + q])
    logged = float(
        (model.y.sum(axis=1) * fit.rows).sum()
        + (model.y.sum(axis=0) * across).sum()
        + (products * fit.theta[p + q :]).sum()
    )
    total, fitted = y_mean * used, fitted_mean * used
    deviance = 2 * (own - logged - total + fitted)
    null_deviance = 2 * (own - total * np.log(y_mean))
    likelihood = logged - fitted - factorial
    null_likelihood = total * np.log(y_mean) - total - factorial
    free = used - parameters
    measures = {
        "pairs": used,
        "parameters": parameters,
        "deviance": max(deviance, 0.0),
        "null_deviance": max(null_deviance, 0.0),
        "d2": 1 - deviance / null_deviance if null_deviance > 0 else np.nan,
        "log_likelihood": likelihood,
        "null_log_likelihood": null_likelihood,
        "mcfadden": 1 - likelihood / null_likelihood if null_likelihood else np.nan,
        "pearson": pearson,
        "dispersion": pearson / free if free > 0 else np.nan,
        "srmse": np.sqrt(squares / used) / y_mean,
        "cpc": 2 * common / (total + fitted),
        "r2": both**2 / (y2 * f2) if y2 > 0 and f2 > 0 else np.nan,
    }
    return pd.Series(measures, dtype=float, name="fit"), overdispersion(used, excess, excess2, gap, mean2)


def _components(model: PairModel) -> int:
    """Return how many effects of both sides are fixed by convention: one for each connected part of the table."""
    if not model.column_effects:
        return 0
    if joined(model.used, model.used):
        return 1
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    cells = sparse.csr_array(model.used)
    return int(connected_components(sparse.bmat([[None, cells], [cells.T, None]]), directed=False)[0])


def overdispersion(used: int, excess: float, excess2: float, gap: float, mean2: float) -> pd.DataFrame:
    """Regress ``((y - mu)^2 - y) / mu`` on 1 (NB1) and on mu (NB2), without a constant."""
    from scipy.special import ndtr

    rows = []
    for form, weight, product in (("nb1", float(used), excess), ("nb2", mean2, gap)):
        alpha = product / weight if weight > 0 else np.nan
        rest = max(excess2 - alpha * product, 0.0) / (used - 1) if used > 1 else np.nan
        error = np.sqrt(rest / weight) if weight > 0 else np.nan
        z = alpha / error if error > 0 else np.nan
        rows.append((form, alpha, error, z, ndtr(-z)))
    return pd.DataFrame(rows, columns=["variance", "alpha", "standard_error", "z", "p_value"])


def check_gravity(fit: "Gravity") -> pd.DataFrame:
    """Check the assumptions that counts are spread as Poisson, and that zeros are as many as it allows.

    None of these touches the coefficients: Poisson pseudo-likelihood is consistent whatever the variance, as long as
    the mean is right and errors are robust or clustered. They tell whether ``covariance="poisson"`` would mislead and
    whether a process of its own makes the zeros. All are computed with the fitted means mu held:

    ========== ==================================================================================================
    nb1        variance ``(1 + alpha) mu``: t test of Cameron and Trivedi, one-sided
    nb2        variance ``mu + alpha mu^2``: the same
    nb2_ratio  alpha of maximum negative binomial likelihood, likelihood ratio against alpha = 0; p is half that of
               chi-squared with 1 degree, since alpha = 0 is the border. With the means fitted anew the ratio could
               only be larger, so a rejection stands
    zeros      zeros seen against ``sum exp(-mu)`` expected, z = (seen - expected) / sqrt(sum p (1 - p)), p one-sided
               (too many zeros); that means were fitted is not subtracted, so the test errs on the safe side
    zeros_nb2  the same with ``p = (1 + alpha mu)^(-1 / alpha)``, alpha of ``nb2_ratio``: zeros that overdispersion
               alone does not explain
    ========== ==================================================================================================

    - Too many zeros under ``zeros`` but not under ``zeros_nb2``: heterogeneity, not inflation.
    - An alpha of 0 leaves ``zeros_nb2`` equal to ``zeros``.
    - Everything here is about counts; with amounts of money it changes with the unit, and a warning says so.

    Parameters
    ----------
    fit : Gravity
        From `fit_gravity`.

    Returns
    -------
    DataFrame
        ``check, estimate, seen, expected, statistic, p_value``.

    References
    ----------
    Cameron & Trivedi (1990) *Journal of Econometrics* 46; Lawless (1987) *Canadian Journal of Statistics* 15; Santos
    Silva & Tenreyro (2006) *Review of Economics and Statistics* 88; Wilson (2015) *Economics Letters* 127 on why
    Vuong's test is not used for zeros.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from innoscape.network import check_gravity, fit_gravity
    >>> at = np.arange(1.0, 7)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=list("abcdef"), columns=list("abcdef"))
    >>> flows = np.round(60 / costs.where(costs > 0, 1.0))
    >>> checks = check_gravity(fit_gravity(flows, costs, constraint="double"))
    >>> checks.loc[checks["check"] == "zeros", ["seen", "expected"]].round(3).values.tolist()
    [[0.0, 0.0]]
    """
    from scipy.stats import norm

    observed, expected = fit.observed.to_numpy(), fit.expected.to_numpy()
    cells = fit.used.to_numpy()
    y, mean = observed[cells], expected[cells]
    if (y != np.round(y)).any():
        message = "flows are not whole numbers: these checks are about counts and change with the unit"
        warnings.warn(message, InnoscapeWarning, stacklevel=2)
    rows: list[tuple[str, float, float, float, float, float]] = [
        (row["variance"], row["alpha"], np.nan, np.nan, row["z"], row["p_value"])
        for row in fit.overdispersion.to_dict("records")
    ]
    alpha, ratio = _negative_binomial(y, mean)
    rows.append(("nb2_ratio", alpha, np.nan, np.nan, ratio, norm.sf(np.sqrt(ratio))))
    seen = float((y == 0).sum())
    for check, empty in (
        ("zeros", np.exp(-mean)),
        ("zeros_nb2", np.exp(-np.log1p(alpha * mean) / alpha) if alpha > 0 else np.exp(-mean)),
    ):
        spread = np.sqrt((empty * (1 - empty)).sum())
        z = (seen - empty.sum()) / spread if spread > 0 else np.nan
        rows.append((check, np.nan, seen, float(empty.sum()), z, norm.sf(z)))
    return pd.DataFrame(rows, columns=["check", "estimate", "seen", "expected", "statistic", "p_value"])


def _negative_binomial(y: np.ndarray, mean: np.ndarray) -> tuple[float, float]:
    """Return alpha of highest likelihood at given means, and twice the gain over alpha = 0."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    mean = np.maximum(mean, 1e-300)
    values, counts = np.unique(y, return_counts=True)

    def gain(log_alpha: float) -> float:
        alpha = np.exp(log_alpha)
        size = 1.0 / alpha
        # relative to Poisson, so that large terms cancel before they are summed
        own = (counts * (gammaln(values + size) - gammaln(size) + values * log_alpha)).sum()
        return float(own - ((y + size) * np.log1p(alpha * mean) - mean).sum())

    found = minimize_scalar(lambda a: -gain(a), bounds=(-16.0, 7.0), method="bounded", options={"xatol": 1e-10})
    best = -float(found.fun)
    return (float(np.exp(found.x)), 2 * best) if best > 0 and found.x > -15.0 else (0.0, 0.0)
