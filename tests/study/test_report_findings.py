"""The key findings of the report say what the tables say and follow them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from report_sample import Page, Sample

from innoscape.study.report.render_report import render_report


def changed(sample: Sample, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Sample:
    """Copy the sample with one table changed."""
    return replace(sample, tables={**sample.tables, name: change(sample.tables[name].copy())})


def with_cell(name: str, row: int, column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.iloc[row, frame.columns.get_loc(column)] = value
        return frame

    return change


def findings(html: str) -> str:
    start = html.index('id="findings-title"')
    return Page("<div>" + html[start : html.index("</section>", start)].partition(">")[2]
                .replace("</h2>", "", 1) + "</div>").words  # fmt: skip


def test_key_findings_say_what_the_tables_say(html):
    said = findings(html)
    assert "ranks first of 14 places with a score of 0.785" in said
    assert "reproduced for 14 of 14 places" in said
    assert "7,333" in said
    assert "9.86% of" in said
    assert "28.28 billion yuan of 286.8 billion yuan" in said


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "before", "after"),
    [
        ("scores", 0, "score", 0.801, "score of 0.785", "score of 0.801"),
        ("scores", 8, "tier", "national", "reproduced for 14 of 14", "reproduced for 13 of 14"),
        ("centrality", 0, "strength", 7001, "7,333", "7,001"),
        ("balances", 0, "localization_share", 0.2, "9.86%", "20.00%"),
    ],
)
def test_changed_number_changes_its_sentence(sample, html, table, row, column, value, before, after):
    said = findings(render_report(changed(sample, table, with_cell(table, row, column, value))))
    assert before in findings(html)
    assert before not in said
    assert after in said


def test_disagreeing_place_is_named(sample):
    said = findings(render_report(changed(sample, "scores", with_cell("scores", 8, "tier", "national"))))
    assert re.search("it differs for Fujian *福建", said)


def test_estimated_network_is_no_finding_and_carries_its_badge(sample, html):
    only = changed(sample, "flows", lambda f: f[f["status"] == "estimated"])
    only = changed(only, "centrality", lambda f: f[f["status"] == "estimated"])
    only = changed(only, "balances", lambda f: f[f["status"] == "estimated"])
    assert "greatest strength" not in findings(render_report(only))
    assert "outflow" not in findings(render_report(only))
    heading = html[html.index("technology contracts (estimated) 2019") :]
    assert "b-estimated" in heading[: heading.index("</h3>")]


def test_scenario_that_changes_nothing_for_sure_is_not_praised(sample):
    def flat(frame):
        return frame.assign(low=-1.0, high=1.0)

    said = findings(render_report(changed(sample, "scenarios", flat)))
    assert "No scenario moves the mean arrival time (years)" in said


def test_a_single_scenario_is_told_in_the_singular(sample):
    first = next(name for name in sample.tables["scenarios"]["scenario"] if name != "baseline")
    single = changed(sample, "scenarios", lambda frame: frame[frame["scenario"] == first])
    said = findings(render_report(single))
    assert "Of 1 " not in said
    assert "Compared with the baseline's" in said


def test_chinese_sentences_have_chinese_marks(html):
    assert "每个情景模拟2,000次。模拟期：20年。起点：" in html
    assert "模拟次数：2000；随机种子：2024；模拟期：20年。" in html
    assert re.search("<span[^>]*>单位：.*?。</span>", html)


def answer(html: str) -> str:
    start = html.index('<p class="answer">')
    return Page("<div>" + html[start : html.index("</p>", start)] + "</p></div>").words


def test_the_first_sentence_answers_the_study(html, sample):
    said = answer(html)
    for clause in (
        "scores highest of 14 places;",
        "stand on the international tier, ",
        "9.86% of what Beijing",
        "from Beijing",
        "knowledge would reach half of the centers in",
    ):
        assert clause in said
    first = said.partition(". ")[0]
    assert "scores highest" in first
    assert "half of the centers in" in first
    assert "international tier" not in first
    kept = {name: table for name, table in sample.tables.items() if name == "assumptions"}
    assert 'class="answer"' not in render_report(replace(sample, tables=kept))


def test_the_answer_follows_the_tables(sample, html):
    def without(name: str) -> str:
        return answer(render_report(replace(sample, tables={k: t for k, t in sample.tables.items() if k != name})))

    assert "scores highest" not in without("scores")
    assert "international tier" not in without("centers")
    # without a measured outflow it says who exchanges most
    assert "exchanges most in" in without("balances")
    assert "half of the centers" not in without("reach")


def test_of_many_groups_those_that_keep_most_are_findings(sample):
    def spread(frame):
        row = frame[frame["status"] != "estimated"].head(1)
        row = row.assign(outside=10.0, localization_share=0.1)
        rows = [row.assign(group=f"g{i}", name_en=f"g{i}", inside=float(i)) for i in range(9)]
        return pd.concat([frame[frame["status"] == "estimated"], *rows], ignore_index=True)

    said = findings(render_report(changed(sample, "balances", spread)))
    assert [f"within g{i} " in said for i in range(9)] == [False] * 6 + [True] * 3


def test_no_two_findings_have_the_same_number(sample, html):
    def regrouped(frame):
        return pd.concat([frame, frame[frame["kind"] == "copatent"].assign(kind="copatent_province")])

    both = changed(changed(sample, "centrality", regrouped), "flows", regrouped)
    assert findings(html).count("greatest strength in") == findings(render_report(both)).count("greatest strength in")
    # another number is another finding
    apart = changed(both, "centrality", lambda f: f.assign(strength=f["strength"] + (f["kind"] == "copatent_province")))
    assert "7,334" in findings(render_report(apart))


def test_findings_are_numbered_from_what_bears_most_on_the_question(sample):
    def flat(frame):
        return frame.assign(low=-1.0, high=1.0)

    page = render_report(changed(sample, "scenarios", flat))
    said = findings(page)
    order = [
        "ranks first",
        "tier is reproduced",
        "outflow in",
        "greatest strength",
        "reaches half",
        "No scenario moves",
    ]
    assert [*map(said.index, order)] == sorted(map(said.index, order))
    assert "<ol>" in page[page.index('id="findings-title"') :][:200]


def test_a_long_list_of_names_is_capped(sample):
    def lowered(frame):
        return frame.assign(tier="regional")

    said = findings(render_report(changed(sample, "scores", lowered)))
    assert "and 3 more" in said


def test_a_multiple_in_a_unit_is_worked_into_the_amount(sample):
    page = render_report(changed(sample, "flows", lambda frame: frame.assign(unit="10,000 yuan")))
    assert "73.33 million yuan" in findings(page)
    assert "7,333万元" in findings(page)
    assert "7,333 bushels" in findings(
        render_report(changed(sample, "flows", lambda frame: frame.assign(unit="bushels")))
    )


def test_years_are_whole_where_a_missing_one_made_them_decimals(sample):
    page = render_report(
        changed(sample, "flows", lambda frame: frame.assign(year=[None, *[2019.0] * (len(frame) - 1)]))
    )
    assert "2019.0" not in page


def test_where_nothing_is_reached_the_answer_says_so_and_counts_no_seeds(sample):
    def still(frame):
        keep = frame["seed"].astype(bool)
        return frame.assign(reached=frame["reached"].where(keep, 0.0), median=frame["median"].where(keep))

    flat = changed(sample, "reach", lambda frame: frame.assign(mean=1 / 26, low=1 / 26, high=1 / 26))
    page = render_report(changed(flat, "arrivals", still))
    assert "knowledge would reach no other center in 20 years" in answer(page)
    said = findings(page)
    assert "reaches no other center in 20 years" in said
    assert "not within the horizon" not in said
    assert "4%" not in said


def test_a_difference_of_shares_is_in_percentage_points(html):
    said = findings(html)
    assert re.search(r"share of centers reached .*?%, .*?\(difference [\d.−]+ percentage points, 95% interval", said)


def test_places_that_tie_under_another_recipe_too_are_named_together(sample):
    def tied(frame):
        return frame.assign(score=0.5, rank=1, score_entropy=0.5, rank_entropy=1)

    said = findings(render_report(changed(sample, "scores", tied)))
    assert "Under entropy weights, they rank first together again." in said
    # of many the first five are named
    assert re.search(r"(?:[^,]+, ){4}[^,]+ and 9 more rank first together of 14 places", said)

    def two(frame):
        return frame.assign(rank_entropy=[2.0, 1.0, 1.0, *range(4, 15)])

    said = findings(render_report(changed(sample, "scores", two)))
    assert re.search("Under entropy weights, Beijing-Tianjin-Hebei .*and Guangdong.* rank first together\\.", said)
