"""Fit the rates of a spread to observed times of adoption.

The likelihood is that of the very process that `simulate` draws: place j adopts innovation m at rate::

    h[m, j](t) = external + receptivity[j] * sum over channels c of  rate[c] * sum over adopters i of mask_c * decay_c
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import OptionError, warn_of
from ....data.methods import documented
from ....data.options import Wrong, choice_faults, listed, noted, number_faults, refuse
from ....data.wording.catalogue import join_texts, text
from ...flows.faults import adoption_faults
from ..model.channel import Channel
from ..model.hazard_rates import Rates, hazard_rates
from ..simulate.outcome import Seeds
from .draw_estimates import draw_estimates
from .history import FIRST, First, history_of
from .identifiability import apart, design, doubts, unidentified
from .likelihood import Problem, Solution
from .profile_likelihood import interval, ratio_test
from .residuals import calibration, goodness, residuals

__all__ = ["DiffusionFit", "fit_diffusion"]

Interval = Literal["profile", "wald"]
_INTERVALS: tuple[str, ...] = get_args(Interval)


@dataclass(frozen=True, eq=False)
class DiffusionFit:
    """Rates fitted to observed adoptions, how sure they are, and how well they describe what was seen.

    Attributes
    ----------
    estimates : DataFrame
        ``parameter, value, error, low, high``: the numbers that were free, standard errors from the observed
        information (empty at a bound), and intervals. Half-distances in the unit of the costs, effects of covariates
        (``receptivity.<name>``) per unit of the covariate on the log scale.
    tests : DataFrame
        ``term, statistic, p_value, reference, note``: likelihood-ratio test of each free rate and covariate against 0.
    residuals : DataFrame
        ``innovation, place, tier, time, adopted, residual``: the hazard each place had accumulated when it adopted or
        at the horizon; under the model a (censored) exponential variable of mean 1.
    correlation : DataFrame
        Correlation of the estimates that stand at no bound.
    loglik, aic : float
        Log-likelihood, and ``2 * (free numbers) - 2 * loglik``.
    events : int
        Number of adoptions that the fit depends on (seeds do not count).
    external : float
        Rate of adoption from outside.
    receptivity : Series
        Place -> multiplier of incoming rates: that given, times the effects of covariates, which are 1 at their means.
    notes : tuple of str
        What these data cannot identify.
    confidence_level : float
        Of the intervals.
    problem, values, scale, inputs
        The likelihood, its numbers at the maximum, the units of the covariates and the tables it was made from, for the
        methods below.
    """

    estimates: pd.DataFrame
    tests: pd.DataFrame
    residuals: pd.DataFrame = field(repr=False)
    correlation: pd.DataFrame = field(repr=False)
    loglik: float
    aic: float
    events: int
    external: float
    receptivity: pd.Series = field(repr=False)
    notes: tuple[str, ...]
    confidence_level: float
    problem: Problem = field(repr=False)
    values: np.ndarray = field(repr=False)
    scale: np.ndarray = field(repr=False)
    inputs: Mapping[str, pd.DataFrame | None] = field(repr=False)

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels with the fitted numbers, as `hazard_rates` takes them."""
        k = self.problem.linear
        found = self.problem.channels_at(self.values[k:])
        return tuple(replace(c, rate=float(r)) for c, r in zip(found, self.values, strict=False))

    def rates(self) -> Rates:
        """Return the fitted rates between places, as `simulate` takes them."""
        return self._rates({})

    def unidentified(self) -> dict[str, str]:
        """Say which of the free numbers these data do not identify.

        Returns
        -------
        dict
            Parameter -> reason: ``alike`` (a mixture of rates changes nothing), ``rate`` (it belongs to channels whose
            rate is 0), ``bound`` (the estimate stands at the end of its range), ``open`` (its interval has no end).
        """
        return unidentified(self.problem, self.values, self.estimates)

    def versions(self, draws: int, *, seed: int = 0) -> tuple[Rates, ...]:
        """Return the rates under numbers drawn from the distribution of the estimates, as `simulate` takes them.

        Raises `OptionError` if some of the numbers are not identifiable.
        """
        lost = self.unidentified()
        if lost:
            raise OptionError(text("faults.calls.fit_diffusion.identifiable_so_nothing_draw", lost=join_texts(lost)))
        drawn = draw_estimates(
            self.estimates, self.correlation, draws=draws, seed=seed, confidence_level=self.confidence_level
        )
        return tuple(self._rates(dict(row)) for row in drawn.to_dict("records"))

    def _rates(self, numbers: Mapping[Hashable, float]) -> Rates:
        values, k = self.values.copy(), self.problem.linear
        for p, parameter in enumerate(self.problem.parameters):
            if parameter.name in numbers:
                number = numbers[parameter.name]
                unit = self.scale[parameter.which] if parameter.kind == "trait" else 1.0
                values[p] = np.log(number) if parameter.kind == "half_distance" else number * unit
        centers = self.inputs["centers"]
        assert centers is not None  # noqa: S101
        channels = self.problem.channels_at(values[k:])
        accept = self.problem.receptivity(values[k:])
        return hazard_rates(
            centers,
            tuple(replace(c, rate=float(r)) for c, r in zip(channels, values, strict=False)),
            costs=self.inputs["costs"],
            flows=self.inputs["flows"],
            people=self.inputs["people"],
            receptivity=pd.Series(accept, index=self.receptivity.index),
            external=float(values[k - 1]),
        )

    def goodness(self, *, seed: int = 0) -> pd.DataFrame:
        """Test the fitted process by time rescaling.

        ``places``: the accumulated hazards of all places, a censored one continued by an exponential draw, which
        under the model is what it lacks. ``gaps``: the hazard summed over places between one adoption of an
        innovation and the next. Both are exponential of mean 1 under the model (Brown et al. 2002); the p-values of
        the Kolmogorov-Smirnov tests are somewhat too large, as the rates were fitted to the same data.

        Parameters
        ----------
        seed : int
            Seed of the exponential draws.

        Returns
        -------
        DataFrame
            ``check, count, mean, statistic, p_value``.
        """
        return goodness(self.problem, self.values, self.residuals, seed=seed)

    def calibration(self) -> pd.DataFrame:
        """Compare observed with expected adoptions by tier.

        Returns
        -------
        DataFrame
            ``tier, observed, expected, ratio, z``; ``expected`` is the hazard accumulated by the tier's places, and
            ``z`` the difference over its square root. Tier ``all`` first.
        """
        return calibration(self.residuals)


