"""A workbook holds texts as texts, reads back as it was, and names every fault."""

import datetime as dt
import time
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, InnoscapeWarning, OptionError, OutputError, TableError, check_table, read_workbook
from innoscape.geo import Recipe, score
from innoscape.study.results.write_workbook import write_workbook

TABLE = pd.DataFrame(
    {
        "indicator": ["labs", "rd", "waste"],
        "name_en": ["laboratories", "R&D intensity", "waste per head"],
        "name_zh": ["实验室", "研发强度", "人均废物"],
        "level1": ["input", "input", "burden"],
        "unit": ["count", "%", "kg"],
        "direction": [1, 1, -1],
        "weight": [0.5, 0.3, 0.2],
    }
)
FRAMEWORK = Framework.from_table(TABLE)
VALUES = pd.DataFrame(
    [
        ("北京", "labs", 10.0, 2019, "observed"),
        ("天津", "labs", 3.0, 2019, "substituted"),
        ("河北", "labs", 1 / 3, 2019, "estimated"),
        ("北京", "rd", 6.17, 2019, "observed"),
        ("天津", "rd", 3.28, 2019, "observed"),
        ("河北", "rd", 1.61, 2019, "observed"),
        ("北京", "waste", 12.0, 2019, "observed"),
        ("天津", "waste", 31.0, 2019, "observed"),
        ("河北", "waste", 1e-7, 2019, "assumed"),
    ],
    columns=["place", "indicator", "value", "year", "status"],
)
PLACES = pd.DataFrame({"place": ["北京", "天津", "河北"], "name_en": ["Beijing", "Tianjin", "Hebei"]})


@pytest.fixture(scope="module")
def scores():
    return score(VALUES, FRAMEWORK, Recipe(weigh="given"))


@pytest.fixture
def book(scores, tmp_path):
    return write_workbook(scores, tmp_path / "s.xlsx", framework=FRAMEWORK, indicators=VALUES, places=PLACES)


def write(path, **sheets):
    with pd.ExcelWriter(path) as book:
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False)
    return path


def test_what_is_written_reads_back_exactly(book):
    framework, indicators = read_workbook(book)
    assert framework == FRAMEWORK
    pd.testing.assert_frame_equal(indicators, check_table(VALUES, "indicators"), check_exact=True)


def test_scores_from_the_workbook_are_the_same(book, scores):
    framework, indicators = read_workbook(book)
    assert score(indicators, framework, Recipe(weigh="given")).scores.equals(scores.scores)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(-1e12, 1e12), min_size=3, max_size=3), st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_number_and_any_text_survive(tmp_path, scores, numbers, text):
    values = VALUES.assign(source="=1+1")
    values.loc[:2, "value"] = numbers
    kept = "".join(c for c in text if c.isprintable()).strip() or "a"
    framework = Framework.from_table(TABLE.assign(name_en=[kept, "=SUM(A1)", "-3"]))
    file = write_workbook(scores, tmp_path / "any.xlsx", framework=framework, indicators=values)
    back, indicators = read_workbook(file)
    assert back.table["name_en"].tolist() == framework.table["name_en"].tolist()
    assert indicators["value"].tolist()[:3] == numbers
    assert set(indicators["source"]) == {"=1+1"}


def test_sheets_stand_in_their_order_and_explain_themselves(book):
    workbook = openpyxl.load_workbook(book)
    names = workbook.sheetnames
    assert names[:7] == ["readme", "recalculate", "scores", "levels", "weights", "contributions", "normalized"]
    assert names[-4:] == ["log", "framework", "indicators", "calculation"]
    readme = [row for row in workbook["readme"].iter_rows(values_only=True) if any(row)]
    explained = {(row[0], row[1]): row[2:] for row in readme if row[1]}
    for name in names[2:-1]:
        for cell in workbook[name][1]:
            assert explained[name, cell.value][0], f"{name}, {cell.value} is not explained"
    assert explained["contributions", "rd"][0] == "Contribution to the score: R&D intensity"
    assert explained["normalized", "rd"][2] == "标准化值：研发强度"
    assert ("", "given") in {(row[0] or "", row[2]) for row in readme}


