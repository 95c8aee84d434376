"""TOPSIS and VIKOR agree with pymcdm 1.4.0 and scikit-criteria 0.10."""

import numpy as np

from innoscape.geo.index.aggregate.tree import AGGREGATES

VALUES = np.array([[0.9, 0.1, 0.5], [0.4, 0.8, 0.3], [0.2, 0.3, 1.0], [0.6, 0.6, 0.2], [0.1, 0.9, 0.7]])


WEIGHTS = np.array([0.5, 0.3, 0.2])


def score(name, values=VALUES, weights=WEIGHTS, **parameters):
    return AGGREGATES[name].score(np.asarray(values, dtype=float), np.asarray(weights, dtype=float), **parameters)


def test_topsis_agrees_with_two_other_programs():
    # pymcdm 1.4.0 TOPSIS without normalization, and scikit-criteria 0.10 topsis: the same figures
    assert score("topsis").round(8).tolist() == [0.60871363, 0.47325705, 0.31147522, 0.55153317, 0.39128637]


def test_vikor_agrees_with_another_program():
    # pymcdm 1.4.0 VIKOR: Q
    half = [0.16666667, 0.39802632, 0.89583333, 0.15789474, 0.81578947]
    low = [0.23333333, 0.38881579, 0.85416667, 0.09473684, 0.88947368]
    np.testing.assert_allclose(1 - score("vikor"), half, atol=1e-8)
    np.testing.assert_allclose(1 - score("vikor", v=0.3), low, atol=1e-8)