@documented(
    "andersen1993",
    "self1987",
    formula="log L = Σ<sub>e</sub> log h<sub>j(e)</sub>(t<sub>e</sub>) − Σ<sub>j</sub> ∫ h<sub>j</sub>(t) dt",
)
def fit_diffusion(
    adoptions: pd.DataFrame,
    centers: pd.DataFrame,
    channels: Sequence[Channel],
    *,
    horizon: float,
    costs: pd.DataFrame | None = None,
    flows: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    seeds: Seeds | First = FIRST,
    start: float | None = None,
    external: bool | float = True,
    receptivity: Mapping[Hashable, float] | pd.Series | None = None,
    covariates: pd.DataFrame | None = None,
    free: Iterable[str] = ("rate",),
    shared: bool = False,
    confidence_level: float = 0.95,
    intervals: Interval = "profile",
) -> DiffusionFit:
    """Fit rates, half-distances, tacit shares and receptivity to observed times of adoption.

    The log-likelihood sums, over adoptions left to chance, the log hazard at their time, less the hazard that each
    place accumulated up to its adoption or the horizon; several innovations share all parameters. It is concave in
    the rates, which are found by Newton steps under ``rate >= 0``; the other free numbers are searched around them.

    - One rate that applies alike to all gives ``events / time at risk``, with standard error ``rate / sqrt(events)``.
    - A rate for which the data speak against any adoption is 0, with an interval from 0.
    - The order of rows has no influence.

    Parameters
    ----------
    adoptions : DataFrame
        ``place, time`` and, where several spread, ``innovation``. A place without a row had not adopted by the
        horizon.
    centers : DataFrame
        ``place`` and ``tier``, as in `hazard_rates`.
    channels : sequence of Channel
        What may carry the spread. Numbers that are not free stay as given.
    horizon : float
        Until when adoptions were observed, in the unit of ``time``. Later rows count as not yet adopted.
    costs, flows, people : DataFrame, optional
        As in `hazard_rates`.
    seeds : "first", places, or mapping of place to time
        Adoptions that are given rather than explained: the earliest of each innovation, or these places.
    start : float, optional
        From when places could adopt; the first seed's time if left out.
    external : bool or float
        Whether places also adopt from outside at a common rate: fitted, none, or this rate.
    receptivity : mapping, optional
        As in `hazard_rates`: multipliers that are given, not fitted.
    covariates : DataFrame, optional
        ``place`` and numeric columns that raise or lower what a place takes up: receptivity is multiplied by
        ``exp(sum of effect * (value - mean))``.
    free : iterable of str
        What is fitted: ``rate``, ``half_distance``, ``tacit_share`` for all channels, or of one channel, such as
        ``peer.half_distance``.
    shared : bool
        Whether all channels share one half-distance and one tacit share.
    confidence_level : float
        Of the intervals.
    intervals : {"profile", "wald"}
        From the profile likelihood, or (quicker, poorer where adoptions are few) from standard errors, on the log
        scale for half-distances.

    Returns
    -------
    Fit

    Raises
    ------
    TableError
        If a table lacks columns or has cells that cannot be used.
    UnknownPlaceError
        If an adoption or a seed is at no center.
    OptionError
        If an option is unknown or out of range, nothing is left to explain, an adoption has no possible source, a
        channel never acts on a place at risk, or a half-distance is asked for where all distances are equal.

    Warns
    -----
    InnoscapeWarning
        If some of the numbers are not identifiable: channels that act alike, distances that say nothing, tied times.

    Notes
    -----
    The test of a rate against 0 lies at a bound, so the statistic follows 0.5 chi-square(0) + 0.5 chi-square(1) (Self
    & Liang 1987). Where the channel's own half-distance is free as well, that distance means nothing without the
    channel, and the p-value is too small.

    References
    ----------
    Andersen, Borgan, Gill & Keiding (1993) *Statistical Models Based on Counting Processes*. Self & Liang (1987)
    *Journal of the American Statistical Association* 82:605-610. Brown et al. (2002) *Neural Computation* 14:325-346.

    Examples
    --------
    Two of three places adopted from W, after 1 and 3 years; the third had not by year 4: 2 / (1 + 3 + 4).

    >>> import pandas as pd
    >>> from innoscape.network import Channel
    >>> tier = pd.Categorical(["n", "r", "r", "r"], categories=["n", "r"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "A", "B", "C"], "tier": tier})
    >>> adoptions = pd.DataFrame({"place": ["W", "A", "B"], "time": [2000.0, 2001.0, 2003.0]})
    >>> found = fit_diffusion(
    ...     adoptions, centers, [Channel("hierarchical", decay="none")], horizon=2004.0, external=False
    ... )
    >>> found.estimates.round(3)
               parameter  value  error    low   high
    0  hierarchical.rate   0.25  0.177  0.042  0.772
    """
    faults: list[Wrong] = [*choice_faults("intervals", intervals, _INTERVALS)]
    faults += number_faults("confidence_level", confidence_level, above=0, below=1)
    built = history = None
    with noted(faults):
        built = hazard_rates(centers, channels, costs=costs, flows=flows, people=people, receptivity=receptivity)
    with noted(faults):
        if built is None:
            refuse(adoption_faults(adoptions))
        else:
            history = history_of(adoptions, built.places, horizon=horizon, seeds=seeds, start=start)
    words: tuple[Hashable, ...] = ()
    with noted(faults):
        words = listed(free, name="free")
    refuse(faults)
    assert built is not None and history is not None  # noqa: S101, PT018 - refused otherwise
    problem, fixed, scale = design(history, built, covariates=covariates, external=external, free=words, shared=shared)
    best = problem.maximize(fixed)
    loose = [p for p in range(len(problem.parameters)) if p not in fixed]
    inner, cover = _covariance(problem, best, loose)
    doubtful = doubts(problem, best, loose)
    error = np.full(len(problem.parameters), np.nan)
    error[inner] = np.sqrt(np.maximum(np.diag(cover), 0.0))
    bounds = np.full((len(problem.parameters), 2), np.nan)
    for p in loose:
        if intervals == "profile":
            bounds[p] = interval(problem, best, p, fixed, confidence_level=confidence_level, error=error[p])
        else:
            bounds[p] = _wald(problem, best.numbers[p], error[p], p, confidence_level)
    names = [problem.parameters[p].name for p in inner]
    spread = np.sqrt(np.outer(np.diag(cover), np.diag(cover)))
    left = residuals(problem, best.numbers, built.centers)
    for doubt in doubtful:
        warn_of(doubt, stacklevel=2)
    notes = (*map(str, doubtful), *apart(cover, names))
    if history.events < 5 * len(loose):
        notes = (*notes, f"{history.events} adoptions are few for {len(loose)} free numbers: trust the intervals only")
    return DiffusionFit(
        estimates=_estimates(problem, best, loose, error, bounds, scale),
        tests=_tests(problem, best, loose, fixed),
        residuals=left,
        correlation=pd.DataFrame(cover / spread, index=names, columns=names),
        loglik=best.height,
        aic=2.0 * len(loose) - 2.0 * best.height,
        events=history.events,
        external=float(best.numbers[problem.linear - 1]),
        receptivity=pd.Series(problem.receptivity(best.numbers[problem.linear :]), index=list(built.places)),
        notes=notes,
        confidence_level=confidence_level,
        problem=problem,
        values=best.numbers,
        scale=scale,
        inputs={"centers": built.centers, "costs": costs, "flows": flows, "people": people},
    )


