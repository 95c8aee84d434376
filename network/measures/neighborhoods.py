"""Measure the surroundings of each place: cores, clustering, strength of neighbors.

Directed variants count a tie in each direction for itself: formulas on A + A', with reciprocal pairs taken out of
the number of possible triangles (Fagiolo 2007; Clemente & Grassi 2018). On symmetric matrices they equal the
undirected ones.
"""

import numpy as np
from scipy import sparse

from .peel_kernels import peel_degrees, peel_strengths
from .ties import Ties, closed_walks

__all__ = [
    "average_neighbor_degree",
    "average_neighbor_strength",
    "clustering",
    "clustering_barrat",
    "clustering_onnela",
    "k_core",
    "s_core",
]


def k_core(ties: Ties) -> np.ndarray:
    """Return the largest k such that the place belongs to a part where all have at least k neighbors (in plus out)."""
    out, into = ties.weight, ties.reverse
    if not ties.directed:
        return peel_degrees(out.indptr, out.indices, np.zeros_like(out.indptr), out.indices[:0])
    return peel_degrees(out.indptr, out.indices, into.indptr, into.indices)


def s_core(ties: Ties) -> np.ndarray:
    """Return the largest s such that the place belongs to a part where all have strength s or more (in plus out)."""
    both = ties.mutual if ties.directed else ties.strength
    return peel_strengths(both.indptr, both.indices, both.data, both.sum(axis=1))


def clustering(ties: Ties) -> np.ndarray:
    """Return the share of pairs of neighbors that are tied, 0 with fewer than two."""
    link = _around(ties, ties.link)
    return _share(closed_walks(link, link, link), _possible(ties))


def clustering_onnela(ties: Ties) -> np.ndarray:
    """Return clustering with each triangle counted by the geometric mean of its strengths over the largest."""
    if ties.strength.nnz == 0:
        return np.zeros(len(ties))
    root = ties.strength.copy()
    root.data = np.cbrt(root.data / root.data.max())
    root = _around(ties, root)
    return _share(closed_walks(root, root, root), _possible(ties))


def clustering_barrat(ties: Ties) -> np.ndarray:
    """Return clustering with each triangle counted by the mean strength of the place's own two ties in it."""
    if not ties.directed:
        return _share(closed_walks(ties.strength, ties.link, ties.link), ties.total * (ties.degree - 1))
    link = _around(ties, ties.link)
    two_way = (ties.mutual.multiply(ties.link.multiply(ties.link.T))).sum(axis=1) / 2.0
    return _share(closed_walks(ties.mutual, link, link), 2.0 * (ties.total * (ties.degree - 1) - 2.0 * two_way))


def average_neighbor_degree(ties: Ties) -> np.ndarray:
    """Return the mean degree of neighbors weighted by strength, nan without any."""
    weight = ties.mutual if ties.directed else ties.strength
    return _share(weight @ ties.degree.astype(float), ties.total, empty=np.nan)


def average_neighbor_strength(ties: Ties) -> np.ndarray:
    """Return the mean strength of neighbors, nan without any."""
    return _share(_around(ties, ties.link) @ ties.total, ties.degree, empty=np.nan)


def _around(ties: Ties, matrix: sparse.csr_array) -> sparse.csr_array:
    """Add the other direction of a directed network."""
    return (matrix + matrix.T).tocsr() if ties.directed else matrix


def _possible(ties: Ties) -> np.ndarray:
    """Return the number of closed walks if all neighbors were tied."""
    degree = ties.degree.astype(float)
    if not ties.directed:
        return degree * (degree - 1)
    two_way = ties.link.multiply(ties.link.T).sum(axis=1)
    return 2.0 * (degree * (degree - 1) - 2.0 * two_way)


def _share(part: np.ndarray, whole: np.ndarray, *, empty: float = 0.0) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), empty), where=whole > 0)
