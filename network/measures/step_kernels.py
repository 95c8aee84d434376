"""Count steps from place to place in compiled code: those that end at each place, and those among its neighbors."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from scipy import sparse

__all__ = ["efficiency_by_steps", "steps_towards"]

# bits of a word, and the mask of a position in it
_BITS, _LAST, _SHIFT = 64, 63, 6
# steps that are counted each, beyond which places are searched for one by one
_STEPS = 64


def steps_towards(start: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return how many places reach each, the sum of their steps, that of the inverses, and the largest number.

    ``targets[start[i] : start[i + 1]]`` are the places one step behind i. Sixty-four places set out at once, a bit for
    each, so that what they share is walked once (Then et al. 2014, multi-source breadth-first search); where paths are
    long, and little is shared, each place is searched for alone.
    """
    n = len(start) - 1
    batches = range(0, n, _BITS)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = min(len(batches), 4 * (os.cpu_count() or 1))
        drawn = [batches[part::parts] for part in range(parts)]
        counted = list(threads.map(lambda some: _batches(start, targets, some.start, some.step), drawn))
    found = sum((steps for steps, _ in counted), np.zeros((n, _STEPS), dtype=np.int64))
    if not all(done for _, done in counted):
        before = sparse.csr_array((np.ones(len(targets)), targets, start), shape=(n, n)).T.tocsr()
        return _one_by_one(before.indptr, before.indices)
    number = np.arange(1, _STEPS + 1)
    inverse, farthest = np.zeros(n), np.zeros(n)
    for step in number:
        # in the order of steps, whatever the order of places
        inverse += found[:, step - 1] / step
        farthest[found[:, step - 1] > 0] = step
    return found.sum(axis=1), (found @ number).astype(float), inverse, farthest


@njit(cache=True, nogil=True)
def _batches(  # noqa: C901 - one hot loop
    start: np.ndarray, targets: np.ndarray, first: int, stride: int
) -> tuple[np.ndarray, bool]:
    """Count for each place those that reach it in 1, 2, … steps; false where some need too many."""
    n = len(start) - 1
    found = np.zeros((n, _STEPS), dtype=np.int32)
    seen, front, following = np.zeros(n, np.uint64), np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    queue, touched = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    one, nothing = np.uint64(1), np.uint64(0)
    for begin in range(first, n, stride):
        seen[:] = nothing
        size = min(_BITS, n - begin)
        for i in range(size):
            bit = one << np.uint64(i)
            seen[begin + i], front[begin + i], queue[i] = bit, bit, begin + i
        step = 0
        while size:
            if step == _STEPS:
                return found, False
            reached = 0
            for at in range(size):
                bits = front[queue[at]]
                for e in range(start[queue[at]], start[queue[at] + 1]):
                    place = targets[e]
                    if bits & ~seen[place]:
                        if following[place] == nothing:
                            touched[reached] = place
                            reached += 1
                        following[place] |= bits
            for at in range(size):
                front[queue[at]] = nothing
            for at in range(reached):
                place = touched[at]
                bits = following[place] & ~seen[place]
                following[place] = nothing
                seen[place] |= bits
                front[place] = bits
                found[place, step] += np.int32(_ones(np.uint64(bits)))
                queue[at] = place
            size = reached
            step += 1
    return found, True


