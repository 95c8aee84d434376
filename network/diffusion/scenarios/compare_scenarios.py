"""Compare scenarios with the baseline run by run, under shared noise."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, cast

import numpy as np
import pandas as pd

from ....data.concentration import theil
from ....data.errors import OptionError
from ....data.flow_ends import flow_ends
from ....data.methods import documented
from ....data.options import Wrong, noted, refuse
from ....data.wording.catalogue import join_texts, text
from ...flows.balances import localization_shares
from ...flows.check_graph import ordered, warn_of_units
from ...flows.faults import planted
from ...flows.graphs import to_sparse
from ...flows.weight_matrix import without_diagonal
from ...measures.node_measures import DAMPING, Factors, Plan, measured
from ...measures.ties import Ties
from ..model.hazard_rates import Rates
from ..model.versions import Versions, versions_of
from ..simulate.outcome import Diffusion, Seeds
from ..simulate.simulate import run_faults, simulate
from .scenario import Scenario

__all__ = ["BASELINE", "MEASURES", "Comparison", "compare_scenarios", "scenario_models", "scenario_names", "with_seeds"]

BASELINE = "baseline"
MEASURES = (
    "arrival_time",
    "tier_arrival_time",
    "tier_lag",
    "mean_arrival_time",
    "arrival_inequality",
    "reach",
    "strength",
    "pagerank",
    "localization_share",
)


@dataclass(frozen=True, eq=False)
class _Samples:
    """Noisy measures of places (keys), and the value of each in every run, ``runs`` (keys x runs)."""

    keys: list[tuple[str, Hashable]]
    runs: np.ndarray

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean of each over the runs."""
        return self.runs.mean(axis=1)

    @cached_property
    def variance(self) -> np.ndarray:
        """Variance of each over the runs."""
        return self.runs.var(axis=1, ddof=1)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Outcome of every scenario beside the baseline.

    Attributes
    ----------
    table : DataFrame
        ``scenario, measure, place, baseline, value, difference, low, high, better, narrowing``; see
        `compare_scenarios`.
    outcomes : dict
        Name -> `Diffusion`, ``baseline`` first.
    models : dict
        Name -> `Rates` in as many versions as the baseline has, ``baseline`` first.
    """

    table: pd.DataFrame = field(repr=False)
    outcomes: dict[str, Diffusion]
    models: dict[str, tuple[Rates, ...]] = field(repr=False)
    _basis: "_Basis | None" = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class _Basis:
    """What a baseline was simulated with, and the measures that follow from its flows alone."""

    options: tuple[object, ...]
    flow_measures: pd.Series
    # places in common -> samples of the baseline
    samples: dict[tuple[Hashable, ...], _Samples] = field(default_factory=dict)


@documented("glasserman1992")
def compare_scenarios(
    baseline: Versions,
    scenarios: Sequence[Scenario],
    *,
    seeds: Seeds,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
    groups: Mapping[Hashable, Hashable] | None = None,
    aggregates: Collection[Hashable] = (),
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    like: Comparison | None = None,
) -> Comparison:
    """Simulate the baseline and every scenario with the same noise, and compare them run by run.

    Measures, one row each (a time beyond the horizon counts as the horizon, so times are restricted means):

    - ``arrival_time`` of each place, ``tier_arrival_time`` (mean over the places on a baseline tier, wherever the
      scenario moves them), ``mean_arrival_time`` over all places of the baseline; seeds apart;
    - ``tier_lag``: how much later a tier is reached than the next one above it of which places are counted (means
      over their places; named after the lower tier);
    - ``reach``: share of the baseline's places, seeds apart, reached by the horizon; ``arrival_inequality``: Theil
      index of their arrival times;
    - ``localization_share`` of each group, and of each place in one (the share of what it sends that stays in its
      group), ``strength`` and ``pagerank`` of each place in the flows, where a scenario changes them; these follow
      from the inputs and carry no noise.

    Parameters
    ----------
    baseline : Rates, or several
        From `hazard_rates`; several versions, as in `simulate`, are changed alike by every scenario and share its
        runs, so that each pair of runs has the same rates and the same noise.
    scenarios : sequence of Scenario
        With distinct names, none of them ``baseline``.
    seeds, horizon, runs, seed, executor
        As in `simulate`.
    groups : mapping, optional
        Place -> group, for the localization shares.
    aggregates : collection, optional
        Ends of flows that stand for several places: they have a strength, and no part in ``pagerank``.
    progress : callable, optional
        Called with (finished runs, all runs) over the baseline and all scenarios.
    like : Comparison, optional
        A comparison with the very same baseline: what was simulated of it is taken over where all options agree, and
        simulated anew where they do not. The numbers are the same in both cases.

    Returns
    -------
    Comparison
        ``difference`` is the mean of the paired differences (scenario minus baseline); ``low`` and ``high`` bound
        that mean with 95% Monte-Carlo confidence; ``better`` is the share of runs in which the scenario is strictly
        earlier (times), higher (reach) or more even (inequality), nan for measures without noise. ``narrowing`` is how
        many times wider the interval would be without shared noise. A place that the baseline lacks has no difference.

    Raises
    ------
    TableError, UnknownPlaceError
        As in `Scenario.apply` and `simulate`.
    OptionError
        If names repeat, an option is out of range or interventions do not fit the baseline. One error holds all
        faults.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, compare_scenarios, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=0.5, half_distance=300.0)], costs=costs)
    >>> rail = Scenario("rail").scale_cost(["W", "C"], factor=0.5)
    >>> table = compare_scenarios(model, [rail], seeds=["W"], horizon=50.0).table.set_index(["measure", "place"])
    >>> bool(table.loc[("arrival_time", "C"), "high"] < 0)
    True
    """
    versions = versions_of(baseline)
    first = versions[0]
    if groups is not None:
        ends = set() if first.flows is None else flow_ends(first.flows)
        if len(groups) and not {*first.places, *ends} & set(dict(groups)):
            raise OptionError(text("faults.calls.compare_scenarios.groups_name_none_centers"))
    seeds = cast("Seeds", planted(seeds))
    models = scenario_models(versions, scenarios, run_faults(horizon=horizon, runs=runs, seed=seed))
    sown = {BASELINE: dict[Hashable, float]()} | {s.name: s.seeds for s in scenarios}
    options: dict[str, Any] = {"horizon": horizon, "runs": runs, "seed": seed, "keep": True, "executor": executor}
    grouped = None if groups is None else dict(groups)
    drawn = (seeds, horizon, runs, seed, grouped, frozenset(aggregates))
    basis = _same_basis(like, versions, drawn)
    outcomes = {} if basis is None or like is None else {BASELINE: like.outcomes[BASELINE]}
    for i, (name, model) in enumerate(models.items()):
        if name in outcomes:
            continue
        tell = None if progress is None else partial(_told, progress, i * runs, len(models) * runs)
        outcomes[name] = simulate(model, with_seeds(seeds, sown[name]), progress=tell, **options)
    basis = basis or _Basis(drawn, _flow_measures(first, groups, aggregates))
    base_flow = basis.flow_measures
    parts = []
    for name in list(models)[1:]:
        paired = _paired(outcomes[BASELINE], outcomes[name], basis.samples)
        parts.append(paired.assign(scenario=name))
        if not _same_flows(first, models[name][0]):
            fixed = _fixed(base_flow, _flow_measures(models[name][0], groups, aggregates))
            parts.append(fixed.assign(scenario=name))
    columns = ["scenario", "measure", "place", "baseline", "value", "difference", "low", "high", "better", "narrowing"]
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return Comparison(table=table, outcomes=outcomes, models=models, _basis=basis)


def _same_basis(like: Comparison | None, versions: Sequence[Rates], options: tuple[object, ...]) -> _Basis | None:
    """Return the basis of a comparison if its baseline was simulated from the same rates under the same options."""
    if like is None or like._basis is None:  # noqa: SLF001 - of the same module
        return None
    known = like.models[BASELINE]
    alike = len(known) == len(versions) and all(one is other for one, other in zip(known, versions, strict=True))
    return like._basis if alike and like._basis.options == options else None  # noqa: SLF001


def _same_flows(first: Rates, other: Rates) -> bool:
    if first.flows is None or other.flows is None:
        return first.flows is other.flows
    return first.flows is other.flows or first.flows.equals(other.flows)


def scenario_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the names of the baseline and of all scenarios, which must differ."""
    if isinstance(scenarios, Scenario) or not all(isinstance(s, Scenario) for s in scenarios):
        raise OptionError(
            text("faults.calls.compare_scenarios.scenarios_several_scenario_write", scenarios=repr(scenarios))
        )
    names = [BASELINE, *(s.name for s in scenarios)]
    if len(set(names)) < len(names):
        raise OptionError(
            text(
                "faults.calls.compare_scenarios.scenario_names_must_differ",
                baseline=repr(BASELINE),
                names=join_texts(names[1:]),
            )
        )
    return names


