"""Measure the flow networks of a study: flows as a table, centrality of every place, balances of every group.

A network of several years is measured in each of them.
"""

from collections.abc import Callable

import networkx as nx
import pandas as pd

from ...data import container, nested_pairs, overlapping_pairs
from ...data.flow_ends import flow_ends
from ...network import balances, to_flows, weakest_status
from ...network.measures.centrality import MEASURES
from ..plan.inputs import Inputs, Tables
from ..plan.schema import Network
from .networks import Networks, YearOfFlows
from .sized_measures import Progress, sized_centrality

__all__ = ["balances_of", "measure_networks"]

# measures that add up what a place exchanges, with whomever
_SUMS = ("degree", "strength", "in_strength", "out_strength")


def measure_networks(inputs: Inputs, networks: Networks, *, progress: Progress | None = None) -> Tables:
    """Measure every network, in each of its years.

    Returns
    -------
    dict
        ``flows``, ``centrality`` and ``balances``, the last two with a column ``year`` where a network has several
        years; nothing where the study has no network.
    """
    if not networks.by_year:
        return {}
    flows = [to_flows(one.graph).assign(kind=n) for n, years in networks.by_year.items() for one in years.values()]
    return {
        "flows": pd.concat(flows, ignore_index=True).reindex(
            columns=["kind", "source", "target", "value", "unit", "year", "status"]
        ),
        "centrality": _each_year(
            inputs, networks, lambda network, one: _centrality(one, network.name, inputs, progress)
        ),
        "balances": _each_year(inputs, networks, lambda network, one: balances_of(network, one.flows, inputs)),
    }


def _each_year(
    inputs: Inputs, networks: Networks, measure: Callable[[Network, YearOfFlows], pd.DataFrame]
) -> pd.DataFrame:
    """Measure every network in each of its years, and name network and year in front."""
    parts: list[pd.DataFrame] = []
    for network in inputs.study.networks:
        years = networks.by_year[network.name]
        for year, one in years.items():
            part = measure(network, one)
            part.insert(0, "kind", network.name)
            if networks.shown_years:
                cells = pd.Series(year if len(years) > 1 else pd.NA, index=part.index, dtype="Int64")
                part.insert(1, "year", cells)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _centrality(one: YearOfFlows, network: str, inputs: Inputs, progress: Progress | None) -> pd.DataFrame:
    graph = one.graph
    table = _measured(one, network, inputs, progress)
    table.insert(1, "name_en", table["place"].map(inputs.names["name_en"]))
    table.insert(2, "name_zh", table["place"].map(inputs.names["name_zh"]))
    table["aggregate"] = table["place"].isin(inputs.aggregates).to_numpy()
    ties = nx.Graph((a, b) for a, b, flow in graph.edges(data="weight") if a != b and flow > 0)
    partners = [ties.degree(place) if place in ties else 0 for place in table["place"]]
    table.insert(table.columns.get_loc("degree") + 1, "partners", partners)
    ranked = table["strength"].where(~table["aggregate"]).rank(ascending=False, method="min")
    table["rank"] = ranked.astype("Int64")
    table["status"] = weakest_status(data["status"] for *_, data in graph.edges(data=True))
    return table.sort_values(["strength", "place"], ascending=[False, True], ignore_index=True)


def _measured(one: YearOfFlows, network: str, inputs: Inputs, progress: Progress | None) -> pd.DataFrame:
    """Sum all flows of every place; measure paths and walks between places alone, which aggregates have no part in."""
    table = sized_centrality(one.graph, network, progress)
    if not inputs.aggregates.isdisjoint(table["place"]):
        inner = one.between_places(inputs.aggregates).graph
        # a place alone is neither between others nor far from them
        among = sized_centrality(inner, network, progress) if len(inner) > 1 else pd.DataFrame({"place": []})
        further = [one for one in dict.fromkeys([*MEASURES, *among]) if one not in (*_SUMS, "place")]
        table[further] = among.set_index("place").reindex(index=table["place"], columns=further).to_numpy(dtype=float)
    return table


def balances_of(network: Network, flows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Balance the flows of a network between the groups that the study names, else between the places it scores."""
    study, places = inputs.study, inputs.places
    ends = sorted(flow_ends(flows))
    own = flows["value"].where(flows["source"] == flows["target"], 0.0)
    # grouped places hold some flows within groups and lack others
    counted = network.group_into is None
    groups = network.balance or (study.index.units if study.index else [])
    if not groups and counted and own.any():
        groups = [end for end in ends if end not in inputs.aggregates]
    # groups that share places are balanced one by one, so that a flow counts once in each
    shared = nested_pairs(groups, places) or overlapping_pairs(groups, places)
    parts = [
        container(ends, places, together, include_self=True)
        for together in ([[g] for g in groups] if shared else [groups])
    ]
    # without groups of its own making a study has nothing to balance
    parts = [inside for inside in parts if network.balance or inside.notna().any()]
    tables = [
        balances(flows, inside, directed=network.directed, self_flows=counted).assign(
            within_places=lambda table, inside=inside: table["group"].map(_within(flows, own, inside)).fillna(0.0)
        )
        for inside in parts
    ]
    if not tables:
        none = balances(flows.iloc[:0], container([], places, []), directed=network.directed)
        tables = [none.assign(within_places=pd.Series(dtype=float))]
    table = pd.concat(tables, ignore_index=True)
    within = table.pop("within_places")
    table.insert(2, "within_places", within if counted else 0.0)
    table.insert(1, "name_en", table["group"].map(inputs.names["name_en"]))
    units = flows["unit"].dropna().unique() if "unit" in flows else []
    at = table.columns.get_loc("localization_share") + 1
    between = table["inside"] - table["within_places"]
    table.insert(at, "between_share", between / (between + table["outside"]).where(lambda sent: sent > 0))
    at += 1
    table.insert(at, "unit", units[0] if len(units) == 1 else None)
    table.insert(at + 1, "status", weakest_status(flows["status"]))
    return table


def _within(flows: pd.DataFrame, own: pd.Series, inside: pd.Series) -> pd.Series:
    """Return what the places of each group send to themselves."""
    return own.groupby(flows["source"].map(inside)).sum()
