"""Take in the files that a reader drops, show what they are recognized as, change their cells, make a study of them.

Files lie in a folder of their own until a study is saved. A change is a change of cells: a header is a cell too, so a
column is read as another one when its header is, and a place is another one when its name is.
"""

import base64
import binascii
import re
import shutil
import tempfile
import warnings
import weakref
import zipfile
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

from ...data import Fault, Gazetteer, InnoscapeWarning, OptionError, TableError
from ...data.contracts.input_tables import columns_in, input_tables
from ...data.json_value import json_value
from ...data.reading.sheet_cells import Sheet
from ...data.reading.tables import sheets_of
from ...data.sources.recognize_table import RecognizedTable, recognize_tables
from ...data.wording.catalogue import Text, plain, text
from ..plan.schema import STUDY_FILE
from ..start.draft import Draft
from ..start.locate_places import usual_gazetteer
from ..start.propose_study import propose_study
from ..start.start_study import start_study
from .request import CellOrder, DropOrder, FilesOrder, PlaceOrder

__all__ = ["MOST_UPLOADED", "Intake", "fault_entries"]

# bytes of one request, which holds files in base64
MOST_UPLOADED = 40 << 20
_MOST_FILES = 40
# bytes of a workbook when it is unpacked
_MOST_UNPACKED = 400 << 20
_MOST_ROWS, _MOST_COLUMNS = 60, 60
_KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".jsonl", ".geojson", ".gpkg", ".parquet")
_EDITED = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
OWN_PLACES = "own_places.csv"


