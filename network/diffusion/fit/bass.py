"""Fit the Bass curve of adoption to counts or to dates of adoption.

Without a network the share of adopters follows F(t) = (1 - exp(-(p + q) t)) / (1 + (q / p) exp(-(p + q) t)).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import least_squares, minimize

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import choice_faults, idle_faults, is_number, number_faults, refuse
from ..simulate.simulate import bass, bass_share
from .periods import by_period

__all__ = ["BassFit", "fit_bass"]

Method = Literal["nls", "mle"]
_METHODS: tuple[str, ...] = get_args(Method)
# log of p and q per whole time of observation, log of the market in shares of the adopters, or of what it holds beyond
# them; a curve that starts late has a p that is tiny, but not 0
_LOW, _HIGH = np.array([-300.0, -18.0, -15.0]), np.array([5.0, 7.0, 12.0])
# starts from which the curve is fitted, of all that are tried
_STARTS = 6
# how near to a bound, on the scale of logarithms, a number lies at it
_AT_BOUND = 1e-3
# dates are shown in this many periods
_SHOWN = 10


@dataclass(frozen=True, eq=False)
class BassFit:
    """A fitted Bass curve.

    Attributes
    ----------
    estimates : DataFrame
        ``parameter, value, error, low, high``: ``innovation`` (p), ``imitation`` (q), ``market`` (m, the number who
        will ever adopt), with 95% intervals from standard errors (p, q and m on the scale of logarithms).
    fitted : DataFrame
        ``time, observed, expected``: adoptions in each period ending at ``time``.
    method : str
    peak : float
        Time of the highest rate of adoption, ``log(q / p) / (p + q)``; 0 where q <= p.
    notes : tuple of str
        What makes the numbers doubtful: a bound at which one lies, a peak that was not seen, a market below the
        adoptions seen.
    """

    estimates: pd.DataFrame
    fitted: pd.DataFrame = field(repr=False)
    method: str
    peak: float
    notes: tuple[str, ...]

    def predict(self, times: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the expected number of adopters by each time."""
        p, q, m = self.estimates["value"]
        return m * bass(np.asarray(times, dtype=float), innovation=p, imitation=q)


@documented("bass1969", formula="F(t) = (1 − e<sup>−(p + q) t</sup>) / (1 + (q / p) e<sup>−(p + q) t</sup>)")
def fit_bass(
    counts: Sequence[float] | np.ndarray | pd.Series,
    *,
    method: Method = "nls",
    period: float | None = None,
    horizon: float | None = None,
    population: float | None = None,
    market: float | None = None,
) -> BassFit:
    """Fit the Bass model to the number of adoptions in successive periods, or to dates of adoption.

    With F the Bass curve of `bass`, period k expects ``m * (F(k * period) - F((k - 1) * period))``.

    ``nls`` minimizes the sum of squares between these and the counts (Srinivasan & Mason 1986). ``mle`` maximizes the
    likelihood: without a population the counts are Poisson; with one, each of its members adopts with chance
    ``m / population`` in the long run, and who has not adopted by the end is censored (Schmittlein & Mahajan 1982).

    Parameters
    ----------
    counts : sequence
        Adoptions in each period, the first of which starts when adoption becomes possible; nan where a period was not
        counted. A Series whose index holds times is put in their order. With ``horizon``, the dates of adoption
        themselves, counted from that start.
    method : {"nls", "mle"}
        Dates are fitted by ``mle``.
    period : float, optional
        Length of a period of counts, 1 by default; dates have none.
    horizon : float, optional
        Says that ``counts`` are dates, and until when they were observed.
    population : float, optional
        For ``mle``: how many could adopt at most.
    market : float, optional
        The number who will ever adopt, if it is known; fitted if left out.

    Returns
    -------
    BassFit

    Raises
    ------
    OptionError
        If an option has no part (a period of dates, a population for ``nls``), if counts are negative, fewer than the
        numbers to fit, or more than the population, if the times of a Series leave a period out or name one twice, or
        if dates lie outside 0 to the horizon.

    Notes
    -----
    - The best of several local fits is returned: half of them start on the curves that peak where the counts do.
    - Numbers are sought within wide bounds (q up to 1100 over the time observed). Where one lies at a bound the data do
      not hold it, and ``notes`` says so.
    - ``nls`` leaves the market free, so it may come out below the adoptions seen, as in other programs; ``mle`` cannot.

    References
    ----------
    Bass (1969) *Management Science* 15(5):215-227. Srinivasan & Mason (1986) *Marketing Science* 5(2):169-178.
    Schmittlein & Mahajan (1982) *Marketing Science* 1(1):57-78.

    Examples
    --------
    Counts that follow the curve exactly give it back.

    >>> share = bass(np.arange(0.0, 13.0), innovation=0.02, imitation=0.4)
    >>> fit_bass(1000.0 * np.diff(share)).estimates[["parameter", "value"]].round(4)
        parameter    value
    0  innovation     0.02
    1   imitation     0.40
    2      market  1000.00
    """
    if horizon is not None:
        refuse(idle_faults(fit_bass, "where counts are dates", period=period))
    period = 1.0 if period is None else period
    given = _numbers(by_period(counts) if isinstance(counts, pd.Series) and horizon is None else counts)
    _check(given, method, period, horizon, population, market)
    if horizon is None:
        dates, edges = None, period * np.arange(len(given) + 1)
    else:
        dates, edges = np.sort(given), np.linspace(0.0, horizon, _SHOWN + 1)
    seen = given if dates is None else np.histogram(dates, edges)[0].astype(float)
    if method == "mle" and market is not None and population is None:
        population = market
    data = _Data(seen, dates, edges, population, None if market is None else float(market), method == "mle")
    best, cover, quantile = _least_squares(data) if method == "nls" else _likeliest(data)
    return _told(data, best, cover, quantile, method)


