"""Compute concentration along the last axis of an array: Gini, Theil, Herfindahl, with every row at once.

Weights are the sizes of what the values are per head of; a weight of 0 leaves a value out. A row without a total above
0 has no concentration (not a number).
"""

import numpy as np

__all__ = ["gini", "herfindahl", "theil"]


def gini(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    r"""Return the mean absolute difference of all pairs over twice the mean, from 0 to 1 - 1/n.

    :math:`G = \sum_i \sum_j p_i p_j |x_i - x_j| / (2 \mu)` with shares of weight p; equal weights by default.

    Examples
    --------
    >>> gini(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 3.0]])).round(3).tolist()
    [0.0, 0.667]
    >>> float(gini(np.array([1.0, 3.0]), np.array([3.0, 1.0])))
    0.25
    """
    values = np.asarray(values, dtype=float)
    if weights is None or (weights == 1.0).all():
        ordered = np.sort(values, axis=-1)
        n = values.shape[-1]
        twice = (ordered * (2.0 * np.arange(1, n + 1) - n - 1.0)).sum(axis=-1)
        return np.maximum(_over(twice, n * ordered.sum(axis=-1)), 0.0)
    order = np.argsort(values, axis=-1, kind="stable")
    ordered, size = (np.take_along_axis(a, order, axis=-1) for a in np.broadcast_arrays(values, weights))
    total = size.sum(axis=-1, keepdims=True)
    place = 2.0 * np.cumsum(size, axis=-1) - size - total
    return np.maximum(_over((size * ordered * place).sum(axis=-1), total[..., 0] * (size * ordered).sum(axis=-1)), 0.0)


def theil(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    r"""Return Theil's T, :math:`\sum_i s_i \ln(s_i / p_i)` with shares s of the total and p of weight, from 0 to ln n.

    Examples
    --------
    >>> theil(np.array([[2.0, 2.0], [0.0, 1.0]])).round(4).tolist()
    [0.0, 0.6931]
    """
    values = np.asarray(values, dtype=float)
    size = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    total, people = (size * values).sum(axis=-1), size.sum(axis=-1)
    relative = _over(values, _over(total, people)[..., None])
    summed = (size * relative * np.log(np.where(relative > 0, relative, 1.0))).sum(axis=-1)
    return np.maximum(_over(summed, people), 0.0)


def herfindahl(values: np.ndarray) -> np.ndarray:
    """Return the sum of squared shares, from 1/n to 1.

    Examples
    --------
    >>> herfindahl(np.array([[1.0, 1.0], [0.0, 5.0]])).tolist()
    [0.5, 1.0]
    """
    values = np.asarray(values, dtype=float)
    return _over((values**2).sum(axis=-1), values.sum(axis=-1) ** 2)


def _over(above: np.ndarray | float, below: np.ndarray) -> np.ndarray:
    return np.asarray(above) / np.where(below > 0, below, np.nan)
