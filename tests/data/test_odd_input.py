"""Odd files, cells and arguments give the right result or one line that says how to mend them, never a traceback."""

import math

import pandas as pd
import pytest

from innoscape.data import (
    Gazetteer,
    InnoscapeWarning,
    OptionError,
    TableError,
    contract_flows,
    copatent_flows,
    place_addresses,
    read_frame,
    read_indicators,
    read_records,
)

SHIPPED = Gazetteer.shipped()
HEADER = "公开号,申请人,申请日,申请人地址\n"
PATENT = HEADER + "C1,甲,2019,北京市\n"
REGISTER = "合同编号,卖方名称,卖方地区,买方名称,买方地区,成交额（万元）,签订日期\n"


def put(folder, name, text, encoding="utf-8"):
    file = folder / name
    file.write_text(text, encoding=encoding)
    return file


AMOUNTS = [
    ("1,200.5", 1200.5), ("1,234,567", 1234567), ("12,3456", 123456), ("¥1,200", 1200), ("1，200", 1200),
    ("1,200万元", 1200), ("5亿", 50000), ("-3", -3), ("1,5", None), ("1.234,5", None), ("1e999", None), ("", None),
]  # fmt: skip


def test_commas_are_read_where_they_part_groups_of_digits_alone(tmp_path):
    rows = [f'{n},甲,北京,乙,上海,"{written}",2019' for n, (written, _) in enumerate(AMOUNTS)]
    file = put(tmp_path, "register.csv", REGISTER + "\n".join(rows) + "\n")
    with pytest.warns(InnoscapeWarning, match="3 cells in 成交额（万元） cannot be read, such as 1,5"):
        read = read_records(file, "cn_contracts", gazetteer=SHIPPED, level="province")
    assert [None if math.isnan(one) else one for one in read["amount"]] == [wanted for _, wanted in AMOUNTS]


def test_a_share_with_a_decimal_comma_is_not_ten_times_as_large(tmp_path):
    header = "app_nbr|appln_id|person_id|inv_name|reg_code|ctry_code|reg_share|inv_share\n"
    file = put(tmp_path, "regpat.txt", header + "E1|1|1|A|DE300|DE|1|0,5\nE1|1|2|B|FR101|FR|1|0.5\n")
    assert read_records(file, "regpat")["share"].tolist() == [0.5, 0.5]


def test_a_further_table_without_a_known_column_is_refused(tmp_path):
    members = put(tmp_path, "members.csv", "projectID;organisationID;name;country;nutsCode\n1;2;A;DE;DE300\n")
    with pytest.raises(TableError, match=r"patents.csv: needed a number to join by \(projectID, id\)"):
        read_records(members, "cordis", beside=put(tmp_path, "patents.csv", PATENT))


def test_the_nearest_header_is_one_that_no_other_column_takes(tmp_path):
    file = put(tmp_path, "patents.csv", PATENT.replace("申请人,", "申请仁,"))
    with pytest.raises(TableError, match='"申请仁" may be it'):
        read_records(file, "cn_patents", gazetteer=SHIPPED)


@pytest.mark.parametrize("content", [PATENT, "a,b\n1,2\n"])
def test_utf_16_without_its_mark_is_no_text(tmp_path, content):
    file = put(tmp_path, "export.csv", content, "utf-16-le")
    with pytest.raises(TableError, match="needed text in UTF-8, UTF-16, GB18030 or Big5, got bytes of none"):
        read_frame(file)
    with pytest.raises(TableError, match="needed text in UTF-8, UTF-16, GB18030 or Big5, got bytes of none") as raised:
        read_records(file, "cn_patents", gazetteer=SHIPPED)
    assert len(raised.value.faults) == 1


DEAL = pd.DataFrame({"seller": ["北京"], "buyer": ["上海"], "amount": [1], "date": ["2019"], "contract": [1]})
ARGUMENTS = {
    "path: needed a path": lambda _: read_records(5, "cn_patents"),
    "gazetteer: needed a Gazetteer, got str": lambda file: read_records(file, "cn_patents", gazetteer="china"),
    "to: needed a file .parquet": lambda file: read_records(file, "cn_patents", to=file.with_name("out.csv")),
    "choose: needed a mapping": lambda file: read_indicators(file, choose="PC"),
    "separator: needed a mark": lambda _: copatent_flows(DEAL, separator=5),
    "names: needed a list": lambda _: SHIPPED.resolve("北京"),
    "addresses: needed a list": lambda _: place_addresses("北京市", SHIPPED),
    "table: needed a DataFrame, got str": lambda _: Gazetteer.from_table("places.csv"),
}


@pytest.mark.parametrize("said", ARGUMENTS)
def test_arguments_of_another_kind_are_named(said, tmp_path):
    with pytest.raises(OptionError, match=said):
        ARGUMENTS[said](put(tmp_path, "patents.csv", PATENT))


def test_places_that_are_no_table_are_named():
    with pytest.raises(TableError, match="places, column place: needed a column place, got str"):
        contract_flows(DEAL, places="places.csv")


ODD_UNITS = {
    "row 2, column lon: needed degrees from -180 to 180, got 999": {"place": ["A"], "lon": [999], "lat": [5]},
    "row 3, column lat: needed degrees from -90 to 90, got 95": {"place": ["A", "B"], "lat": [5, 95]},
    "not before the first, got 2010 to 2000": {"place": ["A"], "valid_from": [2010], "valid_to": [2000]},
}


@pytest.mark.parametrize("said", ODD_UNITS)
def test_units_of_a_gazetteer_stand_on_the_globe_and_in_time(said):
    with pytest.raises(TableError, match=said):
        Gazetteer.from_table(pd.DataFrame(ODD_UNITS[said]))


def test_a_gazetteer_has_each_column_once_and_aliases_with_any_blanks():
    with pytest.raises(TableError, match="column place: needed every column once"):
        Gazetteer.from_table(pd.DataFrame([["A", "B"]], columns=["place", "place"]))
    units = Gazetteer.from_table(pd.DataFrame({"place": ["A"], "aliases": ["甲;乙 ; 丙"]}))
    assert units.resolve(["甲", "乙", "丙"])["place"].tolist() == ["A", "A", "A"]


def test_a_joined_gazetteer_keeps_the_points_and_codes_of_both():
    world = Gazetteer.world()
    joined = Gazetteer.china() + world
    found = joined.resolve(["CN", "CHN", "中国", "BR", "BRA"])
    assert found["place"].tolist() == ["China", "China", "China", "Brazil", "Brazil"]
    points = joined.table.set_index("place").loc[["China", "Brazil", "Colombia", "Iceland"], ["lon", "lat"]]
    assert points.round().to_numpy().tolist() == [[116, 40], [-48, -16], [-74, 5], [-22, 64]]
