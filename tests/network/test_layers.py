"""Layers are compared pair by pair, and versatility reduces to known centralities in the limit cases."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from innoscape.data import OptionError
from innoscape.network import multilayer


def weighted(seed, *, directed=False, n=10):
    graph = nx.gnp_random_graph(n, 0.4, seed=seed, directed=directed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 20))
    return graph


@pytest.mark.parametrize("directed", [True, False])
def test_one_layer_gives_the_ordinary_centralities(directed):
    graph = weighted(3, directed=directed)
    found = multilayer({"only": graph}).places.set_index("place")
    rank = nx.pagerank(graph, tol=1e-14, max_iter=1000)
    eigen = nx.eigenvector_centrality(graph, weight="weight", max_iter=10_000, tol=1e-12)
    assert found["pagerank"].to_numpy() == pytest.approx([rank[n] for n in found.index], abs=1e-9)
    assert found["eigenvector"].to_numpy() == pytest.approx([eigen[n] for n in found.index], abs=1e-6)
    assert found["participation"].isna().all()


def test_without_coupling_pagerank_is_the_mean_of_the_layers():
    one, two = weighted(1), weighted(2)
    assert nx.is_connected(one)
    assert nx.is_connected(two)
    found = multilayer({"one": one, "two": two}, coupling=0).places.set_index("place")["pagerank"]
    ranks = [nx.pagerank(g, tol=1e-14, max_iter=1000) for g in (one, two)]
    assert found.to_numpy() == pytest.approx([(ranks[0][n] + ranks[1][n]) / 2 for n in found.index], abs=1e-9)


def test_coupled_pagerank_is_that_of_the_joined_network():
    # the supra-network written out: replicas as nodes, layers scaled to a mean strength of 1
    one, two = weighted(1, directed=True), weighted(2)
    joined = nx.DiGraph()
    for name, graph in (("a", one), ("b", two)):
        flows = graph if graph.is_directed() else graph.to_directed()
        scale = len(graph) / flows.size(weight="weight")
        joined.add_nodes_from((name, n) for n in sorted(graph))
        joined.add_weighted_edges_from(((name, u), (name, v), w * scale) for u, v, w in flows.edges(data="weight"))
    for n in one:
        joined.add_edge(("a", n), ("b", n), weight=0.5)
        joined.add_edge(("b", n), ("a", n), weight=0.5)
    rank = nx.pagerank(joined, tol=1e-14, max_iter=1000)
    eigen = nx.eigenvector_centrality(joined, weight="weight", max_iter=10_000, tol=1e-12)
    found = multilayer({"a": one, "b": two}, coupling=0.5).places
    assert found["pagerank"].tolist() == pytest.approx([rank["a", n] + rank["b", n] for n in sorted(one)], abs=1e-9)
    assert found["eigenvector"].tolist() == pytest.approx(
        [eigen["a", n] + eigen["b", n] for n in sorted(one)], abs=1e-6
    )


def test_equal_layers_overlap_by_one_in_any_unit():
    yuan, cents = weighted(1), weighted(1)
    for *_, data in cents.edges(data=True):
        data["weight"] *= 100
    found = multilayer({"yuan": yuan, "cents": cents})
    row = found.pairs.iloc[0]
    measures = ["place_jaccard", "tie_jaccard", "weighted_overlap", "strength_correlation"]
    assert row[measures].to_numpy(dtype=float) == pytest.approx(1)
    assert found.places["participation"].to_numpy() == pytest.approx(1)


def test_overlaps_are_counted_by_hand():
    patents, capital = nx.Graph(), nx.Graph()
    patents.add_weighted_edges_from([("a", "b", 3.0), ("b", "c", 1.0)])
    capital.add_weighted_edges_from([("a", "b", 10.0), ("c", "d", 10.0)])
    capital.add_node("e")
    found = multilayer({"patents": patents, "capital": capital})
    row = found.pairs.iloc[0]
    assert (row["shared_places"], row["place_jaccard"]) == (3, 3 / 4)
    assert row["tie_jaccard"] == pytest.approx(1 / 3)
    # shares 3/4, 1/4, 0 against 1/2, 0, 1/2
    assert row["weighted_overlap"] == pytest.approx((1 / 2) / (3 / 4 + 1 / 4 + 1 / 2))
    places = found.places.set_index("place")
    # a holds 3/8 of the strength of patents and 1/4 of that of capital
    o = 3 / 8 + 1 / 4
    assert places.loc["a", "participation"] == pytest.approx(2 * (1 - (3 / 8 / o) ** 2 - (1 / 4 / o) ** 2))
    assert places.loc["d", "participation"] == 0
    assert np.isnan(places.loc["e", "participation"])
    assert places["everywhere"].to_dict() == {"a": True, "b": True, "c": True, "d": False, "e": False}
    assert found.covered == 3 / 5
    assert found.layers["coverage"].tolist() == [3 / 5, 4 / 5]


def test_strengths_are_correlated_by_rank():
    one, two = weighted(4), weighted(5)
    row = multilayer({"one": one, "two": two}).pairs.iloc[0]
    a, b = (pd.Series(dict(g.degree(weight="weight"))) for g in (one, two))
    both = (a > 0) & (b > 0)
    assert row["strength_correlation"] == pytest.approx(stats.spearmanr(a[both], b[both]).statistic)


def test_direction_counts_where_both_layers_have_it():
    there, back = nx.DiGraph([("a", "b")]), nx.DiGraph([("b", "a")])
    assert multilayer({"x": there, "y": back}).pairs["tie_jaccard"].tolist() == [0]
    assert multilayer({"x": there, "y": nx.Graph([("b", "a")])}).pairs["tie_jaccard"].tolist() == [1]


def test_a_bridge_between_layers_is_versatile():
    # home and abroad meet in one gateway only
    home = nx.star_graph(["gateway", "h1", "h2", "h3"])
    abroad = nx.star_graph(["gateway", "f1", "f2", "f3"])
    places = multilayer({"home": home, "abroad": abroad}).places.set_index("place")
    assert places["rank"].idxmin() == "gateway"
    assert places.index[places["everywhere"]].tolist() == ["gateway"]


@given(st.integers(0, 20), st.randoms(), st.sampled_from([1e-6, 1e6]))
@settings(max_examples=8, deadline=None)
def test_order_of_rows_and_layers_and_units_change_nothing(seed, source, unit):
    graphs = {"a": weighted(seed), "b": weighted(seed + 1, directed=True), "c": weighted(seed + 2, n=7)}
    others = {}
    names = list(graphs)
    source.shuffle(names)
    for name in names:
        nodes, edges = list(graphs[name]), [(u, v, w * unit) for u, v, w in graphs[name].edges(data="weight")]
        source.shuffle(nodes)
        source.shuffle(edges)
        others[name] = type(graphs[name])()
        others[name].add_nodes_from(nodes)
        others[name].add_weighted_edges_from(edges)
    one, two = multilayer(graphs), multilayer(others)
    pd.testing.assert_frame_equal(one.places, two.places)
    assert sorted(one.pairs["tie_jaccard"]) == pytest.approx(sorted(two.pairs["tie_jaccard"]))


def test_limit_cases_are_defined():
    empty = multilayer({"a": nx.Graph(), "b": nx.Graph()})
    assert empty.places.empty
    assert np.isnan(empty.pairs["tie_jaccard"].iloc[0])
    bare = multilayer({"a": nx.path_graph(3), "b": nx.empty_graph(3)}, places=[7])
    assert bare.pairs["weighted_overlap"].tolist() == [0]
    assert bare.places["pagerank"].idxmin() == 3
    assert bare.places["pagerank"].sum() == pytest.approx(1)
    table = pd.DataFrame({"place": [7], "lon": [116.4]})
    for extra in (table, table["place"], {7: "x"}):
        pd.testing.assert_frame_equal(
            multilayer({"a": nx.path_graph(3), "b": nx.empty_graph(3)}, places=extra).places, bare.places
        )
    loose = bare.places.set_index("place")["eigenvector"]
    assert loose[7] == 0
    assert (loose.drop(7) > 0).all()
    one_way = multilayer({"a": nx.DiGraph([("a", "b")])})
    assert one_way.places["eigenvector"].isna().all(), "without a cycle there is no leading eigenvector"


def test_bad_options_are_refused():
    with pytest.raises(OptionError, match="at least one"):
        multilayer({})
    for option in ({"coupling": -1}, {"damping": 1}):
        with pytest.raises(OptionError):
            multilayer({"a": nx.path_graph(3)}, **option)
