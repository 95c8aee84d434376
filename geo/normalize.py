"""Bring indicators of different units onto one scale, higher being better.

Every method takes a places x indicators frame without missing cells and the directions (+1 more is better,
-1 less is better), and gives 0 to every place on an indicator that is constant.
"""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from ._ranks import rank_descending

__all__ = ["NORMALIZERS", "STD", "constant_columns", "minmax", "rank", "zscore"]

STD = ("population", "sample")


def constant_columns(matrix: pd.DataFrame) -> list[str]:
    """Return the indicators that have the same value everywhere.

    Examples
    --------
    >>> constant_columns(pd.DataFrame({"a": [1, 2], "b": [3, 3]}))
    ['b']
    """
    return [str(name) for name in matrix.columns if matrix[name].min() == matrix[name].max()]


def minmax(matrix: pd.DataFrame, direction: pd.Series, *, lowest: float = 0.0) -> pd.DataFrame:
    r"""Scale each indicator linearly, the worst place to ``lowest`` and the best to 1.

    .. math:: z = l + (1 - l) \frac{x - \min x}{\max x - \min x}

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
        return lowest + (1.0 - lowest) * share

    return _by_column(matrix, direction, scale)


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


def rank(matrix: pd.DataFrame, direction: pd.Series) -> pd.DataFrame:
    """Replace each value by its rank, the worst place at 0 and the best at 1.

    The formula is (n - rank) / (n - 1), rank 1 being the best and ties sharing the mean of their ranks.

    - A constant indicator gives 0 everywhere, as under the other methods.

    Examples
    --------
    >>> rank(pd.DataFrame({"a": [1, 100, 5, 5]}), pd.Series({"a": 1}))["a"].tolist()
    [0.0, 1.0, 0.5, 0.5]
    """

    def scale(column: np.ndarray) -> np.ndarray:
        if column.min() == column.max():
            return np.zeros(column.size)
        # ranks 1, 2, 3 … of the distinct values keep the tie tolerance away from tiny units
        steps = np.unique(column, return_inverse=True)[1]
        return (column.size - rank_descending(steps, ties="average")) / (column.size - 1)

    return _by_column(matrix, direction, scale)


def _by_column(matrix: pd.DataFrame, direction: pd.Series, scale: Callable[[np.ndarray], np.ndarray]) -> pd.DataFrame:
    columns = {
        name: scale(matrix[name].to_numpy(dtype=float) * float(direction.loc[name])) + 0.0 for name in matrix.columns
    }
    return pd.DataFrame(columns, index=matrix.index)


NORMALIZERS: dict[str, Callable[..., pd.DataFrame]] = {"minmax": minmax, "zscore": zscore, "rank": rank}
