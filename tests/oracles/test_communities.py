"""Modularity agrees with networkx 3.6.1, likeness of partitions with igraph 1.0.0."""

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.network import communities
from innoscape.network.structure.compare_partitions import adjusted_rand, mutual_information

METHODS = ["leiden", "louvain"]


def sets(table):
    return {frozenset(group) for _, group in table.groupby("community")["place"]}


@pytest.mark.parametrize("directed", [False, True])
def test_modularity_agrees_with_networkx(directed):
    graph = nx.gnp_random_graph(30, 0.15, seed=2, directed=directed)
    rng = np.random.default_rng(2)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 9))
    for method in METHODS:
        found = communities(graph, resolution=1.3, method=method)
        theirs = nx.community.modularity(graph, sets(found.table), resolution=1.3)
        assert found.modularity == pytest.approx(theirs)


labels = st.lists(st.integers(0, 4), min_size=2, max_size=30)


@given(labels, st.randoms())
@settings(max_examples=30, deadline=None)
def test_likeness_of_partitions_agrees_with_igraph(one, source):
    other = [source.randrange(4) for _ in one]
    theirs = igraph.compare_communities(one, other, method="nmi")
    assert mutual_information(one, other) == pytest.approx(theirs, abs=1e-9)
    theirs = igraph.compare_communities(one, other, method="adjusted_rand")
    # igraph leaves two trivial partitions undefined
    if not np.isnan(theirs):
        assert adjusted_rand(one, other) == pytest.approx(theirs, abs=1e-9)
    assert adjusted_rand(one, one) == mutual_information(one, one) == 1
