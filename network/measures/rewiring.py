"""Rewire ties in compiled code so that every place keeps its number of ties.

Which pairs are tied is held in one bit a pair (see `tied_pairs`).
"""

import numpy as np
from numba import njit

__all__ = ["latticize", "rewire", "tied_pairs"]


@njit(cache=True, nogil=True)
def tied_pairs(edges: np.ndarray, n: int, directed: bool) -> np.ndarray:  # noqa: FBT001 - compiled
    """Return a bit for each pair of places, in rows of bytes (n x n / 8): 1 where they are tied (edges, m x 2)."""
    pairs = np.zeros((n, (n + 7) // 8), dtype=np.uint8)
    for e in range(len(edges)):
        _flip(pairs, edges[e, 0], edges[e, 1])
        if not directed:
            _flip(pairs, edges[e, 1], edges[e, 0])
    return pairs


@njit(cache=True, nogil=True)
def _is_tied(pairs: np.ndarray, i: int, j: int) -> int:
    return (pairs[i, j >> 3] >> (j & 7)) & 1


@njit(cache=True, nogil=True)
def _flip(pairs: np.ndarray, i: int, j: int) -> None:
    pairs[i, j >> 3] ^= np.uint8(1 << (j & 7))


@njit(cache=True, nogil=True)
def rewire(pairs: np.ndarray, edges: np.ndarray, draws: np.ndarray, flips: np.ndarray) -> int:
    """Swap the ends of pairs of ties in place and return how many swaps were made.

    Parameters
    ----------
    pairs : those that are tied, changed in place; symmetric if undirected
    edges : m x 2, changed in place
    draws : attempts x 2, positions of two ties
    flips : attempts, 1 to turn the second tie around first, 0 not; empty for directed ties
    """
    directed = len(flips) == 0
    made = 0
    for t in range(len(draws)):
        e, f = draws[t, 0], draws[t, 1]
        a, b = edges[e, 0], edges[e, 1]
        c, d = edges[f, 0], edges[f, 1]
        if not directed and flips[t] == 1:
            c, d = d, c
        if a in (c, d) or b in (c, d) or _is_tied(pairs, a, d) or _is_tied(pairs, c, b):
            continue
        _swap(pairs, edges, e, f, a, b, c, d, directed)
        made += 1
    return made


@njit(cache=True, nogil=True)
def latticize(pairs: np.ndarray, edges: np.ndarray, draws: np.ndarray, flips: np.ndarray) -> int:
    """Swap the ends of undirected ties in place unless that takes them apart on the ring of places.

    Returns by how many steps on the ring all ties together became shorter.
    """
    n = len(pairs)
    shorter = 0
    for t in range(len(draws)):
        e, f = draws[t, 0], draws[t, 1]
        a, b = edges[e, 0], edges[e, 1]
        c, d = edges[f, 0], edges[f, 1]
        if flips[t] == 1:
            c, d = d, c
        if a in (c, d) or b in (c, d) or _is_tied(pairs, a, d) or _is_tied(pairs, c, b):
            continue
        gain = _ring(a, b, n) + _ring(c, d, n) - _ring(a, d, n) - _ring(c, b, n)
        if gain < 0:
            continue
        _swap(pairs, edges, e, f, a, b, c, d, False)
        shorter += gain
    return shorter


@njit(cache=True, nogil=True)
def _ring(i: int, j: int, n: int) -> int:
    step = abs(i - j)
    return min(step, n - step)


@njit(cache=True, nogil=True)
def _swap(
    pairs: np.ndarray,
    edges: np.ndarray,
    e: int,
    f: int,
    a: int,
    b: int,
    c: int,
    d: int,
    directed: bool,  # noqa: FBT001 - compiled code takes plain positions
) -> None:
    _flip(pairs, a, b)
    _flip(pairs, c, d)
    _flip(pairs, a, d)
    _flip(pairs, c, b)
    if not directed:
        _flip(pairs, b, a)
        _flip(pairs, d, c)
        _flip(pairs, d, a)
        _flip(pairs, b, c)
    edges[e, 1] = d
    edges[f, 0] = c
    edges[f, 1] = b
