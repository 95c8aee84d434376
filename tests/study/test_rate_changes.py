"""What a scenario changes in the numbers of diffusion stands in tables and sentences; what changes nothing is told."""

import warnings

import numpy as np
import pytest

from innoscape.data import InnoscapeWarning
from innoscape.data.tier_scale import FOUR_TIERS
from innoscape.network import VERBS
from innoscape.study import bundled_study, check, run
from innoscape.study.facts.chain_facts import chain_facts
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.plan.read import study_of
from innoscape.study.report.chain_sentences import chain_sentences, of_what, word_of
from innoscape.study.stages.build_chain import build_chain
from innoscape.study.stages.chain_changes import chain_changes
from innoscape.study.stages.scenarios import build_scenario
from innoscape.study.stages.spread import baseline_rates
from innoscape.study.stages.spread_numbers import assumed_numbers
from innoscape.study.wording.phrases import Words

STEPS = {
    "add_center": {"place": "雄安新区", "tier": "local"},
    "set_tier": {"place": "合肥", "tier": "national"},
    "remove_center": {"place": "南通"},
    "scale_cost": {"places": ["北京", "上海"], "factor": 0.5},
    "add_corridor": {"places": ["北京", "上海"], "factor": 0.5},
    "set_channel": {"channel": "tie", "normalize": "maximum"},
    "scale_channel": {"channel": "peer", "factor": 2.0},
    "redirect_flow": {"source": "北京", "within": ["天津"], "share": 0.5},
    "scale_flow": {"factor": 2.0},
    "siphon": {"to": "北京", "places": ["天津"], "share": 0.5},
    "scale_receptivity": {"places": ["合肥", "南京"], "factor": 1.5},
    "raise_conversion": {"before": 0.2, "after": 0.3},
    "phase_in": {"waves": [["合肥"], ["南京"]], "factor": 1.5, "every": 3.0},
    "add_external": {"places": ["合肥"], "rate": 0.02},
    "scale_people": {"places": ["合肥"], "factor": 1.3},
    "seed": {"places": ["上海"], "start": 3.0},
}


def scenarios(*bodies):
    plan = bundled_study()
    content = plan.model_dump() | {"origins": {}, "folder": plan.folder}
    content["scenarios"] = [{"name": f"s{i}", **body} for i, body in enumerate(bodies)]
    content["diffusion"]["runs"] = 20
    content["diffusion"]["fit"] = None
    return study_of(content)


@pytest.fixture(scope="module")
def tables():
    study = scenarios(*({"interventions": [{"verb": verb, **step}]} for verb, step in STEPS.items()))
    chain = build_chain(read_inputs(study))
    (model,) = baseline_rates(chain, [assumed_numbers(chain)])
    return chain_changes(chain, model, [build_scenario(s.name, s.steps, chain, at="s") for s in study.scenarios])


def of(tables, verb):
    rows = tables["chain_changes"]
    return rows[rows["scenario"] == f"s{[*STEPS].index(verb)}"]


def test_every_verb_of_the_model_shows_what_it_changes(tables):
    assert {*STEPS} == {*VERBS}
    for verb in STEPS:
        assert len(of(tables, verb)), verb


def test_numbers_of_places_stand_with_what_they_were(tables):
    rows = of(tables, "scale_receptivity").set_index("place")
    assert rows.loc["合肥", ["measure", "baseline", "value", "difference"]].tolist() == [
        "receptivity", 0.4, pytest.approx(0.6), pytest.approx(0.2)]  # fmt: skip
    assert {*rows.index} == {"合肥", "南京"}
    everywhere = of(tables, "raise_conversion")
    assert (everywhere["value"] / everywhere["baseline"]).to_numpy() == pytest.approx(1.5)
    assert len(everywhere) == 35
    (outside,) = of(tables, "add_external").to_dict("records")
    assert (outside["measure"], outside["place"], outside["unit"]) == ("external", "合肥", "per year")
    assert (outside["baseline"], outside["value"]) == (0.0, 0.02)
    (people,) = of(tables, "scale_people").to_dict("records")
    assert (people["measure"], people["baseline"], people["value"]) == ("people", 1.0, pytest.approx(1.3))
    (planted,) = of(tables, "seed").to_dict("records")
    assert (planted["measure"], planted["place"], planted["start"], planted["value"]) == ("planted", "上海", 3.0, 3.0)


def test_options_of_channels_stand_as_numbers_or_words(tables):
    (rate,) = of(tables, "scale_channel").to_dict("records")
    assert (rate["measure"], rate["of"], rate["place"]) == ("channel_rate", "peer", "all")
    assert (rate["baseline"], rate["value"]) == (0.03, 0.06)
    (scale,) = of(tables, "set_channel").to_dict("records")
    assert (scale["measure"], scale["baseline_word"], scale["value_word"]) == ("channel_normalize", "origin", "maximum")
    assert np.isnan(scale["difference"])


