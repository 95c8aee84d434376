"""Open exports as a DuckDB table of text, one column for each column of the source that the file has."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pandas as pd

from ..contracts.unread_cells import unread_cells
from ..errors import Fault, MissingExtraError, OptionError, TableError
from ..places.keys import key_text
from ..reading.encodings import as_utf8
from ..reading.tables import read_frame
from .description import Description
from .headers import Headers, header_faults, match_headers
from .json_lines import LONGEST, json_columns, open_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Exports", "duckdb_of", "files_of", "open_exports", "quoted", "sql_text"]

_BOOKS, _PARQUET, _LINES = (".xlsx", ".xlsm"), (".parquet", ".pq"), (".jsonl", ".ndjson", ".json", ".jsonl.gz")
_TEXTS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
# lines among which the header is looked for, whole digits that a spreadsheet keeps
_HEAD, _DIGITS = 20, 15
_SHOWN = 3
# bytes at the end of a file among which its last row is looked for
_TAIL = 1 << 16


@dataclass
class Exports:
    """A table of exports: its name, the headers of each file, rows read and those that could not be.

    ``broken`` rows could not be cut into cells, ``swallowed`` ones stand behind an open quotation mark.
    """

    table: str
    headers: Headers
    rows: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    swallowed: int = 0
    open_end: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)


def quoted(name: str) -> str:
    """Write a name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(value: str) -> str:
    """Write a text in SQL."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def duckdb_of(folder: Path, *, threads: int | None, memory: str | None) -> Iterator["DuckDBPyConnection"]:
    """Yield an embedded DuckDB that spills to a folder."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtraError("records", purpose="exports") from error
    settings: dict[str, Any] = {"temp_directory": str(folder), "autoinstall_known_extensions": False}
    settings |= {"threads": threads} if threads is not None else {}
    settings |= {"memory_limit": memory} if memory is not None else {}
    try:
        connection = duckdb.connect(config=settings)
    except Exception as error:
        said = str(error).partition("\n")[0]
        raise OptionError(f"threads={threads!r}, memory={memory!r} do not suit DuckDB: {said}") from error
    try:
        yield connection
    finally:
        connection.close()


