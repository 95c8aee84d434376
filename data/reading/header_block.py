"""Find the header of a table below titles, over one row or several, as a contract names its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..contracts.dates import named_year
from ..contracts.input_tables import columns_in
from ..contracts.rules import show
from ..contracts.spread_columns import IDS
from ..errors import Fault, TableError
from ..spellings import spellings
from .sheet_cells import HEAD, Sheet

__all__ = ["Header", "find_header", "folded"]


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes
    ----------
    rows : tuple of int
        Rows of the sheet that it spans, from 0.
    names : list of str
        Name of each column, joined over the rows; empty where a column has none.
    read_as : dict
        Name as printed -> column of the contract.
    """

    rows: tuple[int, ...]
    names: list[str]
    read_as: dict[str, str]

    @property
    def plain(self) -> bool:
        """Whether it is row 1 and says all as the contract does."""
        return self.rows == (0,) and not self.read_as


def folded(cell: object) -> str:
    """Return what a cell says without its spaces and capitals."""
    return "" if cell is None else "".join(show(cell).split()).casefold().lstrip("\ufeff")


def find_header(sheet: Sheet, contract: str, given: tuple[int, ...] | None) -> Header | None:
    """Return the header that a contract's columns are found in, or that was named by its rows (from 1)."""
    if given is not None:
        rows = tuple(row - 1 for row in given)
        if rows[-1] >= len(sheet.cells):
            raise TableError([Fault.of("faults.header.row", sheet.file.name, header=given[-1], n=len(sheet.cells))])
        if len(rows) == 1:
            rows = _block(sheet, rows[0], contract)
        return _named(sheet, rows, contract)
    heads = []
    for at in range(min(HEAD, len(sheet.cells))):
        heads.append(cells := sheet.row(at, filled=False))
        if len(cells) - cells.count(None) < min(2, len(cells)):
            continue
        rows = _block(sheet, at, contract)
        if _complete(_joined(sheet, rows), contract):
            return _named(sheet, rows, contract)
    return _with_blank_corner(sheet, heads, contract)


def _with_blank_corner(sheet: Sheet, heads: list[list[object]], contract: str) -> Header | None:
    """Return the first row that names all columns but the first, below which names stand."""
    if len(IDS.get(contract, ())) != 1:
        return None
    for at, (cells, below) in enumerate(pairwise(heads)):
        lead = below[0]
        if cells.count(None) == 1 and cells[0] is None and isinstance(lead, str) and not _is_number(lead):
            names = ["column 1", *_joined(sheet, (at,))[1:]]
            found = {"column 1": IDS[contract][0]}
            return Header((at,), names, found) if _complete([*found.values(), *names[1:]], contract) else None
    return None


def _named(sheet: Sheet, rows: tuple[int, ...], contract: str) -> Header:
    names = _joined(sheet, rows)
    found, faults = _matched(names, contract), []
    for column, at in found.items():
        if len(at) > 1:
            printed = [names[i] for i in at]
            faults.append(
                Fault.of(
                    "faults.header.several", sheet.file.name, row=rows[0] + 1, column=column, name=column, got=printed
                )
            )
    if faults:
        raise TableError(faults)
    return Header(rows, names, {names[at[0]]: column for column, at in found.items() if names[at[0]] != column})


def _matched(names: Sequence[str], contract: str) -> dict[str, list[int]]:
    """Return where each column of a contract stands: under its own name, else under other spellings of it."""
    exact = {name.strip(): i for i, name in enumerate(names)}
    found: dict[str, list[int]] = {}
    taken: set[int] = {exact[column.name] for column in columns_in(contract) if column.name in exact}
    for column in columns_in(contract):
        if column.name in exact:
            found[column.name] = [exact[column.name]]
            continue
        if not column.required and column.name not in ("year", "unit"):
            continue
        known = {folded(column.name), *map(folded, spellings("columns").get(column.name, ()))}
        if at := [i for i, name in enumerate(names) if i not in taken and folded(name) in known]:
            found[column.name] = at
    if contract in IDS and not {"indicator", "value"} & set(exact) and not _long(found, contract):
        found = {name: at for name, at in found.items() if name not in ("indicator", "value", "target")} | {
            name: at for name, at in found.items() if name in IDS[contract]
        }
    return found


def _long(found: dict[str, list[int]], contract: str) -> bool:
    return all(column.name in found for column in columns_in(contract) if column.required)


def _complete(names: Sequence[str], contract: str) -> bool:
    found = _matched(names, contract)
    if _long(found, contract):
        return True
    if contract not in IDS or not set(IDS[contract]) <= set(found):
        return False
    spare = [name for i, name in enumerate(names) if name and [i] not in found.values()]
    years = contract in ("totals", "flows")
    return any(named_year(name) for name in spare) if years else bool(spare)


def _block(sheet: Sheet, at: int, contract: str) -> tuple[int, ...]:
    """Return the rows of a header that begins in a row: those below that name what stands side by side under it."""
    rows, ids = [at], set(IDS.get(contract, ()))
    for below in range(at + 1, min(at + 4, len(sheet.cells))):
        above, own = sheet.row(rows[-1], filled=False), sheet.row(below, filled=False)
        found = _matched(_joined(sheet, tuple(rows)), contract)
        keys = [j for column, js in found.items() if column in ids for j in js]
        named = [cell for cell in own if cell is not None]
        if not named or not keys or any(own[j] is not None for j in keys):
            break
        split = None in above or all((below, j) in sheet.merged for j in keys)
        if not split and (len(named) + len(keys) < len(own) or not all(map(_is_year, named))):
            break
        if any(_is_number(cell) and not _is_year(cell) for cell in named):
            break
        rows.append(below)
    return tuple(rows)


def _is_year(cell: object) -> bool:
    year = named_year(show(cell))
    return year is not None and not year[0]


def _is_number(cell: object) -> bool:
    try:
        float(str(cell).replace(",", ""))
    except ValueError:
        return False
    return True


def _joined(sheet: Sheet, rows: tuple[int, ...]) -> list[str]:
    """Join the names of a header over its rows; where a name is missing, that to its left stands for it."""
    parts: list[list[str]] = [[] for _ in sheet.cells.columns]
    for row in rows:
        last = ""
        below = [row_ for row_ in rows if row_ > row]
        for j, cell in enumerate(sheet.row(row)):
            said = "" if cell is None else " ".join(show(cell).split())
            if not said and any(sheet.row(one)[j] is not None for one in below):
                said = last
            last = said or last
            if said and said not in parts[j]:
                parts[j].append(said)
    return [_with_year_last(part) for part in parts]


def _with_year_last(parts: list[str]) -> str:
    years = {part: year[1] for part in parts if (year := named_year(part)) and not year[0]}
    if len(parts) > 1 and len(years) == 1:
        return " ".join([*(part for part in parts if part not in years), *years.values()])
    return " ".join(parts)
