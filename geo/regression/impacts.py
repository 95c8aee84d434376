"""Say what a change of a term does to the place itself, to the others and in all."""

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.linalg import splu

from ...data.noise import STEP, mix, uniform_of
from .fit_regression import Spectrum

__all__ = ["draw_normal", "impacts"]


def draw_normal(mean: np.ndarray, covariance: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return draws of a normal distribution, made of the seed and their number alone."""
    with np.errstate(over="ignore"):
        cells = np.arange(1, draws * mean.size + 1, dtype=np.uint64).reshape(draws, -1) * STEP
        uniform = uniform_of(mix(mix(np.array([seed], dtype=np.uint64) + STEP) ^ mix(cells)))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    return mean + stats.norm.ppf(uniform) @ root.T


def impacts(
    w: sparse.csr_array,
    spectrum: Spectrum | None,
    *,
    terms: list[str],
    own: np.ndarray,
    lagged: np.ndarray,
    rho: np.ndarray,
    level: float,
) -> pd.DataFrame:
    r"""Return direct, indirect and total effects of each term with the quantiles of their draws.

    Of :math:`(I - \rho W)^{-1} (\beta I + \theta W)` the direct effect is the mean of the diagonal, the total one
    the mean row sum.

    Parameters
    ----------
    w : csr_array
        Weights.
    spectrum : Spectrum, optional
        Its eigenvalues; may be left out where rho is 0.
    terms : list of str
        Names.
    own, lagged : ndarray
        Slopes of the terms and of the neighbors' terms: the estimate, then the draws (1 + draws x terms).
    rho : ndarray
        Parameter of the neighbors' outcome: the estimate, then the draws.
    level : float
        Share of the draws inside the interval.
    """
    n = w.shape[0]
    if spectrum is None:
        straight, around = np.ones(rho.size), np.zeros(rho.size)
    else:
        omega = spectrum.eigenvalues
        inverse = 1 / (1 - rho[:, None] * omega)
        straight, around = inverse.sum(axis=1).real / n, (inverse * omega).sum(axis=1).real / n
    whole, whole_lagged = _row_sums(w, rho)
    direct = own * straight[:, None] + lagged * around[:, None]
    total = own * whole[:, None] + lagged * whole_lagged[:, None]
    rows = []
    tail = (1 - level) / 2
    for name, effect in (("direct", direct), ("indirect", total - direct), ("total", total)):
        drawn = effect[1:]
        low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
        error = drawn.std(axis=0, ddof=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(error > 0, effect[0] / error, 0.0)
        rows.append(
            pd.DataFrame(
                {
                    "term": terms,
                    "effect": name,
                    "estimate": effect[0],
                    "standard_error": error,
                    "z": z,
                    "p_value": _two_sided(drawn),
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _two_sided(drawn: np.ndarray) -> np.ndarray:
    """Return twice the smaller share of draws on either side of 0, so that p and the interval say the same."""
    draws = len(drawn)
    fewer = np.minimum((drawn <= 0).sum(axis=0), (drawn >= 0).sum(axis=0))
    return np.minimum(2 * (fewer + 1) / (draws + 1), 1.0)


def _row_sums(w: sparse.csr_array, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean row sums of (I - rho W)^-1 and of (I - rho W)^-1 W, for each parameter."""
    rows = np.asarray(w.sum(axis=1)).ravel()
    if np.allclose(rows, 1.0, atol=1e-10):
        return 1 / (1 - rho), 1 / (1 - rho)
    if not rho.any():
        return np.ones(rho.size), np.full(rho.size, rows.mean())
    one = sparse.eye_array(w.shape[0], format="csc")
    sides = np.column_stack([np.ones(w.shape[0]), rows])
    solved = np.array([splu(sparse.csc_array(one - r * w)).solve(sides).mean(axis=0) for r in rho])
    return solved[:, 0], solved[:, 1]
