"""Flows balance by group, place and tier; large places with few flows are named."""

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import balances, deflate, flow_completeness

GROUPS = {"a": "G", "b": "G", "c": "H"}
OLD = ["group", "inside", "outside", "inflow", "net", "localization_share"]

flow_tables = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(1, 1000)), min_size=1, max_size=20
).map(lambda rows: pd.DataFrame(rows, columns=["source", "target", "value"]))


def table(*rows):
    return pd.DataFrame(rows, columns=["source", "target", "value"])


def directed_flows():
    return table(("a", "b", 1.0), ("a", "c", 2.0), ("c", "a", 4.0), ("b", "elsewhere", 8.0))


def test_balances_conserve_what_is_sent():
    found = balances(directed_flows(), GROUPS, directed=True)
    assert list(found)[:6] == OLD
    g = found.set_index("group").loc["G"]
    assert g[OLD[1:]].to_dict() == pytest.approx(
        {"inside": 1, "outside": 10, "inflow": 4, "net": 6, "localization_share": 1 / 11}
    )
    assert found.set_index("group").loc["H", "localization_share"] == 0


def test_shares_and_positions_follow_from_the_sums():
    g = balances(directed_flows(), GROUPS, directed=True).set_index("group").loc["G"]
    assert g["leakage"] == pytest.approx(10 / 11)
    assert g["absorption_share"] == pytest.approx(4 / 5)
    assert g["net_position"] == pytest.approx(6 / 14)
    assert g["ei_index"] == pytest.approx((14 - 1) / 15)


def test_dependency_names_the_largest_partner_and_its_concentration():
    flows = directed_flows()
    both = balances(flows, GROUPS, directed=True).set_index("group").loc["G"]
    # 6 with H, 8 with a place that has no group
    assert both["largest_partner"] == "elsewhere"
    assert (both["partners"], both["largest_partner_share"]) == (2, pytest.approx(8 / 14))
    assert both["partner_herfindahl"] == pytest.approx((8 / 14) ** 2 + (6 / 14) ** 2)
    taken = balances(flows, GROUPS, directed=True, partners="in").set_index("group").loc["G"]
    assert (taken["largest_partner"], taken["largest_partner_share"]) == ("H", 1.0)
    sent = balances(flows, GROUPS, directed=True, partners="out").set_index("group").loc["G"]
    assert sent["largest_partner_share"] == pytest.approx(0.8)


def test_of_equal_partners_the_first_is_named_and_none_without_flows():
    flows = table(("a", "z", 1.0), ("a", "y", 1.0), ("b", "b", 1.0))
    found = balances(flows, {"a": "G", "b": "L"}, directed=True, self_flows=True).set_index("group")
    assert found.loc["G", "largest_partner"] == "y"
    assert found.loc["L", "partners"] == 0
    assert pd.isna(found.loc["L", "largest_partner"])
    assert np.isnan(found.loc["L", "partner_herfindahl"])


def test_undirected_balances_count_each_pair_once():
    flows = table(("a", "b", 3.0), ("a", "c", 2.0))
    found = balances(flows, GROUPS, directed=False).set_index("group")
    assert found.loc["G", ["inside", "outside", "inflow", "net"]].tolist() == [3, 2, 2, 0]
    assert found.loc["G", "ei_index"] == pytest.approx((2 - 3) / 5)
    assert found.loc["G", "largest_partner"] == "H"


