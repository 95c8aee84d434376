"""Turn what the engine counted into a flows frame: names, windows, reports.

Everything here works on the pulled result, whose size is that of the flows, and on distinct names.
"""

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..errors import OptionError
from ..places.names import evidence, is_city_named_as_province, match_places, normalize_name

__all__ = [
    "SHARES",
    "UNKNOWN",
    "Names",
    "Scheme",
    "Windows",
    "add_up",
    "as_windows",
    "finish",
    "is_whole",
    "name_alone",
    "name_places",
    "report_unknown",
    "span_of",
    "spell",
    "tally",
    "tally_rows",
    "weigh",
    "window_rows",
    "with_first_years",
]

UNKNOWN = "(unknown)"
SHARES = 10**6  # a share is counted in millionths
_SHOWN = 20
# numbers of groups that a whole number holds
_LARGEST = 2**63


class Names(NamedTuple):
    """Nodes by name as given, and what is to be reported about them."""

    nodes: dict[str, str]
    matches: list[tuple[str, str, str]]
    unknown: dict[str, Any]


class Scheme(NamedTuple):
    """How the pairs of a patent are formed and read."""

    members: str  # "places" or "applicants"
    nodes: str  # "place" or "applicant"
    counting: str  # "full", "fractional", "star" or "shares"


class Windows(NamedTuple):
    """Years of a window (None for all), whether windows roll, and the first year of the first bin."""

    years: int | None
    rolling: bool
    start: int | None


def is_whole(value: object) -> bool:
    """Say whether a value is a whole number, of Python or of numpy."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def as_windows(window: int | None, *, rolling: bool, start: int | None) -> Windows:
    """Check how years are to be added up."""
    if window is not None and not (is_whole(window) and window >= 1):
        raise OptionError(f"window must be a whole number of years, at least 1, or None for all, got {window!r}")
    if start is not None and not is_whole(start):
        raise OptionError(f"start must be a year as a whole number, got {start!r}")
    if start is not None and (window is None or rolling):
        raise OptionError("start is the first year of windows laid end to end; give window, and leave rolling out")
    return Windows(window, rolling and window is not None, start)


def span_of(years: pd.Series) -> tuple[int, int] | None:
    """Return the first and the last year, None without any."""
    known = years.dropna()
    return None if known.empty else (int(known.min()), int(known.max()))


def spell(names: pd.Series) -> pd.Series:
    """Write names as text, a missing one as an empty cell."""
    return names.astype("str").fillna("").astype("str")


def tally(names: Iterable[str], records: Iterable[int]) -> dict[str, int]:
    """Return every name, in order, with its number of records."""
    counted: dict[str, int] = {}
    for name, count in zip(names, records, strict=True):
        counted[name] = counted.get(name, 0) + int(count)
    return dict(sorted(counted.items()))


def tally_rows(names: pd.Series, records: pd.Series) -> dict[str, int]:
    """Return every name of rows, a missing one as an empty cell, with its number of records; each is spelled once."""
    codes, found = pd.factorize(names, use_na_sentinel=False)
    mentions = np.zeros(len(found), dtype="int64")
    np.add.at(mentions, codes, records.to_numpy(dtype="int64"))
    return tally(spell(pd.Series(found)), mentions)


def name_alone(counted: Mapping[str, int]) -> Names:
    """Take every name as the node it stands for; empty ones are unknown."""
    nodes = {name: name if name.strip() else UNKNOWN for name in counted}
    return Names(nodes, [], report_unknown({n: count for n, count in counted.items() if not n.strip()}, {}))


def name_places(counted: Mapping[str, int], places: pd.DataFrame | None, *, keep: bool) -> Names:
    """Find the node of every distinct name.

    With ``places`` a name becomes the key that matches it (see `match_places`); without, names that agree once
    normalized become the shortest of them, unless one is a city and another may be the province of its name.
    """
    written = [name for name in counted if name.strip()]
    if places is None:
        nodes, how = _agree(written), dict.fromkeys(written, "normalized")
        lost: dict[str, str] = {}
    else:
        table = match_places(written, places)
        known = table["place"].notna()
        keys, ways = table["place"].tolist(), table["how"].tolist()
        nodes = {name: key for name, key, found in zip(written, keys, known, strict=True) if found}
        how = dict(zip(written, ways, strict=True))
        near = table["candidates"].fillna("").tolist()
        lost = {name: close for name, close in zip(written, near, strict=True) if name not in nodes}
    matches = sorted((name, node, how[name]) for name, node in nodes.items() if name != node)
    missing = {name: count for name, count in counted.items() if name not in nodes}
    nodes |= {name: name.strip() if keep and name in lost else UNKNOWN for name in missing}
    return Names(nodes, matches, report_unknown(missing, lost))


def _agree(written: list[str]) -> dict[str, str]:
    """Make names that agree once normalized one, unless one is a city and another its province (吉林市, 吉林)."""
    forms = {name: normalize_name(name) for name in written}
    said: dict[str, set[str]] = {}
    for name, form in forms.items():
        said.setdefault(form, set()).add(evidence(name))
    groups: dict[tuple[str, str], list[str]] = {}
    form_of = {
        name: (form, evidence(name) if {"city", "province"} <= said[form] or is_city_named_as_province(name) else "")
        for name, form in forms.items()
    }
    for name, form in form_of.items():
        groups.setdefault(form, []).append(name.strip())
    best = {form: min(names, key=lambda name: (len(name), name)) for form, names in groups.items()}
    return {name: best[form] for name, form in form_of.items()}


def report_unknown(missing: Mapping[str, int], near: Mapping[str, str]) -> dict[str, Any]:
    """Count names that match no place, the most frequent ones shown first (by name where equal)."""
    if not missing:
        return {}
    shown = sorted(missing.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
    return {
        "records": sum(missing.values()),
        "names": len(missing),
        "examples": {name.strip() or "(empty)": count for name, count in shown},
        "candidates": {name: near[name] for name, _ in shown if near.get(name)},
    }


def add_up(rows: pd.DataFrame, by: list[str], measures: list[str]) -> pd.DataFrame:
    """Add whole numbers by group, beyond 64 bits where needed; groups stand in order, missing cells last."""
    order, fresh = _order(rows, by)
    starts = np.flatnonzero(fresh)
    sums = rows[by].take(order[starts]).reset_index(drop=True)
    for name in measures:
        values = rows[name]
        wide = values.dtype == object or values.astype("float64").abs().sum() > 2.0**62
        whole = values.to_numpy(dtype=object if wide else "int64", na_value=0)[order]
        sums[name] = pd.array(np.add.reduceat(whole, starts), dtype=object if wide else "Int64")
    return sums


def _order(rows: pd.DataFrame, by: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of rows in order, missing cells last, and where a new group begins among them."""
    whole, size = np.zeros(len(rows), dtype="uint64"), 1
    for name in by:
        grouped = isinstance(rows[name].dtype, pd.CategoricalDtype)
        codes = rows[name].cat.codes.to_numpy() if grouped else pd.factorize(rows[name], sort=True)[0]
        classes = len(rows[name].cat.categories) if grouped else int(codes.max(initial=-1)) + 1
        if size * (classes + 1) >= _LARGEST:
            # what stands in order already is numbered without gaps
            whole, size = np.unique(whole, return_inverse=True)[1].astype("uint64"), len(rows)
        whole *= np.uint64(classes + 1)
        whole += np.where(codes < 0, classes, codes).astype("uint64")
        size *= classes + 1
    order = np.argsort(whole, kind="stable")
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = np.diff(whole[order]) != 0
    return order, fresh


