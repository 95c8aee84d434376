"""Read the weights of a graph as a sparse matrix."""

from collections.abc import Hashable
from itertools import chain
from operator import itemgetter

import networkx as nx
import numpy as np
from scipy import sparse

__all__ = ["read_weights", "without_diagonal"]


def read_weights(graph: nx.Graph, weight: str | None, places: list[Hashable]) -> tuple[sparse.csr_array, bool]:
    """Return the weights from each place to each (rows send), and whether every edge is known to have one.

    Parallel edges are summed, an edge without the attribute counts 1. The graph is gone through once, by functions that
    run outside Python's own loop: several times as fast as the general conversion of networkx.
    """
    n = len(places)
    if n == 0:
        return sparse.csr_array((0, 0)), False
    if graph.is_multigraph():
        matrix = nx.to_scipy_sparse_array(graph, nodelist=places, weight=weight, dtype=float, format="csr")  # type: ignore[arg-type]
        return matrix, False
    position = {place: i for i, place in enumerate(places)}
    adjacency = dict(graph.adjacency())
    rows = [adjacency[place] for place in places]
    start = np.zeros(n + 1, dtype=np.int32)
    np.cumsum([len(row) for row in rows], out=start[1:])
    columns = np.fromiter(map(position.__getitem__, chain.from_iterable(rows)), np.int32, int(start[-1]))
    values, whole = np.ones(len(columns)), weight is not None
    if weight is not None:
        edges = [row.values() for row in rows]
        try:
            found = list(map(itemgetter(weight), chain.from_iterable(edges)))
        except KeyError:
            found, whole = [data.get(weight, 1) for data in chain.from_iterable(edges)], False
        values = np.array(found, dtype=float)
    matrix = sparse.csr_array((values, columns, start), shape=(n, n))
    matrix.sort_indices()
    return matrix, whole


def without_diagonal(matrix: sparse.csr_array) -> sparse.csr_array:
    """Leave out what runs from a place to itself."""
    row = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    keep = row != matrix.indices
    if keep.all():
        return matrix
    entries = matrix.tocoo()
    return sparse.coo_array((entries.data[keep], (entries.row[keep], entries.col[keep])), shape=matrix.shape).tocsr()
