"""Read the cells of a text file, whatever its encoding and separator."""

import csv
import gzip
import io
import re
import warnings
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from ..errors import TableError, reason_of, warn
from ..wording.catalogue import text as say
from .encodings import MARKS, MOST_SWOLLEN, NAMES, START, chinese_encodings, content_of, suffix_of
from .refuse_file import cause_of, refusal
from .sheet_cells import Sheet

__all__ = ["MOST_COLUMNS", "decoded_text", "read_text_cells"]

# as in a sheet of a spreadsheet program
MOST_COLUMNS = 16_384
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_QUOTED = re.compile(r'"[^"\n]*"')
_MARKS = ",;\t|"
# a title may stand above the header, which is looked for in so many lines
_HEAD = 30


def read_text_cells(file: Path) -> Sheet:
    """Return the cells of a text file as text; a table wider than its first line is kept with the fault that it is."""
    text = decoded_text(file)
    if not text.strip():
        raise refusal(file, "empty")
    separator = _separator(text, suffix_of(file))
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        widths = [len(row) for row in islice(lines, _HEAD)]
    except csv.Error as error:
        raise refusal(file, "long_cell", row=lines.line_num, most=csv.field_size_limit()) from error
    if max(widths) > MOST_COLUMNS:
        raise refusal(file, "wide", row=widths.index(max(widths)) + 1, most=MOST_COLUMNS, width=max(widths))
    first = widths[0]
    try:
        return Sheet(file, _parse(file, text, separator, max(first, 1)))
    except TableError as error:
        if max(widths) <= first:
            raise
        return Sheet(file, _parse(file, text, separator, max(widths)), ragged=error)


def decoded_text(file: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB18030, with line feeds alone at the ends."""
    try:
        content = content_of(file)
    except OverflowError as error:
        raise refusal(file, "swollen", most=MOST_SWOLLEN) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise refusal(file, "packed", reason=cause_of(error)) from error
    except OSError as error:
        raise refusal(file, "unreadable", reason=reason_of(error)) from error
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8" and error.end == len(content) and not content[: error.start].isascii():
                # all but the last character is UTF-8, which no other encoding is by chance
                raise refusal(file, "cut") from error
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        # UTF-16 without its mark holds a null in the header or after it
        if "\0" not in text.partition("\n")[0] and "\n\0" not in text:
            if encoding in NAMES:
                warn("warnings.files.encoding", file=file.name, encoding=NAMES[encoding], stacklevel=5)
            # the parser would end a cell there; the contract takes both for a space
            return text.replace("\0", "\1")
    raise refusal(file, "encoding")


def _encodings(content: bytes) -> Iterator[str]:
    """Return the encodings that a text may be in, the likeliest first."""
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    yield from marked or ["utf-8"]
    if not marked:
        yield from chinese_encodings(content[:START])


def _separator(text: str, suffix: str) -> str:
    if suffix == ".tsv":
        return "\t"
    for line in text.split("\n", _HEAD)[:_HEAD]:
        # a mark in quotes is part of a name
        bare = _QUOTED.sub("", line) if '"' in line else line
        if (mark := max(_MARKS, key=bare.count)) in bare:
            return mark
    return ","


def _parse(file: Path, text: str, separator: str, width: int) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.StringIO(text), sep=separator, header=None, names=range(width), index_col=False,
                dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False,
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        ragged = _RAGGED.search(str(error))
        got = say("faults.file.cells", number=ragged[3]) if ragged else " ".join(str(error).split())
        row = int(ragged[2]) if ragged else None
        raise refusal(file, "ragged", width=width, got=got, row=row) from error
