"""Panels with random levels of places: against R, spreg, the density of the data, and what made the data."""

import numpy as np
import pandas as pd
import pytest
import spreg
from libpysal.graph import Graph
from scipy.stats import multivariate_normal

from innoscape.data.errors import OptionError, SizeError
from innoscape.geo import (
    SpatialWeights,
    autocorrelation,
    hausman_test,
    regression_table,
    spatial_regression,
    spatial_tests,
    spatial_weights,
)
from innoscape.geo.regression import random_effects

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::UserWarning",
    "ignore:Method .bounded.:RuntimeWarning",
)


def made(levels):
    """Make a panel of whole numbers, so that another program can make it too."""
    i, t = np.meshgrid(np.arange(12), np.arange(6))
    x = (i * 7 + t * t * 5 + i * t * 3) % 17 + i / 2
    z = (i * 5 + t * 11 + i * i * t) % 13
    s = (i * i) % 5
    y = 3 + 0.8 * x - 0.5 * z + levels(i, s) + (i * 13 + t * 29 + i * t * 7) % 11 / 2
    columns = {"year": 2010 + t.ravel(), "x": x.ravel(), "z": z.ravel(), "s": s.ravel(), "y": y.ravel()}
    places = [f"p{k:02d}" for k in range(12)]
    ring = pd.DataFrame({"origin": places, "destination": np.roll(places, 1), "value": 1.0})
    weights = SpatialWeights.from_table(ring).symmetrized("max").scaled("row")
    return pd.DataFrame({"place": [places[k] for k in i.ravel()], **columns}), weights


def large(i, s):
    return s + i * 31 % 7


def small(i, s):
    return s / 4 + (i * 31 % 7) / 3


def panel(n=30, years=5, rho=0.4, lam=0.0, theta=0.0, seed=0, together=0.0, scaling="row"):
    """Make a panel with random levels, which may go together with x."""
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(
        {"place": [f"p{i:03d}" for i in range(n)], "lon": rng.uniform(100, 115, n), "lat": rng.uniform(25, 40, n)}
    )
    weights = spatial_weights(places, neighbors=4, scaling="none").symmetrized("max").scaled(scaling)
    w = weights.of(sorted(weights.places)).matrix.toarray()
    level, rows = rng.normal(size=n), []
    for year in range(years):
        x = rng.normal(size=n) + together * level
        errors = np.linalg.solve(np.eye(n) - lam * w, 0.5 * rng.normal(size=n))
        y = np.linalg.solve(np.eye(n) - rho * w, 2 + x + theta * (w @ x) + level + errors)
        rows.append(pd.DataFrame({"place": places["place"], "year": 2010 + year, "x": x, "y": y}))
    return pd.concat(rows, ignore_index=True), weights


def fitted(data, weights, terms=("x",), **options):
    return spatial_regression(data, weights, outcome="y", terms=list(terms), **{"draws": 2, **options})


def estimates(found):
    return found.coefficients.set_index("term")["estimate"]


def errors(found):
    return found.coefficients.set_index("term")["standard_error"]


def test_panels_without_space_are_as_r_prints_them():
    data, weights = made(large)
    options = {"model": "ols", "effects": "random"}
    # plm 2.6-2: plm(y ~ x + z, model = "random"), Swamy and Arora
    moments = fitted(data, weights, "xz", method="gmm", **options)
    assert estimates(moments).tolist() == pytest.approx([9.91540687061, 0.79563047087, -0.43180557622], rel=1e-9)
    assert errors(moments).tolist() == pytest.approx([0.894321449340, 0.045263605467, 0.056367734133], rel=1e-9)
    assert moments.level_variance == pytest.approx(4.3147821249)
    # a term that is the same every year: y ~ x + z + s
    moments = fitted(data, weights, "xzs", method="gmm", **options)
    printed = [8.18583084166, 0.80297885303, -0.42717599769, 0.92775596082]
    assert estimates(moments).tolist() == pytest.approx(printed, rel=1e-9)
    assert errors(moments)["s"] == pytest.approx(0.304090417460)
    # nlme 3.1-162: lme(y ~ x + z, random = ~ 1 | place, method = "ML")
    likely = fitted(data, weights, "xz", **options)
    assert estimates(likely).tolist() == pytest.approx([9.96768378527, 0.79188452353, -0.43389826994], rel=1e-7)
    assert errors(likely).tolist() == pytest.approx([0.920687053951, 0.043375943001, 0.053954122741], rel=1e-6)
    assert [likely.level_variance, likely.sigma2] == pytest.approx([5.5726685485, 2.4239910795], rel=1e-6)
    assert likely.log_likelihood == pytest.approx(-150.20377124)
    assert likely.aic == pytest.approx(2 * 5 + 2 * 150.20377124)


