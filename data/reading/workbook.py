"""Read a framework and its data from one Excel workbook.

Two sheets are read, whatever else the workbook holds; the header is row 1 of each:

- ``framework`` (also ``指标体系``): the framework contract, one row an indicator;
- ``indicators`` (also ``data``, ``指标数据``): the indicators contract, long, or wide with one column an indicator.

Merged cells count as filled with the value they show, as is usual for groups of indicators. Formulas count as their
stored results.
"""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..characters import unescape
from ..contracts.check_table import check_table
from ..errors import Fault, TableError, warn_of
from ..framework import Framework
from ..spellings import spellings
from ..wording.catalogue import join_texts, text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

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
    shown, typed = _open(file, formulas=False), _open(file, formulas=True)
    faults: list[Fault] = []
    frames: dict[str, tuple[str, pd.DataFrame]] = {}
    for kind, names in spellings("sheets").items():
        name = _find(shown, names)
        if name is None:
            wanted, sheets = join_texts(names, by="faults.or"), shown.sheetnames
            faults.append(Fault.of("faults.book.sheet", file.name, names=wanted, sheets=sheets))
            continue
        where = f"{file.name}, sheet {name}"
        try:
            frames[kind] = (where, _frame(shown[name], typed[name], where))
        except TableError as error:
            faults += error.faults
    framework = _checked_framework(frames, faults)
    indicators = _checked_indicators(frames, faults, places=places, strict=strict)
    if framework is not None and indicators is not None:
        faults += _unfed(framework, indicators, frames, strict=strict)
    if faults or framework is None or indicators is None:
        raise TableError(faults)
    return framework, indicators


def _open(file: Path, *, formulas: bool) -> "Workbook":
    from openpyxl import load_workbook

    if not file.is_file():
        got = text("faults.a_folder") if file.is_dir() else text("faults.nothing_at", path=file)
        raise TableError([Fault.of("faults.book.absent", file.name, got=got)])
    if file.suffix.lower() not in _SUFFIXES:
        raise TableError([Fault.of("faults.book.format", file.name, formats=list(_SUFFIXES), suffix=file.suffix)])
    try:
        with warnings.catch_warnings():
            # openpyxl warns of decoration that it does not keep; only cells matter here
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(file, data_only=not formulas)
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise TableError([Fault.of("faults.file.excel", file.name, reason=reason)]) from error


def _find(book: "Workbook", names: tuple[str, ...]) -> str | None:
    for wanted in names:
        for sheet in book.worksheets:
            if sheet.title.strip().casefold() == wanted:
                return sheet.title
    return None


def _frame(shown: "Worksheet", typed: "Worksheet", where: str) -> pd.DataFrame:
    """Return the cells below the header as they stand, merged ones filled."""
    cells = [list(map(unescape, row)) for row in shown.iter_rows(values_only=True)]
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for block in shown.merged_cells.ranges:
        first = (block.min_row - 1, block.min_col - 1)
        for row in range(block.min_row - 1, min(block.max_row, len(cells))):
            for column in range(block.min_col - 1, min(block.max_col, len(cells[row]))):
                cells[row][column] = cells[first[0]][first[1]]
                merged[row, column] = first
    while cells and all(_empty(cell) for cell in cells[-1]):
        cells.pop()
    if len(cells) < 2:
        raise TableError([Fault.of("faults.book.empty", where)])
    width = max(i + 1 for row in cells for i, cell in enumerate(row) if not _empty(cell))
    header = ["" if _empty(name) else str(name).strip() for name in cells[0][:width]]
    names = [name or f"column {i + 1}" for i, name in enumerate(header)]
    faults = [
        Fault.of("faults.book.formula", where, row=i + 1, column=names[j], formula=_short(formula))
        for i, row in enumerate(cells)
        for j, cell in enumerate(row[:width])
        if cell is None and isinstance(formula := _formula(typed, merged.get((i, j), (i, j))), str)
    ]
    if faults:
        raise TableError(faults)
    return pd.DataFrame(
        [[None if _empty(c) else c for c in row[:width]] for row in cells[1:]], columns=names, dtype=object
    )


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _formula(typed: "Worksheet", at: tuple[int, int]) -> str | None:
    cell: Any = typed.cell(at[0] + 1, at[1] + 1)
    return str(cell.value) if cell.data_type == "f" else None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


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
