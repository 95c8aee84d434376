"""Layers and plugins of plain folium on the map: drawn without a network, or named where they cannot be."""

import sys
import warnings

import folium
import pytest
from folium import features, plugins

from innoscape.data.errors import InnoscapeWarning
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps import plugins as _map_parts
from innoscape.geo.maps.offline import vendor_js

LINE = [[39, 112], [35, 110], [36, 115], [33, 118]]
AREA = {
    "type": "Feature",
    "id": "0",
    "properties": {"name": "area", "start": "2020-01-01", "end": "2021-01-01"},
    "geometry": {"type": "Polygon", "coordinates": [[[108, 30], [110, 30], [110, 33], [108, 33], [108, 30]]]},
}
AREAS = {"type": "FeatureCollection", "features": [AREA]}
WHERE = [35, 110]


def pin(**options):
    return folium.Marker(WHERE, icon=folium.Icon(**options))


def cluster():
    group = plugins.MarkerCluster()
    for where in (WHERE, [35.01, 110.01]):
        folium.Marker(where).add_to(group)
    return group


def line_with_text():
    line = folium.PolyLine(LINE)
    return line, plugins.PolyLineTextPath(line, "along", repeat=True)


def line_of_time():
    line = plugins.Timeline(AREAS)
    return line, plugins.TimelineSlider().add_timelines(line)


def areas_to_search():
    areas = folium.GeoJson(AREAS, tooltip=folium.GeoJsonTooltip(["name"]))
    return areas, plugins.Search(areas, search_label="name")


def tinted_areas():
    return (folium.Choropleth(AREAS, data={"0": 2, "1": 1}, key_on="feature.id", legend_name="Shares"),)


def areas_over_time():
    return (plugins.TimeSliderChoropleth(AREAS, {"0": {"1577836800": {"color": "#f00", "opacity": 0.5}}}),)


# what is added, and what of it is then to be seen
WORKING = {
    "Marker": (lambda: [folium.Marker(WHERE)], "img.leaflet-marker-icon"),
    "DivIcon": (lambda: [folium.Marker(WHERE, icon=folium.DivIcon(html="<b class='mine'>x</b>"))], "b.mine"),
    "Circle": (lambda: [folium.Circle(WHERE, 50_000)], "path.leaflet-interactive"),
    "Choropleth": (tinted_areas, "text.caption >> text=Shares"),
    "LayerControl": (lambda: [folium.LayerControl(collapsed=False)], ".leaflet-control-layers-list"),
    "Icon": (lambda: [pin(icon="home", prefix="fa", angle=90)], ".innoscape-pin i.fa-home"),
    "MarkerCluster": (lambda: [cluster()], ".marker-cluster"),
    "AntPath": (lambda: [plugins.AntPath(LINE)], "path.leaflet-ant-path"),
    "BeautifyIcon": (lambda: [folium.Marker(WHERE, icon=plugins.BeautifyIcon(icon="plane"))], ".beautify-marker .fa"),
    "Draw": (lambda: [plugins.Draw(export=True)], ".leaflet-draw-draw-polygon"),
    "Fullscreen": (lambda: [plugins.Fullscreen()], ".leaflet-control-zoom-fullscreen"),
    "MeasureControl": (lambda: [plugins.MeasureControl()], ".leaflet-control-measure"),
    "MousePosition": (lambda: [plugins.MousePosition()], ".leaflet-control-mouseposition"),
    "PolyLineTextPath": (line_with_text, "textPath"),
    "Search": (areas_to_search, ".leaflet-control-search"),
    "Timeline": (line_of_time, ".leaflet-timeline-control"),
    "TimeSliderChoropleth": (areas_over_time, ".innoscape-stage > [id^=slider_] input"),
}


@pytest.fixture
def without_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "offlinefolium", None)
    monkeypatch.setitem(sys.modules, "offlinefolium.elements", None)
    _map_parts._shelf.cache_clear()
    yield
    _map_parts._shelf.cache_clear()


def save(drawn, folder):
    return maps.save_map(drawn, folder / "map.html")


@pytest.mark.browser
@pytest.mark.parametrize("name", WORKING)
def test_folium_is_drawn_without_a_network(name, visit, atlas, tmp_path):
    make, seen = WORKING[name]
    drawn = maps.add_centers(maps.AtlasMap([35, 112], zoom_start=5), atlas.centers)
    for element in make():
        element.add_to(drawn)
    page = visit(save(drawn, tmp_path))
    page.locator(seen).first.wait_for(state="attached")
    assert page.locator(".innoscape-ready").count() == 1
    assert page.locator(".innoscape-lost").count() == 0


def test_every_file_that_folium_links_can_stand_in_the_page():
    things = [thing for module in (folium, plugins, features) for thing in vars(module).values()]
    kinds = {thing for thing in things if isinstance(thing, type)}
    linked = {pair[1] for kind in kinds for name in ("default_js", "default_css") for pair in getattr(kind, name, [])}
    assert len(linked) > 60
    assert linked - set(_map_parts._shelf()) == set()


