"""Measure how central each place is in a flow network.

A weight is a strength unless ``weight_meaning="cost"``: path-based measures use 1/strength as length. Paths run on
igraph, whose comparison of path lengths is tolerant of rounding, so that equally short paths count as ties; spectral
measures run on scipy.
"""

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import spsolve

from ..data.errors import OptionError

__all__ = ["MEASURES", "centrality"]

MEASURES = (
    "degree",
    "strength",
    "in_strength",
    "out_strength",
    "betweenness",
    "closeness",
    "eigenvector",
    "pagerank",
)

_DAMPING = 0.85
_DENSE_LIMIT = 500


def centrality(
    graph: nx.Graph,
    *,
    measures: tuple[str, ...] = MEASURES,
    weight: str = "weight",
    weight_meaning: str = "strength",
) -> pd.DataFrame:
    """Compute centrality measures of every node in one tidy table.

    With A[i, j] the strength from i to j, n nodes and d(i, j) the length of the shortest path:

    - ``degree``: number of neighbors (in plus out when directed).
    - ``in_strength`` = sum_i A[i, j], ``out_strength`` = sum_j A[i, j]; ``strength`` is their sum when directed, the
      plain row sum when not.
    - ``betweenness``: share of shortest paths between other pairs that pass through the node, over all pairs
      (normalized by (n-1)(n-2), halved when undirected; 0 when n < 3).
    - ``closeness``: (r / (n-1)) * r / sum d, over the r nodes that can reach it (Wasserman-Faust, so unreachable nodes
      count as absent ties); 0 for an island. In directed graphs distances run towards the node.
    - ``eigenvector``: leading eigenvector of A transposed (a node is central when central nodes send to it), unit
      Euclidean length, non-negative; nan when the graph has no cycle, because the leading eigenvalue is then 0.
    - ``pagerank``: stationary share of a random walk along strengths with damping 0.85 and uniform restarts.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Weights must be positive. Self-loops are ignored.
    measures : tuple of str
        Any of `MEASURES`.
    weight : str
        Edge attribute; an edge without it counts 1.
    weight_meaning : {"strength", "cost"}
        Under ``"cost"`` the weight is the length itself and its inverse the strength.

    Returns
    -------
    DataFrame
        ``place`` and one column per measure, in node order.

    Raises
    ------
    OptionError
        If a measure or meaning is unknown, or a weight is not a positive finite number.

    References
    ----------
    Freeman (1978) *Social Networks* 1; Wasserman & Faust (1994) *Social Network Analysis*; Opsahl, Agneessens &
    Skvoretz (2010) *Social Networks* 32; Brin & Page (1998) *Computer Networks* 30.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("B", "T", 3056), ("B", "H", 4277), ("T", "H", 1340)])
    >>> centrality(graph, measures=("strength", "betweenness"))
      place  strength  betweenness
    0     B    7333.0          1.0
    1     T    4396.0          0.0
    2     H    5617.0          0.0
    """
    unknown = [m for m in measures if m not in MEASURES]
    if unknown:
        raise OptionError(f"unknown measure {', '.join(map(repr, unknown))}; choose from {', '.join(MEASURES)}")
    if weight_meaning not in {"strength", "cost"}:
        raise OptionError(f"weight_meaning must be 'strength' or 'cost', got {weight_meaning!r}")
    nodes = list(graph)
    strengths = _strengths(graph, nodes, weight, weight_meaning)
    table = pd.DataFrame({"place": nodes})
    for measure in measures:
        table[measure] = _FUNCTIONS[measure](strengths, graph.is_directed())
    return table


def _strengths(graph: nx.Graph, nodes: list, weight: str, meaning: str) -> sparse.csr_array:
    """Return the strength matrix (n x n, rows are sources) without self-loops."""
    if not nodes:
        return sparse.csr_array((0, 0))
    matrix = nx.to_scipy_sparse_array(graph, nodelist=nodes, weight=weight, dtype=float).tocsr()
    if matrix.nnz and not (np.isfinite(matrix.data) & (matrix.data > 0)).all():
        raise OptionError(f"edge attribute {weight!r} must hold positive finite numbers; leave edges of weight 0 out")
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    if meaning == "cost":
        matrix.data = 1.0 / matrix.data
    return matrix


