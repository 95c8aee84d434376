"""Fit a logistic regression over pairs of places under many permutations, by Newton's method."""

import math

import numpy as np
from numba import njit

from .permute import dot

__all__ = ["deviance", "fit_logit", "fit_moved"]

_ROUNDS = 50
_STEP = 1e-9
# pairs looked at together, so that their numbers stay in the nearest cache
_BLOCK = 512


@njit(cache=True, nogil=True)
def _factor(matrix: np.ndarray) -> bool:
    """Replace a positive definite matrix by its lower Cholesky factor; say whether it was one."""
    k = matrix.shape[0]
    for j in range(k):
        whole = matrix[j, j]
        for m in range(j):
            matrix[j, j] -= matrix[j, m] ** 2
        if not matrix[j, j] > 1e-12 * whole:
            return False
        matrix[j, j] = math.sqrt(matrix[j, j])
        for i in range(j + 1, k):
            for m in range(j):
                matrix[i, j] -= matrix[i, m] * matrix[j, m]
            matrix[i, j] /= matrix[j, j]
    return True


@njit(cache=True, nogil=True)
def _solve(factor: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Solve with a lower Cholesky factor."""
    k = right.size
    for i in range(k):
        out[i] = right[i]
        for m in range(i):
            out[i] -= factor[i, m] * out[m]
        out[i] /= factor[i, i]
    for i in range(k - 1, -1, -1):
        for m in range(i + 1, k):
            out[i] -= factor[m, i] * out[m]
        out[i] /= factor[i, i]


@njit(cache=True, nogil=True)
def _look(
    x: np.ndarray, y: np.ndarray, live: np.ndarray, beta: np.ndarray, slope: np.ndarray, bend: np.ndarray
) -> None:
    """Fill in the gradient and the information (lower half) of the likelihood."""
    k, pairs = x.shape
    line, gap, weight, scaled = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    slope[:] = 0.0
    bend[:, :] = 0.0
    for begin in range(0, pairs, _BLOCK):
        size = min(_BLOCK, pairs - begin)
        line[:size] = 0.0
        for a in range(k):
            part = x[a, begin : begin + size]
            for p in range(size):
                line[p] += beta[a] * part[p]
        for p in range(size):
            chance = 1.0 / (1.0 + math.exp(-line[p]))
            gap[p] = live[begin + p] * (y[begin + p] - chance)
            weight[p] = live[begin + p] * chance * (1.0 - chance)
        for a in range(k):
            part = x[a, begin : begin + size]
            slope[a] += dot(part, gap[:size], 0)
            for p in range(size):
                scaled[p] = part[p] * weight[p]
            for b in range(a + 1):
                bend[a, b] += dot(scaled[:size], x[b, begin : begin + size], 0)


@njit(cache=True, nogil=True)
def fit_logit(x: np.ndarray, y: np.ndarray, live: np.ndarray, beta: np.ndarray, errors: np.ndarray) -> bool:
    """Fit ties of 0 and 1; ``beta`` holds the start and receives the coefficients, ``errors`` the standard errors.

    Parameters
    ----------
    x : ndarray
        Terms x pairs, the constant among them.
    y : ndarray
        0 or 1.
    live : ndarray
        1 for the pairs that count, else 0.
    beta, errors : ndarray
        Filled in place.

    Returns
    -------
    bool
        Whether the fit converged; it does not where the terms separate ties from gaps.
    """
    k = x.shape[0]
    slope, step, one = np.empty(k), np.empty(k), np.zeros(k)
    bend = np.empty((k, k))
    for _ in range(_ROUNDS):
        _look(x, y, live, beta, slope, bend)
        if not _factor(bend):
            return False
        _solve(bend, slope, step)
        if np.abs(step).max() <= _STEP * (1.0 + np.abs(beta).max()):
            for a in range(k):
                one[:] = 0.0
                one[a] = 1.0
                _solve(bend, one, step)
                errors[a] = math.sqrt(step[a])
            return True
        beta += step
    return False


def deviance(x: np.ndarray, y: np.ndarray, beta: np.ndarray) -> float:
    """Return -2 log likelihood."""
    line = beta @ x
    return float(2 * (np.logaddexp(0.0, line) - y * line).sum())


@njit(cache=True, nogil=True)
def fit_moved(
    x: np.ndarray,
    y: np.ndarray,
    moved: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    orders: np.ndarray,
    outcome: bool,  # noqa: FBT001
    start: np.ndarray,
    out: np.ndarray,
) -> None:
    """Fit with y (or the last term) replaced by a permuted matrix; coefficients, then errors, one row a run.

    ``x`` and ``y`` are overwritten. Pairs whose permuted value is nan do not count; a fit that does not converge leaves
    nan.
    """
    k = x.shape[0]
    errors, live = np.empty(k), np.ones(rows.size)
    target = y if outcome else x[k - 1]
    for run in range(orders.shape[0]):
        order = orders[run]
        for p in range(rows.size):
            value = moved[order[rows[p]], order[columns[p]]]
            gone = math.isnan(value)
            live[p] = 0.0 if gone else 1.0
            target[p] = 0.0 if gone else value
        beta = start.copy()
        if fit_logit(x, y, live, beta, errors):
            out[run, :k] = beta
            out[run, k:] = errors
        else:
            out[run] = np.nan
