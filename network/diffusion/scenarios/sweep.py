"""Compare a scenario with the baseline at every point of a grid."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from ....data.errors import OptionError
from ....data.options import listed, name_faults, refuse
from ..model.hazard_rates import Rates
from ..simulate.outcome import Seeds
from .compare_scenarios import MEASURES, compare_scenarios
from .scenario import Scenario

__all__ = ["sweep"]

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
        As in `compare_scenarios`.
    measures : iterable of str
        Measures to keep, see `compare_scenarios`.

    Returns
    -------
    DataFrame
        One column a parameter, then ``measure, place, baseline, value, difference, low, high, better, narrowing``.

    Raises
    ------
    TableError, UnknownPlaceError
        As in `compare_scenarios`.
    OptionError
        If the grid is empty, ``make`` does not take its parameters, a measure is unknown, or as in
        `compare_scenarios`.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, hazard_rates, sweep
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=0.5, half_distance=300.0)], costs=costs)
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
    refuse(name_faults(kept, MEASURES, name="measures"))
    points = [dict(zip(names, values, strict=True)) for values in product(*grid.values())]
    try:
        made = [Scenario(f"point {i}", make(**point).interventions) for i, point in enumerate(points)]
    except TypeError as error:
        raise OptionError(f"make must take {', '.join(names)} by name: {error}") from error
    outcome = compare_scenarios(baseline, made, seeds=seeds, horizon=horizon, runs=runs, seed=seed, groups=groups)
    table = outcome.table[outcome.table["measure"].isin(kept)]
    number = table["scenario"].str.removeprefix("point ").astype(int)
    values = pd.DataFrame([points[i] for i in number], columns=names, index=table.index)
    return pd.concat([values, table.drop(columns="scenario")], axis=1).reset_index(drop=True)
