"""Name what is known of each scored place in numbers, and read its values: scores, their parts, tiers, indicators."""

from collections.abc import Iterator, Mapping

import pandas as pd

from ...data.vocabulary import with_trait
from ...data.wording.catalogue import Text, text

__all__ = [
    "MeasureName",
    "measure_change",
    "measure_keys",
    "measure_name",
    "measure_values",
    "measure_years",
    "soft_places",
]

_PARTS = ("score_", "level_")
# before the key of an indicator that is also a column of the scores
_INDICATOR = "indicator:"
Tables = Mapping[str, pd.DataFrame]
# its name, its unit as the tables have it
MeasureName = tuple[Text, str]


def measure_keys(tables: Tables, *, kind: str = "all") -> list[str]:
    """List the measures by key: columns of the scores, then indicators in the order of the framework.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of results.
    kind : {"all", "level", "indicator"}
        Which of them.
    """
    return [key for key, of in _kinds(tables) if kind in ("all", of)]


def _kinds(tables: Tables) -> Iterator[tuple[str, str]]:
    for column in map(str, tables.get("scores", pd.DataFrame())):
        if column in ("score", "tier") or column.startswith(_PARTS):
            yield column, "level" if column.startswith("level_") else "score"
    table = tables.get("indicators")
    if table is not None:
        held = {*table["indicator"].astype(str)}
        framework = tables.get("framework")
        ordered = [] if framework is None else [key for key in framework["indicator"].astype(str) if key in held]
        for key in dict.fromkeys([*ordered, *sorted(held)]):
            yield (_INDICATOR + key if _scored(tables, key) else key), "indicator"


def measure_name(tables: Tables, key: str) -> MeasureName:
    """Return the name of a measure in each language and its unit; a part of the score has the name of its level."""
    if _scored(tables, key):
        if key in ("score", "tier"):
            return text(f"map.measures.{key}"), ""
        start = next(start for start in _PARTS if key.startswith(start))
        return _level_name(tables, key.removeprefix(start)), ""
    framework = tables.get("framework")
    key = _indicator(tables, key)
    rows = pd.DataFrame() if framework is None else framework[framework["indicator"].astype(str) == key]
    if rows.empty:
        return Text.of(en=key, zh=key), ""
    known = {column: str(value) for column, value in rows.iloc[0].items() if pd.notna(value)}
    english, chinese = (known.get(f"name_{language}") for language in ("en", "zh"))
    return Text.of(en=english or chinese or key, zh=chinese or english or key), known.get("unit", "")


def measure_values(tables: Tables, key: str) -> pd.Series:
    """Return the newest value of each place that has one, by place."""
    table = _rows(tables, key).dropna(subset="value")
    if "year" in table:
        table = table.sort_values("year", kind="stable")
        table = table[table["year"] == table["year"].max()] if _scored(tables, key) and len(table) else table
    return _by_place(table)


def soft_places(tables: Tables, key: str) -> frozenset[str]:
    """Return the places whose newest value of an indicator is estimated, substituted or otherwise not as observed."""
    table = tables.get("indicators")
    if _scored(tables, key) or table is None or "status" not in table:
        return frozenset()
    own = _rows(tables, key).dropna(subset="value")
    if "year" in own:
        own = own.sort_values("year", kind="stable")
    newest = own.drop_duplicates("place", keep="last")
    return frozenset(newest.loc[newest["status"].isin([*with_trait("statuses", "soft")]), "place"].astype(str))


def measure_years(tables: Tables, key: str) -> list[int]:
    """Return the years that a measure has values of."""
    table = _rows(tables, key)
    return sorted({int(year) for year in table["year"].dropna()}) if "year" in table else []


def measure_change(tables: Tables, key: str, first: int, last: int) -> pd.Series:
    """Return how much a measure rose from one year to another, by place; missing where one of both is."""
    table = _rows(tables, key)
    before, after = (_by_place(table[table["year"] == year]).astype(float) for year in (first, last))
    return after.sub(before)


def _scored(tables: Tables, key: str) -> bool:
    return key in tables.get("scores", pd.DataFrame())


def _rows(tables: Tables, key: str) -> pd.DataFrame:
    if _scored(tables, key):
        scores = tables["scores"]
        return scores[[column for column in ("place", "year") if column in scores]].assign(value=scores[key])
    return tables["indicators"][tables["indicators"]["indicator"].astype(str) == _indicator(tables, key)]


def _indicator(tables: Tables, key: str) -> str:
    own = key.removeprefix(_INDICATOR)
    return own if _scored(tables, own) else key


def _by_place(table: pd.DataFrame) -> pd.Series:
    found = table.drop_duplicates("place", keep="last").set_index("place")["value"]
    return found.set_axis(found.index.astype(str))


def _level_name(tables: Tables, key: str) -> Text:
    framework = tables.get("framework")
    if framework is not None and "level1_zh" in framework:
        chinese = framework.loc[framework["level1"] == key, "level1_zh"].dropna()
        if len(chinese):
            return Text.of(en=key, zh=str(chinese.iloc[0]))
    return Text.of(en=key, zh=key)
