"""Networks of other programs are read as they stand, and what cannot be read is told with its line."""

import os
import struct

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError, read_frame, read_network, read_table
from innoscape.network import read_graph, to_flows, write_graph


def ucinet(folder, cells, labels=None, *, version=b"V6404", levels=None, name="net"):
    """Write a pair of files as UCINET does."""
    cells = np.asarray(cells, dtype="<f4")
    dims = [cells.shape[-1], cells.shape[-2], *([len(levels)] if levels else [])]
    wide = version == b"V6404"
    head = b"\x05" + version + struct.pack("<5h", 26, 11, 29, 7, 3) + struct.pack("<b", 7)
    head += struct.pack("<h", len(dims)) + struct.pack(f"<{len(dims)}{'i' if wide else 'h'}", *dims) + b"\x05title"
    head += bytes([bool(labels), bool(labels), *([True] if levels else [])])
    for text in [*(labels or []) * 2, *(levels or [])]:
        coded = text.encode("utf-16-le" if wide else "utf-8")
        head += struct.pack("<h", len(coded)) + coded
    file = folder / f"{name}.##h"
    file.write_bytes(head)
    (folder / f"{name}.##d").write_bytes(cells.tobytes())
    return file


def rows(found):
    return [tuple(row) for row in found.flows.itertuples(index=False)]


@pytest.mark.parametrize("version", [b"V6404", b"DATE:"])
def test_a_pair_of_ucinet_files(tmp_path, version):
    cells = [[0, 0.1, 1e38], [2, 7, 0], [0, 0, 0]]
    found = read_network(ucinet(tmp_path, cells, ["北京", "B b", "C"], version=version))
    assert rows(found) == [("北京", "B b", 0.1), ("B b", "北京", 2.0), ("B b", "B b", 7.0)]
    assert found.places["place"].tolist() == ["北京", "B b", "C"]
    assert found.directed


def test_a_symmetric_matrix_has_ties_without_direction(tmp_path):
    file = ucinet(tmp_path, [[0, 3], [3, 0]])
    found = read_network(file)
    assert (rows(found), found.directed) == ([("1", "2", 3.0)], False)
    with pytest.warns(InnoscapeWarning, match="without a direction"):
        assert read_table(file, "flows")["value"].tolist() == [3.0]


def test_several_networks_of_one_file_are_kinds(tmp_path):
    file = ucinet(tmp_path, [[[0, 1], [0, 0]], [[0, 0], [5, 0]]], ["a", "b"], levels=["trade", "staff"])
    assert rows(read_network(file)) == [("a", "b", 1.0, "trade"), ("b", "a", 5.0, "staff")]
    assert list(read_graph(file, kind="staff").edges(data="weight")) == [("b", "a", 5.0)]
    with pytest.raises(OptionError, match="holds 2 networks; name one with kind: trade, staff"):
        read_graph(file)
    with pytest.raises(OptionError, match=r"did you mean 'staff'"):
        read_graph(file, kind="stafff")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('dl n=3 format=fullmatrix\nlabels:\na,b,"c"\ndata:\n0 1 0\n0 0 2\n. 0 0', [("a", "b", 1), ("b", "c", 2)]),
        ("DL N = 2\nDATA:\n0 1\n0 4", [("1", "2", 1), ("2", "2", 4)]),
        ("dl n=3, format=edgelist1\nlabels:\na\nb\nc\ndata:\n1 2 5\n3 1\n", [("a", "b", 5), ("c", "a", 1)]),
        ("dl n=3 format=edgelist1 labels embedded\ndata:\nx y 2\ny z\n", [("x", "y", 2), ("y", "z", 1)]),
        ("dl n=3 format=nodelist1\ndata:\n1 2 3\n2 3\n", [("1", "2", 1), ("1", "3", 1), ("2", "3", 1)]),
        ("dl n=3 format=lowerhalf diagonal=absent\ndata:\n4\n0 5\n", [("1", "2", 4), ("2", "3", 5)]),
        ("dl n=3 format=upperhalf\ndata:\n0 4 0\n9 5\n0\n", [("1", "2", 4), ("2", "2", 9), ("2", "3", 5)]),
        ("dl nr=2 nc=3\nrow labels:\na b\ncol labels:\np q r\ndata:\n1 0 0\n0 0 2", [("a", "p", 1), ("b", "r", 2)]),
        ("dl n=2 labels embedded\ndata:\nu v\nu 0 1\nv 3 0\n", [("u", "v", 1), ("v", "u", 3)]),
        (
            "dl n=2 nm=2\nlabels:\na,b\nmatrix labels:\nI,J\ndata:\n0 1\n0 0\n0 0\n2 0\n",
            [("a", "b", 1, "I"), ("b", "a", 2, "J")],
        ),
        ("dl n=2 nm=2 format=edgelist1\ndata:\n1 2\n!\n2 1 3\n", [("1", "2", 1, "1"), ("2", "1", 3, "2")]),
    ],
)  # fmt: skip
def test_the_data_language(tmp_path, text, wanted):
    file = tmp_path / "net.dl"
    file.write_text(text, encoding="utf-8")
    assert rows(read_network(file)) == wanted


