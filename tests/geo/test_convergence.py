"""Convergence recovered from paths with known speed, densities with known shape, and their limits."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.geo import convergence, distribution_density

PLACES = [f"p{number:02}" for number in range(40)]
START = np.random.default_rng(5).lognormal(sigma=0.8, size=40)


def panel(speed, years=range(2000, 2011), noise=0.0, steady=None):
    rng = np.random.default_rng(6)
    steady = np.zeros(40) if steady is None else steady
    parts = []
    for year in years:
        logs = steady + (np.log(START) - steady) * np.exp(-speed * (year - 2000)) + noise * rng.normal(size=40)
        parts.append(pd.DataFrame({"place": PLACES, "year": year, "value": np.exp(logs), "steady": steady}))
    return pd.concat(parts, ignore_index=True)


def test_a_known_speed_is_recovered_without_error():
    found = convergence(panel(0.05))
    row = found.beta.iloc[0]
    assert row["speed"] == pytest.approx(0.05)
    assert row["half_life"] == pytest.approx(np.log(2) / 0.05)
    assert row["speed_error"] == pytest.approx(0, abs=1e-9)
    assert found.trend["status"].tolist() == ["converging", "converging"]
    logs = found.sigma[found.sigma["measure"] == "sd_log"]["value"].to_numpy()
    assert logs == pytest.approx(np.log(START).std() * np.exp(-0.05 * np.arange(11)))


def test_places_that_part_diverge_and_have_no_half_life():
    found = convergence(panel(-0.03))
    assert found.beta["status"].tolist() == ["diverging"]
    assert found.beta["speed"].iloc[0] == pytest.approx(-0.03)
    assert np.isnan(found.beta["half_life"].iloc[0])
    assert found.trend["status"].tolist() == ["diverging", "diverging"]


def test_conditional_convergence_needs_what_places_converge_to():
    steady = np.log(START) * 0.9 + 0.3 * np.random.default_rng(1).normal(size=40)
    found = convergence(panel(0.08, steady=steady), controls=["steady"]).beta.set_index("model")["speed"]
    assert found["conditional"] == pytest.approx(0.08)
    assert found["absolute"] < 0.04


def test_intervals_hold_the_speed_and_follow_the_delta_method():
    held = 0
    for run in range(60):
        table = panel(0.05, years=(2000, 2010))
        end = table["year"] == 2010
        table.loc[end, "value"] *= np.random.default_rng(run).lognormal(sigma=0.1, size=40)
        row = convergence(table, confidence_level=0.9).beta.iloc[0]
        held += row["speed_low"] <= 0.05 <= row["speed_high"]
        assert row["speed_error"] == pytest.approx(row["standard_error"] / (1 + 10 * row["beta"]))
        assert row["half_life_low"] == pytest.approx(np.log(2) / row["speed_high"])
        assert row["half_life_high"] == pytest.approx(np.log(2) / row["speed_low"])
        assert row["half_life_error"] == pytest.approx(np.log(2) * row["speed_error"] / row["speed"] ** 2)
    assert 46 <= held <= 60


def test_a_half_life_of_gaps_that_may_stay_has_no_end():
    table = panel(0.003, noise=0.2, years=(2000, 2010))
    row = convergence(table).beta.iloc[0]
    assert row["speed"] > 0 > row["speed_low"]
    assert 0 < row["half_life_low"] < row["half_life"]
    assert row["half_life_high"] == np.inf


def test_gaps_that_turn_over_have_no_speed():
    table = pd.DataFrame({"place": list("abc") * 2, "year": [0] * 3 + [1] * 3, "value": [1, 2, 4, 4, 2.1, 1]})
    row = convergence(table).beta.iloc[0]
    assert row["beta"] < -1
    assert row["status"] == "no speed"
    assert np.isnan(row["speed"])


def test_nothing_moves():
    table = pd.concat([panel(0.0, years=(2000, 2001, 2002))])
    found = convergence(table)
    assert found.beta["status"].tolist() == ["no change"]
    assert found.trend["status"].tolist() == ["no trend", "no trend"]
    assert found.coefficients["p_value"].tolist() == [1.0, 1.0]


def test_places_without_an_end_are_named():
    table = panel(0.05)
    table = table[~((table["year"] == 2010) & table["place"].isin(["p03", "p07"]))]
    found = convergence(table)
    assert found.left_out == ("p03", "p07")
    assert found.beta["places"].tolist() == [38]
    assert found.sigma["places"].tolist()[-2:] == [38, 38]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda t: t[t["year"] == 2000], {}, "at least two years"),
        (lambda t: t.assign(year="a"), {}, "each place once|at least two years"),
        (lambda t: t.assign(value=0.0), {}, "numbers above 0"),
        (lambda t: t.assign(value=3.0), {}, "vary over the places as starting values, got 3 at all 40 of them in 2000"),
        (lambda t: t.assign(twice=np.log(np.tile(START, 11)) * 2), {"controls": ["twice"]}, "others for twice"),
        (lambda t: t.assign(same=1.0), {"controls": ["same"]}, "vary over the places as control same, got 1 at all 40"),
        (lambda t: t[t["place"].isin(["p01", "p02"])], {}, "more places than the 2 terms"),
        (lambda t: t, {"errors": "hc9"}, "errors"),
        (lambda t: t, {"confidence_level": 1}, "confidence_level"),
    ],
)
def test_what_cannot_be_estimated_says_why(change, options, message):
    with pytest.raises((OptionError, TableError), match=message):
        convergence(change(panel(0.05)), **options)


def test_a_control_without_number_is_refused():
    table = panel(0.05)
    table.loc[3, "steady"] = np.nan
    with pytest.raises(TableError, match="none for p03 in 2000"):
        convergence(table, controls=["steady"])


def test_densities_have_mass_1_and_show_two_peaks():
    table = panel(0.0, years=(2000, 2001))
    table.loc[table["year"] == 2001, "value"] = np.repeat([1.0, 9.0], 20) + np.linspace(0, 0.2, 40)
    found = distribution_density(table, points=801)
    for _, part in found.groupby("year"):
        assert np.trapezoid(part["density"], part["at"]) == pytest.approx(1, abs=5e-3)
    tops = found[found["year"] == 2001]["density"].to_numpy()
    assert ((tops[1:-1] > tops[:-2]) & (tops[1:-1] > tops[2:])).sum() == 2


def test_a_distribution_without_spread_has_no_density():
    table = pd.DataFrame({"place": list("abab"), "year": [0, 0, 1, 1], "value": [2.0, 2.0, 1.0, 3.0]})
    found = distribution_density(table)
    assert found.groupby("year")["status"].first().tolist() == ["undefined", "computed"]
    assert found.loc[found["year"] == 0, "density"].isna().all()
    assert distribution_density(pd.Series({"a": 1.0}))["status"].eq("undefined").all()
    assert distribution_density(pd.Series({"a": 1.0}), bandwidth=0.5)["status"].eq("computed").all()
    zeros = distribution_density(pd.Series({"a": 0.0, "b": 0.0}))
    assert zeros["status"].eq("undefined").all()
    below = distribution_density(pd.Series({"a": -1.0, "b": 1.0, "c": 4.0}), relative=False)
    assert below["at"].min() < -1
    with pytest.raises(OptionError, match="at least 0"):
        distribution_density(pd.Series({"a": -1.0, "b": 1.0}))
