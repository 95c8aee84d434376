"""Turnover counts what enters, leaves and stays between two times."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import braycurtis

from innoscape.data import OptionError
from innoscape.network import turnover

ties = st.dictionaries(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), st.integers(1, 9), max_size=12)


def graph_of(weights, *, directed=True):
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from((u, v, float(w)) for (u, v), w in weights.items() if u != v)
    return graph


@given(ties, ties, st.booleans())
@settings(max_examples=20, deadline=None)
def test_turnover_is_symmetric_in_time_and_conserves_ties(one, two, directed):
    before, after = graph_of(one, directed=directed), graph_of(two, directed=directed)
    there, back = turnover(before, after).summary, turnover(after, before).summary
    for measure in ("jaccard", "bray_curtis", "bray_curtis_shares"):
        assert there[measure] == pytest.approx(back[measure], nan_ok=True)
    assert there["entry"] == pytest.approx(back["exit"], nan_ok=True)
    assert there["stayed"] + there["left"] == before.number_of_edges()
    assert there["stayed"] + there["entered"] == after.number_of_edges()


def test_measures_agree_with_scipy():
    before, after = graph_of({("a", "b"): 3, ("b", "c"): 1}), graph_of({("a", "b"): 5, ("c", "a"): 4})
    found = turnover(before, after)
    assert found.ties["state"].tolist() == ["stayed", "left", "entered"]
    b, a = found.ties["before"].to_numpy(), found.ties["after"].to_numpy()
    assert found.summary["bray_curtis"] == pytest.approx(braycurtis(b, a))
    assert found.summary["bray_curtis_shares"] == pytest.approx(braycurtis(b / b.sum(), a / a.sum()))
    assert found.summary["kept_weight"] == 3 / 4
    assert found.summary["growth"] == 9 / 4 - 1


def test_equal_and_disjoint_networks_are_the_ends_of_the_scale():
    graph = graph_of({("a", "b"): 3, ("b", "c"): 1})
    same = turnover(graph, graph).summary
    assert same[["entry", "exit", "bray_curtis", "growth"]].tolist() == [0, 0, 0, 0]
    assert same[["persistence", "jaccard", "strength_correlation"]].to_numpy() == pytest.approx([1, 1, 1])
    other = turnover(graph, graph_of({("b", "a"): 3})).summary
    assert other[["jaccard", "bray_curtis", "bray_curtis_shares", "persistence"]].tolist() == [0, 1, 1, 0]


def test_growth_alone_is_no_shift():
    grown = turnover(graph_of({("a", "b"): 3, ("b", "c"): 1}), graph_of({("a", "b"): 6, ("b", "c"): 2})).summary
    assert grown["bray_curtis_shares"] == pytest.approx(0)
    assert grown["bray_curtis"] == pytest.approx(4 / 12)
    assert grown["growth"] == 1


def test_ranks_rise_and_places_come_and_go():
    # co-patents, Ye & Wang: Beijing-Tianjin 3,056 and Beijing-Hebei 4,277 in 2018
    before = graph_of({("北京", "天津"): 900, ("北京", "河北"): 400}, directed=False)
    after = graph_of({("北京", "天津"): 3056, ("北京", "河北"): 4277}, directed=False)
    after.add_node("雄安新区")
    places = turnover(before, after).places.set_index("place")
    assert places.loc["河北", ["rank_before", "rank_after", "rank_change"]].tolist() == [3, 2, 1]
    assert places.loc["天津", "rank_change"] == -1
    assert places.loc["雄安新区", "state"] == "entered"
    assert pd.isna(places.loc["雄安新区", "rank_before"])
    assert places["share_after"].sum() == pytest.approx(1)


@given(ties, ties, st.randoms())
@settings(max_examples=8, deadline=None)
def test_order_of_rows_changes_nothing(one, two, source):
    shuffled = []
    for weights in (one, two):
        rows = list(weights.items())
        source.shuffle(rows)
        shuffled.append(graph_of(dict(rows)))
    plain, mixed = turnover(graph_of(one), graph_of(two)), turnover(*shuffled)
    pd.testing.assert_frame_equal(plain.ties, mixed.ties)
    pd.testing.assert_frame_equal(plain.places, mixed.places)


def test_nothing_gives_nan_and_mixed_graphs_are_refused():
    empty = turnover(nx.Graph(), nx.Graph())
    assert empty.ties.empty
    assert np.isnan(empty.summary["jaccard"])
    with pytest.raises(OptionError, match="two directed or two undirected"):
        turnover(nx.Graph(), nx.DiGraph())
    with pytest.raises(OptionError, match="needed a networkx graph, got dict"):
        turnover({}, nx.Graph())


def test_an_undirected_tie_is_the_same_whatever_the_labels_of_others():
    before, after = nx.Graph(), nx.Graph()
    before.add_weighted_edges_from([(9, 10, 1.0), (2, 9, 1.0)])
    after.add_weighted_edges_from([(9, 10, 1.0), (2, 9, 1.0), (9, "x", 1.0)])
    found = turnover(before, after).summary
    assert found[["stayed", "left", "entered"]].tolist() == [2, 0, 1]


def test_strengths_that_differ_by_rounding_share_a_rank():
    before, after = nx.Graph(), nx.Graph()
    ties = {("a", "x"): 1, ("a", "y"): 2, ("b", "z"): 3}
    before.add_weighted_edges_from((u, v, w / 10) for (u, v), w in ties.items())
    after.add_weighted_edges_from((u, v, float(w)) for (u, v), w in ties.items())
    assert (turnover(before, after).places["rank_change"] == 0).all()
