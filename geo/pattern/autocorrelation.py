"""Say whether like values lie near each other: global statistics of spatial autocorrelation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse, stats

from ...data.conventions import follows_conventions
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice
from ...data.permutations import ALTERNATIVES, Permutations, p_values
from ...data.wording.catalogue import text
from .spatial_weights import SpatialWeights
from .variables_of import variables_of

__all__ = ["STATISTICS", "Statistic", "autocorrelation"]

Statistic = Literal["moran", "geary", "getis_ord", "join_count", "bivariate_moran"]
Assumption = Literal["randomization", "normality"]
GlobalAlternative = Literal["two-sided", "greater", "less", "directed"]


@dataclass(frozen=True)
class Field:
    """One variable over the places, with its weights and their sums."""

    x: np.ndarray
    y: np.ndarray
    w: sparse.csr_array
    s0: float
    s1: float
    s2: float

    @property
    def n(self) -> int:
        """Number of places."""
        return self.x.size

    def with_x(self, x: np.ndarray) -> "Field":
        """Put other values of the first variable on the places, several columns at once."""
        return Field(x, self.y, self.w, self.s0, self.s1, self.s2)


def _sums(weights: sparse.csr_array) -> tuple[float, float, float]:
    rows, columns = np.asarray(weights.sum(axis=1)).ravel(), np.asarray(weights.sum(axis=0)).ravel()
    both = weights + weights.T
    return float(weights.sum()), float(both.power(2).sum()) / 2, float(((rows + columns) ** 2).sum())


def _power(x: np.ndarray, k: int) -> float:
    return float((x**k).sum())


def _kurtosis(x: np.ndarray) -> float:
    z = x - x.mean()
    return x.size * _power(z, 4) / _power(z, 2) ** 2


# --- Moran ---------------------------------------------------------------------------------------------------------


def _moran(f: Field) -> np.ndarray:
    z = f.x - f.x.mean(axis=0)
    return len(z) / f.s0 * (z * (f.w @ z)).sum(axis=0) / (z * z).sum(axis=0)


def _moran_moments(f: Field, assumption: str) -> tuple[float, float]:
    n, s0, s1, s2 = f.n, f.s0, f.s1, f.s2
    mean = -1 / (n - 1)
    if assumption == "normality":
        return mean, (n**2 * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n**2 - 1)) - mean**2
    k = _kurtosis(f.x)
    plain = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - k * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return mean, plain / ((n - 1) * (n - 2) * (n - 3) * s0**2) - mean**2


# --- Geary ---------------------------------------------------------------------------------------------------------


def _geary(f: Field) -> np.ndarray:
    z = f.x - f.x.mean(axis=0)
    out, into = (np.asarray(f.w.sum(axis=axis)).ravel() for axis in (1, 0))
    squares = ((out + into) @ (z * z)) - 2 * (z * (f.w @ z)).sum(axis=0)
    return (len(z) - 1) * squares / (2 * f.s0 * (z * z).sum(axis=0))


def _geary_moments(f: Field, assumption: str) -> tuple[float, float]:
    n, s0, s1, s2 = f.n, f.s0, f.s1, f.s2
    if assumption == "normality":
        return 1.0, ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    k = _kurtosis(f.x)
    one = (n - 1) * s1 * (n**2 - 3 * n + 3 - (n - 1) * k)
    two = (n - 1) * s2 * (n**2 + 3 * n - 6 - (n**2 - n + 2) * k) / 4
    three = s0**2 * (n**2 - 3 - (n - 1) ** 2 * k)
    return 1.0, (one - two + three) / (n * (n - 2) * (n - 3) * s0**2)


# --- Getis and Ord -------------------------------------------------------------------------------------------------


def _getis_ord(f: Field) -> np.ndarray:
    return (f.x * (f.w @ f.x)).sum(axis=0) / (f.x.sum(axis=0) ** 2 - (f.x * f.x).sum(axis=0))


def _getis_ord_moments(f: Field, assumption: str) -> tuple[float, float]:
    # of deviations from the mean, as powers of values that hardly differ leave nothing but rounding
    n, s0, s2 = f.n, f.s0, f.s2
    middle = float(f.x.mean())
    z = f.x - middle
    m2, m3 = _power(z, 2), _power(z, 3)
    scale = float(f.x.sum()) ** 2 - _power(f.x, 2)
    of_sums = middle**2 * m2 * (s2 - 4 * s0**2 / n) / (n - 1)
    of_both = middle * m3 * (2 * (2 * s0**2 - s2) / (n - 2) - s2) / (n * (n - 1))
    of_products = _moran_moments(f, assumption)[1] * (s0 * m2 / n) ** 2
    return s0 / (n * (n - 1)), (of_sums + 2 * of_both + of_products) / scale**2


# --- Join counts ---------------------------------------------------------------------------------------------------


def _both_one(f: Field) -> np.ndarray:
    return (f.x * (f.w @ f.x)).sum(axis=0) / 2


def _both_zero(f: Field) -> np.ndarray:
    return _both_one(f.with_x(1 - f.x))


def _unlike(f: Field) -> np.ndarray:
    return f.s0 / 2 - _both_one(f) - _both_zero(f)


def _falling(n: float, k: int) -> float:
    return float(np.prod([n - i for i in range(k)]))


def _like_moments(f: Field, ones: float) -> tuple[float, float]:
    share = [0.0, *(_falling(ones, k) / _falling(f.n, k) for k in (1, 2, 3, 4))]
    whole = f.s1 * share[2] + (f.s2 - 2 * f.s1) * share[3] + (f.s0**2 + f.s1 - f.s2) * share[4]
    return f.s0 * share[2] / 2, (whole - f.s0**2 * share[2] ** 2) / 4


def _unlike_moments(f: Field, _assumption: str) -> tuple[float, float]:
    n, ones = f.n, float(f.x.sum())
    zeros = n - ones
    pair = ones * zeros / _falling(n, 2)
    whole = (
        2 * f.s1 * pair
        + (f.s2 - 2 * f.s1) * ones * zeros * (n - 2) / _falling(n, 3)
        + 4 * (f.s0**2 + f.s1 - f.s2) * _falling(ones, 2) * _falling(zeros, 2) / _falling(n, 4)
    )
    return f.s0 * pair, (whole - 4 * f.s0**2 * pair**2) / 4


# --- two variables -------------------------------------------------------------------------------------------------


def _bivariate(f: Field) -> np.ndarray:
    x, y = f.x - f.x.mean(axis=0), f.y - f.y.mean()
    scale = np.sqrt((x * x).sum(axis=0) * (y * y).sum())
    return len(x) / f.s0 * ((f.w.T @ y) @ x) / scale


def _bivariate_moments(f: Field, _assumption: str) -> tuple[float, float]:
    y = f.y - f.y.mean()
    pull = f.w.T @ y
    # the values of one variable permuted over the places, those of the other fixed
    return 0.0, (f.n / f.s0) ** 2 * float(((pull - pull.mean()) ** 2).sum()) / ((f.n - 1) * float((y * y).sum()))


@dataclass(frozen=True)
class _Measure:
    """A statistic with its moments where no place is like another for its position."""

    value: Callable[[Field], np.ndarray]
    moments: Callable[[Field, str], tuple[float, float]]


STATISTICS: Mapping[str, Mapping[str, _Measure]] = {
    "moran": {"moran": _Measure(_moran, _moran_moments)},
    "geary": {"geary": _Measure(_geary, _geary_moments)},
    "getis_ord": {"getis_ord": _Measure(_getis_ord, _getis_ord_moments)},
    "join_count": {
        "both_1": _Measure(_both_one, lambda f, _: _like_moments(f, float(f.x.sum()))),
        "both_0": _Measure(_both_zero, lambda f, _: _like_moments(f, f.n - float(f.x.sum()))),
        "unlike": _Measure(_unlike, _unlike_moments),
    },
    "bivariate_moran": {"bivariate_moran": _Measure(_bivariate, _bivariate_moments)},
}
# statistics with moments under a normal distribution
_NORMAL = ("moran", "geary")
# places a statistic needs for its moments
_LEAST = 4
# shares of the value within which statistics differ by rounding alone, and deviations are none
_ROUNDING, _NO_SPREAD = 1e-12, 1e-7


@documented("moran1950", "geary1954", "getis1992", "cliff1981")
@follows_conventions
def autocorrelation(
    values: pd.Series | pd.DataFrame,
    weights: SpatialWeights,
    *,
    statistic: Statistic = "moran",
    other: pd.Series | pd.DataFrame | None = None,
    assumption: Assumption = "randomization",
    permutations: int = 999,
    alternative: GlobalAlternative = "two-sided",
    convention: str | None = None,  # noqa: ARG001 - has filled in the options above
    seed: int = 0,
) -> pd.DataFrame:
    r"""Measure whether like values lie near each other.

    With :math:`z_i = x_i - \bar x` and :math:`S_0 = \sum_{ij} w_{ij}`:

    - ``moran``: :math:`I = \frac{n}{S_0} \sum_{ij} w_{ij} z_i z_j / \sum_i z_i^2`; above :math:`-1/(n-1)` like lies
      near like;
    - ``geary``: :math:`C = \frac{n-1}{2 S_0} \sum_{ij} w_{ij} (x_i - x_j)^2 / \sum_i z_i^2`; below 1 like lies near
      like;
    - ``getis_ord``: :math:`G = \sum_{ij} w_{ij} x_i x_j / \sum_{i \ne j} x_i x_j`, of values of at least 0; above its
      expectation high lies near high;
    - ``join_count``: of values 0 and 1, half the weight that joins two ones, two zeros, unlike ones;
    - ``bivariate_moran``: :math:`\frac{n}{S_0} \sum_{ij} w_{ij} z_i u_j / \sqrt{\sum z_i^2 \sum u_j^2}` with u the
      ``other`` variable: a place's own x beside its neighbors' u.

    Expectation and standard deviation hold for values put on the places at random (``randomization``), or drawn from
    a normal distribution (``normality``: Moran and Geary). ``p_normal`` goes by z, ``p_permutation`` by random
    permutations, two-sided by the distance from the expectation.

    - Islands stay among the n places, with neighbors that add up to 0; `SpatialWeights.without_islands` takes them out
      (R's spdep does so by default, esda does not).
    - What no arrangement of the values changes, as where every place is as much a neighbor of each other, stays at its
      expectation: a deviation of 0, z of 0, p of 1.
    - Results depend on the names of places, not on the order of rows, nor on the number of threads.

    Parameters
    ----------
    values : Series or DataFrame
        By place; each column (a variable, or a year) is tested by itself. Every place of the weights needs a value.
    weights : SpatialWeights
        Who is whose neighbor.
    statistic : str
        See above.
    other : Series or DataFrame, optional
        The neighbors' variable of ``bivariate_moran``; a table with the columns of ``values``, or one column for all.
    assumption : {"randomization", "normality"}
        What expectation and standard deviation hold for.
    permutations : int
        Number of random permutations; all of them are taken where there are no more. 0 leaves them out.
    alternative : {"two-sided", "greater", "less", "directed"}
        Which side counts; under ``"directed"`` permutations count on the side with fewer of them, as in esda and
        GeoDa, and ``p_normal`` is two-sided.
    convention : str, optional
        Program whose number is wanted, such as ``"geoda"``, ``"arcgis"`` or ``"r-spdep"``: options left out
        take its values (see `innoscape.data.list_conventions`).
    seed : int
        Seed of the permutations.

    Returns
    -------
    DataFrame
        ``variable``, ``statistic``, ``value``, ``expected``, ``standard_deviation``, ``z``, ``p_normal``,
        ``p_permutation`` (missing without permutations), ``permutations``, ``places``, ``islands``, ``assumption``,
        ``weights``.

    Raises
    ------
    OptionError
        Unknown options, fewer than four places, missing values, a constant variable, values below 0 for ``getis_ord``,
        others than 0 and 1 for ``join_count``, weights without any link; places are named.

    References
    ----------
    Cliff, A. D., Ord, J. K. (1981). Spatial processes: models and applications. Pion.
    Getis, A., Ord, J. K. (1992). The analysis of spatial association by use of distance statistics. Geographical
    Analysis 24 (3), 189-206.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> line = pd.DataFrame({"origin": list("abcdbcde"), "destination": list("bcdeabcd"), "value": 1.0})
    >>> found = autocorrelation(pd.Series({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}), SpatialWeights.from_table(line))
    >>> found[["value", "expected"]].round(3).to_numpy().tolist()
    [[0.5, -0.25]]
    """
    check_choice("statistic", statistic, STATISTICS)
    check_choice("assumption", assumption, ("randomization", "normality"))
    check_choice("alternative", alternative, (*ALTERNATIVES, "directed"))
    if assumption == "normality" and statistic not in _NORMAL:
        raise OptionError(
            text("faults.calls.autocorrelation.assumption_randomization_normality", statistic=repr(statistic))
        )
    w, table, beside = variables_of(values, other, weights, statistic, least=_LEAST)
    sums = _sums(w.matrix)
    draw = Permutations(len(w), permutations, seed) if permutations else None
    rows = []
    for column in table:
        x = table[column].to_numpy()
        y = x if beside is None else beside[column].to_numpy()
        rows += _tested(column, Field(x, y, w.matrix, *sums), STATISTICS[statistic], assumption, draw, alternative)
    found = pd.DataFrame(rows)
    return found.assign(places=len(w), islands=len(w.islands), assumption=assumption, weights=w.kind)


def _fixed(found: np.ndarray, mean: float, deviation: float) -> bool:
    """Say whether no arrangement of the values changes a statistic, found as it is and perhaps in random ones."""
    scale = max(abs(found[-1]), abs(mean)) if mean else 1.0
    if found.size > 1:
        return bool((np.abs(found - mean) <= _ROUNDING * scale).all())
    return bool(deviation <= _NO_SPREAD * scale and abs(found[0] - mean) <= _ROUNDING * scale)


def _tested(
    column: object,
    field: Field,
    measures: Mapping[str, _Measure],
    assumption: str,
    draw: Permutations | None,
    alternative: str,
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    drawn = None
    if draw is not None:

        def work(orders: np.ndarray) -> np.ndarray:
            moved = field.with_x(field.x[orders.T])
            return np.column_stack([measure.value(moved) for measure in measures.values()])

        drawn = draw.each(work, cost=float(field.w.nnz))
    for position, (name, measure) in enumerate(measures.items()):
        value = float(measure.value(field.with_x(field.x[:, None]))[0])
        mean, variance = measure.moments(field, assumption)
        deviation = float(np.sqrt(max(variance, 0.0)))
        found = np.array([value]) if drawn is None else np.append(drawn[:, position], value)
        if _fixed(found, mean, deviation):
            value, deviation, found = mean, 0.0, np.full(found.size, mean)
        z = (value - mean) / deviation if deviation > 0 else 0.0
        tail = {"two-sided": 2 * stats.norm.sf(abs(z)), "greater": stats.norm.sf(z), "less": stats.norm.cdf(z)}
        side = "two-sided" if alternative == "directed" else alternative
        p = float("nan")
        if draw is not None:
            tails = p_values(value - mean, found[:-1] - mean, exact=draw.exact, alternative=side)
            p = min(tails["p_less"], tails["p_greater"]) if alternative == "directed" else tails["p_value"]
        rows.append(
            {
                "variable": column,
                "statistic": name,
                "value": value,
                "expected": mean,
                "standard_deviation": deviation,
                "z": z,
                "p_normal": float(tail[side]),
                "p_permutation": p,
                "permutations": 0 if draw is None else draw.count,
            }
        )
    return rows
