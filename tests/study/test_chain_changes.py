"""What scenarios change before anything spreads stands in tables and in sentences."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from innoscape.data.tier_scale import FOUR_TIERS
from innoscape.study import bundled_study, check, run
from innoscape.study.facts.chain_facts import chain_facts
from innoscape.study.plan.read import study_of
from innoscape.study.report.chain_sentences import _span, chain_sentences
from innoscape.study.stages.build_chain import build_chain
from innoscape.study.stages.chain_changes import _cells
from innoscape.study.wording.phrases import Words


@pytest.fixture(scope="module")
def tables():
    study = bundled_study()
    content = study.model_dump()
    # so that the new area shares the mass of its scope
    content["networks"][-1]["estimate"]["center_weights"].pop("雄安新区")
    return run(study_of({**content, "folder": study.folder}), until="simulate", runs=20).tables


def number(tables, scenario, measure, place, of=None):
    rows = tables["chain_changes"].query("scenario == @scenario and measure == @measure and place == @place")
    return (rows if of is None else rows[rows["of"] == of]).iloc[0]


def test_each_scenario_says_what_it_gives_and_what_follows(tables):
    given = number(tables, "western_laboratories", "indicator", "成渝")
    assert (given["of"], given["baseline"], given["value"]) == ("national_laboratories", 0.0, 1.0)
    assert number(tables, "western_laboratories", "score", "成渝")["difference"] > 0
    rank = number(tables, "western_laboratories", "rank", "成渝")
    assert (rank["baseline"], rank["value"]) == (5.0, 4.0)
    assert number(tables, "western_laboratories", "strength", "成都", "contract_estimated")["difference"] > 0
    halved = number(tables, "corridor", "cost", "北京", "天津")
    assert halved["value"] == pytest.approx(halved["baseline"] / 2)
    kept = number(tables, "localization_30", "localization_share", "京津冀", "contract_estimated")
    assert kept["value"] > kept["baseline"]
    moved = tables["tier_changes"].set_index(["scenario", "place"])
    assert moved.loc[("hefei_national", "合肥"), ["baseline", "value"]].tolist() == ["regional", "national"]
    assert pd.isna(moved.loc[("xiongan_national", "雄安新区"), "baseline"])


def test_a_tier_stands_as_its_word_and_as_its_rank_on_the_scale(tables):
    raised = number(tables, "hefei_national", "tier", "合肥")
    assert (raised["baseline_word"], raised["value_word"]) == ("regional", "national")
    assert (raised["baseline"], raised["value"], raised["difference"]) == (3.0, 2.0, -1.0)
    added = number(tables, "xiongan_national", "tier", "雄安新区")
    assert (added["value_word"], added["value"]) == ("national", 2.0)
    assert pd.isna(added[["baseline_word", "baseline", "difference"]]).all()
    rows = tables["chain_changes"].query("measure == 'tier'")
    assert [*rows["place"]] == [*tables["tier_changes"]["place"]]


def test_nothing_stands_in_the_table_that_a_scenario_leaves_as_it_is(tables):
    found = tables["chain_changes"]
    assert (found["difference"] != 0).all()
    assert set(found.query("scenario == 'localization_20'")["of"]) == {"contract_estimated"}
    assert not found.query("scenario == 'hefei_national' and measure in ['score', 'rank', 'indicator']").size


def test_a_place_without_flows_before_has_had_a_strength_of_zero(tables):
    assert number(tables, "xiongan_national", "strength", "雄安新区")["baseline"] == 0.0


def test_sentences_name_what_moved_and_a_scenario_of_rates_alone_says_so(tables):
    words = Words({"成渝": ("Chengyu", "成渝")}, {}, {}, FOUR_TIERS)
    facts = chain_facts(tables, ["baseline", "western_laboratories", "hefei_national", "rates"])
    said = [str(one.in_("en")) for one in chain_sentences(facts, words, {})]
    assert "rank 5 to 4" in said[0]
    assert "from 0 to 1" in said[0]
    assert "合肥 moves from regional to national" in said[1]
    assert said[2] == "<b>rates</b>: nothing changes."
    assert chain_facts({}, ["a"]) == []


def test_what_a_table_says_is_escaped(tables):
    words = Words({}, {}, {}, FOUR_TIERS)
    facts = chain_facts(tables, ["western_laboratories"])
    facts[0]["cells"][0]["place"] = facts[0]["cells"][0]["unit"] = "<i>"
    (said,) = chain_sentences(facts, words, {"national_laboratories": ("<u>", "<u>")})
    assert "<i>" not in said.in_("en")
    assert "<u>" not in said.in_("zh")


def test_a_link_that_is_cut_has_no_cost(tmp_path):
    study = bundled_study()
    step = {"verb": "scale_cost", "places": ["北京", "天津"], "factor": 0.0}
    content = {**study.model_dump(), "scenarios": [{"name": "cut", "interventions": [step]}], "folder": tmp_path}
    content["diffusion"]["runs"] = 4
    changes = run(study_of(content), until="simulate").tables["chain_changes"]
    assert np.isfinite(changes["baseline"]).all()
    assert changes.loc[changes["measure"] == "cost", "value"].isna().all()
    assert not np.isinf(changes["value"]).any()


def test_the_order_of_the_indicators_in_a_table_leaves_no_trace():
    chain = build_chain(check(bundled_study()))
    cells = chain.inputs.indicators
    turned = replace(chain, inputs=replace(chain.inputs, indicators=cells.iloc[::-1].reset_index(drop=True)))
    assert [*_cells(chain)] == [*_cells(turned)]


def test_values_with_a_unit_are_said_as_amounts_with_digits_that_tell_them_apart():
    row = {"unit": "100 million yuan", "baseline": 653.57, "value": 844.69, "difference": 191.12}
    said = _span(row)
    assert [said["baseline"].in_("en"), said["value"].in_("zh")] == ["65.36 billion yuan", "844.7亿元"]
    close = _span(row | {"value": 653.572, "difference": 0.002})
    assert [close[end].in_("en") for end in ("baseline", "value")] == ["65.357 billion yuan", "65.3572 billion yuan"]
    assert _span(row | {"unit": None})["value"] == "844.69"
