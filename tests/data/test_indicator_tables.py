"""SDMX-CSV tables are read as indicators, one code of every dimension at a time, and no row is lost."""

import re
import warnings

import pandas as pd
import pytest

from innoscape.data import (
    Gazetteer,
    InnoscapeWarning,
    OptionError,
    TableError,
    check_table,
    read_indicators,
    read_records,
    synthetic_export,
)

HEAD = "DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
ROW = "ESTAT:RD_E(1.0),01/02/24,A,{unit},{geo},{year},{value},{flag}"


def row(geo="DE", year="2019", value="1.5", flag="", unit="MIO_EUR"):
    return ROW.format(geo=geo, year=year, value=value, flag=flag, unit=unit)


def write(folder, rows, head=HEAD, name="rd.csv", encoding="utf-8"):
    (folder / name).write_text("\n".join([head, *rows, ""]), encoding=encoding)
    return folder / name


def read(file, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = read_indicators(file, **options)
    assert all(isinstance(one.message, InnoscapeWarning) for one in caught)
    assert all(re.search(r"[\u4e00-\u9fff]", one.message.said.in_("zh")) for one in caught)
    account = dict(table.attrs["account"])
    assert account.pop("rows") == sum(account.values())
    assert account["records"] == len(table)
    return table, [str(one.message) for one in caught]


def test_a_synthetic_table_is_read_cell_by_cell(tmp_path):
    held = synthetic_export(tmp_path / "rd.csv", "sdmx", records=300, seed=4)
    table, _ = read(tmp_path / "rd.csv", choose={"unit": ["MIO_EUR", "PC_GDP"]})
    pd.testing.assert_frame_equal(table, held, check_dtype=False)
    assert table.attrs["account"]["blank"] == 300 - len(held)
    one, _ = read(tmp_path / "rd.csv", choose={"unit": "PC_GDP"}, indicator="spending")
    assert one["value"].tolist() == held.loc[held["unit"] == "PC_GDP", "value"].tolist()
    assert set(one["indicator"]) == {"spending"}
    assert check_table(one, "indicators") is not None


def test_a_dimension_of_several_codes_must_be_chosen_and_is_never_summed(tmp_path):
    rows = [row(unit="MIO_EUR"), row(unit="PPS", value="2")]
    head = HEAD.replace("freq", "freq,sex")
    rows = [one.replace(",A,", f",A,{sex},") for one in rows for sex in "FMT"]
    with pytest.raises(TableError) as caught:
        read_indicators(write(tmp_path, rows, head))
    assert [fault.column for fault in caught.value.faults] == ["unit", "sex"]
    assert "got 3: F, M, T; keep the rows of one in the file" in str(caught.value.faults[1])
    table, _ = read(tmp_path / "rd.csv", choose={"SEX": "T", "unit": "PPS"})
    assert table[["indicator", "value", "unit"]].to_numpy().tolist() == [["rd_e", 2.0, "PPS"]]
    assert table.attrs["account"]["unchosen"] == 5
    for choose, match in (({"sexx": "T"}, "did you mean 'sex'"), ({"sex": "TT"}, r"choose\['sex'\]: needed one of")):
        with pytest.raises(OptionError, match=match):
            read_indicators(tmp_path / "rd.csv", choose=choose)


def test_flags_give_a_status_and_cells_without_a_value_are_counted_by_flag(tmp_path):
    cells = [("1", "p"), ("2", "e"), ("3 be", ""), (":", "c"), (": u", ""), ("", ":"), ("1,5", ""), ("x", "")]
    rows = [row(f"D{at}", value=f'"{value}"', flag=flag) for at, (value, flag) in enumerate(cells)]
    table, told = read(write(tmp_path, rows))
    assert table[["value", "status"]].to_numpy().tolist() == [[1, "observed"], [2, "estimated"], [3, "estimated"]]
    assert table["flag"].tolist() == ["p", "e", "be"]
    assert table.attrs["blank"] == {":": 1, "c": 1, "u": 1}
    assert table.attrs["flags"] == {"be": 1, "e": 1, "p": 1}
    assert any("2 rows are left out whose value is no number: 1,5, x" in one for one in told)


def test_periods_other_than_years_are_left_out_with_their_number(tmp_path):
    rows = [row(year=year) for year in ("2019", "2019-Q1", "2019-01", "43466", "")]
    table, told = read(write(tmp_path, rows))
    assert table["year"].tolist() == [2019]
    assert table.attrs["rejected"]["period"]["rows"] == 4
    assert any("4 rows are left out whose period is no year: 2019-Q1, 2019-01, 43466" in one for one in told)


def test_places_are_codes_as_written_or_of_a_level_or_of_a_gazetteer(tmp_path):
    rows = [row(geo) for geo in ("DE", "DE2", "DE21", "DE212", "EU27_2020", "EA20", "EL")]
    file = write(tmp_path, rows)
    assert len(read(file)[0]) == 7
    kept = {level: read(file, level=level)[0]["place"].tolist() for level in ("country", "nuts1", "nuts2", "nuts3")}
    assert kept == {"country": ["DE", "EL"], "nuts1": ["DE2"], "nuts2": ["DE21"], "nuts3": ["DE212"]}
    known = Gazetteer.from_table(pd.DataFrame({"place": ["Bavaria"], "code": ["DE2"]}))
    table, told = read(file, gazetteer=known)
    assert table["place"].tolist() == ["Bavaria"]
    assert table.attrs["account"]["unplaced"] == 6
    assert any("6 of 7 parties have no place" in one for one in told)


@pytest.mark.parametrize("labels", ["codes", "behind", "beside"])
def test_both_versions_are_read_with_codes_and_with_labels(labels, tmp_path):
    names = ["REF_AREA", "MEASURE", "UNIT_MEASURE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT"]
    said = ["Reference area", "Measure", "Unit of measure", "Time", "Value", "Status", "Multiplier"]
    cells, meant = (
        ["DEU", "G", "USD", "2019", "1.5", "E", "6"],
        ["Germany", "GERD: all", "US dollar", "", "", "Estimated", "Millions"],
    )
    head, first = ["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["DATAFLOW", "OECD.STI:DSD_MSTI@DF_MSTI(1.3)", "I"]
    if labels == "behind":
        names = [f"{a}: {b}" for a, b in zip(names, said, strict=True)]
        cells = [f"{a}: {b}" if b else a for a, b in zip(cells, meant, strict=True)]
        first[1] += ": Main indicators"
    if labels == "beside":
        names = [one for both in zip(names, said, strict=True) for one in both]
        cells = [one for both in zip(cells, meant, strict=True) for one in both]
        head[2:2], first[2:2] = ["STRUCTURE_NAME"], ["Main indicators"]
    file = write(tmp_path, [";".join([*first, *cells])], ";".join([*head, *names]))
    table, _ = read(file)
    assert table.to_numpy().tolist() == [["DEU", "df_msti", 1.5e6, 2019, "USD", "estimated", "E"]]
    assert table.attrs["dimensions"]["MEASURE"] == ["G"]


def test_two_values_of_one_place_and_year_are_refused_and_repeats_count_once(tmp_path):
    table, told = read(write(tmp_path, [row(), row()]))
    assert table.attrs["account"]["repeated"] == 1
    assert any("1 rows repeat another" in one for one in told)
    with pytest.raises(TableError, match="got several of 1, such as DE 2019"):
        read_indicators(write(tmp_path, [row(), row(value="2")]))


def test_records_and_indicators_each_name_the_other_reader(tmp_path):
    file = write(tmp_path, [row()])
    with pytest.raises(OptionError, match="use read_indicators"):
        read_records(file, "sdmx")
    with pytest.raises(OptionError, match="use read_records"):
        read_indicators(file, "regpat")
