"""A study seeks patterns in space as its file asks, or refuses by name."""

import html
import re
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from innoscape.data import InnoscapeError, InnoscapeWarning
from innoscape.geo import SpatialWeights, autocorrelation, deviational_ellipse, local_autocorrelation, spatial_weights
from innoscape.study import check, run
from innoscape.study.plan.variables import Variable
from innoscape.study.plan.weights_plan import WeightsPlan
from innoscape.study.report.analysis_views import variable_name
from innoscape.study.report.compose_methods import describe
from innoscape.study.report.describe_pattern import described_weights

from ..space_samples import PLACES, YEARS, areas, cells, flows, grid, places, write_grid

BORDER = '[[weights]]\nname = "border"\nmethod = "queen"\n'
RD = BORDER + '[pattern]\nvariables = ["rd"]\npermutations = 99\n'


@pytest.fixture
def study(tmp_path):
    return lambda sections, **tables: write_grid(tmp_path / "grid", sections, **tables)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = write_grid(
        tmp_path_factory.mktemp("grid") / "grid",
        BORDER
        + '[[weights]]\nname = "near"\nmethod = "nearest"\nneighbors = 3\n'
        + '[pattern]\nvariables = ["rd", {value = "noise", per = "people"}, "deals.strength"]\n'
        + 'weights = ["border", "near"]\nstatistics = ["moran", "geary"]\npermutations = 99\ndensity = "scott"\n',
    )
    return run(folder, folder / "out")


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    return str(caught.value)


def page_of(results):
    return html.unescape((results.folder / "report.html").read_text(encoding="utf-8"))


def of_year(name, year):
    table = cells().query("indicator == @name and year == @year")
    return table.set_index("place")["value"]


def queen():
    return spatial_weights(areas().rename(columns={"name": "place"}), method="queen")


def test_the_tables_are_those_of_the_library(found):
    table = found.tables["autocorrelation"]
    own = table.query("variable == 'rd' and weights == 'border' and year == 2021").set_index("statistic")
    for statistic in ("moran", "geary"):
        expected = autocorrelation(of_year("rd", 2021), queen(), statistic=statistic, permutations=99).loc[0]
        assert own.loc[statistic, "value"] == pytest.approx(expected["value"])
        assert own.loc[statistic, "p_permutation"] == expected["p_permutation"]
    clusters = found.tables["clusters"].query("variable == 'rd' and year == 2022").set_index("place")
    local = local_autocorrelation(of_year("rd", 2022), queen(), permutations=99, correction="fdr").set_index("place")
    np.testing.assert_allclose(clusters["value"], local.loc[clusters.index, "value"])
    assert (clusters["cluster"].astype(str) == local.loc[clusters.index, "cluster"].astype(str)).all()
    assert clusters["own"].equals(of_year("rd", 2022).loc[clusters.index].rename("own"))


def test_the_center_moves_as_the_library_says(found):
    table = found.tables["ellipses"].query("variable == 'rd'")
    points = cells().query("indicator == 'rd'").merge(places(), on="place")
    expected = deviational_ellipse(points, weights="value", by="year", axes="sqrt2")
    for column in ("lon", "lat", "major_km", "minor_km", "rotation"):
        np.testing.assert_allclose(table[column], expected[column])
    assert table["year"].tolist() == list(YEARS)
    # what has no year has none here either
    assert found.tables["ellipses"].query("variable == 'deals.strength'")["year"].isna().all()


def test_variables_are_quotients_and_measures_of_networks(found):
    clusters = found.tables["clusters"]
    quotient = clusters.query("variable == 'noise/people' and year == 2020").set_index("place")["own"]
    expected = of_year("noise", 2020) / of_year("people", 2020)
    np.testing.assert_allclose(quotient, expected.loc[quotient.index])
    strength = clusters.query("variable == 'deals.strength'").set_index("place")["own"]
    both = pd.concat([flows().groupby(end)["value"].sum() for end in ("source", "target")]).groupby(level=0).sum()
    np.testing.assert_allclose(strength, both.loc[strength.index])


