"""Weigh indicators by what their removal does to the performance of the places (MEREC)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.methods import documented
from .data_driven import EntropyOn, as_frame, scaled_weights, warn_constant
from .measured_values import measured_values

__all__ = ["merec_weights", "removal_weights"]


def merec_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    on: EntropyOn = "raw",
    shift: float = 0.0,
    direction: pd.Series | None = None,
) -> pd.Series:
    r"""Weigh indicators by the effect of removing each (method based on the removal effects of criteria).

    With :math:`n_{ij} = \min_i x_{ij} / x_{ij}` (:math:`x_{ij} / \max_i x_{ij}` where less is better) and m indicators,

    .. math:: S_i = \ln \Bigl(1 + \frac{1}{m} \sum_k |\ln n_{ik}| \Bigr), \quad
              S_{ij}' = \ln \Bigl(1 + \frac{1}{m} \sum_{k \ne j} |\ln n_{ik}| \Bigr), \quad
              w_j \propto \sum_i |S_{ij}' - S_i|

    - An indicator equal everywhere gets weight exactly 0, and an `InnoscapeWarning`; if all are, `TableError`.
    - The unit of an indicator does not matter; its origin does.
    - Values must be above 0; ``shift`` is added to all of them, to the min-max scaled ones with ``on="minmax"``.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    on : {"raw", "minmax"}
        The values as they are, or min-max scaled with their direction applied.
    shift : float
        At least 0.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    Raises
    ------
    TableError
        Fewer than two places, missing or infinite cells, values of 0 or below, or every indicator constant.

    References
    ----------
    Keshavarz-Ghorabaee, M., Amiri, M., Zavadskas, E. K., Turskis, Z., Antucheviciene, J. (2021). Determination of
    objective weights using a new method based on the removal effects of criteria (MEREC). Symmetry 13 (4), 525.

    Examples
    --------
    >>> merec_weights(pd.DataFrame({"even": [4, 5, 6], "uneven": [1, 2, 9]})).round(3).to_dict()
    {'even': 0.157, 'uneven': 0.843}
    """
    frame = as_frame(matrix)
    weights = removal_weights(frame, on=on, shift=shift, direction=direction)
    warn_constant(frame)
    return weights


@documented(
    "keshavarz2021",
    formula=(
        "S<sub>i</sub> = ln(1 + Σ<sub>k</sub> |ln n<sub>ik</sub>| / m), "
        "w<sub>k</sub> ∝ Σ<sub>i</sub> |S<sub>i(−k)</sub> − S<sub>i</sub>|"
    ),
)
def removal_weights(
    frame: pd.DataFrame, *, on: str = "raw", shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    """Return the weights of `merec_weights` without warning of constant indicators."""
    values, towards = measured_values(frame, on=on, shift=shift, direction=direction, positive=True)
    logs = {name: _logs(values[name].to_numpy(dtype=float), float(towards[name])) for name in values.columns}
    m = len(logs)
    rows = np.column_stack(list(logs.values()))
    totals = np.array([math.fsum(row) for row in rows.tolist()])
    whole = np.log1p(totals / m)
    effects = {
        str(name): math.fsum(np.abs(np.log1p(np.maximum(totals - logs[name], 0.0) / m) - whole)) for name in logs
    }
    return scaled_weights(effects)


def _logs(values: np.ndarray, sign: float) -> np.ndarray:
    least, most = values.min(), values.max()
    return np.zeros(values.size) if least == most else np.abs(np.log(values / (least if sign > 0 else most)))
