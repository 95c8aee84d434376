"""Open raw records wherever they lie, as an Ibis table.

Text files are read as text, so nothing is guessed; what a cell means is decided by the expressions, alike on every
engine. The default engine is a DuckDB of its own, closed when the work is done.
"""

import re
import tempfile
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from ..contracts.unread_cells import unread_cells
from ..errors import Fault, MissingExtraError, OptionError, TableError, columns_of
from ..options import nearest
from ..reading.encodings import as_utf8, encoding_of
from ..reading.tables import read_frame
from ..wording.catalogue import Text, text

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends import BaseBackend
    from ibis.expr.datatypes import DataType
    from ibis.expr.operations import Node
    from ibis.expr.types import Table

__all__ = ["built_once", "engine", "fetch", "fetch_hashes", "filled", "in_memory", "open_records", "pick"]

# rows pulled at once where all would take memory twice
_PIECE = 100_000
# letters of an engine's message that are shown
_LONGEST = 160
_PARQUET, _CSV = (".parquet", ".pq"), (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
_BOOKS = (".xlsx", ".xlsm")
# where files are written anew for the engine, as long as it works
_SCRATCH: ContextVar[Path] = ContextVar("scratch")


class Embedded(NamedTuple):
    """The DuckDB of its own, and numbers for the names of its tables, from 0 each time: alike work is alike in SQL."""

    con: "BaseBackend"
    numbers: Iterator[int]


_EMBEDDED: ContextVar[Embedded | None] = ContextVar("embedded", default=None)
# cells of workbooks that hold no value, by the records that they stand in
_UNREAD: ContextVar[dict[str, list[Fault]]] = ContextVar("unread")


@contextmanager
def engine(
    records: object, connection: "BaseBackend | None", *, threads: int | None, memory: str | None
) -> Iterator["BaseBackend"]:
    """Yield the connection to work on: the given one, that of an Ibis table, or a DuckDB of its own."""
    try:
        import ibis
    except ImportError as error:
        raise MissingExtraError("records", purpose="records") from error
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="innoscape-") as scratch:
        mark, unread = _SCRATCH.set(Path(scratch)), _UNREAD.set({})
        # Ibis still calls it, and nothing here can choose otherwise
        warnings.filterwarnings("ignore", message="fetch_arrow_table", category=DeprecationWarning)
        try:
            with _connected(ibis, records, connection, threads=threads, memory=memory) as one:
                yield one
        finally:
            _SCRATCH.reset(mark)
            _UNREAD.reset(unread)


@contextmanager
def _connected(
    ibis: ModuleType, records: object, connection: "BaseBackend | None", *, threads: int | None, memory: str | None
) -> Iterator["BaseBackend"]:
    own = _backend_of(records) if connection is None else connection
    if own is not None:
        if threads is not None or memory is not None:
            raise OptionError("threads and memory set up the embedded DuckDB; set them on the connection instead")
        yield own
        return
    # spilled rows go to a folder that is removed, and nothing is fetched from anywhere
    settings: dict[str, Any] = {"temp_directory": str(_SCRATCH.get()), "autoinstall_known_extensions": False}
    settings |= {"preserve_insertion_order": False}
    settings |= {"threads": threads} if threads is not None else {}
    settings |= {"memory_limit": memory} if memory is not None else {}
    try:
        duckdb = ibis.duckdb.connect(**settings)
    except ImportError as error:
        raise MissingExtraError("records", purpose="records") from error
    except Exception as error:
        raise OptionError(f"threads={threads!r}, memory={memory!r} do not suit DuckDB: {_reason(error)}") from error
    mark = _EMBEDDED.set(Embedded(duckdb, count()))
    try:
        yield duckdb
    finally:
        _EMBEDDED.reset(mark)
        duckdb.disconnect()


def _backend_of(records: object) -> "BaseBackend | None":
    from ibis.expr.types import Table

    if not isinstance(records, Table):
        return None
    # an in-memory table has no backend of its own, which the public call hides
    found, _ = cast("Any", records)._find_backends()  # noqa: SLF001
    return found[0] if found else None