def test_layers_are_areas_where_all_places_have_one(found):
    clusters = found.layers["clusters"]
    assert set(clusters.geom_type) == {"Polygon"}
    assert clusters.groupby("variable").size().tolist() == [25, 25, 25]
    # a quotient weighs nothing
    assert set(found.layers["ellipses"]["variable"]) == {"rd", "deals.strength"}
    assert set(found.layers["density"]["variable"]) == {"rd", "deals.strength"}
    assert len(found.layers["density"])
    page = (found.folder / "map.html").read_text(encoding="utf-8")
    assert "Center and spread: rd" in page
    assert "集聚：rd" in page


def test_the_report_says_it_in_both_languages(found):
    page = html.unescape((found.folder / "report.html").read_text(encoding="utf-8"))
    assert "Like values lie near each other: Moran's I is" in page
    assert "相似的值相邻：莫兰指数 I为" in page
    assert "Neighbors are places whose areas share a point" in page
    assert "Strength in deals" in page
    # each for a page and for a phone
    assert page.count('class="fit"') == 2 * 3


def test_the_report_tells_how_far_the_center_moved_apart_from_its_way(found):
    page = page_of(found)
    rows = found.tables["ellipses"].query("variable == 'rd'")
    ends = rows.iloc[[0, -1]]
    bearing, _, far = Geod(ellps="WGS84").inv(*ends.iloc[0][["lon", "lat"]], *ends.iloc[1][["lon", "lat"]])
    first, last = ends["year"]
    assert f"From {first} to {last} the center moved {far / 1000:,.0f} km, bearing {bearing % 360:.0f}°." in page
    assert far / 1000 < rows["moved_km"].sum()
    assert f"Year by year it went {rows['moved_km'].sum():,.0f} km." in page


def test_layers_of_the_map_stand_in_the_order_of_the_study(found):
    page = (found.folder / "map.html").read_text(encoding="utf-8")
    weighing = ("rd", "strength in deals")
    of_all = ("rd", "noise per people", "strength in deals")
    for kind, names in (("Clusters", of_all), ("Center and spread", weighing), ("Density", weighing)):
        at = [page.index(f"{kind}: {name}") for name in names]
        assert at == sorted(at)


def test_methods_say_what_each_weight_is_without_options_that_were_not_given():
    plans = [
        {"method": "queen"},
        {"method": "rook", "order": 2},
        {"method": "band"},
        {"method": "band", "radius": 300.5},
        {"method": "inverse", "power": 2},
        {"method": "inverse", "radius": 800},
        {"method": "kernel", "neighbors": 5},
        {"method": "kernel", "bandwidth": 250},
        {"method": "network", "network": "deals"},
        {"method": "network", "network": "deals", "both_ways": False},
    ]
    weights = [WeightsPlan.model_validate({"name": str(n), **plan}) for n, plan in enumerate(plans)]
    made = described_weights([one.name for one in weights], cast("Any", SimpleNamespace(weights=weights)), describe)
    said = [str(entry.says) for entry in made]
    rows = "; rows add up to 1."
    far = "geodesic distance in km"
    year = "of the year that is looked at, or of the last one where that has none"
    assert [one.removesuffix(rows) for one in said] == [
        "Neighbors are places whose areas share a point directly",
        "Neighbors are places whose areas share a line directly or over up to 2 steps",
        f"Neighbors are places up to a radius by {far}, the least at which every place has one",
        f"Neighbors are places up to a radius by {far}, 300.5",
        f"Places count by the inverse of {far} to the power 2, at any distance",
        f"Places count by the inverse of {far} to the power 1, up to 800",
        f"Places count by a triangular kernel of {far}, with a bandwidth of each place, up to its neighbor 5",
        f"Places count by a triangular kernel of {far}, with a bandwidth of 250, the same everywhere",
        f"Places count by the flows of deals, the mean of both directions, {year}",
        f"Places count by the flows of deals, in the direction from the place, {year}",
    ]


