"""Fit the continuous model of a core: the products of corenesses come as close to the ties as they can."""

from typing import Any

import numpy as np
from scipy import sparse

from ...data.errors import warn
from .sparse_core import both_ways, sparse_descend, sparse_fit

__all__ = ["concentrated", "continuous_fit", "coreness_of"]

_Matrix = np.ndarray | sparse.csr_array
_TOLERANCE, _ROUNDS, _MORE_ROUNDS = 1e-12, 2000, 100
# of a star the corenesses tend to 1 and 0 without end, and move less
_UNSETTLED = 1e-3


def continuous_fit(ties: _Matrix, coreness: np.ndarray) -> float:
    """Correlate the ties with the products of corenesses, over pairs of different places."""
    if not isinstance(ties, np.ndarray):
        return sparse_fit(ties, coreness)
    pairs = ~np.eye(len(ties), dtype=bool)
    return float(np.corrcoef(ties[pairs], np.outer(coreness, coreness)[pairs])[0, 1])


def coreness_of(ties: _Matrix) -> np.ndarray:
    """Fit c c' to the ties off the diagonal by minimizing over one place at a time.

    Warns
    -----
    InnoscapeWarning
        If the corenesses have not settled when the rounds end.
    """
    weights: Any = (ties + ties.T) / 2 if isinstance(ties, np.ndarray) else both_ways(ties)
    descend = _dense_descend if isinstance(ties, np.ndarray) else sparse_descend
    c = np.sqrt(weights.sum(axis=1) / max(weights.shape[0] - 1, 1))
    descend(weights, c, _ROUNDS, _TOLERANCE)
    found = _scaled(c)
    descend(weights, c, _MORE_ROUNDS, _TOLERANCE)
    if (moved := float(np.abs(_scaled(c) - found).max())) > _UNSETTLED:
        warn("warnings.structure.unsettled", rounds=_ROUNDS, more=_MORE_ROUNDS, moved=f"{moved:.1g}", stacklevel=3)
    return found


def _scaled(c: np.ndarray) -> np.ndarray:
    norm = np.linalg.norm(c)
    return c / norm if norm else c.copy()


def _dense_descend(weights: np.ndarray, c: np.ndarray, rounds: int, tolerance: float) -> None:
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
