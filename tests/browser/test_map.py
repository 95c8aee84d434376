"""Maps in a browser with no network: what a reader sees and can do."""

import folium
import pytest

from innoscape.data import Text
from innoscape.data.amounts import readable_amount, script_unit
from innoscape.geo.maps import center_map as maps
from innoscape.geo.space import china_boundaries as boundaries

pytestmark = pytest.mark.browser
BEIJING = ".innoscape-point:not(.innoscape-landmark)[data-place='北京']"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def open_map(visit, atlas, tmp_path):
    def show(**changes):
        frames = atlas.frames() | changes
        centers = frames.pop("centers", atlas.centers)
        return visit(maps.save_map(maps.center_map(centers, **frames), tmp_path / "map.html"))

    return show


def labels(page):
    return page.locator(".innoscape-label").all_inner_texts()


def settle(page):
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_the_map_opens_without_a_network_and_writes_its_names(open_map):
    page = open_map(boundaries=boundaries.china_basemap(tolerance=0.05), title=Text.of(en="Centers", zh="中心"))
    assert page.title() == "Centers"
    assert {"Beijing", "Shanghai", "Shenzhen", "Wuhan"} <= set(labels(page))
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("km")


def test_labels_do_not_overlap_at_any_zoom(open_map):
    page = open_map()
    for zoom in (3.5, 4.5, 6, 8):
        page.evaluate(f"map_1.setView([38.5, 116], {zoom}, {{ animate: false }}); 0")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.innoscape-label')].map(n => n.getBoundingClientRect())"
            ".map(b => [b.left, b.top, b.right, b.bottom])"
        )
        assert boxes
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (zoom, a, b)


def test_centers_whose_tier_is_assumed_are_pale_and_the_legend_says_so(open_map):
    page = open_map()
    paleness = "n => getComputedStyle(n.querySelector('.core')).fillOpacity"
    shown = {
        place: page.locator(f".innoscape-point[data-place='{place}']:not(.innoscape-landmark)").evaluate(paleness)
        for place in ("芜湖", "舟山", "郑州")
    }
    assert shown == {"芜湖": "0.35", "舟山": "0.35", "郑州": "1"}
    assert page.locator(".innoscape-badge.assumed svg").evaluate(paleness) == "0.35"


def test_no_label_hides_under_a_control(open_map):
    page = open_map()
    page.evaluate(
        """() => { const p = map_1.latLngToContainerPoint(innoscape.at(map_1).centers.get("兰州").at);
        map_1.panBy([p.x - 6, p.y - map_1.getSize().y + 14], { animate: false }); }"""
    )
    hidden = page.evaluate(
        """() => { const box = (node) => node.getBoundingClientRect();
        return [...document.querySelectorAll(".innoscape-label")].filter((label) =>
          [...document.querySelectorAll(".leaflet-control")].some((control) => {
            const a = box(label), b = box(control);
            return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          })).map((label) => label.textContent); }"""
    )
    assert labels(page)
    assert hidden == []


def test_higher_tiers_are_named_before_lower_ones(open_map):
    page = open_map()
    page.evaluate("map_1.setView([35, 110], 2.5, { animate: false }); 0")
    shown = set(labels(page))
    assert {"Beijing", "Shanghai"} <= shown
    assert "Zhoushan" not in shown


def test_the_switch_turns_labels_layers_and_legend_into_chinese(open_map):
    page = open_map()
    assert "National centers" in page.locator(".innoscape-legend").inner_text()
    page.click(".innoscape-languages button[lang|=zh]")
    assert "北京" in labels(page)
    assert "Beijing" not in labels(page)
    legend = page.locator(".innoscape-legend").inner_text()
    assert "国家级中心" in legend
    assert "合作专利" in legend
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.click(".innoscape-languages button[lang=en]")
    assert "Beijing" in labels(page)


def test_all_layers_are_listed_also_those_of_plain_folium(visit, atlas, tmp_path):
    drawn = maps.center_map(atlas.centers, **atlas.frames())
    folium.CircleMarker([35, 100]).add_to(folium.FeatureGroup(name="My own").add_to(drawn))
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    names = page.locator(".innoscape-legend .name").all_inner_texts()
    tiers = ["International centers", "National centers", "Regional centers", "Local centers"]
    assert names[:4] == tiers
    assert {"Co-patents", "Contracts", "Scopes", "Corridors and belts", "My own"} <= set(names)


def test_an_ordinary_folium_map_gets_its_layer_control_and_markers(visit, atlas, tmp_path):
    drawn = maps.add_centers(maps.AtlasMap(), atlas.centers)
    folium.Marker([35, 100], popup="hello").add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    assert "National centers" in page.locator(".leaflet-control-layers").inner_text()
    assert page.evaluate("document.querySelector('img.leaflet-marker-icon').naturalWidth") > 0


