"""Read the weights of a graph as a sparse matrix."""

from collections.abc import Hashable
from operator import itemgetter

import networkx as nx
import numpy as np
from scipy import sparse

__all__ = ["weight_matrix", "without_diagonal"]


def weight_matrix(graph: nx.Graph, weight: str | None, places: list[Hashable]) -> sparse.csr_array:
    """Return the weights from each place to each in their order (rows are sources).

    Parallel edges are summed, an edge without the attribute counts 1. Twice as fast as the general conversion of
    networkx.
    """
    n = len(places)
    if n == 0:
        return sparse.csr_array((0, 0))
    if graph.is_multigraph():
        return nx.to_scipy_sparse_array(graph, nodelist=places, weight=weight, dtype=float, format="csr")  # type: ignore[arg-type]
    position = {place: i for i, place in enumerate(places)}
    adjacency = dict(graph.adjacency())
    start = np.zeros(n + 1, dtype=np.int32)
    columns: list[int] = []
    values: list[float] = []
    for i, place in enumerate(places):
        neighbors = adjacency[place]
        columns.extend(map(position.__getitem__, neighbors))
        try:
            values.extend(list(map(itemgetter(weight), neighbors.values())))
        except KeyError:
            values.extend([1 if weight is None else data.get(weight, 1) for data in neighbors.values()])
        start[i + 1] = len(columns)
    matrix = sparse.csr_array((np.array(values, dtype=float), np.array(columns, dtype=np.int32), start), shape=(n, n))
    matrix.sort_indices()
    return matrix


def without_diagonal(matrix: sparse.csr_array) -> sparse.csr_array:
    """Leave out what runs from a place to itself."""
    entries = matrix.tocoo()
    keep = entries.row != entries.col
    if keep.all():
        return matrix
    return sparse.coo_array((entries.data[keep], (entries.row[keep], entries.col[keep])), shape=matrix.shape).tocsr()
