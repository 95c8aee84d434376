"""Numbers of a study's diffusion are fitted to what was seen, or refused by name."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeError, InnoscapeWarning
from innoscape.network import Channel, hazard_rates, simulate
from innoscape.study import check, run

N = 12
CITIES = [f"c{i}" for i in range(N)]
TIERS = ["national"] * 4 + ["regional"] * 8
HEAD = """
name = "fits"
title = "Fits"
[tables]
places = ["places.csv"]
[diffusion]
seeds = ["c0"]
horizon = 10.0
runs = 60
receptivity = { national = 1.0, regional = 0.5 }
[[diffusion.channels]]
name = "hierarchical"
rate = 0.9
decay = "none"
[[diffusion.channels]]
name = "peer"
rate = 0.9
decay = "none"
"""


def folder_of(tmp_path, adoptions, fit, *, head=HEAD, files=()):
    places = pd.DataFrame({"place": [*CITIES, "away"], "lon": 105.0, "lat": 30.0, "tier": [*TIERS, ""]})
    places["lon"] += np.arange(N + 1)
    places.to_csv(tmp_path / "places.csv", index=False)
    for name, table in {"adoptions.csv": adoptions, **dict(files)}.items():
        table.to_csv(tmp_path / name, index=False)
    (tmp_path / "study.toml").write_text(head + fit, encoding="utf-8")
    return tmp_path


def simulated(innovations=40, horizon=6.0):
    tier = pd.Categorical(TIERS, categories=["national", "regional"], ordered=True)
    channels = [Channel("hierarchical", rate=0.2, decay="none"), Channel("peer", rate=0.05, decay="none")]
    accept = pd.Series([1.0] * 4 + [0.5] * 8, index=CITIES)
    model = hazard_rates(pd.DataFrame({"place": CITIES, "tier": tier}), channels, receptivity=accept)
    found = simulate(model, ["c0"], horizon=horizon, runs=innovations, seed=8)
    rows = [(p, f"i{m}", t) for m in range(innovations) for p, t in zip(found.places, found.times[m], strict=True)]
    return pd.DataFrame(rows, columns=["place", "innovation", "time"]).dropna()


FIT = '[diffusion.fit]\nadoptions = "adoptions.csv"\nuntil = 6.0\n'


@pytest.fixture(scope="module")
def recovered(tmp_path_factory):
    folder = folder_of(tmp_path_factory.mktemp("fit"), simulated(), FIT + "cross_validate = true\n")
    return run(folder, folder / "out")


def test_rates_of_simulated_adoptions_are_recovered_from_files(recovered):
    found = recovered.tables["fitted"].set_index("parameter")
    assert set(found["status"]) == {"fitted"}
    for parameter, rate in (("hierarchical.rate", 0.2), ("peer.rate", 0.05)):
        assert found.loc[parameter, "low"] < rate < found.loc[parameter, "high"]
        assert found.loc[parameter, "value"] == pytest.approx(rate, rel=0.2)
        assert found.loc[parameter, "assumed"] == 0.9


def test_what_is_fitted_is_no_longer_assumed_and_what_says_how_well_stands_beside(recovered):
    keys = set(recovered.tables["assumptions"]["key"])
    assert not {"diffusion.channels[peer].rate", "diffusion.channels[hierarchical].rate"} & keys
    assert "diffusion.receptivity.regional" in keys
    assert recovered.tables["cross_validation"]["gain"].iloc[-1] > 0
    measures = recovered.tables["fit_measures"].set_index("measure")["value"]
    assert measures["aic"] < measures["aic_constant_rate"]
    page = (recovered.folder / "report.html").read_text(encoding="utf-8")
    assert "What is fitted" in page
    assert "profile likelihood" in page


def test_few_dates_widen_the_bands_and_the_same_study_gives_the_same_bytes(tmp_path):
    few = simulated(1)
    folder = folder_of(tmp_path, few, FIT + 'free = ["peer.rate", "hierarchical.rate"]\n')
    first, second = run(folder, until="simulate"), run(folder, until="simulate")
    for name in ("fitted", "arrivals", "reach"):
        pd.testing.assert_frame_equal(first.tables[name], second.tables[name])
    arrivals = first.tables["arrivals"].query("not seed")
    assert arrivals["parameter_share"].between(0, 1).all()
    assert arrivals["parameter_share"].max() > 0.02
    assert {"chance_low", "chance_high"} <= {*first.tables["reach"]}


def test_a_scenario_without_change_differs_in_no_run_from_the_fitted_baseline(tmp_path):
    step = '{ verb = "scale_channel", channel = "peer", factor = 1.0 }'
    same = f'[[scenarios]]\nname = "same"\ninterventions = [{step}]\n'
    tables = run(folder_of(tmp_path, simulated(3), FIT + same), until="simulate").tables
    assert (tables["scenarios"]["difference"] == 0).all()


ONE = pd.DataFrame({"place": ["c0"], "time": ["2009-03"]})
TWO = pd.DataFrame({"place": ["c0", "c1", "c5"], "time": ["2009-03", "2011-03", "2012-01"]})


@pytest.mark.parametrize(
    ("table", "fit", "said"),
    [
        (ONE, 'until = "2019-09"', "adoptions.csv, column time: needed adoptions at two or more times"),
        (TWO, "", "key diffusion.fit.until: needed until when"),
        (TWO, 'until = "soon"', "needed a number, or a date"),
        (TWO, 'until = "2019-09"\nstart = "2010-01"', "adoptions.csv, row 2, column time: needed an adoption at or"),
        (TWO, 'until = "2019-09"\nfree = ["peer.rat"]', "did you mean 'peer.rate'"),
        (TWO, 'until = "2019-09"\nfree = ["peer.half_distance"]', "a number of this diffusion that can be fitted"),
        (ONE.assign(place="away"), 'until = "2019-09"', "needed adoptions at centers of the study"),
        (TWO.assign(time=["x", 1, 2]), 'until = "2019-09"', "adoptions.csv, row 2, column time: needed a number, or"),
        (TWO.assign(place=["c0", "c1", "c1"]), 'until = "2019-09"', "adoptions.csv, row 4"),
        (TWO, 'until = "2019-09"\nafter = 2011.0', "cross_validate = true"),
        (TWO, 'until = "2019-09"\nflows = "x"', "either adoptions (a table) or flows"),
        (TWO, 'until = "2019-09"\ncovariates = ["gdp"]', "diffusion.fit.covariates: needed tier, score"),
    ],
)
def test_bad_input_is_one_line_with_place_need_and_remedy(tmp_path, table, fit, said):
    folder = folder_of(tmp_path, table, f'[diffusion.fit]\nadoptions = "adoptions.csv"\n{fit}\n')
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    assert said in str(caught.value)
    with pytest.raises(type(caught.value)):
        run(folder)


def test_a_number_that_is_not_identifiable_is_refused_unless_the_assumed_one_may_stay(tmp_path):
    # c1 to c3 follow c0 on their tier; nobody on the lower tier ever adopted
    table = pd.DataFrame({"place": CITIES[:4], "time": [0.0, 1.0, 2.0, 3.0]})
    folder = folder_of(tmp_path, table, FIT)
    with pytest.raises(InnoscapeError, match=r"needed data that identify hierarchical\.rate") as caught:
        check(folder)
    assert "otherwise" in str(caught.value)
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('otherwise = "assumed"\n')
    with pytest.warns(InnoscapeWarning, match=r"hierarchical.rate is not identifiable"):
        check(folder)
    found = run(folder, until="simulate")
    status = found.tables["fitted"].set_index("parameter")["status"]
    assert status.to_dict() == {"peer.rate": "fitted", "hierarchical.rate": "assumed"}
    assert "diffusion.channels[hierarchical].rate" in set(found.tables["assumptions"]["key"])


def test_what_is_assumed_for_want_of_dates_is_not_advised_again(tmp_path):
    table = pd.DataFrame({"place": CITIES[:1], "time": [1.0]})
    with pytest.warns(InnoscapeWarning, match="the assumed numbers are kept") as told:
        check(folder_of(tmp_path, table, FIT + 'otherwise = "assumed"\n'))
    assert str(told[0].message).endswith("got one adoption, at 1")


def test_adoptions_elsewhere_are_left_out_with_a_notice(tmp_path):
    table = pd.concat([TWO, pd.DataFrame({"place": ["away"], "time": ["2013-05"]})])
    fit = FIT.replace("6.0", '"2019-09"') + 'free = ["peer.rate"]\n'
    found = run(folder_of(tmp_path, table, fit), until="simulate")
    assert any("away" in str(notice) for notice in found.notices)
    assert found.tables["fit_measures"].set_index("measure").loc["adoptions", "value"] == 2


def test_a_fit_depends_on_tiers_where_receptivity_does(tmp_path):
    found = run(folder_of(tmp_path, simulated(), FIT + 'covariates = ["tier"]\n'), until="simulate")
    estimates = found.tables["fitted"].set_index("parameter")
    # the study gives the lower tier half already, which is right
    assert estimates.loc["receptivity.tier", "low"] < 0.0 < estimates.loc["receptivity.tier", "high"]


def test_flows_say_how_channels_stand_to_one_another(tmp_path):
    ends = [(a, b, 8.0 if TIERS[i] != TIERS[j] else 2.0) for i, a in enumerate(CITIES) for j, b in enumerate(CITIES)]
    flows = pd.DataFrame([e for e in ends if e[0] != e[1]], columns=["source", "target", "value"])
    flows["value"] += np.arange(len(flows)) % 3
    network = '[[networks]]\nname = "deals"\ndirected = true\nflows = "flows.csv"\n'
    fit = '[diffusion.fit]\nflows = "deals"\notherwise = "assumed"\n'
    folder = folder_of(tmp_path, ONE, fit + network, files={"flows.csv": flows})
    found = run(folder, folder / "out")
    rates = found.tables["fitted"].query("status == 'fitted'")
    assert rates["value"].sum() == pytest.approx(0.9 * len(rates))
    assert set(found.tables["decomposition"]["channel"]) <= {"hierarchical", "peer", "rest"}


OWN = """
[[diffusion.channels]]
name = "rail"
title = "by <b>rail</b>"
title_zh = "铁路"
pairs = "rail.csv"
rate = 0.4
decay = "none"
[[scenarios]]
name = "faster"
interventions = [{ verb = "scale_channel", channel = "rail", factor = 2.0 }]
"""


def test_a_channel_of_the_study_s_own_acts_on_the_pairs_of_its_table(tmp_path):
    rail = pd.DataFrame({"source": ["c0", "c1"], "c1": [0, ""], "c4": [3.0, 1.0]})
    found = run(folder_of(tmp_path, ONE, OWN, files={"rail.csv": rail}), tmp_path / "out")
    credit = found.tables["credit"]
    assert credit.query("channel == 'rail' and tier == 'regional'")["share"].min() > 0
    assert "diffusion.channels[rail].rate" in set(found.tables["assumptions"]["key"])
    page = (found.folder / "report.html").read_text(encoding="utf-8")
    assert "by &lt;b&gt;rail" in page
    assert "铁路" in page
    assert "by <b>rail" not in page


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('pairs = "rail.csv"\n', "", "channels[3].name: needed one of hierarchical, peer"),
        ('pairs = "rail.csv"\n', "", "or pairs beside it, the table of pairs that the channel acts on"),
        ('channel = "rail"', 'channel = "road"', "interventions[1].channel: needed one of hierarchical, peer, rail"),
        ('name = "rail"', 'name = "peer"', "peer"),
    ],
)
def test_channels_that_are_none_are_refused(tmp_path, old, new, said):
    rail = pd.DataFrame({"source": ["c0"], "target": ["c1"], "value": [1.0]})
    folder = folder_of(tmp_path, ONE, OWN.replace(old, new, 1), files={"rail.csv": rail})
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    assert said in str(caught.value)
