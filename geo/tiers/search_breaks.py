"""Search the division of sorted numbers into classes with the least squares, for many rows of numbers at once.

Fisher's dynamic program over the distinct values, each level by divide and conquer (the best start of the last class
never moves down as the class grows), costs from running sums: k n log n steps. What the breaks of the row before leave
of a row bounds what its best ones leave, so of rows that are alike a small part is searched. Running sums are taken
about the middle of a row and rounded once. Where two divisions differ by less than the rounding could hide, the row is
searched again in numbers of twice the digits; divisions whose sums then differ by less than 1e-12 of themselves are
equally good, and the one with the lowest breaks is taken.
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
    best: np.ndarray, sums: np.ndarray, weights: np.ndarray, low: int, high: int, last: int
) -> tuple[int, float, float]:
    """Return the best start of the last class, what it explains, and by how much that beats the next start."""
    before, sums_before, weights_before = best[low - 1 : high], sums[low : high + 1], weights[low : high + 1]
    sum_here, weight_here = sums[last + 1], weights[last + 1]
    most, second, chosen = -np.inf, -np.inf, 0
    for i in range(before.size):
        away = sum_here - sums_before[i]
        total = before[i] + away * away / (weight_here - weights_before[i])
        if total > most:
            most, second, chosen = total, most, i
        elif total > second:
            second = total
    return low + chosen, most, most - second


@njit(cache=True, nogil=True, error_model="numpy")
def _earliest(sums: np.ndarray, weights: np.ndarray, k: int, n: int, most: float, first: np.ndarray) -> None:
    """Fill by level the lowest last value with which the classes above it can each have squares of at most so many."""
    last = n - 1
    for level in range(k - 1, -1, -1):
        first[level] = last
        low, high = 0, max(last, 0)
        while low < high:
            start = (low + high) // 2
            away = sums[0, last + 1] - sums[0, start]
            squares = sums[2, last + 1] - sums[2, start] - away * away / (weights[last + 1] - weights[start])
            low, high = (low, start) if squares <= most else (start + 1, high)
        last = max(low - 1, level - 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _search_fast(
    sums: np.ndarray, weights: np.ndarray, n: int, k: int, doubt: float, most: float, cuts: np.ndarray
) -> bool:
    """Fill the starts of the last class by level and last value; false where two divisions differ by at most doubt.

    A division explains the sum of (sum of class)^2 / weight of class; what it leaves are its squares. Left out are last
    values through which every division of the row has more squares than ``most``.
    """
    best, found = np.empty(n), np.empty(n)
    first = np.zeros(k, dtype=np.int64)
    _earliest(sums, weights, k, n, most, first)
    for last in range(n):
        best[last] = sums[0, last + 1] * sums[0, last + 1] / weights[last + 1]
        if sums[2, last + 1] - best[last] > most:
            best[last + 1 :] = -np.inf
            break
    stack = np.empty((64, 4), dtype=np.int64)
    # what the last value before a stretch leaves is the least that its own leave
    floors = np.empty(64)
    for level in range(1, k):
        found[:] = -np.inf
        # the last level is asked for all the values alone
        stack[0] = (max(level, first[level]), n - k + level, level, n - 1)
        size, floors[0] = 1, 0.0
        while size:
            size -= 1
            begin, end, low, high = stack[size]
            floor = floors[size]
            if level == k - 2:
                # the class above reaches from here at most to the end of the stretch
                away = sums[0, n] - sums[0, end + 1]
                if floor + sums[2, n] - sums[2, end + 1] - away * away / (weights[n] - weights[end + 1]) > most:
                    continue
            last = (begin + end) // 2
            start, explained, gap = _start_fast(best, sums[0], weights, low, min(high, last), last)
            left = sums[2, last + 1] - explained
            if gap <= doubt and left <= most:
                return False
            found[last], cuts[level, last] = explained, start
            if begin < last:
                stack[size], floors[size] = (begin, last - 1, low, start), floor
                size += 1
            if last < end and left <= most:
                stack[size], floors[size] = (last + 1, end, start, high), left
                size += 1
        best, found = found, best
    return sums[2, n] - best[n - 1] <= most


@njit(cache=True, nogil=True)
def _search_exact(sums: np.ndarray, weights: np.ndarray, n: int, k: int, cuts: np.ndarray) -> None:
    """Fill the starts of the last class by level and last value, in twice the digits."""
    best, found, totals = np.zeros((2, n)), np.zeros((2, n)), np.zeros((2, n))
    for last in range(n):
        best[0, last], best[1, last] = _cost(sums, weights, 0, last)
    stack = np.empty((64, 4), dtype=np.int64)
    for level in range(1, k):
        stack[0] = (n - 1 if level == k - 1 else level, n - 1, level, n - 1)
        size = 1
        while size:
            size -= 1
            first, final, low, high = stack[size]
            last = (first + final) // 2
            start = _start_exact(best, sums, weights, low, min(high, last), last, totals)
            found[0, last], found[1, last] = totals[0, start], totals[1, start]
            cuts[level, last] = start
            if first < last:
                stack[size] = (first, last - 1, low, start)
                size += 1
            if last < final:
                stack[size] = (last + 1, final, start, high)
                size += 1
        best, found = found, best


@njit(cache=True, nogil=True)
def _rows(rows: np.ndarray, starts: np.ndarray) -> None:
    count = rows.shape[1]
    opens = np.empty(count, dtype=np.int64)
    weights = np.zeros(count + 1)
    sums = np.zeros((4, count + 1))
    cuts = np.zeros((starts.shape[1], count), dtype=np.int64)
    # where the classes of the row before begin, and how many values it had
    known, known_n = np.zeros(starts.shape[1], dtype=np.int64), 0
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
        # sums and squares, each with the digits that its rounding lost
        total = lost = squares = squares_lost = 0.0
        for i in range(n):
            size = (opens[i + 1] if i + 1 < n else count) - opens[i]
            high, low = _two_sum(values[opens[i]] * scale, -middle * scale)
            weights[i + 1] = weights[i] + size
            h, l = (high, low) if size == 1 else _multiply(high, low, float(size), 0.0)  # noqa: E741
            total, rest = _two_sum(total, h)
            lost += rest + l
            sums[0, i + 1], sums[1, i + 1] = _two_sum(total, lost)
            h, l = _multiply(high, low, h, l)  # noqa: E741
            squares, rest = _two_sum(squares, h)
            squares_lost += rest + l
            sums[2, i + 1], sums[3, i + 1] = _two_sum(squares, squares_lost)
        doubt = k * (8.0 + 4.0 * np.sqrt(count)) * _EPS * sums[2, n]
        most = np.inf
        if n == known_n:
            # the best division of this row leaves no more than that of the row before would
            most, end = sums[2, n] + 4.0 * doubt, n
            for level in range(k - 1, -1, -1):
                away = sums[0, end] - sums[0, known[level]]
                most -= away * away / (weights[end] - weights[known[level]])
                end = known[level]
        if not (doubt > 0.0 and _search_fast(sums, weights, n, k, doubt, most, cuts)):
            _search_exact(sums, weights, n, k, cuts)
        last, known_n = n - 1, n
        for level in range(k - 1, 0, -1):
            known[level] = cuts[level, last]
            starts[row, level] = opens[known[level]]
            last = known[level] - 1
