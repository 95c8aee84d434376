"""Check equilibria of centers by hand, against the differential equation, and the places at which flows end."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from innoscape.data.errors import InnoscapeWarning, OptionError
from innoscape.geo import center_equilibrium, flow_terminals

PLACES = list("abcdef")


def made(seed=0):
    """Give demand and costs of six places on a plane."""
    rng = np.random.default_rng(seed)
    spots = rng.random((6, 2)) * 3
    costs = pd.DataFrame(np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1)), PLACES, PLACES)
    return pd.Series(rng.uniform(1, 9, 6), PLACES), costs


def test_every_center_draws_what_it_costs():
    demand, costs = made()
    found = center_equilibrium(demand, costs, returns=0.7, exponent=1.5, upkeep=2.0)
    kept = found.centers.set_index("place")
    assert kept["inflow"].to_numpy() == pytest.approx(2.0 * kept["size"].to_numpy(), rel=1e-6)
    assert kept["size"].sum() == pytest.approx(demand.sum() / 2.0)
    assert found.flows.sum(axis=1).to_numpy() == pytest.approx(demand.to_numpy())


def test_diminishing_returns_forget_the_start():
    demand, costs = made()
    ends = [
        center_equilibrium(demand, costs, start=start, returns=0.6).centers.set_index("place")["size"].loc[PLACES]
        for start in (dict.fromkeys(PLACES, 6.0), dict(zip(PLACES, [30, 1, 1, 1, 1, 2.0], strict=True)))
    ]
    assert ends[0].to_numpy() == pytest.approx(ends[1].to_numpy(), rel=1e-5)


def test_growing_returns_leave_the_ends_of_the_differential_equation():
    demand, costs = made(4)
    o, fall = demand.to_numpy(), np.exp(-2.0 * costs.to_numpy())
    start = np.array([1.0, 1.1, 0.9, 1.2, 0.8, 1.0])
    kappa = o.sum() / start.sum()

    def growth(_, w):
        pull = np.clip(w, 0, None) ** 1.3 * fall
        return (o[:, None] * pull / pull.sum(axis=1, keepdims=True)).sum(axis=0) - kappa * w

    path = solve_ivp(growth, (0, 400), start, method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    found = center_equilibrium(demand, costs, start=pd.Series(start, PLACES), returns=1.3, exponent=2.0, speed=0.05)
    ours = found.centers.set_index("place").loc[PLACES]
    assert ours["size"].to_numpy() == pytest.approx(path, abs=1e-4)
    assert (ours["survives"].to_numpy() == (path > 1e-4)).all()
    assert 0 < ours["survives"].sum() < 6


def test_order_of_rows_changes_nothing():
    demand, costs = made()
    mixed = costs.sample(frac=1, random_state=1)[costs.columns[::-1]]
    one, two = (center_equilibrium(demand, c, returns=1.2).centers for c in (costs, mixed))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_what_has_no_equilibrium_is_refused():
    demand, costs = made()
    with pytest.raises(OptionError, match="got none for a"):
        center_equilibrium(demand, costs.where(costs.index.to_series() != "a", axis=0))
    with pytest.raises(OptionError, match="got 0; give costs within places"):
        center_equilibrium(demand, costs, decay="power")
    with pytest.raises(OptionError, match="demand: needed a number for every place, got none for f"):
        center_equilibrium(demand.drop("f"), costs)
    with pytest.raises(OptionError, match="above 0"):
        center_equilibrium(demand, costs, returns=0)
    with pytest.warns(InnoscapeWarning, match="still changed after 3 steps"):
        center_equilibrium(demand, costs, most_steps=3)


def test_terminals_by_hand():
    flows = pd.DataFrame([[5.0, 1, 0], [4, 9, 1], [2, 0, 0]], list("abc"), list("abc"))
    with_own = flow_terminals(flows).set_index("place")
    # a keeps 5 of its 6, b keeps 9 of its 14; c sends its all to a
    assert with_own["nystuen_dacey"].tolist() == [True, True, False]
    assert with_own["inflow"].tolist() == [11.0, 10.0, 1.0]
    assert with_own["rihll_wilson"].tolist() == [True, True, False]
    without = flow_terminals(flows, within=False).set_index("place")
    # a sends its largest to b, which draws 1 against 6; b sends its to a
    assert without["nystuen_dacey"].tolist() == [True, False, False]
    assert without["rihll_wilson"].tolist() == [True, False, False]
    assert without.loc["a", "sources"] == pytest.approx(np.exp(-(4 / 6) * np.log(4 / 6) - (2 / 6) * np.log(2 / 6)))
    assert without.loc["c", "sources"] == pytest.approx(1.0)


def test_flows_that_do_not_fit_are_refused():
    with pytest.raises(OptionError, match="same places"):
        flow_terminals(pd.DataFrame([[1.0]], ["a"], ["b"]))
    with pytest.raises(OptionError, match="at least 0"):
        flow_terminals(pd.DataFrame([[-1.0]], ["a"], ["a"]))
