"""Distances agree with table 2 of Karney (2013), Algorithms for geodesics."""

import pandas as pd
import pytest
from hypothesis import strategies as st

from innoscape.geo import distance_matrix


def table(*points):
    return pd.DataFrame([(f"p{i}", *point) for i, point in enumerate(points)], columns=["place", "lon", "lat"])


points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_a_printed_geodesic_is_found():
    # Karney (2013), Algorithms for geodesics, table 2: lat 40, to lat 41.79331020506 and 137.84490004377 degrees east,
    # 10 000 km on WGS 84
    found = distance_matrix(table((0, 40), (137.84490004377, 41.79331020506)))
    assert found.iloc[0, 1] == pytest.approx(10_000, abs=1e-6)
