"""Simulate adoption in continuous time in compiled code, on sparse networks of any size.

The same construction as on dense networks; the next place due stands on top of a binary heap. Allowances are drawn when
a place is first touched, so a run costs only what it reaches.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

from ..model.random_numbers import run_bits, uniform

__all__ = ["spread_edges"]


@njit(cache=True, nogil=True)
def _rise(heap: np.ndarray, position: np.ndarray, due: np.ndarray, at: int) -> None:
    place = heap[at]
    while at > 0:
        above = (at - 1) >> 1
        other = heap[above]
        # equal times are ordered by place, so that a heap's history does not show
        if due[other] < due[place] or (due[other] == due[place] and other < place):
            break
        heap[at] = other
        position[other] = at
        at = above
    heap[at] = place
    position[place] = at


@njit(cache=True, nogil=True)
def _pop(heap: np.ndarray, position: np.ndarray, due: np.ndarray, size: int) -> int:
    """Take the first place off the heap; return it. The heap shrinks by one."""
    top = heap[0]
    position[top] = -1
    size -= 1
    place = heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        left = heap[below]
        if below + 1 < size:
            right = heap[below + 1]
            if due[right] < due[left] or (due[right] == due[left] and right < left):
                below += 1
                left = right
        if due[place] < due[left] or (due[place] == due[left] and place < left):
            break
        heap[at] = left
        position[left] = at
        at = below
    if size > 0 and place != top:
        heap[at] = place
        position[place] = at
    return top


@njit(cache=True, nogil=True)
def spread_edges(  # noqa: C901, PLR0912, PLR0915 - one hot loop
    begin: np.ndarray,
    target: np.ndarray,
    rate: np.ndarray,
    external: np.ndarray,
    seeds: np.ndarray,
    seed_time: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    horizon: float,
    times: np.ndarray,
    reached: np.ndarray,
) -> np.ndarray:
    """Simulate runs ``first`` to ``last`` on a network in compressed rows.

    Parameters
    ----------
    begin, target, rate : compressed rows (n + 1, edges, edges), rates summed over channels
    external : n
    seeds, seed_time : seeds and when each adopts
    keys : n, noise keys
    seed, first, last, horizon : as on dense networks
    times : runs x n to fill, or 0 x n when times are not kept
    reached : n, to which the runs that reach a place are added

    Returns
    -------
    runs, number of places reached in each
    """
    n = begin.size - 1
    keep = times.shape[0] > 0
    sizes = np.zeros(last - first, np.int64)
    a = np.zeros(n)
    h = np.zeros(n)
    due = np.full(n, np.inf)
    state = np.zeros(n, np.int8)  # 0 untouched, 1 waiting, 2 adopted
    heap = np.empty(n, np.uint32)
    position = np.full(n, -1, np.int32)
    touched = np.empty(n, np.uint32)
    outside = external.any()
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        size = 0
        known = 0
        if outside:
            for j in range(n):
                if external[j] > 0.0:
                    a[j] = -np.log(uniform(bits, keys[j]))
                    h[j] = external[j]
                    due[j] = a[j] / h[j]
                    state[j] = 1
                    touched[known] = j
                    known += 1
                    heap[size] = j
                    _rise(heap, position, due, size)
                    size += 1
        for s in range(seeds.size):
            j = seeds[s]
            if state[j] == 0:
                touched[known] = j
                known += 1
                a[j] = np.inf
                state[j] = 1
            if seed_time[s] < due[j]:
                due[j] = seed_time[s]
                if position[j] < 0:
                    heap[size] = j
                    position[j] = size
                    size += 1
                _rise(heap, position, due, position[j])
        while size > 0 and due[heap[0]] <= horizon:
            i = _pop(heap, position, due, size)
            size -= 1
            now = due[i]
            state[i] = 2
            sizes[r] += 1
            reached[i] += 1
            if keep:
                times[r, i] = now
            for e in range(begin[i], begin[i + 1]):
                j = target[e]
                if state[j] == 2 or rate[e] <= 0.0:
                    continue
                if state[j] == 0:
                    state[j] = 1
                    touched[known] = j
                    known += 1
                    a[j] = -np.log(uniform(bits, keys[j]))
                elif a[j] == np.inf:
                    # a seed that waits may be reached before its time
                    a[j] = -np.log(uniform(bits, keys[j]))
                a[j] += rate[e] * now
                h[j] += rate[e]
                when = max(a[j] / h[j], now)
                if when < due[j]:
                    due[j] = when
                    if position[j] < 0:
                        heap[size] = j
                        position[j] = size
                        size += 1
                    _rise(heap, position, due, position[j])
        for k in range(known):
            j = touched[k]
            state[j] = 0
            a[j] = 0.0
            h[j] = 0.0
            due[j] = np.inf
            position[j] = -1
    return sizes
