"""Read a table of places and classes in canonical order, so that no sum depends on the order of rows or columns."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_number, table_fault
from ..flows.canonical import ordered
from ..flows.matrices import values_of

__all__ = ["ClassTable", "read_classes"]

# a quotient this close below the threshold reaches it: 1 is often met by rounding only
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class ClassTable:
    """Amounts by place and class, both sorted; ``given`` keeps the labels as they came."""

    places: list
    classes: list
    amounts: np.ndarray = field(repr=False)
    given: pd.DataFrame = field(repr=False)

    def quotient(self) -> np.ndarray:
        """Return location quotients; nan where a place or a class has nothing at all."""
        values = self.amounts
        with np.errstate(divide="ignore", invalid="ignore"):
            share = values / values.sum(axis=1, keepdims=True)
            return share / (values.sum(axis=0) / values.sum())

    def specialized(self, threshold: float | None) -> np.ndarray:
        """Return 1 where a place is specialized in a class, else 0."""
        if threshold is None:
            if not np.isin(self.amounts, [0.0, 1.0]).all():
                raise OptionError("with threshold=None the table must say 0 or 1; give a threshold for amounts")
            return self.amounts
        check_number("threshold", threshold, above=0)
        quotient = self.quotient()
        return (np.nan_to_num(quotient, nan=0.0) >= threshold * (1 - _ROUNDING)).astype(float)

    def back(self, values: np.ndarray) -> pd.DataFrame:
        """Return a table of places and classes in the order given."""
        table = pd.DataFrame(values, index=pd.Index(self.places), columns=pd.Index(self.classes))
        return _like(table, self.given.index, self.given.columns)

    def by_class(self, values: np.ndarray) -> pd.DataFrame:
        """Return a table of classes and classes in the order given."""
        labels = pd.Index(self.classes)
        return _like(pd.DataFrame(values, index=labels, columns=labels), self.given.columns, self.given.columns)

    def by_place(self, values: np.ndarray) -> pd.DataFrame:
        """Return a table of places and places in the order given."""
        labels = pd.Index(self.places)
        return _like(pd.DataFrame(values, index=labels, columns=labels), self.given.index, self.given.index)


def _like(table: pd.DataFrame, rows: pd.Index, columns: pd.Index) -> pd.DataFrame:
    """Return a table in the order of the labels given."""
    positions = (table.index.get_indexer(rows), table.columns.get_indexer(columns))
    return pd.DataFrame(table.to_numpy()[np.ix_(*positions)], index=rows, columns=columns)


def read_classes(table: pd.DataFrame) -> ClassTable:
    """Check a table of places (rows) and classes (columns) and sort it.

    Raises
    ------
    TableError
        If a label stands twice, a cell is missing, negative or no number, or the table is empty.
    """
    values = values_of(table, "table")
    if not values.size:
        raise table_fault("table", "at least one place and one class", "none", "add rows and columns")
    if np.isnan(values).any():
        row, column = np.argwhere(np.isnan(values))[0]
        came = f"none at {table.index[row]}, {table.columns[column]}"
        raise table_fault("table", "a value in every cell", came, "write 0 where there is nothing")
    if (values < 0).any():
        row, column = np.argwhere(values < 0)[0]
        came = f"{values[row, column]:g} at {table.index[row]}, {table.columns[column]}"
        raise table_fault("table", "amounts of at least 0", came, "correct these cells")
    places, classes = ordered(table.index), ordered(table.columns)
    rows, columns = table.index.get_indexer(pd.Index(places)), table.columns.get_indexer(pd.Index(classes))
    return ClassTable(places, classes, np.ascontiguousarray(values[np.ix_(rows, columns)]), table)
