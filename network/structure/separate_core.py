"""Search for a core whose ties to the periphery do not count, in compiled code.

The fit is the correlation of the ties within the core (ideally 1) and within the periphery (ideally 0).
"""

import numpy as np
from numba import njit

from ...data.errors import OptionError
from ..flows.too_large import bytes_of, check_work

__all__ = ["check_separate", "separate_climbs", "separate_search"]

# seconds for each pair of places and climb, and as many as a call may take
_SECONDS, _MOST_SECONDS = 1.3e-5, 600.0


@njit(cache=True, nogil=True)
def _separate_fit(core_pairs: float, other_pairs: float, inside: float, outside: float, squares: float) -> float:
    """Correlate ties with 1 in the core and 0 in the periphery, from counts of pairs, sums and the sum of squares.

    -2 where nothing varies.
    """
    pairs = core_pairs + other_pairs
    if core_pairs <= 0.0 or other_pairs <= 0.0:
        return -2.0
    share, mean = core_pairs / pairs, (inside + outside) / pairs
    variance = squares / pairs - mean * mean
    if variance <= 1e-14:
        return -2.0
    return (inside / pairs - share * mean) / np.sqrt(variance * share * (1.0 - share))


@njit(cache=True, nogil=True)
def _state(weights: np.ndarray, squared: np.ndarray, core: np.ndarray) -> tuple:
    """Return size, sums within core and periphery, their squares, and for each place its ties to either side."""
    n = len(weights)
    to_core, to_other = np.zeros((2, n)), np.zeros((2, n))
    for i in range(n):
        for j in range(n):
            if core[j]:
                to_core[0, i] += weights[i, j]
                to_core[1, i] += squared[i, j]
            else:
                to_other[0, i] += weights[i, j]
                to_other[1, i] += squared[i, j]
    inside = outside = squares = 0.0
    size = 0
    for i in range(n):
        if core[i]:
            size += 1
            inside += 0.5 * to_core[0, i]
            squares += 0.5 * to_core[1, i]
        else:
            outside += 0.5 * to_other[0, i]
            squares += 0.5 * to_other[1, i]
    return size, inside, outside, squares, to_core, to_other


@njit(cache=True, nogil=True)
def _after(size: int, n: int, inside: float, outside: float, squares: float) -> float:
    return _separate_fit(size * (size - 1) / 2.0, (n - size) * (n - size - 1) / 2.0, inside, outside, squares)


@njit(cache=True, nogil=True)
def _climb_separate(weights: np.ndarray, squared: np.ndarray, start: np.ndarray) -> tuple[float, np.ndarray]:
    """Improve a core by passes in which every place changes sides once (Kernighan & Lin).

    Parameters
    ----------
    weights, squared : n x n
        Means, and means of squares, of the ties in both directions; symmetric, the diagonal 0.
    start : mask
    """
    n = len(weights)
    best = start.copy()
    top = -2.0
    while True:
        core = best.copy()
        size, inside, outside, squares, to_core, to_other = _state(weights, squared, core)
        top = max(top, _after(size, n, inside, outside, squares))
        free = np.ones(n, dtype=np.bool_)
        gained = False
        for _ in range(n):
            pick, value = -1, -3.0
            for i in range(n):
                if free[i]:
                    step = -1 if core[i] else 1
                    now = _after(
                        size + step,
                        n,
                        inside + step * to_core[0, i],
                        outside - step * to_other[0, i],
                        squares + step * (to_core[1, i] - to_other[1, i]),
                    )
                    if now > value + 1e-12:
                        pick, value = i, now
            if pick < 0:
                break
            step = -1 if core[pick] else 1
            size += step
            inside += step * to_core[0, pick]
            outside -= step * to_other[0, pick]
            squares += step * (to_core[1, pick] - to_other[1, pick])
            core[pick] = not core[pick]
            free[pick] = False
            for j in range(n):
                to_core[0, j] += step * weights[pick, j]
                to_core[1, j] += step * squared[pick, j]
                to_other[0, j] -= step * weights[pick, j]
                to_other[1, j] -= step * squared[pick, j]
            if value > top + 1e-12:
                top, best, gained = value, core.copy(), True
        if not gained:
            return top, best


