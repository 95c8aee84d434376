"""What is said of given groups, brokers, egos and cliques holds for every network and whatever the names are."""

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, SizeError
from innoscape.network import (
    brokerage,
    change_statistics,
    cliques,
    communities,
    ego_networks,
    ei_index,
    fit_ergm,
    k_plexes,
    mixing,
    modularity,
    triad_census,
)
from innoscape.network.structure import cohesive_groups
from innoscape.network.structure.overall_brokerage import overall_deviations


@st.composite
def networks(draw):
    n = draw(st.integers(3, 8))
    graph = nx.DiGraph() if draw(st.booleans()) else nx.Graph()
    graph.add_nodes_from(range(n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 6))
    graph.add_weighted_edges_from(draw(st.lists(pairs, max_size=3 * n)))
    return graph, {place: draw(st.integers(0, 2)) for place in graph}


def turned(graph, groups, random):
    order = list(graph)
    random.shuffle(order)
    name = {place: f"p{i}" for i, place in enumerate(order)}
    other = graph.__class__()
    other.add_nodes_from(name[p] for p in order)
    other.add_weighted_edges_from((name[a], name[b], w) for a, b, w in reversed(list(graph.edges(data="weight"))))
    return other, {name[p]: f"g{2 - g}" for p, g in groups.items()}, name


