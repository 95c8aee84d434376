"""Propose an index: which places, years and indicators are scored, in which direction, by which recipes."""

import warnings
from collections import Counter

import numpy as np
import pandas as pd

from ...data import InnoscapeWarning, TableError, check_table
from ...data.contracts.printed_numbers import like_a_number
from ...data.spellings import spellings
from ...data.wording.catalogue import few, text
from .draft import Draft
from .find_sums import find_sums, named_totals
from .gather_tables import OF_CELLS, Gathered, Table, tell_missing
from .locate_places import Locator

__all__ = ["propose_index"]

_WORSE = spellings("start")["worse"]
# share of the values that an indicator, a place or a year must have to take part
_HELD = 0.5
_LEAST = 3


def propose_index(gathered: Gathered, locator: Locator, draft: Draft) -> None:
    """Add an index, its table of indicators and its framework to a draft, where there are values."""
    values = _values(gathered, locator, draft)
    if values.empty:
        return
    given = gathered.of("framework")
    for spare in given[1:]:
        draft.leave("second", spare.of.name, first=given[0].of.name)
    framework = given[0].frame if given else None
    if framework is not None:
        spare = sorted({*values["indicator"]} - {*framework["indicator"]})
        if len(spare) < values["indicator"].nunique():
            values = values[values["indicator"].isin(framework["indicator"])]
            if spare:
                draft.leave("outside_framework", given[0].of.name, names=few(spare, most=8))
        else:
            draft.leave("framework", given[0].of.name, names=few(spare, most=8))
            framework = None
    chosen, panel = _complete(values, draft, unknown=len(locator.lost))
    if chosen.empty:
        return
    chosen = _without_sums(chosen, gathered, draft, given=framework is not None)
    if framework is None:
        english, chinese = (_told_apart(chosen, gathered, language) for language in ("en", "zh"))
        framework = _framework(chosen, english, chinese, _words(gathered), draft)
    else:
        framework = _held(framework, chosen)
    draft.tables["indicators.csv"], draft.tables["framework.csv"] = chosen, framework
    draft.content["tables"] |= {name: f"{name}.csv" for name in ("indicators", "framework")}
    _add_section(chosen, panel, draft)


def _values(gathered: Gathered, locator: Locator, draft: Draft) -> pd.DataFrame:
    """Return the values of all tables together, one a place, indicator and year."""
    parts = []
    known: dict[str, pd.DataFrame] = {}
    for table in [*gathered.of("indicators"), *_beside_places(gathered, draft)]:
        frame = table.frame
        found = locator.keys(frame["place"], table.of.name)
        frame = frame.assign(place=found.keys)[found.keys.notna().to_numpy()]
        frame = _named_apart(frame, table, known)
        parts.append(
            frame[
                [name for name in ("place", "indicator", "value", "year", "unit", "status", "source") if name in frame]
            ]
        )
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame()
    values = pd.concat(parts, ignore_index=True)
    keys = [name for name in ("place", "indicator", "year") if name in values]
    # of several rows of a cell one without a value comes last, and is no other one
    values = values.loc[values["value"].isna().sort_values(kind="stable").index]
    values = values[values["value"].notna() | ~values.duplicated(keys)].reset_index(drop=True)
    again = values.duplicated(keys)
    if again.any():
        names = values.loc[again, "place"].drop_duplicates().tolist()
        draft.leave("repeated", "indicators.csv", column="place", n=int(again.sum()), names=few(names, most=5))
    values = values[~again]
    levels = Counter(locator.level_of(key) for key in values["place"].unique())
    level = levels.most_common(1)[0][0]
    other = sorted({key for key in values["place"].unique() if locator.level_of(key) != level})
    if other:
        draft.leave("other_level", "indicators.csv", column="place", level=level, names=few(other, most=5))
        values = values[~values["place"].isin(other)]
    return values.sort_values(keys, kind="stable", ignore_index=True)


def _beside_places(gathered: Gathered, draft: Draft) -> list[Table]:
    """Return the numbers that stand beside the coordinates of tables of places, as tables of indicators."""
    found = []
    skip = {name.casefold() for name in spellings("start")["skip"]} | {"year"}
    for table in gathered.of("places"):
        known = {"place", "lon", "lat"}
        names = [
            name
            for name in table.frame
            if name not in known and name.casefold() not in skip and table.frame[name].map(like_a_number).mean() > _HELD
        ]
        if not names:
            continue
        wide = table.frame[["place", *names]].astype(dict.fromkeys(names, object))
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", InnoscapeWarning)
                long = check_table(wide, "indicators", where=table.of.name)
        except TableError as error:
            draft.refuse(error)
            continue
        draft.doubt([one for one in caught if getattr(one.message, "about", "") in OF_CELLS])
        found.append(Table(table.of, long, long.iloc[:0]))
        tell_missing(wide, found[-1], draft)
    return found


