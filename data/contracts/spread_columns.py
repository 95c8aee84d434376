"""Turn columns that stand for indicators, years or targets into rows, and leave out rows that hold totals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..places.names import normalize_name
from ..spellings import spellings
from ..wording.catalogue import few, text
from .dates import named_year, year_doubted
from .rules import TOTALS, Check, is_whole, show

__all__ = ["IDS", "leave_out_totals", "spread_columns"]

# columns of a wide table that stand for no indicator, and those that every row of one must have
_SPARE = ("place", "year", "unit", "status", "source", "name_en", "name_zh", "note")
_AVERAGES = frozenset(spellings("totals")["averages"])
IDS = {"indicators": ("place",), "totals": ("place",), "flows": ("source", "target"), "channel_pairs": ("source",)}


def spread_columns(
    check: Check,
    indicator: str | None,
    *,
    guess: str | None = None,
    units: Mapping[str, str | None] | None = None,
) -> None:
    """Turn the columns of a wide table into rows; columns of years stand for an indicator that is named or guessed.

    Indicators take the ``units`` of their columns, where the table does not hold units.
    """
    frame = check.frame
    if check.contract not in IDS or not set(IDS[check.contract]) <= set(frame.columns) or "value" in frame:
        return
    if check.contract == "channel_pairs":
        _spread_matrix(check)
        return
    named = {name: year for name in frame.columns if (year := named_year(name)) and name not in _SPARE}
    _doubt_years(check, named)
    if check.contract == "indicators" and "indicator" not in frame:
        _spread_indicators(check, named, indicator, guess)
        if units and "unit" not in check.frame and check.wide is not None:
            check.frame = check.frame.assign(unit=[units.get(str(name)) for name in check.wide])
    elif years := {name: year for name, (of, year) in named.items() if not of}:
        columns = _first_each(check, years)
        _melt(check, columns, {"year": [years[name] for name in columns]})


def _first_each(check: Check, stand_for: Mapping[str, object]) -> list[str]:
    """Return the first column of each year, or indicator and year, and refuse others that stand for the same."""
    by_year: dict[object, list[str]] = {}
    for name, what in stand_for.items():
        by_year.setdefault(what, []).append(name)
    for names in by_year.values():
        if len(names) > 1:
            check.fault("faults.table.year_again", columns=few(names))
    kept = [names[0] for names in by_year.values()]
    check.frame = check.frame.drop(columns=[name for name in stand_for if name not in kept])
    return kept


def _doubt_years(check: Check, named: dict[str, tuple[str, str]]) -> None:
    """Tell of columns that do not write their year out, and of those that look like years and are none."""
    odd = [str(name) for name in check.frame.columns if name not in _SPARE and year_doubted(name)]
    read = [text("warnings.printed.pair", given=name, name=named[name][1]) for name in odd if name in named]
    if read:
        check.doubt("doubts.year_form", column=None, names=few(read, most=8))
    if like := [name for name in odd if name not in named]:
        check.doubt("doubts.year_like", column=None, names=few(like, most=8))


def _spread_indicators(
    check: Check, named: dict[str, tuple[str, str]], indicator: str | None, guess: str | None
) -> None:
    columns = [name for name in check.frame.columns if name not in _SPARE]
    if not columns:
        return
    if set(named) != set(columns) or "year" in check.frame:
        if plain := [name for name, (of, _) in named.items() if not of]:
            others = [name for name in columns if name not in plain] or ["year"]
            check.fault("faults.table.mixed_years", columns=few(plain), others=few(others))
        _melt(check, columns, {"indicator": columns})
        return
    columns = _first_each(check, {name: named[name] for name in columns})
    of = [named[name][0] or indicator or guess or "" for name in columns]
    years = [named[name][1] for name in columns]
    listed = few(columns)
    if not all(of):
        check.fault("faults.table.year_columns", columns=listed)
    elif indicator is None or any(named[name][0] for name in columns):
        names, span = few(dict.fromkeys(of)), few(dict.fromkeys(years))
        check.doubt("doubts.year_columns", column=None, columns=listed, names=names, years=span)
    _melt(check, columns, {"indicator": of, "year": years})


def _melt(check: Check, columns: list[str], stand_for: dict[str, Sequence[str]]) -> None:
    frame = check.frame
    ids = [name for name in frame.columns if name not in columns and name not in stand_for]
    long = frame.astype(dict.fromkeys(columns, object)).melt(
        ids, columns, var_name="\0", value_name="value", ignore_index=False
    )
    long = long.sort_index(kind="stable")
    labels = long.pop("\0")
    for name, values in stand_for.items():
        long[name] = labels.map(dict(zip(columns, values, strict=True)))
    _put_back(check, long, labels)


def _spread_matrix(check: Check) -> None:
    """Turn a matrix, one column a target, into rows; an empty cell says that there is nothing."""
    frame = check.frame
    if "target" in frame or len(frame.columns) < 2:
        return
    long = frame.astype(object).melt(["source"], var_name="target", value_name="value", ignore_index=False)
    blank = long["value"].isna() | long["value"].astype(str).str.strip().eq("")
    long = long[~blank | long["source"].isna()].sort_index(kind="stable")
    _put_back(check, long, long["target"])


def _put_back(check: Check, long: pd.DataFrame, labels: pd.Series) -> None:
    check.rows = check.rows[long.index.to_numpy()]
    check.frame = long.reset_index(drop=True)
    check.wide = labels.to_numpy(dtype=object)


def leave_out_totals(check: Check) -> None:
    """Leave out the rows of a printed table that hold totals or averages, with a doubt that names them."""
    if not check.printed or check.contract not in ("indicators", "totals") or "place" not in check.frame:
        return
    names = check.frame["place"].astype(object)
    totals = {
        name
        for name in names.dropna().unique().tolist()
        if normalize_name(str(name)) in TOTALS | _AVERAGES
        and not is_whole(check, str(name))
        and not (check.known is not None and check.known.lookup(str(name))[0])
    }
    out = names.isin(totals).to_numpy(dtype=bool)
    for at in np.flatnonzero(out).tolist():
        check.doubt("doubts.total_left_out", at=at, column="place", name=show(names.iloc[at]))
    check.rows = check.rows[~out]
    check.frame = check.frame[~out].reset_index(drop=True)
