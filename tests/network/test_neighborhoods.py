"""Cores, clustering, hubs and Katz agree with networkx, with R, and with sums written out one by one."""

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from samples import small_directed, small_undirected

from innoscape.network import centrality


@pytest.fixture(params=["undirected", "directed"])
def graph(request):
    rng = np.random.default_rng(8)
    made = nx.gnp_random_graph(25, 0.2, seed=4, directed=request.param == "directed")
    for _, _, data in made.edges(data=True):
        data["weight"] = float(rng.integers(1, 9))
    made.add_node("island")
    return made


def column(graph, measure, **options):
    return centrality(graph, measures=(measure,), **options)[measure].to_numpy()


def of(graph, values):
    return pytest.approx([values[n] for n in graph], abs=1e-9)


def s_core_by_definition(graph):
    """Raise the threshold by 1 (weights are whole) and take away every place that falls below it."""
    level = dict.fromkeys(graph, 0.0)
    for s in range(1, int(max(strength for _, strength in graph.degree(weight="weight"))) + 1):
        left = set(graph)
        while weak := {n for n in left if strength_within(graph, n, left) < s}:
            left -= weak
        level.update(dict.fromkeys(left, s))
    return level


def strength_within(graph, place, left):
    out = sum(d["weight"] for _, v, d in graph.edges(place, data=True) if v in left)
    back = sum(d["weight"] for u, _, d in graph.in_edges(place, data=True) if u in left) if graph.is_directed() else 0
    return out + back


def test_strength_cores_follow_their_definition(graph):
    assert column(graph, "s_core") == of(graph, s_core_by_definition(graph))


def test_strength_cores_of_equal_weights_are_the_ordinary_ones(graph):
    nx.set_edge_attributes(graph, 2.5, "weight")
    assert column(graph, "s_core").tolist() == (2.5 * column(graph, "k_core")).tolist()


def barrat_directed(graph, place):
    """Sum Clemente & Grassi's triangles one by one: every direction of every side counts."""
    weight = lambda a, b: graph[a][b]["weight"] if graph.has_edge(a, b) else 0  # noqa: E731
    around = set(nx.all_neighbors(graph, place))
    both = lambda a, b: graph.has_edge(a, b) + graph.has_edge(b, a)  # noqa: E731
    closed = sum(
        (weight(place, j) + weight(j, place)) * both(j, k) * both(k, place) for j, k in permutations(around, 2)
    )
    strength = sum(weight(place, j) + weight(j, place) for j in around)
    degree = sum(both(place, j) for j in around)
    mutual = sum((weight(place, j) + weight(j, place)) / 2 for j in around if both(place, j) == 2)
    possible = 2 * (strength * (degree - 1) - 2 * mutual)
    return closed / possible if possible > 0 else 0


def test_directed_barrat_clustering_is_the_sum_over_triangles():
    graph = small_directed()
    assert column(graph, "clustering_barrat") == of(graph, {n: barrat_directed(graph, n) for n in graph})


def test_directed_variants_of_a_symmetric_network_are_the_undirected_ones():
    graph = small_undirected()
    for measure in ("clustering", "clustering_barrat", "clustering_onnela", "constraint", "effective_size", "katz"):
        assert column(graph, measure) == pytest.approx(column(graph.to_directed(), measure), nan_ok=True)


def test_katz_counts_walks_where_there_is_no_cycle():
    chain = nx.DiGraph()
    chain.add_weighted_edges_from([("a", "b", 2.0), ("b", "c", 2.0)])
    # the largest in-strength is 2, so each step counts 0.85
    raw = np.array([1, 1 + 0.85, 1 + 0.85 + 0.85**2])
    assert column(chain, "katz") == pytest.approx(raw / np.linalg.norm(raw))
    assert column(nx.empty_graph(4), "katz") == pytest.approx([0.5] * 4)


@pytest.mark.parametrize("size", [5, 90])
def test_equal_islands_score_alike(size):
    # the leading eigenvalue is shared, so that a solver may return any mixture
    rng = np.random.default_rng(1)
    one = nx.gnp_random_graph(size, 0.5, seed=6)
    for _, _, data in one.edges(data=True):
        data["weight"] = float(rng.integers(1, 9))
    both = centrality(nx.disjoint_union(one, one), measures=("eigenvector", "hits_hub", "hits_authority"))
    for measure in ("eigenvector", "hits_hub", "hits_authority"):
        values = both[measure].to_numpy()
        assert values[:size] == pytest.approx(values[size:], abs=1e-12)


@pytest.mark.parametrize("size", [6, 100])
def test_a_ring_scores_alike_everywhere(size):
    ring = nx.cycle_graph(size, create_using=nx.DiGraph)
    table = centrality(ring, measures=("eigenvector", "hits_hub", "hits_authority", "katz", "pagerank"))
    assert np.ptp(table.drop(columns="place").to_numpy(), axis=0).max() < 1e-12


def test_a_two_sided_network_has_the_same_hubs_and_authorities():
    table = centrality(nx.complete_bipartite_graph(3, 70), measures=("hits_hub", "hits_authority", "eigenvector"))
    assert table["hits_hub"].tolist() == table["hits_authority"].tolist()
    # the leading vector of a complete two-sided network is spread evenly over its two sides
    assert table["eigenvector"].to_numpy() == pytest.approx([6**-0.5] * 3 + [140**-0.5] * 70)


def test_what_flows_on_takes_all_where_equal_cycles_are_chained():
    chained = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c")])
    assert column(chained, "eigenvector") == pytest.approx([0, 0, 0.5**0.5, 0.5**0.5], abs=1e-6)


@pytest.mark.parametrize("directed", [False, True])
def test_large_sparse_networks_take_the_same_values_as_dense_solutions(directed):
    graph = nx.gnp_random_graph(200, 0.02, seed=3, directed=directed)
    rng = np.random.default_rng(2)
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(rng.exponential())
    matrix = nx.to_numpy_array(graph)
    values, vectors = np.linalg.eig(matrix.T)
    lead = np.abs(np.real(vectors[:, np.argmax(values.real)]))
    assert column(graph, "eigenvector") == pytest.approx(lead, abs=1e-9)
    solved = np.linalg.solve(np.eye(200) - 0.85 / values.real.max() * matrix.T, np.ones(200))
    assert column(graph, "katz") == pytest.approx(solved / np.linalg.norm(solved), abs=1e-10)
    ranks = nx.pagerank(graph, tol=1e-15, max_iter=1000)
    assert column(graph, "pagerank") == pytest.approx([ranks[n] for n in graph], abs=1e-12)


def test_a_slowly_settling_network_still_finds_its_eigenvector():
    path = nx.path_graph(300)
    exact = np.sin(np.pi * np.arange(1, 301) / 301)
    assert column(path, "eigenvector") == pytest.approx(exact / np.linalg.norm(exact), abs=1e-8)
