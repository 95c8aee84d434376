"""Shuffle or rewire the ties of a network that is held as a matrix of all pairs."""

import numpy as np

from .rewiring import rewire, tied_pairs

__all__ = ["rewire_ties", "shuffle_ties"]


def shuffle_ties(ties: np.ndarray, random: np.random.Generator, *, directed: bool) -> np.ndarray:
    """Shuffle the ties over all pairs."""
    n = len(ties)
    cells = np.nonzero(~np.eye(n, dtype=bool)) if directed else np.triu_indices(n, 1)
    return _filled(n, (cells[0], cells[1]), random.permutation(ties[cells]), directed=directed)


def rewire_ties(ties: np.ndarray, random: np.random.Generator, *, directed: bool) -> np.ndarray:
    """Swap the ends of ties, so that every place keeps their number, and shuffle the weights among them."""
    tied = ties > 0
    edges = np.argwhere(tied if directed else np.triu(tied))
    if not len(edges):
        return ties.copy()
    weights = random.permutation(ties[edges[:, 0], edges[:, 1]])
    attempts = random.integers(0, len(edges), (20 * len(edges), 2))
    flips = np.zeros(0, int) if directed else random.integers(0, 2, len(attempts))
    rewire(tied_pairs(edges, len(ties), directed), edges, attempts, flips)
    return _filled(len(ties), (edges[:, 0], edges[:, 1]), weights, directed=directed)


def _filled(n: int, cells: tuple[np.ndarray, np.ndarray], values: np.ndarray, *, directed: bool) -> np.ndarray:
    result = np.zeros((n, n))
    result[cells] = values
    return result if directed else result + result.T
