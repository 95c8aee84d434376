"""Read the cells of records as Ibis expressions: several names in one, spellings of one name, rows that stand twice."""

from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from .query import as_name, as_text
from .spelled_names import FORM, FROM, INTO, SAFE, TOTALS, odd_characters, written_totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibis.expr.types import Table, Value

__all__ = [
    "hashed",
    "kinds_of_rows",
    "look_at_numbers",
    "names_of",
    "once",
    "renamed",
    "rows_with",
    "several_times",
    "split",
    "survey",
    "totals_among",
    "without",
]


def names_of(tables: "Iterable[tuple[Table, str]]", *, blank: bool = False) -> "Table":
    """Return every name in columns of tables, with the number of its rows, and empty cells where asked for."""
    rows = ibis.union(*(table.select(name=as_name(table[column])) for table, column in tables), distinct=False)
    rows = rows if blank else rows.filter(rows["name"].notnull())
    return rows.group_by("name").aggregate(records=rows.count())


def _form(name: "Value") -> "Value":
    return name.translate(FROM, INTO).lower().replace(" ", "")


def survey(names: "Table", marks: "Sequence[str]", also: "Iterable[str]" = ()) -> "Table":
    """Return what is to be looked at among names, as rows of several parts.

    ``spelled`` holds names that agree with another but for width, case, white space and brackets, those of the forms in
    ``also``, and (``odd``) those with characters that an engine cannot fold; ``total`` names that stand for the sum of
    others; ``all`` the records of all; a mark the records with it and one name of them.
    """
    forms = names.mutate(form=_form(names["name"]), odd=names["name"].re_search(odd_characters()))
    forms = forms.mutate(spellings=forms.count().over(group_by="form"), plain=_guarded(names["name"]))
    parts = {"spelled": forms.filter((forms["spellings"] > 1) | forms["odd"] | forms["form"].isin(list(also)))}
    parts["total"] = forms.filter(forms["form"].isin(sorted(TOTALS)))
    parts |= {"all": forms} | {mark: forms.filter(forms["plain"].contains(mark)) for mark in marks}
    shown = []
    for part, found in parts.items():
        rows = found
        if part not in ("spelled", "total"):
            rows = found.aggregate(name=found["name"].min(), records=found["records"].sum(), odd=found["odd"].min())
        records = rows["records"].cast("int64").fill_null(0).name("records")
        shown.append(rows.select(ibis.literal(part).name("part"), rows["name"], records, rows["odd"]))
    return ibis.union(*shown)


def totals_among(table: "Table", column: str) -> "Table":
    """Return the cells of a column that stand for the sum of others, as they are mostly written."""
    name = as_name(table[column])
    return table.select(name=name).filter(name.isin(written_totals())).distinct()


def look_at_numbers(table: "Table", column: str) -> "Table":
    """Say in one pass whether cells stand for the sum of others, and count numbers and the different hashes of them.

    As many hashes as numbers show that none stands twice; fewer show nothing.
    """
    name = as_name(table[column])
    number = name.nullif("")
    return table.aggregate(
        totals=name.isin(written_totals()).max(),
        numbers=number.count(),
        hashes=ibis.ifelse(number.notnull(), number.hash(), None).nunique(),
    )


@ibis.udf.scalar.builtin(name="hash", signature=((dt.string,), dt.uint64))
def _hash(_: str) -> int:
    """Hash as DuckDB does; what Ibis makes of it is a signed number, by a way over bits that takes as long again."""
    raise NotImplementedError


def hashed(table: "Table", column: str) -> "Table":
    """Return the hash of every number, in DuckDB."""
    number = as_name(table[column])
    return table.select(number=number).filter(number != "").select(hash=lambda rows: _hash(rows["number"]))


def rows_with(table: "Table", columns: "Iterable[str]", names: "Iterable[str]") -> "Table":
    """Count the rows that hold one of the names in one of the columns, by the first such name."""
    names = list(names)
    cells = [as_name(table[column]) for column in columns]
    first = ibis.coalesce(*(ibis.ifelse(cell.isin(names), cell, None) for cell in cells))
    rows = table.select(name=first).filter(lambda found: found["name"].notnull())
    return rows.group_by("name").aggregate(records=rows.count())


