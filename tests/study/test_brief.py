"""The brief says what the report says, on two pages, and no more."""

import re
from dataclasses import replace

import pytest
from report_sample import Page, Sample, make_sample

from innoscape.data import OptionError, Text
from innoscape.study.figures.static_map import StaticMap
from innoscape.study.report.render_brief import render_brief
from innoscape.study.report.render_report import render_report


@pytest.fixture(scope="module")
def brief():
    printed = StaticMap('<svg class="chart map"><text>here</text></svg>', Text.of(en="Where", zh="何处"))
    return render_brief(make_sample(), printed_map=printed)


def listed(html: str, start: str) -> list[str]:
    part = html[html.index(start) :]
    return re.findall(r"<li>(.*?)</li>", part[: part.index("</section>")], re.DOTALL)


def test_its_findings_are_the_first_five_of_the_report(brief):
    theirs = listed(render_report(make_sample()), 'id="findings-title"')
    own = listed(brief, 'id="findings-title"')
    assert len(own) == 5
    assert own == theirs[:5]


def test_it_answers_in_its_first_sentence_and_shows_the_map(brief):
    answer = brief[brief.index('<p class="answer">') :]
    assert "scores highest of 14 places" in Page(answer[: answer.index("</p>") + 4]).words
    assert brief.index('class="chart map"') < brief.index('id="findings-title"')


def test_it_ranks_twelve_places_and_says_of_how_many(brief):
    table = brief[brief.index('id="ranking-title"') :]
    assert table[: table.index("</table>")].count("<tr>") == 13
    assert "The first 12 of 14 places" in table


def test_scenario_effects_are_said_each_for_itself(brief):
    said = " ".join(Page("<div>" + one + "</div>").words for one in listed(brief, 'id="effects-title"'))
    assert "Compared with the baseline's mean arrival time (years) of 6.31" in said
    assert "lowers it most" not in said
    assert said.count("lowers it to") >= 3


def test_hostile_names_stay_text_and_nothing_is_asked_for():
    sample = make_sample()
    hostile = "<script>alert(1)</script>"
    scores = sample.tables["scores"].assign(name_en=hostile)
    page = render_brief(replace(sample, tables={**sample.tables, "scores": scores}))
    assert hostile not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("table", [None, *make_sample().tables])
def test_any_table_may_be_missing(table):
    sample = make_sample()
    tables = {name: one for name, one in sample.tables.items() if table is not None and name != table}
    page = render_brief(replace(sample, tables=tables))
    assert not re.search(r"\b(None|nan|NaN)\b", Page(page).words)


def test_a_study_without_anything_says_so():
    assert "hold nothing to summarize" in render_brief(Sample())


def test_an_unknown_language_is_refused():
    with pytest.raises(OptionError, match="language"):
        render_brief(make_sample(), language="fr")


def test_a_brief_says_whether_it_ranks_all_places_and_what_was_not_tried():
    sample = make_sample()
    few = replace(sample, tables={**sample.tables, "scores": sample.tables["scores"].head(6)})
    page = Page(render_brief(few)).words
    assert "All 6 places" in page
    assert "The first" not in page
    assert "The index was computed once." in page
    assert "How far this carries" not in Page(render_brief(replace(sample, tables={}, assumed=()))).words
