"""Read a framework and its data from one Excel workbook.

Two sheets are read, whatever else the workbook holds; the header is row 1 of each:

- ``framework`` (also ``指标体系``): the framework contract, one row an indicator;
- ``indicators`` (also ``data``, ``指标数据``): the indicators contract, long, or wide with one column an indicator.

Merged cells count as filled with the value they show, as is usual for groups of indicators. Formulas count as their
stored results.
"""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..contracts.check_table import check_table
from ..contracts.rules import show
from ..contracts.unread_cells import Uncomputed
from ..errors import Fault, TableError, warn_of
from ..framework import Framework
from ..spellings import spellings
from ..wording.catalogue import join_texts, text
from .sheet_cells import Book, Sheet, empty_cell

__all__ = ["read_workbook"]

_SUFFIXES = (".xlsx", ".xlsm")


def read_workbook(
    path: str | Path, *, places: pd.DataFrame | None = None, strict: bool = False
) -> tuple[Framework, pd.DataFrame]:
    """Read a framework and its indicators from a workbook, as `innoscape.study.write_workbook` writes them.

    - Every fault of both sheets is reported at once, by sheet, row and column.
    - A framework indicator without any value is a fault; values of an indicator that the framework does not name are
      kept, with an `InnoscapeWarning`.
    - A formula without a stored result (a workbook that no spreadsheet program has saved) is a fault.

    Parameters
    ----------
    path : str or Path
        ``.xlsx`` or ``.xlsm``.
    places : pandas.DataFrame, optional
        Places that the column ``place`` must agree with, as in `check_table`.
    strict : bool, default False
        Whether warnings count as faults.

    Returns
    -------
    Framework, pandas.DataFrame
        The framework, and the indicators as `check_table` returns them.

    Raises
    ------
    TableError
        With every fault found.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "index.xlsx")
    ...     with pd.ExcelWriter(file) as book:
    ...         pd.DataFrame({"indicator": ["labs"]}).to_excel(book, sheet_name="framework", index=False)
    ...         pd.DataFrame({"place": ["北京", "天津"], "labs": [128, 14]}).to_excel(
    ...             book, sheet_name="data", index=False)
    ...     framework, indicators = read_workbook(file)
    >>> framework.indicators, indicators.values.tolist()
    (('labs',), [['北京', 'labs', 128.0], ['天津', 'labs', 14.0]])
    """
    file = Path(path)
    book = _open(file)
    faults: list[Fault] = []
    frames: dict[str, tuple[str, pd.DataFrame]] = {}
    for kind, names in spellings("sheets").items():
        name = _find(book, names)
        if name is None:
            wanted, sheets = join_texts(names, by="faults.or"), book.names
            faults.append(Fault.of("faults.book.sheet", file.name, names=wanted, sheets=sheets))
            continue
        where = f"{file.name}, sheet {name}"
        try:
            frames[kind] = (where, _frame(book.sheet(name), where))
        except TableError as error:
            faults += error.faults
    framework = _checked_framework(frames, faults)
    indicators = _checked_indicators(frames, faults, places=places, strict=strict)
    if framework is not None and indicators is not None:
        faults += _unfed(framework, indicators, frames, strict=strict)
    if faults or framework is None or indicators is None:
        raise TableError(faults)
    return framework, indicators


def _open(file: Path) -> Book:
    if not file.is_file():
        got = text("faults.a_folder") if file.is_dir() else text("faults.nothing_at", path=file)
        raise TableError([Fault.of("faults.book.absent", file.name, got=got)])
    if file.suffix.lower() not in _SUFFIXES:
        raise TableError([Fault.of("faults.book.format", file.name, formats=list(_SUFFIXES), suffix=file.suffix)])
    return Book(file)


def _find(book: Book, names: tuple[str, ...]) -> str | None:
    for wanted in names:
        for name in book.names:
            if name.strip().casefold() == wanted:
                return name
    return None


def _frame(sheet: Sheet, where: str) -> pd.DataFrame:
    """Return the cells below the header as they stand."""
    if len(sheet.cells) < 2:
        raise TableError([Fault.of("faults.book.empty", where)])
    header = ["" if cell is None else str(cell).strip() for cell in sheet.row(0)]
    names = [name or f"column {i + 1}" for i, name in enumerate(header)]
    cells = sheet.cells.to_numpy(dtype=object)
    faults = [
        Fault.of("faults.book.formula", where, row=i + 1, column=names[j], formula=show(cell))
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
        if isinstance(cell, Uncomputed)
    ]
    if faults:
        raise TableError(faults)
    return pd.DataFrame([[None if empty_cell(c) else c for c in row] for row in cells[1:]], columns=names, dtype=object)


def _checked_framework(frames: dict[str, tuple[str, pd.DataFrame]], faults: list[Fault]) -> Framework | None:
    if "framework" not in frames:
        return None
    where, frame = frames["framework"]
    try:
        return Framework.from_table(frame)
    except TableError as error:
        faults += [replace(fault, where=where) for fault in error.faults]
        return None


def _checked_indicators(
    frames: dict[str, tuple[str, pd.DataFrame]], faults: list[Fault], *, places: pd.DataFrame | None, strict: bool
) -> pd.DataFrame | None:
    if "indicators" not in frames:
        return None
    where, frame = frames["indicators"]
    try:
        return check_table(frame, "indicators", where=where, places=places, strict=strict)
    except TableError as error:
        faults += error.faults
        return None


def _unfed(
    framework: Framework, indicators: pd.DataFrame, frames: dict[str, tuple[str, pd.DataFrame]], *, strict: bool
) -> list[Fault]:
    """Return a fault for each indicator without values; warn of values that no indicator asks for."""
    (where, _), (data, _) = frames["framework"], frames["indicators"]
    given = set(indicators.loc[indicators["value"].notna(), "indicator"])
    sheet = data.rpartition("sheet ")[2]
    faults = [
        Fault.of("faults.book.unfed", where, row=row, column="indicator", name=name, sheet=sheet)
        for row, name in enumerate(framework.indicators, 2)
        if name not in given
    ]
    spare = sorted(set(indicators["indicator"]) - set(framework.indicators))
    if spare:
        doubt = Fault.of("doubts.spare_indicators", data, names=join_texts(spare))
        if strict:
            faults.append(doubt)
        else:
            warn_of(doubt, stacklevel=3)
    return faults