@dataclass(frozen=True, eq=False)
class _Data:
    """What was seen, and what a curve makes of it; the free numbers are logarithms (see ``_LOW``)."""

    seen: np.ndarray
    dates: np.ndarray | None
    edges: np.ndarray
    population: float | None
    market: float | None
    beyond: bool

    @property
    def counted(self) -> np.ndarray:
        return ~np.isnan(self.seen)

    @property
    def total(self) -> float:
        return float(self.seen[self.counted].sum())

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        k = 3 if self.market is None else 2
        unit = np.array([np.log(self.edges[-1]), np.log(self.edges[-1]), 0.0])
        return (_LOW - unit)[:k], (_HIGH - unit)[:k]

    @property
    def starts(self) -> list[np.ndarray]:
        """Curves of usual rates, and those that peak where the counts do: there p is q exp(-q peak)."""
        end = self.edges[-1]
        peak = self.edges[1:][int(np.nanargmax(self.seen))] - (self.edges[1] - self.edges[0]) / 2
        rates = [(np.log(p / end), np.log(q / end)) for p in (0.03, 0.3) for q in (1.0, 5.0)]
        rates += [(np.log(q / end) - q * peak / end, np.log(q / end)) for q in (3.0, 10.0, 30.0, 100.0, 300.0)]
        sizes = (-2.0, 0.5) if self.beyond else (0.0, 1.0)
        low, high = self.bounds
        return [np.clip(np.array([*rate, size])[: len(low)], low, high) for rate in rates for size in sizes]

    def natural(self, free: np.ndarray) -> tuple[float, float, float]:
        p, q = np.exp(free[:2])
        if self.market is not None:
            return float(p), float(q), self.market
        return float(p), float(q), self.total * (float(np.exp(free[2])) + self.beyond)

    def expected(self, free: np.ndarray) -> np.ndarray:
        p, q, m = self.natural(free)
        return m * np.diff(bass_share(self.edges, p, q))

    def misfit(self, free: np.ndarray) -> float:
        """Return minus the log-likelihood, up to a constant."""
        p, q, m = self.natural(free)
        if self.dates is None:
            level = float(self.seen[self.counted] @ np.log(np.maximum(self.expected(free)[self.counted], 1e-300)))
        else:
            share = bass_share(self.dates, p, q)
            level = float(np.log(np.maximum(m * (p + q * share) * (1.0 - share), 1e-300)).sum())
        reached = m * float(bass_share(self.edges[-1:], p, q)[0])
        # whoever adopted in a period that was not counted is not seen
        reached -= float(self.expected(free)[~self.counted].sum())
        if self.population is None:
            return reached - level
        left = self.population - self.total
        return (
            self.total * float(np.log(self.population))
            - level
            - (left * float(np.log(max(1.0 - reached / self.population, 1e-300))) if left > 0 else 0.0)
        )


