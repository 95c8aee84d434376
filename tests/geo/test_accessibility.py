"""Accessibility: against hand figures and its laws."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data.errors import InnoscapeWarning, OptionError, TableError
from innoscape.geo import accessibility, floating_catchment

ORIGINS = pd.DataFrame({"place": ["a", "b"], "demand": [100.0, 300.0]})
CENTERS = pd.DataFrame({"place": ["x", "y"], "score": [100.0, 60.0], "supply": [4.0, 3.0]})
COSTS = pd.DataFrame([[20.0, 30.0], [10.0, math.inf]], index=["a", "b"], columns=["x", "y"])


def of(decay, **options):
    return accessibility(ORIGINS, CENTERS, COSTS, decay=decay, **options)["accessibility"].tolist()


def test_each_decay_by_hand():
    assert of("power") == pytest.approx([100 / 20 + 60 / 30, 100 / 10])
    assert of("power", exponent=2) == pytest.approx([100 / 400 + 60 / 900, 1])
    assert of("power", exponent=0) == [160, 100]
    assert of("exponential", exponent=0.1) == pytest.approx(
        [100 * math.exp(-2) + 60 * math.exp(-3), 100 * math.exp(-1)]
    )
    assert of("cumulative", radius=20) == [100, 100]
    assert of("linear", radius=40) == pytest.approx([100 / 2 + 60 / 4, 75])
    edge = math.exp(-0.5)
    assert of("gaussian", radius=20) == pytest.approx([0, 100 * (math.exp(-0.125) - edge) / (1 - edge)])
    assert accessibility(ORIGINS, CENTERS, COSTS)["relative"].tolist() == pytest.approx([14 / 17, 20 / 17])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["power", "exponential", "gaussian", "linear", "cumulative"]))
def test_accessibilities_of_parts_add_up_and_do_not_depend_on_the_order(seed, decay):
    draw = np.random.default_rng(seed)
    origins = pd.DataFrame({"place": [f"o{i}" for i in range(5)]})
    centers = pd.DataFrame({"place": [f"c{i}" for i in range(6)], "score": draw.uniform(0, 9, 6)})
    costs = pd.DataFrame(draw.uniform(1, 40, (5, 6)), origins["place"].tolist(), centers["place"].tolist())

    radius = None if decay in ("power", "exponential") else 25

    def found(some):
        return accessibility(origins, some, costs, decay=decay, radius=radius)["accessibility"].to_numpy()

    np.testing.assert_allclose(found(centers[:2]) + found(centers[2:]), found(centers))
    np.testing.assert_allclose(found(centers.iloc[::-1]), found(centers))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["binary", "luo_qi_slow", "luo_qi_sharp", "gaussian", "linear"]))
def test_demand_times_accessibility_is_the_supply_that_is_reached(seed, weights):
    draw = np.random.default_rng(seed)
    origins = pd.DataFrame({"place": [f"o{i}" for i in range(7)], "demand": draw.integers(0, 9, 7) * 1.0})
    centers = pd.DataFrame({"place": [f"c{i}" for i in range(4)], "supply": draw.uniform(1, 9, 4)})
    costs = pd.DataFrame(draw.uniform(0, 60, (7, 4)), origins["place"].tolist(), centers["place"].tolist())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("innoscape.geo.space.accessibility.warn", lambda *_, **__: None)
        found = floating_catchment(origins, centers, costs, radius=30, weights=weights)
    reached = found.centers.loc[found.centers["demand"] > 0, "supply"].sum()
    assert origins["demand"] @ found.places["accessibility"] == pytest.approx(reached)


def test_bands_by_hand():
    costs = pd.DataFrame([[10.0, 20.0], [10.1, 30.0]], index=["a", "b"], columns=["x", "y"])
    found = floating_catchment(ORIGINS, CENTERS, costs, radius=30, weights="luo_qi_slow")
    # x: 4 / (100 + 0.68 * 300), y: 3 / (0.68 * 100 + 0.22 * 300)
    assert found.centers["ratio"].tolist() == pytest.approx([4 / 304, 3 / 134])
    assert found.places["accessibility"].tolist() == pytest.approx(
        [4 / 304 + 0.68 * 3 / 134, 0.68 * 4 / 304 + 0.22 * 3 / 134]
    )
    own = floating_catchment(ORIGINS, CENTERS, costs, radius=30, weights={10: 1, 20: 0.68, 30: 0.22})
    pd.testing.assert_frame_equal(own.places, found.places)


def test_supply_that_no_demand_reaches_is_told():
    with pytest.warns(InnoscapeWarning, match="1 center is reached by no demand, so its supply counts nowhere: y"):
        found = floating_catchment(ORIGINS, CENTERS, COSTS, radius=25)
    assert found.places["accessibility"].tolist() == [0.01, 0.01]
    assert found.places["centers"].tolist() == [1, 1]
    assert found.centers["ratio"].tolist() == [0.01, 0.0]


@pytest.mark.parametrize(
    ("work", "error", "match"),
    [
        (lambda: of("gauss"), OptionError, "did you mean 'gaussian'"),
        (lambda: of("linear"), OptionError, "radius: needed for linear"),
        (lambda: of("power", exponent=-1), OptionError, "exponent"),
        (lambda: accessibility(ORIGINS, CENTERS, COSTS - 10), TableError, "least_cost"),
        (lambda: accessibility(ORIGINS, CENTERS, -COSTS), TableError, "at least 0"),
        (lambda: accessibility(ORIGINS, CENTERS.iloc[:0], COSTS), TableError, "at least one place"),
        (lambda: accessibility(ORIGINS, CENTERS.assign(score=[1, None]), COSTS), TableError, "nan at y"),
        (lambda: floating_catchment(ORIGINS, CENTERS, COSTS, radius=0), OptionError, "radius"),
        (lambda: floating_catchment(ORIGINS, CENTERS, COSTS, radius=9, weights={10: 1}), OptionError, "up to 10"),
        (lambda: floating_catchment(ORIGINS, CENTERS, COSTS, radius=9, weights="step"), OptionError, "weights"),
        (lambda: floating_catchment(ORIGINS, CENTERS, COSTS, radius=9, weights={9: -1}), OptionError, "weights"),
    ],
)
def test_what_cannot_work_is_refused(work, error, match):
    with pytest.raises(error, match=match):
        work()


def test_a_least_cost_stands_for_ways_within_a_place():
    found = accessibility(ORIGINS, CENTERS, COSTS - 10, least_cost=5)["accessibility"].tolist()
    assert found == pytest.approx([10 + 3, 20])