@njit(cache=True, nogil=True)
def _ones(bits: np.uint64) -> np.uint64:
    """Count the bits that are set."""
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (bits * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True)
def _one_by_one(start: np.ndarray, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the same, searching backwards: ``sources`` are the places one step before i."""
    n = len(start) - 1
    count, distance = np.zeros(n, dtype=np.int64), np.zeros(n)
    inverse, farthest = np.zeros(n), np.zeros(n)
    queue, seen = np.empty(n, dtype=np.int64), np.full(n, -1)
    for end in range(n):
        queue[0], seen[end] = end, end
        first, last, step = 0, 1, 0
        while first < last < n:
            step += 1
            stop = last
            for at in range(first, stop):
                place = queue[at]
                for e in range(start[place], start[place + 1]):
                    other = sources[e]
                    if seen[other] != end:
                        seen[other] = end
                        queue[last] = other
                        last += 1
                if last == n:
                    break
            first = stop
            found = last - stop
            if found:
                distance[end] += found * step
                inverse[end] += found / step
                farthest[end] = step
        count[end] = last - 1
    return count, distance, inverse, farthest


@njit(cache=True, nogil=True)
def efficiency_by_steps(  # noqa: C901, PLR0912 - one hot loop
    start: np.ndarray, targets: np.ndarray, around_start: np.ndarray, around: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Return for each of some places the mean inverse number of steps among its neighbors; 0 with fewer than two.

    ``targets`` are the ends of ties, ``around`` the neighbors, place by place. Steps may lead over neighbors alone.
    """
    result = np.zeros(len(places))
    position = np.full(len(start) - 1, -1)
    for turn in range(len(places)):
        members = around[around_start[places[turn]] : around_start[places[turn] + 1]]
        k = len(members)
        if k < 2:
            continue
        for i in range(k):
            position[members[i]] = i
        first = np.zeros(k + 1, dtype=np.int64)
        for i in range(k):
            first[i + 1] = first[i]
            for e in range(start[members[i]], start[members[i] + 1]):
                if position[targets[e]] >= 0:
                    first[i + 1] += 1
        ends = np.empty(first[k], dtype=np.int64)
        at = 0
        for i in range(k):
            for e in range(start[members[i]], start[members[i] + 1]):
                if position[targets[e]] >= 0:
                    ends[at] = position[targets[e]]
                    at += 1
        for i in range(k):
            position[members[i]] = -1
        if len(ends) == k * (k - 1):
            result[turn] = 1.0
        elif len(ends):
            # a row of bits is quicker than a list of as many ends as it has words
            reached = _by_lists(first, ends) if len(ends) * _BITS < k * k else _by_bits(first, ends)
            total = 0.0
            for step in range(1, k):
                total += reached[step] / step
            result[turn] = total / (k * (k - 1.0))
    return result


@njit(cache=True, nogil=True)
def _by_lists(first: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Count the ordered pairs at each number of steps."""
    k = len(first) - 1
    reached = np.zeros(k, dtype=np.int64)
    queue, seen = np.empty(k, dtype=np.int64), np.full(k, -1)
    for source in range(k):
        queue[0], seen[source] = source, source
        begin, last, step = 0, 1, 0
        while begin < last:
            step += 1
            stop = last
            for at in range(begin, stop):
                for e in range(first[queue[at]], first[queue[at] + 1]):
                    if seen[ends[e]] != source:
                        seen[ends[e]] = source
                        queue[last] = ends[e]
                        last += 1
            begin = stop
            if last > stop:
                reached[step] += last - stop
    return reached


@njit(cache=True, nogil=True)
def _by_bits(  # noqa: C901, PLR0912 - one hot loop
    first: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """Count the same with a bit for each pair: a place is next if any before it was reached last."""
    k = len(first) - 1
    words = (k + _LAST) >> _SHIFT
    into = np.zeros((k, words), dtype=np.uint64)
    one = np.uint64(1)
    for i in range(k):
        for e in range(first[i], first[i + 1]):
            into[ends[e], i >> _SHIFT] |= one << np.uint64(i & _LAST)
    reached = np.zeros(k, dtype=np.int64)
    left, seen = np.empty(k, dtype=np.int64), np.full(k, -1)
    front, following = np.zeros(words, dtype=np.uint64), np.zeros(words, dtype=np.uint64)
    for source in range(k):
        front[:] = 0
        seen[source] = source
        for e in range(first[source], first[source + 1]):
            seen[ends[e]] = source
            front[ends[e] >> _SHIFT] |= one << np.uint64(ends[e] & _LAST)
        found = first[source + 1] - first[source]
        reached[1] += found
        remaining = 0
        for i in range(k):
            if seen[i] != source:
                left[remaining] = i
                remaining += 1
        step = 1
        while found and remaining:
            step += 1
            found, still = 0, 0
            following[:] = 0
            for at in range(remaining):
                i = left[at]
                meets = False
                for word in range(words):
                    if into[i, word] & front[word]:
                        meets = True
                        break
                if meets:
                    following[i >> _SHIFT] |= one << np.uint64(i & _LAST)
                    found += 1
                else:
                    left[still] = i
                    still += 1
            remaining = still
            front, following = following, front
            if found:
                reached[step] += found
    return reached
