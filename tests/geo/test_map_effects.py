"""Effects of scenarios prepared for the map: borders of classes, ranked rows, colors for every eye."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.data import TableError
from innoscape.data.styles import EARLIER, LATER, UNCHANGED
from innoscape.geo.maps.effects import effect_borders, effect_rows
from innoscape.geo.space.basemaps import holds_china, standing

# red-green blindness at full severity, of linear light (Machado, Oliveira, Fernandes 2009)
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def table(**columns):
    given = {"scenario": "more", "place": ["a", "b", "c"], "baseline": [4.0, 2.0, 5.0], "value": [3.0, 2.5, np.nan]}
    given |= {"difference": [-1.0, 0.5, np.nan], "low": [-1.2, 0.3, np.nan], "high": [-0.8, 0.7, np.nan]}
    return pd.DataFrame(given | columns)


def test_rows_are_ranked_by_size_whatever_their_sign_and_missing_ones_come_last():
    rows = effect_rows(table(place=["a", "b", "c"], difference=[-0.2, 0.5, np.nan]))["more"]
    assert [row["p"] for row in rows] == ["b", "a", "c"]
    assert rows[0] == {"p": "b", "d": 0.5, "m": 0.2, "s": 0.25, "n": 0}
    assert rows[2]["d"] is None


def test_what_chance_may_make_is_negligible_and_what_the_table_calls_so():
    by_chance = effect_rows(table(low=[-1.2, -0.1, np.nan]))["more"]
    assert {row["p"]: row["n"] for row in by_chance} == {"a": 0, "b": 1, "c": 0}
    said = effect_rows(table(negligible=[True, False, False]))["more"]
    assert {row["p"]: row["n"] for row in said} == {"a": 1, "b": 0, "c": 0}


def test_only_times_of_arrival_count():
    both = pd.concat([table(measure="arrival_time"), table(measure="strength", scenario="other")])
    assert [*effect_rows(both)] == ["more"]


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="difference"):
        effect_rows(table().drop(columns="difference"))


@pytest.mark.parametrize("factor", [1e-6, 1.0, 365.25, 1e7])
def test_borders_are_round_and_leave_no_class_empty_for_spread_differences(factor):
    sizes = factor * np.linspace(0.01, 1, 200)
    lower, upper = effect_borders(sizes)
    assert 0 < lower < upper < sizes.max()
    assert all(str(f"{value:e}")[0] in "125" for value in (lower, upper))
    counts = np.histogram(sizes, [0, lower, upper, np.inf])[0]
    assert counts.min() > 0


def test_no_differences_still_have_borders():
    assert effect_borders([]) == effect_borders([np.nan, 0.0]) == (0.1, 0.5)


def seen(color, kind):
    """Return Oklab of a color as an eye of some kind sees it."""
    encoded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    light = np.clip(np.array(BLINDNESS[kind]) @ light, 0, 1)
    to_cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
    to_cones.append([0.0883024619, 0.2817188376, 0.6299787005])
    to_lab = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099]]
    to_lab.append([0.0259040371, 0.7827717662, -0.808675766])
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ light)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_every_two_classes_are_told_apart_by_every_eye(kind):
    colors = [*EARLIER, UNCHANGED, *LATER]
    apart = {(a, b): np.linalg.norm(seen(a, kind) - seen(b, kind)) for a, b in combinations(colors, 2)}
    assert min(apart.values()) > 0.06, min(apart, key=apart.get)
    for ramp in (EARLIER, LATER):
        lightness = [seen(color, kind)[0] for color in ramp]
        assert lightness == sorted(lightness, reverse=True)


def test_a_number_of_approval_is_printed_once_however_it_is_given():
    ground = gpd.GeoDataFrame({"kind": ["country"]}, geometry=[shapely.box(0, 40, 20, 60)], crs=4326)
    assert standing(ground, None) is None
    assert "for orientation" in str(standing(ground.assign(code="CN"), None))
    for given in ("GS(2024)0650", "审图号：GS(2024)0650", " 审图号: GS(2024)0650"):
        assert standing(ground, given).in_("zh") == "审图号：GS(2024)0650"
        assert standing(ground, given).in_("en") == "Map approval number: GS(2024)0650"


def test_china_is_whole_with_its_provinces_and_its_line_in_the_sea():
    land, sea = shapely.box(73.5, 18, 135.1, 53.6), shapely.LineString([(108, 3.4), (120, 20)])
    ground = gpd.GeoDataFrame({"kind": ["province", "line"]}, geometry=[land, sea], crs=4326)
    assert holds_china(ground)
    assert not holds_china(ground.iloc[:1])
    assert not holds_china(ground.assign(geometry=[shapely.box(110, 20, 120, 30), sea]))
