"""The report says what the study declared: whether flows have a direction, what is assumed and by whom."""

import copy
import re

import pandas as pd
import pytest
from report_sample import Page, make_study

from innoscape.data.wording.catalogue import keys, look_up
from innoscape.study import bundled_study, render_report, run
from innoscape.study.plan.assumed import assumptions

STUDY = """
name = "ring"
title = "Ring"

[tables]
places = ["places.csv"]

[[networks]]
name = "sold"
directed = {directed}
flows = "flows.csv"
balance = ["A", "B", "C"]

[diffusion]
seeds = ["A"]
runs = 5
receptivity = {{ national = 0.5 }}

[[diffusion.channels]]
name = "hierarchical"
rate = 0.2
half_distance = 100.0
"""


@pytest.fixture
def ring(tmp_path):
    """A study of three places, each of which sends 10 to the next."""

    def write(*, directed):
        tiers = ["national", "regional", "regional"]
        places = pd.DataFrame({"place": list("ABC"), "tier": tiers, "lon": [110, 111, 112], "lat": [30.0, 31.0, 30.0]})
        places.assign(kind="city").to_csv(tmp_path / "places.csv", index=False)
        flows = pd.DataFrame({"source": list("ABC"), "target": list("BCA"), "value": 10.0})
        flows.to_csv(tmp_path / "flows.csv", index=False)
        (tmp_path / "study.toml").write_text(STUDY.format(directed=str(directed).lower()), encoding="utf-8")
        return run(tmp_path, until="simulate")

    return write


def balance_cells(html):
    table = html[html.index('aria-label="Balances') :]
    rows = re.findall("<tr><td>.*?</tr>", table[: table.index("</table>")])
    return [re.findall('<td class="n">(.*?)</td>', row)[1:3] for row in rows]


def test_a_ring_that_is_declared_directed_has_inflow_and_net(ring):
    html = render_report(ring(directed=True))
    assert "Directed: strength is what comes in plus what goes out." in Page(html).words
    assert balance_cells(html) == [["10", "0"]] * 3
    # groups of one place keep nothing, and no column says so three times
    assert "Each group is one place here, so that all of its flows count as outside." in Page(html).words
    assert "Localization share" not in Page(html).words


def test_a_ring_that_is_declared_undirected_has_none(ring):
    html = render_report(ring(directed=False))
    assert "Directed:" not in Page(html).words
    assert balance_cells(html) == [["–", "–"]] * 3


def test_assumptions_of_users_are_not_attributed_to_the_sources(ring):
    results = ring(directed=True)
    assert {a.origin for a in results.assumed} == {None}
    assert results.tables["assumptions"]["idea_from"].isna().all()
    assert "Zhang" not in render_report(results)


def test_a_study_names_the_source_of_its_ideas():
    study = make_study(origins={"diffusion": {"source": "Me 2020", "at": "§7"}})
    found = {a.key: a.origin for a in assumptions(study)}
    assert str(found["diffusion.channels[hierarchical].rate"]) == "Me 2020 §7"
    bundled = assumptions(bundled_study())
    assert all(a.origin is not None for a in bundled)
    assert bundled[1].origin.in_("zh") == "张文忠（2022） 表1"


def test_a_run_leaves_its_study_as_it_was_and_lists_what_it_assumed(ring):
    results = ring(directed=True)
    assert results.study.diffusion.receptivity == {"national": 0.5}
    before = copy.deepcopy(results.study)
    render_report(results)
    assert results.study == before
    listed = {a.key: a.value for a in results.assumed}
    assert listed["diffusion.receptivity.regional"] == 1.0
    assert any("receptivity" in str(notice) for notice in results.notices)


def test_every_meaning_of_an_assumed_number_has_its_own_chinese():
    found = [*keys("assumptions."), *keys("verbs.")]
    assert {"assumptions.rate", "verbs.siphon.share", "verbs.phase_in.every"} <= set(found)
    assert [key for key in found if look_up("zh", key) == look_up("en", key)] == []


def test_the_chinese_report_keeps_no_english_meaning(ring):
    html = render_report(ring(directed=True), language="zh")
    assert 'data-show="zh"' in html
    assert "距离为零时，一个采纳者每年引起的采纳数" in html
