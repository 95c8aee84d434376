"""Compute what a gravity fit is judged by: the covariance of its coefficients, measures of fit, overdispersion."""

import numpy as np
import pandas as pd

from ...data.errors import warn
from .pairs import joined
from .poisson import PairModel, PoissonFit, blocks_of, in_blocks
from .poisson_kernels import scores, tallies

__all__ = ["covariance_of", "fit_measures", "overdispersion"]

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
    warn("warnings.gravity.not_positive", stacklevel=5)
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
        "aic": 2 * parameters - 2 * likelihood,
        "bic": np.log(used) * parameters - 2 * likelihood,
        "ssi": _sorensen(model, fit.means, used),
        "r2": both**2 / (y2 * f2) if y2 > 0 and f2 > 0 else np.nan,
    }
    return pd.Series(measures, dtype=float, name="fit"), overdispersion(used, excess, excess2, gap, mean2)


def _sorensen(model: PairModel, means: np.ndarray, used: int) -> float:
    """Return the mean over pairs of twice the smaller of flow and mean over their sum."""
    y, mean = model.y[model.used], means[model.used]
    both = y + mean
    return float(np.divide(2 * np.minimum(y, mean), both, out=np.ones_like(both), where=both > 0).sum() / used)


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
