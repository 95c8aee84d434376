"""Gather what results know of one place: rank, interval, cells, years, partners, arrivals and effects of scenarios."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..plan.schema import Study
from .rows import Row, order, read_rows

__all__ = ["PlaceFacts"]

# so that a page stays one sheet
_PARTNERS, _NETWORKS, _SCENARIOS, _YEARS = 5, 3, 6, 10


class PlaceFacts:
    """The facts of every place of a study, each table read once.

    Parameters
    ----------
    shown : mapping of DataFrame
        Tables as of the years shown.
    tables : mapping of DataFrame
        Tables of all years.
    study : Study
    baseline : str or None
        The scenario that the others are compared with.
    """

    def __init__(
        self, shown: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], study: Study,
        baseline: str | None = "baseline",
    ) -> None:  # fmt: skip
        self.study, self.baseline = study, baseline
        self.scores, self.centers = (_by_place(read_rows(shown, name)) for name in ("scores", "centers"))
        self.intervals, self.chances = (
            _by_place(read_rows(shown, name)) for name in ("score_intervals", "tier_probabilities")
        )
        self.cells: dict[str, Counter[str]] = {}
        # a table of the reader's own need not say how it knows its values
        for row in (one for one in read_rows(shown, "indicators") if one["status"] is not None):
            self.cells.setdefault(str(row["place"]), Counter())[str(row["status"])] += 1
        scores = tables.get("scores")
        self.years: dict[str, list[tuple[int, int]]] = {}
        if scores is not None and "year" in scores:
            for row in read_rows(tables, "scores"):
                if row["rank"] is not None:
                    self.years.setdefault(str(row["place"]), []).append((int(row["year"]), int(row["rank"])))
        self.flows: dict[tuple[str, str], dict[str, Row]] = {}
        self.totals: dict[str, Row] = {}
        self._read_flows(shown)
        self.central = {(str(r["kind"]), str(r["place"])): r for r in read_rows(shown, "centrality")}
        self.measured = Counter(kind for kind, _ in self.central)
        arrivals = [r for r in read_rows(shown, "arrivals") if r["scenario"] == baseline]
        ranked = sorted((r for r in arrivals if not r["seed"]), key=lambda r: order(r["mean"]))
        self.arrivals = _by_place(arrivals)
        self.arrived = {str(r["place"]): (i, len(ranked)) for i, r in enumerate(ranked, 1)}
        self.effects: dict[str, list[Row]] = {}
        for row in read_rows(shown, "scenarios"):
            if row["measure"] == "arrival_time" and row["difference"] is not None and row["place"]:
                self.effects.setdefault(str(row["place"]), []).append(row)

    def _read_flows(self, shown: Mapping[str, pd.DataFrame]) -> None:
        for row in read_rows(shown, "flows"):
            kind, source, target = str(row["kind"]), str(row["source"]), str(row["target"])
            self.totals.setdefault(kind, {"unit": row["unit"], "statuses": Counter()})["statuses"][row["status"]] += 1
            if source == target:
                continue
            for own, other, way in ((source, target, "sent"), (target, source, "received")):
                partner = self.flows.setdefault((kind, own), {}).setdefault(other, {"sent": 0.0, "received": 0.0})
                partner[way] += row["value"] or 0.0

    def places(self) -> list[str]:
        """Return the places that have a page: scored ones by rank, then centers in the order of their table."""
        ranked = sorted(self.scores.values(), key=lambda row: (order(row["rank"]), str(row["place"])))
        return list(dict.fromkeys([*(str(row["place"]) for row in ranked), *self.centers]))

    def of(self, place: str) -> Row:
        """Return the facts of a place; what is not known of it is None or empty."""
        center, score = self.centers.get(place), self.scores.get(place)
        scope = str(center["scope"]) if center and center["scope"] and center["scope"] != place else None
        years = sorted(self.years.get(place, []))
        effects = sorted(self.effects.get(place, []), key=lambda row: (-abs(row["difference"]), str(row["scenario"])))
        kinds = [network.name for network in self.study.networks if (network.name, place) in self.flows]
        return {
            "center": center,
            "score": score,
            "of": len(self.scores),
            "scope": scope,
            "members": [key for key, row in self.centers.items() if row["scope"] == place and key != place],
            "scope_score": self.scores.get(scope) if scope else None,
            "interval": _known(self.intervals.get(place), "score_low", "score_high"),
            "chances": self._chances(place),
            "cells": sorted(self.cells.get(place, {}).items()),
            "years": years[-_YEARS:] if len(years) > 1 else [],
            "networks": [self._network(kind, place) for kind in kinds[:_NETWORKS]],
            "more_networks": max(0, len(kinds) - _NETWORKS),
            "arrival": self.arrivals.get(place),
            "arrived": self.arrived.get(place),
            "effects": effects[:_SCENARIOS],
            "more_effects": max(0, len(effects) - _SCENARIOS),
        }

    def _chances(self, place: str) -> list[tuple[str, float]]:
        row = self.chances.get(place) or {}
        return [(tier, row[tier]) for tier in self.study.tiers.order if row.get(tier)]

    def _network(self, kind: str, place: str) -> Row:
        directed = next(network.directed for network in self.study.networks if network.name == kind)
        partners = [
            {"place": other, **amounts, "value": amounts["sent"] + amounts["received"]}
            for other, amounts in self.flows[kind, place].items()
        ]
        partners.sort(key=lambda row: (-row["value"], row["place"]))
        central, total = self.central.get((kind, place)), self.totals[kind]
        return {
            "kind": kind,
            "directed": directed,
            "unit": total["unit"],
            "status": max(sorted(map(str, total["statuses"])), key=lambda one: total["statuses"][one]),
            "partners": partners[:_PARTNERS],
            "n": len(partners),
            "central": central,
            "of": self.measured[kind],
        }


def _by_place(rows: list[Row]) -> dict[str, Row]:
    return {str(row["place"]): row for row in rows}


def _known(row: Row | None, *columns: str) -> dict[str, Any] | None:
    return row if row and all(row[column] is not None for column in columns) else None
