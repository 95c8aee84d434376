"""A study measures concentration as its file asks, or refuses by name."""

import html
import re

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeError, InnoscapeWarning
from innoscape.geo import convergence, decompose_inequality, inequality, lorenz
from innoscape.geo.pattern.inequality_measures import MEASURES
from innoscape.study import check, run

from ..space_samples import PLACES, YEARS, cells, grid, places, write_grid

ALL = ", ".join(f'"{name}"' for name in MEASURES)
SIDES = places().assign(side=np.where(grid()[0] < 2, "west", "east"))


@pytest.fixture
def study(tmp_path):
    return lambda sections, **tables: write_grid(tmp_path / "grid", sections, **tables)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    sections = (
        f'[concentration]\nvariables = ["rd", {{value = "noise", per = "people"}}, "deals.out_strength"]\n'
        f'groups = "side"\nmeasures = [{ALL}]\ncontrols = ["people"]\n'
    )
    folder = write_grid(tmp_path_factory.mktemp("grid") / "grid", sections, places=SIDES)
    return run(folder, folder / "out")


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    return str(caught.value)


def rd():
    return cells().query("indicator == 'rd'").drop(columns="indicator")


def test_every_measure_is_that_of_the_library(found):
    table = found.tables["inequality"].query("variable == 'rd'")
    expected = inequality(rd(), measures=list(MEASURES))
    assert table["measure"].tolist() == expected["measure"].tolist()
    np.testing.assert_allclose(table["value"], expected["value"])
    assert table["year"].tolist() == expected["year"].tolist()


def test_parts_add_up_and_are_those_of_the_library(found):
    table = found.tables["inequality_parts"].query("variable == 'rd' and group == 'all'")
    sides = SIDES.set_index("place")["side"]
    expected = decompose_inequality(rd().assign(side=lambda t: t["place"].map(sides)), groups="side")
    expected = expected[expected["group"] == "all"]
    np.testing.assert_allclose(table["contribution"], expected["contribution"])
    for year in YEARS:
        own = table[table["year"] == year].set_index("part")["contribution"]
        assert own["between"] + own["within"] == pytest.approx(own["total"])


def test_curves_and_convergence_are_those_of_the_library(found):
    table = found.tables["lorenz"].query("variable == 'rd'")
    np.testing.assert_allclose(table["cumulative_share"], lorenz(rd())["cumulative_share"])
    people = cells().query("indicator == 'people'").rename(columns={"value": "people"})[["place", "year", "people"]]
    expected = convergence(rd().merge(people), controls=["people"])
    own = found.tables["convergence"].query("variable == 'rd'")
    np.testing.assert_allclose(own["beta"], expected.beta["beta"])
    assert own["model"].tolist() == ["absolute", "conditional"]
    trend = found.tables["convergence_trends"].query("variable == 'rd'")
    np.testing.assert_allclose(trend["slope"], expected.trend["slope"])


def test_what_has_no_year_has_no_convergence(found):
    assert "deals.out_strength" not in set(found.tables["convergence"]["variable"])
    assert found.tables["inequality"].query("variable == 'deals.out_strength'")["year"].isna().all()


def test_the_report_says_it_in_both_languages(found):
    page = html.unescape((found.folder / "report.html").read_text(encoding="utf-8"))
    assert "Herfindahl index fell from" in page
    assert "个地区的赫芬达尔指数由2020年的" in page
    assert "lies between groups of side" in page
    # a quotient has no total
    assert len(re.findall(r"hold \d+% of the total", page)) == 2
    assert "Rd: Lorenz curve" in page


def test_gaps_that_would_turn_over_are_not_called_diverging(found):
    rows = found.tables["convergence"].query("variable == 'noise/people'")
    turning = (rows["status"] == "no speed").sum()
    assert turning > 0
    page = html.unescape((found.folder / "report.html").read_text(encoding="utf-8"))
    assert page.count("Places that started low grew so much faster that they would overtake the others") == turning
    assert "Places that started high grew faster" not in page


