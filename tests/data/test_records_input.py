"""Odd records are read for what they are, or refused with all their faults at once."""

import datetime as dt
import math
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, OptionError, TableError, contract_flows, copatent_flows

DEALS = pd.DataFrame({"seller": ["a", "a", "b"], "buyer": ["b", "a", "a"], "amount": [1.0, 2.0, 4.0], "date": 2019})
PATENTS = pd.DataFrame(
    {
        "patent": list("112223"),
        "applicant": list("uvuvwu"),
        "place": ["北京", "天津", "北京市", "天津", "北京", "北京"],
        "order": [1, 2, 2, 1, 3, 1],
        "date": 2019,
    }
)


def cells(flows):
    return {(a, b): value for a, b, value in zip(flows["source"], flows["target"], flows["value"], strict=True)}


def test_columns_of_the_records_never_stand_in_for_the_places_of_organizations():
    names = ["source", "target", "source_place", "target_place", "organization", "place", "name", "records"]
    crowded = DEALS.assign(**dict.fromkeys(names, "x"))
    placed = {"organizations": {"a": "北京", "b": "天津"}}
    assert cells(contract_flows(crowded, **placed)) == cells(contract_flows(DEALS, **placed))
    assert cells(contract_flows(crowded, **placed))["北京", "天津"] == 1.0
    assert cells(copatent_flows(PATENTS.assign(key="x", member="x", n=9, rows=9))) == cells(copatent_flows(PATENTS))


def test_sums_are_exact_where_floating_point_numbers_end():
    amounts = [2.0**53, 1.0, 1.0]
    for some in (amounts, amounts[::-1]):
        deals = DEALS.assign(seller="a", buyer="b", amount=some)
        assert contract_flows(deals, digits=0)["value"].tolist() == [2.0**53 + 2]


def test_an_empty_cell_of_a_parquet_file_is_no_applicant(tmp_path):
    rows = {"patent": ["1"] * 3, "applicant": ["", "u", None], "place": list("pqr"), "date": [2019] * 3}
    pd.DataFrame(rows).to_parquet(tmp_path / "patents.parquet")
    with pytest.warns(InnoscapeWarning, match="2 patent records have no applicant"):
        flows = copatent_flows(tmp_path / "patents.parquet", nodes="applicant")
    assert cells(flows) == {("(unknown)", "u"): 1.0}
    assert flows.attrs["unnamed"] == 2


def test_a_missing_number_leaves_the_names_of_the_others_whole():
    with pytest.warns(InnoscapeWarning, match=r"\(empty\) \(1\)"):
        flows = contract_flows(DEALS.assign(seller=[1, None, 2], buyer=[2, 1, 1]))
    assert cells(flows) == {("1", "2"): 1.0, ("(unknown)", "1"): 2.0, ("2", "1"): 4.0}
    assert cells(contract_flows(DEALS.assign(seller=[0.5, 1, 2]), nodes="organization"))["0.5", "b"] == 1.0


@pytest.mark.parametrize(
    "dates",
    [
        [2018, 201805, 20180531],
        [2018.0, 201805.0, 20180531.0],
        ["2018", "201805", "2018-05-31"],
        [2018, "2018.5", dt.date(2018, 5, 31)],
        pd.Categorical(["2018", "2018年", "2018/5"]),
        pd.array(["2018-01-01"] * 3, dtype="string[pyarrow]"),
        pd.to_datetime(["2018-01-01 00:30"] * 3).tz_localize("UTC"),
    ],
)
def test_dates_are_read_however_they_are_written(dates):
    assert contract_flows(DEALS.assign(date=dates))["year"].tolist() == [2018] * 3


def test_every_column_of_a_type_without_use_is_refused():
    odd = DEALS.assign(amount=[True, False, True], date=[dt.time(1)] * 3, seller=[b"a"] * 3, buyer=[b"b"] * 3)
    with pytest.raises(TableError) as caught:
        contract_flows(odd)
    assert [fault.column for fault in caught.value.faults] == ["seller", "buyer", "date", "amount"]
    assert "column amount: needed numbers or text, got boolean" in str(caught.value)
    with pytest.raises(TableError, match="one plain type"):
        contract_flows(DEALS.assign(date=pd.PeriodIndex(["2019-01"] * 3, freq="M")))


def test_columns_are_known_by_one_name():
    with pytest.raises(TableError, match="every column once, got seller several times"):
        contract_flows(pd.concat([DEALS, DEALS[["seller"]]], axis=1))
    numbered = DEALS.set_axis(range(4), axis=1)
    assert cells(contract_flows(numbered, seller=0, buyer=1, amount=2, date=3)) == cells(contract_flows(DEALS))
    with pytest.raises(TableError, match="call the column place"):
        contract_flows(DEALS, organizations=pd.DataFrame({"organization": ["a"], "where": ["北京"]}))
    with pytest.raises(TableError, match="needed a column place, got city"):
        contract_flows(DEALS, places=pd.DataFrame({"city": ["a"]}))
    for records in (DEALS.to_dict("list"), DEALS["seller"]):
        with pytest.raises(OptionError, match="must be a path"):
            contract_flows(records)


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"\xff\xff,b,1,2019\n", "bytes of none of them"), (b"a,b,1\n", "Line: 100002")],
    ids=["encoding", "short"],
)
def test_a_fault_far_down_a_file_is_told(tmp_path, line, said):
    path = tmp_path / "deals.csv"
    path.write_bytes(b"seller,buyer,amount,date\n" + b"a,b,1,2019\n" * 100_000 + line + b"a,b,1,2019\n")
    with pytest.raises(TableError, match=said):
        contract_flows(path)


