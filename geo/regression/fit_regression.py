"""Maximize the likelihood of a spatial lag or of a spatial error."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from ...data.errors import OptionError, SizeError
from ...data.wording.catalogue import text
from .panel_data import PanelData

__all__ = [
    "Fit",
    "Spectrum",
    "check_size",
    "fit_error",
    "fit_lag",
    "fit_linear",
    "inverse_of",
    "refuse_exact",
    "spectrum_of",
    "squares_of",
]

# places up to which matrices are held dense
_DENSE = 6000
# share of the sum of squares up to which residuals are rounding alone
_EXACT = 1e-20


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of the weights, from which determinants and traces follow for any parameter."""

    eigenvalues: np.ndarray
    low: float
    high: float

    def centered(self) -> "Spectrum":
        """Leave out the eigenvalue 1 of the constant, which places around the mean of their year lack."""
        one = np.argmin(np.abs(self.eigenvalues - 1))
        return Spectrum(np.delete(self.eigenvalues, one), self.low, self.high)

    def log_determinant(self, rho: float) -> float:
        """Return log |I - rho W|."""
        return float(np.log(1 - rho * self.eigenvalues).sum().real)

    def trace(self, rho: float, power: int, inverse: int = 1) -> float:
        """Return the trace of W^power (I - rho W)^-inverse."""
        return float((self.eigenvalues**power / (1 - rho * self.eigenvalues) ** inverse).sum().real)


def check_size(places: int) -> None:
    """Refuse more places than dense matrices are made for."""
    if places > _DENSE:
        raise SizeError(
            text(
                "faults.calls.fit_regression.weights_most_places_whose",
                dense=_DENSE,
                places=places,
                v=f"{places**2 * 8 / 1e9:.1f}",
            )
        )


def spectrum_of(w: sparse.csr_array) -> Spectrum:
    """Return the eigenvalues of weights and the range of parameters around 0 in which I - rho W has an inverse."""
    check_size(w.shape[0])
    values = _eigenvalues(w)
    real = np.real(values)[np.abs(np.imag(values)) < 1e-9]
    high = 1 / real.max() if real.max() > 1e-12 else 1.0
    low = 1 / real.min() if real.min() < -1e-12 else -high
    return Spectrum(values, float(low), float(high))


def _eigenvalues(w: sparse.csr_array) -> np.ndarray:
    balance = _balance(w)
    if balance is None:
        return np.linalg.eigvals(w.toarray()).astype(complex)
    root = np.sqrt(balance)
    like = (sparse.diags_array(root) @ w @ sparse.diags_array(1 / root)).toarray()
    return np.linalg.eigvalsh((like + like.T) / 2).astype(complex)


def _balance(w: sparse.csr_array) -> np.ndarray | None:
    """Return d with d_i w_ij = d_j w_ji, as weights have that were symmetric before their rows were scaled."""
    other = sparse.csr_array(w.T)
    if (w.indptr != other.indptr).any() or (w.indices != other.indices).any():
        return None
    d = np.zeros(w.shape[0])
    ratio = sparse.csr_array((w.data / other.data, w.indices, w.indptr), w.shape)
    for start in range(w.shape[0]):
        if d[start]:
            continue
        d[start] = 1.0
        order, before = csgraph.breadth_first_order(w, start)
        for place in order[1:]:
            d[place] = d[before[place]] * ratio[before[place], place]
    apart = abs(sparse.diags_array(d) @ w - (sparse.diags_array(d) @ w).T)
    return d if apart.max() <= 1e-10 * d.max() * w.max() else None


@dataclass(frozen=True)
class Fit:
    """Estimates of a regression: slopes, the spatial parameter, and how sure they are."""

    beta: np.ndarray
    spatial: float | None
    sigma2: float
    # of the slopes, then the spatial parameter
    covariance: np.ndarray
    log_likelihood: float | None
    residuals: np.ndarray
    # of levels of places that are random: their variance, and the levels as predicted
    level_variance: float | None = None
    levels: np.ndarray | None = None


