"""Weigh indicators by how well they distinguish the places: entropy, standard deviation, CRITIC.

Sums are rounded once, so the order of rows and columns changes no bit of a weight.
"""

import math
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.conventions import follows_conventions
from ....data.errors import Fault, InnoscapeWarning, OptionError, TableError, warn, warn_of
from ....data.options import check_choice, check_number, numeric
from ....data.wording.catalogue import few, text
from ..normalize.scale import constant_columns, minmax

__all__ = [
    "CORRELATIONS",
    "ENTROPY_ON",
    "EntropyOn",
    "as_frame",
    "as_weights",
    "check_matrix",
    "contrast_weights",
    "correlations",
    "critic_weights",
    "deviation_weights",
    "entropy_weights",
    "scaled_weights",
    "signs",
    "spread_of",
    "spread_weights",
    "std_weights",
    "warn_constant",
]

Correlation = Literal["pearson", "spearman"]
CORRELATIONS: tuple[str, ...] = get_args(Correlation)
EntropyOn = Literal["minmax", "raw"]
ENTROPY_ON: tuple[str, ...] = get_args(EntropyOn)
# correlations nearer to 1 than this are 1: what is left is rounding
_ROUNDING = 1e-12


@follows_conventions
def entropy_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    on: EntropyOn = "minmax",
    shift: float = 0.0,
    direction: pd.Series | None = None,
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> pd.Series:
    r"""Weigh indicators by how unevenly they are spread over the places.

    With :math:`x_{ij}` the value of indicator :math:`j` at place :math:`i` of :math:`n`,

    .. math:: p_{ij} = \frac{x_{ij}}{\sum_i x_{ij}}, \quad
              e_j = -\frac{1}{\ln n} \sum_i p_{ij} \ln p_{ij}, \quad
              w_j = \frac{1 - e_j}{\sum_j (1 - e_j)}

    and :math:`0 \ln 0 = 0`. Programs differ silently in what :math:`x` is; here it is named.

    - An indicator equal everywhere does not distinguish places: weight exactly 0, and an `InnoscapeWarning`.
    - Zeros are allowed: they contribute nothing to the entropy.
    - The order of the rows changes no bit of the result.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    on : {"minmax", "raw"}
        ``"minmax"``: shares of the min-max scaled values (0 to 1, direction applied), whatever the unit's origin;
        ``"raw"``: shares of the values as they are, which must not be negative and whose direction does not matter.
    shift : float
        Added to the values before shares are taken, at least 0; 0.0001 on min-max values is the form of many papers.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it. Used by ``on="minmax"``.
    convention : str, optional
        Program whose number is wanted, such as ``"pymcdm"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    Raises
    ------
    OptionError
        ``on`` is not one of the choices.
    TableError
        Fewer than two places, missing or infinite cells, negative raw values, or every indicator constant.

    References
    ----------
    Zou, Z., Yun, Y., Sun, J. (2006). Entropy method for determination of weight of evaluating indicators in fuzzy
    synthetic evaluation for water quality assessment. Journal of Environmental Sciences 18 (5), 1020-1023.

    Examples
    --------
    >>> entropy_weights(pd.DataFrame({"even": [4, 5, 6], "uneven": [0, 0, 9]}), on="raw").round(3).to_dict()
    {'even': 0.012, 'uneven': 0.988}
    """
    frame = as_frame(matrix)
    weights = spread_weights(frame, on=on, shift=shift, direction=direction)
    warn_constant(frame)
    return weights


def std_weights(matrix: pd.DataFrame | npt.ArrayLike) -> pd.Series:
    r"""Weigh indicators by the standard deviation of their min-max scaled values.

    .. math:: w_j = \frac{\sigma_j}{\sum_k \sigma_k}

    Population or sample deviation makes no difference, nor does the direction of an indicator.

    - An indicator equal everywhere gets weight exactly 0, and an `InnoscapeWarning`; if all are, `TableError`.
    - Two places: every indicator that differs has the same deviation, so the weights are equal.
    - One indicator: weight 1.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    Raises
    ------
    TableError
        Fewer than two places, missing or infinite cells, or every indicator constant.

    References
    ----------
    Diakoulaki, D., Mavrotas, G., Papayannakis, L. (1995). Determining objective weights in multiple criteria problems:
    the CRITIC method. Computers & Operations Research 22 (7), 763-770 (the method "SD").

    Examples
    --------
    >>> std_weights(pd.DataFrame({"even": [0, 5, 10], "split": [0, 0, 10]})).round(3).to_dict()
    {'even': 0.464, 'split': 0.536}
    """
    frame = as_frame(matrix)
    weights = deviation_weights(frame)
    warn_constant(frame)
    return weights


