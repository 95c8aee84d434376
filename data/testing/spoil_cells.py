"""Spoil the cells of a table as people and programs do."""

from collections.abc import Callable
from typing import Any

from .strategies import strategies

__all__ = ["ODD_CELLS", "spoil_cells"]

# what stands in cells that were meant to hold something else
ODD_CELLS = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "0.5",
    "1e308",
    "1e-320",
    "nan",
    "inf",
    "-inf",
    "NA",
    "#N/A",
    "#DIV/0!",
    "None",
    "—",
    "…",
    "1,234.5",
    "1.234,5",
    "12%",
    "\uff11\uff12",
    "1/2",
    "2019-02-30",
    "43831",
    "0x1A",
    "true",
    "\u5317\u4eac",
    "\u5168\u56fd",
    "\u5317 \u4eac\u5e02",
    "é" * 300,
    "a\nb",
    'say "x"',
    "=1+1",
    "<script>alert(1)</script>",
    "\u202e\u200b",
    "\x0b",
    "\ufeff",
    "9" * 30,
)
Rows = list[list[str]]
Draw = Callable[[Any], Any]


def spoil_cells(draw: Draw, rows: Rows) -> Rows:
    """Change one thing in the rows of a table, of which the first is the header; return new rows.

    Parameters
    ----------
    draw : callable
        What `hypothesis.strategies.composite` hands to a function.
    rows : list of list of str

    Returns
    -------
    list of list of str
        A cell, row, column or name changed, blank, lost, twice or moved.

    Examples
    --------
    >>> from hypothesis import find
    >>> from hypothesis.strategies import composite
    >>> spoiled = composite(lambda draw: spoil_cells(draw, [["place", "value"], ["A", "1"], ["B", "2"]]))
    >>> find(spoiled(), lambda rows: len(rows[0]) == 1)
    [['value'], ['1'], ['2']]
    """
    st = strategies()
    rows = [[*row] for row in rows]
    if not rows or not rows[0]:
        return rows
    height, width = len(rows), max(map(len, rows))
    row, column = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    other = draw(st.integers(0, width - 1))
    last = height - 1 if height > 1 else 0
    body = draw(st.integers(min(1, last), last))
    return draw(st.sampled_from(_CHANGES))(draw, rows, row=row, body=body, column=column, other=other)


def _put(rows: Rows, row: int, column: int, cell: str) -> Rows:
    if column < len(rows[row]):
        rows[row][column] = cell
    return rows


def _odd_cell(draw: Draw, rows: Rows, *, body: int, column: int, **_: int) -> Rows:
    return _put(rows, body, column, draw(strategies().sampled_from(ODD_CELLS)))


def _cell_of_another_row(draw: Draw, rows: Rows, *, body: int, column: int, **_: int) -> Rows:
    cells = [row[column] for row in rows[1:] if column < len(row)] or [""]
    return _put(rows, body, column, draw(strategies().sampled_from(cells)))


def _cell_of_another_column(_: Draw, rows: Rows, *, body: int, column: int, other: int, **__: int) -> Rows:
    return _put(rows, body, column, rows[body][other] if other < len(rows[body]) else "")


def _another_number(draw: Draw, rows: Rows, *, body: int, column: int, **_: int) -> Rows:
    numbers = ["0", "1", "-1", "2", "0.5", "1000", "1e-9", "1e9", "1e15", "0.1", "-0.0"]
    return _put(rows, body, column, draw(strategies().sampled_from(numbers)))


def _blank_cells(_: Draw, rows: Rows, *, body: int, column: int, **__: int) -> Rows:
    for row in range(body, len(rows)):
        _put(rows, row, column, "")
    return rows


def _same_number_throughout(draw: Draw, rows: Rows, *, column: int, **_: int) -> Rows:
    number = draw(strategies().sampled_from(["0", "1", "7.5", "1e9"]))
    for row in range(1, len(rows)):
        _put(rows, row, column, number)
    return rows


def _same_cell_throughout(draw: Draw, rows: Rows, *, column: int, **_: int) -> Rows:
    cells = [row[column] for row in rows[1:] if column < len(row)] or [""]
    cell = draw(strategies().sampled_from([*ODD_CELLS, *cells]))
    for row in range(1, len(rows)):
        _put(rows, row, column, cell)
    return rows


def _name(draw: Draw, rows: Rows, *, column: int, **_: int) -> Rows:
    names = ["", "Place", "value ", "\u5730\u533a", "2019", "x", *rows[0]]
    return _put(rows, 0, column, draw(strategies().sampled_from(names)))


def _no_column(_: Draw, rows: Rows, *, column: int, **__: int) -> Rows:
    return [row[:column] + row[column + 1 :] for row in rows]


def _column_twice(_: Draw, rows: Rows, *, column: int, **__: int) -> Rows:
    return [[*row, *row[column : column + 1]] for row in rows]


def _columns_of_one_new_name(draw: Draw, rows: Rows, **_: int) -> Rows:
    name = draw(strategies().sampled_from(["year", "unit", "note", "\u5e74\u4efd", ""]))
    return [[*row, *([name] * 2 if at == 0 else ["2019", "2020"])] for at, row in enumerate(rows)]


def _columns_swapped(_: Draw, rows: Rows, *, column: int, other: int, **__: int) -> Rows:
    for row in rows[1:]:
        if max(column, other) < len(row):
            row[column], row[other] = row[other], row[column]
    return rows


def _no_row(_: Draw, rows: Rows, *, row: int, **__: int) -> Rows:
    return rows[:row] + rows[row + 1 :]


def _no_rows_of_a_cell(_: Draw, rows: Rows, *, body: int, column: int, **__: int) -> Rows:
    gone = rows[body][column : column + 1]
    return [rows[0], *(row for row in rows[1:] if row[column : column + 1] != gone)]


def _first_rows(_: Draw, rows: Rows, *, row: int, **__: int) -> Rows:
    return rows[: row + 1]


def _row_twice(_: Draw, rows: Rows, *, row: int, **__: int) -> Rows:
    return [*rows, [*rows[row]]]


def _blank_row(_: Draw, rows: Rows, *, row: int, **__: int) -> Rows:
    return [*rows[: row + 1], [""] * len(rows[0]), *rows[row + 1 :]]


def _short_row(_: Draw, rows: Rows, *, row: int, **__: int) -> Rows:
    rows[row] = rows[row][:-1]
    return rows


def _long_row(draw: Draw, rows: Rows, *, row: int, **_: int) -> Rows:
    rows[row] = [*rows[row], draw(strategies().sampled_from(ODD_CELLS))]
    return rows


def _title(_: Draw, rows: Rows, **__: int) -> Rows:
    return [["Table 1-1 Values (2019)"], *rows]


def _note(_: Draw, rows: Rows, **__: int) -> Rows:
    return [*rows, ["Source: yearbook"]]


def _reversed_rows(_: Draw, rows: Rows, **__: int) -> Rows:
    return [rows[0], *rows[:0:-1]]


_CHANGES = (
    _odd_cell,
    _another_number,
    _another_number,
    _same_number_throughout,
    _blank_cells,
    _cell_of_another_row,
    _cell_of_another_column,
    _same_cell_throughout,
    _name,
    _no_column,
    _column_twice,
    _columns_of_one_new_name,
    _columns_swapped,
    _no_row,
    _no_rows_of_a_cell,
    _first_rows,
    _row_twice,
    _blank_row,
    _short_row,
    _long_row,
    _title,
    _note,
    _reversed_rows,
)
