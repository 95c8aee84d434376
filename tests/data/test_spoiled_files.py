"""Files that hold little and ask for much, and what no table can be read from."""

import csv
import os

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from innoscape import data

HEADER = ["place", "lon", "lat"]
AXES = 'AXIS["a",east,ORDER[1]],AXIS["b",north,ORDER[2]],LENGTHUNIT["metre",1]'
ENGINEERING = f'ENGCRS["site",EDATUM["peg"],CS[Cartesian,2],{AXES}]'


def workbook(path, cell):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["A", 1, 2])
    book.active[cell] = "x"
    book.save(path)
    return path


def layer(path, point, crs, **columns):
    gpd.GeoDataFrame({"place": ["A"], **columns}, geometry=[point], crs=crs).to_file(path)
    return path


def said(path, contract="places", **options):
    with pytest.raises(data.TableError) as caught:
        data.read_table(path, contract, **options)
    return str(caught.value).splitlines()


BELOW = "alone below empty rows; the last filled row above is 2"
BEYOND = "alone beyond empty columns; the last filled column before is number 3"


@pytest.mark.parametrize(
    ("cell", "words"), [("A1048576", [BELOW]), ("XFD2", [BEYOND]), ("XFD1048576", [BELOW, BEYOND])]
)
def test_a_cell_far_from_the_table_is_named(tmp_path, cell, words):
    lines = said(workbook(tmp_path / "t.xlsx", cell))
    assert len(lines) == len(words)
    for line, word in zip(lines, words, strict=True):
        assert f"got {cell} of sheet Sheet {word}" in line


def test_a_gap_of_a_usual_size_is_read(tmp_path):
    assert "898 rows" in said(workbook(tmp_path / "t.xlsx", "E900"))[0]


def test_cells_and_rows_have_a_greatest_size(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("place,lon,lat\n" + "x" * (csv.field_size_limit() + 1) + ",1,2\n", encoding="utf-8")
    assert said(path)[0].startswith("t.csv, row 2: needed cells of at most 131072 characters, got a longer one")
    path.write_text("x," * 20_000, encoding="utf-8")
    assert said(path)[0].startswith("t.csv, row 1: needed at most 16384 columns, got 20001")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    assert "got a pipe, a socket or a device" in said(tmp_path / "t.csv")[0]


@pytest.mark.parametrize("name", ["n" * 300 + ".csv", "a\0b.csv"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    assert "needed a readable file" in said(tmp_path / name)[0]


def test_a_path_through_a_file_leads_nowhere(tmp_path):
    (tmp_path / "t.csv").write_text("place,lon,lat\nA,1,2\n", encoding="utf-8")
    assert "nothing at" in said(tmp_path / "t.csv" / "u.csv")[0]


def test_an_index_with_a_name_is_a_column(tmp_path):
    table = pd.DataFrame({"place": ["A", "B"], "lon": [1.0, 2.0], "lat": [3.0, 4.0]})
    table.set_index("place").to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(data.read_table(tmp_path / "t.parquet", "places"), table, check_dtype=False)


def test_points_outside_their_reference_system_are_told(tmp_path):
    assert "the reference system" in said(layer(tmp_path / "a.gpkg", shapely.Point(1, 2), ENGINEERING))[0]
    far = layer(tmp_path / "b.gpkg", shapely.Point(0, 1e12), 3857)
    assert said(far)[0].startswith("b.gpkg, row 2: needed a point inside its reference system")


def test_columns_that_contradict_the_points_are_told(tmp_path):
    path = layer(tmp_path / "c.gpkg", shapely.Point(1, 2), 4326, lon=[100.0], lat=[2.0000001])
    told = "c.gpkg, row 2, column lon: needed the coordinate of the point, 1, got 100"
    assert said(path) == [f"{told}; correct one of them, or drop the column"]
    agreeing = layer(tmp_path / "d.gpkg", shapely.Point(1, 2), 4326, lon=[1.0], lat=[2.0])
    assert data.read_table(agreeing, "places")[["lon", "lat"]].to_numpy().tolist() == [[1.0, 2.0]]


def test_containers_stand_in_so_many_levels_only():
    chain = pd.DataFrame(
        {
            "place": [f"p{i}" for i in range(3000)],
            "lon": 1.0,
            "lat": np.linspace(0, 50, 3000),
            "part_of": [None, *(f"p{i}" for i in range(2999))],
        }
    )
    with pytest.raises(data.TableError, match="needed at most 64 containers around one another") as caught:
        data.check_table(chain, "places")
    assert len(str(caught.value).splitlines()) == 1
    assert len(data.check_table(chain.iloc[:65], "places")) == 65


def test_many_unknown_names_are_one_line_with_one_remedy():
    places = pd.DataFrame({"place": [f"place{i}" for i in range(500)], "lon": 1.0, "lat": np.linspace(0, 50, 500)})
    flows = pd.DataFrame({"source": [f"Place {i}x" for i in range(500)], "target": places["place"], "value": 1.0})
    with pytest.raises(data.TableError, match=r"500 rows .*did you mean place0.*likewise for the others") as caught:
        data.check_table(flows, "flows", places=places)
    assert len(str(caught.value).splitlines()) == 1
