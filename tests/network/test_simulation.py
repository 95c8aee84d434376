"""Dense and sparse engines, cascades, chunks and histograms tell the same story."""

from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import Channel, bass, cascade, edge_rates, hazard_rates, mean_field, simulate
from innoscape.network.diffusion.model.place_keys import place_keys
from innoscape.network.diffusion.simulate.chunks import chunked


def random_edges(n, m, rng, scale=1.0):
    pairs = rng.choice(n * n, size=m, replace=False)
    source, target = pairs // n, pairs % n
    keep = source != target
    names = np.array([f"p{i:03d}" for i in range(n)], dtype=object)
    value = scale * rng.exponential(size=m)
    return pd.DataFrame({"source": names[source], "target": names[target], "value": value})[keep]


def dense(edges, **options):
    names = sorted({*edges["source"], *edges["target"]})
    tier = pd.Categorical(["local"] * len(names), categories=["local"], ordered=True)
    channel = Channel("tie", rate=1.0, decay="none")
    return hazard_rates(pd.DataFrame({"place": names, "tier": tier}), [channel], flows=edges, **options)


@pytest.mark.parametrize("external", [0.0, {"p003": 0.05, "p010": 0.2}])
def test_the_sparse_engine_gives_the_times_of_the_dense_one(external):
    edges = random_edges(40, 300, np.random.default_rng(1))
    seeds = {"p000": 0.0, "p001": 0.7}
    thick = simulate(dense(edges, external=external), seeds, horizon=4.0, runs=200, seed=3)
    thin = simulate(edge_rates(edges, external=external), seeds, horizon=4.0, runs=200, seed=3)
    assert thick.places == thin.places
    assert np.isnan(thick.times).any()
    np.testing.assert_allclose(thick.times, thin.times, rtol=1e-10)


def test_edges_given_twice_are_added_and_row_order_changes_no_bit():
    rng = np.random.default_rng(2)
    edges = random_edges(30, 200, rng)
    twice = pd.concat([edges.assign(value=edges["value"] / 2)] * 2).sample(frac=1, random_state=4)
    one = simulate(edge_rates(edges), ["p000"], horizon=3.0, runs=50)
    two = simulate(edge_rates(twice), ["p000"], horizon=3.0, runs=50)
    np.testing.assert_array_equal(one.times, two.times)


def test_a_seed_that_waits_may_be_reached_before_its_time():
    edges = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [100.0]})
    for model in (dense(edges), edge_rates(edges)):
        times = simulate(model, {"a": 0.0, "b": 5.0}, horizon=10.0, runs=100).times
        assert (times[:, 1] < 5.0).all()


def test_times_agree_with_first_passage_on_exponential_edges():
    # adoption along edges is first passage with independent exponential lengths (Richardson's model)
    edges = random_edges(25, 120, np.random.default_rng(5))
    rng = np.random.default_rng(6)
    graph = nx.DiGraph()
    passages = []
    for _ in range(1500):
        graph.clear()
        graph.add_weighted_edges_from((s, t, rng.exponential() / v) for s, t, v in edges.itertuples(index=False))
        passages.append(nx.single_source_dijkstra_path_length(graph, "p000").get("p007", np.inf))
    ours = simulate(edge_rates(edges), ["p000"], horizon=1e9, runs=1500, seed=7)
    times = ours.times[:, ours.places.index("p007")]
    assert stats.ks_2samp(times, np.array(passages)).pvalue > 0.01


def test_histograms_agree_with_kept_times():
    model = dense(random_edges(20, 150, np.random.default_rng(8)))
    kept = simulate(model, ["p000"], horizon=3.0, runs=700, keep=True)
    counted = simulate(model, ["p000"], horizon=3.0, runs=700, keep=False)
    assert counted.times is None
    assert counted.resolution == pytest.approx(3.0 / 1000)
    one, two = kept.arrivals(), counted.arrivals()
    for column in ("mean", "reached", "error"):
        assert one[column].to_numpy() == pytest.approx(two[column].to_numpy(), rel=1e-9, abs=1e-12)
    for column in ("low", "median", "high"):
        gap = two[column] - one[column]
        assert gap.isna().equals(one[column].isna())
        assert ((gap.dropna() > -1e-9) & (gap.dropna() <= counted.resolution + 1e-9)).all()
    pd.testing.assert_frame_equal(kept.reach(), counted.reach())
    with pytest.raises(OptionError, match="not kept"):
        counted.order()


