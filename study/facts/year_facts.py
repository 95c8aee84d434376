"""Read what changed over the years as facts a report can say."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from ...data.tier_scale import FOUR_TIERS, TierScale
from .rows import Row, read_rows

__all__ = ["year_facts"]

# lines of a chart of strengths
_LINES = 6


def year_facts(
    tables: Mapping[str, pd.DataFrame], kinds: Sequence[str], tiers: TierScale = FOUR_TIERS
) -> dict[str, Row | list[Row] | None]:
    """Gather what changed from year to year: of scores, of tiers and of each network.

    Each is None, or empty, where nothing was followed.
    """
    growth = read_rows(tables, "flow_growth")
    ties, places = read_rows(tables, "turnover"), read_rows(tables, "strength_changes")
    followed = [kind for kind in kinds if any(row["kind"] == kind for row in growth)]
    kept = read_rows(tables, "balances")
    return {
        "scores": _score_facts(read_rows(tables, "rank_changes")),
        "tiers": _tier_facts(tables, tiers),
        "networks": [_network_facts(kind, growth, ties, places) | _kept(kind, kept) for kind in followed],
    }


def _kept(kind: str, balances: list[Row]) -> Row:
    """Return the share of what each group sends to other places that stays inside, by year."""
    own = [row for row in balances if row["kind"] == kind and row.get("year") is not None]
    years = sorted({row["year"] for row in own})
    share = {(row["group"], row["year"]): row["between_share"] for row in own}
    groups = sorted({str(row["group"]) for row in own})
    if not any(share.values()):  # of groups of one place nothing can stay
        groups = []
    return {"years": years, "kept": [(group, [share.get((group, year)) for year in years]) for group in groups]}


def _score_facts(rows: list[Row]) -> Row | None:
    if not rows:
        return None
    years = sorted({row[end] for row in rows for end in ("year_from", "year_to")})
    ranks: dict[str, dict[int, int]] = {}
    for row in rows:
        own = ranks.setdefault(str(row["place"]), {})
        own |= {row["year_from"]: row["rank_from"], row["year_to"]: row["rank_to"]}
    listed = [
        {"place": place, "ranks": [own.get(year) for year in years], "change": _change(own, years)}
        for place, own in ranks.items()
    ]
    listed.sort(key=lambda row: (*[rank or math.inf for rank in reversed(row["ranks"])], row["place"]))
    known = [row for row in listed if row["change"] is not None]
    return {
        "years": years,
        "rows": listed,
        "moved": sum(row["change"] != 0 for row in known),
        "known": len(known),
        "up": max(known, key=lambda row: row["change"], default=None),
        "down": min(known, key=lambda row: row["change"], default=None),
    }


def _change(ranks: Mapping[int, int], years: Sequence[int]) -> int | None:
    first, last = ranks.get(years[0]), ranks.get(years[-1])
    return None if first is None or last is None else first - last


def _tier_facts(tables: Mapping[str, pd.DataFrame], tiers: TierScale) -> Row | None:
    cells = read_rows(tables, "tier_transitions")
    if not cells:
        return None
    held = sorted({str(cell[end]) for cell in cells for end in ("tier_from", "tier_to")}, key=tiers.rank)
    matrix = {(cell["tier_from"], cell["tier_to"]): cell for cell in cells}
    measures = read_rows(tables, "tier_mobility")
    of_tier = {
        tier: {row["measure"]: row["value"] for row in measures if row["tier"] == tier} | {
            "moves": sum(cell["moves"] for cell in cells if cell["tier_from"] == tier)
        }
        for tier in held
    }  # fmt: skip
    changes = read_rows(tables, "tier_moves")
    risen = {(row["place"], row["year_to"]): row["score_change"] for row in read_rows(tables, "rank_changes")}
    return {
        "held": held,
        "matrix": matrix,
        "of_tier": of_tier,
        "measures": {row["measure"]: row["value"] for row in measures if row["tier"] is None},
        "moves": sum(cell["moves"] for cell in cells),
        "against": sum(row["steps"] * (risen.get((row["place"], row["year_to"])) or 0.0) < 0 for row in changes),
        "up": sum(row["steps"] > 0 for row in changes),
        "down": sum(row["steps"] < 0 for row in changes),
        "changes": sorted(changes, key=lambda row: (-row["year_to"], -abs(row["steps"]), str(row["place"]))),
    }


def _network_facts(kind: str, growth: list[Row], ties: list[Row], places: list[Row]) -> Row:
    own = sorted((row for row in growth if row["kind"] == kind), key=lambda row: row["year_to"])
    measured: dict[int, dict[str, float | None]] = {}
    for row in ties:
        if row["kind"] == kind:
            measured.setdefault(row["year_to"], {})[row["measure"]] = row["value"]
    changes = [row for row in places if row["kind"] == kind]
    first, last = own[0], own[-1]
    gains = _gains([row for row in changes if row["year_to"] == last["year_to"]])
    known = first["total_from"] and last["total_to"] is not None
    return {
        "kind": kind,
        "steps": own,
        "turnover": measured,
        "first": first["year_from"],
        "last": last["year_to"],
        "growth": last["total_to"] / first["total_from"] - 1 if known else None,
        "gains": gains,
        "lines": _lines(changes, [first["year_from"], *(row["year_to"] for row in own)]),
    }


def _gains(rows: list[Row]) -> list[Row]:
    """Return the places whose share of all strength changed most, from the largest gain to the largest loss."""
    known = [row for row in rows if row["share_from"] is not None and row["share_to"] is not None]
    changed = [row | {"gain": row["share_to"] - row["share_from"]} for row in known]
    return sorted(changed, key=lambda row: (-row["gain"], str(row["place"])))


def _lines(changes: list[Row], years: list[int]) -> list[tuple[str, list[tuple[int, float | None]]]]:
    """Return the strengths by year of the places that are strongest in the last year."""
    strength: dict[str, dict[int, float | None]] = {}
    for row in changes:
        ends = {row["year_from"]: row["strength_from"], row["year_to"]: row["strength_to"]}
        strength.setdefault(str(row["place"]), {}).update(ends)
    strongest = sorted(strength, key=lambda place: (-(strength[place].get(years[-1]) or 0.0), place))[:_LINES]
    return [(place, [(year, strength[place].get(year)) for year in years]) for place in strongest]
