"""What is alike is told together, what is left out of a comparison is said, and roles say what they are read from."""

import numpy as np
import pandas as pd
from samples import edit

from innoscape.data.tier_scale import FOUR_TIERS
from innoscape.network import Channel, Scenario, compare_scenarios, hazard_rates
from innoscape.study import run
from innoscape.study.facts.network_facts import network_facts
from innoscape.study.report.answer_sentence import _ties, answer_sentence
from innoscape.study.report.render_report import render_report
from innoscape.study.report.sentences import _blocks, _strongest_place
from innoscape.study.wording.phrases import Words

PLACES = list("ABCD")


def model(flows=None):
    tier = pd.Categorical(["national"] * 4, categories=["national", "local"], ordered=True)
    return hazard_rates(
        pd.DataFrame({"place": PLACES, "tier": tier}), [Channel("peer", rate=0.3, decay="none")], flows=flows
    )


def test_a_center_taken_away_at_the_beginning_counts_as_one_taken_away_right_after():
    scenarios = [Scenario("at").remove_center("D"), Scenario("after").remove_center("D", start=1e-9)]
    found = compare_scenarios(model(), scenarios, seeds=["A"], horizon=10.0, runs=50)
    at, after = (found.outcomes[name].times for name in ("at", "after"))
    assert np.array_equal(at, after, equal_nan=True)
    assert np.isinf(at[:, 3]).all() or np.isnan(at[:, 3]).all()
    rows = found.table.set_index(["scenario", "measure", "place"])
    assert rows.loc[("at", "arrival_time", "D"), "value"] == 10.0


def test_a_scenario_that_leaves_the_seed_alone_is_compared(study):
    edit(
        study,
        "study.toml",
        'interventions = [{ verb = "set_tier", place = "C", tier = "national" }]',
        'interventions = [{ verb = "remove_center", place = "B" }, { verb = "remove_center", place = "C" }]',
    )
    page = render_report(run(study, runs=10, until="simulate"))
    assert "compares no scenarios" not in page
    assert "without the seeds, scenarios and baseline" not in page


def test_what_stands_for_several_places_has_a_strength_and_no_part_in_pagerank():
    flows = pd.DataFrame(
        [("A", "B", 2.0), ("B", "C", 3.0), ("C", "A", 1.0), ("A", "rest", 50.0)],
        columns=["source", "target", "value"],
    )
    scenario = Scenario("s").scale_flow(sources=["A"], targets=["B"], factor=0.5)
    options = {"seeds": ["A"], "horizon": 5.0, "runs": 5}
    base = model(flows)
    found = compare_scenarios(base, [scenario], aggregates=["rest"], **options).table
    ranked = found[found["measure"] == "pagerank"]
    bare = hazard_rates(base.centers, base.channels, flows=flows[flows["target"] != "rest"])
    alone = compare_scenarios(bare, [scenario], **options).table
    assert "rest" not in set(ranked["place"])
    same = alone[alone["measure"] == "pagerank"]
    pd.testing.assert_frame_equal(ranked.reset_index(drop=True), same.reset_index(drop=True))


def facts(strengths):
    rows = [(p, s, i + 1, "net", False, "published") for i, (p, s) in enumerate(strengths)]
    table = pd.DataFrame(rows, columns=["place", "strength", "rank", "kind", "aggregate", "status"])
    flows = pd.DataFrame([("net", "A", "B", 1.0, "published")], columns=["kind", "source", "target", "value", "status"])
    return network_facts({"centrality": table, "flows": flows}, ["net"], {"net"})


def test_places_of_one_strength_lead_together_however_many():
    (one,) = facts([("A", 4.0), ("B", 4.0), ("C", 4.0), ("D", 4.0), ("E", 1.0)])
    assert [row["place"] for row in one["leaders"]] == PLACES
    (other,) = facts([("A", 4.0), ("B", 3.0), ("C", 2.0), ("D", 1.0)])
    assert [row["place"] for row in other["leaders"]] == ["A", "B", "C"]


def test_sentences_put_what_is_as_strong_together():
    words = Words({}, {}, {}, FOUR_TIERS)
    (one,) = facts([("A", 4.0), ("B", 4.0), ("C", 3.0)])
    assert str(_strongest_place(one, words).in_("en")) == (
        "A and B together have the greatest strength in net: <strong>4</strong> each. Next: C with 3."
    )
    assert "A和B的强度并列最大" in str(_strongest_place(one, words).in_("zh"))
    (said,) = _ties({"balances": [], "networks": [one]}, words)
    assert str(said.in_("en")) == "A and B exchange most in net, each as much"
    (ordered,) = facts([("A", 5.0), ("B", 4.0), ("C", 3.0)])
    assert "A has the greatest strength" in str(_strongest_place(ordered, words).in_("en"))
    (said,) = _ties({"balances": [], "networks": [ordered]}, words)
    assert "A exchanges most in net, before B" in str(said.in_("en"))


def test_a_role_says_that_it_is_read_from_shares_of_ties():
    words = Words({}, {}, {}, FOUR_TIERS)
    blocks = [{"members": ["A", "B"], "role": "net beneficiary"}, {"members": ["C"], "role": None}]
    said = str(_blocks({"blocks": blocks, "cutoff": None, "margin": None}, words).in_("en"))
    assert "net beneficiary" in said
    assert "not from values of flows" in said
    bare = str(_blocks({"blocks": blocks[1:], "cutoff": None, "margin": None}, words).in_("en"))
    assert "not from values of flows" not in bare


def test_a_key_that_stands_for_a_name_is_spelled_as_it_is_at_the_beginning_of_the_answer():
    rows = [{"place": "c0", "score": 0.9}, {"place": "c1", "score": 0.1}]
    facts = {"scores": {"rows": rows}, "spread": {"final": None}, "placed": [], "balances": [], "networks": []}
    first, rest = answer_sentence(facts, None, Words({}, {}, {}))
    assert first.in_("en") == "c0 scores highest of 2 places."
    assert rest is None