def test_saved_chunks_are_taken_up_where_they_stopped(tmp_path):
    model = dense(random_edges(10, 60, np.random.default_rng(9)))
    calls = []

    def stop(done, _):
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ThreadPoolExecutor(1) as one:
        simulate(model, ["p000"], horizon=3.0, runs=1200, save=tmp_path, progress=stop, executor=one)
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.npz")}
    assert kept
    whole = simulate(model, ["p000"], horizon=3.0, runs=1200, save=tmp_path)
    assert all(p.stat().st_mtime_ns == at for p, at in kept.items())
    np.testing.assert_array_equal(whole.times, simulate(model, ["p000"], horizon=3.0, runs=1200).times)
    other = simulate(model, ["p000"], horizon=3.0, runs=1200, seed=1, save=tmp_path)
    assert not np.array_equal(other.times, whole.times)


def test_chunks_come_in_order_and_report_progress():
    steps = []

    def task(first, last):
        return {"runs": np.arange(first, last)}

    parts = list(chunked(task, (), 1000, progress=lambda done, runs: steps.append((done, runs))))
    assert np.concatenate([p["runs"] for p in parts]).tolist() == list(range(1000))
    assert steps[-1] == (1000, 1000)


def brute_independent(graph, seed, rng):
    reached, front = {seed}, [seed]
    while front:
        tried = [(u, v) for u in front for v in graph[u] if v not in reached]
        front = list({v for u, v in tried if rng.random() < graph[u][v]["weight"]})
        reached |= set(front)
    return len(reached)


@pytest.mark.parametrize("engine", ["dense", "sparse"])
def test_an_independent_cascade_reaches_as_many_as_trying_every_edge(engine):
    rng = np.random.default_rng(10)
    edges = random_edges(25, 500, rng)
    edges["value"] = rng.uniform(0.0, 0.25, len(edges))
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(edges.itertuples(index=False))
    brute = np.array([brute_independent(graph, "p000", rng) for _ in range(3000)])
    model = dense(edges) if engine == "dense" else edge_rates(edges)
    ours = cascade(model, ["p000"], runs=3000, seed=11)
    gap = abs(ours.sizes.mean() - brute.mean())
    assert gap < 4 * np.hypot(brute.std(), ours.sizes.std()) / np.sqrt(3000)
    assert ours.reached.sum() == pytest.approx(ours.sizes.mean())


@pytest.mark.parametrize("model", ["independent", "linear_threshold"])
def test_dense_and_sparse_cascades_agree_run_by_run(model):
    rng = np.random.default_rng(12)
    edges = random_edges(30, 400, rng)
    edges["value"] = rng.uniform(0.0, 0.12, len(edges))
    one = cascade(dense(edges), ["p000", "p001"], model=model, runs=300, seed=2)
    two = cascade(edge_rates(edges), ["p000", "p001"], model=model, runs=300, seed=2)
    np.testing.assert_array_equal(one.rounds, two.rounds)


@pytest.mark.parametrize("model", ["independent", "linear_threshold"])
@pytest.mark.parametrize(("places", "most"), [(60, 0.15), (1500, 0.8)])
def test_every_engine_gives_the_same_cascades(model, places, most):
    """Of many places only some rounds are crowds, of few all are."""
    from innoscape.network.diffusion.simulate.cascade import _network, _run

    rng = np.random.default_rng(15)
    edges = random_edges(places, max(900, 4 * places), rng)
    edges["value"] = rng.uniform(0.0, most, len(edges))
    built = edge_rates(edges)
    task = (*_network(built, model, np.zeros(places)), np.array([0, 3]), built.keys, np.uint64(1))
    one, two = (_run(engine, *task, 10**9, True, 0, 200) for engine in ("edges", "flood"))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])
    assert one["sizes"].max() > places / 5, "some cascades must be large"
    newcomers = [np.unique(run[np.isfinite(run)], return_counts=True)[1].max() for run in one["rounds"]]
    assert min(newcomers) * 32 <= places or places == 60
    assert max(newcomers) * 32 > places


