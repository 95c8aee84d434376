"""Weigh indicators by their Gini coefficients over the places."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.methods import documented
from .data_driven import EntropyOn, as_frame, scaled_weights, warn_constant
from .measured_values import measured_values

__all__ = ["concentration_weights", "gini_weights"]


def gini_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    on: EntropyOn = "raw",
    shift: float = 0.0,
    direction: pd.Series | None = None,
) -> pd.Series:
    r"""Weigh indicators in proportion to their Gini coefficients.

    .. math:: G_j = \frac{\sum_i \sum_k |x_{ij} - x_{kj}|}{2 n^2 \bar x_j}, \quad w_j = \frac{G_j}{\sum_j G_j}

    - An indicator equal everywhere gets weight exactly 0, and an `InnoscapeWarning`; if all are, `TableError`.
    - The unit of an indicator does not matter; its origin does with ``on="raw"``.

    Parameters
    ----------
    matrix, on, shift, direction
        As for `merec_weights`; raw values must not be negative, and their direction does not matter.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    References
    ----------
    Gini, C. (1912). Variabilità e mutabilità. Cuppini.

    Examples
    --------
    >>> gini_weights(pd.DataFrame({"even": [4, 5, 6], "uneven": [0, 0, 9]})).round(3).to_dict()
    {'even': 0.118, 'uneven': 0.882}
    """
    frame = as_frame(matrix)
    weights = concentration_weights(frame, on=on, shift=shift, direction=direction)
    warn_constant(frame)
    return weights


@documented(
    "gini1912",
    formula=(
        "G<sub>k</sub> = Σ<sub>i</sub> Σ<sub>j</sub> |x<sub>ik</sub> − x<sub>jk</sub>| / "
        "(2 n<sup>2</sup> x̄<sub>k</sub>), "
        "w<sub>k</sub> = G<sub>k</sub> / Σ<sub>m</sub> G<sub>m</sub>"
    ),
)
def concentration_weights(
    frame: pd.DataFrame, *, on: str = "raw", shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    """Return the weights of `gini_weights` without warning of constant indicators."""
    values, _ = measured_values(frame, on=on, shift=shift, direction=direction)
    return scaled_weights({str(name): _gini(values[name].to_numpy(dtype=float)) for name in values.columns})


def _gini(values: np.ndarray) -> float:
    if values.min() == values.max():
        return 0.0
    ordered = np.sort(values / values.max())
    n = ordered.size
    # twice the sum over ranks equals the sum over pairs
    return math.fsum((2 * np.arange(1, n + 1) - n - 1) * ordered) / (n * math.fsum(ordered))
