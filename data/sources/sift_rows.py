"""Sift the rows of an export: cells cleaned, repeated rows and those that are no record apart, each counted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import Fault, TableError
from ..records.spelled_names import written_totals
from ..spellings import spellings
from .clean_cells import MISSING, amount_factor, clean_cells, date_as_number, is_one_of, lost_digits, trimmed
from .description import Description, Party
from .exports import Exports, quoted, sql_text
from .headers import misspelled_headers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .source_report import SourceReport

__all__ = ["sift_rows"]

_SHOWN = 3
_REPLACED = "\ufffd"
# kinds of cells that may not be readable
_READ = ("date", "amount", "number", "decimal")
# what is doubtful in kept cells by kind: numbers that begin with 0, names with a character replaced, no value
_DOUBTS: dict[str, Callable[[str], str]] = {
    "id": lambda cell: f"{cell} >= '0' AND {cell} < '1' AND length({cell}) > 1 AND regexp_full_match({cell}, '[0-9]+')",
    "names": lambda cell: f"contains({cell}, {sql_text(_REPLACED)})",
    **dict.fromkeys(_READ, lambda cell: f"{cell} IS NULL"),
}


def sift_rows(
    con: "DuckDBPyConnection", opened: Exports, source: Description, unit: str | None, report: "SourceReport"
) -> tuple[int, int]:
    """Make the table ``kept`` of cleaned rows, and return how many were rejected and how many repeat another."""
    columns = [name for name in source.columns if name in opened.headers.at]
    report.attrs["columns"] = {name: opened.headers.written[opened.headers.at[name]] for name in columns}
    cells = []
    for name in columns:
        factor = _factor(con, opened, source, name, unit, report)
        cleaned = clean_cells(source.columns[name], quoted(name), factor, key=name == source.id)
        cells.append(f"{cleaned} AS {quoted(name)}")
    parted = {one for party in source.parties if party.split for one in (party.name, *_placing(party))}
    parted = set() if source.separators and "\n" not in source.separators else parted
    plain = ", ".join(f"{trimmed(quoted(name), lines=name in parted)} AS {quoted(name)}" for name in columns)
    tests = _tests(source, columns, opened)
    reason = " ".join(f"WHEN {test} THEN '{name}'" for name, test in tests.items())
    con.execute(
        f"CREATE TEMP TABLE cleaned AS SELECT n, {', '.join(cells)} FROM (SELECT n, {plain} FROM {opened.table})"
    )
    sound = f"CASE {reason} END" if reason else "NULL"
    con.execute(f"CREATE TEMP TABLE sifted AS SELECT n, {sound} AS reason FROM cleaned")
    report.opened(opened)
    for header, spelling in misspelled_headers(opened.headers, source).items():
        report.doubt("warnings.sources.near", header=header, spelling=spelling)
    found = {"broken": (opened.broken, opened.examples), "swallowed": (opened.swallowed, opened.examples)}
    counted = dict(
        con.execute("SELECT reason, count(*) FROM sifted WHERE reason IS NOT NULL GROUP BY reason").fetchall()
    )
    for name in tests:
        rows = []
        if name in counted:
            rows = con.execute(
                f"SELECT concat_ws(' ', {', '.join(map(quoted, columns[:3]))}) FROM cleaned JOIN sifted USING (n) "
                f"WHERE reason = '{name}' ORDER BY n LIMIT {_SHOWN}"
            ).fetchall()
        found[name] = (counted.get(name, 0), [row[0][:40] for row in rows])
    rejected = report.rejected(found)
    if rejected > opened.broken + opened.swallowed:
        con.execute("CREATE TEMP TABLE sound AS SELECT c.* FROM cleaned c JOIN sifted s USING (n) WHERE reason IS NULL")
        con.execute("DROP TABLE cleaned")
    else:
        con.execute("ALTER TABLE cleaned RENAME TO sound")
    # what is not needed any more takes memory
    con.execute("DROP TABLE sifted")
    repeated = _without_repeats(con, columns, source, report)
    _dates(con, opened, source, columns, report)
    for table in opened.tables:
        con.execute(f"DROP TABLE {table}")
    return rejected, repeated


def _placing(party: Party) -> list[str]:
    return [column for rule in party.places for column in rule.columns]


def _count(con: "DuckDBPyConnection", table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _factor(
    con: "DuckDBPyConnection",
    opened: Exports,
    source: Description,
    name: str,
    unit: str | None,
    report: "SourceReport",
) -> float | None:
    """Return what a bare amount is multiplied by; it must be known where bare amounts stand."""
    if source.columns[name].kind != "amount":
        return None
    factor = amount_factor(opened.headers.units, unit, name, report.where)
    report.attrs["unit"] = spellings("money")["target"]
    bare = rf"regexp_full_match(trim({quoted(name)}), '[+-]?[0-9.,]+')"
    if factor is None and (n := _count(con, f"{opened.table} WHERE {bare}")):
        header = opened.headers.written[opened.headers.at[name]]
        raise TableError([Fault.of("faults.sources.no_unit", report.where, column=header, n=n)])
    return factor


def _tests(source: Description, columns: list[str], opened: Exports) -> dict[str, str]:
    """Return why a row is no record, as SQL, the first reason first."""
    tests = {}
    named = [party.name for party in source.parties if party.name in columns]
    summed = [source.id, *named] if source.id in columns else named
    total = " OR ".join(f"coalesce({is_one_of(quoted(one), written_totals())}, false)" for one in summed)
    if source.id in columns:
        key = quoted(source.id)
        header = opened.headers.written[opened.headers.at[source.id]]
        own = header.strip().strip('"')
        tests["header"] = f"{key} = {sql_text(own)}"
        tests["total"] = total
        tests["unnumbered"] = f"{key} IS NULL"
        tests["lost digits"] = lost_digits(key)
    elif named:
        tests["total"] = total
    if source.rows == "party":
        # a cell that holds nothing but marks names nobody
        letters = r"[^\s\pP\x{7C}\x{1F}]"
        tests["unnamed"] = f"NOT coalesce(regexp_matches({quoted(named[0])}, '{letters}'), false)"
    return tests


def _without_repeats(con: "DuckDBPyConnection", columns: list[str], source: Description, report: "SourceReport") -> int:
    """Keep the first of rows that agree in every column; without a number rows may agree and yet be two."""
    if source.id not in columns:
        con.execute("ALTER TABLE sound RENAME TO kept")
        return 0
    cells = ", ".join(map(quoted, columns))
    con.execute(
        f"CREATE TEMP TABLE alike AS WITH hashed AS (SELECT n, hash({cells}) AS h FROM sound), "
        "several AS (SELECT h FROM hashed GROUP BY h HAVING count(*) > 1) "
        "SELECT n FROM hashed WHERE h IN (SELECT h FROM several)"
    )
    con.execute(
        f"CREATE TEMP TABLE again AS SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY {cells} ORDER BY n) AS k "
        "FROM sound WHERE n IN (SELECT n FROM alike)) WHERE k > 1"
    )
    repeated = _count(con, "again")
    if repeated:
        key = quoted(source.id)
        examples = con.execute(
            f"SELECT DISTINCT {key} FROM sound WHERE n IN (SELECT n FROM again) ORDER BY 1 LIMIT {_SHOWN}"
        ).fetchall()
        report.doubt("warnings.sources.repeated", n=repeated, examples=[row[0] for row in examples])
        con.execute("DELETE FROM sound WHERE n IN (SELECT n FROM again)")
    con.execute("ALTER TABLE sound RENAME TO kept")
    return repeated


def _dates(
    con: "DuckDBPyConnection", opened: Exports, source: Description, columns: list[str], report: "SourceReport"
) -> None:
    """Count dates that were written as numbers of days, and those that cannot be read; amounts and numbers too."""
    kinds = {name: source.columns[name].kind for name in columns}
    # numbers of days, and numbers that lost digits
    written = {name: date_as_number(f"trim({quoted(name)})") for name, kind in kinds.items() if kind == "date"}
    written |= {
        name: lost_digits(f"trim({quoted(name)})") for name, kind in kinds.items() if kind == "id" and name != source.id
    }
    written = _count_each(con, opened.table, written)
    kept = _count_each(
        con, "kept", {name: _DOUBTS[kind](quoted(name)) for name, kind in kinds.items() if kind in _DOUBTS}
    )
    for name, kind in kinds.items():
        header = report.attrs["columns"][name]
        if kind == "id":
            _numbers(con, name, report, lost=written.get(name, 0), zeros=kept[name])
            continue
        if written.get(name):
            report.doubt("warnings.sources.serial", n=written[name], name=header)
        if kind == "names" and kept[name]:
            report.doubt("warnings.sources.replaced", n=kept[name], name=header)
        if kind == "date":
            report.attrs["undated"] = kept[name]
        if kind in _READ:
            n, example = _unread(con, opened, quoted(name)) if kept[name] else (0, None)
            report.attrs.setdefault("unread", {})[name] = n
            if n:
                report.doubt("warnings.sources.unread", n=n, name=header, example=example)


def _count_each(con: "DuckDBPyConnection", table: str, tests: dict[str, str]) -> dict[str, int]:
    """Count the rows that pass each test, in one pass."""
    if not tests:
        return {}
    # unlike a filter, cases are left at the first part that fails
    counts = ", ".join(f"count(CASE WHEN {test} THEN 1 END)" for test in tests.values())
    return dict(zip(tests, con.execute(f"SELECT {counts} FROM {table}").fetchall()[0], strict=True))


def _numbers(con: "DuckDBPyConnection", name: str, report: "SourceReport", *, lost: int, zeros: int) -> None:
    """Report numbers of documents that a spreadsheet cut, and those that are shorter than others that begin with 0."""
    cell, header = quoted(name), report.attrs["columns"][name]
    if lost:
        report.doubt("warnings.sources.lost_numbers", n=lost, name=header)
    if not zeros:
        return
    digits = f"regexp_full_match({cell}, '[0-9]+')"
    width = f"(SELECT min(length({cell})) FROM kept WHERE {digits} AND left({cell}, 1) = '0' AND length({cell}) > 1)"
    row = con.execute(f"SELECT count(*), min({cell}), {width} FROM kept WHERE {digits} AND length({cell}) < {width}")
    n, example, wide = row.fetchall()[0]
    if n:
        report.doubt("warnings.sources.zeros", n=n, name=header, example=example, width=wide)


def _unread(con: "DuckDBPyConnection", opened: Exports, cell: str) -> tuple[int, str | None]:
    """Count the cells that are written and not read, with one of them."""
    missing = ", ".join(map(sql_text, MISSING))
    n, example = con.execute(
        f"SELECT count(*), min(r.{cell}) FROM {opened.table} r JOIN kept k USING (n) "
        f"WHERE k.{cell} IS NULL AND lower(trim(r.{cell})) NOT IN ({missing})"
    ).fetchall()[0]
    return int(n), example
