"""Measure networks beside igraph, networkit, networkx and cpnet.

Every program starts from its own graph, already built, and keeps nothing from one run to the next. In ``read_network``
every one builds it from networkx, in ``all_measures`` from the table of ties.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Networks"
MEASURES = ("strength", "betweenness", "closeness", "eigenvector", "pagerank", "constraint", "k_core")
#: What every program has.
COMMON = ("strength", "betweenness", "closeness", "eigenvector", "pagerank")


@cache
def ties_of(size: int, kind: str) -> pd.DataFrame:
    """Draw directed ties with log-normal strengths: every pair, or about twenty a place."""
    graph = nx.complete_graph(size, nx.DiGraph) if kind == "dense" else _sparse(size)
    table = pd.DataFrame(list(graph.edges), columns=["source", "target"])
    return table.assign(value=np.exp(np.random.default_rng(1).normal(0.0, 1.5, len(table))))


def _sparse(size: int) -> nx.DiGraph:
    return nx.DiGraph(nx.barabasi_albert_graph(size, 5, seed=1))


def _networkx(ties: pd.DataFrame) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(int(ties[["source", "target"]].to_numpy().max()) + 1))
    graph.add_weighted_edges_from(ties.itertuples(index=False))
    nx.set_edge_attributes(graph, {(a, b): 1.0 / w for a, b, w in graph.edges(data="weight")}, "length")
    return graph


def _igraph(ties: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    import igraph

    graph = igraph.Graph(edges=ties[["source", "target"]].to_numpy(), directed=True)
    weight, n = ties["value"].tolist(), graph.vcount()
    length = (1.0 / ties["value"]).tolist()
    graph.es["weight"] = weight
    return {
        "strength": lambda: graph.strength(mode="all", weights=weight),
        "betweenness": lambda: np.array(graph.betweenness(weights=length)) / ((n - 1) * (n - 2)),
        "closeness": lambda: graph.closeness(mode="in", weights=length),
        "eigenvector": lambda: _scaled(graph.eigenvector_centrality(weights=weight)),
        "pagerank": lambda: graph.pagerank(weights=weight),
        "constraint": lambda: graph.constraint(weights="weight"),
        "k_core": lambda: graph.coreness(mode="all"),
    }


def _networkit(ties: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    import networkit

    a, b = ties["source"].to_numpy(), ties["target"].to_numpy()
    n = int(max(a.max(), b.max())) + 1

    def built(one: np.ndarray, two: np.ndarray, value: np.ndarray) -> Any:
        coo = (value, (one.astype(np.uint64), two.astype(np.uint64)))
        return networkit.GraphFromCoo(coo, n=n, weighted=True, directed=True)

    value, tools = ties["value"].to_numpy(), networkit.centrality
    strength, length, back = built(a, b, value), built(a, b, 1 / value), built(b, a, 1 / value)
    standard = tools.ClosenessVariant.STANDARD
    return {
        "strength": lambda: [strength.weightedDegree(i) + strength.weightedDegreeIn(i) for i in range(n)],
        "betweenness": lambda: np.array(tools.Betweenness(length, False).run().scores()) / ((n - 1) * (n - 2)),
        "closeness": lambda: tools.Closeness(back, True, standard).run().scores(),
        "eigenvector": lambda: _scaled(tools.EigenvectorCentrality(strength).run().scores()),
        "pagerank": lambda: tools.PageRank(strength, damp=0.85, tol=1e-12).run().scores(),
    }


def _of_networkx(graph: nx.DiGraph) -> dict[str, Callable[[], Any]]:
    return {
        "strength": lambda: [strength for _, strength in graph.degree(weight="weight")],
        "betweenness": lambda: list(nx.betweenness_centrality(graph, weight="length").values()),
        "closeness": lambda: list(nx.closeness_centrality(graph, distance="length").values()),
        "eigenvector": lambda: list(nx.eigenvector_centrality_numpy(graph, weight="weight").values()),
        "pagerank": lambda: list(nx.pagerank(graph, weight="weight", tol=1e-12).values()),
        "constraint": lambda: list(nx.constraint(graph, weight="weight").values()),
        "k_core": lambda: list(nx.core_number(graph).values()),
    }


def _scaled(values: list[float]) -> np.ndarray:
    return np.asarray(values) / np.linalg.norm(values)


def same_measures(ours: Any, theirs: Any) -> None:
    one, other = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-6 * np.abs(one).max())


def _one_measure(size: int, measure: str, kind: str) -> Case:
    from innoscape.network import centrality, read_ties

    ties = ties_of(size, kind)
    graph = _networkx(ties)
    read = read_ties(graph)

    def ours() -> np.ndarray:
        # anew, as what one call finds is kept for the next
        return centrality(replace(read), measures=(measure,), weight_meaning="strength")[measure].to_numpy()

    case = Case(ours, same_measures, f"{size:,} places, {len(ties):,} ties")
    case.peer("igraph")(lambda: _igraph(ties)[measure])
    if measure not in {"constraint", "k_core"}:
        case.peer("networkit")(lambda: _networkit(ties)[measure])
    case.peer("networkx")(lambda: _of_networkx(graph)[measure])
    return case


@workload(
    "one measure of a sparse network",
    topic=TOPIC,
    unit="places",
    largest=4000,
    tiny=24,
    kinds=MEASURES,
)
def sparse_centrality(size: int, kind: str) -> Case:
    return _one_measure(size, kind, "sparse")


@workload(
    "one measure of a full network",
    topic=TOPIC,
    unit="places",
    largest=300,
    tiny=12,
    kinds=MEASURES,
)
def dense_centrality(size: int, kind: str) -> Case:
    return _one_measure(size, kind, "dense")


@workload(
    "reading a network from networkx",
    topic=TOPIC,
    unit="places",
    largest=8000,
    tiny=24,
    kinds=("sparse",),
)
def read_network(size: int, kind: str) -> Case:
    from innoscape.network import read_ties

    ties = ties_of(size, kind)
    graph = _networkx(ties)
    case = Case(lambda: read_ties(graph).weight.sum(), same_measures, f"{size:,} places, {len(ties):,} ties")

    @case.peer("igraph")
    def _() -> Callable[[], float]:
        import igraph

        return lambda: sum(igraph.Graph.from_networkx(graph).es["weight"])

    @case.peer("networkit")
    def _() -> Callable[[], float]:
        import networkit

        return lambda: networkit.nxadapter.nx2nk(graph, weightAttr="weight").totalEdgeWeight()

    @case.peer("scipy")
    def _() -> Callable[[], float]:
        return lambda: nx.to_scipy_sparse_array(graph, weight="weight").sum()

    return case


@workload(
    "five measures from a table of ties: " + ", ".join(COMMON),
    topic=TOPIC,
    unit="places",
    largest=2400,
    tiny=24,
    kinds=("sparse",),
)
def all_measures(size: int, kind: str) -> Case:
    from innoscape.network import centrality, to_graph

    ties = ties_of(size, kind)

    def ours() -> np.ndarray:
        graph = to_graph(ties, directed=True)
        found = centrality(graph, measures=COMMON, weight_meaning="strength").set_index("place")
        return found.loc[list(range(size)), list(COMMON)].to_numpy()

    def same(one: np.ndarray, other: np.ndarray) -> None:
        for k in range(len(COMMON)):
            same_measures(one[:, k], other[:, k])

    case = Case(ours, same, f"{size:,} places, {len(ties):,} ties")
    for name, of in {"igraph": _igraph, "networkit": _networkit}.items():
        case.peer(name)(lambda of=of: lambda: np.column_stack([of(ties)[measure]() for measure in COMMON]))
    return case


@workload(
    "the core of a network by Borgatti and Everett; ours proves that none is better",
    topic=TOPIC,
    unit="places",
    largest=200,
    tiny=12,
)
def core_periphery(size: int, _: str) -> Case:
    from innoscape.network import core_periphery as split

    graph = nx.barabasi_albert_graph(size, 3, seed=1)

    def fit(core: set[Any]) -> float:
        table = nx.to_numpy_array(graph, weight=None)
        pairs, inside = ~np.eye(len(table), dtype=bool), np.array([node in core for node in graph])
        return float(np.corrcoef(table[pairs], (inside[:, None] | inside)[pairs])[0, 1])

    def ours() -> float:
        found = split(graph, test=False, weight=None).table
        return fit(set(found.loc[found["core"], "place"]))

    case = Case(ours, at_least)

    @case.peer("cpnet", compiles=True)
    def _() -> Callable[[], float]:
        import cpnet

        def run() -> float:
            search = cpnet.BE()
            search.detect(graph)
            return fit({node for node, value in search.get_coreness().items() if value > 0})

        return run

    return case


def at_least(ours: float, theirs: float) -> None:
    """Both search for a largest value: ours must not stand below theirs by more than rounding."""
    if ours < theirs - 0.02:
        raise AssertionError(f"the value found is {ours:.4f}, the peer's {theirs:.4f}")


@workload("communities by modularity, one run", topic=TOPIC, unit="places", largest=8000, tiny=24)
def communities(size: int, _: str) -> Case:
    from innoscape.network import communities as found

    graph = nx.barabasi_albert_graph(size, 3, seed=1)
    case = Case(lambda: found(graph, runs=1).modularity, at_least)

    @case.peer("igraph, Leiden", "igraph")
    def _() -> Callable[[], float]:
        import igraph

        def run() -> float:
            other = igraph.Graph.from_networkx(graph)
            return other.community_leiden(objective_function="modularity", n_iterations=-1).modularity

        return run

    @case.peer("networkx, Louvain", "networkx")
    def _() -> Callable[[], float]:
        tools = nx.community
        return lambda: tools.modularity(graph, tools.louvain_communities(graph, seed=1))

    return case


@workload("small world: omega over 2 null networks", topic=TOPIC, unit="places", largest=64, tiny=16)
def small_world(size: int, _: str) -> Case:
    """networkx swaps every tie once where ours swaps it ten times, so omega differs by what is drawn."""
    from innoscape.network import small_world as measured

    graph = nx.connected_watts_strogatz_graph(size, 6, 0.1, seed=1)
    case = Case(
        lambda: measured(graph, null_networks=2).omega,
        lambda one, other: np.testing.assert_allclose(one, other, atol=0.4),
    )

    @case.peer("networkx")
    def _() -> Callable[[], float]:
        return lambda: nx.omega(graph, niter=1, nrand=2, seed=1)

    return case
