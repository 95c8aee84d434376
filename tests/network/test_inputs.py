"""What a model of diffusion cannot work with is refused by one clear error that tells all faults."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import (
    Channel,
    Scenario,
    bass,
    choose_scenarios,
    choose_seeds,
    compare_growth,
    compare_scenarios,
    critical_return,
    decompose,
    edge_rates,
    exposure,
    fit_bass,
    fit_diffusion,
    grow,
    hazard_rates,
    lever,
    loop,
    mean_field,
    pipeline,
    sensitivity,
    simulate,
    simulate_disadoption,
    simulate_many,
    sweep,
    thresholds,
)

TIERS = ["national", "regional", "local"]
TIE = Channel("tie", rate=1.0, decay="none")
PEER = Channel("peer", rate=0.2, decay="none")


def table(**tiers):
    return pd.DataFrame(
        {"place": list(tiers), "tier": pd.Categorical(list(tiers.values()), categories=TIERS, ordered=True)}
    )


CENTERS = table(W="national", X="regional", Y="regional", Z="local")
FLOWS = pd.DataFrame({"source": ["W", "W", "X"], "target": ["X", "Z", "Y"], "value": [3, 1, 1]})
COSTS = pd.DataFrame(np.full((4, 4), 300), index=list("WXYZ"), columns=list("WXYZ"))
HISTORY = pd.DataFrame({"place": ["W", "X", "Z"], "time": [0.0, 1.0, 2.0]})


@pytest.fixture
def model():
    return hazard_rates(
        CENTERS, [Channel("hierarchical", rate=0.5, half_distance=300.0), PEER, TIE], costs=COSTS, flows=FLOWS
    )


def test_a_cost_lies_between_two_places():
    with pytest.raises(OptionError, match=r"at least two places, .* got 'W' alone"):
        Scenario("s").scale_cost(["W"], factor=0.5)


def test_points_in_time_are_numbers(model):
    with pytest.raises(OptionError, match="got nan"):
        simulate(model, ["W"], horizon=1.0, runs=2).reach(times=[0.5, np.nan])


def test_all_faults_of_a_model_come_in_one_error():
    twice = CENTERS.assign(place=["W", "W", "Y", "Z"], tier=CENTERS["tier"].where([True, True, True, False]))
    with pytest.raises(TableError) as caught:
        hazard_rates(twice, [PEER, PEER, TIE], flows=FLOWS.assign(value=-1.0), people=-COSTS)
    text = str(caught.value)
    assert text.count(";") >= 4
    for part in (
        "W more than once",
        "got none for Z",
        "given once",
        "flows, column value: needed finite numbers",
        "people: needed finite numbers",
    ):
        assert part in text


def refusal(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_tables_that_name_no_center_are_refused():
    elsewhere = FLOWS.replace({"W": "P", "X": "Q", "Y": "R", "Z": "S"})
    stray = pd.DataFrame(1.0, index=["P"], columns=["W"])
    text = refusal(
        OptionError,
        lambda: hazard_rates(CENTERS, [TIE, Channel("rail", rate=1.0, decay="none", mask=stray)], flows=elsewhere),
    )
    assert "rows of mask of rail name none of the 4 centers, but P" in text
    assert "columns of mask" not in text
    assert "flows name none of the 4 centers, but P, Q, R" in text
    assert hazard_rates(CENTERS, [PEER], flows=elsewhere).flows is elsewhere
    assert "columns of people name none" in refusal(OptionError, lambda: hazard_rates(CENTERS, [PEER], people=stray.T))


def test_all_faults_of_all_scenarios_come_in_one_error(model):
    first = Scenario("first").set_tier("V", tier="local").scale_cost(["W", "U"], factor=0.5, start=2.0)
    second = Scenario("second").add_center("N", tier="top").scale_receptivity(["N"], factor=2.0)
    text = refusal(
        UnknownPlaceError, lambda: compare_scenarios(model, [first, second], seeds=["W"], horizon=-1.0, runs=0)
    )
    for part in (
        "'first', set_tier: place: no such place: 'V'",
        "scale_cost: places: no such place: 'U'",
        "'second', add_center: tier",
        "horizon",
        "runs",
    ):
        assert part in text
    # what depends on a fault is not reported as another
    assert "'second', scale_receptivity" not in text
    alone = refusal(UnknownPlaceError, lambda: compare_growth(model, [first], {"W": 1.0}, horizon=1.0))
    assert alone.count("'first'") == text.count("'first'") == 2


def test_all_faults_of_a_fit_come_in_one_error():
    text = refusal(
        TableError,
        lambda: fit_diffusion(
            HISTORY.drop(columns="time"), CENTERS, [TIE], horizon=3.0, intervals="exact", free="rate"
        ),
    )
    for part in ("intervals: needed one of", "channel tie needs flows", "the column time", "free: needed several"):
        assert part in text
    text = refusal(
        OptionError,
        lambda: fit_diffusion(HISTORY, CENTERS, [PEER], horizon=3.0, free=("rates", "speed"), external=-1.0),
    )
    for part in ("'rates' is no number", "'speed' is no number", "external: needed"):
        assert part in text


def test_all_faults_of_a_simulation_come_in_one_error(model):
    with pytest.raises(UnknownPlaceError) as caught:
        simulate(model, ["Q"], horizon="2030-01-01", runs=0, seed=1.5)
    for part in ("no such place: 'Q'", "got '2030-01-01'", "runs: needed", "got 1.5"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"centers": CENTERS[["place"]]}, TableError, "the column tier"),
        ({"centers": CENTERS.assign(place=["W", np.nan, "Y", "Z"])}, TableError, "got 1 of 4 without"),
        ({"centers": CENTERS.assign(place=["W", 3, "Y", "Z"])}, TableError, "all names or all numbers"),
        ({"channels": PEER}, OptionError, "channels: needed several"),
        ({"costs": COSTS.to_numpy()}, OptionError, "costs: needed a table labeled by places"),
        ({"costs": pd.concat([COSTS, COSTS.iloc[:1]])}, TableError, "in its rows, got W more than once"),
        ({"costs": COSTS.astype(str).replace("300", "far")}, TableError, "costs: needed numbers"),
        ({"costs": COSTS.replace(300, np.nan)}, TableError, "for every pair of centers"),
        ({"receptivity": {"Wuhan": 2.0}}, UnknownPlaceError, "no such place: 'Wuhan'"),
        ({"receptivity": {"X": np.nan, "Y": "high"}}, OptionError, "got nan for X, 'high' for Y"),
        ({"external": "x"}, OptionError, "external: needed finite numbers"),
        ({"flows": FLOWS.assign(value=np.nan)}, TableError, "flows, column value: needed finite"),
        ({"flows": FLOWS[["source", "value"]]}, TableError, "the column target"),
        (
            {"channels": [Channel("own", decay="none", mask=pd.DataFrame([["a"]]))]},
            TableError,
            "mask of own: needed numbers",
        ),
    ],
)
def test_rates_name_what_is_wrong(options, error, words):
    with pytest.raises(error, match=words):
        hazard_rates(**({"centers": CENTERS, "channels": [PEER]} | options))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "peer", "rate": "fast", "decay": "none"}, "rate: needed a finite number"),
        ({"name": "neighbor", "k": 0, "decay": "none"}, "k: needed a whole number of at least 1"),
        ({"name": "neighbor", "radius": -1.0, "decay": "none"}, "radius: needed a finite number"),
        ({"name": "peer", "k": 2, "decay": "none"}, "go with the neighbor channel"),
        ({"name": "peer", "normalize": "origin", "decay": "none"}, "normalize goes with the tie channel"),
        ({"name": "own", "max_steps": 1, "decay": "none"}, "max_steps goes with the hierarchical channel"),
        ({"name": "neighbor", "radius": 0.0, "decay": "none"}, "radius: needed a finite number above 0"),
        ({"name": "peer", "decay": "steps", "steps": (100.0, 200.0)}, "by rising limit"),
        ({"name": "peer", "decay": "steps", "steps": ((100.0, np.nan),)}, "by rising limit"),
        ({"name": "peer", "half_distance": np.inf}, "half_distance: needed a finite number above 0"),
    ],
)
def test_channels_name_what_is_wrong(options, words):
    with pytest.raises(OptionError, match=words):
        Channel(**options)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda m: simulate(m, {"W": "2020-01-01"}, horizon=1.0), OptionError, "finite time"),
        (lambda m: simulate(m, None, horizon=1.0), OptionError, "seeds: needed several"),
        (lambda _: simulate(COSTS, ["W"], horizon=1.0), OptionError, "got DataFrame"),
        (lambda m: simulate(m, ["W"], horizon=1.0, executor=3), OptionError, "concurrent.futures"),
        (
            lambda m: simulate(m, ["W"], horizon=1.0, runs=9).arrivals(confidence_level=2.0),
            OptionError,
            "confidence_level: needed a finite number above 0 and below 1",
        ),
        (
            lambda m: simulate(m, ["W"], horizon=1.0, runs=9).quantiles([0.0]),
            OptionError,
            "levels: needed a finite number above 0 and below 1",
        ),
        (
            lambda m: simulate(m, ["W"], horizon=1.0, runs=9).reach(places=["Q"]),
            UnknownPlaceError,
            "no such place: 'Q'",
        ),
        (lambda m: mean_field(m, ["W"], horizon=-1.0), OptionError, "horizon"),
        (lambda _: mean_field(edge_rates(FLOWS), ["W"], horizon=1.0), OptionError, "dense"),
        (
            lambda _: bass([-1.0], innovation=0.1, imitation="x"),
            OptionError,
            "imitation: needed .* times: needed numbers",
        ),
        (lambda _: edge_rates(FLOWS, external={"Q": 1.0}), UnknownPlaceError, "no such place: 'Q'"),
        (lambda _: edge_rates(FLOWS, external=-1.0), OptionError, "external: needed finite numbers"),
        (
            lambda _: edge_rates(FLOWS.assign(source=["W", np.nan, "X"])),
            TableError,
            "a source in every row, got empty cells",
        ),
        (lambda m: simulate_disadoption(m, {"W": 2.0}, abandonment=0.1, horizon=3.0), OptionError, "time 0"),
        (
            lambda m: simulate_disadoption(m, ["W"], abandonment={"Q": 1.0}, horizon=np.nan),
            UnknownPlaceError,
            "no such place: 'Q'.* horizon",
        ),
        (lambda m: simulate_many({"a": m}, {"b": ["W"]}, horizon=1.0), OptionError, "seeds: needed one of a, got 'b'"),
        (lambda m: compare_scenarios(m, Scenario("s"), seeds=["W"], horizon=1.0), OptionError, r"write \[Scenario"),
        (
            lambda m: compare_scenarios(m, [Scenario("s")], seeds=["W"], horizon=1.0, groups={"Q": 1}),
            OptionError,
            "groups name none",
        ),
        (lambda m: sweep(m, Scenario, {}, seeds=["W"], horizon=1.0), OptionError, "grid must give"),
        (lambda m: sweep(m, Scenario, {"b": [1]}, seeds=["W"], horizon=1.0), OptionError, "make must take b"),
        (
            lambda m: sweep(m, Scenario, {"name": [1]}, seeds=["W"], horizon=1.0, measures=["reech"]),
            OptionError,
            "'reech'",
        ),
        (
            lambda m: choose_seeds(m, 1, horizon=1.0, candidates=["Q", "R"]),
            UnknownPlaceError,
            "candidates: no such place: 'Q'; 'R'",
        ),
        (lambda m: choose_scenarios(m, [Scenario("a")] * 2, 1, seeds=["W"], horizon=1.0), OptionError, "differ"),
        (lambda _: sensitivity(lambda a: a, {"a": (1, 2)}, samples=100), OptionError, "power of 2, got 100; take 128"),
        (lambda _: sensitivity(lambda a: 0.0 * a, {"a": (1, 2)}, samples=8), OptionError, "vary"),
        (lambda _: lever("I8", places="Beijing"), OptionError, "places: needed several"),
        (lambda m: grow(m, {"W": "a", "X": 1, "Y": 1, "Z": -1}, horizon=1.0), OptionError, "'a' for W, -1 for Z"),
        (
            lambda m: grow(m, 1.0, horizon="x", scale=0, congestion=-1),
            OptionError,
            "congestion: .* horizon: .* scale: ",
        ),
        (
            lambda m: compare_growth(m, [], 1.0, horizon=1.0, prodction=0.2),
            OptionError,
            r"'prodction' .did you mean 'production'",
        ),
        (lambda _: critical_return(depreciation="x", spillover=-1.0), OptionError, "spillover: .* depreciation: "),
        (lambda _: pipeline(["a", "b"], ["x"]), OptionError, "conversions: needed finite numbers"),
        (lambda _: loop("industry-demand-pull", horizon=-1.0, forward="x"), OptionError, "horizon: .* forward: "),
        (lambda _: fit_bass(["2020-01-01"] * 5), OptionError, "counts: needed numbers"),
        (lambda _: fit_bass([1, 2, 3, 4], population=99), OptionError, "method='mle'"),
        (
            lambda _: fit_diffusion(HISTORY, CENTERS, [PEER], horizon="x"),
            OptionError,
            "horizon: needed a finite number",
        ),
        (
            lambda _: fit_diffusion(HISTORY, CENTERS, [PEER], horizon=3.0, seeds={"W": "2020"}),
            OptionError,
            "W must adopt at a finite time",
        ),
        (lambda _: fit_diffusion(HISTORY, CENTERS, [PEER], horizon=3.0, free="rate"), OptionError, r"write \['rate'\]"),
        (
            lambda _: decompose(FLOWS.assign(value="a"), CENTERS, [PEER], directed=True),
            TableError,
            "flows, column value: needed finite",
        ),
        (
            lambda _: exposure(HISTORY.assign(time=pd.Timestamp("2020-01-01")), FLOWS),
            TableError,
            "column time: needed numbers",
        ),
        (
            lambda _: exposure(HISTORY.assign(time="2020"), FLOWS[["source"]]),
            TableError,
            "(?s)column time.*column target",
        ),
        (lambda _: thresholds(HISTORY, FLOWS, lag=-1.0), OptionError, "lag: needed a finite number"),
    ],
)
def test_every_door_gives_one_clear_error(model, call, error, words):
    with pytest.raises(error, match=words):
        call(model)


@pytest.mark.parametrize(
    ("write", "error", "words"),
    [
        (lambda s: s.scale_cost("WX", factor=0.5), OptionError, "places: needed several"),
        (lambda s: s.scale_cost(["W", "Q", "R"], factor=0.5), UnknownPlaceError, "no such place: 'Q'; 'R'"),
        (
            lambda s: s.scale_cost(["W", "X"], factor="half"),
            OptionError,
            "factor: needed a finite number",
        ),
        (
            lambda s: s.scale_cost(["W", "X"], factor=0.5, start="2030-01-01"),
            OptionError,
            "start: needed a finite number of at",
        ),
        (lambda s: s.add_corridor(["W", "X", "W"], factor=0.5), OptionError, "each once"),
        (lambda s: s.redirect_flow("W", within=["X", "Typo"], share=0.5), UnknownPlaceError, "no such place: 'Typo'"),
        (
            lambda s: s.redirect_flow("W", within=["X"], share="20%"),
            OptionError,
            "share: needed a finite number from 0 to 1",
        ),
        (lambda s: s.scale_flow(sources=["W", "Typo"], factor=2.0), UnknownPlaceError, "no such place: 'Typo'"),
        (
            lambda s: s.set_tier("X", tier="national", receptivity=np.nan),
            OptionError,
            "receptivity: needed a finite number",
        ),
        (lambda s: s.phase_in([], factor=2.0, every=1.0), OptionError, "waves: needed several groups"),
        (lambda s: s.phase_in([["X"]], factor=2.0, every=-1.0), OptionError, "every: needed a finite number"),
        (lambda s: s.set_channel("peer", ratee=2.0), OptionError, "'ratee' .did you mean 'rate'"),
        (lambda s: s.siphon("W", places=["W", "X"], share=0.5), OptionError, "cannot draw from itself"),
    ],
)
def test_scenarios_name_what_is_wrong(model, write, error, words):
    with pytest.raises(error, match=words):
        write(Scenario("s")).apply(model)


def test_a_scenario_on_rates_that_change_already_is_refused(model):
    changing = Scenario("a").scale_channel("peer", factor=3.0, start=1.0).apply(model)
    with pytest.raises(OptionError, match="join both scenarios with then"):
        Scenario("b").scale_channel("peer", factor=2.0).apply(changing)
    with pytest.raises(OptionError, match="change in time"):
        simulate_disadoption(changing, ["W"], abandonment=0.1, horizon=1.0)


def test_costs_in_whole_numbers_can_be_scaled(model):
    assert Scenario("s").scale_cost(["W", "X"], factor=0.501).apply(model).costs.loc["W", "X"] == 300 * 0.501


def test_a_corridor_shortens_each_direction_by_its_own_legs():
    costs = pd.DataFrame(np.full((4, 4), 900.0), index=list("WXYZ"), columns=list("WXYZ"))
    costs.loc["W", "X"], costs.loc["X", "Y"] = 100.0, 200.0
    costs.loc["X", "W"], costs.loc["Y", "X"] = 10.0, 20.0
    after = (
        Scenario("s").add_corridor(["W", "X", "Y"], factor=0.5).apply(hazard_rates(CENTERS, [PEER], costs=costs)).costs
    )
    assert after.loc["W", "Y"] == 150.0
    assert after.loc["Y", "W"] == 15.0
    assert after.loc["X", "W"] == 5.0


def test_a_lever_that_redirects_flows_serves_every_core():
    both = pd.concat([FLOWS, pd.DataFrame({"source": ["X"], "target": ["W"], "value": [1]})])
    after = lever("I13", places=["W", "X"], scope=["W", "X"]).apply(hazard_rates(CENTERS, [TIE], flows=both)).total()
    assert after.loc["W", "X"] / after.loc["W"].sum() == pytest.approx(0.2)
    assert after.loc["X", "W"] / after.loc["X"].sum() == pytest.approx(0.2)


def test_the_lag_of_a_tier_is_the_difference_to_the_tier_above(model):
    outcome = compare_scenarios(
        model, [Scenario("s").scale_channel("peer", factor=2.0)], seeds=["W"], horizon=9.0, runs=200
    )
    rows = outcome.table.set_index(["measure", "place"])
    keys = [("tier_lag", "local"), ("tier_arrival_time", "regional"), ("tier_arrival_time", "local")]
    lag, above, here = (rows.loc[key] for key in keys)
    assert lag["value"] == pytest.approx(here["value"] - above["value"])
    assert lag["difference"] == pytest.approx(here["difference"] - above["difference"])


def test_quantiles_counted_in_bins_are_those_of_the_times(model):
    kept, binned = (simulate(model, ["W"], horizon=5.0, runs=400, keep=keep) for keep in (True, False))
    one, two = kept.quantiles(), binned.quantiles()
    numbers = ["time", "low", "high"]
    assert ((one[numbers] - two[numbers]).abs().fillna(0.0) <= binned.resolution + 1e-12).all(axis=None)
    assert (one[numbers].isna() == two[numbers].isna()).all(axis=None)
    assert (two.loc[two["place"] == "W", numbers] == 0.0).all(axis=None)