def _covariance(problem: Problem, best: Solution, loose: list[int]) -> tuple[list[int], np.ndarray]:
    """Return the free parameters that stand at no bound, and the inverse of their information."""
    inner = []
    for p in loose:
        parameter, value = problem.parameters[p], best.numbers[p]
        inside = value > 0 if p < problem.linear else parameter.low + 1e-6 < value < parameter.high - 1e-6
        # what belongs to a channel of rate 0 alone is not identifiable
        reached = problem.reached(parameter) if p >= problem.linear and parameter.kind != "trait" else []
        if inside and not (reached and not any(best.numbers[c] > 0 for c in reached)):
            inner.append(p)
    if not inner:
        return inner, np.zeros((0, 0))
    known = problem.information(best.numbers, inner)
    size = np.sqrt(np.maximum(np.diag(known), 1e-300))
    cover = np.linalg.pinv(known / np.outer(size, size), rcond=1e-10, hermitian=True) / np.outer(size, size)
    return inner, cover


def _wald(problem: Problem, value: float, error: float, p: int, confidence_level: float) -> tuple[float, float]:
    reach = NormalDist().inv_cdf(0.5 + confidence_level / 2) * error
    low, high = value - reach, value + reach
    return (max(low, 0.0) if p < problem.linear or problem.parameters[p].kind == "tacit_share" else low), high


