"""What work is estimated to take in memory is what it takes, within a factor of three."""

import ctypes
import ctypes.util
import gc
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innoscape import data, geo, network
from innoscape.data import Budget, SizeError
from innoscape.data.budget import noted_estimates

SELF = Path("/proc/self")
RANDOM = np.random.default_rng(0)
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from the system")


def held(what):
    lines = (SELF / "status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def risen(work):
    """Return by how much the memory held rose while work was done, at its peak.

    The system does not see memory that is taken again from what was freed, and the tracer not that of compiled code.
    """
    gc.collect()
    ctypes.CDLL(ctypes.util.find_library("c")).malloc_trim(0)
    (SELF / "clear_refs").write_text("5", encoding="ascii")
    before = held("VmRSS")
    tracemalloc.start()
    try:
        work()
        traced = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return max(held("VmHWM") - before, traced)


def places(n):
    at = {"lon": RANDOM.uniform(100, 120, n), "lat": RANDOM.uniform(20, 40, n)}
    return pd.DataFrame({"place": [f"p{i:04d}" for i in range(n)], **at, "demand": RANDOM.lognormal(size=n)})


def runs_on_pairs(runs):
    tiers = pd.Categorical(RANDOM.choice(geo.TIERS[:3], 300), categories=list(geo.TIERS), ordered=True)
    centers = pd.DataFrame({"place": places(300)["place"], "tier": tiers})
    rates = network.hazard_rates(centers, [network.Channel("peer", rate=1e-4, decay="none")])
    return lambda: network.simulate(rates, ["p0000"], horizon=20.0, runs=runs)


def runs_on_ties(runs):
    ties = pd.DataFrame({"source": RANDOM.integers(0, 20_000, 60_000), "target": RANDOM.integers(0, 20_000, 60_000)})
    rates = network.edge_rates(ties[ties["source"] != ties["target"]].drop_duplicates().assign(value=1.0))
    return lambda: network.simulate(rates, [0], horizon=0.5, runs=runs)


def index(runs):
    rows = [(f"p{i}", f"x{j}", RANDOM.lognormal()) for i in range(100) for j in range(10)]
    cells = pd.DataFrame(rows, columns=["place", "indicator", "value"])
    framework = data.Framework.from_table(pd.DataFrame({"indicator": [f"x{j}" for j in range(10)]}))
    return lambda: geo.uncertainty(cells, framework, runs=runs)


def panel(n):
    pairs = [(i, j, t) for t in range(5) for i in range(n) for j in range(n) if i != j]
    rows = pd.DataFrame(pairs, columns=["source", "target", "year"])
    rows["rail"] = RANDOM.normal(size=len(rows))
    rows["value"] = RANDOM.poisson(np.exp(0.3 * rows["rail"] + 1))
    return lambda: network.fit_panel_gravity(rows, ["rail"])


def local(method, permutations, n=200, **options):
    at = places(n)
    weights = geo.spatial_weights(at, method=method, **options)
    values = at.set_index("place")["demand"]
    return lambda: geo.local_autocorrelation(values, weights, permutations=permutations)


def layout(n, method):
    at = places(n)
    km = geo.distance_matrix(at)
    return lambda: geo.site_centers(at, at[["place"]], km, count=8, method=method)


def periods(horizon):
    adoptions = pd.DataFrame({"place": ["a", "b"], "time": [0.0, 1.0]})
    return lambda: network.adoption_table(adoptions, horizon=horizon)


def drawn(n, flows):
    at = places(n)
    tiers = pd.Series(RANDOM.choice(["national", "regional"], n), index=at["place"])
    centers = geo.centers_layer(at.assign(name_en=at["place"], name_zh=at["place"]), tiers=tiers)
    ends = RANDOM.integers(0, n, (2, flows))
    ties = pd.DataFrame({"source": at["place"].to_numpy()[ends[0]], "target": at["place"].to_numpy()[ends[1]]})
    ties = ties[ties["source"] != ties["target"]].drop_duplicates().assign(value=1.0)
    return lambda: geo.center_map(centers, flows={"x": ties}).get_root().render()


def measured(n, ties):
    at = places(n)["place"].to_numpy()
    ends = RANDOM.integers(0, n, (2, ties))
    flows = pd.DataFrame({"source": at[ends[0]], "target": at[ends[1]], "value": RANDOM.lognormal(size=ties)})
    flows = flows[flows["source"] != flows["target"]].drop_duplicates(["source", "target"])
    graph = network.to_graph(flows, directed=True)
    measures = ("strength", "pagerank", "clustering", "constraint")
    return lambda: network.centrality(graph, measures=measures, weight_meaning="strength")


# small work first, which loads and compiles what the measured work runs
WORK = {
    "simulate, pairs": (runs_on_pairs(10), runs_on_pairs(8000)),
    "simulate, ties": (runs_on_ties(2), runs_on_ties(200)),
    "uncertainty": (index(10), index(6000)),
    "fit_panel_gravity": (panel(6), panel(70)),
    "local_autocorrelation, all": (local("inverse", 9), local("inverse", 4000)),
    "local_autocorrelation, nearest": (
        local("nearest", 9, neighbors=6),
        local("nearest", 100_000, n=50, neighbors=6),
    ),
    "site_centers": (layout(20, "heuristic"), layout(400, "heuristic")),
    "adoption_table": (periods(10.0), periods(5e5)),
    "distance_matrix": (lambda: geo.distance_matrix(places(10)), lambda: geo.distance_matrix(places(1200))),
    "centrality": (measured(200, 600), measured(10_000, 60_000)),
    "center_map": (drawn(20, 50), drawn(800, 20_000)),
}


@pytest.mark.parametrize("name", WORK)
def test_memory_is_estimated_within_a_factor_of_three(name):
    first, work = WORK[name]
    first()
    with noted_estimates() as found:
        peak = risen(work)
    estimate = max(cost.bytes for _, cost in found)
    assert estimate / 3 <= peak <= 3 * estimate, f"{estimate / 1e6:.1f} MB estimated, {peak / 1e6:.1f} MB taken"


TOO_LARGE = {
    "simulate": (runs_on_pairs(10**8), "100,000,000 runs among 300 places .* 75 minutes; take fewer runs"),
    "uncertainty": (index(10**8), "100,000,000 runs of 100 places .* take fewer runs"),
    "local_autocorrelation": (local("inverse", 10**7), "10,000,000 permutations .* permutations=0"),
    "adoption_table": (periods(1e12), "1,000,000,000,001 periods .* 80,000 GB .* take longer periods"),
    "k_plexes": (
        lambda: network.k_plexes(network.to_graph(hub(), directed=False)),
        "surroundings of up to 20,001 places .* take the backbone first",
    ),
    "core_periphery": (
        lambda: network.core_periphery(network.to_graph(hub(40), directed=False), budget=10**10),
        "up to 10,000,000,000 branches .* lower budget",
    ),
}


def hub(n=20_001):
    return pd.DataFrame({"source": "a", "target": [f"b{i}" for i in range(n - 1)], "value": 1.0})


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_cannot_be_done_is_refused_before_it_begins(name):
    work, words = TOO_LARGE[name]
    with pytest.raises(SizeError, match=words):
        work()


def test_a_proof_that_takes_too_long_is_given_up():
    at = places(150)
    km = geo.distance_matrix(at)
    with Budget(minutes=1e-6), pytest.raises(SizeError, match="no other layout is better"):
        geo.site_centers(at, at[["place"]], km, count=8, problem="max_cover", radius=200.0)