def squares_of(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return least squares slopes and residuals, whatever the units of the terms."""
    length = np.sqrt((x**2).sum(axis=0))
    # what effects take away has no length
    length = np.where(length > 0, length, 1.0)
    beta = np.linalg.lstsq(x / length, y, rcond=None)[0] / length
    return beta, y - x @ beta


def inverse_of(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a symmetric matrix with a diagonal above 0, whatever the units of its rows."""
    scale = np.sqrt(np.diag(matrix))
    both = np.outer(scale, scale)
    try:
        return np.linalg.inv(matrix / both) / both
    except np.linalg.LinAlgError:
        raise OptionError(text("faults.calls.fit_regression.terms_data_identify_every")) from None


def refuse_exact(y: np.ndarray, residuals: np.ndarray) -> None:
    """Refuse terms that leave nothing of the outcome to errors, whose likelihood has no bound."""
    if float(residuals @ residuals) <= _EXACT * float(y @ y):
        raise OptionError(text("faults.calls.fit_regression.terms_terms_leave_part"))


def _likelihood(free: int, squares: float, determinant: float = 0.0) -> float:
    return determinant - free / 2 * (np.log(2 * np.pi * squares / free) + 1)


def _largest(of: Callable[[float], float], spectrum: Spectrum) -> float:
    """Return the parameter that maximizes a likelihood: the best of a grid, refined."""
    edge = 1e-6 * (spectrum.high - spectrum.low)
    grid = np.linspace(spectrum.low + edge, spectrum.high - edge, 41)
    best = int(np.argmax([of(one) for one in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(lambda one: -of(one), bounds=around, method="bounded", options={"xatol": 1e-10})
    if min(found.x - grid[0], grid[-1] - found.x) < edge:
        raise OptionError(
            text(
                "faults.calls.fit_regression.weights_weights_under_likelihood",
                low=f"{spectrum.low:.3g}",
                high=f"{spectrum.high:.3g}",
            )
        )
    return float(found.x)


def fit_linear(data: PanelData) -> Fit:
    """Fit by least squares."""
    y, x = data.within(data.y), data.within(data.x)
    beta, residuals = squares_of(x, y)
    refuse_exact(y, residuals)
    squares = float(residuals @ residuals)
    sigma2 = squares / (data.free - beta.size)
    return Fit(beta, None, sigma2, sigma2 * inverse_of(x.T @ x), _likelihood(data.free, squares), residuals)


def fit_lag(data: PanelData, spectrum: Spectrum) -> Fit:
    """Maximize the likelihood of y = rho W y + X b + e."""
    y, x, wy = data.within(data.y), data.within(data.x), data.within(data.lag(data.y))
    (plain, e), (lagged, u) = squares_of(x, y), squares_of(x, wy)
    periods = data.free_periods

    def of(rho: float) -> float:
        left = e - rho * u
        return _likelihood(data.free, float(left @ left), periods * spectrum.log_determinant(rho))

    rho = _largest(of, spectrum)
    beta, residuals = plain - rho * lagged, e - rho * u
    sigma2 = float(residuals @ residuals) / data.free
    filtered, trace, squares = _filtered(data, spectrum, rho)
    mean = _spread(filtered, data, x @ beta)
    k = beta.size
    information = np.zeros((k + 2, k + 2))
    information[:k, :k] = x.T @ x / sigma2
    information[:k, k] = information[k, :k] = x.T @ mean / sigma2
    information[k, k] = periods * squares + mean @ mean / sigma2
    information[k, k + 1] = information[k + 1, k] = periods * trace / sigma2
    information[k + 1, k + 1] = data.free / (2 * sigma2**2)
    return Fit(beta, rho, sigma2, inverse_of(information)[: k + 1, : k + 1], of(rho), residuals)


def fit_error(data: PanelData, spectrum: Spectrum) -> Fit:
    """Maximize the likelihood of y = X b + u, u = lambda W u + e."""
    y, x = data.within(data.y), data.within(data.x)
    wy, wx = data.within(data.lag(data.y)), data.within(data.lag(data.x))
    periods = data.free_periods

    def of(lam: float) -> float:
        left = squares_of(x - lam * wx, y - lam * wy)[1]
        return _likelihood(data.free, float(left @ left), periods * spectrum.log_determinant(lam))

    lam = _largest(of, spectrum)
    filtered_x = x - lam * wx
    beta, residuals = squares_of(filtered_x, y - lam * wy)
    sigma2 = float(residuals @ residuals) / data.free
    _, trace, squares = _filtered(data, spectrum, lam)
    k = beta.size
    covariance = np.zeros((k + 1, k + 1))
    covariance[:k, :k] = sigma2 * inverse_of(filtered_x.T @ filtered_x)
    corner = np.array([[periods * squares, periods * trace / sigma2], [0.0, data.free / (2 * sigma2**2)]])
    corner[1, 0] = corner[0, 1]
    covariance[k, k] = inverse_of(corner)[0, 0]
    return Fit(beta, lam, sigma2, covariance, of(lam), residuals)


def _filtered(data: PanelData, spectrum: Spectrum, rho: float) -> tuple[np.ndarray, float, float]:
    """Return G = W (I - rho W)^-1, its trace and the trace of G G + G'G, around the mean of a year where centered."""
    dense = data.w.toarray()
    g = np.linalg.solve((np.eye(data.size) - rho * dense).T, dense.T).T
    around = g - g.mean(axis=0) if data.centered else g
    return g, spectrum.trace(rho, 1), spectrum.trace(rho, 2, 2) + float((around * around).sum())


def _spread(g: np.ndarray, data: PanelData, values: np.ndarray) -> np.ndarray:
    return data.within((g @ values.reshape(data.periods, data.size).T).T.ravel())
