"""Abandonment and several innovations follow the processes that can be solved."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.network import Channel, hazard_rates, simulate, simulate_disadoption, simulate_many


def complete(n, rate, **options):
    names = [f"p{i:02d}" for i in range(n)]
    tier = pd.Categorical(["local"] * n, categories=["local"], ordered=True)
    return hazard_rates(
        pd.DataFrame({"place": names, "tier": tier}), [Channel("peer", rate=rate, decay="none")], **options
    )


def test_without_abandonment_adoption_is_that_of_simulate():
    model = complete(12, 0.05, external={"p03": 0.01})
    plain = simulate(model, ["p00"], horizon=8.0, runs=300, seed=3)
    held = simulate_disadoption(model, ["p00"], abandonment=0.0, horizon=8.0, runs=300, seed=3)
    np.testing.assert_allclose(plain.times, held.times, rtol=1e-9)
    assert held.active()["mean"].to_numpy() == pytest.approx(plain.reach()["mean"].to_numpy())


def test_a_lonely_seed_stays_active_for_an_exponential_time():
    model = complete(2, 0.0)
    curve = simulate_disadoption(model, ["p00"], abandonment=0.5, horizon=6.0, runs=6000).active()
    want = 0.5 * np.exp(-0.5 * curve["time"].to_numpy())
    assert np.abs(curve["mean"].to_numpy() - want).max() < 0.015


def test_final_size_of_an_epidemic_follows_its_equation():
    # SIR in a large complete network: z = 1 - exp(-R z) (Kermack & McKendrick 1927)
    n, reproduction = 800, 2.0
    seeds = [f"p{i:02d}" for i in range(40)]
    outcome = simulate_disadoption(complete(n, reproduction / n), seeds, abandonment=1.0, horizon=60.0, runs=40)
    size = np.isfinite(outcome.times).mean(axis=1)
    z = 0.8
    for _ in range(200):
        z = 1.0 - 0.95 * np.exp(-reproduction * z)  # 5% are seeds
    assert size.mean() == pytest.approx(z, abs=0.015)
    assert (outcome.counts[:, -1] == 0).all()


def test_with_readoption_activity_settles_at_its_endemic_level():
    # SIS in a large complete network settles at 1 - 1 / R
    n, reproduction = 150, 3.0
    model = complete(n, reproduction / n)
    seeds = [f"p{i:02d}" for i in range(50)]
    outcome = simulate_disadoption(model, seeds, abandonment=1.0, readoption=True, horizon=30.0, runs=60)
    late = outcome.active()["mean"].iloc[60:].mean()
    assert late == pytest.approx(1 - 1 / reproduction, abs=0.02)
    assert outcome.episodes.max() > 2
    assert simulate_disadoption(model, seeds, abandonment=1.0, horizon=30.0, runs=20).episodes.max() == 1


def test_innovations_without_interaction_spread_as_if_alone():
    model = complete(10, 0.05)
    alone = simulate(model, ["p00"], horizon=9.0, runs=200, seed=5)
    pair = simulate_many({"a": model, "b": model}, {"a": ["p00"], "b": ["p01"]}, horizon=9.0, runs=200, seed=5)
    np.testing.assert_allclose(pair["a"].times, alone.times, rtol=1e-9)
    assert not np.array_equal(pair["a"].times, pair["b"].times, equal_nan=True)


def test_arrivals_of_several_innovations_are_credited_as_those_of_one():
    tiers = pd.Categorical(["national", *["regional"] * 5], categories=["national", "regional"], ordered=True)
    centers = pd.DataFrame({"place": [f"p{i}" for i in range(6)], "tier": tiers})
    channels = [Channel("hierarchical", rate=0.2, decay="none"), Channel("peer", rate=0.1, decay="none")]
    model = hazard_rates(centers, channels, external=0.05)
    alone = simulate(model, ["p0"], horizon=4.0, runs=400)
    rivals = pd.DataFrame([[1.0, 0.2], [0.2, 1.0]], index=["a", "b"], columns=["a", "b"])
    seeds = {"a": ["p0"], "b": {"p1": 0.5}}
    for interaction in (None, rivals):
        pair = simulate_many({"a": model, "b": model}, seeds, interaction=interaction, horizon=4.0, runs=400)
        found = pair["b"]
        arrived = np.isfinite(found.times).sum() - (found.times[:, 1] == 0.5).sum()
        shares = found.credit().set_index(["tier", "channel"])["share"]
        assert shares.groupby("tier").sum().to_numpy() == pytest.approx(np.ones(3))
        inside = found.sources().to_numpy().sum() * found.runs
        assert inside == pytest.approx(arrived * (1.0 - shares["all", "external"]))
        if interaction is None:
            pd.testing.assert_frame_equal(pair["a"].credit(), alone.credit())


def test_chunks_of_churn_and_of_several_innovations_are_saved_and_told(tmp_path):
    model = complete(6, 0.1)
    options = {"horizon": 5.0, "runs": 600, "save": tmp_path}
    calls = {
        "churn": lambda **more: simulate_disadoption(model, ["p00"], abandonment=0.3, **options, **more).times,
        "many": lambda **more: simulate_many({"a": model}, {"a": ["p00"]}, **options, **more)["a"].times,
    }
    for call in calls.values():
        steps = []
        first = call(progress=lambda *step, steps=steps: steps.append(step))
        assert steps[-1] == (600, 600)
        assert len(steps) > 1
        steps.clear()
        np.testing.assert_array_equal(call(progress=lambda *step, steps=steps: steps.append(step)), first)
        assert steps == [(600, 600)]


def test_rivals_exclude_and_complements_hasten():
    model = complete(10, 0.05)
    seeds = {"a": ["p00"], "b": ["p01"]}
    rivals = pd.DataFrame([[1.0, 0.0], [0.0, 1.0]], index=["a", "b"], columns=["a", "b"])
    outcome = simulate_many({"a": model, "b": model}, seeds, interaction=rivals, horizon=200.0, runs=200)
    both = ~np.isnan(outcome["a"].times) & ~np.isnan(outcome["b"].times)
    assert not both.any()
    helped = pd.DataFrame([[1.0, 5.0], [1.0, 1.0]], index=["a", "b"], columns=["a", "b"])
    free, easy = (
        simulate_many({"a": model, "b": model}, seeds, interaction=i, horizon=50.0, runs=300) for i in (None, helped)
    )
    assert easy["b"].restricted.mean() < free["b"].restricted.mean()
    np.testing.assert_array_equal(easy["a"].times, free["a"].times)


def test_bad_rates_and_places_are_refused():
    model = complete(3, 0.1)
    with pytest.raises(OptionError, match="abandonment"):
        simulate_disadoption(model, ["p00"], abandonment=-1.0, horizon=1.0)
    with pytest.raises(OptionError, match="same places"):
        simulate_many({"a": model, "b": complete(4, 0.1)}, {"a": ["p00"], "b": ["p00"]}, horizon=1.0)
    bad = pd.DataFrame([[-1.0]], index=["a"], columns=["a"])
    with pytest.raises(TableError, match="at least 0"):
        simulate_many({"a": model}, {"a": ["p00"]}, interaction=bad, horizon=1.0)
