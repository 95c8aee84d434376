"""Pairs that a gravity model cannot use are left out, counted and named."""

import numpy as np
import pandas as pd
import pytest
from samples import COSTS, FLOWS, PLACES, fit, tidy_flows

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import fit_gravity


def test_absent_pairs_are_zeros_or_missing_as_said():
    table = tidy_flows(FLOWS.where(FLOWS > 0))
    zeros, missing = fit(flows=table), fit(flows=table, absent="missing")
    assert zeros.coefficients["estimate"][0] == pytest.approx(fit().coefficients["estimate"][0], abs=1e-12)
    assert zeros.counts[["given", "diagonal", "flow_missing", "used"]].tolist() == [64, 8, 0, 56]
    assert missing.counts[["flow_missing", "used"]].tolist() == [5, 51]
    assert abs(missing.exponent - zeros.exponent) > 0.01
    # what was missing is predicted nevertheless
    assert len(missing.predict()) == 56
    assert np.isnan(missing.expected.loc["d", "b"])


def test_pairs_without_cost_are_left_out_and_said():
    costs = COSTS.copy()
    costs.loc["a", "c"] = np.inf
    costs.loc["b", "c"] = np.nan
    with pytest.warns(InnoscapeWarning, match="2 pairs without a finite cost"):
        found = fit(costs=costs)
    assert found.counts[["cost_missing", "used"]].tolist() == [2, 54]


def test_the_diagonal_belongs_to_the_model_if_asked():
    flows, costs = FLOWS + np.diag([50.0] * 8), COSTS + np.diag([0.5] * 8)
    assert fit(flows=flows, costs=costs).fit["pairs"] == 56
    assert fit(flows=flows, costs=costs, diagonal=True).fit["pairs"] == 64
    with pytest.raises(TableError, match="positive costs"):
        fit(flows=flows, diagonal=True)


def test_places_that_send_nothing_are_fitted_with_nothing_and_named():
    flows = FLOWS.copy()
    flows.loc["c"] = 0.0
    with pytest.warns(InnoscapeWarning, match=r"1 origin sends nothing .*\(c\)"):
        found = fit(flows=flows)
    assert found.counts[["separated", "used"]].tolist() == [7, 49]
    assert found.effects.set_index(["side", "place"]).loc[("origin", "c"), "status"] == "separated"
    assert found.effects["effect"][2] == -np.inf
    rest = [p for p in PLACES if p != "c"]
    without = fit_gravity(flows.loc[rest], COSTS.loc[rest], constraint="double")
    assert found.exponent == pytest.approx(without.exponent, abs=1e-10)
    predicted = found.predict()
    own = predicted[predicted["source"] == "c"]
    assert (own[["value", "standard_error", "low", "high"]] == 0).all(axis=None)


def test_effects_together_may_separate_pairs():
    # rows a, b reach columns p, q only and nobody looked at c, d -> p, q: the zeros of a, b -> r, s can vanish
    flows = pd.DataFrame(
        [[4.0, 2, 0, 0], [1, 3, 0, 0], [np.nan, np.nan, 5, 2], [np.nan, np.nan, 1, 6]],
        index=list("abcd"),
        columns=list("pqrs"),
    )
    costs = pd.DataFrame(
        [[1.0, 2, 3, 4], [2, 1, 4, 3], [5, 4, 1, 3], [3, 5, 3, 1]], index=list("abcd"), columns=flows.columns
    )
    found = fit_gravity(flows, costs, constraint="double")
    assert found.counts[["flow_missing", "separated", "used"]].tolist() == [4, 4, 8]
    assert found.fit["parameters"] == 7
    assert (found.expected.loc[["a", "b"], ["r", "s"]] == 0).all(axis=None)


def test_a_table_too_empty_to_fit_is_refused_rather_than_fitted_wrongly():
    # three flows on a line, each nearer than any pair without flow: a decay without bound fits them all
    at = np.array([0, 1, 100, 102, 300, 303.0])
    costs = pd.DataFrame(np.abs(at[:, None] - at))
    flows = pd.DataFrame(np.zeros((6, 6)))
    for i, j, value in ((0, 1, 3.0), (2, 3, 2.0), (4, 5, 1.0), (1, 0, 2.0), (3, 2, 4.0), (5, 4, 1.0)):
        flows.loc[i, j] = value
    with pytest.raises(OptionError, match=r"separation|too few"):
        fit_gravity(flows, costs, constraint="double", decay="exponential")


def test_what_a_border_costs_flows_is_found_among_counts_and_falls_away_with_it():
    rng = np.random.default_rng(3)
    names = [f"p{n:02}" for n in range(16)]
    at = rng.uniform(0, 300, (16, 2))
    costs = pd.DataFrame(np.hypot(*(at[:, None] - at).transpose(2, 0, 1)), index=names, columns=names)
    territory = np.arange(16) % 3
    border = pd.DataFrame((territory[:, None] != territory).astype(float), index=names, columns=names)
    mean = 20_000 / costs.where(costs > 0) * np.exp(-0.8 * border)
    flows = pd.DataFrame(rng.poisson(mean.fillna(0.0)), index=names, columns=names).where(costs > 0)
    found = fit_gravity(flows, costs, pairs={"border": border}, constraint="double")
    row = found.coefficients.set_index("variable").loc["border"]
    assert row["low"] < -0.8 < row["high"]
    assert row["high"] < -0.7
    opened = found.predict(pairs={"border": 0 * border}, margins="free")
    opened = opened.pivot_table("value", "source", "target").loc[names, names].to_numpy()
    ratio = opened / found.expected.loc[names, names].to_numpy()
    across, within = border.to_numpy() == 1, (border.to_numpy() == 0) & ~np.eye(16, dtype=bool)
    assert ratio[across] == pytest.approx(np.exp(-row["estimate"]))
    assert ratio[within] == pytest.approx(1)