def scenario_models(
    versions: Sequence[Rates], scenarios: Sequence[Scenario], also: Iterable[Wrong] = ()
) -> dict[str, tuple[Rates, ...]]:
    """Return all versions of the baseline and under every scenario; all that does not fit is refused at once."""
    scenario_names(scenarios)
    models, faults = {BASELINE: tuple(versions)}, list(also)
    for scenario in scenarios:
        with noted(faults):
            models[scenario.name] = tuple(scenario.apply_each(versions))
    refuse(faults)
    return models


def _told(progress: Callable[[int, int], None], before: int, whole: int, done: int, _: int) -> None:
    progress(before + done, whole)


def with_seeds(seeds: Seeds, more: Mapping[Hashable, float]) -> Seeds:
    """Add the seeds that a scenario plants; the earlier time counts."""
    if not more or isinstance(seeds, str):
        return seeds
    begin = dict(seeds) if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 0.0)
    return begin | {place: min(time, begin.get(place, np.inf)) for place, time in more.items()}


def _samples(outcome: Diffusion, common: Sequence[Hashable], tiers: pd.Series) -> _Samples:
    """Return the value of every noisy measure in every run."""
    time = outcome.restricted
    column = {place: i for i, place in enumerate(outcome.places)}
    own = [place for place in outcome.places if place not in outcome.seeds]
    keys: list[tuple[str, Hashable]] = [("arrival_time", place) for place in own]
    rows = [time[:, [column[place] for place in own]].T]
    away = time[:, [column[p] for p in common]]

    def add(measure: str, place: Hashable, value: np.ndarray) -> None:
        keys.append((measure, place))
        rows.append(value[None, :])

    above, tier_of = None, tiers.to_dict()
    for tier in tiers.cat.categories:
        members = [i for i, p in enumerate(common) if tier_of[p] == tier]
        if members:
            here = away[:, members].mean(axis=1)
            add("tier_arrival_time", tier, here)
            if above is not None:
                add("tier_lag", tier, here - above)
            above = here
    if len(common):
        add("mean_arrival_time", "all", away.mean(axis=1))
        add("arrival_inequality", "all", theil(away))
        add("reach", "all", (away < outcome.horizon).mean(axis=1))
    return _Samples(keys, np.concatenate(rows))


