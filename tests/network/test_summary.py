"""Whole networks are described as R, networkx and the sources describe them."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from samples import small_directed

from innoscape.data import OptionError
from innoscape.network import network_summary, rich_club

KARATE = nx.karate_club_graph()


@pytest.fixture
def directed():
    return small_directed()


def test_mutual_shares_by_hand():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 6.0), ("b", "a", 2.0), ("a", "c", 4.0)])
    summary = network_summary(graph)
    assert summary["reciprocity"] == pytest.approx(2 / 3)
    # 2 of 6 come back, and 2 of 2: min is 2 both ways
    assert summary["reciprocity_weighted"] == pytest.approx(4 / 12)
    matrix = nx.to_numpy_array(graph)
    off = ~np.eye(3, dtype=bool)
    assert summary["reciprocity_excess_weighted"] == pytest.approx(np.corrcoef(matrix[off], matrix.T[off])[0, 1])
    density = 3 / 6
    # Garlaschelli & Loffredo (2004): (r - density) / (1 - density)
    assert summary["reciprocity_excess"] == pytest.approx((2 / 3 - density) / (1 - density))


def test_weighted_efficiency_is_one_where_the_strongest_tie_joins_all():
    complete = nx.complete_graph(5)
    nx.set_edge_attributes(complete, 7.0, "weight")
    assert network_summary(complete)["global_efficiency_weighted"] == pytest.approx(1)
    chain = nx.Graph()
    chain.add_weighted_edges_from([("a", "b", 4.0), ("b", "c", 1.0)])
    # lengths 1/4, 1 and 5/4; were all 1/4, the sum of inverses would be 3 x 4
    assert network_summary(chain)["global_efficiency_weighted"] == pytest.approx((4 + 1 + 0.8) / 12)


@pytest.mark.parametrize("directed", [False, True])
def test_a_star_is_fully_centralized(directed):
    star = nx.star_graph(6)
    summary = network_summary(star.to_directed() if directed else star)
    assert summary[["degree_centralization", "betweenness_centralization"]].tolist() == pytest.approx([1, 1])
    pointing = nx.DiGraph([(leaf, 0) for leaf in range(1, 7)])
    closeness = network_summary(pointing if directed else star)["closeness_centralization"]
    assert closeness == pytest.approx(1)


def test_a_ring_is_not_centralized():
    summary = network_summary(nx.cycle_graph(7))
    names = ["degree_centralization", "betweenness_centralization", "closeness_centralization"]
    assert summary[names].tolist() == pytest.approx([0, 0, 0])
    assert summary[["degree_assortativity", "strength_assortativity"]].isna().all()


def test_limit_cases_are_defined():
    nothing = network_summary(nx.Graph())
    assert nothing[["places", "edges", "islands", "components", "largest_component", "strength"]].eq(0).all()
    assert nothing.drop(["places", "edges", "islands", "components", "largest_component", "strength"]).isna().all()
    apart = network_summary(nx.empty_graph(4))
    assert apart[["islands", "components", "density", "reached", "global_efficiency"]].tolist() == [4, 4, 0, 0, 0]
    assert apart[["reciprocity", "average_path", "diameter"]].isna().all()
    complete = network_summary(nx.complete_graph(4))
    assert complete[["reciprocity", "local_efficiency", "transitivity"]].tolist() == [1, 1, 1]
    assert np.isnan(complete["reciprocity_excess"])


def test_scaling_changes_the_sum_only(directed):
    plain = network_summary(directed)
    for _, _, data in directed.edges(data=True):
        data["weight"] *= 1000
    scaled = network_summary(directed)
    assert scaled["strength"] == 1000 * plain["strength"]
    pd.testing.assert_series_equal(scaled.drop("strength"), plain.drop("strength"))


@pytest.mark.parametrize("directed", [False, True])
def test_a_planted_club_stands_out(directed):
    graph = nx.complete_graph(8, create_using=nx.DiGraph if directed else nx.Graph)
    nx.add_cycle(graph, range(8, 80))
    graph.add_edges_from((member, 8 + 9 * member) for member in range(8))
    table = rich_club(graph, null_networks=40).set_index("degree")
    members = table[table["places"] == 8].iloc[-1]
    assert members["coefficient"] == 1
    assert members["normalized"] > 1.3
    assert members["p_value"] == pytest.approx(1 / 41)
    assert members["low"] <= members["expected"] <= members["high"] < 1


def test_comparison_networks_keep_the_first_row():
    # above degree 0 stand all tied places, so that no shuffle can change their number of edges
    row = rich_club(KARATE, null_networks=5).iloc[0]
    assert row[["normalized", "p_value"]].tolist() == [1, 1]
    assert row["low"] == row["high"] == pytest.approx(nx.density(KARATE))


def test_where_nothing_can_be_swapped_expected_is_observed():
    for graph in (nx.star_graph(5), nx.complete_graph(5), nx.path_graph(2)):
        assert (rich_club(graph, null_networks=3)["normalized"] == 1).all()


def test_the_club_depends_on_the_seed_and_not_on_the_order_of_places():
    turned = nx.Graph()
    turned.add_nodes_from(reversed(list(KARATE)))
    turned.add_edges_from((b, a) for a, b in reversed(list(KARATE.edges)))
    once = rich_club(KARATE, null_networks=5, seed=3)
    pd.testing.assert_frame_equal(rich_club(turned, null_networks=5, seed=3), once)
    assert not rich_club(KARATE, null_networks=5, seed=4).equals(once)


def test_clubs_of_almost_nothing_are_empty():
    for graph in (nx.Graph(), nx.empty_graph(1), nx.empty_graph(3)):
        assert rich_club(graph, null_networks=2).empty
    # the two that are tied
    assert rich_club(nx.Graph([("a", "b"), ("c", "c")]), null_networks=2)["places"].tolist() == [2]


def test_bad_options_are_refused():
    with pytest.raises(OptionError, match="null_networks: needed a whole number of at least 1, got 0"):
        rich_club(KARATE, null_networks=0)
    with pytest.raises(OptionError, match="tries: needed a whole number"):
        rich_club(KARATE, tries=0)
    with pytest.raises(OptionError, match="seed: needed a whole number of at least 0, got -1"):
        rich_club(KARATE, seed=-1)
    with pytest.raises(OptionError, match="'strength', 'cost'"):
        network_summary(KARATE, weight_meaning="distance")
