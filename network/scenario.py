"""Change a model of diffusion by small verbs with numbers, and compare the outcome under shared noise."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..data.errors import OptionError
from .diffusion import Diffusion, Seeds, simulate
from .flows import balances, to_graph
from .hazard import Rates, rates
from .measures import centrality

__all__ = ["VERBS", "Comparison", "Scenario", "compare"]

BASELINE = "baseline"

# (measure, place) -> value in every run
_Samples: TypeAlias = dict[tuple[str, Hashable], np.ndarray]


@dataclass(frozen=True, slots=True)
class _Intervention:
    verb: str
    numbers: Mapping[str, Any]
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named sequence of interventions, applied in order.

    Each verb returns a new scenario. ``start`` is the time from which it holds (0: from the beginning).

    Parameters
    ----------
    name : str
        Name in every table of results.

    Examples
    --------
    >>> Scenario("localized").redirect_flow("B", within=["T", "H"], share=0.2).set_tier("T", tier="national", start=5.0)
    Scenario('localized': redirect_flow, set_tier from 5)
    """

    name: str
    interventions: tuple[_Intervention, ...] = ()

    def __repr__(self) -> str:
        steps = (i.verb + (f" from {i.start:g}" if i.start else "") for i in self.interventions)
        return f"Scenario({self.name!r}: {', '.join(steps) or 'no change'})"

    def _and(self, verb: str, start: float, **numbers: Any) -> "Scenario":  # noqa: ANN401
        if not (np.isfinite(start) and start >= 0):
            raise OptionError(f"start must be a time of at least 0, got {start!r}")
        return replace(self, interventions=(*self.interventions, _Intervention(verb, numbers, float(start))))

    def redirect_flow(
        self, source: Hashable, *, within: Iterable[Hashable], share: float, start: float = 0.0
    ) -> "Scenario":
        """Change the share of what ``source`` sends that goes to ``within``; what it sends in total stays the same."""
        if not 0 <= share <= 1:
            raise OptionError(f"share must lie between 0 and 1, got {share!r}")
        return self._and("redirect_flow", start, source=source, within=tuple(within), share=float(share))

    def scale_cost(self, places: Iterable[Hashable], *, factor: float, start: float = 0.0) -> "Scenario":
        """Multiply the costs between the given places, as a corridor does (0.5 halves travel)."""
        if not factor > 0:
            raise OptionError(f"factor must be positive, got {factor!r}")
        return self._and("scale_cost", start, places=tuple(places), factor=float(factor))

    def add_center(self, place: Hashable, *, tier: str, receptivity: float = 1.0, start: float = 0.0) -> "Scenario":
        """Add a center on a tier; the costs must already hold its row and column."""
        return self._and("add_center", start, place=place, tier=tier, receptivity=float(receptivity))

    def set_tier(
        self, place: Hashable, *, tier: str, receptivity: float | None = None, start: float = 0.0
    ) -> "Scenario":
        """Move a center to another tier, and give it another receptivity unless that is None."""
        return self._and("set_tier", start, place=place, tier=tier, receptivity=receptivity)

    def apply(self, baseline: Rates) -> Rates:
        """Return the rates under this scenario, one phase per distinct start.

        A center that is added later stands in every phase, without rates before its start.

        Raises
        ------
        OptionError
            If an intervention names a place, tier or flow that the baseline lacks.
        """
        dates = sorted({0.0, *(i.start for i in self.interventions)})
        phases = [self._at(baseline, date) for date in dates]
        last = phases[-1]
        n, channels = len(last.places), len(last.channels)
        tensor = np.zeros((len(dates), channels, n, n))
        external = np.zeros((len(dates), n))
        for p, phase in enumerate(phases):
            here = np.searchsorted(np.array(last.places, dtype=object), np.array(phase.places, dtype=object))
            for c in range(channels):
                tensor[p, c][np.ix_(here, here)] = phase.tensor[0, c]
            external[p, here] = phase.external_phases[0]
        return replace(last, starts=np.array(dates), tensor=tensor, external_phases=external)

    def _at(self, baseline: Rates, date: float) -> Rates:
        inputs: dict[str, Any] = {
            "centers": baseline.centers,
            "channels": baseline.channels,
            "costs": baseline.costs,
            "flows": baseline.flows,
            "receptivity": baseline.receptivity,
            "external": baseline.external,
        }
        for step in self.interventions:
            if step.start <= date:
                try:
                    inputs.update(VERBS[step.verb](inputs, **step.numbers))
                except OptionError as error:
                    raise OptionError(f"scenario {self.name!r}, {step.verb}: {error}") from None
        return rates(**inputs)


def _known(place: Hashable, inputs: Mapping[str, Any]) -> None:
    if not (inputs["centers"]["place"] == place).any():
        raise OptionError(f"{place!r} is not among the centers")


def _tier(tier: str, inputs: Mapping[str, Any]) -> str:
    allowed = list(inputs["centers"]["tier"].cat.categories)
    if tier not in allowed:
        raise OptionError(f"tier must be one of {', '.join(map(str, allowed))}, got {tier!r}")
    return tier


