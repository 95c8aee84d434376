"""Weights agree with pymcdm 1.4.0, scikit-criteria 0.10, R 4.2.2 and the example printed by Saaty."""

import pandas as pd
import pytest
from samples import CORRELATED

from innoscape.data import InnoscapeWarning, TableError
from innoscape.geo import (
    ahp_consistency,
    ahp_weights,
    critic_weights,
    entropy_weights,
    pca_weights,
    std_weights,
)

MATRIX = pd.DataFrame({"a": [9, 5, 1, 4], "b": [2, 4, 2, 8], "c": [30, 10, 25, 12]}, index=list("甲乙丙丁"))


# Saaty (1980), The Analytic Hierarchy Process: wealth of nations (US, USSR, China, France, UK, Japan, W. Germany)
WEALTH = [
    [1, 4, 9, 6, 6, 5, 5],
    ["1/4", 1, 7, 5, 5, 3, 4],
    ["1/9", "1/7", 1, "1/5", "1/5", "1/7", "1/5"],
    ["1/6", "1/5", 5, 1, 1, "1/3", "1/3"],
    ["1/6", "1/5", 5, 1, 1, "1/3", "1/3"],
    ["1/5", "1/3", 7, 3, 3, 1, 2],
    ["1/5", "1/4", 5, 3, 3, "1/2", 1],
]


# Saaty (1980): choosing a school (learning, friends, school life, vocational training, college, music)
SCHOOL = [
    [1, 4, 3, 1, 3, 4],
    ["1/4", 1, 7, 3, "1/5", 1],
    ["1/3", "1/7", 1, "1/5", "1/5", "1/6"],
    [1, "1/3", 5, 1, 1, "1/3"],
    ["1/3", 5, 5, 1, 1, 3],
    ["1/4", 1, 6, 3, "1/3", 1],
]


def test_raw_entropy_weights_agree_with_two_other_programs():
    # pymcdm 1.4.0 weights.entropy_weights and scikit-criteria 0.10 entropy_weights on the same matrix
    assert entropy_weights(MATRIX, on="raw").round(8).tolist() == [0.42104728, 0.36843189, 0.21052083]


def test_critic_and_deviation_weights_agree_with_other_programs():
    # pymcdm 1.4.0 critic_weights; scikit-criteria 0.10 std_weights on the min-max scaled matrix
    assert critic_weights(MATRIX).round(8).tolist() == [0.23040537, 0.40829814, 0.3612965]
    assert std_weights(MATRIX).round(8).tolist() == [0.30075141, 0.34327832, 0.35597027]


def test_component_weights_agree_with_r():
    # R 4.2.2: eigen(cor(x)), varimax(loadings, eps = 1e-14), largest squared loading of each row as a share
    with pytest.warns(InnoscapeWarning, match="oppose their component.*b, c"):
        found = pca_weights(CORRELATED)
    assert found.round(6).tolist() == [0.21448, 0.161607, 0.13355, 0.178274, 0.131762, 0.180327]
    with pytest.warns(InnoscapeWarning, match="oppose"):
        found = pca_weights(CORRELATED, components=3)
    assert found.round(6).tolist() == [0.200185, 0.200446, 0.187751, 0.149763, 0.137539, 0.124315]
    with pytest.warns(InnoscapeWarning, match="oppose"):
        found = pca_weights(CORRELATED, loadings="first")
    assert found.round(6).tolist() == [0.000166, 0.218182, 0.176053, 0.140824, 0.192088, 0.272687]


def test_pairwise_weights_are_those_printed_by_saaty():
    assert ahp_weights(WEALTH).round(3).tolist() == [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094]
    assert ahp_consistency(WEALTH) == pytest.approx(0.08, abs=0.005)
    with pytest.warns(InnoscapeWarning, match=r"ratio of 0\.229; the judgement furthest.*0 against 2"):
        found = ahp_weights(SCHOOL)
    # printed: .32 .14 .03 .13 .24 .14, and a largest eigenvalue of 7.49
    assert found.round(2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    assert ahp_consistency(SCHOOL) * 5 * 1.24 + 6 == pytest.approx(7.42, abs=0.08)
    with pytest.raises(TableError, match="revise the judgements"):
        ahp_weights(SCHOOL, inconsistent="raise")
