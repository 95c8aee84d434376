"""Gravity models fit as generalized linear models of other programs do, and refuse what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest
from samples import APART, COSTS, FLOWS, MASS, PLACES, fit, tidy_flows, world

from innoscape.data import InnoscapeWarning, OptionError, TableError, UnknownPlaceError
from innoscape.network import fit_gravity

KINDS = ("poisson", "robust", "cluster_origin", "cluster_destination", "two_way")

# R 4.2.2: glm(family = poisson, epsilon = 1e-14); errors by vcov, sandwich times N / (N - 1), and sandwich 3.0-2
# vcovCL(type = "HC0", cadjust = TRUE) by origin, by destination and by both; nan where the variance is negative
PRINTED = {
    ("none", "power", True): (
        [0.1225595492394, 1.1641552735346, 1.1459038284173, -0.9560749079089],
        [
            [0.2223092730486, 0.08719204427581, 0.08679902749676, 0.05472411412425],
            [0.1912406301781, 0.06858589312511, 0.09264422227216, 0.05548303730523],
            [0.157745133845, 0.0779146475781, 0.05938035228664, 0.057524559628],
            [0.1738878707328, 0.09107736353283, 0.05644936791964, 0.05787268934416],
            [np.nan] * 4,
        ],
        {
            "deviance": 40.87907381356,
            "null_deviance": 576.4519195113,
            "log_likelihood": -117.9351887379,
            "pearson": 36.31988268134,
            "cpc": 0.8999513991821,
            "srmse": 0.3260790251884,
            "r2": 0.9083042811189,
        },
    ),
    ("none", "power", False): (
        [1.2023060458322, 1.1836786757810, -0.9596482483215],
        [
            [0.0535230446385, 0.05376760744809, 0.05462642206122],
            [0.048607543896, 0.06017745940142, 0.0548958147403],
            [0.04920450716227, 0.046955633919, 0.05719236492376],
            [0.05294320552212, 0.03214445718925, 0.05612005236515],
            [np.nan] * 3,
        ],
        {"deviance": 41.17962468354, "log_likelihood": -118.0854641729, "null_deviance": 576.4519195113},
    ),
    ("production", "exponential", True): (
        [1.0629322867907, -0.2348261753955],
        [
            [0.08265311610415, 0.01574687403305],
            [0.06229908825496, 0.01613140007743],
            [0.05268904649199, 0.01253446258625],
            [0.0773584974814, 0.02075255604422],
            [0.06985196028327, 0.01809859846056],
        ],
        {"deviance": 40.44576899529, "pearson": 37.92622617149, "cpc": 0.9106140219074},
    ),
    ("attraction", "power", True): (
        [1.1707141147997, -0.9727106487777],
        [
            [0.08909896527192, 0.05839744436547],
            [0.06825883751871, 0.04917538514324],
            [0.08027487230849, 0.04792096913962],
            [0.09734436183802, 0.06151339058406],
            [0.1061164973338, 0.06051527080367],
        ],
        {"deviance": 37.32543918957, "log_likelihood": -116.1583714259, "srmse": 0.2902110086996},
    ),
    ("double", "power", True): (
        [-0.9900476638887],
        [[0.06211357741748], [0.03457639157702], [0.04571193862238], [0.04521273802896], [0.05420559157692]],
        {"deviance": 21.83791677574, "log_likelihood": -108.414610219, "r2": 0.9809735570849},
    ),
    ("double", "tanner", True): (
        [-0.69620089068839, -0.07456670931412],
        [
            [0.1876925021072, 0.04528724761722],
            [0.08064068837602, 0.01931737666593],
            [0.0729729312251, 0.01523712676221],
            [0.1095649374971, 0.02761004635468],
            [0.104050966351, 0.0249263645649],
        ],
        {"deviance": 19.0759984679, "pearson": 15.2412823502, "cpc": 0.9509103444022},
    ),
}


@pytest.mark.parametrize("model", PRINTED, ids=lambda m: f"{m[0]}-{m[1]}-{m[2]}")
def test_estimates_errors_and_measures_are_those_of_glm_and_sandwich(model):
    constraint, decay, constant = model
    estimates, errors, measures = PRINTED[model]
    for kind, printed in zip(KINDS, errors, strict=True):
        if np.isnan(printed).any():
            with pytest.warns(InnoscapeWarning, match="not positive"):
                found = fit(constraint, decay=decay, constant=constant, covariance=kind)
            assert np.linalg.eigvalsh(found.covariance).min() >= -1e-12
            continue
        found = fit(constraint, decay=decay, constant=constant, covariance=kind)
        assert found.coefficients["estimate"].to_numpy() == pytest.approx(estimates, abs=1e-10)
        assert found.coefficients["standard_error"].to_numpy() == pytest.approx(printed, rel=1e-8)
    for name, value in measures.items():
        assert found.fit[name] == pytest.approx(value, rel=1e-10), name


def test_effects_are_those_of_glm():
    # R 4.2.2: coef(glm(y ~ 0 + o + d + log(c), poisson)); there the effect of destination 1 is 0, here their mean
    origins = [5.0109216206321, 3.3745228536567, 4.7959877439202, 2.2760072543164]
    destinations = [0, -1.6015556327422, -0.4161886110194, -2.4221904153961]
    destinations += [-0.2805503313023, -1.2998885784535, -0.9005103430230, -0.2710804127423]
    effects = fit().effects
    found = effects["effect"].to_numpy()
    mean = np.mean(destinations)
    assert found[:4] == pytest.approx(np.array(origins) + mean, abs=1e-9)
    assert found[8:] == pytest.approx(np.array(destinations) - mean, abs=1e-9)
    assert effects["side"].tolist() == ["origin"] * 8 + ["destination"] * 8
    assert effects["total"].tolist() == [*FLOWS.sum(axis=1), *FLOWS.sum(axis=0)]


@pytest.mark.parametrize("constraint", ["none", "production", "attraction", "double"])
def test_fits_agree_with_statsmodels(constraint):
    sm = pytest.importorskip("statsmodels.api")
    flows, costs, mass = world(14, 5)
    rows, columns = np.nonzero(~np.eye(14, dtype=bool))
    y, log_mass = flows.to_numpy()[rows, columns], np.log(mass.to_numpy())
    parts = {"log_cost": np.log(costs.to_numpy()[rows, columns])}
    origins, destinations = np.eye(14)[rows], np.eye(14)[columns]
    if constraint in {"none", "attraction"}:
        parts["origin_mass"] = log_mass[rows]
    if constraint in {"none", "production"}:
        parts["destination_mass"] = log_mass[columns]
    dummies = {
        "none": np.ones((len(y), 1)),
        "production": origins,
        "attraction": destinations,
        "double": np.hstack([origins, destinations[:, 1:]]),
    }[constraint]
    design = np.hstack([np.column_stack(list(parts.values())), dummies])
    model = sm.GLM(y, design, family=sm.families.Poisson()).fit(tol=1e-13, cov_type="HC0")
    found = fit_gravity(flows, costs, mass=mass, constraint=constraint)
    table = found.coefficients.set_index("variable").loc[list(parts)]
    assert table["estimate"].to_numpy() == pytest.approx(model.params[: len(parts)], abs=1e-8)
    share = np.sqrt(len(y) / (len(y) - 1))
    assert table["standard_error"].to_numpy() == pytest.approx(model.bse[: len(parts)] * share, rel=1e-6)
    assert found.fit["deviance"] == pytest.approx(model.deviance, rel=1e-9)
    assert found.fit["parameters"] == design.shape[1]


def test_fits_agree_with_spint():
    gravity = pytest.importorskip("spint.gravity")
    rows, columns = np.nonzero(APART)
    y, c = FLOWS.to_numpy()[rows, columns].astype(int), COSTS.to_numpy()[rows, columns]
    names = np.array(PLACES)
    theirs = gravity.Doubly(y, names[rows], names[columns], c, "pow")
    assert fit().coefficients["estimate"][0] == pytest.approx(theirs.params[-1], abs=1e-6)


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
        ({"mass": MASS.drop("c")}, OptionError, "given for c"),
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
