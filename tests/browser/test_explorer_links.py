"""Links into pages of the explorer, what they open, and a study whose faults are mended."""

import json

import pytest
from many_places import write_many
from samples import edit
from served import Served, Visit, slide, until

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    with Served(write_many(tmp_path_factory.mktemp("many") / "many")) as one:
        yield one


@pytest.mark.browser
def test_a_link_opens_the_same_view_and_a_recipe_is_shown_before_it_is_saved(browser, tmp_path):
    folder = write_many(tmp_path / "many")
    with Served(folder) as one:
        visit = Visit(browser, one, "index", viewport={"width": 1280, "height": 900})
        page = visit.page
        page.wait_for_selector("#index-ranking tbody tr")
        slide(page.locator(".row", has=page.locator("[data-indicator=labs]")).locator("input"), 3)
        page.select_option("[name=normalize]", "rank")
        page.select_option("[name=tiers]", "quantiles")
        # the keyboard reaches a row and keeps its place lit
        page.locator("#index-ranking tbody tr[tabindex='0']").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        held = page.locator("#index-ranking tr[aria-current]").get_attribute("data-place")
        until(page, "document.querySelector('[data-indicator=labs]').textContent === '75.0%'")
        # intervals come after ranks, and each change has an answer of its own
        page.wait_for_load_state("networkidle")
        filled = "[...document.querySelectorAll('#index-ranking tbody tr')].every(row => /\\d–\\d/.test(row.innerText))"
        until(page, filled)
        before = page.locator("#index-ranking tbody").inner_text()
        link = page.url
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("#index-ranking tr[aria-current]")
        assert page.locator("#index-ranking tr[aria-current]").get_attribute("data-place") == held
        assert page.locator("#index-map .lit").count() == 1
        assert page.input_value("[name=normalize]") == "rank"
        assert page.input_value("[name=tiers]") == "quantiles"
        until(page, f"document.querySelector('#index-ranking tbody').innerText.trim() === {json.dumps(before.strip())}")
        page.fill("#recipe-save [name=name]", "mine")
        page.press("#recipe-save [name=name]", "Enter")
        page.wait_for_selector("#recipe-change:not([hidden])")
        assert "labs = 0.75" in page.inner_text("#recipe-change")
        assert "mine" not in (folder / "study.toml").read_text(encoding="utf-8")
        page.click("#recipe-write")
        until(page, "document.querySelector('[name=recipe]').value === 'mine'")
        assert "labs = 0.75" in (folder / "study.toml").read_text(encoding="utf-8")
        # so do the levers of scenarios
        page.click("#tab-scenarios")
        channel = page.locator("[data-channel=peer] input[type=range]").first
        channel.focus()
        channel.press("PageUp")
        until(page, "location.hash.includes('set_channel')")
        value = channel.input_value()
        page.reload()
        page.wait_for_selector("#ranking tbody tr")
        assert page.locator("[data-channel=peer] input[type=range]").first.input_value() == value
        visit.close()


# page -> a link into it, what it then shows, and what it shows without
LINKS = {
    "index": (
        '?factors={"labs":3}&normalize="x"&steps={"normalize":"rank"}&place=C',
        """$('[name=normalize]').value === 'rank' && $('[data-indicator=labs]').textContent === '75.0%'
        && $('#index-ranking tr[aria-current]').dataset.place === 'C'""",
        """$('[name=normalize]').value === '' && $('[data-indicator=labs]').textContent === '50.0%'
        && !$('#index-ranking tr[aria-current]')""",
    ),
    "networks": (
        "?network=trade&keep=0.4&measure=pagerank&color=tier",
        """$('[name=keep]').value === '40' && $('[name=color]').value === 'tier'
        && document.querySelectorAll('#network-map .tie').length === 1""",
        "$('[name=color]').value === 'community' && $('[name=measure]').value === 'strength'",
    ),
    "scenarios": (
        '?steps=[{"verb":"set_channel","channel":"peer","rate":0.2}]&paint=gap&beside=first&place=B',
        """$('[data-channel=peer] output').textContent === '0.2' && $('[data-paint=gap]').ariaPressed === 'true'
        && $('#page-scenarios .views').classList.contains('two') && $('#beside-map .mark')
        && $('#ranking tr[aria-current]').dataset.place === 'B' && $('#sections .moved')""",
        """$('[data-channel=peer] output').textContent === '0.1' && $('[data-paint=time]').ariaPressed === 'true'
        && !$('#page-scenarios .views').classList.contains('two') && !$('#ranking tr[aria-current]')
        && !$('#sections .moved')""",
    ),
}


def follow(page, link, holds, then=""):
    """Give a page another address, do something at once, and wait for what it then shows."""
    page.evaluate(f"hash => {{ location.hash = hash; {then} }}", link)
    until(page, f"(($) => {holds})((one) => document.querySelector(one))")


@pytest.mark.browser
@pytest.mark.parametrize("tab", LINKS)
def test_a_link_pasted_into_an_open_page_shows_what_it_says(browser, many, tab):
    link, shown, rest = LINKS[tab]
    visit = Visit(browser, many, tab, viewport={"width": 1280, "height": 900})
    visit.page.wait_for_selector(f"#page-{tab} tbody tr")
    for asked, holds in ((link, shown), ("", rest), (link, shown)):
        follow(visit.page, f"{tab}{asked}", holds)
    # no page was loaded anew
    assert [url for url in visit.asked if url == visit.home] == [visit.home]
    visit.close()


# page -> something that moves, and so writes the address, before the page has heard of the link
MOVES = {
    "index": "document.querySelector('#index-ranking tbody tr').click()",
    "networks": "document.querySelector('#network-table tbody tr').click()",
    "scenarios": "document.querySelector('[data-paint=gap]').click()",
}


@pytest.mark.browser
@pytest.mark.parametrize("tab", LINKS)
def test_a_link_is_shown_though_the_page_writes_its_address_at_that_moment(browser, many, tab):
    link, shown, rest = LINKS[tab]
    visit = Visit(browser, many, tab, viewport={"width": 1280, "height": 900})
    visit.page.wait_for_selector(f"#page-{tab} tbody tr")
    for asked, holds in ((link, shown), ("", rest)):
        follow(visit.page, f"{tab}{asked}", holds, MOVES[tab])
    visit.close()


@pytest.mark.browser
def test_a_study_with_faults_shows_them_and_opens_when_mended(browser, tmp_path):
    folder = write_many(tmp_path / "many", [("flows.csv", "B,C,3", "B,C,<b>x</b>")])
    with Served(folder) as one:
        visit = Visit(browser, one, "index", viewport={"width": 390, "height": 844})
        page = visit.page
        page.wait_for_selector("#faulty-list tbody tr")
        assert page.locator("#faulty-list td").first.inner_text() == "flows.csv"
        assert "<b>x</b>" in page.inner_text("#faulty-list")
        assert page.locator("#tab-index").is_disabled()
        edit(folder, "flows.csv", "<b>x</b>", "3")
        page.wait_for_selector("#index-ranking tbody tr")
        visit.close()
