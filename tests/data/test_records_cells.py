"""Cells of records are read as people mean them: several names, spellings, totals, numbers that stand twice, files."""

import warnings
from itertools import pairwise

import pandas as pd
import pytest
from samples import QUIET, cells

from innoscape.data import InnoscapeWarning, OptionError, TableError, contract_flows, copatent_flows, load, match_places
from innoscape.data.records.spelled_names import fold
from innoscape.data.records.survey_names import fold_names

ONE_CELL = pd.DataFrame(
    {
        "patent": ["1", "2", "3"],
        "applicant": ["甲大学;乙公司", "甲大学;丙研究所;丁公司", "乙公司"],
        "place": ["北京;天津", "北京;上海;天津", "天津"],
        "date": 2019,
    }
)
PAIRS = {("乙公司", "甲大学"): 1, ("丙研究所", "甲大学"): 1, ("丁公司", "甲大学"): 1, ("丁公司", "丙研究所"): 1}
DEALS = pd.DataFrame(
    {"contract": ["C1", "C1", "C2"], "seller": "北京", "buyer": "天津", "amount": [100, 100, 5], "date": 2019}
)


def account_adds_up(flows, rows):
    account = flows.attrs["account"]
    assert account["rows"] == flows.attrs["records"] == rows
    assert account["rows"] + account["split"] == sum(
        account[part] for part in ("pairs", "single", "unplaced", "rejected")
    )
    return account


@pytest.mark.parametrize("mark", [";", "；", "|", "｜", "、", ",", "，", " ; ", "/", "\r\n"])
def test_applicants_in_one_cell_are_split_by_the_mark_asked_for(mark):
    rows = ONE_CELL.assign(applicant=ONE_CELL["applicant"].str.replace(";", mark))
    flows = copatent_flows(rows, nodes="applicant", separator=mark.strip(" \r"))
    assert cells(flows) == PAIRS
    assert account_adds_up(flows, 3) == {"rows": 3, "split": 3, "pairs": 5, "single": 1, "unplaced": 0, "rejected": 0}


def test_marks_of_either_width_and_several_marks_are_split_together():
    mixed = ONE_CELL.assign(applicant=["甲大学；乙公司;", ";甲大学|丙研究所； 丁公司", "乙公司"])
    assert cells(copatent_flows(mixed, nodes="applicant", separator=[";", "|"])) == PAIRS
    with pytest.raises(TableError, match=r'"\|" in 1 of 5 cells'):
        copatent_flows(mixed, nodes="applicant", separator=";")


@pytest.mark.parametrize("mark", [";", "；", "|", "｜", "、", "\n"])
def test_a_mark_that_was_not_asked_for_is_refused_with_counts_and_the_way_out(mark):
    rows = ONE_CELL.assign(applicant=ONE_CELL["applicant"].str.replace(";", mark), place="北京")
    with pytest.raises(TableError) as refused:
        copatent_flows(rows)
    shown = mark.replace("\n", "\\n")
    said = f'needed one name in each cell of applicant, or the mark that parts them, got "{shown}" in 2 of'
    assert said in str(refused.value)
    assert f'(in Python: separator="{shown}"); if not' in str(refused.value)
    assert copatent_flows(rows, separator=[]).empty


def test_few_marks_and_commas_are_warned_of():
    rows = pd.DataFrame({"patent": [str(n) for n in range(100)], "applicant": "a", "place": "北京", "date": 2019})
    with pytest.warns(InnoscapeWarning, match=r'1 of 100 cells of applicant in patent records hold ";", as in "b;c"'):
        copatent_flows(rows.assign(applicant=["b;c"] + ["a"] * 99))
    with pytest.warns(InnoscapeWarning, match='3 of 3 cells of applicant in patent records hold ","'):
        copatent_flows(rows.head(3).assign(applicant="甲大学,乙公司"))
    for mark in (" / ", "//"):
        with pytest.warns(InnoscapeWarning, match=f'3 of 3 cells of applicant in patent records hold "{mark}"'):
            copatent_flows(rows.head(3).assign(applicant=f"甲大学{mark}乙公司"))
    with pytest.warns(InnoscapeWarning, match="if it parts names, write one row for each"):
        contract_flows(DEALS.assign(contract=list("xyz"), seller="北京;上海"))


