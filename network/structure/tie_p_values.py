"""Test each tie of a network against chance, and scale ties to be doubly stochastic."""

import numpy as np
import pandas as pd
from scipy import sparse, stats

from ...data.errors import OptionError
from ...data.wording.catalogue import few

__all__ = ["doubly_stochastic", "tie_p_values"]

_ROUNDS, _TOLERANCE = 10_000, 1e-9


def tie_p_values(
    method: str,
    matrix: sparse.csr_array,
    i: np.ndarray,
    j: np.ndarray,
    w: np.ndarray,
    ends: str,
    *,
    directed: bool,
) -> dict:
    """Return the columns that a test adds to the ties from ``i`` to ``j`` of weight ``w``, ``p_value`` among them."""
    if method == "disparity":
        return _disparity(matrix, i, j, w, ends)
    if method == "lans":
        return _lans(matrix, i, j, ends)
    if method == "noise_corrected":
        return _noise(matrix, i, j, w)
    return _binomial(matrix, i, j, w, directed=directed, quasi=method == "binomial")


def _disparity(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray, ends: str) -> dict:
    columns = matrix.tocsc()
    out_degree, in_degree = np.diff(matrix.indptr), np.diff(columns.indptr)
    sent, received = matrix.sum(axis=1), matrix.sum(axis=0)

    def at(degree: np.ndarray, strength: np.ndarray) -> np.ndarray:
        many = degree > 1
        p = np.full(len(w), np.nan)
        # a share of 1 beside other ties comes from rounding only
        share = np.minimum(w[many] / strength[many], 1.0 - np.finfo(float).eps)
        p[many] = np.exp((degree[many] - 1) * np.log1p(-share))
        return p

    first, second = at(out_degree[i], sent[i]), at(in_degree[j], received[j])
    return _of_ends(first, second, ends)


def _of_ends(first: np.ndarray, second: np.ndarray, ends: str) -> dict:
    p = np.fmin(first, second) if ends == "either" else np.fmax(first, second)
    return {"p_source": first, "p_target": second, "p_value": np.where(np.isnan(p), 1.0, p)}


def _lans(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, ends: str) -> dict:
    """Return the share of strictly heavier ties among those that the source sends, and that the target receives."""

    def heavier(rows: sparse.csr_array) -> sparse.csr_array:
        entries = rows.tocoo()
        row, data = pd.Series(entries.row), pd.Series(-entries.data)
        share = (data.groupby(row).rank(method="min") - 1) / row.map(row.value_counts())
        # a share of 0 would be lost as an empty cell
        return sparse.csr_array((share.to_numpy() + 1.0, (entries.row, entries.col)), shape=rows.shape)

    if not len(i):
        return _of_ends(np.zeros(0), np.zeros(0), ends)
    first = np.asarray(heavier(matrix)[i, j]) - 1.0
    second = np.asarray(heavier(sparse.csr_array(matrix.T))[j, i]) - 1.0
    return _of_ends(first, second, ends)


def _noise(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray) -> dict:
    sent, received, total = matrix.sum(axis=1)[i], matrix.sum(axis=0)[j], matrix.sum()
    product = sent * received
    kappa = total / product
    score = (kappa * w - 1) / (kappa * w + 1)
    mean = product / total**2
    variance = product * (total - sent) * (total - received) / (total**4 * (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        # the beta distribution with this mean and variance
        prior_a = mean * (mean * (1 - mean) / variance - 1)
        prior_b = (1 - mean) * (mean * (1 - mean) / variance - 1)
        expected = (prior_a + w) / (prior_a + prior_b + total)
        slope = 1 / product - total * (sent + received) / product**2
        spread = total * expected * (1 - expected) * (2 * (kappa + w * slope) / (kappa * w + 1) ** 2) ** 2
        deviation = np.sqrt(spread)
        p = stats.norm.sf(score / deviation)
    # a tie that carries everything its ends have leaves nothing to compare with
    return {"score": score, "deviation": deviation, "p_value": np.where(np.isfinite(p), p, 1.0)}


def _binomial(
    matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray, *, directed: bool, quasi: bool
) -> dict:
    if not matrix.nnz:
        return {"p_value": np.zeros(0)}
    total = matrix.sum()
    a, b = matrix.sum(axis=1) / total, matrix.sum(axis=0) / total
    if quasi:
        a, b = _independent(a, b)
    chance = a[i] * b[j] if directed else a[i] * b[j] + a[j] * b[i]
    units = total if directed else total / 2
    # P(X >= w) of a binomial is the beta distribution function, which also holds between whole numbers
    return {"p_value": stats.beta.cdf(np.minimum(chance, 1.0), w, units - w + 1)}


def _independent(sent: np.ndarray, received: np.ndarray, rounds: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Return a and b such that a[i] b[j] off the diagonal has the given margins (as nearly as any a and b have)."""
    a, b = sent.copy(), received.copy()
    for _ in range(rounds):
        before = a
        a = _over(sent, b)
        b = _over(received, a)
        if np.abs(a - before).max() <= 1e-13 * np.abs(a).max():
            break
    return a, b


def _over(margin: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Divide a margin by the sum of the others' factors."""
    rest = np.maximum(other.sum() - other, np.finfo(float).tiny)
    return np.where(margin > 0, margin / rest, 0.0)


def doubly_stochastic(matrix: sparse.csr_array, places: list) -> sparse.csr_array:
    """Scale rows and columns until every tied place sends 1 and receives 1 (Sinkhorn & Knopp).

    Raises
    ------
    OptionError
        If a tied place sends or receives nothing, or no factors reach these sums.
    """
    out, into = matrix.sum(axis=1) > 0, matrix.sum(axis=0) > 0
    if one_way := [str(places[k]) for k in np.flatnonzero(out != into)]:
        raise OptionError(
            f"doubly_stochastic: needed places that both send and receive, got {few(one_way)} with one of the two; "
            "leave them out, or use another method"
        )
    ties = matrix / matrix.max() if matrix.nnz else matrix
    turned = sparse.csr_array(ties.T)
    rows, columns = out.astype(float), into.astype(float)
    for _ in range(_ROUNDS):
        # without a solution the factors of some places grow for ever
        with np.errstate(all="ignore"):
            rows = np.divide(1.0, ties @ columns, out=np.zeros(len(rows)), where=out)
            columns = np.divide(1.0, turned @ rows, out=np.zeros(len(rows)), where=into)
            gap = np.abs(rows * (ties @ columns) - out).max(initial=0.0)
        if gap <= _TOLERANCE:
            return sparse.csr_array(sparse.diags_array(rows) @ ties @ sparse.diags_array(columns))
        if not (np.isfinite(rows).all() and np.isfinite(columns).all()):
            break
    raise OptionError(
        "doubly_stochastic: needed ties by which every place can send 1 and receive 1, got a network with places that "
        "too few others are tied to (such as the leaves of a star); leave these out, or use another method"
    )
