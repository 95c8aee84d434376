"""An intervention on a table of a study is followed through the chain: scores, tiers, networks, arrivals."""

import numpy as np
import pytest

from innoscape.data import StudyError
from innoscape.network import Scenario, compare_scenarios
from innoscape.study import check
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.plan.read import read_study, study_of
from innoscape.study.stages.build_chain import build_chain
from innoscape.study.stages.run import bundled_study
from innoscape.study.stages.scenarios import build_scenario
from innoscape.study.stages.spread import baseline_rates
from innoscape.study.stages.spread_numbers import assumed_numbers


def with_steps(plan, *scenarios):
    """Return a study with other scenarios, each a list of interventions."""
    content = plan.model_dump() | {"origins": {}}
    content["scenarios"] = [{"name": f"s{i}", "interventions": steps} for i, steps in enumerate(scenarios, 1)]
    return study_of(content | {"folder": plan.folder})


def rates_of(chain):
    (model,) = baseline_rates(chain, [assumed_numbers(chain)])
    return model


@pytest.fixture(scope="module")
def chain():
    return build_chain(read_inputs(bundled_study()))


@pytest.fixture(scope="module")
def after(chain):
    def build(*steps, date=0.0):
        (scenario,) = with_steps(chain.inputs.study, list(steps)).scenarios
        return build_scenario("s", scenario.interventions, chain, at="s").chains[date]

    return build


LABORATORY = {"verb": "set_indicator", "places": ["成渝"], "indicators": ["national_laboratories"], "added": 3.0}
SAME = [
    {"verb": "scale_indicator", "places": ["成渝"], "indicators": ["rd_intensity"], "factor": 1.0},
    {"verb": "set_indicator", "places": ["成渝"], "indicators": ["rd_intensity"], "added": 0.0},
    {"verb": "scale_flow", "network": "contract", "factor": 1.0},
    {"verb": "scale_flow", "network": "copatent", "sources": ["北京"], "factor": 1.0},
    {"verb": "scale_flow", "factor": 1.0, "start": 4.0},
    {"verb": "scale_cost", "places": ["北京", "上海"], "factor": 1.0},
    {"verb": "set_tier", "place": "合肥", "tier": "regional"},
    {"verb": "scale_people", "places": ["合肥"], "factor": 1.0},
    {"verb": "add_external", "rate": 0.0},
]


@pytest.mark.parametrize("step", SAME, ids=lambda step: step["verb"])
def test_a_table_changed_by_nothing_gives_no_difference_in_any_run(chain, step):
    (plan,) = with_steps(chain.inputs.study, [step]).scenarios
    built = build_scenario("s", plan.interventions, chain, at="s")
    found = compare_scenarios(rates_of(chain), [built.scenario], seeds=["北京"], horizon=20.0, runs=60)
    assert np.array_equal(found.outcomes["s"].times, found.outcomes["baseline"].times, equal_nan=True)
    assert (found.table["difference"].dropna() == 0).all()


def test_an_indicator_moves_scores_ranks_and_the_flows_estimated_from_them(chain, after):
    new = after(LABORATORY)
    was, now = (c.tables["scores"].set_index("place") for c in (chain, new))
    assert now.loc["成渝", "score"] > was.loc["成渝", "score"]
    assert now.loc["成渝", "rank"] <= was.loc["成渝", "rank"]
    sent = [c.networks.flows["contract_estimated"].groupby("source")["value"].sum()["成都"] for c in (chain, new)]
    assert sent[1] > sent[0]
    cells = new.inputs.indicators.set_index(["place", "indicator"]).loc[("成渝", "national_laboratories")]
    assert cells["status"] == "assumed"
    assert chain.inputs.indicators["status"].ne("assumed").all(), "the study's own table is left as it was"


