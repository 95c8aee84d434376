"""Know the tables of a results folder and check that a run keeps to them.

``result_contracts.csv`` holds a row for each table (no column named) and each of its columns, in order. A column in
braces, alone or behind a prefix (``score_{recipe}``), stands for one column of each recipe, tier, indicator, …;
``{further}`` for whatever columns the table read had besides. Workbook, report, documentation and the check at the end
of every run read the contracts from here.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from ..errors import Fault, ResultError
from ..files import read_shipped
from ..vocabulary import terms
from ..wording.catalogue import Text, join_texts, text

__all__ = ["ResultColumn", "ResultTable", "check_results", "result_tables", "typed_results"]

_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a result table, or a pattern of columns.

    Parameters
    ----------
    name : str
        Its name; braces stand for what the table is about.
    dtype : str
        ``text``, ``number``, ``integer``, ``truth`` or ``any``.
    unit : str
    required : bool
    choices : tuple of str
        Values it may hold; any when empty.
    meaning : Text
    """

    name: str
    dtype: str
    unit: str
    required: bool
    choices: tuple[str, ...]
    meaning: Text

    @property
    def stands_for(self) -> str | None:
        """What the braces stand for, such as ``recipe``."""
        found = _BRACES.search(self.name)
        return found[1] if found else None

    def fill(self, name: str) -> str | None:
        """Return what the braces hold in the name of a column: nothing in a plain name, None where it does not fit."""
        start, brace, end = self.name.partition("{")
        if not brace:
            return "" if name == self.name else None
        end = end.partition("}")[2]
        if len(name) <= len(start) + len(end) or not (name.startswith(start) and name.endswith(end)):
            return None
        return name[len(start) : len(name) - len(end)]


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of a results folder: its columns in order, and what it holds."""

    name: str
    columns: tuple[ResultColumn, ...]
    meaning: Text

    @property
    def fixed(self) -> tuple[str, ...]:
        """The columns that have a name of their own."""
        return tuple(column.name for column in self.columns if column.stands_for is None)

    def find(self, name: str) -> ResultColumn | None:
        """Return the column that a name means: by its own name first, then by pattern.

        Examples
        --------
        >>> str(result_tables()["scores"].find("score_entropy").meaning)
        'score under {recipe}'
        """
        return next(
            (column for column in sorted(self.columns, key=_by_braces) if column.fill(name) is not None),
            None,
        )


def _by_braces(column: ResultColumn) -> int:
    return 0 if column.stands_for is None else 2 if column.stands_for == "further" else 1


@cache
def result_tables() -> Mapping[str, ResultTable]:
    """Return the contracts of all result tables by name, in the order of the documentation.

    Examples
    --------
    >>> result_tables()["reach"].fixed
    ('scenario', 'time', 'mean', 'low', 'high', 'parameter_share', 'chance_low', 'chance_high')
    """
    rows = csv.DictReader(io.StringIO(read_shipped("result_contracts.csv").decode("utf-8")))
    meanings: dict[str, Text] = {}
    columns: dict[str, list[ResultColumn]] = {}
    for row in rows:
        meaning = Text.of(en=row["description"], zh=row["description_zh"])
        if not row["column"]:
            meanings[row["contract"]] = meaning
            continue
        column = ResultColumn(
            name=row["column"],
            dtype=row["dtype"],
            unit=row["unit"],
            required=row["required"] == "yes",
            choices=_choices(row["choices"]),
            meaning=meaning,
        )
        columns.setdefault(row["contract"], []).append(column)
    return MappingProxyType({n: ResultTable(n, tuple(columns[n]), meaning) for n, meaning in meanings.items()})


def _choices(written: str) -> tuple[str, ...]:
    if not written:
        return ()
    # one word names a kind of terms of the vocabulary
    return tuple(written.split("|")) if "|" in written else tuple(terms(written))


def typed_results(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give columns that lost their type the one of their contract.

    Tables joined of parts of which some are empty hold numbers and truths as objects; whatever does not fit its
    contract stays as it is, for `check_results` to tell.

    Examples
    --------
    >>> reach = pd.DataFrame({"scenario": ["baseline"], "time": pd.Series([0.5], dtype=object)})
    >>> str(typed_results({"reach": reach})["reach"]["time"].dtype)
    'float64'
    """
    known = result_tables()
    return {name: _typed(known[name], table) if name in known else table for name, table in tables.items()}


