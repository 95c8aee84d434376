"""Losses of a pool of loans are those that can be worked out, and pooling lowers what has to be held against them."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from innoscape.data import OptionError, TableError
from innoscape.data.errors import SizeError
from innoscape.network import pooled_risk


def equal(n, default=0.1, recovery=0.0):
    return pd.DataFrame(
        {"firm": [f"f{i}" for i in range(n)], "exposure": 2.0, "default": default, "recovery": recovery}
    )


def test_defaults_of_equal_loans_without_correlation_are_binomial():
    n, runs = 20, 40_000
    risk = pooled_risk(equal(n), correlation=0.0, runs=runs)
    counts = np.bincount(np.rint(risk.losses * n).astype(int), minlength=n + 1) / runs
    exact = binom.pmf(np.arange(n + 1), n, 0.1)
    assert np.abs(counts - exact).max() < 4 * np.sqrt(0.25 / runs)
    assert risk.summary["any_loss"] == pytest.approx(1 - 0.9**n, abs=0.01)
    assert risk.summary["standard_deviation"] == pytest.approx(np.sqrt(0.09 / n), rel=0.02)
    assert risk.summary["value_at_risk"] * n == pytest.approx(binom.ppf(0.99, n, 0.1))


def test_many_small_loans_follow_the_distribution_of_vasicek():
    # Vasicek (2002): P(share <= x) = N((sqrt(1 - r) N^-1(x) - N^-1(p)) / sqrt(r))
    p, r = 0.05, 0.2
    risk = pooled_risk(equal(500, p), correlation=r, runs=10_000)
    # between two numbers of defaults
    for x in np.array([10, 25, 50, 100]) / 500 + 0.001:
        exact = ndtr((np.sqrt(1 - r) * ndtri(x) - ndtri(p)) / np.sqrt(r))
        assert (risk.losses <= x).mean() == pytest.approx(exact, abs=0.02)
    # the chance of losing no more than the value at risk is the confidence level
    level = ndtri(risk.summary["value_at_risk"])
    assert ndtr((np.sqrt(1 - r) * level - ndtri(p)) / np.sqrt(r)) == pytest.approx(0.99, abs=0.005)


def test_with_correlation_1_all_fail_together():
    risk = pooled_risk(equal(30, 0.2, 0.5), correlation=1.0)
    assert set(np.round(risk.losses, 12)) == {0.0, 0.5}
    assert risk.summary["expected_shortfall"] == pytest.approx(0.5)
    assert risk.summary["standard_deviation"] == pytest.approx(risk.apart["standard_deviation"].iloc[0], rel=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.9])
def test_the_expected_loss_is_that_of_the_loans_whatever_their_correlation(correlation):
    rng = np.random.default_rng(4)
    loans = equal(40).assign(
        exposure=rng.uniform(1, 9, 40), default=rng.uniform(0, 0.3, 40), recovery=rng.uniform(0, 1, 40)
    )
    risk = pooled_risk(loans, correlation=correlation, runs=20_000)
    exact = np.average(risk.apart["expected_loss"], weights=loans["exposure"])
    assert risk.summary["expected_loss"] == pytest.approx(exact, abs=4 * risk.losses.std() / np.sqrt(20_000))
    width = risk.tranches["detach"] - risk.tranches["attach"]
    assert (risk.tranches["expected_loss"] * width).sum() == pytest.approx(risk.summary["expected_loss"], rel=1e-12)


def test_f14_a_bundle_needs_less_held_against_it_than_its_loans_apart():
    risks = [pooled_risk(equal(n, 0.05, 0.4), correlation=0.1) for n in (1, 10, 50, 200)]
    held = [risk.summary["value_at_risk"] for risk in risks]
    assert held == sorted(held, reverse=True)
    assert held[0] == risks[0].apart["value_at_risk"].iloc[0] == pytest.approx(0.6)
    assert held[-1] < 0.2
    # the price of what is pooled alone does not fall: the senior tranche is what becomes safe
    assert risks[-1].summary["expected_loss"] == pytest.approx(0.03, abs=0.002)
    tranches = risks[-1].tranches.set_index("tranche")
    assert tranches["expected_loss"].is_monotonic_decreasing
    assert tranches.loc["senior", "hit"] < 0.001 < tranches.loc["first loss", "hit"]
    assert (tranches["wiped_out"] <= tranches["hit"]).all()
    # but firms of one park that fail together are not made safe by bundling
    close = pooled_risk(equal(200, 0.05, 0.4), correlation=0.8)
    assert close.summary["value_at_risk"] > 2 * held[-1]


def test_draws_depend_on_seed_run_and_name_alone():
    loans = equal(12, 0.2).assign(exposure=np.arange(1.0, 13.0))
    one = pooled_risk(loans, runs=500)
    turned = pooled_risk(loans[::-1].reset_index(drop=True), runs=500)
    np.testing.assert_array_equal(one.losses, turned.losses)
    longer = pooled_risk(loans, runs=900)
    np.testing.assert_array_equal(one.losses, longer.losses[:500])
    assert (pooled_risk(loans, runs=500, seed=1).losses != one.losses).any()
    # on common noise, a smaller chance of default can only lower every loss
    safer = pooled_risk(loans.assign(default=0.1), runs=500)
    assert (safer.losses <= one.losses).all()
    assert (safer.losses < one.losses).any()


def test_sure_and_impossible_defaults_are_certain():
    for correlation in (0.0, 0.5):
        sure = pooled_risk(equal(5, 1.0, 0.4), correlation=correlation, runs=50)
        assert np.unique(sure.losses.round(12)).tolist() == [0.6]
        assert sure.tranches["wiped_out"].tolist() == [1.0, 1.0, 0.0]
        assert pooled_risk(equal(5, 0.0), correlation=correlation, runs=50).losses.max() == 0.0


def test_a_pool_that_cannot_work_is_refused_with_all_faults():
    with pytest.raises(TableError, match="exposure"):
        pooled_risk(equal(2).drop(columns="exposure"))
    bad = pd.DataFrame({"firm": ["a", "a"], "exposure": [0.0, 1.0], "default": [0.1, 1.1]})
    with pytest.raises(OptionError) as caught:
        pooled_risk(bad, correlation=2.0, runs=0, tranches={"x": 0.5, "y": 0.2})
    for part in ("several for a", "exposure of 'a'", "default of 'a'", "correlation", "runs", "rise to 1"):
        assert part in str(caught.value)
    with pytest.raises(SizeError, match="runs: needed at most"):
        pooled_risk(equal(100), runs=10**9)
    with pytest.raises(OptionError, match="at least one, got none"):
        pooled_risk(equal(0))
