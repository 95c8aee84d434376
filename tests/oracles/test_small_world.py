"""Clustering and path lengths of null networks agree with networkx 3.6.1."""

import networkx as nx
import numpy as np
import pytest

from innoscape.network.measures.small_world import _measures


@pytest.mark.parametrize("seed", range(3))
def test_measures_agree_with_networkx(seed):
    graph = nx.gnp_random_graph(30, 0.12, seed=seed)
    clustering, length, reached = _measures(np.array(graph.edges), len(graph))
    steps = [d for n, ds in nx.shortest_path_length(graph) for m, d in ds.items() if n < m]
    assert clustering == pytest.approx(nx.average_clustering(graph))
    assert length == pytest.approx(np.mean(steps))
    assert reached == pytest.approx(len(steps) / (30 * 29 / 2))