def without(table: "Table", columns: "Iterable[str]", names: "Iterable[str]") -> "Table":
    """Leave out the rows that hold one of the names in one of the columns."""
    names = list(names)
    for column in columns:
        table = table.filter(~as_name(table[column]).isin(names).fill_null(False))
    return table


def _guarded(text: "Value") -> "Value":
    """Keep a comma that stands before the form of a firm from being taken for a mark."""
    return text.re_replace(FORM, rf"{SAFE}\1")


def _parts(table: "Table", column: str, marks: "Sequence[str]") -> "Value":
    text = _guarded(as_text(as_name(table[column])).fill_null(""))
    for mark in marks[1:]:
        text = text.replace(mark, marks[0])
    return text.split(marks[0])


def surplus(table: "Table", marks: "Sequence[str]", *, column: str, beside: str) -> "Table":
    """Count the rows with more places than names, and show one."""
    more = _parts(table, beside, marks).length() > _parts(table, column, marks).length()
    rows = table.filter(more)
    return rows.aggregate(n=rows.count(), example=as_name(rows[beside]).min())


def split(table: "Table", marks: "Sequence[str]", *, column: str, beside: str | None) -> "Table":
    """Make one row of every name in the cells of a column, the place ``beside`` it taken in the same turn.

    Where fewer places than names stand in a row, those behind have none. ``turn`` holds the position, from 0.
    """
    shown = {"parts": _parts(table, column, marks)}
    shown |= {"places": _parts(table, beside, marks)} if beside else {}
    rows = table.mutate(**shown).drop(column, *([beside] if beside else []))
    rows = rows.mutate(part=rows["parts"]).unnest("part", offset="turn")
    rows = rows.mutate(**{column: rows["part"].replace(SAFE, ",").strip().nullif("")})
    if beside:
        there = rows["turn"] < rows["places"].length()
        place = ibis.ifelse(there, rows["places"][rows["turn"]], None)
        rows = rows.mutate(**{beside: place.replace(SAFE, ",").strip().nullif("")})
    blank = rows["parts"].join("").strip() == ""
    rows = rows.filter(rows[column].notnull() | (blank & (rows["turn"] == 0)))
    return rows.drop("parts", "part", *(["places"] if beside else []))


def renamed(table: "Table", nodes: "Table", column: str) -> "Table":
    """Put the ``node`` of a name in its place, where ``nodes`` lists the name as ``given``."""
    nodes = nodes.select(given="given", node="node")
    rows = table.mutate(**{column: as_name(table[column])}).left_join(nodes, as_name(table[column]) == nodes["given"])
    return rows.mutate(**{column: rows["node"].coalesce(rows[column])}).drop("given", "node")


def several_times(table: "Table", number: str) -> "Table":
    """Return the numbers that stand in several rows, with the count of rows."""
    cells = table.select(number=as_name(table[number]).nullif(""))
    cells = cells.filter(cells["number"].notnull())
    counted = cells.group_by("number").aggregate(rows=cells.count())
    return counted.filter(counted["rows"] > 1)


def kinds_of_rows(table: "Table", listed: "Table", number: str) -> "Table":
    """Count the different rows of each number that is listed."""
    table = table.mutate(**{number: as_name(table[number]).nullif("")})
    rows = table.semi_join(listed, table[number] == listed["number"]).distinct()
    return rows.group_by(number).aggregate(kinds=rows.count()).rename(number=number)


def once(table: "Table", agreed: "Table", number: str) -> "Table":
    """Keep one row of every number that is listed; its rows agree."""
    table = table.mutate(**{number: as_name(table[number]).nullif("")})
    listed = table[number] == agreed["number"]
    return ibis.union(table.anti_join(agreed, listed), table.semi_join(agreed, listed).distinct())
