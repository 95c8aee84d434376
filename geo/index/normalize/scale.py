"""Bring indicators of different units onto one scale, higher being better.

Every method takes a places x indicators frame without missing cells and the directions (+1 more is better,
-1 less is better). An indicator that is constant gives 0 to every place wherever its formula has no answer; goalposts,
distances to a target, vector and sum have one and keep it.
"""

import math
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.methods import documented
from ....data.option_checks import Check, a_choice, a_flag, a_name, a_number, numbers_by_name
from ...ranks import TIES, rank_descending
from .targets import (
    check_above,
    distance_to_max,
    distance_to_reference,
    distance_to_target,
    goalposts,
    optimum,
    with_sign,
)

__all__ = [
    "CHECKS",
    "NORMALIZERS",
    "STD",
    "Std",
    "borda",
    "constant_columns",
    "minmax",
    "percentile_rank",
    "rank",
    "total",
    "vector",
    "zscore",
]

Std = Literal["population", "sample"]
STD: tuple[str, ...] = get_args(Std)


def constant_columns(matrix: pd.DataFrame) -> list[str]:
    """Return the indicators that have the same value everywhere.

    Examples
    --------
    >>> constant_columns(pd.DataFrame({"a": [1, 2], "b": [3, 3]}))
    ['b']
    """
    return [str(name) for name, same in (matrix.min() == matrix.max()).items() if same]


@documented("oecd2008", formula=lambda options: _between(options["lowest"], options["highest"]))
def minmax(matrix: pd.DataFrame, direction: pd.Series, *, lowest: float = 0.0, highest: float = 1.0) -> pd.DataFrame:
    r"""Scale each indicator linearly, the worst place to ``lowest`` and the best to ``highest``.

    .. math:: z = l + (h - l) \frac{x - \min x}{\max x - \min x}

    (with :math:`x` negated where the direction is -1).

    - A constant indicator gives ``lowest`` everywhere.

    Examples
    --------
    >>> minmax(pd.DataFrame({"a": [10, 20, 15]}), pd.Series({"a": -1}))["a"].tolist()
    [1.0, 0.0, 0.5]
    """

    def scale(column: np.ndarray) -> np.ndarray:
        low, high = column.min(), column.max()
        if low == high:
            return np.full(column.size, lowest)
        # halving first keeps the range finite for the largest doubles
        share = (column / 2 - low / 2) / (high / 2 - low / 2)
        return lowest + (highest - lowest) * share

    return _by_column(matrix, direction, scale)


@documented(
    "oecd2008",
    formula=lambda options: (
        "z<sub>ik</sub> = (x<sub>ik</sub> − x̄<sub>k</sub>) / s<sub>k</sub>, "
        "s<sub>k</sub><sup>2</sup> = Σ<sub>i</sub> (x<sub>ik</sub> − x̄<sub>k</sub>)<sup>2</sup> / "
        + ("n" if options["std"] == "population" else "(n − 1)")
    ),
)
def zscore(matrix: pd.DataFrame, direction: pd.Series, *, std: str = "population") -> pd.DataFrame:
    """Subtract each indicator's mean and divide by its standard deviation.

    ``std`` is ``"population"`` (divide by n) or ``"sample"`` (n - 1).

    - A constant indicator gives 0 everywhere.

    Examples
    --------
    >>> zscore(pd.DataFrame({"a": [1, 3]}), pd.Series({"a": 1}))["a"].tolist()
    [-1.0, 1.0]
    """

    def scale(column: np.ndarray) -> np.ndarray:
        if column.min() == column.max():
            return np.zeros(column.size)
        # fsum rounds once, so the order of the places cannot show
        distance = column - math.fsum(column) / column.size
        freedom = column.size - (1 if std == "sample" else 0)
        return distance / math.sqrt(math.fsum(distance**2) / freedom)

    return _by_column(matrix, direction, scale)