class Intake:
    """Files on their way to a study.

    Parameters
    ----------
    gazetteer : Gazetteer, optional
        By which places are located; the usual one, read when it is first needed, when missing.
    """

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="innoscape-files-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._files: dict[str, Path] = {}
        # file -> when it was last changed, and what it was recognized as
        self._seen: dict[str, tuple[int, list[dict[str, Any]]]] = {}
        self._changing = Lock()
        self._given = gazetteer

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """By which places are located."""
        return usual_gazetteer() if self._given is None else self._given

    def add(self, order: FilesOrder) -> dict[str, Any]:
        """Take files in; one of a name that is there takes its place.

        Raises
        ------
        OptionError, TableError
            If a name or content is none of a table; no file is then taken.
        """
        came: dict[str, bytes] = {}
        for file in order.files:
            name = _plain_name(file.name)
            try:
                content = base64.b64decode(file.content, validate=True)
            except binascii.Error:
                raise OptionError(f"{name}: needed its content in base64, got other signs") from None
            came[name] = content
        with self._changing:
            if len({*self._files, *came}) > _MOST_FILES:
                raise OptionError(f"files: needed at most {_MOST_FILES}, got more; make a study of fewer")
            for name, content in came.items():
                path = self._folder / name
                path.write_bytes(content)
                _refuse_bomb(path)
                self._files[name] = path
            return self._look()

    def drop(self, order: DropOrder) -> dict[str, Any]:
        """Leave a file out again."""
        with self._changing:
            self._path(order.file).unlink()
            del self._files[order.file]
            return self._look()

    def change(self, order: CellOrder) -> dict[str, Any]:
        """Put other values into cells of a sheet; a sheet of a workbook becomes a file of its own.

        Raises
        ------
        OptionError
            If the file or sheet is not there, or its cells cannot be changed.
        """
        with self._changing:
            sheets = {sheet.title: sheet for sheet in self._sheets(order.file)}
            if order.sheet not in sheets:
                raise OptionError(f"sheet: needed one of {', '.join(sheets) or 'none'}, got {order.sheet!r}")
            cells = sheets[order.sheet].cells.astype(object)
            for one in order.cells:
                if one.row > len(cells) or one.column > cells.shape[1]:
                    raise OptionError(f"cells: needed a cell of the sheet, got row {one.row}, column {one.column}")
                cells.iloc[one.row - 1, one.column - 1] = one.value
            sheets[order.sheet] = Sheet(sheets[order.sheet].file, cells, title=order.sheet)
            self._write(order.file, sheets)
            return self._look()

    def place(self, order: PlaceOrder) -> dict[str, Any]:
        """Say where a place lies, or that a name is another one wherever it stands."""
        with self._changing:
            if order.name is not None:
                for file in [name for name in self._files if Path(name).suffix.lower() in _EDITED]:
                    self._rename(file, order.place, order.name)
            if order.lon is not None and order.lat is not None:
                path = self._folder / OWN_PLACES
                own = pd.read_csv(path, dtype=str) if path.exists() else pd.DataFrame(columns=["place", "lon", "lat"])
                own = own[own["place"] != (order.name or order.place)]
                own.loc[len(own)] = [order.name or order.place, str(order.lon), str(order.lat)]
                own.to_csv(path, index=False, lineterminator="\n")
                self._files[OWN_PLACES] = path
            return self._look()

    def look(self) -> dict[str, Any]:
        """Say what the files were recognized as, and the study that they would make."""
        with self._changing:
            return self._look()

    def save(self, folder: Path, language: str) -> Path:
        """Make a study folder of the files; it must not exist.

        Raises
        ------
        TableError, StudyError, OptionError, OutputError
            If the files make no study, or the folder cannot be made.
        """
        with self._changing, warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            start_study(self._files.values(), folder, gazetteer=self.gazetteer, language=language)
        return folder / STUDY_FILE

    def _look(self) -> dict[str, Any]:
        if not self._files:
            return {"files": [], "tables": [], "draft": None, "places": [], "faults_found": []}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            draft = propose_study(self._files.values(), gazetteer=self.gazetteer)
            tables = [table for name in self._files for table in self._tables(name)]
        return {
            "files": list(self._files),
            "tables": tables,
            "draft": _drafted(draft),
            "places": _places(draft),
            "faults_found": fault_entries(draft.unused),
        }

    def _tables(self, name: str) -> list[dict[str, Any]]:
        at = self._files[name].stat().st_mtime_ns
        if self._seen.get(name, (0, []))[0] != at:
            self._seen[name] = (at, self._recognized(name))
        return self._seen[name][1]

    def _recognized(self, name: str) -> list[dict[str, Any]]:
        try:
            found = recognize_tables(self._files[name], self.gazetteer)
        except TableError:
            # the draft says why
            return [{"file": name, "sheet": "", "kind": "", "name": name, "rows": [], "count": 0, "choices": []}]
        if Path(name).suffix.lower() not in _EDITED:
            return [self._table(name, one, one.sheet) for one in found]
        # as written, where a header was recognized as another
        written = {sheet.title: sheet for sheet in self._sheets(name)}
        return [self._table(name, one, written.get("" if one.sheet is None else one.sheet.title)) for one in found]

    def _table(self, name: str, one: RecognizedTable, written: Sheet | None) -> dict[str, Any]:
        kind = text(f"start.kinds.{one.kind}", **({"source": one.source} if one.kind == "export" else {})) if (
            one.kind in _SAID_KINDS
        ) else plain(one.kind)  # fmt: skip
        cells = pd.DataFrame() if written is None else written.cells
        shown = cells.iloc[:_MOST_ROWS, :_MOST_COLUMNS]
        return {
            "file": name,
            "sheet": "" if one.sheet is None else one.sheet.title,
            "name": one.name,
            "kind": one.kind,
            "kind_name": kind.to_dict() if one.kind else None,
            "confidence": text(f"start.confidence.{one.confidence}").to_dict(),
            "reasons": [reason.to_dict() for reason in one.reasons],
            "columns": one.columns,
            "rows": [[_shown(cell) for cell in row] for row in shown.itertuples(index=False)],
            "count": len(cells),
            "editable": one.sheet is not None and written is not None and Path(name).suffix.lower() in _EDITED,
            "choices": [column.name for column in columns_in(one.kind)] if one.kind in input_tables() else [],
        }

    def _path(self, name: str) -> Path:
        if name not in self._files:
            raise OptionError(f"file: needed one of {', '.join(self._files) or 'none'}, got {name!r}")
        return self._files[name]

    def _sheets(self, name: str) -> list[Sheet]:
        path = self._path(name)
        if path.suffix.lower() not in _EDITED:
            raise OptionError(f"file: needed a text file or workbook, whose cells can be changed, got {name!r}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            sheets = sheets_of(path)
        # one sheet has no name to the page
        return [Sheet(one.file, one.cells, title="") for one in sheets] if len(sheets) == 1 else sheets

    def _write(self, name: str, sheets: dict[str, Sheet]) -> None:
        """Write sheets as files of text in place of the file that they come from."""
        self._files.pop(name).unlink()
        for title, sheet in sheets.items():
            stem = re.sub(r"[^\w-]+", "_", f"{Path(name).stem}_{title}" if title else Path(name).stem)
            path = self._folder / f"{stem}.csv"
            sheet.cells.map(_shown).to_csv(path, header=False, index=False, lineterminator="\n", encoding="utf-8")
            self._files[path.name] = path

    def _rename(self, file: str, old: str, new: str) -> None:
        sheets = {sheet.title: sheet for sheet in self._sheets(file)}
        found = {title: sheet.cells.map(lambda cell: _shown(cell).strip() == old) for title, sheet in sheets.items()}
        if any(cells.to_numpy().any() for cells in found.values()):
            for title, cells in found.items():
                sheets[title] = Sheet(
                    sheets[title].file, sheets[title].cells.astype(object).mask(cells, new), title=title
                )
            self._write(file, sheets)


_SAID_KINDS = frozenset(
    {"totals", "export", "companion", "places", "indicators", "framework", "flows", "adoptions", "contract_records",
     "patent_records", "transfer_records", "citation_records", "tie_records", "organizations", "memberships", "tiers",
     "corridors"}
)  # fmt: skip


def _plain_name(given: str) -> str:
    """Return the name of a file alone, whatever path came with it.

    Raises
    ------
    OptionError
        If it is none, or not that of a table.
    """
    name = re.split(r"[\\/]", given)[-1].strip()
    clean = re.sub(r"[^\w.()\- ]+", "_", name).lstrip(".-")
    if not clean or Path(clean).suffix.lower() not in _KINDS:
        raise OptionError(f"files: needed a name that ends in {', '.join(_KINDS)}, got {given[:80]!r}")
    return clean[-120:]


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that is far larger unpacked; the file is then gone."""
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as packed:
        size = sum(one.file_size for one in packed.infolist())
    if size > _MOST_UNPACKED:
        path.unlink()
        raise OptionError(f"{path.name}: needed at most {_MOST_UNPACKED >> 20} MB unpacked, got {size >> 20} MB")


def _shown(cell: object) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124 - not a number
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _drafted(draft: Draft) -> dict[str, Any]:
    def said(texts: list[Text]) -> list[dict[str, str]]:
        return [one.to_dict() for one in texts]

    return {
        "whole": bool(draft.content),
        "understood": said([*(notice.plain for notice in draft.notices), *draft.understood]),
        "sections": {key: said(texts) for key, texts in draft.sections.items()},
        "assumed": [{"key": one.key, "said": one.said.to_dict()} for one in draft.assumed],
    }


def _places(draft: Draft) -> list[dict[str, Any]]:
    table = draft.tables.get("places.csv")
    if table is None:
        return []
    wanted = [name for name in ("place", "name_en", "name_zh", "lon", "lat", "kind", "coord_source") if name in table]
    return [
        json_value(row) for row in table[wanted].astype(object).where(table[wanted].notna(), None).to_dict("records")
    ]


def fault_entries(faults: list[Fault]) -> list[dict[str, Any]]:
    """Write faults as the page takes them: where, row, column, what was needed, what came, how to fix it.

    Examples
    --------
    >>> fault_entries([Fault("a.csv", "a number", "x", "correct it", row=3, column="value")])[0]["rows"]
    [3]
    """
    return [
        {
            "where": Path(fault.where).name,
            "rows": list(fault.row) if isinstance(fault.row, tuple) else [] if fault.row is None else [fault.row],
            "column": fault.column,
            **{part: plain(getattr(fault, part)).to_dict() for part in ("needed", "got", "fix")},
        }
        for fault in faults
    ]
