"""Lay stations, services and places out as a network whose shortest ways are the costs of travel.

A station is split: one node to enter it, one to leave it, and one for each service (mode and line) that calls there.
Changing from one service to another costs a transfer, and no way leads through a place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict, get_args

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from ...data.contracts.check_table import check_table
from ...data.errors import Fault, OptionError, TableError, warn
from ...data.option_checks import a_flag, a_number
from ...data.options import check_choice, check_known_places
from ...data.places.keys import as_keys
from ...data.wording.catalogue import few, text
from .cost_matrix import keys_of

__all__ = ["CostUnit", "TravelNetwork", "TravelOptions", "travel_network"]

CostUnit = Literal["minutes", "yuan"]
COST_UNITS: tuple[str, ...] = get_args(CostUnit)
# minutes for every change, or by pair of modes or territories in either order
PairMinutes = float | Mapping[tuple[str, str], float]
_SHOWN = ("kind", "from", "to", "mode", "line", "minutes", "yuan", "cost")


class TravelOptions(TypedDict):
    """The options of `travel_costs`."""

    access: NotRequired[pd.DataFrame | None]
    directed: NotRequired[bool]
    year: NotRequired[int | None]
    transfer: NotRequired[PairMinutes]
    territories: NotRequired[Mapping[str, str] | None]
    border: NotRequired[PairMinutes]
    value_of_time: NotRequired[float | None]
    unit: NotRequired[CostUnit]


@dataclass(frozen=True)
class TravelNetwork:
    """Arcs between nodes, of which the first are the places as starts, the next the places as ends.

    Parameters
    ----------
    places : list of str
        The places, in the order given.
    graph : csr_array
        Cost of the cheapest arc from node to node.
    arcs : DataFrame
        The arcs of the graph in its order: ``kind`` (empty where nothing is paid), ``from``, ``to``, ``mode``,
        ``line``, ``minutes``, ``yuan``, ``cost``, by ``tail`` and ``head``.
    """

    places: list[str]
    graph: csr_array
    arcs: pd.DataFrame


def travel_network(
    edges: pd.DataFrame,
    places: pd.DataFrame,
    *,
    access: pd.DataFrame | None = None,
    directed: bool = False,
    year: int | None = None,
    transfer: PairMinutes = 0.0,
    territories: Mapping[str, str] | None = None,
    border: PairMinutes = 0.0,
    value_of_time: float | None = None,
    unit: CostUnit = "minutes",
) -> TravelNetwork:
    """Return the network of `travel_costs`, which says what the options mean."""
    a_flag("directed", directed)
    check_choice("unit", unit, COST_UNITS)
    if value_of_time is not None:
        a_number(0)("value_of_time", value_of_time)
    if unit == "yuan" and value_of_time is None:
        raise OptionError(text("faults.calls.travel_network.value_of_time_yuan_hour_costs"))
    if unit == "minutes" and value_of_time == 0:
        raise OptionError(text("faults.calls.travel_network.value_of_time_number_above_0"))
    names = as_keys(pd.Series(keys_of(places, "places"), dtype=object)).tolist()
    rides = _rides(edges, year, priced=value_of_time is not None)
    check_known_places("territories", territories or {}, _stations(edges))
    if not directed:
        rides = pd.concat([rides, rides.rename(columns={"from": "to", "to": "from"})], ignore_index=True)
    rides["minutes"] += _border_minutes(rides, territories or {}, border)
    stops = rides.loc[:, ["from", "mode", "line"]].rename(columns={"from": "to"})
    stops = pd.concat([stops, rides[["to", "mode", "line"]]]).drop_duplicates().sort_values(["to", "mode", "line"])
    stops = stops.rename(columns={"to": "station"}).reset_index(drop=True)
    nodes = _Nodes(names, sorted(set(stops["station"])), pd.MultiIndex.from_frame(stops))
    arcs = pd.concat(
        [
            rides.assign(kind="ride", tail=nodes.stop(rides, "from"), head=nodes.stop(rides, "to")),
            _boarding(stops, nodes),
            _transfers(stops, nodes, transfer),
            _access(names, nodes, access, edges, priced=value_of_time is not None),
        ],
        ignore_index=True,
    )
    arcs[["minutes", "yuan"]] = arcs[["minutes", "yuan"]].fillna(0.0)
    arcs["cost"] = _generalized(arcs, value_of_time, unit)
    # of several arcs between two nodes the cheapest, so that the order of the rows cannot matter
    arcs = arcs.sort_values(["tail", "head", "cost", "minutes", "yuan"], kind="stable")
    arcs = arcs.drop_duplicates(["tail", "head"]).reset_index(drop=True)
    where = (arcs["tail"].to_numpy(), arcs["head"].to_numpy())
    graph = csr_array((arcs["cost"].to_numpy(dtype=float), where), shape=(nodes.count, nodes.count))
    return TravelNetwork(names, graph, arcs[[*_SHOWN, "tail", "head"]])


@dataclass(frozen=True)
class _Nodes:
    """Number the nodes: starts, ends, entrances of stations, exits of stations, stops of services."""

    places: list[str]
    stations: list[str]
    stops: pd.MultiIndex

    @property
    def count(self) -> int:
        return 2 * len(self.places) + 2 * len(self.stations) + len(self.stops)

    def entrance(self, stations: Any) -> np.ndarray:  # noqa: ANN401
        return pd.Index(self.stations).get_indexer(stations) + 2 * len(self.places)

    def exit(self, stations: Any) -> np.ndarray:  # noqa: ANN401
        return self.entrance(stations) + len(self.stations)

    def stop(self, table: pd.DataFrame, station: str) -> np.ndarray:
        wanted = pd.MultiIndex.from_frame(table[[station, "mode", "line"]])
        return self.stops.get_indexer(wanted) + 2 * (len(self.places) + len(self.stations))


def _rides(edges: pd.DataFrame, year: int | None, *, priced: bool) -> pd.DataFrame:
    """Return the edges that run in a year, or raise naming what cannot be used."""
    table = check_table(edges, "network_edges", where="edges")
    slots = table.reindex(columns=["from_year", "to_year"]).astype("Float64")
    if year is None and slots.notna().any(axis=None):
        raise OptionError(text("faults.calls.travel_network.year_year_edges_run"))
    faults = [
        Fault(
            "edges",
            text("faults.calls.travel_network.from_year_up_to_year"),
            text("faults.calls.travel_network.given", start=f"{start:g}", end=f"{end:g}"),
            text("faults.calls.travel_network.correct_them"),
            row=row + 2,
        )
        for row, (start, end) in enumerate(slots.itertuples(index=False))
        if pd.notna(start) and pd.notna(end) and start > end
    ]
    rides = table.reindex(columns=["source", "target", "mode", "line", "minutes", "yuan"])
    faults += _unpriced(rides, "edges", priced=priced)
    if faults:
        raise TableError(faults)
    if year is not None:
        runs = slots["from_year"].fillna(-np.inf).le(year) & slots["to_year"].fillna(np.inf).ge(year)
        rides = rides[runs.to_numpy(dtype=bool)]
        if rides.empty:
            raise OptionError(text("faults.calls.travel_network.year_year_edges_run_2", year=year))
    rides = rides.rename(columns={"source": "from", "target": "to"}).reset_index(drop=True)
    return rides.assign(**{name: rides[name].astype(object).fillna("") for name in ("mode", "line")})


def _stations(edges: pd.DataFrame) -> set[str]:
    """Return the stations of all years."""
    return set(as_keys(edges["source"])) | set(as_keys(edges["target"]))


def _unpriced(table: pd.DataFrame, name: str, *, priced: bool) -> list[Fault]:
    if not priced:
        return []
    fix = text("faults.calls.travel_network.add_fare_0_where")
    rows = np.flatnonzero(table["yuan"].isna())
    return [
        Fault(name, text("faults.calls.travel_network.fare_yuan"), "none", fix, row=int(row) + 2, column="yuan")
        for row in rows
    ]


def _generalized(arcs: pd.DataFrame, value_of_time: float | None, unit: str) -> pd.Series:
    if value_of_time is None:
        return arcs["minutes"]
    if unit == "yuan":
        return arcs["yuan"] + arcs["minutes"] * value_of_time / 60
    return arcs["minutes"] + arcs["yuan"] * 60 / value_of_time


def _border_minutes(rides: pd.DataFrame, territories: Mapping[str, str], border: PairMinutes) -> np.ndarray:
    one, two = (rides[end].map(lambda name: territories.get(name, "")).tolist() for end in ("from", "to"))
    return np.array(_minutes_between(one, two, border, "border", alike=0.0))


def _minutes_between(
    one: list[str], two: list[str], given: PairMinutes, option: str, *, alike: float | None
) -> list[float]:
    """Look up the minutes of pairs in either order; ``alike`` is what a pair of one name takes if none is given."""
    if not isinstance(given, Mapping):
        a_number(0)(option, given)
        return [alike if alike is not None and a == b else float(given) for a, b in zip(one, two, strict=True)]
    for pair, minutes in given.items():
        a_number(0)(f"{option} {pair}", minutes)
    known = {pair: given.get(pair, given.get((pair[1], pair[0]))) for pair in set(zip(one, two, strict=True))}
    known |= {pair: 0.0 for pair, minutes in known.items() if minutes is None and pair[0] == pair[1]}
    lacking = sorted({str(tuple(sorted(pair))) for pair, minutes in known.items() if minutes is None})
    if lacking:
        raise OptionError(
            text("faults.calls.travel_network.minutes_every_pair_meets", option=option, lacking=few(lacking))
        )
    return [float(known[pair] or 0.0) for pair in zip(one, two, strict=True)]


def _boarding(stops: pd.DataFrame, nodes: _Nodes) -> pd.DataFrame:
    at = nodes.stop(stops, "station")
    free = {"kind": "", "minutes": 0.0, "yuan": 0.0}
    on = pd.DataFrame({"tail": nodes.entrance(stops["station"]), "head": at, **free})
    off = pd.DataFrame({"tail": at, "head": nodes.exit(stops["station"]), **free})
    return pd.concat([on, off], ignore_index=True)


def _transfers(stops: pd.DataFrame, nodes: _Nodes, transfer: PairMinutes) -> pd.DataFrame:
    changed = {"kind": "transfer", "yuan": 0.0}
    if not isinstance(transfer, Mapping):
        a_number(0)("transfer", transfer)
        # every change costs the same: off the service and back to the entrance
        names = {"from": stops["station"], "to": stops["station"], "mode": "", "line": "", "minutes": float(transfer)}
        tail, head = nodes.stop(stops, "station"), nodes.entrance(stops["station"])
        return pd.DataFrame({"tail": tail, "head": head, **names, **changed})
    pairs = stops.assign(at=nodes.stop(stops, "station"))
    pairs = pairs.merge(pairs, on="station", suffixes=("", "_next"))
    pairs = pairs[pairs["at"] != pairs["at_next"]]
    between = _minutes_between(pairs["mode"].tolist(), pairs["mode_next"].tolist(), transfer, "transfer", alike=None)
    names = {"from": pairs["station"], "to": pairs["station"], "mode": "", "line": "", "minutes": between}
    return pd.DataFrame({"tail": pairs["at"], "head": pairs["at_next"], **names, **changed})


def _access(
    names: list[str], nodes: _Nodes, access: pd.DataFrame | None, edges: pd.DataFrame, *, priced: bool
) -> pd.DataFrame:
    """Join places to stations: by the table, or where it does not name a place, to the station of the same name."""
    columns = ["place", "station", "minutes", "yuan"]
    given = pd.DataFrame(columns=columns)
    if access is not None:
        given = check_table(access, "station_access", where="access").reindex(columns=columns)
        faults = _unpriced(given, "access", priced=priced)
        fix = text("faults.calls.travel_network.correct_name_add_edges")
        faults += [
            Fault("access", text("faults.calls.travel_network.station_edges_name"), station, fix, column="station")
            for station in sorted(set(given["station"]) - _stations(edges))
        ]
        if faults:
            raise TableError(faults)
    own = [name for name in names if name not in set(given["place"])]
    rows = given[given["place"].isin(names)].to_dict("records")
    rows += [{"place": name, "station": name, "minutes": 0.0, "yuan": 0.0} for name in own]
    known = set(nodes.stations)
    joined = pd.DataFrame([row for row in rows if row["station"] in known], columns=columns)
    lost = sorted(set(names) - set(joined["place"]))
    if lost:
        warn("warnings.travel.no_station", n=len(lost), places=few(lost), stacklevel=4)
    start = pd.Index(names).get_indexer(joined["place"])
    paid = {"mode": "", "line": "", "minutes": joined["minutes"], "yuan": joined["yuan"].fillna(0.0)}
    there = {"from": joined["place"], "to": joined["station"], "tail": start, "head": nodes.entrance(joined["station"])}
    ends = {"tail": nodes.exit(joined["station"]), "head": start + len(names)}
    back = {"from": joined["station"], "to": joined["place"], **ends}
    both = [pd.DataFrame({**there, **paid, "kind": "access"}), pd.DataFrame({**back, **paid, "kind": "egress"})]
    return pd.concat(both, ignore_index=True)
