"""Search over scenarios: sweep a grid, choose seeds or measures greedily, and ask which assumption matters."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any, cast

import numpy as np
import pandas as pd

from ..data.errors import MissingExtraError, OptionError
from ._inputs import is_number, listed, name_faults, number_faults, planted, refuse
from .comparison import MEASURES, compare, scenario_names, with_seeds
from .diffusion import Seeds
from .hazard import Rates
from .scenario import Scenario
from .simulation import simulate

__all__ = ["Influence", "choose_scenarios", "choose_seeds", "influence", "sweep"]

_OVERALL = ("mean_arrival_time", "reach", "arrival_inequality")


def sweep(
    baseline: Rates,
    make: Callable[..., Scenario],
    grid: Mapping[str, Sequence[Any]],
    *,
    seeds: Seeds,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
    measures: Iterable[str] = _OVERALL,
    groups: Mapping[Hashable, Hashable] | None = None,
) -> pd.DataFrame:
    """Compare a scenario with the baseline at every point of a grid, under one noise.

    Parameters
    ----------
    baseline : Rates
    make : callable
        Takes one value of each parameter by name and returns a scenario.
    grid : mapping
        Parameter -> values.
    seeds, horizon, runs, seed, groups
        As in `compare`.
    measures : iterable of str
        Measures to keep, see `compare`.

    Returns
    -------
    DataFrame
        One column a parameter, then ``measure, place, baseline, value, difference, low, high, better, narrowing``.

    Raises
    ------
    OptionError
        If the grid is empty, ``make`` does not take its parameters, a measure is unknown, or as in `compare`.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, rates, sweep
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> model = rates(centers, [Channel("hierarchical", rate=0.5, half_distance=300.0)], costs=costs)
    >>> table = sweep(
    ...     model,
    ...     lambda factor: Scenario("rail").scale_cost(["W", "C"], factor=factor),
    ...     {"factor": [1.0, 0.5, 0.25]},
    ...     seeds=["W"],
    ...     horizon=40.0,
    ...     measures=["mean_arrival_time"],
    ... )
    >>> table["difference"].is_monotonic_decreasing
    True
    """
    names, kept = list(grid), listed(measures, name="measures")
    empty = [name for name, values in grid.items() if isinstance(values, str) or not len(values)]
    if empty or not names:
        raise OptionError(f"grid must give several values of each parameter; look at {', '.join(empty) or grid!r}")
    refuse(name_faults(kept, MEASURES, name="measure", among=f"those of compare: {', '.join(MEASURES)}"))
    points = [dict(zip(names, values, strict=True)) for values in product(*grid.values())]
    try:
        made = [Scenario(f"point {i}", make(**point).interventions) for i, point in enumerate(points)]
    except TypeError as error:
        raise OptionError(f"make must take {', '.join(names)} by name: {error}") from error
    outcome = compare(baseline, made, seeds=seeds, horizon=horizon, runs=runs, seed=seed, groups=groups)
    table = outcome.table[outcome.table["measure"].isin(kept)]
    number = table["scenario"].str.removeprefix("point ").astype(int)
    values = pd.DataFrame([points[i] for i in number], columns=names, index=table.index)
    return pd.concat([values, table.drop(columns="scenario")], axis=1).reset_index(drop=True)


def choose_seeds(
    rates: Rates,
    k: int,
    *,
    horizon: float,
    candidates: Iterable[Hashable] | None = None,
    seeds: Iterable[Hashable] = (),
    runs: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose the k seeds from which knowledge reaches most places by the horizon.

    Greedy with lazy evaluation: each step adds the candidate with the largest gain. Expected reach rises with seeds
    and with diminishing gains (it is a monotone submodular function), so the greedy choice attains at least 1 - 1/e of
    the best reach beyond the seeds given (Nemhauser, Wolsey & Fisher 1978), up to Monte-Carlo error.

    Parameters
    ----------
    rates : Rates
    k : int
        Seeds to choose.
    horizon, runs, seed
        As in `simulate`.
    candidates : iterable, optional
        Places to choose from; all when left out.
    seeds : iterable, optional
        Places that are seeds in any case.

    Returns
    -------
    DataFrame
        ``step, place, gain, reach, bound``: expected places reached (seeds included), and an upper bound on what any k
        seeds could reach, from the gains left (Leskovec et al. 2007).

    Raises
    ------
    OptionError
        If there are fewer candidates than k, or a place is unknown.

    References
    ----------
    Nemhauser, Wolsey & Fisher (1978) *Mathematical Programming* 14:265-294; Leskovec et al. (2007) *KDD*:420-429.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, choose_seeds, rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = rates(centers, [Channel("hierarchical", rate=1.0, decay="none")])
    >>> choose_seeds(model, 1, horizon=9.0)["place"].tolist()
    ['W']
    """
    pool = list(rates.places) if candidates is None else listed(candidates, name="candidates")
    held = listed(seeds, name="seeds")
    among = f"the {len(rates.places)} centers"
    refuse(chain(*(name_faults(p, rates.position, name="place", among=among) for p in (pool, held))))
    pool = [p for p in dict.fromkeys(pool) if p not in held]
    options = {"horizon": horizon, "runs": runs, "seed": seed}

    def worth(chosen: Sequence[Hashable]) -> float:
        return _places_reached(rates, [*held, *chosen], options)

    return _greedy(pool, k, worth, label="place")