def open_records(records: object, connection: "BaseBackend", *, where: str) -> "Table":
    """Return records as an Ibis table of a connection."""
    from ibis.expr.types import Table

    if isinstance(records, Table):
        return records
    if isinstance(records, str | Path):
        return _read(str(records), connection, where)
    if isinstance(records, pd.DataFrame):
        return _stripped(in_memory(records))
    if hasattr(records, "collect") and hasattr(records, "lazy"):  # a lazy polars frame
        records = records.collect()  # pyright: ignore[reportAttributeAccessIssue]
    if hasattr(records, "to_arrow"):
        records = records.to_arrow()  # pyright: ignore[reportAttributeAccessIssue]
    if hasattr(records, "schema") and hasattr(records, "to_batches"):
        return _stripped(_named(cast("pa.Table", records)))
    raise OptionError(
        f"{where} must be a path, a pandas, pyarrow or polars table, or an Ibis table, not {type(records).__name__}"
    )


def in_memory(frame: pd.DataFrame) -> "Table":
    """Return a frame as an Ibis table; columns with cells of several types become text."""
    import pyarrow as pa

    frame = frame.reset_index(drop=True).rename(columns=str)
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        raise TableError(Fault.of("faults.records.twice", "records", name=name) for name in twice)
    for name in frame.columns[[pd.api.types.is_object_dtype(kind) for kind in frame.dtypes]]:
        kind = pd.api.types.infer_dtype(frame[name], skipna=True)
        if kind.startswith("mixed") or kind == "categorical":
            frame[name] = frame[name].map(str, na_action="ignore").astype("str")
    try:
        return _named(pa.Table.from_pandas(frame, preserve_index=False))
    except (pa.ArrowInvalid, pa.ArrowTypeError, KeyError) as error:
        raise TableError([Fault.of("faults.records.types", "records", reason=_reason(error))]) from error


def _named(data: "pa.Table | pa.dataset.Dataset") -> "Table":
    """Return data as an Ibis table, in the embedded engine under a name that is the same in alike work."""
    import ibis
    import pyarrow as pa

    table, own = ibis.memtable(cast("pd.DataFrame", data)), _EMBEDDED.get()
    if own is None or not isinstance(data, pa.Table):
        return table
    name = _next_name(own)
    cast("Any", own.con).con.register(name, cast("Any", table.op()).data.to_pyarrow(table.schema()))
    return ibis.table(table.schema(), name=name)


def _next_name(own: Embedded) -> str:
    return f"innoscape_{next(own.numbers)}"


def _read(path: str, connection: "BaseBackend", where: str) -> "Table":
    import ibis

    if path.casefold().endswith(_BOOKS):
        books = {file: read_frame(file) for file in _files(path, where)}
        _UNREAD.get()[where] = [one for file, book in books.items() for one in unread_cells(book, file)]
        return _stripped(in_memory(pd.concat(books.values(), ignore_index=True)))
    if connection.name != "duckdb":
        return _read_elsewhere(path, connection)
    remote = "://" in path
    paths: str | list[str] = path if remote else _files(path, where)
    sample = path if remote else paths[0]
    if not remote and not sample.casefold().endswith(_PARQUET):
        paths = [as_utf8(file, _SCRATCH.get()) for file in paths]
    try:
        own = _EMBEDDED.get()
        name = None if own is None else _next_name(own)
        if sample.casefold().endswith(_PARQUET):
            table = connection.read_parquet(paths, table_name=name, hive_partitioning=True, union_by_name=True)
            return table if name is None else ibis.table(table.schema(), name=name)
        separator = {"delim": "\t"} if ".tsv" in sample.casefold() else {}
        options: dict[str, Any] = {"all_varchar": True, "header": True, "union_by_name": True, **separator}
        table = connection.read_csv(paths, table_name=name, **options)
        return _stripped(table if name is None else ibis.table(table.schema(), name=name))
    except Exception as error:
        raise TableError([Fault.of("faults.records.files", where, reason=_reason(error))]) from error


def _read_elsewhere(path: str, connection: "BaseBackend") -> "Table":
    written = path.casefold().endswith(_CSV)
    if written and connection.name == "pyspark":
        if Path(path).is_file() and not encoding_of(path).startswith("utf-8"):
            # Spark knows no other encoding of Chinese text; spreadsheets write files of that size
            return _stripped(in_memory(read_frame(path)))
        return _stripped(connection.read_csv(path, header=True, inferSchema=False))
    return _stripped(connection.read_csv(path)) if written else connection.read_parquet(path)


