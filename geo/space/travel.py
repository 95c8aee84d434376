"""Find the cheapest ways of travel between places over rail, road and air, and what they cost."""

from collections.abc import Iterator, Mapping
from typing import Unpack

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from ...data.errors import warn
from ...data.methods import documented
from ...data.options import check_columns, check_known_places
from ...data.places.keys import as_keys
from .travel_network import CostUnit, PairMinutes, TravelNetwork, TravelOptions, travel_network

__all__ = ["travel_costs", "travel_paths"]

# origins at a time, so that memory holds
_ORIGINS = 256


@documented(
    "dijkstra1959",
    formula="c<sub>ij</sub> = min<sub>paths</sub> Σ (minutes + 60 yuan / v)",
)
def travel_costs(
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
) -> pd.DataFrame:
    r"""Return the least cost of travel between all pairs of places.

    The cost of a way is the sum over its legs: access, rides, borders crossed, transfers, egress. With a value of time
    :math:`v` (yuan an hour) it is the generalized cost

    .. math:: c = t + 60\,p / v \text{ minutes, or } c = p + v\,t / 60 \text{ yuan}

    for :math:`t` minutes and :math:`p` yuan; without one it is the minutes alone.

    - A place costs 0 to itself. No way leads through another place's access: tie two stations of a city by an edge.
    - Undirected edges give symmetric costs. A cost is never above that of a detour where transfers cost nothing.
    - A place that cannot be reached costs infinity; the pairs are counted in a warning.
    - Of several edges between two stations each way takes the cheapest that runs in the year.

    Parameters
    ----------
    edges : DataFrame
        ``source``, ``target``, ``minutes``; optional ``yuan``, ``mode``, ``line``, ``from_year``, ``to_year``: the
        contract ``network_edges``. The opening of a line is a row that begins in its year.
    places : DataFrame
        ``place`` (unique).
    access : DataFrame, optional
        ``place``, ``station``, ``minutes``; optional ``yuan``: the stations that a place uses, either way. A place
        without a row is a station itself, reached in 0 minutes.
    directed : bool
        Whether an edge leads one way only.
    year : int, optional
        The year to travel in; needed where edges have years.
    transfer : float or mapping
        Minutes for changing from one mode or line to another in a station, or minutes by pair of modes, in either
        order: ``{("air", "rail"): 90, ("rail", "rail"): 15}``; between lines of a mode not named they are 0.
    territories : mapping, optional
        Customs territory by station; stations not named share one, whose name is empty.
    border : float or mapping
        Minutes for an edge from one territory to another, or by pair of territories: ``{("", "HK"): 40}``.
    value_of_time : float, optional
        Yuan an hour; then every edge needs its fare.
    unit : {"minutes", "yuan"}
        Unit of the generalized cost.

    Returns
    -------
    DataFrame
        n x n; rows are sources, columns targets, both in the order of ``places``, as from
        `innoscape.geo.distance_matrix`.

    Raises
    ------
    TableError
        A table breaks its contract (missing, negative or repeated values, no rows), a fare is missing, years run
        backwards, access to a station that no edge names, a place that stands twice.
    OptionError
        A number below 0, a year that is missing or in which nothing runs, a pair of modes or territories without
        minutes.
    UnknownPlaceError
        A territory of a station that no edge names.

    Warns
    -----
    InnoscapeWarning
        Places without a station, and pairs without a way.

    References
    ----------
    Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1, 269-271.

    Examples
    --------
    >>> edges = pd.DataFrame({
    ...     "source": ["北京", "天津", "北京", "北京"], "target": ["天津", "济南", "济南", "天津"],
    ...     "minutes": [75.0, 180.0, 240.0, 30.0], "from_year": [None, None, None, 2008]})
    >>> places = pd.DataFrame({"place": ["北京", "天津", "济南"]})
    >>> [travel_costs(edges, places, year=year).loc["北京", "济南"].item() for year in (2007, 2008)]
    [240.0, 210.0]
    """
    network = travel_network(
        edges, places, access=access, directed=directed, year=year, transfer=transfer, territories=territories,
        border=border, value_of_time=value_of_time, unit=unit,
    )  # fmt: skip
    count = len(network.places)
    blocks = [
        dijkstra(network.graph, indices=np.arange(start, min(start + _ORIGINS, count)))[:, count : 2 * count]
        for start in range(0, count, _ORIGINS)
    ]
    matrix = np.vstack(blocks)
    np.fill_diagonal(matrix, 0.0)
    if not directed:
        # both directions add up the same legs in another order
        matrix = np.minimum(matrix, matrix.T)
    lost = int(np.isinf(matrix).sum())
    if lost:
        warn("warnings.travel.unreachable", n=lost, pairs=count * (count - 1), stacklevel=2)
    labels = pd.Index(places["place"].tolist(), name="place")
    return pd.DataFrame(matrix, index=labels, columns=labels.rename(None))


