"""Describe a series stage by stage, and test whether it breaks where the stages meet."""

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from ...data.contracts.dates import parse_times
from ...data.errors import OptionError
from ...data.options import choice_faults, column_faults, numeric, refuse

__all__ = ["STAGE_MODELS", "StageBreaks", "stage_breaks"]

StageModel = Literal["level", "trend"]
STAGE_MODELS: tuple[str, ...] = get_args(StageModel)
_MONTH = 1 / 12


@dataclass(frozen=True, eq=False)
class StageBreaks:
    """A series by stages, with the tests of its breaks.

    Attributes
    ----------
    stages : DataFrame
        ``stage, start, end`` (decimal years, the end not included; none for the last), ``observations, mean, first,
        last, growth`` (mean yearly rate from the first to the last observation; missing where it is not defined).
    breaks : DataFrame
        One row where two stages meet: ``time, before, after, shift`` (difference of the means), ``f, freedom_1,
        freedom_2, p_value, status`` (``computed``, ``too few observations``, ``undefined``).
    overall : Series
        ``f, freedom_1, freedom_2, p_value, status`` of all breaks together.
    best : Series
        ``time, f`` of the single break with the largest F among all dates. Its F has no p-value here: the date was
        searched for.
    """

    stages: pd.DataFrame
    breaks: pd.DataFrame
    overall: pd.Series = field(repr=False)
    best: pd.Series = field(repr=False)


def stage_breaks(series: pd.DataFrame, stages: pd.DataFrame, *, model: StageModel = "level") -> StageBreaks:
    r"""Test a series for breaks where stages meet, at dates known beforehand (Chow's test).

    With the sum of squared residuals S of one model for the whole and :math:`S_j` of the same model for each of m
    stages, k terms and n observations,

    .. math:: F = \frac{(S - \sum_j S_j) / (k (m - 1))}{\sum_j S_j / (n - k m)}

    which has an F distribution if the residuals are independent, normal and of one variance. ``breaks`` tests each pair
    of neighboring stages alone, ``overall`` all together.

    - Stages must follow one another: each begins after the one before, and where ends are given, right after its end.
    - A stage with fewer than k observations, or too few in all, leaves the test out and says so in ``status``.
    - A series without residuals in every stage has F infinite and p 0; one without any break or residual is
      ``undefined``.
    - Adding a number to the series, or multiplying it by one, changes no F.

    Parameters
    ----------
    series : DataFrame
        ``time, value``: years, or dates such as ``2014-05``; one value for each time, in any order.
    stages : DataFrame
        ``stage, start`` and, if known, ``end`` (the last month or year of the stage), in any order.
    model : {"level", "trend"}
        Whether a stage is a constant or a line in time.

    Returns
    -------
    StageBreaks
        Stages, tests, and the best single break.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        Times that cannot be read or stand twice, values that are not finite, fewer than two stages, stages that
        overlap or leave a gap, or observations before the first stage.

    References
    ----------
    Chow (1960) *Econometrica* 28.

    Examples
    --------
    >>> series = pd.DataFrame({"time": range(2009, 2017), "value": [2.0, 3.0, 2.0, 3.0, 6.0, 7.0, 6.0, 7.0]})
    >>> stages = pd.DataFrame({"stage": ["first", "second"], "start": ["2009", "2013"], "end": ["2012", None]})
    >>> found = stage_breaks(series, stages)
    >>> found.breaks[["time", "before", "after", "shift", "f"]]
         time before   after  shift     f
    0  2013.0  first  second    4.0  96.0
    >>> float(found.best["time"])
    2013.0
    """
    refuse(
        [
            *column_faults(series, "series", ("time", "value")),
            *column_faults(stages, "stages", ("stage", "start")),
            *choice_faults("model", model, STAGE_MODELS),
        ]
    )
    time, value = _read_series(series)
    names, starts, last = _read_stages(stages)
    if time[0] < starts[0] - _MONTH / 2:
        raise OptionError(f"series: needed times from the first stage on ({starts[0]:g}), got {time[0]:g}")
    if time[-1] >= last - _MONTH / 100:
        raise OptionError(
            f"series: needed times before the last stage ends ({last:g}), got {time[-1]:g}; leave these out"
        )
    of = np.searchsorted(starts, time + _MONTH / 100, side="right") - 1
    k = 1 if model == "level" else 2
    rows, breaks = [], []
    for at, name in enumerate(names):
        t, v = time[of == at], value[of == at]
        growth = (v[-1] / v[0]) ** (1 / (t[-1] - t[0])) - 1 if len(v) > 1 and v[0] > 0 and v[-1] > 0 else np.nan
        end = starts[at + 1] if at + 1 < len(names) else np.nan
        ends = (v[0], v[-1]) if len(v) else (np.nan, np.nan)
        rows.append((name, starts[at], end, len(v), v.mean() if len(v) else np.nan, *ends, growth))
    table = pd.DataFrame(rows, columns=["stage", "start", "end", "observations", "mean", "first", "last", "growth"])
    for at in range(1, len(names)):
        pair = (of == at - 1) | (of == at)
        shift = table["mean"][at] - table["mean"][at - 1]
        breaks.append((starts[at], names[at - 1], names[at], shift, *_chow(time[pair], value[pair], of[pair], k)))
    tests = ["f", "freedom_1", "freedom_2", "p_value", "status"]
    return StageBreaks(
        table,
        pd.DataFrame(breaks, columns=["time", "before", "after", "shift", *tests]),
        pd.Series(dict(zip(tests, _chow(time, value, of, k, stages=len(names)), strict=True)), dtype=object),
        _best(time, value, k),
    )


