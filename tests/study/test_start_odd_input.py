"""A study that is begun from odd files loses nothing without a word: amounts, rows, units, places, kinds."""

import re
import warnings

import pandas as pd
import pytest
from samples import command

from innoscape.data import TableError
from innoscape.study import start_study
from innoscape.study.start.locate_places import usual_gazetteer

CONTRACTS = "合同编号,卖方名称,卖方地区,买方名称,买方地区,成交额（万元）,签订日期\n"
SOUND = ["1,甲,北京市,乙,上海,100,2019", "2,丙,武汉,乙,上海,50,2019", "3,丙,武汉,乙,西安,70,2019"]


@pytest.fixture(scope="module")
def known():
    return usual_gazetteer()


def begun(folder, known, **texts):
    """Start a study from files, and return its draft and the folder."""
    files = []
    for name, content in texts.items():
        files.append(folder / f"{name}.csv")
        files[-1].write_text(content, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return start_study(files, folder / "mine", gazetteer=known), folder / "mine"


def lines(rows):
    return CONTRACTS + "\n".join(rows) + "\n"


def told(draft):
    return "\n".join(map(str, (*draft.unused, *draft.doubts)))


def test_amounts_that_are_not_added_and_numbers_that_differ_are_told(tmp_path, known):
    rows = [*SOUND, "4,甲,北京,乙,上海,-900,2019", "1,甲,北京市,乙,上海,7777,2019"]
    draft, _ = begun(tmp_path, known, register=lines(rows))
    assert "amounts that are not added: 1 negative" in told(draft)
    assert "several rows that differ; all rows count: 1 (2)" in told(draft)


def test_rows_without_a_number_that_agree_all_count(tmp_path, known):
    rows = [row.partition(",")[2] for row in SOUND] * 2
    text = CONTRACTS.partition(",")[2] + "\n".join(rows)
    _, folder = begun(tmp_path, known, register=text)
    assert pd.read_csv(folder / "contracts.csv")["value"].sum() == 440


def test_numbered_rows_of_two_files_that_agree_count_once_and_are_told(tmp_path, known):
    draft, folder = begun(tmp_path, known, one=lines(SOUND), two=lines(SOUND[:1]))
    assert pd.read_csv(folder / "contracts.csv")["value"].sum() == 220
    assert "1 that stand in several; they count once" in told(draft)


def test_a_register_of_provinces_is_placed_by_province(tmp_path, known):
    rows = ["1,甲,广东省,乙,江苏省,1,2019", "2,甲,北京,乙,湖北,2,2019", "3,甲,吉林,乙,广东,3,2019"]
    _, folder = begun(tmp_path, known, register=lines(rows))
    flows = pd.read_csv(folder / "contracts.csv").set_index(["source", "target"])["value"]
    assert flows.to_dict() == {("北京", "湖北"): 2, ("吉林", "广东"): 3, ("广东", "江苏"): 1}
    assert set(pd.read_csv(folder / "places.csv")["place"]) == {"北京", "吉林", "广东", "江苏", "湖北"}


def test_a_table_of_organizations_places_who_has_no_address(tmp_path, known):
    patents = "公开号,申请人,申请日\nC1,甲;乙,2019\nC2,甲;丙,2019\n"
    with pytest.raises(TableError, match="add the column, or a table of organizations"):
        begun(tmp_path, known, patents=patents)
    homes = "organization,place\n甲,北京\n乙,上海\n丙,武汉\n"
    draft, folder = begun(tmp_path, known, patents=patents, organizations=homes)
    assert len(pd.read_csv(folder / "patents.csv")) == 2
    assert not draft.unused


def test_amounts_in_several_units_are_refused(tmp_path, known):
    text = "contract,seller,buyer,amount,unit,date\n1,北京,上海,9,yuan,2019\n2,上海,武汉,5,10000 yuan,2019\n"
    with pytest.raises(TableError, match="column unit: needed one unit of amounts, got several: yuan, 10000 yuan"):
        begun(tmp_path, known, register=text)


def test_a_row_without_a_share_is_told_and_the_others_keep_theirs(tmp_path, known):
    text = (
        "app_nbr|appln_id|person_id|inv_name|reg_code|ctry_code|reg_share|inv_share\n"
        "E1|1|1|A|DE300|DE|1|0.5\nE1|1|2|B|FR101|FR|1|0.5\nE2|2|3|C|ES300|ES|1|\nE2|2|4|D|ITI43|IT|1|0.5\n"
    )
    draft, folder = begun(tmp_path, known, regpat=text)
    assert pd.read_csv(folder / "regpat.csv")["value"].tolist() == [0.25]
    assert re.search("1 patent records have no share from 0 to 1", told(draft))


FLOWS = "source,target,value\n"


def test_rows_of_totals_stand_apart_and_are_told(tmp_path, known):
    flows = FLOWS + "北京,全国,100\n北京,上海,5\n上海,武汉,3\n武汉,北京,2\n"
    draft, folder = begun(tmp_path, known, flows=flows)
    assert "1 row of a total (全国) kept apart" in str(draft.understood[0])
    assert pd.read_csv(folder / "flows.csv")["value"].sum() == 10


def test_flows_without_a_kind_are_a_network_of_their_own(tmp_path, known):
    flows = "source,target,value,kind\n北京,上海,5,a\n上海,武汉,3,b\n武汉,北京,2,\n"
    _, folder = begun(tmp_path, known, flows=flows)
    assert pd.concat(map(pd.read_csv, folder.glob("flows*.csv")))["value"].sum() == 10


def test_flows_of_nothing_are_said_to_be_none(tmp_path, known):
    with pytest.raises(TableError, match="column value: needed flows above 0 between two places, got none among 2"):
        begun(tmp_path, known, flows=FLOWS + "北京,上海,0\n上海,武汉,0\n")


def test_a_column_that_stands_twice_is_named_once(tmp_path, known):
    with pytest.raises(TableError) as raised:
        begun(tmp_path, known, cities="城市,rd,rd\n北京,9,8\n上海,7,6\n武汉,3,4\n")
    (first,) = raised.value.faults
    assert str(first).startswith("cities.csv, column rd: needed one column of this name, got 2, the columns 2, 3")


def test_places_that_are_not_scored_or_read_by_another_name_are_told(tmp_path, known):
    cities = "city,rd,p\n北京,9,8\n上海,7,6\n武汉,3,4\n南京,—,…\n襄樊,1,2\n"
    draft, _ = begun(tmp_path, known, cities=cities)
    assert draft.content["index"]["units"] == ["上海", "北京", "武汉", "襄阳"]
    assert "got less for 南京; not scored" in told(draft)
    assert "cities.csv: names of other years read as those of today: 襄樊 as 襄阳" in map(str, draft.understood)


def test_places_of_one_table_of_totals_alone_are_told(tmp_path, known):
    sold = "地区,value\n北京,50\n上海,30\n武汉,10\n西安,0\n"
    draft, _ = begun(tmp_path, known, sold=sold, bought=sold.replace("西安,0\n", ""))
    assert "here and in sold.csv, got some in one alone, left out of totals: 西安" in told(draft)


def test_an_export_in_sdmx_becomes_indicators_or_says_what_to_choose(tmp_path, known):
    header = "DATAFLOW,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    rows = [f"X,EUR,{code},2019,{value}," for value, code in enumerate(["DE", "FR", "IT", "BR", "CN"])]
    draft, _ = begun(tmp_path, known, rd=header + "\n".join(rows) + "\n")
    assert draft.content["index"]["units"] == ["Brazil", "China", "France", "Germany", "Italy"]
    with pytest.raises(TableError, match="column unit: needed one value of unit, got 2: EUR, PC"):
        begun(tmp_path / "mine", known, rd=header + "\n".join([*rows, "X,PC,DE,2019,7,"]) + "\n")


def test_a_mistyped_file_is_not_taken_for_the_folder(tmp_path, monkeypatch, capsys):
    file = tmp_path / "flows.csv"
    file.write_text(FLOWS + "北京,上海,5\n上海,武汉,3\n", encoding="utf-8")
    code, error = command(monkeypatch, capsys, "init", "--from", file, tmp_path / "cots.csv")
    assert code == 2
    assert "the last name, got 'cots.csv', a file that is not there" in error
    assert not (tmp_path / "cots.csv").exists()


def test_flows_without_a_row_are_refused_by_what_they_lack(tmp_path, known):
    with pytest.raises(TableError, match=r"flows\.csv.*: needed"):
        begun(tmp_path, known, flows="source,target,value\n")


@pytest.mark.parametrize("column", ["place", "lon"])
def test_a_list_in_a_cell_of_a_table_to_begin_with_is_named(tmp_path, known, column):
    table = pd.DataFrame({"place": ["北京", "上海"], "indicator": "rd", "value": [1, 2], "lon": [1.0, 2.0]})
    if column == "lon":
        table = table.drop(columns=["indicator", "value"]).assign(lat=[30.0, 31.0])
    table[column] = [[cell] for cell in table[column].tolist()]
    table.to_parquet(tmp_path / "odd.parquet")
    with pytest.raises(TableError, match=rf"odd\.parquet, rows? 2.*, column {column}: needed .* got \["):
        start_study([tmp_path / "odd.parquet"], tmp_path / "mine", gazetteer=known)
