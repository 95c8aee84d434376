"""Read the frames of a result as plain facts a report can say: who leads, what agrees, how far knowledge gets.

Facts are lists and dicts of plain values; a missing cell is ``None``. Rows are put into an order of their own wherever
one exists, so that the order of a table's rows never reaches the page; scenarios keep the order of ``scenario_titles``.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

Row = dict[str, Any]
Pair = tuple[str, str]

TIERS = ("international", "national", "regional", "local")
STATUSES = ("observed", "published", "substituted", "derived", "given", "named", "estimated", "assumed")
MEASURED = frozenset({"observed", "derived", "published", "substituted", "given"})

MEASURES = (
    "mean_arrival_time",
    "reach",
    "arrival_inequality",
    "tier_arrival_time",
    "arrival_time",
    "localization_share",
)
LEVELS = ("all", "tier", "place")

COLUMNS: dict[str, str] = {
    "scores": "place name_en name_zh score rank tier published_tier agree",
    "weights": "recipe indicator name_en name_zh weight",
    "disagreements": "recipe place name_en tier published_tier steps",
    "centers": "place name_en name_zh tier tier_status scope corridors role kind",
    "centrality": "kind place name_en strength in_strength out_strength betweenness closeness eigenvector pagerank"
    " degree rank aggregate status",
    "balances": "kind group name_en inside outside inflow net localization_share unit status",
    "flows": "source target value kind unit year status",
    "arrivals": "scenario place name_en tier median mean low high reached seed",
    "reach": "scenario time mean low high",
    "credit": "scenario tier channel share",
    "scenarios": "scenario measure place baseline value difference low high better",
    "scenario_titles": "scenario title title_zh",
    "assumptions": "key value meaning source_id",
    "inputs": "table dataset title unit year source rows sha256",
    "indicators": "place indicator value year unit status",
    "matches": "table given place how",
    "notices": "level text",
}

# a row without these says nothing
NEEDED: dict[str, tuple[str, ...]] = {
    "flows": ("source", "target"),
    "matches": ("given", "place"),
    "notices": ("text",),
    "scenarios": ("scenario", "measure"),
    "weights": ("recipe", "indicator", "weight"),
}


def read_rows(tables: Mapping[str, pd.DataFrame], name: str) -> list[Row]:
    """Take a table as rows that say something; an absent table has none, an absent column is missing in every row."""
    frame = tables.get(name)
    if frame is None or not len(frame):
        return []
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    empty = dict.fromkeys(COLUMNS[name].split())
    records = frame.to_dict(orient="records")
    rows = [{**empty, **{str(key): _plain_value(value) for key, value in record.items()}} for record in records]
    return [row for row in rows if all(row[column] is not None for column in NEEDED.get(name, ()))]


def _plain_value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (str, bool)) or value is None:
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, (int, bool)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value is pd.NA or value is pd.NaT else str(value)


def order(value: float | None) -> tuple[bool, float]:
    """Sort key that puts missing values last."""
    return (value is None, 0.0 if value is None else float(value))


def tier_order(tier: str | None) -> tuple[int, str]:
    """Sort key from the highest tier down, other words after them."""
    return (TIERS.index(tier) if tier in TIERS else len(TIERS), tier or "")


def place_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, Pair]:
    """Collect (English, Chinese) names of every place any table names; the key stands in for a missing half."""
    english: dict[str, set[str]] = {}
    chinese: dict[str, set[str]] = {}
    for table in ("scores", "centers", "centrality", "arrivals", "disagreements"):
        for row in read_rows(tables, table):
            if row["place"] is not None:
                english.setdefault(str(row["place"]), set()).update(filter(None, [row.get("name_en")]))
                chinese.setdefault(str(row["place"]), set()).update(filter(None, [row.get("name_zh")]))
    for row in read_rows(tables, "balances"):
        english.setdefault(str(row["group"]), set()).update(filter(None, [row["name_en"]]))
    # several spellings of one name are possible: the first in alphabetical order is as good as any, and stable
    return {
        place: (min(english[place], default=place), min(chinese.get(place, ()), default=place)) for place in english
    }


def score_facts(tables: Mapping[str, pd.DataFrame], main: str) -> Row:
    """Sort the scores, name the recipes and count where each one's tiers match the published ones."""
    rows = sorted(read_rows(tables, "scores"), key=lambda r: (order(r["rank"]), str(r["place"])))
    others = sorted({key.removeprefix("score_") for row in rows for key in row if key.startswith("score_")})
    agreement = [_agreement(rows, main, "tier"), *(_agreement(rows, other, f"tier_{other}") for other in others)]
    disagreements = sorted(
        read_rows(tables, "disagreements"),
        key=lambda r: (str(r["recipe"]), tier_order(r["published_tier"]), str(r["place"])),
    )
    return {
        "rows": rows,
        "main": main,
        "others": others,
        "groups": sorted({key for row in rows for key in row if key.startswith("level_")}),
        "agreement": [a for a in agreement if a["total"]],
        "disagreements": disagreements,
        "leaders": [{"recipe": r, "place": _leader(rows, f"rank_{r}")} for r in others],
    }


