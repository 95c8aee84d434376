"""Say which choice moves an index most: Sobol indices of weights, recipe steps and uncertain cells."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.options import check_choice, check_known_places, check_names
from ...data.wording.catalogue import join_texts, text
from ..index.recipe import Recipe
from ..index.score import Nested
from .batch import batch_ranks
from .plan import Plan, Setting, draw_cells, make_plan, noisy_cells, run_plan
from .sobol import sobol_design, sobol_table
from .weight_and_cell_noise import CellNoise, WeightNoise, read_cell_noise, read_weight_noise, vary_weights

__all__ = ["OUTCOMES", "Sensitivity", "sensitivity"]

Outcome = Literal["mean_rank_shift", "max_rank_shift", "rank", "score"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
_STEPS = ("screen", "impute", "denominate", "treat", "normalize", "weigh", "aggregate")
_MOST_CELLS = 60
_CELLS = 1_000_000


@dataclass(frozen=True)
class Sensitivity:
    """What `sensitivity` found.

    Parameters
    ----------
    recipe : Recipe
        The nominal choices, from which ranks shift.
    indices : DataFrame
        ``outcome``, ``place`` (empty where the outcome is of the whole index), ``factor``, ``first``, ``first_low``,
        ``first_high``, ``total``, ``total_low``, ``total_high``: shares of the outcome's variance.
    samples : DataFrame
        The design: ``run`` and for every factor the value it took (a choice, a multiplier of a weight, a cell).
    outcomes : DataFrame
        ``run`` and the outcome of every run, a column for each place where there is one for each.
    log : DataFrame
        ``about``, ``runs``, ``note``: what was scored one run after the other, and outcomes that never changed.
    """

    recipe: Recipe
    indices: pd.DataFrame = field(repr=False)
    samples: pd.DataFrame = field(repr=False)
    outcomes: pd.DataFrame = field(repr=False)
    log: pd.DataFrame = field(repr=False)


class _Factors(NamedTuple):
    """The factors in the order of the design: choices of steps, parts of the tree, cells."""

    steps: dict[str, list[object]]
    parts: list[tuple[str, ...]]
    weights: WeightNoise
    cells: list[tuple[str, str, str]]
    cell_noise: CellNoise | None

    @property
    def names(self) -> list[str]:
        return [*self.steps, *self.weight_names, *(f"cell {name[1]}, {name[2]}" for name in self.cells)]

    @property
    def weight_names(self) -> list[str]:
        plain = [f"weight of {part[-1]}" for part in self.parts]
        return [
            f"weight of {' '.join(part)}" if plain.count(name) > 1 else name
            for name, part in zip(plain, self.parts, strict=True)
        ]


def sensitivity(
    indicators: pd.DataFrame,
    framework: Framework,
    *,
    factors: Mapping[str, Any] | None = None,
    outcome: Outcome = "mean_rank_shift",
    place: str | None = None,
    recipe: Recipe | None = None,
    base: int = 256,
    resamples: int = 200,
    confidence_level: float = 0.95,
    seed: int = 0,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: Nested = "raise",
) -> Sensitivity:
    r"""Share the variance of an outcome among weights, recipe steps and uncertain cells.

    With :math:`Y` the outcome and :math:`x_i` a factor, the first order index
    :math:`S_i = V[E(Y | x_i)] / V(Y)` is what is gained by knowing the factor alone, the total order index
    :math:`T_i = E[V(Y | x_{\sim i})] / V(Y)` what is left when all others are known; :math:`T_i - S_i` is interaction.

    - A factor without influence has both indices 0. Estimates scatter: first order ones may fall below 0.
    - If all factors act additively, the first order indices sum to 1, up to the error of sampling.
    - An outcome that never changes in the base samples has no variance to share: its indices are missing, and logged.
    - Same seed, same bits, whatever the order of rows and columns.

    Parameters
    ----------
    indicators, framework, places, among, year, nested
        As for `score`.
    factors : mapping, optional
        - The name of a step of `Recipe` (``"normalize"``, ``"aggregate"``, ``"impute"``, ``"weigh"`` …) with the list
          of its choices, equally probable.
        - ``"weights"`` with a share, which the weights of the highest groups (indicators where there are no groups)
          vary by, plus or minus, each a factor of its own; or shares by level, ``{"level1": 0.25, "indicator": 0.1}``.
        - ``"cells"`` with the noise of cells as in `uncertainty`, each noisy cell a factor, at most 60:
          ``{"substituted": 0.2}``.

        When not given: ``{"normalize": ["minmax", "zscore", "rank"], "weights": 0.25}``.
    outcome : {"mean_rank_shift", "max_rank_shift", "rank", "score"}
        Mean or largest absolute difference from the nominal ranks over the places; or the rank or score of a place.
    place : str, optional
        The place of ``"rank"`` and ``"score"``; every place in turn when not given.
    recipe : Recipe, optional
        The nominal choices, which steps that are no factor keep.
    base : int
        Size of the base sample, a power of 2; the index is scored base x (number of factors + 2) times.
    resamples : int
        Resamplings of the design for the intervals.
    confidence_level : float
        Share of the resampled indices between ``low`` and ``high``.
    seed : int
        Seed of the design and of the resampling.

    Returns
    -------
    Sensitivity
        Indices, design and outcomes.

    Raises
    ------
    OptionError
        Unknown factors, choices that do not go together, an outcome or size outside its choices.
    UnknownPlaceError
        ``place`` is not scored.
    MissingExtraError
        SALib is not installed.

    References
    ----------
    Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., Tarantola, S. (2010). Variance based sensitivity
    analysis of model output. Computer Physics Communications 181 (2), 259-270.
    Saisana, M., Saltelli, A., Tarantola, S. (2005). Uncertainty and sensitivity analysis techniques as tools for the
    quality assessment of composite indicators. Journal of the Royal Statistical Society A 168 (2), 307-323.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 5),
    ...      ("丙", "firms", 1)], columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> factors = {"weights": 0.9, "normalize": ["minmax", "rank"]}
    >>> found = sensitivity(table, framework, factors=factors, outcome="score", place="甲", base=1024)
    >>> print(found.indices[["factor", "first", "total"]].round(1).to_string(index=False))
             factor  first  total
          normalize    0.2    0.2
    weight of firms    0.4    0.4
     weight of labs    0.4    0.4
    """
    _check(outcome, base, resamples, confidence_level, seed)
    setting = Setting.of(indicators, framework, among=among, places=places, year=year, nested=nested)
    recipe = recipe or Recipe()
    nominal = make_plan("nominal", setting, recipe)
    if place is not None:
        check_known_places("place", [place], nominal.places)
    read = _read(factors, nominal)
    design = sobol_design(read.names, base=base, seed=seed)
    scores, samples, log = _evaluate(design, read, nominal, setting)
    found = _outcomes(scores, nominal, outcome, place)
    tables = []
    for name, values in found.items():
        table = sobol_table(read.names, values, resamples=resamples, confidence_level=confidence_level, seed=seed)
        table.insert(0, "outcome", outcome)
        table.insert(1, "place", name if outcome in {"rank", "score"} else "")
        tables.append(table)
        if table["first"].isna().all():
            log.append((f"{outcome} {name}", len(values), "never changed in the base samples; no variance to share"))
    return Sensitivity(
        recipe=recipe,
        indices=pd.concat(tables, ignore_index=True),
        samples=samples,
        outcomes=pd.DataFrame({"run": np.arange(len(design)), **found}),
        log=pd.DataFrame(log, columns=["about", "runs", "note"]),
    )


def _evaluate(
    design: np.ndarray, factors: _Factors, nominal: Plan, setting: Setting
) -> tuple[np.ndarray, pd.DataFrame, list[tuple[str, int, str]]]:
    count = len(factors.steps)
    numbers = [
        np.minimum((design[:, j] * len(c)).astype(int), len(c) - 1) for j, c in enumerate(factors.steps.values())
    ]
    drawn = design[:, count : count + len(factors.parts)]
    cells = design[:, count + len(factors.parts) :]
    scores, log = np.empty((len(design), len(nominal.places))), []
    for chosen in product(*(range(len(choices)) for choices in factors.steps.values())):
        rows = np.flatnonzero(np.all([n == c for n, c in zip(numbers, chosen, strict=True)], axis=0)) if count else None
        rows = np.arange(len(design)) if rows is None else rows
        choices = {step: factors.steps[step][number] for step, number in zip(factors.steps, chosen, strict=True)}
        plan = make_plan(_label(choices), setting, replace(nominal.recipe, **choices))
        _check_same_places(plan, nominal)
        vary = _vary(plan, factors, drawn) if factors.parts else None
        size = max(1, _CELLS // (len(plan.places) * len(plan.branches.parts)))
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            values = (
                draw_cells(plan, factors.cell_noise, _in_order(plan, factors, cells[part])) if factors.cells else None
            )
            scores[part], _, _ = run_plan(plan, setting, part, vary=vary, cells=values)
        if not plan.batched or (factors.cells and not plan.batched_cells):
            log.append((f"recipe {plan.name}", len(rows), "scored one run after the other"))
    return scores, _sample_table(design, factors, numbers, drawn, cells, nominal), log


def _vary(plan: Plan, factors: _Factors, drawn: np.ndarray):  # noqa: ANN202 - a Vary
    families = list(plan.branches.families.values())
    at = {part: j for j, part in enumerate(factors.parts)}

    def vary(shares: np.ndarray, runs: np.ndarray) -> np.ndarray:
        # 1/2 is the middle of the noise: parts that are no factor stay
        draws = np.full((len(runs), len(plan.branches.parts)), 0.5)
        for column, part in enumerate(plan.branches.parts):
            if part in at:
                draws[:, column] = drawn[runs, at[part]]
        return vary_weights(factors.weights, shares, plan.branches.levels, families, draws)

    return vary


def _in_order(plan: Plan, factors: _Factors, draws: np.ndarray) -> np.ndarray:
    names = noisy_cells(plan, factors.cell_noise).names
    at = {name: j for j, name in enumerate(factors.cells)}
    return np.column_stack([draws[:, at[name]] if name in at else np.full(len(draws), 0.5) for name in names])


def _outcomes(scores: np.ndarray, nominal: Plan, outcome: str, place: str | None) -> dict[str, np.ndarray]:
    found = scores if outcome == "score" else batch_ranks(scores, ties=nominal.recipe.ties).astype(float)
    if outcome in {"rank", "score"}:
        return {name: found[:, i] for i, name in enumerate(nominal.places) if place in {None, name}}
    shift = np.abs(found - batch_ranks(nominal.scores[None], ties=nominal.recipe.ties))
    return {outcome: shift.mean(axis=1) if outcome == "mean_rank_shift" else shift.max(axis=1)}


def _read(factors: Mapping[str, Any] | None, nominal: Plan) -> _Factors:
    if factors is None:
        factors = {"normalize": ["minmax", "zscore", "rank"], "weights": 0.25}
    check_names("factors", factors, [*_STEPS, "weights", "cells"])
    steps = {name: _choices(name, given) for name, given in factors.items() if name not in {"weights", "cells"}}
    weights, parts = _parts(factors.get("weights"), nominal)
    noise = read_cell_noise(factors.get("cells"))
    cells = noisy_cells(nominal, noise).names
    if len(cells) > _MOST_CELLS:
        raise OptionError(
            text("faults.calls.sensitivity.factors_most_cells_can", most_cells=_MOST_CELLS, cells=len(cells))
        )
    found = _Factors(steps, parts, weights, cells, noise)
    if not found.names:
        raise OptionError(text("faults.calls.sensitivity.factors_factor_none"))
    return found


def _choices(name: str, given: object) -> list[object]:
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) < 2:
        raise OptionError(text("faults.calls.sensitivity.factors_list_two_choices", name=name, given=repr(given)))
    return list(given)


def _parts(given: object, nominal: Plan) -> tuple[WeightNoise, list[tuple[str, ...]]]:
    if given is None:
        return WeightNoise("none", {}), []
    branches = nominal.branches
    if not isinstance(given, Mapping):
        given = {"level1" if "level1" in branches.levels else "indicator": given}
    noise = read_weight_noise(dict(given))
    if noise.method != "uniform":
        raise OptionError(text("faults.calls.sensitivity.factors_weights_shares_each", method=repr(noise.method)))
    absent = sorted(set(noise.sizes) - set(branches.levels))
    if absent:
        raise OptionError(text("faults.calls.sensitivity.factors_weights_framework", absent=join_texts(absent)))
    parts = [part for part, level in zip(branches.parts, branches.levels, strict=True) if noise.sizes.get(level, 0) > 0]
    return noise, parts


def _sample_table(
    design: np.ndarray,
    factors: _Factors,
    numbers: list[np.ndarray],
    drawn: np.ndarray,
    cells: np.ndarray,
    nominal: Plan,
) -> pd.DataFrame:
    columns: dict[str, Any] = {"run": np.arange(len(design))}
    for number, (name, choices) in zip(numbers, factors.steps.items(), strict=True):
        columns[name] = np.array([_name(choice) for choice in choices], dtype=object)[number]
    for j, (name, part) in enumerate(zip(factors.weight_names, factors.parts, strict=True)):
        columns[name] = 1.0 + factors.weights.sizes[part[0]] * (2.0 * drawn[:, j] - 1.0)
    values = draw_cells(nominal, factors.cell_noise, cells) if factors.cells else None
    noisy = noisy_cells(nominal, factors.cell_noise)
    for j, (_, place, name) in enumerate(factors.cells):
        columns[f"cell {place}, {name}"] = None if values is None else values[:, noisy.rows[j], noisy.columns[j]]
    return pd.DataFrame(columns).astype(dict.fromkeys(factors.steps, "str"))


def _check_same_places(plan: Plan, nominal: Plan) -> None:
    if plan.places != nominal.places:
        odd = ", ".join(sorted(set(plan.places) ^ set(nominal.places)))
        raise OptionError(text("faults.calls.sensitivity.factors_same_places_under", name=plan.name, odd=odd))


def _label(choices: Mapping[str, object]) -> str:
    return ", ".join(f"{step} {_name(choice)}" for step, choice in choices.items()) or "nominal"


def _name(choice: object) -> str:
    if isinstance(choice, Mapping):
        return json.dumps(dict(choice), ensure_ascii=False, sort_keys=True, default=str)
    return choice if isinstance(choice, str) else getattr(choice, "__name__", str(choice))


def _check(outcome: str, base: int, resamples: int, confidence_level: float, seed: int) -> None:
    check_choice("outcome", outcome, OUTCOMES)
    whole = isinstance(base, int) and not isinstance(base, bool)
    if not whole or base < 2 or base & (base - 1):
        raise OptionError(text("faults.calls.sensitivity.base_power_2_256", base=repr(base)))
    for name, value, least in (("resamples", resamples, 2), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise OptionError(text("faults.calls.alike.whole_number", name=name, least=least, value=repr(value)))
    if not 0 < confidence_level < 1:
        raise OptionError(text("faults.calls.alike.confidence_level", confidence_level=repr(confidence_level)))
