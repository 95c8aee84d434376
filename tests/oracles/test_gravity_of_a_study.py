"""Gravity models of a study agree with statsmodels 0.15.0 (GLM Poisson, HC0), of directed and of undirected flows."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from innoscape.geo import distance_matrix
from innoscape.study import run

PLACES = [f"p{i}" for i in range(9)]
STUDY = """
name = "made"
title = "Made"
[tables]
places = ["places.csv"]
indicators = "sizes.csv"
[[networks]]
name = "deals"
directed = {directed}
flows = "flows.csv"
[networks.gravity]
"""
MASSES = 'constraint = "none"\norigin_mass = ["size"]\ndestination_mass = ["size"]\n'


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(11)
    at = np.arange(len(PLACES))
    places = pd.DataFrame({"place": PLACES, "lon": 100.0 + (4 * at) % 9, "lat": 25.0 + (5 * at) % 7})
    places["tier"] = "national"
    size = pd.Series(rng.uniform(2, 30, len(PLACES)), index=PLACES)
    cost = distance_matrix(places).loc[PLACES, PLACES]
    rows = [
        (s, t, float(rng.poisson(40 * (size[s] * size[t]) ** 0.7 / cost.loc[s, t] ** 0.9)))
        for s in PLACES
        for t in PLACES
        if s != t
    ]
    return places, size, cost, pd.DataFrame(rows, columns=["source", "target", "value"])


def ours(folder, made, keys, *, directed):
    places, size, _, flows = made
    flows = flows if directed else flows[flows["source"] < flows["target"]]
    places.to_csv(folder / "places.csv", index=False)
    flows.to_csv(folder / "flows.csv", index=False)
    pd.DataFrame({"place": PLACES, "indicator": "size", "value": size.to_numpy()}).to_csv(
        folder / "sizes.csv", index=False
    )
    (folder / "study.toml").write_text(STUDY.format(directed=str(directed).lower()) + keys, encoding="utf-8")
    return run(folder, until="centrality").tables, flows


def theirs(flows, columns):
    n = len(flows)
    model = sm.GLM(flows["value"].to_numpy(), np.column_stack(columns), family=sm.families.Poisson())
    fit = model.fit(tol=1e-14, maxiter=100, cov_type="HC0")
    return fit, fit.bse * np.sqrt(n / (n - 1))


def assert_agree(table, fit, errors, at):
    assert table["coefficient"].to_numpy() == pytest.approx(fit.params[at], rel=1e-7)
    assert table["standard_error"].to_numpy() == pytest.approx(errors[at], rel=1e-6)
    z = 1.959963984540054
    assert table["low"].to_numpy() == pytest.approx(fit.params[at] - z * errors[at], rel=1e-5)
    assert table["high"].to_numpy() == pytest.approx(fit.params[at] + z * errors[at], rel=1e-5)
    assert table["p_value"].to_numpy() == pytest.approx(2 * _upper(np.abs(fit.params / errors))[at], rel=1e-5)


def _upper(z):
    from scipy.stats import norm

    return norm.sf(z)


def log_cost(flows, cost):
    return np.log([cost.loc[s, t] for s, t in zip(flows["source"], flows["target"], strict=True)])


def effects(names):
    return [(names == place).to_numpy(dtype=float) for place in PLACES]


def test_masses_of_directed_flows(made, tmp_path):
    tables, flows = ours(tmp_path, made, MASSES, directed=True)
    _, size, cost, _ = made
    masses = [np.log(flows[end].map(size)) for end in ("source", "target")]
    fit, errors = theirs(flows, [np.ones(len(flows)), *masses, log_cost(flows, cost)])
    assert_agree(tables["gravity"], fit, errors, [0, 1, 2, 3])
    measures = tables["gravity_fit"].set_index("measure")["value"]
    assert measures["d2"] == pytest.approx(1 - fit.deviance / fit.null_deviance)
    assert measures["mcfadden"] == pytest.approx(1 - fit.llf / fit.llnull)


def test_effects_of_directed_flows(made, tmp_path):
    tables, flows = ours(tmp_path, made, "", directed=True)
    columns = [*effects(flows["source"]), *effects(flows["target"])[1:], log_cost(flows, made[2])]
    fit, errors = theirs(flows, columns)
    assert_agree(tables["gravity"], fit, errors, [-1])
    far = pd.Series(fit.resid_deviance, index=flows.index).sort_values()
    misfits = tables["gravity_misfits"]
    for side, row in (("below", far.index[0]), ("above", far.index[-1])):
        first = misfits[misfits["side"] == side].iloc[0]
        assert first[["source", "target"]].tolist() == flows.loc[row, ["source", "target"]].tolist()
        assert first["residual"] == pytest.approx(far[row], rel=1e-6)


def test_one_mass_of_undirected_flows(made, tmp_path):
    tables, flows = ours(tmp_path, made, MASSES, directed=False)
    _, size, cost, _ = made
    both = np.log(flows["source"].map(size)) + np.log(flows["target"].map(size))
    fit, errors = theirs(flows, [np.ones(len(flows)), both, log_cost(flows, cost)])
    assert_agree(tables["gravity"], fit, errors, [0, 1, 2])


def test_one_effect_of_each_place_of_undirected_flows(made, tmp_path):
    tables, flows = ours(tmp_path, made, "", directed=False)
    pairs = zip(effects(flows["source"]), effects(flows["target"]), strict=True)
    fit, errors = theirs(flows, [*(a + b for a, b in pairs), log_cost(flows, made[2])])
    assert_agree(tables["gravity"], fit, errors, [-1])
    measures = tables["gravity_fit"].set_index("measure")["value"]
    assert measures["parameters"] == len(PLACES) + 1
    assert measures["pairs"] == len(flows)
    assert measures["rmse"] == pytest.approx(np.sqrt(((flows["value"] - fit.fittedvalues) ** 2).mean()))