def _agreement(rows: list[Row], recipe: str, column: str) -> Row:
    known = [r for r in rows if r["published_tier"] and r.get(column)]
    missed = [str(r["place"]) for r in known if r[column] != r["published_tier"]]
    return {"recipe": recipe, "total": len(known), "agreed": len(known) - len(missed), "missed": missed}


def _leader(rows: list[Row], column: str) -> str | None:
    ranked = sorted((r for r in rows if r.get(column) is not None), key=lambda r: (r[column], str(r["place"])))
    return str(ranked[0]["place"]) if ranked else None


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


def network_facts(tables: Mapping[str, pd.DataFrame], named: Iterable[str] = ()) -> list[Row]:
    """Gather each kind of flow with status, unit, years, centrality and flows; measured kinds first, else as named."""
    position = {kind: i for i, kind in enumerate(named)}
    flows, central = read_rows(tables, "flows"), read_rows(tables, "centrality")
    kinds = {str(r["kind"]) for r in (*flows, *central)}
    facts = [_kind_facts(kind, flows, central) for kind in kinds]
    return sorted(facts, key=lambda f: (not f["measured"], position.get(f["kind"], len(position)), f["kind"]))


def _kind_facts(kind: str, flows: list[Row], central: list[Row]) -> Row:
    own = [r for r in flows if str(r["kind"]) == kind]
    rows = [r for r in central if str(r["kind"]) == kind]
    statuses = status_counts(own) or status_counts(rows)
    directed = any(
        r["in_strength"] is not None and r["out_strength"] is not None and r["in_strength"] != r["out_strength"]
        for r in rows
    )
    strongest = sorted((r for r in rows if r["strength"]), key=lambda r: (-r["strength"], str(r["place"])))
    return {
        "kind": kind,
        "statuses": statuses,
        "measured": bool(statuses) and any(s in MEASURED for s, _ in statuses),
        "units": ", ".join(sorted({str(r["unit"]) for r in own if r["unit"]})),
        "years": ", ".join(sorted({str(r["year"]) for r in own if r["year"] is not None})),
        "directed": directed,
        "rows": sorted(rows, key=lambda r: (order(r["rank"]), -(r["strength"] or 0.0), str(r["place"]))),
        "leaders": [r for r in strongest if not r["aggregate"]][:3],
        "flows": sorted(own, key=lambda r: (-(r["value"] or 0.0), str(r["source"]), str(r["target"]))),
    }


def status_counts(rows: Iterable[Row], column: str = "status") -> list[tuple[str, int]]:
    """Count rows by status, from the most to the least certain."""
    counts: dict[str, int] = {}
    for row in rows:
        if row[column]:
            counts[str(row[column])] = counts.get(str(row[column]), 0) + 1
    return sorted(counts.items(), key=lambda item: (_status_rank(item[0]), item[0]))


