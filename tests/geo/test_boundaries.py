"""Boundaries of one contract, joined by any spelling, and land under every map."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from innoscape.data import GeometryError, InnoscapeWarning, OptionError, TableError
from innoscape.geo import AtlasMap, add_choropleth, boundaries, center_map, china_provinces, join_boundaries
from innoscape.geo import world_basemap as world
from innoscape.geo.space.basemaps import basemap
from innoscape.geo.space.country_outlines import country_outlines

CONTRACT = ["code", "name", "name_en", "name_zh", "kind", "geometry"]
COARSE = 0.05
OUTSIDE = ("台湾省", "香港特别行政区", "澳门特别行政区")


@pytest.fixture(scope="module")
def provinces():
    return boundaries("province", tolerance=COARSE)


@pytest.mark.parametrize(
    ("level", "n", "code", "name"),
    [
        ("province", 34, "420000", "湖北省"),
        ("prefecture", 375, "420100", "武汉市"),
        ("county", 2891, "110105", "朝阳区"),
        ("country", 238, "DE", "Germany"),
    ],
)
def test_every_level_follows_the_contract(level, n, code, name):
    areas = boundaries(level, tolerance=COARSE)
    assert list(areas) == CONTRACT
    assert areas.crs.to_epsg() == 4326
    assert len(areas) == areas["code"].nunique() == n
    assert areas.set_index("code").loc[code, "name"] == name
    assert areas.geometry.is_valid.all()


def test_units_are_chosen_by_container_and_by_code():
    hubei = boundaries("prefecture", within="Hubei", tolerance=COARSE)
    assert len(hubei) == 17
    assert hubei["code"].str.startswith("42").all()
    assert len(boundaries("county", within=["武汉", "420200"], tolerance=COARSE)) == 13 + 6
    assert boundaries("prefecture", codes=[420100.0], tolerance=COARSE)["name"].tolist() == ["武汉市"]
    with pytest.raises(OptionError, match="999999"):
        boundaries("prefecture", codes=["999999"], tolerance=COARSE)
    with pytest.raises(OptionError, match="within"):
        boundaries("country", within="湖北")


@pytest.mark.parametrize("spelling", ["name_zh", "name_en", "name", "code", "number", "two digits"])
def test_the_31_provinces_of_a_yearbook_find_their_areas(provinces, spelling):
    rows = pd.DataFrame(provinces.drop(columns="geometry"))[~provinces["name"].isin(OUTSIDE)]
    rows = rows.assign(number=rows["code"].astype(float), **{"two digits": rows["code"].str[:2]})
    table = pd.DataFrame({"place": rows[spelling], "share": range(31)}).sample(frac=1, random_state=1)
    joined = join_boundaries(provinces, table)
    assert joined.attrs == {"joined": 31, "areas_left": list(OUTSIDE), "rows_left": [], "ambiguous": []}
    assert joined.loc[rows.index, "share"].tolist() == list(range(31))
    assert "湖北省" in add_choropleth(AtlasMap(), joined, "share").get_root().render()


def test_prefectures_are_joined_by_name_and_by_code_and_ambiguous_ones_are_listed():
    areas = boundaries("prefecture", tolerance=COARSE)
    names = {"name_zh": 0, "name": 0, "code": 0, "name_en": 10}
    for column, ambiguous in names.items():
        table = pd.DataFrame({"place": areas[column].dropna().drop_duplicates(), "value": 1.0})
        if ambiguous:
            with pytest.warns(InnoscapeWarning, match="5 rows"):
                joined = join_boundaries(areas, table)
            assert joined.attrs["ambiguous"] == ["Yichun", "Suzhou", "Taizhou", "Fuzhou", "Yulin"]
        else:
            joined = join_boundaries(areas, table)
            assert joined.attrs["joined"] == len(table) == 375
        assert int(joined["value"].isna().sum()) == ambiguous + (3 if ambiguous else 0)


def test_rows_without_an_area_and_areas_with_two_rows_are_told(provinces):
    with pytest.warns(InnoscapeWarning, match="Atlantis, 510107"):
        joined = join_boundaries(provinces, pd.DataFrame({"place": ["Atlantis", "510107", "四川"], "value": [1, 2, 3]}))
    assert joined.attrs["rows_left"] == ["Atlantis", "510107"]
    with pytest.raises(TableError, match=r"北京[\s\S]*Beijing"):
        join_boundaries(provinces, pd.DataFrame({"place": ["北京", "Beijing"], "value": [1, 2]}))
    with pytest.raises(OptionError, match="by"):
        join_boundaries(provinces, pd.DataFrame({"place": ["Atlantis"], "value": [1]}))


def test_a_table_without_the_column_of_places_is_told_how_to_name_it():
    areas = gpd.GeoDataFrame({"name": ["北京市"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    with pytest.raises(TableError, match=r'column place, got province, value; name the column of places with by="…"'):
        join_boundaries(areas, pd.DataFrame({"province": ["北京"], "value": [1.0]}))


def test_countries_are_joined_by_any_of_their_names():
    areas = boundaries("country")
    joined = join_boundaries(areas, pd.DataFrame({"place": ["UK", "DEU", "中国", "Czech Republic"], "value": range(4)}))
    assert joined.dropna(subset=["value"])["code"].tolist() == ["CN", "CZ", "DE", "GB"]


def test_the_value_of_a_city_is_not_that_of_its_country():
    table = pd.DataFrame({"place": ["France", "Paris", "US-CA"], "v": [1.0, 2.0, 3.0]})
    with pytest.warns(InnoscapeWarning, match="Paris"):
        joined = join_boundaries(boundaries("country", tolerance=0.1), table)
    assert joined.set_index("code")["v"].dropna().to_dict() == {"FR": 1.0}
    assert joined.attrs["rows_left"] == ["Paris", "US-CA"]


def test_a_country_drawn_as_part_of_another_is_told_with_its_whole():
    countries = boundaries("country", tolerance=0.1)
    assert countries.attrs["holds"]["SD"] == ["SS"]
    table = pd.DataFrame({"place": ["South Sudan", "科索沃", "Chad"], "value": [1.0, 2.0, 3.0]})
    with pytest.warns(InnoscapeWarning) as told:
        joined = join_boundaries(countries, table)
    said = [str(one.message) for one in told]
    assert [one.split(":")[0] for one in said[1:]] == [
        "South Sudan is drawn as part of Sudan",
        "科索沃 is drawn as part of Serbia",
    ]
    assert joined.set_index("code")["value"].dropna().to_dict() == {"TD": 3.0}


def test_a_file_of_areas_is_read_by_its_usual_columns_or_by_those_named(tmp_path):
    regions = gpd.GeoDataFrame(
        {"NUTS_ID": ["DE21", "DE30"], "NUTS_NAME": ["Oberbayern", "Berlin"], "own": ["a", "b"]},
        geometry=[shapely.box(11, 47, 13, 49), shapely.box(13, 52, 14, 53)],
        crs=4326,
    )
    regions.to_crs(3035).to_file(tmp_path / "nuts.gpkg")
    areas = boundaries(tmp_path / "nuts.gpkg")
    assert list(areas) == CONTRACT
    assert areas[["code", "name"]].to_numpy().tolist() == [["DE21", "Oberbayern"], ["DE30", "Berlin"]]
    assert areas.total_bounds == pytest.approx([11, 47, 14, 53], abs=0.1)
    assert boundaries(tmp_path / "nuts.gpkg", columns={"code": "own"})["code"].tolist() == ["a", "b"]
    with pytest.raises(OptionError, match="NUTS_ID, NUTS_NAME, own"):
        boundaries(tmp_path / "nuts.gpkg", columns={"code": "elsewhere"})
    (tmp_path / "broken.gpkg").write_bytes(b"no database")
    with pytest.raises(GeometryError, match=r"broken\.gpkg"):
        boundaries(tmp_path / "broken.gpkg")


def test_all_polygons_have_a_country_and_china_its_own_outline():
    outlines = country_outlines(COARSE)
    assert (outlines.attrs["polygons"], outlines.attrs["named"]) == (249, 249)
    shapes = outlines.set_index("code").geometry
    own = china_provinces(tolerance=COARSE).geometry.union_all()
    assert shapely.area(shapely.symmetric_difference(shapes["CN"], own)) < 1e-9
    others = shapes.drop("CN").to_numpy()
    assert shapely.area(shapely.intersection(others, own)).sum() < 1e-9
    assert not {"TW", "HK", "MO"} & {*shapes.index}
    capitals = {"JP": (139.7, 35.7), "IN": (77.2, 28.6), "BT": (89.64, 27.47), "PS": (34.45, 31.5), "KZ": (76.9, 43.2)}
    for code, at in capitals.items():
        assert shapes[code].covers(shapely.Point(at)), code


@pytest.mark.parametrize(
    ("points", "drawn"),
    [
        ([(2.35, 48.86), (13.4, 52.52)], "Germany"),
        ([(-71.1, 42.4), (-122.3, 47.6)], "United States"),
        ([(36.8, -1.3)], "Kenya"),
        ([(174.8, -36.8), (151.2, -33.9)], "New Zealand"),
    ],
)
def test_land_lies_under_centers_anywhere(points, drawn):
    at = gpd.points_from_xy(*zip(*points, strict=True))
    centers = gpd.GeoDataFrame({"place": [f"p{i}" for i in range(len(at))], "tier": "national"}, geometry=at, crs=4326)
    known = basemap("auto", [centers])
    ground = known.ground
    assert not known.china
    assert known.source is not None
    assert known.approval is None
    assert shapely.covered_by(centers.geometry.to_numpy(), ground.geometry.union_all()).all()
    assert drawn in set(ground["name_en"])
    assert drawn in center_map(centers, boundaries="auto").get_root().render()


def test_the_ground_follows_most_of_the_centers():
    def kinds(*points):
        at = gpd.points_from_xy(*zip(*points, strict=True))
        return {*basemap("auto", [gpd.GeoDataFrame(geometry=at, crs=4326)], tolerance=COARSE).ground["kind"]}

    beijing, macao, paris = (116.4, 39.9), (113.55, 22.2), (2.35, 48.86)
    assert kinds(beijing, macao, paris) == {"land", "province", "line"}
    assert kinds(beijing, paris) == {"country", "line"}
    china = gpd.GeoDataFrame(geometry=gpd.points_from_xy([116.4], [39.9]), crs=4326)
    assert {*basemap("china-prefectures", [china], tolerance=COARSE).ground["kind"]} == {
        "land", "province", "prefecture", "line"
    }  # fmt: skip
    assert basemap("none", [china]).ground is None


def test_the_dashed_line_stands_on_maps_of_the_world_and_of_its_neighbors():
    assert "line" in set(world(tolerance=0.1)["kind"])
    assert "line" in set(world((95, -10, 125, 20), tolerance=0.1)["kind"])
    assert "line" not in set(world((-10, 36, 25, 60), tolerance=0.1)["kind"])
    with pytest.raises(OptionError, match="extent"):
        world((30, 0, 10, 20))
