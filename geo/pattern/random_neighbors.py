"""Sum weighted values of random neighbors, the place itself staying where it is.

Each run is one random order of all places; a place takes the first of them, itself left out, as its neighbors. That is
a uniform draw for every place, and all places share the orders, so the work grows with the number of links alone.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false

from typing import Any

import numpy as np
from numba import njit, prange
from scipy import sparse

from ...data.noise import STEP, mix
from ...data.options import check_number
from ...data.permutations import Permutations

__all__ = ["hits", "random_neighbors"]

# statistics that differ by less than this share count as equal
_TIE = 1e-9


_mix: Any = njit(cache=True, nogil=True, inline="always")(mix)


def random_neighbors(size: int, most: int, permutations: int, seed: int) -> np.ndarray:
    """Draw different places in random order in each run ((most + 1) x permutations), enough for ``most`` neighbors."""
    check_number("permutations", permutations, least=1, whole=True)
    check_number("seed", seed, least=0, below=2**64, whole=True)
    length = min(most + 1, size)
    if 2 * length > size:
        orders = Permutations(size, permutations, seed)
        return np.ascontiguousarray(orders.block(0, orders.count)[:, :length].T)
    return _distinct(np.uint64(seed), size, length, permutations)


@njit(cache=True, nogil=True)
def _distinct(seed: np.uint64, size: int, length: int, runs: int) -> np.ndarray:
    """Draw places until enough different ones have come."""
    drawn = np.empty((length, runs), dtype=np.uint32)
    last = np.full(size, -1)
    for run in range(runs):
        bits = _mix(_mix(seed + STEP) ^ (np.uint64(run) * STEP))
        turn = np.uint64(0)
        for rank in range(length):
            place = -1
            while place < 0 or last[place] == run:
                turn += np.uint64(1)
                share = np.float64(np.int64(_mix(bits ^ (turn * STEP)) >> np.uint64(11))) * 2.0**-53
                place = int(share * size)
            last[place] = run
            drawn[rank, run] = place
    return drawn


def hits(
    weights: sparse.csr_array,
    values: np.ndarray,
    line: np.ndarray,
    curve: np.ndarray,
    observed: np.ndarray,
    drawn: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Count the runs whose statistic is at least, and at most, the observed one.

    The statistic of place i is :math:`a_i \sum_j w_{ij} x_j + b_i \sum_j w_{ij} x_j^2`.

    Parameters
    ----------
    weights : csr_array
        n x n without a diagonal.
    values : ndarray
        x, one a place.
    line, curve : ndarray
        a and b, one a place.
    observed : ndarray
        The statistic of each place.
    drawn : ndarray
        Orders, see `random_neighbors` (positions x runs).

    Returns
    -------
    tuple of ndarray
        Runs at least as high, and at most as high, of each place.
    """
    slack = _TIE * (
        np.abs(observed) + np.abs(line) * np.abs(weights) @ np.abs(values) + np.abs(curve) * (weights @ values**2)
    )
    at_least, at_most = np.zeros(observed.size, dtype=np.int64), np.zeros(observed.size, dtype=np.int64)
    _count(weights.indptr, weights.data, line, curve, observed, slack, drawn, values[drawn], at_least, at_most)
    return at_least, at_most


@njit(cache=True, nogil=True, parallel=True)
def _count(starts, weight, line, curve, observed, slack, drawn, taken, at_least, at_most):  # noqa: ANN001, ANN202
    runs = drawn.shape[1]
    for i in prange(observed.size):
        first, count = starts[i], starts[i + 1] - starts[i]
        if count == 0:
            continue
        plain, squared = np.zeros(runs), np.zeros(runs)
        # the place itself, where it comes among the first, gives its turn to the one after the last
        shift = np.zeros(runs, dtype=np.int32)
        both = curve[i] != 0.0
        for rank in range(count):
            w = weight[first + rank]
            for run in range(runs):
                if drawn[rank + shift[run], run] == i:
                    shift[run] = 1
                x = taken[rank + shift[run], run]
                plain[run] += w * x
                if both:
                    squared[run] += w * x * x
        high, low = 0, 0
        for run in range(runs):
            found = line[i] * plain[run] + curve[i] * squared[run]
            if found >= observed[i] - slack[i]:
                high += 1
            if found <= observed[i] + slack[i]:
                low += 1
        at_least[i], at_most[i] = high, low