def _least_squares(data: _Data, most: int = _STARTS) -> tuple[np.ndarray, np.ndarray, float]:
    size, counted = float(np.nanmax(data.seen)), data.counted
    options = {"bounds": data.bounds, "xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}

    def gaps(x: np.ndarray) -> np.ndarray:
        return (data.seen - data.expected(x))[counted] / size

    starts = sorted(data.starts, key=lambda x: float((gaps(x) ** 2).sum()))[:most]
    tries = [least_squares(gaps, start, **options) for start in starts]
    best = min(tries, key=lambda t: t.cost)
    freedom = max(int(counted.sum()) - len(best.x), 1)
    cover = np.linalg.pinv(best.jac.T @ best.jac) * 2.0 * best.cost / freedom
    return best.x, cover, float(stats.t.ppf(0.975, freedom))


def _likeliest(data: _Data) -> tuple[np.ndarray, np.ndarray, float]:
    low, high = data.bounds
    if data.population is not None and data.market is None:
        # no more than the population will ever adopt
        room = max(data.population / data.total - 1.0, 1e-9)
        high = np.append(high[:2], np.clip(np.log(room), low[2] + 1e-6, high[2]))
    pairs = list(zip(low, high, strict=True))
    squares = _least_squares(replace(data, beyond=False), most=1)[0]
    if data.market is None:
        squares[2] = np.log(max(np.exp(squares[2]) - 1.0, 1e-6))
    starts = [np.clip(squares, low, high), min((np.clip(s, low, high) for s in data.starts), key=data.misfit)]
    runs = [minimize(data.misfit, s, bounds=pairs, method="L-BFGS-B") for s in starts]
    best = min(runs, key=lambda t: t.fun).x
    for _ in range(10):
        # Newton steps bring it from the optimizer's tolerance to that of the differences
        slope = _slope(data.misfit, best)
        trial = np.clip(best - np.linalg.pinv(_curvature(data.misfit, best)) @ slope, low, high)
        if not data.misfit(trial) < data.misfit(best):
            break
        best = trial
    cover = np.linalg.pinv(_curvature(data.misfit, best))
    return best, cover, float(stats.norm.ppf(0.975))


def _numbers(counts: Sequence[float] | np.ndarray | pd.Series) -> np.ndarray:
    try:
        return np.asarray(counts, dtype=float)
    except (TypeError, ValueError):
        raise OptionError("counts: needed numbers, got others; count dates from the start in one unit") from None


def _check(
    given: np.ndarray,
    method: str,
    period: float,
    horizon: float | None,
    population: float | None,
    market: float | None,
) -> None:
    faults = [*choice_faults("method", method, _METHODS)]
    if horizon is None:
        # a period that was not counted is no count
        given = given[~np.isnan(given)]
    if given.ndim != 1 or len(given) < 4 or not (np.isfinite(given) & (given >= 0)).all() or not given.any():
        faults.append(f"counts: needed at least four numbers of at least 0, not all 0, got {given.tolist()}")
    faults += number_faults("period", period, above=0.0)
    if population is not None and method == "nls":
        faults.append("a population goes with method='mle'")
    refuse(faults)
    if horizon is not None and not (is_number(horizon) and given.max() <= horizon and method == "mle"):
        raise OptionError(f"dates need method='mle' and must lie between 0 and the horizon {horizon!r}")
    least = float(given.sum()) if horizon is None else float(len(given))
    for name, size in (("population", population), ("market", market)):
        if size is not None and not (is_number(size) and size >= least * (1 - 1e-12)):
            raise OptionError(f"{name}: needed at least the {least:g} adoptions seen, got {size!r}")


def _slope(of: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the first derivatives by central differences."""
    return np.array([of(at + e) - of(at - e) for e in 1e-5 * np.eye(len(at))]) / 2e-5


def _curvature(of: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the second derivatives by central differences."""
    step = 1e-4 * np.eye(len(at))
    found = [[of(at + e + f) - of(at + e - f) - of(at - e + f) + of(at - e - f) for e in step] for f in step]
    return np.array(found) / (4.0 * 1e-8)


def _told(data: _Data, x: np.ndarray, cover: np.ndarray, quantile: float, method: str) -> BassFit:
    p, q, m = data.natural(x)
    relative = np.append(np.sqrt(np.maximum(np.diag(cover), 0.0)), [np.nan] if data.market is not None else [])
    if data.beyond:
        # the third free number is then log(m / total - 1)
        relative[2] *= (m - data.total) / m
    value = np.array([p, q, m])
    estimates = pd.DataFrame({"parameter": ["innovation", "imitation", "market"], "value": value})
    estimates["error"] = value * relative
    with np.errstate(over="ignore"):
        estimates["low"] = value * np.exp(-quantile * relative)
        estimates["high"] = value * np.exp(quantile * relative)
    peak = max(float(np.log(q / p)) / (p + q), 0.0)
    end = float(data.edges[-1])
    notes = []
    if data.market is None and peak > end:
        notes.append("what was seen ends before the peak: the market is a guess of the curve")
    if q * end < 1e-3:
        notes.append("no imitation is seen")
    low, high = data.bounds
    for name, at, least, most in zip(("innovation", "imitation", "market"), x, low, high, strict=False):
        side = "lower" if at - least < _AT_BOUND else "upper" if most - at < _AT_BOUND else ""
        if side:
            notes.append(f"{name} lies at its {side} bound: the counts do not hold it")
    if data.market is None and m < data.total * (1 - 1e-9):
        notes.append(f"the market is below the {data.total:g} adoptions seen")
    table = pd.DataFrame({"time": data.edges[1:], "observed": data.seen, "expected": data.expected(x)})
    return BassFit(estimates=estimates, fitted=table, method=method, peak=peak, notes=tuple(notes))
