"""Simulate adoption in continuous time in compiled code, on sparse networks of any size.

The same construction as on dense networks. Allowances are drawn when a place is first touched, and only places that are
due within the horizon wait, on a binary heap: hazards never fall, so whoever is due once will adopt. A run costs only
what it reaches.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

from ..model.random_numbers import run_bits, uniform

__all__ = ["spread_edges"]

# what is known of a place stands in one row: allowance with rates times dates, and hazard
_A, _H = 0, 1
# where a place is, if not at a position of the heap
_UNTOUCHED, _TOUCHED, _ADOPTED = -1, -2, -3
# a due date within the horizon but for rounding is worked out
_SLACK = 1.0 + 1e-12


@njit(cache=True, nogil=True)
def _rise(heap: np.ndarray, dues: np.ndarray, where: np.ndarray, at: int, place: int, due: float) -> None:
    """Let a place rise from a position of the heap, which is free, to where it belongs."""
    while at > 0:
        above = (at - 1) >> 2
        # equal times are ordered by place, so that a heap's history does not show
        if dues[above] < due or (dues[above] == due and heap[above] < place):
            break
        heap[at] = heap[above]
        dues[at] = dues[above]
        where[heap[at]] = at
        at = above
    heap[at] = place
    dues[at] = due
    where[place] = at


@njit(cache=True, nogil=True)
def _close(heap: np.ndarray, dues: np.ndarray, where: np.ndarray, size: int) -> None:
    """Fill the first position of the heap, whose place has left; ``size`` counts those that stay."""
    place = heap[size]
    due = dues[size]
    at = 0
    while True:
        first = 4 * at + 1
        if first >= size:
            break
        best = first
        for below in range(first + 1, min(first + 4, size)):
            if dues[below] < dues[best] or (dues[below] == dues[best] and heap[below] < heap[best]):
                best = below
        if due < dues[best] or (due == dues[best] and place < heap[best]):
            break
        heap[at] = heap[best]
        dues[at] = dues[best]
        where[heap[at]] = at
        at = best
    if size > 0:
        heap[at] = place
        dues[at] = due
        where[place] = at


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
    known = np.zeros((n, 2))
    where = np.full(n, _UNTOUCHED, np.int32)
    heap = np.empty(n, np.uint32)
    dues = np.empty(n)
    touched = np.empty(n, np.uint32)
    outside = external.any()
    limit = horizon * _SLACK
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        size = 0
        met = 0
        if outside:
            for j in range(n):
                if external[j] > 0.0:
                    a = -np.log(uniform(bits, keys[j]))
                    touched[met] = j
                    met += 1
                    known[j, _A] = a
                    known[j, _H] = external[j]
                    where[j] = _TOUCHED
                    if a / external[j] <= horizon:
                        _rise(heap, dues, where, size, j, a / external[j])
                        size += 1
        for s in range(seeds.size):
            j = seeds[s]
            if where[j] == _UNTOUCHED:
                touched[met] = j
                met += 1
                # drawn when it is reached before its time
                known[j, _A] = np.inf
                where[j] = _TOUCHED
            at = where[j]
            if seed_time[s] <= horizon and (at < 0 or seed_time[s] < dues[at]):
                if at < 0:
                    at = size
                    size += 1
                _rise(heap, dues, where, at, j, seed_time[s])
        while size > 0:
            i = heap[0]
            now = dues[0]
            size -= 1
            _close(heap, dues, where, size)
            where[i] = _ADOPTED
            sizes[r] += 1
            reached[i] += 1
            if keep:
                times[r, i] = now
            for e in range(begin[i], begin[i + 1]):
                j = target[e]
                at = where[j]
                if at == _ADOPTED or rate[e] <= 0.0:
                    continue
                a = known[j, _A]
                if at == _UNTOUCHED:
                    at = _TOUCHED
                    where[j] = _TOUCHED
                    touched[met] = j
                    met += 1
                    a = -np.log(uniform(bits, keys[j]))
                elif a == np.inf:
                    a = -np.log(uniform(bits, keys[j]))
                a += rate[e] * now
                h = known[j, _H] + rate[e]
                known[j, _A] = a
                known[j, _H] = h
                if a > h * limit:
                    continue
                when = max(a / h, now)
                if when <= horizon and (at < 0 or when < dues[at]):
                    if at < 0:
                        at = size
                        size += 1
                    _rise(heap, dues, where, at, j, when)
        for k in range(met):
            j = touched[k]
            known[j, _A] = 0.0
            known[j, _H] = 0.0
            where[j] = _UNTOUCHED
    return sizes