def test_a_comma_before_the_form_of_a_firm_parts_no_names(recwarn):
    rows = ONE_CELL.assign(applicant=["Acme Co., Ltd.", "Bolt, Inc.", "Coil, S.A."])
    assert copatent_flows(rows, nodes="applicant").empty
    assert not recwarn.list
    both = rows.assign(applicant=["Acme Co., Ltd., Bolt, Inc.", "Bolt, Inc.", "Coil, S.A."])
    assert cells(copatent_flows(both, nodes="applicant", separator=",")) == {("Acme Co., Ltd.", "Bolt, Inc."): 1}


def test_places_are_split_with_their_applicants_and_those_without_one_are_counted():
    flows = copatent_flows(ONE_CELL, separator=";")
    assert cells(flows) == {("北京", "天津"): 2, ("上海", "北京"): 1, ("上海", "天津"): 1}
    first = ONE_CELL.assign(place=["北京", "北京", "天津"])
    with pytest.warns(InnoscapeWarning, match=r"unknown places 3 times: \(empty\) \(3\)"):
        flows = copatent_flows(first, separator=";", members="applicants")
    assert cells(flows) == {("(unknown)", "北京"): 3, ("(unknown)", "(unknown)"): 1}
    assert account_adds_up(flows, 3)["unplaced"] == 3
    # a table of their own places them
    where = {"乙公司": "天津", "丙研究所": "上海", "丁公司": "天津", "甲大学": "广州"}
    expected = cells(copatent_flows(ONE_CELL, separator=";"))
    assert cells(copatent_flows(first, separator=";", organizations=where)) == expected
    alone = copatent_flows(first.drop(columns="place"), separator=";", organizations=where | {"甲大学": "北京"})
    assert cells(alone) == expected


def test_stars_of_one_cell_run_from_the_first_name():
    flows = copatent_flows(ONE_CELL, nodes="applicant", separator=";", counting="star")
    assert cells(flows) == {("甲大学", "乙公司"): 1, ("甲大学", "丙研究所"): 1, ("甲大学", "丁公司"): 1}


def test_separators_outside_their_choices_are_refused():
    for wrong in (3, [""], [3]):
        with pytest.raises((OptionError, TypeError)):
            copatent_flows(ONE_CELL, separator=wrong)
    with pytest.raises(OptionError, match="one share a row"):
        copatent_flows(ONE_CELL, separator=";", share="date", counting="shares")


SPELLINGS = ["华光(深圳)公司", "华光（深圳）公司", "华光 (深圳)公司", "华光〔深圳〕公司", "华光\u3000[深圳]\u200b公司"]


@pytest.mark.parametrize("other", SPELLINGS[1:])
def test_spellings_that_differ_in_width_blanks_and_brackets_are_one_organization(other):
    rows = pd.DataFrame(
        {"patent": list("112233"), "applicant": [SPELLINGS[0], "某大学", other, "某大学", SPELLINGS[0], other]}
    ).assign(date=2019, place=["深圳", "北京"] * 2 + ["深圳"] * 2)
    with pytest.warns(InnoscapeWarning, match="1 spellings of 1 organizations are taken for another"):
        flows = copatent_flows(rows, nodes="applicant")
    assert flows["value"].tolist() == [2]
    [(given, node, records)] = flows.attrs["united"]
    assert {given, node} == {SPELLINGS[0], other}
    assert records == 2
    with pytest.warns(InnoscapeWarning, match="1 spellings"):
        assert cells(copatent_flows(rows)) == {("北京", "深圳"): 2}


def test_case_and_compatibility_forms_are_united_and_the_commonest_spelling_kept():
    names = ["ＡＢＣ ﬁlm Co", "ABC film Co", "ABC film Co", "abc FILM co"]
    deals = pd.DataFrame({"seller": names, "buyer": "x", "amount": 1, "date": 2019})
    with pytest.warns(InnoscapeWarning, match="2 spellings of 1 organizations"):
        flows = contract_flows(deals, nodes="organization")
    assert cells(flows) == {("ABC film Co", "x"): 4}
    with pytest.warns(InnoscapeWarning, match="3 spellings of 1"):
        placed = contract_flows(deals, organizations={"Abc Film Co": "北京", "x": "天津"})
    assert cells(placed) == {("北京", "天津"): 4}


def test_names_folded_together_are_those_folded_one_by_one():
    codes = (*range(0x20, 0x600), *range(0x3000, 0x3100), *range(0x4E00, 0x4F00), 0xFF21, 0x301)
    letters = [chr(code) for code in codes]
    names = pd.Series([*letters, *SPELLINGS, *map("".join, pairwise(letters))], dtype="str")
    assert fold_names(names).tolist() == [fold(name) for name in names]


