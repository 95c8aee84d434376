"""Run the cascades and adoption models of other programs; each returns a row and its number of runs.

A row is (name, seconds, mean reach, its standard error).
"""

import json
import subprocess
import tempfile
import time
from pathlib import Path

import networkx as nx
import numpy as np


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
    pairs = zip(edges["source"].tolist(), edges["target"].tolist(), strict=True)
    nx.set_edge_attributes(graph, dict(zip(pairs, probability, strict=True)), "activation_prob")
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
    for edge, p in zip(zip(edges["source"], edges["target"], strict=True), probability, strict=True):
        settings.add_edge_configuration("threshold", edge, p)
    sizes = []
    begin = time.perf_counter()
    for _ in range(runs):
        model = models.IndependentCascadesModel(graph)
        model.set_initial_status(settings)
        trail = model.iteration_bunch(60, node_status=False)
        sizes.append(graph.number_of_nodes() - trail[-1]["node_count"][0])
    return ("NDlib", time.perf_counter() - begin, *spread_of(sizes)), runs


def cynetdiff_lt(edges, weight, seeds, runs):
    from cynetdiff.utils import networkx_to_lt_model

    graph = digraph(edges)
    pairs = zip(edges["source"].tolist(), edges["target"].tolist(), strict=True)
    nx.set_edge_attributes(graph, dict(zip(pairs, weight, strict=True)), "influence")
    model, _ = networkx_to_lt_model(graph, rng=1)
    model.set_seeds(seeds)
    sizes = []
    begin = time.perf_counter()
    for _ in range(runs):
        model.reset_model()
        model.advance_until_completion()
        sizes.append(model.get_num_activated_nodes())
    return ("cynetdiff", time.perf_counter() - begin, *spread_of(sizes)), runs


def pynetim_lt(edges, weight, seeds, runs):
    from pynetim import IMGraph, LinearThresholdModel

    pairs = list(zip(edges["source"].tolist(), edges["target"].tolist(), strict=True))
    graph = IMGraph(pairs, weights=[float(w) for w in weight], renumber=False)
    model = LinearThresholdModel(graph, set(seeds))
    begin = time.perf_counter()
    mean = model.run_monte_carlo_diffusion(runs, random_seed=1, use_multithread=True, num_threads=2)
    return ("pynetim (2 threads)", time.perf_counter() - begin, float(mean), float(mean) / runs**0.5), runs


_GRAPH_TOOL = """
import json, sys, time
import numpy as np
import graph_tool as gt
from graph_tool.dynamics import SIState
with np.load(sys.argv[1]) as kept:
    source, target, value, seeds = (kept[k] for k in ("source", "target", "value", "seeds"))
horizon, steps, runs = float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
graph = gt.Graph(directed=True)
graph.add_edge_list(np.column_stack([source, target]))
chance = graph.new_ep("double", vals=-np.expm1(-value * horizon / steps))
sizes = []
begin = time.perf_counter()
for _ in range(runs):
    start = graph.new_vp("int", val=0)
    start.a[seeds] = 1
    # a state keeps count of infected neighbors, so every run needs its own
    state = SIState(graph, beta=chance, s=start)
    state.iterate_sync(niter=steps)
    sizes.append(int((state.get_state().a == 1).sum()))
print(json.dumps({"seconds": time.perf_counter() - begin, "sizes": sizes}))
"""


def graph_tool_si(edges, values, seeds, horizon, runs, *, python, steps=200):
    """Run adoption in many small steps in graph-tool, with an interpreter that has it (it is no Python package)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.npz"
        np.savez(
            file,
            source=edges["source"].to_numpy(),
            target=edges["target"].to_numpy(),
            value=values,
            seeds=np.array(seeds),
        )
        command = [python, "-c", _GRAPH_TOOL, str(file), str(horizon), str(steps), str(runs)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    return (f"graph-tool SI, {steps} steps", told["seconds"], *spread_of(told["sizes"])), runs