def test_row_sums_of_a_symmetric_matrix_count_inside_ties_twice():
    # two cliques of 3 with one tie between: by rows each group has 6 internal and 1 external entries
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3))
    graph.add_edge(0, 3)
    matrix = nx.to_numpy_array(graph)
    internal, external = matrix[:3, :3].sum(), matrix[:3, 3:].sum()
    flows = pd.DataFrame(list(graph.edges), columns=["source", "target"]).assign(value=1.0)
    groups = {n: n // 3 for n in graph}
    ends = balances(flows, groups, directed=False, ei_counts="ends")["ei_index"]
    assert ends.tolist() == pytest.approx([(external - internal) / (external + internal)] * 2)
    once = balances(flows, groups, directed=False)["ei_index"]
    assert once.tolist() == pytest.approx([(1 - 3) / 4] * 2)


def test_a_table_of_flows_between_groups_only_has_no_localization_share():
    flows = table(("a", "b", 3.0))
    for groups in ({"a": "G", "b": "H"}, {"a": "G", "b": "G"}):
        found = balances(flows, groups, directed=True)
        assert found[["localization_share", "leakage", "absorption_share", "ei_index"]].isna().all(axis=None)


def test_a_place_without_a_group_is_outside_of_every_group():
    found = balances(table(("a", "x", 1.0), ("x", "y", 9.0), ("a", "b", 1.0)), GROUPS, directed=True)
    assert found["group"].tolist() == ["G"]
    assert found["outside"].tolist() == [1.0]


def test_places_and_tiers_can_be_balanced_against_their_scope():
    flows = directed_flows()
    places = balances(flows, {p: p for p in "abc"}, scopes=GROUPS, directed=True).set_index("group")
    assert places.loc["a", ["inside", "outside", "inflow"]].tolist() == [1, 2, 4]
    assert places.loc["b", ["inside", "outside", "inflow"]].tolist() == [0, 8, 0]
    # b receives what a sends inside: one flow that touches it
    assert places.loc["b", "ei_index"] == pytest.approx((8 - 1) / 9)
    tiers = balances(flows, {"a": "top", "c": "top", "b": "low"}, scopes=GROUPS, directed=True).set_index("group")
    # a -> c and c -> a are between two scopes and touch the upper tier once each
    assert tiers.loc["top", ["inside", "outside", "inflow", "net"]].tolist() == [1, 6, 6, 0]
    assert tiers.loc["top", "ei_index"] == pytest.approx((6 - 1) / 7)


def test_undirected_pairs_count_once_for_each_tier_they_touch():
    flows = table(("a", "b", 1.0), ("a", "c", 2.0), ("b", "c", 4.0))
    tiers = balances(flows, {"a": "top", "c": "top", "b": "low"}, scopes=GROUPS, directed=False).set_index("group")
    assert tiers.loc["top", ["inside", "outside"]].tolist() == [1, 6]
    assert tiers.loc["low", ["inside", "outside"]].tolist() == [1, 4]
    assert tiers.loc["top", "ei_index"] == pytest.approx(5 / 7)


@given(flow_tables, st.booleans())
@settings(max_examples=25, deadline=None)
def test_group_balances_add_up_to_the_table(flows, directed):
    groups = dict(zip("abcde", "GGHHI", strict=True))
    found = balances(flows, groups, directed=directed)
    between = flows[flows["source"] != flows["target"]]["value"].sum()
    times = 1 if directed else 2
    assert found["inside"].sum() + found["outside"].sum() / times == pytest.approx(between)
    assert found["net"].sum() == pytest.approx(0.0)
    every = balances(flows, groups, directed=directed, self_flows=True)
    assert every["inside"].sum() + every["outside"].sum() / times == pytest.approx(flows["value"].sum())


@given(flow_tables)
@settings(max_examples=25, deadline=None)
def test_turning_every_flow_round_exchanges_export_and_absorption(flows):
    groups = dict(zip("abcde", "GGHHI", strict=True))
    back = flows.rename(columns={"source": "target", "target": "source"})
    one, two = (balances(f, groups, directed=True).set_index("group") for f in (flows, back))
    pd.testing.assert_series_equal(one["outside"], two["inflow"], check_names=False)
    pd.testing.assert_series_equal(one["ei_index"], two["ei_index"])
    pd.testing.assert_series_equal(one["partner_herfindahl"], two["partner_herfindahl"])
    double = balances(flows.assign(value=flows["value"] * 2), groups, directed=True).set_index("group")
    shares = ["localization_share", "leakage", "net_position", "ei_index", "largest_partner_share"]
    pd.testing.assert_frame_equal(double[shares], one[shares])


def test_years_are_balanced_apart_and_hold_every_group():
    flows = directed_flows().assign(year=[2018, 2018, 2019, 2019])
    found = balances(flows, GROUPS, directed=True, by="year")
    assert [*zip(found["year"], found["group"], strict=True)] == [(2018, "G"), (2018, "H"), (2019, "G"), (2019, "H")]
    assert found["outside"].tolist() == [2, 0, 8, 4]
    with pytest.raises(TableError, match="the column kind"):
        balances(flows, GROUPS, directed=True, by=("year", "kind"))
    assert list(balances(flows.iloc[:0], GROUPS, directed=True, by="year"))[:2] == ["year", "group"]


def test_constant_prices_use_the_index_of_the_base_year():
    flows = directed_flows().assign(year=[2018, 2018, 2019, 2019], unit="yuan")
    real = deflate(flows, {2018: 50.0, 2019: 100.0}, base_year=2018)
    assert real["value"].tolist() == [1, 2, 2, 4]
    assert set(real["unit"]) == {"yuan at 2018 prices"}
    found = balances(flows, GROUPS, directed=True, deflator=pd.Series({2018: 0.5, 2019: 1.0}), base_year=2018)
    assert found["outside"].tolist() == [6, 2]
    with pytest.raises(OptionError, match="2019"):
        deflate(flows, {2018: 50.0}, base_year=2018)
    with pytest.raises(OptionError, match="base_year"):
        balances(flows, GROUPS, directed=True, deflator={2018: 50.0})
    with pytest.raises(TableError, match="column year"):
        deflate(directed_flows(), {2018: 50.0}, base_year=2018)


def test_unknown_conventions_are_refused():
    with pytest.raises(OptionError, match="'both', 'out', 'in'"):
        balances(directed_flows(), GROUPS, directed=True, partners="all")
    with pytest.raises(OptionError, match="'flows', 'ends'"):
        balances(directed_flows(), GROUPS, directed=True, ei_counts="rows")


def regional_table():
    """Return a region of towns that trade with each other, on whose edge a metropolis lies."""
    return table(
        ("Sens", "Joigny", 900.0),
        ("Joigny", "Sens", 1100.0),
        ("Auxerre", "Sens", 1300.0),
        ("Sens", "Auxerre", 1200.0),
        ("Paris", "Sens", 300.0),
        ("Auxerre", "Joigny", 500.0),
    )


MASS = {"Paris": 2_100_000, "Sens": 27_000, "Auxerre": 34_000, "Joigny": 9_000}


def test_a_metropolis_on_the_edge_of_the_table_is_named():
    # its largest flow leads to Sens, which takes in more than it: the dominant-flow rule puts it under Sens
    with pytest.warns(InnoscapeWarning, match="mass of Paris"):
        found = flow_completeness(regional_table(), MASS).set_index("place")
    assert found.index[found["incomplete"]].tolist() == ["Paris"]
    assert found["relative"].median() == pytest.approx(1.0)


def test_flows_that_mix_in_proportion_to_mass_are_complete():
    mass = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 94.0})
    rows = [(i, j, mass[i] * mass[j]) for i in mass.index for j in mass.index if i != j]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = flow_completeness(table(*rows), mass)
    assert found["relative"].to_numpy() == pytest.approx(np.ones(4))
    assert found["strength"].to_numpy() == pytest.approx(2 * mass * (100 - mass))