def test_popups_still_open_after_scopes_are_switched_off_and_on(open_map):
    page = open_map()
    box = page.locator(".innoscape-legend li", has_text="Scopes").locator("input")
    before = page.locator("path.innoscape-scope").count()
    box.uncheck()
    assert page.locator("path.innoscape-scope").count() == 0
    box.check()
    assert page.locator("path.innoscape-scope").count() == before > 0
    page.click(BEIJING)
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    text = popup.inner_text()
    assert "Beijing" in text
    assert "北京" in text
    assert "published" in text
    assert "Beijing-Tianjin-Hebei" in text


def test_a_switched_off_tier_takes_its_labels_along(open_map):
    page = open_map()
    page.locator(".innoscape-legend li", has_text="International centers").locator("input").uncheck()
    assert "Beijing" not in labels(page)
    assert page.locator(BEIJING).count() == 0


def test_the_slider_lets_knowledge_arrive(open_map):
    page = open_map()
    slider = page.locator(".innoscape-track input[type=range]")
    reached = page.locator(".innoscape-point.adopted")
    assert reached.count() == 0
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert reached.count() == 1
    page.keyboard.press("End")
    assert reached.count() == 11
    assert "100%" in page.locator(".innoscape-readout").inner_text()
    page.click(".innoscape-leave")
    assert reached.count() == 0


def test_another_scenario_fills_the_map_sooner(open_map):
    page = open_map()
    page.evaluate(
        "s = document.querySelector('.innoscape-track input'); s.value = 200; s.dispatchEvent(new Event('input'))"
    )
    before = page.locator(".innoscape-point.adopted").count()
    page.locator(".innoscape-time select").first.select_option(label="corridor")
    assert page.locator(".innoscape-point.adopted").count() > before
    assert page.locator(".innoscape-curve .reference").count() == 1


def test_a_slider_without_a_curve_has_no_levels_to_read_one_at(visit, atlas, tmp_path):
    def drawn(name, reach):
        options = {"arrivals": atlas.arrivals, "reach": reach, "horizon": 30.0}
        page = visit(maps.save_map(maps.center_map(atlas.centers, **options), tmp_path / name))
        curve = page.locator(".innoscape-curve")
        return curve.locator(".grid").count(), curve.locator(".tick").all_text_contents()

    times = ["0", "5", "10", "15", "20", "25", "30"]
    assert drawn("without.html", None) == (1, times)
    assert drawn("with.html", atlas.reach) == (3, [*times, "50%", "100%"])


def test_play_moves_time_and_the_keyboard_stops_it(open_map):
    page = open_map()
    page.locator(".innoscape-play").focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelectorAll('.innoscape-point.adopted').length > 1")
    page.keyboard.press("Space")
    assert page.locator(".innoscape-play").get_attribute("aria-label") == "Play"
    here = page.locator(".innoscape-readout").inner_text()
    settle(page)
    assert page.locator(".innoscape-readout").inner_text() == here


def test_pointing_at_a_flow_names_both_ends_value_unit_and_status(open_map, atlas):
    far = atlas.contracts[(atlas.contracts["source"] == "兰州") & (atlas.contracts["target"] == "成都")]
    page = open_map(flows={"Contracts": far.assign(value=12.5)}, scopes=None, corridors=None)
    spot = page.evaluate(
        """() => { const flows = innoscape.at(map_1).flowLayers[0].shown[0].line;
        const p = map_1.layerPointToContainerPoint([flows.x[12], flows.y[12]]);
        const r = map_1.getContainer().getBoundingClientRect();
        return [p.x + r.left, p.y + r.top]; }"""
    )
    page.mouse.move(*spot)
    tip = page.locator(".innoscape-tip")
    tip.wait_for()
    text = tip.inner_text()
    for part in ("Lanzhou → Chengdu", "1.25 billion yuan", "estimated", "2019"):
        assert part in text
    assert "estimated" in page.locator(".innoscape-legend").inner_text()


def test_pointing_at_a_center_lights_its_own_flows(open_map):
    page = open_map()
    page.hover(BEIJING)
    assert "7,333" not in page.locator(".innoscape-tip").inner_text()
    assert "4,785 patents" in page.locator(".innoscape-tip").inner_text()
    assert " billion yuan in" in page.locator(".innoscape-tip").inner_text()
    assert page.locator(".innoscape-flows.dim").count() == 2


def test_scripts_write_amounts_as_python_does(open_map):
    page = open_map()
    values = [0, -0.0, 0.004, 1, 12.34567, 282.8, 999.96, 7333, 123456.7, 9_999_999, 4.2e11, -5.5]
    for unit in ("", "patents", "100 million yuan", "亿美元", "10,000 yuan", "1,000 bushels", "%", "million yuan"):
        written = page.evaluate(
            "([values, unit]) => values.map((v) => innoscape.amount(v, unit))", [values, script_unit(unit)]
        )
        assert written == [readable_amount(value, unit).to_dict() for value in values], unit


def test_the_slider_of_a_flow_layer_shows_the_strongest(open_map):
    page = open_map()
    count = "innoscape.at(map_1).flowLayers[1].shown.length"
    assert page.evaluate(count) <= 80
    page.evaluate(
        "s = document.querySelector('.innoscape-detail input'); s.value = 0; s.dispatchEvent(new Event('input'))"
    )
    assert page.evaluate(count) == 1
    assert "1 strongest of 66" in page.locator(".innoscape-legend").inner_text()


