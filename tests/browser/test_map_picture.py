"""The view of a map taken away: as SVG and PNG with its legend, and as a link that opens the same view."""

import xml.dom.minidom

import geopandas as gpd
import pandas as pd
import pytest

from innoscape.data import Text
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps.measures import Measure
from innoscape.geo.space import china_boundaries

pytestmark = pytest.mark.browser
HOSTILE = "</text><script>alert(1)</script>"
ATLAS = "innoscape.all.values().next().value"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The file of the map, once the first test has written it."""
    return tmp_path_factory.mktemp("picture") / "map.html"


@pytest.fixture
def page(visit, atlas, written):
    if not written.exists():
        maps.save_map(drawn(atlas), written)
    return visit(written)


def drawn(atlas):
    ground = china_boundaries.china_basemap(tolerance=0.2)
    areas = ground[ground["kind"] == "province"].reset_index(drop=True)
    areas = gpd.GeoDataFrame(areas.assign(place=areas["name"], score=areas.index / 40, rank_change=areas.index - 12))
    frames = atlas.frames() | {"boundaries": ground, "results": areas}
    frames["measures"] = [Measure("score", "Score"), Measure("rank_change", HOSTILE, kind="change")]
    later = atlas.arrivals.assign(scenario="later", median=atlas.arrivals["median"] + 1)
    frames["arrivals"] = pd.concat([atlas.arrivals.assign(scenario="baseline"), later])
    frames["reach"] = pd.concat([atlas.reach.assign(scenario=name) for name in ("baseline", "later")])
    title = Text.of(en="Centers & ties", zh="中心与联系")
    return maps.center_map(atlas.centers, title=title, notes=["Source: the papers"], **frames)


def taken(page, name):
    with page.expect_download() as download:
        page.evaluate(f"document.querySelector('[data-take={name}]').click()")
    return download.value.path().read_bytes()


def said(node):
    return "".join(one.data for one in node.childNodes if one.nodeType == one.TEXT_NODE)


def test_the_svg_holds_map_title_legend_sources_and_standing_where_the_page_has_them(page):
    picture = xml.dom.minidom.parseString(taken(page, "svg"))  # noqa: S318 - drawn by the page itself
    words = [said(node) for node in picture.getElementsByTagName("text")]
    for one in ("Centers & ties", "International centers", "natural breaks · 34 areas", "Source: the papers", "500 km"):
        assert one in words, one
    assert "Boundaries for orientation, not approved for publication" in words
    assert {"Beijing", "Wuhan"} <= set(words)
    assert "Find a place" not in words
    # every province of the ground, every tinted area and every flow shown
    paths = [node for node in picture.getElementsByTagName("path") if node.getAttribute("d")]
    assert len(paths) > 34 + 34 + page.evaluate(f"{ATLAS}.flowLayers.reduce((n, one) => n + one.shown.length, 0)")
    assert [node for node in picture.getElementsByTagName("image") if node.getAttribute("href")[:5] != "data:"] == []
    # nothing is left of the taking
    assert page.locator(".innoscape-printing, .innoscape-notes[open]").count() == 0


def test_a_name_in_the_picture_stands_where_it_stands_on_the_page(page):
    where = page.evaluate(
        """() => { const all = [...document.querySelectorAll(".innoscape-label")];
        const a = all.find((one) => one.textContent === "Wuhan").getBoundingClientRect();
        const b = map_1.getContainer().getBoundingClientRect();
        return [a.left - b.left, a.top - b.top, a.bottom - b.top]; }"""
    )
    picture = xml.dom.minidom.parseString(taken(page, "svg"))  # noqa: S318 - drawn by the page itself
    (name,) = [node for node in picture.getElementsByTagName("text") if said(node) == "Wuhan"]
    assert abs(float(name.getAttribute("x")) - where[0]) < 3
    assert where[1] < float(name.getAttribute("y")) < where[2]


def test_the_png_has_three_points_for_each_of_the_page(page):
    data = taken(page, "png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 3 * 1400


def test_a_link_opens_the_same_view(page):
    page.evaluate(f"{ATLAS}.touched = true; map_1.setView([31, 114], 5.5, {{ animate: false }}); 0")
    page.click(".innoscape-languages button[lang|=zh]")
    page.locator(".innoscape-legend li", has_text="合作专利").locator("input[type=checkbox]").uncheck()
    page.locator(".innoscape-measures select").select_option("1")
    page.locator(".innoscape-time-head select").first.select_option("1")
    page.locator(".innoscape-track input").fill("400")
    page.wait_for_function("/[#&]t=/.test(location.hash)")
    address = page.evaluate("location.href")
    state = f"""() => {{ const a = {ATLAS}; return [a.language, a.time.state.scenario.key, a.time.state.active,
      a.time.state.t.toFixed(2), document.querySelector(".innoscape-measures select").value, map_1.getZoom(),
      map_1.getCenter().lat.toFixed(1), a.layers.map((one) => map_1.hasLayer(one.layer))]; }}"""
    before = page.evaluate(state)
    page.goto("about:blank")
    page.goto(address)
    page.locator(".innoscape-ready").wait_for()
    assert page.evaluate(state) == before
    assert before[:2] == ["zh", "later"]
    assert "北京" in page.locator(".innoscape-label").all_inner_texts()


def test_a_link_pasted_into_an_open_map_shows_what_it_says(page):
    state = f"""() => {{ const a = {ATLAS}; return [a.language, a.time.state.scenario.key, a.time.state.active,
      a.time.state.t.toFixed(2), document.querySelector(".innoscape-measures select").value, map_1.getZoom(),
      map_1.getCenter().lat.toFixed(1), a.layers.map((one) => map_1.hasLayer(one.layer))]; }}"""
    before = page.evaluate(state)
    page.evaluate("location.hash = '#lang=zh&scenario=later&tint=1&t=8&at=31,114,5.5'")
    page.wait_for_function(f"{ATLAS}.time.state.active && {ATLAS}.language === 'zh'")
    moved = page.evaluate(state)
    assert moved[:7] == ["zh", "later", True, "8.00", "1", 5.5, "31.0"]
    # what a link leaves out stands as the page opened, in the language that was chosen
    page.evaluate("location.hash = '#view=arrival'")
    page.wait_for_function(f"!{ATLAS}.time.state.active")
    assert page.evaluate(state) == ["zh", *before[1:]]


def test_an_address_that_makes_no_sense_opens_the_usual_view(page):
    usual = page.evaluate("map_1.getZoom()")
    page.evaluate(
        "location.hash = '#at=x,1,99e9&lang=<b>&tint=7&layers=ééé&flows=9-9&t=%E0%A4%A&scenario=none&size=huge'"
    )
    page.wait_for_timeout(50)
    assert page.evaluate("map_1.getZoom()") == usual
    assert page.evaluate(f"{ATLAS}.language") == "en"


def test_places_on_both_sides_of_the_180th_meridian_lie_together(visit, tmp_path):
    table = pd.DataFrame(
        {"place": ["Suva", "Apia", "Sydney"], "lon": [178.4, -171.8, 151.2], "lat": [-18.1, -13.8, -33.9]}
    )
    centers = gpd.GeoDataFrame(table.assign(tier="local"), geometry=gpd.points_from_xy(table.lon, table.lat), crs=4326)
    flows = pd.DataFrame({"source": ["Suva"], "target": ["Apia"], "value": [3.0]})
    page = visit(
        maps.save_map(maps.center_map(centers, flows={"n": flows}, boundaries="countries"), tmp_path / "m.html")
    )
    at = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".innoscape-point")].map((one) => {
        const box = one.getBoundingClientRect(); return [one.dataset.place, box.left + box.width / 2]; }))"""
    )
    width = page.evaluate("map_1.getContainer().getBoundingClientRect().right")
    assert 304 < at["Sydney"] < at["Suva"] < at["Apia"] < width
    assert page.evaluate("map_1.getZoom()") > 3
    line = page.evaluate(f"(({{ax, bx}}) => Math.abs(ax - bx))({ATLAS}.flowLayers[0].shown[0].line)")
    assert line < at["Apia"] - at["Suva"]
    assert set(page.locator(".innoscape-label").all_inner_texts()) >= {"Sydney", "Suva", "Apia"}