def test_scores_move_tiers_where_tiers_are_computed(study):
    file = study / "study.toml"
    plan = read_study(study)
    content = plan.model_dump() | {"folder": study}
    content["centers"]["tiers"] = "scores"
    chain = build_chain(read_inputs(study_of(content)))
    assert file.exists()
    place = chain.tables["scores"]["place"].iloc[-1]
    names = list(chain.inputs.framework.indicators)
    steps = [{"verb": "set_indicator", "places": [place], "indicators": names, "value": 1e3}]
    (scenario,) = with_steps(chain.inputs.study, steps).scenarios
    new = build_scenario("s", scenario.interventions, chain, at="s").chains[0.0]
    tier = [c.layers.centers.set_index("place")["tier"].astype(str)[place] for c in (chain, new)]
    order = chain.inputs.study.tiers.order
    assert order.rank(tier[1]) < order.rank(tier[0])


def test_the_flows_of_a_network_reach_the_networks_estimated_from_it(chain, after):
    new = after({"verb": "redirect_flow", "network": "contract", "source": "北京", "within": ["津冀"], "share": 0.2})
    flows = new.networks.flows["contract_estimated"]
    sent = flows[flows["source"] == "北京"].set_index("target")["value"]
    assert sent[["天津", "石家庄"]].sum() / sent.sum() == pytest.approx(0.2)
    assert new.networks.flows["copatent"].equals(chain.networks.flows["copatent"])
    assert new.tables is chain.tables, "what a change does not touch is not computed again"


def test_an_undirected_network_is_scaled_whichever_way_a_pair_is_written(chain, after):
    for ends in ({"sources": ["天津"], "targets": ["北京"]}, {"sources": ["北京"], "targets": ["天津"]}):
        new = after({"verb": "scale_flow", "network": "copatent", **ends, "factor": 0.0})
        was, now = (c.networks.flows["copatent"]["value"].sum() for c in (chain, new))
        assert was - now == 3056.0


def test_a_place_is_made_a_center_moved_and_taken_away_at_its_dates(chain):
    steps = [
        {"verb": "add_center", "place": "雄安新区", "tier": "local", "start": 2.0},
        {"verb": "set_tier", "place": "雄安新区", "tier": "national", "start": 5.0},
        {"verb": "remove_center", "place": "雄安新区", "start": 9.0},
    ]
    (plan,) = with_steps(chain.inputs.study, steps).scenarios
    built = build_scenario("s", plan.interventions, chain, at="s")
    tiers = [c.layers.centers.set_index("place")["tier"].astype(str).get("雄安新区") for c in built.chains.values()]
    assert tiers == ["local", "national", None]
    model = built.scenario.apply(rates_of(chain))
    assert model.starts.tolist() == [0.0, 2.0, 5.0, 9.0]
    rates = model.tensor[:, :, :, model.position["雄安新区"]].sum(axis=(1, 2))
    assert rates[0] == rates[3] == 0.0
    assert 0.0 < rates[1] < rates[2]


@pytest.mark.parametrize(("place", "tier"), [("郑州", "national"), ("合肥", "national"), ("南通", "regional")])
def test_a_promoted_center_gains_the_receptivity_of_its_tier_and_is_not_delayed(chain, place, tier):
    plan = chain.inputs.study
    (scenario,) = with_steps(plan, [{"verb": "set_tier", "place": place, "tier": tier}]).scenarios
    built = build_scenario("s", scenario.interventions, chain, at="s")
    base = rates_of(chain)
    model = built.scenario.apply(base)
    assert model.receptivity[place] == plan.diffusion.receptivity[tier] > base.receptivity[place]
    found = compare_scenarios(base, [built.scenario], seeds=["北京"], horizon=20.0, runs=400).table
    row = found[(found["measure"] == "arrival_time") & (found["place"] == place)].iloc[0]
    assert row["difference"] < 0
    # and so it is in a model of which receptivity goes by tier
    bare = Scenario("s").set_tier(place, tier=tier).apply(base)
    assert bare.receptivity[place] == plan.diffusion.receptivity[tier]


