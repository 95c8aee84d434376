"""The map that report and brief print: areas in the colors of tiers, every place inside it, never an empty sheet."""

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from innoscape.geo.space.basemaps import Basemap, basemap
from innoscape.study import draw_figure
from innoscape.study.charts.svg import WIDTH
from innoscape.study.figures.static_map import static_map


def test_the_map_on_paper_tints_areas_shows_where_it_lies_and_holds_every_place(bundled_run):
    china = basemap("china-provinces", [bundled_run.layers["centers"]])
    plain = static_map(bundled_run, china).svg
    assert 'class="tint' not in plain
    assert 'class="graticule' not in plain
    centers = bundled_run.layers["centers"]
    two = centers.head(2)
    spots = [shapely.box(at.x - 1, at.y - 1, at.x + 1, at.y + 1) for at in two.geometry]
    areas = gpd.GeoDataFrame({"place": two["place"]}, geometry=spots, crs=4326)
    ranks = [bundled_run.study.tiers.order.rank(tier) for tier in two["tier"]]
    svg = static_map(bundled_run, china, tinted=areas).svg
    # once for a desk and once for a phone
    assert sorted(re.findall(r'class="tint t(\d)"', svg)) == sorted(str(rank) for rank in ranks * 2)
    bare = static_map(bundled_run, Basemap(None, None, china=False)).svg
    assert {"110°E", "30°N"} <= set(re.findall(r">([\d.]+°[EN])<", bare))
    far = centers.iloc[[0]].set_geometry(gpd.points_from_xy([146.0], [24.0]), crs=4326)
    beyond = replace(bundled_run, layers={"centers": gpd.GeoDataFrame(pd.concat([centers.iloc[1:], far]), crs=4326)})
    name = re.escape(str(far["name_en"].iloc[0]))
    found = re.search(rf'<text[^>]* x="([-\d.]+)"[^>]*>(?:<[^>]*>)*{name}', static_map(beyond, china).svg)
    assert 0 < float(found[1]) < WIDTH


def test_a_single_place_is_shown_with_the_land_around_it(bundled_run):
    one = replace(bundled_run, layers={"centers": bundled_run.layers["centers"].head(1)}, tables={})
    figure = draw_figure(one, "map")
    assert float(np.ptp(figure.axes[0].get_xlim())) > 5e5
