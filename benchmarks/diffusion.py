"""Compare the speed of cascades and adoption with other programs, on the same graph in the same run.

Run: ``python benchmarks/diffusion.py [--rows dense,si,edges,large] [--runs 500]``. Agreement is checked first: mean
reach must agree within four standard errors. Peers that are not installed are skipped. Times are medians of a run in
microseconds, our own on two threads.
"""

import argparse
import statistics
import time
from importlib.util import find_spec

import networkx as nx
import numpy as np
import pandas as pd

from innoscape.network import Channel, cascade, edge_rates, rates, simulate


def random_edges(n, m, seed):
    """Return a directed random graph without loops as an edge table."""
    rng = np.random.default_rng(seed)
    flat = np.unique(rng.integers(0, n * n, size=int(m * 1.05)))
    rng.shuffle(flat)
    source, target = flat // n, flat % n
    keep = source != target
    return pd.DataFrame({"source": source[keep][:m], "target": target[keep][:m]})


def timed(run, repeats=3):
    """Return the median time of a call and its last result."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


def show(name, rows, runs):
    """Print times a run and ratios; ours first."""
    print(f"\n{name}")
    ours, mean, error = rows[0][1] / runs[0], rows[0][2], rows[0][3]
    for (peer, seconds, peer_mean, peer_error), count in zip(rows, runs, strict=True):
        per_run = seconds / count
        agrees = abs(peer_mean - mean) <= 4 * np.hypot(error, peer_error) + 1e-9
        print(
            f"  {peer:22} {per_run * 1e6:12.1f} us   {per_run / ours:8.1f}x   reach {peer_mean:10.1f}"
            f"   {'agrees' if agrees else 'DISAGREES'}"
        )


def spread_of(sizes):
    """Return mean and standard error; of few runs the error is a guess as large as the mean."""
    sizes = np.asarray(sizes, dtype=float)
    return sizes.mean(), sizes.std(ddof=1) / np.sqrt(sizes.size) if sizes.size > 4 else sizes.mean()


def digraph(edges, weights=None):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(int(edges[["source", "target"]].to_numpy().max()) + 1))
    values = np.ones(len(edges)) if weights is None else weights
    graph.add_weighted_edges_from(zip(edges["source"], edges["target"], values, strict=True))
    return graph


def cynetdiff_ic(edges, probability, seeds, runs):
    from cynetdiff.utils import networkx_to_ic_model

    graph = digraph(edges)
    nx.set_edge_attributes(graph, dict(zip(graph.edges, probability, strict=True)), "activation_prob")
    model, _ = networkx_to_ic_model(graph, rng=1)
    model.set_seeds(seeds)
    sizes = []
    begin = time.perf_counter()
    for _ in range(runs):
        model.reset_model()
        model.advance_until_completion()
        sizes.append(model.get_num_activated_nodes())
    return ("cynetdiff", time.perf_counter() - begin, *spread_of(sizes)), runs


def pynetim_ic(edges, probability, seeds, runs):
    from pynetim import IMGraph, IndependentCascadeModel

    pairs = list(zip(edges["source"].tolist(), edges["target"].tolist(), strict=True))
    graph = IMGraph(pairs, weights=[float(p) for p in probability], renumber=False)
    model = IndependentCascadeModel(graph, set(seeds))
    begin = time.perf_counter()
    mean = model.run_monte_carlo_diffusion(runs, random_seed=1, use_multithread=True, num_threads=2)
    # it tells no spread: cascades vary about as much as their mean
    return ("pynetim (2 threads)", time.perf_counter() - begin, float(mean), float(mean) / runs**0.5), runs


def eon_si(edges, values, seeds, horizon, runs):
    from EoN import fast_SIR

    graph = digraph(edges, values)
    sizes = []
    begin = time.perf_counter()
    for _ in range(runs):
        _, _, infected, _ = fast_SIR(
            graph, 1.0, 0.0, initial_infecteds=seeds, tmax=horizon, transmission_weight="weight"
        )
        sizes.append(infected[-1])
    return ("EoN fast_SIR, no recovery", time.perf_counter() - begin, *spread_of(sizes)), runs


def ndlib_ic(edges, probability, seeds, runs):
    import ndlib.models.epidemics as models
    from ndlib.models.ModelConfig import Configuration

    graph = digraph(edges)
    settings = Configuration()
    settings.add_model_initial_configuration("Infected", list(seeds))
    for edge, p in zip(graph.edges, probability, strict=True):
        settings.add_edge_configuration("threshold", edge, p)
    sizes = []
    begin = time.perf_counter()
    for _ in range(runs):
        model = models.IndependentCascadesModel(graph)
        model.set_initial_status(settings)
        trail = model.iteration_bunch(60, node_status=False)
        sizes.append(graph.number_of_nodes() - trail[-1]["node_count"][0])
    return ("NDlib", time.perf_counter() - begin, *spread_of(sizes)), runs


def against(ours, peers):
    rows, counts = [ours[0]], [ours[1]]
    for module, call in peers:
        if find_spec(module) is None:
            print(f"  ({module} is not installed: skipped)")
            continue
        try:
            row, count = call()
        except Exception as error:  # noqa: BLE001 - a peer's failure is a line, not an end
            print(f"  ({module} failed: {type(error).__name__}: {error})")
            continue
        rows.append(row)
        counts.append(count)
    return rows, counts


def independent(name, n, m, probability, seeds, runs, few):
    edges = random_edges(n, m, 1)
    rng = np.random.default_rng(2)
    p = rng.uniform(0, probability, len(edges)) if n <= 300 else np.full(len(edges), probability)
    model = edge_rates(edges.assign(value=p))
    if n <= 300:
        names = list(range(n))
        tier = pd.Categorical(["local"] * n, categories=["local"], ordered=True)
        flows = edges.assign(value=p)
        model = rates(
            pd.DataFrame({"place": names, "tier": tier}), [Channel("tie", rate=1.0, decay="none")], flows=flows
        )
    cascade(model, seeds, runs=300, keep=False)
    seconds, outcome = timed(lambda: cascade(model, seeds, runs=runs, keep=False))
    ours = (("innoscape", seconds, *spread_of(outcome.sizes)), runs)
    rows = against(
        ours,
        [
            ("pynetim", lambda: pynetim_ic(edges, p, seeds, runs)),
            ("cynetdiff", lambda: cynetdiff_ic(edges, p, seeds, runs)),
            ("ndlib", lambda: ndlib_ic(edges, p, seeds, few)),
        ],
    )
    show(name, *rows)


def adoption(n, runs, few):
    rng = np.random.default_rng(3)
    value = rng.exponential(size=(n, n)) * 0.01
    source, target = np.nonzero(~np.eye(n, dtype=bool))
    edges = pd.DataFrame({"source": source, "target": target, "value": value[source, target]})
    tier = pd.Categorical(["local"] * n, categories=["local"], ordered=True)
    model = rates(
        pd.DataFrame({"place": range(n), "tier": tier}), [Channel("tie", rate=1.0, decay="none")], flows=edges
    )
    horizon = 2.0
    simulate(model, [0], horizon=horizon, runs=300)
    seconds, outcome = timed(lambda: simulate(model, [0], horizon=horizon, runs=runs))
    sizes = (outcome.restricted < horizon).sum(axis=1)
    ours = (("innoscape", seconds, *spread_of(sizes)), runs)
    peers = [("EoN", lambda: eon_si(edges[["source", "target"]], edges["value"].to_numpy(), [0], horizon, few))]
    show(f"adoption (SI) in continuous time, {n} places dense", *against(ours, peers))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="dense,si,edges,large")
    parser.add_argument("--runs", type=int, default=2000)
    options = parser.parse_args()
    wanted = options.rows.split(",")
    if "dense" in wanted:
        independent("cascade, 300 places dense", 300, 89_000, 0.02, [0], options.runs, 5)
    if "si" in wanted:
        adoption(300, options.runs, 5)
    if "edges" in wanted:
        independent("cascade, 100,000 edges, p 0.1, 1% seeds", 10_000, 100_000, 0.1, list(range(100)), options.runs, 2)
    if "large" in wanted:
        runs = max(options.runs // 20, 20)
        independent("cascade, 1,000,000 edges, p 0.1, 1% seeds", 100_000, 1_000_000, 0.1, list(range(1000)), runs, 1)
        independent("cascade, 1,000,000 edges, p 0.3, 1% seeds", 100_000, 1_000_000, 0.3, list(range(1000)), runs, 1)


if __name__ == "__main__":
    main()
