"""Test whether the levels of places may be taken as random."""

import numpy as np
import pandas as pd
from scipy import stats

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_number
from .panel_data import INTERCEPT
from .spatial_regression import SpatialRegression

__all__ = ["hausman_test"]

_SAME = ("model", "weights", "places", "years", "observations")


@documented("hausman1978", "elhorst2014")
def hausman_test(fixed: SpatialRegression, random: SpatialRegression, *, level: float = 0.05) -> pd.DataFrame:
    r"""Test fixed against random levels of places.

    If levels are independent of the terms, both models estimate the same slopes, and the random one does so better;
    :math:`(b_F - b_R)' (V_F - V_R)^{-1} (b_F - b_R)` is then chi-squared, of as many degrees of freedom as both models
    share slopes: those of the terms and of the neighbors' terms, as R's splm does (rho and lambda, which both models
    estimate about as well, would make the difference of variances unsteady). Small p speak for fixed levels;
    ``attrs["choice"]`` is the one to take.

    - Where :math:`V_F - V_R` is not positive definite, as happens in small samples, both are taken with the error
      variance of the random model, and the ``status`` is ``"one error variance"``. Where that does not help, there is
      no statistic, the status is ``"undefined"``, and the choice is the fixed model, which is right either way.
    - Levels of years in both: ``"both"`` beside a random model whose terms hold the years as a column of text, and
      whose ``lagged`` are the others.

    Parameters
    ----------
    fixed, random : SpatialRegression
        The same model of the same data, with ``effects`` ``"individual"`` or ``"both"``, and with ``"random"``.
    level : float
        Significance that the choice goes by.

    Returns
    -------
    DataFrame
        One row: ``test``, ``statistic``, ``degrees_of_freedom``, ``p_value``, ``status`` (``"computed"``,
        ``"one error variance"``, ``"undefined"``).

    Raises
    ------
    OptionError
        Models that are not of this kind, or not of the same data.

    References
    ----------
    Hausman, J. A. (1978). Specification tests in econometrics. Econometrica 46 (6), 1251-1271.
    Elhorst, J. P. (2014). Spatial econometrics: from cross-sectional data to spatial panels. Springer, 3.3.5.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights, spatial_regression
    >>> ring = pd.DataFrame({"origin": list("abcdefgh"), "destination": list("bcdefgha"), "value": 1.0})
    >>> weights = SpatialWeights.from_table(ring).symmetrized("max").scaled("row")
    >>> rng = np.random.default_rng(3)
    >>> table = pd.DataFrame({"place": list("abcdefgh") * 5, "year": np.repeat(np.arange(2018, 2023), 8)})
    >>> table["x"] = rng.normal(size=40) + np.tile(np.arange(8.0), 5)
    >>> table["y"] = table["x"] + 0.5 * np.tile(np.arange(8.0), 5) + rng.normal(size=40)
    >>> fits = {
    ...     effects: spatial_regression(table, weights, outcome="y", terms=["x"], model="ols", effects=effects)
    ...     for effects in ("individual", "random")
    ... }
    >>> found = hausman_test(fits["individual"], fits["random"])
    >>> found.attrs["choice"], found["degrees_of_freedom"].tolist(), bool(found["p_value"].iloc[0] < 0.01)
    ('individual', [1], True)
    """
    check_number("level", level, above=0, below=1)
    for name, given, needed in (("fixed", fixed, ("individual", "both")), ("random", random, ("random",))):
        if not isinstance(given, SpatialRegression) or given.effects not in needed:
            got = f"effects {given.effects!r}" if isinstance(given, SpatialRegression) else type(given).__name__
            raise OptionError(f"{name}: needed a spatial regression with effects {' or '.join(needed)}, got {got}")
    apart = [
        f"{name} {getattr(fixed, name)} and {getattr(random, name)}"
        for name in _SAME
        if getattr(fixed, name) != getattr(random, name)
    ]
    shared = [
        term
        for term in fixed.covariance.index
        if term in random.covariance.index and term not in {INTERCEPT, "rho", "lambda"}
    ]
    if apart or not shared:
        raise OptionError(
            f"random: needed the same model of the same data as fixed, got {'; '.join(apart) or 'no term in common'}"
        )
    estimates = [fit.coefficients.set_index("term")["estimate"].loc[shared].to_numpy() for fit in (fixed, random)]
    difference = estimates[0] - estimates[1]
    own, other = (fit.covariance.loc[shared, shared].to_numpy() for fit in (fixed, random))
    size = np.sqrt(np.outer(np.diag(own), np.diag(own)))
    statistic, status = np.nan, "undefined"
    for said, factor in (("computed", 1.0), ("one error variance", random.sigma2 / fixed.sigma2)):
        spread = factor * own - other
        if np.linalg.eigvalsh(spread / size).min() > 1e-10:
            statistic, status = float(difference @ np.linalg.solve(spread, difference)), said
            break
    p = float(stats.chi2.sf(statistic, len(shared)))
    found = pd.DataFrame(
        {
            "test": ["hausman"],
            "statistic": [statistic],
            "degrees_of_freedom": [len(shared)],
            "p_value": [p],
            "status": [status],
        }
    )
    found.attrs["choice"] = "random" if p > level else fixed.effects
    return found
