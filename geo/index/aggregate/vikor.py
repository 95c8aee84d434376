"""Score places by a compromise between the sum and the worst of their regrets (VIKOR).

Values, weights and scores are as in TOPSIS.
"""

import numpy as np

from ....data.methods import documented
from ....data.option_checks import a_share
from .means import ROUNDING, exact_sums

__all__ = ["check_vikor", "vikor", "vikor_parts"]


def check_vikor(*, v: float = 0.5) -> None:
    """Raise `OptionError` unless v is a share."""
    a_share("v", v)


@documented(
    "opricovic2004",
    formula=lambda options: (
        f"S<sub>i</sub> = 1 − {options['v']:g} U<sub>i</sub> − {1 - options['v']:g} R<sub>i</sub>, "
        "U<sub>i</sub> ∝ Σ<sub>k</sub> r<sub>ik</sub>, R<sub>i</sub> ∝ max<sub>k</sub> r<sub>ik</sub>, "
        "r<sub>ik</sub> = w<sub>k</sub> (max<sub>k</sub> − z<sub>ik</sub>) / (max<sub>k</sub> − min<sub>k</sub>)"
    ),
)
def vikor(values: np.ndarray, weights: np.ndarray, *, v: float = 0.5) -> np.ndarray:
    r"""Return :math:`1 - Q`, the compromise between the regret of all parts and the largest regret.

    .. math:: r_{ij} = w_j \frac{x_j^+ - x_{ij}}{x_j^+ - x_j^-}, \quad S_i = \sum_j r_{ij}, \quad R_i = \max_j r_{ij}

    .. math:: Q_i = v \frac{S_i - \min S}{\max S - \min S} + (1 - v) \frac{R_i - \min R}{\max R - \min R}

    - VIKOR ranks low :math:`Q` first; the score is :math:`1 - Q`, higher being better.
    - A part that is the same everywhere causes no regret.
    - Where all places have the same :math:`S` (or :math:`R`) that term is 0.
    """
    check_vikor(v=v)
    regrets = _regrets(values, weights)
    return v * (1.0 - _stretched(exact_sums(regrets))) + (1.0 - v) * (1.0 - _stretched(regrets.max(axis=1)))


def vikor_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, v: float = 0.5) -> np.ndarray:
    """Return what each part leaves of its allowance.

    The score is the regret that a place is spared against the largest, in S and in R. Each part is allowed its weight's
    share of the largest regret and uses up its own: in S its regret, in R the largest regret if it is the part that
    causes it (parts that tie share it).
    """
    del scores
    regrets = _regrets(values, weights)
    largest = regrets.max(axis=1)
    causes = (regrets >= (largest - ROUNDING)[:, None]) & (weights > 0)
    blamed = np.where(causes, largest[:, None] / causes.sum(axis=1, keepdims=True), 0.0)
    return v * _allowed(regrets, exact_sums(regrets), weights) + (1.0 - v) * _allowed(blamed, largest, weights)


def _regrets(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    low, high = values.min(axis=0), values.max(axis=0)
    span = high / 2 - low / 2
    return weights * (high / 2 - values / 2) / np.where(span > 0, span, 1.0)


def _stretched(regret: np.ndarray) -> np.ndarray:
    span = regret.max() - regret.min()
    return (regret - regret.min()) / span if span > ROUNDING else np.zeros_like(regret)


def _allowed(used: np.ndarray, regret: np.ndarray, weights: np.ndarray) -> np.ndarray:
    span = regret.max() - regret.min()
    if span <= ROUNDING:
        return np.broadcast_to(weights, used.shape)
    return (regret.max() * weights - used) / span
