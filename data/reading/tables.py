"""Read tables from files, whatever wrote them.

CSV and TSV (UTF-8 with or without a byte order mark, UTF-16 with one, GB18030), Parquet, Excel and GeoPackage. Cells
of text files are read as text and typed by the contract, so nothing is guessed: ``NA`` stays text, and is reported
where a number is needed.
"""

import codecs
import csv
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..characters import unescape
from ..contracts.check_table import check_table
from ..errors import Fault, InnoscapeWarning, OptionError, TableError, reason_of, warn
from ..wording.catalogue import text as say

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["read_table"]

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_table(
    path: str | Path,
    contract: str,
    *,
    places: pd.DataFrame | None = None,
    strict: bool = False,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read a table from a file and check it.

    Parameters
    ----------
    path : str or Path
        ``.csv``, ``.tsv``, ``.txt``, ``.parquet``, ``.xlsx``, ``.xlsm`` or ``.gpkg``. The encoding of text files and
        their separator (comma, semicolon or tab) are recognized. Points of a GeoPackage become ``lon`` and ``lat``
        (degrees, WGS 84) whatever their reference system.
    contract : str
        Name of the table contract (see `contract`).
    places : pandas.DataFrame, optional
        Places that columns naming places must agree with.
    strict : bool, default False
        Whether warnings count as faults.
    sheet : str, optional
        Sheet of a workbook or layer of a GeoPackage; the first by default.

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
    frame = read_frame(path, sheet=sheet, strict=strict)
    return check_table(frame, contract, where=Path(path).name, places=places, strict=strict)


def read_frame(path: str | Path, *, sheet: str | None = None, strict: bool = False) -> pd.DataFrame:
    """Read a table from a file as it stands, without a contract.

    Parameters
    ----------
    path, sheet, strict
        As in `read_table`.

    Returns
    -------
    pandas.DataFrame
        Text files give text; other formats give what they hold.

    Raises
    ------
    TableError
        If the file cannot be read.
    OptionError
        If ``sheet`` is given for a file that has none.

    Warns
    -----
    InnoscapeWarning
        If a text file is not UTF-8 and is read as GB18030, which other encodings can pass for.

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
    reader = _reader(file)
    if sheet is not None and reader not in (_read_excel, _read_geopackage):
        raise OptionError(f'{file.name} has no sheets, got sheet "{sheet}"; leave sheet out')
    if not strict:
        return reader(file, sheet)
    with warnings.catch_warnings():
        warnings.simplefilter("error", InnoscapeWarning)
        try:
            return reader(file, sheet)
        except InnoscapeWarning as doubt:
            raise _refuse(file, "doubted", doubt=doubt.said) from None


_Reader = Callable[[Path, str | None], pd.DataFrame]


def _refuse(file: Path, what: str, *, row: int | None = None, **values: Any) -> TableError:  # noqa: ANN401
    return TableError([Fault.of(f"faults.file.{what}", file.name, row=row, **values)])


def _reader(file: Path) -> _Reader:
    if not file.exists():
        raise _refuse(file, "absent", path=file)
    if file.is_dir():
        raise _refuse(file, "folder")
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise _refuse(file, "format", formats=list(_READERS), suffix=file.suffix)
    return reader


def _decode(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _refuse(file, "unreadable", reason=reason_of(error)) from error
    encodings = [encoding for mark, encoding in _MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        # UTF-16 without its mark holds a null in the header or after it
        if "\0" not in text.partition("\n")[0] and "\n\0" not in text:
            if encoding == "gb18030":
                warn("warnings.files.gb18030", file=file.name, stacklevel=4)
            # the parser would end a cell there; the contract takes both for a space
            return text.replace("\0", "\1")
    raise _refuse(file, "encoding")


def _separator(header: str, suffix: str) -> str:
    if suffix == ".tsv":
        return "\t"
    return max(",;\t", key=header.count)


def _read_text(file: Path, sheet: str | None) -> pd.DataFrame:
    del sheet
    text = _decode(file)
    if not text.strip():
        raise _refuse(file, "empty")
    first = text.partition("\n")[0]
    if not first.strip():
        raise _refuse(file, "header", row=1)
    separator = _separator(first, file.suffix.lower())
    width = len(next(csv.reader(io.StringIO(text), delimiter=separator)))
    return _with_header(file, _parse(file, text, separator, width))


def _parse(file: Path, text: str, separator: str, width: int) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.StringIO(text), sep=separator, header=None, names=range(width), index_col=False,
                dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False,
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        ragged = _RAGGED.search(str(error))
        got = say("faults.file.cells", number=ragged[3]) if ragged else " ".join(str(error).split())
        row = int(ragged[2]) if ragged else None
        raise _refuse(file, "ragged", width=width, got=got, row=row) from error


def _with_header(file: Path, cells: pd.DataFrame) -> pd.DataFrame:
    if cells.dropna(how="all").empty:
        raise _refuse(file, "empty")
    # headers are read as cells: repeated names must be seen, not renamed
    names = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[0]]
    frame = cells.iloc[1:].reset_index(drop=True)
    frame.columns = [name or f"column {at + 1}" for at, name in enumerate(names)]
    return _without_blank_end(frame)


def _without_blank_end(frame: pd.DataFrame) -> pd.DataFrame:
    filled = frame.notna().any(axis=1).to_numpy().nonzero()[0]
    return frame.iloc[: int(filled[-1]) + 1 if len(filled) else 0]


def _read_parquet(file: Path, sheet: str | None) -> pd.DataFrame:
    del sheet
    try:
        return pd.read_parquet(file)
    except Exception as error:
        raise _refuse(file, "parquet", reason=_reason(error)) from error


def _read_excel(file: Path, sheet: str | None) -> pd.DataFrame:
    try:
        with pd.ExcelFile(file, engine="openpyxl") as book:
            name = _choose(file, "sheet", [str(name) for name in book.sheet_names], sheet)
            cells = pd.read_excel(
                book, sheet_name=name, header=None, dtype=object, keep_default_na=False, na_values=[""]
            )
    except TableError:
        raise
    except Exception as error:
        raise _refuse(file, "excel", reason=_reason(error)) from error
    return _with_header(file, cells.map(unescape))


def _read_geopackage(file: Path, sheet: str | None) -> pd.DataFrame:
    import geopandas as gpd

    try:
        name = _choose(file, "layer", [str(name) for name in gpd.list_layers(file)["name"]], sheet)
        layer = gpd.read_file(file, layer=name)
    except TableError:
        raise
    except Exception as error:
        raise _refuse(file, "geopackage", reason=_reason(error)) from error
    return _with_coordinates(file, layer) if isinstance(layer, gpd.GeoDataFrame) else layer


def _choose(file: Path, what: str, names: list[str], wanted: str | None) -> str:
    if not names:
        raise _refuse(file, f"no_{what}")
    if wanted is None:
        return names[0]
    if wanted not in names:
        raise _refuse(file, f"which_{what}", names=names, wanted=wanted)
    return wanted


def _with_coordinates(file: Path, layer: "GeoDataFrame") -> pd.DataFrame:
    if layer.crs is None:
        raise _refuse(file, "crs")
    kinds = sorted(set(layer.geometry.dropna().geom_type) - {"Point"})
    if kinds:
        raise _refuse(file, "points", kinds=kinds)
    points = layer.geometry.to_crs(4326)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    return table.assign(lon=points.x, lat=points.y)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


_READERS: dict[str, _Reader] = {
    ".csv": _read_text,
    ".tsv": _read_text,
    ".txt": _read_text,
    ".parquet": _read_parquet,
    ".xlsx": _read_excel,
    ".xlsm": _read_excel,
    ".gpkg": _read_geopackage,
}