def _estimates(
    problem: Problem, best: Solution, loose: list[int], error: np.ndarray, bounds: np.ndarray, scale: np.ndarray
) -> pd.DataFrame:
    rows = []
    for p in loose:
        parameter, value = problem.parameters[p], best.numbers[p]
        low, high = bounds[p]
        if parameter.kind == "half_distance":
            value, low, high = np.exp(value), np.exp(low), np.exp(high)
            rows.append((parameter.name, value, value * error[p], low, high))
        elif parameter.kind == "trait":
            unit = scale[parameter.which]
            rows.append((parameter.name, value / unit, error[p] / unit, low / unit, high / unit))
        else:
            rows.append((parameter.name, value, error[p], low, high))
    return pd.DataFrame(rows, columns=["parameter", "value", "error", "low", "high"]).astype(
        dict.fromkeys(("value", "error", "low", "high"), float)
    )


def _tests(problem: Problem, best: Solution, loose: list[int], fixed: Mapping[int, float]) -> pd.DataFrame:
    rows = []
    for p in loose:
        parameter = problem.parameters[p]
        if parameter.kind not in {"rate", "trait"}:
            continue
        statistic, p_value = ratio_test(problem, best, p, fixed)
        own = [q for q in problem.searched if q.kind != "trait" and problem.reached(q) == [p]]
        note = "its own distance or tacit share is fitted too, so the p-value is too small" if own else ""
        reference = "chi2(1)" if parameter.kind == "trait" else "0.5 chi2(0) + 0.5 chi2(1)"
        rows.append((parameter.name.removesuffix(".rate"), statistic, p_value, reference, note))
    return pd.DataFrame(rows, columns=["term", "statistic", "p_value", "reference", "note"])
