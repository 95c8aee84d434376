"""Say how sure ranks and tiers are: score an index many times under other weights, recipes and data.

Every run draws a recipe, varies its weights level by level and, if asked, the cells. A draw depends on the seed, the
number of the run and the name of what varies: neither the order of rows and columns nor the number of runs changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.methods import documented
from ...data.options import check_names
from ...data.wording.catalogue import text
from ..index.recipe import Recipe
from ..index.score import Nested
from ..ranks import rank_descending
from ..tiers.breaks import TIER_OPTIONS
from .batch import batch_ranks
from .check_scoring import check_scoring
from .panel import CrossSection, cross_section
from .plan import Plan, Setting, draw_cells, make_plan, noisy_cells, run_plan
from .rank_tables import acceptability_table, rank_table, recipe_score_table, sample_table
from .tier_batch import most_likely_tiers, tier_table
from .weight_and_cell_noise import CellNoise, WeightNoise, read_cell_noise, read_weight_noise, uniforms, vary_weights

__all__ = ["Uncertainty", "uncertainty"]

_CELLS = 1_000_000
_CACHED = 60_000
_TIER_OPTIONS = ("method", "labels", *TIER_OPTIONS)


@dataclass(frozen=True)
class Uncertainty:
    """What `uncertainty` found; rows are in the order of the nominal ranks, then of the keys of the places.

    Parameters
    ----------
    recipe : Recipe
        The nominal choices, under which nothing varies.
    ranks : DataFrame
        ``place``, ``rank`` (nominal), ``mean``, ``median``, ``low``, ``high`` (ends of the interval, ranks that occur).
    acceptability : DataFrame
        ``place`` and the columns ``"1"`` … ``"n"``: the share of runs in which the place takes that rank, ties sharing
        the best of their ranks. Each row sums to 1.
    tier_probabilities : DataFrame
        ``place`` and one column for each tier, as `tier_probabilities` gives them.
    tiers : DataFrame
        ``place``, ``tier`` (nominal), ``probability`` (share of runs that give this tier), ``most_likely_tier``,
        ``evenness`` (entropy of the place's probabilities, 0 where all runs agree, 1 where all tiers are equally
        probable).
    scores : DataFrame
        ``recipe``, ``place``, ``score`` (by that recipe, nothing varied), ``mean``, ``median``, ``low``, ``high``,
        ``runs``: for each recipe on its own, because scores of different recipes need not share a scale.
    samples : DataFrame
        ``run``, ``recipe`` and the effective weight of every indicator: what each run was scored with.
    score_samples : DataFrame
        Scores: a row for each run, a column for each place.
    log : DataFrame
        ``about``, ``runs``, ``note``: what varied, what was scored one run after the other, what was warned of.
    confidence_level : float
        Of the intervals.
    """

    recipe: Recipe
    ranks: pd.DataFrame = field(repr=False)
    acceptability: pd.DataFrame = field(repr=False)
    tier_probabilities: pd.DataFrame = field(repr=False)
    tiers: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    samples: pd.DataFrame = field(repr=False)
    score_samples: pd.DataFrame = field(repr=False)
    log: pd.DataFrame = field(repr=False)
    _draw: "_Draw" = field(repr=False, compare=False)
    confidence_level: float = 0.95

    def score_ends(self) -> pd.DataFrame:
        """Return the ends ``low`` and ``high`` of the interval of each place's score over the runs of all recipes.

        They mean something where the recipes share a scale.
        """
        outside = (1 - self.confidence_level) / 2
        ends = self.score_samples.quantile([outside, 1 - outside]).T
        return ends.set_axis(["low", "high"], axis=1).rename_axis("place")

    def sampled(self) -> pd.DataFrame:
        """Return what every run was scored with: ``run``, ``recipe``, its choices, and the effective weights.

        A choice (``normalize``, ``aggregate``, …) has a column where the recipes differ in it; the weight of an
        indicator stands in a column ``weight of …``, and is 0 where the recipe leaves the indicator out. The cells that
        vary are given by `cells`.
        """
        recipes = {plan.name: plan.recipe.to_dict() for plan in self._draw.plans if not callable(plan.recipe.impute)}
        steps = next(iter(recipes.values()), {})
        table = self.samples[["run", "recipe"]].copy()
        for step in steps:
            chosen = {name: _in_words(recipe[step]) for name, recipe in recipes.items()}
            if len({*chosen.values()}) > 1:
                table[step] = table["recipe"].map(chosen)
        weights = self.samples.drop(columns=["run", "recipe"])
        return table.join(weights.rename(columns={name: f"weight of {name}" for name in weights}))

    def cells(self, run: int) -> pd.DataFrame:
        """Return the cells that were varied in one run: ``place``, ``indicator``, ``status``, ``value``, ``drawn``."""
        if not 0 <= run < len(self.samples):
            raise OptionError(text("faults.calls.uncertainty.run_number_0", v=len(self.samples) - 1, run=repr(run)))
        return self._draw.listed(self.samples["recipe"].iloc[run], run)


@documented("saisana2005", "lahdelma2001")
def uncertainty(
    indicators: pd.DataFrame,
    framework: Framework,
    *,
    recipe: Recipe | None = None,
    recipes: Mapping[str, Recipe] | None = None,
    recipe_weights: Mapping[str, float] | None = None,
    weight_noise: object = 0.25,
    data_noise: object = None,
    runs: int = 1000,
    seed: int = 0,
    confidence_level: float = 0.95,
    tiers: Mapping[str, object] | None = None,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: Nested = "raise",
) -> Uncertainty:
    r"""Score an index many times under other weights, recipes and data, and say how far ranks and tiers move.

    Weights vary within their parents: the share :math:`w_i` of an indicator or group becomes
    :math:`w_i (1 + f u_i) / \sum_j w_j (1 + f u_j)` with :math:`u` uniform on -1 to 1 and :math:`f` the share of its
    level (``"uniform"``), or is Dirichlet with parameters :math:`c\,w_i`, hence mean :math:`w_i` and variance
    :math:`w_i (1 - w_i) / (c + 1)`.

    - No noise and one recipe: every run is the nominal index, ranks and tiers have probability 1.
    - Same seed, same bits, whatever the order of rows and columns; run r is the same however many runs there are.
    - Twice the uniform noise moves every factor :math:`1 + f u` twice as far in every run. In a framework without
      groups, under an arithmetic mean, no pair of places that has changed its order under some noise changes back
      under more.
    - Weights that the data give (entropy) are taken anew from the varied data, then varied.

    Parameters
    ----------
    indicators, framework, places, among, nested
        As for `score`; a place and one that contains it are refused together.
    year : int, optional
        Keep the rows of one year; of a panel, which needs it, the year whose places are ranked. A year of a yearly
        panel is scored by itself; in a pooled one the other years are scored and varied with it.
    recipe : Recipe, optional
        The nominal choices. The first of ``recipes``, or ``Recipe()``, when not given.
    recipes : mapping of str to Recipe, optional
        Recipes to draw from, each run one; only ``recipe`` when not given.
    recipe_weights : mapping of str to float, optional
        How often each of ``recipes`` is drawn, in proportion; all equally when not given.
    weight_noise : float, str or mapping
        A share from 0 to 1 for every level, or shares by level (``{"indicator": 0.25, "level1": 0.1}``), both uniform;
        or ``{"method": "uniform", "share": …}``, ``{"method": "dirichlet", "concentration": …}`` (a number or numbers
        by level; the larger, the closer), ``"simplex"`` (any weights at all, equally probable), ``"none"``.
    data_noise : float or mapping, optional
        A relative standard deviation for every cell, or by status (``{"substituted": 0.2, "imputed": 0.3}``; others
        stay); or ``{"method": …, "share": …, "of": …}``. ``"lognormal"`` (default; the share is that of the logarithm)
        keeps mean and sign, ``"normal"`` may change the sign, ``"uniform"`` is plus or minus the share; ``of="value"``
        (default) is relative to the cell and leaves zeros, ``of="spread"`` to the standard deviation of the indicator.
        Imputed cells are those of the unvaried data.
    runs : int
        Number of runs.
    seed : int
        Seed of the noise, at least 0.
    confidence_level : float
        Share of runs between ``low`` and ``high``.
    tiers : mapping, optional
        Options of `assign_tiers`; its defaults when not given.

    Returns
    -------
    Uncertainty
        Intervals, probabilities and the runs they come from.

    Raises
    ------
    OptionError
        Options outside their choices, negative weights, recipes that score different places.
    TableError
        Faults of the tables, nested places, or a run whose data cannot be scored.
    SizeError
        Runs that would take more time or memory than the budget (see `innoscape.data.Budget`).

    References
    ----------
    Saisana, M., Saltelli, A., Tarantola, S. (2005). Uncertainty and sensitivity analysis techniques as tools for the
    quality assessment of composite indicators. Journal of the Royal Statistical Society A 168 (2), 307-323.
    Lahdelma, R., Salminen, P. (2001). SMAA-2: stochastic multicriteria acceptability analysis for group decision
    making. Operations Research 49 (3), 444-454: the rank acceptability.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 5),
    ...      ("丙", "firms", 1)], columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> found = uncertainty(table, framework, weight_noise=0.5, runs=500, tiers={"method": "counts", "counts": (1, 2)})
    >>> print(found.ranks.to_string(index=False))
    place  rank  mean  median  low  high
       乙     1 1.154     1.0    1     2
       甲     2 1.846     2.0    1     2
       丙     3 3.000     3.0    3     3
    """
    _check(runs, seed, confidence_level, tiers)
    setting = Setting.of(indicators, framework, among=among, places=places, year=year, nested=nested)
    setting, recipe, recipes, section = _cross_section(setting, recipe, recipes)
    nominal, plans, chances = _plans(setting, recipe, recipes, recipe_weights)
    draw = _Draw(plans, read_weight_noise(weight_noise), read_cell_noise(data_noise), chances, seed)
    check_scoring(draw.plans, draw.chances, runs, varies=draw.cell_noise is not None)
    scores, weights, chosen, log = _run(draw, setting, runs)
    ranked, order = _ranked(nominal, section)
    options = dict(tiers or {})
    keys = list(ranked["place"])
    scores = np.take(scores, order, axis=1)
    table, warned = tier_table(scores, keys, options)
    log += [("tiers", runs, str(warned))] if warned else []
    nominal_scores = pd.Series(nominal.scores[order], index=keys)
    ties = nominal.recipe.ties
    ranks = batch_ranks(scores, ties=ties)
    return Uncertainty(
        recipe=nominal.recipe,
        ranks=rank_table(ranked, ranks, confidence_level),
        acceptability=acceptability_table(ranked, ranks if ties == "min" else batch_ranks(scores)),
        tier_probabilities=table,
        tiers=most_likely_tiers(table, nominal_scores, options),
        scores=recipe_score_table(plans, scores, chosen, dict(zip(keys, order, strict=True)), confidence_level),
        samples=sample_table(plans, weights, chosen),
        score_samples=pd.DataFrame(scores, columns=keys).rename_axis("run"),
        log=pd.DataFrame(log, columns=["about", "runs", "note"]),
        _draw=draw,
        confidence_level=confidence_level,
    )


def _in_words(step: object) -> str:
    if not isinstance(step, Mapping):
        return str(step)
    options = ", ".join(f"{name}={_in_words(value)}" for name, value in step.items() if name != "method")
    return f"{step['method']}({options})" if "method" in step else options


@dataclass(frozen=True)
class _Draw:
    """Everything that varies: weights, cells and recipes, by the number of the run."""

    plans: list[Plan]
    weight_noise: WeightNoise
    cell_noise: CellNoise | None
    chances: np.ndarray
    seed: int

    def recipes(self, runs: np.ndarray) -> np.ndarray:
        """Return the number of the recipe of each run."""
        bounds = np.cumsum(self.chances)
        drawn = uniforms(self.seed, runs, [("recipe",)])[:, 0] * bounds[-1]
        return np.minimum(np.searchsorted(bounds, drawn, side="right"), len(self.plans) - 1)

    def shares(self, plan: Plan, shares: np.ndarray, runs: np.ndarray) -> np.ndarray:
        """Return varied shares of the parts of a plan."""
        draws = uniforms(self.seed, runs, plan.branches.parts)
        families = list(plan.branches.families.values())
        return vary_weights(self.weight_noise, shares, plan.branches.levels, families, draws)

    def cells(self, plan: Plan, runs: np.ndarray) -> np.ndarray | None:
        """Return varied values, runs x places x indicators; nothing when no cell varies."""
        names = noisy_cells(plan, self.cell_noise).names if self.cell_noise else []
        return draw_cells(plan, self.cell_noise, uniforms(self.seed, runs, names)) if names else None

    def listed(self, recipe: str, run: int) -> pd.DataFrame:
        """List the varied cells of one run."""
        plan = next(plan for plan in self.plans if plan.name == recipe)
        noisy = noisy_cells(plan, self.cell_noise)
        at = (noisy.rows, noisy.columns)
        drawn = self.cells(plan, np.array([run]))
        return pd.DataFrame(
            {
                "place": [name[1] for name in noisy.names],
                "indicator": [name[2] for name in noisy.names],
                "status": plan.statuses[at],
                "value": plan.cells[at],
                "drawn": [] if drawn is None else drawn[0][at],
            }
        )


def _run(draw: _Draw, setting: Setting, runs: int) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, list]:
    n, widest = len(draw.plans[0].places), max(len(plan.branches.parts) for plan in draw.plans)
    chosen = draw.recipes(np.arange(runs))
    scores = np.empty((runs, n))
    weights = [
        np.empty((int((chosen == number).sum()), len(p.branches.indicators))) for number, p in enumerate(draw.plans)
    ]
    log = _opening(draw, runs)
    for number, plan in enumerate(draw.plans):
        vary = None
        if draw.weight_noise.method != "none":
            vary = lambda shares, rows, plan=plan: draw.shares(plan, shares, rows)  # noqa: E731
        own = np.flatnonzero(chosen == number)
        varies = draw.cells(plan, own[:1]) is not None if own.size else False
        # a chunk of scores fits the processor's cache; one of whole tables is as large as memory allows
        size = max(1, _CELLS // (n * widest) if varies else _CACHED // max(n, widest))
        troubled = 0
        for start in range(0, len(own), size):
            rows = own[start : start + size]
            found = run_plan(plan, setting, rows, vary=vary, cells=draw.cells(plan, rows))
            scores[rows], weights[number][start : start + size] = found[0], found[1]
            troubled += found[2]
        if not plan.batched or (varies and not plan.batched_cells):
            log.append((f"recipe {plan.name}", len(own), "scored one run after the other"))
        if troubled:
            log.append((f"recipe {plan.name}", troubled, "score warned of these runs"))
    return scores, weights, chosen, log


def _opening(draw: _Draw, runs: int) -> list[tuple[str, int, str]]:
    noise = draw.weight_noise
    sizes = ", ".join(f"{level} {size:g}" for level, size in noise.sizes.items())
    rows = [("weights", runs, f"{noise.method}: {sizes}" if sizes else noise.method)]
    for plan in draw.plans:
        listed = draw.listed(plan.name, 0)
        counts = listed["status"].value_counts().sort_index()
        if draw.cell_noise is not None:
            varied = ", ".join(f"{count} {status}" for status, count in counts.items()) or "none"
            rows.append((f"cells by {plan.name}", runs, f"{draw.cell_noise.method} noise on: {varied}"))
    return rows


def _plans(
    setting: Setting,
    recipe: Recipe | None,
    recipes: Mapping[str, Recipe] | None,
    recipe_weights: Mapping[str, float] | None,
) -> tuple[Plan, list[Plan], np.ndarray]:
    if recipes is not None and not recipes:
        raise OptionError(text("faults.calls.uncertainty.recipes_recipe_name_none"))
    if recipes is None:
        if recipe_weights is not None:
            raise OptionError(text("faults.calls.uncertainty.recipe_weights_used_recipes_recipes"))
        plan = make_plan("recipe", setting, recipe or Recipe())
        return plan, [plan], np.ones(1)
    # sorted by name, so that the order of the mapping cannot show
    plans = [make_plan(name, setting, recipes[name]) for name in sorted(recipes)]
    first = next(iter(recipes)) if recipe is None else None
    nominal = next((plan for plan in plans if plan.name == first or plan.recipe == recipe), None)
    nominal = nominal or make_plan("nominal", setting, recipe or Recipe())
    for plan in plans:
        if plan.places != nominal.places:
            odd = ", ".join(sorted(set(plan.places) ^ set(nominal.places)))
            raise OptionError(text("faults.calls.alike.recipes_same_places_every", name=plan.name, odd=odd))
    if recipe_weights is None:
        return nominal, plans, np.ones(len(plans))
    check_names("recipe_weights", recipe_weights, [plan.name for plan in plans])
    chances = np.array([float(recipe_weights.get(plan.name, 0.0)) for plan in plans])
    if not (np.isfinite(chances).all() and (chances >= 0).all() and chances.sum() > 0):
        raise OptionError(text("faults.calls.uncertainty.recipe_weights", recipe_weights=dict(recipe_weights)))
    return nominal, plans, chances


def _cross_section(
    setting: Setting, recipe: Recipe | None, recipes: Mapping[str, Recipe] | None
) -> tuple[Setting, Recipe | None, dict[str, Recipe] | None, CrossSection]:
    """Return setting and recipes of one cross-section, and the rows of it that are ranked."""
    # the nominal recipe stands under a name that no other can have
    given = {**({"": recipe} if recipe else {}), **(recipes or {})}
    if not given:
        return setting, recipe, None if recipes is None else {}, CrossSection()
    setting, plain, section = cross_section(setting, given)
    nominal = plain.pop("", None)
    return setting, nominal, None if recipes is None else plain, section


def _ranked(nominal: Plan, section: CrossSection) -> tuple[pd.DataFrame, list[int]]:
    """Return place and nominal rank of the rows that are ranked, and their positions."""
    rows = section.rows(nominal.places)
    if section.year is None:
        ranked = nominal.nominal.scores[["place", "rank"]]
    else:
        ranks = rank_descending(nominal.scores[[*rows.values()]], ties=nominal.recipe.ties)
        ranked = pd.DataFrame({"place": [*rows], "rank": ranks}).sort_values(["rank", "place"], ignore_index=True)
    return ranked, [rows[place] for place in ranked["place"]]


def _check(runs: int, seed: int, confidence_level: float, tiers: Mapping[str, object] | None) -> None:
    for name, value, least in (("runs", runs, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise OptionError(text("faults.calls.alike.whole_number", name=name, least=least, value=repr(value)))
    if not 0 < confidence_level < 1:
        raise OptionError(text("faults.calls.alike.confidence_level", confidence_level=repr(confidence_level)))
    check_names("tiers", tiers or {}, _TIER_OPTIONS)
