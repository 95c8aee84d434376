"""Read the table out of a printed sheet: titles above, notes below, headers over several rows, other spellings.

What was assumed is told in one warning a file. The rows of the table keep the numbers that the file counts them by.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..contracts.dates import named_year
from ..contracts.input_tables import columns_in
from ..contracts.printed_numbers import without_marks
from ..contracts.rules import ROW, show
from ..contracts.spread_columns import IDS
from ..errors import Fault, TableError, warn
from ..places.names import without_inner_spaces
from ..spellings import spellings
from ..wording.catalogue import Text, few, join_texts, text
from .column_units import column_units
from .header_block import Header, find_header, folded
from .refuse_file import refusal
from .sheet_cells import Sheet, empty_cell

__all__ = ["table_of"]

_WORDS = spellings("printed")
_COLON = r"\s*[:\uff1a]\s*"
_UNIT = re.compile(rf"(?:{'|'.join(_WORDS['unit'])}){_COLON}(.+?)[)\uff09\]]?", re.IGNORECASE | re.DOTALL)
_NOTE = re.compile(
    rf"[(\uff08\[]?(?:(?:{'|'.join(_WORDS['notes'])})\s*\d*[)\uff09\]]?(?:{_COLON}|\s*[.\u3001]|$)|"
    rf"(?:{'|'.join(map(re.escape, _WORDS['marks']))}))",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(\uff08]\s*([^()\uff08\uff09]+?)\s*[)\uff09]\s*$")
_NUMBERED = re.compile(r"^[\dA-Za-z]*\d[\d.\-\u2013\u2014]*\s+")


def table_of(sheet: Sheet, contract: str | None, header: tuple[int, ...] | None) -> tuple[pd.DataFrame, str]:
    """Return the table below the header of a sheet, and its title if it has one.

    Raises
    ------
    TableError
        If the sheet is empty or the header is not certain.

    Warns
    -----
    InnoscapeWarning
        Of all that was assumed.
    """
    if not sheet.filled.any():
        raise refusal(sheet.file, "empty")
    found = None if contract is None else find_header(sheet, contract, header)
    if found is None and header is not None:
        found = Header(tuple(row - 1 for row in header), [], {})
    if found is None or found.plain:
        if contract is not None and found is None:
            _doubt_first_row(sheet)
        if sheet.ragged is not None:
            raise sheet.ragged
        frame, title = _plain(sheet), ""
        frame = frame if contract is None else _without_notes(sheet, frame, 1)
    else:
        frame, title = _printed(sheet, str(contract), found)
    _tell_merged(sheet, frame)
    if sheet.notes:
        warn("warnings.files.printed", file=sheet.file.name, notes=_sentences(sheet.notes), stacklevel=4)
    return frame, title


def _tell_merged(sheet: Sheet, frame: pd.DataFrame) -> None:
    """Tell of the merged cells among the rows of the table."""
    rows = set(frame.index) if frame.index.name == ROW else set(range(2, len(frame) + 2))
    if names := [block.name for block in sheet.blocks if block.row in rows]:
        sheet.notes.append(text("warnings.printed.merged", cells=few(names, most=10)))


def _sentences(notes: Sequence[Text]) -> Text:
    return join_texts(notes, by="list.semicolon")


def _plain(sheet: Sheet) -> pd.DataFrame:
    first = sheet.row(0)
    if all(cell is None for cell in first):
        raise refusal(sheet.file, "header", row=1)
    # headers are read as cells: repeated names must be seen, not renamed
    return _below(sheet, 1, ["" if cell is None else show(cell).strip() for cell in first])


def _below(sheet: Sheet, start: int, names: Sequence[str]) -> pd.DataFrame:
    frame = sheet.cells.iloc[start:].reset_index(drop=True)
    frame.columns = [name or f"column {at + 1}" for at, name in enumerate(names)]
    filled = sheet.filled[start:].nonzero()[0]
    return frame.iloc[: int(filled[-1]) + 1 if len(filled) else 0]


def _doubt_first_row(sheet: Sheet) -> None:
    """Refuse a table whose first row holds a title and whose header no contract knows."""
    heads = [sheet.row(at, filled=False) for at in range(min(10, len(sheet.cells)))]
    counts = [sum(cell is not None for cell in row) for row in heads]
    if counts[0] > 1 or max(counts) < 2:
        return
    at = next(i for i, count in enumerate(counts) if count > 1)
    first, *_ = [show(cell) for cell in heads[0] if cell is not None] or [""]
    names = few([show(cell) for cell in heads[at] if cell is not None])
    raise TableError([Fault.of("faults.header.below", sheet.file.name, at=at + 1, first=first, names=names)])


def _printed(sheet: Sheet, contract: str, found: Header) -> tuple[pd.DataFrame, str]:
    top, last = found.rows[0], found.rows[-1]
    if last:
        # a header in the first row is as usual
        sheet.notes.insert(0, text("warnings.printed.header", rows=_rows(found.rows), n=len(found.rows)))
    frame = _below(sheet, last + 1, found.names)
    frame.index = pd.RangeIndex(last + 2, last + 2 + len(frame), name=ROW)
    if found.read_as:
        pairs = [text("warnings.printed.pair", given=given, name=name) for given, name in found.read_as.items()]
        sheet.notes.append(text("warnings.printed.columns", names=few(pairs, most=10)))
        frame = frame.rename(columns=found.read_as)
    frame = frame.loc[:, [bool(name) or frame.iloc[:, i].notna().any() for i, name in enumerate(found.names)]]
    title, frame = _read_above(sheet, top, contract, frame)
    frame = _without_notes(sheet, frame, last + 1)
    if frame.columns.has_duplicates:  # which the contract refuses
        return frame, title
    frame = _without_repeated_headers(sheet, frame, contract, found)
    for column in columns_in(contract):
        if column.name in frame and (column.refers_to or column.name == "place"):
            frame = _clean_names(sheet, frame, column.name)
    return frame, title


def _rows(rows: Sequence[int] | np.ndarray) -> Text:
    return few([int(row) + 1 for row in rows])


def _with_unit(sheet: Sheet, frame: pd.DataFrame, contract: str, unit: str, row: int) -> pd.DataFrame:
    """Give the columns that a unit above the table is about that unit, others that of their own header or none."""
    ids = {column.name for column in columns_in(contract)}
    wide = contract == "indicators" and "value" not in frame
    units = column_units([name for name in frame if name not in ids], unit) if wide else {}
    if all(own == unit for own in units.values()):
        sheet.notes.append(text("warnings.printed.unit", unit=unit, row=row))
        return frame.assign(unit=unit)
    frame.attrs["units"] = units
    pairs = [text("warnings.printed.pair", given=name, name=own) for name, own in units.items() if own]
    without = [name for name, own in units.items() if not own]
    said = text("warnings.printed.unit_without", names=few(without, most=8)) if without else ""
    sheet.notes.append(text("warnings.printed.unit_of", unit=unit, row=row, names=few(pairs, most=8), without=said))
    return frame


def _read_above(sheet: Sheet, top: int, contract: str, frame: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Read unit, title and year above the header."""
    columns = {column.name for column in columns_in(contract)}
    texts = [(at, show(cell)) for at in range(top) for cell in sheet.row(at, filled=False) if cell is not None]
    units = [(at, found[1].strip()) for at, said in texts if (found := _UNIT.fullmatch(said.strip(" ()\uff08\uff09")))]
    titles = [(at, said) for at, said in texts if not _UNIT.fullmatch(said.strip(" ()\uff08\uff09"))]
    if len(units) == 1 and "unit" in columns and "unit" not in frame:
        frame = _with_unit(sheet, frame, contract, units[0][1], units[0][0] + 1)
    if not titles:
        return "", frame
    at, title = titles[0]
    sheet.notes.append(text("warnings.printed.title", title=title, row=at + 1))
    years = {(row, year[1]) for row, said in titles if (year := _year_of(said))}
    if len(years) == 1 and "year" in columns and not {"year"} & set(frame) and not any(map(named_year, frame.columns)):
        row, year = years.pop()
        frame["year"] = year
        sheet.notes.append(text("warnings.printed.year", year=year, row=row + 1))
    inside = _IN_BRACKETS.search(title)
    return _NUMBERED.sub("", title[: inside.start()] if inside and named_year(inside[1]) else title).strip(), frame


