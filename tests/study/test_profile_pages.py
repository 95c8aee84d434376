"""Profiles of a study: one page a place, with what is known of it, its names as text and links that lead there."""

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pandas as pd
import pytest
from report_sample import Page

from innoscape.data import Framework, UnknownPlaceError
from innoscape.geo import profile, score
from innoscape.study import bundled_study, run
from innoscape.study.facts.place_facts import PlaceFacts
from innoscape.study.report.profile_paths import profile_paths
from innoscape.study.report.render_report import render_report
from innoscape.study.report.write_profile import render_profile
from innoscape.study.results.write_results import write_results
from innoscape.study.stages.draw_profiles import draw_profiles, profiled
from innoscape.study.stages.run import check
from innoscape.study.wording.phrases import Words

EVIL = '<img src=x onerror="alert(1)">'
FLOWS = pd.DataFrame(
    [(EVIL, name, value) for name, value in zip("abcdefg", range(70, 0, -10), strict=True)] + [("a", EVIL, 500.0)],
    columns=["source", "target", "value"],
).assign(kind="trade", unit="patents", year=2020, status="estimated")


@pytest.fixture(scope="module")
def inputs():
    return check(bundled_study())


@pytest.fixture(scope="module")
def results():
    return run(until="score")


@pytest.fixture(scope="module")
def pages(inputs, results):
    return draw_profiles(inputs, results)


def facts(tables):
    order = bundled_study().tiers.order
    networks = [SimpleNamespace(name="trade", directed=True, title="", title_zh="")]
    study = SimpleNamespace(networks=networks, tiers=SimpleNamespace(order=order))
    return PlaceFacts(tables, tables, study)


def test_every_center_and_scored_place_has_a_page(pages, results):
    wanted = {*results.tables["scores"]["place"], *results.tables["centers"]["place"]}
    assert {Path(path).stem for path in pages} == wanted
    assert all(path == f"profiles/{Path(path).stem}.html" for path in pages)


def test_a_page_says_the_numbers_of_the_tables(pages, results):
    page = pages["profiles/湖北.html"]
    row = results.tables["scores"].set_index("place").loc["湖北"]
    own = results.tables["score_intervals"].set_index("place").loc["湖北"]
    assert f"<b>{row['score']:.3f}</b>" in page
    assert f"95% interval: {own['score_low']:.3f} to {own['score_high']:.3f}" in page
    cells = results.tables["indicators"].query("place == '湖北'")["status"].value_counts()
    for status, n in cells.items():
        assert re.search(rf'badge b-{status}">.*?</span></span> {n}\b', page), status
    assert 'href="%E6%AD%A6%E6%B1%89.html"' in page
    assert "Part of" in pages["profiles/武汉.html"]
    assert "not scored itself" in pages["profiles/武汉.html"]


def test_a_unit_is_said_in_both_languages(pages):
    assert re.search(
        '<td class="n-unit"><span class="en"[^>]*>count</span><span class="zh"[^>]*>个</span>',
        pages["profiles/湖北.html"],
    )


def test_links_lead_to_pages_that_are_there(pages, results):
    for path, page in pages.items():
        for target in re.findall(r'href="([^"#]+\.html)"', page):
            assert target.startswith("../") or f"profiles/{unquote(target)}" in pages, (path, target)
    report = render_report(results, profiles=profiled(results))
    linked = {unquote(target) for target in re.findall(r'href="(profiles/[^"]+)"', report)}
    assert linked == {f"profiles/{place}.html" for place in results.tables["scores"]["place"]}
    assert 'href="profiles/' not in render_report(results)


def test_partners_are_summed_both_ways_and_counted():
    own = facts({"flows": FLOWS}).of(EVIL)["networks"][0]
    assert own["partners"][0] == {"place": "a", "sent": 70.0, "received": 500.0, "value": 570.0}
    assert [row["place"] for row in own["partners"]] == list("abcde")
    assert (own["n"], own["status"]) == (7, "estimated")


def test_years_arrivals_and_effects_are_those_of_the_place():
    scores = pd.DataFrame(
        {"place": ["a", "b"] * 2, "year": [2020, 2020, 2019, 2019], "score": 0.5, "rank": [1, 2, 2, 1]}
    )
    arrivals = pd.DataFrame(
        [("baseline", "a", 3.0, 3.5, False), ("baseline", "b", 2.0, 2.5, False), ("more", "a", 1.0, 1.0, False)],
        columns=["scenario", "place", "median", "mean", "seed"],
    ).assign(low=1.0, high=9.0, reached=0.9)
    effects = pd.DataFrame(
        [("more", "arrival_time", "a", -2.0), ("less", "arrival_time", "a", 3.0), ("more", "reached", "a", 9.0)],
        columns=["scenario", "measure", "place", "difference"],
    )
    own = facts({"scores": scores, "arrivals": arrivals, "scenarios": effects}).of("a")
    assert own["years"] == [(2019, 2), (2020, 1)]
    assert own["arrived"] == (2, 2)
    assert [row["scenario"] for row in own["effects"]] == ["less", "more"]


