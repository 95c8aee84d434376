"""Simulate how knowledge spreads between places, exactly and in continuous time.

Times count from 0, in the unit that the rates are given per (years, when rates are per year).
"""

import os
from collections.abc import Hashable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ..data.errors import OptionError
from ._spread import place_keys, spread
from .hazard import Rates

__all__ = ["Diffusion", "expected", "simulate"]

# fixed, so that sums over chunks do not depend on the number of workers
_CHUNK = 256
OUTSIDE = "external"

Seeds: TypeAlias = Iterable[Hashable] | Mapping[Hashable, float]


@dataclass(frozen=True, eq=False)
class Diffusion:
    """Arrival times of every run, and who is credited for them.

    Attributes
    ----------
    places : tuple
        Keys, in the order of ``times``.
    tiers : Series
        Tier of each place.
    times : ndarray
        runs x places; nan where a place was not reached by the horizon.
    horizon : float
        End of the simulation.
    seeds : dict
        Seed place -> time it adopts.
    """

    places: tuple[Hashable, ...]
    tiers: pd.Series
    times: np.ndarray = field(repr=False)
    horizon: float
    seeds: dict[Hashable, float]
    _channels: tuple[str, ...] = field(repr=False)
    _credit: np.ndarray = field(repr=False)
    _sources: np.ndarray = field(repr=False)

    def arrivals(self, *, level: float = 0.95) -> pd.DataFrame:
        """Summarize the arrival time of every place.

        Quantiles are order statistics over all runs, a place that is not reached counting as later than the horizon;
        a quantile beyond the horizon is nan. ``mean`` is the restricted mean: such a run counts as the horizon.

        Parameters
        ----------
        level : float
            Share of runs between ``low`` and ``high``.

        Returns
        -------
        DataFrame
            ``place, tier, median, mean, low, high, reached, seed``; ``reached`` is the share of runs.
        """
        late = np.where(np.isnan(self.times), np.inf, self.times)
        tail = (1.0 - level) / 2.0
        low, median, high = np.quantile(late, [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
        table = pd.DataFrame(
            {
                "place": list(self.places),
                "tier": self.tiers.to_numpy(),
                "median": median,
                "mean": np.minimum(late, self.horizon).mean(axis=0),
                "low": low,
                "high": high,
                "reached": np.isfinite(late).mean(axis=0),
                "seed": [p in self.seeds for p in self.places],
            }
        )
        table["tier"] = pd.Categorical(table["tier"], dtype=self.tiers.dtype)
        return table.replace({"median": {np.inf: np.nan}, "low": {np.inf: np.nan}, "high": {np.inf: np.nan}})

    def reach(self, *, times: Iterable[float] | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the share of places reached over time: mean and interval over runs.

        Parameters
        ----------
        times : iterable of float, optional
            Points in time; 101 even steps from 0 to the horizon when not given.
        level : float
            Share of runs between ``low`` and ``high``.
        """
        points = np.linspace(0.0, self.horizon, 101) if times is None else np.asarray(list(times), dtype=float)
        late = np.sort(np.where(np.isnan(self.times), np.inf, self.times), axis=1)
        counts = np.stack([np.searchsorted(run, points, side="right") for run in late]) / max(len(self.places), 1)
        tail = (1.0 - level) / 2.0
        low, high = np.quantile(counts, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
        return pd.DataFrame({"time": points, "mean": counts.mean(axis=0), "low": low, "high": high})

    def credit(self) -> pd.DataFrame:
        """Return the share of arrivals credited to each channel, by tier and over all.

        An arrival is credited to channels by their shares of the hazard at that moment; ``external`` is adoption from
        outside. Seeds are not arrivals. A tier without arrivals has no row.

        Returns
        -------
        DataFrame
            ``tier, channel, share``; tier ``all`` first.
        """
        names = [*self._channels, OUTSIDE]
        sums = pd.DataFrame(self._credit, columns=names)
        by_tier = sums.groupby(pd.Categorical(self.tiers), observed=True).sum()
        by_tier = pd.concat([pd.DataFrame([sums.sum()], index=["all"]), by_tier])
        shares = by_tier[by_tier.sum(axis=1) > 0].pipe(lambda t: t.div(t.sum(axis=1), axis=0))
        if not shares[OUTSIDE].any():
            shares = shares.drop(columns=OUTSIDE)
        return shares.rename_axis("tier").reset_index().melt("tier", var_name="channel", value_name="share")

    def sources(self) -> pd.DataFrame:
        """Return arrivals per run credited to each source, from source to place (labeled, rows are sources)."""
        return pd.DataFrame(self._sources / len(self.times), index=self.places, columns=self.places)


def simulate(
    rates: Rates,
    seeds: Seeds,
    *,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
    executor: Executor | None = None,
) -> Diffusion:
    """Simulate the spread from the seeds, exactly and in continuous time.

    In each run every place j draws one exponential allowance E[j] and adopts at the first time at which the hazard it
    has accumulated reaches it (Sellke's construction)::

        integral from 0 to T[j] of ( external[j](t) + sum over adopters i of rate[i, j](t) ) dt = E[j]

    The draw of (seed, run, place) depends on nothing else, so

    - the same seed gives the same bits, whatever the row order, the executor or the number of threads;
    - two simulations with one seed are paired run by run: their difference is due to the inputs alone;
    - a place added leaves every other draw as it was, and raising a rate delays nobody in any run.

    Parameters
    ----------
    rates : Rates
        From `rates` or a scenario applied to it.
    seeds : iterable of places, or mapping of place to time
        Who has adopted at the start (or adopts at the given time).
    horizon : float
        End of the simulation, in the unit of time of the rates.
    runs : int
        Number of runs.
    seed : int
        Seed of the noise, at least 0.
    executor : concurrent.futures.Executor, optional
        Where chunks of 256 runs are sent; threads of this machine by default.

    Returns
    -------
    Diffusion

    Raises
    ------
    OptionError
        If a seed place is unknown or a number is out of range.

    References
    ----------
    Sellke (1983) *Journal of Applied Probability* 20(2):390-394.

    Examples
    --------
    One source, one target: the arrival is exponential with the rate of the pair.

    >>> import pandas as pd
    >>> from innoscape.network import Channel, rates, simulate
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> result = simulate(
    ...     rates(centers, [Channel("hierarchical", rate=0.5, decay="none")]), ["W"], horizon=100.0, runs=4000
    ... )
    >>> result.arrivals().set_index("place").loc["C", "mean"].round(1)
    np.float64(2.0)
    """
    begin = _seed_times(rates, seeds)
    if not (np.isfinite(horizon) and horizon > 0):
        raise OptionError(f"horizon must be a positive number, got {horizon!r}")
    if runs < 1 or seed < 0:
        raise OptionError(f"runs must be at least 1 and seed at least 0, got {runs!r} and {seed!r}")
    model = (
        np.ascontiguousarray(rates.tensor),
        np.ascontiguousarray(rates.tensor.sum(axis=1)),
        np.ascontiguousarray(rates.external_phases),
        rates.starts.astype(float),
        np.array([begin.get(p, np.inf) for p in rates.places]),
        place_keys(rates.places),
        np.uint64(seed),
    )
    chunks = [(first, min(first + _CHUNK, runs)) for first in range(0, runs, _CHUNK)]
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            parts = _collect(threads, model, chunks, float(horizon))
    else:
        parts = _collect(executor, model, chunks, float(horizon))
    times = np.concatenate([p[0] for p in parts])
    times[np.isinf(times)] = np.nan
    return Diffusion(
        places=rates.places,
        tiers=rates.centers["tier"],
        times=times,
        horizon=float(horizon),
        seeds=begin,
        _channels=tuple(c.name for c in rates.channels),
        _credit=np.sum([p[1] for p in parts], axis=0),
        _sources=np.sum([p[2] for p in parts], axis=0),
    )


def _collect(executor: Executor, model: tuple[Any, ...], chunks: list[tuple[int, int]], horizon: float) -> list:
    tasks: list[tuple[Any, ...]] = [(*model, first, last, horizon) for first, last in chunks]
    futures = [executor.submit(spread, *task) for task in tasks]
    return [f.result() for f in futures]


def _seed_times(rates: Rates, seeds: Seeds) -> dict[Hashable, float]:
    if isinstance(seeds, str):
        raise OptionError(f"seeds must be several places or a mapping, got the text {seeds!r}; write [{seeds!r}]")
    begin = {p: float(t) for p, t in seeds.items()} if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 0.0)
    unknown = [p for p in begin if p not in set(rates.places)]
    if unknown:
        raise OptionError(f"seed {', '.join(map(repr, unknown))} is not among the {len(rates.places)} centers")
    if not begin and not rates.external_phases.any():
        raise OptionError("nothing can spread: there is no seed and no adoption from outside")
    return begin


def expected(rates: Rates, seeds: Seeds, *, horizon: float, points: int = 101) -> pd.DataFrame:
    """Return the mean-field probability that each place has adopted by each time.

    Solves ``dp[j]/dt = (1 - p[j]) * (external[j] + sum_i p[i] * rate[i, j])``, which neglects the correlation between
    places and therefore bounds the mean of `simulate` from above.

    Parameters
    ----------
    rates, seeds, horizon
        As in `simulate`; all seeds must adopt at time 0.
    points : int
        Number of even time steps returned, both ends included.

    Returns
    -------
    DataFrame
        Index ``time``, one column per place.

    Raises
    ------
    OptionError
        If a seed place is unknown or adopts after time 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> one = rates(centers, [Channel("hierarchical", rate=0.5, decay="none")])
    >>> expected(one, ["W"], horizon=2.0, points=2)["C"].round(4).tolist()  # 1 - exp(-0.5 * 2)
    [0.0, 0.6321]
    """
    begin = _seed_times(rates, seeds)
    if any(begin.values()):
        raise OptionError("expected() needs every seed to adopt at time 0")
    state = np.array([1.0 if p in begin else 0.0 for p in rates.places])
    grid = np.linspace(0.0, horizon, points)
    total = rates.tensor.sum(axis=1)
    bounds = [*(float(s) for s in rates.starts if s < horizon), float(horizon)]
    rows = np.empty((points, len(state)))
    rows[0] = state
    for phase, (begin_at, end_at) in enumerate(pairwise(bounds)):
        inside = (grid > begin_at) & (grid <= end_at)

        def slope(_: float, p: np.ndarray, phase: int = phase) -> np.ndarray:
            return (1.0 - p) * (rates.external_phases[phase] + p @ total[phase])

        ask = np.unique(np.append(grid[inside], end_at))
        found = solve_ivp(slope, (begin_at, end_at), state, t_eval=ask, rtol=1e-8, atol=1e-10).y.T
        rows[inside] = found[np.searchsorted(ask, grid[inside])]
        state = found[-1]
    return pd.DataFrame(np.clip(rows, 0.0, 1.0), index=pd.Index(grid, name="time"), columns=list(rates.places))
