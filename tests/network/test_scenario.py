"""Scenarios change what they name and nothing else, and are compared run by run."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import Channel, Scenario, balances, compare_scenarios, hazard_rates, simulate

TIERS = ["international", "national", "regional", "local"]


@pytest.fixture
def costs():
    at = pd.Series({"B": 0.0, "S": 1000.0, "T": 120.0, "H": 280.0, "X": 100.0})
    return pd.DataFrame(np.abs(at.to_numpy()[:, None] - at.to_numpy()), index=at.index, columns=at.index)


@pytest.fixture
def model(costs):
    tier = pd.Categorical(["international", "international", "regional", "local"], categories=TIERS, ordered=True)
    centers = pd.DataFrame({"place": ["B", "S", "T", "H"], "tier": tier})
    flows = pd.DataFrame(
        {
            "source": ["B", "B", "B", "S", "S"],
            "target": ["T", "H", "S", "T", "H"],
            "value": [6.0, 4.0, 90.0, 5.0, 5.0],
        }
    )
    channels = [
        Channel("hierarchical", rate=0.2, half_distance=500.0),
        Channel("peer", rate=0.1, half_distance=500.0),
        Channel("neighbor", rate=0.2, half_distance=200.0, radius=150.0),
        Channel("tie", rate=1.0, decay="none", normalize="origin"),
    ]
    return hazard_rates(centers, channels, costs=costs, flows=flows)


GROUPS = {"B": "JJJ", "T": "JJJ", "H": "JJJ", "S": "YRD"}


def test_no_change_gives_no_difference_in_any_run(model):
    outcome = compare_scenarios(
        model, [Scenario("same"), Scenario("factor one").scale_cost(["B", "T"], factor=1.0)], seeds=["B"], horizon=30.0
    )
    for name in ("same", "factor one"):
        assert np.array_equal(outcome.outcomes[name].times, outcome.outcomes["baseline"].times, equal_nan=True)
    assert (outcome.table["difference"] == 0).all()
    assert (outcome.table["better"].dropna() == 0).all()


def test_redirecting_sets_the_share_and_keeps_the_total(model):
    after = Scenario("local").redirect_flow("B", within=["T", "H"], share=0.3).apply(model)
    sent = after.flows[after.flows["source"] == "B"].set_index("target")["value"]
    assert sent.sum() == pytest.approx(100.0)
    assert sent[["T", "H"]].sum() == pytest.approx(30.0)
    assert sent["T"] / sent["H"] == pytest.approx(1.5)
    untouched = after.flows[after.flows["source"] == "S"]["value"].tolist()
    assert untouched == [5.0, 5.0]
    before = balances(model.flows, GROUPS, directed=True).set_index("group")["localization_share"]
    assert before["JJJ"] == pytest.approx(0.1)


def test_a_redirected_flow_reaches_its_group_earlier_and_the_rest_later(model):
    table = compare_scenarios(
        model,
        [Scenario("local").redirect_flow("B", within=["T", "H"], share=0.5)],
        seeds=["B"],
        horizon=30.0,
        groups=GROUPS,
    ).table.set_index(["measure", "place"])
    assert table.loc[("arrival_time", "T"), "high"] < 0
    assert table.loc[("arrival_time", "S"), "low"] > 0
    share = table.loc[("localization_share", "JJJ")]
    assert (share["baseline"], share["value"]) == pytest.approx((0.1, 0.5))
    assert share["low"] == share["high"] == share["difference"]
    assert table.loc[("localization_share", "B"), "value"] == pytest.approx(0.5)


def test_a_corridor_delays_nobody_in_any_run(model):
    corridor = Scenario("corridor").scale_cost(["B", "T"], factor=0.5).apply(model)
    before = simulate(model, ["B"], horizon=30.0, runs=500)
    after = simulate(corridor, ["B"], horizon=30.0, runs=500)
    late = [np.where(np.isnan(r.times), np.inf, r.times) for r in (before, after)]
    assert (late[1] <= late[0] + 1e-9).all()
    assert corridor.costs.loc["B", "T"] == 60.0
    assert corridor.costs.loc["B", "H"] == 280.0
    assert model.costs.loc["B", "T"] == 120.0, "the baseline is left as it was"


def test_an_added_center_has_no_baseline_and_its_own_arrival(model):
    table = compare_scenarios(
        model, [Scenario("new").add_center("X", tier="national")], seeds=["B"], horizon=30.0
    ).table
    row = table[(table["measure"] == "arrival_time") & (table["place"] == "X")].iloc[0]
    assert np.isnan(row["baseline"])
    assert np.isnan(row["difference"])
    assert 0 < row["value"] < 30


def test_an_added_center_is_silent_before_its_start(model):
    later = Scenario("new").add_center("X", tier="national", start=5.0).apply(model)
    assert later.starts.tolist() == [0.0, 5.0]
    x = later.places.index("X")
    assert not later.tensor[0, :, x].any()
    assert not later.tensor[0, :, :, x].any()
    assert later.tensor[1, :, x].any()
    times = simulate(later, ["B"], horizon=50.0, runs=200).times[:, x]
    assert np.nanmin(times) >= 5.0


def test_a_dated_change_leaves_earlier_arrivals_as_they_were(model):
    dated = Scenario("later").set_tier("H", tier="national", start=2.0).apply(model)
    before, after = (simulate(m, ["B"], horizon=40.0, runs=400).times for m in (model, dated))
    early = before < 2.0
    assert early.any()
    assert np.array_equal(before[early], after[early])
    assert not np.array_equal(before, after)


def test_raising_a_tier_changes_who_stands_above_whom(model):
    raised = Scenario("up").set_tier("T", tier="international").apply(model)
    hierarchical = raised.tensor[0, 0]
    b, t, h = (raised.places.index(p) for p in "BTH")
    assert hierarchical[b, t] == 0
    assert hierarchical[t, h] > 0


def test_interventions_apply_in_order(model):
    twice = Scenario("both").scale_cost(["B", "T"], factor=0.5).scale_cost(["B", "T"], factor=0.5).apply(model)
    assert twice.costs.loc["T", "B"] == 30.0


def test_intervals_hold_the_difference_and_shrink_with_runs(model):
    rail = [Scenario("rail").scale_cost(["B", "S"], factor=0.2)]
    few = compare_scenarios(model, rail, seeds=["B"], horizon=30.0, runs=100).table.set_index(["measure", "place"])
    many = compare_scenarios(model, rail, seeds=["B"], horizon=30.0, runs=2500).table.set_index(["measure", "place"])
    assert ((many["low"] <= many["difference"]) & (many["difference"] <= many["high"])).all()
    key = ("arrival_time", "S")
    width = [t.loc[key, "high"] - t.loc[key, "low"] for t in (few, many)]
    assert width[0] / width[1] == pytest.approx(5.0, rel=0.5)


def test_shared_noise_narrows_the_intervals(model):
    rail = [Scenario("rail").scale_cost(["B", "S"], factor=0.7)]
    table = compare_scenarios(model, rail, seeds=["B"], horizon=30.0, runs=1000).table.set_index(["measure", "place"])
    assert table.loc[("mean_arrival_time", "all"), "narrowing"] > 3
    assert table["narrowing"].dropna().min() > 1


def test_results_do_not_depend_on_the_order_of_rows(model, costs):
    shuffled = hazard_rates(
        model.centers.iloc[::-1],
        model.channels,
        costs=costs.iloc[::-1, ::-1],
        flows=model.flows.iloc[::-1],
    )
    steps = [Scenario("local").redirect_flow("B", within=["H", "T"], share=0.4).add_center("X", tier="local")]
    one, two = (
        compare_scenarios(m, steps, seeds=["B"], horizon=20.0, runs=300, groups=GROUPS).table for m in (model, shuffled)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_verbs_on_flows_receptivity_and_channels_change_what_they_name(model):
    doubled = Scenario("s").scale_flow(sources=["S"], factor=2.0).apply(model).flows
    assert doubled[doubled["source"] == "S"]["value"].tolist() == [10.0, 10.0]
    assert doubled[doubled["source"] == "B"]["value"].sum() == 100.0
    open_ = Scenario("s").scale_receptivity(["T"], factor=3.0).apply(model)
    assert open_.receptivity.to_dict() == {"B": 1.0, "H": 1.0, "S": 1.0, "T": 3.0}
    assert Scenario("s").raise_conversion(before=0.2, after=0.3).apply(model).receptivity.tolist() == pytest.approx(
        [1.5] * 4
    )
    louder = Scenario("s").scale_channel("peer", factor=2.0).set_channel("tie", rate=0.0).apply(model)
    assert [c.rate for c in louder.channels] == [0.2, 0.2, 0.2, 0.0]


def test_a_corridor_adds_up_along_its_line_and_never_makes_a_way_longer(model):
    after = Scenario("s").add_corridor(["B", "T", "H"], factor=0.5).apply(model).costs
    assert after.loc["B", "T"] == 60.0
    assert after.loc["T", "H"] == 80.0
    assert after.loc["H", "B"] == 140.0
    assert (after <= model.costs).all().all()


def test_a_pilot_rolls_out_wave_by_wave(model):
    rollout = Scenario("s").phase_in([["T"], ["H"]], factor=2.0, every=5.0, start=1.0).apply(model)
    assert rollout.starts.tolist() == [0.0, 1.0, 6.0]
    into = rollout.tensor.sum(axis=(1, 2)) / model.tensor.sum(axis=(1, 2))
    t, h = model.places.index("T"), model.places.index("H")
    assert into[:, t].tolist() == [1, 2, 2]
    assert into[:, h].tolist() == [1, 1, 2]


def test_siphoning_moves_flows_and_keeps_their_total(model):
    after = Scenario("s").siphon("S", places=["T", "H"], share=0.4).apply(model)
    assert after.flows["value"].sum() == pytest.approx(model.flows["value"].sum() - 0.4 * 10.0), "S does not send to S"
    assert after.flows[after.flows["target"] == "T"]["value"].sum() == pytest.approx(0.6 * 11.0)
    assert after.receptivity["T"] == pytest.approx(0.6)


def test_a_planted_seed_adopts_at_its_time(model):
    outcome = compare_scenarios(model, [Scenario("plant").seed(["H"], start=0.5)], seeds=["B"], horizon=30.0, runs=200)
    planted = outcome.outcomes["plant"]
    assert planted.times[:, planted.places.index("H")].max() == 0.5
    assert outcome.table.set_index(["measure", "place"]).loc[("mean_arrival_time", "all"), "high"] < 0


def test_scenarios_can_be_joined(model):
    both = Scenario("a").scale_cost(["B", "T"], factor=0.5).then(Scenario("b").set_tier("H", tier="national"))
    assert both.name == "a"
    assert [i.verb for i in both.interventions] == ["scale_cost", "set_tier"]
    assert both.apply(model).costs.loc["B", "T"] == 60.0


@pytest.mark.parametrize(
    ("scenario", "error", "word"),
    [
        (
            Scenario("s").set_tier("Z", tier="local"),
            UnknownPlaceError,
            "scenario 's', set_tier: place: no such place: 'Z'",
        ),
        (Scenario("s").set_tier("T", tier="top"), OptionError, "tier: needed one of"),
        (Scenario("s").add_center("B", tier="local"), OptionError, "already a center"),
        (Scenario("s").add_center("Z", tier="local"), TableError, "got none for Z"),
        (Scenario("s").redirect_flow("H", within=["T"], share=0.5), OptionError, "no flow into"),
        (Scenario("s").scale_cost(["B", "Z"], factor=0.5), UnknownPlaceError, "no such place: 'Z'"),
        (Scenario("s").scale_flow(sources=["H"], factor=2.0), OptionError, "no flow runs"),
        (Scenario("s").scale_channel("rail", factor=2.0), OptionError, "channel: needed one of"),
        (Scenario("s").siphon("Z", places=["T"], share=0.1), UnknownPlaceError, "no such place: 'Z'"),
        (Scenario("s").seed(["Z"]), UnknownPlaceError, "no such place: 'Z'"),
    ],
)
def test_an_intervention_that_does_not_fit_is_refused(model, scenario, error, word):
    with pytest.raises(error, match=word):
        scenario.apply(model)


def test_numbers_out_of_range_are_refused_when_written():
    for write in (
        lambda: Scenario("s").redirect_flow("B", within=["T"], share=1.2),
        lambda: Scenario("s").scale_cost(["B"], factor=0.0),
        lambda: Scenario("s").set_tier("B", tier="local", start=-1.0),
    ):
        with pytest.raises(OptionError):
            write()


def test_scenarios_need_distinct_names(model):
    with pytest.raises(OptionError, match="differ"):
        compare_scenarios(model, [Scenario("a"), Scenario("a")], seeds=["B"], horizon=1.0)


def test_a_baseline_is_taken_over_only_where_all_options_agree(model):
    def compared(**options):
        given = {"seeds": ["B"], "horizon": 30.0, "runs": 100, "groups": GROUPS} | options
        return compare_scenarios([model], [Scenario("rail").scale_cost(["B", "T"], factor=0.5)], **given)

    first, more = compared(), compared(seed=3)
    again = compared(like=first)
    assert again.outcomes["baseline"] is first.outcomes["baseline"]
    pd.testing.assert_frame_equal(again.table, first.table)
    other = compared(seed=3, like=first)
    assert other.outcomes["baseline"] is not first.outcomes["baseline"]
    pd.testing.assert_frame_equal(other.table, more.table)
