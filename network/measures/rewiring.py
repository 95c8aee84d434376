"""Rewire ties in compiled code so that every place keeps its number of ties."""

import numpy as np
from numba import njit

__all__ = ["latticize", "rewire"]


@njit(cache=True, nogil=True)
def rewire(ties: np.ndarray, edges: np.ndarray, draws: np.ndarray, flips: np.ndarray) -> int:
    """Swap the ends of pairs of ties in place and return how many swaps were made.

    Parameters
    ----------
    ties : n x n bool, changed in place; symmetric if undirected
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
        if a in (c, d) or b in (c, d) or ties[a, d] or ties[c, b]:
            continue
        _swap(ties, edges, e, f, a, b, c, d, directed)
        made += 1
    return made


@njit(cache=True, nogil=True)
def latticize(ties: np.ndarray, edges: np.ndarray, draws: np.ndarray, flips: np.ndarray) -> int:
    """Swap the ends of undirected ties in place unless that takes them apart on the ring of places.

    Returns by how many steps on the ring all ties together became shorter.
    """
    n = len(ties)
    shorter = 0
    for t in range(len(draws)):
        e, f = draws[t, 0], draws[t, 1]
        a, b = edges[e, 0], edges[e, 1]
        c, d = edges[f, 0], edges[f, 1]
        if flips[t] == 1:
            c, d = d, c
        if a in (c, d) or b in (c, d) or ties[a, d] or ties[c, b]:
            continue
        gain = _ring(a, b, n) + _ring(c, d, n) - _ring(a, d, n) - _ring(c, b, n)
        if gain < 0:
            continue
        _swap(ties, edges, e, f, a, b, c, d, False)
        shorter += gain
    return shorter


@njit(cache=True, nogil=True)
def _ring(i: int, j: int, n: int) -> int:
    step = abs(i - j)
    return min(step, n - step)


@njit(cache=True, nogil=True)
def _swap(
    ties: np.ndarray,
    edges: np.ndarray,
    e: int,
    f: int,
    a: int,
    b: int,
    c: int,
    d: int,
    directed: bool,  # noqa: FBT001 - compiled code takes plain positions
) -> None:
    ties[a, b] = False
    ties[c, d] = False
    ties[a, d] = True
    ties[c, b] = True
    if not directed:
        ties[b, a] = False
        ties[d, c] = False
        ties[d, a] = True
        ties[b, c] = True
    edges[e, 1] = d
    edges[f, 0] = c
    edges[f, 1] = b
