"""Dominant flows make the tree that can be read off a table, and tell when places beyond the table are missing."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import dominant_flows

# messages between twelve cities a to l, after the example of Nystuen & Dacey (1961)
MESSAGES = """
 0 75 15 20 28  2  3  2  1 20  1  0
69  0 45 50 58 12 20  3  6 35  4  2
 5 51  0 12 40  0  6  1  3 15  0  1
19 67 14  0 30  7  6  2 11 18  5  1
 7 40 48 26  0  7 10  2 37 39 12  6
 1  6  1  1 10  0 27  1  3  4  2  0
 2 16  3  3 13 31  0  3 18  8  3  1
 0  4  0  1  3  3  6  0 12 38  4  0
 2 28  3  6 43  4 16 12  0 98 13  1
 7 40 10  8 40  5 17 34 98  0 35 12
 1  8  2  1 18  0  6  5 12 30  0 15
 0  2  0  0  7  0  1  0  1  6 12  0
"""


@pytest.fixture
def messages():
    rows = [[int(v) for v in line.split()] for line in MESSAGES.strip().splitlines()]
    return pd.DataFrame(
        [
            ("abcdefghijkl"[i], "abcdefghijkl"[j], float(v))
            for i, row in enumerate(rows)
            for j, v in enumerate(row)
            if v
        ],
        columns=["source", "target", "value"],
    )


def test_twelve_cities_give_the_tree_read_off_the_table_by_hand(messages):
    table = dominant_flows(messages).set_index("place")
    assert table.index[table["terminal"]].tolist() == ["b", "e", "g", "j"]
    above = table.loc[~table["terminal"], "target"].to_dict()
    assert above == {"a": "b", "c": "b", "d": "b", "f": "g", "h": "j", "i": "j", "k": "j", "l": "k"}
    assert table.loc["l", ["hub", "level"]].tolist() == ["j", 2]
    assert table.loc["j", ["subordinates", "hinterland"]].tolist() == [3, 4]
    assert table.loc[["b", "j"], "mass"].tolist() == [337, 311], "column totals"


def test_a_regional_table_warns_of_the_capital():
    flows = pd.DataFrame(
        {
            "source": ["Sens", "Auxerre", "Paris", "Paris", "Joigny", "Auxerre"],
            "target": ["Paris", "Sens", "Sens", "Auxerre", "Sens", "Paris"],
            "value": [30.0, 40.0, 20.0, 5.0, 15.0, 10.0],
        }
    )
    blind = dominant_flows(flows).set_index("place")
    assert blind.loc["Paris", "hub"] == "Sens"
    people = {"Paris": 2_100_000, "Sens": 27_000, "Auxerre": 34_000, "Joigny": 9_500}
    with pytest.warns(InnoscapeWarning, match="the mass of Paris is more than 10 times"):
        seen = dominant_flows(flows, mass=people).set_index("place")
    assert seen.loc["Sens", "hub"] == seen.loc["Paris", "hub"] == "Paris"
    assert seen["unseen_ratio"].idxmax() == "Paris"
    assert blind["unseen_ratio"].isna().all()


tables = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), st.integers(1, 5)), min_size=1, max_size=25
).map(lambda rows: pd.DataFrame(rows, columns=["source", "target", "value"]))


@given(tables, st.randoms(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_trees_end_in_hubs_whatever_the_order_of_rows(flows, source, directed):
    table = dominant_flows(flows, directed=directed)
    order = list(range(len(flows)))
    source.shuffle(order)
    other = dominant_flows(flows.iloc[order].assign(value=lambda f: f["value"] * 1e6), directed=directed)
    pd.testing.assert_frame_equal(
        table.drop(columns=["mass", "flow", "share"]), other.drop(columns=["mass", "flow", "share"])
    )
    rows = table.set_index("place")
    assert rows.loc[rows["hub"], "terminal"].all()
    assert rows["hinterland"].loc[rows["terminal"]].sum() + rows["terminal"].sum() == len(rows)
    below = rows[~rows["terminal"]]
    assert (rows.loc[below["target"], "mass"].to_numpy() > below["mass"].to_numpy()).all()
    assert (rows.loc[below["target"], "level"].to_numpy() + 1 == below["level"].to_numpy()).all()


def test_ties_go_to_the_larger_place_and_are_told():
    flows = pd.DataFrame(
        [("x", "b", 2.0), ("x", "c", 2.0), ("y", "c", 1.0), ("x", "a", 1.0)], columns=["source", "target", "value"]
    )
    row = dominant_flows(flows).set_index("place").loc["x"]
    assert (row["target"], row["tied"]) == ("c", True)
    even = dominant_flows(flows[flows["source"] == "x"].iloc[:2]).set_index("place").loc["x"]
    assert even["target"] == "b", "of equally large places the first"


def test_equal_places_are_both_hubs():
    flows = pd.DataFrame([("a", "b", 1.0), ("b", "a", 1.0)], columns=["source", "target", "value"])
    assert dominant_flows(flows)["terminal"].all()


def test_rounding_makes_no_hierarchy():
    flows = pd.DataFrame([("a", "b", 1.0), ("b", "a", 1.0 + 1e-9)], columns=["source", "target", "value"])
    assert dominant_flows(flows)["terminal"].all()
    assert dominant_flows(flows, tolerance=0)["terminal"].tolist() == [True, False]


def test_places_that_send_nothing_are_hubs_without_a_target():
    flows = pd.DataFrame([("a", "b", 1.0), ("a", "a", 9.0)], columns=["source", "target", "value"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = dominant_flows(flows, mass={"a": 1, "b": 2, "island": 50}).set_index("place")
    assert table["hub"].to_dict() == {"a": "b", "b": "b", "island": "island"}
    assert table.loc[["b", "island"], "target"].isna().all()
    assert table.loc["a", "share"] == 1, "what stays inside is left out"
    assert np.isnan(table.loc["island", "unseen_ratio"])
    assert dominant_flows(flows.iloc[:0]).empty


def test_what_cannot_work_is_refused():
    flows = pd.DataFrame([("a", "b", 1.0)], columns=["source", "target", "value"])
    with pytest.raises(OptionError, match="got none for b"):
        dominant_flows(flows, mass={"a": 1.0})
    with pytest.raises(TableError, match="at least 0"):
        dominant_flows(flows.assign(value=-1.0))
    with pytest.raises(TableError, match="a source in every row"):
        dominant_flows(flows.assign(source=None))
    with pytest.raises(TableError, match="the column value"):
        dominant_flows(flows.drop(columns="value"))
    with pytest.raises(OptionError, match="mass must be numbers"):
        dominant_flows(flows, mass={"a": "large", "b": 1.0})
    with pytest.raises(OptionError, match="masses must be"):
        dominant_flows(flows, mass={"a": 1.0, "b": -1.0})


def test_masses_within_the_tolerance_are_equal():
    flows = pd.DataFrame({"source": ["x", "x"], "target": ["a", "b"], "value": [1.0, 1.0]})
    for more, target in ((1e-9, "a"), (1e-3, "b")):
        found = dominant_flows(flows, mass=pd.Series({"x": 1.0, "a": 10.0, "b": 10.0 + more}))
        assert found.set_index("place").loc["x", "target"] == target


def test_ends_may_be_categories_of_their_own():
    flows = pd.DataFrame({"source": ["x", "x", "a"], "target": ["a", "b", "b"], "value": [2.0, 1.0, 1.0]})
    apart = flows.astype({"source": "category", "target": "category"})
    pd.testing.assert_frame_equal(dominant_flows(apart), dominant_flows(flows))
