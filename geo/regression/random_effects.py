r"""Fit panels whose places have levels that are drawn at random, by maximum likelihood or by moments.

Levels have the variance :math:`\sigma_\mu^2` and are independent of the terms. Years around the mean of their place
have the error variance :math:`\sigma^2`, means of places :math:`\sigma^2 / \varphi^2` over T, with
:math:`\varphi^2 = \sigma^2 / (T \sigma_\mu^2 + \sigma^2)`.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import optimize

from ...data.errors import OptionError, SizeError
from ...data.wording.catalogue import text
from .fit_regression import Fit, Spectrum, squares_of
from .panel_data import PanelData

__all__ = ["fit_random", "fit_random_by_moments", "fit_random_error"]

# log of phi^2, from levels that are nearly all to none
_SHARES = np.linspace(np.log(1e-8), 0.0, 33)
# each step of a random-effects error model takes the eigenvalues of a dense matrix
_MOST_PLACES = 2000


def fit_random(data: PanelData, spectrum: Spectrum | None = None) -> Fit:
    """Maximize the likelihood of y = rho W y + X b + level + e (Elhorst 2014); without a spectrum there is no rho."""
    lagged = [] if spectrum is None else [data.lag(data.y)]
    columns = np.column_stack([data.y, *lagged, data.x])
    inner = _around(data, columns)
    mean = columns - inner
    size = np.sqrt((columns**2).sum(axis=0))
    a, b = (part.T @ part / np.outer(size, size) for part in (inner, mean))
    head = 1 + len(lagged)
    grid = np.zeros(1)
    if spectrum is not None:
        edge = 1e-6 * (spectrum.high - spectrum.low)
        grid = np.linspace(spectrum.low + edge, spectrum.high - edge, 41)
    determinants = np.array([0.0 if spectrum is None else spectrum.log_determinant(rho) for rho in grid])

    def left(share: float) -> np.ndarray:
        """Return squares and products of what X leaves of y and W y."""
        m = a + np.exp(share) * b
        rest = m[:head, :head] - m[:head, head:] @ np.linalg.solve(m[head:, head:], m[head:, :head])
        return rest * np.outer(size[:head], size[:head])

    def likelihood(squares: np.ndarray, share: float, determinant: np.ndarray | float) -> np.ndarray:
        n = data.y.size
        return data.periods * determinant + data.size * share / 2 - n / 2 * (np.log(2 * np.pi * squares / n) + 1)

    def best_rho(share: float) -> tuple[float, float]:
        rest = left(share)
        if spectrum is None:
            return float(likelihood(rest[0, 0], share, 0.0)), 0.0

        def of(rho: float | np.ndarray, determinant: np.ndarray | float) -> np.ndarray:
            return likelihood(rest[0, 0] - 2 * rho * rest[0, 1] + rho**2 * rest[1, 1], share, determinant)

        determinant = spectrum.log_determinant
        k = int(np.argmax(of(grid, determinants)))
        around = grid[max(k - 1, 0)], grid[min(k + 1, grid.size - 1)]
        found = _peak(lambda rho: float(of(rho, determinant(rho))), *around)
        return float(of(found, determinant(found))), found

    share = _best_share(lambda share: best_rho(share)[0])
    loglik, rho = best_rho(share)
    phi = float(np.exp(share / 2))
    y, x, *wy = (inner[:, k] + phi * mean[:, k] for k in (0, slice(head, None), *range(1, head)))
    beta, residuals = squares_of(x, y - rho * wy[0] if wy else y)
    sigma2 = float(residuals @ residuals) / y.size
    covariance = (
        sigma2 * np.linalg.inv(x.T @ x)
        if spectrum is None
        else _lag_covariance(data, spectrum, x, beta, rho=rho, phi=phi, sigma2=sigma2)
    )
    whole = data.y - data.x @ beta - (rho * lagged[0] if lagged else 0.0)
    levels = (1 - phi**2) * whole.reshape(data.periods, data.size).mean(axis=0)
    return Fit(
        beta,
        None if spectrum is None else rho,
        sigma2,
        covariance,
        loglik,
        whole - np.tile(levels, data.periods),
        level_variance=sigma2 * (1 / phi**2 - 1) / data.periods,
        levels=levels,
    )


def fit_random_error(data: PanelData, spectrum: Spectrum) -> Fit:
    """Maximize the likelihood of y = X b + level + u, u = lambda W u + e (Baltagi, Song and Koh 2003)."""
    n, years = data.size, data.periods
    if n > _MOST_PLACES:
        raise SizeError(
            text(
                "faults.calls.random_effects.weights_most_places_random",
                most_places=f"{_MOST_PLACES:,}",
                count=f"{n:,}",
            )
        )
    w = data.w.toarray()
    columns = np.column_stack([data.y, data.x])
    inner = _around(data, columns)
    lagged = data.lag(inner)
    mean = np.sqrt(years) * (columns - inner)[:n]
    plain, cross, twice = inner.T @ inner, inner.T @ lagged, lagged.T @ lagged

    def moments(lam: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return squares of the years, eigenvalues of B'B, and means along its eigenvectors."""
        b = np.eye(n) - lam * w
        c, vectors = np.linalg.eigh(b.T @ b)
        return plain - lam * (cross + cross.T) + lam**2 * twice, np.maximum(c, 1e-300), vectors.T @ mean

    def likelihood(share: float, held: tuple[np.ndarray, np.ndarray, np.ndarray]) -> float:
        within, c, along = held
        part = _between(share, c)
        m = within + along.T @ (part[:, None] * along)
        squares = m[0, 0] - m[0, 1:] @ np.linalg.solve(m[1:, 1:], m[1:, 0])
        return float(
            0.5 * np.log(part).sum()
            + (years - 1) / 2 * np.log(c).sum()
            - n * years / 2 * (np.log(2 * np.pi * squares / (n * years)) + 1)
        )

    def best_share(lam: float) -> tuple[float, float]:
        held = moments(lam)
        share = _best_share(lambda share: likelihood(share, held))
        return likelihood(share, held), share

    edge = 1e-6 * (spectrum.high - spectrum.low)
    grid = np.linspace(spectrum.low + edge, spectrum.high - edge, 11)
    k = int(np.argmax([best_share(lam)[0] for lam in grid]))
    lam = _peak(lambda lam: best_share(lam)[0], grid[max(k - 1, 0)], grid[min(k + 1, grid.size - 1)])
    loglik, share = best_share(lam)
    within, c, along = moments(lam)
    part = _between(share, c)
    m = within + along.T @ (part[:, None] * along)
    beta = np.linalg.solve(m[1:, 1:], m[1:, 0])
    sigma2 = float(m[0, 0] - m[0, 1:] @ beta) / (n * years)
    ratio = (np.exp(-share) - 1) / years
    b = np.eye(n) - lam * w
    inverse = np.linalg.inv(b)
    spread = inverse @ inverse.T
    between = np.linalg.inv(years * ratio * np.eye(n) + spread)
    u = data.y - data.x @ beta
    levels = years * ratio * (between @ u.reshape(years, n).mean(axis=0))
    free = u - np.tile(levels, years)
    covariance = np.zeros((beta.size + 1, beta.size + 1))
    covariance[:-1, :-1] = sigma2 * np.linalg.inv(m[1:, 1:])
    covariance[-1, -1] = _error_variance(w, b, spread, between, years=years, sigma2=sigma2)
    return Fit(
        beta, lam, sigma2, covariance, loglik, free - lam * data.lag(free), level_variance=sigma2 * ratio, levels=levels
    )


