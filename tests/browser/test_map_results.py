"""What was found, on the map: tinted areas, sized centers, names inside their areas, flows that are true."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.data import Text
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps.measures import Measure
from innoscape.geo.space import china_boundaries

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=window.hurt=1>"
LAYER = "innoscape.at(map_1).flowLayers[0]"
# whether the box of each name lies inside the polygon of its area, which a browser draws itself
INSIDE = """() => Object.fromEntries([...document.querySelectorAll(".innoscape-label")].flatMap((label) => {
  const text = label.textContent, all = [...document.querySelectorAll("path.innoscape-result")];
  const path = all.find((one) => names[one.dataset.place] === text);
  if (!path) return [];
  const svg = path.ownerSVGElement, turn = path.getScreenCTM().inverse(), box = label.getBoundingClientRect();
  const across = [box.left + 1, (box.left + box.right) / 2, box.right - 1], down = [box.top + 2, box.bottom - 2];
  const inside = across.every((x) => down.every((y) => {
    const point = Object.assign(svg.createSVGPoint(), { x, y }).matrixTransform(turn);
    return path.isPointInFill(point);
  }));
  return [[text, inside]];
}))"""


@pytest.fixture(scope="module")
def provinces():
    ground = china_boundaries.china_basemap(tolerance=0.05)
    own = ground[ground["kind"] == "province"].reset_index(drop=True)
    score = np.linspace(0.05, 0.95, len(own))
    change = np.linspace(-0.2, 0.1, len(own))
    tier = np.resize(["international", "national", "regional", "local"], len(own))
    areas = own.assign(place=own["name"], score=score, change=change, tier=tier)
    areas.loc[[3], "score"] = np.nan
    centers = areas[["place", "name_en", "name_zh", "tier", "score"]].assign(strength=score * 1000)
    return ground, areas, centers.set_geometry(areas.representative_point())


MEASURES = [
    Measure("score", Text.of(en="Score", zh="得分"), heading="Result"),
    Measure("change", Text.of(en="Change", zh="变化"), kind="change", heading="Result"),
    Measure("tier", HOSTILE, kind="groups", groups={tier: (tier, "#123456") for tier in maps.FOUR_TIERS}),
]


@pytest.fixture
def shaded(visit, provinces, tmp_path):
    def show(**changes):
        ground, areas, centers = provinces
        given = {"boundaries": ground, "results": areas, "measures": MEASURES, "size_by": "one_size"} | changes
        page = visit(maps.save_map(maps.center_map(centers, **given), tmp_path / "map.html"))
        page.evaluate("window.names = " + areas.set_index("place")["name_en"].to_json(force_ascii=False) + "; 0")
        return page

    return show


def fills(page):
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('path.innoscape-result')]"
        ".map((one) => [one.dataset.place, one.getAttribute('fill')]))"
    )


def choose(page, box, value):
    page.locator(f".{box} select").select_option(value)


def test_a_study_of_areas_opens_tinted_with_small_points_and_counted_classes(shaded, provinces):
    page = shaded()
    _, areas, _ = provinces
    drawn = fills(page)
    assert len(drawn) == len(areas)
    key = page.locator(".innoscape-ranges li")
    counts = [int(text) for text in key.locator(".count").all_inner_texts()]
    assert sum(counts) == len(areas)
    assert counts[-1] == 1  # without a value
    shades = areas.dropna(subset=["score"]).sort_values("score")["place"].map(drawn)
    ramp = page.evaluate("innoscape.at(map_1).layers.find(e => e.measures).measures.list[0].colors")
    assert list(dict.fromkeys(shades)) == ramp
    assert "natural breaks" in page.locator(".innoscape-measures").inner_text()
    assert page.evaluate("Math.max(...[...innoscape.at(map_1).centers.values()].map((one) => one.r))") < 4


def test_another_measure_tints_the_areas_anew_and_its_name_stays_text(shaded):
    page = shaded()
    first = fills(page)
    choose(page, "innoscape-measures", "1")
    assert fills(page) != first
    assert "equal steps on both sides of 0" in page.locator(".innoscape-measures").inner_text()
    choose(page, "innoscape-measures", "2")
    assert set(fills(page).values()) == {"#123456"}
    page.locator("path.innoscape-result").first.dispatch_event("mousemove", {"clientX": 500, "clientY": 400})
    assert HOSTILE in page.locator(".innoscape-tip").inner_text()
    assert page.evaluate("window.hurt") is None
    page.click(".innoscape-languages button[lang|=zh]")
    assert "得分" in page.locator(".innoscape-measures option").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
def test_names_stand_inside_their_areas_and_the_first_is_always_there(shaded, provinces, width):
    page = shaded()
    _, areas, _ = provinces
    page.set_viewport_size({"width": width, "height": 800})
    first = areas[areas["tier"] == "international"].sort_values("score")["name_en"].iloc[-1]
    led = set(areas.loc[areas["tier"].isin(["international", "national"]), "name_en"])
    for zoom in (4, 5, 6):
        page.evaluate(f"map_1.setView([31, 112], {zoom}, {{ animate: false }}); 0")
        found = page.evaluate(INSIDE)
        assert len(found) > 5
        outside = {name for name, inside in found.items() if not inside}
        # to a first-ranked name without room inside a line leads
        assert outside <= led, (zoom, outside)
        assert len(outside) <= page.locator(".innoscape-leader").count()
    place = areas.set_index("name_en").loc[first]
    page.evaluate(
        f"map_1.setView([{place.geometry.centroid.y}, {place.geometry.centroid.x}], 4, {{ animate: false }}); 0"
    )
    assert first in page.locator(".innoscape-label").all_inner_texts()


def test_circles_grow_in_area_with_the_value_and_the_legend_nests_them(shaded, provinces):
    page = shaded(results=None)
    choose(page, "innoscape-sizes", "strength")
    sizes = page.evaluate("[...innoscape.at(map_1).centers.values()].map((one) => [one.row.strength, one.r])")
    big = [(value, r) for value, r in sizes if r > 2.5]
    areas = [r * r / value for value, r in big]
    assert max(areas) == pytest.approx(min(areas))
    nest = page.locator(".innoscape-sizes .nest circle")
    assert nest.count() == 3
    bottoms = nest.evaluate_all(
        "all => all.map((one) => Number(one.getAttribute('cy')) + Number(one.getAttribute('r')))"
    )
    assert max(bottoms) == pytest.approx(min(bottoms))
    widths = page.locator(".innoscape-point svg").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().width)"
    )
    assert max(widths) > 3 * min(widths)


def pair_of_hubs():
    rng = np.random.default_rng(1)
    near = pd.DataFrame(
        {"place": [f"n{i}" for i in range(8)], "lon": 116 + rng.uniform(0, 0.3, 8), "lat": 40 + rng.uniform(0, 0.3, 8)}
    )
    far = pd.DataFrame(
        {"place": [f"f{i}" for i in range(8)], "lon": 104 + rng.uniform(0, 0.3, 8), "lat": 30 + rng.uniform(0, 0.3, 8)}
    )
    pairs = [(a, b) for a in near["place"] for b in far["place"]]
    flows = pd.DataFrame(pairs, columns=["source", "target"]).assign(value=np.arange(1.0, len(pairs) + 1))
    return pd.concat([near, far]), flows


def test_places_that_lie_together_are_one_below_a_zoom_and_their_flows_add_up(visit, tmp_path):
    places, flows = pair_of_hubs()
    drawn = maps.AtlasMap()
    maps.add_flows(drawn, flows, places, unit="patents", name="Flows", top=64)
    maps.add_legend(drawn)
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    page.evaluate("map_1.setView([35, 110], 4, { animate: false }); 0")
    assert page.evaluate(f"{LAYER}.data.v") == [flows["value"].sum()]
    card = page.evaluate(f"{LAYER}.card(0).textContent")
    assert "2,080 patents" in card
    assert "Sum of 64 flows" in card
    assert "7 more" in card
    assert "2 groups of nearby places" in page.locator(".innoscape-legend").inner_text()
    page.evaluate("map_1.setView([30, 104], 10, { animate: false }); 0")
    assert page.evaluate(f"{LAYER}.data.v.length") == len(flows)


def test_a_pair_that_is_equal_both_ways_is_drawn_once_and_points_nowhere(visit, tmp_path):
    places = pd.DataFrame({"place": list("abc"), "lon": [104.0, 110.0, 116.0], "lat": [30.0, 36.0, 30.0]})
    flows = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "a", "c"], "value": [3.0, 3.0, 1.0]})
    drawn = maps.add_flows(maps.AtlasMap(), flows, places, unit="patents", name="Flows")
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    assert page.evaluate(f"{LAYER}.shown.length") == 2
    assert page.evaluate(f"[0, 1].map((i) => {LAYER}.points(i))") == [False, True]
    assert "3 patents each way" in page.evaluate(f"{LAYER}.card(0).textContent")
    assert page.evaluate(f"{LAYER}.sums('b')") == {"out": 3, "into": 3}


def test_strong_flows_are_darker_observed_ones_on_top_and_none_is_broken(visit, atlas, tmp_path):
    frames = atlas.frames()
    page = visit(maps.save_map(maps.center_map(atlas.centers, **frames), tmp_path / "map.html"))
    layers = "innoscape.at(map_1).flowLayers"
    order = page.evaluate(f"{layers}.map((one) => [one.soft.every(Boolean), Number(one._container.style.zIndex)])")
    observed = [z for soft, z in order if not soft]
    estimated = [z for soft, z in order if soft]
    assert observed
    assert estimated
    assert min(observed) > max(estimated)
    color = f"innoscape.curves.faded('#000000', {layers}[1].share(i))"
    dark = f"{layers}[1].shown.map(({{ i }}) => [{layers}[1].data.v[i], {color}])"
    shown = sorted(page.evaluate(dark))
    assert int(shown[0][1][1:3], 16) > int(shown[-1][1][1:3], 16)


def test_what_stands_for_several_places_is_a_hollow_sign_with_a_name(visit, atlas, tmp_path):
    rest = gpd.GeoDataFrame({"place": ["rest"], "name_en": [HOSTILE]}, geometry=[shapely.Point(113, 33)], crs=4326)
    flows = pd.DataFrame({"source": ["rest"], "target": ["北京"], "value": [2.0]})
    drawn = maps.center_map(atlas.centers, aggregates=rest, flows={"Contracts": flows})
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    sign = page.locator(".innoscape-aggregate")
    assert sign.locator("rect").evaluate("one => getComputedStyle(one).fill") == "rgb(255, 255, 255)"
    assert HOSTILE in page.locator(".innoscape-label.several").inner_text()
    sign.click()
    assert "Stands for several places" in page.locator(".leaflet-popup-content").inner_text()
    assert page.evaluate("window.hurt") is None
    assert page.evaluate(f"{LAYER}.shown.length") == 1


def test_values_that_are_not_observed_are_hatched_and_counted(visit, tmp_path):
    squares = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(4)]
    areas = gpd.GeoDataFrame({"place": list("abcd"), "value": [1, 2, 9, None]}, geometry=squares, crs=4326)
    drawn = maps.AtlasMap()
    maps.add_measures(drawn, areas, [Measure("value", "Value", soft={"b", "d"})])
    maps.add_legend(drawn)
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    fills = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("path.innoscape-result")].map((one) =>
        [one.dataset.place, getComputedStyle(one).fill]))"""
    )
    assert [place for place, fill in fills.items() if "innoscape-soft" in fill] == ["b"]
    assert "innoscape-hatch" in fills["d"]
    row = page.locator(".innoscape-ranges li", has_text="estimated or substituted")
    assert row.locator(".count").inner_text() == "1"
