"""Contracts become flows: every amount in its place and year, and what is left out is told."""

import math

import pandas as pd
import pytest
from samples import DEALS, cells

from innoscape.data import InnoscapeWarning, TableError, check_table, contract_flows, load


def test_contracts_are_added_by_seller_buyer_and_year():
    assert cells(contract_flows(DEALS), year=True) == {
        ("北京", "天津", 2018): 1.0,
        ("北京", "北京", 2019): 4.0,
        ("北京", "天津", 2019): 0.75,
        ("天津", "北京", 2019): 3.0,
    }


def test_contracts_are_counted_where_asked():
    flows = contract_flows(DEALS, value="count")
    assert cells(flows, year=True)["北京", "天津", 2019] == 2
    assert set(flows["unit"]) == {"contracts"}


def test_flows_keep_their_contract_and_name_their_unit():
    flows = contract_flows(DEALS, unit="million yuan", places=load("places"))
    with pytest.warns(InnoscapeWarning, match="北京 to itself"):
        checked = check_table(flows, "flows", places=load("places"))
    assert len(checked) == len(flows)
    assert list(flows.columns) == ["source", "target", "value", "kind", "year", "unit", "status", "records"]
    assert set(flows["unit"]) == {"million yuan"}
    assert set(flows["status"]) == {"observed"}
    assert ("北京市", "北京", "normalized") in flows.attrs["matches"]


def test_sums_of_amounts_are_exact():
    deals = DEALS.iloc[[0]].loc[[0] * 10].assign(amount=0.1)
    assert contract_flows(deals)["value"].tolist() == [1.0]


def test_sums_beyond_64_bits_carry_on():
    deals = pd.DataFrame({"seller": "a", "buyer": list("bc") * 10, "amount": 9e11, "date": 2019})
    assert contract_flows(deals, places=None)["value"].tolist() == [9e12, 9e12]
    assert contract_flows(deals.assign(buyer="b", date=range(2000, 2020)), window=None)["value"].tolist() == [1.8e13]


def test_missing_negative_and_unreadable_amounts_are_reported_and_left_out():
    amounts = ["2.5", "-1", "", "n.a.", "inf", "1e17", "3"]
    deals = pd.DataFrame({"seller": list("aaaaaab"), "buyer": "b", "amount": amounts, "date": "2019"})
    with pytest.warns(InnoscapeWarning, match="1 missing, 1 negative, 2 not a number, 1 too large"):
        flows = contract_flows(deals)
    assert cells(flows) == {("a", "b"): 2.5, ("b", "b"): 3.0}
    left = flows.attrs["left_out"]
    assert left["records"] == 5
    assert {"reason": "negative", "seller": "a", "buyer": "b", "amount": "-1"} in left["examples"]
    assert flows.attrs["pairs_left_out"] == []


def test_a_pair_without_any_sound_amount_stands_in_the_report_alone():
    deals = pd.DataFrame({"seller": "a", "buyer": ["b", "c"], "amount": [1.0, math.nan], "date": 2019})
    with pytest.warns(InnoscapeWarning, match="1 missing"):
        flows = contract_flows(deals)
    assert cells(flows) == {("a", "b"): 1.0}
    assert flows.attrs["pairs_left_out"] == [("a", "c", 2019, 1)]


def test_unknown_places_are_one_group_and_are_told_with_counts():
    deals = pd.DataFrame({"seller": ["北平", "北平", None, "北京"], "buyer": "天津", "amount": 1.0, "date": 2019})
    with pytest.warns(InnoscapeWarning, match=r"name 2 unknown places 3 times: 北平 \(2\), \(empty\) \(1\)"):
        flows = contract_flows(deals, places=load("places"))
    assert cells(flows) == {("(unknown)", "天津"): 3.0, ("北京", "天津"): 1.0}
    assert flows.attrs["unknown"]["examples"] == {"北平": 2, "(empty)": 1}
    assert flows["value"].sum() == deals["amount"].sum()


def test_unknown_places_may_keep_their_names():
    deals = pd.DataFrame({"seller": ["北平"], "buyer": ["天津"], "amount": [1.0], "date": [2019]})
    with pytest.warns(InnoscapeWarning, match="unknown places"):
        flows = contract_flows(deals, places=load("places"), unknown="keep")
    assert cells(flows) == {("北平", "天津"): 1.0}