def window_rows(rows: pd.DataFrame, windows: Windows, span: tuple[int, int] | None) -> pd.DataFrame:
    """Put yearly rows into windows: ``year`` becomes the last year of the window, ``first_year`` its first.

    A rolling window takes each row once for every window it falls into. Rows without a year stay apart.
    """
    if windows.years == 1 or span is None:
        return rows.assign(first_year=rows["year"])
    first, last = span
    dated, undated = rows[rows["year"].notna()], rows[rows["year"].isna()].assign(first_year=pd.NA)
    if windows.years is None:
        return pd.concat([dated.assign(year=last, first_year=first), undated], ignore_index=True)
    width = windows.years
    if not windows.rolling:
        start = first if windows.start is None else windows.start
        opening = start + (dated["year"] - start) // width * width
        return pd.concat([dated.assign(year=opening + width - 1, first_year=opening), undated], ignore_index=True)
    shifted = [dated.assign(year=dated["year"] + step) for step in range(width)]
    rolled = pd.concat(shifted, ignore_index=True)
    rolled = rolled[rolled["year"].between(min(first + width - 1, last), last)]
    rolled = rolled.assign(first_year=rolled["year"] - width + 1)
    return pd.concat([rolled, undated], ignore_index=True)


def with_first_years(rows: pd.DataFrame, yearly: pd.DataFrame) -> pd.DataFrame:
    """Add the first year of each pair in all records (``since``), and whether that falls into the window (``tie``)."""
    ends = ["source", "target"]
    dated = yearly[yearly["year"].notna()]
    firsts = dated.groupby(ends, observed=True, as_index=False)["year"].min().rename(columns={"year": "since"})
    since = rows[ends].astype("str").merge(firsts.astype(dict.fromkeys(ends, "str")), on=ends, how="left")["since"]
    rows = rows.assign(since=since.to_numpy(dtype=object, na_value=pd.NA)).astype({"since": "Int64"})
    new = (rows["since"] >= rows["first_year"].astype("Int64")).map({True: "new", False: "repeated"})
    return rows.assign(tie=new.astype("str"))


def finish(rows: pd.DataFrame, *, kind: str, unit: str, windows: Windows) -> pd.DataFrame:
    """Shape summed rows (``source``, ``target``, ``value``, ``year``, …) as a flows frame in a fixed order."""
    order = [name for name in ("year", "sector", "source", "target") if name in rows]
    rows = rows.take(_order(rows, order)[0]).reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "source": _write_out(rows["source"]),
            "target": _write_out(rows["target"]),
            "value": rows["value"].astype("float64"),
            "kind": pd.Series(kind, index=rows.index, dtype="str"),
            "year": rows["year"].astype("Int64"),
            "unit": pd.Series(unit, index=rows.index, dtype="str"),
        },
        copy=False,
    )
    if "sector" in rows:
        frame["sector"] = rows["sector"].astype("str")
    frame["status"] = pd.Series("observed", index=rows.index, dtype="str")
    frame["records"] = rows["records"].astype("int64")
    if windows.years != 1:
        frame["first_year"] = rows["first_year"].astype("Int64")
    if "since" in rows:
        frame = frame.assign(since=rows["since"], tie=rows["tie"])
    return frame


def _write_out(ends: pd.Series) -> pd.Series:
    # taking texts from an index is faster than casting a category to them
    ends = ends.astype("category")
    return ends.cat.categories.astype("str").take(ends.cat.codes).to_series(index=ends.index)


def weigh(rows: pd.DataFrame, by: list[str], weight: np.ndarray) -> pd.DataFrame:
    """Add weighted counts by group, always in the order of n, so that the last bit never depends on row order."""
    rows = rows.assign(value=rows["records"].astype("float64") * weight)
    ordered = rows.sort_values([*by, "n"], na_position="last", ignore_index=True)
    return ordered.groupby(by, dropna=False, as_index=False, sort=True)[["value", "records"]].sum()
