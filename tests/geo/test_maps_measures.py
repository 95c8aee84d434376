"""What pages of tinted areas, merged and mirrored flows hold."""

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.data import OptionError, TableError
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps.colors import diverging
from innoscape.geo.maps.flow_sums import once_where_mirrored
from innoscape.geo.maps.measures import Measure


def squares(**columns):
    n = len(next(iter(columns.values())))
    shapes = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(n)]
    return gpd.GeoDataFrame({"place": list("abcdefgh")[:n], **columns}, geometry=shapes, crs=4326)


def payload(atlas, verb):
    page = atlas.get_root().render()
    return json.loads(re.search(rf"innoscape\.{verb}\(\w+, \w+, (.*)\);", page)[1])


def test_each_value_is_in_the_class_between_its_borders():
    values = [0.1, 0.2, 0.5, 0.9, np.nan]
    measure = payload(maps.add_measures(maps.AtlasMap(), squares(v=values), [Measure("v", "V", classes=3)]), "measures")
    found = measure["measures"][0]
    for value, number in zip(values[:-1], found["c"][:-1], strict=True):
        low, high = found["breaks"][number], found["breaks"][number + 1]
        assert low <= value <= high
    assert found["c"][-1] is None
    assert len(found["colors"]) == len(found["breaks"]) - 1


def test_changes_are_parted_alike_on_both_sides_of_0_and_0_is_in_the_middle():
    atlas = maps.add_measures(maps.AtlasMap(), squares(v=[-0.2, 0.0, 0.7]), [Measure("v", "V", kind="change")])
    found = payload(atlas, "measures")["measures"][0]
    inner = found["breaks"][1:-1]
    assert inner == pytest.approx([-border for border in reversed(inner)])
    assert found["c"][1] == 3
    assert found["c"][0] < 3 < found["c"][2]
    assert found["colors"] == diverging(7)


def test_a_measure_without_values_is_left_out_and_a_map_without_any_is_unchanged():
    areas = squares(v=[np.nan, np.nan], w=[1.0, 2.0])
    both = payload(maps.add_measures(maps.AtlasMap(), areas, [Measure("v", "V"), Measure("w", "W")]), "measures")
    assert [one["names"]["en"] for one in both["measures"]] == ["W"]
    page = maps.add_measures(maps.AtlasMap(), areas, [Measure("v", "V")]).get_root().render()
    assert "innoscape.measures(map" not in page


def test_all_values_equal_give_one_class():
    found = payload(maps.add_measures(maps.AtlasMap(), squares(v=[2.0, 2.0]), [Measure("v", "V")]), "measures")
    assert found["measures"][0]["breaks"] == [2, 2]
    assert found["measures"][0]["c"] == [0, 0]


@pytest.mark.parametrize(
    ("measure", "error"),
    [
        (Measure("t", "T"), TableError),
        (Measure("t", "T", kind="groups", groups={"x": ("X", "#000000")}), OptionError),
        (Measure("v", "V", kind="odd"), OptionError),  # pyright: ignore[reportArgumentType]
        (Measure("missing", "M"), TableError),
    ],
)
def test_measures_that_cannot_be_drawn_are_refused(measure, error):
    with pytest.raises(error):
        maps.add_measures(maps.AtlasMap(), squares(v=[1.0, 2.0], t=["x", "y"]), [measure])


def test_an_area_that_the_ground_holds_is_not_written_twice():
    areas = squares(v=[1.0, 2.0])
    atlas = maps.add_boundaries(maps.AtlasMap(), areas.assign(name=areas["place"], kind="province"))
    shapes = payload(maps.add_measures(atlas, areas, [Measure("v", "V")]), "measures")["shapes"]
    assert [one["b"] for one in shapes] == [0, 1]
    assert not any("g" in one for one in shapes)


def test_what_is_equal_both_ways_is_one_flow_and_the_total_stays():
    rng = np.random.default_rng(3)
    ends = [(a, b) for a in range(5) for b in range(5) if a != b]
    rows = pd.DataFrame(ends, columns=["source", "target"]).assign(year=0, group=0)
    rows["value"] = rng.integers(1, 3, len(rows)).astype(float)
    once = once_where_mirrored(rows, directed=True)
    assert (once["value"] * (1 + once["both"])).sum() == rows["value"].sum()
    assert (once.loc[once["both"], "source"] < once.loc[once["both"], "target"]).all()
    back = rows.set_index(["source", "target"])["value"]
    assert all(back[b, a] == v for a, b, v in once.loc[once["both"], ["source", "target", "value"]].to_numpy())
    assert once_where_mirrored(rows, directed=False)["both"].sum() == 0


def test_an_unknown_meaning_of_size_is_refused():
    centers = gpd.GeoDataFrame({"place": ["a"], "tier": ["local"]}, geometry=[shapely.Point(110, 30)], crs=4326)
    with pytest.raises(OptionError, match="size_by"):
        maps.center_map(centers, size_by="weight")