def test_names_in_gb18030_far_down_a_file_are_read(tmp_path):
    path = tmp_path / "deals.csv"
    line = "北京,天津,7,2019\n".encode("gb18030")
    path.write_bytes(b"seller,buyer,amount,date\n" + b"a,b,1,2019\n" * 100_000 + line)
    with pytest.warns(InnoscapeWarning, match="GB18030"):
        assert cells(contract_flows(path)) == {("a", "b"): 100_000, ("北京", "天津"): 7}


def test_whole_numbers_of_numpy_are_whole_numbers():
    assert contract_flows(DEALS, window=np.int64(2), start=np.int64(2018))["first_year"].tolist() == [2018] * 3
    for wrong in ({"window": True}, {"window": 2, "start": 2018.5}, {"digits": True}, {"window": math.nan}):
        with pytest.raises(OptionError, match="whole number"):
            contract_flows(DEALS, **wrong)
    for wrong in ({"sector_length": 3}, {"sector": "place", "sector_length": 0}):
        with pytest.raises(OptionError, match="sector_length must be"):
            copatent_flows(PATENTS, **wrong)


@pytest.mark.parametrize("counting", ["full", "fractional"])
@pytest.mark.parametrize("members", ["places", "applicants"])
def test_polars_works_as_duckdb_does(counting, members):
    import ibis

    options = {"counting": counting, "members": members}
    polars = ibis.polars.connect()
    there = copatent_flows(polars.create_table("patents", PATENTS), **options)
    pd.testing.assert_frame_equal(there, copatent_flows(PATENTS, **options))
    assert there.attrs == copatent_flows(PATENTS, **options).attrs


@pytest.mark.parametrize("amounts", [[2.0, None, 4.0], [9e10, 0.25, 3e11]], ids=["small", "beyond 53 bits"])
def test_polars_adds_contracts_as_duckdb_does(amounts):
    import ibis

    deals = DEALS.assign(amount=amounts)
    with pytest.warns(InnoscapeWarning) if None in amounts else nullcontext():
        here, there = (contract_flows(one) for one in (deals, ibis.polars.connect().create_table("deals", deals)))
    pd.testing.assert_frame_equal(there, here)
    assert there.attrs == here.attrs


def test_work_that_an_engine_cannot_do_is_refused():
    import ibis

    table = ibis.polars.connect().create_table("patents", PATENTS)
    with pytest.raises(OptionError, match="polars cannot do this work; leave it to DuckDB"):
        copatent_flows(table, counting="star", order="order")


def test_a_file_that_cannot_be_read_is_named_and_its_fault_told_in_whole_sentences(tmp_path):
    (tmp_path / "a.parquet").write_text("no table " * 99)
    with pytest.raises(TableError) as refused:
        contract_flows(tmp_path)
    text = str(refused.value)
    assert "a.parquet" in text
    assert text.endswith("; write the file again, as UTF-8 text or as Parquet")
    assert "Possible" not in text


def test_the_unit_is_that_of_the_table_unless_given():
    deals = DEALS.copy()
    deals.attrs["unit"] = "10,000 yuan"
    for options, unit in (({}, "10,000 yuan"), ({"unit": "yuan"}, "yuan"), ({"value": "count"}, "contracts")):
        assert set(contract_flows(deals, **options)["unit"]) == {unit}
    assert set(contract_flows(DEALS)["unit"]) == {"as recorded"}


def test_numbers_are_looked_at_again_only_where_some_stand_twice(monkeypatch):
    from innoscape.data.records import contracts

    asked = []
    once = contracts.repeated_once
    monkeypatch.setattr(contracts, "repeated_once", lambda *given: asked.append(1) or once(*given))
    numbered = pd.DataFrame({"contract": ["1", "2", None, "", "3"], "seller": list("aabbc"), "buyer": list("bbaaa")})
    numbered = numbered.assign(amount=[1.0, 2, 4, 8, 16], date=2019)
    assert contract_flows(numbered)["value"].sum() == 31
    assert not asked
    with pytest.warns(InnoscapeWarning, match=r"1 numbers of contract records .* agree"):
        again = contract_flows(pd.concat([numbered, numbered.head(1)]))
    assert asked
    assert again["value"].sum() == 31
    with pytest.warns(InnoscapeWarning, match="hold the sum of others"):
        assert contract_flows(numbered.replace({"contract": {"3": "\u5408\u8ba1"}}))["value"].sum() == 15