def _status_rank(status: str) -> int:
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def balance_facts(tables: Mapping[str, pd.DataFrame]) -> list[Row]:
    """Sort the balances, measured ones first, and add whose outflow each describes where one place sends it all."""
    flows = read_rows(tables, "flows")
    rows = read_rows(tables, "balances")
    directed = {str(r["kind"]) for r in read_rows(tables, "centrality") if r["in_strength"] != r["out_strength"]}
    for row in rows:
        own = [f for f in flows if f["kind"] == row["kind"]]
        senders = sorted({str(f["source"]) for f in own})
        years = sorted({str(f["year"]) for f in own if f["year"] is not None})
        row["sender"] = senders[0] if len(senders) == 1 else None
        row["years"] = ", ".join(years)
        row["measured"] = row["status"] in MEASURED
        inside, outside = row["inside"], row["outside"]
        row["total"] = None if inside is None or outside is None else inside + outside
        telling = row["measured"] and bool(outside) and row["localization_share"] is not None
        row["telling"] = telling and (row["sender"] is not None or str(row["kind"]) in directed)
    return sorted(rows, key=lambda r: (not r["measured"], str(r["kind"]), -(r["inside"] or 0.0), str(r["group"])))


def spread_facts(tables: Mapping[str, pd.DataFrame], baseline: str | None) -> Row:
    """Gather curves, arrivals and credit by scenario, the baseline first."""
    reach, arrivals, credit = (read_rows(tables, name) for name in ("reach", "arrivals", "credit"))
    titles = {str(r["scenario"]): r for r in read_rows(tables, "scenario_titles")}
    named = {str(r["scenario"]) for r in (*reach, *arrivals, *credit)}
    names = [n for n in titles if n in named] + sorted(named - titles.keys())
    base = baseline if baseline in names else "baseline" if "baseline" in names else (names or [None])[0]
    names.sort(key=lambda name: name != base)
    curves = {n: sorted((r for r in reach if str(r["scenario"]) == n), key=lambda r: order(r["time"])) for n in names}
    own = sorted(
        (r for r in arrivals if str(r["scenario"]) == base),
        key=lambda r: (
            tier_order(r["tier"]),
            not r["seed"],
            order(r["median"]),
            -(r["reached"] or 0.0),
            str(r["place"]),
        ),
    )
    return {
        "base": base,
        "names": names,
        "titles": {n: _scenario_title(n, titles.get(n)) for n in dict.fromkeys([*names, *titles])},
        "curves": {n: c for n, c in curves.items() if c},
        "arrivals": own,
        "tiers": _tier_arrivals(own),
        "half": _crossing(curves.get(base or "", []), 0.5),
        "final": next((r for r in reversed(curves.get(base or "", [])) if r["mean"] is not None), None),
        "credit": [r for r in credit if r["share"] is not None],
    }


def _scenario_title(name: str, row: Row | None) -> Pair:
    if row is None:
        return ("Baseline", "基准") if name == "baseline" else (name.replace("_", " "), name.replace("_", " "))
    english = row["title"] or row["title_zh"] or name
    return (english, row["title_zh"] or english)


