"""Test whether a regression without space leaves a spatial lag or a spatial error behind."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice
from ...data.wording.catalogue import text
from ..pattern.spatial_weights import SpatialWeights
from .fit_regression import fit_linear
from .panel_data import FIXED, Effects, PanelData, panel_data

__all__ = ["spatial_tests"]

# a variance below this share of the squared mean is rounding
_ROUNDING = 1e-12


@documented("anselin1996", "florax2003", "elhorst2010")
def spatial_tests(
    data: pd.DataFrame,
    weights: SpatialWeights,
    *,
    outcome: str,
    terms: Sequence[str],
    effects: Effects = "none",
    level: float = 0.05,
) -> pd.DataFrame:
    r"""Test least squares residuals for a spatial lag and a spatial error (Lagrange multipliers), plain and robust.

    With residuals e, :math:`\hat\sigma^2 = e'e/n`, :math:`T = T_0 \operatorname{tr}(WW + W'W)` over :math:`T_0` years,
    :math:`d_\lambda = e'We / \hat\sigma^2`, :math:`d_\rho = e'Wy / \hat\sigma^2` and
    :math:`J = (WXb)'M(WXb) / \hat\sigma^2 + T`:

    - ``lm_lag``: :math:`d_\rho^2 / J`; ``lm_error``: :math:`d_\lambda^2 / T`;
    - ``robust_lm_lag``: :math:`(d_\rho - d_\lambda)^2 / (J - T)`;
    - ``robust_lm_error``: :math:`(d_\lambda - T J^{-1} d_\rho)^2 / [T (1 - T J^{-1})]`;
    - ``lm_both``: ``lm_lag`` + ``robust_lm_error``, of two degrees of freedom;
    - ``moran``: Moran's I of the residuals with the moments of Cliff and Ord (one year without effects only).

    The table's ``attrs["choice"]`` is the model that the usual rule points to: neither plain test significant: ``ols``;
    one of them: that model; both: the one whose robust test is significant, or more so; ``durbin`` where both robust
    tests are (LeSage and Pace 2009).

    Parameters
    ----------
    data, weights, outcome, terms, effects
        As `spatial_regression`, without random effects.
    level : float
        Significance that the rule goes by.

    Returns
    -------
    DataFrame
        ``test``, ``statistic``, ``degrees_of_freedom``, ``p_value``.

    Raises
    ------
    OptionError
        As `spatial_regression`; neighbors' terms that follow from the terms, under which both tests are one.

    References
    ----------
    Anselin, L., Bera, A. K., Florax, R., Yoon, M. J. (1996). Simple diagnostic tests for spatial dependence. Regional
    Science and Urban Economics 26 (1), 77-104.
    Elhorst, J. P. (2010). Spatial panel data models. In: Handbook of applied spatial analysis, 377-407: with effects.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> ring = pd.DataFrame({"origin": list("abcdefgh"), "destination": list("bcdefgha"), "value": 1.0})
    >>> weights = SpatialWeights.from_table(ring).symmetrized("max").scaled("row")
    >>> table = pd.DataFrame({"place": list("abcdefgh"), "x": [1, 2, 4, 3, 5, 2, 1, 0], "y": [3, 5, 8, 8, 9, 6, 3, 2]})
    >>> found = spatial_tests(table, weights, outcome="y", terms=["x"])
    >>> found["test"].tolist()
    ['moran', 'lm_lag', 'lm_error', 'robust_lm_lag', 'robust_lm_error', 'lm_both']
    """
    check_choice("effects", effects, FIXED)
    laid = panel_data(data, weights, outcome=outcome, terms=terms, effects=effects)
    if not laid.w.nnz:
        raise OptionError(text("faults.calls.spatial_tests.weights_link_none"))
    fit = fit_linear(laid)
    e, y, x = fit.residuals, laid.within(laid.y), laid.within(laid.x)
    sigma2 = float(e @ e) / e.size
    t = laid.periods * float(laid.w.power(2).sum() + laid.w.multiply(laid.w.T).sum())
    of_error = float(e @ laid.lag(e)) / sigma2
    of_lag = float(e @ laid.within(laid.lag(y))) / sigma2
    lagged = laid.within(laid.lag(x @ fit.beta))
    left = lagged - x @ np.linalg.lstsq(x, lagged, rcond=None)[0]
    j = float(left @ left) / sigma2 + t
    if j - t <= 1e-10 * j:
        raise OptionError(text("faults.calls.spatial_tests.weights_neighbors_terms_differ"))
    robust_error = (of_error - t / j * of_lag) ** 2 / (t * (1 - t / j))
    found = {
        "lm_lag": (of_lag**2 / j, 1),
        "lm_error": (of_error**2 / t, 1),
        "robust_lm_lag": ((of_lag - of_error) ** 2 / (j - t), 1),
        "robust_lm_error": (robust_error, 1),
        "lm_both": (of_lag**2 / j + robust_error, 2),
    }
    rows = [
        {"test": name, "statistic": value, "degrees_of_freedom": df, "p_value": float(stats.chi2.sf(value, df))}
        for name, (value, df) in found.items()
    ]
    if laid.periods == 1 and laid.effects == "none":
        rows.insert(0, _moran(laid, e))
    table = pd.DataFrame(rows).astype({"degrees_of_freedom": "Int64"})
    p = table.set_index("test")["p_value"]
    table.attrs["choice"] = _choice(p, level)
    return table


def _choice(p: pd.Series, level: float) -> str:
    lag, error = p["lm_lag"] <= level, p["lm_error"] <= level
    if not (lag or error):
        return "ols"
    if lag != error:
        return "lag" if lag else "error"
    if p["robust_lm_lag"] <= level and p["robust_lm_error"] <= level:
        return "durbin"
    return "lag" if p["robust_lm_lag"] <= p["robust_lm_error"] else "error"


def _moran(laid: PanelData, e: np.ndarray) -> dict[str, object]:
    """Test Moran's I of residuals, whose moments know that they come from a regression."""
    w = laid.w
    n, k = laid.x.shape
    s0 = float(w.sum())
    value = n / s0 * float(e @ (w @ e)) / float(e @ e)
    q = np.linalg.qr(laid.x)[0]
    # traces of M W and its products, M = I - QQ'
    wq, tq = w @ q, w.T @ q
    inner = q.T @ wq
    one = -float(np.trace(inner))
    squares = float(w.power(2).sum()) - float((wq**2).sum()) - float((tq**2).sum()) + float((inner**2).sum())
    products = float(w.multiply(w.T).sum()) - 2 * float((tq * wq).sum()) + float((inner * inner.T).sum())
    mean = n / s0 * one / (n - k)
    variance = (n / s0) ** 2 * (squares + products + one**2) / ((n - k) * (n - k + 2)) - mean**2
    # residuals that no arrangement could change stay at their expectation
    fixed = variance <= _ROUNDING * mean**2
    z = 0.0 if fixed else (value - mean) / float(np.sqrt(variance))
    return {"test": "moran", "statistic": z, "degrees_of_freedom": None, "p_value": float(2 * stats.norm.sf(abs(z)))}
