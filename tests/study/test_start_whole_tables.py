"""A study that begins from tables loses none of their cells unsaid, and says all faults of all files at once."""

import re

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from samples import command

from innoscape.data import Gazetteer, InnoscapeWarning, TableError, check_table, read_table
from innoscape.study import check, propose_study, run, start_study
from innoscape.study.start.find_sums import find_sums, named_totals

SHIPPED = Gazetteer.shipped()
PLACES = ["北京", "上海", "武汉", "西安", "成都", "南京"]
YEARS = [2019, 2020, 2021]
# what stands in cells without a value, and what is read of the others
GONE = {("上海", 2020): "", ("武汉", 2021): "…", ("西安", 2019): "n/a", ("成都", 2020): "x"}
MARKED = {("南京", 2021): "12.3*"}
CODES = (("v1", "经费"), ("v2", "人员数"))


def cell(at, year):
    return str(10 * (at + 1) + (year - 2019) ** 2 + at % 3)


def grid():
    """Return the cells of a table of places x years, as they are printed."""
    cells = {(place, year): cell(at, year) for at, place in enumerate(PLACES) for year in YEARS}
    return cells | GONE | MARKED


def rows_of(shape):
    cells = grid()
    if shape == "years":
        return [["地区", *YEARS], *([place, *(cells[place, year] for year in YEARS)] for place in PLACES)]
    if shape == "indicators":
        return [["place", "year", "rd"], *([place, year, cells[place, year]] for place in PLACES for year in YEARS)]
    if shape == "long":
        head = ["place", "year", "indicator", "value"]
        return [head, *([place, year, "rd", cells[place, year]] for place in PLACES for year in YEARS)]
    title = [["表 1 研发投入"] + [None] * 3, ["地区", "研发", None, None], [None, *YEARS]]
    return [*title, *([place, *(cells[place, year] or None for year in YEARS)] for place in PLACES)]


def written(folder, shape, suffix):
    file, rows = folder / f"rd.{suffix}", rows_of(shape)
    if suffix == "parquet":
        pd.DataFrame(rows[1:], columns=list(map(str, rows[0]))).astype(str).to_parquet(file)
    elif suffix == "xlsx":
        book = Workbook()
        sheets = [book.active, book.create_sheet("notes")]
        for row in rows:
            sheets[0].append([None if one == "" else one for one in row])
        sheets[0].title = "rd"
        sheets[1].append(["nothing", "of", "interest"])
        book.save(file)
    else:
        lines = [",".join("" if one is None else str(one) for one in row) for row in rows]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def told(draft):
    return "\n".join(str(one) for one in (*draft.unused, *draft.doubts))


def put(folder, name, content):
    file = folder / f"{name}.csv"
    file.write_text(content, encoding="utf-8")
    return file