def _places_reached(model: Rates, seeds: Seeds, options: Mapping[str, Any]) -> float:
    """Return the expected number of places reached by the horizon."""
    if not seeds and not model.external_phases.any():
        return 0.0
    return float(simulate(model, seeds, keep=False, **options).arrivals()["reached"].sum())


def choose_scenarios(
    baseline: Rates,
    candidates: Sequence[Scenario],
    k: int,
    *,
    seeds: Seeds,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose the k measures, such as corridors, that together reach most places by the horizon.

    Greedy with lazy evaluation, as in `choose_seeds`; measures may help one another, so the guarantee of seeds does not
    hold in general and no bound is given.

    Parameters
    ----------
    baseline : Rates
    candidates : sequence of Scenario
        With distinct names.
    k : int
    seeds, horizon, runs, seed
        As in `simulate`.

    Returns
    -------
    DataFrame
        ``step, scenario, gain, reach``: expected places reached with all chosen so far.

    Raises
    ------
    OptionError
        If there are fewer candidates than k.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, choose_scenarios, rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = rates(centers, [Channel("hierarchical", rate=0.1, decay="none")])
    >>> measures = [Scenario("idle"), Scenario("push").scale_channel("hierarchical", factor=5.0)]
    >>> choose_scenarios(model, measures, 1, seeds=["W"], horizon=5.0)["scenario"].tolist()
    ['push']
    """
    scenario_names(candidates)
    seeds = cast("Seeds", planted(seeds))
    by_name = {s.name: s for s in candidates}
    options = {"horizon": horizon, "runs": runs, "seed": seed}

    def worth(chosen: Sequence[Hashable]) -> float:
        joined = Scenario("joined")
        for name in chosen:
            joined = joined.then(by_name[str(name)])
        return _places_reached(joined.apply(baseline), with_seeds(seeds, joined.seeds), options)

    return _greedy(list(by_name), k, worth, label="scenario").drop(columns="bound")


def _greedy(pool: list, k: int, worth: Callable[[Sequence[Hashable]], float], *, label: str) -> pd.DataFrame:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= len(pool):
        raise OptionError(f"k must lie between 1 and the {len(pool)} candidates, got {k!r}")
    start = reach = worth([])
    gains = {candidate: worth([candidate]) - start for candidate in pool}
    chosen: list[Hashable] = []
    rows = []
    for step in range(1, k + 1):
        fresh = {candidate for candidate in gains if step == 1}
        while True:
            # gains can only shrink, so an old gain is an upper bound of the new one
            best = max(gains, key=lambda c: (gains[c], -pool.index(c)))
            if best in fresh:
                break
            gains[best] = worth([*chosen, best]) - reach
            fresh.add(best)
        gain = gains.pop(best)
        reach += gain
        chosen.append(best)
        left = sorted(gains.values(), reverse=True)[:k]
        rows.append({"step": step, label: best, "gain": gain, "reach": reach, "bound": reach + sum(left)})
    return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False)
class Influence:
    """How much of an outcome's variation each assumption explains.

    Attributes
    ----------
    table : DataFrame
        ``parameter, first, first_error, total, total_error``: Sobol indices with bootstrap 95% half-widths.
    samples : DataFrame
        The sampled parameters and the outcome of each.
    """

    table: pd.DataFrame
    samples: pd.DataFrame = field(repr=False)


def influence(
    outcome: Callable[..., float],
    bounds: Mapping[str, tuple[float, float]],
    *,
    samples: int = 256,
    seed: int = 0,
) -> Influence:
    """Ask which assumed number an outcome depends on: Sobol indices over the ranges given.

    The first-order index of a parameter is the share of the outcome's variance that it explains alone, the total index
    the share that involves it in any way. Parameters vary independently and uniformly.

    Parameters
    ----------
    outcome : callable
        Takes one value of each parameter by name and returns a number, such as the mean arrival time of a model built
        from them. Simulate with a fixed seed inside, so that noise is shared.
    bounds : mapping
        Parameter -> (low, high).
    samples : int
        Base samples, a power of 2; the outcome is asked ``samples * (parameters + 2)`` times.
    seed : int

    Returns
    -------
    Influence

    Raises
    ------
    MissingExtraError
        Without the extra ``sensitivity`` (SALib).
    OptionError
        If a range is empty, samples are no power of 2, or the outcome does not vary or is not finite.

    References
    ----------
    Saltelli et al. (2010) *Computer Physics Communications* 181:259-270; Herman & Usher (2017) SALib.

    Examples
    --------
    >>> found = influence(lambda a, b: 2.0 * a + 0.0 * b, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, samples=64)
    >>> found.table.set_index("parameter")["total"].round(1).to_dict()
    {'a': 1.0, 'b': 0.0}
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as design
    except ImportError:
        raise MissingExtraError("sensitivity", purpose="asking which assumption matters") from None
    refuse(number_faults("samples", samples, least=2, whole=True))
    if samples & (samples - 1):
        raise OptionError(f"samples must be a power of 2, got {samples!r}; take {1 << (samples - 1).bit_length()}")
    empty = [name for name, (low, high) in bounds.items() if not (is_number(low) and is_number(high) and low < high)]
    if empty or not bounds:
        raise OptionError(
            f"each parameter needs a range (low, high) with low < high; look at {', '.join(empty) or bounds!r}"
        )
    problem = {"num_vars": len(bounds), "names": list(bounds), "bounds": [list(b) for b in bounds.values()]}
    points = design.sample(problem, samples, calc_second_order=False, seed=seed)
    values = np.array([outcome(**dict(zip(bounds, map(float, point), strict=True))) for point in points])
    if not np.isfinite(values).all() or not np.ptp(values) > 0:
        raise OptionError("the outcome must be a finite number everywhere and vary over the ranges given")
    # indices do not depend on the outcome's origin, and are more exact around 0
    found = analysis.analyze(problem, values - values.mean(), calc_second_order=False, seed=seed)
    table = pd.DataFrame(
        {
            "parameter": list(bounds),
            "first": found["S1"],
            "first_error": found["S1_conf"],
            "total": found["ST"],
            "total_error": found["ST_conf"],
        }
    )
    return Influence(table=table, samples=pd.DataFrame(points, columns=list(bounds)).assign(outcome=values))
