"""Rank the places of a study anew when weights, steps of the recipe or the way to tiers change."""

import dataclasses
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from ...data import Framework, InnoscapeWarning, OptionError
from ...data.errors import warn_of
from ...data.json_value import json_value
from ...data.options import check_choice
from ...data.vocabulary import name_of
from ...data.wording.catalogue import text
from ...geo import Recipe, Scores, assign_tiers, score, uncertainty
from ..plan.inputs import Inputs
from ..plan.schema import Index
from ..stages.build_chain import Chain
from ..stages.score_places import scored_year, tier_options
from .request import IndexOrder, RecipeOrder, TierOrder

__all__ = ["describe_index", "rank_intervals", "rank_places", "recipe_entry"]

# steps that need no further numbers
STEPS = {
    "normalize": ("minmax", "zscore", "rank", "percentile_rank", "distance_to_max", "vector"),
    "weigh": ("equal", "equal_levels", "given", "entropy", "critic", "std"),
    "aggregate": ("arithmetic", "geometric", "harmonic", "topsis", "copeland"),
}
_TIERS = ("natural_breaks", "head_tail", "quantiles", "maximum_breaks", "k_means")
_RUNS = 300


@dataclass(frozen=True)
class _Scored:
    """The choices that an order makes, and what follows from them."""

    index: Index
    recipe: Recipe
    framework: Framework
    found: Scores
    year: int | None

    @property
    def scores(self) -> pd.DataFrame:
        """One row a place, of the year shown."""
        return self._shown(self.found.scores)

    @property
    def weights(self) -> pd.Series:
        """Share of the index by indicator, of the year shown."""
        weights = self.found.effective_weights
        return weights if weights.index.nlevels == 1 else weights.xs(self.year, level="year")

    @property
    def contributions(self) -> pd.DataFrame:
        """One row a place and one column an indicator, of the year shown."""
        return self._shown(self.found.contributions)

    def _shown(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["year"] == self.year].drop(columns="year") if "year" in table else table


def describe_index(chain: Chain) -> dict[str, Any]:
    """Return the framework, the recipes and the steps and methods that may be chosen; nothing without an index."""
    inputs = chain.inputs
    index, framework = inputs.study.index, inputs.framework
    if index is None or framework is None:
        return {}
    table = framework.table
    levels = [level for level in ("level1", "level2") if level in table and table[level].notna().any()]
    tree = [
        {"indicator": row["indicator"], "direction": int(row.get("direction", 1) or 1),
         "groups": [{"key": str(row[level]), "name": _group_name(row, level)} for level in levels]}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]  # fmt: skip
    given = "weight" in table and table["weight"].notna().all()
    steps = {
        kind: [
            {"key": name, "name": text(f"methods.{kind}.{name}.name").to_dict()}
            for name in names
            if name != "given" or given
        ]
        for kind, names in STEPS.items()
    }
    return {
        "recipes": [
            {
                "name": one.name,
                "title": name_of(one.name).to_dict(),
                "steps": {kind: _method(getattr(one.choices, kind)) for kind in STEPS},
            }
            for one in index.recipes
        ],
        "tree": tree,
        "steps": steps,
        "tier_methods": [{"key": name, "name": text(f"methods.tiers.{name}.name").to_dict()} for name in _TIERS],
        "k": len(inputs.study.tiers.order),
        "runs": _RUNS,
        "noise": _noise(index),
    }


def _group_name(row: dict[str, Any], level: str) -> dict[str, str]:
    said = {language: row.get(f"{level}_{language}") for language in ("en", "zh")}
    return {language: str(said[language] or row[level]) for language in said}


def _method(step: object) -> str:
    return str(step.get("method", "")) if isinstance(step, dict) else str(step)


def rank_places(chain: Chain, order: IndexOrder) -> dict[str, Any]:
    """Score under an order: score, rank and tier of each place beside those of the study, and the weights.

    Raises
    ------
    OptionError, TableError
        If the order cannot be scored.
    """
    scored = _score(chain.inputs, order)
    scores = scored.scores.set_index("place")
    scores["tier"] = assign_tiers(scores["score"], **_tier_options(chain.inputs, order.tiers))
    now, was = (_told(table) for table in (scores, chain.shown_scores["scores"].set_index("place")))
    rows = [{"place": place, **row, "was": was.get(place)} for place, row in now.items()]
    return {
        "rows": rows,
        "weights": {str(name): float(weight) for name, weight in scored.weights.items()},
        "parts": {
            str(place): [round(float(part), 6) for part in parts]
            for place, *parts in scored.contributions.itertuples(index=False)
        },
        "part_names": [str(name) for name in scored.contributions.columns[1:]],
    }