def _year_of(said: str) -> tuple[str, str] | None:
    inside = _IN_BRACKETS.search(said)
    year = named_year(inside[1] if inside else said)
    return year if year and not year[0] else None


def _without_notes(sheet: Sheet, frame: pd.DataFrame, start: int) -> pd.DataFrame:
    """Leave out the notes at the end: rows of one filled cell, from the first that begins as notes do."""
    first, told = None, ""
    for at in range(len(frame) - 1, -1, -1):
        cells = [cell for cell in sheet.row(start + at, filled=False) if cell is not None]
        if len(cells) > 1 or (cells and not isinstance(cells[0], str)):
            break
        if cells and _NOTE.match(show(cells[0])):
            first, told = at, show(cells[0])
    if first is None or len(sheet.cells.columns) < 2:
        return frame
    out = range(start + first, start + len(frame))
    sheet.notes.append(text("warnings.printed.notes", rows=_rows(out), n=len(out), first=told))
    rows = frame.iloc[:first]
    filled = rows.notna().any(axis=1).to_numpy().nonzero()[0]
    return rows.iloc[: int(filled[-1]) + 1 if len(filled) else 0]


def _without_repeated_headers(sheet: Sheet, frame: pd.DataFrame, contract: str, found: Header) -> pd.DataFrame:
    """Leave out what a page turned over repeats: the header, the title, the unit; and empty rows between groups."""
    key = (IDS.get(contract) or [column.name for column in columns_in(contract) if column.required])[0]
    if key not in frame:
        return frame
    again = tuple(map(folded, _WORDS["again"]))
    heads = {folded(key), *map(folded, spellings("columns").get(key, ()))}
    heads |= {folded(given) for given, name in found.read_as.items() if name == key}
    above = {folded(cell) for at in range(found.rows[0]) for cell in sheet.row(at, filled=False)} - {""}
    cells = sheet.unfilled.iloc[frame.index.to_numpy() - 1]
    lead = frame[key].map(folded, na_action="ignore")
    single = cells.notna().sum(axis=1).to_numpy() <= 1
    out = lead.isin(heads).to_numpy(dtype=bool, copy=True)
    headers = [[folded(cell) for cell in sheet.row(row, filled=False)] for row in found.rows]
    for i in np.flatnonzero(frame[key].isna().to_numpy()).tolist():
        out[i] |= [folded(None if empty_cell(cell) else cell) for cell in cells.iloc[i]] in headers
    for i in np.flatnonzero(single).tolist():
        said = next((show(cell) for cell in cells.iloc[i] if not empty_cell(cell)), "")
        out[i] |= folded(said) in above or folded(said).startswith(again) or bool(_UNIT.fullmatch(said)) or not said
    if out.any():
        repeated = out & cells.notna().any(axis=1).to_numpy()
        if repeated.any():
            rows = frame.index.to_numpy()[repeated] - 1
            sheet.notes.append(text("warnings.printed.repeated", rows=_rows(rows), n=len(rows)))
        frame = frame[~out]
    return frame


def _clean_names(sheet: Sheet, frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Take spaces inside names, and marks before and behind them, off."""
    cells = frame[column].astype(object)
    names = {cell for cell in cells if isinstance(cell, str)}
    clean = {name: without_inner_spaces(without_marks(name.strip()).lstrip("*#\uff0a\uff03").strip()) for name in names}
    changed = {name: to for name, to in clean.items() if to and to != name.strip()}
    if not changed:
        return frame
    mask = cells.isin(changed)
    some = [text("warnings.printed.pair", given=given, name=changed[given]) for given in sorted(changed)]
    sheet.notes.append(text("warnings.printed.names", names=few(some, most=3), rows=_rows(frame.index[mask] - 1)))
    return frame.assign(**{column: cells.map(lambda cell: changed.get(cell, cell) if isinstance(cell, str) else cell)})
