"""The report in a browser with no network: what a reader sees and can do."""

import pytest

from innoscape.data import Text
from innoscape.data.vocabulary import terms
from innoscape.geo.maps import center_map as maps
from innoscape.study.figures.static_map import StaticMap
from innoscape.study.report.render_brief import render_brief
from innoscape.study.report.render_report import render_report

HERE = StaticMap(
    '<svg class="chart map" viewBox="0 0 500 580"><text y="20">here</text></svg>', Text.of(en="Where", zh="何处")
)


@pytest.fixture
def opened(visit, html, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    return visit(file)


@pytest.mark.browser
def test_browser_shows_the_map_offline(opened):
    opened.locator("iframe").scroll_into_view_if_needed()
    opened.frame_locator("iframe").get_by_text('the map of 北京 & "others"').wait_for()


@pytest.mark.browser
def test_reader_chooses_the_language_with_the_keyboard(opened):
    english, chinese = opened.get_by_text("Key findings", exact=True), opened.get_by_text("主要结论", exact=True)
    assert english.is_visible()
    assert not chinese.is_visible()
    opened.locator("input[name=show][value=en]").focus()
    opened.keyboard.press("ArrowRight")
    assert chinese.is_visible()
    assert not english.is_visible()
    assert opened.locator("html").get_attribute("lang") == "zh-Hans"
    opened.keyboard.press("ArrowRight")
    assert english.is_visible()
    assert chinese.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh", "all"])
@pytest.mark.parametrize("width", [1400, 700, 380])
def test_page_never_scrolls_sideways(opened, width, language):
    opened.set_viewport_size({"width": width, "height": 800})
    opened.locator(f"input[name=show][value={language}]").check(force=True)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_no_text_of_a_chart_is_cut_off(opened):
    cut = opened.evaluate(
        """() => [...document.querySelectorAll("svg.chart text")].filter((text) => {
            const box = text.getBBox(), frame = text.ownerSVGElement.viewBox.baseVal;
            return box.width && (box.x < -1 || box.y < -1 || box.x + box.width > frame.width + 1
                                 || box.y + box.height > frame.height + 1);
        }).map((text) => text.textContent)"""
    )
    assert cut == []


@pytest.mark.browser
def test_heads_of_printed_tables_hold_no_buttons_that_keep_them_from_repeating(opened):
    heads = "all => all.map((one) => getComputedStyle(one).display)"
    assert "contents" not in opened.locator("th button.sort").evaluate_all(heads)
    opened.emulate_media(media="print")
    assert {*opened.locator("th button.sort").evaluate_all(heads)} == {"contents"}
    assert {*opened.locator("thead").evaluate_all(heads)} == {"table-header-group"}


@pytest.mark.browser
def test_statuses_are_told_apart_by_the_signs_and_borders_of_the_vocabulary(opened):
    shown = opened.locator(".badge").evaluate_all(
        """badges => badges.map(badge => [
            badge.className.match(/b-(\\w+)/)[1],
            getComputedStyle(badge, "::before").content.slice(1, -1),
            getComputedStyle(badge).borderTopStyle,
        ])"""
    )
    assert len({key for key, *_ in shown}) >= 4
    assert all((sign, line) == (terms("statuses")[key].mark, terms("statuses")[key].line) for key, sign, line in shown)


@pytest.mark.browser
def test_what_is_folded_stays_folded_on_paper_and_what_is_opened_is_printed(opened):
    folded = opened.locator("details:not([open])")
    assert folded.count() > 3
    opened.evaluate("document.querySelector('details').open = true")
    before = folded.count()
    opened.emulate_media(media="print")
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == before
    assert not any(part.is_visible() for part in folded.all())
    assert opened.locator("details[open]").first.is_visible()


@pytest.mark.browser
def test_page_reads_without_script(browser, html):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(html)
    assert page.get_by_text("Key findings", exact=True).is_visible()
    assert page.locator("svg.chart").first.is_visible()
    context.close()


@pytest.mark.browser
def test_the_framed_map_speaks_the_language_of_the_report(visit, sample, atlas, tmp_path):
    page = maps.center_map(atlas.centers, title=Text.of(en="Centers", zh="中心")).get_root().render()
    file = tmp_path / "report.html"
    file.write_text(render_report(sample, map_html=page), encoding="utf-8")
    opened = visit(file)
    heading = opened.frame_locator("iframe").locator(".innoscape-head h1")

    def choose(language):
        opened.locator(f"input[name=show][value={language}]").check(force=True)

    # chosen before the map is loaded, which happens on coming near
    choose("zh")
    opened.locator("iframe").scroll_into_view_if_needed()
    heading.get_by_text("中心").wait_for()
    choose("all")
    choose("en")
    heading.get_by_text("Centers").wait_for()
    opened.evaluate("document.querySelector('iframe').contentWindow.postMessage({ language: '<b>' }, '*')")
    opened.evaluate("document.querySelector('iframe').contentWindow.postMessage(null, '*')")
    choose("zh")
    heading.get_by_text("中心").wait_for()


@pytest.mark.browser
def test_the_findings_of_a_printed_brief_begin_below_the_caption_of_its_map(visit, sample, tmp_path):
    """The report floats its map on paper; in a brief the rule beside the findings would run through the caption."""
    file = tmp_path / "brief.html"
    file.write_text(render_brief(sample, printed_map=HERE), encoding="utf-8")
    page = visit(file)
    page.emulate_media(media="print")
    caption, findings = (
        page.locator(part).bounding_box() for part in (".brief figcaption >> nth=0", ".brief .findings")
    )
    assert caption["y"] + caption["height"] <= findings["y"]
    gap = """() => { const [one, other] = document.querySelectorAll("footer p");
        const ends = [...one.getClientRects()].at(-1);
        return other.getClientRects()[0].left - ends.right; }"""
    assert page.evaluate(gap) > 1


@pytest.mark.browser
def test_pictures_keep_their_ground_and_what_is_chosen_stands_out_in_forced_colors(opened):
    opened.emulate_media(forced_colors="active", color_scheme="dark")
    seen = opened.evaluate(
        """() => { const of = (part, key, pseudo) => getComputedStyle(document.querySelector(part), pseudo)[key];
        return { ground: of("svg.chart", "backgroundColor"), ink: of("svg.chart text", "fill"),
            chosen: of(".languages input:checked + span", "backgroundColor"),
            other: of(".languages input:not(:checked) + span", "backgroundColor"),
            tier: of("td .tier", "backgroundColor", "::before"), page: of("body", "backgroundColor") }; }"""
    )
    assert seen["ground"] == "rgb(255, 255, 255)"
    assert seen["ink"] in ("rgb(28, 36, 48)", "rgb(86, 96, 112)")
    assert seen["chosen"] != seen["other"]
    assert seen["tier"] not in (seen["page"], "rgba(0, 0, 0, 0)")


@pytest.mark.browser
def test_the_printed_map_is_tall_enough_to_read_its_names(visit, sample, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(render_report(sample, printed_map=HERE), encoding="utf-8")
    page = visit(file)
    page.emulate_media(media="print")
    assert page.locator("figure.first svg.map >> visible=true").bounding_box()["height"] * 25.4 / 96 > 110
