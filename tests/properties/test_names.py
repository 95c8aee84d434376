"""Whatever name of a place a check lets pass, every kind of file gives back."""

import warnings

import networkx as nx
import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from innoscape.data import TableError, check_table, read_frame
from innoscape.network import write_graph
from innoscape.study import write_workbook

# spaces, quotes, line ends, controls, codes of workbooks and markup come up more often than by chance
PIECES = st.sampled_from([" ", "\t", "\n", "\r", "\x0b", "\x00", "\x85", "\u2028", "\ufeff", '"', "'", ",", "&", "<a>",
                          "=", "_x0041_", "]]>", "北京", "\ud800", "\uffff", "\U0001f600"])  # fmt: skip
NAMES = st.lists(st.one_of(PIECES, st.text(st.characters(), max_size=5)), min_size=1, max_size=5).map("".join)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES)
def test_a_name_that_passes_is_written_and_read_back(tmp_path, name):
    frame = pd.DataFrame({"place": pd.Series([name, "other place"], dtype=object), "lon": [1, 2], "lat": [1, 2]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            places = check_table(frame, "places")["place"].tolist()
        except TableError:
            assume(False)
    graph = nx.DiGraph()
    graph.add_edge(*places, weight=1.0, note=places[0])
    for form, read in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        back = read(write_graph(graph, tmp_path / f"n.{form}"))
        assert list(back) == places
        assert back.edges[places[0], places[1]]["note"] == places[0]
    scores = pd.DataFrame({"place": places, "score": [1.0, 0.0]})
    scores.to_csv(tmp_path / "scores.csv", index=False, lineterminator="\n")
    scores.to_parquet(tmp_path / "scores.parquet", index=False)
    write_workbook({"scores": scores}, tmp_path / "scores.xlsx")
    for end, sheet in (("csv", None), ("parquet", None), ("xlsx", "scores")):
        assert read_frame(tmp_path / f"scores.{end}", sheet=sheet)["place"].tolist() == places