def fit_random_by_moments(data: PanelData) -> Fit:
    """Fit y = X b + level + e by generalized least squares, variances by the residuals of Swamy and Arora (1972)."""
    columns = np.column_stack([data.y, data.x])
    inner = _around(data, columns)
    mean = columns - inner
    n, years = data.size, data.periods
    varied = int(np.linalg.matrix_rank(inner[:, 1:], tol=1e-9 * np.linalg.norm(columns[:, 1:])))
    free = {"years": n * (years - 1) - varied, "places": n - data.x.shape[1]}
    if min(free.values()) < 1:
        raise OptionError(
            text("faults.calls.random_effects.data_more_places_more", count=n, years=years, shape=data.x.shape[1])
        )
    left = [squares_of(part[:, 1:], part[:, 0])[1] for part in (inner, mean)]
    error, of_means = (float(e @ e) / count for e, count in zip(left, free.values(), strict=True))
    phi = min(float(np.sqrt(error / of_means)), 1.0) if of_means > 0 else 1.0
    y, x = inner[:, 0] + phi * mean[:, 0], inner[:, 1:] + phi * mean[:, 1:]
    beta, residuals = squares_of(x, y)
    sigma2 = float(residuals @ residuals) / (y.size - beta.size)
    whole = data.y - data.x @ beta
    levels = (1 - phi**2) * whole.reshape(years, n).mean(axis=0)
    return Fit(
        beta,
        None,
        sigma2,
        sigma2 * np.linalg.inv(x.T @ x),
        None,
        whole - np.tile(levels, years),
        level_variance=error * (1 / phi**2 - 1) / years,
        levels=levels,
    )