def _told(scores: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return score, rank and tier by place, ready for the page."""
    tier = scores["tier"].astype(object).where(scores["tier"].notna(), None)
    rows = zip(scores.index.tolist(), scores["score"].tolist(), scores["rank"].tolist(), tier.tolist(), strict=True)
    return {
        place: json_value({"score": score, "rank": int(rank), "tier": None if tier is None else str(tier)})
        for place, score, rank, tier in rows
    }


def rank_intervals(chain: Chain, order: IndexOrder) -> dict[str, Any]:
    """Vary the weights of an order, and uncertain cells as the study does: intervals of ranks, probable tiers."""
    inputs, scored = chain.inputs, _score(chain.inputs, order)
    options = scored.index.robustness
    assert inputs.indicators is not None  # noqa: S101 - an index has them
    found = uncertainty(
        inputs.indicators,
        scored.framework,
        recipe=scored.recipe,
        weight_noise=_noise(scored.index),
        data_noise=(options.data_noise or None) if options else None,
        runs=_RUNS,
        seed=options.seed if options else 0,
        tiers=_tier_options(inputs, order.tiers),
        places=inputs.places,
        among=list(scored.scores["place"]),
        nested=scored.index.nested,
        year=scored.year,
    )
    likely = found.tiers.set_index("place")["probability"]
    return {
        "intervals": {
            str(row.place): [int(row.low), int(row.high), float(likely.get(row.place, float("nan")))]
            for row in found.ranks.itertuples()
        }
    }


def _noise(index: Index) -> float:
    return index.robustness.weight_noise if index.robustness else 0.25


def _score(inputs: Inputs, order: IndexOrder) -> _Scored:
    index, framework = inputs.study.index, inputs.framework
    if index is None or framework is None or inputs.indicators is None:
        raise OptionError("index: needed a study with an [index] section, which this one has not")
    recipes = {one.name: one.choices for one in index.recipes}
    check_choice("recipe", name := order.recipe or index.recipes[0].name, recipes)
    for kind, method in order.steps.items():
        check_choice(f"steps.{kind}", method, STEPS[kind])
    recipe = dataclasses.replace(recipes[name], **order.steps)
    if moved := {key: factor for key, factor in order.factors.items() if factor != 1.0}:
        base = _scored(inputs, recipe).weights
        recipe = dataclasses.replace(recipe, weigh={"method": "given", "weights": _weighted(framework, base, moved)})
    return _scored(inputs, recipe)


def _scored(inputs: Inputs, recipe: Recipe) -> _Scored:
    found, doubts = _kept(inputs, recipe)
    for doubt in doubts:
        warn_of(doubt, stacklevel=3)
    return found


@lru_cache(maxsize=8)
def _kept(inputs: Inputs, recipe: Recipe) -> tuple[_Scored, tuple[InnoscapeWarning, ...]]:
    """Score under a recipe, once: sliders start from the same weights, and intervals from the scores just shown."""
    index, framework = inputs.study.index, inputs.framework
    assert index is not None and framework is not None and inputs.indicators is not None  # noqa: PT018, S101
    year = scored_year(inputs)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        found = score(
            inputs.indicators,
            framework,
            recipe,
            places=inputs.places,
            among=index.units,
            year=None if recipe.panel != "none" else year,
            nested=index.nested,
        )
    doubts = tuple(one.message for one in caught if isinstance(one.message, InnoscapeWarning))
    return _Scored(index, recipe, framework, found, year), doubts


def _weighted(framework: Framework, base: pd.Series, factors: dict[str, float]) -> dict[str, float]:
    """Return the weights of a recipe times factors, by indicator, in nine digits, as a study file holds them."""
    unknown = sorted(set(factors) - set(framework.indicators))
    if unknown:
        raise OptionError(f"factors: needed indicators of the framework, got {', '.join(unknown)}")
    weights = base.reindex(list(framework.indicators)).fillna(0.0) * pd.Series(
        {name: factors.get(name, 1.0) for name in framework.indicators}
    )
    if not weights.sum() > 0:
        raise OptionError("factors: needed one weight above 0, got none; raise a slider")
    return {str(name): float(f"{weight:.9g}") for name, weight in (weights / weights.sum()).items()}


def recipe_entry(inputs: Inputs, order: RecipeOrder) -> dict[str, Any]:
    """Return an index as the study file holds its recipe: that of the order, with the steps and weights that differ.

    Raises
    ------
    OptionError
        If the order cannot be scored.
    """
    index = _score(inputs, order)
    chosen = next(one for one in index.index.recipes if one.name == (order.recipe or index.index.recipes[0].name))
    own = {"weigh": index.recipe.to_dict()["weigh"]} if any(factor != 1.0 for factor in order.factors.values()) else {}
    return {"name": order.name.strip(), **chosen.options, **order.steps, **own}


def _tier_options(inputs: Inputs, order: TierOrder | None) -> dict[str, Any]:
    if order is None:
        return tier_options(inputs)
    scale = inputs.study.tiers.order
    if order.k > len(scale):
        raise OptionError(f"tiers.k: needed at most {len(scale)}, the tiers of the study, got {order.k}")
    return {"method": order.method, "labels": scale, "k": order.k}
