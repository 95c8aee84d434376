"""Systems of the sources whose stocks move show what the sources say of them, each under its id."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, load
from innoscape.data.errors import InfeasibleError
from innoscape.network import (
    FINANCE_SOURCES,
    FIRM_LADDER,
    HUB_STAGES,
    OBSTACLE_CHAIN,
    StockScenario,
    bass,
    compare_stocks,
    dilution,
    finance_loop,
    firm_pyramid,
    fit_bass,
    hub_emergence,
    obstacle_chain,
    outflow,
    pipeline,
    pyramid_steps,
    roll_out,
    run_stocks,
    siphoning,
    solve_rates,
)

FIGURES = load("figures").set_index("id")["value"]
# 5,000 specialized firms, 1,000 municipal and 500 national little giants in 2025 (Zhuang, Wu and Tan, §2(1))
TARGETS = dict(zip(FIRM_LADDER[1:4], FIGURES[["S2-014", "S2-013", "S2-012"]].astype(float), strict=True))


def ladder(**options):
    # no present numbers are printed: half of each target stands for them
    start = {"innovative": 8000.0} | {grade: value / 2 for grade, value in TARGETS.items()}
    return firm_pyramid(FIRM_LADDER, entry=1500.0, start=start, begin=2021.0, **options)


def test_a15_promotion_rates_meet_the_three_targets_of_2025():
    assert list(TARGETS.values()) == [5000, 1000, 500]
    rates = [f"promotion to {grade}" for grade in TARGETS]
    solved = solve_rates(ladder(), TARGETS, time=2025.0, rates=rates)
    end = run_stocks(solved, horizon=2025.0).stocks.iloc[-1]
    assert end[list(TARGETS)].to_dict() == pytest.approx(TARGETS)
    assert (solved.rates[rates] > 0).all()
    assert solved.rates["entry"] == 1500.0
    # a year later than the plan if firms enter and rise a third more slowly
    slow = StockScenario("slow")
    for rate in ["entry", *rates]:
        slow = slow.scale_rate(rate, factor=2 / 3)
    table = compare_stocks(solved, [slow], horizon=2030.0, targets=TARGETS)
    first = table[table["measure"] == "first time"].set_index("stock")
    assert first["baseline"].to_numpy() == pytest.approx([2025.0] * 3, abs=1e-3)
    assert not (first["value"] <= 2025.5).any()


def test_a15_the_targets_stand_as_an_upright_pyramid():
    table = pyramid_steps(TARGETS)
    assert table["per_firm_above"].iloc[:2].tolist() == [5.0, 2.0]
    assert table["status"].tolist() == ["upright", "upright", "top"]
    turned = pyramid_steps({"low": 10.0, "middle": 10.0, "high": 20.0, "top": 0.0})
    assert turned["status"].tolist() == ["level", "inverted", "no firms above", "top"]


def test_a15_says_when_the_targets_cannot_be_met():
    with pytest.raises(InfeasibleError, match="national little giant for 500"):
        solve_rates(
            firm_pyramid(FIRM_LADDER[2:4], entry=10.0, start={"municipal little giant": 100.0}),
            {"national little giant": 500.0},
            time=4.0,
            rates=["promotion to national little giant"],
        )


@pytest.mark.parametrize("returns", [0.05, 0.13, 0.14, 0.4])
def test_h5_the_cycle_is_positive_where_a_unit_of_finance_returns_more_than_one(returns):
    path = run_stocks(finance_loop(returns=returns), horizon=50.0)
    gain = 0.3 / 0.4 * 0.2 / 0.2 * returns / 0.1
    assert path.stability().verdict == ("growing together" if gain > 1 else "stable")
    if gain < 1:
        # four sources of 1 each, of which the loop makes 1 / (1 - gain)
        assert path.equilibrium()["finance"] == pytest.approx(4.0 / 0.4 / (1.0 - gain))


def test_h5_each_source_of_finance_lifts_technology_and_industry():
    base = finance_loop()
    assert [one.name for one in base.transfers[:4]] == list(FINANCE_SOURCES)
    closed = [StockScenario(name).scale_rate(name, factor=0.0, start=10.0) for name in FINANCE_SOURCES]
    table = compare_stocks(base, closed, horizon=40.0)
    assert (table["difference"] < 0).all()
    assert table.groupby("stock")["difference"].nunique().eq(1).all()
    alone = run_stocks(finance_loop({"angel capital": {0.0: 1.0, 5.0: 0.0}}, returns=0.0), horizon=60.0)
    # without returns a pulse runs through in the order of the loop
    assert alone.stocks.idxmax().rank().to_dict() == {"finance": 1.0, "technology": 2.0, "industry": 3.0}


def test_b8_the_chain_rests_at_the_outputs_of_the_pipeline():
    share, wait = [0.5, 0.2, 0.4], [3.0, 5.0, 2.0]
    path = run_stocks(obstacle_chain(OBSTACLE_CHAIN, share, delays=wait, inflow=200.0), horizon=300.0)
    table = pipeline(OBSTACLE_CHAIN, share, delays=wait, inflow=200.0)
    passed = path.amounts.iloc[-1]
    assert passed.filter(like="into ").to_numpy() == pytest.approx(table["output"].to_numpy()[1:])
    assert passed.filter(like="lost ").to_numpy() == pytest.approx(table["lost"].to_numpy()[1:])
    waiting = path.stocks.iloc[-1].to_numpy()[:-1]
    assert waiting == pytest.approx(table["output"].to_numpy()[:-1] * wait)


def test_b8_raising_one_conversion_raises_the_output_when_the_chain_has_carried_it():
    share, wait = [0.5, 0.2, 0.4], [3.0, 5.0, 2.0]
    base = obstacle_chain(OBSTACLE_CHAIN, share, delays=wait, inflow=200.0)
    rested = obstacle_chain(
        OBSTACLE_CHAIN, share, delays=wait, inflow=200.0, start=run_stocks(base, horizon=500.0).stocks.iloc[-1]
    )
    # proof of concept: from 0.2 to 0.3 at the spin-off, which is a loss rate of 0.7 in place of 0.8
    better = StockScenario("proof of concept").scale_rate("into spin-off", factor=1.5, start=10.0)
    better = better.scale_rate("lost before spin-off", factor=0.7 / 0.8, start=10.0)
    path = run_stocks(better.apply(rested), horizon=60.0)
    output = path.amounts["into industry"]
    assert output.loc[:10.0].to_numpy() == pytest.approx(8.0)
    assert output.iloc[-1] == pytest.approx(12.0)
    gain = pipeline(OBSTACLE_CHAIN, share, step=0.1).set_index("stage").loc["spin-off", "gain"]
    assert output.iloc[-1] / output.iloc[0] - 1 == pytest.approx(gain)
    assert 0.0 < output.loc[11.0:12.0].mean() - 8.0 < 3.0
    with pytest.raises(OptionError, match="delays: needed numbers above 0"):
        obstacle_chain(["a", "b"], [0.5], delays=[0.0])


def test_d13_a_hub_emerges_stage_by_stage_in_the_order_of_the_source():
    path = run_stocks(hub_emergence(thresholds=4.0), horizon=60.0)
    table = path.openings
    assert table["stock"].tolist() == list(HUB_STAGES[:-1])
    assert (table["status"] == "reached").all()
    assert (np.diff(table["time"]) > 0).all()
    assert (path.stocks.gt(0).idxmax().diff().dropna() > 0).all()
    # each stage has the stock that it needs when the next sets in
    for _, row in table.iterrows():
        near = np.interp(row["time"], path.stocks.index, path.stocks[row["stock"]])
        assert near == pytest.approx(4.0, abs=0.02)


def test_d13_a_threshold_out_of_reach_stops_the_emergence_until_it_is_lowered():
    # industry alone rests at 10 * 3 ** 2 = 90
    high = dict.fromkeys(HUB_STAGES[1:], 4.0) | {"hub of resources and chains": 100.0}
    model = hub_emergence(thresholds=high)
    path = run_stocks(model, horizon=200.0)
    assert path.openings["status"].tolist() == ["reached"] * 2 + ["not reached"] * 4
    assert path.stocks["new industry"].iloc[-1] == pytest.approx(90.0)
    assert (path.stocks[list(HUB_STAGES[3:])] == 0).all(axis=None)
    name = "hub of resources and chains sets in"
    lower = StockScenario("reform").shift_threshold(name, stock="new industry", threshold=60.0, start=100.0)
    opened = run_stocks(lower.apply(model), horizon=200.0).openings
    assert (opened["status"] == "reached").all()
    assert opened["time"].iloc[2] == pytest.approx(100.0)
    more = compare_stocks(model, [StockScenario("laboratories").scale_rate("science", factor=1.2)], horizon=200.0)
    assert more.set_index("stock").loc["global center", "value"] > 0


def test_d13_feedback_lets_a_hub_feed_itself():
    weak, strong = (hub_emergence(HUB_STAGES[:3], feedback=f, thresholds=1.0) for f in (0.005, 0.02))
    assert run_stocks(weak, horizon=100.0).stability().verdict == "stable"  # 0.005 * 0.3 ** 2 < 0.1 ** 3
    assert run_stocks(strong, horizon=100.0).stability().verdict == "growing together"


def test_d10_the_outflow_that_stays_in_the_region_is_the_printed_share():
    inside, share = float(FIGURES["S3-045"]), float(FIGURES["S3-046"])
    whole = inside / share * 100.0
    assert (inside, round(whole, 1)) == (282.80, 2868.2)
    pulls = {"Tianjin and Hebei": inside, "elsewhere": whole - inside}
    table = outflow(pulls, retention=whole).set_index("place")
    assert 100 * table.loc["Tianjin and Hebei", "outflow_share"] == pytest.approx(9.86)
    assert table["share"].sum() == pytest.approx(1.0)
    path = run_stocks(siphoning(table.reset_index(), production=100.0), horizon=50.0)
    gone = path.amounts[["to Tianjin and Hebei", "to elsewhere"]].iloc[1:]
    assert (gone["to Tianjin and Hebei"] / gone.sum(axis=1)).to_numpy() == pytest.approx(0.0986)


def test_d10_stronger_deltas_draw_more_off_and_retention_holds_it():
    masses, costs = {"delta": 30.0, "pearl": 15.0, "near": 3.0}, {"delta": 1200.0, "pearl": 2100.0, "near": 120.0}
    home = [
        outflow(masses, costs, retention=r, attraction=a).set_index("place").loc["home", "share"]
        for r, a in [(0.05, 1.0), (0.05, 1.2), (0.1, 1.0)]
    ]
    assert home[1] < home[0] < home[2]
    base = siphoning(outflow(masses, costs, retention=0.05), production=10.0)
    stronger = StockScenario("siphon").scale_rate("to delta", factor=2.0, start=5.0)
    table = compare_stocks(base, [stronger], horizon=60.0).set_index("stock")["difference"]
    assert table["home"] < 0 < table["delta"]
    assert table["near"] < 0
    for call, message in [
        (lambda: outflow({"a": 1.0}, {"b": 1.0}), "costs: needed a number for every destination, got none for a"),
        (lambda: outflow({"a": 0.0}), "at least one destination that pulls"),
        (lambda: outflow({"home": 1.0}), "give it as retention"),
    ]:
        with pytest.raises(OptionError, match=message):
            call()


def test_d10_the_lead_of_the_pilot_dilutes_as_the_zones_are_approved():
    zones = load("demonstration_zones")
    table = dilution(zones, pilot="北京")
    assert table["lead"].iloc[[0, -1]].tolist() == [1.0, 0.0]
    assert table["adopted"].iloc[-1] == 20
    assert (table["lead"].diff().dropna() < 0).all()
    # when the second stage of the source begins (2014-05), Wuhan, Shanghai and Shenzhen have the policy too
    assert table[table["time"] <= 2014 + 4 / 12 + 1e-9]["lead"].iloc[-1] == pytest.approx(17 / 20)
    # and when the third begins (2018-02), Ningbo and Lanzhou as well
    assert table[table["time"] <= 2018 + 1 / 12 + 1e-9]["adopted"].iloc[-1] == 18
    numbers = pd.DataFrame({"place": ["a", "b", "c"], "time": [0.0, 2.0, 2.0]})
    assert dilution(numbers, pilot="a")["lead"].tolist() == [1.0, 0.0]
    for bad, message in [
        (numbers.assign(time=[3.0, 2.0, 2.0]), "needed the first to adopt, got 'a', after 'b'"),
        (numbers.assign(place=["a", "b", "b"]), "several for b"),
        (numbers.assign(time=["2009-03", "soon", "2010"]), "got none for b"),
        (numbers.assign(place=["x", "b", "c"]), "pilot: needed a place"),
    ]:
        with pytest.raises(OptionError, match=message):
            dilution(bad, pilot="a")


def test_d11_the_roll_out_follows_the_curve_fitted_to_the_dates_of_the_zones():
    table = dilution(load("demonstration_zones"), pilot="北京")
    begin, end = table["time"].iloc[[0, -1]]
    counts = table["adopted"].diff().fillna(0.0)
    dates = np.repeat(table["time"].to_numpy(), counts.astype(int)) - begin
    fit = fit_bass(dates, method="mle", horizon=end - begin + 0.1, market=20.0)
    p, q = fit.estimates.set_index("parameter").loc[["innovation", "imitation"], "value"]
    model = roll_out(zones=20, pilots=0, approval=p, imitation=q, begin=begin)
    path = run_stocks(model, horizon=end)
    expected = 20.0 * bass(path.stocks.index.to_numpy() - begin, innovation=p, imitation=q)
    assert path.stocks["with the policy"].to_numpy() == pytest.approx(expected, abs=1e-6)
    observed = np.interp(table["time"], path.stocks.index, path.stocks["with the policy"])
    # approvals came in waves: the curve is nowhere more than four zones off, and one off on the mean
    assert np.abs(observed - table["adopted"]).max() < 4.0
    assert np.abs(observed - table["adopted"]).mean() < 1.2
    assert path.equilibrium().round(6).to_dict() == {"waiting": 0.0, "with the policy": 20.0}


def test_d11_pilot_roll_out_and_branches_come_one_after_the_other():
    # stages of the source: pilot from 2009-03, national from 2014-05, global from 2018-02
    first, second, third = 2009 + 2 / 12, 2014 + 4 / 12, 2018 + 1 / 12
    model = roll_out(
        zones=21,
        approval={first: 0.0, second: 0.4},
        branches={"in the region": {second: 3.0}, "in the country": {second: 5.0}, "abroad": {third: 2.0}},
        begin=first,
    )
    path = run_stocks(model, horizon=third + 2.0)
    assert path.stocks["with the policy"].loc[:second].to_numpy() == pytest.approx(1.0)
    assert path.stocks.sum(axis=1).iloc[0] == 21.0
    end = path.stocks.iloc[-1]
    assert end["with the policy"] == pytest.approx(21.0 - 20.0 * np.exp(-0.4 * (third + 2.0 - second)))
    assert end.filter(like="branches").to_numpy() == pytest.approx([3 * 5.75, 5 * 5.75, 4.0])
    times = path.first_times({"with the policy": 11.0, "branches abroad": 1.0})["time"]
    assert second < times[0] < third < times[1]
    with pytest.raises(OptionError, match="at least the 3 pilots"):
        roll_out(zones=2, pilots=3)
