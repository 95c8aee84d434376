"""Layers of centers, scopes, corridors and landmarks."""

import math
import warnings

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS

from innoscape.data import GeometryError, InnoscapeWarning, OptionError, TableError, UnknownPlaceError, load
from innoscape.geo import TIERS, centers_layer, corridors_layer, landmarks_layer, scopes_layer
from innoscape.geo.coordinates import require_metric

CITIES = ("city", "municipality", "special administrative region")
SCOPES = ("京津冀", "长三角", "粤港澳", "武汉都市圈", "成渝", "东北", "西安都市圈", "山东半岛")


def assumed():
    cities = load("hierarchy_cities").drop(columns="tier").rename(columns={"suggested_tier": "tier"})
    return cities.loc[cities["tier"].notna(), ["place", "tier"]].assign(tier_status="assumed")


@pytest.fixture(scope="module")
def centers():
    return centers_layer(load("places"), tiers=assumed(), kinds=CITIES, corridors=load("corridors"), scopes=SCOPES)


def test_the_published_cities_stand_on_their_tiers_and_assumptions_are_marked(centers):
    # Zhang (2022), Table 2
    published = centers[centers["tier_status"] == "given"].groupby("tier", observed=True)["place"].agg(set)
    assert published["international"] == {"北京", "上海", "广州", "深圳", "香港", "澳门"}
    assert published["national"] == {"武汉", "成都", "重庆", "沈阳", "大连", "西安", "济南", "青岛"}
    assert published["regional"] >= {"郑州", "长沙", "福州", "厦门", "兰州"}
    assert set(centers.loc[centers["tier_status"] == "assumed", "place"]) == set(assumed()["place"])


def test_a_center_climbs_to_its_scope_and_lists_its_corridors(centers):
    rows = centers.set_index("place")
    assert rows.loc["石家庄", "scope"] == "京津冀"
    assert rows.loc["沈阳", "scope"] == "东北"
    assert pd.isna(rows.loc["郑州", "scope"])
    assert len(rows.loc["上海", "corridors"].split("; ")) == 3
    assert rows.loc["郑州", "corridors"] == ""


def test_centers_are_sorted_points_in_degrees(centers):
    assert centers.crs == CRS("EPSG:4326")
    assert list(centers["tier"].cat.categories) == list(TIERS)
    assert centers.sort_values(["tier", "place"]).index.tolist() == list(range(len(centers)))
    assert (centers.geometry.x == centers["lon"]).all()


def test_row_order_changes_no_layer(centers):
    places = load("places").iloc[::-1]
    corridors = load("corridors").iloc[::-1]
    again = centers_layer(places, tiers=assumed()[::-1], kinds=CITIES, corridors=corridors, scopes=SCOPES[::-1])
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(centers))
    one, two = scopes_layer(load("places"), centers), scopes_layer(places, again.iloc[::-1])
    pd.testing.assert_frame_equal(pd.DataFrame(one.to_wkb()), pd.DataFrame(two.to_wkb()))
    lines = [corridors_layer(table, places, undrawable="leave_out").to_wkb() for table in (corridors, corridors[::-1])]
    pd.testing.assert_frame_equal(pd.DataFrame(lines[0]), pd.DataFrame(lines[1]))


def test_a_tier_that_is_handed_over_counts_before_that_of_the_places_and_keeps_its_status():
    places = pd.DataFrame({"place": ["甲", "乙", "丙"], "lon": [1, 2, 3], "lat": 1, "tier": ["local", "local", None]})
    tiers = pd.DataFrame({"place": ["甲", "丙"], "tier": ["national", "regional"], "tier_status": [None, "computed"]})
    layer = centers_layer(places.assign(tier_status="published"), tiers=tiers)
    assert dict(zip(layer["place"], zip(layer["tier"], layer["tier_status"], strict=True), strict=True)) == {
        "甲": ("national", "given"),
        "丙": ("regional", "computed"),
        "乙": ("local", "published"),
    }


