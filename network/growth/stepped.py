"""Read numbers that are stepped in time: each holds from its time on."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import is_number, numeric

__all__ = ["Stepped", "Steps", "as_steps"]

# a number, or time -> number from then on
Steps: TypeAlias = float | Mapping[float, float] | pd.Series


class Stepped(NamedTuple):
    """Numbers that hold from their times on, the earliest first.

    Parameters
    ----------
    times, values : tuple of float
    """

    times: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, time: float, *, before: float = 0.0) -> float:
        """Return the number in force at a time; ``before`` is what holds before the first."""
        position = bisect_right(self.times, time)
        return self.values[position - 1] if position else before

    def scaled(self, factor: float, *, since: float) -> dict[float, float]:
        """Return the numbers by time, multiplied from a time on."""
        own = {since: self.at(since) * factor}
        own |= {t: v * factor for t, v in zip(self.times, self.values, strict=True) if t > since}
        return self.until(since) | own

    def until(self, end: float) -> dict[float, float]:
        """Return those numbers by time that begin before another."""
        return {t: v for t, v in zip(self.times, self.values, strict=True) if t < end}


def as_steps(given: Steps, *, name: str) -> Stepped:
    """Return numbers of at least 0 with the times from which they hold; one number holds from ever on."""
    if is_number(given) and given >= 0:
        return Stepped((-np.inf,), (float(given),))
    with numeric(name):
        series = pd.Series({-np.inf: given} if np.isscalar(given) else given, dtype=float)
        series.index = series.index.astype(float)
    series = series.sort_index()
    if not series.index.is_unique:
        raise OptionError(f"{name}: needed one number for each time, got two for one time")
    timed = np.isfinite(series.index) | np.isneginf(series.index)
    if series.empty or not (np.isfinite(series) & (series >= 0)).all() or not timed.all():
        got = given if np.isscalar(given) else series.to_dict()
        raise OptionError(f"{name}: needed finite numbers of at least 0 at finite times, got {got}")
    return Stepped(tuple(map(float, series.index)), tuple(map(float, series)))
