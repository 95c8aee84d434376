"""Spanning trees weigh as much as those of networkx 3.6.1; corrections are those of scipy 1.17.1."""

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from innoscape.network import backbone


def weighted(seed, *, directed=False, n=12, chance=0.4):
    graph = nx.gnp_random_graph(n, chance, seed=seed, directed=directed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 50))
    return graph


@pytest.mark.parametrize("seed", range(4))
def test_the_spanning_tree_weighs_as_much_as_that_of_networkx(seed):
    graph = weighted(seed, chance=0.2)
    found = backbone(graph, method="maximum_spanning_tree")
    theirs = nx.maximum_spanning_tree(graph)
    assert found.graph.size(weight="weight") == theirs.size(weight="weight")
    assert nx.is_forest(found.graph)
    assert nx.number_connected_components(found.graph) == nx.number_connected_components(graph)


def test_corrections_are_those_of_scipy():
    graph = weighted(6, n=30)
    p = backbone(graph).table["p_value"].to_numpy()
    adjusted = stats.false_discovery_control(p)
    assert (backbone(graph, correction="fdr").table["kept"].to_numpy() == (adjusted < 0.05)).all()
    assert (backbone(graph, correction="bonferroni").table["kept"].to_numpy() == (p < 0.05 / len(p))).all()