def _read_series(series: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    with numeric("value of series"):
        value = series["value"].to_numpy(dtype=float, na_value=np.nan)
    time = _times(series["time"], "series")
    faults = [] if np.isfinite(value).all() else ["series: needed finite values, got missing or infinite ones"]
    if len(np.unique(time)) < len(time):
        faults.append("series: needed one value for each time, got several; keep one indicator of one place")
    refuse(faults)
    order = np.argsort(time, kind="stable")
    return time[order], value[order]


def _times(given: pd.Series, table: str) -> np.ndarray:
    time = parse_times(given.astype(str)).to_numpy(dtype=float)
    if not len(time) or np.isnan(time).any():
        wrong = ", ".join(str(one) for one in given[np.isnan(time)]) or "none"
        raise OptionError(f"{table}: needed times such as 2014 or 2014-05, got {wrong}")
    return time


def _read_stages(stages: pd.DataFrame) -> tuple[list[str], np.ndarray, float]:
    start = _times(stages["start"], "stages")
    order = np.argsort(start, kind="stable")
    start, names = start[order], [str(stages["stage"].iloc[at]) for at in order]
    faults = [] if len(names) > 1 else ["stages: needed at least two, got one"]
    faults += ["stages: needed a name for each, got one twice"] if len(set(names)) < len(names) else []
    same = [names[at] for at in np.flatnonzero(np.diff(start) <= 0)]
    faults += [f"stages: needed each to begin at a time of its own, got another that begins with {n}" for n in same]
    ends = stages["end"].iloc[order] if "end" in stages else pd.Series([None] * len(names))
    last_end = np.inf
    for at, end in enumerate(ends):
        if pd.isna(end):
            continue
        last = _times(pd.Series([end]), "stages")[0]
        # an end is the last month or year that belongs to the stage
        following = last + _length(str(end))
        if last < start[at]:
            faults.append(f"stages: {names[at]} ends ({end}) before it begins")
        elif at + 1 < len(names) and abs(following - start[at + 1]) > _MONTH / 2:
            kind = "a gap" if following < start[at + 1] else "an overlap"
            faults.append(f"stages: {kind} between {names[at]}, which ends {end}, and {names[at + 1]}; make them meet")
        elif at + 1 == len(names):
            last_end = float(following)
    refuse(faults)
    return names, start, last_end


def _length(end: str) -> float:
    """Return how long a time lasts that is written as a year, a month or a day."""
    parts = len(re.findall(r"\d+", end.removesuffix(".0")))
    return 1.0 if parts == 1 else _MONTH if parts == 2 else _MONTH / 30


def _residuals(time: np.ndarray, value: np.ndarray, k: int) -> float:
    """Return the sum of squared residuals of a constant (k = 1) or a line (k = 2)."""
    rest = value - value.mean()
    if k == 2:
        t = time - time.mean()
        square = float(t @ t)
        rest = rest - t * (float(t @ rest) / square) if square > 0 else rest
    found = float(rest @ rest)
    return found if found > 1e-24 * max(1e-300, float(value @ value)) else 0.0


def _chow(
    time: np.ndarray, value: np.ndarray, of: np.ndarray, k: int, *, stages: int = 2
) -> tuple[float, int, int, float, str]:
    held, counts = np.unique(of, return_counts=True)
    first, second = k * (stages - 1), len(value) - k * stages
    if len(held) < stages or counts.min() < k or second < 1:
        return np.nan, first, max(second, 0), np.nan, "too few observations"
    whole = _residuals(time, value, k)
    parts = sum(_residuals(time[of == at], value[of == at], k) for at in held)
    if parts == 0:
        return (np.inf, first, second, 0.0, "computed") if whole else (np.nan, first, second, np.nan, "undefined")
    f = max(0.0, (whole - parts) / first) / (parts / second)
    return f, first, second, float(stats.f.sf(f, first, second)), "computed"


def _best(time: np.ndarray, value: np.ndarray, k: int) -> pd.Series:
    """Return the single break with the largest F; of equal ones the first."""
    found = [(_chow(time, value, (time >= t).astype(int), k)[0], t) for t in time[1:]]
    known = [(f, t) for f, t in found if not np.isnan(f)]
    f, t = max(known, key=lambda one: (one[0], -one[1]), default=(np.nan, np.nan))
    return pd.Series({"time": float(t), "f": float(f)})