def _redirect_flow(inputs: Mapping[str, Any], *, source: Hashable, within: Sequence, share: float) -> dict[str, Any]:
    flows = inputs["flows"]
    if flows is None:
        raise OptionError("there are no flows to redirect; give flows= to rates()")
    sent = (flows["source"] == source) & (flows["target"] != source)
    inside = sent & flows["target"].isin(list(within))
    outside = sent & ~inside
    kept, left = (float(np.sort(flows.loc[rows, "value"].to_numpy(dtype=float)).sum()) for rows in (inside, outside))
    if (share > 0 and kept == 0) or (share < 1 and left == 0):
        which = "into" if kept == 0 else "out of"
        raise OptionError(f"{source!r} has no flow {which} the group given, so its share cannot be set to {share:g}")
    value = flows["value"].astype(float)
    total = kept + left
    value = value.mask(inside, value * (share * total / kept if kept else 0.0))
    value = value.mask(outside, value * ((1 - share) * total / left if left else 0.0))
    return {"flows": flows.assign(value=value)}


def _scale_cost(inputs: Mapping[str, Any], *, places: Sequence, factor: float) -> dict[str, Any]:
    if inputs["costs"] is None:
        raise OptionError("there are no costs to scale; give costs= to rates()")
    for place in places:
        _known(place, inputs)
    costs = inputs["costs"].copy()
    costs.loc[list(places), list(places)] *= factor
    return {"costs": costs}


def _add_center(inputs: Mapping[str, Any], *, place: Hashable, tier: str, receptivity: float) -> dict[str, Any]:
    centers = inputs["centers"]
    if (centers["place"] == place).any():
        raise OptionError(f"{place!r} is already a center; use set_tier to move it")
    row = pd.DataFrame({"place": [place], "tier": pd.Categorical([_tier(tier, inputs)], dtype=centers["tier"].dtype)})
    accept = inputs["receptivity"].copy()
    accept.loc[place] = receptivity
    return {"centers": pd.concat([centers[["place", "tier"]], row], ignore_index=True), "receptivity": accept}


