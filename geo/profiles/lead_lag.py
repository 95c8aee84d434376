"""Measure which of two systems of a place moves first, by the correlation of their changes at several lags."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...data.errors import Fault, TableError
from ...data.methods import documented
from ...data.options import check_columns, check_number, refuse
from ...data.places.keys import as_keys

__all__ = ["lead_lag"]

# fewer pairs of changes than this give any correlation
_LEAST_PAIRS = 4


class _Best(NamedTuple):
    correlation: float
    lag: int


@documented(formula="ℓ = (max<sub>k&gt;0</sub> r<sub>k</sub> − max<sub>k&lt;0</sub> r<sub>k</sub>) / 2")
def lead_lag(
    series: pd.DataFrame, *, first: str = "science", second: str = "industry", most_lag: int = 3
) -> pd.DataFrame:
    r"""Say for each place whether changes of one series come before those of another.

    :math:`r_k` is the correlation between the change of ``first`` in year t and that of ``second`` in year t + k, over
    the years that have both. The lead is :math:`(\max_{k > 0} r_k - \max_{k < 0} r_k) / 2`, from -1 to 1: above 0 the
    first series moves first.

    - Exchanging the two series turns the sign of lag and lead.
    - A lag with fewer than four pairs of changes, or without spread in one of them, is left out; with no lag on a side
      the lead is missing.
    - Short series show any order by chance: a lead says which order fits better, not that one drives the other.

    Parameters
    ----------
    series : DataFrame
        ``place``, ``year`` and the two series; years without a gap.
    first, second : str
        Columns of the series.
    most_lag : int
        Largest lag, in years, at least 1.

    Returns
    -------
    DataFrame
        ``place``, ``lag`` (of the highest correlation; above 0 where the first comes first), ``correlation`` (there),
        ``lead``, ``years``; by place.

    Raises
    ------
    TableError
        A column is lacking; a year that stands twice or is missing between others.
    OptionError
        A lag that is no whole number of at least 1, one column given twice.

    References
    ----------
    The dataset ``sources`` cites the paper that judges centers by how science and industry interact (Ran et al. 2022,
    section 1); the measure is our own choice.

    Examples
    --------
    >>> steps = [0, 3, 1, 4, 1, 5, 9, 2, 6, 5]
    >>> series = pd.DataFrame({"place": "a", "year": range(2010, 2019), "science": steps[1:], "industry": steps[:-1]})
    >>> lead_lag(series)[["place", "lag", "correlation"]]
      place  lag  correlation
    0     a    1          1.0
    """
    check_number("most_lag", most_lag, least=1, whole=True)
    check_columns(series, "series", ("place", "year", first, second))
    refuse([f"first, second: needed two columns, got {first!r} twice"] if first == second else [])
    table = series.assign(place=as_keys(series["place"])).sort_values(["place", "year"], kind="stable")
    rows, faults = [], []
    for place, own in table.groupby("place", sort=True):
        years = own["year"].to_numpy(dtype=int)
        if (np.diff(years) != 1).any():
            listed = ", ".join(map(str, years))
            faults.append(Fault("series", "each year once, without a gap", f"{listed} at {place}", "fill the years"))
            continue
        changes = np.diff(own[[first, second]].to_numpy(dtype=float), axis=0)
        at = {lag: _correlation(changes, lag) for lag in range(-most_lag, most_lag + 1)}
        known = {lag: r for lag, r in at.items() if not np.isnan(r)}
        after, before = (_best({k: r for k, r in known.items() if k * side > 0}) for side in (1, -1))
        best = _best(known)
        rows.append((place, best.lag, best.correlation, (after.correlation - before.correlation) / 2, len(years)))
    if faults:
        raise TableError(faults)
    found = pd.DataFrame(rows, columns=["place", "lag", "correlation", "lead", "years"])
    return found.assign(lag=found["lag"].where(found["correlation"].notna()).astype("Int64"))


def _correlation(changes: np.ndarray, lag: int) -> float:
    n = len(changes) - abs(lag)
    one = changes[max(0, -lag) :, 0][: max(0, n)]
    other = changes[max(0, lag) :, 1][: max(0, n)]
    known = ~(np.isnan(one) | np.isnan(other))
    one, other = one[known], other[known]
    if len(one) < _LEAST_PAIRS or np.ptp(one) == 0 or np.ptp(other) == 0:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])


def _best(known: dict[int, float]) -> _Best:
    """Return the highest correlation, of equal ones that of the shortest lag."""
    lag = max(known, key=lambda k: (round(known[k], 12), -abs(k), -k), default=0)
    return _Best(known.get(lag, np.nan), lag)