def _stripped(table: "Table") -> "Table":
    """Take the white space around every text away; an empty cell is missing."""
    kinds = table.schema().items()
    return table.mutate(**{name: table[name].strip().nullif("") for name, kind in kinds if kind.is_string()})


def _files(path: str, where: str) -> list[str]:
    given = Path(path)
    if given.is_dir():
        found = sorted(file for file in given.rglob("*") if str(file).casefold().endswith((*_PARQUET, *_CSV)))
        # what begins with a dot or an underscore is a note of the program that wrote the folder
        files = [str(file) for file in found if not file.name.startswith((".", "_"))]
        if len({file.casefold().endswith(_PARQUET) for file in files}) > 1:
            raise TableError([Fault.of("faults.records.formats", where)])
    elif given.is_file():
        files = [path]
    else:
        anchor = Path(given.anchor or ".")
        files = sorted(str(file) for file in anchor.glob(str(given.relative_to(given.anchor))) if file.is_file())
    if not files:
        raise TableError([Fault.of("faults.records.absent", where, path=path)])
    if not files[0].casefold().endswith((*_PARQUET, *_CSV, *_BOOKS)):
        formats = [*_PARQUET, *_CSV, *_BOOKS]
        raise TableError([Fault.of("faults.records.format", where, formats=formats, name=Path(files[0]).name)])
    return files


def pick(table: "Table", columns: Mapping[str, str], *, where: str, options: bool = True) -> "Table":
    """Return the columns that are needed (option -> name) under the names of their options.

    Columns that are absent or of a type without use are refused, all of them together.
    """
    faults = []
    columns = {option: str(name) for option, name in columns.items()}
    for option, name in columns.items():
        if name in table.columns:
            needed, fits = _use(option)
            kind = table[name].type()
            if not fits(kind):
                faults.append(Fault.of("faults.records.kind", where, column=name, needed=needed, kind=kind))
            continue
        close = nearest(name, table.columns)
        near = text("faults.records.near", name=close[0]) if close else ""
        call = text("faults.records.option" if options else "faults.records.call", option=option)
        said = {"name": name, "got": columns_of(table), "near": near, "call": call}
        faults.append(Fault.of("faults.records.column", where, column=name, **said))
    faults += [one for one in _UNREAD.get().get(where, ()) if one.column in columns.values()]
    if faults:
        raise TableError(faults)
    return table.select(**{option: table[name] for option, name in columns.items()})


def _use(option: str) -> "tuple[Text, Callable[[DataType], bool]]":
    """Say what an option's column must hold, in words and as a test of its type."""
    if option == "date":
        return text("faults.records.dates"), lambda kind: _counts(kind) or kind.is_date() or kind.is_timestamp()
    if option in ("amount", "order") or option.startswith("share_"):
        return text("faults.records.numbers"), _counts
    return text("faults.records.names"), lambda kind: not (kind.is_nested() or kind.is_binary())


def _counts(kind: "DataType") -> bool:
    return kind.is_numeric() or kind.is_string() or kind.is_null()