@documented("oecd2008", formula="z<sub>ik</sub> = (n − r<sub>ik</sub>) / (n − 1)")
def rank(matrix: pd.DataFrame, direction: pd.Series, *, ties: str = "average") -> pd.DataFrame:
    """Replace each value by its rank, the worst place at 0 and the best at 1.

    The formula is (n - rank) / (n - 1), rank 1 being the best. ``ties`` is what equal values share: the mean of their
    ranks (``"average"``), the best (``"min"``), the worst (``"max"``), or ``"dense"``, which counts distinct values
    only and divides by their number less 1.

    - A constant indicator gives 0 everywhere, as under the other methods.

    Examples
    --------
    >>> rank(pd.DataFrame({"a": [1, 100, 5, 5]}), pd.Series({"a": 1}))["a"].tolist()
    [0.0, 1.0, 0.5, 0.5]
    """

    def scale(column: np.ndarray) -> np.ndarray:
        places = _ranks(column, ties)
        last = int(places.max()) if ties == "dense" else column.size
        return (last - places) / (last - 1)

    return _by_column(matrix, direction, _unless_constant(scale))


@documented("borda1784", "becker2022", formula="z<sub>ik</sub> = #{j : x<sub>jk</sub> &lt; x<sub>ik</sub>}")
def borda(matrix: pd.DataFrame, direction: pd.Series, *, ties: str = "min") -> pd.DataFrame:
    """Replace each value by the number of places it beats, 0 to n - 1.

    ``ties``: a place equal to another counts as not beaten (``"min"``, as in COINr), as beaten (``"max"``), or as
    half a place (``"average"``, Borda's own rule); ``"dense"`` counts distinct values instead of places.

    - A constant indicator gives 0 everywhere.

    Examples
    --------
    >>> borda(pd.DataFrame({"a": [1, 100, 5, 5]}), pd.Series({"a": 1}))["a"].tolist()
    [0.0, 3.0, 1.0, 1.0]
    """
    return _by_column(matrix, direction, _unless_constant(lambda column: _beaten(column, ties)))


@documented("becker2022", formula="z<sub>ik</sub> = #{j : x<sub>jk</sub> &lt; x<sub>ik</sub>} / (n − 1)")
def percentile_rank(matrix: pd.DataFrame, direction: pd.Series, *, ties: str = "min") -> pd.DataFrame:
    """Replace each value by the share of the other places it beats, 0 to 1.

    The formula is the points of `borda` divided by n - 1; with ``ties="min"`` this is Excel's ``PERCENTRANK.INC`` and
    COINr's ``n_prank``, with ``"average"`` it is `rank`.

    - A constant indicator gives 0 everywhere.

    Examples
    --------
    >>> percentile_rank(pd.DataFrame({"a": [1, 100, 5, 5, 7]}), pd.Series({"a": 1}))["a"].tolist()
    [0.0, 1.0, 0.25, 0.25, 0.75]
    """

    def scale(column: np.ndarray) -> np.ndarray:
        others = np.unique(column).size if ties == "dense" else column.size
        return _beaten(column, ties) / (others - 1)

    return _by_column(matrix, direction, _unless_constant(scale))


@documented("hwang1981", formula="z<sub>ik</sub> = x<sub>ik</sub> / √(Σ<sub>j</sub> x<sub>jk</sub><sup>2</sup>)")
def vector(matrix: pd.DataFrame, direction: pd.Series) -> pd.DataFrame:
    r"""Divide each indicator by its Euclidean length: :math:`z = x / \sqrt{\sum x^2}`.

    Where the direction is -1, :math:`z = 1 - x / \sqrt{\sum x^2}`.

    - An indicator of only zeros gives 0 everywhere. Negative values give negative ones.

    Examples
    --------
    >>> vector(pd.DataFrame({"a": [3, 4]}), pd.Series({"a": 1}))["a"].tolist()
    [0.6, 0.8]
    """

    def scale(column: np.ndarray, sign: float) -> np.ndarray:
        largest = np.abs(column).max()
        if largest == 0:
            return np.zeros(column.size)
        # relative to the largest, so that no square overflows
        shares = column / largest
        shares = shares / math.sqrt(math.fsum(shares**2))
        return shares if sign > 0 else 1.0 - shares

    return with_sign(matrix, direction, scale)


