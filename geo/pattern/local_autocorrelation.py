"""Say where like values lie near each other: local statistics of spatial autocorrelation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse, stats

from ...data.budget import require
from ...data.conventions import follows_conventions
from ...data.methods import documented
from ...data.options import check_choice, check_number, idle_faults, refuse
from .random_neighbors import hits, random_neighbors
from .spatial_weights import SpatialWeights
from .variables_of import variables_of

__all__ = ["CLUSTERS", "local_autocorrelation"]

LocalStatistic = Literal["moran", "geary", "getis_ord", "getis_ord_star", "bivariate_moran"]
LocalAlternative = Literal["two-sided", "greater", "less", "directed"]
Variance = Literal["n", "n-1", "others"]
Correction = Literal["none", "fdr", "bonferroni"]
# what a place is called by its own value and its neighbors', and where neither says anything
CLUSTERS = ("high-high", "low-low", "high-low", "low-high", "not significant", "island")
# a place and two others
_LEAST = 3
# a spread below this share of the value counts as none
_STILL = 1e-12
# seconds of a permutation for each neighbor
_SECONDS = 8e-9


@dataclass(frozen=True)
class _Local:
    """A local statistic: constant + line times the neighbors' weighted sum of x + curve times that of x squared."""

    x: np.ndarray
    weights: sparse.csr_array
    line: np.ndarray
    curve: np.ndarray | float = 0.0
    constant: np.ndarray | float = 0.0
    # weight of the place itself, where it counts among its neighbors
    own: np.ndarray | None = None

    def value(self) -> np.ndarray:
        """Return the statistic of each place."""
        return self.constant + self.line * (self.weights @ self.x) + self.curve * (self.weights @ self.x**2)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return expectation and standard deviation over all ways to put values on the neighbors."""
        rows, squares = (np.asarray(m.sum(axis=1)).ravel() for m in (self.weights, self.weights.power(2)))
        left = self.x.size - 1
        if self.own is not None:
            rows, squares, left = rows + self.own, squares + self.own**2, self.x.size

        def mean(power: int) -> np.ndarray:
            whole = (self.x**power).sum()
            return np.full(self.x.size, whole / left) if self.own is not None else (whole - self.x**power) / left

        one, two, three, four = (mean(power) for power in (1, 2, 3, 4))
        variance = (
            self.line**2 * (two - one**2)
            + 2 * self.line * self.curve * (three - one * two)
            + self.curve**2 * (four - two**2)
        )
        spread = np.clip(variance, 0, None) * np.clip(left * squares - rows**2, 0, None) / (left - 1)
        constant = 0.0 if self.own is not None else self.constant
        return constant + rows * (self.line * one + self.curve * two), np.sqrt(spread)


def _scale(z: np.ndarray, variance: str) -> np.ndarray:
    squares = (z * z).sum()
    left_out = z * z if variance == "others" else np.zeros(z.size)
    return (squares - left_out) / (z.size if variance == "n" else z.size - 1)


def _moran(x: np.ndarray, y: np.ndarray, w: sparse.csr_array, variance: str) -> _Local:
    z, u = x - x.mean(), y - y.mean()
    return _Local(u, w, z / np.sqrt(_scale(z, variance) * _scale(u, variance)))


def _geary(x: np.ndarray, _y: np.ndarray, w: sparse.csr_array, variance: str) -> _Local:
    z = x - x.mean()
    m2 = _scale(z, variance)
    sums = np.asarray(w.sum(axis=1)).ravel()
    return _Local(z, w, -2 * z / m2, curve=1 / m2, constant=z * z * sums / m2)


def _getis_ord(x: np.ndarray, _y: np.ndarray, w: sparse.csr_array, _variance: str) -> _Local:
    return _Local(x, w, 1 / (x.sum() - x))


def _getis_ord_star(x: np.ndarray, _y: np.ndarray, w: sparse.csr_array, _variance: str) -> _Local:
    own = w.max(axis=1).toarray().ravel()
    rows = np.asarray(w.sum(axis=1)).ravel()
    if np.allclose(rows[rows > 0], 1.0, atol=1e-12):
        # rows add up to 1 with the place itself among them
        factor = 1 / (1 + own)
        w, own = sparse.csr_array(sparse.diags_array(factor) @ w), own * factor
    return _Local(x, w, np.full(x.size, 1 / x.sum()), constant=own * x / x.sum(), own=own)


_STATISTICS: Mapping[str, Callable[[np.ndarray, np.ndarray, sparse.csr_array, str], _Local]] = {
    "moran": _moran,
    "geary": _geary,
    "getis_ord": _getis_ord,
    "getis_ord_star": _getis_ord_star,
    "bivariate_moran": _moran,
}


@documented("anselin1995", "ord1995", "anselin2019", "benjamini1995")
@follows_conventions
def local_autocorrelation(
    values: pd.Series | pd.DataFrame,
    weights: SpatialWeights,
    *,
    statistic: LocalStatistic = "moran",
    other: pd.Series | pd.DataFrame | None = None,
    variance: Variance = "n",
    permutations: int = 999,
    alternative: LocalAlternative = "two-sided",
    correction: Correction = "none",
    level: float = 0.05,
    convention: str | None = None,  # noqa: ARG001 - has filled in the options above
    seed: int = 0,
) -> pd.DataFrame:
    r"""Measure at each place whether it lies among its like (LISA), or among high or low values (hot spots).

    With :math:`z_i = x_i - \bar x` and :math:`m_2 = \sum z_i^2 / n`, or over :math:`n - 1` (``variance``):

    - ``moran``: :math:`I_i = z_i \sum_j w_{ij} z_j / m_2` (n: Anselin 1995 and spdep; n-1: esda and GeoDa;
      others: ArcGIS, :math:`m_2 = \sum_{j \ne i} z_j^2 / (n - 1)`);
    - ``bivariate_moran``: the same with the neighbors' ``other`` variable and both standard deviations;
    - ``geary``: :math:`c_i = \sum_j w_{ij} (z_i - z_j)^2 / m_2`; low where a place is like its neighbors;
    - ``getis_ord``: :math:`G_i = \sum_{j \ne i} w_{ij} x_j / \sum_{j \ne i} x_j`, of values of at least 0;
    - ``getis_ord_star``: :math:`G_i^*`, with the place itself, whose weight is its largest neighbor's (rows that
      add up to 1 do so again).

    Expectation and standard deviation are exact: those over all ways to put the other places' values on the neighbors,
    the place keeping its own (:math:`G_i^*`: over all ways to put all values, as Ord and Getis print it).
    ``p_permutation`` draws such ways at random: ``two-sided`` is twice the smaller tail; ``directed`` the tail on the
    side found, as esda and GeoDa print.

    Parameters
    ----------
    values : Series or DataFrame
        By place; each column (a variable, or a year) by itself. Every place of the weights needs a value.
    weights : SpatialWeights
        Who is whose neighbor; row-scaled as a rule, plain or binary for G as Ord and Getis define it.
    statistic : str
        See above.
    other : Series or DataFrame, optional
        The neighbors' variable of ``bivariate_moran``.
    variance : {"n", "n-1", "others"}
        By what the sum of squares is divided; ``"others"`` leaves the place itself out of the sum. Statistics of
        Getis and Ord have none.
    permutations : int
        Random draws; 0 goes by the normal distribution of z alone.
    alternative : {"two-sided", "greater", "less", "directed"}
        Which side counts.
    correction : {"none", "fdr", "bonferroni"}
        How p is adjusted for testing every place: false discovery rate (Benjamini and Hochberg) or Bonferroni.
    level : float
        Adjusted p up to which a place belongs to a cluster.
    convention : str, optional
        Program whose number is wanted, such as ``"geoda"``, ``"arcgis"`` or ``"r-spdep"``: options left out
        take its values (see `innoscape.data.list_conventions`).
    seed : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        In the order of the weights' places, column after column: ``place``, ``variable``, ``statistic``, ``value``,
        ``expected``, ``standard_deviation``, ``z``, ``p_normal``, ``p_permutation``, ``p_adjusted``, ``own`` (the
        place's value), ``lag`` (the neighbors' mean), ``quadrant`` (own value beside the neighbors' mean, against the
        mean of all), ``cluster`` (the quadrant where significant, else ``not significant``; ``island`` without
        neighbors, whose numbers are missing).

    Raises
    ------
    OptionError
        As `autocorrelation`.
    SizeError
        If the permutations would take more time or memory than the budget (see `innoscape.data.Budget`).

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis 27 (2), 93-115.
    Ord, J. K., Getis, A. (1995). Local spatial autocorrelation statistics. Geographical Analysis 27 (4), 286-306.
    Anselin, L. (2019). A local indicator of multivariate spatial association. Geographical Analysis 51 (2), 133-150.
    Sokal, R. R., Oden, N. L., Thomson, B. A. (1998). Local spatial autocorrelation in a biological model. Geographical
    Analysis 30 (4), 331-354: the moments.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> line = pd.DataFrame({"origin": list("abcdbcde"), "destination": list("bcdeabcd"), "value": 1.0})
    >>> weights = SpatialWeights.from_table(line).scaled("row")
    >>> found = local_autocorrelation(pd.Series({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}), weights, permutations=0)
    >>> found["value"].round(3).tolist(), found["quadrant"].tolist()[0]
    ([1.0, 0.5, 0.0, 0.5, 1.0], 'low-low')
    """
    check_choice("statistic", statistic, _STATISTICS)
    check_choice("variance", variance, get_args(Variance))
    if statistic.startswith("getis_ord"):
        refuse(idle_faults(local_autocorrelation, f"with statistic={statistic!r}", variance=variance))
    check_choice("alternative", alternative, ("two-sided", "greater", "less", "directed"))
    check_choice("correction", correction, ("none", "fdr", "bonferroni"))
    check_number("level", level, above=0, below=1)
    check_number("permutations", permutations, least=0, whole=True)
    w, table, beside = variables_of(values, other, weights, statistic.removesuffix("_star"), least=_LEAST)
    most = int(w.neighbors.max())
    _check_size(len(w), most, w.matrix.nnz * len(table.columns), permutations)
    drawn = random_neighbors(len(w), most, permutations, seed) if permutations else None
    parts = []
    for column in table:
        x = table[column].to_numpy()
        y = x if beside is None else beside[column].to_numpy()
        part = _tested(_STATISTICS[statistic](x, y, w.matrix, variance), drawn, alternative)
        p = part["p_normal" if drawn is None else "p_permutation"].to_numpy()
        island = w.neighbors.to_numpy() == 0
        lag = w.scaled("row").matrix @ y
        quadrant = _quadrants(x - x.mean(), lag - y.mean())
        adjusted = np.where(island, np.nan, _adjusted(p, correction, ~island))
        cluster = np.select([island, adjusted <= level], ["island", quadrant], "not significant")
        part[island] = np.nan
        part = part.assign(p_adjusted=adjusted, own=x, lag=np.where(island, np.nan, lag), quadrant=quadrant)
        part["quadrant"] = part["quadrant"].where(~island)
        part["cluster"] = pd.Categorical(cluster, CLUSTERS)
        part = part.set_axis(w.places).loc[weights.places].reset_index()
        part.insert(1, "variable", column)
        part.insert(2, "statistic", statistic)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _check_size(places: int, most: int, neighbors: int, permutations: int) -> None:
    """Refuse more permutations than memory and time are allowed for."""
    # whole orders are drawn where a place may have half of all as neighbors
    held = 20.0 * places if 2 * (most + 1) > places else 12.0 * (most + 1) + 40.0
    require(
        f"{permutations:,} permutations of {places:,} places with up to {most:,} neighbors",
        "take fewer permutations, weights with fewer neighbors, or permutations=0 for p_normal alone",
        memory=held * permutations,
        seconds=float(permutations) * neighbors * _SECONDS,
    )


def _tested(local: _Local, drawn: np.ndarray | None, alternative: str) -> pd.DataFrame:
    value = local.value()
    mean, deviation = local.moments()
    # what cannot vary stays at its expectation
    fixed = deviation <= _STILL * (np.abs(value) + np.abs(mean))
    z = np.where(fixed, 0.0, (value - mean) / np.where(fixed, 1.0, deviation))
    side = "two-sided" if alternative == "directed" else alternative
    tail = {"two-sided": 2 * stats.norm.sf(np.abs(z)), "greater": stats.norm.sf(z), "less": stats.norm.cdf(z)}[side]
    p = np.full(value.size, np.nan)
    if drawn is not None:
        runs = drawn.shape[1]
        curve = np.broadcast_to(np.asarray(local.curve, dtype=float), value.shape)
        high, low = hits(local.weights, local.x, local.line, curve, value - local.constant, drawn)
        greater, less = (high + 1) / (runs + 1), (low + 1) / (runs + 1)
        smaller = np.minimum(greater, less)
        p = {"greater": greater, "less": less, "directed": smaller, "two-sided": np.minimum(2 * smaller, 1.0)}[
            alternative
        ]
    columns = {"value": value, "expected": mean, "standard_deviation": deviation, "z": z}
    return pd.DataFrame({**columns, "p_normal": tail, "p_permutation": p})


def _adjusted(p: np.ndarray, correction: str, tested: np.ndarray) -> np.ndarray:
    """Adjust p of the places that were tested."""
    adjusted = p.copy()
    some = p[tested]
    if correction == "fdr" and some.size:
        adjusted[tested] = stats.false_discovery_control(some)
    elif correction == "bonferroni":
        adjusted[tested] = np.minimum(some * some.size, 1.0)
    return adjusted


def _quadrants(own: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
    """Name each place by its own value and its neighbors', high above 0."""
    return np.where(
        own > 0,
        np.where(neighbors > 0, "high-high", "high-low"),
        np.where(neighbors > 0, "low-high", "low-low"),
    )
