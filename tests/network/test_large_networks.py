"""Large networks are measured on sparse matrices or by a sample, or are refused with what they would take."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import innoscape.network.measures.structural_holes as holes_of_places
import innoscape.network.structure.communities as modules
import innoscape.network.structure.core_periphery as cores
import innoscape.network.structure.mixing as groups_of_places
import innoscape.network.structure.multilayer as layers
from innoscape.data import Budget, OptionError
from innoscape.data.errors import InnoscapeWarning, SizeError
from innoscape.network import (
    block_roles,
    centrality,
    communities,
    compare_weight_meanings,
    core_periphery,
    mixing,
    multilayer,
    network_summary,
    rich_club,
    small_world,
    structural_holes,
    to_matrix,
    write_graph,
)
from innoscape.network.measures import node_measures, row_blocks, step_kernels, summary
from innoscape.study.stages.sized_measures import sized_communities

PATHS = ("betweenness", "closeness", "harmonic")


def drawn(n=150, ties=600, *, directed=False, seed=1):
    """Draw a network of heavy-tailed degrees and whole weights."""
    rng = np.random.default_rng(seed)
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(f"o{i:03d}" for i in range(n))
    chance = np.arange(1, n + 1) ** -0.6
    while graph.number_of_edges() < ties:
        i, j = rng.choice(n, size=2, replace=False, p=chance / chance.sum())
        graph.add_edge(f"o{i:03d}", f"o{j:03d}", weight=float(rng.integers(1, 20)))
    return graph


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(node_measures, "EXACT_WORK", 1000)
    monkeypatch.setattr(summary, "EXACT_WORK", 1000)


@pytest.mark.parametrize("directed", [False, True])
def test_a_sample_of_all_places_gives_the_exact_measures_without_error(directed):
    graph = drawn(directed=directed)
    exact = centrality(graph, measures=(*PATHS, "eccentricity"), weight_meaning="strength")
    sampled = centrality(graph, measures=(*PATHS, "eccentricity"), weight_meaning="strength", sample=len(graph))
    for measure in (*PATHS, "eccentricity"):
        np.testing.assert_allclose(sampled[measure], exact[measure], rtol=1e-12, atol=1e-15)
        assert (sampled[f"{measure}_error"] == 0).all()
    whole, estimated = network_summary(graph), network_summary(graph, sample=len(graph))
    np.testing.assert_allclose(estimated[whole.index], whole, rtol=1e-12)
    assert (estimated.drop(whole.index) == 0).all()


@pytest.mark.parametrize("directed", [False, True])
def test_estimates_are_unbiased_and_their_errors_are_those_of_repeated_samples(directed):
    graph = drawn(directed=directed)
    exact = centrality(graph, measures=PATHS, weight_meaning="strength")
    draws = [centrality(graph, measures=PATHS, weight_meaning="strength", sample=50, seed=s) for s in range(60)]
    for measure in PATHS:
        values = np.array([one[measure] for one in draws])
        errors = np.array([one[f"{measure}_error"] for one in draws])
        spread = values.std(axis=0, ddof=1)
        known = spread > 1e-12
        bias = (values.mean(axis=0) - exact[measure].to_numpy())[known] / (spread[known] / np.sqrt(len(draws)))
        assert np.abs(bias).mean() < 1.2
        ratio = np.sqrt((errors[:, known] ** 2).mean(axis=0)) / spread[known]
        assert 0.85 < np.median(ratio) < 1.2


def test_the_errors_of_a_sampled_summary_cover_the_exact_values():
    graph = drawn(400, 1200)
    exact = network_summary(graph)
    found = [network_summary(graph, sample=100, seed=s) for s in range(20)]
    for name in ("average_path", "global_efficiency", "global_efficiency_weighted", "local_efficiency"):
        off = [abs(one[name] - exact[name]) / one[f"{name}_error"] for one in found]
        assert np.mean(np.array(off) < 2) >= 0.8, name
    assert all(one["diameter"] <= exact["diameter"] for one in found)
    assert (found[0].loc["places":"clustering"] == exact.loc["places":"clustering"]).all()


def test_a_sample_depends_on_the_seed_and_not_on_the_order_of_places():
    graph = drawn()
    turned = nx.Graph()
    turned.add_nodes_from(reversed(list(graph)))
    turned.add_edges_from(reversed(list(graph.edges(data=True))))
    one = centrality(graph, measures=PATHS, weight_meaning="strength", sample=30).set_index("place")
    other = centrality(turned, measures=PATHS, weight_meaning="strength", sample=30).set_index("place")
    pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=1e-10)
    third = centrality(graph, measures=PATHS, weight_meaning="strength", sample=30, seed=1).set_index("place")
    assert not np.allclose(one["betweenness"], third["betweenness"])


@pytest.mark.usefixtures("small_limits")
def test_what_is_too_large_says_time_memory_and_the_way_out():
    graph = drawn()
    for work in (
        lambda: centrality(graph, weight_meaning="strength"),
        lambda: compare_weight_meanings(graph),
        lambda: network_summary(graph),
    ):
        with pytest.raises(SizeError, match=r"150 places and 600 ties .* GB of memory and .*; pass sample=500"):
            work()
    with pytest.raises(SizeError, match=r"both meanings .* say which weight_meaning holds"):
        centrality(graph)
    assert len(centrality(graph, measures=("degree", "pagerank", "constraint"))) == 150
    assert "betweenness_error" in centrality(graph, sample=100, weight_meaning="strength")
    assert len(compare_weight_meanings(graph, sample=100)) == 2


def test_more_runs_than_some_minutes_are_enough_for_are_refused(monkeypatch):
    graph = drawn()
    whole = communities(graph, runs=2)
    monkeypatch.setattr(modules, "_MOST_WORK", 1200)
    pd.testing.assert_frame_equal(communities(graph, runs=2).table, whole.table)
    with pytest.raises(SizeError, match=r"communities from 10 runs of 150 places and 600 ties .*; pass runs=2, or"):
        communities(graph)
    monkeypatch.setattr(modules, "_MOST_WORK", 100)
    assert communities(graph, runs=1).runs["run"].tolist() == [0]
    with pytest.warns(InnoscapeWarning, match="network deals: communities come from one search"):
        found = sized_communities(graph, "deals", {}, 0)
    pd.testing.assert_frame_equal(found.table, communities(graph, runs=1, groups={}).table)


def test_a_sample_has_no_maximum_and_at_least_two_places():
    with pytest.raises(OptionError, match="eccentricity is a maximum"):
        centrality(drawn(), measures=("eccentricity",), sample=20)
    with pytest.raises(OptionError, match="sample: needed a whole number of at least 2"):
        centrality(drawn(), sample=1)
    with pytest.raises(OptionError, match="seed"):
        centrality(drawn(), sample=20, seed=-1)


def test_products_in_blocks_are_those_at_once(monkeypatch):
    graph = drawn(300, 1500, directed=True)
    measures = ("clustering", "clustering_barrat", "clustering_onnela")
    whole = centrality(graph, measures=measures)
    monkeypatch.setattr(row_blocks, "_MOST", 500)
    pd.testing.assert_frame_equal(centrality(graph, measures=measures), whole, check_exact=True)


@pytest.mark.parametrize("directed", [False, True])
def test_holes_of_sparse_networks_are_those_of_full_matrices(monkeypatch, directed):
    graph = drawn(300, 1500, directed=directed)
    thin = structural_holes(graph)
    monkeypatch.setattr(holes_of_places, "is_full", lambda _: True)
    pd.testing.assert_frame_equal(structural_holes(graph), thin, rtol=1e-12)


def test_places_that_set_out_together_take_the_steps_of_each_alone():
    # the long path takes more steps than are counted together
    for graph in (drawn(150, 400, directed=True), nx.path_graph(140), nx.empty_graph(3)):
        lengths = nx.to_scipy_sparse_array(graph, weight=None, format="csr")
        back = lengths.T.tocsr()
        together = step_kernels.steps_towards(lengths.indptr, lengths.indices)
        alone = step_kernels._one_by_one(back.indptr, back.indices)
        for one, other in zip(together, alone, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("method", ["borgatti_everett", "continuous"])
def test_cores_on_sparse_matrices_are_those_on_full_ones(monkeypatch, directed, method):
    graph = drawn(directed=directed)
    full = core_periphery(graph, method=method, test=False)
    monkeypatch.setattr(cores, "_DENSE_PLACES", 10)
    thin = core_periphery(graph, method=method, test=False)
    assert thin.correlation == pytest.approx(full.correlation, abs=1e-12)
    pd.testing.assert_frame_equal(thin.table, full.table, rtol=1e-9)
    pd.testing.assert_frame_equal(thin.densities, full.densities, rtol=1e-12)


@pytest.mark.parametrize("null", ["pairs", "degree"])
@pytest.mark.parametrize("directed", [False, True])
def test_null_networks_on_sparse_matrices_fit_as_those_on_full_ones(monkeypatch, null, directed):
    graph = drawn(directed=directed)
    full = core_periphery(graph, null=null, null_networks=60).null
    monkeypatch.setattr(cores, "_DENSE_PLACES", 10)
    thin = core_periphery(graph, null=null, null_networks=60).null
    error = np.sqrt(full.var() / 60 + thin.var() / 60)
    assert abs(full.mean() - thin.mean()) < 4 * error
    assert thin.std() == pytest.approx(full.std(), rel=0.5)


def test_a_test_of_a_large_core_is_refused(monkeypatch):
    from innoscape.network.structure import sparse_core

    monkeypatch.setattr(cores, "_DENSE_PLACES", 10)
    monkeypatch.setattr(sparse_core, "_TEST_WORK", 10_000)
    with pytest.raises(SizeError, match=r"199 null networks of 150 places and 600 ties .* null_networks=8"):
        core_periphery(drawn())
    assert len(core_periphery(drawn(), null_networks=8).null) == 8
    assert len(core_periphery(drawn(), test=False).null) == 0


def test_what_needs_a_matrix_of_all_pairs_is_refused_beforehand(tmp_path):
    many = nx.empty_graph(40_000)
    many.add_edge(0, 1, weight=1.0)
    with pytest.raises(SizeError, match=r"block roles of 40,000 places .* take the backbone first"):
        block_roles(many)
    with Budget(memory="100 MB"), pytest.raises(SizeError, match=r"null networks of 40,000 places .* network_summary"):
        small_world(many)
    with pytest.raises(SizeError, match=r"a matrix of 40,000 places .* 26 GB of memory.*; use to_sparse"):
        to_matrix(pd.DataFrame({"source": [0], "target": [1], "value": [1.0]}), many)
    with pytest.raises(SizeError, match="write an edge list"):
        write_graph(many, tmp_path / "many.dl")
    with Budget(memory="100 MB"), pytest.raises(SizeError, match="pass normalized=False"):
        rich_club(many)
    assert rich_club(many, normalized=False)["coefficient"].tolist() == [1.0]
    with Budget(memory="1 kB"), pytest.raises(SizeError, match="set INNOSCAPE_MEMORY"):
        block_roles(drawn())


def test_many_communities_and_walks_over_many_layers_are_the_same_in_sparse_form(monkeypatch):
    graph = drawn(150, 120)
    groups = {place: place[-1] for place in graph}
    full, mixed = communities(graph, groups=groups), mixing(graph, groups)
    monkeypatch.setattr(groups_of_places, "_MOST_GROUPS", 1)
    thin = communities(graph, groups=groups)
    assert thin.modularity == pytest.approx(full.modularity, rel=1e-12)
    pd.testing.assert_frame_equal(thin.profile, full.profile, rtol=1e-12)
    pd.testing.assert_frame_equal(mixing(graph, groups).matrix, mixed.matrix, rtol=1e-12)
    assert mixing(graph, groups).assortativity == pytest.approx(mixed.assortativity, rel=1e-12)
    pair = {"a": drawn(), "b": drawn(seed=2)}
    direct = multilayer(pair).places
    monkeypatch.setattr(layers, "_DIRECT", 10)
    pd.testing.assert_frame_equal(multilayer(pair).places, direct, rtol=1e-9)


@pytest.mark.parametrize(
    "work",
    [
        lambda graph, tell: centrality(graph, progress=tell),
        lambda graph, tell: centrality(graph, sample=60, progress=tell),
        lambda graph, tell: compare_weight_meanings(graph, progress=tell),
        lambda graph, tell: network_summary(graph, progress=tell),
        lambda graph, tell: network_summary(graph, sample=60, progress=tell),
        lambda graph, tell: core_periphery(graph, null_networks=3, progress=tell),
        lambda graph, tell: core_periphery(graph, method="continuous", progress=tell),
        lambda graph, tell: communities(graph, runs=2, progress=tell),
        lambda graph, tell: rich_club(graph, null_networks=3, progress=tell),
        lambda graph, tell: small_world(graph, null_networks=2, progress=tell),
    ],
)
@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_progress_counts_every_step_up_to_the_last(work):
    told = []
    work(drawn(60, 200), lambda done, whole: told.append((done, whole)))
    assert told
    assert told == [(i, len(told)) for i in range(1, len(told) + 1)]
