"""Time node measures against networkx, igraph and networkit on the same graph, after checking that they agree.

    python benchmarks/centrality.py --size 300 --kind dense
    python benchmarks/centrality.py --size 5000 --kind sparse --repeats 3

Every program starts from its own graph, already built. Ours starts from networkx and pays for reading it; "measure
alone" is ours on the matrix already read.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import igraph
import networkx as nx
import numpy as np

from innoscape.network import centrality
from innoscape.network.measures.node_measures import FUNCTIONS, Factors
from innoscape.network.measures.ties import read_ties

try:
    import networkit
except ImportError:
    networkit = None

# places above which networkx takes minutes
LIMITS = {"betweenness": 1000, "closeness": 1000, "harmonic": 1000, "clustering_onnela": 150}


def cities(size: int, kind: str, seed: int) -> nx.DiGraph:
    """Draw a directed network with log-normal strengths: every pair, or about eight ties a place."""
    rng = np.random.default_rng(seed)
    if kind == "dense":
        graph = nx.complete_graph(size, create_using=nx.DiGraph)
    else:
        graph = nx.DiGraph(nx.barabasi_albert_graph(size, 4, seed=seed))
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(np.exp(rng.normal(0.0, 1.5)))
    for _, _, data in graph.edges(data=True):
        data["length"] = 1.0 / data["weight"]
    return graph


def median(function: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Return the median time in milliseconds and the last answer."""
    times, answer = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = function()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), answer


def of_networkx(graph: nx.DiGraph) -> dict[str, Callable]:
    return {
        "betweenness": lambda: list(nx.betweenness_centrality(graph, weight="length").values()),
        "closeness": lambda: list(nx.closeness_centrality(graph, distance="length").values()),
        "harmonic": lambda: (
            np.array(list(nx.harmonic_centrality(graph, distance="length").values())) / (len(graph) - 1)
        ),
        "eigenvector": lambda: list(nx.eigenvector_centrality_numpy(graph, weight="weight").values()),
        "pagerank": lambda: list(nx.pagerank(graph, weight="weight", tol=1e-12).values()),
        "hits_authority": lambda: list(nx.hits(graph, tol=1e-12)[1].values()),
        "constraint": lambda: list(nx.constraint(graph, weight="weight").values()),
        "clustering_onnela": lambda: list(nx.clustering(graph, weight="weight").values()),
        "k_core": lambda: list(nx.core_number(graph).values()),
    }


def of_igraph(graph: nx.DiGraph) -> dict[str, Callable]:
    n = len(graph)
    other = igraph.Graph(n=n, edges=list(graph.edges), directed=True)
    weight = [w for _, _, w in graph.edges(data="weight")]
    length = [w for _, _, w in graph.edges(data="length")]
    other.es["weight"] = weight
    return {
        "betweenness": lambda: np.array(other.betweenness(weights=length)) / ((n - 1) * (n - 2)),
        "closeness": lambda: other.closeness(mode="in", weights=length),
        "harmonic": lambda: other.harmonic_centrality(mode="in", weights=length),
        "eigenvector": lambda: scaled(other.eigenvector_centrality(weights=weight), 2),
        "pagerank": lambda: other.pagerank(weights=weight),
        "hits_authority": lambda: scaled(other.authority_score(weights=weight), 1),
        "constraint": lambda: other.constraint(weights="weight"),
        "k_core": lambda: other.coreness(mode="all"),
    }


def of_networkit(graph: nx.DiGraph) -> dict[str, Callable]:
    if networkit is None:
        return {}
    networkit.setNumberOfThreads(2)
    n = len(graph)
    strength, length = (networkit.Graph(n, weighted=True, directed=True) for _ in range(2))
    back = networkit.Graph(n, weighted=True, directed=True)
    for a, b, data in graph.edges(data=True):
        strength.addEdge(a, b, data["weight"])
        length.addEdge(a, b, data["length"])
        back.addEdge(b, a, data["length"])
    tools = networkit.centrality
    return {
        "betweenness": lambda: np.array(tools.Betweenness(length, False).run().scores()) / ((n - 1) * (n - 2)),
        "closeness": lambda: tools.Closeness(back, True, tools.ClosenessVariant.STANDARD).run().scores(),
        "harmonic": lambda: np.array(tools.HarmonicCloseness(back, False).run().scores()) / (n - 1),
        "eigenvector": lambda: scaled(tools.EigenvectorCentrality(strength, tol=1e-10).run().scores(), 2),
        "pagerank": lambda: tools.PageRank(strength, damp=0.85, tol=1e-12).run().scores(),
    }


def scaled(values: list[float], order: int) -> np.ndarray:
    vector = np.asarray(values)
    return vector / np.linalg.norm(vector, order)


def compare(graph: nx.DiGraph, measure: str, peers: dict[str, dict[str, Callable]], repeats: int) -> None:
    """Print our medians, then each peer's, how many times ours it takes, and the largest disagreement."""

    def whole() -> np.ndarray:
        return centrality(graph, measures=(measure,), weight_meaning="strength")[measure].to_numpy()

    ties, factors = read_ties(graph), Factors(damping=0.85, attenuation=0.85, tuning=1.0)
    # a fresh copy forgets what the last run has kept
    alone, _ = median(lambda: FUNCTIONS[measure](replace(ties), factors), repeats)
    ours, values = median(whole, repeats)
    print(f"{measure:<18} ours {ours:9.1f} ms   measure alone {alone:9.1f} ms")
    for name, measures in peers.items():
        if measure not in measures or (name == "networkx" and len(graph) > LIMITS.get(measure, np.inf)):
            continue
        theirs, other = median(measures[measure], 1 if name == "networkx" else repeats)
        gap = np.abs(np.asarray(other, dtype=float) - values).max() / np.abs(values).max()
        verdict = "agrees" if gap < 1e-6 else f"DIFFERS by {gap:.1e} of the largest value"
        print(
            f"    {name:<12} {theirs:11.1f} ms   {theirs / ours:7.1f} x ours, {theirs / alone:7.1f} x alone   {verdict}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--kind", choices=("dense", "sparse"), default="dense")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measures", nargs="+", help="default: all")
    options = parser.parse_args()
    graph = cities(options.size, options.kind, options.seed)
    print(f"{options.kind} network, {len(graph)} places, {graph.number_of_edges()} edges, medians of {options.repeats}")
    if networkit is None:
        print("networkit is not installed and is left out")
    reading, _ = median(lambda: centrality(graph, measures=("degree",), weight_meaning="strength"), options.repeats)
    print(f"reading the networkx graph: {reading:.1f} ms")
    peers = {"networkx": of_networkx(graph), "igraph": of_igraph(graph), "networkit": of_networkit(graph)}
    for measure in options.measures or of_networkx(graph):
        compare(graph, measure, peers, options.repeats)


if __name__ == "__main__":
    main()