def _named_apart(frame: pd.DataFrame, table: Table, known: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Name the table before an indicator of which another table says something else."""
    stem, renamed = table.stem, {}
    keys = [name for name in ("place", "year") if name in frame]
    for name, own in frame.groupby("indicator", sort=False):
        values = own.dropna(subset=["value"]).drop_duplicates(keys)[[*keys, "value"]]
        if name not in known:
            known[str(name)] = values
        elif [*known[name].columns] != [*values.columns] or _contradict(known[name], values, keys):
            renamed[name] = f"{stem}: {name}"
    for labels in table.labels.values():
        labels |= {new: f"{stem}: {labels.get(old, old)}" for old, new in renamed.items()}
    return frame.assign(indicator=frame["indicator"].replace(renamed))


def _contradict(one: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> bool:
    both = one.merge(other, on=keys, suffixes=("", "_other"))
    return not np.allclose(both["value"], both["value_other"])


def _complete(values: pd.DataFrame, draft: Draft, *, unknown: int) -> tuple[pd.DataFrame, str]:
    """Choose the years, indicators and places that have most of their values; what falls out is noted.

    Further names of the tables are ``unknown``; they may be places once they are corrected.
    """
    dated = "year" in values and values["year"].notna().any()
    if dated and values["year"].isna().any():
        lost = sorted(values.loc[values["year"].isna(), "indicator"].unique())
        draft.leave("undated", "indicators.csv", column="year", names=few(lost, most=8))
        values = values[values["year"].notna()]
    panel = "none"
    if dated:
        values, panel = _years(values, draft)
    wide = _wide(values, panel)
    flat = [name for name in wide if wide[name].nunique() < 2]
    if flat:
        draft.leave("constant", "indicators.csv", column="indicator", names=few(flat, most=8))
        wide = wide.drop(columns=flat)
    if wide.shape[1] == 0:
        return values.iloc[:0], panel
    places = wide.index.get_level_values("place")
    whole = wide.notna().mean(axis=1).groupby(places).mean() >= _HELD
    sparse = whole.index[~whole].tolist()
    if sparse:
        draft.leave("sparse", "indicators.csv", column="place", names=few(sparse, most=8))
        wide = wide[~places.isin(sparse)]
    if wide.index.get_level_values("place").nunique() < _LEAST:
        n = wide.index.get_level_values("place").nunique()
        if n + unknown < _LEAST:
            draft.leave("few_places", "indicators.csv", n=n)
        return values.iloc[:0], panel
    kept = values[values["indicator"].isin(wide.columns) & values["place"].isin(wide.index.get_level_values("place"))]
    return kept.reset_index(drop=True), panel


def _wide(values: pd.DataFrame, panel: str) -> pd.DataFrame:
    """Return the values by place (and year), also where none is known."""
    keys = ["place", *(["year"] if panel != "none" else [])]
    return values.pivot(index=keys, columns="indicator", values="value").sort_index()  # noqa: PD010 - keys are unique


def _without_sums(values: pd.DataFrame, gathered: Gathered, draft: Draft, *, given: bool) -> pd.DataFrame:
    """Leave out indicators that are the sum of others, unless a framework is given, and note all that count twice."""
    listed = dict.fromkeys(str(name) for table in gathered.of("indicators") for name in table.frame["indicator"])
    there = values["indicator"].unique().tolist()
    keys = [name for name in ("place", "year") if name in values]
    wide = values.pivot(index=keys, columns="indicator", values="value")  # noqa: PD010
    wide = wide[[*(name for name in listed if name in there), *(name for name in there if name not in listed)]]
    units = {} if "unit" not in values else values.groupby("indicator")["unit"].first().fillna("").to_dict()
    sums = find_sums(wide, units)
    words = _words(gathered)

    def called(name: str) -> str:
        return f"{words[name]} ({name})" if words.get(name, name) != name else name

    for name, (parts, rows) in sums.items():
        odd = [" ".join(map(str, row if isinstance(row, tuple) else (row,))) for row in rows]
        but = text("faults.start.sum_but", rows=few(odd, most=5)) if odd else ""
        said = {"name": called(name), "parts": few(map(called, parts), most=8), "but": but}
        draft.leave("sum_kept" if given else "sum", "indicators.csv", column="indicator", **said)
    kept = values if given else values[~values["indicator"].isin(sums)]
    rest = wide.drop(columns=[*sums])
    if totals := named_totals(rest, units, words):
        draft.leave("total", "indicators.csv", column="indicator", names=few(map(called, totals), most=8))
    return kept.reset_index(drop=True)


def _words(gathered: Gathered) -> dict[str, str]:
    """Return the words that tables have for their indicators, be they names or not."""
    return {key: word for table in gathered.of("indicators") for key, word in table.words.items()}


def _labels(gathered: Gathered, language: str) -> dict[str, str]:
    """Return the names in words that tables give their indicators in a language."""
    return {key: label for table in gathered.of("indicators") for key, label in table.labels.get(language, {}).items()}


def _years(values: pd.DataFrame, draft: Draft) -> tuple[pd.DataFrame, str]:
    """Keep the indicators of the last year in which most have values, and all years that hold them."""
    places = values["place"].nunique()
    counts = values.dropna(subset=["value"]).pivot_table(
        index="year", columns="indicator", values="place", aggfunc="nunique", fill_value=0
    )
    counts = counts >= _HELD * places
    most = counts.sum(axis=1)
    last = most.index[most == most.max()].max()
    kept = counts.columns[counts.loc[last]].tolist()
    lost = sorted({*values["indicator"]} - {*kept})
    if lost:
        draft.leave("other_years", "indicators.csv", column="year", year=int(last), names=few(lost, most=8))
    years = counts.index[counts[kept].all(axis=1)]
    out = sorted({int(year) for year in values["year"]} - {int(year) for year in years})
    values = values[values["indicator"].isin(kept) & values["year"].isin(years)]
    if out:
        draft.leave("partial_years", "indicators.csv", column="year", years=few(out, most=12))
    return values, "pooled" if len(years) > 1 else "none"


def _told_apart(values: pd.DataFrame, gathered: Gathered, language: str) -> dict[str, str]:
    """Return the name in words of each indicator, with its table, its unit or its key where several have one name."""
    tables = gathered.of("indicators")
    other = "zh" if language == "en" else "en"
    labels = _labels(gathered, other) | _labels(gathered, language)
    stems = {str(key): table.stem for table in tables for key in table.frame["indicator"].unique()}
    units = values.groupby("indicator")["unit"].first() if "unit" in values else pd.Series(dtype=object)
    named: dict[str, list[str]] = {}
    for key in sorted(values["indicator"].unique()):
        named.setdefault(str(labels.get(key, key)), []).append(key)
    found = {}
    for label, keys in named.items():
        further = [[""] * len(keys), [stems.get(key, "") for key in keys], [str(units.get(key, "")) for key in keys]]
        further.append([f"{stem}, {unit}" for stem, unit in zip(*further[1:], strict=True)])
        apart = next((one for one in further if len({*one}) == len(keys)), keys)
        found |= {key: f"{label} ({more})" if more else label for key, more in zip(keys, apart, strict=True)}
    return found


def _framework(
    values: pd.DataFrame, english: dict[str, str], chinese: dict[str, str], words: dict[str, str], draft: Draft
) -> pd.DataFrame:
    rows = []
    for name in sorted(values["indicator"].unique()):
        said = {"name_en": english.get(name, name), "name_zh": chinese.get(name, name)}
        told = f"{name} {said['name_en']} {said['name_zh']} {words.get(name, '')}".casefold()
        worse = any(word in told for word in _WORSE)
        row = {"indicator": name, **said, "direction": -1 if worse else 1}
        if "unit" in values:
            units = values.loc[values["indicator"].eq(name), "unit"].dropna().unique()
            row["unit"] = units[0] if len(units) == 1 else None
        rows.append({**row, "direction_status": "assumed"})
    frame = pd.DataFrame(rows)
    less = frame.loc[frame["direction"].eq(-1), "indicator"].tolist()
    ways = "directions" if not less else "directions_less" if len(less) == len(frame) else "directions_mixed"
    draft.assume("tables.framework", ways, less=few(less, most=8))
    if frame["name_en"].eq(frame["name_zh"]).any():
        draft.assume("tables.framework", "untranslated")
    draft.assume("tables.framework", "units" if "unit" in frame and frame["unit"].notna().any() else "no_units")
    return frame.loc[:, frame.notna().any()]


def _held(framework: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    return framework[framework["indicator"].isin(values["indicator"])].reset_index(drop=True)


def _add_section(values: pd.DataFrame, panel: str, draft: Draft) -> None:
    indicators, units = values["indicator"].nunique(), sorted(values["place"].unique())
    wide = _wide(values, panel)
    gaps = int(wide.isna().to_numpy().sum())
    steps = {"normalize": "minmax", "aggregate": "arithmetic"}
    if gaps:
        # between the years of a place where each has a row, and some value of each indicator
        years = wide.index.get_level_values("year").nunique() if panel != "none" else 0
        whole = len(wide) == len(units) * years and wide.notna().groupby(level="place").any().all(axis=None)
        steps = {"impute": "interpolate" if whole else "median"} | steps
        draft.assume("index.recipes", "interpolate" if whole else "impute", n=gaps)
    framework = draft.tables["framework.csv"]
    given = "weight" in framework and framework["weight"].notna().all() and framework["weight"].sum() > 0
    recipes = [{"name": "given", **steps, "weigh": "given"}] if given else []
    recipes.append({"name": "equal", **steps, "weigh": "equal"})
    if not given:
        draft.assume("index.recipes", "weights")
    if indicators > 1:
        recipes.append({"name": "entropy", **steps, "weigh": "entropy"})
    section = {"units": units, "panel": panel, "recipes": recipes}
    if indicators > 1:
        section["robustness"] = {"runs": 500, "seed": 1, "weight_noise": 0.25}
        draft.assume("index.robustness.weight_noise", "weight_noise")
    draft.content["index"] = section
    if "year" in values and values["year"].notna().any():
        first, last = int(values["year"].min()), int(values["year"].max())
        if first == last:
            draft.propose("index", "index_year", places=len(units), n=indicators, year=first)
        else:
            draft.propose("index", "index_years", places=len(units), n=indicators, first=first, last=last)
    else:
        draft.propose("index", "index", places=len(units), n=indicators)
