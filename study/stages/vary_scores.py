"""Vary weights, recipes and data of the index of a study, to say how sure ranks and tiers are."""

from collections.abc import Callable, Iterable, Mapping

from ...data import OptionError, TableError
from ...data.errors import warn
from ...geo import Recipe, leave_out, uncertainty
from ...geo.robustness.batch import BATCHED_MEANS
from ..plan.inputs import Inputs, Tables
from ..plan.schema import Index, Robustness
from .score_places import scored_year, tier_options

__all__ = ["vary_scores"]


def vary_scores(inputs: Inputs) -> Tables:
    """Say how sure ranks and tiers are, and what each indicator does to the ranks; of a panel, those of the year shown.

    Returns
    -------
    dict
        ``score_intervals``, ``tier_probabilities``, ``rank_acceptability``, ``leave_one_out``; nothing where the study
        does not ask for them.

    Warns
    -----
    InnoscapeWarning
        If the varied data, or what is left without an indicator, cannot be scored; those tables are then left out.
    """
    index = inputs.study.index
    options = None if index is None else index.robustness
    if index is None or options is None:
        return {}
    recipes = {recipe.name: Recipe.from_dict(recipe.options) for recipe in index.recipes}
    return {
        **_tried("warnings.scores.no_intervals", lambda: _intervals(inputs, index, options, recipes)),
        **_tried("warnings.scores.not_without", lambda: _left_out(inputs, index, recipes)),
    }


def _tried(key: str, find: Callable[[], Tables]) -> Tables:
    try:
        return find()
    except (OptionError, TableError) as error:
        warn(key, reason=error.said, stacklevel=3)
        return {}


def _scored(inputs: Inputs, index: Index) -> list[str]:
    """Return the units that have values in the year that is varied."""
    cells, year = inputs.indicators, scored_year(inputs)
    if cells is None or year is None:
        return index.units
    there = set(cells.loc[(cells["year"] == year).fillna(value=False).to_numpy(dtype=bool), "place"])
    return [unit for unit in index.units if unit in there]


def _intervals(inputs: Inputs, index: Index, options: Robustness, recipes: Mapping[str, Recipe]) -> Tables:
    assert inputs.indicators is not None and inputs.framework is not None  # noqa: S101, PT018 - an index has both
    found = uncertainty(
        inputs.indicators,
        inputs.framework,
        recipes=recipes,
        weight_noise=options.weight_noise,
        data_noise=options.data_noise or None,
        runs=options.runs,
        seed=options.seed,
        tiers=tier_options(inputs),
        places=inputs.places,
        among=_scored(inputs, index),
        nested=index.nested,
        year=scored_year(inputs),
    )
    names = inputs.names["name_en"]
    main = found.scores[found.scores["recipe"] == index.recipes[0].name].set_index("place")
    intervals = found.ranks.rename(columns={"low": "rank_low", "high": "rank_high"}).drop(columns=["mean", "median"])
    intervals.insert(1, "name_en", intervals["place"].map(names))
    intervals["score"] = intervals["place"].map(main["score"])
    pooled = found.score_ends() if _one_scale(recipes.values()) else main[["low", "high"]]
    for column in ("low", "high"):
        intervals[f"score_{column}"] = intervals["place"].map(pooled[column])
    for column in ("low", "high"):
        intervals[f"recipe_{column}"] = intervals["place"].map(main[column])
    chances = found.tier_probabilities.merge(
        found.tiers[["place", "tier", "probability", "most_likely_tier"]], on="place"
    )
    chances.insert(1, "name_en", chances["place"].map(names))
    return {"score_intervals": intervals, "tier_probabilities": chances, "rank_acceptability": found.acceptability}


def _one_scale(recipes: Iterable[Recipe]) -> bool:
    """Return whether scores by all recipes can be set side by side: means of values brought to one range."""
    steps = [(recipe.normalize, recipe.step("aggregate")[0]) for recipe in recipes]
    return all(scale == steps[0][0] and mean in BATCHED_MEANS for scale, mean in steps)


def _left_out(inputs: Inputs, index: Index, recipes: Mapping[str, Recipe]) -> Tables:
    assert inputs.indicators is not None and inputs.framework is not None  # noqa: S101, PT018 - an index has both
    main = next(iter(recipes.values()))
    return {
        "leave_one_out": leave_out(
            inputs.indicators,
            inputs.framework,
            recipe=main,
            places=inputs.places,
            among=_scored(inputs, index),
            nested=index.nested,
            year=scored_year(inputs),
        )
    }
