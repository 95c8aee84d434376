"""Draw versions of estimated numbers from the distribution of their estimate."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from ....data.options import check_number

__all__ = ["draw_estimates"]


def draw_estimates(
    estimates: pd.DataFrame,
    correlation: pd.DataFrame | None = None,
    *,
    draws: int,
    seed: int = 0,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Draw numbers whose quantiles are those of the intervals of their estimates.

    Each number is normal on either side of its estimate on a scale of its own (the square root of a rate, the
    logarithm of a half-distance, tacit shares and effects as they are), with the deviation on each side that puts the
    ends of the interval where they are. Draws of one number are the middles of equally likely slices, in an order that
    the seed shuffles (a Latin hypercube), so that few draws cover the whole distribution.

    Parameters
    ----------
    estimates : DataFrame
        ``parameter, value, low, high``, as in `DiffusionFit`; the ends must be finite.
    correlation : DataFrame, optional
        Of the estimates, labeled by parameter; without it they are drawn one by one.
    draws : int
    seed : int
    confidence_level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        draws x parameters.

    References
    ----------
    McKay, Beckman & Conover (1979) *Technometrics* 21(2):239-245.

    Examples
    --------
    >>> found = pd.DataFrame({"parameter": ["peer.rate"], "value": [0.04], "low": [0.01], "high": [0.16]})
    >>> drawn = draw_estimates(found, draws=1000)["peer.rate"]
    >>> drawn.quantile([0.025, 0.5, 0.975]).round(2).tolist()
    [0.01, 0.04, 0.16]
    """
    check_number("draws", draws, least=1, whole=True)
    names = list(estimates["parameter"])
    rng = np.random.default_rng(seed)
    quantile = NormalDist().inv_cdf
    middle = np.array([quantile((i + 0.5) / draws) for i in range(draws)])
    score = np.column_stack([middle, *(rng.permutation(middle) for _ in names[1:])])
    if correlation is not None and len(names) > 1:
        related = correlation.reindex(index=names, columns=names).fillna(0.0).to_numpy(copy=True)
        np.fill_diagonal(related, 1.0)
        size, turn = np.linalg.eigh(related)
        score = score @ (turn * np.sqrt(np.maximum(size, 0.0)) @ turn.T)
    reach = quantile(0.5 + confidence_level / 2)
    found = {}
    for at, row in enumerate(estimates.itertuples(index=False)):
        value, low, high = (_scaled(x, str(row.parameter)) for x in (row.value, row.low, row.high))
        side = np.where(score[:, at] < 0, value - low, high - value) / reach
        found[row.parameter] = _back(value + score[:, at] * side, str(row.parameter))
    return pd.DataFrame(found, columns=pd.Index(names))


def _kind(parameter: str) -> str:
    return "rate" if parameter == "external" else parameter.rpartition(".")[2]


def _scaled(value: float, parameter: str) -> float:
    if parameter.startswith("receptivity."):
        return value
    kind = _kind(parameter)
    return np.sqrt(value) if kind == "rate" else np.log(value) if kind == "half_distance" else value


def _back(score: np.ndarray, parameter: str) -> np.ndarray:
    if parameter.startswith("receptivity."):
        return score
    kind = _kind(parameter)
    if kind == "rate":
        return np.maximum(score, 0.0) ** 2
    return np.exp(score) if kind == "half_distance" else np.clip(score, 0.0, 1.0)