SHAPES = [
    ("years", "csv"), ("years", "xlsx"), ("years", "parquet"), ("indicators", "csv"), ("indicators", "parquet"),
    ("long", "csv"), ("long", "xlsx"), ("long", "parquet"), ("yearbook", "csv"), ("yearbook", "xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "suffix"), SHAPES)
def test_a_cell_without_a_value_stays_a_row_and_is_named_in_every_shape(shape, suffix, tmp_path):
    draft = propose_study([written(tmp_path, shape, suffix)], gazetteer=SHIPPED)
    held = draft.tables["indicators.csv"].set_index(["place", "year"])["value"]
    assert len(held) == len(PLACES) * len(YEARS)
    assert {(place, int(year)) for place, year in held.index[held.isna()]} == {*GONE}
    assert held["南京", 2021] == 12.3
    said = told(draft)
    assert "got 4 of 18 without one" in said
    assert all(f"{place} {year}" in said for place, year in GONE)
    assert all(f"{mark} (1)" in said for mark in GONE.values() if mark)
    assert "numbers before the mark *" in said
    assert draft.content["index"]["recipes"][0]["impute"] == "interpolate"
    assert any(one.key == "index.recipes" and str(one.said).startswith("4 missing values") for one in draft.assumed)


def test_the_same_gap_has_the_same_scores_whatever_the_shape(tmp_path):
    found = {}
    for shape in ("years", "long"):
        folder = tmp_path / shape
        folder.mkdir()
        start_study([written(folder, shape, "csv")], folder / "mine", gazetteer=SHIPPED)
        with pytest.warns(InnoscapeWarning, match="an empty cell"):
            check(folder / "mine")
        results = run(folder / "mine", runs=2, until="score")
        assert any("an empty cell" in str(notice) for notice in results.notices)
        found[shape] = results.tables["scores"]
        assert len(found[shape]) == len(PLACES) * len(YEARS)
        assert results.tables["index_log"]["action"].eq("imputed").sum() == len(GONE)
    pd.testing.assert_frame_equal(found["years"], found["long"])


@pytest.mark.parametrize("mark", ["", "…", "...", "-", "—", "NA", "x", "n/a", "c", "缺失"])
def test_a_long_table_is_read_as_a_wide_one_with_the_same_cell(mark):
    wide = pd.DataFrame({"place": ["北京", "天津"], "rd": ["84", mark]})
    long = wide.rename(columns={"rd": "value"}).assign(indicator="rd")
    for table in (wide, long):
        with pytest.warns(InnoscapeWarning, match="an empty cell" if not mark else re.escape(f"the mark {mark}")):
            read = check_table(table, "indicators")
        np.testing.assert_array_equal(read["value"], [84.0, np.nan])
        with pytest.raises(TableError):
            check_table(table, "indicators", strict=True)


def test_a_flow_without_a_value_is_a_fault_in_either_shape_and_named_when_a_study_begins(tmp_path):
    wide = put(tmp_path, "wide", "source,target,2019,2020\n北京,上海,1,2\n上海,北京,3,\n北京,武汉,4,…\n武汉,西安,5,6\n")
    ends = [("北京", "上海", "2"), ("上海", "北京", ""), ("北京", "武汉", "…"), ("武汉", "西安", "6")]
    lines = [f"{source},{target},2020,{value}" for source, target, value in ends]
    long = put(tmp_path, "long", "\n".join(["source,target,year,value", *lines]))
    for file in (wide, long):
        with pytest.raises(TableError) as caught:
            read_table(file, "flows")
        assert {fault.row for fault in caught.value.faults} == {3, 4}
        draft = propose_study([file], gazetteer=SHIPPED)
        assert "2 rows (3, 4), column value: needed an entry in every row, got none in 2 of" in told(draft)


def test_rows_of_a_matrix_are_told_as_its_file_counts_them(tmp_path):
    matrix = put(tmp_path, "matrix", ",北京,上海,武汉,西安\n北京,,1,2,…\n上海,1,,3,4\n武汉,2,2,,5\n西安,3,1,1,\n")
    draft = propose_study([matrix], gazetteer=SHIPPED)
    assert "matrix.csv, row 2, column value: needed an entry in every row, got none in 1 of 16" in told(draft)
    wrong = put(tmp_path, "wrong", ",北京,上海,武汉\n北京,,1,2\n上海,1,,3\n武汉,2,many,\n")
    assert "wrong.csv, row 4, column value" in told(propose_study([wrong], gazetteer=SHIPPED))


def test_a_column_without_values_a_number_of_rows_and_a_total_beside_years_are_named(tmp_path):
    lines = [f"{at},{place},{at * 3 % 7},,{at * at},初步核算" for at, place in enumerate(PLACES, 1)]
    file = put(tmp_path, "cities", "\n".join(["序号,地区,研发,专利,人员,情况", *lines]))
    said = told(propose_study([file], gazetteer=SHIPPED))
    assert "column 序号: needed an indicator" in said
    assert "column 专利: needed a value in some row, got none" in said
    assert "column 情况: needed numbers, got text in most of 6 cells, and 0 numbers" in said
    lines = [f"{place},{at},{at * at},{at + at * at}" for at, place in enumerate(PLACES, 1)]
    draft = propose_study([put(tmp_path, "rd", "\n".join(["地区,2019,2020,合计", *lines]))], gazetteer=SHIPPED)
    assert "column 合计: needed a year, beside years, got their total" in told(draft)
    assert len(draft.tables["indicators.csv"]) == 12


def test_two_columns_of_one_year_are_refused_by_their_names(tmp_path):
    file = put(tmp_path, "rd", "place,2020,2020年\n北京,1,2\n上海,3,4\n")
    with pytest.raises(TableError, match="got 2020, 2020年, which stand for the same one") as caught:
        read_table(file, "indicators", indicator="rd")
    assert len(caught.value.faults) == 1


def test_numbers_beside_positions_are_read_as_those_of_other_tables(tmp_path):
    lines = [f"{place},{100 + at},{30 + at},{at * at + 1}" for at, place in enumerate(PLACES)]
    lines[2:4] = ["武汉,102,32,…", "西安,103,33,10*"]
    draft = propose_study([put(tmp_path, "places", "\n".join(["place,lon,lat,labs", *lines]))], gazetteer=SHIPPED)
    assert "got 1 of 6 without one (… (1)): 武汉" in told(draft)
    assert draft.tables["indicators.csv"].set_index("place")["value"]["西安"] == 10


def test_all_faults_of_all_files_are_said_at_once_and_no_false_ones(tmp_path, monkeypatch, capsys):
    one = put(tmp_path, "one", "city,rd,labs\n北京,abc,8\n上海,7,6\n某地,3,4\n西安,2,many\n")
    two = put(tmp_path, "two", "place,year,indicator,value\n无名,2020,gdp,1\n上海,2020,gdp,inf\n")
    with pytest.raises(TableError) as caught:
        start_study([one, two], tmp_path / "mine", gazetteer=SHIPPED)
    said = "\n".join(map(str, caught.value.faults))
    for part in ("got abc", "got many", "某地 (1)", "无名 (1)", "got inf"):
        assert part in said
    assert "3 places" not in said
    assert "at least 3" not in said
    few = put(tmp_path, "few", "city,rd\n北京,1\n上海,7\n某地,3\n")
    with pytest.raises(TableError) as caught:
        start_study([few], tmp_path / "mine", gazetteer=SHIPPED)
    assert len(caught.value.faults) == 1
    monkeypatch.setattr("innoscape.study.start.propose_study.usual_gazetteer", lambda: SHIPPED)
    code, errors = command(monkeypatch, capsys, "init", "--from", few, tmp_path / "mine", "--language", "zh")
    assert code == 2
    assert "错误：" in errors
    assert "error:" not in errors


def test_how_a_file_was_read_is_a_notice_and_no_fault(tmp_path):
    file = tmp_path / "gb.csv"
    file.write_bytes("city,rd\n北京,1\n上海,many\n武汉,3\n".encode("gb18030"))
    with pytest.raises(TableError) as caught:
        start_study([file], tmp_path / "mine", gazetteer=SHIPPED)
    (fault,) = caught.value.faults
    assert "many" in str(fault)
    assert [notice.level for notice in caught.value.doubts if "GB18030" in str(notice)] == ["notice"]


def test_what_indicators_are_called_after_is_said_and_codes_are_no_names(tmp_path):
    lines = [f"{place},{code},{word},{at + len(word)}" for at, place in enumerate(PLACES) for code, word in CODES]
    for head, column in (("block4", "by their ids"), ("指标名称", "those of column 指标名称")):
        draft = propose_study(
            [put(tmp_path, "rd", "\n".join([f"place,variable,{head},value", *lines]))], gazetteer=SHIPPED
        )
        names = draft.tables["framework.csv"].set_index("indicator")
        assert names.loc["v1", "name_zh"] == ("v1" if head == "block4" else "经费")
        said = [str(one.said) for one in draft.assumed]
        assert any(column in one for one in said)
        assert any("name_en and name_zh of framework.csv are alike" in one for one in said)
    lines = [f"{place},{at}" for at, place in enumerate(PLACES)]
    draft = propose_study([put(tmp_path, "labs", "\n".join(["place,value", *lines]))], gazetteer=SHIPPED)
    assert any("it is called labs" in str(one.said) for one in draft.assumed)


@pytest.mark.parametrize("shape", ["wide", "long"])
def test_an_indicator_that_is_the_sum_of_others_is_not_scored_beside_them(shape, tmp_path):
    parts = {"发明": [5, 3, 8, 1, 9, 4], "新型": [2, 7, 1, 8, 2, 8], "外观": [1, 4, 1, 5, 9, 2]}
    table = pd.DataFrame(
        {"place": PLACES, **parts, "专利合计": np.sum([*parts.values()], axis=0), "研发": [3, 1, 4, 1, 5, 9]}
    )
    if shape == "long":
        table = table.melt("place", var_name="indicator", value_name="value")
    table.to_csv(tmp_path / "patents.csv", index=False)
    draft = propose_study([tmp_path / "patents.csv"], gazetteer=SHIPPED)
    assert sorted(draft.tables["framework.csv"]["indicator"]) == sorted([*parts, "研发"])
    assert "got 专利合计, the sum of 发明, 新型, 外观; not scored" in told(draft)
    framework = pd.DataFrame({"indicator": [*parts, "专利合计", "研发"], "direction": 1})
    framework.to_csv(tmp_path / "framework.csv", index=False)
    draft = propose_study([tmp_path / "patents.csv", tmp_path / "framework.csv"], gazetteer=SHIPPED)
    assert len(draft.tables["framework.csv"]) == 5
    assert "scored beside them, as the framework says" in told(draft)


def test_sums_are_found_through_rounding_units_and_misprints():
    draw = np.random.default_rng(4).uniform(5, 90, (60, 4)).round(1)
    wide = pd.DataFrame(draw, columns=list("abcd"))
    wide["all"] = (wide["a"] + wide["b"] + wide["d"]).round(0)
    wide.loc[7, "all"] += 40
    assert find_sums(wide, {}) == {"all": (["a", "b", "d"], [7])}
    assert find_sums(wide, {"all": "yuan"}) == {}
    wide.loc[:9, "all"] += 40
    assert find_sums(wide, {}) == {}
    assert named_totals(wide[["a"]].assign(total_b=300.0, c=2.0), {}, {}) == ["total_b"]


def test_a_total_by_name_alone_is_doubted(tmp_path):
    lines = [f"{place},{at + 20 + at % 2},{at},{at * at % 7}" for at, place in enumerate(PLACES, 1)]
    draft = propose_study([put(tmp_path, "staff", "\n".join(["place,total,rd,labs", *lines]))], gazetteer=SHIPPED)
    assert "got total, which by name and size may hold the others" in told(draft)
    assert len(draft.tables["framework.csv"]) == 3


def test_cells_of_margins_that_stand_in_one_table_alone_are_named(tmp_path):
    files = []
    for side in ("sold", "bought"):
        lines = [f"{place},{year},{at + year % 10 + 1}" for at, place in enumerate(PLACES) for year in YEARS]
        if side == "sold":
            lines[4] = f"{PLACES[1]},2020,"
        files.append(put(tmp_path, f"contracts_{side}", "\n".join(["place,year,value", *lines])))
    draft = propose_study(files, gazetteer=SHIPPED)
    assert "got some in one alone, left out of totals: 上海 2020" in told(draft)
    # what is said of indicators is taken back with them
    assert not [one for one in draft.assumed if one.key.startswith(("tables.indicators", "tables.framework"))]


def test_a_second_table_of_one_side_is_said_to_be_scored(tmp_path):
    lines = [f"{place},{year},{at + year % 10 + 1}" for at, place in enumerate(PLACES) for year in YEARS]
    names = ("contracts_sold", "contracts_bought", "other_sold")
    files = [put(tmp_path, name, "\n".join(["place,year,value", *lines])) for name in names]
    alone = propose_study([files[0], files[2]], gazetteer=SHIPPED)
    assert "one more" not in told(alone)
    draft = propose_study(files, gazetteer=SHIPPED)
    assert "got one more; flows are estimated from contracts_sold.csv, and what this table holds is scored" in told(
        draft
    )
    assert draft.tables["indicators.csv"]["value"].size == len(lines)


def test_chinese_sentences_of_init_have_no_space_beside_digits(tmp_path):
    draft = propose_study([written(tmp_path, "years", "csv")], gazetteer=SHIPPED)
    lines = [one.in_("zh") for one in (*draft.understood, *(fault.said for fault in draft.unused))]
    lines += [one.said.in_("zh") for one in draft.assumed]
    assert lines
    for line in lines:
        # names as they stand in the file apart
        bare = re.sub(r"“[^”]*”|等\d+个", "", line)
        assert not re.search(r"\d [\u4e00-\u9fff]|  ", bare), line