def critic_weights(
    matrix: pd.DataFrame | npt.ArrayLike, *, correlation: Correlation = "pearson", direction: pd.Series | None = None
) -> pd.Series:
    r"""Weigh indicators by contrast and conflict (criteria importance through intercriteria correlation).

    With :math:`\sigma_j` the standard deviation of the min-max scaled values and :math:`r_{jk}` the correlation,

    .. math:: C_j = \sigma_j \sum_k (1 - r_{jk}), \quad w_j = \frac{C_j}{\sum_k C_k}

    - An indicator equal everywhere has no correlation with others: it is left out of the sums, gets weight exactly 0,
      and an `InnoscapeWarning`; if all are, `TableError`.
    - Where no indicator conflicts with another (one indicator, or all perfectly correlated) every :math:`C_j` is 0; the
      weights are then those of `std_weights`, the limit for equal correlations that approach 1, with a warning if
      there are several indicators.
    - Two perfectly correlated indicators among others share no conflict with each other; nothing else is special.
    - Two places: every correlation is 1 or -1.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    correlation : {"pearson", "spearman"}
        Correlation between indicators; ``"spearman"`` is that of the ranks, ties sharing the mean rank.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it.

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    Raises
    ------
    OptionError
        ``correlation`` is not one of the choices.
    TableError
        Fewer than two places, missing or infinite cells, or every indicator constant.

    References
    ----------
    Diakoulaki, D., Mavrotas, G., Papayannakis, L. (1995). Determining objective weights in multiple criteria problems:
    the CRITIC method. Computers & Operations Research 22 (7), 763-770.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3], "twin": [10, 20, 30], "other": [5, 1, 3]})
    >>> critic_weights(table).round(3).to_dict()
    {'a': 0.25, 'twin': 0.25, 'other': 0.5}
    """
    frame = as_frame(matrix)
    weights, concerns = contrast_weights(frame, correlation=correlation, direction=direction)
    warn_constant(frame)
    for concern in concerns:
        warn_of(concern, stacklevel=2)
    return weights


