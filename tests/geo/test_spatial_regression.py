"""Check spatial regressions against R and spreg on Columbus, and against what made the data."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import spreg
from libpysal import examples
from libpysal.graph import Graph
from libpysal.io import open as read

from innoscape.data.errors import OptionError, TableError, UnknownPlaceError
from innoscape.geo import (
    SpatialWeights,
    autocorrelation,
    compare_weights,
    local_autocorrelation,
    regression_table,
    spatial_regression,
    spatial_tests,
    spatial_weights,
)
from innoscape.geo.regression.fit_regression import spectrum_of

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::UserWarning",
    "ignore:Method .bounded.:RuntimeWarning",
)
COLUMBUS = {"outcome": "CRIME", "terms": ["INC", "HOVAL"]}


@pytest.fixture(scope="module")
def columbus():
    """Return the 49 neighborhoods of Columbus with the queen weights of the printed examples."""
    table = pd.DataFrame(gpd.read_file(examples.get_path("columbus.shp")).drop(columns="geometry"))
    w = read(examples.get_path("columbus.gal")).read()
    w.transform = "r"
    matrix = pd.DataFrame(w.full()[0], index=[f"n{i:02d}" for i in range(49)])
    weights = SpatialWeights.from_matrix(matrix.set_axis(matrix.index.tolist(), axis=1))
    return table.assign(place=matrix.index), weights, w


def estimates(found):
    return found.coefficients.set_index("term")["estimate"]


def errors(found):
    return found.coefficients.set_index("term")["standard_error"]


def panel(n=60, years=8, rho=0.4, effects="both", seed=3, theta=0.5):
    """Make a panel by a spatial Durbin model with levels of places and years."""
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(
        {"place": [f"p{i:03d}" for i in range(n)], "lon": rng.uniform(100, 115, n), "lat": rng.uniform(25, 40, n)}
    )
    weights = spatial_weights(places, neighbors=5)
    w = weights.of(sorted(weights.places)).matrix.toarray()
    level = rng.normal(size=n) if effects in {"individual", "both"} else np.zeros(n)
    rows = []
    for year in range(years):
        x = rng.normal(size=n) + level
        shock = rng.normal() if effects in {"time", "both"} else 0.0
        y = np.linalg.solve(np.eye(n) - rho * w, 1.0 * x + theta * (w @ x) + level + shock + rng.normal(size=n) * 0.5)
        rows.append(pd.DataFrame({"place": places["place"], "year": 2010 + year, "x": x, "y": y}))
    return pd.concat(rows, ignore_index=True), weights


def test_columbus_is_as_r_prints_it(columbus):
    table, weights, _ = columbus
    # spatialreg 1.2-6: lagsarlm, errorsarlm, lagsarlm(Durbin = TRUE), impacts
    lag = spatial_regression(table, weights, model="lag", **COLUMBUS)
    assert estimates(lag).tolist() == pytest.approx([45.60324838, -1.04872815, -0.26633481, 0.42332543], rel=1e-6)
    assert errors(lag).tolist() == pytest.approx([7.257403861, 0.307405916, 0.089096291, 0.119510445], rel=1e-5)
    assert lag.log_likelihood == pytest.approx(-182.67397)
    error = spatial_regression(table, weights, model="error", **COLUMBUS)
    assert estimates(error).tolist() == pytest.approx([60.27946955, -0.95730533, -0.30455926, 0.54675304], rel=1e-5)
    assert error.log_likelihood == pytest.approx(-183.74943)
    durbin = spatial_regression(table, weights, model="durbin", **COLUMBUS)
    printed = [44.32000291, -0.91990611, -0.29712936, -0.58391326, 0.25768432, 0.40346262]
    assert estimates(durbin).tolist() == pytest.approx(printed, rel=1e-5)
    effects = durbin.impacts.pivot_table(index="term", columns="effect", values="estimate").loc[["INC", "HOVAL"]]
    printed = [[-1.0249878, -1.495926, -2.52091388], [-0.2819673, 0.215844, -0.06612334]]
    assert effects[["direct", "indirect", "total"]].to_numpy() == pytest.approx(np.array(printed), rel=1e-5)


def test_autocorrelation_of_columbus_is_as_r_prints_it(columbus):
    table, weights, _ = columbus
    crime = table.set_index("place")["CRIME"]
    # spdep 1.2-7: moran.test, geary.test, localmoran, localG
    moran = autocorrelation(crime, weights, permutations=0).iloc[0]
    assert moran[["value", "z"]].tolist() == pytest.approx([0.5001885572, 5.58938], rel=1e-6)
    geary = autocorrelation(crime, weights, statistic="geary", permutations=0).iloc[0]
    assert geary[["value", "z"]].tolist() == pytest.approx([0.5405282027, -4.74306], rel=1e-6)
    local = local_autocorrelation(crime, weights, permutations=0).head(3)
    assert local["value"].tolist() == pytest.approx([0.736818491, 0.528777013, 0.093850742], rel=1e-7)
    assert local["expected"].tolist() == pytest.approx([-0.0285985420, -0.0202502140, -0.0015396867], rel=1e-7)
    assert local["z"].tolist() == pytest.approx([0.93780765, 0.98565912, 0.71841891], rel=1e-7)
    binary = weights.scaled("binary")
    hot = local_autocorrelation(crime, binary, statistic="getis_ord", permutations=0).head(3)
    assert hot["z"].tolist() == pytest.approx([-0.93780765, -0.98565912, -0.71841891], rel=1e-7)
    star = local_autocorrelation(crime, binary, statistic="getis_ord_star", permutations=0).head(3)
    assert star["z"].tolist() == pytest.approx([-1.43277965, -1.34000810, -0.77199868], rel=1e-7)


def test_cross_sections_agree_with_spreg(columbus):
    table, weights, w = columbus
    y, x = table[["CRIME"]].to_numpy(), table[["INC", "HOVAL"]].to_numpy()
    for model, peer in (
        ("lag", spreg.ML_Lag(y, x, w=w, method="full")),
        ("error", spreg.ML_Error(y, x, w=w, method="full")),
    ):
        ours = spatial_regression(table, weights, model=model, **COLUMBUS)
        assert estimates(ours).to_numpy() == pytest.approx(peer.betas.ravel(), rel=1e-5)
        assert errors(ours).to_numpy() == pytest.approx(np.sqrt(np.diag(peer.vm))[: len(ours.coefficients)], rel=1e-5)
        assert ours.log_likelihood == pytest.approx(float(peer.logll))
        assert ours.sigma2 == pytest.approx(float(np.squeeze(peer.sig2)), rel=1e-5)
    durbin = spatial_regression(table, weights, model="durbin", **COLUMBUS)
    peer = spreg.ML_Lag(y, x, w=w, method="full", slx_lags=1)
    assert estimates(durbin).to_numpy() == pytest.approx(peer.betas.ravel(), rel=1e-5)
    slx = spatial_regression(table, weights, model="slx", **COLUMBUS)
    peer = spreg.OLS(y, x, w=w, slx_lags=1)
    assert estimates(slx).to_numpy() == pytest.approx(peer.betas.ravel())
    assert errors(slx).to_numpy() == pytest.approx(np.sqrt(np.diag(peer.vm)))


def test_moments_agree_with_spreg(columbus):
    table, weights, w = columbus
    y, x = table[["CRIME"]].to_numpy(), table[["INC", "HOVAL"]].to_numpy()
    lag = spatial_regression(table, weights, model="lag", method="gmm", **COLUMBUS)
    # three lags of the terms, as ours: WX, WWX, WWWX
    peer = spreg.GM_Lag(y, x, w=w, w_lags=3)
    assert estimates(lag).to_numpy() == pytest.approx(peer.betas.ravel(), rel=1e-6)
    error = spatial_regression(table, weights, model="error", method="gmm", **COLUMBUS)
    peer = spreg.GM_Error(y, x, w=w)
    assert estimates(error).to_numpy() == pytest.approx(peer.betas.ravel(), rel=1e-3)


def test_multiplier_tests_agree_with_spreg(columbus):
    table, weights, w = columbus
    peer = spreg.OLS(table[["CRIME"]].to_numpy(), table[["INC", "HOVAL"]].to_numpy(), w=w, spat_diag=True, moran=True)
    found = spatial_tests(table, weights, **COLUMBUS).set_index("test")
    for name, theirs in (
        ("lm_lag", peer.lm_lag),
        ("lm_error", peer.lm_error),
        ("robust_lm_lag", peer.rlm_lag),
        ("robust_lm_error", peer.rlm_error),
        ("lm_both", peer.lm_sarma),
        ("moran", peer.moran_res[1:]),
    ):
        assert found.loc[name, ["statistic", "p_value"]].tolist() == pytest.approx([float(one) for one in theirs])
    assert found.attrs == {"choice": "lag"}


@pytest.mark.parametrize("model", ["lag", "error"])
def test_panels_with_levels_of_places_agree_with_spreg(model):
    data, weights = panel()
    w = Graph.from_sparse(weights.matrix.tocoo(), ids=weights.places).to_W()
    w.transform = "r"
    order = data.sort_values(["year", "place"])
    y, x = order[["y"]].to_numpy(), order[["x"]].to_numpy()
    peer = (spreg.Panel_FE_Lag if model == "lag" else spreg.Panel_FE_Error)(y, x, w)
    ours = spatial_regression(data, weights, outcome="y", terms=["x"], model=model, effects="individual")
    assert estimates(ours).to_numpy() == pytest.approx(peer.betas.ravel(), rel=1e-4)
    # theirs counts all 8 years, though one is spent on the levels
    assert ours.sigma2 == pytest.approx(float(np.squeeze(peer.sig2)) * 8 / 7, rel=1e-4)


@pytest.mark.parametrize("effects", ["none", "individual", "time", "both"])
def test_panel_durbin_finds_what_made_the_data(effects):
    found = []
    for seed in range(12):
        data, weights = panel(effects=effects, seed=seed)
        fit = spatial_regression(data, weights, outcome="y", terms=["x"], effects=effects, draws=2)
        found.append(
            pd.concat(
                [
                    estimates(fit)[["x", "W x", "rho"]],
                    errors(fit)[["x", "W x", "rho"]].add_prefix("se "),
                    pd.Series({"s2": fit.sigma2}),
                ]
            )
        )
    means = pd.DataFrame(found).mean()
    assert means[["x", "W x", "rho"]].tolist() == pytest.approx([1.0, 0.5, 0.4], abs=0.04)
    assert means["s2"] == pytest.approx(0.25, abs=0.012)


def test_impacts_are_those_of_the_inverse():
    data, weights = panel(effects="none")
    for scaled in (weights, weights.symmetrized("max").scaled("spectral")):
        fit = spatial_regression(data, scaled, outcome="y", terms=["x"], draws=50)
        b = estimates(fit)
        w = scaled.matrix.toarray()
        whole = np.linalg.inv(np.eye(len(w)) - b["rho"] * w) @ (b["x"] * np.eye(len(w)) + b["W x"] * w)
        effect = fit.impacts.set_index("effect")["estimate"]
        assert effect["direct"] == pytest.approx(np.diag(whole).mean())
        assert effect["total"] == pytest.approx(whole.sum(axis=1).mean())
        assert effect["direct"] + effect["indirect"] == pytest.approx(effect["total"])
        drawn = fit.impacts.set_index("effect")
        assert (drawn["low"] < drawn["estimate"]).all()
        assert (drawn["estimate"] < drawn["high"]).all()


def test_intervals_of_impacts_come_from_the_covariance():
    data, weights = panel(effects="none")
    fit = spatial_regression(data, weights, outcome="y", terms=["x"], model="slx", draws=4000)
    own = fit.impacts.set_index("effect").loc["direct"]
    plain = fit.coefficients.set_index("term").loc["x"]
    # without rho the direct effect is the slope itself
    assert own["estimate"] == pytest.approx(plain["estimate"])
    assert own["standard_error"] == pytest.approx(plain["standard_error"], rel=0.05)


def test_eigenvalues_are_those_of_the_matrix():
    rng = np.random.default_rng(0)
    _, weights = panel()
    for one in (weights, weights.symmetrized("max").scaled("row"), weights.symmetrized("max")):
        spectrum = spectrum_of(one.matrix)
        dense = one.matrix.toarray()
        for rho in rng.uniform(0.9 * spectrum.low, 0.9 * spectrum.high, 4):
            sign, log = np.linalg.slogdet(np.eye(len(dense)) - rho * dense)
            assert sign > 0
            assert spectrum.log_determinant(rho) == pytest.approx(log)


def test_neither_row_order_nor_repetition_changes_a_bit():
    data, weights = panel()
    mixed = weights.of(weights.places.to_series().sample(frac=1, random_state=1))
    one = spatial_regression(data, weights, outcome="y", terms=["x"], effects="both")
    two = spatial_regression(data.sample(frac=1, random_state=2), mixed, outcome="y", terms=["x"], effects="both")
    pd.testing.assert_frame_equal(one.coefficients, two.coefficients, check_exact=True)
    pd.testing.assert_frame_equal(one.impacts, two.impacts, check_exact=True)
    pd.testing.assert_frame_equal(one.residuals, two.residuals, check_exact=True)


def test_residuals_of_a_right_model_hold_no_pattern():
    data, weights = panel(effects="none", rho=0.6)
    plain = spatial_regression(data, weights, outcome="y", terms=["x"], model="ols").residuals
    right = spatial_regression(data, weights, outcome="y", terms=["x"], model="durbin").residuals
    moran = [
        autocorrelation(r.pivot_table(index="place", columns="year", values="residual"), weights, permutations=0)[
            "z"
        ].mean()
        for r in (plain, right)
    ]
    assert moran[0] > 4
    assert abs(moran[1]) < 1


def test_tiers_have_slopes_of_their_own():
    data, weights = panel(effects="none", rho=0.0, theta=0.0)
    tier = pd.Categorical(np.where(data["place"] < "p020", "national", "local"), ["national", "local"], ordered=True)
    data = data.assign(tier=tier, y=data["x"] * np.where(tier == "local", 3.0, 1.0) + 0.001 * data["y"])
    fit = spatial_regression(data, weights, outcome="y", terms=["x", "x:tier"], model="ols")
    assert estimates(fit)[["x", "x:tier[local]"]].tolist() == pytest.approx([1.0, 2.0], abs=0.02)


def test_tests_of_restrictions_see_what_is_there():
    data, weights = panel(theta=0.8)
    found = spatial_regression(data, weights, outcome="y", terms=["x"], effects="both").restrictions
    assert (found.set_index("restriction")["p_value"] < 1e-6).all()
    data, weights = panel(theta=-0.4, rho=0.4)
    # theta = - rho beta: an error model made the data
    found = spatial_regression(data, weights, outcome="y", terms=["x"], effects="both").restrictions.set_index(
        "restriction"
    )
    assert found.loc["error", "p_value"] > 0.05
    assert found.loc["lag", "p_value"] < 0.001


def test_models_stand_side_by_side():
    data, weights = panel()
    fits = compare_weights(
        data,
        {"near": weights, "ties": weights.symmetrized("max").scaled("row")},
        outcome="y",
        terms=["x"],
        effects="both",
    )
    table = regression_table(fits)
    assert table.index.tolist()[:3] == ["x", "W x", "rho"]
    assert table.loc["observations"].tolist() == ["480", "480"]
    assert table.loc["x", "near"].endswith(")")
    assert regression_table(fits, impacts=True).index[0] == ("x", "direct")


def test_what_cannot_be_fitted_is_refused():
    data, weights = panel()
    with pytest.raises(OptionError, match="got none for p003 in 2012"):
        spatial_regression(
            data[~((data["place"] == "p003") & (data["year"] == 2012))], weights, outcome="y", terms=["x"]
        )
    with pytest.raises(OptionError, match="got z: the effects hold it"):
        spatial_regression(
            data.assign(z=data["place"].str[1:].astype(float)),
            weights,
            outcome="y",
            terms=["x", "z"],
            effects="individual",
        )
    with pytest.raises(OptionError, match="none follows from the others, got z"):
        spatial_regression(data.assign(z=2 * data["x"]), weights, outcome="y", terms=["x", "z"])
    with pytest.raises(OptionError, match="one row of each year and place, got more of 2010 p000"):
        spatial_regression(pd.concat([data, data.head(1)]), weights, outcome="y", terms=["x"])
    with pytest.raises(UnknownPlaceError, match="'p000'"):
        spatial_regression(data, weights.of(weights.places[1:]), outcome="y", terms=["x"])
    with pytest.raises(OptionError, match="needed a column year"):
        spatial_regression(
            data.query("year == 2010").drop(columns="year"), weights, outcome="y", terms=["x"], effects="time"
        )
    with pytest.raises(ValueError, match="did you mean"):
        spatial_regression(data, weights, outcome="y", terms=["x"], model="durbn")
    with pytest.raises(OptionError, match="leave a part of the outcome"):
        spatial_regression(data.assign(y=2 * data["x"] + 1), weights, outcome="y", terms=["x"], model="lag")
    with pytest.raises(OptionError, match="varies, got one that the effects hold"):
        spatial_regression(data.assign(y=1.0), weights, outcome="y", terms=["x"], effects="individual")
    nobody = SpatialWeights(weights.matrix * 0, weights.places)
    with pytest.raises(OptionError, match="weights: needed at least one link for the model 'lag'"):
        spatial_regression(data, nobody, outcome="y", terms=["x"], model="lag")
    with pytest.raises(OptionError, match="weights: needed spatial weights, got DataFrame"):
        spatial_regression(data, weights.table(), outcome="y", terms=["x"])
    with pytest.raises(TableError, match="a place in every row, got 60 rows without one"):
        spatial_regression(
            data.assign(place=data["place"].where(data["year"] > 2010)), weights, outcome="y", terms=["x"]
        )
    with pytest.raises(OptionError, match="more observations than terms"):
        spatial_regression(data.query("year == 2010"), weights, outcome="y", terms=["x"], effects="individual")


def test_moments_hold_whatever_the_scaling(columbus):
    table, weights, _ = columbus
    more = SpatialWeights(weights.matrix * 10, weights.places)
    found = [spatial_regression(table, w, model="error", method="gmm", **COLUMBUS) for w in (weights, more)]
    assert estimates(found[1])["INC"] == pytest.approx(estimates(found[0])["INC"], rel=1e-5)
    assert 10 * estimates(found[1])["lambda"] == pytest.approx(estimates(found[0])["lambda"], rel=1e-4)
    assert 10 * errors(found[1])["lambda"] == pytest.approx(errors(found[0])["lambda"], rel=1e-4)


def test_products_with_levels_give_each_level_its_slope():
    data, weights = panel(effects="none", rho=0.3, theta=0.0)
    data = data.assign(
        tier=pd.Categorical(np.where(data["place"] < "p020", "national", "local"), ["national", "local"])
    )
    whole = spatial_regression(data, weights, outcome="y", terms=["tier", "x:tier"], model="lag")
    apart = spatial_regression(data, weights, outcome="y", terms=["tier", "x", "x:tier"], model="lag")
    slopes = estimates(whole)[["x:tier[national]", "x:tier[local]"]]
    assert slopes.tolist() == pytest.approx(
        [estimates(apart)["x"], estimates(apart)[["x", "x:tier[local]"]].sum()], rel=1e-6
    )
    assert whole.log_likelihood == pytest.approx(apart.log_likelihood)
    assert list(whole.coefficients["term"])[:2] == ["intercept", "tier[local]"]
    assert whole.covariance.shape == (5, 5)
    assert np.sqrt(np.diag(whole.covariance)) == pytest.approx(errors(whole).to_numpy())


def test_what_has_no_estimate_is_refused_and_units_change_nothing():
    rng = np.random.default_rng(1)
    places = [f"p{i:02d}" for i in range(12)]
    where = pd.DataFrame({"place": places, "lon": rng.uniform(100, 110, 12), "lat": rng.uniform(30, 38, 12)})
    x = rng.normal(size=12)
    table = where.assign(x=x, y=x + rng.normal(size=12), made=2 * x + 1, same=5.0, huge=1e14 * (x + 10))
    near, every = spatial_weights(where, neighbors=3), spatial_weights(where, neighbors=11)
    # all places are neighbors alike: the likelihood rises to the end, and W x follows from x
    for model, method, match in (
        ("lag", "ml", "has a maximum"),
        ("error", "ml", "has a maximum"),
        ("slx", "ml", "none follows from the others, got W x"),
        ("error", "gmm", "moments that meet"),
    ):
        with pytest.raises(OptionError, match=match):
            spatial_regression(table, every, outcome="y", terms=["x"], model=model, method=method)
    with pytest.raises(OptionError, match="to tell a lag from an error"):
        spatial_tests(table, every, outcome="y", terms=["x"])
    for model in ("ols", "lag", "durbin_error"):
        with pytest.raises(OptionError, match="leave a part of the outcome"):
            spatial_regression(table, near, outcome="made", terms=["x"], model=model)
    with pytest.raises(OptionError, match="an outcome that varies"):
        spatial_regression(table, near, outcome="same", terms=["x"])
    small = spatial_regression(table, near, outcome="y", terms=["x"], model="lag")
    large = spatial_regression(table, near, outcome="y", terms=["huge"], model="lag")
    assert large.coefficients["z"].tolist()[1:] == pytest.approx(small.coefficients["z"].tolist()[1:], rel=1e-5)


def test_one_level_alone_is_no_term():
    data, weights = panel(n=12, years=1)
    data = data.assign(kind="city")
    for terms in (["kind"], ["x", "kind"]):
        with pytest.raises(OptionError, match="got one alone in kind; leave it out"):
            spatial_regression(data, weights, outcome="y", terms=terms, model="ols")


def test_numbers_whose_powers_are_none_are_refused():
    data, weights = panel(n=12, years=1)
    with pytest.raises(OptionError, match=r"^y: needed numbers up to 1e\+50 .* take another unit; x: needed"):
        spatial_regression(data.assign(y=data["y"] * 1e90, x=data["x"] * 1e-90), weights, outcome="y", terms=["x"])
