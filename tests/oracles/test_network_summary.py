"""Summaries of networks agree with sna 2.7.1 and igraph 1.3.5 for R, and with networkx 3.6.1."""

import networkx as nx
import numpy as np
import pytest
from samples import small_directed

from innoscape.network import network_summary, rich_club

KARATE = nx.karate_club_graph()


@pytest.fixture
def directed():
    return small_directed()


def test_a_directed_network_is_described_as_by_r(directed):
    summary = network_summary(directed)
    # sna 2.7.1: gden, grecip(measure = "edgewise"), grecip(measure = "correlation") on ties and on values,
    # centralization(degree, cmode = "freeman"), centralization(betweenness), gtrans on the symmetrized network
    expected = {
        "density": 0.2619047619,
        "reciprocity": 0.3636363636,
        "reciprocity_excess": 0.137829912,
        "reciprocity_excess_weighted": 0.01658536585,
        "degree_centralization": 0.2166666667,
        "betweenness_centralization": 0.2111111111,
        "transitivity": 0.3157894737,
        # igraph 1.3.5 for R: assortativity_degree, global_efficiency(weights = NA), diameter(weights = NA)
        "degree_assortativity": -0.4303314829,
        "global_efficiency": 0.4642857143,
        "diameter": 3,
    }
    assert summary[list(expected)].to_dict() == pytest.approx(expected)
    assert summary[["places", "edges", "islands", "components", "largest_component", "strength"]].tolist() == [
        *(7, 11, 1, 2, 6, 32)
    ]


def test_an_undirected_network_is_described_as_by_r(directed):
    summary = network_summary(nx.Graph(directed.edges))
    # sna 2.7.1: centralization(m, closeness, mode = "graph"), on the six places that are tied
    assert summary["closeness_centralization"] == pytest.approx(0.3080357143)
    karate = network_summary(KARATE, weight=None)
    # igraph 1.3.5 for R: centr_degree(loops = FALSE), centr_betw, centr_clo, assortativity_degree
    expected = {
        "degree_centralization": 0.3996212121,
        "betweenness_centralization": 0.4055571953,
        "closeness_centralization": 0.2981948912,
        "degree_assortativity": -0.4756130977,
    }
    assert karate[list(expected)].to_dict() == pytest.approx(expected)


@pytest.mark.parametrize(("n", "ties"), [(150, 90), (150, 900), (70, 2000)])
@pytest.mark.parametrize("directed", [False, True])
def test_efficiency_around_places_and_a_hub_is_that_of_networkx(directed, n, ties):
    # few ties among many neighbors are searched as lists, many as bits
    graph = nx.gnm_random_graph(n, ties, seed=n + ties, directed=directed)
    graph.add_edges_from([("hub", place) for place in list(graph)])
    expected = []
    for place in graph:
        part = graph.subgraph({*nx.all_neighbors(graph, place)})
        steps = [one for _, ends in nx.all_pairs_shortest_path_length(part) for one in ends.values() if one]
        expected.append(sum(1 / one for one in steps) / max(len(part) * (len(part) - 1), 1))
    assert network_summary(graph, weight=None)["local_efficiency"] == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("density", [0.08, 0.5])
@pytest.mark.parametrize("directed", [False, True])
def test_networks_are_described_as_by_networkx(directed, density):
    rng = np.random.default_rng(4)
    graph = nx.gnp_random_graph(30, density, seed=9, directed=directed)
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(rng.exponential())
    summary = network_summary(graph)
    assert summary["density"] == pytest.approx(nx.density(graph))
    assert summary["clustering"] == pytest.approx(nx.average_clustering(graph))
    assert summary["degree_assortativity"] == pytest.approx(nx.degree_pearson_correlation_coefficient(graph))
    assert summary["strength_assortativity"] == pytest.approx(
        nx.degree_pearson_correlation_coefficient(graph, weight="weight")
    )
    distances = [d for s, row in nx.shortest_path_length(graph) for t, d in row.items() if s != t]
    assert summary["average_path"] == pytest.approx(np.mean(distances))
    assert summary["diameter"] == max(distances)
    assert summary["reached"] == pytest.approx(len(distances) / (30 * 29))
    assert summary["global_efficiency"] == pytest.approx(np.sum(1 / np.array(distances)) / (30 * 29))
    if directed:
        assert summary["reciprocity"] == pytest.approx(nx.overall_reciprocity(graph))
    else:
        assert summary["transitivity"] == pytest.approx(nx.transitivity(graph))
        assert summary["local_efficiency"] == pytest.approx(nx.local_efficiency(graph))


def test_the_rich_club_agrees_with_networkx():
    expected = nx.rich_club_coefficient(KARATE, normalized=False)
    table = rich_club(KARATE, normalized=False).set_index("degree")
    assert table["coefficient"].to_dict() == pytest.approx({k: v for k, v in expected.items() if k in table.index})
    assert len(table) == len(expected)
    assert table[["expected", "low", "high", "normalized", "p_value"]].isna().all(axis=None)
