"""Zero inflation agrees with pscl 1.5.5, selection with R 4.2.2 and gretl 2022c, panels with statsmodels 0.14."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from samples import COSTS, MASS, fit
from spint.gravity import Gravity as PeerGravity

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import fit_gravity, fit_panel_gravity, flow_selection, zero_inflation

FOLDER = Path(__file__).parent
CURVES = pd.read_csv(FOLDER / "curves.csv").set_index(["model", "parameter"])
NAMES = {
    "(Intercept)": "constant",
    "oi": "origin_mass",
    "dj": "destination_mass",
    "log_cost": "log_cost",
    "mills": "mills",
}


@pytest.fixture(scope="module")
def plain():
    rows = pd.read_csv(FOLDER / "flows_with_zeros.csv").rename(columns={"i": "source", "j": "target"})
    mass = pd.Series([9.0, 3, 5, 2, 8, 4, 7, 6, 3, 5, 2, 4], index=range(1, 13))
    costs = rows.rename(columns={"cost": "value"})[["source", "target", "value"]]
    return fit_gravity(rows.rename(columns={"y": "value"})[["source", "target", "value"]], costs, mass=mass)


def agrees(found, model, rel=1e-5, errors=1e-3):
    table, expected = found.set_index("variable"), CURVES.loc[model]
    for other in expected.index:
        assert table.loc[NAMES[other], "estimate"] == pytest.approx(expected.loc[other, "value"], rel=rel)
        if errors:
            assert table.loc[NAMES[other], "standard_error"] == pytest.approx(expected.loc[other, "error"], rel=errors)


def test_zero_inflation_agrees_with_pscl(plain):
    found = zero_inflation(plain)
    agrees(found.counts, "zip_count", rel=1e-4)
    agrees(found.zeros, "zip_zero", rel=1e-4)
    assert found.fit["log_likelihood"] == pytest.approx(CURVES.loc[("zip", "log_likelihood"), "value"], abs=1e-6)
    assert found.fit["aic"] < found.fit["plain_aic"]


def test_selection_agrees_with_both_steps_in_r(plain):
    found = flow_selection(plain)
    agrees(found.selection, "probit", errors=0.05)
    # errors of lm leave out the doubt about the first step
    agrees(found.flows, "second", rel=1e-4, errors=None)
    assert abs(found.rho) < 1
    beta = found.flows.set_index("variable")["estimate"]
    assert found.rho * found.sigma == pytest.approx(beta["mills"])


def test_both_steps_and_their_errors_agree_with_gretl(plain):
    stored = pd.read_csv(FOLDER / "selection.csv").set_index(["model", "parameter"])
    first = flow_selection(plain)
    # without a term of its own the second model has a correlation beyond -1, which gretl and Stata set to it as well
    with pytest.warns(InnoscapeWarning, match="correlation of -1.37"):
        second = flow_selection(plain, only=["log_cost"])
    for number, found in enumerate((first, second), start=1):
        for part in ("flows", "selection"):
            table, expected = getattr(found, part).set_index("variable"), stored.loc[f"{part}_{number}"]
            expected = expected.rename({"const": "constant"}).loc[table.index]
            np.testing.assert_allclose(table[["estimate", "standard_error"]], expected, rtol=1e-6)
        assert (found.rho, found.sigma) == pytest.approx(tuple(stored.loc[f"fit_{number}"]["value"]), rel=1e-6)


def test_terms_and_flows_that_do_not_fit_are_refused(plain):
    with pytest.raises(OptionError, match="needed 'none'"):
        zero_inflation(fit("double"))
    with pytest.raises(OptionError, match="inflate: needed one of"):
        zero_inflation(plain, inflate=["rail"])
    with pytest.raises(OptionError, match="only: needed one of"):
        flow_selection(plain, only=["rail"])
    with pytest.raises(OptionError, match="needed one that gives places effects"):
        plain.effect_errors()


@pytest.mark.parametrize("constraint", ["none", "production", "attraction", "double"])
def test_criteria_agree_with_spint_and_statsmodels(constraint):
    found = fit(constraint)
    used = found.used.to_numpy()
    y, mean = found.observed.to_numpy()[used], found.expected.to_numpy()[used]
    i, j = np.nonzero(used)
    places = range(len(found.used))
    columns = {"none": [np.ones(len(y)), np.log(MASS.to_numpy())[i], np.log(MASS.to_numpy())[j]]}
    origins, destinations = [(i == p) * 1.0 for p in places], [(j == p) * 1.0 for p in places]
    columns["production"] = [*origins, np.log(MASS.to_numpy())[j]]
    columns["attraction"] = [*destinations, np.log(MASS.to_numpy())[i]]
    columns["double"] = [*origins, *destinations[1:]]
    design = np.column_stack([*columns[constraint], np.log(COSTS.to_numpy()[i, j])])
    model = sm.GLM(y, design, family=sm.families.Poisson()).fit(tol=1e-13)
    assert found.fit["aic"] == pytest.approx(model.aic)
    assert found.fit["bic"] == pytest.approx(model.bic_llf)
    assert found.fit["ssi"] == pytest.approx((2 * np.minimum(y, mean) / (y + mean)).mean())


def test_similarity_agrees_with_spint(plain):
    x, names, y = plain.design()
    origin, destination, cost = (
        np.exp(x[:, [names.index(n)]]) for n in ("origin_mass", "destination_mass", "log_cost")
    )
    peer = PeerGravity(y.astype(int).reshape(-1, 1), origin, destination, cost, "pow")
    assert plain.fit["ssi"] == pytest.approx(peer.SSI, rel=1e-5)


@pytest.mark.parametrize("kind", ["poisson", "robust", "cluster_origin", "cluster_destination"])
@pytest.mark.parametrize("constraint", ["production", "attraction", "double"])
def test_errors_of_effects_agree_with_statsmodels(constraint, kind):
    found = fit(constraint, covariance=kind)
    table = found.effect_errors()
    i, j = np.nonzero(found.used.to_numpy())
    y = found.observed.to_numpy()[i, j]
    n, mass = len(found.used), np.log(MASS.to_numpy())
    origins, destinations = np.eye(n)[i], np.eye(n)[j]
    dummies = {"production": origins, "attraction": destinations, "double": np.hstack([origins, destinations[:, 1:]])}
    more = {"production": [mass[j]], "attraction": [mass[i]], "double": []}[constraint]
    design = np.column_stack([dummies[constraint], np.log(COSTS.to_numpy()[i, j]), *more])
    groups = {"cluster_origin": i, "cluster_destination": j}
    options = {"poisson": {}, "robust": {"cov_type": "HC0"}}.get(
        kind, {"cov_type": "cluster", "cov_kwds": {"groups": groups.get(kind), "use_correction": False}}
    )
    model = sm.GLM(y, design, family=sm.families.Poisson()).fit(tol=1e-13, **options)
    turn = np.zeros((len(table), design.shape[1]))
    turn[:n, :n] = np.eye(n)
    if constraint == "double":
        # effects of destinations have mean 0
        turn[n + 1 :, n : 2 * n - 1] = np.eye(n - 1)
        turn[n:, n : 2 * n - 1] -= 1 / n
        turn[:n, n : 2 * n - 1] += 1 / n
    count = {"poisson": np.inf, "robust": len(y)}.get(kind, n)
    factor = 1.0 if np.isinf(count) else (count / (count - 1)) ** 0.5
    expected = np.sqrt(np.diag(turn @ model.cov_params() @ turn.T)) * factor
    assert table["effect"].to_numpy() == pytest.approx(turn @ model.params, abs=1e-7)
    assert table["standard_error"].to_numpy() == pytest.approx(expected, rel=1e-5)


def panel(seed=1):
    draw = np.random.default_rng(seed)
    rows = [(a, b, t) for a in "abcdef" for b in "abcdef" if a != b for t in (2018, 2019, 2020)]
    table = pd.DataFrame(rows, columns=["source", "target", "year"])
    table["rail"], table["trade"] = draw.integers(0, 2, len(table)), draw.normal(size=len(table))
    level = {key: draw.normal() for key in {*zip(table["source"], table["target"], strict=True)}}
    base = np.array([level[key] for key in zip(table["source"], table["target"], strict=True)])
    table["value"] = draw.poisson(np.exp(1.0 + 0.4 * table["rail"] - 0.2 * table["trade"] + base))
    return table


@pytest.mark.parametrize("effects", [["pair", "year"], ["origin_year", "destination_year", "pair"], ["origin", "year"]])
def test_panels_agree_with_dummies(effects):
    table = panel()
    found = fit_panel_gravity(table, ["rail", "trade"], effects=effects)
    rows = found.rows.merge(table.drop(columns="value"), on=["source", "target", "year"])
    keys = {
        "pair": rows["source"] + rows["target"], "year": rows["year"], "origin": rows["source"],
        "origin_year": rows["source"] + rows["year"].astype(str),
        "destination_year": rows["target"] + rows["year"].astype(str),
    }  # fmt: skip
    dummies = np.column_stack([pd.get_dummies(keys[kind].astype(str), dtype=float) for kind in effects])
    # independent columns only
    chosen = [
        c
        for c in range(dummies.shape[1])
        if np.linalg.matrix_rank(dummies[:, : c + 1]) > np.linalg.matrix_rank(dummies[:, :c])
    ]
    design = np.column_stack([rows[["rail", "trade"]], dummies[:, chosen]])
    pairs = pd.factorize(keys["pair"])[0]
    options = {"groups": pairs, "use_correction": False}
    model = sm.GLM(rows["value"], design, family=sm.families.Poisson()).fit(
        tol=1e-13, maxiter=200, cov_type="cluster", cov_kwds=options
    )
    groups = len(set(pairs))
    assert found.coefficients["estimate"].to_numpy() == pytest.approx(np.asarray(model.params)[:2], abs=1e-7)
    expected = np.asarray(model.bse)[:2] * (groups / (groups - 1)) ** 0.5
    assert found.coefficients["standard_error"].to_numpy() == pytest.approx(expected, rel=1e-4)
    assert found.fit["log_likelihood"] == pytest.approx(model.llf)
    assert found.fit["parameters"] == design.shape[1]
    assert found.fit["aic"] == pytest.approx(model.aic)


def test_panels_that_fit_exactly_settle():
    # rounding of the flows decides the last digits of such a deviance
    table = panel(seed=7)
    table["value"] = 1e7 * np.exp(0.5 * table["trade"] + 0.1 * table["year"] - 202)
    found = fit_panel_gravity(table, ["trade"])
    assert found.coefficients["estimate"].tolist() == pytest.approx([0.5], abs=1e-9)
    assert found.fit["deviance"] == pytest.approx(0, abs=1e-6)
    assert found.iterations < 20


def test_panels_leave_out_what_only_sends_nothing_and_refuse_the_rest():
    table = panel()
    table.loc[(table["source"] == "a") & (table["target"] == "b"), "value"] = 0
    found = fit_panel_gravity(table, ["rail", "trade"], effects=["pair", "year"])
    assert found.fit["separated"] >= 3
    sums = found.rows.groupby("year")[["value", "expected"]].sum()
    assert sums["value"].tolist() == pytest.approx(sums["expected"].tolist(), rel=1e-6)
    mixed = fit_panel_gravity(table.sample(frac=1, random_state=2), ["rail", "trade"], effects=["pair", "year"])
    pd.testing.assert_frame_equal(mixed.coefficients, found.coefficients)
    tenfold = fit_panel_gravity(table.assign(value=10 * table["value"]), ["rail", "trade"], effects=["pair", "year"])
    assert tenfold.coefficients["estimate"].tolist() == pytest.approx(found.coefficients["estimate"].tolist(), abs=1e-8)
    far = table.assign(far=table["source"].map(ord) - table["target"].map(ord))
    with pytest.raises(OptionError, match="far: determined by the effects"):
        fit_panel_gravity(far, ["rail", "far"], effects=["pair", "year"])
    with pytest.raises(OptionError, match="effects: needed one of"):
        fit_panel_gravity(table, ["rail"], effects=["region"])
