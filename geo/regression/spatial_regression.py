"""Fit linear models whose outcome, terms or errors depend on the neighbors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, check_names, check_number, idle_faults, refuse
from ...data.wording.catalogue import join_texts, text
from ..pattern.spatial_weights import SpatialWeights
from .fit_regression import Fit, Spectrum, fit_error, fit_lag, fit_linear, refuse_exact, spectrum_of
from .impacts import draw_normal, impacts
from .moments_fit import fit_error_by_moments, fit_lag_by_instruments
from .panel_data import INTERCEPT, Effects, PanelData, check_singular, panel_data
from .random_effects import fit_random, fit_random_by_moments, fit_random_error

__all__ = ["MODELS", "Estimator", "Model", "SpatialRegression", "spatial_regression"]

Model = Literal["ols", "slx", "lag", "error", "durbin", "durbin_error"]
Estimator = Literal["ml", "gmm"]


@dataclass(frozen=True)
class _Form:
    """What of a model depends on the neighbors."""

    terms: bool
    where: Literal["", "outcome", "error"]


MODELS: dict[str, _Form] = {
    "ols": _Form(terms=False, where=""),
    "slx": _Form(terms=True, where=""),
    "lag": _Form(terms=False, where="outcome"),
    "error": _Form(terms=False, where="error"),
    "durbin": _Form(terms=True, where="outcome"),
    "durbin_error": _Form(terms=True, where="error"),
}
_PARAMETER = {"outcome": "rho", "error": "lambda"}


@dataclass(frozen=True)
class SpatialRegression:
    """What `spatial_regression` found.

    Parameters
    ----------
    model, method, effects, weights : str
        What was fitted.
    coefficients : DataFrame
        ``term`` (``W x``: the neighbors' x; ``rho``, ``lambda``: the spatial parameter), ``estimate``,
        ``standard_error``, ``z``, ``p_value``, ``low``, ``high``.
    impacts : DataFrame
        ``term``, ``effect`` (direct, indirect, total), ``estimate``, ``standard_error``, ``z``, ``p_value``, ``low``,
        ``high``: means over the places and quantiles of the draws.
    restrictions : DataFrame
        Of a Durbin model, Wald tests of what would make it simpler: ``restriction`` (``lag``: no neighbors' terms;
        ``error``: common factor), ``statistic``, ``degrees_of_freedom``, ``p_value``.
    places, years, observations : int
        Size; ``free`` of the observations are left once effects are taken away.
    free : int
    sigma2, log_likelihood, aic, bic, r2 : float
        Error variance, fit (missing with moments), and the squared correlation of outcome and fitted values once
        effects are taken away.
    residuals : DataFrame
        ``place``[, ``year``], ``residual``; without the levels of places, those of random effects being predicted.
    covariance : DataFrame
        Of the coefficients, by term.
    level_variance : float or None
        Variance of the levels of places, of random effects.
    """

    model: str
    method: str
    effects: str
    weights: str
    coefficients: pd.DataFrame
    impacts: pd.DataFrame = field(repr=False)
    restrictions: pd.DataFrame = field(repr=False)
    places: int
    years: int
    observations: int
    free: int
    sigma2: float
    log_likelihood: float | None
    aic: float | None
    bic: float | None
    r2: float
    residuals: pd.DataFrame = field(repr=False)
    covariance: pd.DataFrame = field(repr=False)
    level_variance: float | None = None


@documented(
    "anselin1988",
    "lesage2009",
    "lee2010",
    "elhorst2014",
    "kelejian1998",
    "kelejian1999",
    "kelejian2010",
    "baltagi2003",
    "swamy1972",
)
def spatial_regression(
    data: pd.DataFrame,
    weights: SpatialWeights,
    *,
    outcome: str,
    terms: Sequence[str],
    model: Model = "durbin",
    effects: Effects = "none",
    method: Estimator = "ml",
    lagged: Sequence[str] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> SpatialRegression:
    r"""Fit a spatial regression of a cross-section or of a balanced panel.

    With W the weights, X the terms, :math:`\mu` levels of places and :math:`\tau` levels of years (``effects``):

    ================ =====================================================================
    ``ols``          :math:`y = X\beta + e`
    ``slx``          :math:`y = X\beta + WX\theta + e`
    ``lag``          :math:`y = \rho W y + X\beta + e`
    ``error``        :math:`y = X\beta + u,\ u = \lambda W u + e`
    ``durbin``       :math:`y = \rho W y + X\beta + WX\theta + e`
    ``durbin_error`` :math:`y = X\beta + WX\theta + u,\ u = \lambda W u + e`
    ================ =====================================================================

    - ``ml`` maximizes the likelihood with exact determinants. With effects it is that of the data freed from them (Lee
      and Yu 2010), so variances need no correction: n - 1 places where years have levels and rows of W add up to 1,
      T - 1 years where places have levels.
    - ``gmm`` fits ``lag`` and ``durbin`` by two-stage least squares with WX, WWX and WWWX as instruments, and
      ``error``, ``durbin_error`` by the moments of Kelejian and Prucha (1999), from whose variance (2010) the standard
      error of lambda follows; the latter two stay sparse.
    - With effects ``"random"`` levels of places are drawn at random, independent of the terms, which may then be the
      same every year. ``ml`` maximizes the likelihood of levels and errors together (in ``error`` the levels stand
      outside u: Baltagi, Song and Koh 2003; that takes eigenvalues of a dense matrix at every step); ``gmm`` fits
      ``ols`` and ``slx`` by the variances of Swamy and Arora (1972). `hausman_test` sets them against fixed levels.
    - Impacts are :math:`(I - \rho W)^{-1}(\beta I + \theta W)`: ``direct`` the mean diagonal, ``total`` the mean row
      sum; intervals are quantiles of draws from the estimates' normal distribution, made of the seed alone, and p is
      twice the smaller share of the draws on either side of 0 (R's spatialreg takes z of their mean); a rho drawn
      outside its range counts as its edge.

    Parameters
    ----------
    data : DataFrame
        ``place``[, ``year``], the outcome and the terms; one row of every place (and year). With a column ``year`` it
        is a panel, pooled where there are no effects.
    weights : SpatialWeights
        Of the places of ``data``, row-scaled as a rule.
    outcome : str
        Column to be explained.
    terms : list of str
        Columns. Of one that is no number each level but the first has a term. ``"a:b"`` is a product: ``["rd:tier"]``
        gives each tier its slope, ``["rd", "rd:tier"]`` the first tier's slope and by how much the others differ.
    model : str
        See the table.
    effects : {"none", "individual", "time", "both", "random"}
        Levels of places, of years, of both; or levels of places that are random.
    method : {"ml", "gmm"}
        Estimator; ``ols`` and ``slx`` are least squares either way, but for random effects.
    lagged : list of str, optional
        Terms whose neighbors' values enter; all by default.
    draws, level, seed : int, float, int
        Draws of the impacts, share of their intervals, seed.

    Returns
    -------
    SpatialRegression

    Raises
    ------
    TableError
        Missing columns.
    UnknownPlaceError
        Places without weights.
    OptionError
        Gaps in the panel, an outcome or terms that do not vary, terms that follow from others or give the outcome
        exactly, fewer observations than terms, a spatial parameter at the end of its range, unknown options.
    SizeError
        More places than dense matrices are made for, with the way out.

    References
    ----------
    LeSage, J., Pace, R. K. (2009). Introduction to spatial econometrics. CRC Press.
    Lee, L.-F., Yu, J. (2010). Estimation of spatial autoregressive panel data models with fixed effects. Journal of
    Econometrics 154 (2), 165-185.
    Elhorst, J. P. (2014). Spatial econometrics: from cross-sectional data to spatial panels. Springer.
    Kelejian, H. H., Prucha, I. R. (1999). A generalized moments estimator for the autoregressive parameter in a spatial
    model. International Economic Review 40 (2), 509-533.
    Kelejian, H. H., Prucha, I. R. (2010). Specification and estimation of spatial autoregressive models with
    autoregressive and heteroskedastic disturbances. Journal of Econometrics 157 (1), 53-67.
    Baltagi, B. H., Song, S. H., Koh, W. (2003). Testing panel data regression models with spatial error correlation.
    Journal of Econometrics 117 (1), 123-150.
    Swamy, P. A. V. B., Arora, S. S. (1972). The exact finite sample properties of the estimators of coefficients in the
    error components regression models. Econometrica 40 (2), 261-275.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> ring = pd.DataFrame({"origin": list("abcdefgh"), "destination": list("bcdefgha"), "value": 1.0})
    >>> weights = SpatialWeights.from_table(ring).symmetrized("max").scaled("row")
    >>> table = pd.DataFrame({"place": list("abcdefgh"), "x": [1, 2, 4, 3, 5, 2, 1, 0], "y": [3, 5, 8, 8, 9, 6, 3, 2]})
    >>> found = spatial_regression(table, weights, outcome="y", terms=["x"], model="lag")
    >>> found.coefficients[["term", "estimate"]].round(2).to_numpy().tolist()
    [['intercept', -0.04], ['x', 0.98], ['rho', 0.61]]
    >>> by_tier = table.assign(tier=["national", "local"] * 4)
    >>> spatial_regression(by_tier, weights, outcome="y", terms=["x:tier"], model="lag").coefficients["term"].tolist()
    ['intercept', 'x:tier[local]', 'x:tier[national]', 'rho']
    """
    check_choice("model", model, MODELS)
    check_choice("method", method, ("ml", "gmm"))
    check_number("draws", draws, least=2, whole=True)
    check_number("level", level, above=0, below=1)
    check_number("seed", seed, least=0, below=2**64, whole=True)
    form = MODELS[model]
    if not form.where and effects != "random":
        refuse(idle_faults(spatial_regression, f"with model={model!r}", method=method))
    laid = panel_data(data, weights, outcome=outcome, terms=terms, effects=effects)
    if form != MODELS["ols"] and not laid.w.nnz:
        raise OptionError(text("faults.calls.spatial_regression.weights_link_model_none", model=repr(model)))
    own = [term for term in laid.terms if term != INTERCEPT]
    if lagged is not None:
        if not form.terms:
            raise OptionError(text("faults.calls.spatial_regression.lagged_model_neighbors_terms", model=repr(model)))
        check_names("lagged", lagged, own)
    around = own if lagged is None else list(lagged)
    full = laid.with_lags(around) if form.terms else laid
    if form.terms:
        check_singular(full)
    fit, spectrum = _fitted(full, form, method, exogenous=len(laid.terms))
    names = [*full.terms, *([_PARAMETER[form.where]] if form.where else [])]
    coefficients = _coefficients(names, fit, level)
    k = len(names) + 1 + (fit.level_variance is not None)
    loglik = fit.log_likelihood
    return SpatialRegression(
        model=model,
        method=method if form.where or effects == "random" else "ols",
        effects=effects,
        weights=weights.kind,
        coefficients=coefficients,
        impacts=_impacts(laid, full, form, fit, spectrum, own, around, draws, level, seed),
        restrictions=_restrictions(full, form, fit, around),
        places=laid.size,
        years=laid.periods,
        observations=laid.y.size,
        free=laid.free,
        sigma2=fit.sigma2,
        log_likelihood=loglik,
        aic=None if loglik is None else 2 * k - 2 * loglik,
        bic=None if loglik is None else k * float(np.log(laid.free)) - 2 * loglik,
        r2=_r2(full, form, fit),
        residuals=_residuals(laid, fit),
        covariance=pd.DataFrame(fit.covariance[: len(names), : len(names)], names, names),
        level_variance=fit.level_variance,
    )


def _fitted(full: PanelData, form: _Form, method: str, *, exogenous: int) -> tuple[Fit, Spectrum | None]:
    plain = fit_linear(full)
    if full.effects == "random":
        found, spectrum = _random(full, form, method)
    elif not form.where:
        return plain, None
    elif method == "gmm":
        found, spectrum = _by_moments(full, form, exogenous)
    else:
        spectrum = spectrum_of(full.w)
        left = spectrum.centered() if full.centered else spectrum
        found = (fit_error if form.where == "error" else fit_lag)(full, left)
    refuse_exact(full.within(full.y), found.residuals)
    return found, spectrum


def _random(full: PanelData, form: _Form, method: str) -> tuple[Fit, Spectrum | None]:
    if not form.where:
        return (fit_random if method == "ml" else fit_random_by_moments)(full), None
    if method == "gmm":
        raise OptionError(text("faults.calls.spatial_regression.method_ml_random_effects"))
    spectrum = spectrum_of(full.w)
    return (fit_random_error if form.where == "error" else fit_random)(full, spectrum), spectrum


def _by_moments(full: PanelData, form: _Form, exogenous: int) -> tuple[Fit, Spectrum | None]:
    if form.where == "error":
        return fit_error_by_moments(full), None
    # the spectrum serves the impacts, and says where they are defined
    spectrum = spectrum_of(full.w)
    found = fit_lag_by_instruments(full, exogenous)
    if not spectrum.low < (found.spatial or 0.0) < spectrum.high:
        raise OptionError(
            text(
                "faults.calls.spatial_regression.method_rho_between_where",
                low=f"{spectrum.low:.3g}",
                high=f"{spectrum.high:.3g}",
                spatial=f"{found.spatial:.3g}",
            )
        )
    return found, spectrum


def _coefficients(names: list[str], fit: Fit, level: float) -> pd.DataFrame:
    estimate = fit.beta if fit.spatial is None else np.append(fit.beta, fit.spatial)
    variance = np.diag(fit.covariance)[: len(names)]
    if lost := [name for name, one in zip(names, variance, strict=True) if one <= 0]:
        raise OptionError(text("faults.calls.spatial_regression.data_standard_errors_every", lost=join_texts(lost)))
    error = np.sqrt(variance)
    z = estimate / error
    reach = stats.norm.ppf((1 + level) / 2) * error
    return pd.DataFrame(
        {
            "term": names,
            "estimate": estimate,
            "standard_error": error,
            "z": z,
            "p_value": 2 * stats.norm.sf(np.abs(z)),
            "low": estimate - reach,
            "high": estimate + reach,
        }
    )


def _impacts(
    laid: PanelData,
    full: PanelData,
    form: _Form,
    fit: Fit,
    spectrum: Spectrum | None,
    own: list[str],
    around: list[str],
    draws: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    with_rho = form.where == "outcome"
    size = len(full.terms) + with_rho
    mean = np.append(fit.beta, fit.spatial) if with_rho and fit.spatial is not None else fit.beta
    drawn = np.vstack([mean, draw_normal(mean, fit.covariance[:size, :size], draws, seed)])
    at = [full.terms.index(term) for term in own]
    lagged = np.zeros((len(drawn), len(own)))
    for term in around if form.terms else []:
        lagged[:, own.index(term)] = drawn[:, full.terms.index(f"W {term}")]
    rho = np.zeros(len(drawn))
    if with_rho and spectrum is not None:
        edge = 1e-6 * (spectrum.high - spectrum.low)
        rho = np.clip(drawn[:, -1], spectrum.low + edge, spectrum.high - edge)
    found = spectrum if with_rho else None
    return impacts(laid.w, found, terms=own, own=drawn[:, at], lagged=lagged, rho=rho, level=level)


def _restrictions(full: PanelData, form: _Form, fit: Fit, around: list[str]) -> pd.DataFrame:
    """Test by Wald what would make a Durbin model a lag or an error model."""
    columns = ["restriction", "statistic", "degrees_of_freedom", "p_value"]
    if not (form.terms and form.where == "outcome") or fit.spatial is None:
        return pd.DataFrame(columns=columns)
    theta = [full.terms.index(f"W {term}") for term in around]
    beta = [full.terms.index(term) for term in around]
    k = len(full.terms)
    none = np.zeros((len(around), k + 1))
    none[np.arange(len(around)), theta] = 1.0
    common = none.copy()
    common[np.arange(len(around)), beta] = fit.spatial
    common[:, k] = fit.beta[beta]
    tests = {"lag": (fit.beta[theta], none), "error": (fit.beta[theta] + fit.spatial * fit.beta[beta], common)}
    rows = []
    for name, (value, slope) in tests.items():
        wald = float(value @ np.linalg.solve(slope @ fit.covariance @ slope.T, value))
        rows.append((name, wald, len(around), float(stats.chi2.sf(wald, len(around)))))
    return pd.DataFrame(rows, columns=columns)


def _r2(full: PanelData, form: _Form, fit: Fit) -> float:
    y = full.within(full.y)
    left = fit.residuals if form.where != "error" else y - full.within(full.x) @ fit.beta
    if form.where != "error" and fit.levels is not None:
        left = left + np.tile(fit.levels, full.periods)
    together = np.corrcoef(y, y - left)[0, 1]
    return float(together**2)


def _residuals(laid: PanelData, fit: Fit) -> pd.DataFrame:
    table = pd.DataFrame({"place": np.tile(laid.places, laid.periods)})
    if laid.years is not None:
        table["year"] = np.repeat(laid.years, laid.size)
    return table.assign(residual=fit.residuals)
