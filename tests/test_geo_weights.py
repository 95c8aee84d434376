"""Entropy and other weights, against other programs and at their limits."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.geo import entropy_weights

MATRIX = pd.DataFrame({"a": [9, 5, 1, 4], "b": [2, 4, 2, 8], "c": [30, 10, 25, 12]}, index=list("甲乙丙丁"))


def test_raw_entropy_weights_agree_with_two_other_programs():
    # pymcdm 1.4.0 weights.entropy_weights and scikit-criteria 0.10 entropy_weights on the same matrix
    assert entropy_weights(MATRIX, on="raw").round(8).tolist() == [0.42104728, 0.36843189, 0.21052083]


def test_weights_on_min_max_values_are_the_raw_weights_of_the_scaled_matrix():
    scaled = (MATRIX - MATRIX.min()) / (MATRIX.max() - MATRIX.min())
    pd.testing.assert_series_equal(entropy_weights(MATRIX), entropy_weights(scaled, on="raw"))


def test_min_max_weights_know_the_direction_of_an_indicator():
    turned = entropy_weights(MATRIX, direction=pd.Series({"a": -1, "b": 1, "c": 1}))
    pd.testing.assert_series_equal(turned, entropy_weights(MATRIX.assign(a=-MATRIX["a"])))


def test_zeros_are_allowed():
    assert entropy_weights(pd.DataFrame({"a": [0, 0, 1], "b": [0, 1, 1]}), on="raw").round(6).to_dict() == {
        "a": round(1 / (2 - math.log(2, 3)), 6),
        "b": round((1 - math.log(2, 3)) / (2 - math.log(2, 3)), 6),
    }


@pytest.mark.parametrize("on", ["raw", "minmax"])
@pytest.mark.parametrize("flat", [0, 7])
def test_a_constant_indicator_gets_weight_zero_and_a_warning(on, flat):
    with pytest.warns(InnoscapeWarning, match="flat"):
        weights = entropy_weights(pd.DataFrame({"flat": [flat] * 3, "tall": [1, 2, 9]}), on=on)
    assert weights.to_dict() == {"flat": 0.0, "tall": 1.0}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 1000)] * 3), min_size=2, max_size=12).filter(
        lambda rows: all(max(column) > min(column) for column in zip(*rows, strict=True))
    ),
    st.randoms(),
    st.sampled_from(["raw", "minmax"]),
)
def test_row_order_changes_no_bit_and_weights_are_shares(rows, random, on):
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    weights = entropy_weights(frame, on=on)
    shuffled = entropy_weights(frame.iloc[random.sample(range(len(rows)), len(rows))], on=on)
    assert weights.tolist() == shuffled.tolist()
    assert (weights >= 0).all()
    assert math.fsum(weights) == pytest.approx(1)


@pytest.mark.parametrize(
    ("matrix", "on", "match"),
    [
        ([[1, 2]], "raw", "at least two places"),
        ([[1, math.nan], [2, 3]], "minmax", "finite"),
        ([[1, -2], [2, 3]], "raw", 'on="minmax"'),
        ([[1, 2], [1, 2]], "minmax", "only constant"),
    ],
)
def test_a_matrix_without_an_answer_is_refused(matrix, on, match):
    with pytest.raises(TableError, match=match):
        entropy_weights(np.array(matrix, dtype=float), on=on)


def test_an_unknown_convention_is_refused():
    with pytest.raises(OptionError, match="did you mean 'minmax'"):
        entropy_weights(MATRIX, on="min-max")
    with pytest.raises(OptionError, match="two dimensions"):
        entropy_weights([1, 2, 3])