def travel_paths(
    edges: pd.DataFrame, places: pd.DataFrame, pairs: pd.DataFrame, **options: Unpack[TravelOptions]
) -> pd.DataFrame:
    """Return the legs of the cheapest way of each pair of places.

    - The costs of the legs of a pair add up to its cost in `travel_costs`.
    - Of ways that cost the same one is taken, whatever the order of the rows.
    - A pair without a way has no legs, and is counted in a warning; neither has a place to itself.

    Parameters
    ----------
    edges, places : DataFrame
        As for `travel_costs`.
    pairs : DataFrame
        ``source``, ``target``: the pairs wanted.
    **options
        Those of `travel_costs`.

    Returns
    -------
    DataFrame
        One row a leg: ``source``, ``target``, ``leg`` (from 1), ``kind`` (``access``, ``ride``, ``transfer``,
        ``egress``), ``from``, ``to``, ``mode``, ``line``, ``minutes`` (with those of a border), ``yuan``, ``cost``.

    Raises
    ------
    TableError, OptionError
        As `travel_costs` does; a missing column.
    UnknownPlaceError
        A pair names a place that ``places`` lacks.

    Examples
    --------
    >>> edges = pd.DataFrame(
    ...     {"source": ["a", "b"], "target": ["b", "c"], "minutes": [30.0, 40.0], "mode": ["rail", "air"]})
    >>> places, pairs = pd.DataFrame({"place": ["a", "c"]}), pd.DataFrame({"source": ["a"], "target": ["c"]})
    >>> travel_paths(edges, places, pairs, transfer=90)[["kind", "from", "to", "minutes"]].values.tolist()
    [['ride', 'a', 'b', 30.0], ['transfer', 'b', 'b', 90.0], ['ride', 'b', 'c', 40.0]]
    """
    check_columns(pairs, "pairs", ("source", "target"))
    network = travel_network(edges, places, **options)
    ends = {end: as_keys(pairs[end]) for end in ("source", "target")}
    for end, names in ends.items():
        check_known_places(f"pairs, {end}", names, network.places)
    at = pd.Index(network.places)
    wanted = pd.DataFrame({end: at.get_indexer(names) for end, names in ends.items()}).drop_duplicates()
    found = [leg for source, targets in wanted.groupby("source", sort=False)["target"]
             for leg in _legs(network, int(source), targets.tolist())]  # fmt: skip
    lost = sum(leg[2] is None for leg in found)
    if lost:
        warn("warnings.travel.unreachable", n=lost, pairs=len(wanted), stacklevel=2)
    steps = pd.DataFrame([leg for leg in found if leg[2] is not None], columns=["source", "target", "arc"])
    legs = network.arcs.iloc[steps["arc"].astype(int)].reset_index(drop=True).drop(columns=["tail", "head"])
    legs.insert(0, "target", at[steps["target"].astype(int)])
    legs.insert(0, "source", at[steps["source"].astype(int)])
    # boarding and getting off cost nothing, and a place that is a station needs no access
    paid = (legs["kind"] != "") & ~(legs["kind"].isin(["access", "egress"]) & (legs["from"] == legs["to"])
                                     & (legs["cost"] == 0))  # fmt: skip
    legs = legs[paid].reset_index(drop=True)
    legs.insert(2, "leg", legs.groupby(["source", "target"], sort=False).cumcount() + 1)
    return legs


def _legs(network: TravelNetwork, source: int, targets: list[int]) -> Iterator[tuple[int, int, int | None]]:
    """Yield (source, target, arc) from start to end, with no arc where there is no way."""
    count, size = len(network.places), network.graph.shape[0]
    _, before = dijkstra(network.graph, indices=source, return_predecessors=True)
    number = network.arcs["tail"].to_numpy() * size + network.arcs["head"].to_numpy()
    for target in targets:
        if target == source:
            continue
        node, passed = target + count, []
        while before[node] >= 0:
            passed.append(int(before[node]) * size + node)
            node = int(before[node])
        if not passed:
            yield source, target, None
        for arc in np.searchsorted(number, passed[::-1]):
            yield source, target, int(arc)
