"""Estimated flows are the fitted table of loglin in R 4.2.2."""

import numpy as np
import pandas as pd
import pytest

from innoscape.network import estimate_flows, to_matrix


def line_costs(places):
    at = np.arange(1.0, len(places) + 1)
    return pd.DataFrame(np.abs(at[:, None] - at) + np.eye(len(places)), index=places, columns=places)


def totals(*values):
    return pd.Series(values, index=list("abcdefgh"[: len(values)]), dtype=float)


def test_fitted_table_is_that_of_loglin():
    # R 4.2.2: loglin(table, list(1, 2), start = 1 / distance, fit = TRUE, eps = 1e-12)
    printed = [
        [0.0, 11.78707089931, 18.62758843707, 4.58534066362],
        [13.24794953324, 0.0, 9.07637905248, 1.67567141427],
        [23.20226958562, 10.05874249227, 0.0, 11.73898792211],
        [3.54978088114, 1.15418660841, 7.29603251045, 0.0],
    ]
    places = list("abcd")
    flows = estimate_flows(totals(35, 24, 45, 12), totals(40, 23, 35, 18), line_costs(places), tolerance=1e-12)
    assert to_matrix(flows, places).to_numpy() == pytest.approx(np.array(printed), rel=1e-9)
