"""Compare the speed of cascades and adoption with other programs, on the same graph in the same run.

Run: ``python benchmarks/diffusion.py [--rows dense,si,edges,large,threshold] [--runs 500]``. Agreement is checked
first: mean reach must agree within four standard errors. Peers that are not installed are skipped; graph-tool is no
Python package, so ``--graph-tool`` names an interpreter that has it. Times are medians of a run in microseconds, our
own on two threads.
"""

import argparse
import statistics
import time
from importlib.util import find_spec

import numpy as np
import pandas as pd
from spread_peers import cynetdiff_ic, cynetdiff_lt, eon_si, graph_tool_si, ndlib_ic, pynetim_ic, pynetim_lt, spread_of

from innoscape.network import Channel, cascade, edge_rates, hazard_rates, simulate


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


def against(ours, peers):
    rows, counts = [ours[0]], [ours[1]]
    for module, call in peers:
        if module is not None and find_spec(module) is None:
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


def ours_of(model, seeds, runs, kind="independent"):
    cascade(model, seeds, model=kind, runs=300, keep=False)
    seconds, outcome = timed(lambda: cascade(model, seeds, model=kind, runs=runs, keep=False))
    return ("innoscape", seconds, *spread_of(outcome.sizes)), runs


def of_one_tier(n, edges):
    """Return rates of a dense network, the values of edges as they are."""
    tier = pd.Categorical(["local"] * n, categories=["local"], ordered=True)
    places = pd.DataFrame({"place": range(n), "tier": tier})
    return hazard_rates(places, [Channel("tie", rate=1.0, decay="none")], flows=edges)


def independent(name, n, m, probability, seeds, runs, few):
    edges = random_edges(n, m, 1)
    rng = np.random.default_rng(2)
    p = rng.uniform(0, probability, len(edges)) if n <= 300 else np.full(len(edges), probability)
    valued = edges.assign(value=p)
    model = of_one_tier(n, valued) if n <= 300 else edge_rates(valued)
    peers = [
        ("pynetim", lambda: pynetim_ic(edges, p, seeds, runs)),
        ("cynetdiff", lambda: cynetdiff_ic(edges, p, seeds, runs)),
        ("ndlib", lambda: ndlib_ic(edges, p, seeds, few)),
    ]
    show(name, *against(ours_of(model, seeds, runs), peers))


def threshold(name, n, m, seeds, runs):
    """Compare linear thresholds; weights into a place add up to 0.9, so that cascades end."""
    edges = random_edges(n, m, 1)
    weight = 0.9 / edges.groupby("target")["source"].transform("size").to_numpy()
    model = edge_rates(edges.assign(value=weight))
    peers = [
        ("pynetim", lambda: pynetim_lt(edges, weight, seeds, runs)),
        ("cynetdiff", lambda: cynetdiff_lt(edges, weight, seeds, runs)),
    ]
    show(name, *against(ours_of(model, seeds, runs, "linear_threshold"), peers))


def adoption(n, runs, few, python):
    rng = np.random.default_rng(3)
    value = rng.exponential(size=(n, n)) * 0.01
    source, target = np.nonzero(~np.eye(n, dtype=bool))
    edges = pd.DataFrame({"source": source, "target": target, "value": value[source, target]})
    model = of_one_tier(n, edges)
    horizon = 2.0
    simulate(model, [0], horizon=horizon, runs=300)
    seconds, outcome = timed(lambda: simulate(model, [0], horizon=horizon, runs=runs))
    sizes = (outcome.restricted < horizon).sum(axis=1)
    ours = (("innoscape", seconds, *spread_of(sizes)), runs)
    peers = [
        (None, lambda: graph_tool_si(edges, edges["value"].to_numpy(), [0], horizon, 40 * few, python=python)),
        ("EoN", lambda: eon_si(edges[["source", "target"]], edges["value"].to_numpy(), [0], horizon, few)),
    ]
    show(f"adoption (SI) in continuous time, {n} places dense", *against(ours, peers))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="dense,si,edges,large,threshold")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--graph-tool", default="/usr/bin/python3", help="an interpreter that has graph-tool")
    options = parser.parse_args()
    wanted, runs = options.rows.split(","), options.runs
    many = max(runs // 20, 20)
    if "dense" in wanted:
        # cascades that end early, and cascades that reach nearly all
        independent("cascade, 300 places dense, p below 0.02", 300, 89_000, 0.02, [0], 10 * runs, 20)
        independent("cascade, 300 places dense, p below 0.06", 300, 89_000, 0.06, [0], 10 * runs, 20)
    if "si" in wanted:
        adoption(300, runs, 5, options.graph_tool)
    if "edges" in wanted:
        independent("cascade, 100,000 edges, p 0.1, 1% seeds", 10_000, 100_000, 0.1, list(range(100)), runs, 2)
    if "large" in wanted:
        independent("cascade, 1,000,000 edges, p 0.1, 1% seeds", 100_000, 1_000_000, 0.1, list(range(1000)), many, 1)
        independent("cascade, 1,000,000 edges, p 0.3, 1% seeds", 100_000, 1_000_000, 0.3, list(range(1000)), many, 1)
    if "threshold" in wanted:
        threshold("linear threshold, 100,000 edges, 10 seeds", 10_000, 100_000, list(range(10)), runs)
        threshold("linear threshold, 1,000,000 edges, 10 seeds", 100_000, 1_000_000, list(range(10)), runs)
        threshold("linear threshold, 1,000,000 edges, 1% seeds", 100_000, 1_000_000, list(range(1000)), many)


if __name__ == "__main__":
    main()
