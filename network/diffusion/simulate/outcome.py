"""Hold the outcome of a simulated diffusion: who adopts when, how far it reaches, and who is credited.

Times count from 0, in the unit that the rates are given per (years, when rates are per year).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import check_known_places, check_number, is_number, listed, number_faults, refuse

__all__ = ["Diffusion", "Seeds"]

Seeds: TypeAlias = Iterable[Hashable] | Mapping[Hashable, float]

OUTSIDE = "external"
_POINTS = 101


@dataclass(frozen=True, eq=False)
class Histogram:
    """Arrival times counted in equal bins, kept in place of the times where these would not fit in memory.

    ``counts`` is places x bins (the last holds runs that do not reach the place), ``sums`` places x 2 holds the sum and
    the sum of squares of restricted times, ``reach`` runs x points the number of places reached.
    """

    counts: np.ndarray
    sums: np.ndarray
    reach: np.ndarray


@dataclass(frozen=True, eq=False)
class Diffusion:
    """Arrival times over many runs, and what follows from them.

    Attributes
    ----------
    places : tuple
        Keys, in the order of ``times``.
    tiers : Series
        Tier of each place (missing on sparse networks).
    times : ndarray or None
        runs x places; nan where a place was not reached by the horizon. None where they would not have fitted in
        memory: quantiles then have the resolution of a histogram (`resolution`).
    runs : int
    horizon : float
        End of the simulation.
    seeds : dict
        Seed place -> time it adopts.
    channels : tuple of str
    borders : ndarray
        First run of each version of the rates but the first; empty where there was one.
    """

    places: tuple[Hashable, ...]
    tiers: pd.Series = field(repr=False)
    times: np.ndarray | None = field(repr=False)
    runs: int
    horizon: float
    seeds: dict[Hashable, float]
    channels: tuple[str, ...]
    histogram: Histogram | None = field(default=None, repr=False)
    credits: Callable[[bool], tuple[np.ndarray, np.ndarray]] | None = field(default=None, repr=False)
    borders: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64), repr=False)

    @property
    def restricted(self) -> np.ndarray:
        """Arrival times of every run (runs x places), the horizon where a place was not reached.

        Raises `OptionError` if the times were not kept.
        """
        if self.times is None:
            raise OptionError("the times of all runs were not kept; simulate fewer runs, or with keep=True")
        return np.where(np.isnan(self.times), self.horizon, self.times)

    @property
    def resolution(self) -> float:
        """Width of time that quantiles cannot resolve: 0 when all times are kept."""
        return 0.0 if self.histogram is None else self.horizon / (self.histogram.counts.shape[1] - 1)

    def arrivals(self, *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Summarize the arrival time of every place.

        Quantiles are order statistics over all runs, a place that is not reached counting as later than the horizon;
        a quantile beyond the horizon is nan. ``mean`` is the restricted mean: such a run counts as the horizon.

        Parameters
        ----------
        confidence_level : float
            Share of runs between ``low`` and ``high``.

        Returns
        -------
        DataFrame
            ``place, tier, median, mean, low, high, reached, seed, error``; ``reached`` is the share of runs, ``error``
            the Monte-Carlo standard error of the mean.
        """
        tail = tail_of(confidence_level)
        low, median, high = self._quantiles([tail, 0.5, 1.0 - tail])
        mean, error, reached = self._moments()
        table = pd.DataFrame(
            {
                "place": list(self.places),
                "tier": pd.Categorical(self.tiers, dtype=self.tiers.dtype) if len(self.tiers) else None,
                "median": median,
                "mean": mean,
                "low": low,
                "high": high,
                "reached": reached,
                "seed": [p in self.seeds for p in self.places],
                "error": error,
            }
        )
        return table.replace({name: {np.inf: np.nan} for name in ("median", "low", "high")})

    def _quantiles(self, levels: list[float]) -> np.ndarray:
        if self.times is not None:
            return order_statistics(self.times, levels)
        assert self.histogram is not None  # noqa: S101 - one of the two is there
        share = self.histogram.counts.cumsum(axis=1) / self.runs
        edges = np.append(np.linspace(0.0, self.horizon, share.shape[1])[1:], np.inf)
        found = np.stack([edges[(share < level - 1e-12).sum(axis=1)] for level in levels])
        found[:, [i for i, place in enumerate(self.places) if self.seeds.get(place) == 0]] = 0.0
        return found

    def _moments(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self.times is not None:
            restricted = np.where(np.isnan(self.times), self.horizon, self.times)
            spread = restricted.std(axis=0, ddof=1) if self.runs > 1 else np.full(len(self.places), np.nan)
            error = spread / np.sqrt(self.runs)
            return restricted.mean(axis=0), error, np.isfinite(self.times).mean(axis=0)
        assert self.histogram is not None  # noqa: S101
        total, squares = self.histogram.sums.T
        mean = total / self.runs
        spread = np.sqrt(np.maximum(squares / self.runs - mean**2, 0.0) / max(self.runs - 1, 1))
        return mean, spread, 1.0 - self.histogram.counts[:, -1] / self.runs

    def quantiles(self, levels: Iterable[float] = (0.1, 0.5, 0.9), *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return quantiles of the arrival times with their Monte-Carlo error.

        The quantile of share p is the order statistic of rank ceil(p R) of the R runs. The number of runs before the
        true quantile is binomial (R, p), so that two other order statistics bound it whatever the distribution::

            low = t[ F(a) ],  high = t[ F(1 - a) + 1 ],      a = (1 - confidence_level) / 2

        with F the quantile function of that binomial distribution, t[0] = 0 and t[R + 1] not reached.

        Parameters
        ----------
        levels : iterable of float
            Shares of runs, between 0 and 1.
        confidence_level : float
            Of the interval from ``low`` to ``high``, at least.

        Returns
        -------
        DataFrame
            ``place, level, time, low, high``; nan where beyond the horizon.

        Raises
        ------
        OptionError
            If a level or the confidence level does not lie between 0 and 1.

        References
        ----------
        David & Nagaraja (2003) *Order Statistics*, 3rd ed., section 7.1.
        """
        # quantiles with intervals are asked for seldom, and what they need takes long to load
        from scipy import stats

        shares = listed(levels, name="levels")
        refuse([] if shares else ["levels: needed at least one, got none"])
        refuse(fault for s in shares for fault in number_faults("levels", s, above=0, below=1))
        tail = tail_of(confidence_level)
        tables = []
        for share in cast("tuple[float, ...]", shares):
            before, after = stats.binom.ppf([tail, 1.0 - tail], self.runs, share) + np.array([0.0, 1.0])
            # half a rank below, so that rounding cannot lead to the next one
            asked = np.clip((np.array([before, after]) - 0.5) / self.runs, 1e-15, 1.0)
            low, time, high = self._quantiles([asked[0], share, asked[1]])
            low = low if before >= 1 else np.zeros_like(low)
            high = high if after <= self.runs else np.full_like(high, np.inf)
            table = {"place": list(self.places), "level": share, "time": time, "low": low, "high": high}
            tables.append(pd.DataFrame(table))
        return pd.concat(tables, ignore_index=True).replace(np.inf, np.nan)

    def reach(
        self,
        *,
        times: Iterable[float] | None = None,
        places: Iterable[Hashable] | None = None,
        confidence_level: float = 0.95,
    ) -> pd.DataFrame:
        """Return the share of places reached over time: mean and interval over runs.

        Parameters
        ----------
        times : iterable of float, optional
            Points in time; 101 even steps from 0 to the horizon when not given.
        places : iterable, optional
            Count among these places only, so that models with different places can be compared.
        confidence_level : float
            Share of runs between ``low`` and ``high``.

        Raises
        ------
        UnknownPlaceError
            If a place is unknown.
        OptionError
            If a point is no number, or other points or some places are asked for and the times were not kept.
        """
        counted = set(self.places if places is None else listed(places, name="places"))
        check_known_places("places", counted, self.places)
        chosen = [i for i, place in enumerate(self.places) if place in counted]
        points = np.linspace(0.0, self.horizon, _POINTS) if times is None else _numbers_in(times)
        if self.times is not None:
            counts = reached_by(self.times[:, chosen], points)
        elif times is None and places is None and self.histogram is not None:
            counts = self.histogram.reach
        else:
            raise OptionError("the times of all runs were not kept; call reach() without times, or simulate fewer runs")
        share = counts / max(len(chosen), 1)
        tail = tail_of(confidence_level)
        low, high = order_statistics(share, [tail, 1.0 - tail])
        return pd.DataFrame({"time": points, "mean": share.mean(axis=0), "low": low, "high": high})

    def doubt(self) -> pd.DataFrame:
        """Say how much of the variance of arrivals comes from doubt about the rates, and how much from chance.

        With V versions of the rates and n runs of each, a one-way analysis of variance of the restricted times gives::

            chance = mean variance within versions
            parameters = max(variance between the means of versions - chance / n, 0)

        - Equal versions, or one alone, have no variance from parameters (up to chance).

        Returns
        -------
        DataFrame
            ``place, parameters, chance, share``: variances, and the first as a share of both; a place that always
            adopts at the same time has share 0. With one version, ``parameters`` is nan and so is ``share``.

        Raises
        ------
        OptionError
            If the times were not kept.

        References
        ----------
        Searle, Casella & McCulloch (1992) *Variance Components*, chapter 3.
        """
        parts = variances(self.restricted, self.borders)
        return pd.DataFrame({"place": list(self.places), **parts})

    def reach_doubt(self, *, places: Iterable[Hashable] | None = None) -> pd.DataFrame:
        """Part the variance of the share reached over time as `doubt` parts that of arrivals.

        Returns
        -------
        DataFrame
            ``time, parameters, chance, share`` at the times of `reach`.
        """
        counted = set(self.places if places is None else listed(places, name="places"))
        check_known_places("places", counted, self.places)
        chosen = [i for i, place in enumerate(self.places) if place in counted]
        points = np.linspace(0.0, self.horizon, _POINTS)
        times = np.where(self.restricted < self.horizon, self.restricted, np.inf)[:, chosen]
        share = reached_by(times, points) / max(len(chosen), 1)
        return pd.DataFrame({"time": points, **variances(share, self.borders)})

    def order(self, *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return when the first, second, … place is reached: order statistics over runs, seeds included.

        Returns
        -------
        DataFrame
            ``rank, median, low, high, reached``; a quantile beyond the horizon is nan.

        Raises
        ------
        OptionError
            If the times were not kept.
        """
        if self.times is None:
            raise OptionError("the times of all runs were not kept; simulate fewer runs")
        late = np.sort(np.where(np.isnan(self.times), np.inf, self.times), axis=1)
        tail = tail_of(confidence_level)
        low, median, high = order_statistics(late, [tail, 0.5, 1.0 - tail])
        table = pd.DataFrame({"rank": np.arange(1, late.shape[1] + 1), "median": median, "low": low, "high": high})
        return table.replace(np.inf, np.nan).assign(reached=np.isfinite(late).mean(axis=0))

    def credit(self) -> pd.DataFrame:
        """Return the share of arrivals credited to each channel, by tier and over all.

        An arrival is credited to channels by their shares of the hazard at that moment; ``external`` is adoption from
        outside. Seeds are not arrivals. A tier without arrivals has no row.

        Returns
        -------
        DataFrame
            ``tier, channel, share``; tier ``all`` first.
        """
        by_channel, _ = self._credits(sources=False)
        sums = pd.DataFrame(by_channel, columns=[*self.channels, OUTSIDE])
        by_tier = sums.groupby(pd.Categorical(self.tiers), observed=True).sum() if len(self.tiers) else sums.iloc[:0]
        by_tier = pd.concat([pd.DataFrame([sums.sum()], index=["all"]), by_tier])
        shares = by_tier[by_tier.sum(axis=1) > 0].pipe(lambda t: t.div(t.sum(axis=1), axis=0))
        if not shares[OUTSIDE].any():
            shares = shares.drop(columns=OUTSIDE)
        return shares.rename_axis("tier").reset_index().melt("tier", var_name="channel", value_name="share")

    def sources(self) -> pd.DataFrame:
        """Return arrivals per run credited to each source, from source to place (labeled, rows are sources)."""
        _, by_source = self._credits(sources=True)
        return pd.DataFrame(by_source / self.runs, index=self.places, columns=self.places)

    def _credits(self, *, sources: bool) -> tuple[np.ndarray, np.ndarray]:
        if self.credits is None:
            raise OptionError("credit is available only for dense networks whose times were kept; simulate fewer runs")
        return self.credits(sources)


def _numbers_in(times: Iterable[float]) -> np.ndarray:
    points = listed(times, name="times")
    refuse(f"times: needed numbers, got {t!r}" for t in points if not (is_number(t) or t in (np.inf, -np.inf)))
    return np.array(points, dtype=float)


def tail_of(confidence_level: float) -> float:
    """Return the share of runs on either side of an interval."""
    check_number("confidence_level", confidence_level, above=0, below=1)
    return (1.0 - confidence_level) / 2.0


def variances(values: np.ndarray, borders: np.ndarray) -> dict[str, np.ndarray]:
    """Part the variance of each column (rows are runs) into that between versions and that within them."""
    groups = np.split(values, borders)
    within = np.array([group.var(axis=0, ddof=1) if len(group) > 1 else np.nan * group[0] for group in groups])
    chance = within.mean(axis=0)
    if len(groups) == 1:
        nothing = np.full(values.shape[1], np.nan)
        return {"parameters": nothing, "chance": chance, "share": nothing}
    between = np.array([group.mean(axis=0) for group in groups]).var(axis=0, ddof=1)
    size = len(values) / len(groups)
    parameters = np.maximum(between - chance / size, 0.0)
    whole = parameters + chance
    share = np.divide(parameters, whole, out=np.zeros_like(whole), where=whole > 0)
    return {"parameters": parameters, "chance": chance, "share": share}


def order_statistics(values: np.ndarray, levels: Iterable[float]) -> np.ndarray:
    """Return the value of rank ceil(p n) in each column (levels x columns); what is not a number is infinitely late.

    They are the quantiles that `numpy.quantile` names ``inverted_cdf``, of one sort instead of one search a level.
    """
    rank = np.ceil(len(values) * np.asarray(list(levels)) - 1.0).astype(np.int64)
    found = np.sort(values, axis=0)[np.maximum(rank, 0)]
    return np.where(np.isnan(found), np.inf, found)


def reached_by(times: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Count the places reached by each point in time (runs x points)."""
    # to check a study loads no compiler
    from ..kernels.count_reached import count_reached

    order = np.argsort(points, kind="stable")
    found = np.empty((len(times), len(points)), dtype=np.int64)
    found[:, order] = count_reached(np.ascontiguousarray(times, dtype=float), points[order].astype(float))
    return found


def histogram_of(times: np.ndarray, horizon: float, bins: int) -> dict[str, np.ndarray]:
    """Count one chunk of times (runs x places, infinite where not reached) for a `Histogram`."""
    n = times.shape[1]
    slot = np.minimum(np.ceil(np.minimum(times / horizon, 1.0) * bins - 1e-9).astype(np.int64) - 1, bins - 1)
    slot = np.where(np.isfinite(times), np.maximum(slot, 0), bins)
    flat = np.arange(n) * (bins + 1) + slot
    restricted = np.minimum(times, horizon)
    return {
        "counts": np.bincount(flat.ravel(), minlength=n * (bins + 1)).reshape(n, bins + 1),
        "sums": np.stack([restricted.sum(axis=0), (restricted**2).sum(axis=0)], axis=1),
        "reach": reached_by(times, np.linspace(0.0, horizon, _POINTS)).astype(np.int32),
    }
