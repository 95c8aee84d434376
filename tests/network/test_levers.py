"""Every policy lever moves the numbers that its source names, the way it names, and no two levers are the same."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, load
from innoscape.network import Channel, hazard_rates, lever, levers
from innoscape.network.diffusion.scenarios.policy_levers import POLICY_LEVERS
from innoscape.study.plan.study_verbs import STUDY_VERBS

PLACES = list("ABCDE")
TIERS = ["international", "international", "national", "regional", "regional"]
RECEPTIVITY = pd.Series([1.0, 1.0, 0.7, 0.4, 0.4], PLACES)
GIVEN = {"places": ["A", "B"], "scope": ["D", "E"]}
OF_STUDIES = ["I1", "I6", "I7", "I9", "I14"]


@pytest.fixture(scope="module")
def model():
    tier = pd.Categorical(TIERS, categories=["international", "national", "regional", "local"], ordered=True)
    flows = pd.DataFrame(
        [(a, b, 1.0 + i + 2 * j) for i, a in enumerate(PLACES) for j, b in enumerate(PLACES) if a != b],
        columns=["source", "target", "value"],
    )
    at = np.array([0.0, 100.0, 250.0, 400.0, 700.0])
    costs = pd.DataFrame(np.abs(at[:, None] - at), index=PLACES, columns=PLACES)
    channels = [
        Channel("hierarchical", rate=0.05, half_distance=400.0),
        Channel("peer", rate=0.05, half_distance=400.0),
    ]
    channels.append(Channel("tie", rate=0.2, decay="none"))
    centers = pd.DataFrame({"place": PLACES, "tier": tier})
    return hazard_rates(centers, channels, costs=costs, flows=flows, receptivity=RECEPTIVITY)


def pulled(model, name, **given):
    return lever(name, **{**GIVEN, **given}).apply(model)


def sent(rates):
    return rates.flows.set_index(["source", "target"])["value"]


def kept(rates, source, within):
    flows = rates.flows[rates.flows["source"] == source]
    return flows.loc[flows["target"].isin(within), "value"].sum() / flows["value"].sum()


def ratio(after, before):
    return (after / before).round(12).to_dict()


def test_division_of_labor_lowers_what_hubs_take_from_one_another_and_nothing_else(model):
    after = lever("I2", places=["A", "B"]).apply(model)
    moved = sent(after) / sent(model)
    assert moved[[("A", "B"), ("B", "A")]].tolist() == pytest.approx([0.8, 0.8])
    assert (moved.drop([("A", "B"), ("B", "A")]) == 1).all()
    peer = [c.name for c in model.channels].index("peer")
    assert np.array_equal(after.tensor[0, peer], model.tensor[0, peer])
    for hub, other in (("A", "B"), ("B", "A")):
        assert kept(after, hub, [other]) < kept(model, hub, [other])


def test_the_spin_off_rate_rises_at_the_places(model):
    after = lever("I3", places=["A", "B"]).apply(model)
    assert ratio(after.receptivity, RECEPTIVITY) == {"A": 1.2, "B": 1.2, "C": 1.0, "D": 1.0, "E": 1.0}


def test_regional_localization_and_conversion_rise(model):
    after = pulled(model, "I4", value=0.9)
    assert [kept(after, one, ["D", "E"]) for one in "AB"] == pytest.approx([0.9, 0.9])
    assert kept(model, "A", ["D", "E"]) < 0.9
    assert ratio(after.receptivity, RECEPTIVITY) == {"A": 1.0, "B": 1.0, "C": 1.0, "D": 1.2, "E": 1.2}


def test_conversion_rises_stage_by_stage_everywhere(model):
    after = lever("I5").apply(model)
    assert after.starts.tolist() == [0.0, 2.0]
    assert after.tensor[0].sum() == pytest.approx(1.3 * model.tensor[0].sum())
    assert after.tensor[1].sum() == pytest.approx(1.3 * 1.2 * model.tensor[0].sum())


def test_friction_falls_and_entry_rises(model):
    after = lever("I8", places=["A", "B"]).apply(model)
    assert after.costs.loc["A", "B"] == 0.8 * model.costs.loc["A", "B"]
    assert after.costs.loc["A", "C"] == model.costs.loc["A", "C"]
    assert after.external.tolist() == [0.01, 0.01, 0.0, 0.0, 0.0]


def test_coordination_cost_falls_across_tiers_alone(model):
    moved = pulled(model, "I10").costs / model.costs
    assert (moved.loc[["A", "B"], ["D", "E"]] == 0.8).all(axis=None)
    assert moved.loc["A", "B"] == moved.loc["D", "E"] == moved.loc["A", "C"] == 1


def test_designated_places_gain_the_tier_its_receptivity_and_a_corridor(model):
    after = lever("I11", places=["D", "E"]).apply(model)
    assert after.centers.set_index("place")["tier"][["D", "E"]].tolist() == ["national"] * 2
    assert after.receptivity[["D", "E"]].tolist() == [0.7, 0.7]
    assert after.costs.loc["D", "E"] == 0.5 * model.costs.loc["D", "E"]
    alone = lever("I11", places=["D"], tier="international").apply(model)
    assert alone.receptivity["D"] == 1.0
    assert alone.costs.equals(model.costs)


def test_talent_the_ladder_and_openness_rise(model):
    after = lever("I12", places=["C"]).apply(model)
    assert after.people["C"].tolist() == [1.2] * 5
    assert after.receptivity["C"] == pytest.approx(1.2 * 0.7)
    assert after.external["C"] == 0.01


def test_localization_rises_and_ties_carry_more(model):
    after = pulled(model, "I13", value=0.9)
    assert [kept(after, one, ["D", "E"]) for one in "AB"] == pytest.approx([0.9, 0.9])
    assert [c.rate for c in after.channels] == pytest.approx([0.05, 0.05, 0.22])


def test_parks_cost_less_overlap_less_and_open(model):
    after = lever("I15", places=["A", "B"]).apply(model)
    assert after.costs.loc["A", "B"] == 0.8 * model.costs.loc["A", "B"]
    assert sent(after).loc["A", "B"] == pytest.approx(0.64 * sent(model).loc["A", "B"])
    assert after.external[["A", "B", "C"]].tolist() == [0.005, 0.005, 0.0]
    assert after.receptivity["A"] == pytest.approx(1.1)


def test_the_localization_share_rises_by_steps(model):
    after = pulled(model, "I16", value=0.9, start=1.0)
    assert after.starts.tolist() == [0.0, 1.0, 6.0, 11.0]
    to, tie = [after.position["D"], after.position["E"]], [c.name for c in model.channels].index("tie")
    # what goes to a place is weighed by its receptivity, the same for both
    into = [phase[tie, after.position["A"], to].sum() for phase in after.tensor]
    total = sent(model).loc["A"].sum()
    assert np.array(into[1:]) == pytest.approx(0.2 * 0.4 * total * np.array([0.36, 0.54, 0.9]))


def test_no_two_levers_are_the_same(model):
    given = {**GIVEN, "indicators": ["x"], "inputs": ["y"], "tier": "national"}

    def form(name):
        """Return what a lever moves, without its numbers."""
        steps = [step for step, _ in POLICY_LEVERS[name].interventions(given)]
        return [
            {k: v for k, v in one.items() if isinstance(v, str | list)} | {"from": one.get("start")} for one in steps
        ]

    default = {name: [step for step, _ in POLICY_LEVERS[name].interventions(GIVEN)] for name in POLICY_LEVERS}
    assert all(default[a] != default[b] for a, b in combinations(POLICY_LEVERS, 2))
    same_form = {(a, b) for a, b in combinations(POLICY_LEVERS, 2) if form(a) == form(b)}
    assert same_form == set(), "levers that differ in nothing but a number"
    whole = ["I5", "I12", "I15", "I2", "I3", "I8", "I11"]
    rates = {n: lever(n, places=["A", "B"]) for n in whole} | {
        n: lever(n, **GIVEN) for n in ("I4", "I10", "I13", "I16")
    }
    after = {name: one.apply(model) for name, one in rates.items()}
    for a, b in combinations(after, 2):
        assert not np.array_equal(after[a].tensor[-1], after[b].tensor[-1]), f"{a} is {b}"
    assert not any(np.array_equal(one.tensor[-1], model.tensor[0]) for one in after.values())


def test_the_table_says_what_each_moves_and_marks_it_as_assumed():
    table = levers().set_index("lever")
    assert table.index.tolist() == [f"I{i}" for i in range(1, 17)]
    assert set(table["status"]) == {"assumed"}
    assert table.index[table["study_only"]].tolist() == OF_STUDIES
    assert set(table["source"]) <= set(load("sources")["source"])
    assert table["moves"].is_unique
    assert table["interventions"].is_unique or table.loc[table["interventions"].duplicated(), "usual"].ne("").all()
    for one in POLICY_LEVERS.values():
        assert {step.verb for step in one.steps} <= {*STUDY_VERBS}
        assert all({*step.fields} <= {*STUDY_VERBS[step.verb].fields()} for step in one.steps)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("I17", {}, "no lever 'I17'"),
        ("I16", {}, "I16 needs places and scope"),
        ("I16", {"places": ["A"], "scope": ["D"], "value": 1.5}, "share: .*at most 1|between 0 and 1|0 to 1"),
        ("I11", {"places": ["A"], "value": 2.0}, "value: lever I11 has no use for it here"),
        ("I3", {"places": ["A"], "scope": ["B"]}, "scope: lever I3 has no use for it here; it takes places, value"),
        ("I8", {"places": "Beijing"}, "places: needed several"),
        ("I5", {"start": -1.0}, "start"),
        ("I5", {"value": "much"}, "value"),
        *((name, {"places": ["A"]}, f'write lever = "{name}" under') for name in OF_STUDIES),
    ],
)
def test_a_lever_that_does_not_fit_says_why(name, given, says):
    with pytest.raises(OptionError, match=says):
        lever(name, **given)
