"""What a study hands to map and charts: intervals over all recipes, and the centers that scenarios add."""

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import pytest

from innoscape.geo import Recipe, score
from innoscape.study import bundled_study
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.stages.new_centers_layer import new_centers
from innoscape.study.stages.vary_scores import vary_scores


@pytest.fixture(scope="module")
def inputs():
    return read_inputs(bundled_study())


def test_intervals_hold_the_scores_by_every_recipe(inputs):
    found = vary_scores(inputs)["score_intervals"].set_index("place")
    outside = {}
    for recipe in inputs.study.index.recipes:
        by = score(
            inputs.indicators, inputs.framework, Recipe.from_dict(recipe.options), places=inputs.places,
            among=inputs.study.index.units, nested=inputs.study.index.nested,
        ).scores.set_index("place")["score"].reindex(found.index)  # fmt: skip
        outside[recipe.name] = int(((by < found["score_low"] - 1e-9) | (by > found["score_high"] + 1e-9)).sum())
    assert outside == {"equal": 0, "entropy": 0}
    # that of the first recipe alone does not
    alone = (by < found["recipe_low"]) | (by > found["recipe_high"])
    assert alone.sum() > 7
    assert (found["score_low"] < found["recipe_low"]).all()


def test_recipes_without_a_common_scale_keep_the_interval_of_the_first(inputs):
    index = inputs.study.index
    other = index.recipes[1].model_copy(update={"options": {"normalize": "zscore", "weigh": "equal"}})
    plan = inputs.study.model_copy(update={"index": index.model_copy(update={"recipes": [index.recipes[0], other]})})
    found = vary_scores(replace(inputs, study=plan))["score_intervals"]
    assert found["score_low"].equals(found["recipe_low"].rename("score_low"))
    assert found["score_high"].equals(found["recipe_high"].rename("score_high"))


@dataclass
class Results:
    shown: dict
    layers: dict


def results(changes):
    columns = ["scenario", "start", "place", "name_en", "baseline", "value"]
    table = pd.DataFrame(changes, columns=columns)
    centers = gpd.GeoDataFrame({"place": ["北京"]}, geometry=gpd.points_from_xy([116.4], [39.9]), crs=4326)
    return Results({"tier_changes": table}, {"centers": centers})


def test_each_scenario_adds_its_centers_on_their_last_tier(inputs):
    changes = [
        ("more", 0.0, "雄安新区", "Xiong'an New Area", None, "local"),
        ("more", 5.0, "雄安新区", "Xiong'an New Area", "local", "regional"),
        ("other", 0.0, "雄安新区", "Xiong'an New Area", None, "national"),
        ("other", 0.0, "北京", "Beijing", "international", "national"),
    ]
    layer = new_centers(inputs, results(changes))
    assert list(zip(layer["scenario"], layer["place"], layer["tier"], strict=True)) == [
        ("more", "雄安新区", "regional"),
        ("other", "雄安新区", "national"),
    ]
    assert layer.geometry.iloc[0].x == pytest.approx(116, abs=1)
    assert set(layer["name_en"]) == {"Xiong'an New Area"}


def test_scenarios_that_add_nothing_have_no_layer(inputs):
    assert new_centers(inputs, results([("other", 0.0, "北京", "Beijing", "international", "national")])) is None
    assert new_centers(inputs, Results({}, {})) is None
