"""Centrality agrees with networkx 3.6.1."""

import networkx as nx
import numpy as np
import pytest

from innoscape.network import centrality


@pytest.fixture(params=["undirected", "directed"])
def graph(request):
    rng = np.random.default_rng(3)
    made = nx.gnp_random_graph(30, 0.15, seed=3, directed=request.param == "directed")
    for _, _, data in made.edges(data=True):
        data["weight"] = int(rng.integers(1, 6))
    return made


def test_eigenvector_and_pagerank_agree_with_networkx(graph):
    ours = centrality(graph, measures=("eigenvector", "pagerank"))
    eigen = nx.eigenvector_centrality(graph, weight="weight", max_iter=10_000, tol=1e-12)
    rank = nx.pagerank(graph, weight="weight", tol=1e-14, max_iter=1000)
    assert ours["eigenvector"].to_numpy() == pytest.approx([eigen[n] for n in graph], abs=1e-6)
    assert ours["pagerank"].to_numpy() == pytest.approx([rank[n] for n in graph], abs=1e-9)
