"""Take from results what scores follow from: normalized values, weights, groups and the mean of every level."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data import Framework
from ...data.wording.catalogue import Text, plain
from ...geo.index.aggregate.tree import Node, Tree
from ...geo.index.recipe import Recipe
from ...geo.index.weigh.registry import level_paths

if TYPE_CHECKING:
    from ...geo import Scores
    from .study_results import StudyResults

__all__ = ["ScoreModel", "score_model"]

_MEANS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
# the ranks of n places take n x n comparisons at every change
_MOST_PLACES = 2000


@dataclass(frozen=True)
class ScoreModel:
    """What the scores of one recipe follow from.

    Parameters
    ----------
    recipe : str
        Its name; empty for scores without a study.
    places : DataFrame
        ``place``, ``score``, ``rank`` in the order of the ranks.
    names : dict
        Indicator -> its name.
    matrix : ndarray
        n x k, normalized.
    tree : Tree
        Groups and weights of the k indicators.
    exponents : dict
        Depth of a node (0 the index) -> exponent of its mean.
    ties : str
        Rank of equal scores.
    year : int or None
        The year shown of a panel.
    """

    recipe: str
    places: pd.DataFrame
    names: Mapping[str, Text]
    matrix: np.ndarray
    tree: Tree
    exponents: Mapping[int, float]
    ties: str
    year: int | None


def score_model(
    results: "Scores | StudyResults | Mapping[str, pd.DataFrame]", framework: pd.DataFrame | None
) -> ScoreModel | None:
    """Return the model of the scores; None where no formula of a cell gives them.

    Means of exponent -∞ or ∞, rankings and efficiencies (`topsis`, `copeland`, `benefit_of_doubt`, …) have no such
    formula, nor do tables without a recipe; above 2,000 places ranks would take too long.

    Examples
    --------
    >>> from innoscape.geo import score
    >>> data = pd.DataFrame({"place": ["甲", "乙"], "indicator": "labs", "value": [9.0, 1.0]})
    >>> table = pd.DataFrame({"indicator": ["labs"]})
    >>> score_model(score(data, Framework.from_table(table)), table).tree.weights
    {'labs': 1.0}
    """
    if isinstance(results, Mapping) or framework is None:
        return None
    found = _of_scores(results) if hasattr(results, "recipe") else _of_study(results)
    if found is None:
        return None
    name, year, recipe, normalized, scores, shares = found
    exponents = _exponents(recipe)
    if exponents is None or not 2 <= len(scores) <= _MOST_PLACES:
        return None
    return _model(name, normalized, scores, shares, Framework.from_table(framework), exponents, recipe.ties, year)


# recipe's name, year, recipe, normalized values, scores, weights of indicators
_Parts = tuple[str, int | None, Recipe, pd.DataFrame, pd.DataFrame, pd.Series]


def _of_study(results: Any) -> _Parts | None:  # noqa: ANN401 - results of a study
    index = results.study.index
    if index is None or "normalized" not in results.tables:
        return None
    main, tables = index.recipes[0], results.shown
    normalized, scores, weights = (_of_recipe(tables[one], main.name) for one in ("normalized", "scores", "weights"))
    return main.name, results.index_year, main.choices, normalized, scores, weights.set_index("indicator")["weight"]


def _of_scores(results: Any) -> _Parts:  # noqa: ANN401 - scores
    normalized, scores, weights = results.normalized, results.scores, results.weights
    year = None
    if "year" in scores:
        year = int(scores["year"].max())
        normalized, scores, weights = (_of_year(one, year) for one in (normalized, scores, weights))
    shares = weights[weights["level"] == "indicator"].set_index("name")["effective_weight"]
    return "", year, results.recipe, normalized, scores, shares


def _model(
    name: str, normalized: pd.DataFrame, scores: pd.DataFrame, shares: pd.Series, framework: Framework,
    exponents: dict[int, float], ties: str, year: int | None,
) -> ScoreModel:  # fmt: skip
    paths = {one: path for one, path in level_paths(framework).items() if one in shares.index}
    table = framework.table.set_index("indicator")
    english, chinese = (table[c].dropna() if c in table else pd.Series(dtype=str) for c in ("name_en", "name_zh"))
    named = {
        one: Text.of(en=str(english.get(one, chinese.get(one, one))), zh=str(chinese.get(one, english.get(one, one))))
        if one in english or one in chinese else plain(one)
        for one in paths
    }  # fmt: skip
    columns = list(paths)
    matrix = normalized.set_index("place").loc[list(scores["place"]), columns].to_numpy(dtype=float)
    tree = Tree(paths, {one: float(shares[one]) for one in paths})
    return ScoreModel(name, scores[["place", "score", "rank"]], named, matrix, tree, exponents, ties, year)


def _of_recipe(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["recipe"] == name] if "recipe" in table else table


def _of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table[table["year"] == year] if "year" in table else table


def _exponents(recipe: Recipe) -> dict[int, float] | None:
    found: dict[int, float] = {}
    for depth, level in enumerate(("index", "level1", "level2")):
        method, options = recipe.aggregates()[level]
        exponent = float(options.get("p", 0.5)) if method == "power" else _MEANS.get(method)
        if exponent is None or not math.isfinite(exponent):
            return None
        found[depth] = exponent
    return found


def means(model: ScoreModel) -> dict[Node, np.ndarray]:
    """Return the scores of every group and of the index, as the formulas of the workbook give them.

    Examples
    --------
    >>> tree = Tree({"labs": (), "firms": ()}, {"labs": 0.75, "firms": 0.25})
    >>> places = pd.DataFrame({"place": ["甲", "乙"], "score": [0.75, 0.25], "rank": [1, 2]})
    >>> model = ScoreModel("", places, {}, np.eye(2), tree, {0: 1.0}, "min", None)
    >>> means(model)[()].tolist()
    [0.75, 0.25]
    """
    held: dict[str | Node, np.ndarray] = dict(zip(model.tree.paths, model.matrix.T, strict=True))
    found: dict[Node, np.ndarray] = {}
    for node in reversed(model.tree.nodes):
        shares = model.tree.shares(node)
        parts, weights = np.column_stack([held[part] for part in shares]), np.array([*shares.values()])
        held[node] = found[node] = _mean(parts, weights, model.exponents[len(node)])
    return found


def _mean(parts: np.ndarray, weights: np.ndarray, p: float) -> np.ndarray:
    if p == 1:
        return parts @ weights
    safe = np.where(parts > 0, parts, 1.0)
    if p > 0:
        return (np.where(parts > 0, safe**p, 0.0) @ weights) ** (1 / p)
    erased = ((parts <= 0) & (weights > 0)).any(axis=1)
    whole = np.exp(np.log(safe) @ weights) if p == 0 else (safe**p @ weights) ** (1 / p)
    return np.where(erased, 0.0, whole)
