"""Know what every input table must hold: its columns with unit, meaning in each language, and an example.

``table_contracts.csv`` holds a row for each table (no column named) and each of its columns, in order. The checker, the
reader of printed tables, ``innoscape tables`` and the documentation read the contracts from here.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from ..files import read_shipped
from ..options import check_choice
from ..vocabulary import terms, with_trait
from ..wording.catalogue import Text
from .rules import Column

__all__ = ["InputTable", "columns_in", "input_tables"]


@dataclass(frozen=True, slots=True)
class InputTable:
    """An input table: its columns in order, and what a row of it is."""

    name: str
    columns: tuple[Column, ...]
    meaning: Text

    @property
    def example(self) -> pd.DataFrame:
        """One row of examples, as text; columns without an example are left out.

        Examples
        --------
        >>> input_tables()["costs"].example.to_dict("records")
        [{'source': '北京', 'target': '天津', 'value': '30'}]
        """
        cells = {column.name: [column.example] for column in self.columns if column.example}
        return pd.DataFrame(cells, dtype="str")


@cache
def input_tables() -> Mapping[str, InputTable]:
    """Return the contracts of all input tables by name, in the order of the documentation.

    Examples
    --------
    >>> str(input_tables()["totals"].meaning)
    'what each place sends, receives or keeps in all, for estimated flows'
    """
    rows = csv.DictReader(io.StringIO(read_shipped("table_contracts.csv").decode("utf-8")))
    meanings: dict[str, Text] = {}
    columns: dict[str, list[Column]] = {}
    for row in rows:
        meaning = Text.of(en=row["description"], zh=row["description_zh"])
        if not row["column"]:
            meanings[row["contract"]] = meaning
            continue
        column = Column(
            name=row["column"],
            dtype=row["dtype"],
            unit=row["unit"],
            required=row["required"] == "yes",
            key=row["key"] == "yes",
            minimum=float(row["minimum"]) if row["minimum"] else None,
            maximum=float(row["maximum"]) if row["maximum"] else None,
            choices=_choices(row["choices"]),
            refers_to=row["refers_to"],
            description=row["description"],
            example=row["example"],
            meaning=meaning,
            measured_in=Text.of(en=row["unit"], zh=row["unit_zh"]),
        )
        columns.setdefault(row["contract"], []).append(column)
    return MappingProxyType({name: InputTable(name, tuple(columns[name]), said) for name, said in meanings.items()})


def _choices(given: str) -> tuple[str, ...]:
    """Return the choices of a column: listed, or those of the vocabulary as in ``@statuses.input`` (kind, trait)."""
    if not given.startswith("@"):
        return tuple(given.split("|")) if given else ()
    kind, _, trait = given[1:].partition(".")
    return with_trait(kind, trait) if trait else tuple(terms(kind))


def columns_in(name: str) -> tuple[Column, ...]:
    """Return the columns of a contract.

    Raises
    ------
    OptionError
        If no contract has that name.

    Examples
    --------
    >>> [column.name for column in columns_in("pairs")]
    ['source', 'target']
    """
    tables = input_tables()
    check_choice("contract", name, tables)
    return tables[name].columns
