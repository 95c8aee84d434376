"""Permute positions many times, the same whatever the number of threads, and count what reaches a statistic.

The permutation of run r is made of the seed and r alone, so results do not depend on how runs are grouped or on the
number of threads.
"""

import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, get_args

import numpy as np

from .noise import STEP, mix
from .options import check_choice, check_number

__all__ = ["ALTERNATIVES", "Alternative", "Permutations", "p_values"]

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


def p_values(
    observed: float, draws: np.ndarray, *, exact: bool, alternative: str, count_observed: bool = True
) -> dict[str, float]:
    """Return the share of permutations that reach the observed statistic.

    Random permutations count the observed order as one more draw, (1 + hits) / (1 + permutations), so p is never 0;
    without ``count_observed`` p = hits / permutations. Among all permutations it is there already, and p = hits / n!.
    Two-sided goes by absolute values. Draws that are nan count neither way.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    draws = draws[~np.isnan(draws)]
    if math.isnan(observed) or not draws.size:
        return dict.fromkeys(("p_value", "p_less", "p_greater"), math.nan)
    slack = _TIE * (abs(observed) + float(np.median(np.abs(draws))))
    one = 0 if exact or not count_observed else 1

    def share(hits: np.ndarray) -> float:
        return float((hits.sum() + one) / (draws.size + one))

    less, greater = share(draws <= observed + slack), share(draws >= observed - slack)
    both = share(np.abs(draws) >= abs(observed) - slack)
    chosen = {"two-sided": both, "greater": greater, "less": less}[alternative]
    return {"p_value": chosen, "p_less": less, "p_greater": greater}
