"""Measure a network of 30,000 organizations and 800,000 ties, drawn with heavy-tailed degrees and log-normal weights.

No peer: what is looked at is whether time and memory stay within bounds, and how they grow. Not run unless named.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from harness import Case, workload

# sources of the sampled measures
SAMPLE = 500
TIES_A_PLACE = 27


@cache
def organizations(places: int) -> pd.DataFrame:
    """Draw a flow table whose places are picked with chances that fall as a power of their rank."""
    rng, ties = np.random.default_rng(1), min(places * TIES_A_PLACE, places * (places - 1) // 2)
    chance = np.arange(1, places + 1) ** -0.6
    chance /= chance.sum()
    pairs = np.zeros((0, 2), dtype=np.int64)
    while len(pairs) < ties:
        drawn = rng.choice(places, size=(2 * ties, 2), p=chance)
        pairs = np.unique(np.concatenate([pairs, drawn[drawn[:, 0] != drawn[:, 1]]]), axis=0)
    pairs = pairs[np.sort(rng.choice(len(pairs), size=ties, replace=False))]
    names = np.array([f"o{i:05d}" for i in range(places)], dtype=object)
    value = np.ceil(np.exp(rng.normal(0.0, 1.5, size=ties)))
    return pd.DataFrame({"source": names[pairs[:, 0]], "target": names[pairs[:, 1]], "value": value})


def _later(graph: nx.Graph) -> nx.Graph:
    """Return the network a while later: one tie in ten gone."""
    later = graph.copy()
    later.remove_edges_from([edge for i, edge in enumerate(graph.edges) if i % 10 == 0])
    return later


KINDS = (
    "to_graph", "to_flows", "to_sparse", "centrality", "centrality, sampled", "compare_weight_meanings",
    "structural_holes", "network_summary", "network_summary, sampled", "core_periphery", "core_periphery, untested",
    "communities", "block_roles", "backbone", "backbone, noise_corrected", "backbone, maximum_spanning_tree",
    "dominant_flows", "turnover", "multilayer",
)  # fmt: skip


def job(kind: str, graph: nx.Graph, flows: pd.DataFrame) -> Callable[[], Any]:
    from innoscape import network

    name, _, how = kind.partition(", ")
    measured = getattr(network, name)
    of_flows = {
        "to_graph": lambda: measured(flows, directed=True),
        "to_sparse": lambda: measured(flows),
        "dominant_flows": lambda: measured(flows, directed=True),
        "turnover": lambda: measured(graph, _later(graph)),
        "multilayer": lambda: measured({"before": graph, "after": _later(graph)}),
    }
    sample = min(SAMPLE, len(graph))
    options = {"sampled": {"sample": sample}, "untested": {"test": False}, "": {}}.get(how, {"method": how})
    return of_flows.get(name, lambda: measured(graph, **options))


@workload(
    "one measure of a network of organizations",
    topic="Large networks",
    unit="organizations",
    largest=30_000,
    tiny=40,
    kinds=KINDS,
    limit=300.0,
    memory=True,
    by_default=False,
)
def large_network(size: int, kind: str) -> Case:
    from innoscape.network import to_graph

    flows = organizations(size)
    return Case(
        job(kind, to_graph(flows, directed=True), flows), lambda *_: None, f"{size:,} places, {len(flows):,} ties"
    )
