"""Read what was estimated of flows, and what an estimate cannot know, as facts a report can say."""

import math
from collections.abc import Mapping

import pandas as pd

from ...network.flows.doubts import both_ways
from ..plan.schema import Study
from .rows import Row, read_rows

__all__ = ["estimate_facts"]


def estimate_facts(tables: Mapping[str, pd.DataFrame], study: Study) -> dict[str, Row]:
    """Gather of each estimated network its totals, decay, share within places, and centers that share figures."""
    totals, parameters = read_rows(tables, "estimate_totals"), read_rows(tables, "estimate_parameters")
    flows = tables.get("flows", pd.DataFrame(columns=["kind", "source", "target", "value"]))
    facts: dict[str, Row] = {}
    for network in study.networks:
        rows = [row for row in totals if row["kind"] == network.name]
        if network.estimate is None or not rows:
            continue
        sent, within = (math.fsum(row[key] for row in rows) for key in ("outgoing", "within"))
        shared: dict[str, list[Row]] = {}
        for row in rows:
            if (row["sharing"] or 1) > 1:
                shared.setdefault(str(row["row"]), []).append(row)
        facts[network.name] = {
            "estimate": network.estimate,
            "totals": sorted(rows, key=lambda row: (-row["outgoing"], row["place"])),
            "parameters": [row for row in parameters if row["kind"] == network.name],
            "within_share": within / sent if within > 0 else None,
            "of_masses": not network.estimate.from_margins,
            "shared": sorted(shared.items(), key=lambda item: (-len(item[1]), item[0])),
            "alike": [group for rows in shared.values() for group in _alike(rows)],
            "both_ways": network.directed and both_ways(flows[flows["kind"] == network.name]),
        }
    return facts


def _alike(rows: list[Row]) -> list[list[Row]]:
    """Return the centers of one row of figures whose totals are the same, as nothing given tells them apart."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        # the fit ends before the last digits agree
        groups.setdefault((f"{row['outgoing']:.6g}", f"{row['incoming']:.6g}"), []).append(row)
    return [group for group in groups.values() if len(group) > 1]