@pytest.mark.parametrize("blank", [None, math.nan, pd.NA, ""])
def test_a_blank_tier_is_no_tier_and_such_places_are_kept_only_when_asked_for(blank):
    places = pd.DataFrame({"place": ["甲", "乙"], "lon": [1, 2], "lat": 1, "tier": ["local", blank]})
    assert centers_layer(places)["place"].tolist() == ["甲"]
    layer = centers_layer(places, untiered=["乙"])
    assert layer["place"].tolist() == ["甲", "乙"]
    assert layer["tier"].isna().tolist() == [False, True]
    assert layer["tier_status"].tolist() == ["given", ""]
    scopes = scopes_layer(places, centers_layer(places), scopes=["乙"])
    assert scopes["tier"].isna().all()


def test_a_center_without_a_name_of_its_own_is_named_by_its_key():
    layer = centers_layer(pd.DataFrame({"place": ["甲"], "lon": [1], "lat": [1], "name_en": [None], "tier": ["local"]}))
    assert layer.loc[0, ["name_en", "name_zh", "role"]].tolist() == ["甲", "甲", ""]


def test_wrong_tiers_unknown_places_and_missing_points_are_refused():
    places = pd.DataFrame({"place": ["甲", "乙"], "lon": [1, math.nan], "lat": [1, 2], "tier": ["local", "regional"]})
    with pytest.raises(GeometryError, match="乙"):
        centers_layer(places)
    with pytest.raises(OptionError, match="did you mean 'national'"):
        centers_layer(places, tiers={"甲": "nationl"})
    for option in ({"tiers": {"丁": "local"}}, {"untiered": ["丁"]}, {"scopes": ["丁"]}):
        with pytest.raises(UnknownPlaceError, match="丁"):
            centers_layer(places.head(1), **option)
    with pytest.raises(UnknownPlaceError, match="丁"):
        centers_layer(places.head(1), corridors=pd.DataFrame({"corridor": ["带"], "members": ["甲; 丁"]}))
    with pytest.raises(TableError, match="lat"):
        centers_layer(places.drop(columns="lat"))


def test_scopes_hold_their_members_with_the_margin_asked_for(centers):
    scopes = scopes_layer(load("places"), centers, scores={"京津冀": 0.65})
    assert scopes["place"].tolist() == sorted(
        scopes["place"], key=lambda p: (scopes.set_index("place")["tier"].cat.codes[p], p)
    )
    assert scopes.geometry.is_valid.all()
    for scope in scopes.itertuples():
        members = centers[centers["place"].isin(scope.members.split("; "))]
        assert len(members) == len(scope.members.split("; "))
        flat = f"+proj=aeqd +lon_0={members['lon'].mean()} +lat_0={members['lat'].mean()}"
        outline = gpd.GeoSeries([scope.geometry], crs="EPSG:4326").to_crs(flat).boundary.iloc[0]
        margins = members.to_crs(flat).distance(outline) / 1000
        assert margins.min() == pytest.approx(60, rel=0.01)
    assert scopes.set_index("place")["score"].dropna().to_dict() == {"京津冀": 0.65}


def test_a_single_member_gives_a_disk_of_the_right_area(centers):
    scopes = scopes_layer(load("places"), centers, scopes=["武汉都市圈"], buffer_km=100)
    area = scopes.to_crs("+proj=laea +lon_0=114.3 +lat_0=30.6").area.iloc[0] / 1e6
    assert area == pytest.approx(math.pi * 100**2, rel=0.005)


def test_a_scope_takes_its_own_tier_then_that_of_its_members(centers):
    places = load("places")
    blank = places.assign(tier=places["tier"].where(places["place"] != "东北"))
    tiers = scopes_layer(blank, centers, scopes=["东北", "成渝"], tiers={"成渝": "local"}).set_index("place")["tier"]
    assert tiers.to_dict() == {"东北": "national", "成渝": "local"}


