"""Loops of science, technology and industry keep their order and are recognized by it."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from innoscape.data import OptionError
from innoscape.network import LOOPS, loop, loop_type, phase_order

PULSE = pd.Series({0.0: 1.0, 5.0: 0.0})


@pytest.mark.parametrize("kind", LOOPS)
@pytest.mark.parametrize("method", ["correlation", "half"])
def test_each_type_shows_its_order_and_is_recognized(kind, method):
    path = loop(kind, horizon=40.0)
    assert phase_order(path, method=method).order == LOOPS[kind]
    assert loop_type(path, method=method) == kind


@pytest.mark.parametrize("kind", LOOPS)
@pytest.mark.parametrize("method", ["correlation", "peak"])
def test_a_pulse_of_policy_or_demand_runs_through_in_order(kind, method):
    inputs = (
        {"government": PULSE, "market": 0.0}
        if kind == "research-supply-driven"
        else {"government": 0.0, "market": PULSE}
    )
    path = loop(kind, horizon=40.0, **inputs)
    assert phase_order(path, method=method).order == LOOPS[kind]
    assert loop_type(path, method=method) == kind


def test_the_two_types_mirror_each_other():
    supply = loop("research-supply-driven", horizon=30.0, government=2.0, market=PULSE)
    demand = loop("industry-demand-pull", horizon=30.0, government=PULSE, market=2.0)
    assert demand[["industry", "technology", "science"]].to_numpy() == pytest.approx(supply.to_numpy())


def test_a_loop_agrees_with_a_general_solver():
    steps = pd.Series({2.0: 1.0, 7.3: 0.5})
    path = loop(
        "research-supply-driven", horizon=20.0, government=steps, market=0.3, feedback=0.05, start={"industry": 2.0}
    )

    def slope(t, x):
        given = 0.0 if t < 2.0 else 1.0 if t < 7.3 else 0.5
        return [
            given + 0.05 * x[2] - 0.2 * x[0],
            0.2 * x[0] - 0.2 * x[1],
            0.3 + 0.2 * x[1] - 0.2 * x[2],
        ]

    found = solve_ivp(slope, (0, 20), [0.0, 0.0, 2.0], t_eval=path.index, rtol=1e-9, atol=1e-11, max_step=0.01)
    assert path.to_numpy() == pytest.approx(found.y.T, abs=1e-6)


def test_a_loop_feeds_itself_where_coupling_outweighs_depreciation():
    # feedback * forward**2 against depreciation**3 = 0.008
    rise = {}
    for feedback in (0.19, 0.21):
        path = loop("industry-demand-pull", horizon=3000.0, feedback=feedback)["science"]
        rise[feedback] = path.loc[3000.0] / path.loc[1500.0] - 1
    assert rise[0.19] < 0.01
    assert rise[0.21] > 10.0


def test_a_subsystem_left_alone_goes_to_input_over_depreciation():
    path = loop("research-supply-driven", horizon=200.0, government=3.0, market=0.0, forward=0.0, feedback=0.0)
    assert path.iloc[-1].to_numpy() == pytest.approx([15.0, 0.0, 0.0])


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.5])
def test_known_shifts_are_measured(shift):
    time = np.arange(0.0, 40.0, 0.5)

    def bump(late):
        return np.exp(-0.5 * ((time - 12.0 - late) / 3.0) ** 2)

    waves = pd.DataFrame({"c": bump(2 * shift), "a": bump(0.0), "b": bump(shift)}, index=time)
    for method in ("correlation", "peak"):
        found = phase_order(waves, method=method)
        assert found.order == ("a", "b", "c")
        assert found.lags.loc["a", "c"] == pytest.approx(2 * shift)
        assert found.table["lead"].tolist() == pytest.approx([1.5 * shift, 0.0, -1.5 * shift])
    noisy = waves + np.random.default_rng(5).normal(0.0, 0.01, waves.shape)
    assert phase_order(noisy).lags.loc["a", "c"] == pytest.approx(2 * shift, abs=1.0)


def test_series_that_move_together_share_the_rank():
    time = np.arange(10.0)
    found = phase_order(pd.DataFrame({"a": time**2, "b": 3.0 * time**2}, index=time), method="half")
    assert found.table["rank"].tolist() == [1, 1]
    together = pd.DataFrame({"science": np.sin(time), "industry": np.sin(time)}, index=time)
    assert loop_type(together) == "undecided"


@pytest.mark.parametrize(
    ("first_places", "verdict"),
    [
        # first places among Beijing, Shanghai and Guangdong: 5 of 5, 4 of 11, 5 of 16 (3-9-32 framework)
        ({"science": 5 / 5, "technology": 4 / 11, "industry": 5 / 16}, "research-supply-driven"),
        ({"science": 0 / 5, "industry": 5 / 16}, "industry-demand-pull"),
        ({"science": 0.5, "industry": 0.5}, "undecided"),
    ],
)
def test_the_present_strengths_tell_the_type(first_places, verdict):
    assert loop_type(first_places) == verdict


def test_phases_and_loops_refuse_what_cannot_work():
    time = np.arange(6.0)
    good = pd.DataFrame({"a": time, "b": time**2}, index=time)
    for bad, message in [
        (good[["a"]], "two series"),
        (good.set_axis([0.0, 1.0, 2.0, 3.0, 4.0, 9.0]), "even time steps"),
        (good.assign(b=1.0), "without any change"),
        (good.assign(b=np.nan), "value of every series"),
    ]:
        with pytest.raises(OptionError, match=message):
            phase_order(bad)
    with pytest.raises(OptionError, match="no peak within the time: a, b"):
        phase_order(good, method="peak")
    with pytest.raises(OptionError, match="max_lag"):
        phase_order(good, max_lag=0.5)
    with pytest.raises(OptionError, match="evidence lacks industry"):
        loop_type({"science": 1.0})
    with pytest.raises(OptionError, match="kind: needed one of"):
        loop("supply", horizon=1.0)
    with pytest.raises(OptionError, match="market: needed finite"):
        loop("industry-demand-pull", horizon=1.0, market=-1.0)
