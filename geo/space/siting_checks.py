"""Check that a siting can be met, or say which constraint stands in the way and the smallest change that helps."""

import numpy as np

from ...data.errors import InfeasibleError, OptionError
from ...data.option_checks import a_number, a_whole_number
from ...data.wording.catalogue import few, text
from .siting_programs import cover_bound, least_centers, shortage
from .siting_task import SitingTask

__all__ = ["check_count", "check_radius", "check_served"]


def check_radius(radius: float | None, problem: str) -> None:
    """Raise `OptionError` unless a radius is at least 0, and given where a problem covers within one."""
    if radius is not None:
        a_number(0)("radius", radius)
    elif problem in ("max_cover", "set_cover"):
        raise OptionError(text("faults.calls.siting_checks.radius_none_cost_up", problem=problem))


def check_count(task: SitingTask, count: int | None, problem: str, *, least: int = 1) -> int:
    """Return how many centers there will be, or raise where the number does not fit; 0 for a set cover."""
    if problem == "set_cover":
        if count is not None:
            raise OptionError(text("faults.calls.siting_checks.count_none_set_cover", count=repr(count)))
        return 0
    if count is None:
        raise OptionError(text("faults.calls.siting_checks.count_number_centers_add", problem=problem))
    standing = int(task.fixed.sum())
    a_whole_number(0 if standing else least)("count", count)
    free = len(task.sites) - standing
    if count > free:
        raise OptionError(text("faults.calls.siting_checks.count_most_candidates_centers", free=free, count=count))
    return standing + count


def check_served(task: SitingTask, ways: SitingTask, total: int, radius: float | None, *, exact: bool) -> None:
    """Raise `InfeasibleError` unless all demand can be served within a radius, by ``total`` sites if any."""
    _check_reached(task, radius)
    if ways.capacity is None and (not total or not np.isinf(ways.cost).any()):
        return
    if exact:
        layout = least_centers(ways)
        if layout is None:
            lacking, whole = shortage(ways), float(task.demand.sum())
            within = "" if radius is None else f" within {radius:g}"
            raise InfeasibleError(
                text(
                    "faults.calls.siting_checks.capacities_room_demand_room",
                    whole=f"{whole:g}",
                    within=within,
                    v=f"{whole - lacking:g}",
                    lacking=f"{lacking:g}",
                )
            )
        needed = int(layout.sum())
    else:
        needed = int(np.ceil(cover_bound(ways) - 1e-6))
    if total and needed > total:
        standing = int(task.fixed.sum())
        why = "every place is reached" if task.capacity is None else "the capacities hold all demand"
        needed, got = needed - standing, total - standing
        raise InfeasibleError(text("faults.calls.siting_checks.count_so_raise", needed=needed, why=why, got=got))


def _check_reached(task: SitingTask, radius: float | None) -> None:
    nearest = task.cost.min(axis=1)
    lost = np.flatnonzero(np.isinf(nearest))
    if lost.size:
        names = few([str(task.places[i]) for i in lost])
        raise InfeasibleError(text("faults.calls.siting_checks.costs_way_each_place", names=names))
    far = np.flatnonzero(nearest > (np.inf if radius is None else radius))
    if far.size:
        names = few([str(task.places[i]) for i in far])
        raise InfeasibleError(
            text(
                "faults.calls.siting_checks.radius_candidate_within_each",
                radius=f"{radius:g}",
                names=names,
                nearest=f"{nearest.max():.12g}",
            )
        )
