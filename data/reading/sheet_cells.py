"""Read the cells of a sheet as they are shown: merged ones filled, formulas as their stored results."""

import warnings
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ..characters import unescape
from ..contracts.unread_cells import Uncomputed
from ..errors import TableError
from ..wording.catalogue import Text, few, text
from .encodings import MOST_SWOLLEN, SWOLLEN
from .refuse_file import cause_of, refusal

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["HEAD", "Book", "Sheet", "empty_cell"]


# rows in which a header is looked for
HEAD = 30
# rows or columns one after another that are empty in no table, and in none whose sheet is large and nearly empty
_FAR, _NEAR = 1000, 20
_LARGE, _LEAST_FILLED = 1_000_000, 0.01


class Block(NamedTuple):
    """Cells merged into one: their first row, from 1, and how a spreadsheet program names them."""

    row: int
    name: str


@dataclass
class Sheet:
    """The cells of a table as its file holds them, header and all.

    Attributes
    ----------
    file : Path
    cells : DataFrame
        Merged cells filled; rows and columns counted from 0.
    merged : dict
        Position of a filled cell -> position of the cell that holds its value.
    blocks : list of Block
        The merged cells that hold anything.
    title : str
        Name of the sheet.
    ragged : TableError or None
        Why the rows are as wide as the header of no plain table.
    notes : list of Text
        What was assumed in reading it.
    """

    file: Path
    cells: pd.DataFrame
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    ragged: TableError | None = None
    notes: list[Text] = field(default_factory=list)

    def row(self, at: int, *, filled: bool = True) -> list[object]:
        """Return the cells of a row, None where they are empty; unless filled, merged ones only where they begin."""
        return [
            None if empty_cell(cell) or not (filled or self.merged.get((at, j), (at, j)) == (at, j)) else cell
            for j, cell in enumerate(self._head[at] if at < len(self._head) else self.cells.iloc[at].tolist())
        ]

    @cached_property
    def _head(self) -> list[list[object]]:
        """The first rows, which are looked at one by one."""
        return self.cells.iloc[:HEAD].to_numpy(dtype=object).tolist()

    @cached_property
    def filled(self) -> np.ndarray:
        """Whether each row holds anything."""
        return self.cells.notna().to_numpy().any(axis=1)

    @property
    def unfilled(self) -> pd.DataFrame:
        """The cells, merged ones only where they begin."""
        if not self.merged:
            return self.cells
        cells = self.cells.to_numpy(dtype=object, copy=True)
        for (i, j), first in self.merged.items():
            if (i, j) != first and i < cells.shape[0] and j < cells.shape[1]:
                cells[i, j] = None
        return pd.DataFrame(cells)


