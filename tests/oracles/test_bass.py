"""Bass curves by least squares agree with nls of R 4.2.2 and with scipy 1.13 or later."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from innoscape.network import fit_bass

# video recorders in the United States, thousands, 1980-1989; estimates by nls() of R 4.2.2 of the model
# S ~ M * (F(t) - F(t - 1)), t = 1..10, from M = 60630, P = 0.01, Q = 0.6
RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_bass_by_least_squares_agrees_with_r():
    rows = fit_bass(RECORDERS).estimates.set_index("parameter")
    assert rows["value"].tolist() == pytest.approx([8.788933980e-03, 6.421593791e-01, 6.766000468e04], rel=1e-5)
    assert rows["error"].tolist() == pytest.approx([1.776444499e-03, 4.257131332e-02, 3.070904966e03], rel=1e-4)


def plain_squares(counts, start, market=None):
    """The least sum of squares that scipy finds from curves near the right one, without bounds."""
    edges = np.arange(len(counts) + 1.0)

    def gaps(free):
        p, q = np.exp(free[:2])
        m = np.exp(free[2]) if market is None else market
        fading = np.exp(-(p + q) * edges)
        return m * np.diff((1 - fading) / (1 + q / p * fading)) - counts

    found = least_squares(gaps, np.log(start[: 3 if market is None else 2]), method="lm", xtol=1e-15, ftol=1e-15)
    return 2 * found.cost


def saturated(late=0):
    time = np.arange(31.0)
    share = (1 - np.exp(-0.9001 * time)) / (1 + 9000 * np.exp(-0.9001 * time))
    return np.r_[np.zeros(late), np.diff(1000 * share).round()]


@pytest.mark.parametrize(
    ("counts", "start", "market"),
    [
        (saturated(), (1e-4, 0.9, 1000.0), 1000.0),
        (saturated(late=40), (1e-20, 0.9, 1000.0), 1000.0),
        (saturated(late=40), (1e-20, 0.9, 1000.0), None),
        (np.array([900.0, 60, 20, 10, 5, 3, 1, 1]), (2.4, 1e-3, 1000.0), None),
    ],
)
def test_bass_fits_as_well_as_scipy_without_bounds(counts, start, market):
    found = fit_bass(counts, market=market)
    squares = found.fitted.eval("(observed - expected) ** 2").sum()
    assert squares == pytest.approx(plain_squares(counts, start, market), rel=1e-6)


def test_a_number_at_its_bound_is_told():
    endless = fit_bass(2.0 ** np.arange(12))
    assert "market lies at its upper bound: the counts do not hold it" in endless.notes
    below = fit_bass([900.0, 60, 20, 10, 5, 3, 1, 1])
    assert below.estimates["value"].iloc[2] < 1000
    assert any("below the 1000 adoptions seen" in note for note in below.notes)
