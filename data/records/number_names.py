"""Number the names of records, so that engines pair, compare and count whole numbers instead of texts.

Numbers follow code points: the lower of two numbers is the earlier of two names. A name is normalized once, in the
table of numbers, and never row by row.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from .counting import UNKNOWN
from .engine import in_memory

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["Numbered", "number_names", "put_numbers"]


class Numbered(NamedTuple):
    """Nodes in order, the table of ``given`` and ``number``, and the number of the node that is not known."""

    nodes: pd.Index
    table: "Table"
    unknown: int

    def named(self, numbers: pd.Series) -> pd.Categorical:
        """Return the nodes of a column of numbers."""
        return pd.Categorical.from_codes(numbers.to_numpy(dtype="int64"), dtype=pd.CategoricalDtype(self.nodes))


def number_names(given: Sequence[str] | pd.Series, nodes: Mapping[str, str]) -> Numbered:
    """Give each name the number of its node: the one that ``nodes`` has for it, else the name itself.

    Examples
    --------
    >>> numbered = number_names(["b", "B", "a"], {"B": "b"})
    >>> numbered.nodes.tolist(), numbered.unknown
    (['(unknown)', 'a', 'b'], 0)
    """
    names = pd.Series(given, dtype="str").reset_index(drop=True)
    if nodes:
        names = names.mask(names.isin(list(nodes)), names.map(nodes))
    codes, found = pd.factorize(pd.concat([names, pd.Series([UNKNOWN], dtype="str")]), sort=True)
    codes = codes.astype("int32")
    table = pd.DataFrame({"given": pd.Series(given, dtype="str").reset_index(drop=True), "number": codes[:-1]})
    return Numbered(pd.Index(found, dtype="str"), in_memory(table), int(codes[-1]))


def put_numbers(table: "Table", column: str, numbered: Numbered) -> "Table":
    """Put numbers in place of the names in a column; what has none stays missing."""
    numbers = numbered.table
    rows = table.left_join(numbers, table[column] == numbers["given"])
    return rows.select(**{name: rows["number" if name == column else name] for name in table.columns})
