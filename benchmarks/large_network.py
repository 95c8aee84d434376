"""Run every measure of a network of 30,000 organizations and 800,000 ties, each in a process of its own with limits.

    python benchmarks/large_network.py
    python benchmarks/large_network.py --places 3000 --ties 80000 --undirected
    python benchmarks/large_network.py --only betweenness summary --seconds 100 --memory 4

A line says how long a measure took and how far memory rose above that of the network, or that it was refused and with
which words, or that it broke a limit. Degrees are heavy-tailed, weights log-normal; the network is drawn, not observed.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from innoscape.data import OptionError
from innoscape.network import (
    ALL_MEASURES,
    MEASURES,
    backbone,
    block_roles,
    centrality,
    communities,
    compare_weight_meanings,
    core_periphery,
    dominant_flows,
    multilayer,
    network_summary,
    rich_club,
    small_world,
    structural_holes,
    to_flows,
    to_graph,
    to_matrix,
    to_sparse,
    turnover,
)

# sources of the sampled measures
SAMPLE = 500


def organizations(places: int, ties: int, seed: int, *, directed: bool) -> pd.DataFrame:
    """Draw a flow table whose places are picked with chances that fall as a power of their rank."""
    rng = np.random.default_rng(seed)
    chance = np.arange(1, places + 1) ** -0.6
    chance /= chance.sum()
    pairs = np.zeros((0, 2), dtype=np.int64)
    while len(pairs) < ties:
        drawn = rng.choice(places, size=(2 * ties, 2), p=chance)
        drawn = drawn[drawn[:, 0] != drawn[:, 1]]
        if not directed:
            drawn.sort(axis=1)
        pairs = np.unique(np.concatenate([pairs, drawn]), axis=0)
    pairs = pairs[np.sort(rng.choice(len(pairs), size=ties, replace=False))]
    names = np.array([f"o{i:05d}" for i in range(places)], dtype=object)
    value = np.ceil(np.exp(rng.normal(0.0, 1.5, size=ties)))
    return pd.DataFrame({"source": names[pairs[:, 0]], "target": names[pairs[:, 1]], "value": value})


def _one(measure: str) -> Callable[[nx.Graph, pd.DataFrame], Any]:
    return lambda graph, _: centrality(graph, measures=(measure,), weight_meaning="strength")


def _sampled(*measures: str) -> Callable[[nx.Graph, pd.DataFrame], Any]:
    return lambda graph, _: centrality(graph, measures=measures, weight_meaning="strength", sample=SAMPLE)


def _other(graph: nx.Graph) -> nx.Graph:
    """Return the network a while later: one tie in ten gone."""
    later = graph.copy()
    later.remove_edges_from([edge for i, edge in enumerate(graph.edges) if i % 10 == 0])
    return later


WORK: dict[str, Callable[[nx.Graph, pd.DataFrame], Any]] = {
    "to_graph": lambda graph, flows: to_graph(flows, directed=graph.is_directed()),
    "to_flows": lambda graph, _: to_flows(graph),
    "to_sparse": lambda _, flows: to_sparse(flows),
    "to_matrix": lambda graph, flows: to_matrix(flows, sorted(graph)),
    "centrality": lambda graph, _: centrality(graph),
    **{name: _one(name) for name in ALL_MEASURES},
    "centrality, sampled": _sampled(*MEASURES),
    "betweenness, sampled": _sampled("betweenness"),
    "closeness, sampled": _sampled("closeness"),
    "compare_weight_meanings": lambda graph, _: compare_weight_meanings(graph),
    "structural_holes": lambda graph, _: structural_holes(graph),
    "network_summary": lambda graph, _: network_summary(graph),
    "network_summary, sampled": lambda graph, _: network_summary(graph, sample=SAMPLE),
    "small_world": lambda graph, _: small_world(graph),
    "rich_club": lambda graph, _: rich_club(graph),
    "rich_club, observed": lambda graph, _: rich_club(graph, normalized=False),
    "core_periphery": lambda graph, _: core_periphery(graph),
    "core_periphery, untested": lambda graph, _: core_periphery(graph, test=False),
    "core_periphery, continuous": lambda graph, _: core_periphery(graph, method="continuous"),
    "communities": lambda graph, _: communities(graph),
    "block_roles": lambda graph, _: block_roles(graph),
    "backbone": lambda graph, _: backbone(graph),
    "backbone, noise_corrected": lambda graph, _: backbone(graph, method="noise_corrected"),
    "backbone, binomial": lambda graph, _: backbone(graph, method="binomial"),
    "backbone, tree": lambda graph, _: backbone(graph, method="maximum_spanning_tree"),
    "dominant_flows": lambda graph, flows: dominant_flows(flows, directed=graph.is_directed()),
    "turnover": lambda graph, _: turnover(graph, _other(graph)),
    "multilayer": lambda graph, _: multilayer({"before": graph, "after": _other(graph)}),
}


def _peak() -> float:
    """Return the most memory held so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(name: str, options: argparse.Namespace) -> None:
    """Run one measure here and print one line on it."""
    flows = organizations(options.places, options.ties, options.seed, directed=not options.undirected)
    graph = to_graph(flows, directed=not options.undirected)
    held = int(options.memory * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (held, held))
    before, start = _peak(), time.perf_counter()
    try:
        WORK[name](graph, flows)
        verdict = "done"
    except OptionError as error:
        verdict = f"refused: {error}"
    except MemoryError:
        verdict = f"BROKE the limit of {options.memory:g} GB"
    print(f"{name:<28}{time.perf_counter() - start:9.1f} s {_peak() - before:6.2f} GB  {verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=30_000)
    parser.add_argument("--ties", type=int, default=800_000)
    parser.add_argument("--undirected", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=300, help="limit of each measure")
    parser.add_argument("--memory", type=float, default=6, help="limit of each measure in GB")
    parser.add_argument("--only", nargs="+", choices=list(WORK), help="default: all")
    parser.add_argument("--here", choices=list(WORK), help="run this one in this process")
    options = parser.parse_args()
    if options.here:
        measure(options.here, options)
        return
    way = "undirected" if options.undirected else "directed"
    print(f"{options.places} places, {options.ties} ties, {way}", flush=True)
    for name in options.only or WORK:
        again = [sys.executable, __file__, *sys.argv[1:], "--here", name]
        try:
            ended = subprocess.run(again, timeout=options.seconds, capture_output=True, text=True, check=False)  # noqa: S603 - this file
        except subprocess.TimeoutExpired:
            print(f"{name:<28} BROKE the limit of {options.seconds:g} s", flush=True)
            continue
        print(ended.stdout if not ended.returncode else f"{name:<28} DIED: {ended.stderr[-300:]}\n", end="", flush=True)


if __name__ == "__main__":
    main()
