"""Find leading eigenvectors and other fixed points of the strength matrix.

Wherever a leading eigenvalue is shared by several vectors, the answer is the one that repeated multiplication reaches
from equal scores; it does not depend on the order of places.
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackError, LinearOperator, eigs, eigsh

from .ties import Ties, is_full

__all__ = ["eigenvector", "fixed_point", "hits", "katz", "pagerank", "spectral_radius"]

# up to this many places the answer is found directly, with all eigenvalues, which shows whether the first is shared
_SMALL = 64
_SAME = 1e-8
# enough doublings to let the leading vectors win, few enough to keep rounding from choosing among equals
_DOUBLINGS = 26
_GONE = 1e-7
# share of the old scores kept at each multiplication
_STAY = 0.25
# multiplications before the search goes on by other means
_POWERS = 1000
_LIMIT = 10_000
_STILL = 1e-15
_ROUNDING = 1e-12


def eigenvector(ties: Ties) -> np.ndarray:
    """Return the leading eigenvector of the transposed strengths: unit length, nan without a cycle."""
    n = len(ties)
    if not _has_cycle(ties):
        return np.full(n, np.nan)
    scale = ties.strength.data.max()
    vector = np.abs(_leading(ties.strength.T / scale, symmetric=not ties.directed)[1])
    vector[vector < np.finfo(float).eps * n * vector.max()] = 0.0
    return vector / np.linalg.norm(vector)


def hits(ties: Ties) -> tuple[np.ndarray, np.ndarray]:
    """Return hub and authority scores, each summing to 1; nan without edges."""
    n = len(ties)
    if ties.strength.nnz == 0:
        return np.full(n, np.nan), np.full(n, np.nan)
    out = ties.strength / ties.strength.data.max()
    authority = np.abs(_leading_square(out))
    authority[authority < np.finfo(float).eps * n * authority.max()] = 0.0
    # where the leading value is shared, as in two-sided networks, the two would differ by side
    hub = out @ authority if ties.directed else authority
    return hub / hub.sum(), authority / authority.sum()


def spectral_radius(ties: Ties) -> float:
    """Return the largest eigenvalue of the strengths, 0 without a cycle."""
    if not _has_cycle(ties):
        return 0.0
    scale = ties.strength.data.max()
    return float(scale * _leading(ties.strength.T / scale, symmetric=not ties.directed)[0])


def katz(ties: Ties, attenuation: float) -> np.ndarray:
    """Solve x = 1 + a A' x with a = attenuation / spectral radius, and scale x to unit length."""
    n = len(ties)
    if n == 0:
        return np.zeros(0)
    largest = spectral_radius(ties) or float(ties.strength.sum(axis=0).max()) or 1.0
    score = fixed_point(ties.strength.T * (attenuation / largest))
    return score / np.linalg.norm(score)


def pagerank(ties: Ties, damping: float) -> np.ndarray:
    """Return the stationary shares of a walk along strengths with uniform restarts."""
    n = len(ties)
    if n == 0:
        return np.zeros(0)
    out = ties.strength.sum(axis=1)
    walk = (sparse.diags_array(np.divide(1.0, out, out=np.zeros(n), where=out > 0)) @ ties.strength).T
    if n <= _SMALL:
        # restarts and places without a way out both spread uniformly, so the share is proportional to this solution
        share = np.linalg.solve(np.eye(n) - damping * walk.toarray(), np.ones(n))
        return share / share.sum()
    walk, stuck = _quick(walk), out == 0

    def step(share: np.ndarray) -> np.ndarray:
        return damping * (walk @ share + share[stuck].sum() / n) + (1.0 - damping) / n

    return _settled(step, np.full(n, 1.0 / n))[0]


def _has_cycle(ties: Ties) -> bool:
    if not ties.directed or ties.strength.nnz == 0:
        return ties.strength.nnz > 0
    return connected_components(ties.strength, connection="strong")[0] < len(ties)


