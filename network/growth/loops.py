"""Run the loop of science, technology and industry, and measure which of them leads.

Every number of the loop is an assumption: the source (Ran et al. 2022, §1) describes its types in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, idle_faults, noted, number_faults, refuse
from .ring import ring
from .run_stocks import run_stocks
from .stepped import Steps, as_steps

__all__ = ["LOOPS", "PHASE_METHODS", "SUBSYSTEMS", "Phases", "loop", "loop_type", "phase_order"]

SUBSYSTEMS = ("science", "technology", "industry")
# type -> order in which the subsystems drive one another
LOOPS = {
    "research-supply-driven": ("science", "technology", "industry"),
    "industry-demand-pull": ("industry", "technology", "science"),
}
PhaseMethod = Literal["correlation", "peak", "half"]
PHASE_METHODS: tuple[str, ...] = get_args(PhaseMethod)
# input to the subsystem that does not lead
_LESSER = 0.2


@dataclass(frozen=True, eq=False)
class Phases:
    """Which series leads which, and by how much.

    Attributes
    ----------
    table : DataFrame
        ``series, lead, rank``, the leader first: by how much time the series leads the mean of the others; equal leads
        share the lower rank.
    lags : DataFrame
        Labeled matrix: time by which the row leads the column (negative: lags behind).
    """

    table: pd.DataFrame
    lags: pd.DataFrame

    @property
    def order(self) -> tuple[str, ...]:
        """Names of the series, the leader first; equals in the order of the columns."""
        return tuple(self.table["series"])


def loop(
    kind: Literal["research-supply-driven", "industry-demand-pull"],
    *,
    horizon: float,
    government: Steps | None = None,
    market: Steps | None = None,
    forward: float = 0.2,
    feedback: float = 0.01,
    depreciation: float = 0.2,
    start: Mapping[str, float] | float = 0.0,
    points: int = 401,
) -> pd.DataFrame:
    """Run a loop of three subsystems, each driving the next and the last feeding back to the first.

    With the subsystems a, b, c in the order of the kind, and the inputs u::

        da/dt = u[a] + feedback * c - depreciation * a
        db/dt =        forward  * a - depreciation * b
        dc/dt = u[c] + forward  * b - depreciation * c

    Kinds: ``research-supply-driven`` (science, technology, industry) and ``industry-demand-pull``, its mirror
    (industry, technology, science). The capable government feeds science and the effective market industry in both.

    Parameters
    ----------
    kind : {"research-supply-driven", "industry-demand-pull"}
    horizon : float
        End, in the unit of time of the rates.
    government, market : float, mapping or Series
        Input to science, and to industry, per unit of time, at least 0: a number, or time -> input from then on (0
        before the first). By default 1 to the subsystem that leads the kind and 0.2 to the other.
    forward, feedback : float
        Rate at which each subsystem drives the next, and the last the first.
    depreciation : float
        Share of a stock that is lost per unit of time, positive.
    start : mapping or float
        Stocks at time 0, by subsystem or for all.
    points : int
        Number of even time steps returned, both ends included.

    Returns
    -------
    DataFrame
        Index ``time``; ``science, technology, industry``.

    Raises
    ------
    OptionError
        If the kind is unknown or a number is outside its range.

    Notes
    -----
    The eigenvalues are ``(feedback * forward**2) ** (1/3) * w - depreciation`` with w the three cube roots of 1: the
    loop feeds itself and grows without end where feedback * forward**2 > depreciation**3. Without coupling each
    subsystem goes to input / depreciation; a pulse of input to the first alone peaks in the order of the kind. The
    order is not a property of the coupling alone: with equal inputs technology, which has none, comes last. An
    instance of `ring`, solved exactly by `run_stocks`. All defaults are assumed; the order of the subsystems
    and the two inputs are the source's (Ran et al. 2022, §1), which of them feeds what is our reading.

    Examples
    --------
    >>> pulse = pd.Series({0.0: 1.0, 5.0: 0.0})
    >>> path = loop("research-supply-driven", horizon=40.0, government=pulse, market=0.0)
    >>> path.idxmax().round(1).tolist()
    [5.0, 7.9, 12.8]
    """
    check_choice("kind", kind, LOOPS)
    leads = LOOPS[kind][0] == "science"
    given: dict[str, Steps] = {
        "government": (1.0 if leads else _LESSER) if government is None else government,
        "market": (_LESSER if leads else 1.0) if market is None else market,
    }
    faults = [*number_faults("horizon", horizon, above=0.0), *number_faults("depreciation", depreciation, above=0.0)]
    faults += [*number_faults("forward", forward, least=0.0), *number_faults("feedback", feedback, least=0.0)]
    faults += number_faults("points", points, least=2, whole=True)
    for name, one in given.items():
        with noted(faults):
            as_steps(one, name=name)
    refuse(faults)
    inputs = {"science": given["government"], "industry": given["market"]}
    model = ring(LOOPS[kind], forward=forward, feedback=feedback, depreciation=depreciation, inputs=inputs, start=start)
    return run_stocks(model, horizon=horizon, points=points).stocks[list(SUBSYSTEMS)]


def phase_order(series: pd.DataFrame, *, method: PhaseMethod = "correlation", max_lag: float | None = None) -> Phases:
    """Measure in which order series move.

    How the lead is found:

    - ``correlation``: of each pair, the lag at which the changes from step to step, less their mean, correlate most;
      of lags that do so equally the shortest;
    - ``peak``: the time of the largest value;
    - ``half``: the time at which half of the way from the first to the last value is done for the first time, linear
      between steps; for series that rise to a level.

    Parameters
    ----------
    series : DataFrame
        Index: even time steps, rising; one column a series, such as papers, patents and sales by year.
    method : {"correlation", "peak", "half"}
    max_lag : float, optional
        For ``correlation``: longest lag looked at, in the unit of the index; half of the time by default.

    Returns
    -------
    Phases

    Raises
    ------
    OptionError
        If there are fewer than two series or four steps, steps are uneven, values are missing, a series is constant, or
        one has its peak at an end of the time.

    Notes
    -----
    Leads are no finer than a step under ``correlation`` and ``peak``. Series that all grow at one rate for ever have no
    phase: what is found then is chance.

    Examples
    --------
    >>> time = np.arange(0.0, 20.0, 0.5)
    >>> waves = pd.DataFrame({"sales": np.sin(time - 2.0), "papers": np.sin(time)}, index=time)
    >>> phase_order(waves, max_lag=3.0).table
       series  lead  rank
    0  papers   2.0     1
    1   sales  -2.0     2
    """
    check_choice("method", method, PHASE_METHODS)
    time, values = _even(series)
    step = (time[-1] - time[0]) / (len(time) - 1)
    if method != "correlation":
        refuse(idle_faults(phase_order, f"with method={method!r}", max_lag=max_lag))
    if method == "correlation":
        longest = (len(time) - 1) // 2 if max_lag is None else int(max_lag / step + 1e-9)
        if longest < 1:
            raise OptionError(f"max_lag: needed at least one step of {step:g}, got {max_lag!r}")
        lags = _correlation_lags(np.diff(values, axis=0), min(longest, len(time) - 2)) * step
    else:
        when = _peaks(time, values, series.columns) if method == "peak" else _halfway(time, values)
        lags = when[None, :] - when[:, None]
    lead = lags.sum(axis=1) / (len(lags) - 1)
    table = pd.DataFrame({"series": list(series.columns), "lead": lead.round(12) + 0.0})
    table["rank"] = table["lead"].rank(ascending=False, method="min").astype(int)
    table = table.sort_values("rank", kind="stable", ignore_index=True)
    return Phases(table=table, lags=pd.DataFrame(lags, index=series.columns, columns=series.columns))


def _even(series: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    time, values = series.index.to_numpy(dtype=float), series.to_numpy(dtype=float)
    if values.shape[1] < 2 or len(time) < 4:
        raise OptionError("phase_order needs at least two series and four time steps")
    steps = np.diff(time)
    if not (steps > 0).all() or not np.allclose(steps, steps.mean(), rtol=1e-6, atol=0.0):
        raise OptionError("phase_order needs even time steps in rising order; fill or resample the years")
    if not np.isfinite(values).all():
        raise OptionError("phase_order needs a value of every series at every time")
    flat = [str(name) for name, column in zip(series.columns, values.T, strict=True) if np.ptp(column) == 0]
    if flat:
        raise OptionError(f"series without any change have no phase: {', '.join(flat)}")
    return time, values


def _correlation_lags(changes: np.ndarray, longest: int) -> np.ndarray:
    """Return by how many steps each row leads each column."""
    n = changes.shape[1]
    centered = changes - changes.mean(axis=0)
    shifts = np.arange(-longest, longest + 1)
    order = np.lexsort((shifts, np.abs(shifts)))
    lags = np.zeros((n, n))
    for a in range(n):
        for b in range(a + 1, n):
            full = np.correlate(centered[:, b], centered[:, a], mode="full")
            near = full[len(changes) - 1 + shifts]
            best = near >= near.max() - 1e-12 * np.abs(near).max()
            lags[a, b] = shifts[order][best[order]][0]
            lags[b, a] = -lags[a, b]
    return lags


def _peaks(time: np.ndarray, values: np.ndarray, names: pd.Index) -> np.ndarray:
    at = values.argmax(axis=0)
    ends = [str(name) for name, i in zip(names, at, strict=True) if i in {0, len(time) - 1}]
    if ends:
        raise OptionError(f"no peak within the time: {', '.join(ends)}; take method='half' or 'correlation'")
    return time[at]


def _halfway(time: np.ndarray, values: np.ndarray) -> np.ndarray:
    way = values[-1] - values[0]
    if (way == 0).any():
        raise OptionError("method 'half' needs series that end elsewhere than they begin")
    done = (values - values[0]) / way
    after = (done >= 0.5).argmax(axis=0)
    columns = np.arange(values.shape[1])
    low, high = done[after - 1, columns], done[after, columns]
    return time[after - 1] + (0.5 - low) / (high - low) * (time[after] - time[after - 1])


def loop_type(evidence: pd.DataFrame | Mapping[str, float], *, method: PhaseMethod = "correlation") -> str:
    """Say which type of loop a center runs, by whether science is ahead of industry.

    Parameters
    ----------
    evidence : DataFrame or mapping
        Series of ``science`` and ``industry`` over even time steps (others may stand beside them): ahead is the one
        that leads. Or the present strength of each, such as its share of first places: ahead is the stronger.
    method : {"correlation", "peak", "half"}
        As in `phase_order`, for series.

    Returns
    -------
    str
        ``research-supply-driven``, ``industry-demand-pull``, or ``undecided`` where they are level.

    Raises
    ------
    OptionError
        If science or industry is missing, or as in `phase_order`.

    Notes
    -----
    The criterion is the source's: the science system is ahead of the industry system in the one type, the industry
    system more active in the other (Ran et al. 2022, §1). It says nothing about causes.

    Examples
    --------
    Beijing's first places among Beijing, Shanghai and Guangdong, by subsystem:

    >>> loop_type({"science": 5 / 5, "technology": 4 / 11, "industry": 5 / 16})
    'research-supply-driven'
    """
    missing = [name for name in ("science", "industry") if name not in evidence]
    if missing:
        raise OptionError(f"evidence lacks {' and '.join(missing)}")
    if isinstance(evidence, pd.DataFrame):
        both = evidence.filter(["science", "industry"])  # type: ignore[union-attr]
        ahead = float(phase_order(both, method=method).lags.loc["science", "industry"])
    else:
        refuse(idle_faults(loop_type, "with strengths instead of series", method=method))
        ahead = float(evidence["science"]) - float(evidence["industry"])
        if not np.isfinite(ahead):
            raise OptionError("science, industry: needed finite strengths, got others")
    if ahead == 0:
        return "undecided"
    return "research-supply-driven" if ahead > 0 else "industry-demand-pull"
