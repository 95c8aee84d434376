"""Run cascades in rounds in compiled code: linear and fixed thresholds, and the independent cascade on sparse networks.

All three accumulate: a place carries a level that every new adopter among its sources raises, and adopts when the
level reaches 1. An independent cascade multiplies the uniform draw u by 1 / (1 - p) for each source, since a place
escapes all its sources with probability prod(1 - p); a linear threshold adds weights to 1 - u, and a fixed threshold
adds weights, as shares of the threshold, to next to nothing.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

from ..model.random_numbers import run_bits, uniform

__all__ = ["CASCADE", "FIXED", "THRESHOLD", "cascade_edges", "cascade_flood", "plant", "thresholds_dense"]

CASCADE, THRESHOLD, FIXED = 0, 1, 2

# shares of a threshold that add up to 1 but for rounding reach it, in whatever order they come
_SLACK = 1e-12
# adopters of a round are a crowd from this part of all places on: they pass on in order of place, so that the network
# is read from beginning to end
_CROWD = 32


@njit(cache=True, nogil=True, inline="always")
def _level(model: int, bits: np.uint64, key: np.uint64) -> float:
    """Return the level a place starts with: adopting at 1, it needs the rest from its sources."""
    if model == CASCADE:
        return uniform(bits, key)
    if model == THRESHOLD:
        return 1.0 - uniform(bits, key)
    return _SLACK


@njit(cache=True, nogil=True)
def plant(level: np.ndarray, gone: float, seeds: np.ndarray, order: np.ndarray, rounds: np.ndarray, r: int) -> int:
    """Let the seeds of a run adopt in round 0, marking their levels; return how many they are."""
    size = 0
    for j in seeds:
        if level[j] != gone:
            level[j] = gone
            order[size] = j
            size += 1
            if rounds.shape[0] > 0:
                rounds[r, j] = 0.0
    return size


@njit(cache=True, nogil=True)
def _add(level: np.ndarray, weight: np.ndarray, i: int) -> None:
    for j in range(level.size):
        level[j] += weight[i, j]


@njit(cache=True, nogil=True)
def thresholds_dense(
    weight: np.ndarray,
    model: int,
    seeds: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    most: int,
    rounds: np.ndarray,
    reached: np.ndarray,
) -> np.ndarray:
    """Run threshold cascades ``first`` to ``last`` on a dense network.

    Parameters
    ----------
    weight : n x n, rows are sources
    model : `THRESHOLD` or `FIXED`
    seeds : places that adopt in round 0
    keys, seed, first, last : noise
    most : last round
    rounds : runs x n to fill with the round of adoption, or 0 x n
    reached : n, to which the runs that reach a place are added

    Returns
    -------
    runs, number of places reached in each
    """
    n = weight.shape[0]
    keep = rounds.shape[0] > 0
    sizes = np.zeros(last - first, np.int64)
    level = np.empty(n)
    order = np.empty(n, np.int64)
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        for j in range(n):
            level[j] = _level(model, bits, keys[j])
        size = plant(level, -np.inf, seeds, order, rounds, r)
        head = 0
        step = 0
        while head < size < n and step < most:
            step += 1
            tail = size
            while head < tail:
                _add(level, weight, order[head])
                head += 1
            for j in range(n):
                if level[j] >= 1.0:
                    level[j] = -np.inf
                    order[size] = j
                    size += 1
                    if keep:
                        rounds[r, j] = step
        sizes[r] = size
        for k in range(size):
            reached[order[k]] += 1
    return sizes


@njit(cache=True, nogil=True)
def cascade_edges(  # noqa: C901 - one hot loop
    begin: np.ndarray,
    target: np.ndarray,
    push: np.ndarray,
    model: int,
    seeds: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    most: int,
    rounds: np.ndarray,
    reached: np.ndarray,
) -> np.ndarray:
    """Run cascades ``first`` to ``last`` on a network in compressed rows; as `thresholds_dense`.

    ``push`` holds one value an edge, or a single one for all: factors 1 / (1 - p) of a cascade (finite), or weights.
    """
    n = begin.size - 1
    keep = rounds.shape[0] > 0
    stride = 1 if push.size == target.size else 0
    sizes = np.zeros(last - first, np.int64)
    # not a number where untouched
    level = np.full(n, np.nan)
    order = np.empty(n, np.uint32)
    touched = np.empty(n, np.uint32)
    gone = 0.0 if model == CASCADE else -np.inf
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        size = plant(level, gone, seeds, order, rounds, r)
        known = 0
        head = 0
        step = 0
        while head < size and step < most:
            step += 1
            tail = size
            for k in range(head, tail):
                i = order[k]
                for e in range(begin[i], begin[i + 1]):
                    j = target[e]
                    at = level[j]
                    if np.isnan(at):
                        at = _level(model, bits, keys[j])
                        touched[known] = j
                        known += 1
                    at = at * push[e * stride] if model == CASCADE else at + push[e * stride]
                    level[j] = at
                    if at >= 1.0:
                        level[j] = gone
                        order[size] = j
                        size += 1
                        if keep:
                            rounds[r, j] = step
            head = tail
            if (size - head) * _CROWD > n:
                order[head:size].sort()
        sizes[r] = size
        for k in range(known):
            level[touched[k]] = np.nan
        for k in range(size):
            level[order[k]] = np.nan
            reached[order[k]] += 1
    return sizes


@njit(cache=True, nogil=True)
def _pass_on(
    begin: np.ndarray, target: np.ndarray, push: np.ndarray, model: int, level: np.ndarray, adopters: np.ndarray
) -> None:
    """Raise the levels of all that adopters reach."""
    stride = 1 if push.size == target.size else 0
    for i in adopters:
        for e in range(begin[i], begin[i + 1]):
            if model == CASCADE:
                level[target[e]] *= push[e * stride]
            else:
                level[target[e]] += push[e * stride]


@njit(cache=True, nogil=True)
def cascade_flood(  # noqa: C901 - one hot loop
    begin: np.ndarray,
    target: np.ndarray,
    push: np.ndarray,
    model: int,
    seeds: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    most: int,
    rounds: np.ndarray,
    reached: np.ndarray,
) -> np.ndarray:
    """Run cascades as `cascade_edges` does, to the same bits, faster where they reach much of the network.

    All levels are drawn at the start, and the inner loop has no branch: a place is written down whether it adopts or
    not, to be written over if it does not. What a crowd has reached is looked up afterwards, place by place.
    """
    n = begin.size - 1
    keep = rounds.shape[0] > 0
    stride = 1 if push.size == target.size else 0
    sizes = np.zeros(last - first, np.int64)
    level = np.empty(n)
    order = np.empty(n + 1, np.uint32)
    gone = 0.0 if model == CASCADE else -np.inf
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        for j in range(n):
            level[j] = _level(model, bits, keys[j])
        size = plant(level, gone, seeds, order, rounds, r)
        head = 0
        step = 0
        while head < size and step < most:
            step += 1
            tail = size
            if (tail - head) * _CROWD > n:
                _pass_on(begin, target, push, model, level, order[head:tail])
                for j in range(n):
                    adopts = level[j] >= 1.0
                    level[j] = gone if adopts else level[j]
                    order[size] = j
                    size += adopts
            else:
                for k in range(head, tail):
                    i = order[k]
                    for e in range(begin[i], begin[i + 1]):
                        j = target[e]
                        at = level[j] * push[e * stride] if model == CASCADE else level[j] + push[e * stride]
                        adopts = at >= 1.0
                        level[j] = gone if adopts else at
                        order[size] = j
                        size += adopts
                if (size - tail) * _CROWD > n:
                    order[tail:size].sort()
            head = tail
            if keep:
                for k in range(head, size):
                    rounds[r, order[k]] = step
        sizes[r] = size
        for k in range(size):
            reached[order[k]] += 1
    return sizes
