"""Read a graph as a matrix in canonical order and lend igraph a private source of randomness.

Places stand sorted whatever the order in which they were added, so nothing here depends on the order of rows.
"""

import random
import threading
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError
from ...data.options import absent_place_faults, check_number, reach_faults, refuse
from .check_graph import by_place, check_graph, ordered
from .doubts import warn_of_weight, without_zeros
from .weight_matrix import read_weights, without_diagonal

__all__ = [
    "check_seed",
    "engine",
    "every_group",
    "groups_of",
    "ordered",
    "random_source",
    "seeded",
    "tie_matrix",
]

# igraph keeps one random source for the whole process
_SOURCE = threading.Lock()


def tie_matrix(graph: nx.Graph, weight: str | None = "weight") -> tuple[list, sparse.csr_array]:
    """Return the sorted places and the tie matrix (n x n, rows send), without self-loops and ties of weight 0.

    Raises
    ------
    OptionError
        If it is no graph, a weight is no number, negative or not finite, or two places have parallel ties.
    """
    check_graph(graph)
    if graph.is_multigraph():
        raise OptionError("parallel ties must be summed first, as to_graph does")
    if weight is None:
        graph = without_zeros(graph)
    places = ordered(graph)
    if not places:
        return places, sparse.csr_array((0, 0))
    try:
        matrix, whole = read_weights(graph, weight, places)
    except (TypeError, ValueError):
        raise OptionError(f"edge attribute {weight!r} must hold numbers") from None
    if matrix.nnz and not (np.isfinite(matrix.data) & (matrix.data >= 0)).all():
        raise OptionError(f"edge attribute {weight!r} must hold finite numbers of at least 0")
    refuse(reach_faults(matrix.data, name=f"edge attribute {weight!r}"))
    if not whole:
        warn_of_weight(graph, weight, stacklevel=3)
    matrix = without_diagonal(matrix)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return places, matrix


def engine(matrix: sparse.csr_array, *, directed: bool) -> tuple[igraph.Graph, np.ndarray]:
    """Return the ties as an igraph graph, with their weights in edge order."""
    entries = matrix.tocoo()
    keep = np.full(entries.nnz, True) if directed else entries.row < entries.col
    edges = np.column_stack([entries.row[keep], entries.col[keep]]).astype(np.int64)
    return igraph.Graph(n=matrix.shape[0], edges=edges, directed=directed), entries.data[keep]


@contextmanager
def seeded(key: str) -> Iterator[None]:
    """Give igraph a private random source for a while; other threads that use this wait their turn."""
    with _SOURCE:
        igraph.set_random_number_generator(random.Random(key))  # noqa: S311 - simulation, not cryptography
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def check_seed(seed: object) -> None:
    """Refuse a seed that is no whole number of at least 0."""
    check_number("seed", seed, least=0, whole=True)


def random_source(seed: int, *parts: int) -> np.random.Generator:
    """Return the random source of one part of the work, independent of how many parts there are."""
    check_seed(seed)
    return np.random.default_rng([int(seed), *parts])


def groups_of(groups: Mapping[Hashable, Hashable] | pd.Series, places: list) -> pd.Series:
    """Return the group of each place, missing where a place has none."""
    return by_place(groups, "groups").reindex(places)


def every_group(groups: Mapping[Hashable, Hashable] | pd.Series, places: list) -> tuple[np.ndarray, list]:
    """Return the number of the group of each place, and the groups in order.

    Raises
    ------
    OptionError
        If a place has no group.
    """
    found = by_place(groups, "groups").reindex(places)
    named = [place for place, group in found.items() if pd.notna(group)]
    refuse(absent_place_faults("groups", named, places, needed="a group"))
    order = ordered(found.tolist())
    position = {group: i for i, group in enumerate(order)}
    return np.array([position[group] for group in found.tolist()], dtype=np.int64), order
