"""Count moves between states, and say what a chain of such moves leads to."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

__all__ = [
    "Homogeneity",
    "closed_sets",
    "first_passage",
    "homogeneity",
    "move_counts",
    "probabilities",
    "reachable",
    "steady_state",
]


def move_counts(before: np.ndarray, after: np.ndarray, states: int) -> np.ndarray:
    """Count the moves from each state (rows) to each (columns).

    Examples
    --------
    >>> move_counts(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(before.ravel() * states + after.ravel(), minlength=states * states).reshape(states, states)


def probabilities(counts: np.ndarray) -> np.ndarray:
    """Return shares of the moves from each state; a state that is never left has a row that is not a number."""
    with np.errstate(invalid="ignore"):
        return counts / counts.sum(axis=-1, keepdims=True)


def reachable(p: np.ndarray) -> np.ndarray:
    """Say of each state (rows) which can be reached from it in any number of steps, itself among them."""
    return np.linalg.matrix_power(np.eye(len(p)) + (p > 0), len(p)) > 0


def closed_sets(p: np.ndarray) -> set[tuple[int, ...]]:
    """Return the sets of states that cannot be left once entered."""
    reach = reachable(p)
    return {tuple(np.flatnonzero(reach[i]).tolist()) for i in range(len(p)) if (reach[i] <= reach[:, i]).all()}


def steady_state(p: np.ndarray) -> np.ndarray:
    """Return the share of time in each state in the long run, not a number where that depends on the start."""
    if np.isnan(p).any() or len(closed_sets(p)) > 1:
        return np.full(len(p), np.nan)
    matrix = np.vstack([p.T - np.eye(len(p)), np.ones(len(p))])
    shares = np.linalg.lstsq(matrix, np.append(np.zeros(len(p)), 1.0), rcond=None)[0]
    return np.where(np.abs(shares) < 1e-12, 0.0, shares)


def first_passage(p: np.ndarray) -> np.ndarray:
    r"""Return the mean number of steps until a state (columns) is first reached from another (rows).

    :math:`m_{ij} = 1 + \sum_{k \ne j} p_{ik} m_{kj}`; on the diagonal the mean time of return. It is infinite where the
    state may never be reached, and not a number where a row is.

    Examples
    --------
    >>> first_passage(np.array([[0.5, 0.5], [0.25, 0.75]])).round(6).tolist()
    [[3.0, 2.0], [4.0, 1.5]]
    """
    k = len(p)
    if np.isnan(p).any():
        return np.full((k, k), np.nan)
    found = np.full((k, k), np.inf)
    for goal in range(k):
        # the goal held fast: from where nothing else can hold a place back, it is reached for sure
        held = p.copy()
        held[goal] = np.arange(k) == goal
        reach = reachable(held)
        sure = [state for state in range(k) if state != goal and reach[reach[state], goal].all()]
        inner = p[np.ix_(sure, sure)]
        found[sure, goal] = np.linalg.solve(np.eye(len(sure)) - inner, np.ones(len(sure)))
        ahead = (p[goal] > 0) & (np.arange(k) != goal)
        found[goal, goal] = 1.0 + float(p[goal, ahead] @ found[ahead, goal])
    return found


@dataclass(frozen=True)
class Homogeneity:
    """Whether groups move alike: two statistics of one question, with their degrees of freedom."""

    likelihood_ratio: float
    pearson: float
    degrees_of_freedom: int

    @property
    def p_likelihood_ratio(self) -> float:
        """Chance of a likelihood ratio as large where all groups move alike."""
        return float(stats.chi2.sf(self.likelihood_ratio, self.degrees_of_freedom)) if self.degrees_of_freedom else 1.0

    @property
    def p_pearson(self) -> float:
        """Chance of Pearson's statistic as large where all groups move alike."""
        return float(stats.chi2.sf(self.pearson, self.degrees_of_freedom)) if self.degrees_of_freedom else 1.0


def homogeneity(counts: np.ndarray) -> Homogeneity:
    r"""Test whether groups (counts: groups x from x to) share one matrix of moves.

    With n the moves of group g from i, :math:`Q = \sum n_{gi} (p_{gij} - p_{ij})^2 / p_{ij}` and
    :math:`LR = 2 \sum n_{gij} \log(p_{gij} / p_{ij})`, of :math:`\sum_i (a_i - 1)(b_i - 1)` degrees of freedom: of each
    row, :math:`a_i` states moved to and :math:`b_i` groups that hold it (Bickenbach and Bode 2003).
    """
    whole = counts.sum(axis=0)
    leaving = counts.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = whole / whole.sum(axis=1, keepdims=True)
        expected = leaving[:, :, None] * pooled
        pearson = np.where(expected > 0, (counts - expected) ** 2 / expected, 0.0).sum()
        ratio = np.where(counts > 0, counts * np.log(counts / expected), 0.0).sum()
    reached, held = (whole > 0).sum(axis=1), (leaving > 0).sum(axis=0)
    freedom = int(((held - 1) * (reached - 1))[held > 0].sum())
    return Homogeneity(2 * float(ratio), float(pearson), freedom)
