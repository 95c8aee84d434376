"""Bass curves fitted to counts and dates are those of R and of the process that made them."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import bass, fit_bass

# video recorders in the United States, thousands, 1980-1989; estimates by nls() of R 4.2.2 of the model
# S ~ M * (F(t) - F(t - 1)), t = 1..10, from M = 60630, P = 0.01, Q = 0.6
RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_bass_by_likelihood_covers_the_truth_of_simulated_dates():
    rng = np.random.default_rng(8)
    p, q, n, horizon = 0.03, 0.5, 300, 12.0
    inside = np.zeros(2)
    for _ in range(16):
        share = rng.uniform(size=n)
        # the inverse of F
        dates = -np.log((1 - share) / (1 + q / p * share)) / (p + q)
        rows = fit_bass(dates[dates <= horizon], method="mle", horizon=horizon, market=n).estimates.set_index(
            "parameter"
        )
        truth = pd.Series({"innovation": p, "imitation": q})
        inside += (rows.loc[truth.index, "low"] <= truth) & (truth <= rows.loc[truth.index, "high"])
    assert (inside >= 13).all()
    assert bass(np.array([horizon]), innovation=p, imitation=q)[0] > 0.9


def test_bass_by_both_methods_finds_a_curve_and_its_peak():
    counts = 500.0 * np.diff(bass(np.arange(0.0, 16.0), innovation=0.01, imitation=0.5))
    for options in ({}, {"method": "mle"}, {"method": "mle", "population": 800.0}):
        found = fit_bass(counts, **options)
        assert found.estimates["value"].tolist() == pytest.approx([0.01, 0.5, 500.0], rel=1e-3)
        assert found.peak == pytest.approx(np.log(50) / 0.51, rel=1e-3)
        assert found.predict([15.0])[0] == pytest.approx(counts.sum(), rel=1e-3)
    early = fit_bass(counts[:5])
    assert "ends before the peak" in early.notes[0]


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        ([1, 2, 3], {}, "at least four"),
        ([1, -2, 3, 4], {}, "at least four"),
        ([1, 2, 3, 4], {"method": "ols"}, "method: needed one of"),
        ([1, 2, 3, 4], {"market": 5}, "at least the 10 adoptions"),
        ([1, 2, 3, 4], {"horizon": 5.0}, "dates need method='mle'"),
        ([1, 2, 3, 4], {"period": 0.0}, "period: needed a finite number above 0"),
    ],
)
def test_bass_refuses_what_cannot_work(counts, options, message):
    with pytest.raises(OptionError, match=message):
        fit_bass(counts, **options)


YEARS = pd.Series(RECORDERS, index=range(1980, 1990))


def test_bass_reads_a_series_in_the_order_of_its_times():
    right = fit_bass(YEARS).estimates
    pd.testing.assert_frame_equal(fit_bass(YEARS.sample(frac=1.0, random_state=1)).estimates, right)
    months = YEARS.set_axis(pd.to_datetime([f"{year}-12-31" for year in YEARS.index]))
    pd.testing.assert_frame_equal(fit_bass(months.iloc[::-1]).estimates, right)
    quarters = YEARS.set_axis(pd.period_range("1980Q1", periods=10, freq="Q"))
    pd.testing.assert_frame_equal(fit_bass(quarters.iloc[::-1], period=1.0).estimates, right)
    named = YEARS.set_axis([f"round {i}" for i in range(10)])
    pd.testing.assert_frame_equal(fit_bass(named).estimates, right)


def test_bass_refuses_a_series_that_leaves_a_period_out_or_names_one_twice():
    with pytest.raises(OptionError, match="none for 1983, 1984; write 0 where nobody adopted"):
        fit_bass(YEARS.drop([1983, 1984]))
    with pytest.raises(OptionError, match="got 1985 more than once"):
        fit_bass(YEARS.rename({1984: 1985}))
    with pytest.raises(OptionError, match="periods of one length"):
        fit_bass(YEARS.rename({1984: 1984.4}))


def test_bass_leaves_a_period_open_that_nobody_counted():
    exact = pd.Series(500.0 * np.diff(bass(np.arange(0.0, 16.0), innovation=0.01, imitation=0.5)), index=range(15))
    for options in ({}, {"method": "mle"}, {"method": "mle", "population": 500.0 / 0.8}):
        found = fit_bass(exact.mask(exact.index.isin([6, 7, 11])), **options)
        assert found.estimates["value"].tolist() == pytest.approx([0.01, 0.5, 500.0], rel=2e-3)
        assert found.fitted["observed"].isna().sum() == 3
        assert found.fitted["expected"].to_numpy() == pytest.approx(exact.to_numpy(), rel=1e-2)
    recorders = fit_bass(YEARS.astype(float).where(YEARS.index != 1984)).estimates["value"]
    assert recorders.tolist() == pytest.approx(fit_bass(YEARS).estimates["value"].tolist(), rel=0.1)
    with pytest.raises(OptionError, match="at least four"):
        fit_bass([1.0, 2.0, np.nan, 4.0])
