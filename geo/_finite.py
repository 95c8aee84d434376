"""Take values by place and refuse what is not a finite number."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..data.errors import OptionError

__all__ = ["finite_series", "positive_series"]


def finite_series(values: pd.Series | Mapping[str, float] | Sequence[float], *, name: str = "values") -> pd.Series:
    """Return the values as floats by place; `OptionError` lists all that are missing or infinite."""
    series = pd.Series(values, dtype=float)
    wrong = series[~np.isfinite(series.to_numpy())]
    if len(wrong):
        listed = ", ".join(f"{value} at {place}" for place, value in wrong.items())
        raise OptionError(f"{name}: needed finite numbers, got {listed}; fill or leave out these places")
    if series.empty:
        raise OptionError(f"{name}: needed at least one place, got none")
    return series


def positive_series(
    values: pd.Series | Mapping[str, float] | Sequence[float], *, reason: str, zero: bool = False
) -> pd.Series:
    """Return the values as `finite_series` does; `OptionError` lists all that are below 0, or at 0 unless allowed."""
    series = finite_series(values)
    wrong = series[series < 0] if zero else series[series <= 0]
    if len(wrong):
        listed = ", ".join(f"{value:g} at {place}" for place, value in wrong.items())
        needed = "numbers of at least 0" if zero else "numbers above 0"
        raise OptionError(f"values: needed {needed} {reason}, got {listed}")
    return series