def test_single_precision_decides_no_dense_cascade():
    """Draws and factors are laid so that every place stands within a hair of adopting, on either side."""
    from innoscape.network.diffusion.kernels.cascade_dense import cascade_dense
    from innoscape.network.diffusion.model.random_numbers import run_bits, uniform

    n, runs = 80, 60
    keys = place_keys(range(n))
    rng = np.random.default_rng(19)
    for run in range(runs):
        bits = np.uint64(run_bits(np.uint64(0), run))
        draws = np.array([uniform(bits, key) for key in keys])
        push = rng.uniform(1.0, 1.02, (n, n))
        # the first half adopts at the start; what it leaves the others short of is made up to a part in 10 ** 9
        product = draws.copy()
        for i in range(n // 2):
            product *= push[i]
        hair = 1.0 + rng.choice([-1e-9, 1e-9], n)
        push[0] *= hair / product
        exact = draws.copy()
        for i in range(n // 2):
            exact *= push[i]
        rounds, reached = np.full((1, n), np.inf), np.zeros(n, np.int64)
        quick = push.astype(np.float32)
        sizes = cascade_dense(push, quick, np.arange(n // 2), keys, np.uint64(0), run, run + 1, 1, rounds, reached)
        assert (rounds[0, n // 2 :] == 1.0).tolist() == (exact[n // 2 :] >= 1.0).tolist()
        assert sizes[0] == n // 2 + (exact[n // 2 :] >= 1.0).sum()
        assert 0 < (exact[n // 2 :] >= 1.0).sum() < n // 2


def test_a_linear_threshold_is_crossed_with_the_probability_of_its_weight():
    edges = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"], "value": [0.2, 0.3]})
    share = cascade(edge_rates(edges), ["a", "b"], model="linear_threshold", runs=5000).reached[2]
    assert share == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 5000))


def test_fixed_thresholds_leave_nothing_to_chance():
    edges = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"], "value": [0.5, 0.3, 0.3]})
    limits = {"a": 1.0, "b": 0.5, "c": 0.6}
    outcome = cascade(edge_rates(edges), ["a"], model="fixed_threshold", thresholds=limits, runs=3)
    assert outcome.rounds.tolist() == [[0, 1, 2]] * 3
    with pytest.raises(OptionError, match="none for b"):
        cascade(edge_rates(edges), ["a"], model="fixed_threshold", thresholds={"a": 1.0, "c": 0.6})


@pytest.mark.parametrize("names", ["abcx", "cbax"])
def test_weights_that_add_up_to_a_threshold_reach_it_whatever_the_order(names):
    edges = pd.DataFrame({"source": list(names[:3]), "target": "x", "value": [0.1, 0.2, 0.3]})
    for scale in (1.0, 1e-9, 1e12):
        model, limits = edge_rates(edges.assign(value=edges["value"] * scale)), dict.fromkeys("abcx", 0.6 * scale)
        for limit, size in ((limits, 4), ({**limits, "x": 0.6001 * scale}, 3)):
            found = cascade(model, list("abc"), model="fixed_threshold", thresholds=limit, runs=1)
            assert found.sizes.tolist() == [size]


def test_a_threshold_of_nothing_is_that_of_a_seed():
    chain = edge_rates(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "value": [0.5, 0.5]}))
    limits = {"a": 0.0, "b": 0.5, "c": 0.6}
    assert cascade(chain, ["a"], model="fixed_threshold", thresholds=limits, runs=1).sizes == [2]
    with pytest.raises(OptionError, match="adopts of itself: name a among the seeds"):
        cascade(chain, ["b"], model="fixed_threshold", thresholds=limits, runs=1)


def test_levels_of_intervals_are_shares():
    outcome = cascade(edge_rates(pd.DataFrame({"source": ["a"], "target": ["b"], "value": [0.5]})), ["a"], runs=5)
    for level in (95, -0.5):
        with pytest.raises(OptionError, match="confidence_level: needed a finite number above 0 and below 1"):
            outcome.reach(confidence_level=level)


def test_the_mean_field_settles_in_the_long_run():
    tier = pd.Categorical(["n", "r"], categories=["n", "r"], ordered=True)
    model = hazard_rates(
        pd.DataFrame({"place": ["W", "C"], "tier": tier}), [Channel("hierarchical", rate=0.5, decay="none")]
    )
    assert mean_field(model, ["W"], horizon=1e9, points=3).iloc[-1].tolist() == pytest.approx([1.0, 1.0])


def test_what_no_cascade_can_start_from_is_told_at_once():
    chain = edge_rates(pd.DataFrame({"source": ["a"], "target": ["b"], "value": [0.5]}))
    with pytest.raises(UnknownPlaceError, match=r"'z'.*runs: .*rounds: .*model: needed"):
        cascade(chain, ["z"], runs=0, rounds=-1, model="cascade")
    with pytest.raises(OptionError, match="every seed must adopt at time 0"):
        cascade(chain, {"a": 2.0})
    with pytest.raises(UnknownPlaceError, match=r"'z'.*thresholds: needed finite numbers of at least 0, got -1"):
        cascade(chain, ["a"], model="fixed_threshold", thresholds={"a": -1, "b": 0.5, "z": 1})


def test_certain_edges_always_succeed_and_rounds_can_be_limited():
    chain = edge_rates(pd.DataFrame({"source": list("abc"), "target": list("bcd"), "value": [1.0, 1.0, 1.0]}))
    assert cascade(chain, ["a"], runs=200).reached.tolist() == [1, 1, 1, 1]
    assert cascade(chain, ["a"], runs=200, rounds=2).reached.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("build", [dense, edge_rates])
def test_raising_a_probability_loses_nobody_in_any_run(build):
    rng = np.random.default_rng(13)
    edges = random_edges(20, 150, rng)
    edges["value"] = rng.uniform(0.0, 0.3, len(edges))
    before, after = (
        cascade(build(edges.assign(value=edges["value"] * factor)), ["p000"], runs=400).rounds for factor in (1.0, 1.3)
    )
    assert (np.nan_to_num(after, nan=np.inf) <= np.nan_to_num(before, nan=np.inf)).all()
    assert np.isnan(after).sum() < np.isnan(before).sum()


def test_what_is_kept_and_how_many_runs_follow_change_no_cascade():
    rng = np.random.default_rng(17)
    built = edge_rates(random_edges(50, 200, rng).assign(value=0.3))
    some, many = (cascade(built, ["p000"], runs=runs, seed=3) for runs in (70, 3000))
    np.testing.assert_array_equal(some.rounds, many.rounds[:70])
    unkept = cascade(built, ["p000"], runs=3000, seed=3, keep=False)
    np.testing.assert_array_equal(unkept.sizes, many.sizes)
    np.testing.assert_array_equal(unkept.reached, many.reached)


def test_probabilities_beyond_one_are_refused():
    with pytest.raises(OptionError, match="needs probabilities, got 2"):
        cascade(edge_rates(pd.DataFrame({"source": ["a"], "target": ["b"], "value": [2.0]})), ["a"])


def test_bass_is_the_mean_field_of_a_large_complete_network():
    n, p, q = 300, 0.03, 0.4
    names = [f"p{i:03d}" for i in range(n)]
    flows = pd.DataFrame({"source": np.repeat(names, n), "target": np.tile(names, n), "value": q / n})
    model = dense(flows[flows["source"] != flows["target"]], external=p)
    curve = mean_field(model, [], horizon=20.0)
    assert curve.mean(axis=1).to_numpy() == pytest.approx(
        bass(curve.index.to_numpy(), innovation=p, imitation=q), abs=2e-3
    )
    simulated = simulate(model, [], horizon=20.0, runs=200).reach()
    closed = bass(simulated["time"].to_numpy(), innovation=p, imitation=q)
    assert np.abs(simulated["mean"].to_numpy() - closed).max() < 0.02


def test_order_statistics_rise():
    model = dense(random_edges(12, 100, np.random.default_rng(14)))
    order = simulate(model, ["p000"], horizon=50.0, runs=300).order()
    assert order["median"].is_monotonic_increasing
    assert order["median"].iloc[0] == 0.0


def test_bad_edges_are_refused():
    good = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [1.0]})
    with pytest.raises(TableError, match="the column rate"):
        edge_rates(good, channels=("rate",))
    with pytest.raises(TableError, match="finite rates of at least 0"):
        edge_rates(good.assign(value=-1.0))
    with pytest.raises(OptionError, match="finite time"):
        simulate(edge_rates(good), {"a": -1.0}, horizon=1.0)
