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
from .spelled_names import Marked, best_spellings, fold, is_total, marked_names, unasked_marks

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = [
    "Cells",
    "Surveyed",
    "leave_out",
    "repeated_once",
    "report_marks",
    "split_cells",
    "survey_names",
    "total_rows",
]

_MANY = 20  # one cell in so many is no slip


class Cells(NamedTuple):
    """Where cells are worked on, what they are called, and where findings go."""

    con: "BaseBackend"
    where: str
    report: Report


class Surveyed(NamedTuple):
    """What was found among names: rows that hold sums, marks between names, spellings (``given``, ``node``)."""

    totals: dict[str, int]
    marked: list[Marked]
    nodes: "Table | None"


def survey_names(names: "Table", marks: Sequence[str] | None, cells: Cells) -> Surveyed:
    """Look through the names of records, and note which spellings are one name."""
    from ibis.backends.sql import SQLBackend

    from . import written_cells as expressions

    asked = unasked_marks(marks)
    if not isinstance(cells.con, SQLBackend):
        counted = fetch(names, cells.con, where=cells.where)
        counted = tally(counted["name"], counted["records"])
        return Surveyed(
            {name: n for name, n in counted.items() if is_total(name)},
            marked_names(counted, asked),
            _united(counted, cells),
        )
    found = fetch(expressions.survey(names, asked), cells.con, where=cells.where)
    spelled = found[found["part"] == "spelled"]
    odd = spelled.loc[spelled["odd"].astype(bool), "name"]
    if len(odd):
        # what an engine cannot fold is folded here, and its partners asked for
        spelled = expressions.survey(names, [], sorted({fold(name) for name in odd}))
        spelled = fetch(spelled, cells.con, where=cells.where)
        spelled = spelled[spelled["part"] == "spelled"]
    totals = found[found["part"] == "total"]
    known = found.set_index("part")
    rows = int(known.loc["all", "records"])
    marked = [
        Marked(mark, int(known.loc[mark, "records"]), rows, str(known.loc[mark, "name"]))
        for mark in asked
        if known.loc[mark, "records"]
    ]
    nodes = _united(tally(spelled["name"], spelled["records"]), cells)
    return Surveyed(tally(totals["name"], totals["records"]), marked, nodes)


def _united(counted: Mapping[str, int], cells: Cells) -> "Table | None":
    united = best_spellings(counted)
    cells.report.united(united, counted)
    nodes = pd.DataFrame({"given": list(united), "node": list(united.values())}, dtype="str")
    return in_memory(nodes) if united else None


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
