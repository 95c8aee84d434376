"""Weigh the indicators of a composite index; weights are shares of 1.

A weight here is an **effective** weight: the share of the whole index that one indicator carries. Within a group
of the framework the weights are the effective ones divided by the group's sum.
"""

import math
import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.errors import Fault, InnoscapeWarning, OptionError, TableError
from ._options import check_choice
from .normalize import constant_columns, minmax

__all__ = [
    "ENTROPY_ON",
    "WEIGHINGS",
    "entropy_weights",
    "equal_level_weights",
    "equal_weights",
    "given_weights",
    "spread_weights",
]

ENTROPY_ON = ("minmax", "raw")
WEIGHINGS = ("equal", "equal_levels", "given", "entropy")


def entropy_weights(
    matrix: pd.DataFrame | npt.ArrayLike, *, on: str = "minmax", direction: pd.Series | None = None
) -> pd.Series:
    r"""Weigh indicators by how unevenly they are spread over the places.

    With :math:`x_{ij}` the value of indicator :math:`j` at place :math:`i` of :math:`n`,

    .. math:: p_{ij} = \frac{x_{ij}}{\sum_i x_{ij}}, \quad
              e_j = -\frac{1}{\ln n} \sum_i p_{ij} \ln p_{ij}, \quad
              w_j = \frac{1 - e_j}{\sum_j (1 - e_j)}

    and :math:`0 \ln 0 = 0`. Programs differ silently in what :math:`x` is; here it is named.

    - An indicator equal everywhere tells places apart not at all: weight exactly 0, and an `InnoscapeWarning`.
    - Zeros are allowed: they contribute nothing to the entropy.
    - The order of the rows changes no bit of the result.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    on : {"minmax", "raw"}
        ``"minmax"``: shares of the min-max scaled values (0 to 1, direction applied), whatever the unit's origin;
        ``"raw"``: shares of the values as they are, which must not be negative and whose direction does not matter.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it. Used by ``on="minmax"``.

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
    frame = _as_frame(matrix)
    weights = spread_weights(frame, on=on, direction=direction)
    constant = constant_columns(frame)
    if constant:
        warnings.warn(
            f"constant indicators get entropy weight 0: {', '.join(constant)}", InnoscapeWarning, stacklevel=2
        )
    return weights


def spread_weights(frame: pd.DataFrame, *, on: str, direction: pd.Series | None = None) -> pd.Series:
    """Return the entropy weights of `entropy_weights` without warning of constant indicators."""
    check_choice("on", on, ENTROPY_ON)
    _check_matrix(frame, on)
    signs = pd.Series(1.0, index=frame.columns) if direction is None else direction
    shared = minmax(frame, signs) if on == "minmax" else frame
    spread = {}
    for name in frame.columns:
        flat = frame[name].min() == frame[name].max()
        spread[name] = 0.0 if flat else max(0.0, 1.0 - _entropy(shared[name].to_numpy(dtype=float)))
    total = math.fsum(spread.values())
    if total <= 0:
        raise TableError(
            [Fault("indicators", "an indicator that differs between places", "only constant ones", "add or drop some")]
        )
    return _series({name: value / total for name, value in spread.items()})


def equal_weights(indicators: Sequence[str]) -> pd.Series:
    """Give every indicator the same weight, 1 / m.

    Examples
    --------
    >>> equal_weights(["a", "b"]).to_dict()
    {'a': 0.5, 'b': 0.5}
    """
    return _series({name: 1.0 / len(indicators) for name in indicators})


def equal_level_weights(paths: dict[str, tuple[str, ...]]) -> pd.Series:
    """Give equal weights at every branching of the framework tree.

    ``paths`` names for each indicator the groups it belongs to, from the top; the weight of an indicator is the
    product, down its path, of one over the number of branches.

    Examples
    --------
    >>> equal_level_weights({"a": ("input",), "b": ("input",), "c": ("output",)}).to_dict()
    {'a': 0.25, 'b': 0.25, 'c': 0.5}
    """
    children: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    steps = {name: [(*path[:depth],) for depth in range(len(path) + 1)] for name, path in paths.items()}
    for name, nodes in steps.items():
        for parent, child in zip(nodes, [*nodes[1:], ("", *nodes[-1], name)], strict=True):
            children.setdefault(parent, set()).add(child)
    return _series({name: 1.0 / math.prod(len(children[node]) for node in nodes) for name, nodes in steps.items()})


def given_weights(given: pd.Series | None, indicators: Sequence[str]) -> pd.Series:
    """Scale the weights of the framework table to sum to 1.

    A given weight is the indicator's share of the whole index; only the proportions matter.

    Raises
    ------
    TableError
        The framework has no weights, or a weight is missing, negative or infinite, or all are 0; every fault is listed.

    Examples
    --------
    >>> given_weights(pd.Series({"a": 30, "b": 10}), ["a", "b"]).to_dict()
    {'a': 0.75, 'b': 0.25}
    """
    mend = 'fill the column weight, or use weigh="equal"'
    if given is None:
        raise TableError([Fault("framework", "weights", "no column weight", mend, column="weight")])
    values = given.reindex(list(indicators)).astype(float)
    faults = [
        Fault("framework", "a weight of at least 0", f"{value} for {name}", mend, column="weight")
        for name, value in values.items()
        if not (math.isfinite(value) and value >= 0)
    ]
    if not faults and not math.fsum(values) > 0:
        faults = [Fault("framework", "a weight above 0", "only zeros", mend, column="weight")]
    if faults:
        raise TableError(faults)
    total = math.fsum(values)
    return _series({name: float(values.loc[name]) / total for name in indicators})


def _entropy(values: np.ndarray) -> float:
    largest = values.max()
    scaled = values / largest
    total = math.fsum(scaled)
    shares = scaled[scaled > 0] / total
    # one term at a time through math.log: vector logarithms may differ in the last bit by position
    return -math.fsum(share * math.log(share) for share in shares.tolist() if share > 0) / math.log(values.size)


def _as_frame(matrix: pd.DataFrame | npt.ArrayLike) -> pd.DataFrame:
    if np.ndim(matrix) != 2:
        raise OptionError(f"matrix: needed places x indicators (two dimensions), got {np.ndim(matrix)} dimension(s)")
    return pd.DataFrame(matrix).astype(float)


def _check_matrix(frame: pd.DataFrame, on: str) -> None:
    faults = []
    if len(frame) < 2:
        faults.append(Fault("indicators", "at least two places", str(len(frame)), "add places: one has no spread"))
    for name in frame.columns:
        for place, value in frame[name].items():
            if not math.isfinite(value):
                needed, mend = "a finite number", "fill the cell or choose an imputation"
            elif on == "raw" and value < 0:
                needed, mend = "a value of at least 0 for raw shares", 'use on="minmax"'
            else:
                continue
            faults.append(Fault("indicators", needed, f"{value} at {place}", mend, column=str(name)))
    if faults:
        raise TableError(faults)


def _series(weights: dict[str, float]) -> pd.Series:
    return pd.Series(weights, name="weight", dtype=float).rename_axis("indicator")
