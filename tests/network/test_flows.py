"""Flow tables become graphs and matrices and come back."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import to_flows, to_graph, to_graphs, to_matrix, to_places, to_sparse, weakest_status

flow_tables = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.sampled_from("abcde"),
        st.integers(1, 1000),
        st.sampled_from(["observed", "estimated"]),
    ),
    min_size=1,
    max_size=20,
).map(lambda rows: pd.DataFrame(rows, columns=["source", "target", "value", "status"]))


@given(flow_tables, st.booleans(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_graph_keeps_the_total_and_ignores_row_order(flows, directed, random):
    graph = to_graph(flows, directed=directed)
    order = list(range(len(flows)))
    random.shuffle(order)
    assert to_flows(graph)["value"].sum() == flows["value"].sum()
    again = to_graph(flows.iloc[order], directed=directed)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(again.edges(data=True)) == list(graph.edges(data=True))


@given(flow_tables, st.booleans(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_flows_and_graph_round_trip_with_islands_inner_flows_and_attributes(flows, directed, islands):
    places = pd.DataFrame({"place": [*"abcde", *"xyz"[:islands]]})
    places["lon"] = np.where(places["place"] > "c", np.nan, 100.5)
    places["rank"] = pd.array(range(len(places)), dtype="Int64")
    places.loc[1, "rank"] = pd.NA
    places["name_en"] = ["City " + p if p != "b" else None for p in places["place"]]
    graph = to_graph(flows.assign(kind="k", year=2019, unit="u"), directed=directed, places=places)
    back = to_graph(to_flows(graph), directed=directed, places=to_places(graph))
    assert nx.utils.graphs_equal(graph, back)
    assert list(graph.edges) == list(back.edges)
    assert len(graph) == 5 + islands


@given(flow_tables, st.permutations(range(5)))
@settings(max_examples=40, deadline=None)
def test_relabeling_the_places_relabels_the_graph(flows, order):
    names = {old: f"n{new}" for old, new in zip("abcde", order, strict=True)}
    renamed = flows.assign(source=flows["source"].map(names), target=flows["target"].map(names))
    graph = nx.relabel_nodes(to_graph(flows, directed=True), names)
    assert nx.utils.graphs_equal(graph, to_graph(renamed, directed=True))


@given(flow_tables, st.sampled_from([0.5, 2.0, 1024.0]))
@settings(max_examples=40, deadline=None)
def test_matrix_follows_transpose_scaling_and_the_sparse_form(flows, factor):
    matrix = to_matrix(flows, "abcde")
    swapped = flows.rename(columns={"source": "target", "target": "source"})
    assert to_matrix(swapped, "abcde").equals(matrix.T)
    assert to_matrix(flows.assign(value=flows["value"] * factor), "abcde").equals(matrix * factor)
    sparse, labels = to_sparse(flows, "abcde")
    assert list(labels) == list("abcde")
    assert (sparse.toarray() == matrix.to_numpy()).all()
    even = to_matrix(flows, "abcde", directed=False).to_numpy()
    assert (even == even.T).all()
    assert np.diag(even).tolist() == np.diag(matrix).tolist()
    off = matrix.to_numpy() * (1 - np.eye(5))
    assert (even - np.diag(np.diag(even)) == off + off.T).all()


@given(flow_tables, st.booleans())
@settings(max_examples=30, deadline=None)
def test_graph_and_matrix_hold_the_same_numbers(flows, directed):
    graph = to_graph(flows, directed=directed)
    dense = nx.to_numpy_array(graph, nodelist=sorted(graph))
    dense[np.diag_indices_from(dense)] = [graph.nodes[n].get("internal", 0.0) for n in sorted(graph)]
    assert (to_matrix(flows, sorted(graph), directed=directed).to_numpy() == dense).all()


def test_islands_and_inner_flows_are_kept():
    flows = pd.DataFrame({"source": ["a", "a"], "target": ["a", "b"], "value": [5.0, 1.0], "status": "estimated"})
    graph = to_graph(flows, directed=True, places=["island"])
    assert list(graph) == ["a", "b", "island"]
    assert graph.nodes["a"] == {"internal": 5.0, "internal_status": "estimated"}
    assert not graph.has_edge("a", "a")
    assert to_places(graph)["place"].tolist() == ["a", "b", "island"]


def test_a_flow_of_zero_is_an_edge():
    graph = to_graph(pd.DataFrame({"source": ["a"], "target": ["b"], "value": [0.0]}), directed=True)
    assert graph.edges["a", "b"]["weight"] == 0.0


def test_a_graph_without_flows_has_its_islands():
    empty = pd.DataFrame({"source": [], "target": [], "value": []})
    graph = to_graph(empty, directed=False, places=["b", "a"])
    assert list(graph) == ["a", "b"]
    assert to_flows(graph).empty
    assert to_matrix(empty, ["a", "b"]).to_numpy().tolist() == [[0, 0], [0, 0]]


def test_a_sum_is_only_as_good_as_its_weakest_row():
    flows = pd.DataFrame(
        {"source": ["a", "b"], "target": ["b", "a"], "value": [1.0, 2.0], "status": ["observed", "estimated"]}
    )
    assert to_graph(flows, directed=False).edges["a", "b"]["status"] == "estimated"
    assert weakest_status([None, "observed", "guessed"]) == "guessed"
    assert weakest_status([]) is None


def test_kind_and_year_select_rows_and_unknown_ones_are_named():
    flows = pd.DataFrame(
        {"source": ["a", "a"], "target": ["b", "c"], "value": [1.0, 2.0], "kind": ["x", "y"], "year": 2018}
    )
    assert list(to_graph(flows, directed=True, kind="x").edges) == [("a", "b")]
    with pytest.raises(OptionError, match="needed one of x, y, got 'z'"):
        to_graph(flows, directed=True, kind="z")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": -1.0}, "at least 0"),
        ({"value": np.nan}, "finite"),
        ({"value": -1.0}, "got -1 from a to b"),
        ({"value": "many"}, "needed finite numbers of at least 0, got .many. from a to b"),
        ({"target": None}, "a target in every row"),
    ],
)
def test_flows_that_are_no_strengths_between_places_are_refused(change, message):
    flows = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [1.0], "kind": "k"}).assign(**change)
    for read in (
        lambda: to_graph(flows, directed=True),
        lambda: to_graphs(flows, directed=True, by="kind"),
        lambda: to_matrix(flows, ["a", "b"]),
        lambda: to_sparse(flows),
    ):
        with pytest.raises(TableError, match=message):
            read()


def test_what_is_no_flow_table_is_refused():
    flows = pd.DataFrame({"source": ["a"], "target": ["b"]})
    with pytest.raises(TableError, match="the column value, got source, target"):
        to_graph(flows, directed=True)
    with pytest.raises(OptionError, match="flows: needed a table, got list"):
        to_matrix([("a", "b", 1.0)], ["a", "b"])
    with pytest.raises(OptionError, match="got the text 'ab'"):
        to_graph(flows.assign(value=1.0), directed=True, places="ab")


def test_adding_patents_to_yuan_is_warned_of():
    flows = pd.DataFrame({"source": "a", "target": ["b", "c"], "value": 1.0, "unit": ["patents", "yuan"]})
    with pytest.warns(InnoscapeWarning, match="patents, yuan"):
        to_graph(flows, directed=True)


def test_a_table_of_places_gives_attributes_and_must_be_sound():
    flows = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [1.0]})
    places = pd.DataFrame({"place": ["b", "c"], "lon": [1.5, np.nan], "tier": pd.Categorical(["national", None])})
    graph = to_graph(flows, directed=True, places=places)
    assert dict(graph.nodes(data=True)) == {"a": {}, "b": {"lon": 1.5, "tier": "national"}, "c": {}}
    assert all(type(v) in {float, str} for _, d in graph.nodes(data=True) for v in d.values())
    with pytest.raises(TableError, match="every place once"):
        to_graph(flows, directed=True, places=pd.concat([places, places]))
    with pytest.raises(TableError, match="internal"):
        to_graph(flows, directed=True, places=places.assign(internal=1.0))


def test_numbers_and_texts_may_both_be_keys():
    flows = pd.DataFrame({"source": [1, "b"], "target": ["b", 2], "value": [1.0, 2.0]})
    graph = to_graph(flows, directed=False)
    assert list(graph) == [1, 2, "b"]
    assert nx.utils.graphs_equal(graph, to_graph(to_flows(graph), directed=False))


def test_an_edge_without_weight_counts_one_and_starts_at_the_first_place():
    graph = nx.Graph([("b", "a")])
    assert to_flows(graph).to_dict("records") == [{"source": "a", "target": "b", "value": 1.0}]


def layers():
    return pd.DataFrame(
        {
            "source": ["a", "a", "b", "c"],
            "target": ["b", "b", "a", "a"],
            "value": [1.0, 2.0, 4.0, 8.0],
            "kind": ["x", "x", "y", "y"],
            "year": [2018, 2019, 2018, 2018],
        }
    )


def test_layers_are_graphs_by_kind_and_year_and_go_back_into_one_table():
    flows = layers()
    graphs = to_graphs(flows, directed={"x": True, "y": False})
    assert list(graphs) == [("x", 2018), ("x", 2019), ("y", 2018)]
    assert [g.is_directed() for g in graphs.values()] == [True, True, False]
    assert graphs["x", 2019].graph == {"kind": "x", "year": 2019}
    whole = pd.concat(map(to_flows, graphs.values()), ignore_index=True)
    assert whole["value"].tolist() == [1.0, 2.0, 4.0, 8.0]
    assert list(to_graphs(flows, directed=True, by="year")) == [2018, 2019]


def test_layers_can_share_their_places():
    graphs = to_graphs(layers(), directed=True, by="kind", same_places=True, places=["z"])
    assert {tuple(g) for g in graphs.values()} == {("a", "b", "c", "z")}
    apart = to_graphs(layers(), directed=True, by="kind", places=iter(["z"]))
    assert [list(g) for g in apart.values()] == [["a", "b", "z"], ["a", "b", "c", "z"]]
    attributes = pd.DataFrame({"place": ["a"], "lon": [1.0]})
    named = to_graphs(layers(), directed=True, by="kind", same_places=True, places=attributes)
    assert named["x"].nodes(data=True)["a"] == {"lon": 1.0}
    assert list(named["x"]) == ["a", "b", "c"]


def test_layers_need_their_columns_and_a_direction_each():
    with pytest.raises(TableError, match="the column sector"):
        to_graphs(layers(), directed=True, by="sector")
    with pytest.raises(OptionError, match="lacking"):
        to_graphs(layers(), directed={"x": True})


def test_matrix_sums_flows_from_row_to_column():
    flows = pd.DataFrame({"source": ["a", "a", "x"], "target": ["b", "b", "a"], "value": [1.0, 2.0, 9.0]})
    assert to_matrix(flows, ["a", "b"]).to_numpy().tolist() == [[0, 3], [0, 0]]
    assert to_sparse(flows)[1].tolist() == ["a", "b", "x"]
    assert to_sparse(flows, ["b", "a"])[0].nnz == 1
    with pytest.raises(OptionError, match="repeat: a"):
        to_matrix(flows, ["a", "b", "a"])