def test_a_title_is_that_of_what_the_logarithm_is_taken_of():
    titled = Variable.model_validate({"value": "rd", "log": True, "title": "research", "title_zh": "研发"})
    assert variable_name(titled, {}, cast("Any", None)).in_("en") == "log of research"
    assert variable_name(titled.model_copy(update={"log": False}), {}, cast("Any", None)).in_("zh") == "研发"


def test_islands_are_named_and_p_is_called_as_it_was_taken(study):
    far = places()
    far.loc[far["place"] == "p24", ["lon", "lat"]] = [130.0, 47.0]
    band = '[[weights]]\nname = "w"\ntitle = "near"\nmethod = "band"\nradius = 130.0\n'
    sections = band + '[pattern]\nvariables = ["rd"]\npermutations = 99\ncorrection = "none"\nconvention = "geoda"\n'
    folder = study(sections, places=far)
    results = run(folder, folder / "out")
    page = page_of(results)
    with pytest.warns(InnoscapeWarning, match="without a neighbor"):
        near = spatial_weights(far, method="band", radius=130.0)
    expected = local_autocorrelation(of_year("rd", 2021), near, permutations=99, convention="geoda").set_index("place")
    own = results.tables["clusters"].query("year == 2021").set_index("place")
    np.testing.assert_array_equal(own["p_permutation"], expected.loc[own.index, "p_permutation"])
    assert "local_autocorrelation(variance='n-1', alternative='directed')" in page
    assert "each tested, on the side where it lies, against 99" in page
    name = far.set_index("place").loc["p24", "name_en"]
    assert re.search(rf"{name}\b.{{0,20}} has no neighbor by near", re.sub(r"<[^>]+>", "", page))
    assert "1 place has no neighbor" not in page
    assert "p, not adjusted for the number of places, up to 5%" in page
    assert "adjusted p up to" not in page
    for name in ("report.html", "map.html"):
        assert "p, adjusted" not in (folder / "out" / name).read_text(encoding="utf-8")


def test_the_order_of_rows_leaves_no_trace(study, tmp_path):
    one = run(study(RD), tmp_path / "one")
    shuffled = {"cells": cells().sample(frac=1, random_state=3), "places": places().iloc[::-1]}
    two = run(write_grid(tmp_path / "other", RD, **shuffled), tmp_path / "two")
    for name in ("autocorrelation", "clusters", "ellipses"):
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])


def ties():
    table = flows().rename(columns={"source": "origin", "target": "destination"})
    return SpatialWeights.from_table(table, places=PLACES)


def likeness(**options):
    values = np.log(of_year("noise", 2022))
    return spatial_weights(places(), method="likeness", values=values, scaling="none", **options)


def by_people():
    return spatial_weights(
        places(), method="likeness", values=of_year("people", 2022), least="smallest", scaling="none"
    )


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ('method = "network"\nnetwork = "deals"', lambda: ties().symmetrized("mean")),
        ('method = "network"\nnetwork = "deals"\nboth_ways = false', ties),
        ('method = "likeness"\nof = {value = "noise", log = true}', likeness),
        ('method = "likeness"\nof = {value = "noise", log = true}\nleast = 0.2', lambda: likeness(least=0.2)),
        ('method = "likeness"\nof = "people"\nleast = "smallest"', by_people),
        ('method = "inverse"\npower = 2.0', lambda: spatial_weights(places(), method="inverse", power=2.0)),
    ],
)
def test_weights_are_those_of_their_method(study, weights, expected):
    sections = (
        f'[[weights]]\nname = "w"\n{weights}\n[pattern]\nvariables = ["rd"]\nyears = "latest"\npermutations = 99\n'
    )
    table = run(study(sections), until="centrality").tables["autocorrelation"]
    value = autocorrelation(of_year("rd", 2022), expected().scaled("row"), permutations=0).loc[0, "value"]
    assert table["value"].tolist() == pytest.approx([value])