@documented("oecd2008", formula="z<sub>ik</sub> = x<sub>ik</sub> / Σ<sub>j</sub> x<sub>jk</sub>")
def total(matrix: pd.DataFrame, direction: pd.Series) -> pd.DataFrame:
    r"""Divide each indicator by its sum: :math:`z = x / \sum x`.

    Where the direction is -1, :math:`z = x^{-1} / \sum x^{-1}`.

    - Negative values are refused, and zeros where the direction is -1, every cell named: `TableError`.
    - An indicator of only zeros gives 0 everywhere.

    Examples
    --------
    >>> total(pd.DataFrame({"a": [1, 3], "b": [1, 3]}), pd.Series({"a": 1, "b": -1})).round(2).to_dict("list")
    {'a': [0.25, 0.75], 'b': [0.75, 0.25]}
    """
    check_above(matrix, direction, zero_allowed=True)

    def scale(column: np.ndarray, sign: float) -> np.ndarray:
        largest, least = column.max(), column.min()
        if largest == 0:
            return np.zeros(column.size)
        parts = column / largest if sign > 0 else least / column
        return parts / math.fsum(parts)

    return with_sign(matrix, direction, scale)


def _between(lowest: float, highest: float) -> str:
    share = "(x<sub>ik</sub> − min<sub>k</sub>) / (max<sub>k</sub> − min<sub>k</sub>)"
    if lowest == 0:
        return f"z<sub>ik</sub> = {share}" if highest == 1 else f"z<sub>ik</sub> = {highest:g} · {share}"
    return f"z<sub>ik</sub> = {lowest:g} + {highest - lowest:g} · {share}"


def _ranks(column: np.ndarray, ties: str) -> np.ndarray:
    # ranks 1, 2, 3 … of the distinct values keep the tie tolerance away from tiny units
    steps = np.unique(column, return_inverse=True)[1]
    return rank_descending(steps, ties=ties)


def _beaten(column: np.ndarray, ties: str) -> np.ndarray:
    if ties == "dense":
        steps = _ranks(column, ties).astype(float)
        return steps.max() - steps
    # a tie that counts as not beaten leaves the worst of the shared ranks
    return column.size - _ranks(column, {"min": "max", "max": "min"}.get(ties, ties)).astype(float)


def _unless_constant(scale: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda column: np.zeros(column.size) if column.min() == column.max() else scale(column)


def _by_column(matrix: pd.DataFrame, direction: pd.Series, scale: Callable[[np.ndarray], np.ndarray]) -> pd.DataFrame:
    return with_sign(matrix, direction, lambda column, sign: scale(column * sign))


NORMALIZERS: dict[str, Callable[..., pd.DataFrame]] = {
    "minmax": minmax,
    "zscore": zscore,
    "rank": rank,
    "borda": borda,
    "percentile_rank": percentile_rank,
    "distance_to_target": distance_to_target,
    "distance_to_reference": distance_to_reference,
    "distance_to_max": distance_to_max,
    "goalposts": goalposts,
    "optimum": optimum,
    "vector": vector,
    "sum": total,
}
CHECKS: dict[str, Check] = {
    "lowest": a_number(0, below=1),
    "highest": a_number(1),
    "std": a_choice(*STD),
    "ties": a_choice(*TIES),
    "target": numbers_by_name,
    "low": numbers_by_name,
    "high": numbers_by_name,
    "reference": a_name,
    "of": a_choice("range", "value"),
    "cap": a_flag,
    "truncate": a_flag,
    "best": numbers_by_name,
    "reach": numbers_by_name,
    "shape": a_choice("parabola", "linear"),
}
