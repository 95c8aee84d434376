"""Search for good layouts by greedy choice and exchange, and bound a p-median by Lagrangian relaxation.

Exchange is the vertex substitution of Teitz and Bart (1968), best improvement first; the gains of all exchanges are
computed at once. Of equal ones the first by key is taken.
"""

from dataclasses import dataclass

import numpy as np

from .siting_task import SitingTask

__all__ = ["MedianBound", "exchange_cover", "exchange_median", "median_bound"]

_ROUNDS = 600
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class MedianBound:
    """What Lagrangian relaxation proved of a p-median.

    Parameters
    ----------
    best : ndarray
        The best layout found.
    cost : float
        Its cost.
    bound : float
        No layout costs less.
    out, kept : ndarray
        Sites that no better layout holds, and sites that every better one holds.
    """

    best: np.ndarray
    cost: float
    bound: float
    out: np.ndarray
    kept: np.ndarray


def exchange_median(task: SitingTask, total: int, *, start: np.ndarray | None = None) -> np.ndarray:
    """Choose sites one by one by the cost that they save, then exchange one for another while that saves cost."""
    cost = _penalized(task)
    chosen = task.fixed.copy() if start is None else start.copy()
    rows = np.arange(len(cost))
    while chosen.sum() < total:
        least = cost[:, chosen].min(axis=1) if chosen.any() else np.full(len(cost), cost.max() + 1.0)
        saved = task.demand @ np.maximum(least[:, None] - cost, 0.0)
        chosen[np.argmax(np.where(chosen, -np.inf, saved))] = True
    if chosen.all() or task.fixed[chosen].all():
        return chosen
    while True:
        at = np.flatnonzero(chosen)
        held = cost[:, at]
        near = held.argmin(axis=1)
        first = held[rows, near]
        held[rows, near] = np.inf
        second = held.min(axis=1)
        saved = task.demand @ np.maximum(first[:, None] - cost, 0.0)
        # who loses its site goes to its second, or to the new one where that is nearer
        lost = np.minimum(second[:, None], cost) - np.minimum(first[:, None], cost)
        own = (near[None, :] == np.arange(at.size)[:, None]) * task.demand
        gain = saved[None, :] - own @ lost
        gain[task.fixed[at]] = -np.inf
        gain[:, chosen] = -np.inf
        out, new = np.unravel_index(np.argmax(gain), gain.shape)
        if not gain[out, new] > _TOLERANCE * max(1.0, float(task.demand @ first)):
            return chosen
        chosen[at[out]], chosen[new] = False, True


def exchange_cover(task: SitingTask, total: int, *, start: np.ndarray | None = None) -> np.ndarray:
    """Choose sites one by one by the demand that they add within the radius, then exchange while that covers more."""
    reach = np.isfinite(task.cost)
    weighted = reach * task.demand[:, None]
    chosen = task.fixed.copy() if start is None else start.copy()
    while chosen.sum() < total:
        added = weighted[~reach[:, chosen].any(axis=1)].sum(axis=0)
        chosen[np.argmax(np.where(chosen, -1.0, added))] = True
    if task.fixed[chosen].all():
        return chosen
    while True:
        at = np.flatnonzero(chosen)
        times = reach[:, at].sum(axis=1)
        once = weighted[times == 1]
        added = weighted[times == 0].sum(axis=0)
        gain = added[None, :] - once[:, at].sum(axis=0)[:, None] + once[:, at].T @ reach[times == 1]
        gain[task.fixed[at]] = -np.inf
        gain[:, chosen] = -np.inf
        out, new = np.unravel_index(np.argmax(gain), gain.shape)
        if not gain[out, new] > _TOLERANCE * task.demand.sum():
            return chosen
        chosen[at[out]], chosen[new] = False, True


