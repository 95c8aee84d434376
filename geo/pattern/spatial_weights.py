"""Hold who counts as whose neighbor, and by how much, in one labeled sparse matrix."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigs, eigsh

from ...data.errors import MissingExtraError, OptionError
from ...data.options import absent_place_faults, check_choice, check_columns, known_place_faults, numeric, refuse
from ...data.places.keys import as_keys, key_index
from ...data.wording.catalogue import join_texts, text

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["SCALINGS", "Scaling", "SpatialWeights", "Symmetry"]

Scaling = Literal["none", "row", "binary", "total", "variance", "spectral", "largest_sum"]
Symmetry = Literal["mean", "sum", "max", "min"]
_Values = TypeVar("_Values", pd.Series, pd.DataFrame)


def _rows(matrix: sparse.csr_array) -> np.ndarray:
    return np.asarray(matrix.sum(axis=1)).ravel()


def _divided(matrix: sparse.csr_array, sums: np.ndarray) -> sparse.csr_array:
    """Divide each row by a number, rows of 0 staying as they are."""
    with np.errstate(divide="ignore"):
        factor = np.where(sums > 0, 1.0 / sums, 0.0)
    return sparse.csr_array(sparse.diags_array(factor) @ matrix)


def _total(matrix: sparse.csr_array) -> sparse.csr_array:
    return matrix * (matrix.shape[0] / matrix.sum())


def _variance(matrix: sparse.csr_array) -> sparse.csr_array:
    scaled = _divided(matrix, np.sqrt(_rows(matrix.power(2))))
    return scaled * (matrix.shape[0] / scaled.sum())


def _spectral(matrix: sparse.csr_array) -> sparse.csr_array:
    return matrix * (1.0 / spectral_radius(matrix))


def _largest_sum(matrix: sparse.csr_array) -> sparse.csr_array:
    return matrix * (1.0 / min(_rows(matrix).max(), np.asarray(matrix.sum(axis=0)).max()))


SCALINGS: Mapping[str, Callable[[sparse.csr_array], sparse.csr_array]] = {
    "none": lambda matrix: matrix,
    "row": lambda matrix: _divided(matrix, _rows(matrix)),
    "binary": lambda matrix: sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape),
    "total": _total,
    "variance": _variance,
    "spectral": _spectral,
    "largest_sum": _largest_sum,
}


def spectral_radius(matrix: sparse.csr_array) -> float:
    """Return the largest modulus of an eigenvalue, of small matrices exactly and else by Arnoldi iteration."""
    if matrix.shape[0] <= 500:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    symmetric = abs(matrix - matrix.T).max() == 0
    start = np.ones(matrix.shape[0])
    found = (eigsh if symmetric else eigs)(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)
    return float(np.abs(found).max())


@dataclass(frozen=True, eq=False)
class SpatialWeights:
    """Weights between places: row i says how much each other place counts for place i.

    Geography, costs, flows and proximities all give the same kind of value, so that every statistic and every model of
    `innoscape.geo` takes any of them.

    Parameters
    ----------
    matrix : csr_array
        n x n, finite, at least 0. The diagonal is empty.
    places : Index
        The place of each row and column, each once; kept as text (a code 420100 is ``"420100"``), as in every table
        that is looked up by it.
    kind : str
        How the weights were made, in words for the caption of a table.
    scaling : str
        What was done to them since, one of ``none``, ``row``, ``binary``, ``total``, ``variance``, ``spectral``,
        ``largest_sum``.

    Examples
    --------
    >>> ties = pd.DataFrame({"origin": list("abbc"), "destination": list("bacb"), "value": [2, 2, 6, 6]})
    >>> w = SpatialWeights.from_table(ties)
    >>> w
    SpatialWeights: 3 places, 4 links (1 to 2 neighbors), given table, scaling none, no islands
    >>> w.scaled("row").lag(pd.Series({"a": 1.0, "b": 5.0, "c": 3.0})).tolist()
    [5.0, 2.5, 5.0]
    """

    matrix: sparse.csr_array
    places: pd.Index
    kind: str = "given matrix"
    scaling: str = "none"

    def __post_init__(self) -> None:
        matrix = sparse.csr_array(self.matrix, dtype=float)
        matrix.setdiag(0.0)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        places = key_index(self.places).rename("place")
        faults = []
        if places.hasnans:
            faults.append(f"places: needed a key of every place, got {int(places.isna().sum())} without one")
        if matrix.shape != (len(places), len(places)):
            faults.append(f"matrix: needed {len(places)} rows and columns, one of each place, got {matrix.shape}")
        double = places.dropna()
        if not double.is_unique:
            faults.append(f"places: needed each once, got more of {', '.join(double[double.duplicated()].unique())}")
        if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
            faults.append("matrix: needed finite weights of at least 0, got others")
        if faults:
            raise OptionError("; ".join(faults))
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "places", places)

    def __repr__(self) -> str:
        counts = self.neighbors
        between = f"{counts.min()} to {counts.max()} neighbors" if len(counts) else "none"
        islands = f"{len(self.islands)} islands" if self.islands else "no islands"
        return (
            f"SpatialWeights: {len(self)} places, {self.matrix.nnz} links ({between}), "
            f"{self.kind}, scaling {self.scaling}, {islands}"
        )

    def __len__(self) -> int:
        return len(self.places)

    @classmethod
    def from_matrix(cls, matrix: pd.DataFrame, *, kind: str = "given matrix") -> "SpatialWeights":
        """Take a square table whose rows and columns are places, such as a matrix of proximities.

        Columns may come in another order than rows; missing cells count as 0.
        """
        if not isinstance(matrix, pd.DataFrame):
            raise OptionError(text("faults.calls.spatial_weights.matrix_table_places_rows", name=type(matrix).__name__))
        matrix = matrix.set_axis(key_index(matrix.index), axis=0).set_axis(key_index(matrix.columns), axis=1)
        if set(matrix.index) != set(matrix.columns):
            odd = sorted(map(str, set(matrix.index) ^ set(matrix.columns)))
            raise OptionError(text("faults.calls.spatial_weights.matrix_same_places_rows", odd=join_texts(odd)))
        if not (matrix.index.is_unique and matrix.columns.is_unique):
            raise OptionError(text("faults.calls.spatial_weights.matrix_each_place_once"))
        values = matrix.loc[:, matrix.index].to_numpy(dtype=float)
        return cls(sparse.csr_array(np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)), matrix.index, kind)

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        *,
        places: Iterable[str] | None = None,
        value: str = "value",
        kind: str = "given table",
    ) -> "SpatialWeights":
        """Take a table ``origin, destination, value``, such as flows of contracts or joint patents.

        The weight of a destination for its origin is the sum of the rows. Places without a row are islands and must
        be named by ``places``; ties of a place with itself are left out.
        """
        check_columns(table, "table", ("origin", "destination", value))
        origin, destination = as_keys(table["origin"]), as_keys(table["destination"])
        lacking = sorted(
            f"{int(end.isna().sum())} rows without {end.name}" for end in (origin, destination) if end.hasnans
        )
        if lacking:
            raise OptionError(f"table: needed both ends of every tie, got {' and '.join(lacking)}")
        ends = pd.concat([origin, destination]).unique()
        known = key_index(sorted(ends) if places is None else places)
        refuse(known_place_faults("table", ends, known))
        rows, columns = known.get_indexer(origin), known.get_indexer(destination)
        with numeric(f"table, column {value}"):
            amounts = pd.to_numeric(table[value]).to_numpy(dtype=float)
        cells = (amounts, (rows, columns))
        return cls(sparse.csr_array(sparse.coo_array(cells, shape=(len(known), len(known)))), known, kind)

    @classmethod
    def from_graph(cls, graph: "Graph", *, kind: str = "libpysal graph") -> "SpatialWeights":
        """Take a graph of libpysal, with its scaling as it is."""
        return cls(sparse.csr_array(graph.sparse), graph.unique_ids, kind)

    def to_graph(self) -> "Graph":
        """Return the weights as a graph of libpysal, for all that PySAL computes (extra ``pattern``)."""
        try:
            from libpysal.graph import Graph
        except ImportError:
            raise MissingExtraError("pattern", purpose="pattern") from None
        return Graph.from_sparse(sparse.coo_array(self.matrix), ids=self.places)

    @cached_property
    def neighbors(self) -> pd.Series:
        """Number of neighbors of each place."""
        return pd.Series(np.diff(self.matrix.indptr), index=self.places, name="neighbors")

    @property
    def islands(self) -> list[str]:
        """Places without a neighbor."""
        return self.places[np.diff(self.matrix.indptr) == 0].tolist()

    @property
    def symmetric(self) -> bool:
        """Whether the weight from i to j is that from j to i, to a part in 10^12."""
        if not self.matrix.nnz:
            return True
        return bool(abs(self.matrix - self.matrix.T).max() <= 1e-12 * self.matrix.max())

    def summary(self) -> pd.Series:
        """Return what a caption needs: places, links, neighbors, islands, components, density, symmetry, scaling."""
        counts = self.neighbors
        size = len(self)
        return pd.Series(
            {
                "kind": self.kind,
                "scaling": self.scaling,
                "places": size,
                "links": self.matrix.nnz,
                "mean_neighbors": self.matrix.nnz / size if size else 0.0,
                "least_neighbors": int(counts.min()) if size else 0,
                "most_neighbors": int(counts.max()) if size else 0,
                "islands": len(self.islands),
                "components": int(connected_components(self.matrix, directed=False)[0]) if size else 0,
                "density": self.matrix.nnz / (size * (size - 1)) if size > 1 else 0.0,
                "symmetric": self.symmetric,
            },
            name="weights",
            dtype=object,
        )

    def table(self) -> pd.DataFrame:
        """Return the links as ``origin, destination, value``, sorted."""
        cells = self.matrix.tocoo()
        links = pd.DataFrame(
            {"origin": self.places[cells.row], "destination": self.places[cells.col], "value": cells.data}
        )
        return links.sort_values(["origin", "destination"], ignore_index=True)

    def scaled(self, scaling: Scaling) -> "SpatialWeights":
        r"""Scale the weights.

        - ``row``: each row adds up to 1, so that a lag is a mean of neighbors. Islands keep a row of 0.
        - ``binary``: every weight is 1.
        - ``total``: all weights add up to n.
        - ``variance``: rows of length 1 (:math:`w_{ij} / \sqrt{\sum_j w_{ij}^2}`), all adding up to n (Tiefelsdorf).
        - ``spectral``: divided by the largest modulus of an eigenvalue, which keeps symmetry.
        - ``largest_sum``: divided by the lesser of the largest row sum and the largest column sum (Kelejian and
          Prucha 2010), which keeps symmetry.
        - ``none``: as they are.
        """
        check_choice("scaling", scaling, SCALINGS)
        if scaling == "none":
            return self
        matrix = SCALINGS[scaling](self.matrix) if self.matrix.nnz else self.matrix
        return replace(self, matrix=matrix, scaling=scaling)

    def symmetrized(self, how: Symmetry = "mean") -> "SpatialWeights":
        """Give both directions of a pair the mean, sum, larger or smaller of their weights."""
        check_choice("how", how, ("mean", "sum", "max", "min"))
        one, other = self.matrix, sparse.csr_array(self.matrix.T)
        if how in {"mean", "sum"}:
            matrix = (one + other) * (0.5 if how == "mean" else 1.0)
        else:
            matrix = one.maximum(other) if how == "max" else one.minimum(other)
        return replace(self, matrix=matrix, kind=f"{self.kind}, {how} of both directions", scaling="none")

    def nested(self, other: "SpatialWeights") -> "SpatialWeights":
        """Multiply two weights cell by cell, such as geography and economic distance (economic-geographic)."""
        other = other.of(self.places)
        return replace(self, matrix=self.matrix * other.matrix, kind=f"{self.kind} x {other.kind}", scaling="none")

    def of(self, places: Iterable[str]) -> "SpatialWeights":
        """Return the weights among some places, in their order; weights are not scaled anew."""
        wanted = key_index(places)
        refuse(known_place_faults("weights", wanted, self.places))
        at = self.places.get_indexer(wanted)
        if len(at) == len(self) and (at == np.arange(len(self))).all():
            return self
        return replace(self, matrix=self.matrix[at][:, at], places=wanted)

    def without_islands(self) -> "SpatialWeights":
        """Leave out places without a neighbor, and those that have none once these are gone."""
        kept = self
        while kept.islands:
            kept = kept.of(kept.places[np.diff(kept.matrix.indptr) > 0])
        return kept

    def lag(self, values: _Values) -> _Values:
        """Return the weighted sum of neighbors' values: W y, for a column or a table by place."""
        values = values.set_axis(key_index(values.index), axis=0)
        refuse(absent_place_faults("values", values.index, self.places))
        lagged = self.matrix @ values.loc[self.places].to_numpy(dtype=float)
        if isinstance(values, pd.DataFrame):
            return pd.DataFrame(lagged, index=self.places, columns=values.columns)
        return pd.Series(lagged, index=self.places, name=values.name)
