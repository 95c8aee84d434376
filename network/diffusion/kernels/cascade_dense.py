"""Run independent cascades on dense networks in compiled code: single precision decides wherever it can.

A place adopts when its uniform draw, multiplied by 1 / (1 - p) for every adopter among its sources, reaches 1. Products
of single precision take half the memory and time and are off by a known share at most: (2 k + 1) roundings of 2 ** -24
for k adopters. Where that leaves a doubt, about once in a hundred thousand, the product is made again in double
precision, so no outcome depends on the shortcut.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

from ..model.random_numbers import run_bits, uniform
from .cascade_edges import plant

__all__ = ["cascade_dense"]

# twice the largest share by which one adopter more can put a product of single precision off
_SLACK = 2.0**-22
_GONE = np.float32(0.0)


@njit(cache=True, nogil=True)
def _multiply(level: np.ndarray, quick: np.ndarray, i: int) -> None:
    for j in range(level.size):
        level[j] *= quick[i, j]


@njit(cache=True, nogil=True)
def _multiply_four(level: np.ndarray, quick: np.ndarray, a: int, b: int, c: int, d: int) -> None:
    for j in range(level.size):
        level[j] *= (quick[a, j] * quick[b, j]) * (quick[c, j] * quick[d, j])


@njit(cache=True, nogil=True)
def _reaches(draw: float, push: np.ndarray, adopters: np.ndarray, j: int) -> bool:
    for i in adopters:
        draw *= push[i, j]
    return draw >= 1.0


@njit(cache=True, nogil=True)
def cascade_dense(
    push: np.ndarray,
    quick: np.ndarray,
    seeds: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    most: int,
    rounds: np.ndarray,
    reached: np.ndarray,
) -> np.ndarray:
    """Run cascades ``first`` to ``last``.

    Parameters
    ----------
    push : n x n, rows are sources: factors 1 / (1 - p), finite
    quick : the same in single precision
    seeds : places that adopt in round 0
    keys, seed, first, last : noise
    most : last round
    rounds : runs x n to fill with the round of adoption, or 0 x n
    reached : n, to which the runs that reach a place are added

    Returns
    -------
    runs, number of places reached in each
    """
    n = push.shape[0]
    keep = rounds.shape[0] > 0
    sizes = np.zeros(last - first, np.int64)
    level = np.empty(n, np.float32)
    order = np.empty(n, np.int64)
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        for j in range(n):
            level[j] = uniform(bits, keys[j])
        size = plant(level, _GONE, seeds, order, rounds, r)
        head = 0
        step = 0
        while head < size < n and step < most:
            step += 1
            tail = size
            # rows are read from farther than levels: four of them for one pass over the levels
            while head + 4 <= tail:
                _multiply_four(level, quick, order[head], order[head + 1], order[head + 2], order[head + 3])
                head += 4
            while head < tail:
                _multiply(level, quick, order[head])
                head += 1
            perhaps = np.float32(1.0 - (tail + 2) * _SLACK)
            surely = np.float32(1.0 + (tail + 2) * _SLACK)
            for j in range(n):
                # what has adopted is 0 or no number
                if level[j] >= perhaps and (
                    level[j] >= surely or _reaches(uniform(bits, keys[j]), push, order[:tail], j)
                ):
                    level[j] = _GONE
                    order[size] = j
                    size += 1
                    if keep:
                        rounds[r, j] = step
        sizes[r] = size
        for k in range(size):
            reached[order[k]] += 1
    return sizes
