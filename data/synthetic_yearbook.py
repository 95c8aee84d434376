"""Write a synthetic yearbook sheet as yearbooks print them: titles, merged headers, marks, totals and notes.

Nothing here was observed: title, note and source say that the figures are synthetic.
"""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from .errors import OptionError
from .files import write_file
from .spellings import spellings
from .synthetic_provinces import synthetic_provinces

__all__ = ["synthetic_yearbook"]

_WORDS = spellings("yearbook")
_INDICATORS = ("rd_expenditure", "new_product_revenue")
# the row after which the page is turned, and how many values are missing or marked
_PAGE, _ODD = 16, 3


def synthetic_yearbook(path: str | Path, *, seed: int = 0, start: int = 2019, years: int = 3) -> pd.DataFrame:
    """Write two indicators of 31 provinces, the years side by side, as a yearbook prints them.

    The sheet has a title, a line with the unit, a header of two rows (indicator over years; merged in a workbook), a
    row of the whole country, names printed wider by spaces, thousands separated by commas, dots for missing values,
    asterisks behind others, the header repeated where the page turns, and notes below.

    Parameters
    ----------
    path : str or Path
        ``.xlsx`` or ``.csv``.
    seed, start, years : int
        As in `synthetic_provinces`, whose figures it prints.

    Returns
    -------
    DataFrame
        What the sheet says: the indicators contract without the whole country, missing values as NaN; marked synthetic.

    Raises
    ------
    OptionError
        If the suffix is another, or an option is out of range.

    Examples
    --------
    >>> import tempfile, warnings
    >>> from innoscape.data import read_table
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     printed = synthetic_yearbook(f"{folder}/yearbook.xlsx")
    ...     read = read_table(f"{folder}/yearbook.xlsx", "indicators")
    >>> read["value"].equals(printed["value"]), len(read)
    (True, 186)
    """
    file = Path(path)
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise OptionError(f"path: needed a file .xlsx or .csv, got {file.name!r}")
    drawn = synthetic_provinces(seed=seed, start=start, years=years)["indicators"]
    wide = drawn.pivot_table(index="place", columns=["indicator", "year"], values="value", sort=False)
    wide = wide[[(name, year) for name in _INDICATORS for year in range(start, start + years)]]
    rng = np.random.default_rng(seed)
    odd = rng.choice(wide.size, 2 * _ODD, replace=False)
    values = wide.to_numpy(copy=True).round(1)
    whole = values.sum(axis=0)
    values.flat[odd[:_ODD]] = np.nan
    cells = [[_printed(value) for value in row] for row in values]
    for at in odd[_ODD:].tolist():
        cells[at // wide.shape[1]][at % wide.shape[1]] += "*"
    rows, merged = _sheet(
        [str(place) for place in wide.index], cells, [_printed(value) for value in whole], start, years
    )
    write_file(file, _workbook(rows, merged) if file.suffix.lower() == ".xlsx" else _text(rows))
    return _as_read(wide, values)


def _as_read(wide: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    places, (indicators, years) = wide.index, zip(*wide.columns, strict=True)
    rows = len(places)
    table = pd.DataFrame(
        {
            "place": pd.Series(np.repeat(places.to_numpy(dtype=object), wide.shape[1]), dtype="str"),
            "indicator": pd.Series([_WORDS[name] for name in indicators] * rows, dtype="str"),
            "value": values.ravel(),
            "year": pd.Series([*years] * rows, dtype="Int64"),
        }
    )
    table["unit"] = pd.Series([_WORDS["unit"].partition(_WORDS["colon"])[2]] * len(table), dtype="str")
    table.attrs = {"synthetic": True}
    return table


def _printed(value: float) -> str:
    return _WORDS["missing"] if np.isnan(value) else f"{value:,.1f}"


def _wider(name: str) -> str:
    return _WORDS["gap"].join(name) if len(name) == 2 else name


def _sheet(
    places: list[str], cells: list[list[str]], whole: list[str], start: int, years: int
) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    """Return the rows of the sheet and its merged cells: first row, first column, last row, last column."""
    width = 1 + len(whole)
    blank = [""] * (width - 1)
    head = [
        [_WORDS["place"], *(name for one in _INDICATORS for name in [_WORDS[one], *[""] * (years - 1)])],
        ["", *(f"{year}{_WORDS['year']}" for _ in _INDICATORS for year in range(start, start + years))],
    ]
    body = [[_wider(place), *row] for place, row in zip(places, cells, strict=True)]
    rows = [[_WORDS["title"], *blank], [*blank, _WORDS["unit"]], *head, [_WORDS["all"], *whole], *body[:_PAGE]]
    again = len(rows)
    rows += [[_WORDS["again"], *blank], *head, *body[_PAGE:]]
    rows += [[note, *blank] for note in (*_WORDS["notes"], _WORDS["source"])]
    merged = [(1, 1, 1, width)]
    for top in (3, again + 2):
        merged.append((top, 1, top + 1, 1))
        merged += [(top, 2 + i * years, top, 1 + (i + 1) * years) for i in range(len(_INDICATORS))] if years > 1 else []
    return rows, merged


def _workbook(rows: list[list[str]], merged: list[tuple[int, int, int, int]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    for row in rows:
        sheet.append([cell or None for cell in row])
    for top, left, bottom, right in merged:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(rows: list[list[str]]) -> str:
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(rows)
    return content.getvalue()