def _typed(contract: ResultTable, table: pd.DataFrame) -> pd.DataFrame:
    found = {}
    for label in table.columns[table.dtypes.map(pd.api.types.is_object_dtype)]:
        column, cells = contract.find(str(label)), table[label]
        inferred = pd.api.types.infer_dtype(cells, skipna=True)
        if column is None:
            continue
        if column.dtype in {"number", "integer"} and inferred in {"integer", "floating", "mixed-integer-float"}:
            found[label] = pd.to_numeric(cells)
        elif column.dtype == "truth" and inferred == "boolean":
            found[label] = cells.astype("boolean" if cells.hasnans else bool)
    return table.assign(**found)


def check_results(tables: Mapping[str, pd.DataFrame]) -> None:
    """Check the tables of a run against their contracts: names, order and types of columns, and allowed values.

    Raises
    ------
    ResultError
        With every fault. A fault here is one of the program, not of its input.

    Examples
    --------
    >>> reach = pd.DataFrame({"scenario": ["baseline"], "time": [0.0], "mean": [0.1], "low": [0.1], "high": ["much"]})
    >>> try:
    ...     check_results({"reach": reach})
    ... except ResultError as error:
    ...     print(str(error).partition(";")[0])
    reach, column high: needed number, got str
    """
    faults = [fault for name, table in tables.items() for fault in _faults(name, table)]
    if faults:
        raise ResultError(faults)


def _faults(name: str, table: pd.DataFrame) -> list[Fault]:
    contract = result_tables().get(name)
    if contract is None:
        return [_fault(name, None, text("faults.result.contract"), text("faults.result.without"))]
    names = [str(column) for column in table.columns]
    faults = [
        _fault(name, column.name, text("faults.result.column", name=column.name), text("faults.none"))
        for column in contract.columns
        if column.required and column.name not in names
    ]
    blocks = _blocks(contract)
    last = 0
    for i, label in enumerate(names):
        column = contract.find(label)
        if column is None or label in names[:i]:
            came = text("faults.result.more" if column is None else "faults.result.twice")
            faults.append(_fault(name, label, text("faults.result.columns"), came))
            continue
        if blocks[column.name] < last:
            came = text("faults.result.after", name=names[i - 1])
            faults.append(_fault(name, label, text("faults.result.order"), came))
        last = max(last, blocks[column.name])
        faults += _cell_faults(name, label, column, table.iloc[:, i])
    return faults


def _blocks(contract: ResultTable) -> dict[str, int]:
    """Return the place of every column; patterns of the same thing side by side share one, and take turns."""
    found: dict[str, int] = {}
    number, before = 0, None
    for column in contract.columns:
        number += column.stands_for is None or column.stands_for != before
        before = column.stands_for
        found[column.name] = number
    return found


def _cell_faults(table: str, label: str, column: ResultColumn, cells: pd.Series) -> list[Fault]:
    if not _fits(column.dtype, cells) and cells.notna().any():
        return [_fault(table, label, column.dtype, str(cells.dtype))]
    if not column.choices:
        return []
    odd = sorted({str(value) for value in cells.dropna().unique()} - {*column.choices})
    needed = text("faults.one_of", names=join_texts(column.choices))
    return [_fault(table, label, needed, join_texts(odd))] if odd else []


def _fault(table: str, column: str | None, needed: str | Text, got: str | Text) -> Fault:
    return Fault.of("faults.result", table, column=column, needed=needed, got=got)


def _fits(dtype: str, cells: pd.Series) -> bool:
    types = pd.api.types
    if dtype == "any":
        return True
    if dtype == "truth":
        return types.is_bool_dtype(cells)
    if dtype == "text":
        if isinstance(cells.dtype, pd.CategoricalDtype):
            cells = pd.Series(cells.cat.categories)
        return types.infer_dtype(cells, skipna=True) == "string"
    number = types.is_numeric_dtype(cells) and not types.is_bool_dtype(cells)
    # a whole number with gaps may stand as a float
    return number and (dtype == "number" or types.is_integer_dtype(cells) or bool((cells.dropna() % 1 == 0).all()))
