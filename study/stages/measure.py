"""Measure the flow networks of a study: flows as a table, centrality of every place, balances of every group."""

import networkx as nx
import pandas as pd

from ...data import container
from ...network import balances, centrality, to_flows, weakest_status
from ..plan.inputs import Inputs, Tables
from ..plan.schema import Network
from .networks import Networks

__all__ = ["measure_networks"]


def measure_networks(inputs: Inputs, networks: Networks) -> Tables:
    """Measure every network.

    Returns
    -------
    dict
        ``flows``, ``centrality`` and ``balances``; nothing where the study has no network.
    """
    if not networks.graphs:
        return {}
    known = inputs.study.networks
    flows = pd.concat([to_flows(g).assign(kind=n) for n, g in networks.graphs.items()], ignore_index=True)
    measured = [_centrality(n, networks.graphs[n.name], inputs) for n in known]
    balanced = [_balances(n, networks.flows[n.name], inputs) for n in known]
    return {
        "flows": flows.reindex(columns=["kind", "source", "target", "value", "unit", "year", "status"]),
        "centrality": pd.concat(measured, ignore_index=True),
        "balances": pd.concat(balanced, ignore_index=True),
    }


def _centrality(network: Network, graph: nx.Graph, inputs: Inputs) -> pd.DataFrame:
    table = centrality(graph, weight_meaning="strength")
    table.insert(0, "kind", network.name)
    table.insert(2, "name_en", table["place"].map(inputs.names["name_en"]))
    table["aggregate"] = table["place"].isin(inputs.aggregates).to_numpy()
    ties = nx.Graph((a, b) for a, b, flow in graph.edges(data="weight") if a != b and flow > 0)
    partners = [ties.degree(place) if place in ties else 0 for place in table["place"]]
    table.insert(table.columns.get_loc("degree") + 1, "partners", partners)
    ranked = table["strength"].where(~table["aggregate"]).rank(ascending=False, method="min")
    table["rank"] = ranked.astype("Int64")
    table["status"] = weakest_status(data["status"] for *_, data in graph.edges(data=True))
    return table.sort_values(["strength", "place"], ascending=[False, True], ignore_index=True)


def _balances(network: Network, flows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    study = inputs.study
    groups = network.balance or (study.index.units if study.index else [])
    ends = sorted({*flows["source"], *flows["target"]})
    inside = container(ends, inputs.places, groups, include_self=True)
    # without groups of its own making a study has nothing to balance
    counted = flows if network.balance or inside.notna().any() else flows.iloc[:0]
    table = balances(counted, inside, directed=network.directed)
    table.insert(0, "kind", network.name)
    table.insert(2, "name_en", table["group"].map(inputs.names["name_en"]))
    units = flows["unit"].dropna().unique() if "unit" in flows else []
    at = table.columns.get_loc("localization_share") + 1
    table.insert(at, "unit", units[0] if len(units) == 1 else None)
    table.insert(at + 1, "status", weakest_status(flows["status"]))
    return table
