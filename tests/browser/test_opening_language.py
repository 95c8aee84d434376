"""What each page opens in: the language that its reader chose before, else its own, the browser's or English."""

import geopandas as gpd
import pytest

from innoscape.data import Text
from innoscape.data.wording.catalogue import text
from innoscape.geo import AtlasMap, center_map, save_map
from innoscape.study import read_study, render_report, run
from innoscape.study.plan.write_template import write_template
from innoscape.study.report.render_brief import render_brief
from innoscape.study.report.write_profile import render_profile

SHOWN = {"en": "en", "zh": "zh-Hans"}
# what each page says first
HEADINGS = {
    "report": text("report.kicker"),
    "brief": text("report.brief.kicker"),
    "profile": text("profile.kicker"),
    "map": Text.of(en="Centers", zh="中心"),
}


@pytest.fixture(scope="module")
def pages(sample, tmp_path_factory):
    """Write each page twice: with no language of its own, and with Chinese."""
    folder = tmp_path_factory.mktemp("pages")
    one = {"place": ["武汉"], "name_en": ["Wuhan"], "name_zh": ["武汉"], "tier": ["national"]}
    centers = gpd.GeoDataFrame(one, geometry=gpd.points_from_xy([114.3], [30.6]), crs=4326)
    written = {}
    for own in (None, "zh"):
        drawn = center_map(centers, title=HEADINGS["map"], language=own)
        texts = {
            "report": render_report(sample, language=own),
            "brief": render_brief(sample, language=own),
            "profile": render_profile(None, name=("Wuhan", "武汉"), language=own),
        }
        for name, html in texts.items():
            written[name, own] = folder / f"{name}_{own}.html"
            written[name, own].write_text(html, encoding="utf-8")
        written["map", own] = save_map(drawn, folder / f"map_{own}.html")
    return written


@pytest.fixture
def reader(browser):
    """Open pages in a browser of some language, which keeps what is chosen on them."""
    contexts = []

    def read(locale, **options):
        context = browser.new_context(locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))

        def opened(path):
            page.goto(path.as_uri())
            return page

        return opened

    yield read
    for context in contexts:
        context.close()


def language_of(page):
    return page.evaluate("document.documentElement.lang")


def choose(page, language):
    if page.locator(".innoscape-languages").count():
        page.click(f".innoscape-languages button[data-code={language}]")
    else:
        page.locator(f"input[name=show][value={language}]").check(force=True)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("locale", "own", "shown"),
    [("zh-CN", None, "zh"), ("de-DE", None, "en"), ("en-US", "zh", "zh")],
)
def test_a_page_opens_in_its_own_language_else_in_that_of_the_browser(reader, pages, locale, own, shown):
    opened = reader(locale)
    for name, heading in HEADINGS.items():
        page = opened(pages[name, own])
        assert language_of(page) == SHOWN[shown]
        mark = "button[aria-pressed=true]" if name == "map" else "input[name=show]:checked"
        assert page.locator(mark).first.evaluate("one => one.dataset.code || one.value") == shown
        assert page.locator(".innoscape-head h1, .kicker").inner_text() == heading.in_(shown)


@pytest.mark.browser
def test_what_a_reader_chose_on_one_page_the_next_one_opens_in(reader, pages):
    opened = reader("zh-CN")
    choose(opened(pages["report", None]), "en")
    # the choice comes before the language of the page
    assert language_of(opened(pages["map", "zh"])) == language_of(opened(pages["brief", "zh"])) == "en"
    choose(opened(pages["map", "zh"]), "zh")
    assert language_of(opened(pages["profile", None])) == SHOWN["zh"]


@pytest.mark.browser
def test_a_page_of_all_languages_stays_so_where_it_can(reader, pages):
    opened = reader("zh-CN")
    choose(opened(pages["report", None]), "all")
    assert opened(pages["brief", None]).evaluate("document.documentElement.dataset.show") == "all"
    assert language_of(opened(pages["map", None])) == SHOWN["zh"]


@pytest.mark.browser
def test_pages_open_where_nothing_can_be_kept(reader, pages):
    opened = reader("zh-CN")
    page = opened(pages["report", None])
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    for name in ("report", "map"):
        page = opened(pages[name, None])
        assert language_of(page) == SHOWN["zh"]
        choose(page, "en")
        assert language_of(page) == "en"


@pytest.mark.browser
def test_a_kept_word_that_is_no_language_is_passed_over(reader, pages):
    opened = reader("zh-CN")
    opened(pages["report", None]).evaluate("localStorage.setItem('innoscape-language', '<b>')")
    for name in ("report", "map"):
        assert language_of(opened(pages[name, None])) == SHOWN["zh"]


@pytest.mark.browser
def test_without_scripts_a_page_shows_its_own_language(reader, pages):
    opened = reader("zh-CN", java_script_enabled=False)
    for own, heading in ((None, "Key findings"), ("zh", "主要结论")):
        page = opened(pages["report", own])
        assert page.get_by_text(heading, exact=True).is_visible()


@pytest.mark.browser
def test_a_map_of_one_place_shows_what_lies_around_it(reader, pages):
    page = reader("en-GB", viewport={"width": 1000, "height": 700})(pages["map", None])
    west, east = page.evaluate("(() => { const b = map_1.getBounds(); return [b.getWest(), b.getEast()]; })()")
    assert 6 <= east - west <= 30
    assert west < 114.3 < east


@pytest.mark.browser
def test_a_map_without_a_switch_keeps_its_language(reader, tmp_path):
    for own, shown in ((None, "en"), ("zh", "zh")):
        path = save_map(AtlasMap(title="Centers", language=own), tmp_path / "map.html")
        assert language_of(reader("de-DE" if own else "zh-CN")(path)) == SHOWN[shown]


def test_a_study_made_in_chinese_says_so_in_its_file_and_pages(tmp_path):
    plain, own = (write_template(tmp_path / tongue, language=tongue) for tongue in ("en", "zh"))
    assert (read_study(plain).language, read_study(own).language) == (None, "zh")
    (tmp_path / "places.csv").write_text("place,lon,lat,kind,tier\n武汉,114.3,30.6,city,national\n", encoding="utf-8")
    said = (
        'name = "one"\ntitle = "One"\nlanguage = "zh"\n[tables]\nplaces = ["places.csv"]\n[centers]\ntiers = "given"\n'
    )
    (tmp_path / "study.toml").write_text(said, encoding="utf-8")
    run(tmp_path, tmp_path / "out")
    pages = [*(tmp_path / "out").rglob("*.html")]
    assert {page.name for page in pages} == {"report.html", "brief.html", "map.html", "武汉.html"}
    assert all('data-own="zh"' in html or '"own":"zh"' in html for html in (page.read_text("utf-8") for page in pages))
