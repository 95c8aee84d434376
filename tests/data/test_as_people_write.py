"""Units, years, marks and encodings as people write them: read where that is safe, told where it is not."""

import warnings

import pandas as pd
import pytest
from openpyxl import Workbook

from innoscape.data import Gazetteer, check_table, read_records, read_table
from innoscape.data.contracts.dates import named_year


def told_of(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = call()
    return found, "\n".join(str(one.message) for one in caught)


def sheet(path, line, headers):
    book = Workbook()
    for row in ([None] * (len(headers) - 1) + [line], headers):
        book.active.append(row)
    for at, place in enumerate(["北京", "天津", "河北"], 1):
        book.active.append([place, *range(at, at + len(headers) - 1)])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("line", "headers", "units"),
    [
        ("单位：亿元", ["研发经费", "专利数(件)", "研发强度"], ["亿元", "件", None]),
        ("单位：亿元、人", ["研发经费", "研究人员", "研发强度"], ["亿元", "人", None]),
        ("单位：人", ["研究人员", "研发经费"], ["人", None]),
        ("单位：亿元", ["甲", "乙"], ["亿元", "亿元"]),
        (
            "unit: million yuan",
            ["rd spending", "growth rate", "corporate income"],
            ["million yuan", None, "million yuan"],
        ),
    ],
)
def test_the_unit_of_a_sheet_is_that_of_the_columns_it_is_about(tmp_path, line, headers, units):
    table, told = told_of(lambda: read_table(sheet(tmp_path / "a.xlsx", line, ["地区", *headers]), "indicators"))
    found = table.groupby("indicator")["unit"].first()
    assert [found[name] if isinstance(found[name], str) else None for name in headers] == units
    assert "row 1" in told
    assert ("no unit for" in told) == (None in units)


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2018/19", "2018"), ("2018-19", "2018"), ("2018/2019", "2018"), ("2020-2021学年", "2020"), ("2018A", "2018"),
        ("2018E", "2018"), ("18年", "2018"), ("98年", "1998"), ("2016-2020", None), ("2018-12", None), ("18/19", None),
        ("2018Q1", None), ("18", None),
    ],
)  # fmt: skip
def test_a_header_is_a_year_where_that_is_safe(written, year):
    assert named_year(written) == (None if year is None else ("", year))


def test_years_that_are_not_written_out_are_doubted_and_spans_stay_indicators():
    table = pd.DataFrame({"place": ["A", "B"], "2018/19": [1, 2], "2019E": [3, 4]})
    long, told = told_of(lambda: check_table(table, "indicators", indicator="rd"))
    assert long.set_index(["place", "year"])["value"].to_dict() == {
        ("A", 2018): 1, ("A", 2019): 3, ("B", 2018): 2, ("B", 2019): 4
    }  # fmt: skip
    assert "2018/19 as 2018, 2019E as 2019" in told
    spans, told = told_of(lambda: check_table(table.set_axis(["place", "2016-2020", "rd"], axis=1), "indicators"))
    assert set(spans["indicator"]) == {"2016-2020", "rd"}
    assert "2016-2020, taken as indicators" in told
    cells = pd.DataFrame({"place": ["A", "B"], "indicator": "rd", "value": [1, 2], "year": ["2018/19", "2018"]})
    long, told = told_of(lambda: check_table(cells, "indicators"))
    assert long["year"].tolist() == [2018, 2018]
    assert "2018/19 as 2018" in told


def test_big5_is_read_and_told_and_gbk_stays_gb18030(tmp_path):
    names = ["臺北市", "新竹市", "高雄市", "桃園市", "臺中市"]
    content = "place,研發經費\n" + "".join(f"{name},{at}\n" for at, name in enumerate(names))
    for encoding, said in (("big5", "Big5"), ("gbk", "GB18030")):
        file = tmp_path / f"{encoding}.csv"
        file.write_bytes(content.encode(encoding))
        table, told = told_of(lambda file=file: read_table(file, "indicators"))
        assert table["place"].tolist() == names
        assert f"was read as {said}" in told


def test_slashes_and_ampersands_part_known_names_and_are_named_where_they_do_not(tmp_path):
    rows = ["A1,甲公司/乙大学", "A2,甲公司", "A3,乙大学;丙研究所&丁公司", "A4,AT&T Corp", "A5,戊/己"]
    content = ["公开号,申请人,申请日,申请人地址", *(f"{row},2020-01-02,北京市海淀区" for row in rows)]
    (tmp_path / "p.csv").write_text("\n".join(content), encoding="utf-8")
    china = Gazetteer.china()
    records, told = told_of(lambda: read_records(tmp_path / "p.csv", "cn_patents", gazetteer=china))
    assert records["applicant"].tolist() == [
        "甲公司", "乙大学", "甲公司", "乙大学", "丙研究所&丁公司", "AT&T Corp", "戊/己"
    ]  # fmt: skip
    assert records.attrs["account"] == {"rows": 5, "split": 2, "records": 7, "repeated": 0, "rejected": 0}
    assert "1 cells part names by / or &, such as 甲公司/乙大学" in told
    assert "1 names hold /, such as 戊/己" in told
    assert "1 names hold &, such as 丙研究所&丁公司" in told