def test_sheets_are_laid_out_for_reading(book):
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["scores"]
    assert [cell.value for cell in sheet[1]][:3] == ["place", "name_en", "score"]
    assert sheet.freeze_panes == "C2"
    assert sheet["C2"].number_format == "0.000"
    assert workbook["weights"]["D2"].number_format == "0.0%"
    assert all(9 <= width.width <= 48 for width in sheet.column_dimensions.values())
    assert sheet.auto_filter.ref == "A1:D4"
    status = {cell.value: cell.fill.fgColor.rgb for cell in workbook["indicators"]["E"]}
    assert len({status["substituted"], status["estimated"], status["assumed"], status["observed"]}) == 4


def test_no_text_of_a_table_is_a_formula(scores, tmp_path):
    evil = ['=HYPERLINK("http://x")', "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "#N/A", "a\x07b"]
    with pytest.warns(InnoscapeWarning, match="files can hold"):
        framework = Framework.from_table(TABLE.assign(note=evil[:3], more=evil[3:6], **{"=1+1": evil[6]}))
    file = write_workbook(scores, tmp_path / "evil.xlsx", framework=framework)
    sheet = openpyxl.load_workbook(file)["framework"]
    types = {cell.data_type for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    assert types == {"s"}
    with zipfile.ZipFile(file) as parts:
        sheets = [f"xl/worksheets/sheet{i}.xml" for i in range(1, len(parts.namelist()))]
        held = [name for name in sheets if name in parts.namelist() and b"<f>" in parts.read(name)]
    names = openpyxl.load_workbook(file).sheetnames
    assert held == [f"xl/worksheets/sheet{names.index(n) + 1}.xml" for n in ("recalculate", "calculation")]
    marked = {cell.value for row in sheet.iter_rows() for cell in row if cell.quotePrefix}
    assert {evil[0], evil[1], evil[2], evil[3], "=1+1"} <= marked
    assert sheet.cell(2, sheet.max_column).value == "a b"


def test_the_same_input_gives_the_same_bytes_at_another_time(scores, tmp_path, monkeypatch):
    first = write_workbook(scores, tmp_path / "a.xlsx", framework=FRAMEWORK, indicators=VALUES)
    monkeypatch.setattr(time, "time", lambda: dt.datetime(2031, 5, 4, tzinfo=dt.UTC).timestamp())
    monkeypatch.setattr(time, "localtime", lambda *_: dt.datetime(2031, 5, 4, tzinfo=dt.UTC).timetuple())
    second = write_workbook(scores, tmp_path / "b.xlsx", framework=FRAMEWORK, indicators=VALUES)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as parts:
        core = parts.read("docProps/core.xml").decode()
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_tables_of_a_study_are_written_too(tmp_path):
    tables = {
        "scores": pd.DataFrame({"place": ["北京"], "name_en": ["Beijing"], "score": [0.5], "agree": [True]}),
        "weights": pd.DataFrame({"recipe": ["equal"], "indicator": ["labs"], "weight": [1.0]}),
        "index_log": pd.DataFrame({"place": ["北京"], "action": ["imputed"], "value": [np.nan]}),
        "reach": pd.DataFrame({"time": [0.0]}),
    }
    workbook = openpyxl.load_workbook(write_workbook(tables, tmp_path / "study.xlsx"))
    assert workbook.sheetnames == ["readme", "scores", "weights", "log"]
    assert workbook["scores"]["D2"].value is True
    assert workbook["log"]["B2"].value == "Beijing"
    assert workbook["log"]["D2"].value is None


def test_a_workbook_is_written_whole_or_not_at_all(scores, tmp_path):
    with pytest.raises(OptionError, match="ends in .xlsx"):  # noqa: RUF043
        write_workbook(scores, tmp_path / "s.xls")
    with pytest.raises(OptionError, match="needed a table scores"):
        write_workbook({"weights": TABLE}, tmp_path / "s.xlsx")
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(OutputError, match="taken"):
        write_workbook(scores, tmp_path / "taken.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]


def test_wide_data_and_chinese_sheet_names_are_read(tmp_path):
    wide = pd.DataFrame({"place": ["北京", "天津"], "labs": [10, 3], "rd": [6.17, 3.28], "waste": [1, 2]})
    framework, indicators = read_workbook(write(tmp_path / "w.xlsx", 指标体系=TABLE, 指标数据=wide))
    assert framework == FRAMEWORK
    assert len(indicators) == 6
    assert indicators.loc[indicators["indicator"] == "rd", "value"].tolist() == [6.17, 3.28]


def test_merged_groups_are_filled(tmp_path):
    file = write(tmp_path / "m.xlsx", framework=TABLE.assign(level1=["input", None, "burden"]), indicators=VALUES)
    workbook = openpyxl.load_workbook(file)
    workbook["framework"].merge_cells("D2:D3")
    workbook.save(file)
    assert read_workbook(file)[0].groups() == {"input": ("labs", "rd"), "burden": ("waste",)}


def faults(path, **options):
    with pytest.raises(TableError) as caught:
        read_workbook(path, **options)
    return caught.value.faults


def test_every_fault_of_both_sheets_is_named_by_sheet_row_and_column(tmp_path):
    framework = TABLE.assign(direction=[1, 2, -1], level1=["input", None, "burden"])
    values = VALUES.astype({"value": object})
    values.loc[4, "value"] = "3,28"
    found = faults(write(tmp_path / "f.xlsx", framework=framework, indicators=values))
    assert {(fault.where, fault.row, fault.column) for fault in found} >= {
        ("f.xlsx, sheet framework", 3, "direction"),
        ("f.xlsx, sheet indicators", 6, "value"),
    }
    only = faults(write(tmp_path / "g.xlsx", framework=framework.assign(direction=1), indicators=VALUES))
    assert [(fault.where, fault.row, fault.column) for fault in only] == [("g.xlsx, sheet framework", 3, "level1")]


def test_missing_sheets_and_empty_ones_are_named(tmp_path):
    found = faults(write(tmp_path / "f.xlsx", frame=TABLE, indicators=VALUES.iloc[:0]))
    assert [str(fault.needed) for fault in found] == [
        "a sheet named framework or 指标体系",
        "a header and at least one row",
    ]
    assert "frame, indicators" in str(found[0].got)


def test_indicators_and_framework_must_fit(tmp_path):
    file = write(tmp_path / "f.xlsx", framework=TABLE, indicators=VALUES[VALUES["indicator"] != "rd"])
    (fault,) = faults(file)
    assert (fault.where, fault.row, str(fault.got)) == ("f.xlsx, sheet framework", 3, "none for rd")
    spare = write(tmp_path / "s.xlsx", framework=TABLE.iloc[:2], indicators=VALUES)
    with pytest.warns(InnoscapeWarning, match="waste"):
        read_workbook(spare)
    assert "waste" in str(faults(spare, strict=True)[0].got)


def test_formulas_without_a_result_are_named(tmp_path):
    file = write(tmp_path / "f.xlsx", framework=TABLE, indicators=VALUES)
    workbook = openpyxl.load_workbook(file)
    workbook["indicators"]["C3"] = "=C2*2"
    workbook.save(file)
    (fault,) = faults(file)
    assert (fault.where, fault.row, fault.column) == ("f.xlsx, sheet indicators", 3, "value")
    assert "=C2*2" in str(fault.got)


def test_places_are_matched_on_reading(tmp_path):
    file = write(tmp_path / "p.xlsx", framework=TABLE, indicators=VALUES.replace("北京", "Beijing"))
    assert read_workbook(file, places=PLACES)[1]["place"].iloc[0] == "北京"
    assert "河北" in str(faults(file, places=PLACES.iloc[:2])[0].got)


def test_files_that_are_no_workbooks_are_refused(tmp_path):
    (tmp_path / "bad.xlsx").write_text("no")
    (tmp_path / "t.csv").write_text("place,value")
    (tmp_path / "d.xlsx").mkdir()
    for name, needed in (
        ("bad.xlsx", "an Excel workbook"),
        ("t.csv", "one of .xlsx, .xlsm"),
        ("none.xlsx", "a workbook"),
        ("d.xlsx", "a workbook"),
    ):
        assert str(faults(tmp_path / name)[0].needed) == needed
