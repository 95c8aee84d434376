"""DL and Pajek files are read as igraph 1.0.0 and networkx 3.6.1 read them."""

import igraph
import networkx as nx
import pytest

from innoscape.network import read_graph, write_graph


def flows():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("b", "t", 3.5), ("t", "b", 1.0), ("b", "h", 2.0), ("s", "h", 0.25)])
    return graph


def test_the_edge_list_of_the_data_language(tmp_path):
    file = write_graph(flows(), tmp_path / "net.dl", format="dl-edges")
    theirs = igraph.Graph.Read_DL(str(file), directed=True)
    names = theirs.vs["name"]
    links = {(names[e.source], names[e.target]): e["weight"] for e in theirs.es}
    ours = read_graph(file)
    assert {(a, b): w for a, b, w in ours.edges(data="weight")} == links
    assert sorted(ours) == sorted(names)


@pytest.mark.parametrize("directed", [True, False])
def test_pajek(tmp_path, directed):
    graph = flows() if directed else nx.Graph(flows())
    file = write_graph(graph, tmp_path / "net.net")
    theirs = nx.read_pajek(file)
    ours = read_graph(file)
    assert ours.is_directed() == theirs.is_directed() == directed
    assert {frozenset(e) if not directed else e for e in ours.edges} == {
        frozenset(e[:2]) if not directed else e[:2] for e in theirs.edges
    }
    assert ours.size(weight="weight") == theirs.size(weight="weight")
