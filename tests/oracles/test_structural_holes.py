"""Structural holes agree with the example of Burt (1992), igraph 1.3.5 for R and networkx 3.6.1."""

import igraph
import networkx as nx
import numpy as np
import pytest

from innoscape.network import centrality, structural_holes


@pytest.fixture
def burt():
    # Burt (1992), p. 56, as redrawn by Borgatti (1997), Connections 20(1): 35-38
    return nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])


def test_the_printed_example_comes_out(burt):
    table = structural_holes(burt).set_index("place")
    # Borgatti prints an effective size of 4.67 and an efficiency of 0.78 for G, 2.50 for A
    assert table["effective_size"].round(2)["G"] == 4.67
    assert table["efficiency"].round(2)["G"] == 0.78
    assert table["effective_size"]["A"] == pytest.approx(2.5)
    assert table["contacts"]["G"] == 6
    # constraint as in the tests of networkx, computed by UCINET
    assert table["constraint"].round(3)[["G", "A", "C"]].tolist() == [0.4, 0.595, 1.0]


def test_constraint_agrees_with_r():
    # igraph 1.3.5 for R, constraint(g)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(1, 8))
    graph.add_weighted_edges_from(
        zip(
            (1, 2, 1, 3, 2, 4, 5, 5, 3, 6, 4),
            (2, 1, 3, 2, 4, 5, 4, 1, 5, 1, 6),
            (4, 1, 2, 4, 1, 3, 3, 2, 6, 5, 1),
            strict=True,
        )
    )
    expected = [0.4576681013, 0.5533560091, 0.5925453515, 0.59375, 0.4311745106, 0.7222222222, np.nan]
    assert structural_holes(graph)["constraint"].to_numpy() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("density", [0.06, 0.6])
@pytest.mark.parametrize("directed", [False, True])
def test_full_and_thin_networks_agree_with_networkx(directed, density):
    rng = np.random.default_rng(2)
    graph = nx.gnp_random_graph(18, density, seed=5, directed=directed)
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(rng.exponential())
    table = structural_holes(graph)
    constraint = nx.constraint(graph, weight="weight")
    # networkx 3.6 divides by the wrong axis when all nodes are asked for at once, and takes places that only receive
    # for islands: so nodes are named, and both directions added up
    both = nx.from_numpy_array(nx.to_numpy_array(graph) + nx.to_numpy_array(graph).T)
    size = nx.effective_size(both, nodes=list(both), weight="weight")
    assert table["constraint"].to_numpy() == pytest.approx([constraint[n] for n in graph], nan_ok=True)
    assert table["effective_size"].to_numpy() == pytest.approx([size[n] for n in graph], nan_ok=True)


@pytest.mark.parametrize("directed", [False, True])
def test_constraint_of_a_sparse_network_agrees_with_igraph(directed):
    graph = nx.gnm_random_graph(300, 1500, seed=4, directed=directed)
    rng = np.random.default_rng(4)
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(rng.lognormal())
    expected = igraph.Graph.from_networkx(graph).constraint(weights="weight")
    assert structural_holes(graph)["constraint"].to_numpy() == pytest.approx(expected, rel=1e-12)
    assert centrality(graph, measures=("constraint",))["constraint"].to_numpy() == pytest.approx(expected, rel=1e-12)
