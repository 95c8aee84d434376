"""Open JSON lines as a DuckDB table of text, the lists of a record joined into one cell."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Fault, TableError
from ..options import nearest
from ..wording.catalogue import few, text
from .description import Description

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["LONGEST", "json_columns", "open_json"]

# bytes of one line, lines that are looked at for the names they hold
LONGEST, _HEAD = 1 << 26, 100


def json_columns(source: Description) -> list[str]:
    """Return the columns that the lines of a source become."""
    return [*source.json["record"], *source.json["each"]]


def open_json(con: "DuckDBPyConnection", path: str, file: Path, source: Description, name: str) -> None:
    """Make a table of one row a line: ``n``, ``sound``, ``line`` (its beginning) and the columns."""
    _check_names(path, file, source)
    record, each = source.json["record"], source.json["each"]
    joined = [
        f"array_to_string(list_transform(list, lambda one: coalesce({cell}, '')), chr(31)) AS {_quoted(key)}"
        for key, cell in each.items()
    ]
    alone = [f"{cell} AS {_quoted(key)}" for key, cell in record.items()]
    con.execute(
        f"CREATE TEMP TABLE {name} AS WITH lines AS (SELECT row_number() OVER () AS n, line FROM read_csv("
        f"{_text(path)}, auto_detect=false, header=false, delim=chr(1), quote='', escape='', "
        f"columns={{'line': 'VARCHAR'}}, max_line_size={LONGEST})), "
        "works AS (SELECT n, json_valid(line) AS sound, left(line, 40) AS line, from_json("
        f"CASE WHEN json_valid(line) THEN line END, {_text(source.json['shape'])}) AS work "
        f"FROM lines WHERE trim(line) <> ''), lists AS (SELECT *, {source.json['list']} AS list FROM works) "
        f"SELECT n, sound, line, {', '.join([*alone, *joined])} FROM lists"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _check_names(path: str, file: Path, source: Description) -> None:
    """Refuse lines that are no objects, or objects without the names that records are made of."""
    found = [one for one in _records(path) if one is not None]
    if not found:
        return
    if not any(isinstance(one, dict) for one in found):
        raise TableError([Fault.of("faults.sources.lines", file.name, got=type(found[0]).__name__)])
    names = sorted({key for one in found if isinstance(one, dict) for key in one})
    faults = []
    for needed in source.json.get("required", ()):
        if needed not in names:
            close = nearest(needed, names, cutoff=0.7)
            near = text("faults.sources.near", name=close[0]) if close else ""
            said = {"known": needed, "got": few(names, most=12), "near": near}
            faults.append(Fault.of("faults.sources.column", file.name, column=needed, **said))
    if faults:
        raise TableError(faults)


def _records(path: str) -> Iterator[Any]:
    with gzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb") as lines:
        for line in islice(lines, _HEAD):
            try:
                yield json.loads(line.decode("utf-8-sig").strip() or "null")
            except ValueError:
                yield None
