"""Tables read the same whatever file they come in, and unreadable files say why."""

import tempfile
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape import data

TABLE = "source,target,value\n北京,天津,3056\n北京,河北,4277\n"
PLACES = pd.DataFrame({"place": ["北京", "天津"], "lon": [116.4, 117.2], "lat": [39.9, 39.1]})


def only_fault(path, contract="flows", **options):
    with pytest.raises(data.TableError) as caught:
        data.read_table(path, contract, **options)
    assert len(caught.value.faults) == 1, str(caught.value)
    return caught.value.faults[0]


def save(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def assert_flows(frame):
    assert frame.to_numpy().tolist() == [["北京", "天津", 3056.0], ["北京", "河北", 4277.0]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_file_is_read_in_any_marked_or_usual_encoding(tmp_path, encoding):
    assert_flows(data.read_table(save(tmp_path / "flows.csv", TABLE.encode(encoding)), "flows", strict=True))


@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
def test_a_chinese_encoding_is_read_with_a_warning(tmp_path, encoding):
    file = save(tmp_path / "flows.csv", TABLE.encode(encoding))
    with pytest.warns(data.InnoscapeWarning, match="flows.csv is not UTF-8 and was read as GB18030"):
        assert_flows(data.read_table(file, "flows"))
    with pytest.raises(data.TableError, match="GB18030"):
        data.read_table(file, "flows", strict=True)


@pytest.mark.parametrize(("name", "separator"), [("f.csv", ";"), ("f.csv", "\t"), ("f.tsv", "\t"), ("f.txt", ",")])
def test_the_separator_is_recognized(tmp_path, name, separator):
    assert_flows(data.read_table(save(tmp_path / name, TABLE.replace(",", separator)), "flows"))


def test_line_ends_of_windows_and_blank_lines_at_the_end_do_not_matter(tmp_path):
    content = TABLE.replace("\n", "\r\n") + "\r\n\r\n,,\r\n"
    assert_flows(data.read_table(save(tmp_path / "flows.csv", content), "flows"))


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    fault = only_fault(save(tmp_path / "flows.csv", TABLE.replace("4277", "-4277")))
    assert (fault.where, fault.row, fault.column, str(fault.got)) == ("flows.csv", 3, "value", "-4277")


def test_a_quoted_cell_may_hold_the_separator_and_a_line_end(tmp_path):
    content = 'source,target,value,unit\n北京,天津,1,"a, b\nc"\n北京,河北,x,d\n'
    assert only_fault(save(tmp_path / "flows.csv", content)).row == 3


def test_nothing_is_taken_for_missing_but_an_empty_cell(tmp_path):
    fault = only_fault(save(tmp_path / "flows.csv", TABLE.replace("4277", "NA")))
    assert (str(fault.needed), str(fault.got)) == ("a number", "NA")
    kept = data.read_table(save(tmp_path / "named.csv", TABLE.replace("河北", "NA")), "flows")
    assert kept["target"].tolist() == ["天津", "NA"]


def test_parquet_and_excel_give_the_same_table(tmp_path):
    frame = data.read_table(save(tmp_path / "flows.csv", TABLE), "flows")
    frame.to_parquet(tmp_path / "flows.parquet")
    frame.to_excel(tmp_path / "flows.xlsx", index=False)
    for name in ("flows.parquet", "flows.xlsx"):
        pd.testing.assert_frame_equal(data.read_table(tmp_path / name, "flows"), frame)


def test_a_sheet_is_chosen_by_name(tmp_path):
    path = tmp_path / "study.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"note": ["read me"]}).to_excel(book, sheet_name="about", index=False)
        PLACES.to_excel(book, sheet_name="places", index=False)
    assert data.read_table(path, "places", sheet="places")["place"].tolist() == ["北京", "天津"]
    assert "about, places" in str(only_fault(path, "places", sheet="place").needed)


def test_a_sheet_is_refused_where_there_is_none(tmp_path):
    with pytest.raises(data.OptionError, match="no sheets"):
        data.read_table(save(tmp_path / "flows.csv", TABLE), "flows", sheet="a")


@pytest.mark.parametrize("crs", [4326, 3857, 32650])
def test_points_of_a_geopackage_become_degrees(tmp_path, crs):
    points = gpd.points_from_xy(PLACES["lon"], PLACES["lat"], crs=4326)
    layer = gpd.GeoDataFrame(PLACES[["place"]], geometry=points).to_crs(crs)
    layer.to_file(tmp_path / "places.gpkg", layer="places")
    read = data.read_table(tmp_path / "places.gpkg", "places")
    assert read["lon"].tolist() == pytest.approx([116.4, 117.2], abs=1e-7)
    assert read["lat"].tolist() == pytest.approx([39.9, 39.1], abs=1e-7)
    assert "geometry" not in read


def test_a_geopackage_of_areas_is_refused(tmp_path):
    points = gpd.points_from_xy(PLACES["lon"], PLACES["lat"], crs=3857)
    gpd.GeoDataFrame(PLACES[["place"]], geometry=points.buffer(1)).to_file(tmp_path / "areas.gpkg")
    fault = only_fault(tmp_path / "areas.gpkg", "places")
    assert (str(fault.needed), str(fault.got)) == ("points", "Polygon")


def test_names_are_matched_with_the_places_given(tmp_path):
    path = save(tmp_path / "flows.csv", "source,target,value\n北京市,天津,1\n")
    read = data.read_table(path, "flows", places=PLACES)
    assert read.attrs["matches"] == [("北京市", "北京", "normalized")]


def test_strict_reaches_the_table(tmp_path):
    path = save(tmp_path / "flows.csv", "source,target,value\n北京,北京,1\n")
    with pytest.warns(data.InnoscapeWarning, match="flows.csv, row 2"):
        data.read_table(path, "flows")
    assert only_fault(path, strict=True).row == 2


@pytest.mark.parametrize(
    ("name", "content", "got"),
    [
        ("flows.csv", b"source,target,value\n\xff\xff,\xff,1\n", "bytes of none of them"),
        ("flows.csv", b"PK\x03\x04\x00\x00\x00", "bytes of none of them"),
        ("flows.csv", b"", "an empty file"),
        ("flows.csv", b"\n\n", "an empty file"),
        ("flows.csv", b"source,target,value\n", "an empty table"),
        ("flows.csv", b"source,target,value\na,b,1\na,c,1,2\n", "4 cells"),
        ("flows.csv", b'source,target,value\na,"b,1\n', "Error tokenizing data"),
        ("flows.doc", b"source,target,value\n", '".doc"'),
        ("flows.parquet", b"no parquet", ""),
        ("flows.xlsx", b"no workbook", ""),
        ("flows.gpkg", b"no database", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(tmp_path, name, content, got):
    fault = only_fault(save(tmp_path / name, content))
    assert fault.where == name
    assert got in str(fault.got)
    assert str(fault.fix)


def test_a_long_row_is_named(tmp_path):
    assert only_fault(save(tmp_path / "flows.csv", TABLE + "a,b,1,2\n")).row == 4


def test_a_repeated_column_is_refused_not_renamed(tmp_path):
    fault = only_fault(save(tmp_path / "flows.csv", "source,target,value,value\na,b,1,2\n"))
    assert str(fault.got) == '"value" 2 times'


def test_a_missing_file_or_a_folder_is_one_fault(tmp_path):
    assert "nothing at" in str(only_fault(tmp_path / "none.csv").got)
    assert str(only_fault(tmp_path).got) == "a folder"


def test_a_name_that_looks_like_markup_stays_text(tmp_path):
    content = 'source,target,value\n<script>alert(1)</script>,"a ""b""",1\n'
    read = data.read_table(save(tmp_path / "flows.csv", content), "flows")
    assert read.loc[0, ["source", "target"]].tolist() == ["<script>alert(1)</script>", 'a "b"']


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=60),
        st.text(alphabet='source,target,value\n\r"北京;\t-1.e', max_size=60).map(str.encode),
        st.text(alphabet='\n\r",a北1- ', max_size=40).map(lambda text: f"source,target,value\n{text}".encode()),
    )
)
def test_any_bytes_give_a_table_or_faults(content):
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", data.InnoscapeWarning)
        path = save(Path(folder, "flows.csv"), content)
        try:
            read, found = data.read_table(path, "flows", places=PLACES), ()
        except data.TableError as error:
            read, found = None, error.faults
    assert (read is None) == bool(found)
    assert read is None or (read["value"].ge(0).all() and set(read["source"]) <= set(PLACES["place"]))
