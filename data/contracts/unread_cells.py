"""Refuse cells without a value of their own: formulas not computed, errors, and lists, objects or bytes in a cell."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import Fault
from .rules import Check, show

__all__ = ["Uncomputed", "refuse_unread_cells", "unread_cells"]

_ERRORS = frozenset(("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


# what columnar files and JSON may hold in one cell
_SEVERAL = (list, dict, tuple, set, bytes, np.ndarray)


class Uncomputed(str):
    """A formula whose result no program has stored."""

    __slots__ = ()


def refuse_unread_cells(check: Check) -> None:
    """Note each cell of the contract that holds no value of its own as a fault and no other."""
    for column in check.present:
        cells = check.frame[column.name]
        if cells.dtype != object and not isinstance(cells.dtype, pd.StringDtype):
            continue
        if cells.dtype != object and _ERRORS.isdisjoint(cells.tolist()):
            continue
        for at, cell in enumerate(cells.tolist()):
            if found := _fault_of(cell):
                check.fault(found[0], at=at, column=column.name, **found[1])
                check.refused.add((at, column.name))


def unread_cells(book: pd.DataFrame, file: str | Path) -> list[Fault]:
    """Return a fault for each cell of a workbook's frame that holds a formula without a result, or an error."""
    rows = book.index if book.index.name == "row" else book.index + 2
    return [
        Fault.of(found[0], Path(file).name, row=int(row), column=str(name), **found[1])
        for at, name in enumerate(book.columns)
        for row, cell in zip(rows, book.iloc[:, at], strict=True)
        if (found := _fault_of(cell))
    ]


def _fault_of(cell: object) -> tuple[str, dict[str, str]] | None:
    if isinstance(cell, Uncomputed):
        return "faults.book.formula", {"formula": show(cell)}
    if isinstance(cell, _SEVERAL):
        return "faults.cell.several", {"got": show(cell)}
    return ("faults.cell.error", {"got": cell}) if isinstance(cell, str) and cell in _ERRORS else None
