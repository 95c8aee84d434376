"""Estimate the density of a distribution of places, year by year, with a Gaussian kernel."""

from typing import Literal

import numpy as np
import pandas as pd

from ...data.methods import documented
from ...data.options import check_choice, check_number, is_number
from .place_values import Given, as_place_values

__all__ = ["distribution_density"]

_RULES = ("scott", "normal_reference", "rule_of_thumb")


@documented("silverman1986", formula="f(a) = Σ p φ((a − x) / h) / h")
def distribution_density(
    values: pd.DataFrame | pd.Series,
    *,
    weights: Given = None,
    bandwidth: Literal["scott", "normal_reference", "rule_of_thumb"] | float = "rule_of_thumb",
    relative: bool = True,
    points: int = 201,
    by: str | None = "year",
) -> pd.DataFrame:
    r"""Estimate the density of values over places in each year, all years on one grid.

    :math:`f(a) = \sum_i p_i \varphi((a - x_i) / h) / h` with shares of weight p. Twin peaks that part over the years
    are polarization; a peak that narrows is convergence.

    ==================== ======================================================= ===================
    bandwidth h          with sd of n - 1 and n places (weighted: effective n)    the same as
    ==================== ======================================================= ===================
    ``scott``            :math:`sd \, n^{-1/5}`                                  scipy's ``scott``
    ``normal_reference`` :math:`sd \, (4 / 3n)^{1/5}`                            scipy's ``silverman``
    ``rule_of_thumb``    :math:`0.9 \min(sd, IQR / 1.34) n^{-1/5}`, with sd       R's ``bw.nrd0``
                         alone where the quartiles coincide
    a number             in the unit of the values (of means, if relative)
    ==================== ======================================================= ===================

    - A year without spread, or with one place, has no density under a rule: not a number, ``undefined``.

    Parameters
    ----------
    values : DataFrame or Series
        As in `inequality`; negative values are allowed unless ``relative``.
    weights : str or Series, optional
        As in `inequality`.
    bandwidth : str or float
    relative : bool
        Divide each year's values by their mean first.
    points : int
        Of the grid, which reaches three bandwidths beyond the values.
    by : str or None
        Column of years.

    Returns
    -------
    DataFrame
        ``year``, ``at``, ``density``, ``bandwidth``, ``places``, ``status``.

    Raises
    ------
    OptionError, TableError
        As in `inequality`.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman & Hall.

    Examples
    --------
    >>> found = distribution_density(pd.Series({"a": 1.0, "b": 2.0, "c": 3.0}), bandwidth="scott", points=3)
    >>> found[["at", "density"]].round(3).to_numpy().tolist()
    [[-0.704, 0.004], [1.0, 0.636], [2.704, 0.004]]
    """
    if not is_number(bandwidth):
        check_choice("bandwidth", bandwidth, _RULES)
    else:
        check_number("bandwidth", bandwidth, above=0)
    check_number("points", points, least=2, whole=True)
    read = as_place_values(values, weights=weights, by=by, negative=not relative)
    people = read.weights.sum(axis=1, keepdims=True)
    p = read.weights / np.where(people > 0, people, np.nan)
    mean = (p * read.numbers).sum(axis=1, keepdims=True)
    x = read.numbers / np.where(mean > 0, mean, np.nan) if relative else read.numbers
    h = np.array([_bandwidth(*row, bandwidth) for row in zip(x, p, read.known & (read.weights > 0), strict=True)])
    fine = h > 0
    held = read.known & fine[:, None]
    reach = 3.0 * h[fine].max() if fine.any() else 0.0
    grid = np.linspace(x[held].min() - reach, x[held].max() + reach, points) if held.any() else np.full(points, np.nan)
    density = np.full((len(x), points), np.nan)
    for year in np.flatnonzero(fine):
        near = (grid[:, None] - x[year]) / h[year]
        density[year] = np.exp(-0.5 * near**2) @ p[year] / (h[year] * np.sqrt(2.0 * np.pi))
    return pd.DataFrame(
        read.years_column(points)
        | {
            "at": np.tile(grid, len(x)),
            "density": density.ravel(),
            "bandwidth": np.repeat(h, points),
            "places": np.repeat(read.counts, points),
            "status": np.repeat(np.where(fine, "computed", "undefined"), points),
        }
    )


def _bandwidth(x: np.ndarray, p: np.ndarray, known: np.ndarray, rule: str | float) -> float:
    x, p = x[known], p[known]
    squares = (p**2).sum()
    if not len(x) or np.isnan(x).any() or (isinstance(rule, str) and not squares < 1.0):
        return np.nan
    if not isinstance(rule, str):
        return float(rule)
    deviation = np.sqrt((p * (x - p @ x) ** 2).sum() / (1.0 - squares))
    if not deviation > 1e-12 * np.abs(x).max():
        return np.nan
    n = 1.0 / squares
    if rule == "scott":
        return float(deviation * n**-0.2)
    if rule == "normal_reference":
        return float(deviation * (0.75 * n) ** -0.2)
    spread = (_quantile(x, p, 0.75) - _quantile(x, p, 0.25)) / 1.34
    return float(0.9 * (min(deviation, spread) if spread > 0 else deviation) * n**-0.2)


def _quantile(x: np.ndarray, p: np.ndarray, share: float) -> float:
    """Return a quantile of R's type 7, places counted by their weights."""
    if np.allclose(p, p[0]):
        return float(np.quantile(x, share))
    order = np.argsort(x, kind="stable")
    at = np.cumsum(p[order]) - p[order]
    return float(np.interp(share, at / at[-1] if at[-1] > 0 else at, x[order]))
