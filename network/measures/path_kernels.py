"""Follow all shortest paths of a weighted network in compiled code: one search from each place serves every measure.

Two lengths a and b are equal when abs(a - b) < 1e-10 (a + b), the comparison of igraph, so that ties broken by rounding
are ties again. Searches are shared out in a fixed way, whatever the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from scipy import sparse

__all__ = ["follow_paths"]

_TIE = 1e-10
_PARTS = 16


def follow_paths(length: sparse.csr_array, *, between: bool) -> np.ndarray:
    """Return five rows: pairs through each place, and number, sum, sum of inverses and maximum of paths that end at it.

    Pairs are counted in order, shares where there are several shortest paths (Brandes 2001); 0 unless ``between``.
    """
    n = length.shape[0]

    def search(part: int) -> np.ndarray:
        sums = np.zeros((5, n))
        _search(length.indptr, length.indices, np.asarray(length.data, dtype=float), part, sums, between)
        return sums

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(threads.map(search, range(min(_PARTS, n))))
    found = np.sum(parts, axis=0) if parts else np.zeros((5, n))
    found[4] = np.max([part[4] for part in parts], axis=0, initial=0.0) if parts else 0.0
    return found


@njit(cache=True, nogil=True)
def _search(  # noqa: C901, PLR0912 - one hot loop
    start: np.ndarray,
    targets: np.ndarray,
    lengths: np.ndarray,
    part: int,
    sums: np.ndarray,
    between: bool,  # noqa: FBT001 - compiled
) -> None:
    n = len(start) - 1
    far, ways, share = np.full(n, np.inf), np.zeros(n), np.zeros(n)
    settled = np.zeros(n, dtype=np.bool_)
    order = np.empty(n, dtype=np.int64)
    waiting, whose = np.empty(len(targets) + 1), np.empty(len(targets) + 1, dtype=np.int64)
    for source in range(part, n, _PARTS):
        far[source], ways[source] = 0.0, 1.0
        waiting[0], whose[0], size, reached = 0.0, source, 1, 0
        while size:
            # take the nearest from the heap
            place = whose[0]
            size -= 1
            last, who, at = waiting[size], whose[size], 0
            while 2 * at + 1 < size:
                child = 2 * at + 1
                if child + 1 < size and waiting[child + 1] < waiting[child]:
                    child += 1
                if waiting[child] >= last:
                    break
                waiting[at], whose[at] = waiting[child], whose[child]
                at = child
            waiting[at], whose[at] = last, who
            if settled[place]:
                continue
            settled[place] = True
            order[reached] = place
            reached += 1
            for e in range(start[place], start[place + 1]):
                other = targets[e]
                way, known = far[place] + lengths[e], far[other]
                if known < np.inf and abs(way - known) <= _TIE * (way + known):
                    ways[other] += ways[place]
                elif way < known:
                    far[other], ways[other] = way, ways[place]
                    at = size
                    size += 1
                    while at and waiting[(at - 1) // 2] > way:
                        waiting[at], whose[at] = waiting[(at - 1) // 2], whose[(at - 1) // 2]
                        at = (at - 1) // 2
                    waiting[at], whose[at] = way, other
        for turn in range(reached - 1, 0, -1):
            place = order[turn]
            sums[1, place] += 1.0
            sums[2, place] += far[place]
            sums[3, place] += 1.0 / far[place]
            sums[4, place] = max(sums[4, place], far[place])
            if between:
                share[place] = 0.0
                for e in range(start[place], start[place + 1]):
                    other = targets[e]
                    way, known = far[place] + lengths[e], far[other]
                    if abs(way - known) <= _TIE * (way + known):
                        share[place] += ways[place] / ways[other] * (1.0 + share[other])
                sums[0, place] += share[place]
        for turn in range(reached):
            far[order[turn]], settled[order[turn]] = np.inf, False