def _leading(matrix: sparse.sparray, *, symmetric: bool) -> tuple[float, np.ndarray]:
    """Return the largest eigenvalue of a non-negative matrix and the vector reached from equal scores."""
    n = matrix.shape[0]
    if n <= _SMALL:
        return _leading_of_all(matrix.toarray(), symmetric=symmetric)
    operator = _quick(matrix)

    def step(score: np.ndarray) -> np.ndarray:
        following = operator @ score
        # part of the old scores stays, or periodic networks would swing for ever
        following += _STAY * np.linalg.norm(following) / np.linalg.norm(score) * score
        return following / np.linalg.norm(following)

    score, still = _settled(step, np.full(n, n**-0.5), limit=_POWERS)
    if not still:
        try:
            solve, which = (eigsh, "LA") if symmetric else (eigs, "LR")
            score = np.real(solve(operator, k=1, which=which, v0=score)[1][:, 0])
        except ArpackError:
            return _leading_of_all(matrix.toarray(), symmetric=symmetric)
    return float(np.linalg.norm(operator @ score) / np.linalg.norm(score)), score


def _leading_square(matrix: sparse.csr_array) -> np.ndarray:
    """Return the leading eigenvector of matrix' @ matrix reached from equal scores."""
    n = matrix.shape[0]
    if n <= _SMALL:
        return _leading_of_all((matrix.T @ matrix).toarray(), symmetric=True)[1]
    forth, back = _quick(matrix), _quick(matrix.T)

    def step(score: np.ndarray) -> np.ndarray:
        following = back @ (forth @ score)
        return following / np.linalg.norm(following)

    score, still = _settled(step, np.full(n, n**-0.5), limit=_POWERS)
    if still:
        return score
    square = LinearOperator((n, n), matvec=lambda x: back @ (forth @ x), dtype=float)
    try:
        return eigsh(square, k=1, which="LA", v0=score)[1][:, 0]
    except ArpackError:
        return _leading_of_all((matrix.T @ matrix).toarray(), symmetric=True)[1]


def _quick(matrix: sparse.sparray) -> sparse.csr_array | np.ndarray:
    """Return the form that multiplies a vector fastest."""
    return np.ascontiguousarray(matrix.toarray()) if is_full(matrix) else matrix.tocsr()


def _leading_of_all(matrix: np.ndarray, *, symmetric: bool) -> tuple[float, np.ndarray]:
    """Do the same from all eigenvalues."""
    values, vectors = np.linalg.eigh(matrix) if symmetric else np.linalg.eig(matrix)
    top = np.argmax(np.real(values))
    largest = float(np.real(values[top]))
    shared = np.abs(values - values[top]) <= _SAME * largest
    if shared.sum() == 1:
        return largest, np.real(vectors[:, top])
    start = np.ones(len(matrix))
    if symmetric:
        basis = vectors[:, shared]
        return largest, basis @ (basis.T @ start)
    power = matrix / (2.0 * largest) + np.eye(len(matrix)) / 2.0
    for _ in range(_DOUBLINGS):
        power = power @ power
        power /= power.max()
    vector = power @ start
    # what shrinks against the rest without end is nothing
    return largest, np.where(vector > _GONE * vector.max(), vector, 0.0)


def fixed_point(matrix: sparse.sparray) -> np.ndarray:
    """Solve x = 1 + matrix @ x for a spectral radius below 1."""
    n = matrix.shape[0]
    if n <= _SMALL:
        return np.linalg.solve(np.eye(n) - matrix.toarray(), np.ones(n))
    operator = _quick(matrix)
    return _settled(lambda score: operator @ score + 1.0, np.ones(n))[0]


def _settled(
    step: Callable[[np.ndarray], np.ndarray], score: np.ndarray, *, limit: int = _LIMIT
) -> tuple[np.ndarray, bool]:
    """Repeat a step until only rounding moves the scores; say whether that came before the limit."""
    last = np.inf
    for _ in range(limit):
        following = step(score)
        change = np.abs(following - score).sum() / following.sum()
        score = following
        if change <= _STILL or last <= change <= _ROUNDING:
            return score, True
        last = change
    return score, False
