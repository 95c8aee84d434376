"""Weigh indicators by the logarithm of their root mean square over their deviation (LOPCOW)."""

import math

import numpy.typing as npt
import pandas as pd

from ....data.methods import documented
from ....data.options import check_choice
from ..normalize.scale import STD, Std, minmax
from .data_driven import as_frame, check_matrix, scaled_weights, signs, warn_constant

__all__ = ["log_change_weights", "lopcow_weights"]


def lopcow_weights(
    matrix: pd.DataFrame | npt.ArrayLike, *, std: Std = "sample", direction: pd.Series | None = None
) -> pd.Series:
    r"""Weigh indicators by the logarithmic percentage change of their min-max scaled values r (LOPCOW).

    .. math:: PV_j = \left| 100 \ln \frac{\sqrt{\sum_i r_{ij}^2 / n}}{\sigma_j} \right|, \quad
              w_j = \frac{PV_j}{\sum_j PV_j}

    - An indicator equal everywhere gets weight exactly 0, and an `InnoscapeWarning`; if all are, `TableError`.
    - Neither unit nor origin of an indicator matters.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    std : {"sample", "population"}
        Whether the standard deviation divides by n - 1 or n.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    References
    ----------
    Ecer, F., Pamucar, D. (2022). A novel LOPCOW-DOBI multi-criteria sustainability performance assessment
    methodology: an application in developing country banking sector. Omega 112, 102690.

    Examples
    --------
    >>> lopcow_weights(pd.DataFrame({"even": [4, 5, 6], "uneven": [0, 0, 9]})).round(3).to_dict()
    {'even': 1.0, 'uneven': 0.0}
    """
    frame = as_frame(matrix)
    weights = log_change_weights(frame, std=std, direction=direction)
    warn_constant(frame)
    return weights


@documented(
    "ecer2022",
    formula="w<sub>k</sub> ∝ |ln(√(Σ<sub>i</sub> z<sub>ik</sub><sup>2</sup> / n) / σ<sub>k</sub>)|",
)
def log_change_weights(frame: pd.DataFrame, *, std: str = "sample", direction: pd.Series | None = None) -> pd.Series:
    """Return the weights of `lopcow_weights` without warning of constant indicators."""
    check_choice("std", std, STD)
    check_matrix(frame, "minmax")
    shared = minmax(frame, signs(frame, direction))
    found = {}
    for name in frame.columns:
        values = shared[name].to_numpy(dtype=float)
        if values.min() == values.max():
            found[str(name)] = 0.0
            continue
        mean = math.fsum(values) / values.size
        spread = math.fsum((values - mean) ** 2) / (values.size - (std == "sample"))
        found[str(name)] = abs(math.log(math.sqrt(math.fsum(values**2) / values.size / spread)))
    return scaled_weights(found)
