"""Read how sure ranks and tiers are as facts a report can say: intervals, tier probabilities, indicators left out."""

from collections.abc import Iterable, Mapping

import pandas as pd

from ...data.tier_scale import FOUR_TIERS, TierScale
from ..plan.schema import Robustness
from .rows import Pair, Row, order, read_rows, tier_order

__all__ = ["doubt_facts", "leave_out_facts"]

# a place whose tier holds in fewer of the runs is named as uncertain
SURE = 0.95
# more ranks than this do not fit a page
MOST_RANKS = 24


def doubt_facts(tables: Mapping[str, pd.DataFrame], varied: Robustness | None, scale: TierScale = FOUR_TIERS) -> Row:
    """Join rank intervals, tier probabilities and rank shares by place, and name the places whose tier is unsure."""
    intervals = {str(r["place"]): r for r in read_rows(tables, "score_intervals")}
    chances = read_rows(tables, "tier_probabilities")
    plain = {"place", "name_en", "name_zh", "tier", "probability", "most_likely_tier", "evenness"}
    named = {key for row in chances for key in row if key not in plain and _any_number(chances, key)}
    tiers = sorted(named, key=lambda tier: tier_order(tier, scale))
    for row in chances:
        row["other"] = max((t for t in tiers if t != row["tier"]), key=lambda t: row[t] or 0.0, default=None)
    found = {str(r["place"]): r for r in chances}
    places = sorted({*intervals, *found}, key=lambda p: (order(intervals.get(p, {}).get("rank")), p))
    rows = [{"place": p, "interval": intervals.get(p), "chance": found.get(p)} for p in places]
    position = {place: i for i, place in enumerate(places)}
    unsure = sorted(
        (r for r in chances if r["probability"] < SURE), key=lambda r: (r["probability"], position[str(r["place"])])
    )
    sure = [r for r in chances if r["probability"] >= SURE]
    known = [r for r in intervals.values() if None not in (r["rank_low"], r["rank_high"])]
    widest = max(known, key=lambda r: (r["rank_high"] - r["rank_low"], -position[str(r["place"])]), default=None)
    return {
        "rows": rows,
        "tiers": tiers,
        "intervals": intervals,
        "unsure": unsure,
        "sure": len(sure),
        "total": len(chances),
        "least": min((r["probability"] for r in sure), default=None),
        "moved": [r for r in chances if r["most_likely_tier"] and r["most_likely_tier"] != r["tier"]],
        "fixed": sum(r["rank_low"] == r["rank_high"] for r in known),
        "ranked": len(known),
        "widest": widest if widest and widest["rank_high"] > widest["rank_low"] else None,
        "threshold": SURE,
        "ranks": _rank_shares(tables, position),
        "weight_noise": varied.weight_noise if varied else None,
        "cell_noise": sorted(varied.data_noise.items()) if varied else [],
        "runs": varied.runs if varied else None,
    }


def _any_number(rows: Iterable[Row], key: str) -> bool:
    values = [row.get(key) for row in rows]
    return all(v is None or isinstance(v, (int, float)) for v in values) and any(values)


def _rank_shares(tables: Mapping[str, pd.DataFrame], position: Mapping[str, int]) -> Row:
    rows = read_rows(tables, "rank_acceptability")
    ranks = sorted({int(key) for row in rows for key in row if key.isdecimal()})
    if not ranks or len(ranks) > MOST_RANKS:
        return {"ranks": [], "rows": []}
    listed = [{"place": str(r["place"]), "shares": [r.get(str(k)) for k in ranks]} for r in rows]
    return {
        "ranks": ranks,
        "rows": sorted(listed, key=lambda r: (position.get(r["place"], len(position)), r["place"])),
    }


def leave_out_facts(tables: Mapping[str, pd.DataFrame], names: Mapping[str, Pair]) -> Row:
    """Find for each indicator which places change rank without it, those that matter most first."""
    moves: dict[str, list[Row]] = {}
    places: set[str] = set()
    for row in read_rows(tables, "leave_one_out"):
        own = moves.setdefault(str(row["left_out"]), [])
        places.add(str(row["place"]))
        if row["shift"] and row["expected"] is not None and row["rank_without"] is not None:
            own.append(row)
    facts = [
        {
            "indicator": indicator,
            "names": names.get(indicator, (indicator, indicator)),
            "moves": sorted(own, key=lambda r: (order(r["expected"]), str(r["place"]))),
            "largest": max((abs(r["shift"]) for r in own), default=0),
            "total": sum(abs(r["shift"]) for r in own),
        }
        for indicator, own in moves.items()
    ]
    facts.sort(key=lambda f: (-f["total"], -len(f["moves"]), f["indicator"]))
    strongest = [f for f in facts if f["total"] and _reach(f) == _reach(facts[0])]
    return {
        "rows": facts,
        "strongest": strongest,
        "idle": sum(not f["moves"] for f in facts),
        "places": len(places),
    }


def _reach(fact: Row) -> tuple[int, ...]:
    return fact["total"], len(fact["moves"]), fact["largest"]