def filled(rows: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """Refuse an empty table."""
    if rows.empty:
        raise TableError([Fault.of("faults.records.empty", where)])
    return rows


def fetch(expression: "Table", connection: "BaseBackend", *, where: str) -> pd.DataFrame:
    """Run an expression and pull its result; whole decimals become integers."""
    import pyarrow as pa

    with _said_plainly(connection, where):
        result = _pulled(expression, connection)
    columns = {}
    for name, column in zip(result.column_names, result.columns, strict=True):
        if pa.types.is_decimal(column.type):
            columns[name] = _integers(column)
        elif pa.types.is_integer(column.type):
            missing = column.is_null().to_numpy() if column.null_count else np.zeros(len(column), dtype=bool)
            whole = column.fill_null(0) if column.null_count else column
            columns[name] = pd.arrays.IntegerArray(whole.to_numpy().astype("int64", copy=False), np.asarray(missing))
        else:
            columns[name] = column.to_pandas()
    return pd.DataFrame(columns, copy=False)


def fetch_hashes(expression: "Table", connection: "BaseBackend", *, rows: int, where: str) -> np.ndarray:
    """Run an expression on DuckDB whose one column holds at most so many hashes, and pull them piece by piece."""
    found, at = np.empty(rows, dtype="uint64"), 0
    with _said_plainly(connection, where):
        sql = _own_sql(expression, connection)
        if sql is None:
            pieces = connection.to_pyarrow(expression).to_batches()
        else:
            pieces = cast("Any", connection).con.sql(sql).to_arrow_reader(_PIECE)
        for piece in pieces:
            found[at : at + len(piece)] = piece.column(0).to_numpy(zero_copy_only=False)
            at += len(piece)
    return found[:at]


@contextmanager
def _said_plainly(connection: "BaseBackend", where: str) -> Iterator[None]:
    """Say in our own errors what an engine refuses."""
    from ibis.common.exceptions import IbisError

    try:
        yield
    except (IbisError, NotImplementedError, TypeError) as error:
        raise OptionError(f"{connection.name} cannot do this work; leave it to DuckDB: {_reason(error)}") from error
    except Exception as error:  # every engine has its own
        if "out of memory" in str(error).casefold():
            raise OptionError(f"the engine needs more memory or fewer threads: {_reason(error)}") from error
        raise TableError([Fault.of("faults.records.engine", where, reason=_reason(error))]) from error


def _pulled(expression: "Table", connection: "BaseBackend") -> "pa.Table":
    if (sql := _own_sql(expression, connection)) is None:
        return connection.to_pyarrow(expression)
    return expression.__pyarrow_result__(cast("Any", connection).con.sql(sql).to_arrow_table())


def _own_sql(expression: "Table", connection: "BaseBackend") -> str | None:
    own = _EMBEDDED.get()
    return _as_sql(expression.op()) if own is not None and connection is own.con else None


@lru_cache(maxsize=256)
def _as_sql(work: "Node") -> str | None:
    """Return the SQL of work on tables of the embedded engine, None where it holds other tables.

    To write it takes longer than to count some 100,000 rows, and alike work on other records has the same.
    """
    import ibis

    return str(ibis.duckdb.compile(work.to_expr())) if _is_own(work) else None


def _is_own(work: "Node") -> bool:
    import ibis.expr.operations as ops

    tables, functions = work.find(ops.PhysicalTable), work.find((ops.ScalarUDF, ops.AggUDF))
    # functions in Python must be put before the engine first, as Ibis does
    native = all(cast("Any", one).__input_type__.name == "BUILTIN" for one in functions)
    return native and all(isinstance(one, ops.UnboundTable) for one in tables)


def built_once(build: "Callable[..., Table]", table: "Table", *options: Hashable) -> "Table":
    """Return what is built on a table with these options; for alike tables of the embedded engine it is built once."""
    work = table.op()
    return _built(build, work, *options) if _is_own(work) else build(table, *options)


@lru_cache(maxsize=64)
def _built(build: "Callable[..., Table]", work: "Node", *options: Hashable) -> "Table":
    return build(work.to_expr(), *options)


def _integers(column: "object") -> pd.Series:
    import pyarrow as pa

    array = cast("pa.ChunkedArray", column)
    try:
        return pd.Series(array.cast(pa.int64()).to_pandas(), dtype="Int64")
    except pa.ArrowInvalid:  # beyond 64 bits Python's own integers carry on
        return pd.Series([None if cell is None else int(cell) for cell in array.to_pylist()], dtype=object)


def _reason(error: Exception) -> str:
    """Give what an engine says: the file it names first, no advice, whole words."""
    said, *rest = re.split(r"possible solutions?:", str(error), maxsplit=1, flags=re.IGNORECASE)
    named = re.search(r"^\s*file = (.+)$", "".join(rest), flags=re.MULTILINE)
    # the row that an engine quotes may be long, and its number is shown anyway
    text = " ".join(re.sub(r"^Original Line:.*$", "", said, flags=re.MULTILINE).split())
    if len(text) > _LONGEST:
        start = text[: _LONGEST + 1]
        sentence = start.rfind(". ") + 1
        text = start[:sentence] if sentence > _LONGEST / 2 else f"{start[:_LONGEST].rpartition(' ')[0] or start} …"
    text = text.removesuffix(".") or type(error).__name__
    return f"{named[1].strip()}: {text}" if named else text
