"""Suitability, values that are best in the middle, and routes of local centers: against hand figures and their laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, load
from innoscape.data.errors import InnoscapeWarning, OptionError, TableError
from innoscape.geo import Recipe, center_routes, score, suitability
from innoscape.geo.index.normalize.targets import optimum

UP = pd.Series({"x": 1, "y": -1})


def test_an_optimum_is_an_inverted_u_about_its_best_value():
    table = pd.DataFrame({"x": [0.0, 4, 5, 6, 9], "y": [1.0, 2, 3, 4, 5]})
    found = optimum(table, UP, best={"x": 5}, reach={"x": 4})
    assert found["x"].tolist() == [0, 15 / 16, 1, 15 / 16, 0]
    # what has no best value is scaled by min-max in its direction
    assert found["y"].tolist() == [1, 0.75, 0.5, 0.25, 0]
    assert optimum(table, UP, best={"x": 5}, shape="linear")["x"].tolist() == [0, 0.8, 1, 0.8, pytest.approx(0.2)]
    assert optimum(table, UP, best=3)["y"].tolist() == [0, 0.75, 1, 0.75, 0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=9),
    st.floats(-100, 100),
    st.sampled_from(["parabola", "linear"]),
)
def test_a_value_nearer_to_the_best_never_scores_less_and_sides_are_alike(values, best, shape):
    found = optimum(pd.DataFrame({"x": values}), UP, best=best, reach=50, shape=shape)["x"].to_numpy()
    away = np.abs(np.array(values) - best)
    order = np.argsort(away)
    assert (np.diff(found[order]) <= 1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()
    turned = optimum(pd.DataFrame({"x": 2 * best - np.array(values)}), UP, best=best, reach=50, shape=shape)["x"]
    np.testing.assert_allclose(turned, found, atol=1e-9)


def test_an_optimum_without_spread_or_with_wrong_marks():
    same = pd.DataFrame({"x": [4.0, 4.0]})
    assert optimum(same, UP, best=4)["x"].tolist() == [1, 1]
    assert optimum(same, UP, best=5)["x"].tolist() == [0, 0]
    with pytest.raises(OptionError, match="reach"):
        optimum(same, UP, best=4, reach=0)
    with pytest.raises(OptionError, match="reach"):
        optimum(same, UP, best={}, reach={"x": 2})
    with pytest.raises(OptionError, match="best: needed indicators of the framework, got z"):
        optimum(same, UP, best={"z": 1})
    with pytest.raises(OptionError, match="normalize: 'optimum' needs best"):
        Recipe(normalize={"method": "optimum"})


def test_a_recipe_takes_an_optimum():
    values = pd.DataFrame({"place": list("abc"), "indicator": "x", "value": [0.0, 5, 8]})
    framework = Framework.from_table(pd.DataFrame({"indicator": ["x"]}))
    recipe = Recipe(normalize={"method": "optimum", "best": {"x": 5}, "reach": {"x": 5}})
    assert recipe == Recipe.from_dict(recipe.to_dict())
    found = score(values, framework, recipe).scores.set_index("place")["score"]
    assert found.to_dict() == {"a": 0.0, "b": 1.0, "c": pytest.approx(1 - 0.36)}


def test_the_shipped_factors_are_frameworks():
    city, site = (Framework.from_table(load(name)) for name in ("city_factors", "site_factors"))
    assert list(city.groups()) == ["basic", "macro", "meso"]
    meso = {"flows", "industry", "market", "livability"}
    assert meso <= set(city.groups("level2"))
    assert list(site.groups()) == ["location", "quiet", "contact", "community", "identity"]
    assert site.direction["building_density"] == -1


SITES = pd.DataFrame(
    {
        "place": ["center", "edge", "outside"],
        "closeness_to_center": [10.0, 6.0, 0.0],
        "meeting_ease": [1.0, 0.8, 0.0],
        "related_firms": [50.0, 100.0, 0.0],
    }
)


def scored(**options):
    with pytest.warns(InnoscapeWarning, match="14 of 17 factors have no values"):
        return suitability(SITES, of="site", **options)


def test_sites_are_scored_by_hand():
    found = scored()
    assert found.optima == {"closeness_to_center": 5.0}
    # location 0, 1 - 0.04, 0; contact 1, 0.8, 0; community 0.5, 1, 0: a third each
    table = found.table.set_index("place")["score"]
    assert table.round(12).to_dict() == {
        "edge": round((0.96 + 0.8 + 1) / 3, 12),
        "center": round(1.5 / 3, 12),
        "outside": 0.0,
    }
    assert found.table["suitable"].all()
    assert len(found.lacking) == 14
    limited = scored(least={"location": 0.5, "contact": 0.9}).table.set_index("place")["short_of"]
    assert limited.to_dict() == {"edge": "contact", "center": "location", "outside": "location; contact"}
    given_ones = scored(optima={"closeness_to_center": 10}, reach={"closeness_to_center": 8})
    assert given_ones.scores.normalized.set_index("place")["closeness_to_center"].to_dict() == {
        "center": 1.0,
        "edge": 0.75,
        "outside": 0.0,
    }


def test_cities_need_no_optimum_and_may_have_one():
    cities = pd.DataFrame({"place": ["a", "b"], "rd_intensity": [1.0, 3.0], "city_size": [900.0, 100.0]})
    with pytest.warns(InnoscapeWarning, match="31 of 33"):
        found = suitability(cities)
    assert found.table["score"].tolist() == [0.5, 0.5]
    with pytest.warns(InnoscapeWarning, match="31 of 33"):
        found = suitability(cities, optima={"city_size": 100})
    assert found.table["score"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("values", "options", "error", "match"),
    [
        (SITES.rename(columns={"meeting_ease": "meeting_eas"}), {}, OptionError, "did you mean 'meeting_ease'"),
        (SITES, {"of": "town"}, OptionError, "of: needed one of"),
        (SITES, {"optima": {"quiet": 1}}, OptionError, "optima: needed factors with values"),
        (SITES, {"least": {"quiet": 0.5}}, OptionError, "least: needed groups"),
        (SITES, {"least": 2}, OptionError, "least, location"),
        (SITES, {"recipe": Recipe(normalize="rank")}, OptionError, 'normalize="minmax"'),
        (SITES.iloc[:1], {}, TableError, "place"),
        (SITES.iloc[:0], {}, TableError, "at least one row"),
        (pd.concat([SITES, SITES]), {}, TableError, "center"),
    ],
)
@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_what_cannot_be_scored_is_refused(values, options, error, match):
    with pytest.raises(error, match=match):
        suitability(values, **{"of": "site", **options})


FACTORS = load("center_routes")["factor"].tolist()


def cities(**high):
    """Make four cities that are level but for the factors named, on which the city given leads."""
    table = pd.DataFrame({"place": list("abcd"), **dict.fromkeys(FACTORS, 0.0)})
    for factor, place in high.items():
        table.loc[table["place"] == place, factor] = 1.0
    return table


def test_a_local_center_takes_the_first_route_that_it_has_all_factors_of():
    table = cities(
        good_location="a", culture="a", education="a", technology="a", livability="a", inclusiveness="a", vitality="a",
        population_concentration="b", industry_concentration="b", conversion_ability="b",
    )  # fmt: skip
    found = center_routes(table, scale="given")
    assert found["route"].tolist() == ["research_base", "specialized_cluster", "", ""]
    # three factors of a route of three are fewer than four of a route of four
    assert found["closest"].tolist()[2:] == ["specialized_cluster"] * 2
    turned = load("center_routes").assign(order=lambda rules: -rules["order"])
    assert center_routes(table, rules=turned, scale="given")["route"].tolist()[0] == "innovative_small_city"


def test_ranks_say_who_is_ahead_of_half_of_the_others():
    table = cities().assign(**{factor: [4.0, 3.0, 2.0, 1.0] for factor in FACTORS})
    assert center_routes(table)["route"].tolist() == ["research_base"] * 2 + [""] * 2
    rescaled = table.assign(**{factor: np.exp(table[factor]) for factor in FACTORS})
    pd.testing.assert_frame_equal(center_routes(table), center_routes(rescaled))
    pd.testing.assert_frame_equal(
        center_routes(table.iloc[::-1]).iloc[::-1].reset_index(drop=True), center_routes(table)
    )


def test_the_thresholds_of_the_routes_are_marked_as_assumed():
    assert set(load("center_routes")["status"]) == {"assumed"}


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (cities().drop(columns="culture"), "culture"),
        (cities().assign(culture=[1, None, 2, 3]), "nan at b"),
        (cities().iloc[:0], "at least one place"),
        (pd.concat([cities(), cities()]), "a more than once"),
    ],
)
def test_wrong_cities_are_refused(values, match):
    with pytest.raises(TableError, match=match):
        center_routes(values)
    with pytest.raises(OptionError, match="scale"):
        center_routes(cities(), scale="value")
