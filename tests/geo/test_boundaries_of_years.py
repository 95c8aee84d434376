"""Boundaries are those of a year, and NUTS regions those of a level, where they can be put together."""

import warnings

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.geo import boundaries, join_boundaries

COARSE = 0.05


def prefectures(year=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return boundaries("prefecture", year=year, **{"tolerance": COARSE, **options})


@pytest.fixture(scope="module")
def counties():
    return boundaries("county", tolerance=0).set_index("code").geometry


def area(frame, code):
    return frame.set_index("code").geometry[code]


def size(frame):
    return shapely.area(frame.geometry.to_numpy()).sum()


@pytest.mark.parametrize(
    ("year", "province", "code", "name", "parts"),
    [
        (2010, "安徽", "341400", "巢湖市", ["340181", "340124", "340281", "340522", "340523"]),
        (2018, "山东", "371200", "莱芜市", ["370116", "370117"]),
        (2014, "海南", "469003", "儋州市", ["460400"]),
        (2011, "海南", "469031", "西沙群岛、南沙群岛、中沙群岛办事处", ["460321", "460322"]),
    ],
)
def test_a_unit_that_is_no_more_consists_of_counties_of_today(counties, year, province, code, name, parts):
    then = prefectures(year, within=province, tolerance=0)
    assert then.set_index("code")["name"][code] == name
    assert area(then, code).equals(shapely.union_all(counties[parts].to_numpy()))
    # nothing of the province is lost or counted twice
    today = prefectures(within=province, tolerance=0)
    assert size(then) == pytest.approx(size(today), rel=1e-9)
    assert code not in set(prefectures(year + 1, within=province)["code"])


def test_what_became_of_it_was_smaller_before(counties):
    then, today = prefectures(2010, within="安徽", tolerance=0), prefectures(within="安徽", tolerance=0)
    lost = area(today, "340100").difference(area(then, "340100"))
    gone = shapely.union_all(counties[["340181", "340124"]].to_numpy())
    assert lost.symmetric_difference(gone).area < 1e-9
    # 寿县 lay in 六安 until 2014
    assert area(then, "341500").contains(counties["340422"].representative_point())
    assert area(prefectures(2015, within="安徽", tolerance=0), "340400").contains(
        counties["340422"].representative_point()
    )


@pytest.mark.parametrize(
    ("year", "code", "name"),
    [
        (2009, "420600", "襄樊市"), (2010, "420600", "襄阳市"), (2002, "532700", "思茅地区"),
        (2006, "530800", "思茅市"), (2007, "530800", "普洱市"), (2000, "452100", "南宁地区"),
        (2016, "542400", "那曲地区"),
    ],
)  # fmt: skip
def test_units_bear_the_name_of_the_year(year, code, name):
    assert prefectures(year).set_index("code")["name"][code] == name


def test_neighbors_of_a_year_share_their_edges():
    then = prefectures(2010)
    # the source has overlaps of its own, the longest of them 4 km
    assert shapely.length(shapely.coverage_invalid_edges(then.geometry.to_numpy())).max() < 0.05
    assert then["code"].is_unique
    assert then["name_zh"].notna().all()
    names = [frame.drop(columns="geometry") for frame in (prefectures(2024), prefectures())]
    pd.testing.assert_frame_equal(*names, check_dtype=False)


def test_units_that_cannot_be_put_together_are_refused_by_name():
    with pytest.warns(InnoscapeWarning, match="4 prefectures of 2005 .* 乌鲁木齐市, 克拉玛依市") as told:
        then = boundaries("prefecture", year=2005, within="新疆", tolerance=COARSE)
    assert len(told) == 1
    assert then.attrs == {"year": 2005, "left_out": ["乌鲁木齐市", "克拉玛依市", "昌吉回族自治州", "塔城地区"]}
    assert not {"650100", "652300"} & set(then["code"])
    with pytest.raises(OptionError, match=r"乌鲁木齐市 \(650100\) in 2005"):
        boundaries("prefecture", year=2005, codes=["650100"], tolerance=COARSE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert boundaries("prefecture", year=2005, within="湖北", tolerance=COARSE).attrs["left_out"] == []


def test_years_that_are_not_known_are_refused():
    for level in ("county", "country"):
        with pytest.raises(OptionError, match="year: needed the level province or prefecture"):
            boundaries(level, year=2010)
    with pytest.raises(OptionError, match="year"):
        boundaries("prefecture", year=1999)
    assert len(boundaries("province", year=2010, tolerance=COARSE)) == 34


def test_tables_of_a_year_find_the_areas_of_the_year():
    table = pd.DataFrame({"place": ["巢湖", "合肥市", "341500", "Ma'anshan"], "value": [1.0, 2.0, 3.0, 4.0]})
    joined = join_boundaries(prefectures(2010, within="安徽"), table).set_index("code")["value"].dropna()
    assert joined.to_dict() == {"341400": 1.0, "340100": 2.0, "341500": 3.0, "340500": 4.0}
    with pytest.warns(InnoscapeWarning, match="1 row means no area: 巢湖"):
        now = join_boundaries(prefectures(within="安徽"), table)
    assert now.attrs["joined"] == 3


@pytest.mark.parametrize(
    ("year", "written"), [(None, "襄樊"), (None, "襄樊市"), (2005, "襄阳"), (2005, "Xiangyang"), (2005, "Xiangfan")]
)
def test_an_area_is_known_by_its_names_of_other_years(year, written):
    joined = join_boundaries(prefectures(year, within="湖北"), pd.DataFrame({"place": [written], "value": [1.0]}))
    assert joined.set_index("code")["value"].dropna().to_dict() == {"420600": 1.0}


def test_a_part_of_another_unit_is_not_taken_for_it():
    shandong = prefectures(within="山东")
    with pytest.warns(InnoscapeWarning, match="莱芜"):
        joined = join_boundaries(shandong, pd.DataFrame({"place": ["莱芜", "青岛"], "value": [1.0, 2.0]}))
    assert joined.set_index("name_zh")["value"].dropna().to_dict() == {"青岛": 2.0}


def regions(**codes):
    """Give one unit square a code, from west to east, as a file of regions does."""
    squares = [shapely.box(at, 45, at + 1, 46) for at in range(len(codes))]
    table = {"NUTS_ID": list(codes), "NAME_LATN": list(codes.values())}
    return gpd.GeoDataFrame(table, geometry=squares, crs=4326)


def test_finer_regions_are_united_by_the_first_letters_of_their_codes(tmp_path):
    file = tmp_path / "nuts.gpkg"
    regions(AA111="a", AA112="b", AA121="c", AB111="d").to_file(file)
    two = boundaries(file, nuts_level=2)
    assert two["code"].tolist() == two["name"].tolist() == ["AA11", "AA12", "AB11"]
    assert area(two, "AA11").equals(shapely.box(0, 45, 2, 46))
    assert boundaries(file, nuts_level=0)["code"].tolist() == ["AA", "AB"]
    assert shapely.area(boundaries(file, nuts_level=0).geometry.to_numpy()).tolist() == [3.0, 1.0]
    assert boundaries(file, nuts_level=3)["name"].tolist() == ["a", "b", "c", "d"]
    joined = join_boundaries(two, pd.DataFrame({"region": ["AA12", "AB11"], "value": [1.0, 2.0]}), by="region")
    assert joined["value"].tolist()[1:] == [1.0, 2.0]


def test_a_file_of_all_levels_gives_the_regions_of_one(tmp_path):
    file = tmp_path / "nuts.gpkg"
    both = regions(AA11="Region", AA111="a", AB111="b", AC="Country")
    both.to_file(file)
    with pytest.warns(InnoscapeWarning, match="1 area has no part at NUTS level 2 and is left out: AC"):
        two = boundaries(file, nuts_level=2)
    assert two[["code", "name"]].to_numpy().tolist() == [["AA11", "Region"], ["AB11", "AB11"]]
    assert area(two, "AA11").equals(shapely.box(0, 45, 1, 46))
    both[3:].to_file(tmp_path / "one.gpkg")
    with pytest.raises(OptionError, match="codes of 5 letters or more"):
        boundaries(tmp_path / "one.gpkg", nuts_level=3)
    with pytest.raises(OptionError, match="needed a file of NUTS regions"):
        boundaries("prefecture", nuts_level=2)
