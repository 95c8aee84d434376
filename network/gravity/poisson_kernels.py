"""Pass over a table of Poisson means in compiled code, touching each row once.

Sums over rows are kept by blocks of `BLOCK` rows, ``out[i // BLOCK]``, so that they do not depend on threads.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import math

import numpy as np
from numba import njit

__all__ = ["BLOCK", "advance", "balance", "combine", "exponents", "gather", "scores", "settle", "spread", "tallies"]

# rows summed together
BLOCK = 64
# sums may be regrouped for vector units; infinities keep their meaning
_FAST = {"reassoc", "contract", "arcp", "nsz"}
# counts up to which y ln y and ln y! come from a table
_TABLE = 256
_LOG = np.array([0.0] + [k * math.log(k) for k in range(1, _TABLE)])
_FACTORIAL = np.array([math.lgamma(k + 1.0) for k in range(_TABLE)])


@njit(cache=True, nogil=True, fastmath=_FAST | {"nnan"})
def exponents(
    x: np.ndarray,
    used: np.ndarray,
    slopes: np.ndarray,
    given: np.ndarray,
    across: np.ndarray,
    start: int,
    stop: int,
    out: np.ndarray,
    peak: np.ndarray,
) -> None:
    """Write linear predictors, -inf where a pair is not used; less the largest of a row if ``peak`` is to hold it."""
    k, m = x.shape[0], out.shape[1]
    for i in range(start, stop):
        row = out[i]
        level = given[i]
        for j in range(m):
            row[j] = level + across[j]
        for t in range(k):
            slope = slopes[t]
            term = x[t, i]
            for j in range(m):
                row[j] += slope * term[j]
        allowed = used[i]
        top = -np.inf
        for j in range(m):
            value = row[j] if allowed[j] else -np.inf
            row[j] = value
            top = value if value > top else top  # noqa: FURB136 - this form takes vector units
        if peak.size and top > -np.inf:
            peak[i] = top
            for j in range(m):
                row[j] -= top


@njit(cache=True, nogil=True, fastmath=_FAST)
def gather(
    x: np.ndarray,
    means: np.ndarray,
    totals: np.ndarray,
    start: int,
    stop: int,
    scale: np.ndarray,
    row_sums: np.ndarray,
    column_sums: np.ndarray,
    cross: np.ndarray,
) -> None:
    """Scale rows to their totals (where given) and sum means and means times terms by row, column and overall."""
    k, m = x.shape[0], means.shape[1]
    for i in range(start, stop):
        row = means[i]
        row_sums[0, i] = _scaled(row, totals, scale, i)
        whole = column_sums[i // BLOCK, 0]
        for j in range(m):
            whole[j] += row[j]
        for t in range(k):
            term, sums = x[t, i], column_sums[i // BLOCK, t + 1]
            part = 0.0
            for j in range(m):
                weighted = row[j] * term[j]
                part += weighted
                sums[j] += weighted
            row_sums[t + 1, i] = part
        for t in range(k):
            for s in range(t + 1):
                product = _product(row, x[t, i], x[s, i])
                cross[i // BLOCK, t, s] += product
                if s != t:
                    cross[i // BLOCK, s, t] += product


@njit(cache=True, nogil=True, fastmath=_FAST)
def _scaled(row: np.ndarray, totals: np.ndarray, scale: np.ndarray, i: int) -> float:
    """Scale a row to its total, if there is one; return its sum."""
    total = 0.0
    for j in range(len(row)):
        total += row[j]
    if not totals.size:
        return total
    scale[i] = totals[i] / total if total > 0 else 0.0
    for j in range(len(row)):
        row[j] *= scale[i]
    return totals[i]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _product(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    total = 0.0
    for j in range(len(a)):
        total += a[j] * b[j] * c[j]
    return total


@njit(cache=True, nogil=True, fastmath=_FAST)
def spread(means: np.ndarray, r: np.ndarray, z: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """Add ``M' diag(1/r) M z`` over some rows."""
    m = means.shape[1]
    for i in range(start, stop):
        row = means[i]
        for s in range(z.shape[0]):
            vector, into = z[s], out[i // BLOCK, s]
            product = 0.0
            for j in range(m):
                product += row[j] * vector[j]
            product /= r[i]
            for j in range(m):
                into[j] += product * row[j]


@njit(cache=True, nogil=True, fastmath=_FAST)
def advance(
    sums: np.ndarray,
    c: np.ndarray,
    goal: np.ndarray,
    size: np.ndarray,
    z: np.ndarray,
    residual: np.ndarray,
    way: np.ndarray,
) -> None:
    """Take a step of conjugate gradients in place, from what `spread` made of the way, where the goal is not met."""
    count, k, m = sums.shape
    moved = np.empty(m)
    for s in range(k):
        if size[s] <= goal[s]:
            continue
        for j in range(m):
            moved[j] = c[j] * way[s, j]
        for b in range(count):
            for j in range(m):
                moved[j] -= sums[b, s, j]
        curve = 0.0
        for j in range(m):
            curve += way[s, j] * moved[j]
        # no curvature is left but rounding
        if not curve > 0:
            size[s] = 0.0
            continue
        share, after = size[s] / curve, 0.0
        for j in range(m):
            z[s, j] += share * way[s, j]
            residual[s, j] -= share * moved[j]
            after += residual[s, j] * residual[s, j] / c[j]
        for j in range(m):
            way[s, j] = residual[s, j] / c[j] + after / size[s] * way[s, j]
        size[s] = after


@njit(cache=True, nogil=True)
def settle(
    means: np.ndarray,
    r: np.ndarray,
    c: np.ndarray,
    goal: np.ndarray,
    size: np.ndarray,
    z: np.ndarray,
    residual: np.ndarray,
    way: np.ndarray,
    most: int,
) -> None:
    """Take steps as `advance` does until every goal is met, all on one thread."""
    sums = np.zeros((-(-means.shape[0] // BLOCK), *z.shape))
    for _ in range(most):
        if (size <= goal).all():
            return
        sums[:] = 0.0
        spread(means, r, way, 0, means.shape[0], sums)
        advance(sums, c, goal, size, z, residual, way)


@njit(cache=True, nogil=True, fastmath=_FAST)
def balance(means: np.ndarray, totals: np.ndarray, weights: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """Add some rows, each scaled so that its sum over weighted columns is its total."""
    m = means.shape[1]
    for i in range(start, stop):
        row, into = means[i], out[i // BLOCK]
        sent = 0.0
        for j in range(m):
            sent += row[j] * weights[j]
        scale = totals[i] / sent
        for j in range(m):
            into[j] += scale * row[j]


@njit(cache=True, nogil=True, fastmath=_FAST)
def combine(means: np.ndarray, weights: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """Add the rows of some means, weighted."""
    m = means.shape[1]
    for i in range(start, stop):
        row = means[i]
        for s in range(weights.shape[0]):
            weight, into = weights[s, i], out[i // BLOCK, s]
            for j in range(m):
                into[j] += weight * row[j]


@njit(cache=True, nogil=True, fastmath=_FAST)
def scores(
    x: np.ndarray,
    pair: np.ndarray,
    row_parts: np.ndarray,
    column_parts: np.ndarray,
    y: np.ndarray,
    means: np.ndarray,
    start: int,
    stop: int,
    meat: np.ndarray,
    by_row: np.ndarray,
    by_column: np.ndarray,
) -> None:
    """Sum the scores of net terms by row and by column, and their products over pairs."""
    size, m = row_parts.shape[0], y.shape[1]
    score = np.empty((size, m))
    for i in range(start, stop):
        for s in range(size):
            into, part, own = score[s], column_parts[s], row_parts[s, i]
            total = 0.0
            if pair[s] >= 0:
                term = x[pair[s], i]
                for j in range(m):
                    into[j] = (y[i, j] - means[i, j]) * (term[j] + own + part[j])
            else:
                for j in range(m):
                    into[j] = (y[i, j] - means[i, j]) * (own + part[j])
            sums = by_column[i // BLOCK, s]
            for j in range(m):
                total += into[j]
                sums[j] += into[j]
            by_row[s, i] = total
            for t in range(s + 1):
                other = score[t]
                product = 0.0
                for j in range(m):
                    product += into[j] * other[j]
                meat[i // BLOCK, s, t] += product
                if s != t:
                    meat[i // BLOCK, t, s] += product


@njit(cache=True, nogil=True, fastmath=_FAST)
def tallies(
    y: np.ndarray,
    means: np.ndarray,
    used: np.ndarray,
    y_mean: float,
    fitted_mean: float,
    start: int,
    stop: int,
    out: np.ndarray,
) -> None:
    """Sum what measures of fit need; 12 sums in the order below."""
    m = y.shape[1]
    for i in range(start, stop):
        common = squares = pearson = excess = excess2 = over = mean2 = both = y2 = fitted2 = 0.0
        for j in range(m):
            seen, mean = y[i, j], means[i, j]
            one = 1.0 if used[i, j] else 0.0
            gap = seen - mean
            square = gap * gap
            # pairs that are not used have flow and mean 0, and so has a mean that underflows
            inverse = 1.0 / mean if mean > 0 else 0.0
            ratio = (square - seen) * inverse
            common += min(seen, mean)
            squares += square
            pearson += square * inverse
            excess += ratio
            excess2 += ratio * ratio
            over += square - seen
            mean2 += mean * mean
            far, fitted = one * (seen - y_mean), one * (mean - fitted_mean)
            both += far * fitted
            y2 += far * far
            fitted2 += fitted * fitted
        own = factorial = 0.0
        for j in range(m):
            seen = y[i, j]
            if seen > 0:
                whole = int(seen)
                if whole < _TABLE and whole == seen:
                    own += _LOG[whole]
                    factorial += _FACTORIAL[whole]
                else:
                    entropy = seen * math.log(seen)
                    own += entropy
                    factorial += math.lgamma(seen + 1.0) if seen < 16 else _stirling(seen, entropy)
        for k, value in enumerate(
            (common, squares, pearson, excess, excess2, over, mean2, both, y2, fitted2, own, factorial)
        ):
            out[i // BLOCK, k] += value


@njit(cache=True, nogil=True)
def _stirling(y: float, entropy: float) -> float:
    """Return ln y! for y of 16 or more, exact to rounding."""
    inverse = 1.0 / (y * y)
    series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / y
    return entropy - y + 0.5 * math.log(2 * math.pi * y) + series
