"""Recipes: one form for one choice, round trips through a study file, refusals that name the nearest."""

import math
import pickle
import tomllib

import pytest

from innoscape.data import OptionError
from innoscape.geo import Recipe

STEPS = {
    "screen": {"method": "availability", "places": 0.5, "first": "places"},
    "impute": {"method": "group_mean", "groups": {"甲": "east", "乙": "west"}},
    "denominate": {"method": "divide", "by": {"labs": "people", "firms": {"甲": 3, "乙": 4.5}}},
    "order": "impute_divide",
    "treat": {"method": "winsorize", "maxwins": 3, "then": "log", "indicators": ["labs"]},
    "normalize": {"method": "goalposts", "low": {"labs": 0, "firms": 1}, "high": 100, "truncate": False},
    "weigh": {"method": "entropy", "on": "raw"},
    "aggregate": {"level1": "harmonic", "index": {"method": "power", "p": 0.3}},
    "panel": "pooled",
    "ties": "dense",
}


def test_a_recipe_of_every_step_round_trips_through_a_study_file():
    recipe = Recipe(**STEPS)
    assert recipe.to_dict() == STEPS
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    assert hash(Recipe.from_dict(recipe.to_dict())) == hash(recipe)
    text = """
        normalize = { method = "goalposts", low = { labs = 0, firms = 1 }, high = 100.0, truncate = false }
        weigh = { method = "entropy", on = "raw" }
        aggregate = { level1 = "harmonic", index = { method = "power", p = 0.3 } }
    """
    wanted = Recipe(**{name: STEPS[name] for name in ("normalize", "weigh", "aggregate")})
    assert Recipe.from_dict(tomllib.loads(text)) == wanted


def test_a_recipe_keeps_what_it_was_given_whatever_happens_to_the_givers_tables():
    low = {"labs": 0}
    recipe = Recipe(normalize={"method": "goalposts", "low": low, "high": 1})
    low["labs"] = 5
    assert recipe.normalize["low"]["labs"] == 0
    recipe.to_dict()["normalize"]["low"]["labs"] = 5
    assert recipe.step("normalize") == ("goalposts", {"low": {"labs": 0}, "high": 1})
    assert pickle.loads(pickle.dumps(recipe)) == recipe  # noqa: S301 - made on the line itself


def test_recipes_that_say_the_same_are_equal():
    assert Recipe(normalize={"method": "minmax", "lowest": 0.0}, treat={"method": "none"}) == Recipe()
    top = Recipe(aggregate={"index": "geometric"})
    assert top == Recipe(aggregate={"method": "geometric", "at": "top"})
    everywhere = dict.fromkeys(("index", "level1", "level2"), "geometric")
    assert Recipe(aggregate=everywhere) == Recipe(aggregate="geometric")
    assert top != Recipe(aggregate="geometric")
    assert top.aggregates()["level2"] == ("arithmetic", {})


@pytest.mark.parametrize(
    ("step", "given", "message"),
    [
        (
            "normalize",
            {"method": "minmax", "lowset": 0.1},
            r"normalize 'minmax': unknown option 'lowset' \(did you.*lowest",
        ),
        ("normalize", {"method": "goalposst"}, "normalize: needed one of .* \\(did you mean 'goalposts'"),
        ("normalize", {"lowest": 0.1}, "normalize: needed a method, got only lowest"),
        ("normalize", {"method": "goalposts", "low": 0}, "normalize: 'goalposts' needs high"),
        ("normalize", {"method": "goalposts", "low": "a", "high": 1}, "normalize.low: needed a number"),
        ("normalize", 5, "normalize: needed one of"),
        ("impute", {"method": "mean", "of": 1}, "impute 'mean': unknown option 'of'; the options are by_year"),
        ("impute", {"method": "knn", "neighbors": 0}, "impute.neighbors: needed a whole number of at least 1"),
        ("treat", {"method": "winsorize", "maxwins": 2.5}, "treat.maxwins: needed a whole number"),
        ("treat", {"method": "boxcox", "power": "fit"}, "treat.power: needed a finite number .*'best'"),
        ("treat", {"method": "log", "indicators": "a"}, "treat.indicators: needed a list"),
        (
            "screen",
            {"method": "availability", "places": 65},
            "screen.places: needed a finite number from 0 to 1, got 65",
        ),
        ("denominate", {"method": "divide", "by": "people"}, "denominate.by: needed a table"),
        ("weigh", {"method": "entropy", "on": "row"}, "did you mean 'raw'"),
        ("aggregate", {"level3": "geometric"}, r"unknown option 'level3' \(did you mean 'level"),
        ("aggregate", {"index": "geometrical"}, "aggregate.index: needed one of .*did you mean 'geometric'"),
        ("aggregate", {"method": "geometric", "at": "tip"}, "aggregate.at: .*did you mean 'top'"),
        ("panel", "pool", "did you mean 'pooled'"),
    ],
)
def test_a_step_that_is_not_known_is_named_with_its_parameter_and_the_nearest(step, given, message):
    with pytest.raises(OptionError, match=message):
        Recipe(**{step: given})


def test_a_recipe_round_trips_and_refuses_what_it_does_not_know():
    recipe = Recipe(weigh={"method": "entropy", "on": "raw"}, normalize={"method": "minmax", "lowest": 0.1})
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    with pytest.raises(OptionError, match="did you mean 'entropy'"):
        Recipe(weigh="entropie")
    with pytest.raises(OptionError, match=r"'normalise' \(did you mean 'normalize'"):
        Recipe.from_dict({"normalise": "minmax"})
    with pytest.raises(OptionError, match="geometric"):
        Recipe(aggregate="geometric", normalize="zscore")
    for wrong in (1, -0.1, math.nan, "0.5", True):
        with pytest.raises(OptionError, match="lowest"):
            Recipe(normalize={"method": "minmax", "lowest": wrong})