@settings(max_examples=8, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(drawn, random):
    graph, groups = drawn
    other, others, name = turned(graph, groups, random)
    first, second = mixing(graph, groups), mixing(other, others)
    for measure in ("ei_index", "expected_ei", "assortativity", "modularity"):
        assert getattr(first, measure) == pytest.approx(getattr(second, measure), nan_ok=True)
    keys = [name[p] for p in graph]
    for table in (lambda g, by: brokerage(g, by).table, lambda g, _: ego_networks(g)):
        one = table(graph, groups).set_index("place").loc[list(graph)]
        two = table(other, others).set_index("place").loc[keys]
        numbers = one.select_dtypes("number").columns.drop("group", errors="ignore")
        np.testing.assert_allclose(one[numbers], two[numbers], equal_nan=True)
    pd.testing.assert_frame_equal(triad_census(graph), triad_census(other))
    assert cliques(graph)["size"].tolist() == cliques(other)["size"].tolist()


@settings(max_examples=8, deadline=None)
@given(networks())
def test_counts_add_up(drawn):
    graph, groups = drawn
    found = brokerage(graph, groups)
    alone = brokerage(graph, dict.fromkeys(graph, "one")).table
    apart = brokerage(graph, {p: p for p in graph}).table
    assert (found.table["total"] == alone["coordinator"]).all()
    assert (found.table["total"] == apart["liaison"]).all()
    n = len(graph)
    assert triad_census(graph)["count"].sum() == n * (n - 1) * (n - 2) // 6
    assert triad_census(graph)["expected"].sum() == pytest.approx(n * (n - 1) * (n - 2) / 6)
    mixed = mixing(graph, groups)
    plain = nx.create_empty_copy(graph)
    plain.add_weighted_edges_from((a, b, w) for a, b, w in graph.edges(data="weight") if a != b)
    assert mixed.places["internal"].sum() == pytest.approx(2 * mixed.groups["internal"].sum())
    whole = mixed.groups["internal"].sum() + mixed.groups["external"].sum() / 2
    assert whole == pytest.approx(plain.size(weight="weight"))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_plexes_are_those_of_a_search_through_all_sets(seed, k):
    graph = nx.gnp_random_graph(7, 0.5, seed=seed)
    least = max(3, 2 * k - 1)
    sets = [
        set(some)
        for size in range(least, 8)
        for some in combinations(graph, size)
        if all(sum(graph.has_edge(a, b) for b in some if b != a) >= size - k for a in some)
    ]
    largest = {frozenset(some) for some in sets if not any(some < other for other in sets)}
    found = k_plexes(graph, k=k)
    assert {frozenset(members) for _, members in found["place"].groupby(found["group"])} == largest


def test_a_large_group_takes_no_search_through_its_parts():
    graph = nx.complete_graph(40)
    assert k_plexes(graph)["size"].tolist() == [40] * 40
    graph.remove_edges_from([(0, 1), (0, 2)])
    assert sorted(k_plexes(graph)["size"].unique()) == [39]


def test_triads_of_a_large_network_are_as_many_as_expected():
    found = triad_census(nx.gnm_random_graph(5000, 10000, seed=1, directed=True)).set_index("triad")
    assert found["expected"].sum() == pytest.approx(5000 * 4999 * 4998 / 6, rel=1e-9)
    assert (found["expected"] >= 0).all()
    assert found.loc["012", "count"] == pytest.approx(found.loc["012", "expected"], rel=1e-3)


def test_reversing_ties_swaps_gatekeepers_and_representatives():
    graph = nx.gnp_random_graph(12, 0.3, seed=1, directed=True)
    groups = {p: p % 3 for p in graph}
    there, back = brokerage(graph, groups).table, brokerage(graph.reverse(), groups).table
    assert there["gatekeeper"].tolist() == back["representative"].tolist()
    assert there["gatekeeper"].sum() > 0


def test_expected_brokerage_is_the_mean_of_random_networks():
    groups = {p: p % 3 for p in range(9)}
    counts = [
        brokerage(nx.gnp_random_graph(9, 0.4, seed=seed, directed=True), groups).table.iloc[:, 2:].to_numpy(float)
        for seed in range(50)
    ]
    graph = nx.DiGraph(list(nx.complete_graph(9, nx.DiGraph).edges)[: round(0.4 * 72)])
    graph.add_nodes_from(range(9))
    found = brokerage(graph, groups)
    wanted = found.expected.iloc[:, 2:].to_numpy() * (0.4**2 * 0.6) / (found.density**2 * (1 - found.density))
    error = np.std(counts, axis=0) / np.sqrt(50)
    assert (np.abs(np.mean(counts, axis=0) - wanted) < 4.5 * error).all()


def test_brokerage_without_direction_has_the_moments_of_all_networks():
    pairs, groups = list(combinations(range(4), 2)), {0: "a", 1: "a", 2: "b", 3: "c"}
    counts, sums = [], []
    for code in range(64):
        graph = nx.empty_graph(4)
        graph.add_edges_from(pair for at, pair in enumerate(pairs) if code >> at & 1)
        one = brokerage(graph, groups)
        counts.append(one.table.iloc[:, 2:].to_numpy(float))
        sums.append(one.totals["count"])
    found = brokerage(nx.path_graph(4), groups)
    np.testing.assert_allclose(found.expected.iloc[:, 2:], np.mean(counts, axis=0))
    np.testing.assert_allclose(found.deviation.iloc[:, 2:], np.std(counts, axis=0))
    np.testing.assert_allclose(found.totals["deviation"], np.std(sums, axis=0))


@pytest.mark.parametrize("groups", [[0, 0, 0, 1, 2], [0, 1, 0, 1, 0]])
def test_sums_of_roles_have_the_moments_of_all_triples(groups):
    # every two triples, with the pairs of places that they ask to be tied or not
    triples, d = list(permutations(range(5), 3)), 0.3
    needs = [{(a, i): True, (i, b): True, (a, b): False} for a, i, b in triples]

    def chance(need):
        return np.prod([d if tied else 1 - d for tied in need.values()])

    def role(a, i, b):
        a, i, b = groups[a], groups[i], groups[b]
        return (0 if a == b else 3) if a == i else 2 if i == b else 1 if a == b else 4

    variance = np.zeros(6)
    for one, x in zip(triples, needs, strict=True):
        for other, y in zip(triples, needs, strict=True):
            at_odds = any(x[pair] != y[pair] for pair in x.keys() & y)
            covariance = (0 if at_odds else chance(x | y)) - chance(x) * chance(y)
            variance[5] += covariance
            variance[role(*one)] += covariance * (role(*one) == role(*other))
    found = overall_deviations(np.bincount(groups).astype(float), d, directed=True)
    np.testing.assert_allclose(found, np.sqrt(np.maximum(variance, 0)), atol=1e-7)


def test_the_e_i_index_of_dealt_groups_has_its_mean_and_its_test():
    graph = nx.gnp_random_graph(16, 0.3, seed=3)
    groups = {p: p // 4 for p in graph}
    found = mixing(graph, groups, permutations=999, seed=1)
    assert found.draws.mean() == pytest.approx(found.expected_ei, abs=0.02)
    assert found.p_less == pytest.approx((1 + (found.draws <= found.ei_index + 1e-9).sum()) / 1000)
    assert found.permutations == 999
    planted = nx.planted_partition_graph(4, 4, 0.9, 0.05, seed=1)
    assert mixing(planted, groups, permutations=199).p_less == 1 / 200


def test_the_partition_that_communities_find_has_the_modularity_they_say():
    graph = nx.gnp_random_graph(20, 0.2, seed=4, directed=True)
    found = communities(graph, runs=2, resolution=1.3)
    groups = found.table.set_index("place")["community"]
    assert modularity(graph, groups, resolution=1.3) == pytest.approx(found.modularity, abs=1e-12)


def test_limits_of_mixing():
    path = nx.path_graph(3)
    assert ei_index(path, dict.fromkeys(path, "a")) == -1
    assert ei_index(path, {p: p for p in path}) == 1
    assert np.isnan(ei_index(nx.empty_graph(3), {0: 1, 1: 1, 2: 2}))
    assert modularity(path, dict.fromkeys(path, "a")) == 0
    assert np.isnan(mixing(path, dict.fromkeys(path, "a")).assortativity)


def test_a_star_is_open_around_its_center():
    found = ego_networks(nx.star_graph(4)).set_index("place")
    assert found.loc[0, ["open_share", "ego_betweenness", "components"]].tolist() == [1, 6, 4]
    assert found.loc[1, "size"] == 1
    assert np.isnan(found.loc[1, "density"])


def test_partners_by_direction():
    graph = nx.DiGraph([("a", "b"), ("c", "a"), ("c", "d")])
    sizes = {side: ego_networks(graph, partners=side)["size"].tolist() for side in ("out", "in", "both")}
    assert sizes == {"out": [1, 0, 2, 0], "in": [1, 1, 0, 1], "both": [2, 1, 2, 1]}


def test_a_search_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(cohesive_groups, "_MOST_BRANCHES", 20)
    with pytest.raises(SizeError, match="raise least"):
        k_plexes(nx.gnp_random_graph(12, 0.5, seed=1))
    with pytest.raises(SizeError, match="raise least"):
        cliques(nx.gnp_random_graph(20, 0.5, seed=1))


def test_wrong_input_is_refused():
    path = nx.path_graph(3)
    with pytest.raises(OptionError, match="groups: needed a group for every place, got none for 2"):
        mixing(path, {0: "a", 1: "a"})
    with pytest.raises(OptionError, match="least"):
        k_plexes(path, k=3, least=3)
    with pytest.raises(OptionError, match="partners"):
        ego_networks(path, partners="any")
    with pytest.raises(OptionError, match="at least 3 places"):
        triad_census(nx.path_graph(2))


@settings(max_examples=15, deadline=None)
@given(networks(), st.sampled_from([0.0, 0.4, 1.5]))
def test_a_change_statistic_is_what_a_tie_adds(drawn, decay):
    graph, _ = drawn
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    found = change_statistics(graph, gwesp=decay, mutual=graph.is_directed()).set_index(["source", "target"])
    for (a, b), row in found.iterrows():
        with_tie, without = graph.copy(), graph.copy()
        with_tie.add_edge(a, b, weight=1)
        if graph.has_edge(a, b):
            without.remove_edge(a, b)
        assert row[f"gwesp({decay:g})"] == pytest.approx(shared(with_tie, decay) - shared(without, decay), abs=1e-9)
        if graph.is_directed():
            assert row["mutual"] == graph.has_edge(b, a)


def shared(graph, decay):
    back = graph.predecessors if graph.is_directed() else graph.neighbors
    counts = [len(set(graph[a]) & set(back(b))) for a, b in graph.edges]
    return sum(np.exp(decay) * (1 - (1 - np.exp(-decay)) ** count) for count in counts)


def test_models_that_cannot_be_fitted_are_refused():
    graph = nx.gnp_random_graph(8, 0.4, seed=2)
    score = {p: float(p) for p in graph}
    with pytest.raises(OptionError, match="mutual, sender_covariates: needed a directed graph"):
        fit_ergm(graph, mutual=True, sender_covariates={"score": score})
    with pytest.raises(OptionError, match=r"node_cov\(twice\) follows from the terms"):
        fit_ergm(graph, node_covariates={"score": score, "twice": {p: 2 * v + 1 for p, v in score.items()}})
    with pytest.raises(OptionError, match="with a tie and pairs without"):
        fit_ergm(nx.complete_graph(5))
    with pytest.raises(OptionError, match="a number for every place, got none for 7"):
        fit_ergm(graph, node_covariates={"score": {p: p for p in range(7)}})
    lopsided = pd.DataFrame(np.arange(64.0).reshape(8, 8))
    with pytest.raises(OptionError, match="symmetric"):
        fit_ergm(graph, edge_covariates={"near": lopsided})
    with pytest.raises(OptionError, match="separate"):
        fit_ergm(
            nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4)),
            node_match={"half": {p: p // 4 for p in range(8)}},
        )
