"""Part the rows of a table: those of totals and averages, those without what they need, and those that come again."""

import numpy as np
import pandas as pd

from ...data import Gazetteer, normalize_name
from ...data.contracts.input_tables import columns_in
from ...data.contracts.printed_numbers import missing_mark
from ...data.contracts.rules import ROW, Check
from ...data.contracts.spread_columns import spread_columns
from ...data.errors import warn_of
from ...data.places.keys import as_keys
from ...data.spellings import spellings
from ...data.wording.catalogue import Text, few, text
from .draft import Draft

__all__ = ["filled_rows", "once", "without_totals"]

_TOTALS, _AVERAGES, _NATION = (
    frozenset(normalize_name(name) for name in spellings("totals")[key]) for key in ("names", "averages", "nation")
)
_ENDS = ("place", "source", "target", "seller", "buyer")
# contracts whose rows stand without their value where it is unknown, and those whose rows say nothing then
_OPEN, _CLOSED = ("indicators", "totals"), ("flows", "adoptions")


def without_totals(frame: pd.DataFrame, gazetteer: Gazetteer) -> tuple[pd.DataFrame, pd.DataFrame, list[Text]]:
    """Part the rows that hold totals of all places, and those of averages, from the others; say which they are."""
    ends = [name for name in _ENDS if name in frame]
    if not ends or ("source" in ends and "target" not in ends):
        ends = [name for name in ends if name != "source"]
    names = {name for end in ends for name in frame[end] if isinstance(name, str)}
    nation = {name for name in names if normalize_name(name) in _NATION}
    if nation and _names_countries(names - nation, gazetteer):
        nation = set()
    whole = {name for name in names if normalize_name(name) in _TOTALS} | nation
    averages = {name for name in names if normalize_name(name) in _AVERAGES}
    rows = {key: frame[ends].isin(some).any(axis=1) for key, some in (("whole", whole), ("average", averages))}
    said = [
        text(f"start.reasons.{key}", n=int(rows[key].sum()), names=few(sorted(some)))
        for key, some in (("whole", whole), ("average", averages))
        if some
    ]
    return frame[~rows["whole"] & ~rows["average"]], frame[rows["whole"]], said


def _names_countries(names: set[str], gazetteer: Gazetteer) -> bool:
    """Whether any name is that of a country, so that the nation is one among others."""
    if not names or not gazetteer.table["level"].eq("country").any():
        return False
    found = gazetteer.resolve(sorted(names), level="country", ambiguous="leave")
    return bool((found["place"].notna() & ~found["how"].str.contains("of a part")).any())


def filled_rows(frame: pd.DataFrame, kind: str, where: str, draft: Draft) -> pd.DataFrame:
    """Leave out rows that name no place, and flows and adoptions without a value; note which they are.

    A value of an indicator or a total may be missing: its row is kept.
    """
    if kind not in (*_OPEN, *_CLOSED):
        return frame
    frame = _one_year_a_row(frame, where) if kind == "flows" else frame
    needed = [name for name in ("place", "source", "target") if name in frame]
    needed += ["value"] if kind == "flows" and "value" in frame else []
    if not needed:
        return frame
    empty = frame[needed].astype(object).map(lambda cell: missing_mark(cell) is not None)
    lost = empty.any(axis=1).to_numpy()
    told = lost
    if kind == "flows" and {"source", "target", "value"} <= {*frame}:
        # nothing flows from a place to itself where a matrix says nothing
        blank = np.array([missing_mark(cell) == "" for cell in frame["value"].tolist()], dtype=bool)
        told = lost & ~(blank & frame["source"].eq(frame["target"]).to_numpy(dtype=bool))
    if told.any():
        rows, names = _file_rows(frame)[told].tolist(), empty.columns[empty.any()]
        said = {"n": len(rows), "of": len(frame)}
        draft.leave("empty", where, row=_one_or_all(rows), column=", ".join(names), **said)
    return frame[~lost]


def _file_rows(frame: pd.DataFrame) -> np.ndarray:
    """Return the numbers of the rows as the file counts them, its header being row 1 unless a title stands above."""
    index = frame.index.to_numpy()
    return index if frame.index.name == ROW else index + 2


def _one_or_all(rows: list[int]) -> int | tuple[int, ...]:
    several = [*dict.fromkeys(rows)]
    return tuple(several) if len(several) > 1 else several[0]


def _one_year_a_row(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Turn the years that stand as columns of flows into rows, which keep the numbers that the file gives them."""
    check = Check("flows", columns_in("flows"), where, frame.set_axis(pd.Index(_file_rows(frame), name=ROW)))
    spread_columns(check, None)
    if check.wide is None:
        return frame
    for doubt in check.doubts:
        warn_of(doubt)
    return check.frame.set_axis(pd.Index(check.rows, name=ROW))


def once(frame: pd.DataFrame, contract: str, where: str, draft: Draft) -> pd.DataFrame:
    """Keep the first of rows that hold the same place, pair or number, as the contract counts them."""
    keys = [column.name for column in columns_in(contract) if column.key and column.name in frame]
    if not keys:
        return frame
    forms = pd.DataFrame({name: as_keys(frame[name]).map(normalize_name, na_action="ignore") for name in keys})
    again = forms.duplicated().to_numpy() & forms[keys[0]].notna().to_numpy()
    if again.any():
        names = [str(name) for name in frame.loc[again, keys[0]].drop_duplicates()]
        rows = _file_rows(frame)[again].tolist()
        draft.leave("repeated", where, row=_one_or_all(rows), column=keys[0], n=len(rows), names=few(names, most=5))
    return frame[~again]
