"""Read what scenarios change in the chain as facts a report can say."""

from collections.abc import Iterable, Mapping

import pandas as pd

from .rows import Row, read_rows

__all__ = ["chain_facts"]

FLOWS = ("strength", "out_strength", "in_strength")
# numbers of diffusion that each place has
OF_PLACES = ("receptivity", "external", "people")


def chain_facts(tables: Mapping[str, pd.DataFrame], scenarios: Iterable[str], *, most: int = 2) -> list[Row]:
    """Gather, for each scenario in order, what it changes from its last date on.

    ``rates`` holds, for each number of diffusion, the places at which it changes alike. ``telling`` are the rows about
    the whole, and of the others the ``most`` largest of each measure and network.
    """
    if "chain_changes" not in tables:
        return []
    numbers, tiers = read_rows(tables, "chain_changes"), read_rows(tables, "tier_changes")
    return [_facts(name, numbers, tiers, most) for name in scenarios if name != "baseline"]


def _facts(name: str, numbers: list[Row], tiers: list[Row], most: int) -> Row:
    own, moved = ([r for r in rows if r["scenario"] == name] for rows in (numbers, tiers))
    dates = sorted({r["start"] for r in (*own, *moved)})
    own, moved = ([r for r in rows if r["start"] == dates[-1]] for rows in (own, moved)) if dates else ([], [])
    by: dict[str, list[Row]] = {}
    for r in own:
        by.setdefault(str(r["measure"]), []).append(r)
    for rows in by.values():
        rows.sort(key=lambda r: (-_size(r), str(r["of"]), str(r["place"])))
    ranks = {r["place"]: r for r in by.get("rank", [])}
    own_cells = {r["place"] for r in by.get("indicator", [])}
    taken: dict[tuple[str, str], int] = {}
    telling = []
    for r in (row for rows in by.values() for row in rows):
        group = (str(r["measure"]), str(r["of"]) if r["measure"] in (*FLOWS, "localization_share") else "")
        taken[group] = taken.get(group, 0) + 1
        if r["place"] == "all" or taken[group] <= most:
            telling.append(r)
    return {
        "scenario": name,
        "dates": dates,
        "cells": by.get("indicator", []),
        "costs": by.get("cost", []),
        "tiers": sorted(moved, key=lambda r: str(r["place"])),
        # of the places whose indicators change before the others
        "scores": sorted(by.get("score", []), key=lambda r: r["place"] not in own_cells),
        "ranks": ranks,
        "even": by.get("score_gini", []),
        "networks": _by_network(by),
        "channels": [r for measure, rows in by.items() if measure.startswith("channel_") for r in rows],
        "rates": {measure: found for measure in OF_PLACES if (found := _alike(by.get(measure, [])))},
        "planted": by.get("planted", []),
        "telling": telling,
    }


def _size(row: Row) -> float:
    """Return how large a change is; what appears or is cut is larger than any."""
    return float("inf") if row["difference"] is None else abs(row["difference"])


def _alike(rows: Iterable[Row]) -> list[tuple[Row, list[str]]]:
    """Gather the places that a number changes alike, the most places first; those that come or go are left out."""
    alike: dict[tuple[str, str], list[Row]] = {}
    for r in rows:
        if r["difference"] is not None:
            alike.setdefault((f"{r['baseline']:.9g}", f"{r['value']:.9g}"), []).append(r)
    found = [(own[0], sorted(str(r["place"]) for r in own)) for own in alike.values()]
    return sorted(found, key=lambda one: (-len(one[1]), one[1]))


def _by_network(by: Mapping[str, list[Row]]) -> list[tuple[str, dict[str, list[Row]]]]:
    """Return the changes of each network by measure."""
    shown = {measure: by.get(measure, []) for measure in ("strength", "localization_share", "strength_gini")}
    names = sorted({str(r["of"]) for rows in shown.values() for r in rows})
    return [
        (name, {m: own for m, rows in shown.items() if (own := [r for r in rows if r["of"] == name])}) for name in names
    ]