def test_values_without_a_status_have_no_badge():
    cells = pd.DataFrame({"place": ["a", "a", "b"], "indicator": ["x", "y", "x"], "value": [1.0, 2.0, 3.0]})
    assert facts({"indicators": cells}).cells == {}
    some = facts({"indicators": cells.assign(status=["observed", None, "estimated"])})
    assert some.cells == {"a": {"observed": 1}, "b": {"estimated": 1}}


def test_names_of_tables_stay_text():
    known = facts({"flows": FLOWS})
    words = Words({EVIL: (EVIL, EVIL), "a": (EVIL, EVIL)}, {}, {})
    page = render_profile(None, name=(EVIL, EVIL), facts=known.of(EVIL), words=words, links={"a": EVIL})
    assert "<img" not in page
    assert "&lt;img" in page


def test_paths_are_safe_and_apart():
    odd = ["../../etc/passwd", "CON", "con", "a b", "a/b", "北京", "x" * 200, "", "A", "a"]
    paths = profile_paths(odd)
    assert len({path.casefold() for path in paths.values()}) == len(odd)
    assert all(re.fullmatch(r"profiles/[\w-]+\.html", path) for path in paths.values())
    assert all(len(path.encode()) < 160 for path in paths.values())
    assert paths["a"] == profile_paths(["a", "A"])["a"]


def test_a_place_without_a_page_is_refused_by_name(inputs, results):
    with pytest.raises(UnknownPlaceError, match="Atlantis is neither a center nor a scored place") as raised:
        draw_profiles(inputs, results, ["Atlantis"])
    assert raised.value.said.in_("zh").startswith("Atlantis不是本研究的中心，也没有参评；中心与参评地区有：长三角、")


def test_pages_below_the_folder_are_written_and_recorded(results, tmp_path):
    folder = write_results(results, tmp_path / "out", pages={"profiles/湖北.html": "<p>x"})
    assert (folder / "profiles" / "湖北.html").read_text(encoding="utf-8") == "<p>x"
    assert '"profiles/湖北.html"' in (folder / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("place", ["京津冀", "北京"])
def test_a_profile_fits_one_sheet_in_each_language_mode(pages, place, visit, tmp_path):
    file = tmp_path / "p.html"
    file.write_text(pages[f"profiles/{place}.html"], encoding="utf-8")
    page = visit(file)
    for mode in ("en", "zh", "all"):
        page.locator(f"input[name=show][value={mode}]").check(force=True)
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, mode


@pytest.mark.browser
def test_on_a_phone_no_table_scrolls_sideways_and_names_stand_above_their_numbers(visit, pages, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(pages["profiles/湖北.html"], encoding="utf-8")
    page = visit(file)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = "[...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth).length"
    for language in ("en", "zh", "all"):
        page.locator(f"input[name=show][value={language}]").check(force=True)
        assert page.evaluate(wide) == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    name, value = (page.locator(f".numbers tbody tr >> nth=1 >> td:nth-child({n})").bounding_box() for n in (1, 2))
    assert name["y"] + name["height"] <= value["y"]
    page.set_viewport_size({"width": 900, "height": 844})
    name, value = (page.locator(f".numbers tbody tr >> nth=1 >> td:nth-child({n})").bounding_box() for n in (1, 2))
    assert name["y"] == value["y"]


@pytest.mark.browser
@pytest.mark.parametrize(("n", "least"), [(4, 140), (12, 100)])
def test_the_chart_of_few_indicators_has_the_width_of_the_sheet(visit, tmp_path, n, least):
    indicators = [f"i{k}" for k in range(n)]
    values = pd.DataFrame(
        [(place, one, float(k * len(one) + j)) for j, place in enumerate("abcde") for k, one in enumerate(indicators)],
        columns=["place", "indicator", "value"],
    )
    found = profile(score(values, Framework.from_table(pd.DataFrame({"indicator": indicators}))), "c")
    known = facts({"flows": FLOWS})
    file = tmp_path / "p.html"
    file.write_text(render_profile(found, facts=known.of("c"), words=Words({}, {}, {})), encoding="utf-8")
    page = visit(file)
    page.emulate_media(media="print")
    assert page.locator(".beside svg.chart >> visible=true").bounding_box()["width"] * 25.4 / 96 > least
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_rank_is_said_in_brackets_of_its_language():
    central = pd.DataFrame({"kind": "trade", "place": list("abc"), "strength": [5.0, 9.0, 1.0], "rank": [2, 1, 3]})
    arrivals = pd.DataFrame(
        [("baseline", place, time, time, False) for place, time in zip("abc", (3.0, 2.0, 4.0), strict=True)],
        columns=["scenario", "place", "median", "mean", "seed"],
    ).assign(low=1.0, high=9.0, reached=0.9)
    known = facts({"flows": FLOWS, "centrality": central, "arrivals": arrivals})
    page = render_profile(None, name=("a", "a"), facts=known.of("a"), words=Words({}, {}, {}))
    said = Page(page).words
    assert "(rank 2 of 3)" in said
    assert "（3个中居第2位）" in said
    assert "Rank 2 of 3. 在3个中居第2位。" in said
    assert "(第" not in said
