"""Read labeled square matrices as one set of pairs of places, whatever the order of their rows.

Rows are sources. Places stand sorted; a pair is left out where it is excluded (diagonal, lower half) or missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import reach_faults, refuse, table_fault
from ...data.wording.catalogue import text
from .canonical import ordered

__all__ = ["Squares", "read_squares", "square", "values_of"]

# two directions that differ by less than this share of the largest value count as equal
_SYMMETRY = 1e-9


@dataclass(frozen=True, eq=False)
class Squares:
    """Matrices over the same places, and which of their cells are pairs.

    Attributes
    ----------
    places : list
        Sorted labels.
    cells : dict
        Name -> n x n, nan where missing, 0 on a diagonal that does not count.
    used : ndarray of bool
        n x n, the cells that are pairs: each pair once if undirected.
    directed : bool
        Whether both directions count.
    """

    places: list
    cells: dict[str, np.ndarray] = field(repr=False)
    used: np.ndarray = field(repr=False)
    directed: bool

    def __len__(self) -> int:
        return int(self.used.sum())

    def seen(self, *names: str) -> np.ndarray:
        """Mark the cells that no matrix of those named lacks (n x n, both directions)."""
        within = self.used | self.used.T
        for name in names:
            within = within & ~np.isnan(self.cells[name])
        return within


def values_of(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return the cells of a table as numbers, nan where missing.

    Raises
    ------
    TableError
        If a label stands twice, or a cell is no finite number.
    """
    if not isinstance(table, pd.DataFrame):
        raise OptionError(
            text("faults.calls.matrices.table_labeled_rows_columns", name=name, name2=type(table).__name__)
        )
    for axis, labels in (("rows", table.index), ("columns", table.columns)):
        if not labels.is_unique:
            twice = _some({*labels[labels.duplicated()]})
            raise table_fault(
                name,
                text("faults.calls.matrices.carry_each_label_once", axis=axis),
                text("faults.calls.alike.more_than_once", twice=twice),
                text("faults.calls.alike.drop_copies"),
            )
    try:
        values = table.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise table_fault(
            name,
            text("faults.calls.matrices.numbers"),
            text("faults.calls.alike.something_else"),
            text("faults.calls.alike.convert_cells"),
        ) from None
    if np.isinf(values).any():
        raise table_fault(
            name,
            text("faults.calls.matrices.finite_numbers"),
            text("faults.calls.matrices.infinite_ones"),
            text("faults.calls.matrices.leave_cell_empty_where"),
        )
    return values


def square(matrix: pd.DataFrame, name: str) -> tuple[list, np.ndarray]:
    """Return the sorted labels and the values of a labeled square matrix.

    Raises
    ------
    TableError
        If rows and columns do not carry the same labels once each, or a value is no finite number.
    """
    values = values_of(matrix, name)
    if apart := {*matrix.index} ^ {*matrix.columns}:
        raise table_fault(
            name,
            text("faults.calls.matrices.same_places_on_both"),
            text("faults.calls.matrices.on", apart=_some(apart)),
            text("faults.calls.alike.add_them"),
        )
    places = ordered(matrix.index)
    rows, columns = (labels.get_indexer(pd.Index(places)) for labels in (matrix.index, matrix.columns))
    return places, values[np.ix_(rows, columns)]


def read_squares(matrices: Mapping[str, pd.DataFrame], *, directed: bool, diagonal: bool) -> Squares:
    """Align labeled matrices and say which cells are pairs.

    Raises
    ------
    TableError
        If places differ between matrices, or an undirected matrix is not symmetric.
    OptionError
        If there are fewer than three places, or numbers beyond reach.
    """
    values: dict[str, np.ndarray] = {}
    places: list = []
    first = ""
    for name, matrix in matrices.items():
        labels, cells = square(matrix, name)
        refuse(reach_faults(cells[~np.isnan(cells)], name=name))
        if not values:
            places, first = labels, name
        elif apart := {*labels} ^ {*places}:
            raise table_fault(
                f"{first} and {name}",
                text("faults.calls.matrices.same_places"),
                text("faults.calls.matrices.given", apart=_some(apart)),
                text("faults.calls.matrices.leave_these_out"),
            )
        values[name] = cells if directed else _both_ways(cells, labels, name)
    n = len(places)
    if n < 3:
        raise OptionError(f"permutations need at least 3 places, got {n}")
    used = np.ones((n, n), dtype=bool) if directed else np.triu(np.ones((n, n), dtype=bool))
    if not diagonal:
        np.fill_diagonal(used, False)
        for cells in values.values():
            np.fill_diagonal(cells, 0.0)
    return Squares(places, values, used, directed)


def _both_ways(cells: np.ndarray, places: list, name: str) -> np.ndarray:
    """Return a matrix that is symmetric to the bit, or refuse it."""
    gap = np.abs(cells - cells.T)
    largest = np.abs(cells[~np.isnan(cells)]).max(initial=0.0)
    odd = (gap > _SYMMETRY * largest) | (np.isnan(cells) != np.isnan(cells.T))
    if odd.any():
        i, j = np.argwhere(odd)[0]
        came = f"{cells[i, j]:g} from {places[i]} to {places[j]} and {cells[j, i]:g} back"
        raise table_fault(name, "a symmetric matrix", came, "add both directions together, or say directed=True")
    return (cells + cells.T) / 2


def _some(labels: set) -> str:
    names = [str(label) for label in ordered(labels)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