def spread_weights(
    frame: pd.DataFrame, *, on: str, shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    """Return the entropy weights of `entropy_weights` without warning of constant indicators."""
    check_choice("on", on, ENTROPY_ON)
    check_number("shift", shift, least=0)
    check_matrix(frame, on)
    shared = minmax(frame, signs(frame, direction)) if on == "minmax" else frame
    return scaled_weights({name: spread_of(shared[name] + shift) for name in frame.columns})


def spread_of(values: pd.Series) -> float:
    """Return 1 less the entropy of the shares of values, 0 where all are the same."""
    flat = values.min() == values.max()
    return 0.0 if flat else max(0.0, 1.0 - _entropy(values.to_numpy(dtype=float)))


def deviation_weights(frame: pd.DataFrame) -> pd.Series:
    """Return the weights of `std_weights` without warning of constant indicators."""
    check_matrix(frame, "minmax")
    shared = minmax(frame, signs(frame, None))
    return scaled_weights({name: _deviation(shared[name].to_numpy()) for name in frame.columns})


def contrast_weights(
    frame: pd.DataFrame, *, correlation: str = "pearson", direction: pd.Series | None = None
) -> tuple[pd.Series, list[InnoscapeWarning]]:
    """Return the weights of `critic_weights`, and what to warn of where nothing conflicts."""
    check_matrix(frame, "minmax")
    shared = minmax(frame, signs(frame, direction))
    related = correlations(shared, correlation=correlation)
    conflict = {
        name: _deviation(shared[name].to_numpy()) * math.fsum(1.0 - related[name]) if name in related else 0.0
        for name in shared.columns
    }
    if math.fsum(conflict.values()) > 0:
        return scaled_weights(conflict), []
    concerns = [InnoscapeWarning.of("warnings.weights.all_correlated")] if related.shape[1] > 1 else []
    return deviation_weights(frame), concerns


def correlations(frame: pd.DataFrame, *, correlation: str = "pearson") -> pd.DataFrame:
    """Return the correlations of the indicators that are not constant, exact to one rounding of each sum."""
    check_choice("correlation", correlation, CORRELATIONS)
    used = frame.drop(columns=constant_columns(frame))
    if correlation == "spearman":
        used = used.rank()
    away = {name: _standardized(used[name].to_numpy(dtype=float)) for name in used.columns}
    related = np.eye(len(away))
    columns = list(away.values())
    for row in range(len(columns)):
        for column in range(row):
            cosine = math.fsum(columns[row] * columns[column])
            # what lies within rounding of 1 is 1
            related[row, column] = related[column, row] = (
                math.copysign(1.0, cosine) if abs(cosine) > 1.0 - _ROUNDING else cosine
            )
    return pd.DataFrame(related, index=used.columns, columns=used.columns)


def as_frame(matrix: pd.DataFrame | npt.ArrayLike) -> pd.DataFrame:
    """Return a table of numbers; `OptionError` unless it has two dimensions."""
    if np.ndim(matrix) != 2:
        raise OptionError(text("faults.calls.data_driven.matrix_places_x_indicators", np=np.ndim(matrix)))
    frame = pd.DataFrame(matrix)
    if not frame.shape[1]:
        raise OptionError(text("faults.calls.data_driven.matrix_indicator_column_none"))
    if not frame.columns.is_unique:
        twice = few(frame.columns[frame.columns.duplicated()].unique())
        raise OptionError(text("faults.calls.data_driven.matrix_indicators_names_their", twice=twice))
    with numeric("matrix"):
        return frame.astype(float)


def as_weights(weights: dict[str, float]) -> pd.Series:
    """Return weights by indicator as a series."""
    return pd.Series(weights, name="weight", dtype=float).rename_axis("indicator")


def warn_constant(frame: pd.DataFrame) -> None:
    """Warn of indicators that are the same everywhere; to be called by the function that the user called."""
    constant = constant_columns(frame)
    if constant:
        warn("warnings.weights.constant", names=constant, stacklevel=3)


def _standardized(column: np.ndarray) -> np.ndarray:
    away = column - math.fsum(column) / column.size
    away = away / np.abs(away).max()
    return away / math.sqrt(math.fsum(away**2))


def _deviation(column: np.ndarray) -> float:
    if column.min() == column.max():
        return 0.0
    away = column - math.fsum(column) / column.size
    return math.sqrt(math.fsum(away**2) / column.size)


def _entropy(values: np.ndarray) -> float:
    largest = values.max()
    scaled = values / largest
    total = math.fsum(scaled)
    shares = scaled[scaled > 0] / total
    # one term at a time through math.log: vector logarithms may differ in the last bit by position
    return -math.fsum(share * math.log(share) for share in shares.tolist() if share > 0) / math.log(values.size)


def signs(frame: pd.DataFrame, direction: pd.Series | None) -> pd.Series:
    """Return the directions of indicators, +1 where none are given."""
    return pd.Series(1.0, index=frame.columns) if direction is None else direction


def scaled_weights(contrast: dict[str, float]) -> pd.Series:
    """Return shares of 1 in proportion to numbers of at least 0."""
    total = math.fsum(contrast.values())
    if total <= 0:
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.data_driven.indicator_differs_between_places"),
                    text("faults.calls.alike.constant_ones"),
                    text("faults.calls.data_driven.add_drop_some"),
                )
            ]
        )
    return as_weights({name: value / total for name, value in contrast.items()})


def check_matrix(frame: pd.DataFrame, on: str) -> None:
    """Raise `TableError` unless there are two places and every cell can be measured."""
    faults = []
    if len(frame) < 2:
        faults.append(
            Fault(
                "indicators",
                text("faults.calls.data_driven.two_places"),
                str(len(frame)),
                text("faults.calls.data_driven.add_places_spread"),
            )
        )
    for name in frame.columns:
        for place, value in frame[name].items():
            if not math.isfinite(value):
                needed, fix = "a finite number", "fill the cell or choose an imputation"
            elif on == "raw" and value < 0:
                needed, fix = "a value of at least 0 for raw shares", 'use on="minmax"'
            else:
                continue
            faults.append(
                Fault(
                    "indicators",
                    needed,
                    text("faults.calls.alike.value_at_place", value=value, place=place),
                    fix,
                    column=str(name),
                )
            )
    if faults:
        raise TableError(faults)
