"""Read the frames of a result as plain facts a report can say: who leads, what agrees, how sure it is.

Facts are lists and dicts of plain values; a missing cell is ``None``. Rows are put into an order of their own wherever
one exists, so that the order of a table's rows never reaches the page; scenarios keep the order of ``scenario_titles``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ...data.contracts.results import result_tables
from ...data.json_value import json_value
from ...data.places.both_names import both_names
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.vocabulary import doubt, with_trait
from ...data.wording.catalogue import Text

Row = dict[str, Any]
Pair = tuple[str, str]

MEASURED = frozenset(with_trait("statuses", "measured"))

# a row without these says nothing
NEEDED: dict[str, tuple[str, ...]] = {
    "attribute_tests": ("one", "other", "p_value"),
    "attributes": ("place", "attribute", "class"),
    "balances": ("kind", "group"),
    "centrality": ("kind", "place"),
    "communities": ("kind", "place", "community"),
    "dominant_flows": ("kind", "place"),
    "flow_tiers": ("kind", "place"),
    "flows": ("kind", "source", "target"),
    "leave_one_out": ("left_out", "place"),
    "matches": ("given", "place"),
    "notices": ("text",),
    "rank_acceptability": ("place",),
    "roles": ("kind", "place"),
    "score_intervals": ("place",),
    "scenarios": ("scenario", "measure"),
    "structure": ("kind", "measure"),
    "tier_agreements": ("kind", "by", "kappa"),
    "tier_probabilities": ("place", "tier", "probability"),
    "weights": ("recipe", "indicator", "weight"),
}


# tables that name places in two languages, or one
_NAMING = (
    "scores",
    "siting",
    "siting_assignment",
    "centers",
    "centrality",
    "arrivals",
    "disagreements",
    "score_intervals",
    "communities",
    "estimate_totals",
    "attributes",
    "typology",
)


def read_rows(tables: Mapping[str, pd.DataFrame], name: str) -> list[Row]:
    """Take a table as rows that say something; an absent table has none, an absent column is missing in every row."""
    frame = tables.get(name)
    if frame is None or not len(frame):
        return []
    columns = [column for column in frame if column != "geometry"]
    empty = dict.fromkeys(result_tables()[name].fixed)
    whole = {column.name for column in result_tables()[name].columns if column.dtype == "integer"}
    names = [*map(str, columns)]
    cells = [_cells(frame[column], whole=column in whole) for column in columns]
    rows = [empty | dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    return [row for row in rows if all(row[column] is not None for column in NEEDED.get(name, ()))]


def _cells(values: pd.Series, *, whole: bool) -> list[Any]:
    """Take a column as plain values, whole numbers as such though a missing one made them decimals."""
    # texts come out of the array at once faster than one by one
    cells = values.to_numpy(dtype=object) if values.dtype == "str" else values
    plain = [*map(json_value, cells.tolist())]
    return [int(v) if isinstance(v, float) and v.is_integer() else v for v in plain] if whole else plain


def order(value: float | None) -> tuple[bool, float]:
    """Sort key that puts missing values last."""
    return (value is None, 0.0 if value is None else float(value))


def tier_order(tier: str | None, tiers: TierScale = FOUR_TIERS) -> tuple[int, str]:
    """Sort key from the highest tier down, other words after them."""
    return (tiers.rank(tier), tier or "")


def place_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, Pair]:
    """Collect (English, Chinese) names of every place any table names, see `both_names`."""
    english: dict[str, set[str]] = {}
    chinese: dict[str, set[str]] = {}
    for table in _NAMING:
        for row in read_rows(tables, table):
            if row["place"] is not None:
                english.setdefault(str(row["place"]), set()).update(filter(None, [row.get("name_en")]))
                chinese.setdefault(str(row["place"]), set()).update(filter(None, [row.get("name_zh")]))
    for row in read_rows(tables, "balances"):
        english.setdefault(str(row["group"]), set()).update(filter(None, [row["name_en"]]))
    # several spellings of one name are possible: the first in alphabetical order is as good as any, and stable
    return {
        place: both_names(place, min(english[place], default=None), min(chinese.get(place, ()), default=None))
        for place in english
    }


def place_texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, Text]:
    """Collect the names of every place any table names, each in every language."""
    return {key: Text.of(en=en, zh=zh) for key, (en, zh) in place_names(tables).items()}


def score_facts(tables: Mapping[str, pd.DataFrame], main: str, tiers: TierScale = FOUR_TIERS) -> Row:
    """Sort the scores, name the recipes and count where each one's tiers match the published ones."""
    rows = sorted(read_rows(tables, "scores"), key=lambda r: (order(r["rank"]), str(r["place"])))
    others = sorted({key.removeprefix("score_") for row in rows for key in row if key.startswith("score_")})
    agreement = [_agreement(rows, main, "tier"), *(_agreement(rows, other, f"tier_{other}") for other in others)]
    disagreements = sorted(
        read_rows(tables, "disagreements"),
        key=lambda r: (str(r["recipe"]), tier_order(r["published_tier"], tiers), str(r["place"])),
    )
    return {
        "rows": rows,
        "main": main,
        "others": others,
        "compared": any(row["published_tier"] for row in rows),
        "groups": sorted({key for row in rows for key in row if key.startswith("level_")}),
        "agreement": [a for a in agreement if a["total"]],
        "disagreements": disagreements,
        "leaders": [{"recipe": r, "places": _leaders(rows, f"rank_{r}")} for r in others],
    }


