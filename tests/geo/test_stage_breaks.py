"""Stages follow one another, and a series breaks where they meet."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, load
from innoscape.geo import stage_breaks


def yearly(values, first=2009):
    return pd.DataFrame({"time": range(first, first + len(values)), "value": values})


@pytest.fixture(scope="module")
def three_stages():
    """Return the stages of Zhongguancun as the source dates them."""
    figures = load("figures").set_index("id")
    dates = figures.loc[["S4-001", "S4-002", "S4-006", "S4-007", "S4-013"], "printed"].tolist()
    assert dates == ["2009-03", "2014-04", "2014-05", "2018-01", "2018-02"]
    return pd.DataFrame({"stage": ["one", "two", "three"], "start": dates[::2], "end": [dates[1], dates[3], None]})


def test_g1_the_three_stages_of_zhongguancun_meet_and_hold_their_indicators(three_stages):
    figures = load("figures").set_index("id")
    # start-ups a day: 1.6 hatched in one street from 2014 on, 71 founded in 2019
    told = pd.DataFrame(
        {"time": ["2014-06", "2019-01"], "value": figures.loc[["S4-010", "S4-016"], "value"].to_numpy()}
    )
    found = stage_breaks(told, three_stages)
    assert found.stages["observations"].tolist() == [0, 1, 1]
    assert found.stages["mean"].tolist()[1:] == [1.6, 71.0]
    # two figures are no series: no break can be tested, and none is said to be found
    assert set(found.breaks["status"]) == {"too few observations"}
    assert np.isnan(found.overall["f"])


def test_g1_a_series_breaks_where_the_stages_meet_only_if_it_changes_with_them(three_stages):
    noise = np.array([1, -1, 1, -1, 1, 1, -1, 1, -1, 0, 1, -1, 0, 0])
    level = np.repeat([10.0, 30.0, 90.0], [5, 4, 5])
    june = {"time": [f"{year}-06" for year in range(2009, 2023)]}
    found = stage_breaks(pd.DataFrame({**june, "value": level + noise}), three_stages)
    assert (found.breaks["p_value"] < 0.001).all()
    assert found.best["time"] == pytest.approx(2018 + 5 / 12, abs=1e-9)
    still = stage_breaks(pd.DataFrame({**june, "value": 50.0 + noise}), three_stages)
    assert (still.breaks["p_value"] > 0.1).all()


@pytest.mark.parametrize("end", ["2014-03", "2014-05", "2015"])
def test_stages_that_leave_a_gap_or_overlap_are_refused(three_stages, end):
    with pytest.raises(OptionError, match=r"(a gap|an overlap) between one, which ends"):
        stage_breaks(yearly([1.0, 2.0]), three_stages.assign(end=[end, "2018-01", None]))


def test_a_line_needs_more_observations_than_a_level():
    stages = pd.DataFrame({"stage": ["a", "b"], "start": [2009, 2011], "end": [2010, 2012]})
    series = yearly([1.0, 2.0, 5.0, 5.5])
    assert stage_breaks(series, stages).overall["status"] == "computed"
    assert stage_breaks(series, stages, model="trend").overall["status"] == "too few observations"
    assert stage_breaks(yearly([3.0] * 4), stages).overall["status"] == "undefined"
    assert stage_breaks(yearly([3.0, 3.0, 4.0, 4.0]), stages).overall["p_value"] == 0


def test_faults_of_a_series_and_its_stages_come_together():
    stages = pd.DataFrame({"stage": ["a", "a"], "start": [2009, 2009]})
    with pytest.raises(OptionError, match=r"a name for each[\s\S]*a time of its own"):
        stage_breaks(yearly([1.0, 2.0]), stages)
    good = pd.DataFrame({"stage": ["a", "b"], "start": [2009, 2010]})
    with pytest.raises(OptionError, match=r"finite values[\s\S]*several"):
        stage_breaks(pd.DataFrame({"time": [2009, 2009], "value": [1.0, None]}), good)
    with pytest.raises(OptionError, match="before the last stage ends"):
        stage_breaks(yearly([1.0, 2.0, 3.0]), good.assign(end=[2009, 2010]))
    with pytest.raises(OptionError, match="from the first stage on"):
        stage_breaks(yearly([1.0, 2.0], 2008), good)
    with pytest.raises(OptionError, match="needed times such as 2014"):
        stage_breaks(pd.DataFrame({"time": ["soon"], "value": [1.0]}), good)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=6, max_size=20), st.integers(-9, 9), st.integers(1, 9), st.randoms())
def test_f_depends_neither_on_unit_nor_on_order(values, added, times, source):
    stages = pd.DataFrame({"stage": ["a", "b"], "start": [2009, 2012]})
    series = yearly([float(v) for v in values])
    rows = list(range(len(series)))
    source.shuffle(rows)
    one = stage_breaks(series, stages)
    other = stage_breaks(series.assign(value=series["value"] * times + added).iloc[rows], stages)
    assert one.overall["status"] == other.overall["status"]
    assert np.allclose(one.overall["f"], other.overall["f"], equal_nan=True)
