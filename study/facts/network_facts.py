"""Read the flows, their centrality, balances and structure as facts a report can say."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from ...data.contracts.results import ResultColumn, result_tables
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...network.measures.centrality import MEASURES
from .rows import MEASURED, Row, order, read_rows, status_counts, tier_order

__all__ = ["balance_facts", "centrality_columns", "contrast_facts", "network_facts", "structure_facts"]

# groups of a kind of flow that are findings; the table holds all
_TOLD = 3
STRUCTURE = ("structure", "communities", "dominant_flows", "roles", "flow_tiers", "tier_agreements")


def centrality_columns(found: Iterable[str]) -> list[ResultColumn]:
    """Return the measures to set in a table of places, in the order of the contract, as far as they were found."""
    # partners are counted apart
    shown = {*found}.intersection(MEASURES) - {"degree"}
    return [column for column in result_tables()["centrality"].columns if column.name in shown]


def network_facts(
    tables: Mapping[str, pd.DataFrame], named: Iterable[str] = (), directed: Collection[str] = ()
) -> list[Row]:
    """Gather each kind of flow with status, unit, years, centrality and flows; measured kinds first, else as named."""
    position = {kind: i for i, kind in enumerate(named)}
    flows, central = read_rows(tables, "flows"), read_rows(tables, "centrality")
    kinds = {str(r["kind"]) for r in (*flows, *central)}
    facts = [_kind_facts(kind, flows, central, directed=kind in directed) for kind in kinds]
    return sorted(facts, key=lambda f: (not f["measured"], position.get(f["kind"], len(position)), f["kind"]))


def _first(rows: list[Row], most: int) -> list[Row]:
    """Return the first rows, and those that are as strong as the last of them."""
    return [r for r in rows if math.isclose(r["strength"], rows[:most][-1]["strength"]) or r in rows[:most]]


def _kind_facts(kind: str, flows: list[Row], central: list[Row], *, directed: bool) -> Row:
    own = [r for r in flows if str(r["kind"]) == kind]
    rows = [r for r in central if str(r["kind"]) == kind]
    statuses = status_counts(own) or status_counts(rows)
    strongest = sorted((r for r in rows if r["strength"]), key=lambda r: (-r["strength"], str(r["place"])))
    return {
        "kind": kind,
        "directed": directed,
        "measures": _distinct(rows, directed=directed),
        "statuses": statuses,
        "measured": bool(statuses) and any(s in MEASURED for s, _ in statuses),
        "units": ", ".join(sorted({str(r["unit"]) for r in own if r["unit"]})),
        "years": ", ".join(sorted({str(r["year"]) for r in own if r["year"] is not None})),
        "rows": sorted(rows, key=lambda r: (order(r["rank"]), -(r["strength"] or 0.0), str(r["place"]))),
        "leaders": _first([r for r in strongest if not r["aggregate"]], 3),
        "flows": sorted(own, key=lambda r: (-(r["value"] or 0.0), str(r["source"]), str(r["target"]))),
    }


def _distinct(rows: list[Row], *, directed: bool) -> list[ResultColumn]:
    """Return the measures that some place has; where flows have no direction, those that are not strength once more."""
    found = centrality_columns(name for row in rows for name, value in row.items() if value is not None)
    if directed:
        return found
    return [one for one in found if one.name == "strength" or any(row[one.name] != row["strength"] for row in rows)]


def balance_facts(tables: Mapping[str, pd.DataFrame], directed: Collection[str] = ()) -> list[Row]:
    """Sort the balances, measured ones first, and add whose outflow each describes where one place sends it all.

    Of every kind of flow the groups that keep most are telling.
    """
    senders: dict[str, set[str]] = {}
    years: dict[str, set[str]] = {}
    for flow in read_rows(tables, "flows"):
        senders.setdefault(flow["kind"], set()).add(str(flow["source"]))
        if flow["year"] is not None:
            years.setdefault(flow["kind"], set()).add(str(flow["year"]))
    rows = read_rows(tables, "balances")
    for row in rows:
        row["directed"] = row["kind"] in directed
        sender = senders.get(row["kind"], set())
        row["sender"] = min(sender) if len(sender) == 1 else None
        row["years"] = ", ".join(sorted(years.get(row["kind"], ())))
        row["measured"] = row["status"] in MEASURED
        inside, outside = row["inside"], row["outside"]
        row["total"] = None if inside is None or outside is None else inside + outside
        telling = row["measured"] and bool(outside) and row["localization_share"] is not None
        row["telling"] = telling and (row["sender"] is not None or row["directed"])
    rows.sort(key=lambda r: (not r["measured"], str(r["kind"]), -(r["inside"] or 0.0), str(r["group"])))
    told: dict[str, int] = {}
    for row in (r for r in rows if r["telling"]):
        told[str(row["kind"])] = told.get(str(row["kind"]), 0) + 1
        row["telling"] = told[str(row["kind"])] <= _TOLD
    return rows


def contrast_facts(tables: Mapping[str, pd.DataFrame], balances: list[Row]) -> list[Row]:
    """Set the share of a whole group's estimated outflow beside the measured share of one place's outflow."""
    scope = {str(r["place"]): r["scope"] for r in read_rows(tables, "centers")}
    flows = read_rows(tables, "flows")
    facts: list[Row] = []
    for told in (b for b in balances if b["telling"] and b["sender"] is not None):
        for row in balances:
            if row["measured"] or row["group"] != told["group"] or row["localization_share"] is None:
                continue
            sent = [f for f in flows if f["kind"] == row["kind"] and f["source"] == told["sender"] and f["value"]]
            total = sum(f["value"] for f in sent)
            stayed = sum(f["value"] for f in sent if scope.get(str(f["target"])) == row["group"])
            own = stayed / total if total and scope.get(told["sender"]) == row["group"] else None
            facts.append({"told": told, "row": row, "own": own})
    return facts


def structure_facts(
    tables: Mapping[str, pd.DataFrame], estimated: Collection[str] = (), tiers: TierScale = FOUR_TIERS
) -> dict[str, Row]:
    """Gather communities, core, hubs, blocks and suggested tiers of each kind of flow that has them."""
    found = {name: read_rows(tables, name) for name in STRUCTURE}
    kinds = sorted({str(r["kind"]) for rows in found.values() for r in rows if r["kind"] is not None})
    facts: dict[str, Row] = {}
    for kind in kinds:
        own = {name: [r for r in rows if r["kind"] == kind] for name, rows in found.items()}
        # tiers shaped the estimate, so tiers read off it prove nothing about them
        facts[kind] = _structure_of(own, tiers) | {"kind": kind, "circular": kind in estimated}
    return facts


def _structure_of(own: Mapping[str, list[Row]], tiers: TierScale) -> Row:
    places = _joined(own, tiers)
    by_place = {r["place"]: r for r in places}
    hubs = [r for r in places if r.get("terminal") and r.get("hinterland")]
    agreements = sorted(own["tier_agreements"], key=lambda r: (-r["kappa"], str(r["by"])))
    stability = [r["stability"] for r in own["communities"] if r["stability"] is not None]
    return {
        "statuses": [s for s, _ in status_counts(r for rows in own.values() for r in rows)],
        "measures": {str(r["measure"]): r["value"] for r in own["structure"] if r["value"] is not None},
        "places": places,
        "communities": _members(places, "community"),
        "stability": sum(stability) / len(stability) if stability else None,
        "core": [r["place"] for r in places if r.get("core")],
        "hubs": sorted(hubs, key=lambda r: (-r["hinterland"], r["place"])),
        "subhubs": [r for r in places if not r.get("terminal") and (r.get("subordinates") or 0) > 1],
        "alone": [r["place"] for r in places if r.get("terminal") and not r.get("hinterland")],
        "blocks": [
            {"block": block, "members": members, "role": by_place[members[0]].get("role")}
            for block, members in _members(places, "block")
        ],
        "cutoff": next((r["cutoff"] for r in own["roles"]), None),
        "margin": next((r["margin"] for r in own["roles"]), None),
        "agreements": agreements,
        "compared": sum(bool(r["tier"]) for r in own["flow_tiers"]),
    }


def _joined(own: Mapping[str, list[Row]], tiers: TierScale) -> list[Row]:
    """Join what each table says of a place, strongest first."""
    rows: dict[str, Row] = {}
    for name in ("communities", "dominant_flows", "roles", "flow_tiers"):
        for r in own[name]:
            place = str(r["place"])
            rows.setdefault(place, {"place": place}).update({k: v for k, v in r.items() if k != "place"})
    return sorted(
        rows.values(), key=lambda r: (-(r.get("strength") or 0.0), tier_order(r.get("tier"), tiers), r["place"])
    )


def _members(places: list[Row], column: str) -> list[tuple[Any, list[str]]]:
    """Group the places by a column, in the order of its values."""
    groups: dict[Any, list[str]] = {}
    for row in places:
        if row.get(column) is not None:
            groups.setdefault(row[column], []).append(row["place"])
    return sorted(groups.items(), key=lambda item: (str(type(item[0])), item[0]))
