"""Gravity models fit as generalized linear models do, keep their totals, and say what they left out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import APART, COSTS, FLOWS, MASS, PLACES, tidy_flows
from scipy import stats

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import (
    check_gravity,
    estimate_flows,
    fit_gravity,
)

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


def fit(constraint="double", flows=FLOWS, costs=COSTS, **options):
    return fit_gravity(flows, costs, mass=MASS, constraint=constraint, **options)


def world(n, seed, exponent=1.1):
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 100, (n, 2))
    costs = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) + 1.0
    mass = np.exp(rng.normal(0, 0.8, n))
    flows = rng.poisson(np.outer(mass, mass) * (costs / 20) ** -exponent * 3.0).astype(float)
    places = [f"p{i:04d}" for i in range(n)]
    return (
        pd.DataFrame(flows, index=places, columns=places),
        pd.DataFrame(costs, index=places, columns=places),
        pd.Series(mass, index=places),
    )


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


def test_overdispersion_is_that_of_the_auxiliary_regression():
    # R 4.2.2: summary(lm(((y - mu)^2 - y) / mu ~ 1)) and ~ 0 + mu, of seven times the flows
    found = fit("none", flows=7 * FLOWS).overdispersion
    assert found["alpha"].to_numpy() == pytest.approx([3.5830296480968329, 0.04424109888543], rel=1e-9)
    assert found["standard_error"].to_numpy() == pytest.approx([0.8813247474158008, 0.007617227062143], rel=1e-9)
    assert found["p_value"].to_numpy() == pytest.approx(stats.norm.sf([4.0655044109483, 5.808032046898]), rel=1e-8)


def test_checks_are_those_of_theta_ml_and_of_counted_zeros():
    # R 4.2.2, MASS 7.3-58.2: theta.ml at the fitted means, dnbinom, dpois
    checks = check_gravity(fit("none", flows=7 * FLOWS)).set_index("check")
    assert checks.loc["nb2_ratio", "estimate"] == pytest.approx(0.06077917295027, rel=1e-5)
    assert checks.loc["nb2_ratio", "statistic"] == pytest.approx(110.6837496508, rel=1e-9)
    assert checks.loc["zeros", ["seen", "expected"]].tolist() == pytest.approx([5, 0.0110020273813])
    assert checks.loc["zeros_nb2", "expected"] == pytest.approx(0.0317736640056, rel=1e-5)
    assert checks.loc["zeros_nb2", "statistic"] == pytest.approx(27.93165736505, rel=1e-5)
    even = check_gravity(fit("production", decay="exponential")).set_index("check")
    assert even.loc["zeros", ["seen", "expected", "statistic"]].tolist() == pytest.approx(
        [5, 4.686527074382, 0.1785672726334]
    )
    # less spread than Poisson: alpha 0, and zeros under it are those of Poisson
    assert even.loc["nb2_ratio", ["estimate", "statistic", "p_value"]].tolist() == [0.0, 0.0, 0.5]
    assert even.loc["zeros_nb2", "expected"] == even.loc["zeros", "expected"]


def test_checks_warn_of_flows_that_are_not_counts():
    with pytest.warns(InnoscapeWarning, match="whole numbers"):
        check_gravity(fit(flows=FLOWS / 3))


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


@pytest.mark.parametrize("constraint", ["production", "attraction", "double"])
@pytest.mark.parametrize("decay", ["power", "exponential", "tanner"])
def test_constrained_means_and_predictions_meet_their_totals(constraint, decay):
    found = fit(constraint, decay=decay)
    predicted = found.predict().pivot_table("value", "source", "target", fill_value=0.0)
    shorter = found.predict(costs=COSTS**0.5).pivot_table("value", "source", "target", fill_value=0.0)
    for table in (found.expected.fillna(0.0), predicted, shorter):
        if constraint != "attraction":
            assert table.sum(axis=1).to_numpy() == pytest.approx(FLOWS.sum(axis=1).to_numpy(), rel=1e-10)
        if constraint != "production":
            assert table.sum(axis=0).to_numpy() == pytest.approx(FLOWS.sum(axis=0).to_numpy(), rel=1e-10)
    assert predicted.to_numpy() == pytest.approx(found.expected.fillna(0.0).to_numpy(), rel=1e-9)
    assert np.abs(shorter - predicted).to_numpy().max() > 0.5


def test_a_doubly_constrained_fit_is_the_balanced_table_of_its_exponent():
    found = fit()
    balanced = estimate_flows(
        FLOWS.sum(axis=1), FLOWS.sum(axis=0), COSTS, exponent=found.exponent, tolerance=1e-12
    ).pivot_table("value", "source", "target", fill_value=0.0)
    assert found.expected.fillna(0.0).to_numpy() == pytest.approx(balanced.to_numpy(), rel=1e-8)
    assert found.rate == 0.0


@given(st.floats(1e-3, 1e6), st.sampled_from(["none", "production", "attraction", "double"]))
@settings(max_examples=20, deadline=None)
def test_scaling_flows_changes_constants_only(factor, constraint):
    found, scaled = fit(constraint), fit(constraint, flows=FLOWS * factor)
    a, b = (f.coefficients.set_index("variable") for f in (found, scaled))
    slopes = [v for v in a.index if v != "constant"]
    assert b.loc[slopes, "estimate"].to_numpy() == pytest.approx(a.loc[slopes, "estimate"].to_numpy(), abs=1e-9)
    assert b["standard_error"].to_numpy() == pytest.approx(a["standard_error"].to_numpy(), rel=1e-7)
    assert scaled.fit[["d2", "cpc", "srmse"]].to_numpy() == pytest.approx(found.fit[["d2", "cpc", "srmse"]].to_numpy())
    if constraint == "none":
        gain = b.loc["constant", "estimate"] - a.loc["constant", "estimate"]
        assert gain == pytest.approx(np.log(factor), abs=1e-8)


@given(st.permutations(range(8)), st.sampled_from(["none", "production", "attraction", "double"]))
@settings(max_examples=20, deadline=None)
def test_order_of_rows_changes_no_bit_and_names_are_only_names(order, constraint):
    found = fit(constraint)
    table = tidy_flows(FLOWS).sample(frac=1.0, random_state=order[0]).reset_index(drop=True)
    mixed = [PLACES[i] for i in order]
    shuffled = fit_gravity(table, COSTS.loc[mixed, mixed[::-1]], mass=MASS[mixed], constraint=constraint)
    pd.testing.assert_frame_equal(shuffled.coefficients, found.coefficients, check_exact=True)
    pd.testing.assert_frame_equal(shuffled.expected, found.expected, check_exact=True)
    # other names put the places in another order: the same up to rounding
    names = dict(zip(PLACES, (f"z{i}" for i in order), strict=True))
    named = fit_gravity(
        FLOWS.rename(index=names, columns=names),
        COSTS.rename(index=names, columns=names),
        mass=MASS.rename(names),
        constraint=constraint,
    )
    assert named.coefficients["estimate"].to_numpy() == pytest.approx(
        found.coefficients["estimate"].to_numpy(), abs=1e-10
    )


def test_rows_of_one_pair_are_summed_whatever_their_order():
    table = pd.concat([tidy_flows(FLOWS * share) for share in (0.1, 0.2, 0.7)])
    a = fit(flows=table.sample(frac=1.0, random_state=1))
    b = fit(flows=table.sample(frac=1.0, random_state=2))
    assert a.observed.to_numpy() == pytest.approx(np.where(APART, FLOWS, np.nan), nan_ok=True)
    pd.testing.assert_frame_equal(a.coefficients, b.coefficients, check_exact=True)


def test_turning_the_table_swaps_the_sides():
    production = fit_gravity(FLOWS, COSTS, destination_mass=MASS, constraint="production")
    attraction = fit_gravity(FLOWS.T, COSTS.T, origin_mass=MASS, constraint="attraction")
    assert attraction.coefficients["estimate"].to_numpy() == pytest.approx(
        production.coefficients["estimate"].to_numpy(), abs=1e-10
    )
    assert attraction.effects["effect"].to_numpy() == pytest.approx(production.effects["effect"].to_numpy(), abs=1e-9)


def test_the_size_of_the_table_and_threads_change_no_value(monkeypatch):
    from innoscape.network import _poisson

    # large enough for a first guess from a coarser table, and for threads
    flows, costs, _ = world(460, 2)
    found = fit_gravity(flows, costs, constraint="double", decay="tanner")
    measures = found.fit
    assert found.expected.sum(axis=1).to_numpy() == pytest.approx(
        flows.to_numpy().sum(axis=1) - np.diag(flows), rel=1e-10
    )
    assert found.exponent == pytest.approx(1.1, abs=4 * found.coefficients["standard_error"][0])
    monkeypatch.setattr(_poisson, "_THREADS", 1)
    alone = fit_gravity(flows, costs, constraint="double", decay="tanner")
    pd.testing.assert_frame_equal(alone.coefficients, found.coefficients, check_exact=True)
    pd.testing.assert_series_equal(alone.fit, measures, check_exact=True)
    monkeypatch.setattr(_poisson, "_COARSE", 10_000)
    unguessed = fit_gravity(flows, costs, constraint="double", decay="tanner")
    assert unguessed.coefficients["estimate"].to_numpy() == pytest.approx(
        found.coefficients["estimate"].to_numpy(), abs=1e-9
    )
    assert found.iterations < unguessed.iterations


def test_proportional_fitting_brings_columns_near_their_totals():
    from innoscape.network import _poisson

    terms = fit()._terms
    solver = _poisson._Solver(terms.model, free=True)
    columns = np.log(solver.column_totals)
    before = solver.sweep(terms.fit.theta, columns)
    after = solver.sweep(terms.fit.theta, solver.balanced(before, columns))
    assert 0.0 < 100 * solver.residue(after) < solver.residue(before)
    assert after.row_sums[0] == pytest.approx(FLOWS.sum(axis=1).to_numpy())


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


def test_flows_made_by_a_model_are_fitted_exactly():
    exact = np.outer(MASS**0.7, MASS**1.2) * np.where(APART, COSTS, 1.0) ** -1.4 * np.exp(0.5)
    found = fit("none", flows=pd.DataFrame(exact, index=PLACES, columns=PLACES))
    assert found.coefficients["estimate"].to_numpy() == pytest.approx([0.5, 0.7, 1.2, -1.4], abs=1e-10)
    assert found.fit[["deviance", "srmse"]].to_numpy() == pytest.approx([0, 0], abs=1e-8)
    assert found.fit[["d2", "cpc", "r2"]].to_numpy() == pytest.approx([1, 1, 1])


def test_without_decay_in_the_data_the_decay_is_nothing():
    even = pd.DataFrame(np.outer(MASS, MASS), index=PLACES, columns=PLACES)
    assert fit(flows=even).exponent == pytest.approx(0.0, abs=1e-10)


def test_scaling_costs_leaves_a_power_decay_and_divides_a_rate():
    assert fit(costs=COSTS * 1000).exponent == pytest.approx(fit().exponent, abs=1e-10)
    assert fit(costs=COSTS * 1000, decay="exponential").rate == pytest.approx(
        fit(decay="exponential").rate / 1000, rel=1e-9
    )


def test_absent_pairs_are_zeros_or_missing_as_said():
    table = tidy_flows(FLOWS.where(FLOWS > 0))
    zeros, missing = fit(flows=table), fit(flows=table, absent="missing")
    assert zeros.coefficients["estimate"][0] == pytest.approx(fit().coefficients["estimate"][0], abs=1e-12)
    assert zeros.counts[["given", "diagonal", "flow_missing", "used"]].tolist() == [64, 8, 0, 56]
    assert missing.counts[["flow_missing", "used"]].tolist() == [5, 51]
    assert abs(missing.exponent - zeros.exponent) > 0.01
    # what was missing is predicted nevertheless
    assert len(missing.predict()) == 56
    assert np.isnan(missing.expected.loc["d", "b"])


def test_pairs_without_cost_are_left_out_and_said():
    costs = COSTS.copy()
    costs.loc["a", "c"] = np.inf
    costs.loc["b", "c"] = np.nan
    with pytest.warns(InnoscapeWarning, match="2 pairs without a finite cost"):
        found = fit(costs=costs)
    assert found.counts[["cost_missing", "used"]].tolist() == [2, 54]


def test_the_diagonal_belongs_to_the_model_if_asked():
    flows, costs = FLOWS + np.diag([50.0] * 8), COSTS + np.diag([0.5] * 8)
    assert fit(flows=flows, costs=costs).fit["pairs"] == 56
    assert fit(flows=flows, costs=costs, diagonal=True).fit["pairs"] == 64
    with pytest.raises(OptionError, match="positive costs"):
        fit(flows=flows, diagonal=True)


def test_places_that_send_nothing_are_fitted_with_nothing_and_named():
    flows = FLOWS.copy()
    flows.loc["c"] = 0.0
    with pytest.warns(InnoscapeWarning, match=r"1 origin\(s\) with 0 \(c\)"):
        found = fit(flows=flows)
    assert found.counts[["separated", "used"]].tolist() == [7, 49]
    assert found.effects.set_index(["side", "place"]).loc[("origin", "c"), "status"] == "separated"
    assert found.effects["effect"][2] == -np.inf
    rest = [p for p in PLACES if p != "c"]
    without = fit_gravity(flows.loc[rest], COSTS.loc[rest], constraint="double")
    assert found.exponent == pytest.approx(without.exponent, abs=1e-10)
    predicted = found.predict()
    own = predicted[predicted["source"] == "c"]
    assert (own[["value", "standard_error", "low", "high"]] == 0).all(axis=None)


def test_effects_together_may_separate_pairs():
    # rows a, b reach columns p, q only and nobody looked at c, d -> p, q: the zeros of a, b -> r, s can vanish
    flows = pd.DataFrame(
        [[4.0, 2, 0, 0], [1, 3, 0, 0], [np.nan, np.nan, 5, 2], [np.nan, np.nan, 1, 6]],
        index=list("abcd"),
        columns=list("pqrs"),
    )
    costs = pd.DataFrame(
        [[1.0, 2, 3, 4], [2, 1, 4, 3], [5, 4, 1, 3], [3, 5, 3, 1]], index=list("abcd"), columns=flows.columns
    )
    found = fit_gravity(flows, costs, constraint="double")
    assert found.counts[["flow_missing", "separated", "used"]].tolist() == [4, 4, 8]
    assert found.fit["parameters"] == 7
    assert (found.expected.loc[["a", "b"], ["r", "s"]] == 0).all(axis=None)


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

    from innoscape.network.predictions import fit_poisson

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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"constraint": "singly"}, "constraint"),
        ({"decay": "gauss"}, "decay"),
        ({"covariance": "hc3"}, "covariance"),
        ({"level": 95}, "level"),
        ({"constraint": "double", "origin_mass": MASS}, "takes in origin_mass"),
        ({"constraint": "double", "constant": False}, "constant=False"),
        ({"constraint": "none", "mass": None}, "mass="),
        ({"mass": MASS.drop("c")}, "given for c"),
        ({"mass": MASS.replace(9.0, 0.0)}, "positive and finite"),
        ({"flows": FLOWS * 0}, "no pair"),
        ({"flows": -FLOWS}, "at least 0"),
        ({"flows": tidy_flows(FLOWS).replace("a", "atlantis")}, "atlantis"),
        ({"costs": COSTS * 0 + 1}, "the same for all pairs"),
        ({"costs": COSTS - 2}, "positive costs"),
        ({"pairs": {"log_cost": COSTS}}, "must not be named"),
        ({"max_iterations": 1}, "did not settle"),
    ],
)
def test_what_cannot_be_fitted_is_refused(options, message):
    given_options = {"flows": FLOWS, "costs": COSTS, "mass": MASS, **options}
    with pytest.raises(OptionError, match=message):
        fit_gravity(given_options.pop("flows"), given_options.pop("costs"), **given_options)


def test_fits_agree_with_spint():
    gravity = pytest.importorskip("spint.gravity")
    rows, columns = np.nonzero(APART)
    y, c = FLOWS.to_numpy()[rows, columns].astype(int), COSTS.to_numpy()[rows, columns]
    names = np.array(PLACES)
    theirs = gravity.Doubly(y, names[rows], names[columns], c, "pow")
    assert fit().coefficients["estimate"][0] == pytest.approx(theirs.params[-1], abs=1e-6)


def test_a_table_too_empty_to_fit_is_refused_rather_than_fitted_wrongly():
    # three flows on a line, each nearer than any pair without flow: a decay without bound fits them all
    at = np.array([0, 1, 100, 102, 300, 303.0])
    costs = pd.DataFrame(np.abs(at[:, None] - at))
    flows = pd.DataFrame(np.zeros((6, 6)))
    for i, j, value in ((0, 1, 3.0), (2, 3, 2.0), (4, 5, 1.0), (1, 0, 2.0), (3, 2, 4.0), (5, 4, 1.0)):
        flows.loc[i, j] = value
    with pytest.raises(OptionError, match=r"separation|too few"):
        fit_gravity(flows, costs, constraint="double", decay="exponential")
