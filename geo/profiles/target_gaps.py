"""Measure how far indicators are from their targets, and whether they are on the way that leads there in time."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.contracts.check_table import check_table
from ...data.errors import Fault, TableError
from ...data.options import check_choice, check_columns, check_number

__all__ = ["TargetGaps", "target_gaps"]

TargetPath = Literal["linear", "geometric"]
TARGET_PATHS: tuple[str, ...] = get_args(TargetPath)
# an indicator counts as on its way up to this share of the distance behind it
_SLACK = 1e-9


@dataclass(frozen=True)
class TargetGaps:
    """What `target_gaps` found.

    Parameters
    ----------
    table : DataFrame
        The targets, one row each, in their order, with ``value`` and ``value_year`` (the last known value, else the
        baseline), ``path`` (where the way from the baseline stands in that year), ``gap`` (what is still to go; below
        0 where the target is exceeded), ``done`` (share of the way from the baseline that is covered), ``years_left``,
        ``needed`` (change a year, or rate a year on a geometric path, that reaches the target in time), ``pace`` (that
        since the baseline), ``status``: ``met``, ``on_path``, ``behind``, ``missed`` (due and not met), ``no_baseline``
        (a value and a target, and no way between), ``no_value``, ``no_target`` (a milestone without a number).
    paths : DataFrame
        ``place`` (where there is one), ``indicator``, ``year``, ``value``: the way of each target with a baseline, year
        by year.
    """

    table: pd.DataFrame
    paths: pd.DataFrame = field(repr=False)


def target_gaps(
    targets: pd.DataFrame,
    values: pd.DataFrame | None = None,
    *,
    path: TargetPath = "linear",
    year: int | None = None,
) -> TargetGaps:
    r"""Compare indicators with their targets and with the way that leads from a baseline to them.

    From the baseline :math:`b` of year :math:`t_0` to the target :math:`g` of year :math:`T` the way is

    - ``"linear"``: :math:`b + (g - b) (t - t_0) / (T - t_0)`, with the same change every year;
    - ``"geometric"``: :math:`b (g / b)^{(t - t_0) / (T - t_0)}`, with the same rate every year.

    - The share done is :math:`(x - b) / (g - b)`; above 1 where the target is exceeded, below 0 where the value moved
      away, and missing where the baseline is the target.
    - A target is met from the value on, whichever year it is of; it is missed when it is due and not met.
    - Missing cells stay missing: without a baseline there is a gap and no way, without a value neither.

    Parameters
    ----------
    targets : DataFrame
        Contract ``targets``: ``indicator``, ``year``, and ``place``, ``target``, ``baseline``, ``baseline_year``,
        ``direction`` where there are.
    values : DataFrame, optional
        ``indicator``, ``year``, ``value`` (and ``place``, where the targets have it): what was reached so far.
    path : {"linear", "geometric"}
        Shape of the way; a geometric one needs a baseline and a target above 0.
    year : int, optional
        Year in which to judge: later values are left out. The last year of the values when not given.

    Returns
    -------
    TargetGaps
        Gaps and paths.

    Raises
    ------
    TableError
        The targets break their contract; a baseline without its year or not before the target's; on a geometric path
        a number that is not above 0; values without a column, or several of one year.
    OptionError
        An option outside its choices.

    Examples
    --------
    >>> targets = pd.DataFrame({"indicator": ["firms", "labs"], "baseline": [200, None], "baseline_year": [2020, None],
    ...     "target": [500, 9], "year": [2025, 2025]})
    >>> values = pd.DataFrame({"indicator": ["firms", "labs"], "year": [2022, 2022], "value": [290, 7]})
    >>> found = target_gaps(targets, values)
    >>> found.table[["indicator", "value", "path", "gap", "done", "needed", "pace", "status"]]
      indicator  value   path    gap  done     needed  pace       status
    0     firms  290.0  320.0  210.0   0.3  70.000000  45.0       behind
    1      labs    7.0    NaN    2.0   NaN   0.666667   NaN  no_baseline
    """
    check_choice("path", path, TARGET_PATHS)
    if year is not None:
        check_number("year", year, least=1000, most=3000, whole=True)
    table = check_table(targets, "targets", where="targets")
    for column in ("target", "baseline", "baseline_year"):
        table[column] = table[column].astype(float) if column in table else np.nan
    _refuse(table, path)
    latest = _latest(table, values, year)
    now = latest.attrs["year"] if year is None else year
    sign = table["direction"].astype(float).fillna(1.0) if "direction" in table else pd.Series(1.0, index=table.index)
    value = latest["value"].fillna(table["baseline"])
    at = latest["year"].where(latest["value"].notna(), table["baseline_year"])
    due, base, goal = table["year"].astype(float), table["baseline"], table["target"]
    left, past = due - at, at - table["baseline_year"]
    found = table.assign(value=value, value_year=at.astype("Int64"), path=_on_path(table, at, path))
    found["gap"] = sign * (goal - value)
    found["done"] = (value - base) / (goal - base).where(goal != base)
    found["years_left"] = left.astype("Int64")
    found["needed"] = _change(value, goal, left.where(left > 0), path)
    found["pace"] = _change(base, value, past.where(past > 0), path)
    behind = sign * (found["path"] - value) > _SLACK * np.maximum(1.0, (goal - base).abs())
    met = found["gap"] <= 0
    over = np.zeros(len(table), dtype=bool) if now is None else (due <= now).to_numpy()
    choices = {
        "no_target": goal.isna(), "no_value": value.isna(), "met": met, "missed": over, "no_baseline": base.isna(),
        "behind": behind,
    }  # fmt: skip
    found["status"] = np.select(list(choices.values()), list(choices), default="on_path")
    return TargetGaps(found, _paths(table, path))


def _refuse(table: pd.DataFrame, path: str) -> None:
    faults = []
    for row, one in enumerate(table.itertuples(), 2):
        if np.isnan(one.baseline):
            continue
        if np.isnan(one.baseline_year) or one.baseline_year >= one.year:
            got = "none" if np.isnan(one.baseline_year) else f"{one.baseline_year:g}"
            fix = "give the year of the baseline, or leave the baseline empty"
            faults.append(Fault("targets", f"a year before {one.year}", got, fix, row=row, column="baseline_year"))
        for column in ("baseline", "target") if path == "geometric" else ():
            number = getattr(one, column)
            if number <= 0:
                fix = 'use path="linear"'
                faults.append(Fault("targets", "a number above 0", f"{number:g}", fix, row=row, column=column))
    if faults:
        raise TableError(faults)


def _latest(table: pd.DataFrame, values: pd.DataFrame | None, year: int | None) -> pd.DataFrame:
    """Return the last value and its year for each target; the last year of all values is kept as an attribute."""
    keys = ["place", "indicator"] if "place" in table else ["indicator"]
    if values is None:
        found = pd.DataFrame({"value": np.nan, "year": np.nan}, index=table.index)
        found.attrs["year"] = None
        return found
    check_columns(values, "values", (*keys, "year", "value"))
    own = values[[*keys, "year", "value"]].copy()
    own["value"] = pd.to_numeric(own["value"], errors="coerce").astype(float)
    own["year"] = pd.to_numeric(own["year"], errors="coerce").astype(float)
    own = own[own["value"].notna() & own["year"].notna() & (own["year"] <= (np.inf if year is None else year))]
    twice = own[own.duplicated([*keys, "year"])]
    if len(twice):
        listed = ", ".join(sorted({f"{row.indicator} in {row.year:g}" for row in twice.itertuples()}))
        raise TableError([Fault("values", "one value a year", listed, "select one of them", column="value")])
    last = own.sort_values("year").drop_duplicates(keys, keep="last")
    found = table[keys].merge(last, on=keys, how="left")
    found.attrs["year"] = None if own.empty else int(own["year"].max())
    return found


def _on_path(table: pd.DataFrame, years: pd.Series, path: str) -> pd.Series:
    base, goal, start = table["baseline"], table["target"], table["baseline_year"]
    share = (years - start) / (table["year"].astype(float) - start)
    return base * (goal / base) ** share if path == "geometric" else base + (goal - base) * share


def _change(before: pd.Series, after: pd.Series, years: pd.Series, path: str) -> pd.Series:
    if path == "linear":
        return (after - before) / years
    return ((after / before).where((after > 0) & (before > 0)) ** (1 / years)) - 1


def _paths(table: pd.DataFrame, path: str) -> pd.DataFrame:
    keys = ["place", "indicator"] if "place" in table else ["indicator"]
    known = table[table["baseline"].notna() & table["target"].notna()]
    years = [range(int(row.baseline_year), int(row.year) + 1) for row in known.itertuples()]
    long = known.loc[known.index.repeat([len(one) for one in years])]
    at = pd.Series([float(one) for some in years for one in some], index=long.index, dtype=float)
    return long[keys].assign(year=at.astype("Int64"), value=_on_path(long, at, path)).reset_index(drop=True)