def test_the_hausman_test_is_as_r_prints_it():
    data, weights = made(small)
    fixed = fitted(data, weights, "xz", model="ols", effects="individual")
    # plm 2.6-2: phtest(fixed, random)
    for terms, statistic, p in (("xz", 10.1308135, 0.0063113433), ("xzs", 9.23632547, 0.0098709149)):
        random = fitted(data, weights, terms, model="ols", effects="random", method="gmm")
        # of levels that vary less than by chance, the variance is 0
        assert random.level_variance == 0
        found = hausman_test(fixed, random)
        assert found.iloc[0, 1:].tolist() == [pytest.approx(statistic), 2, pytest.approx(p), "computed"]
        assert found.attrs == {"choice": "individual"}
    assert hausman_test(fixed, random, level=0.001).attrs == {"choice": "random"}


def test_variances_that_do_not_differ_as_they_should_are_told():
    data, weights = made(large)
    fixed = fitted(data, weights, "xz", model="ols", effects="individual")
    random = fitted(data, weights, "xz", model="ols", effects="random", method="gmm")
    found = hausman_test(fixed, random).iloc[0]
    assert found["status"] == "one error variance"
    slopes = (estimates(fixed) - estimates(random)[["x", "z"]]).to_numpy()
    spread = fixed.covariance * (random.sigma2 / fixed.sigma2) - random.covariance.loc[["x", "z"], ["x", "z"]]
    assert found["statistic"] == pytest.approx(slopes @ np.linalg.inv(spread) @ slopes)
    wide = random.covariance * 1e6
    found = hausman_test(fixed, type(random)(**{**vars(random), "covariance": wide}))
    assert found["status"].tolist() == ["undefined"]
    assert found["statistic"].isna().all()
    assert found.attrs == {"choice": "individual"}


@pytest.mark.parametrize("scaling", ["row", "spectral"])
def test_a_spatial_lag_agrees_with_spreg(scaling):
    data, weights = panel(scaling=scaling)
    w = Graph.from_sparse(weights.matrix.tocoo(), ids=weights.places).to_W()
    peer = spreg.Panel_RE_Lag(data[["y"]].to_numpy(), data[["x"]].to_numpy(), w)
    ours = fitted(data, weights, model="lag", effects="random")
    assert estimates(ours).tolist() == pytest.approx(peer.betas.ravel()[:3], rel=1e-5)
    share = ours.sigma2 / (5 * ours.level_variance + ours.sigma2)
    assert np.sqrt(share) == pytest.approx(peer.betas.ravel()[3], rel=1e-4)
    assert ours.sigma2 == pytest.approx(float(np.squeeze(peer.sig2)), rel=1e-5)
    # their information of the variances differs a little
    assert errors(ours).tolist() == pytest.approx(np.sqrt(np.diag(peer.vm))[:3], rel=1e-3)


@pytest.mark.parametrize("scaling", ["row", "spectral"])
@pytest.mark.parametrize("model", ["lag", "error"])
def test_the_likelihood_is_the_density_of_the_data_at_its_peak(model, scaling):
    data, weights = panel(n=14, years=3, rho=0.4 * (model == "lag"), lam=0.4 * (model == "error"), scaling=scaling)
    fit = fitted(data, weights, model=model, effects="random")
    w, one = weights.of(sorted(weights.places)).matrix.toarray(), np.eye(14)
    x = np.column_stack([np.ones(len(data)), data["x"]])

    def density(given):
        *beta, spatial, levels, sigma2 = given
        inverse = np.kron(np.eye(3), np.linalg.inv(one - spatial * w))
        level = levels * np.kron(np.ones((3, 3)), one)
        if model == "lag":
            spread = inverse @ (level + sigma2 * np.eye(len(x))) @ inverse.T
            return multivariate_normal(inverse @ (x @ beta), spread).logpdf(data["y"])
        return multivariate_normal(x @ beta, level + sigma2 * inverse @ inverse.T).logpdf(data["y"])

    best = np.array([*estimates(fit), fit.level_variance, fit.sigma2])
    assert fit.log_likelihood == pytest.approx(density(best))
    # spreg's Panel_RE_Error stops short of this peak, so that its estimates are no measure
    steps = 1e-3 * np.eye(best.size) * np.abs(best)
    assert all(density(best + sign * step) < density(best) for step in steps for sign in (-1, 1))
    curved = [
        [density(best + p + q) - density(best + p - q) - density(best - p + q) + density(best - p - q) for q in steps]
        for p in steps
    ]
    curved = np.array(curved) / 4 / np.outer(np.diag(steps), np.diag(steps))
    observed = np.sqrt(np.diag(np.linalg.inv(-curved)))[:3]
    assert errors(fit).to_numpy() == pytest.approx(observed, rel=0.25)