def _set_tier(inputs: Mapping[str, Any], *, place: Hashable, tier: str, receptivity: float | None) -> dict[str, Any]:
    _known(place, inputs)
    centers, accept = inputs["centers"].copy(), inputs["receptivity"].copy()
    centers.loc[centers["place"] == place, "tier"] = _tier(tier, inputs)
    if receptivity is not None:
        accept.loc[place] = receptivity
    return {"centers": centers, "receptivity": accept}


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    "redirect_flow": _redirect_flow,
    "scale_cost": _scale_cost,
    "add_center": _add_center,
    "set_tier": _set_tier,
}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Outcome of every scenario beside the baseline.

    Attributes
    ----------
    table : DataFrame
        ``scenario, measure, place, baseline, value, difference, low, high, better``, see `compare`.
    outcomes : dict
        Name -> `Diffusion`, ``baseline`` first.
    models : dict
        Name -> `Rates`, ``baseline`` first.
    """

    table: pd.DataFrame = field(repr=False)
    outcomes: dict[str, Diffusion]
    models: dict[str, Rates] = field(repr=False)


def compare(
    baseline: Rates,
    scenarios: Sequence[Scenario],
    *,
    seeds: Seeds,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
    groups: Mapping[Hashable, Hashable] | None = None,
    executor: Executor | None = None,
) -> Comparison:
    """Simulate the baseline and every scenario with the same noise, and compare them run by run.

    Measures, one row each (a time beyond the horizon counts as the horizon, so times are restricted means):

    - ``arrival_time`` of each place, ``tier_arrival_time`` (mean over the places on a baseline tier, wherever the
      scenario moves them), ``mean_arrival_time`` over all places of the baseline; seeds apart;
    - ``reach``: share of the baseline's places, seeds apart, reached by the horizon; ``arrival_inequality``: Theil
      index of their arrival times;
    - ``localization_share`` of each group, and of each place in one (the share of what it sends that stays in its
      group), ``strength`` and ``pagerank`` of each place in the flows, where a scenario changes them; these follow
      from the inputs and carry no noise.

    Parameters
    ----------
    baseline : Rates
        From `rates`.
    scenarios : sequence of Scenario
        With distinct names, none of them ``baseline``.
    seeds, horizon, runs, seed, executor
        As in `simulate`.
    groups : mapping, optional
        Place -> group, for the localization shares.

    Returns
    -------
    Comparison
        ``difference`` is the mean of the paired differences (scenario minus baseline); ``low`` and ``high`` bound
        that mean with 95% Monte-Carlo confidence; ``better`` is the share of runs in which the scenario is strictly
        earlier (times), higher (reach) or more even (inequality), nan for measures without noise. A place that the
        baseline lacks has no difference.

    Raises
    ------
    OptionError
        If names repeat or an intervention does not fit the baseline.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, compare, rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> model = rates(centers, [Channel("hierarchical", rate=0.5, half_distance=300.0)], costs=costs)
    >>> rail = Scenario("rail").scale_cost(["W", "C"], factor=0.5)
    >>> table = compare(model, [rail], seeds=["W"], horizon=50.0).table.set_index(["measure", "place"])
    >>> bool(table.loc[("arrival_time", "C"), "high"] < 0)
    True
    """
    names = [BASELINE, *(s.name for s in scenarios)]
    if len(set(names)) < len(names):
        raise OptionError(f"scenario names must differ from one another and from {BASELINE!r}: {', '.join(names[1:])}")
    models = {BASELINE: baseline} | {s.name: s.apply(baseline) for s in scenarios}
    seeds = seeds if isinstance(seeds, Mapping | str) else list(seeds)
    outcomes = {
        name: simulate(model, seeds, horizon=horizon, runs=runs, seed=seed, executor=executor)
        for name, model in models.items()
    }
    base_flow = _flow_measures(baseline, groups)
    parts = []
    for name in names[1:]:
        paired = _paired(outcomes[BASELINE], outcomes[name])
        fixed = _fixed(base_flow, _flow_measures(models[name], groups))
        parts += [paired.assign(scenario=name), fixed.assign(scenario=name)]
    columns = ["scenario", "measure", "place", "baseline", "value", "difference", "low", "high", "better"]
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return Comparison(table=table, outcomes=outcomes, models=models)


def _theil(times: np.ndarray) -> np.ndarray:
    """Theil index T of each row; 0 where all are equal."""
    if times.shape[1] == 0:
        return np.zeros(len(times))
    relative = times / times.mean(axis=1, keepdims=True)
    return (relative * np.log(np.maximum(relative, np.finfo(float).tiny))).mean(axis=1)


def _samples(
    outcome: Diffusion, common: Sequence[Hashable], tiers: pd.Series
) -> dict[tuple[str, Hashable], np.ndarray]:
    """Return the value of every noisy measure in every run."""
    time = np.where(np.isnan(outcome.times), outcome.horizon, outcome.times)
    column = {place: i for i, place in enumerate(outcome.places)}
    samples: _Samples = {
        ("arrival_time", place): time[:, i] for place, i in column.items() if place not in outcome.seeds
    }
    away = time[:, [column[p] for p in common]]
    for tier in tiers.cat.categories:
        members = [i for i, p in enumerate(common) if tiers[p] == tier]
        if members:
            samples["tier_arrival_time", tier] = away[:, members].mean(axis=1)
    if len(common):
        samples["mean_arrival_time", "all"] = away.mean(axis=1)
        samples["arrival_inequality", "all"] = _theil(away)
        samples["reach", "all"] = (~np.isnan(outcome.times[:, [column[p] for p in common]])).mean(axis=1)
    return samples


def _paired(base: Diffusion, other: Diffusion) -> pd.DataFrame:
    common = [p for p in base.places if p in set(other.places) and p not in base.seeds]
    tiers = pd.Series(base.tiers.array, index=list(base.places))
    before, after = _samples(base, common, tiers), _samples(other, common, tiers)
    rows = []
    for key, value in after.items():
        row: dict[str, Any] = {"measure": key[0], "place": key[1], "value": value.mean()}
        if key in before:
            gap = value - before[key]
            margin = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else np.nan
            gain = gap if key[0] == "reach" else -gap
            row |= {"baseline": before[key].mean(), "difference": gap.mean(), "better": (gain > 0).mean()}
            row |= {"low": gap.mean() - margin, "high": gap.mean() + margin}
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "place", "baseline", "value", "difference", "low", "high", "better"])


def _flow_measures(model: Rates, groups: Mapping[Hashable, Hashable] | None) -> pd.Series:
    """Return the measures that follow from the flows alone, indexed by (measure, place)."""
    if model.flows is None or model.flows.empty:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []]))
    flows = model.flows[model.flows["value"] > 0]
    table = centrality(to_graph(flows, directed=True), measures=("strength", "pagerank")).set_index("place")
    parts = {name: table[name] for name in table}
    if groups is not None:
        shares = balances(flows, groups, directed=True).set_index("group")["localization_share"]
        parts["localization_share"] = pd.concat([shares, _kept_share(flows, groups)])
    return pd.concat(parts)


def _kept_share(flows: pd.DataFrame, groups: Mapping[Hashable, Hashable]) -> pd.Series:
    """Return the share of what each grouped place sends that stays in its group."""
    group_of = pd.Series(dict(groups), dtype=object)
    rows = flows[flows["source"].isin(group_of.index)].sort_values(["source", "target"], kind="stable")
    stays = rows["source"].map(group_of) == rows["target"].map(group_of)
    sent = rows.groupby("source")["value"].sum()
    return rows["value"].where(stays, 0.0).groupby(rows["source"]).sum() / sent


def _fixed(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"baseline": before, "value": after})
    rows["difference"] = rows["value"] - rows["baseline"]
    # rounding of rescaled flows is no change
    rows = rows[rows["difference"].abs() > 1e-12 * rows["baseline"].abs()]
    rows = rows.assign(low=rows["difference"], high=rows["difference"], better=np.nan)
    return rows.rename_axis(["measure", "place"]).reset_index()
