"""Describe the structure of a study's larger networks: communities, hubs, core, blocks, and the tiers they suggest."""

from collections.abc import Hashable

import networkx as nx
import pandas as pd

from ...data import OptionError
from ...data.errors import warn
from ...geo import flow_tiers, tier_agreement, tier_dtype
from ...network import brokerage, core_periphery, dominant_flows, mixing, weakest_status
from ..plan.inputs import Tables
from ..plan.schema import Network
from .build_chain import Chain
from .networks import YearOfFlows
from .sized_measures import Progress, roles_of, sized_communities, sized_summary

__all__ = ["describe_structure"]

# below this size a network has no structure to speak of
_SMALLEST = 8


def describe_structure(chain: Chain, *, progress: Progress | None = None) -> Tables:
    """Describe every network of at least eight places; what stands for several places takes no part.

    Returns
    -------
    dict
        ``structure`` (one row a network), ``communities``, ``dominant_flows``, ``roles`` (core, block and role of each
        place), ``flow_tiers`` and ``tier_agreements`` (tiers from flows beside the tier of each center), and
        ``brokerage`` (roles of places between scopes) where scopes hold several places.
    """
    inputs, networks = chain.inputs, chain.networks
    tables: dict[str, list[pd.DataFrame]] = {}
    for network in inputs.study.networks:
        one = networks.shown(network.name).between_places(inputs.aggregates)
        if one.graph.number_of_nodes() >= _SMALLEST and one.graph.number_of_edges():
            for name, table in _describe(one, network, chain, progress).items():
                table.insert(0, "kind", network.name)
                table["status"] = weakest_status(one.flows["status"])
                tables.setdefault(name, []).append(table)
    found = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    english = inputs.names["name_en"]
    for table in found.values():
        if "place" in table:
            table.insert(2, "name_en", table["place"].map(english))
    return found


def _describe(one: YearOfFlows, network: Network, chain: Chain, progress: Progress | None) -> Tables:
    inputs, layers, options = chain.inputs, chain.layers, network.structure
    flows, graph = one.flows, one.graph
    seed = inputs.study.diffusion.seed if inputs.study.diffusion else 0
    centers = layers.centers.set_index("place")
    scopes: dict[Hashable, Hashable] = centers["scope"].dropna().to_dict()
    parts = sized_communities(graph, network.name, scopes, seed, progress)
    core = _core_of(graph, network, seed, progress)
    blocks = roles_of(graph, network.name, options.cutoff, options.margin)
    hubs = dominant_flows(flows, directed=graph.is_directed())
    summary, errors = sized_summary(graph, network.name, progress)
    summary["modularity"] = parts.modularity
    between: Tables = {}
    if any(place in graph and scope != place for place, scope in scopes.items()):
        summary["within_scopes"], summary["adjusted_rand_with_scopes"] = parts.within_share, parts.adjusted_rand
        groups = {place: scopes.get(place, place) for place in graph}
        mixed = mixing(graph, groups)
        summary["ei_scopes"], summary["expected_ei_scopes"] = mixed.ei_index, mixed.expected_ei
        joined = brokerage(graph, groups)
        between["brokerage"] = joined.table.assign(expected=joined.expected["total"], z=joined.z["total"])
    strength = pd.Series(dict(graph.degree(weight="weight")), dtype=float)
    order = inputs.study.tiers.order
    suggested = {
        "strength": flow_tiers(strength, labels=order),
        "dominant_flows": flow_tiers(strength, dominant=hubs, labels=order),
        "core": flow_tiers(strength, core=core, labels=order) if core["core"].any() else None,
    }
    known = _independent_tiers(network, chain).reindex(strength.index).dropna()
    tiers = pd.DataFrame({"place": strength.index, "tier": centers["tier"].reindex(strength.index).to_numpy()})
    agreements = []
    for name, tier in suggested.items():
        if tier is None:
            continue
        tiers[f"tier_by_{name}"] = tier.reindex(strength.index).to_numpy()
        if known.empty:
            continue
        agreed = tier_agreement(tier[known.index], known)
        agreements.append((name, agreed.kappa, agreed.standard_error, agreed.exact_agreement, agreed.within_one_tier))
    measures = summary.rename_axis("measure").rename("value").reset_index()
    if len(errors):
        measures["standard_error"] = measures["measure"].map(errors)
    return {
        "structure": measures,
        "communities": parts.table,
        "dominant_flows": hubs,
        "roles": blocks[["place", "block", "role"]]
        .merge(core, on="place")
        .merge(blocks[["place", "cutoff", "margin"]]),
        "flow_tiers": tiers,
        "tier_agreements": pd.DataFrame(
            agreements, columns=["by", "kappa", "standard_error", "exact_agreement", "within_one_tier"]
        ),
        **between,
    }


def _core_of(graph: nx.Graph, network: Network, seed: int, progress: Progress | None) -> pd.DataFrame:
    """Return the core and the coreness of places; where no core stands out nobody is in it, with a warning."""
    try:
        return core_periphery(graph, seed=seed, test=False, progress=progress).table
    except OptionError as error:
        warn("warnings.no_core", network=network.name, reason=error.said, stacklevel=3)
        strength = dict(graph.degree(weight="weight"))
        without = {"core": False, "coreness": float("nan")}
        return pd.DataFrame({"place": list(strength), **without, "strength": list(strength.values())})


def _independent_tiers(network: Network, chain: Chain) -> pd.Series:
    """Return the tiers of centers that flows can be compared with: neither assumed nor found from flows.

    Flows that are estimated from the tiers themselves say nothing new of them.
    """
    tiers = chain.layers.tiers
    if network.estimate is not None and not network.estimate.from_margins:
        return tiers["tier"].iloc[:0]
    compared = tiers[~tiers["tier_source"].isin(["flows", "assumed"]) & tiers.index.isin(chain.layers.centers["place"])]
    return compared["tier"].astype(tier_dtype(chain.inputs.study.tiers.order))