@pytest.mark.parametrize(
    ("model", "truth"),
    [("lag", {"rho": 0.4}), ("durbin", {"rho": 0.4, "theta": 0.5}), ("error", {"rho": 0.0, "lam": 0.4})],
)
def test_random_effects_find_what_made_the_data(model, truth):
    wanted = [2.0, 1.0, *([0.5] if model == "durbin" else []), 0.4]
    apart, variances = [], []
    for seed in range(32):
        data, weights = panel(n=40, seed=1000 + seed, **truth)
        fit = fitted(data, weights, model=model, effects="random")
        apart.append((estimates(fit) - wanted) / errors(fit))
        variances.append([fit.level_variance, fit.sigma2])
    # of right estimates and errors: mean 0 and deviation 1, to what 32 panels tell
    assert np.mean(apart, axis=0) == pytest.approx(np.zeros(len(wanted)), abs=0.6)
    assert np.std(apart, axis=0) == pytest.approx(np.ones(len(wanted)), abs=0.4)
    assert np.mean(variances, axis=0) == pytest.approx([1.0, 0.25], rel=0.12)


@pytest.mark.parametrize("model", ["lag", "error"])
def test_the_hausman_test_sees_levels_that_go_together_with_terms(model):
    told = {}
    for together in (0.0, 0.8):
        data, weights = panel(n=60, together=together, seed=5)
        fits = [fitted(data, weights, model=model, effects=effects) for effects in ("individual", "random")]
        told[together] = hausman_test(*fits)
    assert told[0.0]["p_value"].iloc[0] > 0.05
    assert told[0.8]["p_value"].iloc[0] < 1e-4
    assert told[0.8]["degrees_of_freedom"].tolist() == [1]
    assert (told[0.0].attrs["choice"], told[0.8].attrs["choice"]) == ("random", "individual")


def test_levels_of_years_stand_beside_random_levels_as_categories():
    data, weights = panel(n=40)
    data = data.assign(y=data["y"] + data["year"] % 3, when=data["year"].astype(str))
    both = fitted(data, weights, model="lag", effects="both")
    random = fitted(data, weights, ("x", "when"), model="lag", effects="random")
    found = hausman_test(both, random)
    assert found["degrees_of_freedom"].tolist() == [1]
    assert found["p_value"].iloc[0] > 0.05
    assert estimates(random)["x"] == pytest.approx(estimates(both)["x"], abs=0.05)


def test_predicted_levels_are_taken_out_of_residuals():
    for model, truth in (("lag", {"rho": 0.4}), ("error", {"rho": 0.0, "lam": 0.5})):
        data, weights = panel(n=60, years=8, **truth)
        fit = fitted(data, weights, model=model, effects="random")
        left = fit.residuals.pivot_table(index="place", columns="year", values="residual")
        assert left.std().mean() == pytest.approx(0.5, abs=0.06)
        assert left.mean(axis=1).std() < 0.5 / np.sqrt(8)
        assert abs(autocorrelation(left, weights, permutations=0)["z"].mean()) < 1
        assert fit.r2 < 0.9


def test_order_of_rows_changes_no_bit_and_tables_name_the_levels():
    data, weights = panel()
    one = fitted(data, weights, model="lag", effects="random")
    two = fitted(data.sample(frac=1, random_state=2), weights, model="lag", effects="random")
    pd.testing.assert_frame_equal(one.coefficients, two.coefficients, check_exact=True)
    table = regression_table({"random": one, "fixed": fitted(data, weights, model="lag", effects="individual")})
    assert table.loc["level_variance"].tolist() == [f"{one.level_variance:.3f}", ""]
    assert "level_variance" not in regression_table({"ols": fitted(data, weights, model="ols")}).index


def test_what_random_effects_cannot_do_is_refused(monkeypatch):
    data, weights = panel()
    with pytest.raises(OptionError, match="method: needed 'ml' for random effects"):
        fitted(data, weights, model="lag", effects="random", method="gmm")
    with pytest.raises(OptionError, match="at least two years"):
        fitted(data.query("year == 2010"), weights, effects="random")
    with pytest.raises(OptionError, match="needed a column year"):
        fitted(data.query("year == 2010").drop(columns="year"), weights, effects="random")
    with pytest.raises(OptionError, match="effects: needed one of 'none', 'individual', 'time', 'both', got 'random'"):
        spatial_tests(data, weights, outcome="y", terms=["x"], effects="random")
    few = data[data["place"] < "p003"].assign(x2=data["x"] ** 2, x3=data["x"] ** 3)
    near = weights.of(["p000", "p001", "p002"])
    with pytest.raises(OptionError, match="needed more places and more years than terms"):
        fitted(few, near, ("x", "x2", "x3"), model="ols", effects="random", method="gmm")
    fits = {effects: fitted(data, weights, model="lag", effects=effects) for effects in ("individual", "random")}
    with pytest.raises(
        OptionError, match=r"fixed: needed a spatial regression with effects individual or both, got .*r"
    ):
        hausman_test(fits["random"], fits["individual"])
    with pytest.raises(OptionError, match="same model of the same data as fixed, got model lag and ols"):
        hausman_test(fits["individual"], fitted(data, weights, model="ols", effects="random"))
    monkeypatch.setattr(random_effects, "_MOST_PLACES", 20)
    with pytest.raises(SizeError, match="got 30"):
        fitted(data, weights, model="error", effects="random")
