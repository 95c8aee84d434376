"""Search for the core of a network in compiled code.

For a core of given size the fit of Borgatti and Everett rises with the weight of the ties that touch the core, so the
search is one for the places that cover the most tie weight.
"""

import numpy as np
from numba import njit

from ...data.budget import Estimate, require
from ..flows.too_large import bytes_of

__all__ = ["check_search", "climb", "cover", "fit_of"]


# matrices of all pairs held at once; seconds of a climb for each pair of places, and of a branch for each place
_ARRAYS, _CLIMB, _BRANCH = 8, 5e-7, 6e-8


def check_search(n: int, runs: int, null_networks: int, budget: int) -> Estimate:
    """Refuse a search on matrices of all pairs that would take more time or memory than is allowed.

    Raises
    ------
    SizeError
        With what it would take.
    """
    climbs, branches = runs + 1 + 2 * null_networks, min(float(budget), n * 2.0 ** min(n, 60))
    return require(
        f"a core of {n:,} places from {climbs:,} climbs and up to {branches:,.0f} branches",
        "lower budget, runs or null_networks, or take the backbone first",
        memory=bytes_of(float(n) ** 2, arrays=_ARRAYS),
        seconds=n**2 * climbs * _CLIMB + branches * n * _BRANCH,
    )


@njit(cache=True, nogil=True)
def fit_of(covered: float, size: int, n: int, total: float, spread: float) -> float:
    """Correlate the ties with the ideal of a core of ``size`` whose members touch ``covered`` of the weight.

    ``total`` is the weight over all n (n - 1) / 2 pairs, ``spread`` the standard deviation of a tie over them.
    """
    pairs = n * (n - 1) / 2.0
    share = (size * (n - size) + size * (size - 1) / 2.0) / pairs
    if share <= 0.0 or share >= 1.0:
        return -2.0
    return (covered - total * share) / pairs / (spread * np.sqrt(share * (1.0 - share)))


@njit(cache=True, nogil=True)
def climb(  # noqa: C901, PLR0912 - one hot loop
    weights: np.ndarray, start: np.ndarray, spread: float
) -> tuple[float, np.ndarray]:
    """Improve a core by passes in which every place changes sides once (Kernighan & Lin)."""
    n = len(weights)
    total = weights.sum() / 2.0
    strength = weights.sum(axis=1)
    best = start.copy()
    top = -2.0
    while True:
        core = best.copy()
        size = core.sum()
        inward = np.zeros(n)
        for i in range(n):
            for j in range(n):
                if core[j]:
                    inward[i] += weights[i, j]
        covered = 0.0
        for i in range(n):
            if core[i]:
                covered += strength[i] - 0.5 * inward[i]
        start_fit = fit_of(covered, size, n, total, spread)
        top = max(top, start_fit)
        free = np.ones(n, dtype=np.bool_)
        gained = False
        for _ in range(n):
            pick, value = -1, -3.0
            for i in range(n):
                if free[i]:
                    step = -1 if core[i] else 1
                    now = fit_of(covered + step * (strength[i] - inward[i]), size + step, n, total, spread)
                    if now > value + 1e-12:
                        pick, value = i, now
            if pick < 0:
                break
            step = -1 if core[pick] else 1
            covered += step * (strength[pick] - inward[pick])
            size += step
            core[pick] = not core[pick]
            free[pick] = False
            for j in range(n):
                inward[j] += step * weights[pick, j]
            if value > top + 1e-12:
                top, best, gained = value, core.copy(), True
        if not gained:
            return top, best


@njit(cache=True, nogil=True)
def cover(  # noqa: C901, PLR0912 - one hot loop
    weights: np.ndarray, least: np.ndarray, size: int, target: float, known: np.ndarray, budget: int
) -> tuple[float, np.ndarray, int]:
    """Find ``size`` places that touch more than ``target`` of the weight, other than ``known``, by branch and bound.

    Parameters
    ----------
    weights : n x n, symmetric, ordered by falling strength
    least : n x n, sums of the 0, 1, 2, ... lightest ties of each place
    size, target : what to find
    known : mask of a set that does not count
    budget : branches to try at most

    Returns
    -------
    tuple
        The weight touched (-1 if nothing was found), the mask, and the branches tried; more than the budget means that
        the search was given up.
    """
    n = len(weights)
    gain = np.zeros((n + 1, n))
    gain[0] = weights.sum(axis=1)
    state = np.zeros(n + 1, dtype=np.int8)
    chosen = np.zeros(n + 1, dtype=np.int64)
    covered = np.zeros(n + 1)
    best, found, tried, p = -1.0, np.zeros(n, dtype=np.bool_), 0, 0
    while p >= 0:
        if state[p] == 0:
            tried += 1
            if tried > budget:
                break
            left = size - chosen[p]
            if left == 0:
                if covered[p] > target:
                    mask = np.zeros(n, dtype=np.bool_)
                    for q in range(p):
                        mask[q] = state[q] == 1
                    if (mask != known).any():
                        best, target, found = covered[p], covered[p] + 1e-12, mask
                p -= 1
                continue
            if n - p < left:
                p -= 1
                continue
            hope = np.empty(n - p)
            for j in range(p, n):
                # each pair inside the core is counted from both ends, so at least half the lightest ties is too much
                hope[j - p] = gain[p, j] - 0.5 * least[j, left - 1]
            hope.sort()
            if covered[p] + hope[n - p - left :].sum() <= target:
                p -= 1
                continue
            state[p] = 1
            chosen[p + 1] = chosen[p] + 1
            covered[p + 1] = covered[p] + gain[p, p]
            for j in range(p + 1, n):
                gain[p + 1, j] = gain[p, j] - weights[p, j]
            p += 1
            state[p] = 0
        elif state[p] == 1:
            state[p] = 2
            chosen[p + 1] = chosen[p]
            covered[p + 1] = covered[p]
            for j in range(p + 1, n):
                gain[p + 1, j] = gain[p, j]
            p += 1
            state[p] = 0
        else:
            p -= 1
    return best, found, tried
