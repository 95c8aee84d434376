"""Score the places of a study and put them on tiers; vary weights, recipes and data to say how sure ranks are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ...data import Fault, OptionError, StudyError, TableError
from ...data.errors import warn
from ...geo import Recipe, Scores, assign_tiers, compare_tiers, leave_out, score, uncertainty
from ...geo.robustness.weight_and_cell_noise import read_cell_noise, read_weight_noise
from ..plan.indicator_checks import IndicatorDoubts
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE, Index, Robustness

__all__ = ["option_fault", "score_places", "tier_options", "vary_scores"]


def score_places(inputs: Inputs) -> Tables:
    """Score the units of the index under every recipe, nothing varied, and put them on tiers.

    Returns
    -------
    dict
        ``scores``, ``weights``, ``contributions``, ``disagreements``, ``index_log``, ``levels``, ``normalized``,
        ``treatments``.

    Raises
    ------
    StudyError, TableError
        If the index cannot be built, or `vary_scores` could not vary it.

    Warns
    -----
    InnoscapeWarning
        If the framework lacks an indicator of the table or states another unit, or the values of an indicator are of
        several years.
    """
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}
    doubts = IndicatorDoubts(
        inputs.indicators, inputs.framework, index, str(inputs.study.tables.indicators or "indicators")
    )
    doubts.tell()
    found: dict[str, Scores] = {}
    for i, recipe in enumerate(index.recipes, 1):
        try:
            found[recipe.name] = score(
                inputs.indicators, inputs.framework, recipe.choices, places=inputs.places, among=index.units
            )
        except OptionError as error:
            raise StudyError([option_fault(f"index.recipes[{i}]", error)]) from None
        except TableError as error:
            # a gap under the right name is likely the value under the wrong one
            where = {"indicators": doubts.where}
            faults = [replace(fault, where=where.get(fault.where, fault.where)) for fault in error.faults]
            raise TableError([*doubts.misspelled, *faults]) from None
    _check_robustness(index, found)
    tiers = {name: _tiers(result.scores.set_index("place")["score"], inputs) for name, result in found.items()}
    return {
        "scores": _score_table(found, tiers, inputs),
        "weights": _weight_table(found, inputs),
        "contributions": pd.concat([r.contributions.assign(recipe=n) for n, r in found.items()], ignore_index=True),
        "disagreements": _disagreements(tiers, inputs),
        "index_log": pd.concat([r.log.assign(recipe=n) for n, r in found.items()], ignore_index=True),
        **{
            name: pd.concat([getattr(r, name).assign(recipe=n) for n, r in found.items()], ignore_index=True)
            for name in ("levels", "normalized", "treatments")
        },
    }


def vary_scores(inputs: Inputs) -> Tables:
    """Say how sure ranks and tiers are, and what each indicator does to the ranks.

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
        warn(key, reason=str(error), stacklevel=3)
        return {}


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
        among=index.units,
    )
    names = inputs.names["name_en"]
    main = found.scores[found.scores["recipe"] == index.recipes[0].name].set_index("place")
    intervals = found.ranks.rename(columns={"low": "rank_low", "high": "rank_high"}).drop(columns=["mean", "median"])
    intervals.insert(1, "name_en", intervals["place"].map(names))
    for column, name in (("score", "score"), ("low", "score_low"), ("high", "score_high")):
        intervals[name] = intervals["place"].map(main[column])
    chances = found.tier_probabilities.merge(
        found.tiers[["place", "tier", "probability", "most_likely_tier"]], on="place"
    )
    chances.insert(1, "name_en", chances["place"].map(names))
    return {"score_intervals": intervals, "tier_probabilities": chances, "rank_acceptability": found.acceptability}


def _left_out(inputs: Inputs, index: Index, recipes: Mapping[str, Recipe]) -> Tables:
    assert inputs.indicators is not None and inputs.framework is not None  # noqa: S101, PT018 - an index has both
    main = next(iter(recipes.values()))
    return {
        "leave_one_out": leave_out(
            inputs.indicators, inputs.framework, recipe=main, places=inputs.places, among=index.units
        )
    }


