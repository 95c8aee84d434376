"""Say what every table must hold and check that it does.

A contract is itself a table (column, dtype, unit, required, description), read by the checker, the documentation and
the error messages. Checking reports all faults at once, never drops a row, and returns typed columns: text as ``str``,
numbers as ``float64``, years and directions as ``Int64``, dates as ``datetime64``. Rows are counted as a spreadsheet
counts them: the header is row 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..characters import UNSEEN, UNWRITABLE, garbled, plain_to_see, seen, spelled
from ..errors import Fault, TableError, columns_of, grouped_faults, warn_of
from ..options import nearest
from ..spellings import spellings
from ..vocabulary import TIERS
from ..wording.catalogue import text
from .input_tables import columns_in
from .place_rules import PLACE_RULES
from .refuse_copies import refuse_copies
from .rules import EXTRA_RULES, RULES, Check, show
from .spread_columns import leave_out_totals, spread_columns
from .unread_cells import refuse_unread_cells

__all__ = ["check_table", "contract", "legible_table"]

_SHOWN = ["column", "dtype", "unit", "required", "example", "description"]


# how programs write a missing cell
_BLANKS = frozenset({"nan", "na", "none", "null", "<na>"})


def contract(name: str) -> pd.DataFrame:
    """Return a table contract as a table.

    Parameters
    ----------
    name : str
        ``places``, ``indicators``, ``framework``, ``flows``, ``totals``, ``adoptions``, …: those that
        ``innoscape tables`` lists.

    Returns
    -------
    pandas.DataFrame
        One row a column of the contract: ``column``, ``dtype`` (text, number, integer, date, or time: a number or a
        date), ``unit``, ``required`` (bool), ``example``, ``description``.

    Raises
    ------
    OptionError
        If no contract has that name.

    Examples
    --------
    >>> contract("costs")[["column", "dtype", "required"]]
       column   dtype  required
    0  source    text      True
    1  target    text      True
    2   value  number      True
    """
    table = pd.DataFrame(columns_in(name)).rename(columns={"name": "column"})
    return table[_SHOWN]


def check_table(
    frame: pd.DataFrame,
    contract: str,
    *,
    where: str = "table",
    places: pd.DataFrame | None = None,
    tiers: Sequence[str] = TIERS,
    whole: str | None = None,
    indicator: str | None = None,
    strict: bool = False,
) -> pd.DataFrame:
    """Check a table against a contract and return it typed.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table as read; the first row is row 2 in messages. An ``indicators`` table may be wide: ``place``, optionally
        ``year``, and one column an indicator, or one a year, or one an indicator and year (``rd 2019``); a
        ``channel_pairs`` table may be a matrix: ``source`` and one column a target, an empty cell standing for 0;
        tables of ``totals`` and ``flows`` may have a column a year. An index named ``row`` holds the rows of the
        file that the table was printed in (see `read_frame`).
    contract : str
        Name of the contract (see `contract`).
    where : str, default "table"
        What messages call the table, such as its file name.
    places : pandas.DataFrame, optional
        Places contract that columns naming places must agree with. Names are matched as in `match_places` and
        replaced by keys; without it they are taken as they are. For a ``places`` table these are further places
        that ``part_of`` may name.
    tiers : sequence of str
        The tiers that a column ``tier`` may name.
    whole : str, optional
        Name of the row that holds the total of all places, which is no place itself.
    indicator : str, optional
        What a table of ``indicators`` measures whose columns are years.
    strict : bool, default False
        Whether warnings count as faults.

    Returns
    -------
    pandas.DataFrame
        The columns of the contract that are present, in its order, then any others; all rows, in the given order.
        ``attrs["matches"]`` lists the names that were normalized as tuples (given, place, how).

    Raises
    ------
    TableError
        With all faults: missing columns or cells, an empty table, text where a number is needed, infinite or negative
        values, coordinates out of range, repeated keys, unknown places, tiers, statuses or directions, a ``part_of``
        that is unknown or runs in a circle.
    OptionError
        If no contract has that name.

    Warns
    -----
    InnoscapeWarning
        For what is probably wrong: totals among the parts, flows from a place to itself, empty cells of a wide table,
        marks printed for a missing value or beside a number, columns taken for years, and characters that no XML file
        can hold, which are read as spaces.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": ["Beijing"], "target": ["天津市"], "value": ["3056"]})
    >>> checked = check_table(flows, "flows", places=pd.DataFrame(
    ...     {"place": ["北京", "天津"], "name_en": ["Beijing", "Tianjin"]}))
    >>> checked.values.tolist(), checked.attrs["matches"]
    ([['北京', '天津', 3056.0]], [('Beijing', '北京', 'english name'), ('天津市', '天津', 'normalized')])
    >>> try:
    ...     check_table(flows.assign(value=-3), "flows", where="flows.csv")
    ... except TableError as error:
    ...     print(error)
    flows.csv, row 2, column value: needed a number of at least 0, got -3; write such a number, or take the row out
    """
    columns = tuple(
        column._replace(choices=tuple(tiers)) if column.name == "tier" else column for column in columns_in(contract)
    )
    named, units = frame.attrs.get("indicator"), frame.attrs.get("units")
    check = Check(contract, columns, where, frame, places, whole=whole)
    check.frame, doubts = legible_table(check.frame, where)
    check.doubts += doubts
    _blank_marks(check)
    _check_header(check)
    leave_out_totals(check)
    spread_columns(check, indicator, guess=named, units=units)
    _check_columns(check)
    if check.frame.empty:
        check.fault("faults.table.empty")
    else:
        for rule in (
            refuse_unread_cells,
            *RULES,
            refuse_copies,
            *(PLACE_RULES if contract == "places" else EXTRA_RULES.get(contract, ())),
        ):
            rule(check)
    return _finish(check, strict=strict)


def legible_table(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[Fault]]:
    r"""Read a space for each character that files cannot hold, and nothing for one that nobody sees, in all texts.

    Returns
    -------
    DataFrame
        The same rows and columns.
    list of Fault
        A doubt for each text that was changed, by row and column, and one for texts garbled by another encoding.

    Examples
    --------
    >>> table, doubts = legible_table(pd.DataFrame({"place": ["A\x0bB", "C"]}), "places.csv")
    >>> table["place"].tolist()
    ['A B', 'C']
    >>> print(doubts[0])
    places.csv, row 2, column place: needed characters that files can hold, got 'A\x0bB'; read as 'A B'
    """
    names = [seen(name) if isinstance(name, str) else name for name in frame.columns]
    doubts = [
        _illegible(where, str(name), row=1, column=str(clean))
        for name, clean in zip(frame.columns, names, strict=True)
        if isinstance(name, str) and _unread(name)
    ]
    table = frame.set_axis(names, axis="columns")
    for i, (_, cells) in enumerate(frame.items()):
        name = names[i]
        if cells.dtype != object and not isinstance(cells.dtype, pd.StringDtype | pd.CategoricalDtype):
            continue
        texts = {cell for cell in cells.tolist() if isinstance(cell, str)}
        changed = {} if plain_to_see(texts) else {text: clean for text in texts if (clean := seen(text)) != text}
        if meant := {text: said for text in sorted(texts) if (said := garbled(text))}:
            got, said = next(iter(meant.items()))
            rows = tuple(row for row, cell in enumerate(cells, 2) if isinstance(cell, str) and cell in meant)
            doubts.append(Fault.of("doubts.garbled", where, row=rows, column=str(name), got=show(got), read=show(said)))
        if not changed:
            continue
        values = [changed.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
        table.isetitem(i, pd.Series(values, index=cells.index, dtype=object))
        doubts += [
            _illegible(where, cell, row=row, column=str(name))
            for row, cell in enumerate(cells, 2)
            if isinstance(cell, str) and _unread(cell)
        ]
    return table, doubts


def _unread(text: str) -> bool:
    return bool(UNWRITABLE.search(text) or UNSEEN.search(text))


def _illegible(where: str, text: str, *, row: int, column: str) -> Fault:
    values = {"got": spelled(text)[:60], "read": repr(show(seen(text)))}
    return Fault.of(
        "doubts.characters" if UNWRITABLE.search(text) else "doubts.unseen", where, row=row, column=column, **values
    )


def _blank_marks(check: Check) -> None:
    """Take what programs write for a missing cell (nan, NA, None) as one where a word of a list, as a tier, stands."""
    for column in check.columns:
        # a number is a figure of somebody, and its absence a matter for them; a repeated column is a fault
        if not column.choices or [*check.frame].count(column.name) != 1:
            continue
        cells = check.frame[column.name]
        if cells.dtype == object or isinstance(cells.dtype, pd.StringDtype):
            blank = [isinstance(cell, str) and cell.strip().casefold() in _BLANKS for cell in cells.tolist()]
            if any(blank):
                check.frame = check.frame.assign(**{column.name: cells.mask(np.array(blank))})


def _check_header(check: Check) -> None:
    names = pd.Index([str(name).strip().lstrip("\ufeff") for name in check.frame.columns])
    check.frame.columns = names
    for name in names[names.duplicated()].unique():
        check.fault("faults.table.twice", column=name, name=name, times=int((names == name).sum()))
    if not names.is_unique:
        check.frame = check.frame.loc[:, ~names.duplicated()]


def _check_columns(check: Check) -> None:
    spare = [name for name in check.frame.columns if name not in {column.name for column in check.columns}]
    for column in check.columns:
        if column.required and column.name not in check.frame:
            likely = _likely(column.name, spare)
            named = {"name": column.name, "meaning": column.meaning, "got": columns_of(check.frame)}
            fix = text("faults.table.rename", near=likely, name=column.name) if likely else text("faults.table.add")
            check.fault("faults.table.column", column=column.name, fix=fix, **named)


def _likely(name: str, spare: list[str]) -> str | None:
    folded = {other.strip().casefold(): other for other in spare}
    for synonym in (name, *spellings("columns").get(name, ())):
        if synonym in folded:
            return folded[synonym]
    close = nearest(name, folded)
    return folded[close[0]] if close else None


def _finish(check: Check, *, strict: bool) -> pd.DataFrame:
    faults = check.faults + check.doubts if strict else check.faults
    if faults:
        raise TableError(sorted(faults, key=_position))
    for doubt in grouped_faults(sorted(check.doubts, key=_position)):
        warn_of(doubt, stacklevel=3)
    named = [column.name for column in check.columns if column.name in check.frame]
    order = named + [name for name in check.frame.columns if name not in named]
    frame = check.frame if order == [*check.frame.columns] else check.frame[order]
    frame = frame.reset_index(drop=True)
    frame.attrs = {"matches": list(dict.fromkeys(check.matches))}
    return frame


class _Position(NamedTuple):
    row: int
    column: str
    needed: str


def _position(fault: Fault) -> _Position:
    row = fault.row[0] if isinstance(fault.row, tuple) else fault.row
    return _Position(row or 0, fault.column or "", str(fault.needed))