def _around(data: PanelData, values: np.ndarray) -> np.ndarray:
    return replace(data, effects="individual").within(values)


def _between(share: float, c: np.ndarray) -> np.ndarray:
    """Return the weights of the means of places along the eigenvectors of B'B with eigenvalues c."""
    return c / (1 + (np.exp(-share) - 1) * c)


def _peak(of: Callable[[float], float], low: float, high: float) -> float:
    found = optimize.minimize_scalar(
        lambda one: -of(one), bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    return float(found.x)


def _best_share(of: Callable[[float], float]) -> float:
    """Return log phi^2 of the largest likelihood; there may be two peaks, and one at the edge, without levels."""
    k = int(np.argmax([of(share) for share in _SHARES]))
    found = _peak(of, _SHARES[max(k - 1, 0)], _SHARES[min(k + 1, _SHARES.size - 1)])
    return 0.0 if of(0.0) >= of(found) else found


def _lag_covariance(
    data: PanelData, spectrum: Spectrum, x: np.ndarray, beta: np.ndarray, *, rho: float, phi: float, sigma2: float
) -> np.ndarray:
    """Invert the expected information of slopes, rho, variance of levels and error variance; keep slopes and rho."""
    dense = data.w.toarray()
    g = np.linalg.solve((np.eye(data.size) - rho * dense).T, dense.T).T
    # x is freed from part of the means already, and W leaves years apart
    spread = (g @ (x @ beta).reshape(data.periods, data.size).T).T.ravel()
    k, n, years = beta.size, data.size, data.periods
    trace, squares = spectrum.trace(rho, 1), spectrum.trace(rho, 2, 2) + float((g * g).sum())
    information = np.zeros((k + 3, k + 3))
    information[:k, :k] = x.T @ x / sigma2
    information[:k, k] = information[k, :k] = x.T @ spread / sigma2
    information[k, k] = years * squares + spread @ spread / sigma2
    levels, errors = years * phi**2 / sigma2, (years - 1 + phi**2) / sigma2
    information[k, k + 1 :] = information[k + 1 :, k] = trace * np.array([levels, errors])
    corner = [[levels**2, levels * phi**2 / sigma2], [levels * phi**2 / sigma2, (years - 1 + phi**4) / sigma2**2]]
    information[k + 1 :, k + 1 :] = n / 2 * np.array(corner)
    return np.linalg.inv(information)[: k + 1, : k + 1]


def _error_variance(
    w: np.ndarray, b: np.ndarray, spread: np.ndarray, between: np.ndarray, *, years: int, sigma2: float
) -> float:
    """Return the variance of lambda from the expected information of lambda and both variances."""
    turned = (w.T @ b + b.T @ w) @ spread
    one = np.eye(len(w))
    inner = [turned, np.zeros_like(one), one / sigma2]
    means = [between @ spread @ turned, years * between / sigma2, between @ spread / sigma2]
    information = [
        [((years - 1) * (p * q.T).sum() + (r * s.T).sum()) / 2 for q, s in zip(inner, means, strict=True)]
        for p, r in zip(inner, means, strict=True)
    ]
    return float(np.linalg.inv(np.array(information))[0, 0])
