"""Mixing, modularity, triads and ego networks agree with networkx 3.6.1 and igraph 1.0.0."""

from itertools import permutations

import igraph
import networkx as nx
import numpy as np
import pytest

from innoscape.network import (
    backbone,
    category_assortativity,
    cliques,
    ego_networks,
    ei_index,
    modularity,
    select_flows,
    triad_census,
)


def drawn(seed, *, directed, n=14, chance=0.3):
    graph = nx.gnp_random_graph(n, chance, seed=seed, directed=directed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 9))
    return graph, {place: int(rng.integers(0, 3)) for place in graph}


@pytest.mark.parametrize("directed", [False, True])
def test_modularity_of_a_given_partition(directed):
    graph, groups = drawn(1, directed=directed)
    parts = [{p for p in graph if groups[p] == g} for g in range(3)]
    assert modularity(graph, groups) == pytest.approx(nx.community.modularity(graph, parts), abs=1e-12)
    theirs = nx.community.modularity(graph, parts, weight=None, resolution=1.7)
    assert modularity(graph, groups, weight=None, resolution=1.7) == pytest.approx(theirs, abs=1e-12)
    engine = igraph.Graph(n=len(graph), edges=list(graph.edges), directed=directed)
    weights = [w for *_, w in graph.edges(data="weight")]
    theirs = engine.modularity([groups[p] for p in range(len(graph))], weights=weights, directed=directed)
    assert modularity(graph, groups) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("directed", [False, True])
def test_assortativity_and_e_i_by_category(directed):
    graph, groups = drawn(2, directed=directed)
    nx.set_node_attributes(graph, groups, "group")
    theirs = nx.attribute_assortativity_coefficient(graph, "group")
    assert category_assortativity(graph, groups, weight=None) == pytest.approx(theirs, abs=1e-12)
    inside = nx.attribute_mixing_matrix(graph, "group", normalized=True).trace()
    assert ei_index(graph, groups, weight=None) == pytest.approx(1 - 2 * inside, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_census_of_triads(seed):
    graph, _ = drawn(seed, directed=True)
    found = triad_census(graph)
    assert dict(zip(found["triad"], found["count"], strict=True)) == nx.triadic_census(graph)


def test_cliques_of_les_miserables():
    graph = nx.les_miserables_graph()
    found = {frozenset(members) for _, members in cliques(graph)["place"].groupby(cliques(graph)["group"])}
    theirs = igraph.Graph.from_networkx(graph)
    names = theirs.vs["_nx_name"]
    assert found == {frozenset(names[v] for v in clique) for clique in theirs.maximal_cliques(min=3)}


@pytest.mark.parametrize("directed", [False, True])
def test_ego_networks(directed):
    graph, _ = drawn(3, directed=directed)
    found = ego_networks(graph).set_index("place")
    plain = graph.to_undirected()
    for place in graph:
        ego = nx.ego_graph(graph, place, undirected=True)
        others = ego.subgraph(set(ego) - {place})
        row = found.loc[place]
        assert (row["size"], row["ties"]) == (len(others), others.number_of_edges())
        if len(others) > 1:
            assert row["density"] == pytest.approx(nx.density(others))
        assert row["components"] == nx.number_connected_components(others.to_undirected())
        assert row["two_step"] == len(nx.ego_graph(plain, place, radius=2)) - 1
        assert row["ego_betweenness"] == pytest.approx(between(ego, place))


def between(ego, place):
    """In an undirected ego network no shortest path is longer than two steps; in a directed one these alone count."""
    if not ego.is_directed():
        return nx.betweenness_centrality(ego, normalized=False)[place]
    shares = 0.0
    for a, b in permutations(set(ego) - {place}, 2):
        if not ego.has_edge(a, b):
            middle = set(ego.successors(a)) & set(ego.predecessors(b))
            shares += (place in middle) / max(len(middle), 1)
    return shares


def test_the_heaviest_ties_of_all_connect_as_a_heaviest_tree_does():
    graph, _ = drawn(5, directed=False, n=12, chance=0.6)
    found = backbone(graph, method="doubly_stochastic")
    scores = nx.Graph()
    scores.add_weighted_edges_from(found.table[["source", "target", "score"]].itertuples(index=False))
    last = min(w for *_, w in nx.maximum_spanning_tree(scores).edges(data="weight"))
    assert (found.table["kept"] == (found.table["score"] >= last - 1e-9)).all()
    assert np.allclose([d for _, d in scores.degree(weight="weight")], 1.0)
    assert nx.is_connected(found.graph)


def test_the_largest_flows_of_all_are_those_of_a_sorted_list():
    graph, _ = drawn(6, directed=True)
    flows = nx.to_pandas_edgelist(graph).rename(columns={"weight": "value"})
    first = select_flows(flows, method="n_first", k=2)
    theirs = {
        (place, target)
        for place in graph
        for target, _ in sorted(graph[place].items(), key=lambda item: (-item[1]["weight"], item[0]))[:2]
    }
    assert set(first[["source", "target"]].itertuples(index=False, name=None)) == theirs
