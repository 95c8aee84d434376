"""Recognize raw exports by the columns that their descriptions need."""

import csv
import gzip
import json
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from ..errors import InnoscapeWarning, reason_of
from ..reading.encodings import as_utf8
from ..reading.refuse_file import cause_of, refusal
from ..reading.sheet_cells import Sheet
from ..wording.catalogue import Text, few, text
from .description import Description, read_description, shipped_sources
from .headers import Headers, match_headers

__all__ = [
    "HEAD",
    "Confidence",
    "RecognizedTable",
    "companions_of",
    "first_rows",
    "recognize_export",
    "recognize_lines",
]

Confidence = Literal["certain", "likely", "guess"]

# rows among which a header is looked for
HEAD = 20


@dataclass(frozen=True, eq=False)
class RecognizedTable:
    """What a file, or a sheet of it, was recognized as.

    Attributes
    ----------
    file : Path
    kind : str
        ``export`` (of ``source``), ``areas``, a table contract, or nothing where it is none of them.
    confidence : {"certain", "likely", "guess"}
        Certain: every column that is needed stands under a known header. Likely: by other spellings, or the rest are
        numbers. A guess: by what the cells hold.
    reasons : tuple of Text
    source : str
        Name of the description of an export.
    sheet : Sheet or None
        The cells of a table; None for exports and areas, which are read where they lie.
    columns : dict
        Header as written -> column of the contract or source.
    headers : tuple of str
        All headers as written.
    companion_of : tuple of str
        Sources of which it may be a further table.
    width : int
        Cells in a row of a matrix, whose cells are the rows of ``sheet``; 0 for any other table.
    """

    file: Path
    kind: str
    confidence: Confidence = "certain"
    reasons: tuple[Text, ...] = ()
    source: str = ""
    sheet: Sheet | None = None
    columns: dict[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    companion_of: tuple[str, ...] = ()
    width: int = 0

    @property
    def name(self) -> str:
        """The file, and the sheet where it has several."""
        title = "" if self.sheet is None else self.sheet.title
        return f"{self.file.name}#{title}" if title else self.file.name


def recognize_export(file: Path, rows: Iterable[Sequence[str]]) -> RecognizedTable | None:
    """Return the source whose needed columns all stand in one row, of several the one that knows most of it."""
    best: tuple[tuple[int, int], Description, Headers] | None = None
    sources = [read_description(name) for name in shipped_sources()]
    for row in rows:
        for source in sources:
            found = match_headers(row, source)
            needed = [column.name for column in source.columns.values() if column.required]
            if source.json or not set(needed) <= set(found.at):
                continue
            rank = (len(set(found.at.values())), len(needed))
            if best is None or rank > best[0]:
                best = (rank, source, found)
    if best is None:
        return None
    _, source, headers = best
    columns = {headers.written[at]: name for name, at in headers.at.items()}
    said = text("start.reasons.source", source=source.name, columns=few(list(columns), most=8))
    return RecognizedTable(
        file, "export", reasons=(said,), source=source.name, columns=columns, headers=headers.written
    )


def companions_of(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the sources of which a table has a common number and something further."""
    found: dict[str, None] = {}
    for row in rows:
        for source in map(read_description, shipped_sources()):
            at = match_headers(row, source).at
            keys = {column.name for column in source.columns.values() if column.key}
            if keys & set(at) and set(at) - keys:
                found[source.name] = None
    return tuple(found)


def recognize_lines(file: Path) -> RecognizedTable | None:
    """Recognize lines of JSON by the names of the first object."""
    opener = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        with opener(file, "rt", encoding="utf-8-sig") as opened:
            first = next((line for line in opened if line.strip()), "")
        keys = set(json.loads(first))
    except (OSError, ValueError, TypeError):
        return None
    for source in map(read_description, shipped_sources()):
        wanted = set(json.loads(source.json["shape"])) if source.json else set()
        if wanted and len(wanted & keys) >= len(wanted) - 1:
            said = text("start.reasons.source", source=source.name, columns=few(sorted(wanted & keys)))
            return RecognizedTable(file, "export", reasons=(said,), source=source.name, headers=tuple(sorted(keys)))
    return None


def first_rows(file: Path) -> list[list[str]]:
    """Return the first lines parted by each mark in turn."""
    rows = []
    try:
        with tempfile.TemporaryDirectory(prefix="innoscape-") as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            path = as_utf8(file, Path(folder))
            opener = gzip.open if path.endswith(".gz") else open
            with opener(path, "rt", encoding="utf-8-sig") as opened:
                lines = list(islice(opened, HEAD))
    except (EOFError, gzip.BadGzipFile) as error:
        raise refusal(file, "packed", reason=cause_of(error)) from error
    except OSError as error:
        raise refusal(file, "unreadable", reason=reason_of(error)) from error
    if any("\0" in line for line in lines):
        raise refusal(file, "encoding")
    for mark in ",\t;|":
        for line in lines:
            cells = next(csv.reader([line.rstrip("\r\n")], delimiter=mark), [])
            if len(cells) > 1:
                rows.append([cell.strip() for cell in cells])
    return rows
