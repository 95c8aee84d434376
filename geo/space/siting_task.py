"""Hold a siting task: demand, candidates and costs as arrays in the order of their keys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_known_places, number_faults, reach_faults, refuse, table_fault
from ...data.wording.catalogue import few, text
from .cost_matrix import amounts_of, cost_matrix, keys_of

__all__ = ["SitingTask", "siting_task"]


@dataclass(frozen=True)
class SitingTask:
    """Places with demand (rows) and sites (columns), each sorted by key, so that no result depends on their order.

    Parameters
    ----------
    places, sites : list
        Their keys.
    demand : ndarray
        Demand by place, above 0.
    cost : ndarray
        Places x sites, infinite where there is no way.
    fixed : ndarray
        Whether a site is an existing center.
    capacity : ndarray or None
        Largest demand served by site.
    """

    places: list[str]
    sites: list[str]
    demand: np.ndarray
    cost: np.ndarray
    fixed: np.ndarray
    capacity: np.ndarray | None = None

    @property
    def pairs(self) -> int:
        """Number of places times sites."""
        return self.cost.size

    def within(self, radius: float | None) -> Self:
        """Return the task without the ways that cost more than a radius."""
        if radius is None:
            return self
        return replace(self, cost=np.where(self.cost <= radius, self.cost, np.inf))

    def nearest(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return for each place the first of the nearest chosen sites and its cost; infinite where none is reached."""
        at = np.flatnonzero(chosen)
        if not at.size:
            return np.zeros(len(self.places), dtype=int), np.full(len(self.places), np.inf)
        held = self.cost[:, at]
        first = held.argmin(axis=1)
        return at[first], held[np.arange(len(held)), first]


def siting_task(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    weight: str,
    existing: Iterable[str] = (),
    capacities: Mapping[str, float] | pd.Series | None = None,
) -> SitingTask:
    """Check the tables of a siting and return them as a task; places without demand are left out.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, negative or missing demand or costs, no demand at all.
    OptionError, UnknownPlaceError
        Capacities that are negative or lacking, or of places that are no sites; a single text for ``existing``.
    """
    places, named = keys_of(demand, "demand"), keys_of(candidates, "candidates")
    amounts = amounts_of(demand, "demand", weight, what="a demand")
    if not amounts.sum() > 0:
        raise table_fault(
            "demand",
            text("faults.calls.siting_task.demand_above_0_somewhere"),
            "none",
            text("faults.calls.alike.correct_it"),
            column=weight,
        )
    if isinstance(existing, str):
        raise OptionError(text("faults.calls.siting_task.existing_several_places_write", existing=repr(existing)))
    held = list(dict.fromkeys(existing))
    sites = sorted({*named, *held}, key=str)
    rows = sorted(np.flatnonzero(amounts > 0), key=lambda row: str(places[row]))
    matrix = cost_matrix(costs, [places[row] for row in rows], sites)
    refuse([*reach_faults(amounts, name=f"demand, {weight}"), *reach_faults(matrix[np.isfinite(matrix)], name="costs")])
    return SitingTask(
        places=[places[row] for row in rows],
        sites=sites,
        demand=amounts[rows],
        cost=matrix,
        fixed=np.array([site in set(held) for site in sites]),
        capacity=None if capacities is None else _capacity(capacities, sites),
    )


def _capacity(capacities: Mapping[str, float] | pd.Series, sites: list[str]) -> np.ndarray:
    given = dict(capacities.items())
    check_known_places("capacities", given, sites)
    lacking = [str(site) for site in sites if site not in given]
    needed = text("faults.calls.siting_task.capacities_number_every_candidate")
    fix = text("faults.calls.siting_task.add_them_0_where")
    faults = [f"{needed}, got none for {few(lacking)}; {fix}"] if lacking else []
    for site, value in given.items():
        faults += [str(fault) for fault in number_faults(f"capacities, {site}", value, least=0)]
    refuse(faults)
    refuse(reach_faults(given.values(), name="capacities"))
    return np.array([float(given[site]) for site in sites])
