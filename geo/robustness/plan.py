"""Prepare a recipe so that its index can be scored again and again with other weights and other values.

The plain pipeline `score` is run once; its normalized values and weights are what the runs start from. Recipes whose
steps are known here are scored many runs at a time, and only after this way has given the scores of `score` itself
to 1e-9; every other recipe is scored by `score`, one run after the other.
"""

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from ...data.errors import InnoscapeWarning, OptionError
from ...data.framework import Framework, check_framework
from ...data.places.keys import as_keys
from ...data.wording.catalogue import text
from ..index.chain import imputed_cells
from ..index.recipe import Recipe
from ..index.score import Nested, Scores, score
from ..index.weigh.registry import level_paths
from .batch import BATCHED_MEANS, BATCHED_SCALES, Branches, batch_entropy, batch_means
from .weight_and_cell_noise import CellNoise, vary_cells

__all__ = ["NoisyCells", "Plan", "Setting", "Vary", "draw_cells", "make_plan", "noisy_cells", "run_plan"]

# (shares of the parts, 1 or runs x parts; numbers of the runs) -> varied shares, runs x parts
Vary = Callable[[np.ndarray, np.ndarray], np.ndarray]

_NEAR = 1e-9
# ways of weighing that do not look at the values
_STEADY = ("equal", "equal_levels", "given", "ahp")
_NORMALIZED = {"minmax": {"lowest", "highest"}, "zscore": {"std"}, "rank": set()}


@dataclass(frozen=True)
class Setting:
    """What is scored: the arguments of `score` that every recipe shares."""

    table: pd.DataFrame
    framework: Framework
    among: tuple[str, ...] | None
    places: pd.DataFrame | None
    year: int | None
    nested: Nested

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        framework: Framework,
        *,
        among: Iterable[str] | None,
        places: pd.DataFrame | None,
        year: int | None,
        nested: Nested,
    ) -> Self:
        """Make a setting of the arguments of a public function."""
        check_framework(framework)
        chosen = None if among is None else tuple(sorted(set(among)))
        return cls(table=table, framework=framework, among=chosen, places=places, year=year, nested=nested)

    def score(self, recipe: Recipe, *, table: pd.DataFrame | None = None, framework: Framework | None = None) -> Scores:
        """Score by a recipe, with another table or framework if given."""
        return score(
            self.table if table is None else table,
            framework or self.framework,
            recipe,
            places=self.places,
            among=self.among,
            year=self.year,
            nested=self.nested,
        )


@dataclass(frozen=True)
class Plan:
    """One recipe, ready to be run: arrays are in the order of the keys of places and the names of indicators.

    Parameters
    ----------
    name, recipe, nominal : str, Recipe, Scores
        The recipe and what `score` finds by it.
    branches : Branches
        The framework as far as the recipe uses it.
    places : list of str
        Keys of the scored places, sorted.
    scores, normalized, shares : ndarray
        n scores; n x k normalized values; shares of the parts of the tree.
    cells, statuses : ndarray
        n x k values with the imputed ones filled in, and their statuses.
    batched, batched_cells : bool
        Whether other weights, and other values, can be scored many runs at a time.
    """

    name: str
    recipe: Recipe
    nominal: Scores = field(repr=False)
    branches: Branches = field(repr=False)
    places: list[str]
    scores: np.ndarray = field(repr=False)
    normalized: np.ndarray = field(repr=False)
    shares: np.ndarray = field(repr=False)
    cells: np.ndarray = field(repr=False)
    statuses: np.ndarray = field(repr=False)
    directions: np.ndarray = field(repr=False)
    batched: bool
    batched_cells: bool


def make_plan(name: str, setting: Setting, recipe: Recipe) -> Plan:
    """Score once and prepare the rest."""
    if recipe.panel != "none":
        raise OptionError(text("faults.calls.plan.recipe_panelnone_choose_year", name=name, panel=repr(recipe.panel)))
    nominal = setting.score(recipe)
    effective = {str(key): float(value) for key, value in nominal.effective_weights.items()}
    branches = Branches({key: path for key, path in level_paths(setting.framework).items() if key in effective})
    ranked = nominal.scores.set_index("place")["score"]
    places = sorted(str(place) for place in ranked.index)
    values, statuses = _cells(setting, nominal, places, branches.indicators)
    plan = Plan(
        name=name,
        recipe=recipe,
        nominal=nominal,
        branches=branches,
        places=places,
        scores=ranked.loc[places].to_numpy(dtype=float),
        normalized=_wide(nominal.normalized, places, branches.indicators),
        shares=branches.shares(np.array([[effective[key] for key in branches.indicators]])),
        cells=values,
        statuses=statuses,
        directions=setting.framework.direction.loc[list(branches.indicators)].to_numpy(dtype=float),
        batched=True,
        batched_cells=True,
    )
    if (plan.shares < 0).any():
        negative = ", ".join(sorted(key for key, value in effective.items() if value < 0))
        raise OptionError(text("faults.calls.plan.recipe_weights_below_0", name=name, negative=negative))
    batched = _knows_means(recipe) and _near(_means(plan, plan.normalized, plan.shares)[0], plan.scores)
    return replace(plan, batched=batched, batched_cells=batched and _knows_cells(plan))


