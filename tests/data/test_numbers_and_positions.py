"""What a table says of unreadable numbers, of positions that are probably wrong, and of keys given as numbers."""

import warnings

import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, TableError, check_table, container, match_places, nested_pairs, read_table


def _fixes(*cells: str) -> list[str]:
    costs = pd.DataFrame({"source": "north", "target": [f"city {i}" for i in range(len(cells))], "value": cells})
    with pytest.raises(TableError) as error:
        check_table(costs, "costs")
    return [str(fault.fix) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("cell", "read"),
    [("7,25", "7.25"), ("0,125", "0.125"), ("1.204,5", "1204.5"), ("-3，5", "-3.5"), ("4 011,75", "4011.75")],
)
def test_a_decimal_comma_is_never_advised_to_be_dropped(cell: str, read: str) -> None:
    assert _fixes(cell) == [f"the comma may be a decimal comma: write {read}"]


@pytest.mark.parametrize(
    ("cell", "read"), [("1,204,500", "1204500"), ("1,204.5", "1204.5"), ("1 204", "1204"), ("1.204.500", "1204500")]
)
def test_separators_of_thousands_are_to_be_dropped(cell: str, read: str) -> None:
    assert _fixes(cell) == [f"write the number without thousands separators: {read}"]


def test_other_cells_of_the_column_decide_what_a_comma_before_three_digits_is() -> None:
    assert _fixes("8,125") == ["write 8125 if the comma separates thousands, 8.125 if it is a decimal comma"]
    assert _fixes("8,125", "7,5")[0] == "the comma may be a decimal comma: write 8.125"
    assert _fixes("8,125", "7.5")[0] == "write the number without thousands separators: 8125"
    assert _fixes("8,125", "7.5", "7,5")[0].startswith("write 8125 if")


def test_each_cell_has_advice_of_its_own() -> None:
    assert _fixes("3,5%", "about 4", "7,5", "3,512%") == [
        "write the number alone, 3.5, and its unit in column unit",
        "write a plain number such as 1234.5",
        "the comma may be a decimal comma: write 7.5",
        "write the number alone, 3.512, and its unit in column unit",
    ]


ALPS = pd.DataFrame(
    {
        "place": ["Alba", "Brun", "Cera", "Dorn", "Esel", "Fink"],
        "lon": [7.2, 8.1, 9.4, 10.3, 11.2, 12.1],
        "lat": [46.1, 46.9, 46.4, 47.2, 46.6, 47.0],
    }
)


def _doubts(places: pd.DataFrame) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_table(places, "places", where="places.csv")
    return [str(one.message) for one in caught]


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        (0, 0, "needed the position of the place, got lon 0, lat 0; give its position"),
        (46.2, 7.3, "got lon 46.2, lat 7.3; lon and lat look swapped"),
        (7.3, 0, "needed a position near the other places, got lon 7.3, lat 0; correct the 0"),
    ],
)
def test_a_position_where_nobody_is_is_doubted(lon: float, lat: float, said: str) -> None:
    places = ALPS.assign(lon=ALPS["lon"].where(ALPS.index != 2, lon), lat=ALPS["lat"].where(ALPS.index != 2, lat))
    (doubt,) = _doubts(places)
    assert doubt.startswith("places.csv, row 4, column lon:")
    assert said in doubt
    with pytest.raises(TableError, match="row 4"):
        check_table(places, "places", strict=True)


def test_positions_far_away_are_no_doubt_by_themselves() -> None:
    assert _doubts(ALPS) == []
    assert _doubts(pd.concat([ALPS, pd.DataFrame({"place": ["Isle"], "lon": [55.5], "lat": [-21.1]})])) == []
    world = pd.DataFrame({"place": list("abcdef"), "lon": [0, -70, 140, 25, 116, 31], "lat": [51, 0, 35, 60, 40, -1]})
    assert _doubts(world) == []


def test_a_few_places_have_no_middle_but_may_lie_at_zero() -> None:
    assert _doubts(ALPS.head(2).assign(lon=[46.2, 7.1], lat=[7.3, 46.0])) == []
    assert len(_doubts(ALPS.head(2).assign(lon=[0, 7.1], lat=[0, 46.0]))) == 1


def test_codes_are_the_same_keys_as_numbers_and_as_text(tmp_path) -> None:
    # an empty cell makes the column of containers a column of floats
    coded = pd.DataFrame({"place": [5101, 5102, 51], "part_of": [51, 51, None]})
    assert nested_pairs([5101, 5102.0, "51"], coded) == [("5101", "51"), ("5102", "51")]
    assert container([5101.0, 51], coded, [51]).tolist() == ["51", pytest.approx(float("nan"), nan_ok=True)]
    coded.assign(lon=[103.1, 104.7, 104.0], lat=[30.6, 31.4, 30.9]).to_csv(tmp_path / "places.csv", index=False)
    table = read_table(tmp_path / "places.csv", "places")
    assert table["part_of"].tolist()[:2] == ["51", "51"]
    assert ("51.0", "51", "normalized") in table.attrs["matches"]
    assert match_places([5101.0, "5102.0", "51.5"], coded)["place"].tolist()[:2] == ["5101", "5102"]


def test_the_warning_of_a_position_stands_in_both_languages() -> None:
    with pytest.warns(InnoscapeWarning) as caught:
        check_table(ALPS.head(1).assign(lon=0, lat=0), "places")
    assert "海上" in caught[0].message.said.in_("zh")


def test_years_are_read_as_they_are_written(tmp_path):
    file = tmp_path / "flows.csv"
    file.write_text("source,target,value,year\nA,B,1,2018年\nA,B,2,FY2019\nA,B,3,2020\n", encoding="utf-8")
    assert read_table(file, "flows")["year"].tolist() == [2018, 2019, 2020]
    file.write_text("source,target,value,year\nA,B,1,2016-2020\n", encoding="utf-8")
    with pytest.raises(TableError, match="got 2016-2020; write the year alone, such as 2018"):
        read_table(file, "flows")


def test_several_containers_and_places_without_a_position_are_told_their_columns():
    rows = [
        ["甲", 113.0, 30.0, "乙; 丙", "city"],
        ["乙", 113.0, 31.0, None, "region"],
        ["丙", None, None, None, "region"],
    ]
    table = pd.DataFrame(rows, columns=["place", "lon", "lat", "part_of", "kind"])
    with pytest.raises(TableError) as caught:
        check_table(table, "places", where="places.csv")
    said = str(caught.value).splitlines()
    assert "row 2, column part_of: needed one container, got 乙; 丙; keep the one that wholly contains" in said[0]
    assert all("where the place stands for several, write aggregate as its kind" in line for line in said[1:])
    assert len(said) == 3
