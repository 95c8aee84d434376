"""Gravity models fit as generalized linear models of other programs do, and refuse what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest
from samples import APART, COSTS, FLOWS, MASS, PLACES, fit, tidy_flows

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import fit_gravity


def test_flows_made_by_a_model_are_fitted_exactly():
    exact = np.outer(MASS**0.7, MASS**1.2) * np.where(APART, COSTS, 1.0) ** -1.4 * np.exp(0.5)
    found = fit("none", flows=pd.DataFrame(exact, index=PLACES, columns=PLACES))
    assert found.coefficients["estimate"].to_numpy() == pytest.approx([0.5, 0.7, 1.2, -1.4], abs=1e-10)
    assert found.fit[["deviance", "srmse"]].to_numpy() == pytest.approx([0, 0], abs=1e-8)
    assert found.fit[["d2", "cpc", "r2"]].to_numpy() == pytest.approx([1, 1, 1])


def test_without_decay_in_the_data_the_decay_is_nothing():
    even = pd.DataFrame(np.outer(MASS, MASS), index=PLACES, columns=PLACES)
    assert fit(flows=even).exponent == pytest.approx(0.0, abs=1e-10)


def test_variables_of_pairs_enter_the_exponent():
    near = pd.DataFrame((COSTS.to_numpy() < 3).astype(float), index=PLACES, columns=PLACES)
    made = np.where(APART, COSTS, 1.0) ** -1.0 * np.exp(0.8 * near) * np.outer(MASS, MASS)
    found = fit(flows=made, pairs={"near": near})
    assert found.coefficients["variable"].tolist() == ["log_cost", "near"]
    assert found.coefficients["estimate"].to_numpy() == pytest.approx([-1.0, 0.8], abs=1e-9)
    with pytest.raises(OptionError, match="separation"):
        fit(pairs={"empty": (FLOWS == 0).astype(float)})
    with pytest.raises(OptionError, match="collinear"):
        fit(pairs={"sent": pd.DataFrame(np.tile(MASS, (8, 1)).T, index=PLACES, columns=PLACES)})
    with pytest.raises(OptionError, match="same for all pairs"):
        fit(pairs={"one": COSTS * 0 + 1.0})


def test_several_masses_are_several_terms():
    masses = pd.DataFrame({"rd": MASS, "people": MASS[::-1].to_numpy()}, index=PLACES)
    found = fit_gravity(FLOWS, COSTS, mass=masses)
    assert found.coefficients["variable"].tolist() == [
        "constant",
        "origin_rd",
        "origin_people",
        "destination_rd",
        "destination_people",
        "log_cost",
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"constraint": "singly"}, OptionError, "constraint"),
        ({"decay": "gauss"}, OptionError, "decay"),
        ({"covariance": "hc3"}, OptionError, "covariance"),
        ({"confidence_level": 95}, OptionError, "level"),
        ({"constraint": "double", "origin_mass": MASS}, OptionError, "takes in origin_mass"),
        ({"constraint": "double", "constant": False}, OptionError, "constant=False"),
        ({"constraint": "none", "mass": None}, OptionError, "mass="),
        ({"mass": MASS.drop("c")}, OptionError, "got none for c"),
        ({"mass": MASS.replace(9.0, 0.0)}, OptionError, "positive and finite"),
        ({"flows": FLOWS * 0}, OptionError, "no pair"),
        ({"flows": -FLOWS}, TableError, "at least 0"),
        ({"flows": tidy_flows(FLOWS).replace("a", "atlantis")}, UnknownPlaceError, "atlantis"),
        ({"costs": COSTS * 0 + 1}, OptionError, "the same for all pairs"),
        ({"costs": COSTS - 2}, TableError, "positive costs"),
        ({"pairs": {"log_cost": COSTS}}, OptionError, "must not be named"),
        ({"max_iterations": 1}, OptionError, "did not settle"),
    ],
)
def test_what_cannot_be_fitted_is_refused(options, error, message):
    given_options = {"flows": FLOWS, "costs": COSTS, "mass": MASS, **options}
    with pytest.raises(error, match=message):
        fit_gravity(given_options.pop("flows"), given_options.pop("costs"), **given_options)


@pytest.mark.parametrize("wrong", ["flows", "long flows", "costs", "mass"])
def test_text_in_place_of_numbers_is_refused(wrong):
    given = {"flows": FLOWS, "costs": COSTS, "mass": MASS}
    if wrong == "long flows":
        given["flows"] = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "value": ["much", "1"]})
    else:
        given[wrong] = given[wrong].astype(object)
        given[wrong].iloc[(0,) * given[wrong].ndim] = "much"
    with pytest.raises(OptionError, match=r"needed numbers, got something else: .*much"):
        fit_gravity(given["flows"], given["costs"], mass=given["mass"], constraint="none")
