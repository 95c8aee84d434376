"""Gravity fits agree with R 4.2.2 (glm, sandwich 3.0-2), statsmodels 0.15.0 and spint 1.0.7."""

import numpy as np
import pytest
from samples import APART, COSTS, FLOWS, PLACES, fit, world

from innoscape.data import InnoscapeWarning
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
    found = fit_gravity(flows, costs, mass=None if constraint == "double" else mass, constraint=constraint)
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
