"""Sweeps, greedy choices and sensitivity agree with what can be worked out by hand or by trying all."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from innoscape.data import MissingExtraError, OptionError
from innoscape.network import (
    Channel,
    Scenario,
    choose_scenarios,
    choose_seeds,
    compare_scenarios,
    hazard_rates,
    sensitivity,
    simulate,
    sweep,
)

TIERS = ["international", "national", "regional", "local"]


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(3)
    names = [f"p{i}" for i in range(8)]
    tier = pd.Categorical(rng.choice(TIERS, 8), categories=TIERS, ordered=True)
    flows = pd.DataFrame(
        [(a, b, rng.exponential()) for a in names for b in names if a != b and rng.random() < 0.4],
        columns=["source", "target", "value"],
    )
    at = rng.uniform(0, 1000, (8, 2))
    costs = pd.DataFrame(np.hypot(*(at[:, None] - at).transpose(2, 0, 1)), index=names, columns=names)
    channels = [
        Channel("hierarchical", rate=0.05, half_distance=400.0),
        Channel("peer", rate=0.05, half_distance=400.0),
        Channel("tie", rate=0.2, decay="none"),
    ]
    return hazard_rates(pd.DataFrame({"place": names, "tier": tier}), channels, costs=costs, flows=flows)


def reached(model, seeds):
    return simulate(model, seeds, horizon=2.0, runs=800, seed=1).arrivals()["reached"].sum()


def test_greedy_seeds_come_close_to_the_best_of_all(model):
    table = choose_seeds(model, 3, horizon=2.0, runs=800, seed=1)
    best = max(reached(model, list(s)) for s in combinations(model.places, 3))
    found = table["reach"].iloc[-1]
    assert found == pytest.approx(reached(model, table["place"].tolist()))
    assert found >= (1 - 1 / np.e) * best
    assert found >= 0.97 * best, "greedy is nearly optimal here"
    assert table["bound"].min() >= best - 0.05, "the bound holds up to Monte-Carlo error"
    assert table["gain"].is_monotonic_decreasing


def test_lazy_evaluation_chooses_as_plain_greedy_does(model):
    table = choose_seeds(model, 3, horizon=2.0, runs=800, seed=1, candidates=model.places[:6])
    chosen = []
    for _ in range(3):
        chosen.append(max(model.places[:6], key=lambda p: -1 if p in chosen else reached(model, [*chosen, p])))
    assert table["place"].tolist() == chosen


def test_chosen_measures_are_the_most_telling(model):
    measures = [
        Scenario("none"),
        Scenario("more ties").scale_channel("tie", factor=3.0),
        Scenario("less ties").scale_channel("tie", factor=0.5),
    ]
    table = choose_scenarios(model, measures, 2, seeds=["p0"], horizon=2.0, runs=400)
    assert table["scenario"].tolist()[0] == "more ties"
    assert table["gain"].iloc[1] <= 1e-9
    with pytest.raises(OptionError, match="k: needed a whole number from 1 to 3"):
        choose_scenarios(model, measures, 4, seeds=["p0"], horizon=2.0)


def test_a_sweep_is_a_comparison_at_every_point(model):
    grid = {"factor": [0.5, 2.0], "tie": [1.0, 3.0]}

    def make(factor, tie):
        return Scenario("x").scale_channel("peer", factor=factor).scale_channel("tie", factor=tie)

    table = sweep(model, make, grid, seeds=["p0"], horizon=3.0, runs=300, seed=2)
    assert len(table) == 4 * 3
    point = table[(table["factor"] == 2.0) & (table["tie"] == 3.0)].set_index("measure")
    alone = compare_scenarios(model, [make(2.0, 3.0)], seeds=["p0"], horizon=3.0, runs=300, seed=2).table
    alone = alone[alone["place"] == "all"].set_index("measure")
    assert point.loc["reach", "difference"] == alone.loc["reach", "difference"]


def test_influence_agrees_with_the_indices_of_ishigami():
    # Ishigami & Homma (1990): with a = 7, b = 0.1 first-order indices are 0.3139, 0.4424, 0
    def ishigami(x, y, z):
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    found = sensitivity(ishigami, dict.fromkeys("xyz", (-np.pi, np.pi)), samples=2048, seed=4).table
    assert found["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_influence_names_the_assumption_that_matters(model):
    def arrival(peer, tie):
        after = Scenario("x").scale_channel("peer", factor=peer).scale_channel("tie", factor=tie).apply(model)
        return simulate(after, ["p0"], horizon=5.0, runs=64, seed=5).restricted.mean()

    found = sensitivity(arrival, {"peer": (0.9, 1.1), "tie": (0.3, 3.0)}, samples=32)
    total = found.table.set_index("parameter")["total"]
    assert total["tie"] > 5 * total["peer"]
    assert len(found.samples) == 32 * 4


def test_a_missing_library_names_its_extra(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(MissingExtraError, match="sensitivity"):
        sensitivity(lambda a: a, {"a": (0.0, 1.0)})
