"""Flow tables become graphs and come back, balance by group, and are estimated from margins."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError
from innoscape.network import balances, estimate_flows, to_flows, to_graph, to_matrix

flow_tables = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(1, 1000)), min_size=1, max_size=20
).map(lambda rows: pd.DataFrame(rows, columns=["source", "target", "value"]))


@given(flow_tables, st.booleans(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_graph_keeps_the_total_and_ignores_row_order(flows, directed, random):
    graph = to_graph(flows, directed=directed)
    order = list(range(len(flows)))
    random.shuffle(order)
    assert to_flows(graph)["value"].sum() == flows["value"].sum()
    again = to_graph(flows.iloc[order], directed=directed)
    assert list(again.nodes) == list(graph.nodes)
    assert list(again.edges(data=True)) == list(graph.edges(data=True))


@given(flow_tables, st.booleans())
@settings(max_examples=60, deadline=None)
def test_flows_and_graph_round_trip(flows, directed):
    graph = to_graph(flows, directed=directed)
    back = to_graph(to_flows(graph), directed=directed)
    assert nx.utils.graphs_equal(graph, back)


def test_islands_and_inner_flows_are_kept():
    flows = pd.DataFrame({"source": ["a", "a"], "target": ["a", "b"], "value": [5.0, 1.0]})
    graph = to_graph(flows, directed=True, places=["island"])
    assert list(graph) == ["a", "b", "island"]
    assert graph.nodes["a"]["internal"] == 5.0
    assert not graph.has_edge("a", "a")


def test_a_sum_is_only_as_good_as_its_weakest_row():
    flows = pd.DataFrame(
        {"source": ["a", "b"], "target": ["b", "a"], "value": [1.0, 2.0], "status": ["observed", "estimated"]}
    )
    assert to_graph(flows, directed=False).edges["a", "b"]["status"] == "estimated"


def test_kind_and_year_select_rows_and_unknown_ones_are_named():
    flows = pd.DataFrame(
        {"source": ["a", "a"], "target": ["b", "c"], "value": [1.0, 2.0], "kind": ["x", "y"], "year": 2018}
    )
    assert list(to_graph(flows, directed=True, kind="x").edges) == [("a", "b")]
    with pytest.raises(OptionError, match="they have x, y"):
        to_graph(flows, directed=True, kind="z")
    with pytest.raises(OptionError, match="at least 0"):
        to_graph(flows.assign(value=-1.0), directed=True)


def test_matrix_sums_flows_from_row_to_column():
    flows = pd.DataFrame({"source": ["a", "a", "x"], "target": ["b", "b", "a"], "value": [1.0, 2.0, 9.0]})
    assert to_matrix(flows, ["a", "b"]).to_numpy().tolist() == [[0, 3], [0, 0]]


def test_balances_conserve_what_is_sent():
    flows = pd.DataFrame(
        {"source": ["a", "a", "c", "b"], "target": ["b", "c", "a", "elsewhere"], "value": [1.0, 2.0, 4.0, 8.0]}
    )
    table = balances(flows, {"a": "G", "b": "G", "c": "H"}, directed=True).set_index("group")
    assert table.loc["G"].to_dict() == pytest.approx(
        {"inside": 1, "outside": 10, "inflow": 4, "net": 6, "localization_share": 1 / 11}
    )
    assert table.loc["H", "localization_share"] == 0


def test_undirected_balances_count_each_pair_once():
    flows = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "value": [3.0, 2.0]})
    table = balances(flows, {"a": "G", "b": "G", "c": "H"}, directed=False).set_index("group")
    assert table.loc["G", ["inside", "outside", "net"]].tolist() == [3, 2, 0]


def test_a_table_of_flows_between_groups_only_has_no_localization_share():
    flows = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [3.0]})
    assert balances(flows, {"a": "G", "b": "H"}, directed=True)["localization_share"].isna().all()
    assert balances(flows, {"a": "G", "b": "G"}, directed=True)["localization_share"].isna().all()


def line_costs(places):
    at = np.arange(1.0, len(places) + 1)
    return pd.DataFrame(np.abs(at[:, None] - at) + np.eye(len(places)), index=places, columns=places)


@given(st.lists(st.floats(1, 100), min_size=4, max_size=6), st.floats(0, 2), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_estimates_meet_margins_and_known_sums(sent, exponent, mix):
    places = [f"p{i}" for i in range(len(sent))]
    rng = np.random.default_rng(mix)
    # margins of a table that exists, so that a solution exists
    table = np.outer(sent, rng.uniform(0.5, 2.0, len(sent)))
    np.fill_diagonal(table, 0.0)
    out, into = pd.Series(table.sum(axis=1), index=places), pd.Series(table.sum(axis=0), index=places)
    known = [("p0", ["p1", "p2"], table[0, 1:3].sum())]
    flows = estimate_flows(out, into, line_costs(places), known=known, exponent=exponent)
    found = to_matrix(flows, places)
    assert found.sum(axis=1).to_numpy() == pytest.approx(out.to_numpy(), rel=1e-6)
    assert found.sum(axis=0).to_numpy() == pytest.approx(into.to_numpy(), rel=1e-6)
    assert found.loc["p0", ["p1", "p2"]].sum() == pytest.approx(known[0][2], rel=1e-6)
    assert (flows["status"] == "estimated").all()


def test_without_constraints_beyond_margins_the_odds_follow_distance():
    places = list("abcd")
    totals = pd.Series([1.0, 2.0, 3.0, 4.0], index=places)
    flat = to_matrix(estimate_flows(totals, totals, line_costs(places), exponent=0.0), places)
    steep = to_matrix(estimate_flows(totals, totals, line_costs(places), exponent=1.0), places)

    def odds(t):
        return t.loc["a", "b"] * t.loc["d", "c"] / (t.loc["a", "c"] * t.loc["d", "b"])

    # scaling rows and columns keeps odds ratios: cost (1 * 1) / (2 * 2)
    assert odds(steep) / odds(flat) == pytest.approx(4.0)


def test_margins_that_do_not_agree_are_refused():
    places = list("abc")
    one = pd.Series(1.0, index=places)
    with pytest.raises(OptionError, match="add up to the same"):
        estimate_flows(one, one * 2, line_costs(places))
    with pytest.raises(OptionError, match="do not agree"):
        estimate_flows(one, one, line_costs(places), known=[("a", "b", 5.0)], max_iterations=50)
    with pytest.raises(OptionError, match="names z"):
        estimate_flows(one, one, line_costs(places), known=[("z", "b", 0.5)])
