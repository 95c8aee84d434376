"""Propose what tables of attributes and of travel edges are for: classes of places, and where centers serve best."""

import pandas as pd

from .draft import Draft
from .gather_tables import Gathered, Table
from .locate_places import Locator

__all__ = ["propose_siting"]


def propose_siting(gathered: Gathered, locator: Locator, draft: Draft) -> None:
    """Add the table of attributes, and a siting that travels on edges, where an indicator says who is served.

    Parameters
    ----------
    gathered : Gathered
    locator : Locator
    draft : Draft
    """
    if (table := _located(gathered.of("attributes"), locator)) is not None:
        draft.tables["attributes.csv"] = table
        draft.content["tables"]["attributes"] = "attributes.csv"
    edges = gathered.of("network_edges")
    if not edges or "index" not in draft.content:
        return
    draft.tables["edges.csv"] = pd.concat([one.frame for one in edges], ignore_index=True)
    travel = {"edges": "edges.csv"}
    if (access := _located(gathered.of("station_access"), locator)) is not None:
        draft.tables["access.csv"] = access
        travel["access"] = "access.csv"
    demand = str(draft.tables["indicators.csv"]["indicator"].iloc[0])
    draft.content["siting"] = {"demand": demand, "travel": travel}
    draft.assume("siting.demand", "demand", name=demand)
    draft.propose("siting", "siting", table=edges[0].of.name, n=len(draft.tables["edges.csv"]))


def _located(tables: list[Table], locator: Locator) -> pd.DataFrame | None:
    """Return tables of places in one, by the keys of the places, without those that are not known."""
    parts = []
    for table in tables:
        found = locator.keys(table.frame["place"], table.of.name)
        parts.append(table.frame.assign(place=found.keys)[found.keys.notna().to_numpy()])
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else None
