"""Packages of policies as scenarios, each policy with its date and its switch."""

import pandas as pd
import pytest

from innoscape.data import OptionError, TableError, load
from innoscape.network import Channel, Scenario, hazard_rates, policy_package


def package(**options):
    return policy_package(load("pilot_policies"), **{"usual": {"places": ["北京"]}, "begin": "2009-03", **options})


def model():
    tier = pd.Categorical(["international"] * 2, categories=["international"], ordered=True)
    return hazard_rates(
        pd.DataFrame({"place": ["北京", "上海"], "tier": tier}), [Channel("peer", rate=0.1, decay="none")]
    )


def test_g6_one_platform_and_six_pilots_hold_from_their_months_on_and_can_be_switched_off():
    table = load("pilot_policies")
    assert table["kind"].value_counts().to_dict() == {"pilot": 6, "platform": 1}
    figures = load("figures").set_index("id")["value"]
    assert [figures["S4-004"], figures["S4-005"]] == [1, 6]
    # within the stage that the source dates
    assert table["start"].between("2009-03", "2014-04").all()
    assert set(table["status"]) == {"assumed"}
    accept = {date: inputs["receptivity"]["北京"] for date, inputs in package().inputs(model()).items()}
    assert [round(date * 12) for date in accept] == [11, 19, 21, 23, 24, 42]
    # the incentive, the platform beside it, then conversion from 0.2 to 0.24 and on to 0.26
    assert list(accept.values())[-1] == pytest.approx(1.1 * 1.1 * 0.26 / 0.2)
    outside = [inputs["external"]["北京"] for inputs in package().inputs(model()).values()]
    assert outside == pytest.approx([0, 0.005, 0.005, 0.005, 0.01, 0.02])
    for policy in table["policy"]:
        assert len(package(without=[policy]).interventions) == 6
    assert package(without=table["policy"]).interventions == ()


def test_a_package_is_the_scenario_that_its_rows_say():
    table = pd.DataFrame({"policy": ["rail", "rail", "pilot"],
                          "verb": ["scale_cost", "set_channel", "scale_receptivity"],
                          "start": [2012.5, "2010-07", 2010], "places": ["A; B", None, None], "to": ["C", None, None],
                          "channel": [None, "neighbor", None], "k": [None, 3.0, None],
                          "factor": [0.5, None, 1.2]})  # fmt: skip
    plan = policy_package(table, name="s", usual={"places": ["B"]})
    by_hand = (
        Scenario("s")
        .scale_receptivity(["B"], factor=1.2)
        .set_channel("neighbor", k=3, start=0.5)
        .scale_cost(["A", "B"], to=["C"], factor=0.5, start=2.5)
    )
    assert plan == by_hand
    shuffled = table.sample(frac=1, random_state=2)
    assert policy_package(shuffled, name="s", usual={"places": ["B"]}) == by_hand
    # what is in force before the beginning holds from it on
    later = policy_package(table, usual={"places": ["B"]}, begin=2012)
    assert [step.start for step in later.interventions] == [0, 0, 0.5]


def test_faults_of_a_package_come_together():
    table = pd.DataFrame({"policy": ["a", "b", "c", "d"],
                          "verb": ["scale_receptivty", "seed", "scale_channel", "siphon"],
                          "start": 0, "factor": [1.1, 2.0, None, None], "channel": [None, None, "tie", None],
                          "share": [None, None, None, 7.0]})  # fmt: skip
    with pytest.raises(
        OptionError,
        match=r"(?s)'a': verb: needed.*did you mean 'scale_receptivity'.*'b': factor: seed has no such field.*"
        r"'c': factor: needed by scale_channel.*'d'.*to: needed by siphon",
    ):
        policy_package(table, usual={"places": ["B"]})
    with pytest.raises(
        OptionError, match=r"start of a: needed a date.*'soon'.*begin.*'x'.*without.*'z'.*usual.*'pace'"
    ):
        policy_package(table.assign(start=["soon", 0, 0, 0]), begin="x", without=["z"], usual={"pace": 1})
    with pytest.raises(OptionError, match="at least one, got none"):
        policy_package(table.iloc[:0])
    with pytest.raises(TableError, match="verb"):
        policy_package(table.drop(columns="verb"))
