"""Permute the places of a matrix many times and sum its products with fixed matrices.

Sums are taken in one fixed order, whatever the number of threads.
"""

import numpy as np
from numba import njit

from ...data.permutations import Permutations

__all__ = ["dot", "products"]


@njit(cache=True, nogil=True)
def dot(one: np.ndarray, two: np.ndarray, first: int) -> float:
    """Sum products from one position on, in eight running sums."""
    n = one.size
    a = b = c = d = e = f = g = h = 0.0
    j = first
    while j + 8 <= n:
        a += one[j] * two[j]
        b += one[j + 1] * two[j + 1]
        c += one[j + 2] * two[j + 2]
        d += one[j + 3] * two[j + 3]
        e += one[j + 4] * two[j + 4]
        f += one[j + 5] * two[j + 5]
        g += one[j + 6] * two[j + 6]
        h += one[j + 7] * two[j + 7]
        j += 8
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    while j < n:
        total += one[j] * two[j]
        j += 1
    return total


@njit(cache=True, nogil=True)
def _sums(moved: np.ndarray, fixed: np.ndarray, orders: np.ndarray, half: bool, out: np.ndarray) -> None:  # noqa: FBT001
    """Sum moved[p[i], p[j]] * fixed[i, k, j] over all cells, for every permutation p and every k."""
    runs, n = orders.shape
    source, row = np.empty(n), np.empty(n)
    # runs inside rows: a row of the fixed matrices serves all runs while it is at hand
    for i in range(n):
        first = i if half else 0
        for run in range(runs):
            order = orders[run]
            source[:] = moved[order[i]]
            for j in range(first, n):
                row[j] = source[order[j]]
            for k in range(fixed.shape[1]):
                out[run, k] += dot(row, fixed[i, k], first)


def products(permutations: Permutations, moved: np.ndarray, fixed: list[np.ndarray], *, directed: bool) -> np.ndarray:
    """Sum the products of a permuted matrix with each of some fixed matrices.

    Parameters
    ----------
    permutations : Permutations
        Which permutations.
    moved : ndarray
        n x n, permuted in rows and columns alike; symmetric if undirected.
    fixed : list of ndarray
        n x n each, 0 in the cells that do not count (the lower half if undirected).
    directed : bool
        False skips the lower half.

    Returns
    -------
    ndarray
        runs x number of fixed matrices.
    """
    stack = np.ascontiguousarray(np.stack(fixed, axis=1), dtype=float)
    source = np.ascontiguousarray(moved, dtype=float)

    def work(orders: np.ndarray) -> np.ndarray:
        out = np.zeros((len(orders), len(fixed)))
        _sums(source, stack, orders, not directed, out)
        return out

    return permutations.each(work, cost=float(stack.size))
