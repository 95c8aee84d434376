"""Permute the places of a matrix many times and sum its products with fixed matrices.

The permutation of run r is made of the seed and r alone, so results do not depend on how runs are grouped or on the
number of threads. Sums are taken in one fixed order.
"""

import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, get_args

import numpy as np
from numba import njit

from ...data.noise import STEP, mix
from ...data.options import check_choice, check_number

__all__ = ["ALTERNATIVES", "Permutations", "dot", "p_values", "products"]

Alternative = Literal["two-sided", "greater", "less"]
ALTERNATIVES: tuple[str, ...] = get_args(Alternative)

# multiplications below which threads cost more than they bring
_SMALL_WORK = 20_000_000
# cells of the table of permutations that is held at once
_BLOCK = 1_000_000
# statistics that differ by less than this share count as equal
_TIE = 1e-9


class Permutations:
    """The permutations of one test: all of them where there are no more than asked for, else random ones.

    Parameters
    ----------
    n : int
        Number of places.
    permutations : int
        Number of random permutations.
    seed : int
        Whole number of at least 0.

    Attributes
    ----------
    count : int
        Permutations there are, n! if ``exact``.
    exact : bool
        Whether they are all the permutations there are, the identity first.
    """

    def __init__(self, n: int, permutations: int, seed: int) -> None:
        check_number("permutations", permutations, least=1, whole=True)
        check_number("seed", seed, least=0, below=2**64, whole=True)
        self.n = n
        self.exact = n < 20 and math.factorial(n) <= permutations
        self.count = math.factorial(n) if self.exact else int(permutations)
        self._seed = np.uint64(seed)

    def block(self, first: int, last: int) -> np.ndarray:
        """Return the permutations of some runs (runs x n)."""
        if self.exact:
            some = itertools.islice(itertools.permutations(range(self.n)), first, last)
            return np.array(list(some), dtype=np.uint32)
        with np.errstate(over="ignore"):
            turns = mix(mix(np.array([self._seed]) + STEP) ^ (np.arange(first, last, dtype=np.uint64) * STEP))
            places = mix(np.arange(1, self.n + 1, dtype=np.uint64) * STEP)
            keys = mix(turns[:, None] ^ places[None, :])
        return np.argsort(keys, axis=1, kind="stable").astype(np.uint32)

    def each(self, work: Callable[[np.ndarray], np.ndarray], *, cost: float) -> np.ndarray:
        """Do the work on blocks of permutations, in threads where it is worth it, and stack what comes back.

        Parameters
        ----------
        work : callable
            Permutations (runs x n) -> array of as many rows.
        cost : float
            Multiplications in one run.
        """
        threads = os.cpu_count() or 1
        size = max(1, min(_BLOCK // self.n, -(-self.count // (4 * threads))))
        if cost * self.count < _SMALL_WORK:
            threads, size = 1, max(1, _BLOCK // self.n)
        edges = [*range(0, self.count, size), self.count]
        blocks = list(itertools.pairwise(edges))
        if threads == 1 or len(blocks) == 1:
            return np.concatenate([work(self.block(*ends)) for ends in blocks])
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate(list(pool.map(lambda ends: work(self.block(*ends)), blocks)))


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


def p_values(observed: float, draws: np.ndarray, *, exact: bool, alternative: str) -> dict[str, float]:
    """Return the share of permutations that reach the observed statistic.

    Random permutations count the observed order as one more draw, (1 + hits) / (1 + permutations), so p is never 0;
    among all permutations it is there already, and p = hits / n!. Two-sided goes by absolute values. Draws that are nan
    count neither way.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    draws = draws[~np.isnan(draws)]
    if math.isnan(observed) or not draws.size:
        return dict.fromkeys(("p_value", "p_less", "p_greater"), math.nan)
    slack = _TIE * (abs(observed) + float(np.median(np.abs(draws))))
    one = 0 if exact else 1

    def share(hits: np.ndarray) -> float:
        return float((hits.sum() + one) / (draws.size + one))

    less, greater = share(draws <= observed + slack), share(draws >= observed - slack)
    both = share(np.abs(draws) >= abs(observed) - slack)
    chosen = {"two-sided": both, "greater": greater, "less": less}[alternative]
    return {"p_value": chosen, "p_less": less, "p_greater": greater}
