"""Cores, clustering, hubs and Katz agree with networkx 3.6.1, igraph 1.0, sna 2.7.1 and igraph 1.3.5 for R."""

import igraph
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


def test_cores_agree_with_networkx(graph):
    assert column(graph, "k_core").tolist() == [nx.core_number(graph)[n] for n in graph]


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_cores_of_uneven_networks_agree_with_networkx_and_igraph(kind):
    graph = kind(nx.powerlaw_cluster_graph(400, 4, 0.4, seed=6))
    graph.add_edges_from(nx.complete_graph(range(30, 50)).edges)
    simple = nx.DiGraph(graph) if graph.is_directed() else nx.Graph(graph)
    found = column(graph, "k_core").tolist()
    assert found == list(nx.core_number(simple).values())
    assert found == igraph.Graph.from_networkx(simple).coreness(mode="all")


def test_cores_by_strength_are_those_of_taking_places_away(graph):
    left, level, highest = graph.copy(), {}, 0.0
    while left:
        weakest = min(left, key=lambda place: left.degree(place, weight="weight"))
        highest = max(highest, left.degree(weakest, weight="weight"))
        level[weakest] = highest
        left.remove_node(weakest)
    assert column(graph, "s_core").tolist() == [level[place] for place in graph]


def test_cores_agree_with_r():
    # sna 2.7.1, kcores(m, mode = "digraph", cmode = "freeman")
    assert column(small_directed(), "k_core").tolist() == [3, 3, 3, 3, 3, 2, 0]


def test_clustering_agrees_with_networkx(graph):
    assert column(graph, "clustering") == of(graph, nx.clustering(graph))
    assert column(graph, "clustering_onnela") == of(graph, nx.clustering(graph, weight="weight"))


def test_barrat_clustering_agrees_with_r():
    # igraph 1.3.5 for R, transitivity(g, type = "barrat"); nan there for the island, 0 here
    expected = [0.2619047619, 0.45, 0.5833333333, 0, 0.2857142857, 0, 0]
    assert column(small_undirected(), "clustering_barrat") == pytest.approx(expected)


def test_neighbors_strength_and_degree():
    # igraph 1.3.5 for R, knn(g)$knn with weights
    expected = [2.642857143, 3.5, 3.166666667, 2.875, 3.142857143, 3.833333333, np.nan]
    graph = small_undirected()
    assert column(graph, "neighbor_degree") == pytest.approx(expected, nan_ok=True)
    strength = dict(graph.degree(weight="weight"))
    mean = {n: np.mean([strength[m] for m in graph[n]]) if graph[n] else np.nan for n in graph}
    assert column(graph, "neighbor_strength") == pytest.approx([mean[n] for n in graph], nan_ok=True)


def test_harmonic_and_eccentricity_agree_with_r():
    graph = small_directed()
    # igraph 1.3.5 for R, harmonic_centrality(g, mode = "in", weights = 1 / E(g)$weight), not divided by n - 1
    expected = [10.7, 12.478632479, 5.845238095, 7.833333333, 12.403846154, 3.416666667, 0]
    assert column(graph, "harmonic") * 6 == pytest.approx(expected)
    by_cost = nx.harmonic_centrality(graph, distance="weight")
    assert column(graph, "harmonic", weight_meaning="cost") * 6 == of(graph, by_cost)
    # by steps, as igraph for R counts them
    assert column(graph, "eccentricity", weight=None).tolist() == [2, 3, 3, 3, 3, 3, 0]


def test_hubs_and_authorities_agree_with_networkx_and_r(graph):
    hub, authority = nx.hits(graph, max_iter=10_000, tol=1e-14)
    for measure, values in (("hits_hub", hub), ("hits_authority", authority)):
        assert column(graph, measure) == pytest.approx([values[n] for n in graph], abs=1e-8)


def test_hubs_of_the_small_network_agree_with_r():
    # igraph 1.3.5 for R, hub_score(g)$vector and authority_score(g)$vector, largest 1
    hub = column(small_directed(), "hits_hub")
    assert hub / hub.max() == pytest.approx([0.3648482081, 0, 1, 0.3342379182, 0, 0, 0], abs=1e-9)
    authority = column(small_directed(), "hits_authority")
    expected = [0, 0.7796110228, 0.1042019483, 0, 1, 0.04772977019, 0]
    assert authority / authority.max() == pytest.approx(expected, abs=1e-9)


def test_katz_agrees_with_networkx(graph):
    matrix = nx.to_numpy_array(graph)
    largest = np.abs(np.linalg.eigvals(matrix)).max()
    expected = nx.katz_centrality_numpy(graph, alpha=0.5 / largest, weight="weight")
    assert column(graph, "katz", attenuation=0.5) == of(graph, expected)
