"""Shifted coordinates: against other programs, there and back, and left alone abroad."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from innoscape.data.errors import GeometryError, TableError
from innoscape.geo import from_bd09, from_gcj02, to_bd09, to_gcj02

# longitude, latitude, GCJ-02, BD-09: prcoords 1.0.2 (wgs_gcj, wgs_bd) and coord-convert 0.2.1 (wgs2gcj), which agree
KNOWN = [
    ((116.3972, 39.9075), (116.403443358, 39.908903379), (116.409817068, 39.915244014)),
    ((121.4581, 31.2222), (121.462669556, 31.220293402), (121.469151405, 31.226434202)),
    ((87.6, 43.8), (87.602838972, 43.80121203), (87.609210152, 43.807472508)),
    ((114.0683, 22.5455), (114.073423931, 22.542799083), (114.079960153, 22.548534935)),
    ((105.0, 35.0), (105.003286241, 34.999098632), (105.009666828, 35.005403668)),
]
china = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))
abroad = st.tuples(st.floats(-180, 71.9), st.floats(-90, 90))


def meters(one, two):
    east = (one[:, 0] - two[:, 0]) * np.cos(np.radians(one[:, 1]))
    return np.hypot(east, one[:, 1] - two[:, 1]) * 111_320


@pytest.mark.parametrize(("wgs", "gcj", "bd"), KNOWN)
def test_shifts_agree_with_other_programs_to_a_tenth_of_a_millimeter(wgs, gcj, bd):
    start = np.array([wgs])
    assert to_gcj02(start)[0] == pytest.approx(gcj, abs=1e-9)
    assert to_bd09(start)[0] == pytest.approx(bd, abs=1e-9)


@given(st.lists(china, min_size=1, max_size=20))
def test_there_and_back_is_less_than_a_millimeter_away(points):
    start = np.array(points)
    assert meters(from_gcj02(to_gcj02(start)), start).max() < 1e-3
    assert meters(from_bd09(to_bd09(start)), start).max() < 1e-3


@given(st.lists(china, min_size=1, max_size=20))
def test_gcj_moves_by_less_than_a_kilometer(points):
    start = np.array(points)
    assert meters(to_gcj02(start), start).max() < 1000


@given(st.lists(abroad, min_size=1, max_size=20))
def test_positions_abroad_stay_to_the_bit(points):
    start = np.array(points)
    for shift in (to_gcj02, from_gcj02, to_bd09, from_bd09):
        assert np.array_equal(shift(start), start)


def test_what_is_given_stays_as_it_was():
    start = np.array([[116.3972, 39.9075]])
    to_gcj02(start)
    assert start.tolist() == [[116.3972, 39.9075]]


def test_a_table_comes_back_with_its_other_columns():
    table = pd.DataFrame(
        {"place": ["北京", "London"], "lon": [116.3972, -0.1276], "lat": [39.9075, 51.5072]}, index=[5, 9]
    )
    moved = to_gcj02(table)
    assert moved.index.tolist() == [5, 9]
    assert moved["place"].tolist() == ["北京", "London"]
    assert moved.loc[5, "lon"] == pytest.approx(116.403443358, abs=1e-9)
    assert moved.loc[9, ["lon", "lat"]].tolist() == [-0.1276, 51.5072]


def test_a_missing_coordinate_stays_missing():
    moved = to_gcj02(pd.DataFrame({"lon": [np.nan, 116.0], "lat": [40.0, 40.0]}))
    assert np.isnan(moved["lon"].iloc[0])
    assert moved["lon"].iloc[1] > 116


def test_every_vertex_of_a_geometry_moves_and_the_system_is_no_longer_wgs():
    square = shapely.box(116, 39, 117, 40)
    areas = gpd.GeoDataFrame({"place": ["a"], "lon": [116.5], "lat": [39.5]}, geometry=[square], crs=4326)
    moved = to_gcj02(areas)
    assert moved.crs is None
    assert moved["lon"].iloc[0] > 116.5
    expected = to_gcj02(shapely.get_coordinates(square))
    assert np.array_equal(shapely.get_coordinates(moved.geometry.iloc[0]), expected)
    back = from_gcj02(moved)
    assert back.crs.to_epsg() == 4326
    assert shapely.equals_exact(back.geometry.iloc[0], square, 1e-9)
    assert isinstance(to_gcj02(areas.geometry), gpd.GeoSeries)


def test_geometries_in_another_system_and_odd_arrays_are_refused():
    points = gpd.GeoSeries([shapely.Point(116, 39)], crs=4326)
    for shift in (to_gcj02, from_gcj02, to_bd09, from_bd09):
        with pytest.raises(GeometryError, match="EPSG:3857"):
            shift(points.to_crs(3857))
        with pytest.raises(GeometryError, match="n x 2"):
            shift(np.array([116.0, 39.0]))
    with pytest.raises(GeometryError, match="got none"):
        to_gcj02(points.set_crs(None, allow_override=True))
    with pytest.raises(TableError, match="column lat"):
        to_gcj02(pd.DataFrame({"lon": [116.0]}))
