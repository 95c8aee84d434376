"""Take the weakest places off a network one after the other in compiled code, in time that grows with its ties."""

import numpy as np
from numba import njit

__all__ = ["peel_degrees", "peel_strengths"]


@njit(cache=True, nogil=True)
def peel_degrees(start: np.ndarray, ends: np.ndarray, back: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return the largest k of each place such that it lies in a part where all have k ties or more.

    Places stand sorted by the ties left to them, and one that loses a tie is swapped to the front of its equals. The
    ties of i are ``ends[start[i] : start[i + 1]]`` and ``sources[back[i] : back[i + 1]]``.
    """
    n = len(start) - 1
    left = np.empty(n, dtype=np.int64)
    most = 0
    for i in range(n):
        left[i] = start[i + 1] - start[i] + back[i + 1] - back[i]
        most = max(most, left[i])
    # where the places with so many ties begin
    first = np.zeros(most + 2, dtype=np.int64)
    for i in range(n):
        first[left[i] + 1] += 1
    for degree in range(most + 1):
        first[degree + 1] += first[degree]
    order, at = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    filled = first.copy()
    for i in range(n):
        at[i] = filled[left[i]]
        order[at[i]] = i
        filled[left[i]] += 1
    for turn in range(n):
        place = order[turn]
        for way in range(2):
            bounds, others = (start, ends) if way == 0 else (back, sources)
            for e in range(bounds[place], bounds[place + 1]):
                other = others[e]
                degree = left[other]
                if degree > left[place]:
                    front = max(first[degree], turn + 1)
                    swapped = order[front]
                    order[front], order[at[other]] = other, swapped
                    at[swapped], at[other] = at[other], front
                    first[degree] = front + 1
                    left[other] = degree - 1
    return left


@njit(cache=True, nogil=True)
def peel_strengths(start: np.ndarray, ends: np.ndarray, strength: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the largest s of each place such that it lies in a part where all have strength s or more.

    ``left`` holds the strength of each place, and is used up. Of equally weak places the first goes first. The least of
    each block of places is kept, so that the weakest is found without a look at all.
    """
    n = len(left)
    size = max(int(np.sqrt(n)), 1)
    least = np.full((n + size - 1) // size, np.inf)
    for i in range(n):
        least[i // size] = min(least[i // size], left[i])
    level = np.zeros(n)
    highest = 0.0
    for _ in range(n):
        block = np.argmin(least)
        place = block * size
        while left[place] != least[block]:
            place += 1
        highest = max(highest, left[place])
        level[place] = highest
        left[place] = np.inf
        for e in range(start[place], start[place + 1]):
            other = ends[e]
            left[other] -= strength[e]
            least[other // size] = min(least[other // size], left[other])
        least[block] = left[block * size : (block + 1) * size].min()
    return level