def _check_robustness(index: Index, found: Mapping[str, Scores]) -> None:
    """Refuse what `vary_scores` could not vary, without varying it."""
    options = index.robustness
    if options is None:
        return
    faults = []
    for key, read in (("weight_noise", read_weight_noise), ("data_noise", read_cell_noise)):
        try:
            read(getattr(options, key) or None)
        except OptionError as error:
            faults.append(option_fault(f"index.robustness.{key}", error))
    places = {name: set(result.scores["place"]) for name, result in found.items()}
    main = index.recipes[0].name
    for i, name in enumerate(found, 1):
        at = f"index.recipes[{i}]"
        negative = found[name].effective_weights.lt(0)
        if negative.any():
            names = sorted(map(str, negative.index[negative]))
            faults.append(Fault.of("faults.robustness.weights", STUDY_FILE, column=at, names=names))
        if odd := places[name] ^ places[main]:
            said = {"recipe": name, "main": main, "places": sorted(odd)}
            faults.append(Fault.of("faults.robustness.places", STUDY_FILE, column=at, **said))
    if faults:
        raise StudyError(faults)


def option_fault(key: str, error: OptionError) -> Fault:
    """Return the fault of options under a key of the study file."""
    return Fault.of("faults.study.options_together", STUDY_FILE, column=key, error=error)


def tier_options(inputs: Inputs) -> dict[str, Any]:
    """Return how numbers become tiers in this study, as options of `innoscape.geo.assign_tiers`."""
    options = inputs.study.tiers
    wanted: dict[str, Any] = {"method": options.method, "labels": options.order}
    if options.method == "counts":
        wanted["counts"] = options.counts
    elif options.method == "thresholds":
        wanted["thresholds"] = options.thresholds
    else:
        wanted["k"] = options.k
    return wanted


def _tiers(scores: pd.Series, inputs: Inputs) -> pd.Series:
    try:
        return assign_tiers(scores, **tier_options(inputs))
    except OptionError as error:
        raise StudyError([option_fault("tiers", error)]) from None


def _score_table(found: Mapping[str, Scores], tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    main, *others = found
    table = found[main].scores.set_index("place")[["score", "rank"]]
    table = inputs.names.loc[table.index].join(table)
    table["tier"] = tiers[main]
    table["published_tier"] = pd.Categorical(inputs.published.reindex(table.index), dtype=table["tier"].dtype)
    agree = (table["tier"] == table["published_tier"]).astype("boolean")
    table["agree"] = agree.mask(table["published_tier"].isna())
    for name in others:
        ranked = found[name].scores.set_index("place")
        table[f"score_{name}"], table[f"rank_{name}"], table[f"tier_{name}"] = (
            ranked["score"],
            ranked["rank"],
            tiers[name],
        )
    top = found[main].levels
    for group, rows in top[top["level"] == "level1"].groupby("group", sort=False):
        table[f"level_{group}"] = rows.set_index("place")["score"]
    return table.rename_axis("place").reset_index()


def _weight_table(found: Mapping[str, Scores], inputs: Inputs) -> pd.DataFrame:
    assert inputs.framework is not None  # noqa: S101 - score_places has returned without one
    names = inputs.framework.table.set_index("indicator").reindex(columns=["name_en", "name_zh"])
    parts = [
        names.join(result.effective_weights.rename("weight"), how="right").assign(recipe=name)
        for name, result in found.items()
    ]
    return (
        pd.concat(parts).rename_axis("indicator").reset_index()[["recipe", "indicator", "name_en", "name_zh", "weight"]]
    )


def _disagreements(tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    parts = []
    for name, found in tiers.items():
        both = found.index.intersection(inputs.published.index)
        published = pd.Series(pd.Categorical(inputs.published[both], dtype=found.dtype), index=both)
        rows = compare_tiers(found[both], published).rename(columns={"tier_a": "tier", "tier_b": "published_tier"})
        parts.append(rows.assign(recipe=name))
    table = pd.concat(parts, ignore_index=True)
    table.insert(1, "name_en", table["place"].map(inputs.names["name_en"]))
    return table[["recipe", "place", "name_en", "tier", "published_tier", "steps"]]