def _degree(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: FBT001 - all measures share one signature
    out = np.diff(matrix.indptr)
    return out + np.diff(matrix.tocsc().indptr) if directed else out


def _in_strength(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: ARG001, FBT001
    return np.asarray(matrix.sum(axis=0)).ravel()


def _out_strength(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: ARG001, FBT001
    return np.asarray(matrix.sum(axis=1)).ravel()


def _strength(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: FBT001
    out = _out_strength(matrix, directed)
    return out + _in_strength(matrix, directed) if directed else out


def _paths(matrix: sparse.csr_array, directed: bool) -> tuple[igraph.Graph, np.ndarray]:  # noqa: FBT001
    """Return the graph in igraph with the length (1/strength) of each edge."""
    entries = matrix.tocoo()
    keep = slice(None) if directed else entries.row < entries.col
    edges = np.column_stack([entries.row[keep], entries.col[keep]])
    engine = igraph.Graph(n=matrix.shape[0], edges=edges.tolist(), directed=directed)
    return engine, 1.0 / entries.data[keep]


def _betweenness(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: FBT001
    n = matrix.shape[0]
    if n < 3:
        return np.zeros(n)
    engine, length = _paths(matrix, directed)
    pairs = (n - 1) * (n - 2) / (1 if directed else 2)
    return np.array(engine.betweenness(directed=directed, weights=length)) / pairs


def _closeness(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: FBT001
    n = matrix.shape[0]
    if n < 2:
        return np.zeros(n)
    engine, length = _paths(matrix, directed)
    distance = np.array(engine.distances(weights=length, mode="in" if directed else "all"))
    reachable = np.isfinite(distance)
    total = np.where(reachable, distance, 0.0).sum(axis=1)
    reaching = reachable.sum(axis=1) - 1
    return np.divide(reaching**2, (n - 1) * total, out=np.zeros(n), where=total > 0)


def _eigenvector(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: FBT001
    n = matrix.shape[0]
    if directed and sparse.csgraph.connected_components(matrix, connection="strong")[0] == n:
        return np.full(n, np.nan)
    if matrix.nnz == 0:
        return np.full(n, np.nan)
    received = matrix.T
    if n <= _DENSE_LIMIT:
        dense = received.toarray()
        values, vectors = np.linalg.eig(dense) if directed else np.linalg.eigh(dense)
        vector = np.real(vectors[:, np.argmax(np.real(values))])
    else:
        solve = sparse.linalg.eigs if directed else sparse.linalg.eigsh
        _, vectors = solve(received, k=1, which="LR" if directed else "LA", v0=np.full(n, n**-0.5))
        vector = np.real(vectors[:, 0])
    vector = np.abs(vector)
    vector[vector < np.finfo(float).eps * n] = 0.0
    return vector / np.linalg.norm(vector)


def _pagerank(matrix: sparse.csr_array, directed: bool) -> np.ndarray:  # noqa: ARG001, FBT001
    n = matrix.shape[0]
    if n == 0:
        return np.zeros(0)
    out = np.asarray(matrix.sum(axis=1)).ravel()
    # restarts and dangling nodes both spread uniformly, so the share is proportional to this one solution
    walk = sparse.diags_array(np.divide(1.0, out, out=np.zeros(n), where=out > 0)) @ matrix
    share = spsolve(sparse.csc_array(sparse.eye_array(n) - _DAMPING * walk.T), np.ones(n))
    return share / share.sum()


_FUNCTIONS = {
    "degree": _degree,
    "strength": _strength,
    "in_strength": _in_strength,
    "out_strength": _out_strength,
    "betweenness": _betweenness,
    "closeness": _closeness,
    "eigenvector": _eigenvector,
    "pagerank": _pagerank,
}