def test_search_finds_a_place_in_both_languages_by_keyboard(open_map):
    page = open_map()
    for words, name in (("西安", "Xi'an"), ("xian", "Xi'an"), ("zhongguancun", "Zhongguancun Science City")):
        page.fill(".innoscape-search input", words)
        page.keyboard.press("Enter")
        page.locator(".leaflet-popup-content", has_text=name).wait_for()
        page.evaluate("map_1.closePopup(); 0")


def test_the_role_of_a_center_is_told_in_the_language_of_the_reader(open_map, atlas):
    rest = [""] * (len(atlas.centers) - 2)
    page = open_map(centers=atlas.centers.assign(role=["hub", "delta core", *rest], role_zh=["", "三角洲核心", *rest]))
    for words, english, chinese in (("shanghai", "delta core", "三角洲核心"), ("beijing", "hub", "hub")):
        page.fill(".innoscape-search input", words)
        page.keyboard.press("Enter")
        for language, role in (("中文", chinese), ("English", english)):
            page.get_by_role("button", name=language).click()
            page.locator(".leaflet-popup-content", has_text=role).wait_for()
        page.evaluate("map_1.closePopup(); 0")


def test_landmarks_appear_on_zooming_in(open_map):
    page = open_map()
    landmark = page.locator(".innoscape-landmark").first
    assert not landmark.is_visible()
    page.evaluate("map_1.setView([39.4, 116.2], 8, { animate: false }); 0")
    assert landmark.is_visible()
    assert "Xiong'an New Area" in labels(page)


def test_a_hostile_name_is_text_everywhere(open_map, atlas):
    centers = atlas.centers.assign(name_en=HOSTILE, name_zh=HOSTILE, role=HOSTILE)
    scopes = atlas.scopes.assign(name_en=HOSTILE, members=HOSTILE)
    landmarks = atlas.landmarks.assign(name_en=HOSTILE, function_en=HOSTILE)
    contracts = atlas.contracts.assign(unit=HOSTILE, status=HOSTILE)
    page = open_map(
        centers=centers,
        scopes=scopes,
        corridors=atlas.corridors.assign(name_en=HOSTILE),
        landmarks=landmarks,
        flows={HOSTILE: contracts},
        arrivals=atlas.arrivals.assign(scenario=HOSTILE),
        reach=atlas.reach.assign(scenario=HOSTILE),
        notes=[HOSTILE],
        title=HOSTILE,
    )
    assert page.title() == HOSTILE
    assert HOSTILE in labels(page)
    assert page.locator(".innoscape-head h1").inner_text() == HOSTILE
    assert HOSTILE in page.locator(".innoscape-legend").inner_text()
    page.click(".innoscape-notes summary")
    assert HOSTILE in page.locator(".innoscape-notes").inner_text()
    page.hover(BEIJING)
    assert HOSTILE in page.locator(".innoscape-tip").inner_text()
    page.click(BEIJING)
    page.locator(".leaflet-popup-content").wait_for()
    assert page.locator(".leaflet-popup-content").inner_text().count(HOSTILE) >= 2
    page.fill(".innoscape-search input", "script")
    assert HOSTILE in page.locator(".innoscape-search ul").inner_text()
    page.click(".innoscape-languages button[lang|=zh]")
    assert page.evaluate("[...document.scripts].some((s) => s.textContent.trim() === 'alert(1)')") is False


def test_a_hostile_layer_name_is_text_in_the_layer_control_of_folium(visit, atlas, tmp_path):
    drawn = maps.add_flows(maps.AtlasMap(), atlas.copatents, atlas.centers, name="<img src=x onerror=alert(1)>")
    folium.LayerControl(collapsed=False).add_to(drawn)
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    assert "<img src=x" in page.locator(".leaflet-control-layers").inner_text()


def test_a_name_that_looks_like_a_template_is_shown_as_written(open_map, atlas):
    page = open_map(centers=atlas.centers.assign(name_en="{{ 7 * 7 }}"))
    assert "{{ 7 * 7 }}" in labels(page)


def test_the_panel_folds_away_on_a_narrow_screen(open_map):
    page = open_map()
    assert page.locator(".innoscape-panel").is_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert not page.locator(".innoscape-panel").is_visible()
    page.click(".innoscape-fold")
    assert page.locator(".innoscape-panel").is_visible()


def test_two_maps_share_one_page(visit, atlas, tmp_path):
    left = maps.add_legend(maps.add_centers(maps.AtlasMap(height="50%"), atlas.centers))
    right = maps.add_centers(maps.AtlasMap(height="50%"), atlas.centers)
    left.get_root().add_child(right)
    page = visit(maps.save_map(left, tmp_path / "maps.html"))
    assert page.locator(".innoscape-ready").count() == 2
    assert labels(page).count("Beijing") == 2
