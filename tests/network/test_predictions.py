"""Flows predicted by a gravity model have the intervals of the linear predictor, and residuals add up."""

import numpy as np
import pandas as pd
import pytest
from samples import APART, COSTS, FLOWS, MASS, fit, world
from scipy import stats

from innoscape.data import OptionError
from innoscape.network import fit_gravity


def test_tables_are_made_when_asked_for_from_the_flows_that_were_fitted():
    flows = FLOWS.copy()
    found = fit(flows=flows)
    flows.loc["a", "b"] = 999.0
    assert found.observed.loc["a", "b"] == 31.0
    assert found.residuals()["value"][0] == 31.0
    for name in ("effects", "fit", "overdispersion", "observed", "expected", "used"):
        assert getattr(found, name) is getattr(found, name), name
    # a table is the reader's own: writing to it changes no other
    found.used.loc[:, :] = False
    assert found.residuals().shape == (56, 5)
    assert found.fit["pairs"] == 56


def test_intervals_of_predictions_are_those_of_the_linear_predictor():
    # R 4.2.2: predict(glm(...), se.fit = TRUE) for b -> a, c -> a, d -> a
    found = fit("none", covariance="poisson").predict()
    rows = found[found["target"] == "a"].iloc[:3]
    assert np.log(rows["value"]).to_numpy() == pytest.approx([3.447298549886, 3.637960660394, 1.314966350659])
    errors = [0.1006228804241, 0.0691352729808, 0.1400665535699]
    assert rows["standard_error"].to_numpy() == pytest.approx(errors, rel=1e-9)
    assert rows["high"].to_numpy() == pytest.approx(rows["value"] * np.exp(stats.norm.ppf(0.975) * np.array(errors)))


def test_predictions_of_unconstrained_models_take_other_places_and_masses():
    found = fit("none")
    costs = pd.DataFrame([[0, 2.0], [3.0, 0]], index=["x", "y"], columns=["x", "y"])
    mass = pd.Series({"x": 2.0, "y": 4.0})
    c = found.coefficients.set_index("variable")["estimate"]
    by_hand = (
        np.exp(c["constant"] + c["origin_mass"] * np.log(2) + c["destination_mass"] * np.log(4)) * 2 ** c["log_cost"]
    )
    assert found.predict(costs=costs, mass=mass)["value"][0] == pytest.approx(by_hand, rel=1e-10)
    with pytest.raises(OptionError, match="fitted on"):
        fit().predict(costs=costs)


def test_free_margins_leave_effects_as_fitted():
    found = fit()
    nearer = COSTS.copy()
    nearer.loc["a", "h"] /= 2
    free = found.predict(costs=nearer, margins="free").set_index(["source", "target"])["value"]
    base = found.predict().set_index(["source", "target"])["value"]
    assert free[("a", "h")] == pytest.approx(base[("a", "h")] * 2**found.exponent)
    assert free.drop(("a", "h")).to_numpy() == pytest.approx(base.drop(("a", "h")).to_numpy())


@pytest.mark.parametrize("constraint", ["production", "double"])
def test_errors_of_rebalanced_predictions_follow_the_coefficient(constraint):
    # the delta method by hand: refit the effects at a coefficient moved a little
    from dataclasses import replace

    from innoscape.network.gravity.poisson import fit_poisson

    found = fit_gravity(FLOWS, COSTS, destination_mass=None if constraint == "double" else MASS, constraint=constraint)
    terms = found._terms
    slope = []
    for move in (-1e-5, 1e-5):
        theta = terms.fit.theta.copy()
        theta[-1] += move * terms.scale[-1]
        means = fit_poisson(replace(terms.model), theta=theta, free=False).means
        slope.append(np.log(means[APART]))
    change = (slope[1] - slope[0]) / 2e-5
    if constraint == "double":
        errors = np.abs(change) * found.coefficients["standard_error"][0]
        assert found.predict()["standard_error"].to_numpy() == pytest.approx(errors, rel=1e-5)
    else:
        net = terms.fit.row_parts[-1][:, None] + terms.fit.column_parts[-1] + terms.model.x[0]
        assert (net * terms.scale[-1])[APART] == pytest.approx(change, rel=1e-5, abs=1e-8)


def test_intervals_of_flows_are_wider_and_cover_counts():
    flows, costs, mass = world(40, 8)
    found = fit_gravity(flows, costs, mass=mass, constraint="production")
    mean, flow = found.predict(), found.predict(interval="flow")
    assert ((flow["high"] - flow["low"]) >= (mean["high"] - mean["low"])).mean() > 0.99
    seen = found.residuals()["value"]
    assert 0.93 < ((seen >= flow["low"]) & (seen <= flow["high"])).mean() <= 1.0


def test_residuals_add_up_to_the_measures():
    found = fit()
    assert (found.residuals(kind="deviance")["residual"] ** 2).sum() == pytest.approx(found.fit["deviance"])
    assert (found.residuals(kind="pearson")["residual"] ** 2).sum() == pytest.approx(found.fit["pearson"])
    assert found.residuals()["residual"].sum() == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(OptionError, match="did you mean"):
        found.residuals(kind="pearsons")
