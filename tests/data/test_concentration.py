"""Gini, Theil and Herfindahl by hand, row by row."""

import numpy as np
import pytest

from innoscape.data.concentration import gini, herfindahl, theil


def test_inequality_and_concentration_by_hand():
    assert gini(np.array([1.0, 1.0, 1.0])) == 0.0
    assert gini(np.array([0.0, 0.0, 3.0])) == pytest.approx(2 / 3)
    assert herfindahl(np.array([1.0, 1.0, 2.0])) == pytest.approx(0.375)
    assert theil(np.array([1.0, 3.0])) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))


def test_weights_are_numbers_of_equal_members():
    values, weights = np.array([1.0, 4.0, 2.0]), np.array([3.0, 1.0, 2.0])
    spelled = np.repeat(values, weights.astype(int))
    assert gini(values, weights) == pytest.approx(float(gini(spelled)))
    assert theil(values, weights) == pytest.approx(float(theil(spelled)))


def test_a_weight_of_0_leaves_a_value_out():
    assert gini(np.array([1.0, 9.0, 3.0]), np.array([1.0, 0.0, 1.0])) == pytest.approx(0.25)


@pytest.mark.parametrize("measure", [gini, theil, herfindahl])
def test_nothing_and_a_total_of_0_have_no_concentration(measure):
    assert np.isnan(measure(np.zeros(3)))
    assert np.isnan(measure(np.array([])))


@pytest.mark.parametrize("measure", [gini, theil, herfindahl])
def test_rows_do_not_know_each_other(measure):
    rows = np.random.default_rng(1).lognormal(size=(5, 40))
    assert measure(rows).tolist() == [float(measure(row)) for row in rows]
