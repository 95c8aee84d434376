"""Look through the names of records: sums of others, marks between names, spellings of one name.

Every distinct name is looked at once. Most need no more than a change of case: names of the letters in ``_RANGES`` are
folded all together, and only the others one by one.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining

import pandas as pd

from .counting import tally
from .engine import fetch, in_memory
from .spelled_names import (
    FORM,
    SAFE,
    TOTALS,
    Marked,
    best_spellings,
    fold,
    unasked_marks,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from ibis.expr.types import Table

    from .tidying import Cells

__all__ = ["Surveyed", "fold_names", "survey_names"]

# letters of Europe, of which those that need more than a change of case are left out, and of East Asia
_FEW = range(0x20, 0x530)
_RANGES = ((0x3041, 0x3096), (0x30A1, 0x30FA), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))


class Surveyed(NamedTuple):
    """What was found among names: rows that hold sums, marks between names, spellings, and all names if pulled.

    ``united`` gives the name to take for every spelling that is not it, ``nodes`` the same as a table (``given``,
    ``node``).
    """

    totals: dict[str, int]
    marked: list[Marked]
    united: dict[str, str]
    nodes: "Table | None"
    names: "pd.Series | None" = None


def survey_names(
    names: "Table", marks: "Sequence[str] | None", cells: "Cells", *, pulled: bool | None = None
) -> Surveyed:
    """Look through the names of records, and note which spellings are one name.

    Names are pulled from the embedded engine, which shares its memory; another looks through them itself, unless they
    are wanted (``pulled``).
    """
    from ibis.backends.sql import SQLBackend

    asked = unasked_marks(marks)
    if pulled is None:
        pulled = cells.con.name == "duckdb" or not isinstance(cells.con, SQLBackend)
    if not pulled:
        return _surveyed_there(names, asked, cells)
    counted = fetch(names.order_by("name"), cells.con, where=cells.where)
    records, written = counted["records"].to_numpy(dtype="int64"), counted["name"].astype("str")
    forms = fold_names(written)
    spelled, total = forms.duplicated(keep=False).to_numpy(), forms.isin(TOTALS).to_numpy()
    united = _united(tally(written[spelled], records[spelled]), cells)
    totals = tally(written[total], records[total])
    return Surveyed(totals, _marked(written, records, asked), united, _as_table(united), written)


@cache
def _other_letters() -> str:
    """Return the pattern of the letters that take more than a change of case."""
    # what combines with the letter before it may change places, and what becomes two letters is lowered in two ways
    few = [one for one in map(chr, _FEW) if fold(one) == one.lower().replace(" ", "") and not combining(one)]
    few = [one for one in few if len(fold(one)) == len(one.replace(" ", ""))]
    spans = (f"{chr(first)}-{chr(last)}" for first, last in _RANGES)
    return f"[^{''.join(map(re.escape, few))}{''.join(spans)}]"


def fold_names(names: pd.Series) -> pd.Series:
    """Fold names as `fold` does each.

    Examples
    --------
    >>> fold_names(pd.Series(["AB Co. [cn]", "Ab co.(CN)"], dtype="str")).tolist()
    ['abco.(cn)', 'abco.(cn)']
    """
    import pyarrow.compute as pc

    written = _as_arrow(names)
    forms = pd.Series(pc.replace_substring(pc.utf8_lower(written), " ", ""), dtype="str")
    other = pc.match_substring_regex(written, _other_letters()).to_numpy(zero_copy_only=False)
    if other.any():
        forms[other] = [fold(name) for name in names[other]]
    return forms


def _as_arrow(names: pd.Series) -> "pa.Array":
    import pyarrow as pa

    made = pa.array(names, pa.large_string())
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _marked(names: pd.Series, records: "pd.api.extensions.ExtensionArray", asked: "Sequence[str]") -> list[Marked]:
    """Return the marks that stand in names, as `marked_names` does."""
    import pyarrow.compute as pc

    plain, found = _as_arrow(names), []
    comma = pc.match_substring(plain, ",")
    plain = pc.replace_with_mask(plain, comma, pc.replace_substring_regex(plain.filter(comma), FORM, rf"{SAFE}\1"))
    for mark in asked:
        held = pc.match_substring(plain, mark).to_numpy(zero_copy_only=False)
        if held.any():
            # names stand in order
            found.append(Marked(mark, int(records[held].sum()), int(records.sum()), str(names[held].iloc[0])))
    return found


def _surveyed_there(names: "Table", asked: "Sequence[str]", cells: "Cells") -> Surveyed:
    from . import written_cells as expressions

    found = fetch(expressions.survey(names, asked), cells.con, where=cells.where)
    spelled = found[found["part"] == "spelled"]
    odd = spelled.loc[spelled["odd"].astype(bool), "name"]
    if len(odd):
        # what an engine cannot fold is folded here, and its partners asked for
        spelled = expressions.survey(names, [], sorted({fold(name) for name in odd}))
        spelled = fetch(spelled, cells.con, where=cells.where)
        spelled = spelled[spelled["part"] == "spelled"]
    totals = found[found["part"] == "total"]
    known = found.set_index("part")
    rows = int(known.loc["all", "records"])
    marked = [
        Marked(mark, int(known.loc[mark, "records"]), rows, str(known.loc[mark, "name"]))
        for mark in asked
        if known.loc[mark, "records"]
    ]
    united = _united(tally(spelled["name"], spelled["records"]), cells)
    return Surveyed(tally(totals["name"], totals["records"]), marked, united, _as_table(united))


def _united(counted: "Mapping[str, int]", cells: "Cells") -> dict[str, str]:
    united = best_spellings(counted)
    cells.report.united(united, counted)
    return united


def _as_table(united: "Mapping[str, str]") -> "Table | None":
    if not united:
        return None
    return in_memory(pd.DataFrame({"given": list(united), "node": list(united.values())}, dtype="str"))