def test_waves_stand_at_their_dates_with_those_before(tables):
    waves = of(tables, "phase_in").groupby("start")["place"].agg(sorted).to_dict()
    assert waves == {0.0: ["合肥"], 3.0: ["南京", "合肥"]}


def test_what_a_center_draws_off_shows_in_the_flows_that_ties_follow(tables):
    rows = of(tables, "siphon").set_index(["measure", "place"])
    assert rows.loc[("receptivity", "天津"), "value"] == pytest.approx(0.2)
    took = rows.loc[("in_strength", "天津")]
    assert took["value"] == pytest.approx(took["baseline"] / 2)
    assert took["of"] == "contract_estimated"


def test_a_moved_center_shows_the_receptivity_of_its_tier(tables):
    rows = of(tables, "set_tier").set_index(["measure", "place"])
    assert rows.loc[("receptivity", "合肥"), ["baseline", "value"]].tolist() == [0.4, 0.7]


def test_sentences_say_what_numbers_change_places_that_change_alike_together(tables):
    words = Words({}, {}, {}, FOUR_TIERS)
    facts = chain_facts(tables, [f"s{i}" for i in range(len(STEPS))])
    said = dict(zip(STEPS, (str(one.in_("en")) for one in chain_sentences(facts, words, {})), strict=True))
    assert "receptivity of 南京, 合肥 from 0.4 to 0.6" in said["scale_receptivity"]
    assert "from 0 to 0.02" in said["add_external"]
    assert "at 合肥 1.3 times as many" in said["scale_people"]
    assert "rate from 0.03 to 0.06" in said["scale_channel"]
    assert "from share of what the origin sends to share of the largest" in said["set_channel"]
    assert "上海 adopts as a seed in year 3" in said["seed"]
    assert "of 14 places" not in said["raise_conversion"]
    assert "nothing changes" not in "".join(said.values())
    row = {"of": "peer", "measure": "channel_rate"}
    assert "within a tier" in of_what(row, words, {})
    assert "–" in of_what({"of": None, "measure": "receptivity"}, words, {})
    tier = {"measure": "tier", "baseline_word": "regional", "value_word": "national"}
    assert [word_of(tier, end, words).in_("zh") for end in ("baseline", "value")] == ["区域级", "国家级"]
    assert word_of({"measure": "rank", "value_word": None}, "value", words) is None


IDLE = [
    {"verb": "scale_indicator", "places": ["成渝"], "indicators": ["rd_intensity"], "factor": 1.0},
    {"verb": "set_indicator", "places": ["成渝"], "indicators": ["rd_intensity"], "added": 0.0},
    {"verb": "scale_flow", "network": "contract", "factor": 1.0},
    {"verb": "scale_flow", "network": "copatent", "sources": ["北京"], "factor": 1.0, "start": 4.0},
    {"verb": "scale_cost", "places": ["北京", "上海"], "factor": 1.0},
    {"verb": "set_tier", "place": "合肥", "tier": "regional"},
    {"verb": "scale_people", "places": ["合肥"], "factor": 1.0},
    {"verb": "set_channel", "channel": "tie", "rate": 0.4},
    {"verb": "add_external", "rate": 0.0},
    {"verb": "seed", "places": ["北京"]},
    {"verb": "scale_receptivity", "places": ["北京"], "factor": 2.0},
]
ACTIVE = [
    {"verb": "scale_receptivity", "places": ["北京", "天津"], "factor": 2.0},
    {"verb": "set_tier", "place": "合肥", "tier": "national"},
    {"verb": "set_tier", "place": "合肥", "tier": "regional", "start": 5.0},
    {"verb": "scale_flow", "network": "contract", "factor": 2.0},
]


def told(study):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        check(study)
    return [w.message for w in caught if w.message.about.startswith("doubts.idle")]


def test_an_intervention_that_nothing_follows_from_is_told_at_its_key():
    study = scenarios({"interventions": IDLE}, {"interventions": ACTIVE}, {"lever": "I3", "places": ["Beijing"]})
    found = told(study)
    assert [w.about for w in found] == ["doubts.idle.same"] * 9 + ["doubts.idle.seeds"] * 3
    # changes of tables first
    for said, at in zip(found, [*range(1, 12)], strict=False):
        assert f"scenarios[1].interventions[{at}]:" in str(said)
    assert "scenarios[3].lever:" in str(found[-1])
    assert "北京" in str(found[-1])


def test_a_scenario_that_moves_no_arrival_says_so():
    bodies = ({"lever": "I3", "places": ["北京"]}, {"lever": "I3", "places": ["上海"]})
    notices = run(scenarios(*bodies), until="simulate").notices
    said = [str(n) for n in notices if n.key == "notices.no_arrival_moved"]
    assert len(said) == 1
    assert said[0].startswith("s0: in each of 20 runs")
