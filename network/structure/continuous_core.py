"""Fit the continuous model of a core: the products of corenesses come as close to the ties as they can."""

import numpy as np
from scipy import sparse

from .sparse_core import sparse_coreness, sparse_fit

__all__ = ["concentrated", "continuous_fit", "coreness_of"]

_Matrix = np.ndarray | sparse.csr_array


def continuous_fit(ties: _Matrix, coreness: np.ndarray) -> float:
    """Correlate the ties with the products of corenesses, over pairs of different places."""
    if not isinstance(ties, np.ndarray):
        return sparse_fit(ties, coreness)
    pairs = ~np.eye(len(ties), dtype=bool)
    return float(np.corrcoef(ties[pairs], np.outer(coreness, coreness)[pairs])[0, 1])


def coreness_of(ties: _Matrix, tolerance: float = 1e-12, rounds: int = 2000) -> np.ndarray:
    """Fit c c' to the ties off the diagonal by minimizing over one place at a time."""
    if not isinstance(ties, np.ndarray):
        return sparse_coreness(ties)
    weights = (ties + ties.T) / 2
    c = np.sqrt(weights.sum(axis=1) / max(len(weights) - 1, 1))
    for _ in range(rounds):
        before = c.copy()
        squares = float(c @ c)
        for i in range(len(c)):
            others = squares - c[i] ** 2
            new = float(weights[i] @ c) / others if others > 0 else 0.0
            squares = others + new**2
            c[i] = new
        if np.abs(c - before).max() <= tolerance * np.abs(c).max():
            break
    norm = np.linalg.norm(c)
    return c / norm if norm else c


def concentrated(coreness: np.ndarray) -> np.ndarray:
    """Return the places of highest coreness whose 0/1 vector correlates best with coreness."""
    rounded = np.round(coreness, 12)
    levels, sizes = np.unique(-rounded, return_counts=True)
    levels, sizes = -levels[:-1], np.cumsum(sizes)[:-1]
    if not len(levels):
        return np.full(len(coreness), False)
    n = len(coreness)
    sums = np.cumsum(coreness[np.argsort(-rounded, kind="stable")])[sizes - 1]
    fits = (sums / n - sizes / n * coreness.mean()) / (np.sqrt(sizes / n * (1 - sizes / n)) * coreness.std())
    return rounded >= levels[int(np.argmax(np.round(fits, 12)))]
