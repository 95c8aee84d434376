"""Hinterlands, tinted areas, years, channels, tiles, paper and fingers, in a browser."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.data import Text
from innoscape.data.vocabulary import terms
from innoscape.geo import hinterlands, to_gcj02
from innoscape.geo.maps import center_map as maps

pytestmark = pytest.mark.browser
BEIJING = ".innoscape-point:not(.innoscape-landmark)[data-place='北京']"
HOSTILE = "<script>alert(1)</script>"
INSIDE = "[...innoscape.at(map_1).centers.values()].every((c) => map_1.getBounds().contains(c.at))"
# one transparent pixel
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000000500010a2db4"
    "0000000049454e44ae426082"
)


@pytest.fixture
def open_map(visit, atlas, tmp_path):
    def show(*more, **changes):
        frames = atlas.frames() | changes
        drawn = maps.center_map(frames.pop("centers", atlas.centers), **frames)
        for add in more:
            add(drawn)
        return visit(maps.save_map(drawn, tmp_path / "map.html"))

    return show


def row(page, name):
    return page.locator(".innoscape-legend li", has_text=name)


def drag(page, selector, value):
    script = "([s, v]) => { const n = document.querySelector(s); n.value = v; n.dispatchEvent(new Event('input')); }"
    page.evaluate(script, [selector, value])


def tinted(atlas, **options):
    areas = atlas.scopes.assign(share=[0.5, np.nan])
    return lambda drawn: maps.add_choropleth(drawn, areas, "share", breaks=[0.4], name="Share", unit="%", **options)


def test_hinterlands_switch_on_and_tell_their_center_and_area(open_map, atlas):
    page = open_map(scopes=None, corridors=None, flows={}, hinterlands=hinterlands(atlas.centers))
    cells = page.locator("path.innoscape-hinterland")
    assert cells.count() == 0
    row(page, "Hinterlands").locator("input").check()
    assert cells.count() == len(atlas.centers)
    assert "nearest center" in row(page, "Hinterlands").inner_text()
    page.evaluate("map_1.setView([33.5, 104], 6, { animate: false }); 0")
    box = page.locator("#map_1").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator(".innoscape-tip").inner_text()
    assert re.search(r"Lanzhou|Chengdu", tip)
    assert re.search(r"\d km²", tip)


def test_centers_stay_clickable_over_tinted_areas_switched_off_and_on(open_map, atlas):
    page = open_map(tinted(atlas), hinterlands=hinterlands(atlas.centers))
    for name in ("Hinterlands", "Share"):
        row(page, name).locator("input").check()
        row(page, name).locator("input").uncheck()
        row(page, name).locator("input").check()
    page.click(BEIJING)
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "Beijing" in popup.inner_text()


def test_missing_values_are_hatched_and_counted(open_map, atlas):
    page = open_map(tinted(atlas))
    assert page.locator("path.innoscape-missing").count() == 1
    fill = page.evaluate("getComputedStyle(document.querySelector('path.innoscape-missing')).fill")
    assert "innoscape-hatch" in fill
    assert "no data (1)" in row(page, "Share").inner_text()
    page.click(".innoscape-languages button[lang|=zh]")
    assert "无数据（1）" in row(page, "Share").inner_text()


def test_colors_of_flows_are_switches(open_map, atlas):
    by_channel = atlas.contracts.assign(channel=np.resize(["peer", "tie"], len(atlas.contracts)))
    page = open_map(flows={"Contracts": by_channel}, flow_colors={"Contracts": "channel"})
    drawn = "innoscape.at(map_1).flowLayers[0].shown.map((f) => innoscape.at(map_1).flowLayers[0].tint(f.i))"
    assert set(page.evaluate(drawn)) == {terms("channels")["peer"].ink, terms("channels")["tie"].ink}
    switch = page.locator(".innoscape-groups button", has_text="within a tier")
    switch.focus()
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-pressed") == "false"
    assert set(page.evaluate(drawn)) == {terms("channels")["tie"].ink}


def test_the_slider_of_years_shows_another_year_at_the_same_scale(open_map, atlas):
    older = atlas.contracts.assign(year=2018, value=atlas.contracts["value"] / 4).iloc[:20]
    page = open_map(flows={"Contracts": pd.concat([atlas.contracts, older])})
    layer = "innoscape.at(map_1).flowLayers[0]"
    assert page.locator(".innoscape-years output").inner_text() == "2019"
    widest = page.evaluate(f"Math.max(...{layer}.shown.map((f) => f.w))")
    page.locator(".innoscape-years input").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".innoscape-years output").inner_text() == "2018"
    assert "2018 · width" in row(page, "Contracts").inner_text()
    pairs = {frozenset(ends) for ends in zip(older["source"], older["target"], strict=True)}
    assert page.evaluate(f"{layer}.data.v.length") == len(pairs)
    assert page.evaluate(f"Math.max(...{layer}.shown.map((f) => f.w))") < widest
    page.locator(".innoscape-legend li", has_text="Contracts").locator("input[type=checkbox]").uncheck()
    page.keyboard.press("ArrowRight")


def test_the_field_shows_the_flows_that_make_up_a_share_of_the_total(open_map, atlas):
    page = open_map(flows={"Contracts": atlas.contracts})
    # both directions of a pair are equal there, and drawn once
    values = sorted(atlas.contracts.query("source < target")["value"], reverse=True)
    for percent in (30, 75):
        page.fill(".innoscape-top input[type=number]", str(percent))
        count = int(np.searchsorted(np.cumsum(values), percent / 100 * sum(values) * (1 - 1e-9)) + 1)
        assert f"{count} strongest of 66" in row(page, "Contracts").inner_text()
    page.fill(".innoscape-top input[type=number]", "100")
    assert "all 66 flows" in row(page, "Contracts").inner_text()


def test_an_arrival_takes_the_color_of_its_channel(open_map, atlas):
    page = open_map(arrivals=atlas.arrivals.assign(channel="hierarchical"))
    drag(page, ".innoscape-track input", 1000)
    core = f"getComputedStyle(document.querySelector('{BEIJING.replace('北京', '武汉')} .core')).fill".replace("'", '"')
    core = core.replace('querySelector(".', "querySelector('.").replace('.core")', ".core')")
    ink = terms("channels")["hierarchical"].ink
    assert page.evaluate(core) == f"rgb({int(ink[1:3], 16)}, {int(ink[3:5], 16)}, {int(ink[5:], 16)})"
    assert "down the tiers" in page.locator(".innoscape-time-key").inner_text()
    page.hover(BEIJING.replace("北京", "武汉"))
    assert "down the tiers" in page.locator(".innoscape-tip").inner_text()


@pytest.fixture
def online(browser):
    """Open a page whose every request for a tile is answered here, and keep the addresses asked for."""
    context = browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    page, asked = context.new_page(), []

    def answer(route):
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.fulfill(body=PIXEL, content_type="image/png")

    page.route("**/*", answer)
    yield page, asked
    context.close()


def spot(page, place):
    return page.evaluate(f"(() => {{ const p = map_1.project([{place[1]}, {place[0]}], 18); return [p.x, p.y]; }})()")


def web_mercator(lon, lat):
    side = 256 * 2**18
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return side * (lon / 360 + 0.5), side * (0.5 - north / (2 * np.pi))


def test_chinese_tiles_shift_every_layer_by_the_right_amount(online, atlas, tmp_path):
    page, asked = online
    drawn = maps.center_map(atlas.centers, **atlas.frames(), tiles=["Gaode", "OpenStreetMap.Mapnik"])
    page.goto(maps.save_map(drawn, tmp_path / "map.html").as_uri())
    assert asked == []
    beijing, london = (116.3972, 39.9075), (-0.1276, 51.5072)
    plain = [spot(page, beijing), spot(page, london)]
    assert plain[0] == pytest.approx(web_mercator(*beijing), abs=0.01)
    middle = page.evaluate("map_1.setView([39.9075, 116.3972], 15, { animate: false }); map_1.getCenter().lng")
    row(page, "Gaode").locator("input").check()
    page.wait_for_function("document.querySelectorAll('img.leaflet-tile-loaded').length > 3")
    assert all("autonavi.com" in url for url in asked)
    moved = to_gcj02(np.array([beijing]))[0]
    assert spot(page, beijing) == pytest.approx(web_mercator(*moved), abs=0.01)
    assert spot(page, london) == plain[1]
    # what the page tells stays WGS 84
    assert page.evaluate("map_1.getCenter().lng") == pytest.approx(middle, abs=1e-5)
    box, map_box = page.locator(BEIJING).bounding_box(), page.locator("#map_1").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(map_box["x"] + map_box["width"] / 2, abs=1)
    row(page, "OpenStreetMap").locator("input").check()
    assert not row(page, "Gaode").locator("input").is_checked()
    assert spot(page, beijing) == plain[0]


def test_the_map_fits_itself_again_until_the_reader_moves_it(open_map):
    page = open_map()
    for size in ((700, 900), (1300, 500)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_function(INSIDE)
    page.locator("#map_1").focus()
    zoom = page.evaluate("map_1.getZoom()")
    page.keyboard.press("+")
    page.wait_for_function(f"map_1.getZoom() > {zoom}")
    zoom = page.evaluate("map_1.getZoom()")
    page.set_viewport_size({"width": 900, "height": 800})
    page.wait_for_function("map_1.getSize().y > 500")
    assert page.evaluate("map_1.getZoom()") == zoom


def test_shaded_areas_without_places_open_at_the_areas(visit, tmp_path):
    squares = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(3)]
    areas = gpd.GeoDataFrame({"name": list("abc"), "share": [1.0, 2.0, 3.0]}, geometry=squares, crs=4326)
    drawn = maps.AtlasMap()
    maps.add_choropleth(drawn, areas, "share", name="Share")
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    inside, east = page.evaluate("[map_1.getBounds().contains([[30, 110], [31, 113]]), map_1.getBounds().getEast()]")
    assert inside
    assert east < 118


def test_a_frame_that_is_laid_out_late_is_measured_right(visit, atlas, tmp_path):
    maps.save_map(maps.center_map(atlas.centers, **atlas.frames()), tmp_path / "map.html")
    frame = (tmp_path / "map.html").read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
    host = tmp_path / "host.html"
    host.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><div id="box" style="display:none">'
        f'<iframe srcdoc="{frame}" style="width:900px;height:600px"></iframe></div>',
        encoding="utf-8",
    )
    page = visit(host)
    inner = page.frame_locator("iframe")
    page.evaluate("document.getElementById('box').style.display = 'block'")
    inner.locator(".innoscape-ready").wait_for()
    frames = [one for one in page.frames if one.parent_frame]
    inside = f"map_1.getSize().x > 300 && {INSIDE}"
    frames[0].wait_for_function(inside)


def test_a_symbol_under_another_is_named_and_reached(open_map, atlas):
    near = atlas.centers.copy()
    near.loc[near["place"] == "天津", "geometry"] = shapely.Point(116.45, 39.95)
    page = open_map(centers=near)
    page.hover(BEIJING)
    assert re.search(r"Also here\s+Tianjin", page.locator(".innoscape-tip").inner_text())
    page.click(BEIJING)
    page.locator(".innoscape-crowd button", has_text="Tianjin").click()
    page.locator(".leaflet-popup-content .innoscape-card-name", has_text="Tianjin").wait_for()


def test_centers_are_reached_from_the_keyboard_alone(open_map):
    page = open_map()
    page.locator(BEIJING).focus()
    assert "Beijing" in page.locator(".innoscape-tip").inner_text()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content", has_text="Beijing").wait_for()
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup-content").wait_for(state="detached")
    field = page.locator(".innoscape-search input")
    field.fill("wu")
    chosen = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    for name in (
        "#map_1",
        ".innoscape-play",
        ".innoscape-fold",
        ".innoscape-track input",
        ".innoscape-top input >> nth=0",
    ):
        assert page.locator(name).first.get_attribute("aria-label"), name


def test_paper_shows_the_notes_and_no_controls(open_map):
    page = open_map(notes=[Text.of(en="Rates are assumed.", zh="速率为假设。")])
    assert not page.locator(".innoscape-notes p").first.is_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".innoscape-notes p").first.is_visible()
    for control in (".innoscape-search", ".innoscape-fold", ".leaflet-control-zoom", ".innoscape-legend input"):
        assert not page.locator(control).first.is_visible(), control
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".innoscape-search").is_visible()
    assert not page.locator(".innoscape-notes p").first.is_visible()


def test_fingers_find_large_targets(browser, atlas, tmp_path):
    path = maps.save_map(maps.center_map(atlas.centers, **atlas.frames()), tmp_path / "map.html")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(path.as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.innoscape-point:not(.innoscape-landmark), .innoscape-fold, .innoscape-play')]"
        ".map((n) => Math.min(n.offsetWidth, n.offsetHeight))"
    )
    assert min(sizes) >= 28
    page.tap(BEIJING)
    page.locator(".leaflet-popup-content", has_text="Beijing").wait_for()
    page.tap(".innoscape-fold")
    panel = page.locator(".innoscape-panel").bounding_box()
    over = page.evaluate(f"document.elementFromPoint(40, {panel['height'] - 60}).closest('.innoscape-panel') !== null")
    assert over, "nothing of the map may lie over the open panel"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_hostile_words_of_the_new_layers_are_text(open_map, atlas):
    areas = hinterlands(atlas.centers).assign(name_en=HOSTILE, name_zh=HOSTILE, method=HOSTILE)
    by_kind = atlas.contracts.assign(kind=np.resize([HOSTILE, "tie"], len(atlas.contracts)))
    scopes = atlas.scopes.assign(share=[1.0, 2.0], name_en=HOSTILE)
    page = open_map(
        lambda drawn: maps.add_choropleth(drawn, scopes, "share", name=HOSTILE, unit=HOSTILE),
        lambda drawn: maps.add_tiles(drawn, name=HOSTILE),
        hinterlands=areas,
        flows={"Contracts": by_kind},
        flow_colors={"Contracts": "kind"},
        arrivals=atlas.arrivals.assign(channel=HOSTILE),
    )
    text = page.locator(".innoscape-legend").inner_text()
    assert text.count(HOSTILE) == 4
    row(page, "Hinterlands").locator("input").check()
    drag(page, ".innoscape-track input", 1000)
    assert HOSTILE in page.locator(".innoscape-time-key").inner_text()
    assert page.evaluate("[...document.scripts].some((s) => s.textContent.trim() === 'alert(1)')") is False


def test_the_legend_of_a_full_map_fits_a_screen(open_map, atlas):
    page = open_map(
        notes=[Text.of(en="A note. " * 30, zh="说明。" * 40)] * 3,
        title=Text.of(en="Centers of innovation", zh="创新中心"),
    )
    for language in ("en", "zh"):
        page.click(f".innoscape-languages button[lang|={language}]")
        assert page.evaluate("document.querySelector('.innoscape-panel').scrollHeight") <= 900


def test_flows_are_drawn_anew_only_where_a_pan_leaves_what_is_drawn(open_map):
    page = open_map()
    page.evaluate("f = innoscape.at(map_1).flowLayers[0]; drawn = 0; draw = f.draw; 0")
    page.evaluate("f.draw = () => { drawn += 1; draw.call(f); }; 0")
    pan = "([x, y]) => { map_1.panBy([x, y], { animate: false }); return drawn; }"
    covered = "[[1, 1], map_1.getSize()].every((p) => f._bounds.contains(map_1.containerPointToLayerPoint(p)))"
    assert page.evaluate(pan, [60, 20]) == 0
    assert page.evaluate(covered)
    assert page.evaluate(pan, [400, 0]) == 1
    assert page.evaluate(covered)
    page.evaluate("map_1.setView([30, 110], 7, { animate: false }); 0")
    assert page.evaluate("drawn") == 2
    assert page.evaluate(covered)


def test_no_tooltip_stays_behind_when_the_pointer_leaves_from_above_an_area(open_map):
    page = open_map(hinterlands=None, corridors=None)
    spot = page.evaluate(
        """() => { const frame = map_1.getContainer().getBoundingClientRect();
        for (const layer of innoscape.at(map_1).flowLayers) for (const { line } of layer.shown)
          for (let j = 0; line.x && j <= line.n; j++) {
            const p = map_1.layerPointToContainerPoint([line.x[j], line.y[j]]);
            const at = [p.x + frame.left, p.y + frame.top];
            const node = document.elementFromPoint(...at);
            if (node && node.matches("path.innoscape-scope")) return at;
          } }"""
    )
    tip = page.locator(".innoscape-tip")
    page.mouse.move(*spot)
    tip.wait_for()
    assert "Arrival" not in tip.inner_text()
    page.mouse.move(100, 300)
    tip.wait_for(state="hidden")


def test_a_long_name_stays_inside_its_tooltip(open_map, atlas):
    page = open_map(flows={"A layer with a long name " * 4: atlas.contracts}, scopes=None, corridors=None)
    page.evaluate("a = innoscape.at(map_1); a.hover(2, () => a.flowLayers[0].card(0), L.point(300, 300)); 0")
    edges = page.evaluate(
        "['.innoscape-tip', '.innoscape-tip *'].map((which) =>"
        " Math.max(...[...document.querySelectorAll(which)].map((node) => node.getBoundingClientRect().right)))"
    )
    assert edges[1] < edges[0]