def test_a_scope_without_centers_stands_at_its_own_point(centers):
    lone = scopes_layer(load("places"), centers, scopes=["黄河流域"])
    assert lone.loc[0, "members"] == ""
    assert lone.geometry[0].centroid.distance(gpd.points_from_xy([108.0], [36.5])[0]) < 0.05


def test_scopes_refuse_widths_of_nothing_and_unknown_keys(centers):
    for width in (0, -1, math.nan, "60"):
        with pytest.raises(OptionError, match="buffer_km"):
            scopes_layer(load("places"), centers, buffer_km=width)
    with pytest.raises(UnknownPlaceError, match="亚特兰蒂斯"):
        scopes_layer(load("places"), centers, scopes=["亚特兰蒂斯"])


@pytest.mark.parametrize("crs", [None, CRS("EPSG:4326"), CRS("EPSG:2263")])
def test_lengths_are_refused_in_anything_but_meters(crs):
    # EPSG:2263 counts in feet
    with pytest.raises(GeometryError, match="meters"):
        require_metric(crs)
    require_metric(CRS("EPSG:32650"))


def test_corridors_run_through_their_members_in_the_order_given():
    lines = corridors_layer(load("corridors"), load("places"), undrawable="leave_out").set_index("corridor")
    coast = lines.loc["沿海科技创新发展带"]
    assert coast["kind"] == "belt"
    assert coast["status"] == "named"
    points = load("places").set_index("place").loc[coast["members"].split("; "), ["lon", "lat"]]
    assert [list(corner) for corner in coast["geometry"].coords] == points.to_numpy().tolist()


def test_a_corridor_of_one_point_is_left_out_and_said():
    places = pd.DataFrame({"place": ["甲", "乙"], "lon": [1, 2], "lat": [1, 2]})
    table = pd.DataFrame({"corridor": ["甲带", "甲乙带"], "members": ["甲; 甲", "甲; 乙"]})
    with pytest.warns(InnoscapeWarning, match="甲带"):
        assert corridors_layer(table, places)["corridor"].tolist() == ["甲乙带"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(corridors_layer(table.head(1), places, undrawable="leave_out")) == 0


def test_corridors_refuse_members_that_are_not_places_or_have_no_point():
    places = pd.DataFrame({"place": ["甲", "乙"], "lon": [1, None], "lat": [1, 2]})
    with pytest.raises(UnknownPlaceError, match=r"丁.*丙"):
        corridors_layer(pd.DataFrame({"corridor": ["带"], "members": ["甲; 丙; 丁"]}), places)
    with pytest.raises(GeometryError, match="乙"):
        corridors_layer(pd.DataFrame({"corridor": ["带"], "members": ["甲; 乙"]}), places)


def test_landmarks_show_one_core_three_nuclei_three_belts_and_the_parks():
    # Li Guoping: one core, three nuclei, three belts, many parks
    layer = landmarks_layer(load("jingjinji_structure"), load("places"))
    counts = layer["role"].value_counts().to_dict()
    assert (counts["core"], counts["nucleus"], counts["belt"]) == (1, 3, 3)
    assert layer["role"].drop_duplicates().tolist() == ["core", "nucleus", "belt", "park", "platform"]
    assert layer.set_index("place").loc["雄安新区", "name_zh"] == "河北雄安新区"


def test_landmarks_refuse_unknown_places_and_roles():
    places = pd.DataFrame({"place": ["甲"], "lon": [1], "lat": [1]})
    with pytest.raises(UnknownPlaceError, match="乙"):
        landmarks_layer(pd.DataFrame({"place": ["乙"], "role": ["core"]}), places)
    with pytest.raises(OptionError, match="did you mean 'nucleus'"):
        landmarks_layer(pd.DataFrame({"place": ["甲"], "role": ["nucleous"]}), places)