def test_a_large_place_without_flows_is_incomplete_and_one_without_mass_is_not_judged():
    flows = table(("a", "b", 10.0), ("b", "c", 8.0), ("c", "a", 9.0), ("a", "x", 1.0))
    with pytest.warns(InnoscapeWarning, match="mass of island"):
        found = flow_completeness(flows, {"a": 3.0, "b": 3.0, "c": 3.0, "island": 3.0}).set_index("place")
    assert found.loc["island", "relative"] == 0
    assert np.isnan(found.loc["x", "relative"])
    assert not found.loc["x", "incomplete"]


def test_where_every_place_lacks_the_same_share_nothing_shows():
    flows = table(("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0))
    assert not flow_completeness(flows, {"a": 1e9, "b": 1e9, "c": 1e9})["incomplete"].any()


def test_masses_must_be_masses():
    with pytest.raises(OptionError, match="at least 0"):
        flow_completeness(regional_table(), {"Paris": -1.0})
    with pytest.raises(OptionError, match="above 1"):
        flow_completeness(regional_table(), MASS, factor=1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": -1.0}, "got -1 from a to b"),
        ({"value": np.nan}, "finite"),
        ({"value": "many"}, "needed finite numbers of at least 0, got .many. from a to b"),
        ({"source": None}, "a source in every row"),
    ],
)
def test_flows_that_cannot_be_summed_are_refused(change, message):
    flows = table(("a", "b", 1.0)).assign(**change)
    with pytest.raises(TableError, match=message):
        balances(flows, GROUPS, directed=True)
    with pytest.raises(TableError, match=message):
        flow_completeness(flows, {"a": 1.0, "b": 1.0})
    with pytest.raises(TableError, match="the column value"):
        balances(flows.drop(columns="value"), GROUPS, directed=True)


def test_groups_give_every_place_one_group_and_some_place_has_one():
    flows = directed_flows()
    with pytest.raises(OptionError, match="more than one for a"):
        balances(flows, pd.Series(["G", "H"], index=["a", "a"]), directed=True)
    with pytest.raises(OptionError, match="take one column"):
        balances(flows, pd.DataFrame({"place": ["a"], "scope": ["G"]}), directed=True)
    with pytest.warns(InnoscapeWarning, match="none of the places in the flows has a group"):
        assert balances(flows, {"A": "G"}, directed=True).empty
    with pytest.raises(OptionError, match="deflator must be numbers"):
        deflate(flows.assign(year=2018), {2018: "high"}, base_year=2018)


def test_flows_in_different_units_are_warned_of_unless_balanced_apart():
    flows = table(("a", "c", 1.0), ("b", "c", 2.0)).assign(unit=["patents", "yuan"], kind=["copatent", "contract"])
    with pytest.warns(InnoscapeWarning, match="patents, yuan"):
        balances(flows, GROUPS, directed=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        balances(flows, GROUPS, directed=True, by="kind")


def test_a_part_of_self_flows_alone_holds_every_group():
    flows = pd.DataFrame({"source": ["a", "a"], "target": ["c", "a"], "value": [1.0, 3.0], "year": [1, 2]})
    found = balances(flows, GROUPS, directed=True, by="year").set_index(["year", "group"])
    assert found.loc[2, "outside"].tolist() == [0.0, 0.0]
    assert found.loc[1, "outside"].tolist() == [1.0, 0.0]


def test_ends_may_be_categories_of_their_own():
    flows = pd.DataFrame({"source": ["a", "b", "c"], "target": ["c", "a", "c"], "value": [1.0, 3.0, 2.0]})
    apart = flows.astype({"source": "category", "target": "category"})
    pd.testing.assert_frame_equal(balances(apart, GROUPS, directed=True), balances(flows, GROUPS, directed=True))
    mass = {"a": 1.0, "b": 2.0, "c": 3.0}
    pd.testing.assert_frame_equal(flow_completeness(apart, mass), flow_completeness(flows, mass))


def test_what_balances_cannot_work_with_is_refused():
    flows = pd.DataFrame({"source": ["a"], "target": ["c"], "value": [1.0], "group": ["x"], "year": [2019]})
    with pytest.raises(OptionError, match="a column group of their own"):
        balances(flows, GROUPS, directed=True, by="group")
    with pytest.raises(OptionError, match="flow values: needed numbers"):
        deflate(flows.assign(value="much"), {2019: 100.0}, base_year=2019)
