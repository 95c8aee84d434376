"""Centrality agrees with networkx in exact arithmetic, and with the sources' co-patent figures."""

from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import ALL_MEASURES, PATH_MEASURES, centrality, compare_weight_meanings, to_graph
from innoscape.network.measures.paths import Paths


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
    ours = centrality(karate, measures=("betweenness",), weight_meaning="strength")["betweenness"]
    exact = nx.betweenness_centrality(lengths(karate), weight="length")
    assert ours.to_numpy() == pytest.approx([exact[n] for n in karate], abs=1e-12)


def test_betweenness_and_closeness_agree_with_exact_arithmetic(graph):
    ours = centrality(graph, measures=("betweenness", "closeness"), weight_meaning="strength")
    exact = lengths(graph)
    between, close = (
        nx.betweenness_centrality(exact, weight="length"),
        nx.closeness_centrality(exact, distance="length"),
    )
    assert ours["betweenness"].to_numpy() == pytest.approx([between[n] for n in graph], abs=1e-12)
    assert ours["closeness"].to_numpy(dtype=float) == pytest.approx([float(close[n]) for n in graph])


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
    with pytest.raises(OptionError, match=r"'betweeness' .did you mean 'betweenness'"):
        centrality(graph, measures=("betweeness",))
    with pytest.raises(OptionError, match="'strength', 'cost'"):
        centrality(graph, weight_meaning="distance")
    graph.edges[0, 1]["weight"] = -2
    with pytest.raises(OptionError, match="finite numbers of at least 0"):
        centrality(graph)


def exact_betweenness(graph, meaning):
    """Return betweenness and closeness on lengths that are exact fractions (edge attribute ``exact``)."""
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(data["exact"])
        data["length"] = data["exact"] if meaning == "cost" else 1 / data["exact"]
    return (
        nx.betweenness_centrality(graph, weight="length"),
        nx.closeness_centrality(graph, distance="length"),
    )


AWKWARD = {
    # sums such as 1/3 + 1/3 against 2/3 are ties that floating point breaks
    "thirds, sevenths and elevenths": lambda rng: Fraction(int(rng.integers(1, 7)), int(rng.choice([3, 7, 11, 13]))),
    "six orders of magnitude": lambda rng: int(rng.integers(1, 10)) * Fraction(10) ** int(rng.integers(-3, 4)),
    "powers of three": lambda rng: Fraction(3) ** int(rng.integers(-6, 7)),
    "cents": lambda rng: Fraction(int(rng.integers(1, 100)), 100),
}


@pytest.mark.parametrize("meaning", ["strength", "cost"])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("kind", AWKWARD)
def test_ties_stay_exact_with_awkward_weights(kind, directed, meaning):
    rng = np.random.default_rng(5)
    # the full graph takes the way by all distances, the thin one the direct search
    for density in (0.08, 0.8):
        graph = nx.gnp_random_graph(20, density, seed=2, directed=directed)
        for _, _, data in graph.edges(data=True):
            data["exact"] = AWKWARD[kind](rng)
        between, close = exact_betweenness(graph, meaning)
        ours = centrality(graph, measures=("betweenness", "closeness"), weight_meaning=meaning)
        assert ours["betweenness"].to_numpy() == pytest.approx([between[n] for n in graph], abs=1e-12)
        assert ours["closeness"].to_numpy() == pytest.approx([float(close[n]) for n in graph], rel=1e-12)


def two_routes(first, second):
    """Build a square in which a and c are joined by b (two edges of length first) and by d (of length second)."""
    square = nx.Graph()
    square.add_weighted_edges_from([("a", "b", first), ("b", "c", first), ("a", "d", second), ("d", "c", second)])
    return centrality(square, measures=("betweenness",), weight_meaning="cost").set_index("place")["betweenness"]


