"""Check a fitted gravity model for overdispersion and for more zeros than counts allow."""

import numpy as np
import pandas as pd

from ...data.errors import warn
from .model import Gravity

__all__ = ["check_gravity"]


def check_gravity(fit: Gravity) -> pd.DataFrame:
    """Check the assumptions that counts are spread as Poisson, and that zeros are as many as it allows.

    None of these touches the coefficients: Poisson pseudo-likelihood is consistent whatever the variance, as long as
    the mean is right and errors are robust or clustered. They show whether ``covariance="poisson"`` would mislead and
    whether a process of its own makes the zeros. All are computed with the fitted means mu held:

    ========== ==================================================================================================
    nb1        variance ``(1 + alpha) mu``: t test of Cameron and Trivedi, one-sided
    nb2        variance ``mu + alpha mu^2``: the same
    nb2_ratio  alpha of maximum negative binomial likelihood, likelihood ratio against alpha = 0; p is half that of
               chi-squared with 1 degree, since alpha = 0 is the border. With the means fitted anew the ratio could
               only be larger, so a rejection stands
    zeros      zeros seen against ``sum exp(-mu)`` expected, z = (seen - expected) / sqrt(sum p (1 - p)), p one-sided
               (too many zeros); that means were fitted is not subtracted, so the test errs on the safe side
    zeros_nb2  the same with ``p = (1 + alpha mu)^(-1 / alpha)``, alpha of ``nb2_ratio``: zeros that overdispersion
               alone does not explain
    ========== ==================================================================================================

    - Too many zeros under ``zeros`` but not under ``zeros_nb2``: heterogeneity, not inflation.
    - An alpha of 0 leaves ``zeros_nb2`` equal to ``zeros``.
    - Everything here is about counts; with amounts of money it changes with the unit, and a warning says so.

    Parameters
    ----------
    fit : Gravity
        From `fit_gravity`.

    Returns
    -------
    DataFrame
        ``check, estimate, seen, expected, statistic, p_value``.

    References
    ----------
    Cameron & Trivedi (1990) *Journal of Econometrics* 46; Lawless (1987) *Canadian Journal of Statistics* 15; Santos
    Silva & Tenreyro (2006) *Review of Economics and Statistics* 88; Wilson (2015) *Economics Letters* 127 on why
    Vuong's test is not used for zeros.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from innoscape.network import check_gravity, fit_gravity
    >>> at = np.arange(1.0, 7)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=list("abcdef"), columns=list("abcdef"))
    >>> flows = np.round(60 / costs.where(costs > 0, 1.0))
    >>> checks = check_gravity(fit_gravity(flows, costs, constraint="double"))
    >>> checks.loc[checks["check"] == "zeros", ["seen", "expected"]].round(3).values.tolist()
    [[0.0, 0.0]]
    """
    from scipy.stats import norm

    observed, expected = fit.observed.to_numpy(), fit.expected.to_numpy()
    cells = fit.used.to_numpy()
    y, mean = observed[cells], expected[cells]
    if (y != np.round(y)).any():
        warn("warnings.gravity.no_counts", stacklevel=2)
    rows: list[tuple[str, float, float, float, float, float]] = [
        (row["variance"], row["alpha"], np.nan, np.nan, row["z"], row["p_value"])
        for row in fit.overdispersion.to_dict("records")
    ]
    alpha, ratio = _negative_binomial(y, mean)
    rows.append(("nb2_ratio", alpha, np.nan, np.nan, ratio, norm.sf(np.sqrt(ratio))))
    seen = float((y == 0).sum())
    for check, empty in (
        ("zeros", np.exp(-mean)),
        ("zeros_nb2", np.exp(-np.log1p(alpha * mean) / alpha) if alpha > 0 else np.exp(-mean)),
    ):
        spread = np.sqrt((empty * (1 - empty)).sum())
        z = (seen - empty.sum()) / spread if spread > 0 else np.nan
        rows.append((check, np.nan, seen, float(empty.sum()), z, norm.sf(z)))
    return pd.DataFrame(rows, columns=["check", "estimate", "seen", "expected", "statistic", "p_value"])


def _negative_binomial(y: np.ndarray, mean: np.ndarray) -> tuple[float, float]:
    """Return alpha of highest likelihood at given means, and twice the gain over alpha = 0."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    mean = np.maximum(mean, 1e-300)
    values, counts = np.unique(y, return_counts=True)

    def gain(log_alpha: float) -> float:
        alpha = np.exp(log_alpha)
        size = 1.0 / alpha
        # relative to Poisson, so that large terms cancel before they are summed
        own = (counts * (gammaln(values + size) - gammaln(size) + values * log_alpha)).sum()
        return float(own - ((y + size) * np.log1p(alpha * mean) - mean).sum())

    found = minimize_scalar(lambda a: -gain(a), bounds=(-16.0, 7.0), method="bounded", options={"xatol": 1e-10})
    best = -float(found.fun)
    return (float(np.exp(found.x)), 2 * best) if best > 0 and found.x > -15.0 else (0.0, 0.0)
