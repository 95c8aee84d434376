"""Treatment of outlying indicators against R and COINr's own cases, its log, its limits."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.geo.index.prepare.outliers import boxcox, kurtosis, log, skew, winsorize

A = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100]
D = [-900, -40, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
E = [0.5, 0.1, 0.7, 0.2, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.2, 0.5]


def frame(**columns):
    return pd.DataFrame(
        columns, index=list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[: len(next(iter(columns.values())))], dtype=float
    )


def test_moments_of_constant_or_few_values_are_not_numbers():
    assert math.isnan(skew([2, 2, 2, 2]))
    assert math.isnan(kurtosis([2, 2, 2, 2]))
    assert math.isnan(skew([1, 2]))
    assert math.isnan(kurtosis([1, 2, 3]))


@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=9), st.sampled_from([1e-200, 1e-3, 1e150]))
@settings(max_examples=40, deadline=None)
def test_moments_do_not_depend_on_the_unit(values, factor):
    for moment in (skew, kurtosis):
        assert moment([value * factor for value in values]) == pytest.approx(moment(values), abs=1e-9, nan_ok=True)


def test_an_indicator_that_winsorizing_does_not_mend_is_transformed_from_its_first_values():
    # tests/testthat/test-treat.R of COINr: 1 to 20, 100, 200 with one point allowed fails, and goes on to the logarithm
    table = frame(x=[*range(1, 21), 100, 200])
    with pytest.warns(InnoscapeWarning, match="still outlying after their treatment: x"):
        partly, _ = winsorize(table, maxwins=1)
    assert partly["x"].tolist()[-2:] == [100, 100]
    logged, done = winsorize(table, maxwins=1, then="log")
    assert done == {"x": "log"}
    assert logged["x"].tolist() == log(table, indicators=["x"])[0]["x"].tolist()
    assert winsorize(table, maxwins=1, then="boxcox")[1]["x"].startswith("Box-Cox, power")


def test_only_outlying_or_named_indicators_are_transformed():
    table = frame(a=A, e=E)
    assert log(table)[1] == {"a": "log"}
    assert log(table, indicators=["e"])[1] == {"e": "log"}
    with pytest.raises(OptionError, match=r"'ee' \(did you mean 'e'"):
        log(table, indicators=["ee"])


@pytest.mark.parametrize("treat", [log, boxcox])
def test_values_of_zero_and_below_have_no_plain_logarithm(treat):
    with pytest.raises(TableError) as caught:
        treat(frame(d=D), shift="none", indicators=["d"])
    assert len(caught.value.faults) == 2
    assert "-900 at A" in str(caught.value)
    assert np.isfinite(treat(frame(d=D), indicators=["d"], skew=9)[0]).all(axis=None)


def test_a_constant_indicator_stays_as_it_is():
    table = frame(flat=[3] * 6)
    for treat in (winsorize, log, boxcox):
        assert treat(table)[0]["flat"].tolist() == [3] * 6
    assert log(table, indicators=["flat"])[1] == {}


def test_tied_ends_move_together():
    treated, _ = winsorize(frame(x=[*range(1, 15), 90, 90]), skew=1.0, kurtosis=0.5, maxwins=1)
    assert treated["x"].tolist()[-2:] == [14, 14]


def test_an_indicator_is_not_pulled_in_until_nothing_is_left_of_it():
    # one of five: skew 2.24, kurtosis 5; one of four: skew exactly 2, whatever the unit
    with pytest.warns(InnoscapeWarning, match="still outlying after their treatment: x"):
        treated, done = winsorize(frame(x=[0, 0, 0, 0, 7]))
    assert treated["x"].tolist() == [0, 0, 0, 0, 7]
    assert done == {}
    for factor in (0.01, 1, 3):
        assert winsorize(frame(x=[0, 0, 0, 7 * factor]))[1] == {}
