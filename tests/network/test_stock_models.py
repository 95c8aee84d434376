"""Stocks move as their transfers say: exactly where that is known, and alike in two solvers where it is not."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from innoscape.data import OptionError
from innoscape.data.errors import InfeasibleError
from innoscape.network import StockModel, StockScenario, Transfer, bass, compare_stocks, ring, run_stocks, solve_rates


def tank(**inlet):
    return StockModel(
        {"tank": 3.0}, [Transfer("inlet", target="tank", rate=2.0, **inlet), Transfer("leak", "tank", rate=0.5)]
    )


def chain(delay=0.0, order=3):
    moves = [Transfer("ab", "a", "b", rate=0.3, delay=delay, order=order), Transfer("bc", "b", "c", rate=0.2)]
    return StockModel({"a": 10.0, "b": 1.0, "c": 0.0}, moves)


def test_a_leaking_tank_goes_to_input_over_leak():
    path = run_stocks(tank(), horizon=10.0)
    time = path.stocks.index.to_numpy()
    assert path.stocks["tank"].to_numpy() == pytest.approx(4.0 - np.exp(-0.5 * time), abs=1e-12)
    assert path.equilibrium()["tank"] == pytest.approx(4.0)
    assert path.stability().eigenvalues == pytest.approx([-0.5])
    assert path.amounts.iloc[0].to_dict() == {"inlet": 2.0, "leak": 1.5}


@pytest.mark.parametrize("delay", [0.0, 2.5])
def test_transfers_keep_the_sum_of_stocks_and_of_what_is_under_way(delay):
    path = run_stocks(chain(delay), horizon=30.0)
    whole = path.stocks.sum(axis=1) + path.under_way.sum(axis=1)
    assert whole.to_numpy() == pytest.approx(11.0)
    assert path.under_way.columns.tolist() == (["ab"] if delay else [])
    assert path.equilibrium().to_numpy() == pytest.approx([0.0, 0.0, 11.0], abs=1e-9)
    assert path.stability().verdict == "stable"


@pytest.mark.parametrize("order", [1, 3, 50])
def test_a_delay_has_its_mean_and_its_spread(order):
    # all at once leaves the source, so arrivals have the distribution of the delay
    model = StockModel({"a": 1.0, "b": 0.0}, [Transfer("t", "a", "b", rate=1e4, delay=4.0, order=order)])
    arrived = run_stocks(model, horizon=60.0, points=6001).stocks["b"]
    left = 1.0 - arrived.to_numpy()
    mean = np.trapezoid(left, arrived.index)
    spread = np.sqrt(2 * np.trapezoid(left * arrived.index, arrived.index) - mean**2)
    assert mean == pytest.approx(4.0, abs=2e-3)
    assert spread == pytest.approx(4.0 / np.sqrt(order), rel=5e-3)


def test_one_driven_by_both_ends_is_the_logistic_curve():
    model = StockModel({"w": 9.0, "a": 1.0}, [Transfer("contagion", "w", "a", rate=0.06, by=["w", "a"])])
    path = run_stocks(model, horizon=20.0)
    time = path.stocks.index.to_numpy()
    assert path.stocks["a"].to_numpy() == pytest.approx(10.0 / (1.0 + 9.0 * np.exp(-0.6 * time)), rel=1e-8)
    assert path.equilibrium().round(9).to_dict() == {"w": 0.0, "a": 10.0}
    assert path.stability().eigenvalues == pytest.approx([-0.6])


def test_with_a_part_driven_by_the_source_alone_it_is_the_curve_of_bass():
    moves = [Transfer("p", "w", "a", rate=0.03), Transfer("q", "w", "a", rate=0.38, by=["w", "a"])]
    share = run_stocks(StockModel({"w": 1.0, "a": 0.0}, moves), horizon=20.0).stocks["a"]
    expected = bass(share.index.to_numpy(), innovation=0.03, imitation=0.38)
    assert share.to_numpy() == pytest.approx(expected, rel=1e-8)


def test_a_nonlinear_model_agrees_with_a_general_solver():
    # predators and prey
    moves = [
        Transfer("births", target="prey", rate=1.1, by=["prey"]),
        Transfer("eaten", "prey", rate=0.4, by=["prey", "foxes"]),
        Transfer("fed", target="foxes", rate=0.1, by=["prey", "foxes"]),
        Transfer("deaths", "foxes", rate=0.4),
    ]
    path = run_stocks(StockModel({"prey": 10.0, "foxes": 5.0}, moves), horizon=20.0, points=101)
    found = solve_ivp(
        lambda _, x: [1.1 * x[0] - 0.4 * x[0] * x[1], 0.1 * x[0] * x[1] - 0.4 * x[1]],
        (0, 20),
        [10.0, 5.0],
        t_eval=path.stocks.index,
        method="LSODA",
        rtol=1e-10,
        atol=1e-12,
    )
    assert path.stocks.to_numpy() == pytest.approx(found.y.T, rel=1e-6)
    rest = path.equilibrium()
    assert rest.to_numpy() == pytest.approx([4.0, 2.75])
    assert path.stability().eigenvalues == pytest.approx([1j * np.sqrt(0.44), -1j * np.sqrt(0.44)], abs=1e-9)
    assert path.stability().verdict == "neutral"


def test_order_of_stocks_and_transfers_does_not_matter():
    model = ring(["a", "b", "c"], inputs={"a": 1.0})
    turned = StockModel(dict(list(model.stocks.items())[::-1]), model.transfers[::-1])
    one, other = run_stocks(model, horizon=20.0).stocks, run_stocks(turned, horizon=20.0).stocks
    assert other[one.columns].to_numpy() == pytest.approx(one.to_numpy(), rel=1e-12)
    again = run_stocks(model, horizon=20.0).stocks
    pd.testing.assert_frame_equal(one, again, check_exact=True)


@pytest.mark.parametrize("points", [5, 401])
def test_a_threshold_opens_when_it_is_reached_and_stays_open(points):
    # a = 1 + t until t = 3, then falls; b starts when a reaches 2.5, at t = 1.5
    moves = [
        Transfer("rise", target="a", rate={0.0: 1.0, 3.0: 0.0}),
        Transfer("fall", "a", rate={3.0: 1.0}),
        Transfer("made", target="b", rate=2.0, after={"a": 2.5}),
    ]
    path = run_stocks(StockModel({"a": 1.0, "b": 0.0}, moves), horizon=8.0, points=points)
    assert path.openings["time"].tolist() == pytest.approx([1.5])
    assert path.openings["status"].tolist() == ["reached"]
    assert path.stocks["b"].iloc[-1] == pytest.approx(2.0 * 6.5)
    assert path.stocks["a"].iloc[-1] == pytest.approx(4.0 * np.exp(-5.0))
    assert path.amounts["made"].iloc[[0, -1]].tolist() == [0.0, 2.0]


def test_a_transfer_waits_for_all_its_thresholds_and_a_threshold_may_move():
    moves = [
        Transfer("up", target="a", rate=1.0),
        Transfer("slow", target="b", rate=0.5),
        Transfer("made", target="c", rate=1.0, after={"a": 1.0, "b": {0.0: 3.0, 4.5: 2.0}}),
    ]
    path = run_stocks(StockModel({"a": 0.0, "b": 0.0, "c": 0.0}, moves), horizon=10.0)
    assert path.openings["time"].tolist() == pytest.approx([1.0, 4.5])
    assert path.stocks["c"].iloc[-1] == pytest.approx(5.5)


def test_thresholds_open_in_nonlinear_models_too():
    moves = [
        Transfer("growth", target="a", rate=0.5, by=["a"]),
        Transfer("crowding", "a", rate=0.05, by=["a", "a"]),
        Transfer("made", target="b", rate=1.0, after={"a": 5.0}),
    ]
    path = run_stocks(StockModel({"a": 1.0, "b": 0.0}, moves), horizon=20.0, points=41)
    # a = 10 / (1 + 9 exp(-t / 2)) reaches 5 at 2 ln 9
    assert path.openings["time"].iloc[0] == pytest.approx(2 * np.log(9.0), abs=1e-7)
    assert path.stocks["b"].iloc[-1] == pytest.approx(20.0 - 2 * np.log(9.0), abs=1e-7)


def test_first_times_say_when_targets_are_reached_or_that_they_are_not():
    table = run_stocks(tank(), horizon=10.0, points=2001).first_times({"tank": 3.5})
    assert table["time"].iloc[0] == pytest.approx(2 * np.log(2.0), abs=1e-5)
    table = run_stocks(tank(), horizon=10.0).first_times({"tank": 5.0})
    assert table[["time", "status"]].isna().to_numpy().tolist() == [[True, False]]
    assert table["status"].tolist() == ["not reached"]


def test_scenarios_scale_rates_add_inputs_and_shift_thresholds_from_their_dates():
    model = tank()
    half = StockScenario("half").scale_rate("leak", factor=0.5, start=4.0)
    path = run_stocks(half.apply(model), horizon=40.0, points=81).stocks["tank"]
    before = run_stocks(model, horizon=40.0, points=81).stocks["tank"]
    assert path.loc[:4.0].to_numpy() == pytest.approx(before.loc[:4.0].to_numpy())
    assert path.iloc[-1] == pytest.approx(8.0, abs=1e-3)
    more = StockScenario("more").add_input("tank", amount=1.0).add_input("tank", amount=2.0, start=1.0)
    assert [one.name for one in more.apply(model).transfers[2:]] == ["added to tank", "added to tank (2)"]
    assert run_stocks(more.apply(model), horizon=60.0).stocks["tank"].iloc[-1] == pytest.approx(10.0)
    late = tank(after={"tank": 9.0})
    opened = StockScenario("open").shift_threshold("inlet", stock="tank", threshold=0.1, start=2.0).apply(late)
    assert run_stocks(opened, horizon=5.0).openings["time"].tolist() == [2.0]
    closed = StockScenario("stop").scale_rate("inlet", factor=0.0, start=1.0).scale_rate("inlet", factor=3.0, start=2.0)
    assert closed.apply(model).transfer("inlet").rate == {-np.inf: 2.0, 1.0: 0.0, 2.0: 0.0}


def test_scenarios_are_compared_with_the_baseline():
    model = StockModel({"a": 0.0}, [Transfer("in", target="a", rate=1.0)])
    stop = StockScenario("stop").scale_rate("in", factor=0.0, start=2.0)
    push = StockScenario("push").add_input("a", amount=1.0, start=2.0)
    table = compare_stocks(
        model,
        [stop, push],
        horizon=5.0,
        targets={
            "a": 4.0,
        },
    ).set_index(["scenario", "measure"])
    assert table.loc[("stop", "stock"), ["baseline", "value", "difference"]].tolist() == pytest.approx([5.0, 2.0, -3.0])
    assert table.loc[("stop", "first time"), "status"] == "only the baseline"
    assert table.loc[("push", "first time"), "value"] == pytest.approx(3.0)
    assert compare_stocks(model, [], horizon=5.0).columns.tolist() == table.reset_index().columns.tolist()


def test_rates_are_found_that_were_hidden():
    hidden = StockModel(
        {"a": 10.0, "b": 0.0, "c": 0.0}, [Transfer("ab", "a", "b", rate=0.17), Transfer("bc", "b", "c", rate=0.4)]
    )
    end = run_stocks(hidden, horizon=5.0).stocks.iloc[-1]
    guess = StockModel(hidden.stocks, [Transfer("ab", "a", "b", rate=1.0), Transfer("bc", "b", "c", rate=0.0)])
    found = solve_rates(guess, {"b": end["b"], "c": end["c"]}, time=5.0, rates=["ab", "bc"])
    assert found.rates.tolist() == pytest.approx([0.17, 0.4], rel=1e-6)
    with pytest.raises(InfeasibleError, match=r"the nearest reach 8.64.* c for 12"):
        solve_rates(hidden, {"c": 12.0}, time=5.0, rates=["ab"])


def test_stocks_that_run_away_are_refused():
    squared = StockModel({"a": 1.0}, [Transfer("t", target="a", rate=1.0, by=["a", "a"])])
    with pytest.raises(OptionError, match="grow beyond all bounds soon after time 1"):
        run_stocks(squared, horizon=2.0)
    double = StockModel({"a": 1.0}, [Transfer("t", target="a", rate=10.0, by=["a"])])
    with pytest.raises(OptionError, match="grow beyond all bounds"):
        run_stocks(double, horizon=1000.0)
    path = run_stocks(double, horizon=1.0)
    assert path.stability().verdict == "growing together"
    fed = StockModel({"a": 1.0}, [Transfer("t", target="a", rate=0.1, by=["a"]), Transfer("u", target="a", rate=1.0)])
    with pytest.raises(OptionError, match="no equilibrium"):
        run_stocks(fed, horizon=1.0).equilibrium()


@pytest.mark.parametrize(
    ("transfer", "message"),
    [
        (Transfer("t"), "needed a source, a target or two different ones"),
        (Transfer("t", "a", "a", rate=1.0), "two different ones"),
        (Transfer("t", "a", "x", rate=1.0), "ends: needed one of a, b, got 'x'"),
        (Transfer("t", "a", "b", rate=1.0, by=["b"]), "needed the source 'a' among what drives it, got b"),
        (Transfer("t", "a", "b", rate=1.0, by="a"), "needed several"),
        (Transfer("t", "a", "b", rate=-1.0), "rate: needed finite numbers of at least 0"),
        (Transfer("t", "a", "b", rate={0.0: np.nan}), "rate: needed finite"),
        (Transfer("t", "a", "b", rate="fast"), "rate: needed numbers"),
        (Transfer("t", "a", rate=1.0, delay=2.0), "delay: needed a target"),
        (Transfer("t", "a", "b", rate=1.0, delay=-1.0), "delay: needed a finite number of at least 0"),
        (Transfer("t", "a", "b", rate=1.0, order=0), "order: needed a whole number"),
        (Transfer("t", "a", "b", rate=1.0, after={"x": 1.0}), "after: needed one of a, b"),
        (Transfer("t", "a", "b", rate=1.0, after={"b": -1.0}), "after b: needed finite"),
    ],
)
def test_a_transfer_that_cannot_work_is_refused(transfer, message):
    with pytest.raises(OptionError, match=message):
        StockModel({"a": 1.0, "b": 1.0}, [transfer])


def test_all_faults_of_a_model_are_told_at_once():
    with pytest.raises(OptionError) as caught:
        StockModel({"a": -1.0}, [Transfer("t", "a", rate=-1.0), Transfer("t", "b", rate=1.0)], begin=np.nan)
    for part in ("stock 'a'", "begin", "'t' more than once", "rate", "got 'b'"):
        assert part in str(caught.value)


def test_calls_that_cannot_work_are_refused():
    model = tank()
    for call, message in [
        (lambda: run_stocks(model, horizon=0.0), "horizon: needed a finite number above 0"),
        (lambda: run_stocks(model, horizon=1.0, points=1), "points"),
        (lambda: run_stocks(model, horizon=1.0).first_times({"tnak": 1.0}), "did you mean 'tank'"),
        (lambda: model.transfer("lake"), "did you mean 'leak'"),
        (
            lambda: StockScenario("s").scale_rate("lake", factor=1.0).apply(model),
            "'s', scale_rate.*did you mean 'leak'",
        ),
        (lambda: StockScenario("s").scale_rate("leak", factor=-1.0).apply(model), "of at least 0, got -1"),
        (lambda: StockScenario("s").add_input("pool", amount=1.0).apply(model), "needed one of 'tank', got 'pool'"),
        (lambda: StockScenario("s").shift_threshold("leak", stock="tank", threshold=1.0).apply(model), "without"),
        (lambda: compare_stocks(model, [StockScenario("baseline")], horizon=1.0), "distinct names"),
        (lambda: solve_rates(model, {"tank": 1.0}, time=1.0, rates=["leak", "inlet"]), "as many different ones"),
        (lambda: solve_rates(model, {"pool": 1.0}, time=1.0, rates=["leak"]), "targets: needed one of tank"),
    ]:
        with pytest.raises(OptionError, match=message):
            call()
    stepped = StockModel({"tank": 0.0}, [Transfer("in", target="tank", rate={0.0: 1.0})])
    with pytest.raises(OptionError, match="one rate for all times, got several for 'in'"):
        solve_rates(stepped, {"tank": 1.0}, time=1.0, rates=["in"])
