"""Scenarios on the map, in a browser: what they change is seen, named and ranked."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from innoscape.data import Text
from innoscape.data.styles import EARLIER, LATER, UNCHANGED
from innoscape.geo.maps import center_map as maps
from innoscape.geo.space import china_boundaries as boundaries

pytestmark = pytest.mark.browser
PAPER = (253, 252, 249)
HOSTILE = "<script>alert(1)</script>"
NAMES = {"baseline": Text.of(en="Baseline", zh="基准"), "more": Text.of(en="More ties", zh="更多联系"), "new": HOSTILE}


def times(atlas):
    """Arrivals, curves and effects of two scenarios, the second with a new center."""
    places = list(atlas.centers["place"])
    order = np.arange(len(places))
    shift = {
        "baseline": 0 * order,
        "more": np.where(order < 3, -2.0, np.where(order == 3, 0.5, 0.001)),
        "new": 0 * order,
    }
    shift["more"][0] = 0
    arrivals, reach, effects = [], [], []
    for name, by in shift.items():
        rows = pd.DataFrame({"scenario": name, "place": places, "median": 1.0 + order + by, "seed": order == 0})
        rows["low"], rows["high"] = rows["median"] - 0.5, rows["median"] + 0.5
        if name == "new":
            rows.loc[len(rows)] = {
                "scenario": name,
                "place": "雄安新区",
                "median": 7.0,
                "low": 6,
                "high": 8,
                "seed": False,
            }
        arrivals.append(rows)
        grid = np.linspace(0, 14, 8)
        reach.append(
            pd.DataFrame({"scenario": name, "time": grid, "mean": np.clip(grid / 14 + 0.1 * (name == "more"), 0, 1)})
        )
        if name == "more":
            effects.append(
                pd.DataFrame(
                    {
                        "scenario": name,
                        "measure": "arrival_time",
                        "place": places,
                        "baseline": 1.0 + order,
                        "value": 1 + order + by,
                        "difference": by,
                        "low": by - 0.1,
                        "high": by + 0.1,
                        "negligible": np.abs(by) < 0.01,
                    }
                )
            )
    return (
        pd.concat(arrivals, ignore_index=True),
        pd.concat(reach, ignore_index=True),
        pd.concat(effects, ignore_index=True),
    )


@pytest.fixture
def compare(visit, atlas, tmp_path):
    def show(**changes):
        arrivals, reach, effects = times(atlas)
        spot = gpd.points_from_xy([116.1], [38.93])
        columns = {
            "scenario": ["new"],
            "place": ["雄安新区"],
            "tier": ["local"],
            "name_en": ["Xiong'an <b>"],
            "name_zh": ["雄安新区"],
        }
        given = atlas.frames() | {
            "arrivals": arrivals, "reach": reach, "effects": effects, "scenario_names": NAMES,
            "new_centers": gpd.GeoDataFrame(columns, geometry=spot, crs=4326),
        }  # fmt: skip
        return visit(maps.save_map(maps.center_map(atlas.centers, **(given | changes)), tmp_path / "map.html"))

    return show


def point(place):
    return f".innoscape-point:not(.innoscape-landmark)[data-place='{place}']"


def fill(page, place):
    red, green, blue = page.locator(point(place) + " .core").first.evaluate(
        "n => getComputedStyle(n).fill.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def view(page, name):
    page.click(f".innoscape-views [data-view={name}]")


def overlap(a, b):
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def test_a_center_that_a_scenario_adds_is_there_only_while_it_is_chosen(compare):
    page = compare()
    new = page.locator(".innoscape-new")
    assert new.count() == 0
    page.select_option(".innoscape-time select >> nth=0", "2")
    assert new.count() == 1
    assert new.evaluate("n => getComputedStyle(n, '::before').borderTopStyle") == "dashed"
    assert "Xiong'an <b>" in page.locator(".innoscape-label").all_inner_texts()
    page.select_option(".innoscape-time select >> nth=0", "1")
    assert new.count() == 0
    assert "Xiong'an <b>" not in page.locator(".innoscape-label").all_inner_texts()


def test_the_difference_view_colors_centers_in_fixed_classes(compare, atlas):
    page = compare()
    view(page, "difference")
    places = list(atlas.centers["place"])
    found = {place: fill(page, place) for place in places}
    assert found[places[1]] in EARLIER[1:]
    assert found[places[3]] in LATER
    assert found[places[5]] == UNCHANGED
    # every class stands in the key, which replaces that of arrivals
    key = page.locator(".innoscape-difference-key")
    assert key.locator("svg").count() == 8
    assert page.locator(".innoscape-time-key").first.is_hidden()
    assert "Earlier by, years:" in key.inner_text()
    view(page, "arrival")
    assert page.locator(".innoscape-difference-key").is_hidden()
    assert fill(page, places[1]) not in EARLIER


def test_the_curve_shows_the_difference_above_zero_where_more_is_reached(compare):
    page = compare()
    view(page, "difference")
    zero = page.locator(".innoscape-curve .zero").bounding_box()
    gain = page.locator(".innoscape-curve .gain").bounding_box()
    assert gain["height"] > 10
    assert gain["y"] + gain["height"] <= zero["y"] + 1.5
    page.locator(".innoscape-track input").fill("500")
    assert "+10 percentage points" in page.locator(".innoscape-readout").inner_text()


def test_effects_are_ranked_with_precision_and_size_and_without_stars(compare, atlas):
    page = compare()
    view(page, "difference")
    rows = page.locator(".innoscape-effects > table tbody tr")
    cells = [row.inner_text().split("\t") for row in rows.all()]
    sizes = [abs(float(cell[1].split(" ±")[0].replace("−", "-"))) for cell in cells]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 2.0
    assert all(" ± 0.1" in cell[1] for cell in cells)
    assert cells[0][2].endswith("%")
    text = page.locator(".innoscape-effects").inner_text()
    assert "*" not in text
    assert f"{len(atlas.centers) - len(cells)} negligible" in text
    page.click(".innoscape-effects summary")
    assert page.locator(".innoscape-effects details tbody tr").first.inner_text().strip().endswith("negligible")


def test_names_of_scenarios_and_new_centers_stay_text(compare):
    page = compare()
    page.select_option(".innoscape-time select >> nth=0", "2")
    view(page, "beside")
    assert page.locator(".innoscape-beside-title").nth(1).inner_text() == HOSTILE
    assert (
        HOSTILE in page.locator(".innoscape-effects").inner_text()
        or "No difference" in page.locator(".innoscape-effects").inner_text()
    )


def test_baseline_and_scenario_stand_side_by_side_and_move_together(compare, atlas):
    page = compare(boundaries=boundaries.china_basemap(tolerance=0.05))
    view(page, "beside")
    left, right = (page.locator(box).bounding_box() for box in (".innoscape-twin", ".folium-map"))
    assert left["x"] + left["width"] <= right["x"] + 4
    assert abs(left["width"] - right["width"]) < 6
    assert page.locator(".innoscape-beside-title").all_inner_texts() == ["Baseline", "More ties"]
    names = page.locator(".innoscape-twin .innoscape-label").all_inner_texts()
    assert "Beijing" in names
    page.locator(".innoscape-track input").fill("150")
    places = list(atlas.centers["place"])
    twin = page.locator(".innoscape-twin .innoscape-point.adopted").count()
    main = page.locator(".folium-map .innoscape-point.adopted").count()
    assert (twin, main) == (2, 3), places
    page.evaluate("map_1.setView([31, 114], 6, { animate: false }); 0")
    offsets = page.evaluate(
        """() => [".innoscape-twin", ".folium-map"].map((box) => {
        const frame = document.querySelector(box).getBoundingClientRect();
        const own = document.querySelector(box + " .innoscape-label.center").getBoundingClientRect();
        return [Math.round(own.left - frame.left), Math.round(own.top - frame.top)]; })"""
    )
    assert abs(offsets[0][0] - offsets[1][0]) <= 4
    view(page, "arrival")
    assert page.locator(".innoscape-twin").is_hidden()


def test_views_speak_chinese(compare):
    page = compare()
    page.click(".innoscape-languages button[lang|=zh]")
    view(page, "difference")
    assert page.locator(".innoscape-views").inner_text().split() == ["到达", "差异", "并排"]
    assert "提前" in page.locator(".innoscape-difference-key").inner_text()
    assert "更多联系" in page.locator(".innoscape-effects").inner_text()


def test_a_popup_opens_inside_the_map_and_does_not_move_it(compare, atlas):
    page = compare()
    for place in atlas.centers["place"]:
        before = page.evaluate("[map_1.getCenter().lat, map_1.getCenter().lng, map_1.getZoom()]")
        page.evaluate("place => { innoscape.at(map_1).centers.get(place).marker.openPopup(); }", place)
        page.wait_for_function("document.querySelectorAll('.leaflet-popup').length === 1")
        frame, card = page.locator(".folium-map").bounding_box(), page.locator(".leaflet-popup").bounding_box()
        assert page.evaluate("[map_1.getCenter().lat, map_1.getCenter().lng, map_1.getZoom()]") == before
        assert card["x"] >= frame["x"], place
        assert card["y"] >= frame["y"], place
        assert card["x"] + card["width"] <= frame["x"] + frame["width"], place
        assert card["y"] + card["height"] <= frame["y"] + frame["height"] + 20, place


def test_the_tooltip_leaves_free_the_center_and_the_ends_it_lights(compare):
    page = compare()
    page.hover(point("北京"))
    tip = page.locator(".innoscape-tip").bounding_box()
    assert not overlap(tip, page.locator(point("北京")).bounding_box())
    ends = [
        place
        for place in ("天津", "石家庄", "上海", "武汉", "深圳")
        if overlap(tip, page.locator(point(place)).bounding_box())
    ]
    assert ends == []


def test_tab_reaches_play_within_ten_steps(compare):
    page = compare()
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.textContent")
        reached.append(name)
        if name == "Skip to play":
            assert page.locator(".innoscape-skips button:focus").bounding_box()["x"] >= 0
            page.keyboard.press("Enter")
            break
    assert page.evaluate("document.activeElement.classList.contains('innoscape-play')"), reached
    assert len(reached) + 1 <= 10


def test_play_is_seen_in_forced_colors(compare):
    page = compare()
    page.emulate_media(forced_colors="active")
    inks = page.evaluate(
        """() => { const play = document.querySelector(".innoscape-play");
        return [getComputedStyle(play).backgroundColor, getComputedStyle(play.querySelector("path")).fill]; }"""
    )
    assert inks[0] != inks[1]


def test_marks_of_the_axis_and_the_curve_have_contrast_in_forced_colors(compare):
    page = compare()
    page.emulate_media(forced_colors="active", color_scheme="dark")
    ground, *inks = page.evaluate(
        """() => { const of = (part, key) => getComputedStyle(document.querySelector(".innoscape-curve " + part))[key];
        return [getComputedStyle(document.querySelector(".innoscape-time")).backgroundColor, of(".tick", "fill"),
            of(".mean", "stroke"), of(".now", "stroke"), of(".tick", "stroke")]
            .map((color) => color.match(/[\\d.]+/g).slice(0, 3)); }"""
    )
    light = [luminance(ink) for ink in inks]
    for ink in light[:3]:
        assert (max(ink, luminance(ground)) + 0.05) / (min(ink, luminance(ground)) + 0.05) >= 4.5
    assert light[3] == luminance(ground)  # the rim of a number is as the ground


def luminance(color):
    parts = [int(one) / 255 for one in color]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_names_of_provinces_and_of_layers_that_are_off_have_contrast(compare):
    page = compare(boundaries=boundaries.china_basemap(tolerance=0.05))
    page.evaluate("map_1.setView([35, 100], 5, { animate: false }); 0")
    page.locator(".innoscape-legend label", has_text="Scopes").locator("input").uncheck()
    scopes = page.locator(".innoscape-legend label", has_text="Scopes").locator(".named")
    ink = "n => [getComputedStyle(n).color.match(/\\d+/g).slice(0, 3), getComputedStyle(n).opacity]"
    shown = [node.evaluate(ink) for node in (page.locator(".innoscape-label.province").first, scopes)]
    for color, opacity in shown:
        assert opacity == "1"
        assert (luminance(PAPER) + 0.05) / (luminance(color) + 0.05) > 4.5


def test_the_whole_country_is_the_first_view_and_a_button_leads_back(compare):
    page = compare(boundaries=boundaries.china_basemap(tolerance=0.05))
    seen = "(() => { const b = map_1.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()"
    west, south, east, north = page.evaluate(seen)
    assert west < 73.5
    assert south < 3.4
    assert east > 135.1
    assert north > 53.6
    page.evaluate("map_1.setView([31, 121], 9, { animate: false }); 0")
    page.click(".innoscape-whole button")
    page.wait_for_timeout(400)
    west, south, east, north = page.evaluate(seen)
    assert (west < 73.5, south < 3.4, east > 135.1, north > 53.6) == (True,) * 4


def test_places_of_one_province_open_the_map_on_themselves(visit, atlas, tmp_path):
    near = atlas.centers[atlas.centers["place"].isin(["北京", "天津", "石家庄"])]
    drawn = maps.center_map(near, boundaries=boundaries.china_basemap(tolerance=0.05))
    page = visit(maps.save_map(drawn, tmp_path / "map.html"))
    assert page.evaluate("map_1.getZoom()") > 5
    assert page.locator(".innoscape-whole button").is_visible()


def test_the_name_and_scale_of_the_inset_stand_clear_of_its_lines(compare):
    page = compare(boundaries=boundaries.china_basemap(tolerance=0.05))
    page.evaluate("map_1.setView([34, 110], 4.5, { animate: false }); 0")
    picture = page.locator(".innoscape-inset > svg").bounding_box()
    for part in page.locator(".innoscape-inset span").all():
        assert part.bounding_box()["y"] >= picture["y"] + picture["height"] - 0.5
    assert "500 km" in page.locator(".innoscape-inset").inner_text()
    bar = page.locator(".innoscape-inset .scale i").bounding_box()["width"]
    assert bar == pytest.approx(23.6, abs=1.5)


def test_the_map_says_what_its_boundaries_may_be_used_for(compare):
    ground = boundaries.china_basemap(tolerance=0.05)
    page = compare(boundaries=ground)
    assert "for orientation" in page.locator(".innoscape-standing").inner_text()
    page = compare(boundaries=ground, approval="审图号：GS(2024)0650 <i>")
    assert page.locator(".innoscape-standing").inner_text() == "Map approval number: GS(2024)0650 <i>"
    page.click(".innoscape-languages button[lang|=zh]")
    assert page.locator(".innoscape-standing").inner_text() == "审图号：GS(2024)0650 <i>"
    page = compare()
    assert page.locator(".innoscape-standing").count() == 0
