"""Small maps in the report show which centers each scenario brings earlier or later."""

import dataclasses
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from innoscape.geo.space.basemaps import Basemap, basemap
from innoscape.study import render_report
from innoscape.study.figures.draw_spread_maps import differences_of, effect_labels, effects_borders
from innoscape.study.figures.scenario_maps import scenario_maps

NO_LAND = Basemap(None, None, china=False)


@pytest.fixture(scope="module")
def drawn(bundled_run):
    place = gpd.GeoDataFrame({"place": ["雄安新区"]}, geometry=[shapely.Point(115.98, 38.96)], crs=4326)
    return scenario_maps(bundled_run, NO_LAND, added=place)


def count_of(svg, label):
    """Read from the description of a map how many centers a class has."""
    found = re.search(re.escape(label) + r" \((\d+)\)", re.search(r"<desc[^>]*>(.*?)</desc>", svg)[1])
    return int(found[1]) if found else 0


def test_each_scenario_has_a_map_and_each_center_a_sign_of_its_class(bundled_run, drawn):
    table = differences_of(bundled_run)
    low, high = effects_borders(table)
    labels = [str(label) for label in effect_labels((low, high))]
    titles = bundled_run.shown["scenario_titles"].set_index("scenario")["title"]
    assert [str(title) for title, _ in drawn.panels] == [titles[n] for n in titles.index if n != "baseline"]
    for name, (_, svg) in zip([n for n in titles.index if n != "baseline"], drawn.panels, strict=True):
        rows = table[table["scenario"] == name]
        assert svg.count('class="effect') == len(rows)
        much = rows[~rows["seed"] & ~rows["negligible"].astype(bool) & (rows["difference"] < -high)]
        assert count_of(svg, labels[0]) == len(much)
        assert count_of(svg, labels[7]) == rows["difference"].isna().sum()
        assert count_of(svg, labels[8]) == rows["seed"].sum()


def test_signs_point_to_the_left_where_knowledge_comes_earlier(drawn):
    svg = drawn.key.split("</svg>")[0]
    corners = [[*map(float, one.split(","))] for one in re.search(r'points="([^"]+)"', svg)[1].split()]
    tip, *back = [x for x, _ in corners]
    assert tip < min(back)
    assert "earlier by more than" in svg


def test_the_report_shows_the_maps_and_keeps_titles_as_text(bundled_run):
    titles = bundled_run.shown["scenario_titles"].assign(title="<b>bold</b>")
    hostile = dataclasses.replace(bundled_run, tables={**bundled_run.tables, "scenario_titles": titles})
    page = render_report(hostile, effect_maps=scenario_maps(hostile, NO_LAND))
    assert 'class="several maps"' in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold" not in page


def test_maps_of_unapproved_boundaries_say_so_and_show_the_whole_country(bundled_run):
    drawn = scenario_maps(bundled_run, basemap("china-provinces", [bundled_run.layers["centers"]]))
    assert "for orientation" in str(drawn.caption)
    # as tall as the country with its islands
    assert float(re.search(r'viewBox="0 0 360 ([\d.]+)"', drawn.panels[0][1])[1]) > 300


@pytest.mark.parametrize("table", ["scenarios", None])
def test_nothing_to_compare_draws_nothing(bundled_run, table):
    kept = {} if table is None else {**bundled_run.tables, table: bundled_run.tables[table].iloc[:0]}
    assert scenario_maps(dataclasses.replace(bundled_run, tables=kept), NO_LAND) is None


def test_many_scenarios_draw_the_first_twelve_and_say_so(bundled_run):
    found, titles = bundled_run.tables["scenarios"], bundled_run.tables["scenario_titles"]
    one = found[found["scenario"].astype(str) == str(found["scenario"].iloc[0])]
    names = [f"s{n:02d}" for n in range(14)]
    many = {
        "scenarios": pd.concat([one.assign(scenario=name) for name in names], ignore_index=True),
        "scenario_titles": pd.concat([titles.iloc[:1].assign(scenario=n, title=n, title_zh=n) for n in names]),
    }
    drawn = scenario_maps(dataclasses.replace(bundled_run, tables=bundled_run.tables | many), NO_LAND)
    assert [str(title) for title, _ in drawn.panels] == names[:12]
    assert "first 12 of 14" in str(drawn.caption)
