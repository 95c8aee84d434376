"""Hold a network as sparse matrices, read once for all measures.

Strengths and lengths are kept apart, so that a cost is used as it was given and not as the inverse of an inverse.
Self-loops are left out.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError
from ...data.options import check_choice, check_number, refuse
from ..flows.check_graph import check_graph
from ..flows.doubts import warn_of_weight, without_zeros
from ..flows.weight_matrix import read_weights, without_diagonal
from .paths import Paths
from .row_blocks import row_blocks

__all__ = ["MEANINGS", "READINGS", "Ties", "as_read", "closed_walks", "is_full", "read_ties", "warn_of_lacking"]

Meaning = Literal["strength", "cost"]
MEANINGS: tuple[str, ...] = get_args(Meaning)
# how one measure among others may read the weight: "none" counts every tie as 1
Reading = Literal["strength", "cost", "none"]
READINGS: tuple[str, ...] = get_args(Reading)

# products of matrices filled beyond this share run faster on dense arrays; up to this many places they fit
_FULL_SHARE = 0.05
_FULL_PLACES = 4000


@dataclass(frozen=True)
class Ties:
    """A network as matrices (n x n, rows are sources, no diagonal).

    Parameters
    ----------
    places : list
        Node keys in graph order.
    weight : sparse array
        The edge attribute as given.
    directed : bool
        False when the matrix is symmetric by construction.
    meaning : {"strength", "cost"}
        How the weight is read.
    tuning : float
        Exponent of lengths: 1 takes the weight as it is, 0 counts steps.
    whole : bool
        Whether every edge is known to have the attribute, or that some do not has been said.
    attribute : str or None
        The edge attribute; None where every edge counts 1.
    """

    places: list[Hashable]
    weight: sparse.csr_array
    directed: bool
    meaning: Meaning = "strength"
    tuning: float = 1.0
    whole: bool = False
    attribute: str | None = "weight"

    def __len__(self) -> int:
        return len(self.places)

    def __repr__(self) -> str:
        many = self.weight.nnz // (1 if self.directed else 2)
        read = "no weight" if self.attribute is None else f"{self.attribute} read as {self.meaning}"
        return f"Ties({len(self):,} places, {many:,} ties, {'directed' if self.directed else 'undirected'}, {read})"

    @cached_property
    def index(self) -> pd.Index:
        """The places as pandas holds them."""
        return pd.Index(self.places, name="place", tupleize_cols=False)

    @cached_property
    def strength(self) -> sparse.csr_array:
        """Strengths: the weight, or its inverse under cost."""
        return self.weight if self.meaning == "strength" else _with_values(self.weight, 1.0 / self.weight.data)

    @cached_property
    def length(self) -> sparse.csr_array:
        """Lengths: the weight under cost, else its inverse; raised to the tuning exponent."""
        length = self.weight.data if self.meaning == "cost" else 1.0 / self.weight.data
        return _with_values(self.weight, length if self.tuning == 1 else length**self.tuning)

    @cached_property
    def link(self) -> sparse.csr_array:
        """One where an edge is."""
        return _with_values(self.weight, np.ones(self.weight.nnz))

    @cached_property
    def reverse(self) -> sparse.csr_array:
        """The weight with every tie turned around."""
        return self.weight.T.tocsr() if self.directed else self.weight

    @cached_property
    def mutual(self) -> sparse.csr_array:
        """Strength in both directions together: symmetric."""
        if not self.directed:
            return self.strength + self.strength
        return (self.strength + self.strength.T).tocsr()

    @cached_property
    def contact(self) -> sparse.csr_array:
        """One where an edge is in either direction: symmetric."""
        return _with_values(self.mutual, np.ones(self.mutual.nnz))

    @cached_property
    def paths(self) -> Paths:
        """Shortest paths by length."""
        return Paths(self.length, directed=self.directed)

    @cached_property
    def steps(self) -> Paths:
        """Shortest paths by number of edges."""
        return Paths(self.link, directed=self.directed)

    @cached_property
    def degree(self) -> np.ndarray:
        """Number of neighbors, in plus out when directed."""
        out = np.diff(self.weight.indptr).astype(np.int64)
        return out + np.diff(self.reverse.indptr) if self.directed else out

    @cached_property
    def total(self) -> np.ndarray:
        """Strength, in plus out when directed."""
        out = self.strength.sum(axis=1)
        return out + self.strength.sum(axis=0) if self.directed else out


def read_ties(
    graph: nx.Graph, *, weight: str | None = "weight", weight_meaning: Meaning = "strength", tuning: float = 1.0
) -> Ties:
    """Read a graph once, for many calls.

    Reading a graph takes longer than most measures: `centrality`, `compare_weight_meanings`, `structural_holes` and
    `network_summary` take what is returned in place of the graph. Later changes of the graph do not reach it.

    - Self-loops are left out, parallel edges summed.
    - An edge without the attribute counts 1; one of strength 0 is no tie.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Weights must be positive.
    weight : str or None
        Edge attribute; None counts every edge as 1.
    weight_meaning : {"strength", "cost"}
        Under ``"cost"`` the weight is the length of a tie and its inverse the strength.
    tuning : float
        Exponent of path lengths: 1 takes the weight as it is, 0 counts steps.

    Returns
    -------
    Ties

    Raises
    ------
    OptionError
        If it is no graph, the meaning is unknown, `tuning` below 0, or a weight negative or not finite (as a cost also
        0).

    Warns
    -----
    InnoscapeWarning
        If edges lack the attribute and carry other numbers.

    Examples
    --------
    >>> import networkx as nx
    >>> from innoscape.network import centrality, structural_holes
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("B", "T", 3056), ("B", "H", 4277), ("T", "H", 1340)])
    >>> ties = read_ties(graph)
    >>> ties
    Ties(3 places, 3 ties, undirected, weight read as strength)
    >>> centrality(ties, measures=["strength"])["strength"].tolist()
    [7333.0, 4396.0, 5617.0]
    >>> structural_holes(ties)["contacts"].tolist()
    [2, 2, 2]
    """
    check_choice("weight_meaning", weight_meaning, MEANINGS)
    ties = as_read(graph, weight, weight_meaning, tuning)
    warn_of_lacking(graph, weight, ties, stacklevel=2)
    return replace(ties, whole=True)


def as_read(
    graph: nx.Graph | Ties, weight: str | None, reading: Reading, tuning: float = 1.0, *, outward: bool = False
) -> Ties:
    """Return the ties of a graph under one reading of the weight, every one turned around where it is read outward.

    Those that have been read already must have been read in the same way.
    """
    ties = graph if isinstance(graph, Ties) else _read(graph, weight, reading, tuning)
    if ties is graph:
        refuse(_reading_faults(ties, weight, reading, tuning))
    return replace(ties, weight=ties.reverse) if outward and ties.directed else ties


def _reading_faults(ties: Ties, weight: str | None, reading: Reading, tuning: float) -> Iterator[str]:
    """Say which options differ from those that ties were read with, and from their defaults."""
    same: list[Reading] = [ties.meaning] if ties.attribute is not None else [ties.meaning, "none"]
    options = {
        "weight": (ties.attribute, weight, (ties.attribute, "weight")),
        "weight_meaning": (ties.meaning, reading, same),
        "tuning": (ties.tuning, tuning, (ties.tuning, 1.0)),
    }
    for option, (needed, got, fits) in options.items():
        if got not in fits:
            yield f"{option}: needed {needed!r}, as the ties were read, got {got!r}; read them again with read_ties"


def _read(graph: nx.Graph, weight: str | None, reading: Reading, tuning: float) -> Ties:
    check_number("tuning", tuning, least=0)
    check_graph(graph)
    weight, meaning = (None, "strength") if reading == "none" else (weight, reading)
    if weight is None:
        graph = without_zeros(graph)
    try:
        matrix, whole = read_weights(graph, weight, list(graph))
        matrix = without_diagonal(matrix)
    except (TypeError, ValueError):
        raise OptionError(f"edge attribute {weight!r} must hold numbers") from None
    if meaning == "strength" and matrix.nnz and (matrix.data == 0).any():
        matrix.eliminate_zeros()
    # below the smallest normal number the inverse would overflow
    if matrix.nnz and not (np.isfinite(matrix.data) & (matrix.data >= np.finfo(float).tiny)).all():
        least = "of at least 0" if meaning == "strength" else "above 0"
        raise OptionError(f"edge attribute {weight!r} must hold finite numbers {least}")
    return Ties(list(graph), matrix, graph.is_directed(), meaning, tuning, whole, weight)


def warn_of_lacking(graph: nx.Graph | Ties, weight: str | None, *read: Ties, stacklevel: int) -> None:
    """Warn where edges lack the weight, unless every one is known to have it in what was read."""
    if isinstance(graph, nx.Graph) and not all(ties.whole for ties in read):
        warn_of_weight(graph, weight, stacklevel=stacklevel + 1)


def closed_walks(first: sparse.csr_array, second: sparse.csr_array, third: sparse.csr_array) -> np.ndarray:
    """Return the diagonal of the product of three matrices."""
    if is_full(first) and is_full(second):
        return np.einsum("ij,ji->i", first.toarray() @ second.toarray(), third.toarray())
    third = third.T.tocsr()
    parts = [block.multiply(third[rows]).sum(axis=1) for rows, block in row_blocks(first, second)]
    return np.concatenate(parts) if parts else np.zeros(0)


def is_full(matrix: sparse.csr_array) -> bool:
    """Say whether products of the matrix are faster on dense arrays."""
    n = matrix.shape[0]
    return n <= _FULL_PLACES and matrix.nnz > _FULL_SHARE * n * n


def _with_values(matrix: sparse.csr_array, values: np.ndarray) -> sparse.csr_array:
    return sparse.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)
