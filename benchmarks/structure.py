"""Compare cores and small worlds with cpnet and networkx on the same networks in the same run.

python benchmarks/structure.py --size 100 --kind small-world
"""

import argparse
import time
import warnings

import networkx as nx
import numpy as np
from timing import timed

from innoscape.network import communities, core_periphery, small_world


def network(kind: str, size: int) -> nx.Graph:
    if kind == "small-world":
        return nx.watts_strogatz_graph(size, 6, 0.1, seed=1)
    if kind == "ring":
        return nx.watts_strogatz_graph(size, 6, 0, seed=1)
    return nx.barabasi_albert_graph(size, 3, seed=1)


def fit(graph: nx.Graph, core: set) -> float:
    """Correlate ties with the pattern of a core, independently of both programs."""
    ties = nx.to_numpy_array(graph, weight=None)
    pairs = ~np.eye(len(ties), dtype=bool)
    inside = np.array([node in core for node in graph])
    return float(np.corrcoef(ties[pairs], (inside[:, None] | inside)[pairs])[0, 1])


def cores(graph: nx.Graph, repeats: int) -> None:
    ours, found = timed(lambda: core_periphery(graph, test=False, weight=None), repeats)
    core = set(found.table.loc[found.table["core"], "place"])
    print(f"core, innoscape      {ours * 1e3:9.1f} ms   {len(core)} places, correlation {fit(graph, core):.4f}")
    print(f"                     {'proved the best' if found.exact else 'not proved the best'}")
    try:
        import cpnet
    except ImportError:
        print("core, cpnet          not installed, skipped")
        return

    def theirs() -> dict:
        search = cpnet.BE()
        search.detect(graph)
        return search.get_coreness()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        taken, coreness = timed(theirs, repeats)
    core = {node for node, value in coreness.items() if value > 0}
    print(f"core, cpnet          {taken * 1e3:9.1f} ms   {len(core)} places, correlation {fit(graph, core):.4f}")
    print(f"ratio                {taken / ours:9.1f}")


def worlds(graph: nx.Graph, repeats: int, nulls: int) -> None:
    ours, found = timed(lambda: small_world(graph, runs=nulls), repeats)
    print(f"omega, innoscape     {ours * 1e3:9.1f} ms   {found.omega:.3f} ({nulls} null networks)")
    start = time.perf_counter()
    omega = nx.omega(graph, niter=1, nrand=nulls, seed=1)
    taken = time.perf_counter() - start
    print(
        f"omega, networkx      {taken * 1e3:9.1f} ms   {omega:.3f} ({nulls} null networks, 1 swap a tie instead of 10)"
    )
    print(f"ratio                {taken / ours:9.1f}")


def partitions(graph: nx.Graph, repeats: int) -> None:
    ours, found = timed(lambda: communities(graph, runs=1), repeats)
    taken, theirs = timed(lambda: nx.community.louvain_communities(graph, seed=1), repeats)
    print(f"communities, innoscape {ours * 1e3:7.1f} ms   modularity {found.modularity:.4f}")
    print(f"communities, networkx  {taken * 1e3:7.1f} ms   modularity {nx.community.modularity(graph, theirs):.4f}")
    print(f"ratio                {taken / ours:9.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=60)
    options.add_argument("--kind", choices=["small-world", "ring", "scale-free"], default="small-world")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--nulls", type=int, default=2)
    given = options.parse_args()
    graph = network(given.kind, given.size)
    if not nx.is_connected(graph):
        raise SystemExit("networkx measures connected networks only; choose another size")
    print(f"{given.kind}, {given.size} places, {graph.number_of_edges()} ties")
    cores(graph, given.repeats)
    worlds(graph, given.repeats, given.nulls)
    partitions(graph, given.repeats)


if __name__ == "__main__":
    main()
