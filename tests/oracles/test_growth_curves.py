"""Curves agree with nls of R 4.2.2 (see `write_curves.R`), hazards with statsmodels 0.14, Moran with esda 2.6."""

from pathlib import Path

import esda
import libpysal
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from innoscape.network import exposure, fit_bass, fit_generations, fit_growth_curve, fit_hazard, network_effect_test

CURVES = pd.read_csv(Path(__file__).with_name("curves.csv")).set_index(["model", "parameter"])
LEVELS = [3, 9, 14, 31, 50, 86, 110, 139, 150, 162, 166, 171]
ONE = [2, 5, 9, 15, 22, 33, 41, 46, 43, 35, 24, 16, 10, 6, 4, 2]
TWO = [*[np.nan] * 6, 3, 9, 20, 38, 58, 78, 95, 104, 112, 115]


def agrees(found, model, names, error=1e-4):
    table, expected = found.estimates.set_index("parameter"), CURVES.loc[model]
    for own, other in names.items():
        assert table.loc[own, "value"] == pytest.approx(expected.loc[other, "value"], rel=1e-5)
        assert table.loc[own, "error"] == pytest.approx(expected.loc[other, "error"], rel=error)


@pytest.mark.parametrize("curve", ["logistic", "gompertz"])
def test_s_curves_agree_with_r(curve):
    agrees(fit_growth_curve(LEVELS, curve=curve), curve, {"market": "m", "rate": "r", "middle": "t0"})


def test_bass_on_levels_agrees_with_r():
    agrees(fit_growth_curve(LEVELS, curve="bass"), "bass", {"market": "m", "innovation": "p", "imitation": "q"})


def test_bass_on_cumulative_shares():
    share = np.array(LEVELS) / 200
    found = fit_growth_curve(share, curve="bass", market=1.0)
    assert found.predict([30.0])[0] == pytest.approx(1.0, abs=1e-3)
    # the same curve by period, where the shares follow it exactly
    exact = found.predict(np.arange(0.0, 13.0))
    again = fit_growth_curve(exact[1:], curve="bass", market=1.0).estimates["value"].tolist()
    assert again == pytest.approx(found.estimates["value"].tolist(), rel=1e-6)
    assert fit_bass(np.diff(exact), market=1.0).estimates["value"].tolist()[:2] == pytest.approx(again[1:], rel=1e-5)


def test_generations_agree_with_r():
    users = pd.DataFrame({"one": ONE, "two": TWO}, index=range(1, 17))
    found = fit_generations(users, [0, 6])
    names = {"innovation": "p", "imitation": "q", "market[one]": "m1", "market[two]": "m2"}
    agrees(found, "generations", names, error=1e-3)
    mixed = fit_generations(users.sample(frac=1.0, random_state=3), [0, 6])
    pd.testing.assert_frame_equal(mixed.fitted, found.fitted)


def network(seed=5, n=24):
    draw = np.random.default_rng(seed)
    names = [f"p{i:02}" for i in range(n)]
    ends = np.argwhere(draw.uniform(size=(n, n)) < 0.15)
    ends = ends[ends[:, 0] != ends[:, 1]]
    flows = pd.DataFrame({"source": [names[i] for i in ends[:, 0]], "target": [names[j] for j in ends[:, 1]]})
    times = draw.integers(1, 7, n)
    adopted = pd.DataFrame({"place": names, "time": times})[draw.uniform(size=n) < 0.8]
    return names, flows.assign(value=draw.integers(1, 9, len(flows)).astype(float)), adopted, draw.normal(size=n)


@pytest.mark.parametrize(
    ("link", "family"), [("logit", sm.families.links.Logit), ("cloglog", sm.families.links.CLogLog)]
)
def test_hazards_agree_with_statsmodels(link, family):
    names, flows, adopted, trait = network()
    traits = pd.DataFrame({"place": names, "trait": trait})
    found = fit_hazard(adopted, flows, places=names, covariates=traits, link=link, baseline="linear", horizon=7)
    level = exposure(adopted, flows, places=names, times=range(1, 7))
    when = adopted.set_index("place")["time"]
    rows = [
        (place, t, int(when.get(place) == t), np.nan_to_num(level.loc[t - 1, place]), trait[names.index(place)])
        for place in names
        for t in range(2, 8)
        if when.get(place, 99) >= t
    ]
    table = pd.DataFrame(rows, columns=["place", "time", "event", "exposure", "trait"])
    design = sm.add_constant(table[["time", "exposure", "trait"]].astype(float))
    model = sm.GLM(table["event"], design, family=sm.families.Binomial(family())).fit(tol=1e-13)
    own = found.coefficients.set_index("variable")
    assert own["estimate"].tolist() == pytest.approx(
        model.params[["const", "time", "exposure", "trait"]].tolist(), rel=1e-6
    )
    assert found.log_likelihood == pytest.approx(model.llf)
    if link == "logit":
        bse = model.bse[["const", "time", "exposure", "trait"]].tolist()
        assert own["standard_error"].tolist() == pytest.approx(bse, rel=1e-5)


def test_moran_of_times_agrees_with_esda():
    names, flows, adopted, _ = network()
    found = network_effect_test(adopted, flows, statistic="moran", weights="flows", places=names, permutations=20)
    keys = sorted(adopted["place"])
    among = flows[flows["source"].isin(keys) & flows["target"].isin(keys)]
    dense = among.pivot_table(index="source", columns="target", values="value").reindex(keys, columns=keys).fillna(0)
    z = adopted.set_index("place").loc[keys, "time"].to_numpy(dtype=float)
    w = libpysal.weights.full2W(dense.to_numpy())
    assert found.observed == pytest.approx(esda.Moran(z, w, transformation="O", permutations=0).I)