def _tier_arrivals(rows: list[Row]) -> list[Row]:
    """Summarize arrivals by tier, seeds left out; a place reached in fewer than half the runs counts as latest."""
    facts: list[Row] = []
    for tier in sorted({r["tier"] for r in rows if r["tier"]}, key=tier_order):
        own = [r for r in rows if r["tier"] == tier and not r["seed"]]
        if not own:
            continue
        medians = sorted(math.inf if r["median"] is None else float(r["median"]) for r in own)
        middle = (medians[(len(own) - 1) // 2] + medians[len(own) // 2]) / 2
        reached = [r["reached"] for r in own if r["reached"] is not None]
        facts.append(
            {
                "tier": tier,
                "count": len(own),
                "first": medians[0] if math.isfinite(medians[0]) else None,
                "median": middle if math.isfinite(middle) else None,
                "last": medians[-1] if math.isfinite(medians[-1]) else None,
                "reached": math.fsum(reached) / len(reached) if reached else None,
            }
        )
    return facts


def _crossing(curve: list[Row], level: float) -> float | None:
    """Find when a curve first reaches a level, between grid points by a straight line."""
    known = [r for r in curve if r["mean"] is not None and r["time"] is not None]
    for before, after in zip([None, *known], known, strict=False):
        if after["mean"] >= level:
            if before is None or after["mean"] == before["mean"]:
                return float(after["time"])
            part = (level - before["mean"]) / (after["mean"] - before["mean"])
            return float(before["time"] + part * (after["time"] - before["time"]))
    return None


def scenario_facts(tables: Mapping[str, pd.DataFrame], names: Iterable[str], *, most: int = 2) -> Row:
    """Split the paired differences into telling rows and the rest.

    Telling are all rows about the whole, and of the rows about a place whose interval leaves out zero the ``most``
    largest of each scenario and measure. Rows about a tier are drawn, so their numbers stand with the rest.
    """
    position = {name: i for i, name in enumerate(names)}
    rows = read_rows(tables, "scenarios")
    for r in rows:
        r["level"] = _level(r)
        r["noisy"] = None not in (r["low"], r["high"]) and r["low"] != r["high"]
        r["certain"] = _is_clear(r)
        r["size"] = abs(r["difference"]) if r["difference"] is not None else -1.0
        r["position"] = (position.get(str(r["scenario"]), len(position)), str(r["scenario"]))
    rows.sort(key=_scenario_order)
    taken: dict[Pair, int] = {}
    telling: list[Row] = []
    for r in rows:
        group = (str(r["scenario"]), str(r["measure"]))
        if r["level"] == "place" and r["certain"]:
            taken[group] = taken.get(group, 0) + 1
        if r["level"] == "all" or (r["level"] == "place" and r["certain"] and taken[group] <= most):
            telling.append(r)
    return {
        "telling": telling,
        "rest": [r for r in rows if not any(r is t for t in telling)],
        "strongest": _strongest(rows),
        "drawn": _drawn(rows, telling),
    }


def _level(row: Row) -> str:
    if row["place"] in (None, "", "all"):
        return "all"
    return "tier" if row["place"] in TIERS else "place"


def _scenario_order(row: Row) -> tuple[Any, ...]:
    measure = str(row["measure"])
    rank = MEASURES.index(measure) if measure in MEASURES else len(MEASURES)
    within = tier_order(row["place"])[0] if row["level"] == "tier" else -row["size"]
    return (LEVELS.index(row["level"]), rank, measure, *row["position"], within, str(row["place"]))


def _is_clear(row: Row) -> bool:
    difference, low, high = row["difference"], row["low"], row["high"]
    if difference is None or difference == 0:
        return False
    return low is None or high is None or low > 0 or high < 0


def _drawn(rows: list[Row], telling: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """Choose what is charted: simulated differences of the whole, of tiers, and of the telling places."""
    shown = [r for r in rows if r["noisy"] and r["difference"] is not None]
    shown = [r for r in shown if r["level"] == "tier" or any(r is t for t in telling)]
    keys = dict.fromkeys((str(r["measure"]), str(r["level"])) for r in shown)
    return [(*key, [r for r in shown if (str(r["measure"]), str(r["level"])) == key]) for key in keys]


def _strongest(rows: list[Row], *, most: int = 2) -> list[Row]:
    """For the first measures of the whole, find which scenario clearly lowers and which clearly raises each most."""
    whole = [r for r in rows if r["level"] == "all" and r["difference"] is not None]
    facts: list[Row] = []
    for measure in dict.fromkeys(str(r["measure"]) for r in whole if r["noisy"]):
        own = [r for r in whole if str(r["measure"]) == measure]
        certain = sorted((r for r in own if r["certain"]), key=lambda r: (r["difference"], r["position"]))
        ends = [r for r in certain[:1] if r["difference"] < 0] + [r for r in certain[-1:] if r["difference"] > 0]
        facts.append({"measure": measure, "ends": ends, "count": len(own), "baseline": own[0]["baseline"]})
    return facts[:most]