class Book:
    """A workbook, opened once for what its cells hold and, if there are formulas, once more for their results."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._typed = self._open(formulas=True)
        self._shown: Workbook | None = None

    def _open(self, *, formulas: bool) -> "Workbook":
        from openpyxl import load_workbook

        if _swollen(self.file):
            raise refusal(self.file, "swollen", most=MOST_SWOLLEN)
        try:
            # a workbook that it refuses openpyxl would leave open
            with self.file.open("rb") as source, warnings.catch_warnings():
                # openpyxl warns of decoration that it does not keep; only cells matter here
                warnings.simplefilter("ignore", UserWarning)
                return load_workbook(source, data_only=not formulas)
        except Exception as error:
            raise refusal(self.file, "excel", reason=cause_of(error)) from error

    @property
    def names(self) -> list[str]:
        """Names of the sheets."""
        return [sheet.title for sheet in self._typed.worksheets]

    @property
    def filled(self) -> list[str]:
        """Names of the sheets that are shown and hold anything."""
        return [
            sheet.title
            for sheet in self._typed.worksheets
            if sheet.sheet_state == "visible" and (sheet.max_row > 1 or sheet.cell(1, 1).value is not None)
        ]

    def sheet(self, name: str) -> Sheet:
        """Return the cells of a sheet."""
        typed = self._typed[name]
        self._refuse_far_cells(typed)
        cells = [[_value(cell) for cell in row] for row in typed.iter_rows(min_row=1, min_col=1)]
        formulas = [
            (i, j) for i, row in enumerate(cells) for j, value in enumerate(row) if isinstance(value, Uncomputed)
        ]
        if formulas:
            self._shown = self._shown or self._open(formulas=False)
            shown = self._shown[name]
            for i, j in formulas:
                result = _value(shown.cell(i + 1, j + 1))
                cells[i][j] = cells[i][j] if result is None else result
        merged, blocks = _fill(typed, cells)
        while cells and all(map(empty_cell, cells[-1])):
            cells.pop()
        width = max((j + 1 for row in cells for j, cell in enumerate(row) if not empty_cell(cell)), default=0)
        frame = pd.DataFrame([row[:width] for row in cells], columns=range(width), dtype=object)
        return Sheet(self.file, frame, merged, blocks, name, notes=_hidden(typed, *frame.shape))

    def _refuse_far_cells(self, sheet: "Worksheet") -> None:
        """Refuse a sheet whose cells stand so far apart that what lies between them is nearly all of it."""
        filled = [cell for cell in sheet._cells.values() if not empty_cell(cell.value)]  # noqa: SLF001
        rows, columns = (sorted({getattr(cell, axis) for cell in filled}) for axis in ("row", "column"))
        sparse = bool(filled) and rows[-1] * columns[-1] > max(_LARGE, len(filled) / _LEAST_FILLED)
        faults = []
        for axis, at in (("row", rows), ("column", columns)):
            gap, before, after = max(((two - one, one, two) for one, two in pairwise([0, *at])), default=(0, 0, 0))
            if gap > (_NEAR if sparse else _FAR):
                far = next(cell.coordinate for cell in filled if getattr(cell, axis) == after)
                faults += refusal(self.file, f"far_{axis}", cell=far, before=before, sheet=sheet.title).faults
        if faults:
            raise TableError(faults)


def _swollen(file: Path) -> bool:
    """Whether a workbook unpacks to far more than the cells of tables do."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (OSError, zipfile.BadZipFile):
        return False
    return size > max(SWOLLEN, MOST_SWOLLEN * file.stat().st_size)


def _hidden(sheet: "Worksheet", height: int, width: int) -> list[Text]:
    """Say which rows and columns of a table are hidden, since they are read as the others are."""
    from openpyxl.utils import get_column_letter

    rows = [str(row) for row, one in sorted(sheet.row_dimensions.items()) if one.hidden and row <= height]
    letters = {get_column_letter(at + 1) for at in range(width)}
    columns = [letter for letter, one in sorted(sheet.column_dimensions.items()) if one.hidden and letter in letters]
    return [
        text(key, names=few(names, most=10), n=len(names))
        for key, names in (("warnings.printed.hidden_rows", rows), ("warnings.printed.hidden_columns", columns))
        if names
    ]


def _fill(sheet: "Worksheet", cells: list[list[Any]]) -> tuple[dict[tuple[int, int], tuple[int, int]], list[Block]]:
    merged, blocks = {}, []
    for block in sorted(sheet.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col)):
        first = (block.min_row - 1, block.min_col - 1)
        if first[0] >= len(cells) or empty_cell(cells[first[0]][first[1]]):
            continue
        blocks.append(Block(block.min_row, block.coord))
        for i in range(first[0], min(block.max_row, len(cells))):
            for j in range(first[1], min(block.max_col, len(cells[i]))):
                cells[i][j] = cells[first[0]][first[1]]
                merged[i, j] = first
    return merged, blocks


def _value(cell: Any) -> Any:  # noqa: ANN401
    value = cell.value
    if cell.data_type == "f":
        return Uncomputed(getattr(value, "text", value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return unescape(value)


def empty_cell(cell: object) -> bool:
    """Whether a cell holds nothing, or spaces only."""
    return not cell.strip() if isinstance(cell, str) else cell is None or pd.isna(cell) is True
