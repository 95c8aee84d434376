"""Measure shortest paths: distances summed by place, and how often each place lies between others.

Two lengths a and b are equal when abs(a - b) < 1e-10 (a + b), as igraph takes them: ties broken by rounding (1/3 + 1/3
against 2/3) are ties again. Paths run in compiled code, one search from each place for all measures; betweenness by
number of steps, and paths from a sample, are left to igraph. Full networks go through a matrix of all distances first:
an edge longer than the distance between its ends lies on no shortest path and is left out before the search.
"""

from dataclasses import dataclass
from functools import cached_property

import igraph
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import floyd_warshall

from ...data.errors import warn
from .path_kernels import follow_paths
from .step_kernels import steps_towards

__all__ = ["TIE_RANGE", "Paths"]

# lengths that differ by more than this factor can no longer be distinguished from ties
TIE_RANGE = 1e9

_FULL_SHARE = 0.1
_FULL_PLACES = 2000
# wider than igraph's own tolerance, so that no tie is cut away
_SLACK = 1e-9


@dataclass(frozen=True)
class Paths:
    """Shortest paths of a network given by a matrix of lengths (n x n, rows are sources)."""

    length: sparse.csr_array
    directed: bool

    @cached_property
    def count(self) -> np.ndarray:
        """Number of other places with a path to each."""
        if self.counts_steps:
            return self._by_steps[0]
        if self._all is not None:
            return np.isfinite(self._all).sum(axis=0) - 1
        return self._ended[1].astype(np.int64)

    @cached_property
    def distance(self) -> np.ndarray:
        """Sum of the distances of those places."""
        if self.counts_steps:
            return self._by_steps[1]
        if self._all is not None:
            return np.where(np.isfinite(self._all), self._all, 0.0).sum(axis=0)
        return self._ended[2]

    @cached_property
    def inverse(self) -> np.ndarray:
        """Sum of the inverses of their distances."""
        if self.counts_steps:
            return self._by_steps[2]
        n = self.length.shape[0]
        if self._all is not None:
            apart = np.isfinite(self._all) & (self._all > 0)
            return np.divide(1.0, self._all, out=np.zeros((n, n)), where=apart).sum(axis=0)
        return self._ended[3]

    @cached_property
    def farthest(self) -> np.ndarray:
        """Longest of their distances, 0 without any."""
        if self.counts_steps:
            return self._by_steps[3]
        if self._all is not None:
            return np.where(np.isfinite(self._all), self._all, 0.0).max(axis=0)
        return self._ended[4]

    @cached_property
    def between(self) -> np.ndarray:
        """Number of pairs whose shortest path runs through each place (shares where there are several)."""
        n = self.length.shape[0]
        if n < 3 or self.length.nnz == 0:
            return np.zeros(n)
        if self.counts_steps:
            return np.array(self._engine[0].betweenness(directed=self.directed))
        used = self.length if self._all is None else self._used
        _warn_of_range(np.asarray(used.data))
        through = self._through if self._all is None else _followed(used, between=True)
        return through[0] / (1.0 if self.directed else 2.0)

    def between_from(self, sources: np.ndarray) -> np.ndarray:
        """Count those pairs whose first place is one of the sources, an undirected pair half at each end."""
        if self.length.shape[0] < 3 or self.length.nnz == 0:
            return np.zeros(self.length.shape[0])
        engine, weights, _ = self._engine
        _warn_of_range(weights)
        return np.array(engine.betweenness(directed=self.directed, weights=weights, sources=sources.tolist()))

    @cached_property
    def counts_steps(self) -> bool:
        """Whether every edge has length 1."""
        return bool((self.length.data == 1.0).all())

    @cached_property
    def _through(self) -> np.ndarray:
        return _followed(self.length, between=True)

    @cached_property
    def _ended(self) -> np.ndarray:
        # one search serves all where both are asked for
        return self._through if "_through" in self.__dict__ else _followed(self.length, between=False)

    @cached_property
    def _by_steps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Count, sum, sum of inverses and largest number of the steps to each place."""
        return steps_towards(self.length.indptr, self.length.indices)

    @property
    def work(self) -> int:
        """Places times edges, twice as many when undirected; 0 where a matrix of all distances is quicker."""
        n = self.length.shape[0]
        return 0 if self._is_full else n * self.length.nnz

    @property
    def _is_full(self) -> bool:
        n = self.length.shape[0]
        return 0 < n <= _FULL_PLACES and self.length.nnz > _FULL_SHARE * n * n

    @cached_property
    def _engine(self) -> tuple[igraph.Graph, list[float] | None, float]:
        return self._searched(self.length)

    def _searched(self, length: sparse.csr_array) -> tuple[igraph.Graph, list[float] | None, float]:
        """Return the graph in igraph, its lengths (None where all are 1) and their unit."""
        entries = length.tocoo()
        keep = slice(None) if self.directed else entries.row < entries.col
        ends = np.column_stack([entries.row[keep], entries.col[keep]]).astype(np.int64)
        engine = igraph.Graph(n=length.shape[0], edges=ends, directed=self.directed)
        values = entries.data[keep]
        if self.counts_steps:
            return engine, None, 1.0
        unit = _unit(values)
        return engine, (values / unit).tolist(), unit

    @cached_property
    def _all(self) -> np.ndarray | None:
        """All distances of a full network (rows are sources), None of a sparse one."""
        if not self._is_full:
            return None
        return floyd_warshall(self.length)

    @property
    def _used(self) -> sparse.csr_array:
        """The edges that lie on some shortest path."""
        entries = self.length.tocoo()
        keep = entries.data <= np.asarray(self._all)[entries.row, entries.col] * (1.0 + _SLACK)
        kept = (entries.data[keep], (entries.row[keep], entries.col[keep]))
        return sparse.coo_array(kept, shape=self.length.shape).tocsr()


def _followed(length: sparse.csr_array, *, between: bool) -> np.ndarray:
    """Return what `follow_paths` does, in units that keep lengths above the smallest that can be compared."""
    if not length.nnz:
        return np.zeros((5, length.shape[0]))
    unit = _unit(np.asarray(length.data))
    scaled = sparse.csr_array((length.data / unit, length.indices, length.indptr), shape=length.shape)
    return follow_paths(scaled, between=between) * np.array([1.0, 1.0, unit, 1.0 / unit, unit])[:, None]


def _unit(lengths: np.ndarray) -> float:
    # a power of two changes no digit
    return float(2.0 ** np.floor(np.log2(lengths.min())))


def _warn_of_range(lengths: np.ndarray | list[float] | None) -> None:
    if lengths is not None and len(lengths) and np.max(lengths) > TIE_RANGE * np.min(lengths):
        warn("warnings.path_range", limit=f"{TIE_RANGE:.0e}", stacklevel=3)