def files_of(path: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the files of a path: itself, those in a folder, or those that fit a pattern; of several paths all."""
    if not isinstance(path, str | Path):
        if not isinstance(path, Iterable):
            raise OptionError(f"path: needed a path, a folder, a pattern or a list of them, got {type(path).__name__}")
        return list(dict.fromkeys(file for one in path for file in files_of(one)))
    given = Path(path)
    formats = (*_TEXTS, *_BOOKS, *_PARQUET, *_LINES)
    if given.is_dir():
        found = sorted(file for file in given.iterdir() if file.is_file() and not file.name.startswith((".", "_", "~")))
        found = [file for file in found if file.name.casefold().endswith(formats)]
    elif given.is_file():
        found = [given]
    else:
        anchor = Path(given.anchor or ".")
        pattern = str(given.relative_to(given.anchor))
        found = sorted(file for file in anchor.glob(pattern) if file.is_file())
    if not found:
        raise TableError([Fault.of("faults.records.absent", given.name, path=path)])
    for file in found:
        if not file.name.casefold().endswith(formats):
            raise TableError([Fault.of("faults.records.format", file.name, formats=list(formats), name=file.name)])
    return found


def open_exports(
    con: "DuckDBPyConnection", files: list[Path], source: Description, table: str, scratch: Path, *, main: bool = True
) -> Exports:
    """Read files into one table of text with the row number ``n``; headers may differ from file to file."""
    opened = []
    faults: list[Fault] = []
    for at, file in enumerate(files):
        name = f"{table}_{at}"
        try:
            opened.append(_open(con, file, source, name, scratch, main=main))
        except TableError as error:
            faults += error.faults
    if faults:
        raise TableError(faults)
    fields = list(dict.fromkeys([*source.columns, *(one for part in opened for one in part.headers.at)]))
    fields = [one for one in fields if any(one in part.headers.at for part in opened)]
    selects = []
    for at, part in enumerate(opened):
        cells = [quoted(one) if one in part.headers.at else f"NULL::VARCHAR AS {quoted(one)}" for one in fields]
        selects.append(f"SELECT ({at}::HUGEINT << 48)::BIGINT + n AS n, {', '.join(cells)} FROM {part.table}")
    con.execute(f"CREATE TEMP VIEW {table} AS {' UNION ALL '.join(selects)}")
    first = opened[0].headers
    merged = Headers(
        first.written,
        dict.fromkeys(fields, 0) | first.at,
        {key: unit for part in reversed(opened) for key, unit in part.headers.units.items()},
    )
    if any(part.headers.units != first.units for part in opened):
        raise TableError([Fault.of("faults.sources.units", table, files=[file.name for file in files])])
    examples = [one for part in opened for one in part.examples][:_SHOWN]
    return Exports(
        table,
        merged,
        sum(part.rows for part in opened),
        sum(part.broken for part in opened),
        examples,
        [part.table for part in opened],
        sum(part.swallowed for part in opened),
        [one for part in opened for one in part.open_end],
        {file.name: part.rows for file, part in zip(files, opened, strict=True)},
    )


def _open(
    con: "DuckDBPyConnection", file: Path, source: Description, name: str, scratch: Path, *, main: bool
) -> Exports:
    suffixed = file.name.casefold()
    if source.json and suffixed.endswith(_LINES):
        return _open_json(con, file, source, name, scratch)
    if suffixed.endswith(_BOOKS):
        return _open_book(con, file, source, name, main=main)
    if suffixed.endswith(_PARQUET):
        path = sql_text(str(file))
        with _whole(file):
            described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
            written = [row[0] for row in described]
            headers = _matched(written, source, file, main=main)
            whole = [_plain(row[0], row[1]) for row in described]
            return _made(con, name, headers, f"read_parquet({path})", whole)
    return _open_text(con, file, source, name, scratch, main=main)


def _plain(name: str, kind: str) -> str:
    """Return the SQL of a column as text; whole numbers that missing cells made floating-point lose their ``.0``."""
    cell = quoted(name)
    if kind not in ("DOUBLE", "FLOAT"):
        return f"{cell}::VARCHAR"
    exact = f"{cell} = trunc({cell}) AND abs({cell}) < 1e{_DIGITS}"
    return f"CASE WHEN {exact} THEN {cell}::BIGINT::VARCHAR ELSE {cell}::VARCHAR END"


def _matched(written: list[str], source: Description, file: Path, *, main: bool) -> Headers:
    headers = match_headers(written, source)
    faults = header_faults(headers, source, file.name) if main else []
    if not main and not headers.at:
        known = [one for column in source.columns.values() if column.key for one in column.spellings]
        faults = [Fault.of("faults.sources.beside", file.name, known=known, got=list(headers.written))]
    if faults:
        raise TableError(faults)
    return headers


def _made(
    con: "DuckDBPyConnection", name: str, headers: Headers, scan: str, columns: list[str], swallowed: str | None = None
) -> Exports:
    cells = [f"{columns[at]} AS {quoted(one)}" for one, at in headers.at.items()]
    cells += [f"{swallowed} AS swallowed"] if swallowed else []
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT row_number() OVER () AS n, {', '.join(cells)} FROM {scan}")
    return Exports(name, headers, _one(con, f"SELECT count(*) FROM {name}"))


def _swallowed(columns: list[str], delimiter: str) -> str:
    """Return the SQL of how many rows an open quotation mark put into a cell.

    The lines of such a cell hold the rest of its row, whole rows, and the cells of the last row before it.
    """
    last, tests = len(columns) - 1, []
    for at, cell in enumerate(columns):
        parts = (
            f"list_transform(string_split({cell}, chr(10)), lambda one: len(string_split(one, {sql_text(delimiter)})))"
        )
        fits = (
            f"list_aggregate([l[1] = {last - at + 1}, l[-1] = {at + 1}, "
            f"len(list_filter(l[2:-2], lambda one: one <> {last + 1})) = 0], 'bool_and')"
        )
        rows = f"list_transform([{parts}], lambda l: CASE WHEN {fits} THEN len(l) - 1 ELSE 0 END)[1]"
        tests.append(f"CASE WHEN contains({cell}, chr(10)) THEN {rows} ELSE 0 END")
    return f"greatest({', '.join([*tests, '0'])})"


def _one(con: "DuckDBPyConnection", query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _open_text(
    con: "DuckDBPyConnection", file: Path, source: Description, name: str, scratch: Path, *, main: bool
) -> Exports:
    path = _utf8(file, scratch)
    with _whole(file):
        delimiter, skip, written = _header_of(path, source, file)
    headers = _matched(written, source, file, main=main)
    columns = [f"c{at}" for at in range(len(written))]
    kinds = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    options = (
        f"auto_detect=false, header=false, skip={skip}, delim={sql_text(delimiter)}, quote={sql_text(source.quote)}, "
        f"escape={sql_text(source.quote)}, columns={{{kinds}}}, nullstr='', max_line_size={LONGEST}, "
        f"store_rejects=true, rejects_table='{name}_lost', rejects_scan='{name}_scan', rejects_limit=0"
    )
    inside = _swallowed(columns, delimiter) if source.quote and len(columns) > 1 else None
    with _whole(file):
        opened = _made(con, name, headers, f"read_csv({sql_text(path)}, {options})", columns, inside)
    lost = con.execute(f"SELECT DISTINCT line, csv_line FROM {name}_lost ORDER BY line").fetchall()
    found = [(f"{line}: {str(cells).partition(chr(10))[0][:40]}", str(cells)) for line, cells in lost]
    opened.broken = len(lost)
    # whole rows behind a quotation mark that is never closed
    opened.swallowed = sum(
        row.count(delimiter) >= len(columns) - 1 for _, text in found for row in text.split("\n")[1:]
    )
    if inside:
        first = quoted(next(iter(headers.at)))
        more = con.execute(f"SELECT {first}, swallowed FROM {name} WHERE swallowed > 0 ORDER BY n").fetchall()
        opened.swallowed += sum(n for _, n in more)
        opened.broken += len(more)
        found += [(str(cell)[:40], "") for cell, _ in more]
        con.execute(f"DELETE FROM {name} WHERE swallowed > 0")
        opened.rows -= len(more)
    opened.rows += opened.broken + opened.swallowed
    opened.examples = [shown for shown, _ in found[:_SHOWN]]
    short = len(columns) if opened.broken else 0
    opened.open_end = [file.name] if opened.rows and _open_end(path, delimiter, source.quote, short) else []
    return opened


def _open_end(path: str, delimiter: str, quote: str, width: int) -> bool:
    """Say whether a file ends within a character, or with fewer cells than a row has and no end of line.

    Whole files often lack the last end of line. Compressed files say themselves where they are cut.
    """
    if path.endswith(".gz"):
        return False
    with Path(path).open("rb") as opened:
        opened.seek(-min(_TAIL, opened.seek(0, 2)), 2)
        last = opened.read().rpartition(b"\n")[2].decode(errors="replace")
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    cells = next(csv.reader([last.rstrip("\r")], delimiter=delimiter, quoting=quoting), [])
    return last.endswith("\ufffd") or 0 < len(cells) < width


def _reader(path: str) -> TextIO:
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
    return Path(path).open(encoding="utf-8-sig", errors="replace")


def _header_of(path: str, source: Description, file: Path) -> tuple[str, int, list[str]]:
    """Return the delimiter, the lines down to the header, and the header: where most columns of the source stand."""
    with _reader(path) as opened:
        lines = list(islice(opened, _HEAD))
    best: tuple[int, int, str, int, list[str]] | None = None
    for mark in source.delimiters:
        quoting = csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE
        for at, line in enumerate(lines):
            cells = next(csv.reader([line.rstrip("\r\n")], delimiter=mark, quoting=quoting), [])
            found = len(match_headers(cells, source).at)
            # the first line is the header unless another one fits better
            rank = (found, len(cells) if at == 0 or found else 0)
            if best is None or rank > best[:2]:
                best = (*rank, mark, at + 1, [cell.strip() for cell in cells])
    if best is None:
        raise TableError([Fault.of("faults.file.empty", file.name)])
    return best[2], best[3], best[4]


def _open_book(con: "DuckDBPyConnection", file: Path, source: Description, name: str, *, main: bool) -> Exports:
    frame = read_frame(file)
    columns = [str(one) for one in frame.columns]
    if not match_headers(columns, source).at:
        rows = frame.head(_HEAD).fillna("").astype(str).to_numpy().tolist()
        found = [len(match_headers(row, source).at) for row in rows]
        if found and max(found):
            frame = read_frame(file, header=found.index(max(found)) + 2)
            columns = [str(one) for one in frame.columns]
    headers = _matched(columns, source, file, main=main)
    if unread := unread_cells(frame.iloc[:, sorted({*headers.at.values()})], file):
        raise TableError(unread)
    cells = {key: [_cell(one) for one in frame.iloc[:, at]] for key, at in headers.at.items()}
    texts = pd.DataFrame(cells, columns=list(headers.at), dtype="object")
    texts = texts[texts.notna().any(axis=1)]
    texts.insert(0, "n", range(1, len(texts) + 1))
    con.register(f"{name}_frame", texts)
    kinds = ", ".join(f"{quoted(key)}::VARCHAR AS {quoted(key)}" for key in cells)
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT n::BIGINT AS n, {kinds} FROM {name}_frame")
    return Exports(name, headers, len(texts))


def _cell(value: object) -> str | None:
    """Write a cell of a workbook as text; a number of more digits than a spreadsheet keeps shows that they are lost."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**_DIGITS:
        return f"{value:.{_DIGITS - 1}E}"
    return key_text(value)


def _open_json(con: "DuckDBPyConnection", file: Path, source: Description, name: str, scratch: Path) -> Exports:
    path = _utf8(file, scratch)
    with _whole(file):
        open_json(con, path, file, source, name)
    lost = con.execute(f"SELECT n, line FROM {name} WHERE NOT sound ORDER BY n").fetchall()
    rows = _one(con, f"SELECT count(*) FROM {name}")
    con.execute(f"DELETE FROM {name} WHERE NOT sound")
    names = json_columns(source)
    headers = Headers(tuple(names), {key: at for at, key in enumerate(names)}, {})
    return Exports(name, headers, rows, len(lost), [f"{n}: {line}" for n, line in lost[:_SHOWN]])


def _utf8(file: Path, scratch: Path) -> str:
    """Return the path of a file as UTF-8."""
    try:
        return as_utf8(file, scratch)
    except UnicodeError as error:
        raise TableError([Fault.of("faults.file.encoding", file.name)]) from error
    except (EOFError, OSError, zlib.error) as error:
        raise TableError([Fault.of("faults.sources.cut", file.name, reason=str(error))]) from error


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    """Refuse a file that the engine cannot read."""
    from duckdb import Error

    try:
        yield
    except (Error, EOFError, OSError, zlib.error) as error:
        said = str(error).partition("\n")[0].replace(str(file), file.name)[:160]
        raise TableError([Fault.of("faults.sources.cut", file.name, reason=said)]) from error