@njit(cache=True, nogil=True)
def _exhaust(weights: np.ndarray, squared: np.ndarray) -> tuple[float, np.ndarray, int]:
    """Try every core, each one place from the one before; return the best fit, its mask, and how many fit as well.

    Of equal ones the smallest is kept, then the one whose places come first.
    """
    n = len(weights)
    core = np.zeros(n, dtype=np.bool_)
    size, inside, outside, squares, to_core, to_other = _state(weights, squared, core)
    top, best, equal = -2.0, core.copy(), 0
    for step_number in range(1, 1 << n):
        pick = 0
        while not (step_number >> pick) & 1:
            pick += 1
        step = -1 if core[pick] else 1
        size += step
        inside += step * to_core[0, pick]
        outside -= step * to_other[0, pick]
        squares += step * (to_core[1, pick] - to_other[1, pick])
        core[pick] = not core[pick]
        for j in range(n):
            to_core[0, j] += step * weights[pick, j]
            to_core[1, j] += step * squared[pick, j]
            to_other[0, j] -= step * weights[pick, j]
            to_other[1, j] -= step * squared[pick, j]
        now = _after(size, n, inside, outside, squares)
        if now > top + 1e-9:
            top, best, equal = now, core.copy(), 1
        elif now > top - 1e-9 and now > -2.0:
            equal += 1
            if _before(core, best):
                best = core.copy()
    return top, best, equal


@njit(cache=True, nogil=True)
def _before(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether a core is smaller, or of equal size and made of earlier places."""
    if one.sum() != other.sum():
        return one.sum() < other.sum()
    for i in range(len(one)):
        if one[i] != other[i]:
            return one[i]
    return False


def separate_search(
    ties: np.ndarray, exact_limit: int, budget: int, runs: int, random: np.random.Generator
) -> tuple[float, np.ndarray, bool, bool | None]:
    """Find the core whose ties to the periphery do not count: all cores where the budget allows, else climbs.

    Returns
    -------
    tuple
        Fit, mask, whether all cores were tried, and whether no other fits as well.

    Raises
    ------
    OptionError
        If nothing varies within any core and its periphery.
    """
    weights, squared = _halves(ties)
    n = len(ties)
    if n <= exact_limit and n < 62 and 1 << n <= budget:
        fit, core, equal = _exhaust(weights, squared)
        exact, unique = True, equal == 1
    else:
        fit, core = separate_climbs(ties, random, runs)
        exact, unique = False, None
    if fit <= -2.0:
        raise OptionError("no core of 2 places or more differs from its periphery; pass between='tied'")
    return float(fit), core, exact, unique


def separate_climbs(ties: np.ndarray, random: np.random.Generator, runs: int) -> tuple[float, np.ndarray]:
    """Return the best of climbs from the best core of strongest places and from random ones."""
    weights, squared = _halves(ties)
    n = len(ties)
    rank = np.empty(n, dtype=int)
    rank[np.argsort(-np.round(weights.sum(axis=0), 12), kind="stable")] = np.arange(n)
    many = 2 + int(np.argmax(_fits_of_strongest(weights, squared, rank)))
    starts = [rank < many, *(random.random(n) < random.random() for _ in range(runs))]
    found = [_climb_separate(weights, squared, start) for start in starts]
    fit, core = max(found, key=lambda one: (round(one[0], 12), -int(one[1].sum()), tuple(one[1])))
    return float(fit), core


def _fits_of_strongest(weights: np.ndarray, squared: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Return the fit of the cores of the k strongest places, for k from 2 to n - 2."""
    n, order = len(rank), np.argsort(rank)
    sums = []
    for matrix in (weights, squared):
        ranked = matrix[np.ix_(order, order)]
        inside = np.cumsum(np.tril(ranked, -1).sum(axis=1))
        outside = np.cumsum(np.triu(ranked, 1).sum(axis=1)[::-1])[::-1]
        sums += [inside[1 : n - 2], outside[2 : n - 1]]
    fits = [_after(k, n, a, b, c + d) for k, a, b, c, d in zip(range(2, n - 1), *sums, strict=True)]
    return np.round(fits, 12)


def check_separate(n: int, ties: int, runs: int, null_networks: int) -> None:
    """Refuse a search that would take more than some minutes."""
    check_work(
        "a core whose ties to the periphery do not count",
        n,
        ties,
        "pass test=False or fewer runs, take the backbone first and leave out its islands, or pass between='tied'",
        memory=bytes_of(float(n) ** 2, arrays=6),
        work=float(n) ** 2 * (runs + 1 + 2 * null_networks),
        second=1 / _SECONDS,
        most_work=_MOST_SECONDS / _SECONDS,
    )


def _halves(ties: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the means of ties, and of their squares, over both directions."""
    return (ties + ties.T) / 2, (ties**2 + ties.T**2) / 2
