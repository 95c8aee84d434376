"""Join further tables of a source to its records by a number that both have."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Fault, TableError
from .clean_cells import clean_cells, trimmed
from .description import Description
from .exports import Exports, files_of, open_exports, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .source_report import SourceReport

__all__ = ["join_tables"]


def join_tables(
    con: "DuckDBPyConnection",
    opened: Exports,
    source: Description,
    beside: list[str | Path],
    scratch: Path,
    report: "SourceReport",
) -> list[str]:
    """Take columns that the records lack from further tables, and return the columns that the records have then."""
    columns = [name for name in source.columns if name in opened.headers.at]
    for at, path in enumerate(beside):
        files = files_of(path)
        other = open_exports(con, files, source, f"beside{at}", scratch, main=False)
        report.opened(other, Path(path).name)
        there = [name for name in source.columns if name in other.headers.at]
        keys = [name for name in there if source.columns[name].key and name in columns]
        taken = [name for name in there if name not in columns]
        if not keys or not taken:
            known = [one for column in source.columns.values() if column.key for one in column.spellings]
            got = list(other.headers.written)
            raise TableError([Fault.of("faults.sources.beside", Path(path).name, known=known, got=got)])
        key = min(keys, key=lambda one: (_share(con, source, one, other), keys.index(one)))
        cells = [
            f"min({clean_cells(source.columns[one], trimmed(quoted(one)), None)}) AS {quoted(one)}" for one in taken
        ]
        number = clean_cells(source.columns[key], trimmed(quoted(key)), None)
        con.execute(
            f"CREATE TEMP TABLE further{at} AS SELECT {number} AS key, {', '.join(cells)} FROM {other.table} "
            "WHERE key IS NOT NULL GROUP BY 1"
        )
        shown = ", ".join(f"f.{quoted(one)}" for one in taken)
        con.execute(
            f"CREATE TEMP TABLE kept{at} AS SELECT k.*, {shown}, f.key IS NULL AS missed FROM kept k "
            f"LEFT JOIN further{at} f ON k.{quoted(key)} = f.key"
        )
        missed, rows = con.execute(f"SELECT count(*) FILTER (missed), count(*) FROM kept{at}").fetchall()[0]
        con.execute("DROP TABLE kept")
        con.execute(f"CREATE TEMP TABLE kept AS SELECT * EXCLUDE (missed) FROM kept{at}")
        con.execute(f"DROP TABLE kept{at}")
        report.attrs.setdefault("beside", {})[Path(path).name] = {"key": key, "columns": taken, "missed": missed}
        if missed:
            report.doubt("warnings.sources.missed", n=missed, of=rows, other=Path(path).name, key=key)
            padded = _padded(con, quoted(key), f"further{at}")
            if padded:
                report.doubt("warnings.sources.padded", n=padded, other=Path(path).name, key=key)
        columns += taken
        if "date" in taken:
            report.attrs["undated"] = con.execute("SELECT count(*) FROM kept WHERE date IS NULL").fetchall()[0][0]
    return columns


def _share(con: "DuckDBPyConnection", source: Description, key: str, other: Exports) -> int:
    """Return how many records have a number that the other table lacks."""
    number = clean_cells(source.columns[key], trimmed(quoted(key)), None)
    return int(
        con.execute(
            f"SELECT count(*) FROM kept WHERE {quoted(key)} IS NULL OR {quoted(key)} NOT IN "
            f"(SELECT {number} FROM {other.table} WHERE {number} IS NOT NULL)"
        ).fetchall()[0][0]
    )


def _padded(con: "DuckDBPyConnection", key: str, table: str) -> int:
    """Return how many records without a match would have one but for zeros before their number."""
    known = f"SELECT key FROM {table}"
    bare = f"SELECT ltrim(key, '0') FROM {table}"
    query = f"SELECT count(*) FROM kept WHERE {key} NOT IN ({known}) AND ltrim({key}, '0') IN ({bare})"
    return int(con.execute(query).fetchall()[0][0])
