"""Distances: known lengths, symmetry, refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from innoscape.data import Budget, GeometryError, OptionError, TableError, load
from innoscape.geo import distance_matrix


def table(*points):
    return pd.DataFrame([(f"p{i}", *point) for i, point in enumerate(points)], columns=["place", "lon", "lat"])


points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_the_quarter_meridian_has_its_known_length():
    # WGS 84: 10 001 965.729 m from equator to pole
    assert distance_matrix(table((0, 0), (0, 90)), unit="m").iloc[0, 1] == pytest.approx(10_001_965.729, abs=0.001)


def test_lengths_are_those_of_the_exact_algorithm_to_a_fifth_of_a_millimeter():
    # pyproj 3: GeographicLib, Karney 2013; the last places stand nearly opposite the first
    drawn = np.random.default_rng(2)
    lon, lat = drawn.uniform(-180, 180, 60), np.degrees(np.arcsin(drawn.uniform(-1, 1, 60)))
    lon = np.concatenate([lon, (lon[:40] + 360 + drawn.uniform(-2, 2, 40)) % 360 - 180, [180, -180, 5, 9, 9]])
    lat = np.concatenate([lat, np.clip(drawn.uniform(-2, 2, 40) - lat[:40], -90, 90), [10, 10, 90, 90, 0]])
    matrix = distance_matrix(table(*zip(lon, lat, strict=True)), unit="m").to_numpy()
    one, two = np.triu_indices(len(lon), 1)
    exact = Geod(ellps="WGS84").inv(lon[one], lat[one], lon[two], lat[two])[2]
    np.testing.assert_allclose(matrix[one, two], exact, rtol=0, atol=2e-4)
    assert matrix[100, 101] == matrix[102, 103] == 0


def test_units_are_kilometers_meters_and_miles():
    pair = table((116.4, 39.9), (117.2, 39.1))
    km, m, mi = (distance_matrix(pair, unit=unit).iloc[0, 1] for unit in ("km", "m", "mi"))
    assert m == pytest.approx(km * 1000)
    assert mi == pytest.approx(km / 1.609344)


@settings(max_examples=40, deadline=None)
@given(st.lists(points, min_size=2, max_size=6), st.randoms())
def test_distances_are_symmetric_and_independent_of_row_order(found, random):
    frame = table(*found)
    matrix = distance_matrix(frame)
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()
    assert (np.diag(matrix) == 0).all()
    shuffled = distance_matrix(frame.iloc[random.sample(range(len(frame)), len(frame))])
    pd.testing.assert_frame_equal(
        shuffled.loc[frame["place"], frame["place"]], matrix, check_exact=True, check_names=False
    )
    assert (matrix.to_numpy() <= 20_004).all()


def test_the_shipped_cities_lie_a_great_circle_apart_to_within_the_flattening():
    places = load("places").head(10)
    matrix = distance_matrix(places)
    lon, lat = np.radians(places["lon"].to_numpy()), np.radians(places["lat"].to_numpy())
    half = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    sphere = 2 * 6371.0088 * np.arcsin(np.sqrt(half))
    np.testing.assert_allclose(matrix, sphere, rtol=0.006)


def test_missing_and_impossible_coordinates_are_all_named():
    with pytest.raises(GeometryError) as caught:
        distance_matrix(table((math.nan, 1), (1, math.nan), (39.9, 116.4), (0, 0)))
    assert "p0, p1" in str(caught.value)
    assert "p2" in str(caught.value)
    assert "swapped" in str(caught.value)


def test_doubled_places_missing_columns_and_unknown_units_are_refused():
    with pytest.raises(TableError, match="p0 more than once"):
        distance_matrix(pd.concat([table((0, 0)), table((1, 1))]))
    with pytest.raises(TableError) as caught:
        distance_matrix(pd.DataFrame({"place": ["甲"]}))
    assert [fault.column for fault in caught.value.faults] == ["lon", "lat"]
    with pytest.raises(OptionError, match="'km'"):
        distance_matrix(table((0, 0)), unit="kms")


def test_rows_at_a_time_are_those_at_once_and_too_many_places_are_refused(monkeypatch):
    from innoscape.data.errors import SizeError
    from innoscape.geo.space import distance

    drawn = np.random.default_rng(1)
    places = pd.DataFrame({"place": [f"p{i}" for i in range(40)], "lon": drawn.uniform(-180, 180, 40)})
    places["lat"] = drawn.uniform(-80, 80, 40)
    whole = distance_matrix(places)
    monkeypatch.setattr(distance, "_PAIRS", 200)
    pd.testing.assert_frame_equal(distance_matrix(places), whole, check_exact=True)
    with (
        Budget(memory="1 kB"),
        pytest.raises(SizeError, match=r"distances between 40 places would take about .* GB of memory"),
    ):
        distance_matrix(places)
