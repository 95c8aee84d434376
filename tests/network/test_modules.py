"""Communities are those of known optima, the same for every order of rows, and compared with scopes."""

import random
from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError
from innoscape.network import communities, to_graph
from innoscape.network.structure.compare_partitions import adjusted_rand

METHODS = ["leiden", "louvain"]


def shuffled(graph, seed):
    """Copy a graph with nodes and edges in another order."""
    rng = random.Random(seed)  # noqa: S311 - shuffles rows
    nodes, edges = list(graph), list(graph.edges(data=True))
    rng.shuffle(nodes)
    rng.shuffle(edges)
    copy = type(graph)()
    copy.add_nodes_from(nodes)
    copy.add_edges_from(edges)
    return copy


def sets(table):
    return {frozenset(group) for _, group in table.groupby("community")["place"]}


@pytest.mark.parametrize("method", METHODS)
def test_the_karate_club_reaches_its_known_optimum(method):
    # Aloise et al. (2010), Physical Review E 82, 046112: exact maximum 0.4198 with four communities
    found = communities(nx.karate_club_graph(), weight=None, method=method, runs=20)
    assert found.modularity == pytest.approx(0.4197896, abs=1e-7)
    assert found.profile["places"].tolist() == [12, 11, 6, 5]


def test_direction_matters_to_leiden():
    # two rings of one-way ties, joined both ways: a cycle is found although ties are few
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("c", "x")])
    assert sets(communities(graph).table) == {frozenset("abc"), frozenset("xyz")}


@given(st.integers(0, 5), st.integers(0, 100))
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_changes_nothing(kind, order):
    graph = nx.gnp_random_graph(20, 0.2, seed=kind, directed=kind % 2 == 1)
    one, other = communities(graph, runs=3), communities(shuffled(graph, order), runs=3)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.modularity == other.modularity


def test_other_units_and_names_change_nothing():
    graph = nx.karate_club_graph()
    other = nx.relabel_nodes(graph, {n: f"city {n:02}" for n in graph})
    for *_, data in other.edges(data=True):
        data["weight"] *= 1e-7
    one, two = communities(graph), communities(other)
    assert one.table["community"].tolist() == two.table["community"].tolist()
    assert two.modularity == pytest.approx(one.modularity)


def test_the_seed_decides_and_the_global_source_is_left_alone():
    graph = nx.gnp_random_graph(40, 0.1, seed=1)
    random.seed(5)
    state = random.getstate()
    one = communities(graph, seed=1, method="louvain")
    assert random.getstate() == state
    random.seed(6)
    again = communities(graph, seed=1, method="louvain")
    pd.testing.assert_frame_equal(one.memberships, again.memberships)
    assert not one.memberships.equals(communities(graph, seed=2, method="louvain").memberships)
    # run r is the same however many runs there are
    few = communities(graph, seed=1, method="louvain", runs=2)
    pd.testing.assert_frame_equal(few.memberships, one.memberships[[0, 1]])


def test_threads_do_not_disturb_each_other():
    graph = nx.gnp_random_graph(40, 0.1, seed=1)
    alone = [communities(graph, seed=s, method="louvain", runs=3).memberships for s in range(6)]
    with ThreadPoolExecutor(4) as threads:
        together = threads.map(lambda s: communities(graph, seed=s, method="louvain", runs=3).memberships, range(6))
        for one, other in zip(alone, together, strict=True):
            pd.testing.assert_frame_equal(one, other)


def test_planted_communities_are_found():
    graph = nx.planted_partition_graph(4, 15, 0.5, 0.03, seed=2)
    scopes = {n: f"scope {n // 15}" for n in graph}
    for method in METHODS:
        found = communities(graph, groups=scopes, method=method)
        assert found.adjusted_rand == found.mutual_information == found.stability == 1


def test_communities_are_numbered_by_size_then_first_place():
    graph = nx.Graph([("z", "y"), ("y", "x"), ("x", "z"), ("c", "d"), ("a", "b")])
    table = communities(graph).table.set_index("place")["community"]
    assert table.to_dict() == {"a": 2, "b": 2, "c": 3, "d": 3, "x": 1, "y": 1, "z": 1}


def test_stability_counts_how_often_members_meet():
    sure = communities(nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4)))
    assert sure.stability == 1
    assert sure.table["stability"].eq(1).all()
    assert sure.co_membership.to_numpy().tolist()[0] == [1.0] * 4 + [0.0] * 4
    unsure = communities(nx.cycle_graph(30), method="louvain", runs=20)
    assert unsure.stability < 0.95
    together = unsure.co_membership.to_numpy()
    labels = unsure.table["community"].to_numpy()
    mates = (labels == labels[3]) & (np.arange(30) != 3)
    assert unsure.table["stability"][3] == pytest.approx(together[3][mates].mean())


def test_scopes_are_compared_with_communities():
    graph = to_graph(
        pd.DataFrame(
            {
                "source": ["北京", "天津", "上海", "上海", "北京", "武汉"],
                "target": ["天津", "河北", "苏州", "杭州", "上海", "上海"],
                "value": [9.0, 8.0, 9.0, 8.0, 2.0, 1.0],
            }
        ),
        directed=False,
    )
    scopes = {
        "北京": "京津冀",
        "天津": "京津冀",
        "河北": "京津冀",
        "上海": "长三角",
        "苏州": "长三角",
        "杭州": "长三角",
    }
    found = communities(graph, groups=scopes)
    assert found.adjusted_rand == found.mutual_information == 1
    # the tie with Wuhan, which has no scope, is not within any
    assert found.within_share == pytest.approx((9 + 8 + 9 + 8) / 37)
    assert found.overlap["share_of_group"].tolist() == [1, 1]
    assert np.isnan(communities(graph).adjusted_rand)


def test_profiles_split_the_weight_into_inside_and_outside():
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 5), ("c", "d", 7), ("b", "c", 1)])
    profile = communities(graph).profile
    assert profile[["inside", "outside"]].to_numpy().tolist() == [[5, 1], [7, 1]]
    assert profile["inside_share"].tolist() == [5 / 6, 7 / 8]


labels = st.lists(st.integers(0, 4), min_size=2, max_size=30)


def test_limit_cases_are_defined():
    assert communities(nx.Graph()).table.empty
    islands = communities(nx.empty_graph(3))
    assert islands.table["community"].tolist() == [1, 2, 3]
    assert np.isnan(islands.modularity)
    graph = nx.path_graph(3)
    graph.add_node(9)
    assert communities(graph).table["community"].tolist()[-1] == 2
    assert np.isnan(communities(graph, runs=1).stability)


def test_bad_options_are_refused():
    graph = nx.path_graph(4)
    with pytest.raises(OptionError, match="did you mean 'leiden'"):
        communities(graph, method="leidn")
    with pytest.raises(OptionError, match="resolution: needed a finite number above 0"):
        communities(graph, resolution=0)
    with pytest.raises(OptionError, match=r"runs: needed a whole number of at least 1, got 2\.5"):
        communities(graph, runs=2.5)
    with pytest.raises(OptionError, match="seed: needed"):
        communities(graph, seed=0.5)
    graph.edges[0, 1]["weight"] = -1
    with pytest.raises(OptionError, match="at least 0"):
        communities(graph)
    graph.edges[0, 1]["weight"] = "strong"
    with pytest.raises(OptionError, match="'weight' must hold numbers"):
        communities(graph)
    with pytest.raises(OptionError, match="make one of flows with to_graph"):
        communities(pd.DataFrame({"source": ["a"]}))
    with pytest.raises(OptionError, match="same things"):
        adjusted_rand([1, 2], [1])
