"""Bass curves by least squares agree with nls of R 4.2.2."""

import pytest

from innoscape.network import fit_bass

# video recorders in the United States, thousands, 1980-1989; estimates by nls() of R 4.2.2 of the model
# S ~ M * (F(t) - F(t - 1)), t = 1..10, from M = 60630, P = 0.01, Q = 0.6
RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_bass_by_least_squares_agrees_with_r():
    rows = fit_bass(RECORDERS).estimates.set_index("parameter")
    assert rows["value"].tolist() == pytest.approx([8.788933980e-03, 6.421593791e-01, 6.766000468e04], rel=1e-5)
    assert rows["error"].tolist() == pytest.approx([1.776444499e-03, 4.257131332e-02, 3.070904966e03], rel=1e-4)