def test_a_product_multiplies_two(study):
    sections = BORDER + '[[weights]]\nname = "ties"\nmethod = "network"\nnetwork = "deals"\n'
    sections += '[[weights]]\nname = "both"\nmethod = "product"\nfactors = ["border", "ties"]\n'
    sections += '[pattern]\nvariables = ["rd"]\nweights = "both"\nyears = "latest"\npermutations = 99\n'
    table = run(study(sections), until="centrality").tables["autocorrelation"]
    product = queen().scaled("none").nested(ties().symmetrized("mean")).scaled("row")
    # islands of the product stay among the places
    value = autocorrelation(of_year("rd", 2022), product, permutations=0).loc[0]
    assert table.loc[0, "value"] == pytest.approx(value["value"])
    assert table.loc[0, "islands"] == value["islands"]


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ('[pattern]\nvariables = ["r"]\n', "pattern.variables: needed an indicator of the table, score, or a network"),
        ('[pattern]\nvariables = ["score"]\n', "pattern.variables: needed an index that scores places"),
        ('[pattern]\nvariables = ["deals.size"]\n', "pattern.variables: needed a measure of places in a network"),
        ('[pattern]\nvariables = ["rd", "rd"]\n', "pattern.variables[2]: needed each variable once"),
        ('[pattern]\nvariables = ["rd"]\nweights = "borders"\n', "pattern.weights: needed weights of the study"),
        ('[pattern]\nvariables = ["rd"]\nplaces = ["p00", "p00"]\n', "pattern.places: needed each place once"),
        ('[pattern]\nvariables = ["rd"]\nplaces = ["nowhere"]\n', "pattern.places: needed a place of tables.places"),
        (
            '[[weights]]\nname = "w"\nmethod = "queen"\nradius = 3.0\n',
            "weights[1].radius: needed a key of the method queen",
        ),
        ('[[weights]]\nname = "w"\nmethod = "network"\n', "weights[1]: needed network for the method network"),
        ('[[weights]]\nname = "w"\nmethod = "network"\nnetwork = "deal"\n', "weights[1].network: needed"),
        ('[[weights]]\nname = "w"\nmethod = "kernel"\n', "weights[1]: needed a bandwidth or a number of neighbors"),
        ('[[weights]]\nname = "w"\nmethod = "nearest"\nby = "costs"\n', "weights[1].by: needed a table of costs"),
        (
            '[[weights]]\nname = "w"\nmethod = "product"\nfactors = ["w", "x"]\n',
            "weights[1].factors[1]: needed weights declared above",
        ),
        (
            '[[weights]]\nname = "w"\nmethod = "band"\nradius = 1.0\n[pattern]\nvariables = ["rd"]\n',
            "weights[1]: needed weights that link places",
        ),
        (
            '[[weights]]\nname = "w"\nmethod = "nearest"\nneighbors = 30\n[pattern]\nvariables = ["rd"]\n',
            "weights[1]: needed weights that can be built",
        ),
    ],
)
def test_faults_name_their_key_path(study, sections, told):
    assert told in refusal(study(sections))


def test_faults_of_several_sections_come_in_one_round(study):
    message = refusal(study('[[weights]]\nname = "w"\nmethod = "kernel"\n[pattern]\nvariables = ["r", "score"]\n'))
    for told in ("weights[1]", "pattern.variables[2]"):
        assert told in message


def test_a_constant_variable_is_refused_by_check(study):
    level = cells().assign(value=3.0)
    message = refusal(study(RD, cells=level))
    assert "pattern.variables: needed values that a statistic can use, got rd (2020)" in message


def test_a_logarithm_of_what_is_not_above_0_is_refused(study):
    table = cells()
    table.loc[(table["place"] == "p07") & (table["indicator"] == "rd"), "value"] = 0.0
    message = refusal(study('[pattern]\nvariables = [{value = "rd", log = true}]\n', cells=table))
    assert "got others of log rd at p07" in message
    # the remedy works
    others = ", ".join(f'"{place}"' for place in PLACES if place != "p07")
    kept = f'[pattern]\nvariables = [{{value = "rd", log = true}}]\nplaces = [{others}]\n'
    assert len(check(study(kept, cells=table)).places) == 25


