"""Fit a spatial lag by two-stage least squares, and a spatial error by generalized moments."""

import numpy as np
from scipy import optimize, sparse

from ...data.errors import OptionError
from ...data.wording.catalogue import text
from .fit_regression import Fit, inverse_of, squares_of
from .panel_data import PanelData

__all__ = ["fit_error_by_moments", "fit_lag_by_instruments"]


def fit_lag_by_instruments(data: PanelData, exogenous: int) -> Fit:
    """Fit y = rho W y + X b + e with the neighbors' terms, and their neighbors', as instruments of W y.

    The first ``exogenous`` terms are lagged (those of a Durbin model hold their first lags already).
    """
    y, x, wy = data.within(data.y), data.within(data.x), data.within(data.lag(data.y))
    varied = [k for k in range(exogenous) if data.terms[k] != "intercept"]
    if not varied:
        raise OptionError(text("faults.calls.moments_fit.terms_varies_instrument_neighbors"))
    once = data.lag(data.x[:, varied])
    twice = data.lag(once)
    candidates = np.column_stack([x, data.within(once), data.within(twice), data.within(data.lag(twice))])
    instruments = candidates[:, _independent(candidates)]
    if instruments.shape[1] <= x.shape[1]:
        raise OptionError(text("faults.calls.moments_fit.terms_neighbors_terms_differ"))
    z = np.column_stack([x, wy])
    projected = instruments @ np.linalg.lstsq(instruments, z, rcond=None)[0]
    slopes = np.linalg.solve(projected.T @ z, projected.T @ y)
    residuals = y - z @ slopes
    sigma2 = float(residuals @ residuals) / data.free
    covariance = sigma2 * inverse_of(projected.T @ projected)
    return Fit(slopes[:-1], float(slopes[-1]), sigma2, covariance, None, residuals)


def _independent(x: np.ndarray) -> list[int]:
    """Return the columns that do not follow from those before them."""
    kept: list[int] = []
    basis = np.empty((len(x), 0))
    for k in range(x.shape[1]):
        length = np.linalg.norm(x[:, k])
        left = x[:, k] - basis @ (basis.T @ x[:, k])
        left -= basis @ (basis.T @ left)
        if length and np.linalg.norm(left) > 1e-8 * length:
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
            kept.append(k)
    return kept


def fit_error_by_moments(data: PanelData) -> Fit:
    """Fit y = X b + u, u = lambda W u + e: lambda by three moments of the residuals (Kelejian and Prucha 1999).

    The variance of lambda follows from that of the moments, as in Kelejian and Prucha (2010); in the limit slopes play
    no part in it.
    """
    y, x = data.within(data.y), data.within(data.x)
    u = squares_of(x, y)[1]
    lam = _moments(data, u)
    wy, wx = data.within(data.lag(data.y)), data.within(data.lag(data.x))
    filtered_x, filtered_y = x - lam * wx, y - lam * wy
    beta, residuals = squares_of(filtered_x, filtered_y)
    sigma2 = float(residuals @ residuals) / data.free
    k = beta.size
    covariance = np.zeros((k + 1, k + 1))
    covariance[:k, :k] = sigma2 * inverse_of(filtered_x.T @ filtered_x)
    covariance[k, k] = _variance(data, u, lam, residuals, sigma2)
    return Fit(beta, lam, sigma2, covariance, None, residuals)


def _scale(data: PanelData) -> float:
    """Return by what weights are multiplied so that moments weigh alike and I - lambda W has an inverse below 1."""
    return 1.0 / min(float(np.max(data.w.sum(axis=axis))) for axis in (0, 1))


def _equations(data: PanelData, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return L and R of the moments L = R (lambda, lambda^2, sigma^2) of residuals, with scaled weights."""
    n, scale = u.size, _scale(data)
    v = scale * data.within(data.lag(u))
    t = scale * data.within(data.lag(v))
    trace = scale**2 * float((data.w.power(2)).sum()) * data.periods
    left = np.array([u @ u, v @ v, u @ v]) / n
    right = (
        np.array(
            [
                [2 * (u @ v), -(v @ v), n],
                [2 * (t @ v), -(t @ t), trace],
                [u @ t + v @ v, -(v @ t), 0.0],
            ]
        )
        / n
    )
    return left, right


def _moments(data: PanelData, u: np.ndarray) -> float:
    """Return the parameter at which the moments of e = u - lambda W u come closest to those of independent errors."""
    scale = _scale(data)
    left, right = _equations(data, u)

    def apart(given: np.ndarray) -> np.ndarray:
        lam, sigma2 = given
        return right @ np.array([lam, lam**2, sigma2]) - left

    found = optimize.least_squares(
        apart, [0.1, left[0]], bounds=([-1.0, 0.0], [1.0, np.inf]), xtol=1e-12, ftol=1e-12, gtol=1e-12
    )
    if abs(found.x[0]) > 1 - 1e-6:
        raise OptionError(
            text("faults.calls.moments_fit.method_moments_meet_lambda", v=f"{-scale:.3g}", scale=f"{scale:.3g}")
        )
    return scale * float(found.x[0])


def _variance(data: PanelData, u: np.ndarray, lam: float, errors: np.ndarray, sigma2: float) -> float:
    """Return the variance of lambda: that of the three moments, carried through their least squares."""
    scale, periods = _scale(data), data.free_periods
    w = scale * data.w
    inner, mean = sparse.csr_array(w.T @ w), sparse.csr_array((w + w.T) / 2)
    forms = (sparse.eye_array(data.size, format="csr"), inner, mean)
    # quadratic forms of independent errors; levels of places bring them nearer to normal ones
    fourth = float(np.mean(errors**4)) - 3 * float(np.mean(errors**2)) ** 2 if periods == data.periods else 0.0
    moments = np.array(
        [
            [2 * sigma2**2 * float((a * b).sum()) + fourth * float(a.diagonal() @ b.diagonal()) for b in forms]
            for a in forms
        ]
    )
    _, right = _equations(data, u)
    slopes = right @ np.array([[1.0, 0.0], [2 * lam / scale, 0.0], [0.0, 1.0]])
    carried = np.linalg.pinv(slopes)
    return float((carried @ moments @ carried.T)[0, 0]) * periods / u.size**2 * scale**2
