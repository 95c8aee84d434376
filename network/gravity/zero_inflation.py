"""Compare a gravity model of counts with one in which some pairs have no flow whatever their sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_number, listed, name_faults, refuse
from ..flows.coefficient_table import coefficient_table
from .model import Gravity

__all__ = ["ZeroInflation", "zero_inflation"]

_ROUNDS = 500
# largest slope left, as a share of flows and pairs
_OPEN = 1e-5


@dataclass(frozen=True, eq=False)
class ZeroInflation:
    """A zero-inflated Poisson model beside the plain one.

    Attributes
    ----------
    counts, zeros : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high`` of the mean of pairs that can have a flow, and of
        the logit that a pair cannot.
    fit : Series
        ``pairs, zeros, log_likelihood, plain_log_likelihood, aic, plain_aic, bic, plain_bic``, and ``always_zero``,
        the share of pairs expected to have no flow whatever their sizes.
    """

    counts: pd.DataFrame
    zeros: pd.DataFrame
    fit: pd.Series


@documented(
    "lambert1992", formula="P(y = 0) = π + (1 − π) e<sup>−μ</sup>, P(y) = (1 − π) μ<sup>y</sup> e<sup>−μ</sup> / y!"
)
def zero_inflation(
    fit: Gravity, *, inflate: Sequence[str] | None = None, confidence_level: float = 0.95
) -> ZeroInflation:
    """Fit a zero-inflated Poisson model to the pairs and terms of an unconstrained gravity model.

    With mu the mean of the model's terms and pi the chance that a pair cannot have a flow::

        P(y = 0) = pi + (1 - pi) exp(-mu)        P(y) = (1 - pi) mu^y exp(-mu) / y!        logit pi = z gamma

    It is a diagnostic: unlike Poisson pseudo-likelihood it is wrong where flows are no counts or spread more than
    Poisson, and its coefficients change with the unit. An AIC far below that of the plain model says that zeros have a
    process of their own, unless `check_gravity` finds that overdispersion explains them.

    - Without inflation in the data pi goes to 0 and both models agree.

    Parameters
    ----------
    fit : Gravity
        From `fit_gravity` with ``constraint="none"``.
    inflate : sequence of str, optional
        Terms of the logit, names of ``fit.coefficients``; those of the decay by default. A constant is always there.
    confidence_level : float
        Of the intervals.

    Returns
    -------
    ZeroInflation

    Raises
    ------
    OptionError
        If the model has effects, flows are not whole numbers, no pair is 0, a term is unknown, or the fit does not
        settle.

    References
    ----------
    Lambert (1992) *Technometrics* 34:1-14.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from innoscape.network import fit_gravity
    >>> at, draw = np.arange(1.0, 9), np.random.default_rng(3)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=list("abcdefgh"), columns=list("abcdefgh"))
    >>> flows = costs * 0 + draw.poisson(9, (8, 8)) * (draw.uniform(size=(8, 8)) < 0.7)
    >>> plain = fit_gravity(flows, costs, mass=pd.Series(at, index=list("abcdefgh")))
    >>> float(zero_inflation(plain, inflate=[]).fit["always_zero"].round(2))
    0.3
    """
    from scipy.optimize import minimize
    from scipy.special import expit, gammaln, log_expit

    check_number("confidence_level", confidence_level, above=0, below=1)
    x, names, y = fit.design()
    if (y != np.round(y)).any():
        raise OptionError("flows: needed whole numbers, since zeros of a Poisson count are modeled, got fractions")
    if not (y == 0).any():
        raise OptionError("flows: needed pairs with a flow of 0, got none; the plain model says all there is to say")
    known = [name for name in names if name != "constant"]
    chosen = (
        [n for n in ("log_cost", "cost") if n in known]
        if inflate is None
        else [str(one) for one in listed(inflate, name="inflate")]
    )
    refuse(name_faults(chosen, known, name="inflate"))
    z = np.column_stack([np.ones(len(y)), *(x[:, names.index(name)] for name in chosen)])
    scale_x, scale_z = np.sqrt((x**2).mean(axis=0)), np.sqrt((z**2).mean(axis=0))
    a, b = x / scale_x, z / scale_z
    zero, k = y == 0, x.shape[1]
    factorial = gammaln(y + 1)

    def value(theta: np.ndarray) -> tuple[float, np.ndarray]:
        line, odds = np.minimum(a @ theta[:k], 300.0), b @ theta[k:]
        mean, yes, no = np.exp(line), log_expit(odds), log_expit(-odds)
        empty = np.logaddexp(yes, no - mean)
        level = np.where(zero, empty, no + y * line - mean - factorial)
        # chance that a zero comes from the count
        count = np.exp(no - mean - empty)
        slope = np.where(zero, -count * mean, y - mean)
        # d log P / d odds
        pull = np.where(zero, (1 - count) - expit(odds), -expit(odds))
        return -float(level.sum()), -np.r_[a.T @ slope, b.T @ pull]

    start = fit.coefficients.set_index("variable").loc[names, "estimate"].to_numpy() * scale_x
    free = [np.r_[start, np.array([level, *[0.0] * len(chosen)]) * 1.0] for level in (-2.0, 0.0)]
    tries = [minimize(value, one, jac=True, method="BFGS", options={"maxiter": _ROUNDS, "gtol": 1e-8}) for one in free]
    theta = min(tries, key=lambda found: found.fun).x
    for _ in range(20):
        step = np.linalg.lstsq(_curvature(value, theta), value(theta)[1], rcond=None)[0]
        if not value(theta - step)[0] <= value(theta)[0] + 1e-12 * abs(value(theta)[0]):
            break
        theta = theta - step
        if np.abs(step).max() < 1e-9:
            break
    if np.abs(b @ theta[k:]).max() > 50:
        raise OptionError(
            "inflate: the chance of no flow goes to 0 or 1 for some pairs; leave out terms, or there is none"
        )
    if np.abs(value(theta)[1]).max() > _OPEN * (y.sum() + len(y)):
        raise OptionError("the fit does not settle: leave out terms of the model, or of inflate")
    covariance = np.linalg.pinv(_curvature(value, theta))
    scale = np.r_[scale_x, scale_z]
    estimate, covariance = theta / scale, covariance / np.outer(scale, scale)
    level, plain = -value(theta)[0], float(fit.fit["log_likelihood"])
    n = len(y)
    measures = {
        "pairs": n, "zeros": int(zero.sum()), "log_likelihood": level, "plain_log_likelihood": plain,
        "aic": 2 * len(theta) - 2 * level, "plain_aic": 2 * k - 2 * plain,
        "bic": np.log(n) * len(theta) - 2 * level, "plain_bic": np.log(n) * k - 2 * plain,
        "always_zero": float(expit(z @ estimate[k:]).mean()),
    }  # fmt: skip
    return ZeroInflation(
        coefficient_table(names, estimate[:k], covariance[:k, :k], confidence_level),
        coefficient_table(["constant", *chosen], estimate[k:], covariance[k:, k:], confidence_level),
        pd.Series(measures, dtype=float, name="fit"),
    )


def _curvature(value, at: np.ndarray) -> np.ndarray:  # noqa: ANN001 - a function of numbers
    """Return the second derivatives by central differences of the slopes."""
    step = 1e-5 * np.eye(len(at))
    found = np.array([(value(at + one)[1] - value(at - one)[1]) / 2e-5 for one in step])
    return (found + found.T) / 2