def test_a_year_with_too_few_places_is_left_out_with_a_word(study):
    table = cells()
    kept = (table["year"] != 2020) | table["place"].isin(PLACES[:3])
    folder = study(RD, cells=table[kept])
    results = run(folder, until="centrality")
    assert any("fewer than 4 places with a value in 2020" in str(notice.plain) for notice in results.notices)
    assert results.tables["autocorrelation"]["year"].tolist() == [2021, 2022]


def test_places_that_lack_a_value_are_left_out_and_counted(study):
    table = cells()
    lost = (table["place"] == "p03") & (table["year"] == 2022)
    results = run(study(RD, cells=table[~lost]), until="centrality")
    assert results.tables["autocorrelation"].set_index("year")["places"].to_dict() == {2020: 25, 2021: 25, 2022: 24}


def test_a_place_that_contains_others_and_an_aggregate_take_no_part(study):
    extra = pd.DataFrame(
        {"place": ["all", "rest"], "lon": [107.0, 100.0], "lat": [30.0, 20.0], "kind": ["region", "aggregate"]}
    )
    known = pd.concat([places().assign(part_of="all"), extra], ignore_index=True)
    table = pd.concat(
        [
            cells(),
            *(pd.DataFrame({"place": ["all", "rest"], "indicator": "rd", "value": 9.0, "year": y}) for y in YEARS),
        ]
    )
    results = run(study(RD.replace("queen", "nearest"), places=known, cells=table), until="centrality")
    assert set(results.tables["clusters"]["place"]) == set(PLACES)


def test_islands_are_counted_or_left_out(study):
    far = places()
    far.loc[far["place"] == "p24", ["lon", "lat"]] = [130.0, 47.0]
    band = (
        '[[weights]]\nname = "w"\nmethod = "band"\nradius = 130.0\n{}[pattern]\nvariables = ["rd"]\npermutations = 99\n'
    )
    kept = run(study(band.format(""), places=far), until="centrality").tables["autocorrelation"]
    assert kept["islands"].tolist() == [1, 1, 1]
    left = run(study(band.format('islands = "leave_out"\n'), places=far), until="centrality").tables["autocorrelation"]
    assert left["islands"].tolist() == [0, 0, 0]
    assert left["places"].tolist() == [24, 24, 24]


def test_points_stand_for_places_without_areas(study):
    folder = study(RD.replace("queen", "nearest"))
    text = (folder / "study.toml").read_text(encoding="utf-8").replace("areas.gpkg", "none")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    results = run(folder, folder / "out")
    assert set(results.layers["clusters"].geom_type) == {"Point"}


def test_names_from_tables_stay_text(study):
    hostile = places()
    hostile.loc[0, "name_en"] = "<img src=x onerror=alert(1)>"
    sections = RD.replace('["rd"]', '[{value = "rd", title = "<script>alert(2)</script>"}]')
    folder = study(sections, places=hostile)
    run(folder, folder / "out")
    for name in ("report.html", "map.html"):
        page = (folder / "out" / name).read_text(encoding="utf-8")
        assert "<img src=x" not in page
        assert "<script>alert(2)" not in page


def test_the_grid_is_what_the_tests_take_it_for():
    column, row = grid()
    assert np.array_equal(column * 5 + row, np.arange(25))


def test_numbers_beyond_reach_are_refused_at_their_variable(study):
    huge = cells()
    huge["value"] *= np.where(huge["indicator"] == "rd", 1e200, 1)
    told = refusal(study(RD, cells=huge))
    assert "key pattern.variables: needed numbers up to 1e50" in told
    assert "as the largest of rd; correct the table" in told


def test_of_many_places_at_fault_some_are_named_and_all_counted(study):
    low = cells().assign(value=lambda table: -table["value"])
    told = refusal(study(RD.replace('["rd"]', '[{value = "rd", log = true}]'), cells=low))
    assert "and 5 more" in told
