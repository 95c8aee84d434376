"""Change the edges of travel and the minutes at borders as scenarios do, for all who travel there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import combinations_with_replacement, pairwise, product
from typing import Any

import pandas as pd

from ..plan.edits import Edit

__all__ = ["changed_borders", "changed_edges"]

# an edge that is closed runs from a year on that nobody travels in
CLOSED = 3000
_YEARS = ("from_year", "to_year")
Stations = Mapping[str, list[str]]
# pairs of places -> the legs of the cheapest way of each
Ways = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def changed_edges(
    edges: pd.DataFrame, edits: Iterable[Edit], ways: Ways, stations: Stations, *, running: pd.Series, directed: bool
) -> pd.DataFrame:
    """Return edges after changes of costs, one after the other.

    - A cost that is scaled is that of the edges between the stations of two places; where none joins them, of the rides
      on their cheapest way. Each edge changes once, whatever number of pairs it serves.
    - An edge whose cost is cut is closed.
    - A corridor is a line of its own; a leg takes its factor of what the cheapest way took.

    Parameters
    ----------
    edges : DataFrame
        ``source``, ``target``, ``minutes``; perhaps ``yuan``, ``mode``, ``line``, years.
    edits : iterable of Edit
    ways : callable
        Takes edges and pairs of places (``source``, ``target``), and gives `innoscape.geo.travel_paths`.
    stations : mapping
        Place -> its stations, where these have other names.
    running : Series of bool
        Which of the edges run in the year travelled in.
    directed : bool
        Whether an edge leads one way only.
    """
    edges = edges.astype(dict.fromkeys(_paid(edges), float))
    for edit in edits:
        change = _corridor if edit.verb.verb == "add_corridor" else _scaled
        after = change(edges, edit, ways, stations, running=running, directed=directed)
        edit.moved.append(partial(bool, not after.equals(edges)))
        running = running.reindex(after.index, fill_value=True)
        if "from_year" in after:
            # what is closed is no edge for the changes that follow
            running &= after["from_year"].astype("Float64").ne(CLOSED).fillna(True).astype(bool)
        edges = after
    return edges


def changed_borders(
    edits: Iterable[Edit],
    border: float | Mapping[tuple[str, str], float],
    territories: Mapping[str, str],
    stations: Stations,
) -> dict[tuple[str, str], float]:
    """Return the minutes at the border of each pair of territories after some changes."""

    def within(places: Iterable[Any]) -> set[str]:
        return {territories.get(one, "") for place in places for one in stations.get(str(place), [str(place)])}

    known = sorted({"", *territories.values()})
    given: dict[tuple[str, str], float]
    given = dict(border) if isinstance(border, Mapping) else dict.fromkeys(_apart(known), border)
    for edit in edits:
        verb: Any = edit.verb
        here, there = within(verb.places), {*known} if verb.to is None else within(verb.to)
        after = {
            pair: minutes * verb.factor if _joins(pair, here, there) else minutes for pair, minutes in given.items()
        }
        edit.moved.append(partial(bool, after != given))
        given = after
    return given


def _apart(names: list[str]) -> Iterator[tuple[str, str]]:
    return ((a, b) for a, b in combinations_with_replacement(names, 2) if a != b)


def _joins(pair: tuple[str, str], here: set[str], there: set[str]) -> bool:
    one, other = pair
    return (one in here and other in there) or (other in here and one in there)


def _paid(edges: pd.DataFrame) -> list[str]:
    return [name for name in ("minutes", "yuan") if name in edges]


def _scaled(
    edges: pd.DataFrame, edit: Edit, ways: Ways, stations: Stations, *, running: pd.Series, directed: bool
) -> pd.DataFrame:
    verb: Any = edit.verb
    pairs = [(str(a), str(b)) for a, b in product(verb.places, verb.places if verb.to is None else verb.to) if a != b]
    pairs = sorted({*pairs, *((b, a) for a, b in pairs)} if directed else {(min(pair), max(pair)) for pair in pairs})
    between: dict[tuple[str, str], list[Any]] = {}
    for row, one, other in edges.loc[running, ["source", "target"]].itertuples():
        between.setdefault((one, other), []).append(row)
        if not directed:
            between.setdefault((other, one), []).append(row)
    chosen, far = set[Any](), []
    for a, b in pairs:
        ends = product(stations.get(a, [a]), stations.get(b, [b]))
        direct = [row for pair in ends for row in between.get(pair, ())]
        chosen.update(direct)
        if not direct:
            far.append((a, b))
    if far:
        legs = ways(edges, pd.DataFrame(far, columns=["source", "target"]))
        services = edges.reindex(columns=["mode", "line"]).astype(object).fillna("")
        for leg in legs[legs["kind"] == "ride"].drop_duplicates(["from", "to", "mode", "line"]).to_dict("records"):
            rows = between[leg["from"], leg["to"]]
            chosen.update(row for row in rows if [*services.loc[row]] == [leg["mode"], leg["line"]])
    rows = sorted(chosen)
    if not verb.factor:
        years = {name: edges.get(name, pd.Series(pd.NA, edges.index)).astype("Int64") for name in _YEARS}
        closed = edges.assign(**years)
        closed.loc[rows, "from_year"], closed.loc[rows, "to_year"] = CLOSED, pd.NA
        return closed if rows else edges
    after = edges.copy()
    after.loc[rows, _paid(edges)] *= verb.factor
    return after


def _corridor(
    edges: pd.DataFrame, edit: Edit, ways: Ways, stations: Stations, *, running: pd.Series, directed: bool
) -> pd.DataFrame:
    del stations, running
    verb: Any = edit.verb
    line = [str(place) for place in verb.places]
    pairs = [*pairwise(line), *(pairwise(line[::-1]) if directed else ())]
    legs = ways(edges, pd.DataFrame(pairs, columns=["source", "target"]))
    rides = {(str(a), str(b)): rows for (a, b), rows in legs.groupby(["source", "target"])}
    # the station where the line calls is that of the way to the next place, of the last that of the way to it
    calls: dict[str, str] = {}
    for (a, b), rows in ((pair, rides[pair]) for pair in pairwise(line) if pair in rides):
        own = rows[rows["kind"] == "ride"]
        if len(own):
            calls.setdefault(a, str(own["from"].iloc[0]))
            calls[b] = str(own["to"].iloc[-1])
    made = []
    for a, b in pairs:
        if (a, b) not in rides or a not in calls or b not in calls:
            continue
        own = rides[a, b]
        own = own[own["kind"].isin(["ride", "transfer"])]
        modes = own.loc[own["kind"] == "ride", "mode"]
        if own.empty or modes.empty:
            continue
        paid = {name: float(own[name].sum()) * verb.factor for name in _paid(edges)}
        named = {"mode": modes.iloc[0] or None, "line": edit.at}
        made.append({"source": calls[a], "target": calls[b], **named, **paid})
    # a single leg that takes as long as the way it goes beside changes nothing
    if not made or (verb.factor >= 1 and len(line) == 2):
        return edges
    more = pd.DataFrame(made)
    for name in {"mode", "line"} & {*edges}:
        more[name] = more[name].astype(edges[name].dtype)
    return pd.concat([edges, more], ignore_index=True)
