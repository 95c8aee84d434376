"""Rows of nations and averages, names told apart, units of sheets and what is assumed, in studies begun from files."""

import warnings

import pandas as pd
import pytest
from markupsafe import escape
from openpyxl import Workbook

from innoscape.study import propose_study, run, start_study
from innoscape.study.report.render_report import render_report
from innoscape.study.start.locate_places import usual_gazetteer


@pytest.fixture(scope="module")
def known():
    return usual_gazetteer()


@pytest.mark.parametrize("name", ["全国平均", "China", "中国", "合计", "National average"])
def test_rows_of_the_nation_and_of_averages_are_no_places(tmp_path, known, name):
    (tmp_path / "a.csv").write_text(f"地区,rd,gdp\n{name},9,9\n北京,1,3\n上海,2,2\n天津,3,5\n", encoding="utf-8")
    draft = propose_study([tmp_path / "a.csv"], gazetteer=known)
    assert draft.content["index"]["units"] == ["上海", "北京", "天津"]
    assert f"({name})" in str(draft.understood[0])
    assert not [fault for fault in draft.unused if name in str(fault)]


def test_the_nation_among_countries_is_a_place(tmp_path, known):
    (tmp_path / "a.csv").write_text("country,rd,gdp\nChina,9,9\nJapan,1,3\nFrance,2,2\nItaly,3,5\n", "utf-8")
    assert "China" in propose_study([tmp_path / "a.csv"], gazetteer=known).content["index"]["units"]


def test_indicators_of_one_name_are_told_apart_in_the_framework(tmp_path, known):
    rows = [
        (place, code, 10 * at + len(code)) for at, place in enumerate(["北京", "上海", "天津"]) for code in ("a", "bb")
    ]
    for stem, tag in (("patents", "p"), ("spending", "s")):
        table = pd.DataFrame(
            [(place, 2020, {"a": "合计", "bb": "其他"}[code], value, f"{tag}_{code}") for place, code, value in rows],
            columns=["province", "year", "name", "value", "variables"],
        )
        table.to_csv(tmp_path / f"{stem}.csv", index=False)
    draft = propose_study([tmp_path / "patents.csv", tmp_path / "spending.csv"], gazetteer=known)
    names = draft.tables["framework.csv"]["name_en"]
    assert sorted(names) == ["其他 (patents)", "其他 (spending)", "合计 (patents)", "合计 (spending)"]


def test_a_sheet_with_a_unit_in_its_last_column_is_no_matrix(tmp_path, known):
    book = Workbook()
    for row in (
        [None, None, "单位：亿元"],
        ["地区", "研发经费", "收入"],
        ["北京", 1, 2],
        ["上海", 2, 5],
        ["天津", 4, 3],
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    draft = propose_study([tmp_path / "a.xlsx"], gazetteer=known)
    assert set(draft.tables["framework.csv"]["unit"]) == {"亿元"}


def test_what_is_assumed_and_imputed_stands_in_the_report(tmp_path, known):
    cells = [("北京", "9", "8"), ("上海", "7", ""), ("武汉", "3", "4"), ("西安", "2", "3"), ("成都", "1", "5")]
    content = "city,rd,patents\n" + "".join(",".join(row) + "\n" for row in cells)
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        draft = start_study([tmp_path / "a.csv"], tmp_path / "mine", gazetteer=known)
        report = render_report(run(tmp_path / "mine", runs=5, until="score"))
    stated = [str(one.said) for one in draft.assumed if one.key == "tables.framework"]
    assert stated
    assert all(escape(said) in report for said in stated)
    assert "1 missing cell is filled by the recipe equal: patents (1)" in report
