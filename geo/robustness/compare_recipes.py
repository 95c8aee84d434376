"""Compare the rankings that recipes give, two by two."""

from collections.abc import Iterable, Mapping
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.wording.catalogue import text
from ..index.recipe import Recipe
from ..index.score import Nested, Scores
from ..ranks import rank_descending
from .plan import Setting

__all__ = ["compare_recipes", "ws_coefficient"]


def compare_recipes(
    indicators: pd.DataFrame,
    framework: Framework,
    recipes: Mapping[str, Recipe],
    *,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: Nested = "raise",
) -> pd.DataFrame:
    r"""Compare the rankings that recipes give, two by two.

    ``kendall`` is Kendall's tau-b, ``spearman`` the correlation of the ranks, ``ws`` the coefficient of Salabun and
    Urbaniak, to which differences at the top count more:

    .. math:: WS = 1 - \sum_i 2^{-R_i} \frac{|R_i - Q_i|}{\max(|1 - R_i|, |n - R_i|)}

    with :math:`R` the ranks by the first recipe and :math:`Q` those by the second. It is not symmetric: ``ws_reverse``
    takes the second recipe as the first. Equal scores share the mean of their ranks in all of these.

    - Equal rankings have coefficients 1 and shifts 0. Opposite ones have ``kendall`` and ``spearman`` -1.
    - A recipe under which all places tie leaves ``kendall`` and ``spearman`` undefined (missing).

    Parameters
    ----------
    indicators, framework, places, among, year, nested
        As for `score`.
    recipes : mapping of str to Recipe
        At least two recipes by name.

    Returns
    -------
    DataFrame
        ``recipe_a``, ``recipe_b``, ``kendall``, ``spearman``, ``ws``, ``ws_reverse``, ``mean_shift``, ``max_shift``
        (absolute differences of ranks), ``places``; pairs in the order of the mapping.

    Raises
    ------
    OptionError
        Fewer than two recipes, or recipes that score different places.

    References
    ----------
    Salabun, W., Urbaniak, K. (2020). A new coefficient of rankings similarity in decision-making problems.
    Computational Science - ICCS 2020, LNCS 12138, 632-645.
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33 (3), 239-251.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 5),
    ...      ("丙", "firms", 1)], columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> recipes = {"equal": Recipe(), "raw entropy": Recipe(weigh={"method": "entropy", "on": "raw"})}
    >>> found = compare_recipes(table, framework, recipes)
    >>> print(found[["kendall", "spearman", "ws", "max_shift"]].round(3).to_string(index=False))
     kendall  spearman   ws  max_shift
         1.0       1.0  1.0        0.0
    """
    if len(recipes) < 2:
        raise OptionError(text("faults.calls.compare_recipes.recipes_two_recipes_name", recipes=len(recipes)))
    setting = Setting.of(indicators, framework, among=among, places=places, year=year, nested=nested)
    found = {name: scores_by_place(setting.score(recipe)) for name, recipe in recipes.items()}
    first = next(iter(found.values()))
    for name, scores in found.items():
        if not scores.index.equals(first.index):
            odd = ", ".join(sorted(set(scores.index) ^ set(first.index)))
            raise OptionError(text("faults.calls.alike.recipes_same_places_every", name=name, odd=odd))
    rows = [
        {"recipe_a": a, "recipe_b": b, **_agreement(found[a].to_numpy(), found[b].to_numpy())}
        for a, b in combinations(found, 2)
    ]
    return pd.DataFrame(rows)


def ws_coefficient(reference: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the WS coefficient of two lists of ranks, 1 the best; see `compare_recipes` for the formula.

    - Equal lists give 1. Differences at the top of ``reference`` count more.

    Parameters
    ----------
    reference, other : array-like
        Ranks of the same places, at least two.

    Returns
    -------
    float
        Above -1, at most 1.

    Raises
    ------
    OptionError
        Lists of different length, fewer than two ranks, or ranks below 1 or above their number.

    References
    ----------
    Salabun, W., Urbaniak, K. (2020). A new coefficient of rankings similarity in decision-making problems.
    Computational Science - ICCS 2020, LNCS 12138, 632-645.

    Examples
    --------
    >>> round(ws_coefficient([1, 2, 3, 4, 5], [2, 1, 3, 4, 5]), 3)
    0.792
    """
    first, second = np.asarray(reference, dtype=float), np.asarray(other, dtype=float)
    count = first.size
    if first.ndim != 1 or first.shape != second.shape or count < 2:
        raise OptionError(
            text("faults.calls.compare_recipes.other_many_ranks_reference", count=count, size=second.size)
        )
    for name, ranks in (("reference", first), ("other", second)):
        if not (np.isfinite(ranks).all() and (ranks >= 1).all() and (ranks <= count).all()):
            raise OptionError(
                text("faults.calls.compare_recipes.ranks_1", name=name, count=count, ranks=ranks.tolist())
            )
    furthest = np.maximum(first - 1, count - first)
    return float(1.0 - np.sum(np.exp2(-first) * np.abs(first - second) / furthest))


def _agreement(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    from scipy.stats import kendalltau

    first, second = rank_descending(a, ties="average"), rank_descending(b, ties="average")
    shift = np.abs(first - second)
    told = np.ptp(first) > 0 and np.ptp(second) > 0
    return {
        "kendall": float(kendalltau(first, second).statistic) if told else np.nan,
        "spearman": float(np.corrcoef(first, second)[0, 1]) if told else np.nan,
        "ws": ws_coefficient(first, second),
        "ws_reverse": ws_coefficient(second, first),
        "mean_shift": float(shift.mean()),
        "max_shift": float(shift.max()),
        "places": len(shift),
    }


def scores_by_place(found: Scores) -> pd.Series:
    return found.scores.set_index("place")["score"].sort_index()
