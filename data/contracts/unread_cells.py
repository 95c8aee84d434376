"""Refuse cells that a spreadsheet program left without a value: formulas not computed, and errors."""

import numpy as np
import pandas as pd

from .rules import Check, show

__all__ = ["Uncomputed", "refuse_unread_cells"]

_ERRORS = frozenset(("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


class Uncomputed(str):
    """A formula whose result no program has stored."""

    __slots__ = ()


def refuse_unread_cells(check: Check) -> None:
    """Note each cell of the contract that holds a formula without a result, or an error, as a fault and no other."""
    for column in check.present:
        cells = check.frame[column.name]
        if cells.dtype != object and not isinstance(cells.dtype, pd.StringDtype):
            continue
        wrong = cells.isin(_ERRORS) | (cells.dtype == object and cells.map(lambda cell: isinstance(cell, Uncomputed)))
        for at in np.flatnonzero(wrong.to_numpy(dtype=bool)).tolist():
            cell = cells.iloc[at]
            if isinstance(cell, Uncomputed):
                check.fault("faults.book.formula", at=at, column=column.name, formula=show(cell))
            else:
                check.fault("faults.cell.error", at=at, column=column.name, got=cell)
            check.refused.add((at, column.name))
