"""Fit a parameter of the decay of estimated flows to the flows that are known, by the likelihood of the estimate."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...data.errors import OptionError
from ...data.wording.catalogue import text

__all__ = ["DecayFit", "fit_decay"]

# fewer known flows say nothing of how sure the parameter is
_FEWEST = 3
# values tried before the best is refined
_TRIED = 13
_FLAT = 1e-9


@dataclass(frozen=True)
class DecayFit:
    """A fitted parameter of the decay.

    Attributes
    ----------
    value, standard_error : float
        The standard error holds whatever the variance of the flows (sandwich).
    n : int
        Flows that it was fitted to.
    """

    value: float
    standard_error: float
    n: int


def fit_decay(predict: Callable[[float], np.ndarray], observed: np.ndarray, *, most: float) -> DecayFit:
    """Fit the parameter of a decay by Poisson pseudo-maximum likelihood over some flows.

    ``sum over k of y[k] log mu[k](a) - mu[k](a)`` is largest at the estimate a, mu the flows that the margins give
    under that decay. The standard error is that of the sandwich, ``sqrt(n / (n - 1) * sum s[k]^2) / H`` with the
    scores ``s = (y - mu) d log mu / da`` and ``H = sum mu (d log mu / da)^2``.

    Parameters
    ----------
    predict : callable
        Parameter -> flows that the margins alone give.
    observed : ndarray
        The known flows, in the same order.
    most : float
        Largest value that is tried; the smallest is 0.

    Raises
    ------
    OptionError
        If the parameter is not identifiable: fewer than three flows, flows that do not depend on it, or a likelihood
        that rises up to the end of the range.

    Examples
    --------
    >>> at = np.array([1.0, 2.0, 4.0, 8.0])
    >>> found = fit_decay(lambda a: 80 * at**-a, 80 * at**-1.5, most=4.0)
    >>> round(found.value, 4), found.n
    (1.5, 4)
    """
    from scipy.optimize import minimize_scalar

    if len(observed) < _FEWEST:
        raise OptionError(
            text("faults.calls.fit_decay.identifiable_known_flows", observed=len(observed), fewest=_FEWEST)
        )

    def loss(parameter: float) -> float:
        mean = np.maximum(predict(parameter), 1e-300)
        return float(np.sum(mean - observed * np.log(mean)))

    tried = np.linspace(0.0, most, _TRIED)
    losses = [loss(value) for value in tried]
    best = int(np.argmin(losses))
    around = (tried[max(best - 1, 0)], tried[min(best + 1, _TRIED - 1)])
    value = float(minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": most * 1e-8}).x)
    step = most * 1e-4
    low, high = max(value - step, 0.0), value + step
    mean = predict(value)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (np.log(predict(high)) - np.log(predict(low))) / (high - low)
    slope = np.where(mean > 0, slope, 0.0)
    information = float(np.sum(mean * slope**2))
    if information * most**2 <= _FLAT * float(observed.sum()) or np.ptp(losses) == 0:
        raise OptionError(text("faults.calls.fit_decay.identifiable_known_flows_same"))
    if value <= 2 * step or value >= most - 2 * step:
        end = "0" if value <= 2 * step else f"{most:g}"
        raise OptionError(text("faults.calls.fit_decay.identifiable_known_flows_fit", end=end))
    n = len(observed)
    scores = (observed - mean) * slope
    return DecayFit(value, float(np.sqrt(n / (n - 1) * np.sum(scores**2)) / information), n)
