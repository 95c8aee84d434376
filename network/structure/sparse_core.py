"""Fit cores to networks too large for a matrix of all pairs: sums over ties, and closed forms for pairs without one."""

import numpy as np
from numba import njit
from scipy import sparse

from ..flows.too_large import bytes_of, check_work
from ..measures.rewiring import rewire, tied_pairs
from .core_search import fit_of

__all__ = [
    "best_of_climbs",
    "both_ways",
    "check_test",
    "rewired",
    "shuffled",
    "sparse_descend",
    "sparse_fit",
    "spread_over_pairs",
]

# null networks times ties in both directions, and what each takes in seconds
_TEST_WORK = 20_000_000
_TEST_SECONDS = 1e-5


def check_test(n: int, ties: sparse.csr_array, null: str, null_networks: int, *, directed: bool) -> None:
    """Refuse a test that would take more than some minutes or more than the memory allowed."""
    entries = ties.nnz * (2 if directed else 1)
    check_work(
        f"a test of the core against {null_networks} null networks",
        n,
        ties.nnz // (1 if directed else 2),
        f"pass test=False, or null='pairs' and null_networks={max(int(_TEST_WORK // entries), 1)}, or take the "
        "backbone first",
        memory=bytes_of(n * n / 8, each=1) + bytes_of(entries, arrays=48)
        if null == "degree"
        else bytes_of(entries, arrays=16),
        work=float(null_networks) * entries,
        second=1 / _TEST_SECONDS,
        most_work=_TEST_WORK,
    )


def spread_over_pairs(ties: sparse.csr_array) -> float:
    """Return the standard deviation of a tie over ordered pairs of different places."""
    pairs = ties.shape[0] * (ties.shape[0] - 1.0)
    mean = ties.sum() / pairs
    return float(np.sqrt(max((ties.data**2).sum() / pairs - mean**2, 0.0)))


def both_ways(ties: sparse.csr_array) -> sparse.csr_array:
    """Average both directions."""
    return sparse.csr_array((ties + ties.T) / 2)


def sparse_descend(weights: sparse.csr_array, c: np.ndarray, rounds: int, tolerance: float) -> None:
    """Minimize over one place at a time, in place, until nothing changes or the rounds end."""
    _descend(weights.indptr, weights.indices, weights.data, c, rounds, tolerance)


def sparse_fit(ties: sparse.csr_array, c: np.ndarray) -> float:
    """Correlate the ties with c[i] c[j] over pairs: sums of products of c have a closed form."""
    pairs = len(c) * (len(c) - 1.0)
    squares = c**2
    mean, ideal = ties.sum() / pairs, (c.sum() ** 2 - squares.sum()) / pairs
    variance = (ties.data**2).sum() / pairs - mean**2
    ideal_variance = (squares.sum() ** 2 - (squares**2).sum()) / pairs - ideal**2
    return float((c @ (ties @ c) / pairs - mean * ideal) / np.sqrt(variance * ideal_variance))


def best_of_climbs(
    weights: sparse.csr_array, spread: float, random: np.random.Generator, runs: int
) -> list[tuple[float, np.ndarray]]:
    """Climb from the best core of strongest places and from random ones."""
    n = weights.shape[0]
    strength = weights.sum(axis=1)
    by_strength = np.argsort(-strength, kind="stable")
    rank = np.empty(n, dtype=int)
    rank[by_strength] = np.arange(n)
    ends = weights.tocoo()
    # a tie lies within the k strongest from the rank of its weaker end on
    inner = np.cumsum(np.bincount(np.maximum(rank[ends.row], rank[ends.col]), weights=ends.data / 2, minlength=n))
    covered = np.cumsum(strength[by_strength]) - inner
    total = weights.sum() / 2
    fits = [fit_of(covered[k - 1], k, n, total, spread) for k in range(1, n - 1)]
    first = np.zeros(n, dtype=bool)
    first[by_strength[: int(np.argmax(fits)) + 1]] = True
    starts = [first, *(random.random(n) < random.random() for _ in range(runs))]
    return [_climb(weights.indptr, weights.indices, weights.data, start, spread) for start in starts]