def test_a_pajek_file_with_relations_and_comments(tmp_path):
    file = tmp_path / "net.net"
    text = '% made by hand\n*Network demo\n*Vertices 3\n1 "北 京" 0.1 0.2 0.5 ic Red\n2 B 0.3 0.4\n3 "C" 1 1\n'
    text += '*Arcs :1 "trade"\n1 2 3.5 w 2\n*Edges :1\n2 3\n*Arcslist :2 "staff"\n3 1 2\n'
    file.write_text(text, encoding="utf-8-sig")
    found = read_network(file)
    assert rows(found) == [
        ("北 京", "B", 3.5, "trade"),
        ("B", "C", 1.0, "trade"),
        ("C", "B", 1.0, "trade"),
        ("C", "北 京", 1.0, "staff"),
        ("C", "B", 1.0, "staff"),
    ]
    assert found.places["x"].tolist() == [0.1, 0.3, 1.0]
    assert read_table(file, "flows")["kind"].tolist() == ["trade"] * 3 + ["staff"] * 2


def test_a_pajek_matrix(tmp_path):
    file = tmp_path / "net.net"
    file.write_text("*Vertices 2\n*Matrix\n0 2\n1 0\n", encoding="utf-8")
    assert rows(read_network(file)) == [("1", "2", 2.0), ("2", "1", 1.0)]


def test_several_pajek_matrices(tmp_path):
    file = tmp_path / "net.net"
    file.write_text("*Vertices 2\n*Matrix :1\n0 2\n1 0\n*Matrix :2\n0 3\n0 0\n", encoding="utf-8")
    assert rows(read_network(file)) == [("1", "2", 2.0, "1"), ("2", "1", 1.0, "1"), ("1", "2", 3.0, "2")]


@pytest.mark.parametrize("attribute", ["label", "name"])
def test_numbered_nodes_are_called_by_their_labels(tmp_path, attribute):
    graph = nx.Graph()
    graph.add_node("n0", **{attribute: "Beijing"})
    graph.add_node("n1", **{attribute: "Tianjin"})
    graph.add_edge("n0", "n1", weight=2)
    nx.write_graphml(graph, tmp_path / "net.graphml")
    assert rows(read_network(tmp_path / "net.graphml")) == [("Beijing", "Tianjin", 2.0)]


@st.composite
def graphs(draw):
    graph = nx.DiGraph() if draw(st.booleans()) else nx.Graph()
    names = ["B", "T x", "石家庄", "d'e", "Z"]
    graph.add_nodes_from(names)
    for a, b, weight in draw(
        st.lists(st.tuples(*[st.sampled_from(names)] * 2, st.integers(1, 99)), min_size=1, max_size=9)
    ):
        if a == b:
            graph.nodes[a]["internal"] = weight / 8
        else:
            graph.add_edge(a, b, weight=weight / 8)
    return graph


@settings(max_examples=8, deadline=None)
@given(graphs(), st.sampled_from([("net.graphml", None), ("net.gexf", None), ("net.net", None), ("net.dl", None)]))
def test_what_was_written_is_read_again(tmp_path_factory, graph, where):
    name, layout = where
    found = read_graph(write_graph(graph, tmp_path_factory.mktemp("net") / name, format=layout))
    assert sorted(found) == sorted(graph)
    theirs, ours = to_flows(graph), to_flows(found)
    if not graph.is_directed() or found.is_directed():
        pd.testing.assert_frame_equal(ours, theirs)
    else:
        # a matrix that is symmetric by chance
        assert ours["value"].tolist() == theirs.loc[theirs["source"] <= theirs["target"], "value"].tolist()


