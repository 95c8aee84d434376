"""The simulation agrees with the limit cases that can be solved by hand, and its noise is shared and stable."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import Channel, hazard_rates, mean_field, simulate
from innoscape.network.diffusion.model.place_keys import place_keys
from innoscape.network.diffusion.simulate.outcome import order_statistics, reached_by

TIERS = ["international", "national", "regional", "local"]


def make_centers(tiers):
    places, levels = list(tiers), list(tiers.values())
    return pd.DataFrame({"place": places, "tier": pd.Categorical(levels, categories=TIERS, ordered=True)})


def ties(*edges):
    return pd.DataFrame(edges, columns=["source", "target", "value"])


def tie_rates(*edges, places=None, **options):
    flows = ties(*edges)
    names = places or sorted({*flows["source"], *flows["target"]})
    return hazard_rates(
        make_centers(dict.fromkeys(names, "local")), [Channel("tie", rate=1.0, decay="none")], flows=flows, **options
    )


def random_rates(n, rng, scale=1.0):
    edges = [(f"p{i:02d}", f"p{j:02d}", scale * rng.exponential()) for i in range(n) for j in range(n) if i != j]
    return tie_rates(*edges)


def test_one_edge_arrives_after_an_exponential_time():
    result = simulate(tie_rates(("a", "b", 0.5)), ["a"], horizon=1e6, runs=4000, seed=1)
    assert stats.kstest(result.times[:, 1], "expon", args=(0, 2.0)).pvalue > 0.01


def test_a_chain_arrives_after_a_gamma_time():
    chain = tie_rates(("a", "b", 0.5), ("b", "c", 0.5), ("c", "d", 0.5))
    result = simulate(chain, ["a"], horizon=1e6, runs=4000, seed=2)
    assert stats.kstest(result.times[:, 3], "gamma", args=(3, 0, 2.0)).pvalue > 0.01


def test_two_sources_add_their_rates():
    model = tie_rates(("a", "c", 0.2), ("b", "c", 0.3))
    result = simulate(model, ["a", "b"], horizon=1e6, runs=4000, seed=3)
    assert stats.kstest(result.times[:, 2], "expon", args=(0, 2.0)).pvalue > 0.01


def test_adoption_from_outside_needs_no_seed():
    model = tie_rates(("a", "b", 0.0), external={"b": 0.25})
    result = simulate(model, [], horizon=1e6, runs=4000, seed=4)
    assert stats.kstest(result.times[:, 1], "expon", args=(0, 4.0)).pvalue > 0.01
    assert np.isnan(result.times[:, 0]).all()


def test_the_mean_field_of_a_complete_network_is_logistic():
    n, rate = 40, 0.05
    edges = [(f"p{i:02d}", f"p{j:02d}", rate) for i in range(n) for j in range(n) if i != j]
    curve = mean_field(tie_rates(*edges), ["p00"], horizon=10.0)
    time = curve.index.to_numpy()
    # with one seed held at 1, the others follow dp/dt = (1 - p)(rate + (n - 2) rate p)
    a, b = rate, (n - 2) * rate
    grown = np.exp((a + b) * time)
    logistic = a * (grown - 1) / (b + a * grown)
    assert np.allclose(curve["p01"], logistic, atol=1e-6)


def test_the_mean_field_bounds_the_simulated_mean_from_above():
    model = random_rates(12, np.random.default_rng(5), scale=0.05)
    result = simulate(model, ["p00"], horizon=10.0, runs=4000, seed=5)
    curve = mean_field(model, ["p00"], horizon=10.0).mean(axis=1).to_numpy()
    mean = result.reach()["mean"].to_numpy()
    margin = 3 * 0.5 / np.sqrt(4000)
    assert (mean <= curve + margin).all()
    assert curve[40] - mean[40] > margin, "the bound must bite in a network this small"


def test_raising_a_rate_delays_nobody_in_any_run():
    rng = np.random.default_rng(6)
    edges = [(f"p{i}", f"p{j}", rng.exponential()) for i in range(8) for j in range(8) if i != j]
    before = simulate(tie_rates(*edges), ["p0"], horizon=50.0, runs=500, seed=6).times
    edges[3] = (*edges[3][:2], edges[3][2] * 3)
    after = simulate(tie_rates(*edges), ["p0"], horizon=50.0, runs=500, seed=6).times
    assert (after <= before + 1e-9).all()
    assert (after < before - 1e-9).any()


def test_row_order_executors_and_chunks_give_the_same_bits():
    rng = np.random.default_rng(7)
    edges = [(f"p{i}", f"p{j}", rng.exponential()) for i in range(7) for j in range(7) if i != j]
    shuffled = [edges[i] for i in rng.permutation(len(edges))]
    base = simulate(tie_rates(*edges), ["p0"], horizon=3.0, runs=600, seed=7)
    other = simulate(
        tie_rates(*shuffled, places=[f"p{i}" for i in rng.permutation(7)]), ["p0"], horizon=3.0, runs=600, seed=7
    )
    assert base.places == other.places
    for executor in (ThreadPoolExecutor(1), ThreadPoolExecutor(4), ProcessPoolExecutor(2)):
        with executor:
            spread = simulate(tie_rates(*edges), ["p0"], horizon=3.0, runs=600, seed=7, executor=executor)
        assert np.array_equal(spread.times, base.times, equal_nan=True)
        assert np.array_equal(spread.sources(), base.sources())
    assert np.array_equal(base.times, other.times, equal_nan=True)
    fewer = simulate(tie_rates(*edges), ["p0"], horizon=3.0, runs=300, seed=7)
    assert np.array_equal(fewer.times, base.times[:300], equal_nan=True)


def test_a_place_that_touches_nobody_leaves_every_other_time_as_it_was():
    rng = np.random.default_rng(8)
    edges = [(f"p{i}", f"p{j}", rng.exponential()) for i in range(6) for j in range(6) if i != j]
    alone = simulate(tie_rates(*edges), ["p0"], horizon=9.0, runs=300, seed=8)
    joined = simulate(tie_rates(*edges, ("p0", "new", 0.7)), ["p0"], horizon=9.0, runs=300, seed=8)
    old = [joined.places.index(p) for p in alone.places]
    assert np.array_equal(joined.times[:, old], alone.times, equal_nan=True)
    assert np.isfinite(joined.times[:, joined.places.index("new")]).any()


def test_a_seed_may_adopt_later():
    result = simulate(tie_rates(("a", "b", 50.0)), {"a": 4.0}, horizon=20.0, runs=50, seed=9)
    assert (result.times[:, 0] == 4.0).all()
    assert (result.times[:, 1] > 4.0).all()


def test_credit_goes_to_channels_by_their_share_of_the_hazard():
    centers = make_centers({"a": "national", "b": "national", "c": "regional"})
    channels = [Channel("hierarchical", rate=0.3, decay="none"), Channel("tie", rate=1.0, decay="none")]
    model = hazard_rates(centers, channels, flows=ties(("a", "c", 0.1)), external={"c": 0.1})
    credit = simulate(model, ["a"], horizon=1e6, runs=200, seed=10).credit().set_index(["tier", "channel"])["share"]
    assert credit.loc["regional"].to_dict() == pytest.approx({"hierarchical": 0.6, "tie": 0.2, "external": 0.2})
    assert credit.loc["all"].sum() == pytest.approx(1.0)


def test_sources_are_credited_with_every_arrival():
    model = random_rates(6, np.random.default_rng(11))
    result = simulate(model, ["p00"], horizon=1e6, runs=100, seed=11)
    assert result.sources().sum(axis=0).drop("p00").to_numpy() == pytest.approx(np.ones(5))


def test_an_arrival_beyond_the_horizon_is_not_reached():
    result = simulate(tie_rates(("a", "b", 0.01)), ["a"], horizon=1.0, runs=500, seed=12)
    row = result.arrivals().set_index("place").loc["b"]
    assert row["reached"] == np.isfinite(result.times[:, 1]).mean()
    assert row["reached"] < 0.1
    assert np.isnan(row["median"])
    assert 0.9 < row["mean"] <= 1.0


def test_reach_never_falls_and_starts_with_the_seeds():
    result = simulate(random_rates(9, np.random.default_rng(13)), ["p00"], horizon=5.0, runs=100, seed=13)
    curve = result.reach()
    assert curve["mean"].is_monotonic_increasing
    assert curve["mean"].iloc[0] == pytest.approx(1 / 9)
    assert (curve["low"] <= curve["high"]).all()
    assert (curve["low"] < curve["mean"]).any()
    assert (curve["mean"] < curve["high"]).any()


@pytest.mark.parametrize(
    "points",
    [
        np.linspace(0, 5, 11), [3.0, 0.5, 2.0], [2.0, 2.0], [1.0, np.inf], [-np.inf, 1.0, 5.0], [-1e308, 1e308],
        [1e-320, 1e-319], [],
    ],
)  # fmt: skip
def test_places_are_counted_at_points_of_any_kind(points):
    times = np.random.default_rng(3).choice([0.0, 5e-320, 0.5, 2.0, 3.1, 1e308, np.inf, np.nan], (40, 9))
    found = reached_by(times, np.array(points, dtype=float))
    late = np.where(np.isnan(times), np.inf, times)
    assert found.tolist() == [[int((row <= point).sum()) for point in points] for row in late]


@pytest.mark.parametrize("runs", [1, 2, 40, 41])
def test_order_statistics_are_quantiles_of_numpy(runs):
    times = np.random.default_rng(runs).choice([0.5, 1.5, 2.5, np.nan], (runs, 7))
    levels = [0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0]
    known = np.quantile(np.where(np.isnan(times), np.inf, times), levels, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(order_statistics(times, levels), known)


def test_noise_keys_are_the_same_on_every_machine():
    # first 8 bytes of BLAKE2b of the UTF-8 name, little endian (RFC 7693)
    assert place_keys(("北京", "Beijing")).tolist() == [7415384723823703956, 5846137680480590337]


def test_masks_follow_the_tiers():
    centers = make_centers({"a": "international", "b": "national", "c": "national", "d": "regional"})
    down = hazard_rates(centers, [Channel("hierarchical", rate=1.0, decay="none")]).total().to_numpy()
    equal = hazard_rates(centers, [Channel("peer", rate=1.0, decay="none")]).total().to_numpy()
    assert down.tolist() == [[0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert equal.tolist() == [[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_with_one_step_at_most_every_tier_relays_to_the_next():
    centers = make_centers({"a": "international", "b": "national", "c": "regional"})
    relay = hazard_rates(centers, [Channel("hierarchical", rate=1.0, decay="none", max_steps=1)])
    assert relay.total().to_numpy().tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    result = simulate(relay, ["a"], horizon=1e6, runs=300)
    assert (result.times[:, 2] > result.times[:, 1]).all()
    assert result.sources().loc["b", "c"] == pytest.approx(1.0)


def test_a_channel_of_its_own_brings_its_mask_and_people_multiply_every_pair():
    centers = make_centers(dict.fromkeys("ab", "local"))
    mask = pd.DataFrame([[0.0, 0.5]], index=["a"], columns=["a", "b"])
    people = pd.DataFrame([[3.0]], index=["a"], columns=["b"])
    model = hazard_rates(centers, [Channel("rail", rate=2.0, decay="none", mask=mask)], people=people)
    assert model.total().to_numpy().tolist() == [[0, 3], [0, 0]]


def test_stepwise_decay_takes_the_factor_of_its_cost_class():
    channel = Channel("peer", rate=1.0, decay="steps", steps=((300.0, 1.0), (800.0, 0.4)))
    assert channel.weaken(np.array([0.0, 300.0, 301.0, 800.0, 900.0])).tolist() == [1, 1, 0.4, 0.4, 0]


@pytest.mark.parametrize("how", [{"radius": 10.0}, {"k": 1}])
def test_neighbors_are_near_and_never_above(how):
    centers = make_centers({"a": "international", "b": "national", "c": "regional"})
    costs = pd.DataFrame([[0, 10, 30], [10, 0, 20], [30, 20, 0]], index=list("abc"), columns=list("abc"), dtype=float)
    near = hazard_rates(centers, [Channel("neighbor", rate=1.0, decay="none", **how)], costs=costs).total()
    assert near.loc["a", "b"] == 1
    assert near.loc["b", "a"] == 0, "a stands above b"
    assert near.loc["a", "c"] == 0, "c is too far from a"


@pytest.mark.parametrize(
    ("normalize", "want"), [("none", 2.0), ("origin", 0.5), ("destination", 2.0 / 7.0), ("maximum", 0.4)]
)
def test_ties_are_normalized_as_named(normalize, want):
    flows = ties(("a", "b", 2.0), ("a", "c", 2.0), ("c", "b", 5.0))
    channel = Channel("tie", rate=1.0, decay="none", normalize=normalize)
    model = hazard_rates(make_centers(dict.fromkeys("abc", "local")), [channel], flows=flows)
    assert model.total().loc["a", "b"] == pytest.approx(want)


@given(st.floats(0, 5000), st.floats(1, 2000), st.floats(0, 1), st.sampled_from(["exponential", "power"]))
@settings(max_examples=60, deadline=None)
def test_decay_is_one_at_home_and_half_at_the_half_distance(cost, half, tacit, decay):
    channel = Channel("peer", rate=1.0, decay=decay, half_distance=half, exponent=2.0, tacit_share=tacit)
    home, there, away = channel.weaken(np.array([0.0, half, cost]))
    assert home == pytest.approx(1.0)
    assert there == pytest.approx(1.0 - tacit / 2)
    assert 1.0 - tacit - 1e-12 <= away <= 1.0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"name": "pear"}, "name: needed one of"),
        ({"name": "peer", "rate": -1.0, "decay": "none"}, "rate: needed a finite number"),
        ({"name": "peer", "half_distance": None}, "half_distance"),
        ({"name": "neighbor", "decay": "none"}, "either k or radius"),
        ({"name": "peer", "decay": "none", "tacit_share": 2.0}, "tacit_share"),
        ({"name": "peer", "decay": "none", "max_steps": 1}, "max_steps"),
        ({"name": "peer", "decay": "steps"}, "by rising limit"),
        ({"name": "peer", "decay": "none", "mask": pd.DataFrame()}, "name of your own"),
    ],
)
def test_a_channel_that_cannot_work_is_refused(options, word):
    with pytest.raises(OptionError, match=word):
        Channel(**options)


@pytest.mark.parametrize(
    ("call", "error", "word"),
    [
        (lambda m: simulate(m, ["x"], horizon=1.0), UnknownPlaceError, "seeds: no such place: 'x'"),
        (lambda m: simulate(m, "a", horizon=1.0), OptionError, "got the text 'a'"),
        (lambda m: simulate(m, ["a"], horizon=0.0), OptionError, "horizon"),
        (lambda m: simulate(m, [], horizon=1.0), OptionError, "nothing can spread"),
        (lambda m: mean_field(m, {"a": 2.0}, horizon=1.0), OptionError, "time 0"),
    ],
)
def test_a_simulation_that_cannot_work_is_refused(call, error, word):
    with pytest.raises(error, match=word):
        call(tie_rates(("a", "b", 1.0)))


def test_missing_inputs_of_a_channel_are_named():
    centers = make_centers({"a": "local", "b": "local"})
    with pytest.raises(OptionError, match="peer needs costs"):
        hazard_rates(centers, [Channel("peer", rate=1.0, half_distance=1.0)])
    with pytest.raises(OptionError, match="tie needs flows"):
        hazard_rates(centers, [Channel("tie", rate=1.0, decay="none")])
    half = pd.DataFrame([[0.0]], index=["a"], columns=["a"])
    with pytest.raises(TableError, match="none for b"):
        hazard_rates(centers, [Channel("peer", rate=1.0, half_distance=1.0)], costs=half)