def shuffled(ties: sparse.csr_array, random: np.random.Generator, *, directed: bool) -> sparse.csr_array:
    """Lay the ties on pairs drawn at random, no pair twice."""
    n = ties.shape[0]
    weights = ties.data if directed else sparse.triu(ties).data
    cells = np.zeros(0, dtype=np.int64)
    while len(cells) < len(weights):
        i, j = random.integers(0, n, (2, 2 * len(weights)))
        if not directed:
            i, j = np.minimum(i, j), np.maximum(i, j)
        cells = np.unique(np.concatenate([cells, (i * n + j)[i != j]]))
    cells = random.choice(cells, size=len(weights), replace=False)
    return _filled(n, cells // n, cells % n, weights, directed=directed)


def rewired(ties: sparse.csr_array, random: np.random.Generator, *, directed: bool) -> sparse.csr_array:
    """Swap the ends of ties, so that every place keeps their number, and shuffle the weights among them."""
    n = ties.shape[0]
    entries = ties.tocoo() if directed else sparse.triu(ties).tocoo()
    edges = np.column_stack([entries.row, entries.col]).astype(np.int64)
    weights = random.permutation(entries.data)
    attempts = random.integers(0, len(edges), (20 * len(edges), 2))
    flips = np.zeros(0, int) if directed else random.integers(0, 2, len(attempts))
    rewire(tied_pairs(edges, n, directed), edges, attempts, flips)
    return _filled(n, edges[:, 0], edges[:, 1], weights, directed=directed)


def _filled(n: int, i: np.ndarray, j: np.ndarray, values: np.ndarray, *, directed: bool) -> sparse.csr_array:
    half = sparse.csr_array((values, (i, j)), shape=(n, n))
    return half if directed else sparse.csr_array(half + half.T)


@njit(cache=True, nogil=True)
def _descend(
    start: np.ndarray, columns: np.ndarray, weights: np.ndarray, c: np.ndarray, rounds: int, tolerance: float
) -> None:
    n = len(c)
    for _ in range(rounds):
        squares, moved, largest = 0.0, 0.0, 0.0
        for i in range(n):
            squares += c[i] ** 2
        for i in range(n):
            others = squares - c[i] ** 2
            pull = 0.0
            for e in range(start[i], start[i + 1]):
                pull += weights[e] * c[columns[e]]
            new = pull / others if others > 0 else 0.0
            moved = max(moved, abs(new - c[i]))
            largest = max(largest, abs(new))
            squares = others + new**2
            c[i] = new
        if moved <= tolerance * largest:
            return


@njit(cache=True, nogil=True)
def _place(tree: np.ndarray, leaf: int, value: float) -> None:
    """Set a leaf of a tree in which every node holds the larger of the two below."""
    at = len(tree) // 2 + leaf
    tree[at] = value
    at //= 2
    while at:
        larger = max(tree[2 * at], tree[2 * at + 1])
        if tree[at] == larger:
            return
        tree[at] = larger
        at //= 2


@njit(cache=True, nogil=True)
def _top(tree: np.ndarray) -> int:
    """Return the first leaf that holds the largest value."""
    at, half = 1, len(tree) // 2
    while at < half:
        at = 2 * at if tree[2 * at] >= tree[2 * at + 1] else 2 * at + 1
    return at - half


@njit(cache=True, nogil=True)
def _climb(  # noqa: C901, PLR0912, PLR0915 - one hot loop
    first: np.ndarray, columns: np.ndarray, weights: np.ndarray, start: np.ndarray, spread: float
) -> tuple[float, np.ndarray]:
    """Improve a core by passes in which every place changes sides once (Kernighan & Lin).

    Of all places that could join, the one that covers most new weight is best, and of all that could leave the one
    whose weight is covered most by others; two trees keep them on top.
    """
    n = len(start)
    leaves = 1
    while leaves < n:
        leaves *= 2
    strength = np.zeros(n)
    for i in range(n):
        for e in range(first[i], first[i + 1]):
            strength[i] += weights[e]
    total = strength.sum() / 2.0
    best = start.copy()
    top = -2.0
    moves = np.zeros(n, dtype=np.int64)
    while True:
        core = best.copy()
        size = core.sum()
        gain = strength.copy()
        covered = 0.0
        for i in range(n):
            for e in range(first[i], first[i + 1]):
                if core[columns[e]]:
                    gain[i] -= weights[e]
            if core[i]:
                covered += 0.5 * (strength[i] + gain[i])
        joining, leaving = np.full(2 * leaves, -np.inf), np.full(2 * leaves, -np.inf)
        for i in range(n):
            if core[i]:
                leaving[leaves + i] = -gain[i]
            else:
                joining[leaves + i] = gain[i]
        for at in range(leaves - 1, 0, -1):
            joining[at] = max(joining[2 * at], joining[2 * at + 1])
            leaving[at] = max(leaving[2 * at], leaving[2 * at + 1])
        top = max(top, fit_of(covered, size, n, total, spread))
        free = np.ones(n, dtype=np.bool_)
        kept = 0
        for move in range(n):
            more, less = -3.0, -3.0
            if joining[1] > -np.inf:
                more = fit_of(covered + joining[1], size + 1, n, total, spread)
            if leaving[1] > -np.inf:
                less = fit_of(covered + leaving[1], size - 1, n, total, spread)
            joins = more >= less
            pick, step, value = (_top(joining), 1, more) if joins else (_top(leaving), -1, less)
            covered += step * gain[pick]
            size += step
            core[pick] = joins
            free[pick] = False
            _place(joining if joins else leaving, pick, -np.inf)
            for e in range(first[pick], first[pick + 1]):
                j = columns[e]
                gain[j] -= step * weights[e]
                if free[j]:
                    if core[j]:
                        _place(leaving, j, -gain[j])  # type: ignore[arg-type]
                    else:
                        _place(joining, j, gain[j])  # type: ignore[arg-type]
            moves[move] = pick
            if value > top + 1e-12:
                top, kept = value, move + 1
        if not kept:
            return top, best
        for move in range(kept):
            best[moves[move]] = not best[moves[move]]
