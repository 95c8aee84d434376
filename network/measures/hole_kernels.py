"""Sum what passes through shared contacts in compiled code, place by place.

``contacts[start[i] : start[i + 1]]`` are the contacts of i, ``share`` and ``marginal`` p and m at each of them.
"""

import numpy as np
from numba import njit

__all__ = ["hole_reach", "hole_redundancy"]


@njit(cache=True, nogil=True)
def hole_reach(start: np.ndarray, contacts: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return sum_q p[i, q] p[q, j] at every contact j of i."""
    n = len(start) - 1
    through, owner = np.zeros(n), np.full(n, -1)
    reach = np.empty(len(share))
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            owner[contacts[e]] = i
            through[contacts[e]] = 0.0
        # contacts q of i in order, so that every sum has one order
        for e in range(start[i], start[i + 1]):
            q, own = contacts[e], share[e]
            for f in range(start[q], start[q + 1]):
                if owner[contacts[f]] == i:
                    through[contacts[f]] += own * share[f]
        for e in range(start[i], start[i + 1]):
            reach[e] = through[contacts[e]]
    return reach


@njit(cache=True, nogil=True)
def hole_redundancy(start: np.ndarray, contacts: np.ndarray, share: np.ndarray, marginal: np.ndarray) -> np.ndarray:
    """Return sum_jq p[i, q] m[j, q] of every place i."""
    n = len(start) - 1
    own, owner = np.zeros(n), np.full(n, -1)
    redundant = np.zeros(n)
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            owner[contacts[e]] = i
            own[contacts[e]] = share[e]
        for e in range(start[i], start[i + 1]):
            j = contacts[e]
            for f in range(start[j], start[j + 1]):
                if owner[contacts[f]] == i:
                    redundant[i] += own[contacts[f]] * marginal[f]
    return redundant
