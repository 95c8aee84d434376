"""Normalized values are those of the formulas of COINr (by R 4.2.2) and of pymcdm 1.4.0."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo.index.normalize.scale import NORMALIZERS

PLACES = list("ABCDEFGHIJKL")


B = [5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 11, 10]


E = [0.5, 0.1, 0.7, 0.2, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.2, 0.5]


COSTS = [5, 3, 8, 1, 9, 2]


def normalized(method, values, direction=1, **options):
    table = pd.DataFrame({"x": values}, index=PLACES[: len(values)], dtype=float)
    return NORMALIZERS[method](table, pd.Series({"x": direction}), **options)["x"].to_numpy()


# Computed with R 4.2.2 by the formulas that COINr documents (reference of n_prank, n_borda, n_dist2targ, n_dist2ref,
# n_goalposts; version 1.1.14), directions turned by negating values first, as it does.
R = [
    ("percentile_rank", E, 1, {}, np.array([6, 0, 9, 1, 1, 11, 5, 4, 10, 8, 1, 6]) / 11),
    ("rank", E, 1, {}, np.array([6.5, 0, 9, 2, 2, 11, 5, 4, 10, 8, 2, 6.5]) / 11),
    ("borda", E, -1, {}, [4, 11, 2, 8, 8, 0, 6, 7, 1, 3, 8, 4]),
    ("distance_to_target", B, 1, {"target": 10}, (np.array(B) - 1) / 9),
    (
        "distance_to_target",
        B,
        -1,
        {"target": 3},
        [0.777777777778, 1, 0.444444444444, 1.22222222222, 0.333333333333, 1.11111111111, 0.555555555556,
         0.888888888889, 0.666666666667, 0, 0.111111111111, 0.222222222222],
    ),
    (
        "distance_to_reference",
        B,
        1,
        {"reference": "C"},
        [0.571428571429, 0.285714285714, 1, 0, 1.14285714286, 0.142857142857, 0.857142857143, 0.428571428571,
         0.714285714286, 1.57142857143, 1.42857142857, 1.28571428571],
    ),
    ("distance_to_reference", B, -1, {"reference": "C"}, [1.75, 2.25, 1, 2.75, 0.75, 2.5, 1.25, 2, 1.5, 0, 0.25, 0.5]),
    ("goalposts", B, 1, {"low": 2, "high": 10}, [0.375, 0.125, 0.75, 0, 0.875, 0, 0.625, 0.25, 0.5, 1, 1, 1]),
    ("goalposts", B, -1, {"low": 2, "high": 10}, [0.625, 0.875, 0.25, 1, 0.125, 1, 0.375, 0.75, 0.5, 0, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("method", "values", "direction", "options", "known"), R)
def test_values_are_those_of_the_formulas_of_coinr(method, values, direction, options, known):
    np.testing.assert_allclose(normalized(method, values, direction, **options), known, atol=1e-10)


# pymcdm 1.4.0, pymcdm.normalizations on 5, 3, 8, 1, 9, 2; as benefits and as costs.
PYMCDM = [
    ("minmax", {}, [0.5, 0.25, 0.875, 0, 1, 0.125], [0.5, 0.75, 0.125, 1, 0, 0.875]),
    (
        "vector",
        {},
        [0.36860489, 0.22116293, 0.58976782, 0.07372098, 0.6634888, 0.14744196],
        [0.63139511, 0.77883707, 0.41023218, 0.92627902, 0.3365112, 0.85255804],
    ),
    (
        "sum",
        {},
        [0.17857143, 0.10714286, 0.28571429, 0.03571429, 0.32142857, 0.07142857],
        [0.08812729, 0.14687882, 0.05507956, 0.44063647, 0.04895961, 0.22031824],
    ),
    (
        "distance_to_max",
        {"of": "value"},
        [0.55555556, 0.33333333, 0.88888889, 0.11111111, 1, 0.22222222],
        [0.2, 0.33333333, 0.125, 1, 0.11111111, 0.5],
    ),
]


@pytest.mark.parametrize(("method", "options", "benefit", "cost"), PYMCDM)
def test_values_are_those_of_pymcdm(method, options, benefit, cost):
    np.testing.assert_allclose(normalized(method, COSTS, 1, **options), benefit, atol=1e-8)
    np.testing.assert_allclose(normalized(method, COSTS, -1, **options), cost, atol=1e-8)
