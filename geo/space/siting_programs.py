"""Solve siting problems exactly as integer programs (HiGHS), and bound them by linear ones.

Without capacities a p-median is written by the distinct costs of each place (Cornuejols, Nemhauser and Wolsey 1980;
Elloumi 2010): z of a place and step is 1 where no chosen site lies within that step's cost.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from ...data.budget import Budget, Estimate, refusal
from ...data.errors import ResultError
from .siting_task import SitingTask

__all__ = ["cover_bound", "least_centers", "max_cover_program", "p_median_program", "served_program", "shortage"]

# size that objectives are brought to, so that the absolute tolerances of the solver (1e-6) mean the same in any unit
_SIZE = 1e4


def p_median_program(task: SitingTask, total: int, *, out: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the sites that minimize the demand-weighted cost, and the bound that the solver proved.

    ``out`` are sites known not to be chosen in any better layout, ``kept`` those known to be; ``total`` counts all.
    """
    sites = np.flatnonzero(~out)
    count, must = sites.size, kept[sites]
    cost = task.cost[:, sites]
    order = np.argsort(cost, axis=1, kind="stable")
    rows, at, steps, last = [], [], [], 0
    objective, constant = [], 0.0
    lower, closed = [], []
    for i, ranks in enumerate(order):
        held = cost[i, ranks]
        # a kept site ends the steps, and so does the first one that some chosen site cannot be beyond
        end = int(np.argmax(must[ranks])) if must.any() else count
        end = min(end, max(count - total, 0), int(np.isfinite(held).sum()) - 1)
        distinct, step = np.unique(held[: end + 1], return_inverse=True)
        constant += task.demand[i] * distinct[0]
        gains = task.demand[i] * np.diff(distinct)
        # step k: z of k, less z of k - 1, and the sites at its cost
        rows.append(last + step)
        at.append(ranks[: end + 1])
        steps.append(distinct.size)
        objective.append(np.append(gains, 0.0))
        lower.append(np.append(1.0, np.zeros(distinct.size - 1)))
        closed.append(np.append(np.ones(distinct.size - 1), 0.0))
        last += distinct.size
    first = np.cumsum([0, *steps[:-1]])
    diagonal = np.arange(last)
    before = np.setdiff1d(diagonal, first)
    chosen = coo_array((np.ones(sum(map(len, rows))), (np.concatenate(rows), np.concatenate(at))), shape=(last, count))
    chain = coo_array(
        (
            np.concatenate([np.ones(last), -np.ones(before.size)]),
            (np.concatenate([diagonal, before]), np.concatenate([diagonal, before - 1])),
        ),
        shape=(last, last),
    )
    number = csr_array(np.concatenate([np.ones(count), np.zeros(last)])[None, :])
    scale = _scale(float(task.demand @ np.where(np.isfinite(cost), cost, 0.0).mean(axis=1)))
    found = milp(
        np.concatenate([np.zeros(count), *objective]) * scale,
        integrality=np.append(np.ones(count), np.zeros(last)),
        bounds=Bounds(np.append(must, np.zeros(last)), np.concatenate([np.ones(count), *closed])),
        constraints=[
            LinearConstraint(hstack([chosen, chain]).tocsr(), np.concatenate(lower), np.inf),
            LinearConstraint(number, total, total),
        ],
        options=_exact(),
    )
    _solved(found)
    best = np.zeros(len(task.sites), dtype=bool)
    best[sites] = found.x[:count] > 0.5
    return best, constant + float(found.mip_dual_bound) / scale


def max_cover_program(task: SitingTask, total: int, *, relaxed: bool = False) -> tuple[np.ndarray, float]:
    """Return the sites that cover the most demand, each way being within the radius, and the proven bound."""
    reach = csr_array(np.isfinite(task.cost).astype(float))
    places, sites = reach.shape
    scale = _scale(float(task.demand.sum()))
    one = csr_array((np.ones(places), (np.arange(places), np.arange(places))), shape=(places, places))
    found = milp(
        np.append(np.zeros(sites), -task.demand * scale),
        integrality=np.append(np.zeros(sites) if relaxed else np.ones(sites), np.zeros(places)),
        bounds=Bounds(np.append(task.fixed, np.zeros(places)), 1.0),
        constraints=[
            LinearConstraint(hstack([reach, -one]).tocsr(), 0.0, np.inf),
            LinearConstraint(csr_array(np.append(np.ones(sites), np.zeros(places))[None, :]), total, total),
        ],
        options=_exact(),
    )
    _solved(found)
    bound = found.fun if relaxed else found.mip_dual_bound
    return found.x[:sites] > 0.5, -float(bound) / scale


def cover_bound(task: SitingTask) -> float:
    """Return a lower bound on how many sites cover all places, by the linear relaxation."""
    return _cover(task, relaxed=True)[1]


def least_centers(task: SitingTask) -> np.ndarray | None:
    """Return the fewest sites that serve all places over the ways of the task, or nothing where none do."""
    if np.isinf(task.cost.min(axis=1)).any():
        return None
    if task.capacity is None:
        return _cover(task)[0]
    return served_program(task, np.zeros_like(task.cost), None)[0]


