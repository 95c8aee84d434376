"""Recognize what a file holds, a raw export, a table of a contract, areas: by its headers, then by its content."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..contracts.dates import named_year
from ..contracts.printed_numbers import like_a_number, missing_mark
from ..contracts.rules import show
from ..errors import TableError
from ..places.gazetteer import Gazetteer
from ..places.keys import key_text
from ..reading.encodings import suffix_of
from ..reading.header_block import Header, find_header
from ..reading.refuse_file import cause_of, refusal
from ..reading.sheet_cells import Sheet
from ..reading.tables import sheets_of
from ..spellings import spellings
from ..wording.catalogue import Text, few, text
from .recognize_export import (
    HEAD,
    Confidence,
    RecognizedTable,
    companions_of,
    first_rows,
    recognize_export,
    recognize_lines,
)

__all__ = ["RecognizedTable", "recognize_tables"]

_TEXTS, _BOOKS = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm")
_AREAS, _LINES = (".geojson", ".shp", ".fgb", ".zip"), (".jsonl", ".ndjson", ".json")
# the contracts that are tried, the more special ones first, and what they need beyond what they require
_ORDER = ("contract_records", "patent_records", "transfer_records", "citation_records", "corridors", "memberships",
          "tie_records", "organizations", "attributes", "station_access", "network_edges",
          "flows", "places", "tiers", "framework", "adoptions", "indicators",
          "totals")  # fmt: skip
_NEEDS: dict[str, Callable[[set[str]], bool]] = {
    "tie_records": lambda names: bool(names & {"project", "work"}) and "place" in names,
    "framework": lambda names: (
        bool(names & {"direction", "weight", "level1", "name_en", "name_zh"}) and not names & {"place", "value"}
    ),
    # a column of minutes beside values may be one of several numbers of a flow
    "network_edges": lambda names: "value" not in names,
    "adoptions": lambda names: not names & {"value", "indicator", "lon"},
}
# names that are looked up to tell whether a column holds places, and the share of them that must be known
_LOOKED_UP, _PLACES = 60, 0.6
# rows from which a square table is a matrix, and places from which all pairs of them are no way
_MATRIX = 3


def recognize_tables(path: str | Path, gazetteer: Gazetteer) -> list[RecognizedTable]:
    """Say what a file holds, sheet by sheet.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, TXT (also ``.gz``), Excel, Parquet, lines of JSON, GeoPackage, GeoJSON or Shapefile.
    gazetteer : Gazetteer
        By which a column of places is known where no header tells.

    Returns
    -------
    list of RecognizedTable
        One a sheet; of kind ``""`` where it is nothing that is known.

    Raises
    ------
    TableError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "costs.csv")
    ...     lines = ["from,to,minutes", "Beijing,Wuhan,300", "Wuhan,Xi'an,240"]
    ...     _ = file.write_text(chr(10).join(lines), encoding="utf-8")
    ...     found = recognize_tables(file, Gazetteer.shipped())[0]
    >>> found.kind, found.confidence, found.columns
    ('network_edges', 'likely', {'from': 'source', 'to': 'target'})
    """
    file = Path(path)
    if not file.exists():
        raise refusal(file, "absent", path=file)
    if file.is_dir():
        raise refusal(file, "folder")
    if not file.stat().st_size:
        raise refusal(file, "empty")
    suffix = suffix_of(file)
    if suffix in _AREAS or (suffix in (".gpkg", ".json") and _holds_areas(file, suffix)):
        return [RecognizedTable(file, "areas", reasons=(text("start.reasons.areas"),))]
    if suffix in _LINES and (found := recognize_lines(file)) is not None:
        return [found]
    if suffix in _TEXTS:
        rows = first_rows(file)
        if (found := recognize_export(file, rows)) is not None:
            return [found]
        return [replace(_table(sheet, gazetteer), companion_of=companions_of(rows)) for sheet in _sheets(file)]
    sheets = _sheets(file)
    found_tables = []
    for sheet in sheets:
        named = sheet if len(sheets) > 1 else replace(sheet, title="")
        rows = [[_cell(cell) for cell in sheet.row(at)] for at in range(min(HEAD, len(sheet.cells)))]
        found = recognize_export(file, rows)
        found = replace(found, sheet=named) if found else _table(named, gazetteer)
        found_tables.append(replace(found, companion_of=companions_of(rows)))
    if not found_tables:
        raise refusal(file, "empty")
    return found_tables


def _sheets(file: Path) -> list[Sheet]:
    return [sheet for sheet in sheets_of(file) if not sheet.cells.dropna(how="all").empty]


def _cell(cell: object) -> str:
    return "" if cell is None else show(cell)


def _holds_areas(file: Path, suffix: str) -> bool:
    if suffix == ".json":
        with file.open("rb") as opened:
            return b"FeatureCollection" in opened.read(4096)
    import geopandas as gpd

    try:
        return not {str(kind) for kind in gpd.list_layers(file)["geometry_type"]} <= {"Point", "None"}
    except Exception as error:
        raise refusal(file, "geopackage", reason=cause_of(error)) from error


def _table(sheet: Sheet, gazetteer: Gazetteer) -> RecognizedTable:
    """Recognize a table by the columns of the contracts, else by columns that hold places."""
    if (matrix := _unfolded(sheet)) is not None and (found := _by_headers(matrix)) is not None:
        found_matrix = _recognized(matrix, found[0], found[1], "likely", [text("start.reasons.matrix")])
        return replace(found_matrix, width=len(sheet.cells.columns) - 1)
    found = _by_headers(sheet)
    if found is not None:
        contract, header = found
        exact = not header.read_as and contract != "indicators"
        said = [text("start.reasons.columns", columns=few([name for name in header.names if name], most=8))]
        return _recognized(sheet, contract, header, "certain" if exact else "likely", said)
    renamed, said = _by_content(sheet, gazetteer)
    if renamed is not None and (found := _by_headers(renamed)) is not None:
        contract, header = found
        return _recognized(renamed, contract, header, "guess", said, written=sheet)
    heads = [[_cell(cell) for cell in sheet.row(at)] for at in range(min(HEAD, len(sheet.cells)))]
    widest = max(heads, key=lambda row: sum(map(bool, row)), default=[])
    return RecognizedTable(sheet.file, "", sheet=sheet, headers=tuple(name for name in widest if name))


def _unfolded(sheet: Sheet) -> Sheet | None:
    """Return a matrix whose rows and columns name the same places as a list of flows."""
    names = [_cell(cell) for cell in sheet.row(0)]
    rows = [_cell(cell) for cell in sheet.cells.iloc[1:, 0]]
    if len(rows) < _MATRIX or not all(names[1:]) or not {*names[1:]} <= {*rows} or len({*rows}) != len(rows):
        return None
    cells = [["source", "target", "value"]]
    for at, source in enumerate(rows, 1):
        values = sheet.cells.iloc[at, 1 : len(names)].tolist()
        cells += [[source, name, value] for name, value in zip(names[1:], values, strict=True)]
    return replace(sheet, cells=pd.DataFrame(cells, dtype=object), merged={}, blocks=[], notes=[], ragged=None)


def _recognized(
    sheet: Sheet, contract: str, header: Header, confidence: Confidence, said: list[Text], written: Sheet | None = None
) -> RecognizedTable:
    columns = dict(header.read_as)
    names = header.names
    if written is not None:
        # headers as they stood before the content told
        names = [_cell(cell) or name for cell, name in zip(written.row(header.rows[-1]), names, strict=True)]
        columns = {given: columns.get(name, name) for given, name in zip(names, header.names, strict=True)}
    return RecognizedTable(
        sheet.file,
        contract,
        confidence,
        tuple(said),
        sheet=sheet,
        columns={given: name for given, name in columns.items() if given and given != name},
        headers=tuple(name for name in names if name),
    )


def _by_headers(sheet: Sheet) -> tuple[str, Header] | None:
    for contract in _ORDER:
        try:
            header = find_header(sheet, contract, None)
        except TableError:
            continue
        if header is None:
            continue
        names = {header.read_as.get(name, name) for name in header.names}
        if not _NEEDS.get(contract, lambda _: True)(names):
            continue
        if contract == "adoptions" and not _only_dates(sheet, header):
            continue
        if contract == "network_edges" and _every_pair(sheet, header):
            continue
        if contract in ("indicators", "totals") and not _has_numbers(sheet, header):
            continue
        return contract, header
    return None


def _columns_below(sheet: Sheet, header: Header) -> dict[str, list[str]]:
    """Return the cells below a header as text, by column of the contract."""
    body = sheet.cells.iloc[header.rows[-1] + 1 :]
    return {header.read_as.get(name, name): _known(body.iloc[:, at]) for at, name in enumerate(header.names) if name}


def _every_pair(sheet: Sheet, header: Header) -> bool:
    """Whether every place is tied to every other, as in a table of costs between places, not of steps of a way."""
    cells = _columns_below(sheet, header)
    pairs = {frozenset(pair) for pair in zip(cells["source"], cells["target"], strict=False)}
    places = len(frozenset().union(*pairs)) if pairs else 0
    return places >= _MATRIX and sum(len(pair) == 2 for pair in pairs) == places * (places - 1) // 2


def _only_dates(sheet: Sheet, header: Header) -> bool:
    """Whether no column but the time holds numbers, so that it says when something happened."""
    cells = _columns_below(sheet, header)
    rest = [values for name, values in cells.items() if name not in ("place", "time", "innovation")]
    places = [value for value in cells.get("place", ()) if value]
    return not any(_share(values, like_a_number) > 0.5 for values in rest) and bool(places)


def _has_numbers(sheet: Sheet, header: Header) -> bool:
    cells = _columns_below(sheet, header)
    return any(_share(values, like_a_number) >= 0.5 for name, values in cells.items() if name not in ("place", "year"))


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _known(cells: pd.Series) -> list[str]:
    """Return the cells as text, without those that are empty or hold a mark for what is missing."""
    return [value for cell in cells if (value := key_text(cell)) is not None and missing_mark(value) is None]


def _by_content(sheet: Sheet, gazetteer: Gazetteer) -> tuple[Sheet | None, list[Text]]:
    """Name the columns that hold places, and the numbers between two of them, as the contracts do."""
    heads = [at for at in range(min(HEAD, len(sheet.cells))) if sum(c is not None for c in sheet.row(at)) > 1]
    if not heads:
        return None, []
    first = heads[0]
    names = [_cell(cell) for cell in sheet.row(first)]
    body = sheet.cells.iloc[first + 1 :]
    shares: dict[int, tuple[float, int, int]] = {}
    numbers = []
    for at, name in enumerate(names):
        values = list(dict.fromkeys(_known(body.iloc[:, at])))
        if _share(values, like_a_number) >= 0.5:
            numbers += [at] if named_year(name or "-") is None and not _is_year_column(name) else []
        elif values:
            looked = values[:_LOOKED_UP]
            found = gazetteer.resolve(looked, ambiguous="leave")
            known = int((found["place"].notna() | found["how"].eq("ambiguous")).sum())
            shares[at] = (known / len(looked), known, len(looked))
    places = [at for at, (share, known, _) in shares.items() if share >= _PLACES and known > 1]
    if not places:
        return None, []
    ends = len(places) == 2 and len(numbers) == 1
    called: dict[int, str] = {max(places, key=shares.__getitem__): "place"}
    if ends:
        called = {places[0]: "source", places[1]: "target", numbers[0]: "value"}
    cells = sheet.cells.copy()
    for at, name in called.items():
        cells.iloc[first, at] = name
    # a header that the contract knows too would stand for the same column
    for at, name in enumerate(names):
        if at not in called and name.strip().casefold() in spellings("columns")["place"]:
            cells.iloc[first, at] = f"{name} ({at + 1})"
    said = [
        text("start.reasons.content", column=names[at], n=shares[at][1], of=shares[at][2])
        for at in called
        if at in shares
    ]
    return replace(sheet, cells=cells, notes=[]), said


def _is_year_column(name: str) -> bool:
    return name.strip().casefold() in {"year", *spellings("columns")["year"]}
