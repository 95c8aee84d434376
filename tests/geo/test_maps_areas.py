"""Hinterlands, tinted areas and tiles on the map: what is written, without a browser."""

import json
import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
import xyzservices

from innoscape.data.errors import GeometryError, OptionError, TableError
from innoscape.geo import hinterlands
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps.colors import RAMPS, class_breaks, ramp


@pytest.fixture
def squares():
    table = {"place": list("edcba"), "name_en": list("EDCBA"), "share": [5.0, 4.0, None, 2.0, 1.0]}
    shapes = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(5)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def page_of(atlas_map):
    return atlas_map.get_root().render()


def handed(page, verb):
    """Give the data that a page hands to one of its scripts."""
    return json.loads(re.search(rf"innoscape\.{verb}\(\w+, \w+, (.*)\);", page)[1])


def key_of(page):
    return json.loads(re.findall(r"innoscape\.layer\(\w+, \w+, (\{.*\})\);", page)[-1])["key"]


def test_a_value_on_a_border_belongs_below_it(squares):
    page = page_of(maps.add_choropleth(maps.AtlasMap(), squares, "share", breaks=[2, 4]))
    classes = {shape["p"]: shape["c"] for shape in handed(page, "choropleth")["shapes"]}
    assert classes == {"a": 0, "b": 0, "c": None, "d": 1, "e": 2}
    assert key_of(page)["breaks"] == [1, 2, 4, 5]
    assert key_of(page)["missing"] == 1


def test_row_order_does_not_matter(squares):
    one = maps.add_choropleth(maps.AtlasMap(), squares, "share", classes=3)
    two = maps.add_choropleth(maps.AtlasMap(), squares.iloc[::-1], "share", classes=3)
    assert page_of(one) == page_of(two)


@pytest.mark.parametrize("method", ["natural_breaks", "quantiles", "equal"])
def test_every_class_holds_something_and_the_highest_value_is_in_the_last(squares, method):
    draw = np.random.default_rng(1).lognormal(0, 1, 200)
    borders = class_breaks(draw, method=method, classes=4)
    assert borders == sorted(borders)
    assert len(borders) == 3
    assert draw.max() > borders[-1]
    if method == "quantiles":
        assert np.bincount(np.searchsorted(borders, draw, side="left")).tolist() == [50] * 4


def test_values_that_repeat_give_fewer_classes(squares):
    assert class_breaks(np.array([1.0, 1.0, 1.0]), method="quantiles", classes=5) == []
    page = page_of(maps.add_choropleth(maps.AtlasMap(), squares.assign(share=3.0), "share"))
    assert len(key_of(page)["colors"]) == 1


@pytest.mark.parametrize("name", RAMPS)
@pytest.mark.parametrize("steps", [3, 5, 7])
def test_ramps_fall_in_lightness_so_that_they_survive_grey_and_color_blindness(name, steps):
    parts = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in ramp(name, steps)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    # CIE lightness, 0 to 100, of the relative luminance (ITU-R BT.709)
    lightness = 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16
    assert (np.diff(lightness) < -60 / steps).all()


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"method": "jenks"}, OptionError, "natural_breaks"),
        ({"classes": 1}, OptionError, "2 to 9"),
        ({"breaks": [3, 2]}, OptionError, "numbers that rise"),
        ({"colors": "rainbow"}, OptionError, "teal"),
        ({"colors": ["#ffffff"], "breaks": [2, 4]}, OptionError, "3 colors"),
        ({"colors": ["red", "url(x)"], "breaks": [2]}, OptionError, "#rrggbb"),
        ({"column": "gdp"}, TableError, "column gdp"),
        ({"column": "name_en"}, TableError, "needed numbers, got A, B"),
    ],
)
def test_what_cannot_be_tinted_is_refused(squares, options, error, match):
    given = {"column": "share"} | options
    with pytest.raises(error, match=match):
        maps.add_choropleth(maps.AtlasMap(), squares, given.pop("column"), **given)


def test_areas_without_any_value_or_in_meters_are_refused(squares):
    with pytest.raises(OptionError, match="at least one number"):
        maps.add_choropleth(maps.AtlasMap(), squares.assign(share=np.nan), "share")
    for draw in (
        lambda areas: maps.add_choropleth(maps.AtlasMap(), areas, "share"),
        lambda areas: maps.add_hinterlands(maps.AtlasMap(), areas),
    ):
        with pytest.raises(GeometryError, match="EPSG:3857"):
            draw(squares.to_crs(3857))


def test_empty_areas_leave_the_map_as_it_was(squares):
    drawn = maps.add_hinterlands(maps.AtlasMap(), squares.iloc[:0])
    assert page_of(maps.add_choropleth(drawn, squares.iloc[:0], "share")) == page_of(maps.AtlasMap())


def test_hinterlands_say_how_they_were_computed(atlas):
    areas = hinterlands(atlas.centers, method="weighted", exponent=1.5)
    page = page_of(maps.center_map(atlas.centers, hinterlands=areas))
    assert '"symbol":"hinterland","method":"weighted","exponent":1.5' in page
    shares = [shape["share"] for shape in handed(page, "hinterlands")["shapes"]]
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_a_map_of_everything_is_the_same_bytes_twice(atlas, squares):
    pages = set()
    for _ in range(2):
        areas = hinterlands(atlas.centers.sample(frac=1), extent=(100, 20, 125, 42))
        drawn = maps.center_map(
            atlas.centers, **atlas.frames(), hinterlands=areas, tiles=["Gaode", "OpenStreetMap Mapnik"]
        )
        pages.add(page_of(maps.add_choropleth(drawn, squares, "share", classes=3)))
    assert len(pages) == 1


def test_tiles_stay_off_until_asked_for(atlas):
    page = page_of(maps.add_tiles(maps.add_centers(maps.AtlasMap(), atlas.centers)))
    assert "L.tileLayer" in page
    assert not re.search(r"tile_layer_\w+\.addTo", page)
    shown = page_of(maps.add_tiles(maps.add_centers(maps.AtlasMap(), atlas.centers), show=True))
    assert re.search(r"tile_layer_\w+\.addTo", shown)


def test_names_of_tiles_cannot_leave_their_string():
    hostile = "</script><script>alert(1)</script>"
    page = page_of(maps.add_legend(maps.add_tiles(maps.AtlasMap(), name=hostile)))
    assert "<script>alert" not in page


def test_tiles_may_be_named_or_given_by_address():
    named = page_of(maps.add_tiles(maps.AtlasMap(), "OpenStreetMap.Mapnik"))
    given = page_of(maps.add_tiles(maps.AtlasMap(), xyzservices.providers.OpenStreetMap.Mapnik))
    assert "tile.openstreetmap.org" in named
    assert "tile.openstreetmap.org" in given
    own = page_of(
        maps.add_tiles(maps.AtlasMap(), "https://x.test/{z}/{x}/{y}.png", attribution="me", coordinates="gcj02")
    )
    assert '"coordinates": "gcj02"' in own


@pytest.mark.parametrize(
    ("tiles", "options", "match"),
    [
        ("https://x.test/{z}/{x}/{y}.png", {}, "attribution"),
        ("Gaodee", {}, "provider"),
        ("Gaode", {"coordinates": "bd09"}, "'auto', 'wgs84', 'gcj02'"),
    ],
)
def test_tiles_that_cannot_be_fetched_are_refused(tiles, options, match):
    with pytest.raises(OptionError, match=match):
        maps.add_tiles(maps.AtlasMap(), tiles, **options)