def test_lengths_count_as_ties_up_to_the_tenth_digit_and_no_further():
    apart = two_routes(1.0, 1.0 + 1e-9)
    assert (apart["b"], apart["d"]) == (pytest.approx(1 / 3), 0)
    tied = two_routes(1.0, 1.0 + 1e-11)
    assert (tied["b"], tied["d"]) == (pytest.approx(1 / 6), pytest.approx(1 / 6))


def test_lengths_too_far_apart_to_compare_are_reported():
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 1.0), ("b", "c", 1e-10), ("c", "d", 1.0)])
    with pytest.warns(InnoscapeWarning, match="span more than 1e\\+09"):
        centrality(graph, measures=("betweenness",))


def test_large_amounts_need_no_rescaling():
    # lengths of 1e-13 lie below what igraph compares, unless they are scaled
    graph = nx.path_graph(4)
    nx.set_edge_attributes(graph, 1e13, "weight")
    values = centrality(graph, measures=("betweenness", "harmonic"))
    assert values["betweenness"].tolist() == pytest.approx([0, 2 / 3, 2 / 3, 0])
    assert values["harmonic"].iloc[0] == pytest.approx(1e13 * (1 + 1 / 2 + 1 / 3) / 3)


def test_the_opsahl_sample_network():
    # Opsahl, Agneessens & Skvoretz (2010), the sample network of the R package tnet
    graph = nx.Graph()
    graph.add_weighted_edges_from(
        [("A", "B", 4), ("A", "C", 2), ("B", "C", 4), ("B", "D", 1), ("B", "E", 2), ("E", "F", 1)]
    )
    half = centrality(graph, measures=("degree_opsahl",), tuning=0.5).set_index("place")["degree_opsahl"]
    assert half.round(1).to_dict() == {"A": 3.5, "B": 6.6, "C": 3.5, "D": 1.0, "E": 2.4, "F": 1.0}
    plain = centrality(graph, measures=("degree_opsahl", "betweenness"), tuning=0).set_index("place")
    assert plain["degree_opsahl"].tolist() == plain.index.map(dict(graph.degree)).tolist()
    # by weight the way from A to C runs through B as well as directly (1/4 + 1/4 = 1/2)
    pairs = 10
    weighted = centrality(graph, measures=("betweenness",)).set_index("place")["betweenness"] * pairs
    assert weighted.round(12).to_dict() == {"A": 0, "B": 8.5, "C": 0, "D": 0, "E": 4, "F": 0}
    assert (plain["betweenness"] * pairs).round(12).to_dict() == {"A": 0, "B": 8, "C": 0, "D": 0, "E": 4, "F": 0}


@pytest.fixture
def karate():
    return nx.karate_club_graph()


def test_readings_are_compared_measure_by_measure(karate):
    table = compare_weight_meanings(karate, top=5)
    assert table["measure"].tolist() == ["betweenness", "closeness"]
    row = table.iloc[0]
    strength, cost = (
        set(centrality(karate, weight_meaning=meaning).set_index("place")["betweenness"].nlargest(5).index)
        for meaning in ("strength", "cost")
    )
    assert row["shared"] == len(strength & cost)
    assert row["only_strength"] == "; ".join(str(p) for p in sorted(strength - cost))
    assert row["only_cost"] == "; ".join(str(p) for p in sorted(cost - strength))


def test_equal_weights_read_alike_either_way():
    table = compare_weight_meanings(nx.krackhardt_kite_graph(), measures=PATH_MEASURES, top=3)
    assert (table["only_strength"] == "").all()
    assert (table["only_cost"] == "").all()
    assert table["correlation"].tolist() == pytest.approx([1, 1, 1, 1])


def test_a_reading_that_matters_is_doubted_until_it_is_stated(karate):
    with pytest.warns(
        InnoscapeWarning, match=r"betweenness: the weight was read as strength.*with weight_meaning"
    ) as caught:
        doubted = centrality(karate, measures=("betweenness", "degree"))
    assert len(caught) == 1
    stated = centrality(karate, measures=("betweenness", "degree"), weight_meaning="strength")
    pd.testing.assert_frame_equal(doubted, stated)
    centrality(karate, measures=("betweenness",), weight_meaning="cost")
    centrality(karate, measures=("degree", "pagerank"))
    centrality(nx.krackhardt_kite_graph())
    alike = nx.path_graph(30)
    centrality(alike)


