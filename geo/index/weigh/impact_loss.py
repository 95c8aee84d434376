"""Weigh indicators by how much each loses where another is at its best (CILOS), alone and with entropy (IDOCRIW)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.wording.catalogue import text
from .data_driven import EntropyOn, as_frame, scaled_weights, spread_of, warn_constant
from .measured_values import measured_values

__all__ = ["cilos_weights", "idocriw_weights", "impact_weights", "integrated_weights"]


def cilos_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    on: EntropyOn = "raw",
    shift: float = 0.0,
    direction: pd.Series | None = None,
) -> pd.Series:
    r"""Weigh indicators by their impact loss (criterion impact loss).

    Values (:math:`\min_i x_{ij} / x_{ij}` where less is better) are divided by their sums. With :math:`a_{kj}` the
    share of indicator j at the place that is best on indicator k, the relative loss is
    :math:`p_{kj} = (a_{jj} - a_{kj}) / a_{jj}`, and the weights q balance the losses given and taken:
    :math:`q_k \sum_i p_{ik} = \sum_j p_{kj} q_j`, the null space of :math:`P - \mathrm{diag}(\sum_i p_{ij})`.

    - An indicator equal everywhere gets weight exactly 0, and an `InnoscapeWarning`; if all are, `TableError`.
    - Of several places that are best on an indicator the first in the order of the rows is taken as in the source, of
      a recipe the first by key.
    - Indicators that are at their best at the same place lose nothing: where no weights or no single ones balance the
      losses, `OptionError` says so.

    Parameters
    ----------
    matrix, on, shift, direction
        As for `merec_weights`; values of 0 are allowed where more is better.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    References
    ----------
    Zavadskas, E. K., Podvezko, V. (2016). Integrated determination of objective criteria weights in MCDM.
    International Journal of Information Technology & Decision Making 15 (2), 267-283.

    Examples
    --------
    >>> cilos_weights(pd.DataFrame({"a": [4, 5, 6], "b": [9, 2, 1]})).round(3).to_dict()
    {'a': 0.727, 'b': 0.273}
    """
    frame = as_frame(matrix)
    weights = impact_weights(frame, on=on, shift=shift, direction=direction)
    warn_constant(frame)
    return weights


def idocriw_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    on: EntropyOn = "raw",
    shift: float = 0.0,
    direction: pd.Series | None = None,
) -> pd.Series:
    r"""Multiply entropy weights and those of `cilos_weights`: :math:`w_j \propto q_j e_j` (IDOCRIW).

    Entropy finds indicators that are spread unevenly, impact loss balances what their rule would cost the others.

    Parameters
    ----------
    matrix, on, shift, direction
        As for `cilos_weights`; both weightings measure the same values.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    References
    ----------
    Zavadskas, E. K., Podvezko, V. (2016). Integrated determination of objective criteria weights in MCDM.
    International Journal of Information Technology & Decision Making 15 (2), 267-283.

    Examples
    --------
    >>> idocriw_weights(pd.DataFrame({"a": [4, 5, 6], "b": [9, 2, 1]})).round(3).to_dict()
    {'a': 0.087, 'b': 0.913}
    """
    frame = as_frame(matrix)
    weights = integrated_weights(frame, on=on, shift=shift, direction=direction)
    warn_constant(frame)
    return weights


@documented(
    "zavadskas2016",
    formula=(
        "p<sub>km</sub> = (a<sub>mm</sub> − a<sub>km</sub>) / a<sub>mm</sub>, "
        "w<sub>k</sub> Σ<sub>m</sub> p<sub>mk</sub> = Σ<sub>m</sub> p<sub>km</sub> w<sub>m</sub>"
    ),
)
def impact_weights(
    frame: pd.DataFrame, *, on: str = "raw", shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    """Return the weights of `cilos_weights` without warning of constant indicators."""
    values, towards = measured_values(frame, on=on, shift=shift, direction=direction)
    names = sorted(name for name in values.columns if values[name].min() != values[name].max())
    found = dict.fromkeys(map(str, values.columns), 0.0)
    if len(names) < 2:
        return scaled_weights(found | dict.fromkeys(names, 1.0))
    falling = [name for name in names if towards[name] < 0]
    if falling:
        measured_values(frame[falling], on=on, shift=shift, direction=direction, positive=True)
    turned = {
        name: (values[name].min() / values[name] if name in falling else values[name]).to_numpy() for name in names
    }
    best = [int(turned[name].argmax()) for name in names]
    at_best = np.array([[turned[name][place] / math.fsum(turned[name]) for name in names] for place in best])
    loss = (np.diag(at_best) - at_best) / np.diag(at_best)
    _, sizes, directions = np.linalg.svd(loss - np.diag(loss.sum(axis=0)))
    if sizes[-2] <= 1e-10 * max(1.0, sizes[0]):
        raise OptionError(text("faults.calls.impact_loss.cilos_indicators_their_best"))
    balance = np.abs(directions[-1])
    return scaled_weights(found | {str(name): float(part) for name, part in zip(names, balance, strict=True)})


@documented(
    "zavadskas2016",
    "shannon1948",
    formula="w<sub>k</sub> = q<sub>k</sub> e<sub>k</sub> / Σ<sub>m</sub> q<sub>m</sub> e<sub>m</sub>",
)
def integrated_weights(
    frame: pd.DataFrame, *, on: str = "raw", shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    """Return the weights of `idocriw_weights` without warning of constant indicators."""
    loss = impact_weights(frame, on=on, shift=shift, direction=direction)
    values, _ = measured_values(frame, on=on, shift=shift, direction=direction)
    return scaled_weights({str(name): float(loss[str(name)]) * spread_of(values[name]) for name in values.columns})
