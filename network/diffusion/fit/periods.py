"""Put counts in the order of their periods, and refuse a series that leaves periods out."""

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.wording.catalogue import few

__all__ = ["by_period"]


def by_period(counts: pd.Series) -> pd.Series:
    """Return counts in order of time, if their index is one of times (numbers, dates or periods).

    Raises
    ------
    OptionError
        If a period stands twice, the times are not evenly spaced, or a period between the first and the last is left
        out: it may be one without any adoption or one that nobody counted, which a curve must not confuse.

    Examples
    --------
    >>> by_period(pd.Series([5, 2, 9], index=[2012, 2011, 2013])).tolist()
    [2, 5, 9]
    """
    times = _times(counts.index)
    if times is None or len(counts) < 2:
        return counts
    order = np.argsort(times, kind="stable")
    counts, times = counts.iloc[order], times[order]
    gaps = np.diff(times)
    if (gaps == 0).any():
        twice = counts.index[1:][gaps == 0].unique()
        raise OptionError(
            f"counts: needed each period once, got {few(twice)} more than once; add their counts together"
        )
    step = gaps.min()
    steps = np.round(gaps / step)
    if not np.allclose(gaps, steps * step, rtol=1e-6, atol=0.0):
        raise OptionError(
            f"counts: needed periods of one length, got times {step:g} and {gaps.max():g} apart; count by equal periods"
        )
    if (steps > 1).any():
        missing = [f"{times[i] + k * step:g}" for i in np.flatnonzero(steps > 1) for k in range(1, int(steps[i]))]
        label = few(missing) if _plain(counts.index) else f"{len(missing)} of {int(steps.sum()) + 1}"
        raise OptionError(
            f"counts: needed a count for every period, got none for {label}; write 0 where nobody adopted, "
            "and nan where adoptions were not counted"
        )
    return counts


def _plain(index: pd.Index) -> bool:
    return not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)


def _times(index: pd.Index) -> np.ndarray | None:
    """Return an index of times as numbers; None for one of other labels, such as names."""
    if isinstance(index, pd.PeriodIndex):
        return index.asi8.astype(float)
    if isinstance(index, pd.DatetimeIndex):
        if len(set(zip(index.month, index.day, strict=True))) == 1:
            return index.year.to_numpy(dtype=float)
        if len(set(index.day)) == 1 or bool(index.is_month_end.all()):
            return (index.year * 12 + index.month).to_numpy(dtype=float)
        return index.to_julian_date().to_numpy(dtype=float)
    times = pd.to_numeric(pd.Series(index.tolist(), dtype=object), errors="coerce").to_numpy(dtype=float)
    return times if np.isfinite(times).all() else None