def test_plugins_leave_the_page_the_same_bytes(atlas, tmp_path):
    pages = set()
    for _ in range(2):
        drawn = maps.AtlasMap()
        cluster().add_to(drawn)
        pin().add_to(drawn)
        pages.add(save(drawn, tmp_path).read_bytes())
    assert len(pages) == 1


def test_icons_take_only_the_font_they_are_written_in(tmp_path):
    sizes = []
    for icon in (None, folium.Icon(), folium.Icon(icon="home", prefix="fa"), folium.CustomIcon("data:,")):
        drawn = maps.AtlasMap()
        folium.Marker(WHERE, icon=icon).add_to(drawn)
        sizes.append(save(drawn, tmp_path).stat().st_size)
    plain, glyphicons, awesome, custom = sizes
    assert plain + 100_000 < glyphicons < plain + 200_000
    assert awesome > plain + 500_000
    assert custom < plain + 1_000


@pytest.mark.browser
def test_a_pin_shows_its_glyph_and_opens_its_popup(visit, tmp_path):
    drawn = maps.AtlasMap(WHERE, zoom_start=5)
    marker = folium.Marker(WHERE, popup="hello", icon=folium.Icon(color="green", icon="home", prefix="fa", angle=90))
    marker.add_to(drawn)
    page = visit(save(drawn, tmp_path))
    glyph = page.evaluate("getComputedStyle(document.querySelector('.innoscape-pin i'), '::before').content")
    assert glyph == '"\uf015"'
    assert page.locator(".innoscape-pin i").get_attribute("style").endswith("rotate(90deg);")
    page.click(".innoscape-pin")
    assert page.locator(".leaflet-popup-content").inner_text().strip() == "hello"


@pytest.mark.browser
def test_a_hostile_icon_is_text(visit, tmp_path):
    bad = "'><img class=hostile src=x onerror=alert(1)>"
    drawn = maps.AtlasMap(WHERE)
    folium.Marker(WHERE, icon=folium.Icon(icon=bad, prefix="fa", icon_color=bad)).add_to(drawn)
    page = visit(save(drawn, tmp_path))
    assert page.locator(".innoscape-pin").count() == 1
    assert page.locator("img.hostile").count() == 0


def test_without_the_extra_a_warning_names_the_plugin_and_the_cure(without_extra, tmp_path):
    drawn = maps.AtlasMap()
    plugins.Draw().add_to(drawn)
    with pytest.warns(InnoscapeWarning, match=r"^Draw: .*leaflet\.draw\.js.*innoscape\[plugins\]") as caught:
        save(drawn, tmp_path)
    assert caught[0].filename == __file__
    drawn = maps.AtlasMap()
    folium.Marker(WHERE).add_to(drawn)
    folium.Vega({}).add_to(folium.Popup().add_to(drawn))
    with pytest.warns(InnoscapeWarning, match="^Vega: ") as caught:
        page = save(drawn, tmp_path).read_text("utf-8")
    # jQuery comes with the package
    assert "jquery" not in str(caught[0].message)
    assert 'src="https://code.jquery' not in page


@pytest.mark.browser
def test_jquery_is_in_the_page_only_where_something_on_it_calls_it(visit, atlas, tmp_path):
    jquery = dict(vendor_js())["jquery"]
    places = atlas.centers.assign(name_en="$(a) jQuery")
    plain = maps.center_map(places, **atlas.frames()).get_root().render()
    assert jquery not in plain
    drawn = maps.center_map(places)
    folium.Marker(WHERE, popup="hello").add_to(drawn)
    whole = drawn.get_root().render()
    assert whole.count(jquery) == 1
    page = visit(save(drawn, tmp_path))
    assert page.evaluate("typeof jQuery") == "function"
    page.locator(".leaflet-marker-icon:not(.innoscape-point)").click(force=True)
    assert page.locator(".leaflet-popup-content", has_text="hello").count() == 1


def test_a_link_of_ones_own_is_kept_and_told(tmp_path):
    drawn = maps.AtlasMap()
    drawn.add_js_link("own", "https://example.org/own.js")
    with pytest.warns(InnoscapeWarning, match=r"^AtlasMap: .*own\.js"):
        page = save(drawn, tmp_path).read_text("utf-8")
    assert 'src="https://example.org/own.js"' in page


@pytest.mark.browser
def test_a_plugin_without_its_script_is_named_and_spoils_nothing_else(without_extra, browser, atlas, tmp_path):
    drawn = maps.add_legend(maps.add_centers(maps.AtlasMap(), atlas.centers))
    cluster().add_to(drawn)
    folium.Circle(WHERE, 50_000).add_to(drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        path = save(drawn, tmp_path)
    context = browser.new_context()
    context.set_offline(True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator(".innoscape-lost").inner_text().endswith("leaflet.markercluster.js")
    assert page.locator(".innoscape-ready").count() == 1
    assert page.locator(".innoscape-point").count() == len(atlas.centers)
    assert page.locator("path.leaflet-interactive").count() == 1
    context.close()
