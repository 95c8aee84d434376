"""Backbones keep what chance does not explain: exact p-values, uniform under the null."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import backbone

METHODS = ["disparity", "noise_corrected", "binomial", "marginal_likelihood", "lans", "maximum_spanning_tree"]


def weighted(seed, *, directed=False, n=12, chance=0.4):
    graph = nx.gnp_random_graph(n, chance, seed=seed, directed=directed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 50))
    return graph


def test_disparity_agrees_with_netbone_on_les_miserables():
    # netbone 0.2.3, netbone.statistical.disparity: ties with an end of degree above 1, sum of p, number below 0.05
    netbone = {"ties": 254, "sum": 103.20594496463688, "kept": 9, "Cosette-Valjean": 0.00047877579937226946}
    table = backbone(nx.les_miserables_graph()).table
    tested = table[table["p_source"].notna() | table["p_target"].notna()]
    assert len(tested) == netbone["ties"]
    assert tested["p_value"].sum() == pytest.approx(netbone["sum"])
    assert tested["kept"].sum() == netbone["kept"]
    pairs = table.set_index(["source", "target"])["p_value"]
    assert pairs["Cosette", "Valjean"] == pytest.approx(netbone["Cosette-Valjean"])


def test_disparity_is_exact_from_both_ends():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 8.0), ("a", "c", 1.0), ("a", "d", 1.0), ("c", "b", 2.0)])
    table = backbone(graph, alpha=0.1).table.set_index(["source", "target"])
    assert table.loc[("a", "b"), "p_source"] == pytest.approx((1 - 0.8) ** 2)
    assert table.loc[("a", "b"), "p_target"] == pytest.approx(1 - 0.8)
    assert table.loc[("a", "b"), "p_value"] == pytest.approx(0.04)
    assert np.isnan(table.loc[("a", "c"), "p_target"])
    assert table.index[table["kept"]].tolist() == [("a", "b")]
    assert not backbone(graph, alpha=0.1, ends="both").table["kept"].any()


def test_disparity_is_uniform_when_weights_are_cut_at_random():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(300):
        star = nx.DiGraph()
        star.add_weighted_edges_from(("hub", f"p{i}", w) for i, w in enumerate(rng.dirichlet(np.ones(6))))
        p.append(backbone(star).table["p_source"].iloc[0])
    assert stats.kstest(p, "uniform").pvalue > 0.01


def at_random(rng, n, units, *, directed):
    """Drop units on pairs of different places by the product of their sizes."""
    size = rng.dirichlet(np.full(n, 5.0))
    chance = np.outer(size, size)
    np.fill_diagonal(chance, 0)
    counts = rng.multinomial(units, chance.ravel() / chance.sum()).reshape(n, n)
    if directed:
        return nx.from_numpy_array(counts, create_using=nx.DiGraph)
    return nx.from_numpy_array(np.triu(counts + counts.T, 1))


@pytest.mark.parametrize("directed", [True, False])
def test_the_binomial_test_keeps_its_level_under_the_null(directed):
    rng = np.random.default_rng(5)
    graphs = [at_random(rng, 25, 40_000, directed=directed) for _ in range(4)]
    p = np.concatenate([backbone(g, method="binomial").table["p_value"] for g in graphs])
    # a little below the level, because the margins are fitted to the same counts
    assert 0.02 < (p < 0.05).mean() < 0.055
    assert 0.4 < (p < 0.5).mean() < 0.55


def test_noise_correction_keeps_its_level_only_among_many_places():
    rng = np.random.default_rng(5)
    few, many = at_random(rng, 25, 40_000, directed=True), at_random(rng, 200, 400_000, directed=True)
    among_few, among_many = (
        (backbone(g, method="noise_corrected").table["p_value"] < 0.05).mean() for g in (few, many)
    )
    assert 0.03 < among_many < 0.1
    assert among_few > 0.1


def test_the_binomial_test_counts_exactly():
    # a triangle of one-way ties: the chances with these margins are the shares themselves
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 6.0), ("b", "c", 2.0), ("c", "a", 4.0)])
    graph.add_weighted_edges_from([("b", "a", 6.0), ("c", "b", 2.0), ("a", "c", 4.0)])
    from innoscape.network.structure.tie_p_values import _independent

    sent = np.array([10.0, 8.0, 6.0]) / 24
    a, b = _independent(sent, sent)
    chance = np.outer(a, b) * (1 - np.eye(3))
    assert chance.sum(axis=1) == pytest.approx(sent)
    assert chance.sum(axis=0) == pytest.approx(sent)
    p = backbone(graph, method="binomial").table.set_index(["source", "target"])["p_value"]
    assert p["a", "b"] == pytest.approx(stats.binom.sf(5, 24, chance[0, 1]))
    star = backbone(nx.star_graph(6), method="binomial").table
    assert (star["p_value"] > 0.5).all(), "what a star has is all it can have"


def test_noise_correction_follows_its_derivation():
    # prior moments from scipy's hypergeometric, the slope by finite differences (Coscia & Neffke 2017, section IV)
    graph = weighted(4, directed=True)
    row = backbone(graph, method="noise_corrected").table.iloc[7]
    sent, received = graph.out_degree(weight="weight"), graph.in_degree(weight="weight")
    s, r, w = sent[row["source"]], received[row["target"]], row["weight"]
    total = graph.size(weight="weight")
    drawn = stats.hypergeom(int(total), int(s), int(r))
    mean, variance = drawn.mean() / total, drawn.var() / total**2
    a = mean * (mean * (1 - mean) / variance - 1)
    b = a * (1 - mean) / mean
    assert stats.beta(a, b).mean() == pytest.approx(mean)
    assert stats.beta(a, b).var() == pytest.approx(variance)
    posterior = stats.beta(a + w, b + total - w).mean()

    def score(extra):
        lift = (total + extra) * (w + extra) / ((s + extra) * (r + extra))
        return (lift - 1) / (lift + 1)

    slope = (score(1e-4) - score(-1e-4)) / 2e-4
    deviation = np.sqrt(total * posterior * (1 - posterior)) * abs(slope)
    assert row["score"] == pytest.approx(score(0))
    assert row["deviation"] == pytest.approx(deviation, rel=1e-6)
    assert row["p_value"] == pytest.approx(stats.norm.sf(score(0) / deviation))


def test_the_spanning_tree_of_a_directed_graph_sums_directions():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 2.0), ("b", "a", 2.0), ("b", "c", 3.0), ("a", "c", 1.0)])
    kept = backbone(graph, method="maximum_spanning_tree").graph
    assert sorted(kept.edges) == [("a", "b"), ("b", "a"), ("b", "c")]


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 50), st.booleans(), st.randoms())
@settings(max_examples=6, deadline=None)
def test_order_of_rows_changes_nothing(method, seed, directed, source):
    graph = weighted(seed % 7, directed=directed)
    edges, nodes = list(graph.edges(data=True)), list(graph)
    source.shuffle(edges)
    source.shuffle(nodes)
    other = type(graph)()
    other.add_nodes_from(nodes)
    other.add_edges_from(edges)
    one, two = backbone(graph, method=method), backbone(other, method=method)
    pd.testing.assert_frame_equal(one.table, two.table)
    assert list(one.graph.edges(data=True)) == list(two.graph.edges(data=True))


def test_only_counts_depend_on_the_unit():
    graph, finer = weighted(1, n=40), weighted(1, n=40)
    for *_, data in finer.edges(data=True):
        data["weight"] *= 100
    assert backbone(graph).table["p_value"].to_numpy() == pytest.approx(backbone(finer).table["p_value"].to_numpy())
    for method in ("noise_corrected", "binomial"):
        one, two = (backbone(g, method=method).table["kept"].sum() for g in (graph, finer))
        assert two > one


def test_limit_cases_are_defined():
    pair = nx.Graph([("a", "b")])
    pair.add_node("island", internal=3.0)
    found = backbone(pair)
    assert found.table["p_value"].tolist() == [1.0]
    assert found.graph.nodes["island"] == {"internal": 3.0}
    equal = backbone(nx.complete_graph(5)).table
    assert equal["p_value"].to_numpy() == pytest.approx((1 - 1 / 4) ** 3)
    for method in METHODS:
        assert backbone(nx.empty_graph(2), method=method).table.empty
        one = nx.DiGraph()
        one.add_edge("a", "b", weight=5.0, status="observed")
        assert len(backbone(one, method=method).table) == 1
    assert backbone(one, method="maximum_spanning_tree").graph.edges["a", "b"]["status"] == "observed"
    assert backbone(weighted(2), method="maximum_spanning_tree").kept["places"] == 1


def test_counts_are_asked_for_where_they_are_needed():
    amounts = weighted(1)
    for *_, data in amounts.edges(data=True):
        data["weight"] += 0.5
    with pytest.warns(InnoscapeWarning, match="not whole numbers"):
        backbone(amounts, method="binomial")
    for *_, data in amounts.edges(data=True):
        data["weight"] *= 1e-6
    with pytest.raises(OptionError, match="use disparity for shares"):
        backbone(amounts, method="noise_corrected")
    with pytest.raises(OptionError, match="parallel ties"):
        backbone(nx.MultiGraph([("a", "b"), ("a", "b")]))


def test_bad_options_are_refused():
    graph = weighted(1)
    options = [{"method": "noise-corrected"}, {"alpha": 0}, {"ends": "any"}, {"correction": "holm"}]
    for option in options:
        with pytest.raises(OptionError):
            backbone(graph, **option)


def test_lans_counts_heavier_ties_at_each_end():
    graph = weighted(4, n=9, directed=True)
    table = backbone(graph, method="lans", alpha=0.3).table
    for row in table.itertuples():
        out = [d["weight"] for d in graph[row.source].values()]
        into = [d["weight"] for *_, d in graph.in_edges(row.target, data=True)]
        ends = (sum(w > row.weight for w in out) / len(out), sum(w > row.weight for w in into) / len(into))
        assert (row.p_source, row.p_target) == pytest.approx(ends)
        assert row.kept == (min(ends) < 0.3)
    heaviest = table.loc[table.groupby("source")["weight"].idxmax()]
    assert heaviest["kept"].all()


@pytest.mark.parametrize("directed", [False, True])
def test_the_marginal_likelihood_is_a_binomial_test(directed):
    graph = weighted(5, directed=directed)
    units = graph.size(weight="weight")
    sent, received = dict(graph.degree(weight="weight")), dict(graph.degree(weight="weight"))
    if directed:
        sent, received = dict(graph.out_degree(weight="weight")), dict(graph.in_degree(weight="weight"))
    for row in backbone(graph, method="marginal_likelihood").table.itertuples():
        chance = sent[row.source] * received[row.target] / units**2 / (1 if directed else 2)
        theirs = stats.binomtest(int(row.weight), int(units), chance, alternative="greater").pvalue
        assert row.p_value == pytest.approx(theirs, rel=1e-9)


def test_doubly_stochastic_scaling_of_directed_ties_sends_and_receives_1():
    graph = weighted(6, directed=True, chance=0.8)
    found = backbone(graph, method="doubly_stochastic")
    for end in ("source", "target"):
        assert found.table.groupby(end)["score"].sum().to_numpy() == pytest.approx(1.0)
    assert nx.is_weakly_connected(found.graph)
    assert found.table.loc[found.table["kept"], "score"].min() >= found.table.loc[~found.table["kept"], "score"].max()


def test_networks_that_cannot_be_scaled_are_refused():
    with pytest.raises(OptionError, match="leaves of a star"):
        backbone(nx.star_graph(4), method="doubly_stochastic")
    with pytest.raises(OptionError, match="with one of the two"):
        backbone(nx.DiGraph([(0, 1)]), method="doubly_stochastic")


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("maximum_spanning_tree", {"alpha": 0.1}),
        ("doubly_stochastic", {"correction": "fdr"}),
        ("binomial", {"ends": "both"}),
    ],
)
def test_options_that_a_method_has_no_use_for_are_refused(method, options):
    with pytest.raises(OptionError, match=f"{next(iter(options))}: has no part with method='{method}'"):
        backbone(weighted(1), method=method, **options)
