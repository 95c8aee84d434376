"""Find what travel between places costs over the edges of a siting, as scenarios may have changed them."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...data import InnoscapeError, InnoscapeWarning, TableError
from ..plan.inputs import Inputs
from ..plan.siting_plan import SitingPlan, siting_faulty
from ..plan.travel_plan import TravelPlan
from ..plan.travel_tables import stations_as_places
from .changed_edges import CLOSED, changed_borders, changed_edges

__all__ = ["travel_between"]


def travel_between(
    inputs: Inputs, plan: SitingPlan, places: Iterable[str], year: int | None, *, minutes: bool = False
) -> pd.DataFrame:
    """Return the costs of travel among places over the edges of the plan, or the least minutes.

    Raises
    ------
    StudyError, TableError
        If the edges cannot be travelled on.
    """
    from ...geo import travel_costs

    travel, wanted = plan.travel, list(places)
    assert travel is not None  # noqa: S101 - who asks knows
    net = _network(inputs, travel, year)
    with _refusing(travel), warnings.catch_warnings():
        # who reaches nobody is found by the siting
        warnings.simplefilter("ignore", InnoscapeWarning)
        net = _changed(net, inputs)
        if not net.running.any() and inputs.edits_of("costs"):
            # scenarios have closed every edge
            costs = np.where(np.eye(len(wanted), dtype=bool), 0.0, np.inf)
            return pd.DataFrame(costs, index=wanted, columns=wanted)
        options = net.options | ({"value_of_time": None, "unit": "minutes"} if minutes else {})
        return travel_costs(net.edges, pd.DataFrame({"place": wanted}), access=net.access, year=net.year, **options)


@dataclass(frozen=True)
class _Network:
    """What `innoscape.geo.travel_costs` takes besides places."""

    edges: pd.DataFrame
    access: pd.DataFrame | None
    year: int | None
    options: dict[str, Any]

    @property
    def running(self) -> pd.Series:
        """Which edges run in the year."""
        if self.year is None:
            return pd.Series(True, index=self.edges.index)
        slots = self.edges.reindex(columns=["from_year", "to_year"]).astype("Float64")
        return slots["from_year"].fillna(-np.inf).le(self.year) & slots["to_year"].fillna(np.inf).ge(self.year)


def _network(inputs: Inputs, travel: TravelPlan, year: int | None) -> _Network:
    options = travel.options
    if options["territories"]:
        key_of = stations_as_places(options["territories"], inputs.places)
        options["territories"] = {key_of.get(name, name): land for name, land in options["territories"].items()}
    edges = inputs.travel["edges"]
    dated = edges.reindex(columns=["from_year", "to_year"]).notna().any(axis=None)
    when = (travel.year if travel.year is not None else year) if dated else None
    if dated and when is None:
        raise siting_faulty("faults.travel.year", "travel.year")
    return _Network(edges, inputs.travel.get("access"), when, options)


def _changed(net: _Network, inputs: Inputs) -> _Network:
    """Return the network after the changes of costs and borders that the inputs hold."""
    from ...geo import travel_paths

    costs, borders = inputs.edits_of("costs"), inputs.edits_of("borders")
    if not (costs or borders):
        return net
    access = pd.DataFrame(columns=["place", "station"]) if net.access is None else net.access
    stations = {str(place): rows.tolist() for place, rows in access.groupby("place")["station"]}
    territories = net.options["territories"] or {}
    minutes = changed_borders(borders, net.options["border"], territories, stations)
    options: dict[str, Any] = net.options | {"border": minutes}
    if not costs:
        return replace(net, options=options)

    def ways(edges: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
        now = replace(net, edges=edges, year=year)
        if not now.running.any():
            edges, pairs = net.edges, pairs.iloc[:0]
        legs = travel_paths(edges, places, pairs, access=net.access, year=year, **options)
        # what a border takes is no part of an edge
        ends = zip(*([territories.get(one, "") for one in legs[end]] for end in ("from", "to")), strict=True)
        waits = [minutes.get((a, b), minutes.get((b, a), 0.0)) for a, b in ends]
        return legs.assign(minutes=legs["minutes"] - np.where(legs["kind"] == "ride", waits, 0.0))

    year = net.year if net.year is not None else CLOSED - 1
    named = sorted({str(place) for edit in costs for _, place in edit.verb.named()})
    places = pd.DataFrame({"place": named})
    edges = changed_edges(net.edges, costs, ways, stations, running=net.running, directed=options["directed"])
    return replace(net, edges=edges, year=year, options=options)


@contextmanager
def _refusing(travel: TravelPlan) -> Iterator[None]:
    """Give faults of tables the names of their files, and turn what an option refuses into a fault of its key."""
    try:
        yield
    except TableError as error:
        files = {"edges": travel.edges, "access": travel.access}
        raise TableError(
            replace(fault, where=files.get(fault.where) or fault.where) for fault in error.faults
        ) from None
    except InnoscapeError as error:
        option = str(error).split(":", 1)[0].split(" ", 1)[0].split(",", 1)[0]
        key = option if option in type(travel).model_fields else ""
        column = f"travel.{key}" if key else "travel"
        raise siting_faulty("faults.travel.unfit", column, error=error) from None