def run_plan(
    plan: Plan, setting: Setting, runs: np.ndarray, *, vary: Vary | None, cells: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Score runs with varied weights and values (runs x n x k, or none when they stay).

    Returns the scores (runs x n), the effective weights (runs x k) and the number of runs `score` warned of.
    """
    if plan.batched and (cells is None or plan.batched_cells):
        normalized, shares = plan.normalized, plan.shares
        if cells is not None:
            normalized = _normalize(plan, cells)
            if plan.recipe.step("weigh")[0] not in _STEADY:
                shares = plan.branches.shares(_weigh(plan, cells))
        shares = plan.branches.scaled(vary(shares, runs)) if vary else shares
        shares = np.broadcast_to(shares, (len(runs), shares.shape[1]))
        return _means(plan, normalized, shares), plan.branches.effective(shares), 0
    return _one_by_one(plan, setting, runs, vary, cells)


class NoisyCells(NamedTuple):
    """Where cells vary, and by how much: positions in the matrix, names for the draws, sizes of the noise."""

    rows: np.ndarray
    columns: np.ndarray
    names: list[tuple[str, str, str]]
    sizes: np.ndarray


def noisy_cells(plan: Plan, noise: CellNoise | None) -> NoisyCells:
    """Return the cells of a plan that vary, place by place in the order of names."""
    by_status = noise.sizes if noise else {}
    sizes = np.vectorize(lambda status: by_status.get(status, 0.0), otypes=[float])(plan.statuses)
    if noise and noise.of == "spread":
        sizes = sizes * np.array([_deviation(column[~np.isnan(column)]) for column in plan.cells.T])
    rows, columns = np.nonzero(sizes)
    names = [("cell", plan.places[i], plan.branches.indicators[j]) for i, j in zip(rows, columns, strict=True)]
    return NoisyCells(rows, columns, names, sizes[rows, columns])


def draw_cells(plan: Plan, noise: CellNoise | None, draws: np.ndarray) -> np.ndarray | None:
    """Return the values of a plan with noise, runs x places x indicators; ``draws`` is runs x noisy cells."""
    noisy = noisy_cells(plan, noise)
    if noise is None or not noisy.names:
        return None
    values = np.repeat(plan.cells[None], len(draws), axis=0)
    values[:, noisy.rows, noisy.columns] = vary_cells(noise, plan.cells[noisy.rows, noisy.columns], noisy.sizes, draws)
    return values


def _deviation(known: np.ndarray) -> float:
    center = math.fsum(known) / max(1, known.size)
    return math.sqrt(math.fsum((known - center) ** 2) / max(1, known.size))


def _one_by_one(
    plan: Plan, setting: Setting, runs: np.ndarray, vary: Vary | None, cells: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, int]:
    scores = np.empty((len(runs), len(plan.places)))
    effective = np.empty((len(runs), len(plan.branches.indicators)))
    warned = 0
    complete = _completed(plan, setting)
    # nesting was judged when the plan was made
    setting = replace(setting, places=None, nested="raise")
    for row, run in enumerate(runs):
        table = complete if cells is None else _filled(complete, cells[row])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", InnoscapeWarning)
            found = plan.nominal if cells is None else setting.score(plan.recipe, table=table)
            weights = found.effective_weights.loc[list(plan.branches.indicators)].to_numpy(dtype=float)
            if vary:
                shares = plan.branches.scaled(vary(plan.branches.shares(weights[None]), np.array([run])))
                weights = plan.branches.effective(shares)[0]
                framework = _weighted(setting.framework, plan.branches.indicators, weights)
                found = setting.score(replace(plan.recipe, weigh="given"), table=table, framework=framework)
        warned += bool(caught)
        scores[row] = found.scores.set_index("place")["score"].loc[plan.places]
        effective[row] = weights
    return scores, effective, warned


def _knows_means(recipe: Recipe) -> bool:
    return all(
        method in BATCHED_MEANS and set(options) <= {"p"} and math.isfinite(options.get("p", 0.5))
        for method, options in recipe.aggregates().values()
    )


def _knows_cells(plan: Plan) -> bool:
    recipe = plan.recipe
    (normalize, scale), (weigh, options) = recipe.step("normalize"), recipe.step("weigh")
    known = recipe.step("denominate")[0] == recipe.step("treat")[0] == "none"
    known &= normalize in _NORMALIZED and set(scale) <= _NORMALIZED.get(normalize, set())
    known &= weigh in _STEADY or (weigh == "entropy" and set(options) <= {"on", "shift"})
    if not known or not _near(_normalize(plan, plan.cells[None])[0], plan.normalized):
        return False
    return weigh in _STEADY or _near(_weigh(plan, plan.cells[None]), plan.branches.effective(plan.shares))


def _means(plan: Plan, normalized: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return batch_means(normalized, plan.branches, shares, methods=plan.recipe.aggregates())


def _normalize(plan: Plan, cells: np.ndarray) -> np.ndarray:
    method, options = plan.recipe.step("normalize")
    return BATCHED_SCALES[method](cells, plan.directions, **options)


def _weigh(plan: Plan, cells: np.ndarray) -> np.ndarray:
    return batch_entropy(cells, plan.directions, **{"on": "minmax", **plan.recipe.step("weigh")[1]})


def _near(found: np.ndarray, known: np.ndarray) -> bool:
    return bool(np.allclose(found, known, rtol=_NEAR, atol=_NEAR))


def _wide(table: pd.DataFrame, places: list[str], indicators: tuple[str, ...]) -> np.ndarray:
    return table.set_index("place").loc[places, list(indicators)].to_numpy(dtype=float)


def _cells(
    setting: Setting, nominal: Scores, places: list[str], indicators: Iterable[str]
) -> tuple[np.ndarray, np.ndarray]:
    table = _rows(setting, places, list(indicators))
    status = table["status"].fillna("observed") if "status" in table else pd.Series("observed", index=table.index)
    table = table.assign(status=status.astype(str), value=pd.to_numeric(table["value"], errors="coerce").astype(float))
    table = table.dropna(subset=["value"])
    values, statuses = (
        # score has refused duplicates
        table.pivot(index="place", columns="indicator", values=column).reindex(index=places, columns=list(indicators))  # noqa: PD010
        for column in ("value", "status")
    )
    statuses = statuses.astype(object)
    for row in imputed_cells(nominal.log, nominal.recipe, _in_year(setting)).itertuples():
        if row.indicator in values.columns and row.place in values.index:
            values.loc[row.place, row.indicator] = row.value
            # a quotient without a size has no total to vary: it is imputed anew in every run
            statuses.loc[row.place, row.indicator] = "missing" if math.isnan(row.value) else "imputed"
    return values.to_numpy(dtype=float), statuses.to_numpy(dtype=object)


def _in_year(setting: Setting) -> pd.DataFrame:
    return setting.table if setting.year is None else setting.table[setting.table["year"] == setting.year]


def _rows(setting: Setting, places: list[str], indicators: list[str]) -> pd.DataFrame:
    table = _in_year(setting)
    table = table.assign(place=as_keys(table["place"]), indicator=as_keys(table["indicator"]))
    return table.loc[table["place"].isin(places) & table["indicator"].isin(indicators)]


def _completed(plan: Plan, setting: Setting) -> pd.DataFrame:
    """Return the table with the cells of the plan at its end, place by place, and all other rows before."""
    table = setting.table
    own = pd.DataFrame(
        [(place, name) for place in plan.places for name in plan.branches.indicators], columns=["place", "indicator"]
    )
    own["value"] = plan.cells.ravel()
    if setting.year is not None:
        own["year"] = setting.year
        table = table[table["year"] == setting.year]
    replaced = as_keys(table["place"]).isin(plan.places) & as_keys(table["indicator"]).isin(plan.branches.indicators)
    return pd.concat([table.loc[~replaced, list(own.columns)], own], ignore_index=True)


def _filled(complete: pd.DataFrame, cells: np.ndarray) -> pd.DataFrame:
    values = complete["value"].to_numpy(dtype=float, copy=True)
    values[len(values) - cells.size :] = cells.ravel()
    return complete.assign(value=values)


def _weighted(framework: Framework, indicators: tuple[str, ...], weights: np.ndarray) -> Framework:
    table = framework.table
    table = table[table["indicator"].isin(indicators)]
    return Framework.from_table(
        table.assign(weight=table["indicator"].map(dict(zip(indicators, weights, strict=True))))
    )
