"""Search the division of sorted numbers into classes with the least squares, for many rows of numbers at once.

Fisher's dynamic program over the distinct values, each level by divide and conquer (the best start of the last class
never moves down as the class grows), costs from running sums: k n log n steps. Running sums are taken about the middle
of a row and rounded once. Where two divisions differ by less than the rounding could hide, the row is searched again in
numbers of twice the digits; divisions whose sums then differ by less than 1e-12 of themselves are equally good, and the
one with the lowest breaks is taken.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

__all__ = ["search_breaks"]

_SPLIT = 134217729.0
_SAME = 1e-12
_EPS = 2.220446049250313e-16
# rows that a thread searches at a time
_TOGETHER = 500


def search_breaks(rising: np.ndarray, k: int) -> np.ndarray:
    """Return where the classes of each row begin, rows x k positions in the row; the row's length where there is none.

    ``rising`` is rows x n finite numbers, each row in rising order.

    Examples
    --------
    >>> search_breaks(np.array([[1.0, 2.0, 10.0, 11.0, 30.0], [5.0, 5.0, 5.0, 6.0, 6.0]]), 3).tolist()
    [[0, 2, 4], [0, 3, 5]]
    """
    rows = np.ascontiguousarray(rising, dtype=np.float64)
    starts = np.full((len(rows), k), rows.shape[1], dtype=np.int64)
    starts[:, 0] = 0
    if k > 1:
        # rows have nothing to do with one another
        parts = [slice(first, first + _TOGETHER) for first in range(0, len(rows), _TOGETHER)]
        if len(parts) < 2:
            _rows(rows, starts)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                list(threads.map(lambda part: _rows(rows[part], starts[part]), parts))
    return starts


@njit(cache=True, nogil=True)
def _two_sum(a: float, b: float) -> tuple[float, float]:
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


@njit(cache=True, nogil=True)
def _add(ah: float, al: float, bh: float, bl: float) -> tuple[float, float]:
    high, low = _two_sum(ah, bh)
    return _two_sum(high, low + al + bl)


@njit(cache=True, nogil=True)
def _multiply(ah: float, al: float, bh: float, bl: float) -> tuple[float, float]:
    # the product's rounding by Dekker's split
    high = ah * bh
    part = _SPLIT * ah
    a1 = part - (part - ah)
    a2 = ah - a1
    part = _SPLIT * bh
    b1 = part - (part - bh)
    b2 = bh - b1
    low = ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2
    return _two_sum(high, low + (ah * bl + al * bh))


@njit(cache=True, nogil=True)
def _over(ah: float, al: float, weight: float) -> tuple[float, float]:
    high = ah / weight
    back, rest = _multiply(high, 0.0, weight, 0.0)
    return _two_sum(high, ((ah - back) - rest + al) / weight)


@njit(cache=True, nogil=True)
def _cost(sums: np.ndarray, weights: np.ndarray, first: int, last: int) -> tuple[float, float]:
    """Return the sum of squares about the mean of the class from first to last, in twice the digits."""
    weight = weights[last + 1] - weights[first]
    h1, l1 = _add(sums[0, last + 1], sums[1, last + 1], -sums[0, first], -sums[1, first])
    h2, l2 = _add(sums[2, last + 1], sums[3, last + 1], -sums[2, first], -sums[3, first])
    high, low = _multiply(h1, l1, h1, l1)
    high, low = _over(high, low, weight)
    high, low = _add(h2, l2, -high, -low)
    return (high, low) if first < last and high > 0.0 else (0.0, 0.0)


@njit(cache=True, nogil=True)
def _start_exact(
    best: np.ndarray, sums: np.ndarray, weights: np.ndarray, low: int, high: int, last: int, totals: np.ndarray
) -> int:
    """Return the lowest of the best starts of the last class; totals holds the sums of the divisions by start."""
    least = low
    for start in range(low, high + 1):
        squares, rest = _cost(sums, weights, start, last)
        squares, rest = _add(best[0, start - 1], best[1, start - 1], squares, rest)
        totals[0, start], totals[1, start] = squares, rest
        if (squares - totals[0, least]) + (rest - totals[1, least]) < 0.0:
            least = start
    for start in range(low, least):
        if (totals[0, start] - totals[0, least]) + (totals[1, start] - totals[1, least]) <= _SAME * totals[0, least]:
            return start
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def _start_fast(
    best: np.ndarray, sums: np.ndarray, weights: np.ndarray, low: int, high: int, last: int, totals: np.ndarray
) -> tuple[int, float]:
    """Return the best start of the last class, and by how much its division beats the next."""
    # slices from 0 on let the processor take several starts at a time
    before, sums_before, squares_before = best[0, low - 1 : high], sums[0, low : high + 1], sums[2, low : high + 1]
    weights_before, total = weights[low : high + 1], totals[0, low : high + 1]
    sum_here, square_here, weight_here = sums[0, last + 1], sums[2, last + 1], weights[last + 1]
    for i in range(total.size):
        away = sum_here - sums_before[i]
        total[i] = before[i] + (square_here - squares_before[i] - away * away / (weight_here - weights_before[i]))
    least, second, chosen = np.inf, np.inf, 0
    for i in range(total.size):
        if total[i] < least:
            least, second, chosen = total[i], least, i
        elif total[i] < second:
            second = total[i]
    return low + chosen, second - least


@njit(cache=True, nogil=True, error_model="numpy")
def _search(sums: np.ndarray, weights: np.ndarray, n: int, k: int, doubt: float, cuts: np.ndarray) -> bool:
    """Fill the starts of the last class by level and last value; with doubt 0 in twice the digits.

    Returns false where two divisions differ by no more than doubt.
    """
    best, found, totals = np.zeros((2, n)), np.zeros((2, n)), np.zeros((2, n))
    for last in range(n):
        if doubt == 0.0:
            best[0, last], best[1, last] = _cost(sums, weights, 0, last)
        else:
            best[0, last] = sums[2, last + 1] - sums[0, last + 1] * sums[0, last + 1] / weights[last + 1]
    stack = np.empty((64, 4), dtype=np.int64)
    for level in range(1, k):
        # the last level is asked for all the values alone
        stack[0] = (n - 1 if level == k - 1 else level, n - 1, level, n - 1)
        size = 1
        while size:
            size -= 1
            first, final, low, high = stack[size]
            last = (first + final) // 2
            if doubt == 0.0:
                start = _start_exact(best, sums, weights, low, min(high, last), last, totals)
                found[0, last], found[1, last] = totals[0, start], totals[1, start]
            else:
                start, gap = _start_fast(best, sums, weights, low, min(high, last), last, totals)
                found[0, last] = totals[0, start]
                if gap <= doubt:
                    return False
            cuts[level, last] = start
            if first < last:
                stack[size] = (first, last - 1, low, start)
                size += 1
            if last < final:
                stack[size] = (last + 1, final, start, high)
                size += 1
        best, found = found, best
    return True


@njit(cache=True, nogil=True)
def _rows(rows: np.ndarray, starts: np.ndarray) -> None:
    count = rows.shape[1]
    opens = np.empty(count, dtype=np.int64)
    weights = np.zeros(count + 1)
    sums = np.zeros((4, count + 1))
    cuts = np.zeros((starts.shape[1], count), dtype=np.int64)
    for row in range(rows.shape[0]):
        values, n = rows[row], 0
        for i in range(count):
            if i == 0 or values[i] != values[i - 1]:
                opens[n] = i
                n += 1
        k = min(starts.shape[1], n)
        if k < 2:
            continue
        middle, scale = values[count // 2], max(abs(values[0]), abs(values[count - 1]))
        # a power of two changes no digit
        scale = 2.0 ** -np.ceil(np.log2(scale)) if scale > 1e-300 else 1.0
        for i in range(n):
            size = (opens[i + 1] if i + 1 < n else count) - opens[i]
            high, low = _two_sum(values[opens[i]] * scale, -middle * scale)
            weights[i + 1] = weights[i] + size
            h, l = _multiply(high, low, float(size), 0.0)  # noqa: E741
            sums[0, i + 1], sums[1, i + 1] = _add(sums[0, i], sums[1, i], h, l)
            h, l = _multiply(high, low, h, l)  # noqa: E741
            sums[2, i + 1], sums[3, i + 1] = _add(sums[2, i], sums[3, i], h, l)
        doubt = k * (8.0 + 4.0 * np.sqrt(count)) * _EPS * sums[2, n]
        if not (doubt > 0.0 and _search(sums, weights, n, k, doubt, cuts)):
            _search(sums, weights, n, k, 0.0, cuts)
        last = n - 1
        for level in range(k - 1, 0, -1):
            start = cuts[level, last]
            starts[row, level] = opens[start]
            last = start - 1
