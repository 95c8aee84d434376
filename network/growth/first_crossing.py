"""Date the first crossing of a threshold by a value that is known at some times."""

import numpy as np

__all__ = ["first_crossing"]


def first_crossing(time: np.ndarray, value: np.ndarray, threshold: float, *, earliest: float = -np.inf) -> float:
    """Return the first time at or after ``earliest`` at which the value stands at or above the threshold.

    Linear between times; nan where it never does, or ``earliest`` is nan.
    """
    if np.isnan(earliest):
        return np.nan
    if earliest > time[0]:
        later = time > earliest
        time, value = (
            np.append(earliest, time[later]),
            np.append(np.interp(earliest, time, value), value[later]),
        )
    reached = np.flatnonzero(value >= threshold)
    if not len(reached):
        return np.nan
    i = reached[0]
    if i == 0 or not np.isfinite(value[i - 1]):
        return float(time[i])
    part = (threshold - value[i - 1]) / (value[i] - value[i - 1])
    return float(time[i - 1] + part * (time[i] - time[i - 1]))
