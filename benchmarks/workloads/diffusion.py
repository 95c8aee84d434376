"""Simulate adoption in continuous time and cascades, beside EoN, NDlib, cynetdiff and graph-tool.

Each program returns the reach of its runs, starting from the table of ties. Their means must agree within four standard
errors.
"""

import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import which
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Spread of knowledge"


def drawn_ties(n: int, m: int) -> pd.DataFrame:
    """Return a directed random graph without loops as a table of ties."""
    rng = np.random.default_rng(1)
    flat = np.unique(rng.integers(0, n * n, size=int(m * 1.05) + 8))
    rng.shuffle(flat)
    source, target = flat // n, flat % n
    keep = source != target
    return pd.DataFrame({"source": source[keep][:m], "target": target[keep][:m]})


def network(kind: str, size: int) -> tuple[int, pd.DataFrame]:
    """Return places and ties: ten a place, or all pairs."""
    if kind == "sparse":
        n = max(size // 10, 4)
        ties = drawn_ties(n, size)
        return n, ties.assign(value=np.random.default_rng(3).exponential(size=len(ties)) * 0.1)
    n = max(round(size**0.5), 4)
    source, target = np.nonzero(~np.eye(n, dtype=bool))
    value = np.random.default_rng(3).exponential(size=len(source)) * 3.0 / n
    return n, pd.DataFrame({"source": source, "target": target, "value": value})


def _digraph(n: int, ties: pd.DataFrame, name: str = "weight") -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(ties[["source", "target", "value"]].itertuples(index=False), weight=name)
    return graph


def same_reach(ours: Sequence[float], theirs: Sequence[float]) -> None:
    one, other = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    # few runs of a peer vary like ours
    error = one.std(ddof=1) * (1 / len(one) + 1 / len(other)) ** 0.5
    if abs(one.mean() - other.mean()) > 4 * error + 1e-9:
        raise AssertionError(f"mean reach {one.mean():.2f}, the peer's {other.mean():.2f}, error {error:.2f}")


@workload(
    "adoption in continuous time, 100 runs from one place in ten",
    topic=TOPIC,
    unit="ties",
    largest=96_000,
    tiny=120,
    kinds=("sparse", "dense"),
)
def adoption(size: int, kind: str) -> Case:
    """EoN runs without recovery; graph-tool in 200 small steps."""
    from innoscape.network import edge_rates, simulate

    (n, ties), horizon = network(kind, size), 2.0
    runs, seeds = 100 if size > 1000 else 40, list(range(0, n, 10))

    def ours() -> np.ndarray:
        found = simulate(edge_rates(ties), seeds, horizon=horizon, runs=runs)
        return (found.restricted < horizon).sum(axis=1)

    case = Case(ours, same_reach, f"{n:,} places, {len(ties):,} ties")

    @case.peer("EoN")
    def _() -> Callable[[], list[int]]:
        from EoN import fast_SIR

        def run() -> list[int]:
            random.seed(1)
            np.random.seed(1)  # noqa: NPY002 - EoN draws from the global state
            graph, found = _digraph(n, ties), []
            for _ in range(runs):
                _, _, infected, _ = fast_SIR(
                    graph, 1.0, 0.0, initial_infecteds=seeds, tmax=horizon, transmission_weight="weight"
                )
                found.append(infected[-1])
            return found

        return run

    if python := interpreter():
        case.peer("graph-tool", "numpy")(lambda: lambda: graph_tool(python, ties, seeds, horizon, runs))
    else:
        case.peer("graph-tool", "graph_tool")(list)
    return case


def interpreter() -> str | None:
    """Return a Python that has graph-tool, which is no Python package."""
    python = which("python3", path="/usr/bin") or ""
    found = python and subprocess.run([python, "-c", "import graph_tool"], capture_output=True, check=False)  # noqa: S603
    return python if found and not found.returncode else None


_GRAPH_TOOL = """
import json, sys
import numpy as np
import graph_tool as gt
from graph_tool.dynamics import SIState
gt.seed_rng(1)
with np.load(sys.argv[1]) as kept:
    source, target, value, seeds = (kept[k] for k in ("source", "target", "value", "seeds"))
horizon, steps, runs = float(sys.argv[2]), 200, int(sys.argv[3])
graph = gt.Graph(directed=True)
graph.add_edge_list(np.column_stack([source, target]))
chance = graph.new_ep("double", vals=-np.expm1(-value * horizon / steps))
sizes = []
for _ in range(runs):
    start = graph.new_vp("int", val=0)
    start.a[seeds] = 1
    # a state keeps count of infected neighbors, so every run needs its own
    state = SIState(graph, beta=chance, s=start)
    state.iterate_sync(niter=steps)
    sizes.append(int((state.get_state().a == 1).sum()))
print(json.dumps(sizes))
"""


def graph_tool(python: str, ties: pd.DataFrame, seeds: list[int], horizon: float, runs: int) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        arrays = {name: ties[name].to_numpy() for name in ties}
        np.savez(file := Path(folder) / "graph.npz", seeds=np.array(seeds), **arrays)
        command = [python, "-c", _GRAPH_TOOL, str(file), str(horizon), str(runs)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


@workload(
    "independent cascades, 100 runs, chance 0.1 a tie, from one place in a hundred",
    topic=TOPIC,
    unit="ties",
    largest=96_000,
    tiny=200,
)
def cascades(size: int, _: str) -> Case:
    from innoscape.network import cascade, edge_rates

    n = max(size // 10, 4)
    ties, runs, seeds = drawn_ties(n, size).assign(value=0.1), 100 if size > 1000 else 40, list(range(0, n, 100))
    case = Case(
        lambda: cascade(edge_rates(ties), seeds, runs=runs, keep=False).sizes,
        same_reach,
        f"{n:,} places, {size:,} ties",
    )

    @case.peer("cynetdiff")
    def _() -> Callable[[], list[int]]:
        from cynetdiff.utils import networkx_to_ic_model

        def run() -> list[int]:
            model, _ = networkx_to_ic_model(_digraph(n, ties, "activation_prob"), rng=1)
            return _sizes(model, seeds, runs)

        return run

    @case.peer("NDlib", "ndlib")
    def _() -> Callable[[], list[int]]:
        import ndlib.models.epidemics as models
        from ndlib.models.ModelConfig import Configuration

        def run() -> list[int]:
            random.seed(1)
            np.random.seed(1)  # noqa: NPY002 - NDlib draws from the global state
            graph, settings, found = _digraph(n, ties), Configuration(), []
            settings.add_model_initial_configuration("Infected", seeds)
            for edge in graph.edges:
                settings.add_edge_configuration("threshold", edge, 0.1)
            for _ in range(runs):
                model = models.IndependentCascadesModel(graph)
                model.set_initial_status(settings)
                found.append(n - model.iteration_bunch(60, node_status=False)[-1]["node_count"][0])
            return found

        return run

    return case


@workload(
    "cascades by linear thresholds, 100 runs, from one place in a hundred",
    topic=TOPIC,
    unit="ties",
    largest=96_000,
    tiny=200,
)
def threshold_cascades(size: int, _: str) -> Case:
    """Weights into a place add up to 0.9, so that cascades end."""
    from innoscape.network import cascade, edge_rates

    n = max(size // 10, 4)
    ties, runs, seeds = drawn_ties(n, size), 100 if size > 1000 else 40, list(range(0, n, 100))
    ties["value"] = 0.9 / ties.groupby("target")["source"].transform("size")
    case = Case(
        lambda: cascade(edge_rates(ties), seeds, model="linear_threshold", runs=runs, keep=False).sizes,
        same_reach,
        f"{n:,} places, {size:,} ties",
    )

    @case.peer("cynetdiff")
    def _() -> Callable[[], list[int]]:
        from cynetdiff.utils import networkx_to_lt_model

        def run() -> list[int]:
            model, _ = networkx_to_lt_model(_digraph(n, ties, "influence"), rng=1)
            return _sizes(model, seeds, runs)

        return run

    return case


def _sizes(model: Any, seeds: list[int], runs: int) -> list[int]:
    model.set_seeds(seeds)
    found = []
    for _ in range(runs):
        model.reset_model()
        model.advance_until_completion()
        found.append(model.get_num_activated_nodes())
    return found