def median_bound(task: SitingTask, total: int) -> MedianBound:
    r"""Bound a p-median from below, improve its layouts on the way, and tell which sites are decided.

    With multipliers :math:`\lambda_i` for "each place is served once" the relaxed cost is
    :math:`\sum_i \lambda_i + \sum_{j \in J} \rho_j`, :math:`\rho_j = \sum_i \min(0, w_i c_{ij} - \lambda_i)`, J being
    the sites of least :math:`\rho`. Multipliers follow the subgradient with halved steps.
    """
    priced = task.cost * task.demand[:, None]
    best = exchange_median(task, total)
    cost = float(task.demand @ task.nearest(best)[1])
    wanted = np.flatnonzero(task.fixed)
    multiplier = _second_costs(task, best)
    bound, held, stalled, step = -np.inf, multiplier, 0, 1.0
    tried = {best.tobytes()}
    out = kept = np.zeros(len(task.sites), dtype=bool)
    for _ in range(_ROUNDS):
        below = np.minimum(priced - multiplier[:, None], 0.0)
        worth = below.sum(axis=0)
        ranked = worth.copy()
        ranked[wanted] = -np.inf
        order = np.argsort(ranked, kind="stable")
        chosen = order[:total]
        relaxed = float(multiplier.sum() + worth[chosen].sum())
        if not np.isfinite(bound) or relaxed > bound + _TOLERANCE * abs(bound):
            bound, held, stalled = relaxed, multiplier, 0
        else:
            stalled += 1
        layout = np.zeros(len(task.sites), dtype=bool)
        layout[chosen] = True
        if layout.tobytes() not in tried:
            tried.add(layout.tobytes())
            found = float(task.demand @ task.nearest(layout)[1])
            if found < 1.02 * cost or not np.isfinite(cost):
                layout = exchange_median(task, total, start=layout)
                found = float(task.demand @ task.nearest(layout)[1])
            if found < cost - _TOLERANCE * abs(cost) or not np.isfinite(cost):
                best, cost = layout, found
        if np.isfinite(cost):
            out, kept = _decided(worth, order, total, relaxed, cost, task.fixed, out, kept)
        if cost - bound <= _TOLERANCE * max(abs(cost), 1.0) or step < 1e-4:
            break
        if stalled >= 15:
            step, stalled, multiplier = step / 2, 0, held
            continue
        gap = 1.0 - (below[:, chosen] < 0).sum(axis=1)
        size = float(gap @ gap)
        if size == 0:
            break
        ahead = (cost if np.isfinite(cost) else 1.1 * abs(relaxed) + 1.0) * 1.001 - relaxed
        multiplier = np.maximum(multiplier + step * max(ahead, 0.0) / size * gap, 0.0)
    return MedianBound(best, cost, min(bound, cost), out & ~best, kept & best)


def _decided(
    worth: np.ndarray,
    order: np.ndarray,
    total: int,
    relaxed: float,
    cost: float,
    fixed: np.ndarray,
    out: np.ndarray,
    kept: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Add the sites whose choice, or whose omission, would lift the bound above the cost of the best layout."""
    margin = cost + _TOLERANCE * max(abs(cost), 1.0)
    chosen, rest = order[:total], order[total:]
    free = chosen[~fixed[chosen]]
    out, kept = out.copy(), kept | fixed
    if free.size and rest.size:
        out[rest[relaxed + worth[rest] - worth[free].max() > margin]] = True
        kept[free[relaxed - worth[free] + worth[rest].min() > margin]] = True
    return out, kept


def _second_costs(task: SitingTask, chosen: np.ndarray) -> np.ndarray:
    """Return the demand-weighted cost of the second nearest site, a good start for the multipliers."""
    held = np.where(np.isfinite(task.cost), task.cost, 0.0)[:, chosen]
    return task.demand * (np.partition(held, 1, axis=1)[:, 1] if held.shape[1] > 1 else held[:, 0])


def _penalized(task: SitingTask) -> np.ndarray:
    """Replace ways that do not exist by ones dear enough to be avoided."""
    missing = np.isinf(task.cost)
    if not missing.any():
        return task.cost
    finite = task.cost[~missing]
    dear = 1.0 + min(float(finite.max()) * task.demand.sum() / task.demand.min(), 1e7 * float(finite.max()))
    return np.where(missing, dear, task.cost)
