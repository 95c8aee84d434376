"""Read tables from files, whatever wrote them.

CSV and TSV (UTF-8 with or without a byte order mark, UTF-16 with one, GB18030; also packed as ``.gz``), Parquet, lines
of JSON, Excel, GeoPackage, and networks of UCINET, Pajek, GraphML and GEXF. Cells
of text files are read as text and typed by the contract, so nothing is guessed: ``NA`` stays text, and is reported
where a number is needed.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..contracts.check_table import check_table
from ..errors import InnoscapeWarning, OptionError, TableError, warn
from ..options import check_number
from ..spellings import spellings
from ..wording.catalogue import few, text
from .encodings import content_of, suffix_of
from .printed_tables import table_of
from .read_network import NETWORK_FILES, network_table
from .refuse_file import cause_of, check_file, refusal
from .sheet_cells import Book, Sheet
from .text_cells import read_text_cells

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries

__all__ = ["read_frame", "read_table", "sheets_of"]

# degrees by which a column may differ from the point, by rounding; share of a coordinate lost on the way there and back
_SAME_DEGREES, _DRIFT = 1e-3, 1e-6
# how spreadsheet programs name a sheet that nobody named
_STYLES = "layer_styles"  # how a desktop program draws the layers of a file
_GENERIC = re.compile(r"(?:sheet|\u5de5\u4f5c\u8868)\s*\d*", re.IGNORECASE)


def read_table(
    path: str | Path,
    contract: str,
    *,
    places: pd.DataFrame | None = None,
    strict: bool = False,
    sheet: str | None = None,
    header: int | Sequence[int] | None = None,
    indicator: str | None = None,
) -> pd.DataFrame:
    """Read a table from a file and check it.

    Parameters
    ----------
    path : str or Path
        ``.csv``, ``.tsv``, ``.txt`` (also ``.gz``), ``.parquet``, ``.jsonl``, ``.xlsx``, ``.xlsm`` or ``.gpkg``, or a
        network (``.##h``, ``.dl``, ``.net``, ``.graphml``, ``.gexf``; see `read_network`), whose ties are the table, or
        whose nodes where the contract is ``places``. The encoding of text files and their separator (comma, semicolon,
        tab or bar) are recognized. Points of a GeoPackage become ``lon`` and ``lat`` (degrees, WGS 84) whatever their
        reference system.
    contract : str
        Name of the table contract (see `contract`).
    places : pandas.DataFrame, optional
        Places that columns naming places must agree with.
    strict : bool, default False
        Whether warnings count as faults.
    sheet : str, optional
        Sheet of a workbook or layer of a GeoPackage; by default the sheet named as the contract, else the first that
        holds anything, with a warning where there are several.
    header : int or sequence of int, optional
        Row that holds the names of the columns, or the rows that do together, counted from 1; looked for by default.
    indicator : str, optional
        What a table of ``indicators`` measures whose columns are years; by default its title, its sheet or its file.

    Returns
    -------
    pandas.DataFrame
        As `check_table` returns it.

    Raises
    ------
    TableError
        If the file cannot be read, or with every fault of the table.
    OptionError
        If ``sheet`` is given for a file that has none, or no contract has that name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "costs.csv")
    ...     lines = ["source,target,value", "北京,天津,30"]
    ...     _ = file.write_text(chr(10).join(lines), encoding="utf-8-sig")
    ...     read_table(file, "costs")
      source target  value
    0     北京     天津   30.0
    """
    frame = read_frame(path, sheet=sheet, header=header, contract=contract, strict=strict)
    return check_table(frame, contract, where=Path(path).name, places=places, indicator=indicator, strict=strict)


def read_frame(
    path: str | Path,
    *,
    sheet: str | None = None,
    header: int | Sequence[int] | None = None,
    contract: str | None = None,
    strict: bool = False,
) -> pd.DataFrame:
    """Read a table from a file without checking it.

    Parameters
    ----------
    path, sheet, header, strict
        As in `read_table`.
    contract : str, optional
        Contract whose columns the header is looked for by; without it, and without ``header``, row 1 is the header.

    Returns
    -------
    pandas.DataFrame
        Text files give text; other formats give what they hold. Where the header is not row 1, or rows were left out,
        the index is named ``row`` and holds the rows of the file.

    Raises
    ------
    TableError
        If the file cannot be read.
    OptionError
        If ``sheet`` is given for a file that has none.

    Warns
    -----
    InnoscapeWarning
        If a text file is not UTF-8 and is read as GB18030, which other encodings can pass for; of what was assumed to
        read a table as yearbooks print it: header, unit, notes, merged cells, sheet.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "notes.csv")
    ...     _ = file.write_text("place;note", encoding="utf-8")
    ...     read_frame(file).columns.tolist()
    ['place', 'note']
    """
    file = Path(path)
    rows = _header_rows(header)
    _check_kind(file, sheet, rows)
    if not strict:
        return _read(file, contract, sheet, rows)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = _read(file, contract, sheet, rows)
    faults = []
    for one in caught:
        if isinstance(one.message, InnoscapeWarning):
            faults += refusal(file, "doubted", doubt=one.message.said).faults
        else:
            warnings.warn(one.message, stacklevel=2)
    if faults:
        raise TableError(faults)
    return frame


def _read(file: Path, contract: str | None, sheet: str | None, header: tuple[int, ...] | None) -> pd.DataFrame:
    """Read a file and, for a contract of indicators, note what its columns of years stand for."""
    suffix = suffix_of(file)
    if suffix in NETWORK_FILES:
        return network_table(file, contract)
    if suffix in _COLUMNS:
        return _COLUMNS[suffix](file, sheet)
    cells = read_text_cells(file) if suffix in _TEXTS else _read_excel(file, sheet, contract)
    frame, title = table_of(cells, contract, header)
    if contract == "indicators":
        named = "" if _GENERIC.fullmatch(cells.title) else cells.title
        frame.attrs["indicator"] = title or named or file.stem
    return frame


def sheets_of(path: str | Path) -> list[Sheet]:
    """Return all tables of a file as cells, header and all: each sheet of a workbook, one of any other file.

    Raises
    ------
    TableError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "costs.csv")
    ...     _ = file.write_text("source,target", encoding="utf-8")
    ...     [sheet.row(0) for sheet in sheets_of(file)]
    [['source', 'target']]
    """
    file = Path(path)
    _check_kind(file, None, None)
    suffix = suffix_of(file)
    if suffix in _TEXTS:
        return [read_text_cells(file)]
    if suffix in _BOOKS:
        book = Book(file)
        return [book.sheet(name) for name in book.filled]
    frame = network_table(file, None) if suffix in NETWORK_FILES else _COLUMNS[suffix](file, None)
    head = pd.DataFrame([list(frame.columns)], columns=range(frame.shape[1]), dtype=object)
    body = frame.astype(object).set_axis(range(frame.shape[1]), axis=1)
    return [Sheet(file, pd.concat([head, body], ignore_index=True))]


def _check_kind(file: Path, sheet: str | None, header: tuple[int, ...] | None) -> None:
    check_file(file)
    suffix = suffix_of(file)
    known = (*_TEXTS, *_COLUMNS, *_BOOKS, *NETWORK_FILES)
    if suffix not in known:
        raise refusal(file, "format", formats=list(known), suffix=file.suffix)
    if sheet is not None and suffix not in (*_BOOKS, ".gpkg"):
        raise OptionError(text("faults.calls.tables.sheets_sheet_leave_sheet", name=file.name, sheet=sheet))
    if header is not None and suffix in (*_COLUMNS, *NETWORK_FILES):
        raise OptionError(text("faults.calls.tables.names_columns_itself_header", name=file.name, header=header))


def _header_rows(header: int | Sequence[int] | None) -> tuple[int, ...] | None:
    if header is None:
        return None
    rows = (header,) if isinstance(header, int) else tuple(header)
    for row in rows:
        check_number("header", row, least=1, whole=True)
    if not rows or any(later != row + 1 for row, later in pairwise(rows)):
        raise OptionError(text("faults.calls.tables.header_row_several_sequence", header=repr(header)))
    return rows


def _read_parquet(file: Path, sheet: str | None) -> pd.DataFrame:
    del sheet
    try:
        frame = pd.read_parquet(file)
    except Exception as error:
        raise refusal(file, "parquet", reason=cause_of(error)) from error
    for name in [name for name in frame if frame[name].dtype == object]:
        frame[name] = _decoded(frame[name])
    # what stood in an index with a name was a column to whoever wrote it
    named = [name for name in frame.index.names if name is not None]
    return frame.reset_index(named) if named and not set(named) & set(frame.columns) else frame


def _decoded(cells: pd.Series) -> pd.Series:
    """Return bytes as the text that they are in UTF-8; some programs write text without saying that it is."""
    try:
        return cells.map(lambda cell: cell.decode() if isinstance(cell, bytes) else cell)
    except UnicodeDecodeError:
        return cells


def _read_lines(file: Path, sheet: str | None) -> pd.DataFrame:
    del sheet
    try:
        frame = pd.read_json(io.BytesIO(content_of(file)), lines=True, dtype=False)
    except Exception as error:
        raise refusal(file, "lines", reason=cause_of(error)) from error
    if not all(isinstance(name, str) for name in frame.columns):
        raise refusal(file, "lines", reason=text("faults.file.no_objects"))
    return frame


def _read_excel(file: Path, sheet: str | None, contract: str | None) -> Sheet:
    book = Book(file)
    if sheet is not None or len(book.filled) < 2:
        return book.sheet(_choose(file, "sheet", book.names, sheet, book.filled))
    wanted = {contract, *spellings("sheets").get(str(contract), ())}
    chosen = next((name for name in book.filled if name.strip().casefold() in wanted), book.filled[0])
    found = book.sheet(chosen)
    found.notes.append(text("warnings.printed.sheet", name=chosen, names=few(book.filled)))
    return found


def _read_geopackage(file: Path, sheet: str | None) -> pd.DataFrame:
    import geopandas as gpd

    try:
        names = [str(name) for name in gpd.list_layers(file)["name"] if name != _STYLES]
        name = _choose(file, "layer", names, sheet)
        layer = gpd.read_file(file, layer=name)
    except TableError:
        raise
    except Exception as error:
        raise refusal(file, "geopackage", reason=cause_of(error)) from error
    if sheet is None and len(names) > 1:
        said = text("warnings.printed.layer", name=name, names=few(names))
        warn("warnings.files.printed", file=file.name, notes=said, stacklevel=4)
    return _with_coordinates(file, layer) if isinstance(layer, gpd.GeoDataFrame) else layer


def _choose(file: Path, what: str, names: list[str], wanted: str | None, filled: Sequence[str] = ()) -> str:
    if not names:
        raise refusal(file, f"no_{what}")
    if wanted is None:
        return next(iter(filled), names[0])
    if wanted not in names:
        raise refusal(file, f"which_{what}", names=names, wanted=wanted)
    return wanted


def _with_coordinates(file: Path, layer: "GeoDataFrame") -> pd.DataFrame:
    import shapely

    if layer.crs is None:
        raise refusal(file, "crs")
    there = ~(shapely.is_missing(layer.geometry.array) | shapely.is_empty(layer.geometry.array))
    kinds = sorted(set(layer.geometry[there].geom_type) - {"Point"})
    if kinds:
        raise refusal(file, "points", kinds=kinds)
    try:
        points = layer.geometry.to_crs(4326)
        back = points.to_crs(layer.crs)
    except Exception as error:
        raise refusal(file, "system", name=layer.crs.name, reason=cause_of(error)) from error
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    # what lies beyond the edge of a projection comes back at another point, or at none
    x, y = layer.geometry.x, layer.geometry.y
    kept = np.hypot(back.x - x, back.y - y) <= _DRIFT * (1 + np.hypot(x, y))
    lost = pd.Series(there & ~kept.to_numpy(), index=table.index)
    if layer.crs.is_projected and len(x) > 1 and x.abs().max() <= 180 and y.abs().max() <= 90:
        raise refusal(file, "degrees", name=layer.crs.name)
    _refuse_other_positions(file, table, points, lost)
    return table.assign(lon=points.x, lat=points.y)


def _refuse_other_positions(file: Path, table: pd.DataFrame, points: "GeoSeries", lost: pd.Series) -> None:
    """Refuse points outside their reference system, and columns of coordinates that say otherwise than the points."""
    faults = [fault for at in np.flatnonzero(lost) for fault in refusal(file, "outside", row=int(at) + 2).faults]
    for name, found in (("lon", points.x), ("lat", points.y)):
        if name not in table:
            continue
        given = pd.to_numeric(table[name], errors="coerce")
        for at in np.flatnonzero((given - found).abs() > _SAME_DEGREES):
            values = {"column": name, "got": f"{given.iloc[at]:g}", "found": f"{found.iloc[at]:g}"}
            faults += refusal(file, "contradicted", row=int(at) + 2, **values).faults
    if faults:
        raise TableError(faults)


_TEXTS = (".csv", ".tsv", ".txt")
_BOOKS = (".xlsx", ".xlsm")
_COLUMNS: dict[str, Callable[[Path, str | None], pd.DataFrame]] = {
    ".parquet": _read_parquet,
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
    ".gpkg": _read_geopackage,
}
