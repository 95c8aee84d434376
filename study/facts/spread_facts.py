"""Read arrivals, reach, credit and scenario differences as facts a report can say."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, text
from .rows import Row, order, read_rows, tier_order

__all__ = ["scenario_facts", "spread_facts"]

MEASURES: tuple[str, ...] = tuple(terms("scenario_measures"))
LEVELS = ("all", "tier", "place")


def spread_facts(tables: Mapping[str, pd.DataFrame], baseline: str = "baseline", tiers: TierScale = FOUR_TIERS) -> Row:
    """Gather curves, arrivals and credit by scenario, the baseline first."""
    reach, arrivals, credit = (read_rows(tables, name) for name in ("reach", "arrivals", "credit"))
    titles = {str(r["scenario"]): r for r in read_rows(tables, "scenario_titles")}
    named = {str(r["scenario"]) for r in (*reach, *arrivals, *credit)}
    names = [n for n in titles if n in named] + sorted(named - titles.keys())
    base = baseline if baseline in names else (names or [None])[0]
    names.sort(key=lambda name: name != base)
    curves = {n: sorted((r for r in reach if str(r["scenario"]) == n), key=lambda r: order(r["time"])) for n in names}
    own = sorted(
        (r for r in arrivals if str(r["scenario"]) == base),
        key=lambda r: (
            tier_order(r["tier"], tiers),
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
        "tiers": _tier_arrivals(own, tiers),
        "error": max((r["error"] for r in own if r["error"] is not None and not r["seed"]), default=None),
        "half": _crossing(curves.get(base or "", []), 0.5),
        "final": next((r for r in reversed(curves.get(base or "", [])) if r["mean"] is not None), None),
        "still": bool(own) and not any(r["reached"] for r in own if not r["seed"]),
        "credit": [r for r in credit if r["share"] is not None],
    }


def _scenario_title(name: str, row: Row | None) -> Text:
    if row is None:
        return text("report.scenarios.baseline") if name == "baseline" else Text.of(en=name.replace("_", " "))
    return Text.of(en=row["title"], zh=row["title_zh"]) if row["title"] or row["title_zh"] else Text.of(en=name)


def _tier_arrivals(rows: list[Row], tiers: TierScale) -> list[Row]:
    """Summarize arrivals by tier, seeds left out; a place reached in fewer than half the runs counts as latest."""
    facts: list[Row] = []
    for tier in sorted({r["tier"] for r in rows if r["tier"]}, key=lambda tier: tier_order(tier, tiers)):
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


def scenario_facts(
    tables: Mapping[str, pd.DataFrame], names: Iterable[str], *, most: int = 2, tiers: TierScale = FOUR_TIERS
) -> Row:
    """Split the paired differences into telling rows and the rest.

    Telling are all rows about the whole, and of the rows about a place whose interval leaves out zero the ``most``
    largest of each scenario and measure. Rows about a tier are drawn, so their numbers stand with the rest.
    """
    position = {name: i for i, name in enumerate(names)}
    rows = read_rows(tables, "scenarios")
    for r in rows:
        r["level"] = _level(r, tiers)
        r["noisy"] = None not in (r["low"], r["high"]) and r["low"] != r["high"]
        r["certain"] = _is_clear(r)
        r["size"] = abs(r["difference"]) if r["difference"] is not None else -1.0
        r["position"] = (position.get(str(r["scenario"]), len(position)), str(r["scenario"]))
    rows.sort(key=lambda row: _scenario_order(row, tiers))
    taken: dict[tuple[str, str], int] = {}
    telling: list[Row] = []
    for r in rows:
        group = (str(r["scenario"]), str(r["measure"]))
        if r["level"] == "place" and r["certain"]:
            taken[group] = taken.get(group, 0) + 1
        if r["level"] == "all" or (r["level"] == "place" and r["certain"] and taken[group] <= most):
            telling.append(r)
    leading, strongest = _leading(telling), _strongest(rows)
    return {
        "telling": telling,
        "rest": [r for r in rows if not any(r is t for t in telling)],
        "leading": leading,
        "others": len(rows) - len(leading),
        "strongest": strongest[:2],
        "effects": strongest,
        "drawn": _drawn(rows, telling),
    }


def _leading(telling: list[Row], *, most: int = 8) -> list[Row]:
    """Choose the clear differences that are largest against the baseline, in the order of the table."""

    def relative(row: Row) -> float:
        return row["size"] / abs(row["baseline"]) if row["baseline"] else math.inf

    clear = sorted((r for r in telling if r["certain"]), key=lambda r: (LEVELS.index(r["level"]), -relative(r)))
    chosen = clear[:most] or telling[:most]
    return [r for r in telling if any(r is one for one in chosen)]


def _level(row: Row, tiers: TierScale) -> str:
    if row["place"] in (None, "", "all"):
        return "all"
    return "tier" if row["place"] in tiers else "place"


def _scenario_order(row: Row, tiers: TierScale) -> tuple[Any, ...]:
    measure = str(row["measure"])
    rank = MEASURES.index(measure) if measure in MEASURES else len(MEASURES)
    within = tiers.rank(row["place"]) if row["level"] == "tier" else -row["size"]
    return (LEVELS.index(row["level"]), rank, measure, *row["position"], within, str(row["place"]))


def _is_clear(row: Row) -> bool:
    difference, low, high = row["difference"], row["low"], row["high"]
    if difference is None or difference == 0 or row["negligible"]:
        return False
    return low is None or high is None or low > 0 or high < 0


def _drawn(rows: list[Row], telling: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """Choose what is charted: simulated differences of the whole, of tiers, and of the telling places."""
    shown = [r for r in rows if r["noisy"] and r["difference"] is not None]
    shown = [r for r in shown if r["level"] == "tier" or any(r is t for t in telling)]
    keys = dict.fromkeys((str(r["measure"]), str(r["level"])) for r in shown)
    return [(*key, [r for r in shown if (str(r["measure"]), str(r["level"])) == key]) for key in keys]


def _strongest(rows: list[Row]) -> list[Row]:
    """For each measure of the whole, find which scenario clearly lowers and which clearly raises each most."""
    whole = [r for r in rows if r["level"] == "all" and r["difference"] is not None]
    facts: list[Row] = []
    for measure in dict.fromkeys(str(r["measure"]) for r in whole if r["noisy"]):
        own = [r for r in whole if str(r["measure"]) == measure]
        certain = sorted((r for r in own if r["certain"]), key=lambda r: (r["difference"], r["position"]))
        ends = [r for r in certain[:1] if r["difference"] < 0] + [r for r in certain[-1:] if r["difference"] > 0]
        facts.append({"measure": measure, "ends": ends, "clear": certain, "count": len(own)})
        facts[-1]["baseline"] = own[0]["baseline"]
    return facts
