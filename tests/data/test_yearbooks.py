"""Tables as yearbooks and spreadsheet programs write them are read as they are meant, and what was assumed is told."""

import contextlib
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from innoscape import data
from innoscape.data.reading.file_reference import FileReference

PLACES = pd.DataFrame({"place": ["北京", "天津", "河北"], "lon": [116.4, 117.2, 114.5], "lat": [39.9, 39.1, 38.0]})
NUMBERS = [["北京", 1, 2, 3, 4], ["天津", 5, 6, 7, 8]]
# 2-5 R&D by region (2021); unit: 100 million yuan; note: none is real
TITLE, UNIT, NOTE = "2-5 各地区研究与试验发展经费情况(2021年)", "单位:亿元", "注:本表为假想数字。"


def workbook(path, rows, merged=(), **others):
    book = Workbook()
    book.active.title = others.pop("title", "Sheet1")
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    for name, more in others.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    book.save(path)
    return path


def text(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path, contract="indicators", **options):
    """Return the rows of a table and what was told of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = data.read_table(path, contract, **options)
    return table, "\n".join(str(one.message) for one in caught)


def faults_of(path, contract="indicators", **options):
    with pytest.raises(data.TableError) as caught:
        read(path, contract, **options)
    return caught.value.faults


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("years", [1, 3])
def test_a_printed_yearbook_is_read_back_cell_by_cell(tmp_path, suffix, years):
    printed = data.synthetic_yearbook(tmp_path / f"yearbook{suffix}", years=years, seed=7)
    table, told = read(tmp_path / f"yearbook{suffix}", places=data.load("places"))
    pd.testing.assert_frame_equal(table, printed)
    assert printed.attrs["synthetic"]
    assert int(table["value"].isna().sum()) == 3
    for said in ("header is rows 3, 4", "亿元 from row 2", "rows 40, 41, 42 are left out", "rows 22, 23, 24, which",
                 "the total 全国", "separated thousands", "the mark *", "the mark …"):  # fmt: skip
        assert said in told, said


def test_a_yearbook_is_written_to_a_workbook_or_text_alone(tmp_path):
    with pytest.raises(data.OptionError, match=r"\.xlsx or \.csv"):
        data.synthetic_yearbook(tmp_path / "yearbook.pdf")


@pytest.mark.parametrize("width", ["padded", "bare"])
def test_titles_unit_year_and_notes_around_a_table_are_understood(tmp_path, width):
    pad = ",," if width == "padded" else ""
    lines = (TITLE + pad, UNIT + pad, "地区,经费,人员", "北   京,2601.5,33.1", "天津,570.2,10.4", NOTE + pad)
    table, told = read(text(tmp_path / "rd.csv", *lines), places=PLACES)
    # people are not counted in yuan
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        ["北京", "经费", 2601.5, 2021, "亿元"], ["北京", "人员", 33.1, 2021, None],
        ["天津", "经费", 570.2, 2021, "亿元"], ["天津", "人员", 10.4, 2021, None],
    ]  # fmt: skip
    assert "the header is row 3; read 地区 as place" in told
    assert "row 6 is left out as a note" in told


def test_faults_below_a_title_name_the_rows_of_the_file(tmp_path):
    (fault,) = faults_of(text(tmp_path / "rd.csv", TITLE, UNIT, "place,rd", "北京,1", "天津,many"), places=PLACES)
    assert (fault.row, fault.column, str(fault.got)) == (5, "rd", "many")


def test_notes_below_a_plain_table_are_left_out(tmp_path):
    table, told = read(text(tmp_path / "rd.csv", "place,rd", "北京,1", "Source: none,", "* none is real,"))
    assert table["place"].tolist() == ["北京"]
    assert "rows 3, 4 are left out" in told
    kept, told = read(text(tmp_path / "rd.csv", "place,rd", "北京,1", "天津,"))
    assert kept["place"].tolist() == ["北京", "天津"]
    assert "left out" not in told


def test_a_merged_header_of_two_rows_is_joined(tmp_path):
    head = [["地区", "R&D", None, "专利", None], [None, "经费", "人员", "申请", "授权"]]
    path = workbook(tmp_path / "two.xlsx", head + NUMBERS, ["A1:A2", "B1:C1", "D1:E1"])
    assert read(path)[0]["indicator"].tolist()[:4] == ["R&D 经费", "R&D 人员", "专利 申请", "专利 授权"]
    lines = [",".join(str(cell or "") for cell in row) for row in head + NUMBERS]
    assert read(text(tmp_path / "two.csv", *lines))[0].equals(read(path)[0])


@pytest.mark.parametrize(
    "head",
    [
        [["地区", "rd", None, "labs", None], [None, 2019, 2020, 2019, 2020]],
        [["地区", "rd", None, "labs", None], [None, "2019年", "2020年", "FY2019", "2020年度"]],
        [["地区", "rd 2019", "rd_2020", "labs 2019", "labs-2020"]],
        [["地区", "rd (2019)", "rd（2020年）", "2019年labs", "2020 labs"]],
    ],
)
def test_an_indicator_over_years_becomes_rows(tmp_path, head):
    table, told = read(workbook(tmp_path / "rd.xlsx", head + NUMBERS))
    assert table[["indicator", "year", "value"]].to_numpy().tolist()[:4] == [
        ["rd", 2019, 1.0], ["rd", 2020, 2.0], ["labs", 2019, 3.0], ["labs", 2020, 4.0],
    ]  # fmt: skip
    assert "read as rd, labs in 2019, 2020" in told


def test_years_over_indicators_become_the_same_rows(tmp_path):
    head = [["place", 2019, None, 2020, None], [None, "rd", "labs", "rd", "labs"]]
    table, _ = read(workbook(tmp_path / "rd.xlsx", head + NUMBERS, ["A1:A2", "B1:C1", "D1:E1"]))
    assert table[["indicator", "year", "value"]].to_numpy().tolist()[:2] == [["rd", 2019, 1.0], ["labs", 2019, 2.0]]


def test_columns_of_years_stand_for_the_indicator_that_option_title_or_file_names(tmp_path):
    lines = ("place,2018年,2019年", "北京,1,2", "天津,3,4")
    table, told = read(text(tmp_path / "rd.csv", *lines))
    assert table[["indicator", "year"]].to_numpy().tolist()[:2] == [["rd", 2018], ["rd", 2019]]
    assert "read as rd in 2018, 2019" in told
    assert read(tmp_path / "rd.csv", indicator="labs", strict=True)[0]["indicator"].unique().tolist() == ["labs"]
    titled, _ = read(text(tmp_path / "rd.csv", "3-1 R&D spending,,", *lines))
    assert titled["indicator"].unique().tolist() == ["R&D spending"]
    with pytest.raises(data.TableError, match="indicator="):
        data.check_table(pd.DataFrame({"place": ["北京"], "2018": [1]}), "indicators")


@pytest.mark.parametrize(
    "columns",
    [("x2018", "X2019"), ("Y2018", "Y2019"), ("2018-12-31", "2019/1/1"), ("rd2018", "rd2019年"), ("18", "19")],
)
def test_years_are_known_in_other_forms_and_nothing_else_is_one(columns, tmp_path):
    table, _ = read(text(tmp_path / "rd.csv", f"place,{columns[0]},{columns[1]}", "北京,1,2"))
    assert ("year" in table) is (columns[0] not in ("rd2018", "18"))
    if "year" in table:
        assert table[["indicator", "year"]].to_numpy().tolist() == [["rd", 2018], ["rd", 2019]]
    spent, _ = read(text(tmp_path / "rd.csv", "place,经费2018年,经费2019年", "北京,1,2"))
    assert spent[["indicator", "year"]].to_numpy().tolist() == [["经费", 2018], ["经费", 2019]]


def test_years_beside_an_indicator_or_as_columns_of_flows_become_rows(tmp_path):
    table, told = read(text(tmp_path / "panel.csv", "place,indicator,2019年,2020年", "北京,rd,1,2", "北京,labs,3,4"))
    assert table["year"].tolist() == [2019, 2020, 2019, 2020]
    assert not told
    flows, _ = read(text(tmp_path / "flows.csv", "source,target,2019,2020", "北京,天津,1,2"), "flows")
    assert flows.to_numpy().tolist() == [["北京", "天津", 1.0, 2019], ["北京", "天津", 2.0, 2020]]


def test_years_beside_other_columns_are_no_indicators(tmp_path):
    (fault,) = faults_of(text(tmp_path / "rd.csv", "place,code,2019", "北京,110000,1"))
    assert "2019 beside code" in str(fault.got)


def test_merged_cells_count_as_filled_and_are_told(tmp_path):
    rows = [["place", "lon", "lat", "tier"], ["北京", 116.4, 39.9, "national"], ["天津", 117.2, 39.1, None]]
    table, told = read(workbook(tmp_path / "places.xlsx", rows, ["D2:D3"]), "places")
    assert table["tier"].tolist() == ["national", "national"]
    assert "D2:D3" in told


def test_formulas_without_a_result_and_errors_are_faults_of_their_cell(tmp_path):
    path = workbook(tmp_path / "flows.xlsx", [["source", "target", "value", "year"], ["北京", "天津", 3, "=2000+19"]])
    (fault,) = faults_of(path, "flows")
    assert (fault.row, fault.column, str(fault.got)) == (2, "year", "the formula =2000+19")
    path = workbook(tmp_path / "rd.xlsx", [["place", "rd"], ["北京", "#N/A"], ["#REF!", 3], ["河北", "#DIV/0!"]])
    found = faults_of(path, places=PLACES)
    assert [(fault.row, fault.column, str(fault.got)[:7]) for fault in found] == [
        (2, "rd", "#N/A, w"), (3, "place", "#REF!, "), (4, "rd", "#DIV/0!"),
    ]  # fmt: skip


def test_a_formula_in_a_column_that_is_not_used_does_no_harm(tmp_path):
    rows = [["source", "target", "value", "note"], ["北京", "天津", 3, "=1+1"]]
    assert read(workbook(tmp_path / "flows.xlsx", rows), "flows")[0]["value"].tolist() == [3.0]


@pytest.mark.parametrize("mark", ["…", "……", "—", "-", "..", "#", "N/A"])
def test_a_mark_for_a_missing_value_is_missing_and_told(tmp_path, mark):
    path = text(tmp_path / "rd.csv", "place,rd,labs", f"北京,{mark},1", "天津,2,3")
    table, told = read(path)
    assert table["value"].isna().tolist() == [True, False, False, False]
    assert f"row 2: needed a number, got the mark {mark}; read as missing" in told
    long = text(tmp_path / "flows.csv", "source,target,value", f"北京,天津,{mark}")
    assert str(faults_of(long, "flows")[0].got) == mark


@pytest.mark.parametrize("cell", ["12*", "12 #", "12①", "12[1]", "12²"])
def test_a_mark_of_a_note_behind_a_number_is_left_out_and_told(tmp_path, cell):
    table, told = read(text(tmp_path / "rd.csv", "place,rd", f"北京,{cell}"))
    assert table["value"].tolist() == [12.0]
    assert "numbers before the mark" in told


def test_separated_thousands_are_read_in_a_printed_table_where_nothing_else_is_meant(tmp_path):
    table, _ = read(text(tmp_path / "rd.csv", TITLE, "地区,rd", '北京,"1,234"', '天津,"2,345.5"'))
    assert table["value"].tolist() == [1234.0, 2345.5]
    assert "either" not in (doubt := str(faults_of(text(tmp_path / "rd.csv", TITLE, "地区,rd", '北京,"1,234"'))[0].fix))
    assert "1234 if the comma" in doubt


@pytest.mark.parametrize("name", ["全国合计", "全国总计", "共计", "National total"])
def test_totals_have_many_names(name, tmp_path):
    path = text(tmp_path / "rd.csv", TITLE, "地区,rd,labs", f"{name},10,20", "北京,1,2")
    table, told = read(path, places=PLACES)
    assert table["value"].tolist() == [1.0, 2.0]
    assert f"got the total {name}" in told


def test_totals_among_the_rows_are_left_out_unless_they_are_asked_for(tmp_path):
    path = text(tmp_path / "sold.csv", TITLE, "地 区,2019,2020", "全 国,10,20", "北京,1,2")
    table, told = read(path, "totals", places=PLACES)
    assert table["value"].tolist() == [1.0, 2.0]
    assert "row 3, column place: needed a place, got the total 全国" in told
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", data.InnoscapeWarning)
        frame = data.read_frame(path, contract="totals")
        whole = data.check_table(frame, "totals", places=PLACES, whole="全国")
    assert whole["value"].tolist() == [10.0, 20.0, 1.0, 2.0]


def test_a_header_in_a_second_language_and_a_blank_corner_are_no_places(tmp_path):
    table, _ = read(text(tmp_path / "rd.csv", TITLE, "地区,经费", "Region,Spending", "北京,1"))
    assert table["place"].tolist() == ["北京"]
    table, told = read(text(tmp_path / "rd.csv", TITLE, ",经费", "北京,1"))
    assert table["place"].tolist() == ["北京"]
    assert "column 1 as place" in told


def test_a_sheet_is_chosen_by_the_contract_or_as_the_first_and_told(tmp_path):
    flows = [["source", "target", "value"], ["北京", "天津", 3]]
    path = workbook(tmp_path / "a.xlsx", [["note"], ["read me"]], title="about", flows=flows)
    table, told = read(path, "flows")
    assert table["value"].tolist() == [3.0]
    assert "the sheet flows of about, flows" in told
    path = workbook(tmp_path / "b.xlsx", flows, title="x", about=[["note"], ["read me"]])
    assert "the sheet x of x, about" in read(path, "flows")[1]
    assert not read(path, "flows", sheet="x")[1]


def test_the_header_can_be_said(tmp_path):
    path = text(tmp_path / "rd.csv", "place,rd", "place,labs", "北京,1")
    table, _ = read(path, header=2)
    assert table["indicator"].tolist() == ["labs"]
    assert "one of the 3 rows" in str(faults_of(path, header=9)[0].needed)
    for wrong in (0, (1, 3), ()):
        with pytest.raises(data.OptionError, match="header"):
            data.read_table(path, "indicators", header=wrong)


def test_what_is_not_certain_is_a_fault_with_the_way_out(tmp_path):
    (fault,) = faults_of(text(tmp_path / "rd.csv", TITLE, "city,province,rd", "北京,北京,1"))
    assert (str(fault.got), str(fault.fix)) == (
        "several that may be it: city, province", "rename the one that is meant to place",
    )  # fmt: skip
    (fault,) = faults_of(text(tmp_path / "rd.csv", TITLE, "shire,rd", "北京,1"))
    assert "row 2" in str(fault.got)
    path = text(tmp_path / "pairs.csv", ",source", "北京,1")
    assert str(faults_of(path, "channel_pairs")[0].got) == '"source" 2 times'
    (fault,) = faults_of(text(tmp_path / "f.csv", "place,rd", "北京,1", "天津,2,3"))
    assert fault.row == 3


def test_what_is_assumed_is_refused_by_strict(tmp_path):
    found = faults_of(text(tmp_path / "rd.csv", TITLE, "地区,rd", "北京,1"), strict=True)
    assert str(found[0].got).startswith("rd.csv: the header is row 2; read 地区 as place")


def test_a_study_names_sheet_header_and_indicator_behind_the_file(tmp_path):
    found = FileReference.of("a.xlsx#sheet=2-5&header=3-4&indicator=rd", tmp_path)
    assert (found.path, found.sheet, found.header, found.indicator) == (tmp_path / "a.xlsx", "2-5", (3, 4), "rd")
    text(tmp_path / "a#b.csv", "place,rd")
    assert FileReference.of("a#b.csv", tmp_path).path == tmp_path / "a#b.csv"
    with pytest.raises(data.TableError) as caught:
        FileReference.of("a.xlsx#header=4-3&page=2", tmp_path)
    assert [str(fault.got) for fault in caught.value.faults] == ['"header=4-3"', '"page=2"']


CELLS = ["", "", "地区", "place", "rd", "value", "2019", "2020年", "北京", "天 津", "全国", "1", "2,345.5", "…", "12*",
         UNIT, TITLE, NOTE, "续表", "#N/A", "source", "target", "indicator"]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4), min_size=1, max_size=7))
@pytest.mark.parametrize("contract", ["indicators", "totals", "flows", "channel_pairs", "places"])
def test_any_cells_give_a_table_of_known_places_or_faults(tmp_path, contract, rows):
    path = text(tmp_path / "t.csv", *(",".join(f'"{cell}"' for cell in row) for row in rows))
    table = None
    with contextlib.suppress(data.TableError):
        table, _ = read(path, contract, places=None if contract == "places" else PLACES)
    if table is None:
        return
    assert len(table)
    if "place" in table and contract != "places":
        assert set(table["place"]) <= set(PLACES["place"])
    if "year" in table:
        assert table["year"].dropna().isin([2019, 2020, 2021]).all()
