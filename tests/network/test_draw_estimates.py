"""Numbers drawn from the distribution of an estimate, and fits that have none."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import Channel, fit_diffusion, hazard_rates, simulate
from innoscape.network.diffusion.fit.draw_estimates import draw_estimates

RATE = pd.DataFrame({"parameter": ["peer.rate"], "value": [0.2], "low": [0.0], "high": [0.5]})
THREE = pd.DataFrame(
    {
        "parameter": ["peer.rate", "peer.half_distance", "receptivity.rate"],
        "value": [0.2, 300.0, -0.4],
        "low": [0.05, 100.0, -1.0],
        "high": [0.5, 2000.0, 0.1],
    }
)


def test_the_quantiles_of_the_draws_are_the_ends_of_the_intervals():
    drawn = draw_estimates(THREE, draws=4000)
    for row in THREE.itertuples():
        found = drawn[row.parameter].quantile([0.025, 0.5, 0.975])
        np.testing.assert_allclose(found, [row.low, row.value, row.high], rtol=0.01)


def test_no_rate_is_drawn_below_zero():
    drawn = draw_estimates(RATE, draws=1000)["peer.rate"]
    assert drawn.min() == 0.0
    assert (drawn > 0).mean() > 0.95


def test_draws_are_correlated_as_the_estimates_are():
    names = THREE["parameter"].tolist()
    related = pd.DataFrame([[1, -0.8, 0.0], [-0.8, 1, 0.0], [0.0, 0.0, 1]], index=names, columns=names)
    drawn = draw_estimates(THREE, related, draws=2000, seed=4)
    assert drawn[names].corr("spearman").iloc[0, 1] == pytest.approx(-0.79, abs=0.04)
    assert drawn[names].corr("spearman").iloc[0, 2] == pytest.approx(0.0, abs=0.05)


def test_the_same_seed_draws_the_same_and_one_draw_is_the_estimate():
    pd.testing.assert_frame_equal(draw_estimates(THREE, draws=9, seed=1), draw_estimates(THREE, draws=9, seed=1))
    assert draw_estimates(THREE, draws=1).iloc[0].tolist() == pytest.approx(THREE["value"].tolist())


def clique(n, rate=0.0):
    centers = pd.DataFrame({"place": [f"p{i}" for i in range(n)], "tier": pd.Categorical(["x"] * n, ordered=True)})
    return centers, [Channel("peer", rate=rate, decay="none")]


def adoptions_of(model, runs, horizon):
    found = simulate(model, ["p0"], horizon=horizon, runs=runs, seed=5)
    rows = [(p, f"i{m}", t) for m in range(runs) for p, t in zip(found.places, found.times[m], strict=True)]
    return pd.DataFrame(rows, columns=["place", "innovation", "time"]).dropna()


def test_versions_spread_about_the_fitted_rate_as_the_interval_says():
    centers, channels = clique(8, 0.1)
    seen = adoptions_of(hazard_rates(centers, channels), 3, 20.0)
    found = fit_diffusion(seen, centers, channels, horizon=20.0, external=False)
    assert found.unidentified() == {}
    low, high = found.estimates.loc[0, ["low", "high"]]
    assert low < 0.1 < high
    rates = [version.channels[0].rate for version in found.versions(400)]
    assert np.quantile(rates, [0.025, 0.975]) == pytest.approx([low, high], rel=0.02)
    outcome = simulate(found.versions(40), ["p0"], horizon=60.0, runs=4000)
    share = outcome.doubt().set_index("place").drop("p0")["share"]
    assert share.between(0.02, 0.5).all()


def test_numbers_that_the_data_do_not_identify_are_named_with_the_reason():
    centers, _ = clique(4)
    seen = pd.DataFrame({"place": ["p0", "p1", "p2"], "time": [0.0, 1.0, 2.0]})
    ring = pd.DataFrame(1.0, index=centers["place"], columns=centers["place"])
    alike = [Channel("peer", decay="none"), Channel("all", decay="none", mask=ring)]
    with pytest.warns(InnoscapeWarning, match="act alike"):
        found = fit_diffusion(seen, centers, alike, horizon=3.0, external=False)
    assert set(found.unidentified()) == {"peer.rate", "all.rate"}
    assert set(found.unidentified().values()) == {"alike"}
    with pytest.raises(OptionError, match="nothing to draw from"):
        found.versions(10)
    # p3 alone is reached by the channel, and never adopted
    idle = pd.DataFrame([[0, 0, 0, 1.0]], index=["p0"], columns=list(centers["place"]))
    away = [Channel("peer", decay="none"), Channel("away", decay="none", mask=idle)]
    found = fit_diffusion(seen, centers, away, horizon=3.0, external=False)
    assert found.unidentified() == {"away.rate": "bound"}