def served_program(
    task: SitingTask, price: np.ndarray, total: int | None, *, all_served: bool = True
) -> tuple[np.ndarray | None, np.ndarray, float]:
    """Choose sites and share the demand among them within their capacities, at the least price.

    Parameters
    ----------
    task : SitingTask
        With capacities.
    price : ndarray
        Price of serving the whole of a place from a site, places x sites.
    total : int or None
        Number of chosen sites; with none their number is what is minimized.
    all_served : bool
        Whether every place must be served; otherwise as much as pays.

    Returns
    -------
    ndarray or None
        The chosen sites; nothing where it cannot be done.
    ndarray
        Share of each place that each site serves.
    float
        The bound that the solver proved.
    """
    capacity = task.capacity if task.capacity is not None else np.full(len(task.sites), np.inf)
    i, j = np.nonzero(np.isfinite(task.cost))
    places, sites = task.cost.shape
    arcs = np.arange(i.size)
    whole = coo_array((np.ones(i.size), (i, sites + arcs)), shape=(places, sites + i.size))
    # never more than the demand, which keeps the numbers of the program apart
    whole_demand = task.demand.sum()
    limit = np.minimum(capacity, whole_demand) / whole_demand
    load = coo_array((task.demand[i] / whole_demand, (j, sites + arcs)), shape=(sites, sites + i.size))
    room = coo_array((-limit, (np.arange(sites), np.arange(sites))), shape=(sites, sites + i.size))
    opened = coo_array(
        (np.append(np.ones(i.size), -np.ones(i.size)), (np.tile(arcs, 2), np.append(sites + arcs, j))),
        shape=(i.size, sites + i.size),
    )
    rules = [
        LinearConstraint(whole.tocsr(), 1.0 if all_served else 0.0, 1.0),
        LinearConstraint(vstack([load + room, opened]).tocsr(), -np.inf, 0.0),
    ]
    if total is not None:
        rules.append(LinearConstraint(csr_array(np.append(np.ones(sites), np.zeros(i.size))[None, :]), total, total))
    scale = 1.0 if total is None else _scale(float(np.abs(price).max(axis=1).sum()))
    found = milp(
        np.append(np.ones(sites) if total is None else np.zeros(sites), price[i, j] * scale),
        integrality=np.append(np.ones(sites), np.zeros(i.size)),
        bounds=Bounds(np.append(task.fixed, np.zeros(i.size)), 1.0),
        constraints=rules,
        options=_exact(),
    )
    shares = np.zeros_like(task.cost)
    if found.status == 2:
        return None, shares, np.inf
    _solved(found)
    shares[i, j] = np.clip(found.x[sites:], 0.0, 1.0)
    shares[shares < 1e-9] = 0.0
    return found.x[:sites] > 0.5, shares, float(found.mip_dual_bound) / scale


def shortage(task: SitingTask) -> float:
    """Return the demand that stays unserved though every site is a center."""
    everywhere = replace(task, fixed=np.ones(len(task.sites), dtype=bool))
    price = -np.repeat(task.demand[:, None], len(task.sites), axis=1)
    _, shares, _ = served_program(everywhere, price, len(task.sites), all_served=False)
    return float(task.demand.sum() - (shares.sum(axis=1) * task.demand).sum())


def _cover(task: SitingTask, *, relaxed: bool = False) -> tuple[np.ndarray, float]:
    """Cover the places that no fixed site covers by the fewest others; return the sites and their number."""
    reach = np.isfinite(task.cost)
    rows, columns = np.flatnonzero(~reach[:, task.fixed].any(axis=1)), np.flatnonzero(~task.fixed)
    chosen, standing = task.fixed.copy(), float(task.fixed.sum())
    if not rows.size:
        return chosen, standing
    left = reach[np.ix_(rows, columns)]
    if not left.any(axis=1).all():
        return chosen, np.inf
    while True:
        # a place is covered with any place whose sites are all its own; a site is no use beside one that covers more
        kept = ~_dominated(left.T)
        left = left[kept]
        useful = ~_dominated(~left)
        left, columns = left[:, useful], columns[useful]
        if kept.all() and useful.all():
            break
    found = milp(
        np.ones(columns.size),
        integrality=np.zeros(columns.size) if relaxed else np.ones(columns.size),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(csr_array(left.astype(float)), 1.0, np.inf),
        options=_exact(),
    )
    _solved(found)
    chosen[columns] = found.x > 0.5
    return chosen, standing + float(found.fun)


def _dominated(sets: np.ndarray) -> np.ndarray:
    """Say which columns hold all that another column holds; of equal ones the first is none."""
    held = sets.astype(np.float32)
    common, size = held.T @ held, held.sum(axis=0)
    above = common == size
    np.fill_diagonal(above, val=False)
    return (above & ~np.triu(above & above.T)).any(axis=1)


def _scale(size: float) -> float:
    return _SIZE / size if size > 0 else 1.0


def _exact() -> dict[str, float]:
    """Return options of the solver: to prove the best answer, or to give up when the time of the budget is over."""
    return {"mip_rel_gap": 0.0, "time_limit": Budget.current().seconds}


def _solved(found: Any) -> None:  # noqa: ANN401 - scipy's result
    if found.status == 1:
        over = Estimate(seconds=Budget.current().seconds)
        raise refusal("a proof that no other layout is better", 'pass method="heuristic"', over)
    if found.status != 0:
        raise ResultError([], also=[f"site_centers: the solver gave up: {found.message}"])
