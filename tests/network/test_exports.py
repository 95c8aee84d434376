"""Graphs written for other programs are read back by readers that are not ours."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import geopandas as gpd
import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import GeometryError, InnoscapeWarning, OptionError, OutputError, TableError, UnknownPlaceError
from innoscape.network import FORMATS, flow_lines, format_graph, to_graph, write_graph

NAMES = ["Xi'an city", "北京", "<script>alert(1)</script>", "R&D; a, b=c", "island"]


def sample(*, directed=True, names=NAMES):
    a, b, c, d, _ = names
    rows = [(a, b, 0.1), (b, c, 2.0), (c, a, 1e-07), (b, b, 7.5), (c, d, 3.0), (b, a, 1.0 / 3.0)]
    flows = pd.DataFrame(rows, columns=["source", "target", "value"]).assign(
        kind="contract", year=2019, unit="yuan", status="estimated"
    )
    places = pd.DataFrame(
        {"place": [*names], "lon": [108.9, 116.4, np.nan, 0.0, 1.5], "tier": ["x<y", None, "z", "", "ü"]}
    )
    return to_graph(flows, directed=directed, places=places)


def weights(graph):
    order = tuple if graph.is_directed() else lambda pair: tuple(sorted(pair))
    return {order((u, v)): data["weight"] for u, v, data in graph.edges(data=True)}


def expected_links(graph):
    loops = {(n, n): w for n, w in graph.nodes(data="internal") if w is not None}
    return weights(graph) | loops


@pytest.mark.parametrize("directed", [True, False])
def test_networkx_reads_graphml_with_everything_in_it(tmp_path, directed):
    graph = sample(directed=directed)
    back = nx.read_graphml(write_graph(graph, tmp_path / "network.graphml"))
    assert back.is_directed() == directed
    # networkx adds the defaults of the file to the graph's attributes
    back.graph = {k: v for k, v in back.graph.items() if k not in {"node_default", "edge_default"}}
    assert nx.utils.graphs_equal(graph, back)


def test_igraph_reads_graphml(tmp_path):
    # igraph 1.0.0 leaves an ampersand in an identifier escaped
    graph = sample(names=[name.replace("&", "+") for name in NAMES])
    back = igraph.Graph.Read_GraphML(str(write_graph(graph, tmp_path / "network.graphml")))
    assert back.vs["id"] == list(graph)
    names = back.vs["id"]
    assert {(names[e.source], names[e.target]): e["weight"] for e in back.es} == weights(graph)
    assert back["kind"] == "contract"


@pytest.mark.parametrize("directed", [True, False])
def test_networkx_reads_gexf_with_names_and_attributes(tmp_path, directed):
    graph = sample(directed=directed)
    back = nx.read_gexf(write_graph(graph, tmp_path / "network.gexf"))
    assert back.is_directed() == directed
    assert weights(back) == weights(graph)
    assert list(back) == list(graph)
    assert back.nodes["北京"]["internal"] == 7.5
    assert back.nodes["北京"]["lon"] == 116.4
    assert back.nodes["北京"]["label"] == "北京"
    assert next(iter(back.edges(data=True)))[2]["status"] == "estimated"


def test_no_format_carries_a_date(tmp_path):
    for name in FORMATS:
        assert not re.search(r"20[2-9]\d-\d\d-\d\d", format_graph(sample(), format=name))
    ET.fromstring(format_graph(sample(), format="gexf").encode())  # noqa: S314


@pytest.mark.parametrize("directed", [True, False])
def test_networkx_reads_pajek(tmp_path, directed):
    graph = sample(directed=directed)
    back = nx.read_pajek(write_graph(graph, tmp_path / "network.net"), encoding="utf-8-sig")
    assert back.is_directed() == directed
    assert list(back) == list(graph)
    assert weights(back) == expected_links(graph)


def test_igraph_reads_pajek(tmp_path):
    graph = sample()
    path = write_graph(graph, tmp_path / "network.net", encoding="utf-8")
    back = igraph.Graph.Read_Pajek(str(path))
    names = back.vs["id"] if "id" in back.vs.attributes() else back.vs["name"]
    assert names == list(graph)
    assert {(names[e.source], names[e.target]): e["weight"] for e in back.es} == expected_links(graph)


def test_pajek_gets_the_byte_order_mark_only_where_a_label_needs_it(tmp_path):
    # Pajek takes a file for UTF-8 only with the mark ("How to use Unicode in Pajek")
    assert write_graph(sample(), tmp_path / "a.net").read_bytes().startswith(b"\xef\xbb\xbf*Vertices")
    plain = sample(names=list("abcde"))
    assert write_graph(plain, tmp_path / "b.net").read_bytes().startswith(b"*Vertices 5\n")


def read_dl(text):
    """Read a DL file after the description of the language in the UCINET help."""
    head, data = re.split(r"^data:\n", text, flags=re.MULTILINE)
    head, labels = re.split(r"^labels:\n", head, flags=re.MULTILINE)
    count = int(re.search(r"n\s*=\s*(\d+)", head)[1])
    layout = re.search(r"format\s*=\s*(\w+)", head)[1]
    names = [a or b for a, b in re.findall(r'"([^"]*)"|([^\s,="]+)', labels)]
    assert head.startswith("dl")
    assert len(names) == count
    matrix = np.zeros((count, count))
    rows = [[float(x) for x in line.split()] for line in data.splitlines()]
    if layout == "fullmatrix":
        matrix[:] = rows
    else:
        assert layout == "edgelist1"
        for i, j, value in rows:
            matrix[int(i) - 1, int(j) - 1] = value
    return pd.DataFrame(matrix, index=names, columns=names)


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("name", ["dl", "dl-edges"])
def test_a_plain_reader_of_dl_finds_labels_and_matrix(tmp_path, directed, name):
    graph = sample(directed=directed)
    found = read_dl(write_graph(graph, tmp_path / "n.dl", format=name).read_text(encoding="utf-8"))
    wanted = nx.to_numpy_array(graph, nodelist=list(graph))
    wanted[np.diag_indices_from(wanted)] = [graph.nodes[n].get("internal", 0.0) for n in graph]
    assert found.index.tolist() == list(graph)
    assert (found.to_numpy() == wanted).all()


def test_igraph_reads_a_dl_edge_list_with_names_of_one_word(tmp_path):
    # igraph takes only 0 and 1 in a full matrix, and no quoted names
    graph = sample(names=["北京", "天津", "<b>", "d", "e"])
    back = igraph.Graph.Read_DL(str(write_graph(graph, tmp_path / "n.dl", format="dl-edges")))
    names = back.vs["name"]
    assert names == list(graph)
    assert {(names[e.source], names[e.target]): e["weight"] for e in back.es} == expected_links(graph)


def test_dl_can_be_written_in_a_chinese_encoding(tmp_path):
    graph = sample(names=["北京", "天津", "b", "d", "e"])
    path = write_graph(graph, tmp_path / "n.dl", encoding="gb18030")
    assert read_dl(path.read_text(encoding="gb18030")).index.tolist() == list(graph)
    with pytest.raises(OptionError, match="cannot hold"):
        write_graph(graph, tmp_path / "n.dl", encoding="ascii")
    with pytest.raises(OptionError, match="always UTF-8"):
        write_graph(graph, tmp_path / "n.gexf", encoding="gb18030")


def test_vosviewer_items_and_links_add_up_opposite_flows():
    graph = sample()
    network = json.loads(format_graph(graph, format="vosviewer"))["network"]
    assert [i["label"] for i in network["items"]] == list(graph)
    label = {i["id"]: i["label"] for i in network["items"]}
    links = {frozenset((label[k["source_id"]], label[k["target_id"]])): k["strength"] for k in network["links"]}
    assert links[frozenset(["Xi'an city", "北京"])] == 0.1 + 1.0 / 3.0
    assert len(links) == 4
    totals = {i["label"]: i["weights"]["Total link strength"] for i in network["items"]}
    assert totals["北京"] == pytest.approx(0.1 + 1.0 / 3.0 + 2.0)
    assert {i["label"]: i["weights"]["Links"] for i in network["items"]}["island"] == 0


def test_a_vosviewer_file_cannot_end_a_script():
    assert "<" not in format_graph(sample(), format="vosviewer")


def test_quotes_and_backslashes_are_replaced_where_a_format_has_no_escape(tmp_path):
    names = ['the "old" town', "a\\", "line\nbreak", "d", "e"]
    graph = sample(names=names)
    with pytest.warns(InnoscapeWarning, match="Pajek labels"):
        back = nx.read_pajek(write_graph(graph, tmp_path / "n.net"))
    replaced = {'the "old" town': "the 'old' town", "a\\": "a/", "line\nbreak": "line break"}
    assert list(back) == [replaced.get(n, n) for n in graph]
    with pytest.warns(InnoscapeWarning, match="UCINET labels"):
        text = format_graph(graph, format="dl-edges")
    assert read_dl(text).index.tolist() == list(back)
    for name in ("network.graphml", "network.gexf"):
        path = write_graph(graph, tmp_path / name)
        assert list((nx.read_gexf if name.endswith("gexf") else nx.read_graphml)(path)) == list(graph)
    with pytest.raises(OptionError, match="distinguish some names"), pytest.warns(InnoscapeWarning):
        format_graph(nx.Graph([('a"', "a'")]), format="pajek")


def test_labels_that_ucinet_confuses_are_warned_of():
    with pytest.warns(InnoscapeWarning, match="Bei, bei"):
        format_graph(nx.Graph([("bei", "Bei")]), format="dl")


@pytest.mark.parametrize("name", FORMATS)
def test_names_with_control_characters_are_refused(name):
    with pytest.raises(OptionError, match="control characters"):
        format_graph(nx.Graph([("a\x00", "b")]), format=name)


def test_attributes_become_plain_and_of_one_type(tmp_path):
    graph = nx.Graph(built=dt.date(2019, 5, 1))
    graph.add_node("a", size=np.int64(1), mixed=1, gone=None, far=np.float32(0.5), big=True)
    graph.add_node("b", size=2.5, mixed="one", far=float("nan"), big=False)
    back = nx.read_graphml(write_graph(graph, tmp_path / "n.graphml"))
    assert back.nodes["a"] == {"size": 1.0, "mixed": "1", "far": 0.5, "big": True}
    assert back.nodes["b"] == {"size": 2.5, "mixed": "one", "big": False}
    assert back.graph["built"] == "2019-05-01"
    graph.nodes["a"]["list"] = [1]
    with pytest.raises(OptionError, match="'list' holds a list"):
        format_graph(graph, format="graphml")


def test_graphs_that_a_format_would_distort_are_refused(tmp_path):
    graph = nx.Graph()
    graph.add_node("a", id=3)
    with pytest.raises(OptionError, match="attributes named id"):
        format_graph(graph, format="gexf")
    with pytest.raises(OptionError, match="multigraph"):
        format_graph(nx.MultiGraph(), format="gexf")
    with pytest.raises(OptionError, match="differ as text"):
        format_graph(nx.Graph([(1, "1")]), format="graphml")
    with pytest.raises(OptionError, match="finite"):
        write_graph(nx.Graph([("a", "b", {"weight": float("nan")})]), tmp_path / "n.net")


def test_the_suffix_or_the_format_must_be_known(tmp_path):
    with pytest.raises(OptionError, match="'graphml', 'gexf', 'pajek'"):
        write_graph(sample(), tmp_path / "network.txt")
    assert write_graph(sample(), tmp_path / "network.txt", format="gexf").exists()
    with pytest.raises(OptionError, match="'klingon' is not known"):
        write_graph(sample(), tmp_path / "network.net", encoding="klingon")
    with pytest.raises(OptionError, match="weights must be numbers"):
        format_graph(nx.Graph([("a", "b", {"weight": "strong"})]), format="dl")
    with pytest.raises(OptionError, match="at least 0"):
        format_graph(nx.Graph([("a", "b", {"weight": -1.0})]), format="vosviewer")
    with pytest.raises(OutputError, match="a file that can be written"):
        write_graph(sample(), tmp_path / "network.txt" / "network.gexf")


def test_files_do_not_depend_on_row_order_or_hash_seed(tmp_path):
    code = (
        "import sys, pandas as pd; from innoscape.network import FORMATS, format_graph, to_graph;"
        "f = pd.DataFrame({'source': list('cabd'), 'target': list('bcaa'), 'value': [.1, .2, .3, .4],"
        " 'status': 'given', 'kind': 'k'}).sample(frac=1, random_state=int(sys.argv[1]));"
        "p = pd.DataFrame({'place': ['b', 'z'], 'lon': [1.0, 2.0], 'tier': ['x', 'y']});"
        "print([format_graph(to_graph(f, directed=True, places=p), format=n) for n in FORMATS])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code, seed],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_lines_run_from_source_to_target():
    places = pd.DataFrame({"place": ["T", "B", "X"], "lon": [117.2, 116.4, None], "lat": [39.1, 39.9, 1.0]})
    flows = pd.DataFrame(
        {"source": ["T", "B", "B"], "target": ["B", "T", "B"], "value": [1.0, 2.0, 3.0]}, index=[7, 8, 9]
    )
    lines = flow_lines(flows, places)
    assert isinstance(lines, gpd.GeoDataFrame)
    assert lines.crs == "EPSG:4326"
    assert list(lines.geometry.iloc[0].coords) == [(117.2, 39.1), (116.4, 39.9)]
    assert list(lines.geometry.iloc[1].coords) == [(116.4, 39.9), (117.2, 39.1)]
    assert lines.geometry.isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(pd.DataFrame(lines.drop(columns="geometry")), flows)
    with pytest.raises(GeometryError, match="degrees: T"):
        flow_lines(flows, places.replace(39.1, 391.0))
    with pytest.raises(TableError, match="column lat"):
        flow_lines(flows, places[["place"]])
    with pytest.raises(UnknownPlaceError, match="X, Y"):
        flow_lines(pd.DataFrame({"source": ["X"], "target": ["Y"], "value": [1.0]}), places)
    assert flow_lines(flows.iloc[:0], places).crs == "EPSG:4326"
