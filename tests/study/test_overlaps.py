"""Containers may overlap: a province and an agglomeration share cities, and neither contains the other."""

import pandas as pd
import pytest

from innoscape.data import (
    InnoscapeWarning,
    StudyError,
    TableError,
    check_table,
    container,
    load,
    nested_pairs,
    overlapping_pairs,
)
from innoscape.study import check, run

STUDY = """
name = "bay"
title = "Bay"
[tables]
places = ["places.csv"]
memberships = "memberships.csv"
indicators = "indicators.csv"
framework = "framework.csv"
[index]
units = ["South", "Bay"]
{nested}
[[index.recipes]]
name = "main"
[tiers]
method = "quantiles"
k = 2
[[networks]]
name = "sold"
directed = true
flows = "flows.csv"
balance = ["South", "Bay"]
"""
# A and B are cities of the South and of the Bay, C of the South alone, H of the Bay alone
PLACES = [("A", "South"), ("B", "South"), ("C", "South"), ("H", "Bay"), ("South", ""), ("Bay", ""), ("X", "")]
FLOWS = [("A", "B", 1.0), ("A", "C", 2.0), ("A", "H", 4.0), ("B", "X", 8.0), ("C", "X", 16.0), ("H", "A", 32.0)]


@pytest.fixture
def bay(tmp_path):
    rows = [
        (p, 110.0 + i, 22.0 + i % 2, "" if p in ("South", "Bay") else "local", o) for i, (p, o) in enumerate(PLACES)
    ]
    tables = {
        "places": pd.DataFrame(rows, columns=["place", "lon", "lat", "tier", "part_of"]),
        "memberships": pd.DataFrame({"place": ["A", "B"], "container": ["Bay", "Bay"]}),
        "indicators": pd.DataFrame({"place": ["South", "Bay"], "indicator": ["a", "a"], "value": [1.0, 2.0]}),
        "framework": pd.DataFrame({"indicator": ["a"]}),
        "flows": pd.DataFrame(FLOWS, columns=["source", "target", "value"]),
    }
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY.format(nested='nested = "allow"'), encoding="utf-8")
    return tmp_path


def test_the_bay_area_holds_nine_cities_of_guangdong_and_neither_contains_the_other():
    places = load("places")
    assert nested_pairs(["广东", "粤港澳"], places) == []
    assert overlapping_pairs(["广东", "粤港澳", "香港"], places) == [("广东", "粤港澳", ["广州", "深圳", "珠三角"])]
    assert container(["广州", "香港", "成都"], places, ["粤港澳", "成渝"]).tolist() == ["粤港澳", "粤港澳", "成渝"]
    assert nested_pairs(["广州", "粤港澳"], places) == [("广州", "粤港澳")]


def test_a_place_has_the_container_of_the_tree_before_one_as_near_that_it_is_a_member_of():
    places = pd.DataFrame({"place": ["A", "P", "Q"], "part_of": ["Q", None, None], "member_of": ["P", None, None]})
    assert container(["A"], places, ["P", "Q"]).tolist() == ["Q"]
    assert container(["A"], places, ["P"]).tolist() == ["P"]


def test_containers_that_run_in_a_circle_are_refused():
    places = pd.DataFrame({"place": ["A", "P"], "part_of": ["P", None], "member_of": [None, "A"]})
    with pytest.raises(TableError, match="A -> P -> A"):
        nested_pairs(["A", "P"], places)


def test_members_are_matched_and_the_unknown_are_named():
    places = pd.DataFrame({"place": ["广州", "粤港澳", "南方"], "lon": 113.0, "lat": 23.0})
    matched = check_table(places.assign(member_of=["粤港澳;南方", None, None]), "places")
    assert matched["member_of"][0] == "粤港澳; 南方"
    with pytest.raises(TableError, match="row 2, column member_of: needed the key of a place"):
        check_table(places.assign(member_of=["粤港澳区", None, None]), "places")


def test_scopes_that_share_places_are_refused_unless_the_study_allows_them(bay):
    with pytest.warns(InnoscapeWarning, match="Bay and South share A, B"):
        check(bay)
    (bay / "study.toml").write_text(STUDY.format(nested=""), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        check(bay)
    assert "Bay and South, which both hold A, B" in str(refused.value)
    # the advice, followed
    assert 'write nested = "allow"' in str(refused.value)


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_groups_that_share_places_are_each_balanced_on_their_own(bay):
    found = run(bay, until="centrality").tables["balances"].set_index("group")
    # by hand: inside the South A-B and A-C, inside the Bay A-B, A-H and H-A
    assert found["inside"].to_dict() == {"South": 3.0, "Bay": 37.0}
    assert found["outside"].to_dict() == {"South": 4.0 + 8.0 + 16.0, "Bay": 2.0 + 8.0}
    assert found["inflow"].to_dict() == {"South": 32.0, "Bay": 0.0}


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_a_center_belongs_to_the_nearest_scope_that_contains_it(bay):
    centers = run(bay, until="score").tables["centers"].set_index("place")
    assert centers["scope"].dropna().to_dict() == {"A": "South", "B": "South", "C": "South", "H": "Bay"}


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_places_are_not_put_into_two_nodes_at_once(bay):
    text = STUDY.format(nested='nested = "allow"').replace(
        'balance = ["South", "Bay"]', 'group_into = ["South", "Bay"]'
    )
    (bay / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"networks\[1\]\.group_into: needed containers that share no places"):
        check(bay)
    (bay / "study.toml").write_text(
        text.replace('group_into = ["South", "Bay"]', 'group_into = ["South"]'), encoding="utf-8"
    )
    assert "South" in run(bay, until="centrality").graphs["sold"]
