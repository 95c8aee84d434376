"""Center, ellipse and density of a study: of what adds up alone, up to and around a pole, or left out."""

import numpy as np
import pytest
import shapely

from innoscape.study import check, run

from ..space_samples import PLACES, places, write_grid
from .test_patterns import RD, refusal


@pytest.fixture
def study(tmp_path):
    return lambda sections, **tables: write_grid(tmp_path / "grid", sections, **tables)


def test_an_ellipse_can_be_left_out(study):
    found = run(study(RD + "ellipse = false\n"), until="centrality")
    assert "ellipses" not in found.tables or found.tables["ellipses"].empty
    assert "ellipses" not in found.layers
    with_one = run(study(RD), until="centrality")
    assert len(with_one.tables["ellipses"]) == 3
    assert "needed" in refusal(study(RD + "ellipse = true\n"))


def test_center_and_density_of_what_does_not_add_up_are_refused_if_asked_for(study):
    quotient = RD.replace('["rd"]', '[{value = "rd", per = "people"}, "deals.betweenness"]')
    told = refusal(study(quotient + 'ellipse = "arcgis"\ndensity = "scott"\n'))
    assert "key pattern.ellipse" in told
    assert "key pattern.density" in told
    assert "got rd/people, deals.betweenness" in told
    folder = study(quotient)
    page = run(folder, folder / "out") and (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "do not add up over places" in page


@pytest.mark.parametrize("lat", [89.5, -89.5])
def test_places_around_a_pole_have_ellipses_and_density_up_to_it(study, lat):
    polar = places().assign(lon=np.linspace(-170, 170, len(PLACES)), lat=lat)
    sections = '[[weights]]\nname = "near"\nmethod = "nearest"\n[pattern]\nvariables = ["rd"]\n'
    folder = study(sections + "density = 500.0\n", places=polar)
    check(folder)
    layers = run(folder, folder / "out").layers
    for name in ("ellipses", "density"):
        shapes = layers[name].geometry
        assert shapes.is_valid.all()
        assert shapely.contains_xy(shapes.union_all(), [-120.0, 10.0, 140.0], np.sign(lat) * 89.99).all()