def test_a_cost_of_factor_zero_cuts_a_pair_for_every_channel(chain, after):
    step = {"verb": "scale_cost", "places": ["北京"], "to": ["上海", "天津"], "factor": 0.0}
    (plan,) = with_steps(chain.inputs.study, [step]).scenarios
    model = build_scenario("s", plan.interventions, chain, at="s").scenario.apply(rates_of(chain))
    here = model.position["北京"]
    for place in ("上海", "天津"):
        there = model.position[place]
        assert not model.tensor[:, :, here, there].any()
        assert not model.tensor[:, :, there, here].any()
    assert model.tensor[:, :, here, model.position["广州"]].any()


def test_a_receptivity_of_its_own_holds_for_a_moved_center(chain):
    step = {"verb": "set_tier", "place": "合肥", "tier": "national", "receptivity": 0.9}
    (plan,) = with_steps(chain.inputs.study, [step]).scenarios
    model = build_scenario("s", plan.interventions, chain, at="s").scenario.apply(rates_of(chain))
    assert model.receptivity["合肥"] == 0.9


SCALED = {"verb": "scale_indicator", "places": ["成渝"], "indicators": ["rd_intensity"], "factor": 2.0}
SOLD = {"verb": "redirect_flow", "source": "北京", "within": ["上海"], "share": 0.5, "network": "contract"}
BAD = [
    (
        {"verb": "scale_indicator", "places": ["成渝"], "indicators": ["labs"], "factor": 2.0},
        "",
        "indicators: needed one of",
    ),
    (
        {**SCALED, "places": ["成都"]},
        "",
        "成都, rd_intensity",
    ),
    ({"verb": "scale_flow", "network": "contract", "sources": ["上海"], "factor": 2.0}, "", "no such place: '上海'"),
    (
        {"verb": "redirect_flow", "source": "北京", "within": ["上海"], "share": 0.5, "network": "contract"},
        "",
        "no such place",
    ),
    ({"verb": "add_center", "place": "京津冀以外", "tier": "local"}, ".place", "a place with coordinates"),
    ({"verb": "add_center", "place": "北京", "tier": "local"}, "", "already a center"),
    ({"verb": "remove_center", "place": "北京"}, "", "centers with a mass"),
    ({"verb": "set_channel", "channel": "tie", "k": 3}, "", "go with the neighbor channel"),
]


def test_faults_of_all_scenarios_come_at_once_each_with_its_key(chain):
    plan = with_steps(bundled_study(), *([step] for step, _, _ in BAD))
    with pytest.raises(StudyError) as caught:
        check(plan)
    faults = {fault.column: str(fault) for fault in caught.value.faults}
    for i, (step, key, said) in enumerate(BAD, 1):
        at = f"scenarios[{i}].interventions"
        column = at if step["verb"] == "remove_center" else f"{at}[1]{key}"
        assert said in faults[column], column
    assert len(faults) == len(BAD)


def test_tables_that_a_study_lacks_are_refused_by_key(study):
    content = read_study(study).model_dump() | {"folder": study}
    content["index"] = None
    content["diffusion"]["tie_network"] = None
    content["diffusion"]["channels"] = [c for c in content["diffusion"]["channels"] if c["name"] != "tie"]
    content["scenarios"] = [
        {
            "name": "a",
            "interventions": [{"verb": "scale_indicator", "places": ["A"], "indicators": ["x"], "factor": 2.0}],
        },
        {"name": "b", "interventions": [{"verb": "scale_flow", "factor": 2.0}]},
        {"name": "c", "interventions": [{"verb": "scale_flow", "factor": 2.0, "network": "rail"}]},
    ]
    with pytest.raises(StudyError) as caught:
        study_of(content)
    columns = {fault.column for fault in caught.value.faults}
    assert {"scenarios[1].interventions[1]", "scenarios[2].interventions[1]"} <= columns
    assert "scenarios[3].interventions[1].network" in columns