def _paired(base: Diffusion, other: Diffusion, known: dict[tuple[Hashable, ...], _Samples]) -> pd.DataFrame:
    """Compare two outcomes run by run; ``known`` keeps the baseline's samples by the places that are common."""
    kept = set(other.places)
    common = tuple(p for p in base.places if p in kept and p not in base.seeds)
    tiers = pd.Series(base.tiers.array, index=list(base.places))
    if common not in known:
        known[common] = _samples(base, common, tiers)
    before, after = known[common], _samples(other, common, tiers)
    at = {key: i for i, key in enumerate(before.keys)}
    position = np.array([at.get(key, -1) for key in after.keys], dtype=int)
    paired, runs = position >= 0, after.runs.shape[1]
    same = before.keys == after.keys
    value, was = (after.runs, before.runs) if same else (after.runs[paired], before.runs[position[paired]])
    gap = value - was
    more = np.array([key[0] == "reach" for key in after.keys], dtype=bool)
    gain = np.where(more[paired, None], gap, -gap)
    margin = apart = np.full(len(gap), np.nan)
    if runs > 1:
        margin = 1.96 * gap.std(axis=1, ddof=1) / np.sqrt(runs)
        apart = 1.96 * np.sqrt((after.variance[paired] + before.variance[position[paired]]) / runs)
    mean = gap.mean(axis=1)
    columns = {
        "baseline": before.mean[position[paired]],
        "difference": mean,
        "low": mean - margin,
        "high": mean + margin,
        "better": (gain > 0).mean(axis=1),
        "narrowing": np.divide(apart, margin, out=np.full(len(gap), np.nan), where=margin > 0),
    }
    found: dict[str, Any] = {"measure": [m for m, _ in after.keys], "place": [p for _, p in after.keys]}
    found["value"] = after.mean
    for name, numbers in columns.items():
        found[name] = np.full(len(paired), np.nan)
        found[name][paired] = numbers
    return pd.DataFrame(found)


def _flow_measures(
    model: Rates, groups: Mapping[Hashable, Hashable] | None, aggregates: Collection[Hashable]
) -> pd.Series:
    """Return the measures that follow from the flows alone, indexed by (measure, place)."""
    flows = None if model.flows is None else model.flows[model.flows["value"] > 0]
    if flows is None or flows.empty:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []]))
    whole = flows
    if len(aggregates):
        whole = flows[~(flows["source"].isin(list(aggregates)) | flows["target"].isin(list(aggregates)))]
    warn_of_units(flows, stacklevel=3)
    wanted = [(flows, ("strength", "pagerank"))]
    if len(whole) < len(flows):
        wanted = [(flows, ("strength",)), (whole, ("pagerank",))]
    parts: dict[str, pd.Series] = {}
    for rows, measures in wanted:
        if len(rows):
            weight, places = to_sparse(rows, ordered(flow_ends(rows)))
            ties = Ties(list(places), without_diagonal(weight), directed=True)
            found = measured(ties, list(measures), Factors(damping=DAMPING), Plan(None, lambda: None))
            parts |= {name: pd.Series(values, ties.index) for name, values in found.items()}
    if groups is not None and flow_ends(flows) & set(dict(groups)):
        parts["localization_share"] = localization_shares(flows, groups)
    return pd.concat(parts)


def _fixed(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"baseline": before, "value": after})
    rows["difference"] = rows["value"] - rows["baseline"]
    # rounding of rescaled flows is no change
    rows = rows[rows["difference"].abs() > 1e-12 * rows["baseline"].abs()]
    rows = rows.assign(low=rows["difference"], high=rows["difference"], better=np.nan, narrowing=np.nan)
    return rows.rename_axis(["measure", "place"]).reset_index()
