"""Score the places of a study and put them on tiers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..data import Fault, OptionError, StudyError
from ..geo import Recipe, Scores, assign_tiers, compare_tiers, score
from .config import STUDY_FILE
from .inputs import Inputs, Tables

__all__ = ["score_places"]


def score_places(inputs: Inputs) -> Tables:
    """Score the units of the index under every recipe and put them on tiers.

    Returns
    -------
    dict
        ``scores``, ``weights``, ``contributions``, ``disagreements``, ``index_log``.
    """
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}
    found: dict[str, Scores] = {}
    for i, recipe in enumerate(index.recipes, 1):
        try:
            choices = Recipe.from_dict(recipe.options)
        except OptionError as error:
            raise StudyError([_option_fault(f"index.recipes[{i}]", error)]) from None
        found[recipe.name] = score(
            inputs.indicators, inputs.framework, choices, places=inputs.places, among=index.units
        )
    tiers = {name: _tiers(result.scores.set_index("place")["score"], inputs) for name, result in found.items()}
    return {
        "scores": _score_table(found, tiers, inputs),
        "weights": _weight_table(found, inputs),
        "contributions": pd.concat([r.contributions.assign(recipe=n) for n, r in found.items()], ignore_index=True),
        "disagreements": _disagreements(tiers, inputs),
        "index_log": pd.concat([r.log.assign(recipe=n) for n, r in found.items()], ignore_index=True),
    }


def _option_fault(key: str, error: OptionError) -> Fault:
    return Fault(STUDY_FILE, "options that work together", str(error), "correct the option", column=key)


def _tiers(scores: pd.Series, inputs: Inputs) -> pd.Series:
    options = inputs.study.tiers
    wanted: dict[str, Any] = {"method": options.method}
    if options.method == "counts":
        wanted["counts"] = options.counts
    elif options.method == "thresholds":
        wanted["thresholds"] = options.thresholds
    else:
        wanted["k"] = options.k
    try:
        return assign_tiers(scores, **wanted)
    except OptionError as error:
        raise StudyError([_option_fault("tiers", error)]) from None


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
