"""Fit the Norton-Bass model of successive generations, each of which takes users from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from ....data.methods import documented
from ....data.options import is_number, refuse, table_fault
from ...flows.matrices import values_of
from ..simulate.simulate import bass_share

__all__ = ["GenerationFit", "fit_generations"]


@dataclass(frozen=True, eq=False)
class GenerationFit:
    """A fitted Norton-Bass model.

    Attributes
    ----------
    estimates : DataFrame
        ``parameter, value, error, low, high``: ``innovation``, ``imitation`` and ``market[name]`` of each generation,
        what it adds to the market; 95% intervals on the scale of logarithms.
    fitted : DataFrame
        Expected users, periods x generations.
    squares : float
        Sum of squared residuals.
    starts : tuple of float
        Time at which each generation begins.
    """

    estimates: pd.DataFrame
    fitted: pd.DataFrame = field(repr=False)
    squares: float
    starts: tuple[float, ...]

    def predict(self, times: Sequence[float] | np.ndarray) -> pd.DataFrame:
        """Return the expected users of each generation at each time."""
        value, time = self.estimates["value"].to_numpy(), np.asarray(times, dtype=float)
        found = _users(time, np.array(self.starts), value[0], value[1], value[2:])
        return pd.DataFrame(found, index=pd.Index(time, name="time"), columns=self.fitted.columns)


@documented(
    "norton1987",
    formula="S<sub>g</sub> = Y<sub>g</sub> (1 − F(t − τ<sub>g+1</sub>)), "
    "Y<sub>g</sub> = F(t − τ<sub>g</sub>) (m<sub>g</sub> + Y<sub>g−1</sub>)",
)
def fit_generations(users: pd.DataFrame, starts: Sequence[float]) -> GenerationFit:
    """Fit the users of successive generations of an innovation.

    With F the Bass curve of `bass`, 0 before a generation begins, tau its beginning and m what it adds to the market::

        Y[g](t) = F(t - tau[g]) (m[g] + Y[g - 1](t))
        S[g](t) = Y[g](t) (1 - F(t - tau[g + 1]))

    so each generation wins its own market and, in time, all users of the one before. p and q are common.

    - One generation alone follows the curve of `bass`. All generations together never fall.
    - Each generation counts by its largest number, so that small early ones are not drowned.

    Parameters
    ----------
    users : DataFrame
        Index of times (numbers), one column a generation in order: users (or sales, if each buys once a period); nan
        where they were not counted.
    starts : sequence of float
        When each generation begins, rising, on the same clock.

    Returns
    -------
    GenerationFit

    Raises
    ------
    TableError
        If a column or time stands twice, or a number is negative or infinite.
    OptionError
        If starts are not as many as columns, do not rise or lie beyond the times, or there are fewer numbers than to
        fit.

    References
    ----------
    Norton & Bass (1987) *Management Science* 33(9):1069-1086.

    Examples
    --------
    >>> from innoscape.network import bass
    >>> time = np.arange(1.0, 21.0)
    >>> first = 100 * bass(time, innovation=0.02, imitation=0.5)
    >>> taken = bass(np.maximum(time - 8, 0), innovation=0.02, imitation=0.5)
    >>> table = pd.DataFrame({"3G": first * (1 - taken), "4G": taken * (60 + first)}, index=time)
    >>> fit_generations(table, [0, 8]).estimates["value"].round(3).tolist()
    [0.02, 0.5, 100.0, 60.0]
    """
    from scipy import stats
    from scipy.optimize import least_squares

    seen = values_of(users, "users")
    begin = [float(one) for one in starts if is_number(one)]
    time = pd.to_numeric(pd.Series(users.index), errors="coerce").to_numpy(dtype=float)
    faults = []
    if len(begin) != len(starts) or len(begin) != seen.shape[1] or any(b <= a for a, b in pairwise(begin)):
        faults.append(f"starts: needed a rising number for each of {seen.shape[1]} generations, got {list(starts)!r}")
    if not np.isfinite(time).all():
        faults.append("users: needed an index of numbers, got others; count times from the start")
    elif begin and not begin[-1] < time.max(initial=-np.inf):
        faults.append(f"starts: needed generations that begin before the last time counted, got {begin[-1]:g}")
    counted = ~np.isnan(seen)
    if (seen[counted] < 0).any():
        faults.append(table_fault("users", "numbers of at least 0", "others", "correct these cells"))
    size = np.where(counted, seen, 0.0).max(axis=0, initial=0.0)
    if not (size > 0).all():
        faults.append("users: needed numbers above 0 in each generation, got none for some")
    if counted.sum() < seen.shape[1] + 3:
        faults.append(f"users: needed at least {seen.shape[1] + 3} numbers, got {int(counted.sum())}")
    refuse(faults)
    order = np.argsort(time, kind="stable")
    time, seen, counted = time[order], seen[order], counted[order]
    after, span = np.array(begin), time.max() - begin[0]

    def gaps(free: np.ndarray) -> np.ndarray:
        p, q, *m = np.exp(np.clip(free, -300.0, 300.0))
        return ((_users(time, after, p, q, np.array(m)) - seen) / size)[counted]

    whole = np.diff(size, prepend=0.0)
    market = np.log(np.maximum(whole, size / 10) * 1.5)
    tries = [
        least_squares(gaps, np.r_[np.log(p / span), np.log(q / span), market], xtol=1e-13, ftol=1e-13, gtol=1e-13)
        for p in (0.05, 0.5)
        for q in (3.0, 10.0)
    ]
    best = min(tries, key=lambda found: found.cost)
    value = np.exp(best.x)
    free = max(int(counted.sum()) - len(value), 1)
    error = np.sqrt(np.diag(np.linalg.pinv(best.jac.T @ best.jac)) * 2.0 * best.cost / free)
    wide = float(stats.t.ppf(0.975, free)) * error
    names = ["innovation", "imitation", *(f"market[{name}]" for name in users.columns)]
    columns = {"parameter": names, "value": value, "error": value * error}
    columns |= {"low": value * np.exp(-wide), "high": value * np.exp(np.minimum(wide, 300.0))}
    fitted = _users(time, after, value[0], value[1], value[2:])
    squares = float(((fitted - seen)[counted] ** 2).sum())
    table = pd.DataFrame(fitted, index=pd.Index(time, name="time"), columns=users.columns)
    return GenerationFit(pd.DataFrame(columns), table, squares, tuple(begin))


def _users(time: np.ndarray, starts: np.ndarray, p: float, q: float, markets: np.ndarray) -> np.ndarray:
    """Return users by time and generation."""
    shares = [bass_share(np.maximum(time - start, 0.0), p, q) for start in starts]
    reached, columns = np.zeros(len(time)), []
    for g, market in enumerate(markets):
        reached = shares[g] * (market + reached)
        columns.append(reached * (1.0 - shares[g + 1]) if g + 1 < len(markets) else reached)
    return np.column_stack(columns)