def test_records_without_a_date_are_kept_without_a_year():
    with pytest.warns(InnoscapeWarning, match="1 contract records have no readable date"):
        flows = contract_flows(DEALS.assign(date=["2018", "2018", "2018", "2018", "soon"]), window=2)
    assert flows["year"].isna().tolist() == [False, False, True]
    assert flows.attrs["undated"] == 1
    assert flows["value"].sum() == DEALS["amount"].sum()


def test_organizations_are_placed_and_unlisted_ones_are_told():
    deals = DEALS.assign(seller=["A", "A", "B", "C", "X"], buyer=["B", "B", "C", "A", "B"])
    table = {"A": "北京", "B": "天津市", "C": "北京"}
    with pytest.warns(InnoscapeWarning, match=r"1 unknown organizations 1 times: X \(1\)"):
        flows = contract_flows(deals, organizations=table, window=None, places=load("places"))
    assert cells(flows) == {
        ("(unknown)", "天津"): 4.0,
        ("北京", "北京"): 3.0,
        ("北京", "天津"): 1.25,
        ("天津", "北京"): 0.5,
    }
    assert cells(contract_flows(deals, nodes="organization", window=None))["A", "B"] == 1.25


def test_an_organization_in_two_places_is_refused():
    table = pd.DataFrame({"organization": ["A", "A"], "place": ["北京", "天津"]})
    with pytest.raises(TableError, match="one place for A, got 北京 and 天津"):
        contract_flows(DEALS, organizations=table)


def test_windows_lie_end_to_end_or_roll():
    deals = pd.DataFrame(
        {"seller": "a", "buyer": "b", "amount": [1.0, 2.0, 4.0, 8.0], "date": [2010, 2011, 2013, 2014]}
    )
    laid = contract_flows(deals, window=2)
    assert laid[["first_year", "year", "value"]].to_numpy().tolist() == [
        [2010, 2011, 3],
        [2012, 2013, 4],
        [2014, 2015, 8],
    ]
    assert contract_flows(deals, window=2, start=2009)["first_year"].tolist() == [2009, 2011, 2013]
    rolled = contract_flows(deals, window=3, rolling=True)
    assert rolled[["first_year", "year", "value"]].to_numpy().tolist() == [
        [2010, 2012, 3],
        [2011, 2013, 6],
        [2012, 2014, 12],
    ]
    whole = contract_flows(deals, window=None)
    assert whole[["first_year", "year", "value"]].to_numpy().tolist() == [[2010, 2014, 15]]


def test_sectors_are_kept_apart():
    flows = contract_flows(DEALS.assign(field=["x", "x", "y", "y", None]), sector="field", window=None)
    known = flows.dropna(subset="sector")
    assert known["sector"].tolist() == ["x", "y", "y"]
    assert known["value"].tolist() == [1.25, 0.5, 3.0]
    assert flows["sector"].isna().sum() == 1


@pytest.mark.parametrize("amount", [2**52 - 1, 2**52 + 1, 2**53 - 1, 2**53 + 2, 10**17 + 16])
def test_whole_amounts_of_any_size_stay_what_they_are(amount):
    deals = DEALS.head(1).assign(amount=float(amount))
    assert contract_flows(deals, digits=0)["value"].tolist() == [float(amount)]


def test_a_province_and_a_city_of_one_name_stay_apart():
    deals = DEALS.iloc[[0, 0, 0]].assign(seller=["吉林省", "辽宁省", "吉林"], buyer=["吉林市", "辽宁", "长春市"])
    flows = contract_flows(deals)
    assert set(zip(flows["source"], flows["target"], strict=True)) == {
        ("吉林省", "吉林市"),
        ("辽宁", "辽宁"),
        ("吉林", "长春市"),
    }
    bare = contract_flows(deals.assign(seller=["吉林", "北京", "Jilin"], buyer=["吉林市", "北京市", "Jilin City"]))
    assert set(zip(bare["source"], bare["target"], strict=True)) == {
        ("吉林", "吉林市"),
        ("北京", "北京"),
        ("Jilin", "Jilin City"),
    }