def _agreement(rows: list[Row], recipe: str, column: str) -> Row:
    known = [r for r in rows if r["published_tier"] and r.get(column)]
    missed = [str(r["place"]) for r in known if r[column] != r["published_tier"]]
    return {"recipe": recipe, "total": len(known), "agreed": len(known) - len(missed), "missed": missed}


def _leaders(rows: list[Row], column: str) -> list[str]:
    first = min((r[column] for r in rows if r.get(column) is not None), default=None)
    return sorted(str(r["place"]) for r in rows if first is not None and r.get(column) == first)


def tier_places(tables: Mapping[str, pd.DataFrame], tiers: TierScale = FOUR_TIERS) -> list[tuple[str, list[str]]]:
    """List the centers of each tier, the highest tier first, in the order of scores, then of shares of a network."""
    scored = {row["place"]: row["score"] for row in read_rows(tables, "scores")}
    central = read_rows(tables, "centrality")
    whole: dict[str, float] = {}
    for row in central:
        whole[row["kind"]] = whole.get(row["kind"], 0.0) + (row["strength"] or 0.0)
    share: dict[str, float] = {}
    for row in central:
        own = (row["strength"] or 0.0) / (whole[row["kind"]] or 1.0)
        share[row["place"]] = max(own, share.get(row["place"], 0.0))
    found: dict[str, list[str]] = {}
    for row in read_rows(tables, "centers"):
        if row["tier"]:
            found.setdefault(str(row["tier"]), []).append(str(row["place"]))
    for places in found.values():
        places.sort(key=lambda place: (-(scored.get(place) or 0.0), -share.get(place, 0.0), place))
    return sorted(found.items(), key=lambda item: tier_order(item[0], tiers))


def weight_facts(tables: Mapping[str, pd.DataFrame], main: str) -> Row:
    """Turn the weights into one row an indicator, one column a recipe, heaviest first."""
    rows = read_rows(tables, "weights")
    recipes = sorted({str(r["recipe"]) for r in rows}, key=lambda name: (name != main, name))
    found: dict[str, Row] = {}
    for r in rows:
        entry = found.setdefault(
            str(r["indicator"]),
            {"indicator": r["indicator"], "name_en": r["name_en"], "name_zh": r["name_zh"], "weight": {}},
        )
        entry["weight"][str(r["recipe"])] = r["weight"]
    first = recipes[:1]
    ordered = sorted(
        found.values(), key=lambda e: (*[-(e["weight"].get(name) or 0.0) for name in first], str(e["indicator"]))
    )
    return {"recipes": recipes, "rows": ordered}


def indicator_names(weights: Row) -> dict[str, Pair]:
    """Collect (English, Chinese) names of the indicators; the one stands in for the other."""
    return {
        str(r["indicator"]): (r["name_en"] or r["name_zh"], r["name_zh"] or r["name_en"])
        for r in weights["rows"]
        if r["name_en"] or r["name_zh"]
    }


def status_counts(rows: Iterable[Row], column: str = "status") -> list[tuple[str, int]]:
    """Count rows by status, from the most to the least certain."""
    counts: dict[str, int] = {}
    for row in rows:
        if row[column]:
            counts[str(row[column])] = counts.get(str(row[column]), 0) + 1
    return sorted(counts.items(), key=lambda item: doubt(item[0]))


def imputed_facts(log: pd.DataFrame | None, main: str) -> list[tuple[str, int]]:
    """Count the cells that the main recipe filled in all years, by indicator, those with most first."""
    if log is None or not len(log):
        return []
    own = log[log["action"].eq("imputed") & log["recipe"].eq(main)]
    counts = own["indicator"].astype(str).value_counts()
    return sorted(((name, int(n)) for name, n in counts.items()), key=lambda item: (-item[1], item[0]))


def cell_facts(tables: Mapping[str, pd.DataFrame]) -> Row:
    """Count the cells the scores rest on, and list those that are not simply observed."""
    cells = [r for r in read_rows(tables, "indicators") if r["status"]]
    doubtful = [r for r in cells if r["status"] != "observed" and r["place"] is not None]
    return {
        "total": len(cells),
        "statuses": status_counts(cells),
        "doubtful": sorted(doubtful, key=lambda r: (doubt(str(r["status"])), str(r["indicator"]), str(r["place"]))),
    }
