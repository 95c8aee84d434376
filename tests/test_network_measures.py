"""Centrality agrees with networkx in exact arithmetic, and with the sources' co-patent figures."""

from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import centrality, to_graph


def lengths(graph):
    """Copy the graph with exact lengths 1/weight."""
    exact = graph.copy()
    for _, _, data in exact.edges(data=True):
        data["length"] = Fraction(1, int(data["weight"]))
    return exact


@pytest.fixture(params=["undirected", "directed"])
def graph(request):
    rng = np.random.default_rng(3)
    made = nx.gnp_random_graph(30, 0.15, seed=3, directed=request.param == "directed")
    for _, _, data in made.edges(data=True):
        data["weight"] = int(rng.integers(1, 6))
    return made


def test_betweenness_counts_ties_exactly_on_the_karate_club():
    # Zachary (1977); floating-point lengths break ties here and are off by up to 1 in pair counts
    karate = nx.karate_club_graph()
    ours = centrality(karate, measures=("betweenness",))["betweenness"]
    exact = nx.betweenness_centrality(lengths(karate), weight="length")
    assert ours.to_numpy() == pytest.approx([exact[n] for n in karate], abs=1e-12)


def test_betweenness_and_closeness_agree_with_exact_arithmetic(graph):
    ours = centrality(graph, measures=("betweenness", "closeness"))
    exact = lengths(graph)
    between, close = (
        nx.betweenness_centrality(exact, weight="length"),
        nx.closeness_centrality(exact, distance="length"),
    )
    assert ours["betweenness"].to_numpy() == pytest.approx([between[n] for n in graph], abs=1e-12)
    assert ours["closeness"].to_numpy(dtype=float) == pytest.approx([float(close[n]) for n in graph])


def test_eigenvector_and_pagerank_agree_with_networkx(graph):
    ours = centrality(graph, measures=("eigenvector", "pagerank"))
    eigen = nx.eigenvector_centrality(graph, weight="weight", max_iter=10_000, tol=1e-12)
    rank = nx.pagerank(graph, weight="weight", tol=1e-14, max_iter=1000)
    assert ours["eigenvector"].to_numpy() == pytest.approx([eigen[n] for n in graph], abs=1e-6)
    assert ours["pagerank"].to_numpy() == pytest.approx([rank[n] for n in graph], abs=1e-9)


def test_large_graphs_give_the_same_eigenvector_as_small_ones():
    big = nx.disjoint_union(nx.complete_graph(40), nx.path_graph(600))
    vector = centrality(big, measures=("eigenvector",))["eigenvector"].to_numpy()
    assert vector[:40] == pytest.approx(np.full(40, 40**-0.5), abs=1e-6)
    assert vector[40:].max() < 1e-6


def test_strengths_of_the_jing_jin_ji_co_patents():
    # Ye & Wang: Beijing-Tianjin 3,056 and Beijing-Hebei 4,277 of 8,673 in 2018; the rest is Tianjin-Hebei
    flows = pd.DataFrame(
        {
            "source": ["北京", "北京", "天津"],
            "target": ["天津", "河北", "河北"],
            "value": [3056, 4277, 8673 - 3056 - 4277],
        }
    )
    table = centrality(to_graph(flows, directed=False)).set_index("place")
    assert table["strength"].to_dict() == {"北京": 7333, "天津": 4396, "河北": 5617}
    assert table["strength"].sum() == 2 * 8673


def test_strength_splits_into_what_comes_and_what_goes():
    flows = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "value": [2.0, 5.0]})
    row = centrality(to_graph(flows, directed=True)).set_index("place").loc["b"]
    assert (row["in_strength"], row["out_strength"], row["strength"], row["degree"]) == (2, 5, 7, 2)


def test_the_reading_of_the_weight_turns_the_paths_around():
    triangle = nx.Graph()
    triangle.add_weighted_edges_from([("a", "b", 10), ("b", "c", 10), ("a", "c", 1)])
    as_strength = centrality(triangle, measures=("betweenness",)).set_index("place")["betweenness"]
    as_cost = centrality(triangle, measures=("betweenness",), weight_meaning="cost").set_index("place")["betweenness"]
    assert as_strength.to_dict() == {"a": 0, "b": 1, "c": 0}
    assert as_cost.to_dict() == {"a": 0, "b": 0, "c": 0}


def test_limit_cases_are_defined():
    assert centrality(nx.Graph()).empty
    lonely = nx.Graph()
    lonely.add_node("a")
    row = centrality(lonely).iloc[0]
    assert (row["closeness"], row["betweenness"], row["pagerank"]) == (0, 0, 1)
    star = nx.DiGraph()
    star.add_weighted_edges_from([("a", "b", 1.0), ("a", "c", 1.0)])
    assert centrality(star)["eigenvector"].isna().all(), "without a cycle there is no leading eigenvector"


def test_bad_options_are_refused():
    graph = nx.path_graph(3)
    with pytest.raises(OptionError, match="unknown measure 'betweeness'"):
        centrality(graph, measures=("betweeness",))
    with pytest.raises(OptionError, match="strength' or 'cost"):
        centrality(graph, weight_meaning="distance")
    graph.edges[0, 1]["weight"] = -2
    with pytest.raises(OptionError, match="positive finite"):
        centrality(graph)
