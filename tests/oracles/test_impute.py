"""Cells are filled as by R 4.2.2 and scikit-learn 1.9.1."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import Framework
from innoscape.geo import Recipe, score
from innoscape.geo.index.prepare.impute import interpolate, knn

A = [1, 2, None, 4, 5, 6, None, 8, 9, 10, 30, 100]


B = [5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 11, 10]


E = [0.5, 0.1, 0.7, 0.2, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.2, 0.5]


TABLE = pd.DataFrame({"a": A, "b": B, "e": E}, index=list("ABCDEFGHIJKL"), dtype=float)


GROUPS = dict(zip(TABLE.index, "xyz" * 4, strict=True))


PLACES = pd.DataFrame({"place": list(TABLE.index), "area": list(GROUPS.values())})


def long(wide):
    return wide.rename_axis("place").reset_index().melt("place", var_name="indicator").dropna()


def framework(*names, **columns):
    return Framework.from_table(pd.DataFrame({"indicator": names, **columns}))


# R 4.2.2: ave() by group, predict(lm(a ~ b)) and predict(lm(a ~ b + e)).
R = [
    ({"method": "group_mean", "groups": GROUPS}, [38.3333333333, 5]),
    ({"method": "group_median", "groups": GROUPS}, [9, 4]),
    ({"method": "group_median", "groups": "area"}, [9, 4]),
    ("regression", [23.6338329764, 20.0256959315]),
    ({"method": "regression", "predictors": 2}, [25.4550943396, 19.8271698113]),
]


@pytest.mark.parametrize(("impute", "known"), R)
def test_cells_are_filled_as_by_r_and_logged(impute, known):
    found = score(long(TABLE), framework("a", "b", "e"), Recipe(impute=impute), places=PLACES)
    log = found.log
    assert log["place"].tolist() == ["C", "G"]
    assert set(log["indicator"] + log["action"]) == {"aimputed"}
    assert log["value"].tolist() == pytest.approx(known, abs=1e-9)
    assert found.prepared.set_index("place").loc[["C", "G"], "a"].tolist() == log["value"].tolist()


# scikit-learn 1.9.1: KNNImputer(n_neighbors=3, weights=…).fit_transform of the table standardized by population
# deviations, scaled back.
NEAREST = pd.DataFrame(
    {
        "a": [1.0, 2.5, None, 4.1, 5.3, 6.8, None, 8.2],
        "b": [5.1, 3.3, 8.7, None, 9.2, 2.4, 7.6, 4.9],
        "e": [0.5, 0.1, 0.7, 0.2, 0.25, 0.9, 0.4, 0.33],
    },
    index=list("ABCDEFGH"),
)


@pytest.mark.parametrize(
    ("weights", "known"),
    [
        ("uniform", [4.833333333333, 3.466666666667, 6.7]),
        ("distance", [4.546880238483, 3.595544681613, 6.964852998314]),
    ],
)
def test_the_nearest_places_fill_a_cell_as_by_scikit_learn(weights, known):
    for table in (NEAREST, NEAREST[["e", "a", "b"]], NEAREST * [1, 1, 1000]):
        filled, notes = knn(table, neighbors=3, weights=weights)
        found = [filled.loc["C", "a"], filled.loc["G", "a"], filled.loc["D", "b"]]
        np.testing.assert_allclose(found, known, atol=1e-9)
        assert notes["C", "a"] == "mean of the 3 nearest places"


def years(values, start=2014):
    index = pd.MultiIndex.from_product([["X"], range(start, start + len(values))], names=["place", "year"])
    return pd.DataFrame({"a": values}, index=index, dtype=float)


def test_years_are_interpolated_and_the_ends_held():
    # R 4.2.2: approx(c(2015, 2018, 2020), c(3, 9, 5), 2014:2021, rule = 2)
    filled, notes = interpolate(years([None, 3, None, None, 9, None, 5, None]))
    assert filled["a"].tolist() == [3, 3, 5, 7, 9, 7, 5, 5]
    assert notes[("X", 2016), "a"] == "interpolated between years"
    assert notes[("X", 2021), "a"] == "nearest year held"
