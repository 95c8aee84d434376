"""Tidy the names of records before they are counted: totals apart, cells split, spellings of one name united."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from ..errors import Fault, TableError
from ..places.names import match_places
from ..wording.catalogue import text
from .counting import tally
from .engine import fetch, in_memory
from .report import Report
from .spelled_names import Marked, is_total

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = [
    "Cells",
    "leave_out",
    "repeated_once",
    "report_marks",
    "split_cells",
    "total_rows",
]

_MANY = 20  # one cell in so many is no slip


class Cells(NamedTuple):
    """Where cells are worked on, what they are called, and where findings go."""

    con: "BaseBackend"
    where: str
    report: Report


def total_rows(names: Mapping[str, int], places: pd.DataFrame | None) -> dict[str, int]:
    """Return the names that stand for the sum of others, unless a table of places knows them."""
    found = {name: count for name, count in names.items() if is_total(name)}
    if places is None or not found:
        return found
    known = match_places(list(found), places)["place"].notna().tolist()
    return {name: count for (name, count), there in zip(found.items(), known, strict=True) if not there}


def leave_out(table: "Table", columns: Iterable[str], totals: Iterable[str], cells: Cells) -> "Table":
    """Leave out the rows that hold one of these names, and report them."""
    from . import written_cells as expressions

    if not (names := list(totals)):
        return table
    found = fetch(expressions.rows_with(table, columns, names), cells.con, where=cells.where)
    counted = tally(found["name"], found["records"])
    cells.report.totals(counted)
    return expressions.without(table, columns, names)


def split_cells(
    table: "Table",
    marks: Sequence[str],
    cells: Cells,
    *,
    column: str,
    beside: str | None,
    columns: Mapping[str, str],
) -> tuple["Table", dict[str, int]]:
    """Make one row of every name in a cell, and count the rows before and the names after; tell of places left over.

    ``columns`` names the columns as the user does.
    """
    from . import written_cells as expressions

    if beside:
        more = fetch(expressions.surplus(table, marks, column=column, beside=beside), cells.con, where=cells.where)
        if n := int(more["n"].iloc[0]):
            said = {"n": n, "name": columns[beside], "names": columns[column], "example": more["example"].iloc[0]}
            cells.report.doubt("surplus", what=cells.report.what, **said)
    rows = expressions.split(table, marks, column=column, beside=beside)
    before, after = (fetch(one.aggregate(n=one.count()), cells.con, where=cells.where) for one in (table, rows))
    return rows, {"rows": int(before["n"].iloc[0]), "names": int(after["n"].iloc[0])}


def report_marks(found: Iterable[Marked], cells: Cells, *, column: str, splits: bool = True) -> None:
    """Refuse cells that hold several names by a mark that was not asked for, or warn where they are few or unsure."""
    faults = []
    for one in found:
        mark, example = (shown.replace("\n", "\\n") for shown in (one.mark, one.example))
        said = {"mark": mark, "n": one.n, "rows": one.rows, "example": example, "name": column}
        said["fix"] = text(f"warnings.records.{'part' if splits else 'whole'}", mark=mark)
        if splits and one.sure and one.n * _MANY >= one.rows:
            faults.append(Fault.of("faults.records.several", cells.where, column=column, **said))
        else:
            cells.report.doubt("several", what=cells.report.what, **said)
    if faults:
        raise TableError(faults)


def repeated_once(table: "Table", number: str, cells: Cells) -> "Table":
    """Keep one row of each number whose rows agree, and report those whose rows differ."""
    from . import written_cells as expressions

    found = fetch(expressions.several_times(table, number), cells.con, where=cells.where)
    if found.empty:
        return table
    listed = in_memory(found[["number"]])
    kinds = fetch(expressions.kinds_of_rows(table, listed, number), cells.con, where=cells.where)
    found = found.merge(kinds, on="number").sort_values("number")
    same, other = found[found["kinds"] == 1], found[found["kinds"] > 1]
    for key, some in (("repeated", same), ("differing", other)):
        cells.report.attrs[key] = {"numbers": len(some), "rows": int(some["rows"].sum())}
        if len(some):
            few = zip(some["number"].head(3), some["rows"].head(3), strict=True)
            said = ", ".join(f"{name} ({rows})" for name, rows in few)
            cells.report.doubt(key, n=len(some), what=cells.report.what, examples=said)
    left_out = int((same["rows"] - 1).sum())
    cells.report.early += left_out
    return expressions.once(table, in_memory(same[["number"]]), number) if left_out else table
