"""Write cells of a workbook: texts of tables always as text, formulas only of coordinates and numbers."""

import datetime as dt
import math
import re
import unicodedata
from typing import TYPE_CHECKING, cast
from xml.sax.saxutils import escape as escape_markup

import numpy as np
import pandas as pd

from ...data.characters import escape, legible
from ...data.errors import warn

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Found", "put_cell", "put_formula", "text_places", "with_values"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_TEXT = 32_767
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v ?(?:/>|></v>)</c>')

# sheet -> coordinate -> what its formula gives at first
Found = dict[str, dict[str, float | str]]


def text_places(text: str) -> int:
    """Count the places that a text takes in a column; Chinese characters take two.

    Examples
    --------
    >>> text_places("武汉 a")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def put_cell(sheet: "Worksheet", row: int, column: int, value: object) -> "Cell":
    """Write a value, text always as text, and return its cell."""
    cell = cast("Cell", sheet.cell(row, column))
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return cell
    if isinstance(value, bool | int):
        cell.value = value
        return cell
    if isinstance(value, float) and math.isfinite(value):
        # openpyxl would round to 16 digits; 17 may be needed to read the same number back
        cell.value, cell.data_type = repr(value), "n"
        return cell
    if isinstance(value, dt.datetime | dt.date):
        value = value.isoformat()[:10]
    text = _legal(str(value))
    cell.value = text
    # openpyxl takes "=…" for a formula and "#N/A" for an error
    cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def put_formula(
    sheet: "Worksheet", row: int, column: int, formula: str, value: float | str, found: Found, form: str = ""
) -> "Cell":
    """Write a formula of coordinates and numbers, and note the value that it gives at first."""
    cell = cast("Cell", sheet.cell(row, column))
    cell.value = formula
    if form:
        cell.number_format = form
    found.setdefault(sheet.title, {})[cell.coordinate] = value
    return cell


def with_values(part: bytes, values: dict[str, float | str]) -> bytes:
    """Give the formulas of a sheet the values that they have at first, for programs that do not calculate."""

    def filled(cell: re.Match[str]) -> str:
        value = values[cell[1]]
        kind, shown = (' t="str"', escape_markup(_legal(value))) if isinstance(value, str) else ("", repr(float(value)))
        return f'<c r="{cell[1]}"{cell[2]}{kind}><f>{cell[3]}</f><v>{shown}</v></c>'

    return _CELL.sub(filled, part.decode()).encode()


def _legal(text: str) -> str:
    if len(text) > _MOST_TEXT:
        warn("warnings.files.cut_text", characters=len(text), most=_MOST_TEXT, stacklevel=2)
        text = text[:_MOST_TEXT]
    return escape(legible(text))
