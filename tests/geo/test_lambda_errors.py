"""The standard error of lambda by moments is near that of spreg, and is how far estimates spread."""

import numpy as np
import pandas as pd
import pytest
import spreg

from innoscape.geo import spatial_regression, spatial_weights

from .test_spatial_regression import errors, estimates


def disturbed(n, seed, effects="none", years=1):
    """Draw an outcome whose errors follow those of neighbors by 0.5."""
    draws, side = np.random.default_rng(seed), int(n**0.5)
    places = pd.DataFrame({"place": [f"p{i:03d}" for i in range(n)]})
    places = places.assign(lon=np.arange(n) % side * 1.0, lat=np.arange(n) // side * 1.0)
    weights = spatial_weights(places, method="nearest", neighbors=5)
    spread = np.linalg.inv(np.eye(n) - 0.5 * weights.matrix.toarray())
    level = draws.normal(size=n) if effects == "individual" else 0.0
    parts = []
    for year in range(years):
        x = draws.normal(size=n)
        parts.append(places.assign(year=year, x=x, y=1 + 2 * x + level + spread @ draws.normal(size=n)))
    return pd.concat(parts).drop(columns=[] if years > 1 else "year"), weights


# spreg calls what scipy and pandas will remove
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_error_of_lambda_by_moments_is_near_that_of_spreg():
    data, weights = disturbed(400, 3)
    ours = spatial_regression(data, weights, outcome="y", terms=["x"], model="error", method="gmm")
    # spreg weighs the moments (Drukker, Egger, Prucha 2013), ours count alike
    y, x = data[["y"]].to_numpy(), data[["x"]].to_numpy()
    peer = spreg.GM_Error_Hom(y, x, w=weights.to_graph().to_W(), A1="hom")
    assert estimates(ours)["lambda"] == pytest.approx(peer.betas[-1, 0], rel=0.02)
    assert errors(ours)["lambda"] == pytest.approx(peer.std_err[-1], rel=0.03)


@pytest.mark.parametrize(("effects", "years"), [("none", 1), ("individual", 4)])
def test_the_error_of_lambda_by_moments_is_how_far_estimates_spread(effects, years):
    fits = []
    for seed in range(80):
        data, weights = disturbed(100, seed, effects, years)
        options = {"model": "error", "method": "gmm", "effects": effects, "draws": 2}
        fits.append(spatial_regression(data, weights, outcome="y", terms=["x"], **options).coefficients.iloc[-1])
    table = pd.DataFrame(fits)
    # the spread of 80 draws is known to within 16% (two standard errors)
    assert table["standard_error"].mean() == pytest.approx(table["estimate"].std(), rel=0.2)
    assert (table["low"] < 0.5).mean() > 0.9
