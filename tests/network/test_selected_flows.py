"""Selections of flows, their distribution and the types of hubs hold whatever the order, the names and the unit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError
from innoscape.network import dominant_flows, flow_distribution, hub_types, select_flows


@st.composite
def tables(draw):
    rows = draw(st.lists(st.tuples(*[st.sampled_from("abcdef")] * 2, st.integers(0, 9)), min_size=1, max_size=20))
    return pd.DataFrame(rows, columns=["source", "target", "value"]).astype({"value": float})


TABLE = pd.DataFrame({"source": list("aaabbca"), "target": list("bcdacaa"), "value": [5.0, 3, 2, 4, 4, 1, 9]})


def pairs(found):
    return "".join(found["source"] + found["target"])


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"method": "n_first", "k": 1}, "abbaca"),
        ({"method": "n_first", "k": 1, "equal": True}, "abbabcca"),
        ({"method": "n_first", "k": 1, "self_flows": True}, "aabaca"),
        ({"method": "n_first", "k": 1, "within": "target"}, "abadbabc"),
        ({"method": "n_first", "k": 2, "within": "all"}, "abba"),
        ({"method": "n_first", "k": 2, "within": "all", "equal": True}, "abbabc"),
        ({"method": "x_first", "k": 3}, "abbabc"),
        ({"method": "cumulated", "k": 7}, "abacbabcca"),
        ({"method": "cumulated", "k": 9, "within": "all"}, "abba"),
        ({"method": "cumulated_share", "k": 0.5}, "abbaca"),
        ({"method": "cumulated_share", "k": 1}, "abacadbabcca"),
        ({"method": "dominant", "k": 1}, "acbc"),
        ({"method": "dominant", "k": 1, "mass": {"a": 9, "b": 5, "c": 3, "d": 1}}, "baca"),
        ({"method": "dominant", "k": 2, "mass": {"a": 9, "b": 5, "c": 3, "d": 1}}, "ca"),
    ],
)
def test_selections_by_hand(options, kept):
    assert pairs(select_flows(TABLE, **options)) == kept


@settings(max_examples=6, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.sampled_from(["n_first", "cumulated", "cumulated_share"]))
def test_neither_order_nor_unit_matters(flows, random, method):
    k = {"n_first": 2, "cumulated": 4.0, "cumulated_share": 0.6}[method]
    order = list(range(len(flows)))
    random.shuffle(order)
    found = select_flows(flows, method=method, k=k)
    pd.testing.assert_frame_equal(found, select_flows(flows.iloc[order], method=method, k=k))
    larger = flows.assign(value=flows["value"] * 7)
    assert pairs(select_flows(larger, method=method, k=k * 7 if method == "cumulated" else k)) == pairs(found)
    more = select_flows(flows, method=method, k=k, equal=True)
    assert {*zip(found["source"], found["target"], strict=True)} <= {*zip(more["source"], more["target"], strict=True)}
    pd.testing.assert_frame_equal(
        hub_types(flows).drop(columns=["sent", "received"]),
        hub_types(larger, unit=7.0).drop(columns=["sent", "received"]),
    )


@settings(max_examples=6, deadline=None)
@given(tables())
def test_h_degrees_are_as_defined(flows):
    found = hub_types(flows).set_index("place")
    matrix = flows[flows["source"] != flows["target"]].pivot_table("value", "source", "target", "sum", fill_value=0.0)
    matrix = matrix.reindex(index=found.index, columns=found.index, fill_value=0.0)
    for column, cells in {"h_out": matrix, "h_in": matrix.T, "h_degree": matrix + matrix.T}.items():
        for place, row in cells.iterrows():
            assert found.loc[place, column] == max(h for h in range(7) if (row >= h).sum() >= h)


@settings(max_examples=6, deadline=None)
@given(tables())
def test_reversing_flows_swaps_exporters_and_importers(flows):
    there = hub_types(flows)
    back = hub_types(flows.rename(columns={"source": "target", "target": "source"}))
    swap = {"exporter": "importer", "importer": "exporter"}
    assert there["type"].replace(swap).tolist() == back["type"].tolist()
    assert there["h_out"].tolist() == back["h_in"].tolist()


def test_minor_places_have_no_type():
    found = hub_types(TABLE, least_share=0.2).set_index("place")["type"]
    assert found.to_dict() == {"a": "balanced", "b": "balanced", "c": "importer", "d": "minor"}


def test_a_distribution_by_hand():
    found = flow_distribution(TABLE)
    wanted = {"places": 4, "flows": 6, "pairs": 12, "density": 0.5, "components": 1, "largest_component": 4}
    wanted |= {"total": 19, "min": 1, "q1": 2.25, "median": 3.5, "q3": 4, "max": 5, "carry_half": 3, "carry_80": 4}
    assert found[list(wanted)].to_dict() == pytest.approx(wanted)
    assert found["deviation"] == pytest.approx(np.std([5, 3, 2, 4, 4, 1], ddof=1))
    assert flow_distribution(TABLE, self_flows=True)[["flows", "pairs", "max"]].tolist() == [7, 16, 9]
    undirected = flow_distribution(TABLE, directed=False)
    assert undirected[["flows", "pairs", "total", "max"]].tolist() == [4, 6, 19, 9]
    none = flow_distribution(TABLE.assign(value=0.0))
    assert none[["flows", "components", "components_tied"]].tolist() == [0, 4, 0]
    assert np.isnan(none["gini"])


def test_self_flows_count_in_dominant_flows_where_asked():
    without = dominant_flows(TABLE).set_index("place")
    counted = dominant_flows(TABLE, self_flows=True).set_index("place")
    assert without.loc["a", ["target", "mass", "share"]].tolist() == ["b", 5.0, 0.5]
    assert counted.loc["a", ["target", "mass", "terminal"]].tolist() == ["a", 14.0, True]
    assert counted.loc["a", "share"] == pytest.approx(9 / 19)
    assert counted.loc["b", ["target", "hub"]].tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "first", "k": 1}, "method"),
        ({"method": "n_first", "k": 1.5}, "k: needed a whole number"),
        ({"method": "cumulated_share", "k": 2}, "k: needed a finite number from 0 to 1"),
        (
            {"method": "x_first", "k": 1, "within": "source", "equal": True},
            "(?s)within: has no part with method='x_first'.*equal: has no part",
        ),
        ({"method": "n_first", "k": 1, "mass": {"a": 1}}, "mass: has no part with method='n_first'"),
        ({"method": "dominant", "k": 1, "mass": {"a": 1, "b": 2}}, "none for c, d"),
    ],
)
def test_options_of_no_use_are_refused(options, said):
    with pytest.raises(OptionError, match=said):
        select_flows(TABLE, **options)
