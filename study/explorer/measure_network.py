"""Measure a network of a study when its weak ties are left out: centrality, communities, core and roles of places."""

from typing import Any

import networkx as nx
import pandas as pd

from ...data import OptionError
from ...data.json_value import json_value
from ...data.options import check_choice
from ...data.wording.catalogue import text
from ...network import MEASURES, core_periphery
from ..plan.schema import Network
from ..stages.build_chain import Chain
from ..stages.sized_measures import roles_of, sized_centrality, sized_communities
from .request import MeasureOrder, NetworkOrder

__all__ = ["describe_networks", "list_ties", "measure_network"]

# ties that are sent to the page, the strongest
_MOST_TIES = 3000
# below this size a network has no structure to speak of
_SMALLEST = 4


def describe_networks(chain: Chain) -> dict[str, Any]:
    """Return the size and direction of each network, and the measures by name."""
    found = []
    for network in chain.inputs.study.networks:
        graph = _graph(chain, network)
        found.append(
            {
                "name": network.name,
                "directed": network.directed,
                "places": graph.number_of_nodes(),
                "ties": graph.number_of_edges(),
                "estimated": network.estimate is not None,
            }
        )
    return {
        "networks": found,
        "measures": [{"key": name, "name": text(f"methods.network.{name}.name").to_dict()} for name in MEASURES],
    }


def list_ties(chain: Chain, order: NetworkOrder) -> dict[str, Any]:
    """Return the ties of a network, the strongest first: source, target and value of each."""
    graph = _graph(chain, _network(chain, order.network))
    ties = _ranked(graph)
    total = float(sum(value for _, _, value in ties))
    return {
        "ties": [[source, target, value] for source, target, value in ties[:_MOST_TIES]],
        "count": len(ties),
        "total": total,
        "places": sorted(map(str, graph)),
    }


def measure_network(chain: Chain, order: MeasureOrder) -> dict[str, Any]:
    """Measure what is left of a network when its weakest ties are gone.

    Of ``n`` ties, the ``keep * n`` strongest stay, with those that are as strong as the last of them.

    Raises
    ------
    OptionError
        If the study has no such network.
    """
    network = _network(chain, order.network)
    graph, least, kept = _thinned(_graph(chain, network), order.keep)
    total = sum(value for *_, value in _ranked(_graph(chain, network)))
    held = sum(value for *_, value in kept)
    table = pd.DataFrame({"place": sorted(graph)})
    summary: dict[str, float] = {
        "ties": len(kept),
        "share": held / total if total else 0.0,
        "least": least,
        "density": nx.density(graph),
    }
    if kept:
        table = table.merge(sized_centrality(graph, network.name), on="place", how="left")
        seed = chain.inputs.study.diffusion.seed if chain.inputs.study.diffusion else 0
        if len(graph) >= _SMALLEST:
            parts = sized_communities(graph, network.name, {}, seed)
            table = table.merge(parts.table[["place", "community"]], on="place", how="left")
            summary["modularity"] = parts.modularity
            table = table.merge(_roles(graph, network), on="place", how="left")
            table = table.merge(_core(graph, seed), on="place", how="left")
    return {"rows": [json_value(row) for row in table.to_dict("records")], "summary": json_value(summary)}


def _network(chain: Chain, name: str) -> Network:
    networks = {one.name: one for one in chain.inputs.study.networks}
    check_choice("network", name, networks)
    return networks[name]


def _graph(chain: Chain, network: Network) -> nx.Graph:
    """Return a network without what stands for several places, and without flows from a place to itself."""
    graph = chain.networks.shown(network.name).between_places(chain.inputs.aggregates).graph.copy()
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def _ranked(graph: nx.Graph) -> list[tuple[str, str, float]]:
    ties = ((str(source), str(target), float(weight)) for source, target, weight in graph.edges(data="weight"))
    return sorted((tie for tie in ties if tie[2] > 0), key=lambda tie: (-tie[2], tie[0], tie[1]))


def _thinned(graph: nx.Graph, keep: float) -> tuple[nx.Graph, float, list[tuple[str, str, float]]]:
    ties = _ranked(graph)
    if not ties:
        return graph, 0.0, []
    least = ties[max(1, round(keep * len(ties))) - 1][2]
    kept = [tie for tie in ties if tie[2] >= least]
    thinned = graph.__class__()
    thinned.add_nodes_from(sorted(graph))
    thinned.add_weighted_edges_from(kept)
    return thinned, least, kept


def _roles(graph: nx.Graph, network: Network) -> pd.DataFrame:
    options = network.structure
    return roles_of(graph, network.name, options.cutoff, options.margin)[["place", "block", "role"]]


def _core(graph: nx.Graph, seed: int) -> pd.DataFrame:
    """Return the core; nobody is in it where none stands out."""
    try:
        return core_periphery(graph, seed=seed, test=False).table[["place", "core"]]
    except OptionError:
        return pd.DataFrame({"place": sorted(graph), "core": False})
