"""Find the costs that an estimate of flows decays with, those within places and of places at no point included."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, OptionError, StudyError
from ...data.wording.catalogue import few
from ..plan.estimates import Estimate
from ..plan.inputs import Inputs
from ..plan.schema import STUDY_FILE, Study
from ..wording.notices import Notice
from .costs import cost_matrix

__all__ = ["Cell", "EstimateCosts", "estimate_costs", "with_costs_assumed"]

# source, targets together, and the flow
Cell = tuple[str, list[str], float]


@dataclass(frozen=True, eq=False)
class EstimateCosts:
    """The costs of an estimate.

    Attributes
    ----------
    matrix : DataFrame
        n x n, labeled.
    assumed_of : tuple of str
        Places that stand for several and have no cost of their own.
    unnamed : tuple of str
        Those of them to which the study gives none either.
    median : float
        The cost that is taken for these.
    """

    matrix: pd.DataFrame
    assumed_of: tuple[str, ...]
    unnamed: tuple[str, ...]
    median: float

    @property
    def given(self) -> pd.DataFrame:
        """The costs that are not assumed, which alone say how flows fall with cost."""
        kept = self.matrix.index.difference(list(self.assumed_of))
        return self.matrix.loc[kept, kept]

    def telling(self, cells: list[Cell]) -> list[Cell]:
        """Return the known flows that say how flows fall with cost: between places, none at an assumed cost."""
        loose = {*self.assumed_of}
        return [cell for cell in cells if cell[1] != [cell[0]] and not loose & {cell[0], *cell[1]}]

    @property
    def assumed(self) -> pd.DataFrame:
        """The cost that is taken for lack of one, as a row of the table of parameters."""
        rows = [("aggregate_cost", self.median, "assumed")] if self.unnamed else []
        return pd.DataFrame(rows, columns=["parameter", "value", "status"])

    def notices(self, network: str) -> list[Notice]:
        """Return what a reader should know of the cost that is taken for lack of one."""
        if not self.unnamed:
            return []
        values = {"network": network, "places": [*self.unnamed], "cost": f"{self.median:.4g}"}
        return [Notice("notice", "notices.aggregate_cost", values)]


def estimate_costs(inputs: Inputs, places: list[str], at: str, *, estimate: Estimate | None = None) -> EstimateCosts:
    """Return the costs between places; within a place, where none is given, half the least cost to another.

    A place that stands for several and has neither a position nor costs stands at one cost from all others:
    ``aggregate_cost`` of the estimate, else the median of the costs between the others. Without one it has none.

    Raises
    ------
    StudyError
        If a place has no position, a pair no cost, or two places lie at one point.
    """

    def refused(key: str, **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
        return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])

    loose = [] if estimate is None else _loose(inputs, places)
    assumed = None if estimate is None else estimate.aggregate_cost
    firm = [place for place in places if place not in loose]
    if inputs.costs is None and (lost := sorted({*firm} - inputs.placed)):
        raise refused("faults.estimate.position", places=lost)
    by_place = assumed if isinstance(assumed, dict) else {}
    if strange := sorted({*by_place} - ({*places} & inputs.aggregates)):
        raise refused("faults.estimate.not_aggregate", places=strange)
    try:
        cost = cost_matrix(inputs, firm).reindex(index=places, columns=places)
    except OptionError as error:
        raise refused("faults.estimate.costs", error=error) from None
    matrix = cost.to_numpy(dtype=float, copy=True)
    apart = ~np.eye(len(places), dtype=bool)
    between = matrix[matrix > 0]
    median = float(np.median(between)) if between.size else 1.0
    for_all = None if isinstance(assumed, dict) else assumed
    named = {place: by_place.get(place, for_all) for place in loose}
    pairs = _pairs(inputs)
    _fill(matrix, places, {p: median if cost is None else float(cost) for p, cost in named.items()}, pairs)
    if (same := (matrix <= 0) & apart).any():
        there = few(f"{places[i]} - {places[j]}" for i, j in np.argwhere(same) if i < j or not same[j, i])
        raise refused("faults.estimate.same_point", pairs=there)
    nearest = np.where(apart, matrix, np.inf).min(axis=1, initial=np.inf)
    own = np.array([pairs.get((place, place), 0.0) for place in places], dtype=float)
    np.fill_diagonal(matrix, np.where(own > 0, own, nearest / 2))
    unnamed = tuple(place for place, cost in named.items() if cost is None)
    return EstimateCosts(pd.DataFrame(matrix, index=places, columns=places), tuple(loose), unnamed, median)


def with_costs_assumed(study: Study, parameters: pd.DataFrame | None) -> Study:
    """Write the costs that were taken for places at no point into a study, so that it names all it assumes."""
    if parameters is None:
        return study
    taken = parameters[parameters["parameter"] == "aggregate_cost"].set_index("kind")["value"].to_dict()
    networks = []
    for network in study.networks:
        if network.estimate is not None and network.name in taken:
            named = network.estimate.aggregate_cost or {}
            costs = {**(named if isinstance(named, dict) else {}), "default": taken[network.name]}
            estimate = network.estimate.model_copy(update={"aggregate_cost": costs})
            networks.append(network.model_copy(update={"estimate": estimate}))
        else:
            networks.append(network)
    return study.model_copy(update={"networks": networks})


def _loose(inputs: Inputs, places: list[str]) -> list[str]:
    """Return the places that stand for several and lack a cost to some other place."""
    several = sorted({*places} & inputs.aggregates)
    if inputs.costs is None:
        return [place for place in several if place not in inputs.placed]
    given = {frozenset(pair) for pair in _pairs(inputs)}
    return [a for a in several if any(frozenset((a, b)) not in given for b in places if b != a)]


def _fill(
    matrix: np.ndarray, places: list[str], costs: Mapping[str, float], pairs: Mapping[tuple[str, str], float]
) -> None:
    """Give places at no point the costs of a table, else one cost to all others."""
    for place, cost in costs.items():
        i = places.index(place)
        for j, other in enumerate(places):
            for at, pair in (((i, j), (place, other)), ((j, i), (other, place))):
                given = pairs.get(pair, pairs.get((pair[1], pair[0])))
                # between two such places the greater cost holds
                matrix[at] = np.fmax(matrix[at], cost) if given is None else given


def _pairs(inputs: Inputs) -> dict[tuple[str, str], float]:
    """Return the costs that a table gives, by source and target."""
    return {} if inputs.costs is None else inputs.costs.groupby(["source", "target"])["value"].min().to_dict()
