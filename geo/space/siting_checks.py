"""Check that a siting can be met, or say which constraint stands in the way and the smallest change that helps."""

import numpy as np

from ...data.errors import InfeasibleError, OptionError
from ...data.option_checks import a_number, a_whole_number
from ...data.wording.catalogue import few
from .siting_programs import cover_bound, least_centers, shortage
from .siting_task import SitingTask

__all__ = ["check_count", "check_radius", "check_served"]


def check_radius(radius: float | None, problem: str) -> None:
    """Raise `OptionError` unless a radius is at least 0, and given where a problem covers within one."""
    if radius is not None:
        a_number(0)("radius", radius)
    elif problem in ("max_cover", "set_cover"):
        raise OptionError(f"radius: needed for {problem}, got none; give the cost up to which demand counts as covered")


def check_count(task: SitingTask, count: int | None, problem: str, *, least: int = 1) -> int:
    """Return how many centers there will be, or raise where the number does not fit; 0 for a set cover."""
    if problem == "set_cover":
        if count is not None:
            raise OptionError(f"count: needed none, as a set cover finds it, got {count!r}; leave it out")
        return 0
    if count is None:
        raise OptionError(f"count: needed the number of centers to add for {problem}, got none; give it")
    standing = int(task.fixed.sum())
    a_whole_number(0 if standing else least)("count", count)
    free = len(task.sites) - standing
    if count > free:
        raise OptionError(
            f"count: needed at most {free}, the candidates that are no centers yet, got {count}; lower it, or "
            "give more candidates"
        )
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
                f"capacities: needed room for a demand of {whole:g}{within}, got room for {whole - lacking:g} "
                f"with every candidate a center; add {lacking:g} where it is lacking"
            )
        needed = int(layout.sum())
    else:
        needed = int(np.ceil(cover_bound(ways) - 1e-6))
    if total and needed > total:
        standing = int(task.fixed.sum())
        why = "every place is reached" if task.capacity is None else "the capacities hold all demand"
        needed, got = needed - standing, total - standing
        raise InfeasibleError(f"count: needed at least {needed} so that {why}, got {got}; raise it to {needed}")


def _check_reached(task: SitingTask, radius: float | None) -> None:
    nearest = task.cost.min(axis=1)
    lost = np.flatnonzero(np.isinf(nearest))
    if lost.size:
        names = few([str(task.places[i]) for i in lost])
        raise InfeasibleError(f"costs: needed a way from each place to a candidate, got none for {names}; add one")
    far = np.flatnonzero(nearest > (np.inf if radius is None else radius))
    if far.size:
        names = few([str(task.places[i]) for i in far])
        raise InfeasibleError(
            f"radius: needed a candidate within {radius:g} of each place, got none for {names}; "
            f"at least {nearest.max():.12g} reaches all"
        )
