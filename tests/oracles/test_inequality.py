"""Inequality agrees with PySAL's inequality 1.1.2, convergence with statsmodels 0.15, densities with scipy and R 4."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import (
    SpatialWeights,
    convergence,
    decompose_inequality,
    distribution_density,
    inequality,
    spatial_gini,
)

DRAWS = np.random.default_rng(4).lognormal(size=60)
PLACES = [f"p{number:02}" for number in range(60)]
VALUES = pd.Series(DRAWS, index=PLACES)


def one(measure, **options):
    return inequality(VALUES, measures=[measure], **options)["value"].iloc[0]


def test_gini_theil_atkinson_and_hoover_agree_with_inequality():
    pysal = pytest.importorskip("inequality")
    assert one("gini") == pytest.approx(pysal.gini.Gini(DRAWS).g)
    assert one("theil_t") == pytest.approx(pysal.theil.Theil(DRAWS).T)
    for epsilon in (0.5, 1.0, 2.0):
        theirs = pysal.atkinson.atkinson(DRAWS, epsilon)
        assert one("atkinson", epsilon=epsilon) == pytest.approx(float(theirs))
    schutz = pysal.schutz.Schutz(pd.DataFrame({"v": DRAWS}), "v")
    assert one("hoover") == pytest.approx(schutz.distance)


def test_theil_within_and_between_agree_with_inequality():
    pysal = pytest.importorskip("inequality")
    groups = np.arange(60) % 4
    theirs = pysal.theil.TheilD(DRAWS, groups)
    mine = decompose_inequality(VALUES, groups=pd.Series(groups, index=PLACES, name="g"))
    whole = mine[mine["group"] == "all"].set_index("part")["contribution"]
    assert whole["between"] == pytest.approx(np.ravel(theirs.bg)[0])
    assert whole["within"] == pytest.approx(np.ravel(theirs.wg)[0])


def test_the_spatial_gini_agrees_with_inequality():
    pysal = pytest.importorskip("inequality")
    weights = pytest.importorskip("libpysal.weights")
    w = weights.block_weights(np.arange(60) // 5, silence_warnings=True)
    np.random.seed(0)  # noqa: NPY002 - theirs draws from the global state
    theirs = pysal.gini.Gini_Spatial(DRAWS, w, permutations=2000)
    mine = spatial_gini(VALUES, SpatialWeights(w.sparse, VALUES.index), permutations=2000).iloc[0]
    assert mine["gini"] == pytest.approx(theirs.g)
    assert mine["others"] == pytest.approx(theirs.wcg_share)
    assert mine["polarization"] == pytest.approx(theirs.polarization)
    assert mine["expected"] == pytest.approx(theirs.e_wcg / theirs.den, rel=2e-3)
    assert mine["standard_deviation"] == pytest.approx(theirs.s_wcg / theirs.den, rel=0.1)
    assert mine["p_value"] == pytest.approx(theirs.polarization_p_sim, abs=0.04)


@pytest.mark.parametrize("errors", ["ols", "hc0", "hc1", "hc2", "hc3"])
def test_beta_agrees_with_statsmodels(errors):
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(8)
    end = DRAWS**0.6 * rng.lognormal(sigma=0.2, size=60)
    school = rng.normal(size=60)
    table = pd.DataFrame({"place": PLACES * 2, "year": [2000] * 60 + [2012] * 60})
    table["value"], table["school"] = [*DRAWS, *end], [*school, *school]
    found = convergence(table, controls=["school"], errors=errors)
    x = sm.add_constant(np.column_stack([np.log(DRAWS), school]))
    kind = "nonrobust" if errors == "ols" else errors.upper()
    theirs = sm.OLS(np.log(end / DRAWS) / 12, x).fit(cov_type=kind, use_t=True)
    mine = found.coefficients[found.coefficients["model"] == "conditional"]
    assert mine["estimate"].to_numpy() == pytest.approx(theirs.params)
    assert mine["standard_error"].to_numpy() == pytest.approx(theirs.bse)
    assert mine["p_value"].to_numpy() == pytest.approx(theirs.pvalues)
    assert mine[["low", "high"]].to_numpy() == pytest.approx(theirs.conf_int())
    assert found.beta["r_squared"].iloc[1] == pytest.approx(theirs.rsquared)


def test_beta_agrees_with_lm_of_r():
    start, end = [1, 2, 4, 5, 9, 10], [3, 5, 9, 8, 20, 14]
    table = pd.DataFrame({"place": list("abcdef") * 2, "year": [0] * 6 + [10] * 6, "value": [*start, *end]})
    row = convergence(table, errors="ols").beta.iloc[0]
    assert row["beta"] == pytest.approx(-0.0253919129771)
    assert row["standard_error"] == pytest.approx(0.00972854879475)
    assert row["p_value"] == pytest.approx(0.05941741489898)


@pytest.mark.parametrize(("rule", "name"), [("scott", "scott"), ("normal_reference", "silverman")])
@pytest.mark.parametrize("weighted", [False, True])
def test_densities_agree_with_scipy(rule, name, weighted):
    from scipy.stats import gaussian_kde

    people = pd.Series(np.random.default_rng(2).uniform(1, 5, 60), index=PLACES) if weighted else None
    mine = distribution_density(VALUES, bandwidth=rule, relative=False, weights=people)
    theirs = gaussian_kde(DRAWS, bw_method=name, weights=people)
    assert mine["density"].to_numpy() == pytest.approx(theirs(mine["at"]))


def test_the_rule_of_thumb_agrees_with_bw_nrd0_of_r():
    values = pd.Series([1.2, 3.4, 2.2, 5.9, 4.1, 0.7, 2.8, 3.3, 9.5, 2.0], index=list("abcdefghij"))
    found = distribution_density(values, relative=False)
    assert found["bandwidth"].iloc[0] == pytest.approx(0.794582476724)
