"""Find the best layout of a siting task, exactly or by search, with a bound on how good any layout can be."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...data.errors import InfeasibleError
from ...data.wording.catalogue import text
from .cover_search import greedy_cover, search_cover
from .siting_programs import cover_bound, least_centers, max_cover_program, p_median_program, served_program
from .siting_search import exchange_cover, exchange_median, median_bound
from .siting_task import SitingTask

__all__ = ["Layout", "best_layout"]

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Layout:
    """The sites that are centers.

    Parameters
    ----------
    chosen : ndarray
        By site.
    bound : float
        Of the objective.
    shares : ndarray, optional
        Share of each place that each site serves, under capacities.
    """

    chosen: np.ndarray
    bound: float
    shares: np.ndarray | None = None


def best_layout(task: SitingTask, problem: str, total: int, *, exact: bool) -> Layout:
    """Return the layout of ``total`` sites (as few as can be for a set cover) over the ways of a task."""
    solve = {"p_median": _median, "p_center": _center, "max_cover": _max_cover, "set_cover": _set_cover}[problem]
    return solve(task, total, exact=exact)


def _median(task: SitingTask, total: int, *, exact: bool) -> Layout:
    if task.capacity is not None:
        return _served(task, total)
    known = median_bound(task, total)
    proven = np.isfinite(known.cost) and known.cost - known.bound <= _TOLERANCE * max(known.cost, 1.0)
    if exact and not proven:
        chosen, bound = p_median_program(task, total, out=known.out, kept=known.kept)
        cost = float(task.demand @ task.nearest(chosen)[1])
        # what search found stands unless the program found better
        return Layout(chosen if not cost >= known.cost * (1 - _TOLERANCE) else known.best, bound)
    if not np.isfinite(known.cost):
        raise InfeasibleError(text("faults.calls.alike.count_layout_was_found"))
    return Layout(known.best, known.bound)


def _max_cover(task: SitingTask, total: int, *, exact: bool) -> Layout:
    if task.capacity is not None:
        price = -np.repeat(task.demand[:, None], len(task.sites), axis=1)
        chosen, shares, bound = served_program(task, price, total, all_served=False)
        return Layout(task.fixed if chosen is None else chosen, -bound, shares)
    if exact:
        return Layout(*max_cover_program(task, total))
    half, bound = max_cover_program(task, total, relaxed=True)
    # greedily, and from the sites of which the relaxation opens more than half
    found = [exchange_cover(task, total, start=start) for start in (task.fixed, task.fixed | half)]
    covered = [float(task.demand[np.isfinite(task.cost[:, one]).any(axis=1)].sum()) for one in found]
    return Layout(found[int(np.argmax(covered))], bound)


def _set_cover(task: SitingTask, total: int, *, exact: bool) -> Layout:  # noqa: ARG001 - as its siblings
    bound = np.inf if exact else float(np.ceil(cover_bound(task) - 1e-6))
    chosen = least_centers(task) if exact else search_cover(task, int(bound))
    if chosen is None:
        raise InfeasibleError(text("faults.calls.siting_layouts.radius_candidate_within_all"))
    count = int(chosen.sum())
    bound = min(bound, float(count))
    return replace(_nearer(task, chosen, count), bound=bound)


def _center(task: SitingTask, total: int, *, exact: bool) -> Layout:
    """Halve the range of costs until the least is found within which ``total`` sites serve all places."""
    steps = np.unique(task.cost[np.isfinite(task.cost)])
    steps = steps[steps >= task.cost.min(axis=1).max()]
    found: dict[int, np.ndarray] = {}
    # the first step that the linear bound does not rule out
    open_step = 0

    def serves(step: int) -> bool:
        nonlocal open_step
        held = task.within(float(steps[step]))
        chosen = greedy_cover(held) if task.capacity is None else None
        if chosen is None or chosen.sum() > total:
            if cover_bound(held) > total + 1e-6:
                open_step = max(open_step, step + 1)
                return False
            chosen = None if exact else search_cover(held, total)
        if exact and (chosen is None or chosen.sum() > total):
            chosen = least_centers(held)
        if chosen is None or chosen.sum() > total:
            return False
        found[step] = chosen
        return True

    least = _first(serves, 0, steps.size)
    if least == steps.size:
        raise InfeasibleError(text("faults.calls.alike.count_layout_was_found"))
    bound = least
    if not exact:
        bound = _first(lambda step: cover_bound(task.within(float(steps[step]))) <= total + 1e-6, open_step, least)
    return replace(_nearer(task.within(float(steps[least])), found[least], total), bound=float(steps[bound]))


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number from low on for which something holds that holds ever after; high where there is none."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _nearer(task: SitingTask, chosen: np.ndarray, total: int) -> Layout:
    """Fill a layout that serves all up to ``total`` sites, and exchange them while all stay served and costs fall."""
    if task.capacity is not None:
        return _served(task, total)
    better = exchange_median(task, total, start=chosen)
    if np.isfinite(task.nearest(better)[1]).all():
        return Layout(better, 0.0)
    filled = chosen.copy()
    filled[np.flatnonzero(~chosen)[: total - int(chosen.sum())]] = True
    return Layout(filled, 0.0)


def _served(task: SitingTask, total: int) -> Layout:
    priced = np.where(np.isfinite(task.cost), task.cost, 0.0) * task.demand[:, None]
    chosen, shares, bound = served_program(task, priced, total)
    if chosen is None:
        raise InfeasibleError(text("faults.calls.siting_layouts.capacities_layout_holds_all"))
    return Layout(chosen, bound, shares)