def test_the_engine_and_the_program_unite_alike():
    import ibis

    names = [*SPELLINGS, "某大学", "ＡＢＣ ﬁlm", "ABC film", "Straße", "STRASSE", "x"]
    rows = pd.DataFrame({"patent": [str(n // 2) for n in range(22)], "applicant": names * 2, "date": 2019})
    with pytest.warns(InnoscapeWarning):
        here = copatent_flows(rows, nodes="applicant")
    with pytest.warns(InnoscapeWarning):
        there = copatent_flows(ibis.polars.connect().create_table("rows", rows), nodes="applicant")
    pd.testing.assert_frame_equal(here, there)
    assert here.attrs == there.attrs
    assert len(here.attrs["united"]) == 6


def test_a_contract_number_counts_once_where_its_rows_agree():
    with pytest.warns(
        InnoscapeWarning, match=r"1 numbers of contract records stand in several rows that agree.*C1 \(2\)"
    ):
        flows = contract_flows(DEALS)
    assert cells(flows) == {("北京", "天津"): 105}
    assert account_adds_up(flows, 3)["rejected"] == 1
    assert cells(contract_flows(DEALS, contract=None)) == {("北京", "天津"): 205}
    assert cells(contract_flows(DEALS.rename(columns={"contract": "合同"}))) == {("北京", "天津"): 205}
    with pytest.warns(InnoscapeWarning, match="agree"):
        assert cells(contract_flows(DEALS.rename(columns={"contract": "合同"}), contract="合同")) == {
            ("北京", "天津"): 105
        }
    with pytest.raises(TableError, match="a column 合同号"):
        contract_flows(DEALS, contract="合同号")


def test_a_contract_number_whose_rows_differ_is_told_and_all_rows_count():
    with pytest.warns(InnoscapeWarning, match=r"1 numbers .* several rows that differ; all rows count: C1 \(2\)"):
        flows = contract_flows(DEALS.assign(amount=[100, 90, 5]))
    assert cells(flows) == {("北京", "天津"): 195}
    assert flows.attrs["differing"] == {"numbers": 1, "rows": 2}
    unnumbered = contract_flows(DEALS.assign(contract=[None, None, "C2"]))
    assert cells(unnumbered) == {("北京", "天津"): 205}


@pytest.mark.parametrize("word", ["合计", "合 计", "总计", "Total", "GRAND TOTAL", "全国", "合\u3000计"])
def test_rows_that_hold_the_sum_of_others_are_left_out(word):
    deals = pd.DataFrame(
        {"seller": ["北京", "天津", word], "buyer": ["天津", "河北", word], "amount": [10, 5, 15], "date": 2019}
    )
    for options in ({}, {"places": load("places")}, {"nodes": "organization"}):
        with pytest.warns(InnoscapeWarning, match="1 rows hold the sum of others and are left out"):
            flows = contract_flows(deals, **options)
        assert cells(flows) == {("北京", "天津"): 10, ("天津", "河北"): 5}
        assert flows.attrs["totals"] == {word: 1}
        assert account_adds_up(flows, 3)["rejected"] == 1
        assert not flows.attrs["unknown"]
    with pytest.warns(InnoscapeWarning, match="1 rows hold the sum"):
        numbered = contract_flows(
            deals.assign(contract=["1", "2", word], seller=["北京", "天津", ""], buyer=["天津", "河北", ""])
        )
    assert numbered["value"].sum() == 15
    with pytest.warns(InnoscapeWarning, match="1 rows hold the sum"):
        placed = contract_flows(deals, organizations={"北京": "A", "天津": "B", "河北": "C"})
    assert cells(placed) == {("A", "B"): 10, ("B", "C"): 5}
    for column in ("applicant", "place"):
        rows = pd.DataFrame({"patent": list("1112"), "applicant": list("abcd"), "place": list("ABCD"), "date": 2019})
        rows.loc[2, column] = word
        with pytest.warns(InnoscapeWarning, match="1 rows hold the sum"):
            flows = copatent_flows(rows)
        assert cells(flows) == {("A", "B"): 1}
        assert account_adds_up(flows, 4) == {
            "rows": 4,
            "split": 0,
            "pairs": 2,
            "single": 1,
            "unplaced": 0,
            "rejected": 1,
        }


def test_no_place_is_offered_for_a_total_and_a_place_of_that_name_is_kept():
    assert match_places(["合计", "合记"], load("places"))["candidates"].tolist()[0] == ""
    places = pd.DataFrame({"place": ["Sum", "Ems"]})
    deals = pd.DataFrame({"seller": ["Sum"], "buyer": ["Ems"], "amount": [1], "date": [2019]})
    assert cells(contract_flows(deals, places=places)) == {("Sum", "Ems"): 1}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8", "utf-8-sig"])
def test_text_files_are_read_in_any_usual_encoding(tmp_path, encoding):
    path = tmp_path / "deals.csv"
    DEALS.assign(contract=list("123")).to_csv(path, index=False, encoding=encoding)
    told = (
        pytest.warns(InnoscapeWarning, match="read as GB18030") if encoding == "gb18030" else warnings.catch_warnings()
    )
    with told:
        assert cells(contract_flows(path)) == {("北京", "天津"): 205}
    (tmp_path / "other.csv").write_text(path.read_text(encoding=encoding).replace("北京", "河北"), encoding="utf-8")
    if encoding != "utf-16":
        with told if encoding == "gb18030" else warnings.catch_warnings():
            together = contract_flows(tmp_path, contract=None)
        assert cells(together) == {("北京", "天津"): 205, ("河北", "天津"): 205}


def test_bytes_of_no_encoding_are_refused(tmp_path):
    (tmp_path / "deals.csv").write_bytes(b"seller,buyer,amount,date\n\xff\xff,b,1,2019\n")
    with pytest.raises(TableError, match="text in UTF-8, UTF-16, GB18030 or Big5, got bytes of none"):
        contract_flows(tmp_path / "deals.csv")


def test_workbooks_are_read(tmp_path):
    DEALS.assign(contract=list("123"), date=pd.Timestamp("2019-05-06")).to_excel(tmp_path / "deals.xlsx", index=False)
    assert cells(contract_flows(tmp_path / "deals.xlsx"), year=True) == {("北京", "天津", 2019): 205}
    ONE_CELL.to_excel(tmp_path / "patents.xlsx", index=False)
    assert cells(copatent_flows(tmp_path / "patents.xlsx", nodes="applicant", separator=";")) == PAIRS


def test_cells_of_a_workbook_without_a_value_are_refused_where_they_are_needed(tmp_path):
    rows = DEALS.assign(contract=list("123"), buyer=["=A1", "#REF!", "天津"], amount=[1, "#N/A", 3], note="=B1")
    rows.to_excel(tmp_path / "deals.xlsx", index=False)
    with pytest.raises(TableError) as refused:
        contract_flows(tmp_path / "deals.xlsx")
    assert [(one.row, one.column) for one in refused.value.faults] == [(2, "buyer"), (3, "buyer"), (3, "amount")]
    assert "the formula =A1" in str(refused.value)
    assert "#REF!, which a spreadsheet program shows for an error" in str(refused.value)


@QUIET
@pytest.mark.parametrize("options", [{}, {"members": "applicants"}, {"nodes": "applicant"}, {"key": "application"}])
def test_every_row_of_untidy_records_is_accounted_for(options):
    from innoscape.data import synthetic_contracts, synthetic_patents

    patents = synthetic_patents(800, seed=4, untidy=0.2)
    patents.loc[::97, "patent"], patents.loc[::89, "applicant"], patents.loc[::83, "date"] = None, None, None
    account = account_adds_up(copatent_flows(patents, places=load("places"), **options), len(patents))
    assert min(account[part] for part in ("pairs", "single", "unplaced")) > 0
    deals = synthetic_contracts(2000, seed=4, untidy=0.2)
    deals = pd.concat([deals, deals.head(7), pd.DataFrame({"seller": ["合计"], "buyer": ["合计"], "amount": [1.0]})])
    account = account_adds_up(contract_flows(deals, places=load("places")), 2008)
    amounts = pd.to_numeric(deals["amount"], errors="coerce").iloc[:2000]
    assert account["rejected"] == 8 + int((~(amounts >= 0)).sum())


def test_places_left_over_are_told():
    rows = pd.DataFrame(
        {"patent": ["1", "2"], "applicant": ["甲", "丙;丁"], "place": ["武汉;深圳", "武汉;上海"], "date": "2019"}
    )
    with pytest.warns(
        InnoscapeWarning, match=r'1 patent records have more places in place than names .* as in "武汉;深圳"'
    ):
        copatent_flows(rows, separator=";")
