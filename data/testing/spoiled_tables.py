"""Draw tables that may break their contract."""

import csv
import gzip
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..options import check_number
from .spoil_cells import spoil_cells
from .strategies import strategies
from .valid_tables import valid_tables

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["spoiled_files", "spoiled_tables"]

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5", "latin-1", "utf-16-le")
_ENDS = ("\n", "\r\n", "\r")


def spoiled_tables(contract: str, *, most: int = 3) -> "SearchStrategy[list[list[str]]]":
    """Return a strategy of tables that differ in a few things from one that keeps its contract.

    A cell, row, column or name is changed, blank, lost, twice or moved, a title stands above or a note below. What is
    drawn may or may not keep the contract.

    Parameters
    ----------
    contract : str
        Name of the contract (see `contract`).
    most : int
        Most things that are wrong at once.

    Returns
    -------
    SearchStrategy
        Of lists of rows, each a list of cells; the first row is the header, as long as that is not spoiled.

    Raises
    ------
    OptionError
        If no contract has that name.
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5, database=None, deadline=None)
    ... @given(spoiled_tables("costs"))
    ... def test_rows_are_lists_of_text(rows):
    ...     assert all(isinstance(cell, str) for row in rows for cell in row)
    >>> test_rows_are_lists_of_text()
    """
    st = strategies()
    check_number("most", most, least=1, whole=True)
    tables = valid_tables(contract)

    @st.composite
    def drawn(draw: Callable[[Any], Any]) -> list[list[str]]:
        table = draw(tables)
        rows = [[*map(str, table.columns)], *table.to_numpy().tolist()]
        for _ in range(draw(st.integers(1, most))):
            rows = spoil_cells(draw, rows)
        return rows

    return drawn()


def spoiled_files(contract: str, *, most: int = 3) -> "SearchStrategy[tuple[str, bytes]]":
    """Return a strategy of files that hold such tables, in many encodings and kinds, now and then cut or damaged.

    Parameters
    ----------
    contract, most
        As in `spoiled_tables`.

    Returns
    -------
    SearchStrategy
        Of pairs: the name of a file (``.csv``, ``.tsv``, ``.txt``, ``.csv.gz``, ``.xlsx``, ``.parquet``, ``.jsonl``)
        and its bytes.

    Raises
    ------
    OptionError
        If no contract has that name.
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    A table is read and keeps its contract, or the error says what is wrong:

    >>> import tempfile, warnings
    >>> from pathlib import Path
    >>> from hypothesis import given, settings
    >>> from innoscape.data import InnoscapeError, read_table
    >>> @settings(max_examples=5, database=None, deadline=None)
    ... @given(spoiled_files("costs"))
    ... def test_costs_are_read_or_refused(file):
    ...     name, content = file
    ...     with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
    ...         Path(folder, name).write_bytes(content)
    ...         try:
    ...             assert read_table(Path(folder, name), "costs")["value"].ge(0).all()
    ...         except InnoscapeError as error:
    ...             assert name in str(error)
    >>> test_costs_are_read_or_refused()
    """
    st = strategies()
    tables = spoiled_tables(contract, most=most)

    @st.composite
    def drawn(draw: Callable[[Any], Any]) -> tuple[str, bytes]:
        rows = draw(tables)
        name, content = draw(st.sampled_from(_KINDS))(draw, rows)
        if draw(st.integers(0, 9)) == 0:
            at = draw(st.integers(0, len(content)))
            # cut, a byte changed, or bytes that no program wrote
            content = draw(
                st.sampled_from(
                    [content[:at], content[:at] + b"\0" + content[at + 1 :], content[:at] + b"\xff\xfe\x80"]
                )
            )
        return name, content

    return drawn()


def _text(draw: Callable[[Any], Any], rows: list[list[str]]) -> tuple[str, bytes]:
    st = strategies()
    name, separator = draw(st.sampled_from([("t.csv", ","), ("t.csv", ";"), ("t.tsv", "\t"), ("t.txt", "\t")]))
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator=draw(st.sampled_from(_ENDS))).writerows(rows)
    content = written.getvalue().encode(draw(st.sampled_from(_ENCODINGS)), errors="replace")
    if draw(st.integers(0, 4)) == 0:
        return f"{name}.gz", gzip.compress(content, mtime=0)
    return name, content


def _parquet(_: Callable[[Any], Any], rows: list[list[str]]) -> tuple[str, bytes]:
    target = io.BytesIO()
    # a frame of pyarrow may have no name twice
    first = rows[0] if rows else []
    head = [cell if first.index(cell) == at else f"{cell}.{at}" for at, cell in enumerate(first)]
    body = [[*row, *[""] * len(head)][: len(head)] for row in rows[1:]]
    pd.DataFrame(body, columns=head, dtype="str").to_parquet(target, index=False)
    return "t.parquet", target.getvalue()


def _lines(_: Callable[[Any], Any], rows: list[list[str]]) -> tuple[str, bytes]:
    import json

    objects = (dict(zip(rows[0], row, strict=False)) for row in rows[1:])
    return "t.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def _workbook(draw: Callable[[Any], Any], rows: list[list[str]]) -> tuple[str, bytes]:
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    st = strategies()
    book = Workbook()
    sheet: Any = book.active
    typed = draw(st.booleans())
    for row in rows:
        try:
            sheet.append([_number(cell) if typed else cell for cell in row])
        except IllegalCharacterError:
            sheet.append(["?"] * len(row))
    if draw(st.booleans()) and len(rows) > 2:
        column = draw(st.integers(1, max(map(len, rows), default=1) or 1))
        sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    if draw(st.booleans()):
        book.create_sheet("notes")["A1"] = "Source: yearbook"
    target = io.BytesIO()
    book.save(target)
    return "t.xlsx", target.getvalue()


def _number(cell: str) -> str | float:
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if abs(number) < 1e300 else cell


_KINDS = (_text, _text, _parquet, _lines, _workbook)