def test_readings_of_what_has_no_paths_are_empty():
    row = compare_weight_meanings(nx.empty_graph(3), measures=["closeness"]).iloc[0]
    assert (row["shared"], row["only_strength"], row["only_cost"]) == (0, "", "")
    assert np.isnan(row["correlation"])


def test_factors_out_of_range_are_refused():
    graph = nx.path_graph(3)
    for wrong in ({"damping": 1.0}, {"attenuation": -0.1}, {"tuning": -1.0}, {"tuning": np.nan}):
        with pytest.raises(OptionError, match=next(iter(wrong))):
            centrality(graph, **wrong)
    with pytest.raises(OptionError, match="did you mean 'closeness'"):
        compare_weight_meanings(graph, measures=("closenes",))
    with pytest.raises(OptionError, match="top: needed a whole number of at least 1, got 0"):
        compare_weight_meanings(graph, top=0)


def test_what_is_no_network_of_numbers_is_refused():
    with pytest.raises(OptionError, match="got DataFrame; make one of flows with to_graph"):
        centrality(pd.DataFrame({"source": ["a"], "target": ["b"], "value": [1.0]}))
    with pytest.raises(OptionError, match="'weight' must hold numbers"):
        centrality(nx.Graph([("a", "b", {"weight": "strong"})]))


def test_what_is_tied_only_to_itself_is_an_island():
    looped = nx.Graph()
    looped.add_weighted_edges_from([("a", "a", 5.0), ("b", "c", 2.0)])
    row = centrality(looped, measures=ALL_MEASURES).set_index("place").loc["a"]
    assert (row[["degree", "strength", "harmonic", "eccentricity", "k_core", "s_core", "degree_opsahl"]] == 0).all()
    assert row[["constraint", "effective_size", "efficiency", "neighbor_degree", "neighbor_strength"]].isna().all()


def test_parallel_edges_are_summed():
    several = nx.MultiGraph()
    several.add_weighted_edges_from([("a", "b", 1.0), ("a", "b", 2.0), ("b", "c", 4.0), ("c", "c", 9.0)])
    single = nx.Graph()
    single.add_weighted_edges_from([("a", "b", 3.0), ("b", "c", 4.0)])
    pd.testing.assert_frame_equal(centrality(several, measures=ALL_MEASURES), centrality(single, measures=ALL_MEASURES))


def test_an_edge_without_the_attribute_counts_one():
    graph = nx.Graph([("a", "b")])
    graph.add_edge("b", "c", weight=3.0)
    with pytest.warns(InnoscapeWarning, match="1 of 2 edges has no attribute weight and counts 1"):
        assert centrality(graph, measures=("strength",))["strength"].tolist() == [1, 4, 3]


@pytest.mark.parametrize("far", [0, 9])
def test_steps_of_full_networks_are_those_of_networkx_however_far_apart(far):
    # a chain hangs on the full part, and another part lies apart
    made = nx.union(
        nx.gnp_random_graph(40, 0.5, seed=1, directed=True), nx.complete_graph(3, nx.DiGraph), rename=("a", "b")
    )
    nx.add_path(made, ["a0", *range(far)])
    steps = sparse.csr_array(nx.to_scipy_sparse_array(made, dtype=float))
    paths = Paths(steps, directed=True)
    assert paths._is_full
    wanted = dict(nx.all_pairs_shortest_path_length(made))
    inverse = [sum(1 / reach[place] for reach in wanted.values() if reach.get(place)) for place in made]
    assert paths.inverse == pytest.approx(inverse)
    farthest = [max(reach.get(place, 0) for reach in wanted.values()) for place in made]
    assert paths.farthest.tolist() == farthest