def test_nodes_are_places(tmp_path):
    graph = nx.Graph()
    graph.add_node("B", lon=116.4, lat=39.9, name="北京")
    graph.add_node("T", lon=117.2, lat=39.1, name="天津")
    file = write_graph(graph, tmp_path / "net.graphml")
    assert read_frame(file, contract="places")["lon"].tolist() == [116.4, 117.2]
    assert read_table(file, "places")["place"].tolist() == ["B", "T"]
    assert read_network(file).flows.columns.tolist() == ["source", "target", "value"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.dl", "n=2\n", "opens with dl"),
        ("a.dl", "dl n=2 format=rankedlist1\ndata:\n", "format=rankedlist1"),
        ("a.dl", "dl format=fullmatrix\ndata:\n0", "number of places"),
        ("a.dl", "dl n=2\nlabels:\na b c\ndata:\n0 1 1 0", "2 labels"),
        ("a.dl", "dl n=2\nlabels:\na a\ndata:\n0 1 1 0", "labels that differ"),
        ("a.dl", "dl n=2\ndata:\n0 1 1", "as many cells"),
        ("a.dl", "dl n=2\ndata:\n0 1 1 0 0", "1 more"),
        ("a.dl", "dl n=2\ndata:\n0 1 x 0", '"x"'),
        ("a.dl", "dl n=2 format=edgelist1\ndata:\n1 3", "row 3"),
        ("a.dl", "dl n=2 format=edgelist1\ndata:\n1 2 3 4", "two places and at most one value"),
        ("a.dl", "dl n=2 format=edgelist1\ndata:\n1 2\n!\n1 2", "more networks"),
        ("a.dl", "dl n=900000\ndata:\n0 1", "as many cells"),
        ("a.dl", "dl n=9000000 format=edgelist1\ndata:\n1 2", "at most 1,000,000 places"),
        ("a.dl", "dl nr=3 nc=2 format=lowerhalf\ndata:\n1 2 3 4 5 6", "nr=3 nc=2 of lowerhalf"),
        ("a.dl", "dl n=2 format=edgelist1\ndata:\n1 ²", "from 1 to 2"),
        ("a.net", "*Vertices 900000000\n", "at most 1,000,000 places"),
        ("a.net", "*Vertices 2\n*Arcs\n1 ²\n", "from 1 to 2"),
        ("a.net", "*Vertices x\n", r"\*Vertices and their number"),
        ("a.net", "1 2\n", "one of the sections"),
        ("a.net", "*Vertices 2\n*Arcs\n1 2 x", "row 3"),
        ("a.net", "*Vertices 2\n*Arcs\n1\n", "two places"),
        ("a.net", "*Vertices 2\n*Arcs\n1 9\n", "from 1 to 2"),
        ("a.net", "*Vertices 2\n*Matrix\n1\n", "2 rows of 2 values"),
        ("a.net", '*Vertices 2\n1 "a"\n2 "a"\n', "labels that differ"),
        ("a.net", "*Partition x\n", "one of the sections"),
        ("a.graphml", "<graphml", "a network in this format"),
        ("a.gexf", "no xml", "a network in this format"),
        ("a.gml", "graph []", "one of .##h"),
    ],
)
def test_bad_files_are_refused_with_the_line(tmp_path, name, text, said):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said):
        read_network(file)


def test_bad_ucinet_files_are_refused(tmp_path):
    file = ucinet(tmp_path, [[0, 1], [1, 0]], ["a", "b"])
    whole = file.read_bytes()
    file.write_bytes(whole[:-3])
    with pytest.raises(TableError, match="end too soon"):
        read_network(file)
    file.write_bytes(b"\x05V9999" + whole[6:])
    with pytest.raises(TableError, match="of version 6"):
        read_network(file)
    file.write_bytes(whole)
    (tmp_path / "net.##d").write_bytes(b"\0" * 15)
    with pytest.raises(TableError, match="4 cells of 4 or 8 bytes"):
        read_network(file)
    (tmp_path / "net.##d").unlink()
    with pytest.raises(TableError, match="data beside the header"):
        read_network(file)
    with pytest.raises(TableError, match="nothing at"):
        read_network(tmp_path / "none.net")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.net")
    with pytest.raises(TableError):
        read_network(tmp_path / "a.net")


def test_negative_values_are_refused_where_flows_are_made(tmp_path):
    file = tmp_path / "a.net"
    file.write_text("*Vertices 2\n*Arcs\n1 2 -1\n", encoding="utf-8")
    with pytest.raises(TableError):
        read_graph(file)