def test_no_direction_is_named_that_cannot_be_told_from_chance(study):
    rng = np.random.default_rng(1)
    table = cells().query("indicator == 'rd'")
    start = table.groupby("place")["value"].transform("first").to_numpy()
    table = table.assign(value=start * rng.uniform(1, 2, len(table)))
    folder = study('[concentration]\nvariables = ["rd"]\nconvention = "r-desctools"\n', cells=table)
    results = run(folder, folder / "out")
    # numbers are those of the program that the section names, and Methods says so
    own = results.tables["inequality"].query("measure == 'gini'")["value"]
    np.testing.assert_allclose(own, inequality(table.drop(columns="indicator"), measures=["gini"])["value"] * 25 / 24)
    page = html.unescape((folder / "out" / "report.html").read_text(encoding="utf-8"))
    assert "follow the convention r-desctools: inequality(sample=('gini', 'variation'))" in page
    row = results.tables["convergence"].iloc[0]
    assert row["low"] < 0 < row["high"]
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    table = page[page.index("Convergence of places over the years") :].split("</table>")[0]
    assert "no trend" in table
    assert "converging" not in table
    assert "diverging" not in table


def test_weights_are_those_of_the_year(study):
    sections = '[concentration]\nvariables = ["rd"]\nweight_by = "people"\nmeasures = ["gini"]\n'
    table = run(study(sections), until="centrality").tables["inequality"]
    people = cells().query("indicator == 'people'").rename(columns={"value": "people"})[["place", "year", "people"]]
    expected = inequality(rd().merge(people), weights="people", measures=["gini"])
    np.testing.assert_allclose(table["value"], expected["value"])


def test_tiers_are_groups_and_places_without_one_form_one(study):
    table = run(study('[concentration]\nvariables = ["rd"]\ngroups = "tier"\n'), until="centrality")
    groups = set(table.tables["inequality_parts"]["group"])
    assert groups == {"all", "national", "regional", "others"}


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ('groups = "sides"\n', "concentration.groups: needed tier, or a column of the places that holds groups"),
        ('weight_by = "head"\n', "concentration.weight_by: needed an indicator of the table"),
        ('measures = ["gini", "gini"]\n', "concentration.measures[2]: needed each variable once"),
        ('measures = ["ginny"]\n', "did you mean 'gini'?"),
        ('places = ["p01", "p02", "elsewhere"]\n', "concentration.places: needed a place of tables.places"),
        ('places = ["p01"]\n', "concentration.variables: needed at least 2 places with a value"),
    ],
)
def test_faults_name_their_key_path(study, sections, told):
    assert told in refusal(study(f'[concentration]\nvariables = ["rd"]\n{sections}', places=SIDES))


def test_values_below_0_are_refused_by_check(study):
    table = cells()
    table.loc[table["place"] == "p03", "value"] = -1.0
    assert "concentration.variables: needed values that a statistic can use" in refusal(
        study('[concentration]\nvariables = ["rd"]\n', cells=table)
    )


def test_a_value_of_0_has_no_convergence_and_runs(study):
    table = cells()
    table.loc[table["place"] == "p03", "value"] = 0.0
    folder = study('[concentration]\nvariables = ["rd"]\n', cells=table)
    with pytest.warns(InnoscapeWarning, match="rd has values of 0, which have no logarithm"):
        check(folder)
    results = run(folder, until="centrality")
    assert "convergence" not in results.tables
    assert [notice for notice in results.notices if "no logarithm" in str(notice)]


def test_places_without_a_weight_are_named(study):
    table = cells()
    lost = (table["place"] == "p09") & (table["indicator"] == "people") & (table["year"] == 2021)
    message = refusal(study('[concentration]\nvariables = ["rd"]\nweight_by = "people"\n', cells=table[~lost]))
    assert "got no people of p09" in message


def test_the_order_of_rows_leaves_no_trace(study, tmp_path):
    sections = '[concentration]\nvariables = ["noise"]\ngroups = "side"\ncontrols = ["people"]\n'
    one = run(study(sections, places=SIDES), until="centrality")
    shuffled = {"cells": cells().sample(frac=1, random_state=3), "places": SIDES.iloc[::-1]}
    two = run(write_grid(tmp_path / "other", sections, **shuffled), until="centrality")
    for name in ("inequality", "inequality_parts", "lorenz", "convergence", "convergence_trends"):
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])


def test_one_year_of_few_places_is_enough(study):
    table = cells().query("year == 2020")
    folder = study('[concentration]\nvariables = ["rd"]\nplaces = ["p01", "p02"]\n', cells=table)
    check(folder)
    assert set(run(folder, until="centrality").tables["inequality"]["places"]) == {2}
    assert len(PLACES) == 25
