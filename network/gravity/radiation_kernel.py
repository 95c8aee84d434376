"""Share what origins send among destinations by the radiation model, in compiled code."""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

__all__ = ["absorb"]


@njit(cache=True, nogil=True)
def absorb(
    cost: np.ndarray,
    order: np.ndarray,
    weight: np.ndarray,
    out: np.ndarray,
    left: np.ndarray,
    start: int,
    stop: int,
    table: np.ndarray,
) -> None:
    """Write the flows of some origins, ring after ring of places at one cost.

    ``order`` lists destinations by cost from ``start`` on, the origin itself last; ``left`` is the share of each
    origin's flow that the system can absorb.
    """
    others = cost.shape[1] - 1
    for i in range(start, stop):
        own, near, to = weight[i], cost[i], order[i - start]
        scale = out[i] / left[i] if left[i] > 0 else 0.0
        table[i, i] = 0.0
        before, first = 0.0, 0
        while first < others:
            last, through, level = first, before, near[to[first]]
            while last < others and near[to[last]] == level:
                through += weight[to[last]]
                last += 1
            wide = (own + before) * (own + through)
            # without own mass nothing is kept at home: the limit is the share of the ring
            rate = own / wide if wide > 0 else (1.0 / through if through > 0 else 0.0)
            for p in range(first, last):
                table[i, to[p]] = scale * rate * weight[to[p]]
            before, first = through, last
