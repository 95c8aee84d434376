"""Read a table of places and classes in canonical order, so that no sum depends on the order of rows or columns."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_number, finite_series, is_number, refuse, table_fault
from ...data.wording.catalogue import few
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
    of_places: np.ndarray | None = field(default=None, repr=False)
    of_classes: np.ndarray | None = field(default=None, repr=False)
    of_all: float | None = None

    def quotient(self) -> np.ndarray:
        """Return location quotients; nan where a place or a class has nothing at all."""
        values = self.amounts
        places = values.sum(axis=1) if self.of_places is None else self.of_places
        classes = values.sum(axis=0) if self.of_classes is None else self.of_classes
        parts = (
            values
            if self.of_places is None and self.of_classes is None
            else (places if self.of_places is not None else classes)
        )
        whole = parts.sum() if self.of_all is None else self.of_all
        with np.errstate(divide="ignore", invalid="ignore"):
            share = values / places[:, None]
            return share / (classes / whole)

    def with_totals(
        self, place_totals: pd.Series | None, class_totals: pd.Series | None, total: float | None
    ) -> "ClassTable":
        """Return the table with totals that also hold what it does not list.

        Raises
        ------
        OptionError
            If a total is missing, no number, or below the sum of its parts.
        """
        faults: list[str] = []
        sums = {"place_totals": self.amounts.sum(axis=1), "class_totals": self.amounts.sum(axis=0)}
        labels = {"place_totals": self.places, "class_totals": self.classes}
        read: dict[str, np.ndarray | None] = {}
        for name, given in (("place_totals", place_totals), ("class_totals", class_totals)):
            if given is None:
                read[name] = None
                continue
            series = finite_series(given, name=name)
            if not series.index.is_unique:
                faults.append(f"{name}: needed one number for each, got several for some; drop the copies")
                continue
            lacking = [str(one) for one in labels[name] if one not in series.index]
            if lacking:
                faults.append(f"{name}: needed a number for each, got none for {few(lacking)}; add them")
                continue
            read[name] = series.loc[labels[name]].to_numpy(dtype=float)
            low = read[name] < sums[name] * (1 - _ROUNDING)
            if low.any():
                which = few(str(one) for one, bad in zip(labels[name], low, strict=True) if bad)
                faults.append(f"{name}: needed at least the sum of the parts, got less for {which}; correct them")
        least = max([self.amounts.sum(), *(one.sum() for one in read.values() if one is not None)])
        if total is not None and not (is_number(total) and total >= least * (1 - _ROUNDING)):
            faults.append(f"total: needed at least the {least:g} of the parts, got {total!r}")
        if len([one for one in read.values() if one is not None]) == 2 and total is None:
            one, other = (float(np.sum(values)) for values in read.values() if values is not None)
            if abs(one - other) > 1e-9 * max(one, other):
                faults.append(f"total: needed, since place_totals add up to {one:g} and class_totals to {other:g}")
        refuse(faults)
        return replace(
            self,
            of_places=read["place_totals"],
            of_classes=read["class_totals"],
            of_all=None if total is None else float(total),
        )

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
