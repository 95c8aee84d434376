"""Work out sums, ties and ranks of many runs in compiled loops, one run after the other.

Runs are rows, places columns; ``order`` holds the places of each run from the lowest score to the highest.
"""

import numpy as np
from numba import njit

__all__ = ["rank_tied_runs", "sum_runs", "top_of_ties"]


@njit(cache=True, nogil=True)
def sum_runs(
    values: np.ndarray, shares: np.ndarray, opens: np.ndarray, members: np.ndarray, nodes: np.ndarray, found: np.ndarray
) -> None:
    """Fill weighted sums up a tree, runs x places.

    ``values`` is indicators x places, ``shares`` runs x parts. Family f has the parts
    ``members[opens[f]:opens[f + 1]]`` and is part ``nodes[f]``; the last is the index.
    """
    known = np.empty((shares.shape[1], values.shape[1]))
    known[: values.shape[0]] = values
    for run in range(shares.shape[0]):
        for family in range(nodes.size):
            total = found[run] if family == nodes.size - 1 else known[nodes[family]]
            for number in range(opens[family], opens[family + 1]):
                part, share = known[members[number]], shares[run, members[number]]
                if number == opens[family]:
                    for i in range(total.size):
                        total[i] = share * part[i]
                else:
                    for i in range(total.size):
                        total[i] += share * part[i]


@njit(cache=True, nogil=True)
def top_of_ties(scores: np.ndarray, order: np.ndarray, tolerance: float, tops: np.ndarray) -> None:
    """Fill for each value in rising order the position of the highest that it is tied with.

    Tied are neighbors within the tolerance, and who is tied with them.
    """
    last = order.shape[1] - 1
    for run in range(order.shape[0]):
        row, at, top = scores[run], order[run], tops[run]
        above = row[at[last]]
        gap = tolerance * max(1.0, abs(row[at[0]]), abs(above))
        top[last] = last
        for i in range(last - 1, -1, -1):
            value = row[at[i]]
            top[i] = i if above - value > gap else top[i + 1]
            above = value


@njit(cache=True, nogil=True)
def rank_tied_runs(order: np.ndarray, tops: np.ndarray, ties: str, ranks: np.ndarray) -> None:
    """Fill the ranks of the places, 1 for the highest value; ``ties`` as for `rank_descending`."""
    count = order.shape[1]
    for run in range(order.shape[0]):
        at, top, group, last = order[run], tops[run], 0, count - 1
        while last >= 0:
            first = last
            while first > 0 and top[first - 1] == last:
                first -= 1
            group += 1
            best, worst = count - last, count - first
            rank = best if ties == "min" else worst if ties == "max" else (best + worst) / 2.0
            for i in range(first, last + 1):
                ranks[run, at[i]] = group if ties == "dense" else rank
            last = first - 1
