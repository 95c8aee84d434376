"""Build the rates at which places adopt from one another.

For each ordered pair i -> j::

    rate[i, j] = receptivity[j] * people[i, j] * sum over channels c of  rate[c] * mask_c[i, j] * decay_c(cost[i, j])

Places stand in sorted order throughout, so the order of rows in the inputs has no influence.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import Wrong, refuse, table_fault
from ....data.wording.catalogue import join_texts, text
from ...flows.check_graph import cells_between
from ...flows.faults import center_faults, flow_faults, matrix_faults, numbers_of, value_faults
from .channel import CHANNELS, Channel, Ground
from .place_keys import place_keys

__all__ = ["Rates", "hazard_rates", "hazard_versions", "rests_on_costs"]

External: TypeAlias = Mapping[Hashable, float] | pd.Series | float


@dataclass(frozen=True, eq=False)
class Reached:
    """What channels reach among given tables, each of which has been found sound.

    Attributes
    ----------
    centers, costs, flows, people : DataFrame or None
        The tables, the centers in order.
    cost, travel : ndarray
        Costs between the centers, none where there are none; the multiplier of every pair.
    by_kind : dict
        Kind of channel -> where it reaches (n x n, rows are sources).
    """

    centers: pd.DataFrame
    costs: pd.DataFrame | None
    flows: pd.DataFrame | None
    people: pd.DataFrame | None
    cost: np.ndarray | None
    travel: np.ndarray | float
    by_kind: dict[tuple[object, ...], np.ndarray] = field(default_factory=dict)

    def among(self, *tables: pd.DataFrame | None) -> bool:
        """Say whether centers, costs, flows and people are the very same tables."""
        own = (self.centers, self.costs, self.flows, self.people)
        return all(one is other for one, other in zip(own, tables, strict=True))


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates of adoption between places, by channel, with the inputs they were built from.

    Attributes
    ----------
    centers : DataFrame
        ``place, tier`` (and what else was given), sorted by place.
    channels : tuple of Channel
        In the order of ``tensor``'s second axis.
    costs, flows : DataFrame or None
        As given; costs may hold more places than are centers.
    receptivity, external : Series
        Per place: multiplier of every incoming rate; rate of adoption from outside (per unit of time).
    people : DataFrame or None
        Multiplier of every pair, as given.
    starts : ndarray
        Start of each phase; the first is 0.
    tensor : ndarray
        phases x channels x n x n, per unit of time, rows are sources.
    external_phases : ndarray
        phases x n, per unit of time.
    ground : Reached, optional
        What the channels reach, by which rates among the same tables are built anew.
    """

    centers: pd.DataFrame
    channels: tuple[Channel, ...]
    costs: pd.DataFrame | None
    flows: pd.DataFrame | None
    receptivity: pd.Series
    external: pd.Series
    people: pd.DataFrame | None
    starts: np.ndarray = field(repr=False)
    tensor: np.ndarray = field(repr=False)
    external_phases: np.ndarray = field(repr=False)
    ground: "Reached | None" = field(default=None, repr=False)

    @cached_property
    def places(self) -> tuple[Hashable, ...]:
        """Keys of the places, in the order of every array."""
        return tuple(self.centers["place"].tolist())

    @cached_property
    def keys(self) -> np.ndarray:
        """Noise keys of the places."""
        return place_keys(self.places)

    @cached_property
    def position(self) -> dict[Hashable, int]:
        """Place -> its position in every array."""
        return {place: i for i, place in enumerate(self.places)}

    def total(self) -> pd.DataFrame:
        """Return the rates of the first phase summed over channels, labeled."""
        return pd.DataFrame(self.tensor[0].sum(axis=0), index=self.places, columns=self.places)


@documented(
    "hagerstrand1967",
    formula=(
        "r<sub>ij</sub> = a<sub>j</sub> Σ<sub>c</sub> β<sub>c</sub> m<sub>c</sub>(i, j) f<sub>c</sub>(d<sub>ij</sub>)"
    ),
)
def hazard_rates(
    centers: pd.DataFrame,
    channels: Sequence[Channel],
    *,
    costs: pd.DataFrame | None = None,
    flows: pd.DataFrame | None = None,
    receptivity: Mapping[Hashable, float] | pd.Series | None = None,
    external: External = 0.0,
    people: pd.DataFrame | None = None,
) -> Rates:
    """Build the rates at which places adopt from one another.

    Parameters
    ----------
    centers : DataFrame
        ``place`` (unique) and ``tier`` (an ordered categorical, highest first).
    channels : sequence of Channel
        Each name at most once.
    costs : DataFrame, optional
        Labeled matrix, rows are sources; may hold more places than ``centers``. Needed by every channel that decays
        and by ``neighbor``. At an infinite cost no channel carries anything.
    flows : DataFrame, optional
        ``source, target, value`` as a directed table; needed by ``tie``. For an undirected network give both
        directions.
    receptivity : mapping, optional
        Place -> multiplier of every incoming rate, such as market demand or absorptive capacity; 1 where missing.
    external : mapping or float
        Place -> rate of adoption from outside the network, per unit of time; 0 where missing.
    people : DataFrame, optional
        Labeled matrix that multiplies the rates of every pair, such as flows of people relative to their mean; rows
        are sources, 1 where a pair is missing.

    Returns
    -------
    Rates

    Raises
    ------
    TableError
        If a table lacks columns, places repeat, a tier is missing, or a cell is negative or not finite.
    UnknownPlaceError
        If ``receptivity`` or ``external`` names a place that is no center.
    OptionError
        If a channel lacks its costs or flows, a channel occurs twice, or a number is out of range. One error holds all
        faults.

    Examples
    --------
    >>> import pandas as pd
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> hazard_rates(centers, [Channel("hierarchical", rate=0.4, half_distance=300.0)], costs=costs).total()
         C    W
    C  0.0  0.0
    W  0.2  0.0
    """
    return hazard_versions(
        [(channels, external)], centers=centers, costs=costs, flows=flows, receptivity=receptivity, people=people
    )[0]


def hazard_versions(
    versions: Sequence[tuple[Sequence[Channel], External]],
    *,
    centers: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    flows: pd.DataFrame | None = None,
    receptivity: Mapping[Hashable, float] | pd.Series | None = None,
    people: pd.DataFrame | None = None,
    like: Rates | None = None,
) -> tuple[Rates, ...]:
    """Build the rates of several versions of the numbers, each as `hazard_rates` does.

    What is the same in all, such as the ties that a channel follows, is computed once; what is the same in other rates,
    which are made of the very same tables, is taken from these.

    Parameters
    ----------
    versions : sequence of tuple
        (channels, external), as `hazard_rates` takes them.
    centers, costs, flows, receptivity, people
        As there.
    like : Rates, optional
        Rates that may have tables in common.
    """
    ground = None if like is None or like.ground is None else like.ground
    if ground is not None and not ground.among(centers, costs, flows, people):
        ground = None
    named = centers["place"].tolist() if "place" in centers else []
    for i, (channels, external) in enumerate(versions):
        by_place = {"receptivity": receptivity, "external": external}
        # channels of the same kinds need the same tables, which the first have been held against
        known = i > 0 and _alike(channels, versions[0][0])
        known = known or (ground is not None and like is not None and _alike(channels, like.channels))
        refuse(
            _value_faults(by_place if i == 0 else {"external": external}, named)
            if known
            else _faults(centers, channels, costs, flows, by_place, people)
        )
    same = ground is not None
    ground = ground or _ground(centers, costs, flows, people)
    ordered, cost = ground.centers, ground.cost
    places = ordered["place"].tolist()
    index = pd.Index(places)
    accept = numbers_of(1.0 if receptivity is None else receptivity, places, default=1.0, index=index)
    found = []
    # channels whose rates are known to be the same
    known = {}
    if same and like is not None and len(like.starts) == 1 and accept.equals(like.receptivity):
        known = {id(channel): like.tensor[0, i] for i, channel in enumerate(like.channels)}
    for channels, external in versions:
        tensor = np.zeros((1, len(channels), len(places), len(places)))
        for c, channel in enumerate(channels):
            if id(channel) in known:
                tensor[0, c] = known[id(channel)]
                continue
            kind = _kind(channel)
            if kind not in ground.by_kind:
                ground.by_kind[kind] = _reach(channel, ground)
            weaken = channel.weaken(cost) if cost is not None else 1.0
            with np.errstate(over="ignore", invalid="ignore"):
                tensor[0, c] = channel.rate * ground.by_kind[kind] * weaken * accept.to_numpy() * ground.travel
            np.fill_diagonal(tensor[0, c], 0.0)
        if cost is not None:
            tensor[:, :, np.isinf(cost)] = 0.0
        if not np.isfinite(tensor).all():
            parts = zip(channels, tensor[0], strict=True)
            over = ", ".join(channel.name for channel, part in parts if not np.isfinite(part).all())
            raise OptionError(text("faults.calls.hazard_rates.rates_beyond_all_numbers", over=over))
        outside = numbers_of(external, places, default=0.0, index=index)
        found.append(
            Rates(
                centers=ordered,
                channels=tuple(channels),
                costs=costs,
                flows=flows,
                receptivity=accept,
                external=outside,
                people=people,
                starts=np.zeros(1),
                tensor=tensor,
                external_phases=outside.to_numpy()[None, :].copy(),
                ground=ground,
            )
        )
    return tuple(found)


def _ground(
    centers: pd.DataFrame, costs: pd.DataFrame | None, flows: pd.DataFrame | None, people: pd.DataFrame | None
) -> Reached:
    if isinstance(centers["place"].dtype, pd.CategoricalDtype):
        # a category has an order of its own
        centers = centers.assign(place=list(centers["place"]))
    ordered = centers.sort_values("place", ignore_index=True)
    places = ordered["place"].tolist()
    cost = None if costs is None else cells_between(costs, places)
    return Reached(ordered, costs, flows, people, cost, 1.0 if people is None else _square(people, places, missing=1.0))


def _kind(channel: Channel) -> tuple[object, ...]:
    """Return what the reach of a channel depends on: its own pairs, or its name and the options of its kind."""
    return channel.name, _Same(channel.mask), channel.normalize, channel.k, channel.radius, channel.max_steps


def _alike(some: Sequence[Channel], others: Sequence[Channel]) -> bool:
    """Say whether channels are of the same kinds as others and need no further tables."""
    return len(some) == len(others) and all(
        _kind(one) == _kind(other) and one.decay in {"none", other.decay}
        for one, other in zip(some, others, strict=True)
    )


class _Same:
    """A table as a key: equal to itself alone."""

    def __init__(self, table: pd.DataFrame | None) -> None:
        self.table = table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.table is other.table


def _reach(channel: Channel, found: Reached) -> np.ndarray:
    places = found.centers["place"].tolist()
    if channel.mask is not None:
        return _square(channel.mask, places, missing=0.0)
    tier = pd.Categorical(found.centers["tier"]).codes.astype(int) if places else np.zeros(0, int)
    return CHANNELS[channel.name].mask(channel, Ground(places, tier, found.cost, found.flows)).astype(float)


def _value_faults(by_place: Mapping[str, Any], places: list) -> Iterator[Wrong]:
    for name, one in by_place.items():
        if one is not None:
            yield from value_faults(one, places, name=name)


def _faults(
    centers: pd.DataFrame,
    channels: Sequence[Channel],
    costs: pd.DataFrame | None,
    flows: pd.DataFrame | None,
    by_place: Mapping[str, Any],
    people: pd.DataFrame | None,
) -> Iterator[Wrong]:
    """Say all that keeps rates from being built."""
    unsound = list(center_faults(centers))
    yield from unsound
    places = [] if unsound else centers["place"].tolist()
    yield from _channel_faults(channels, costs, flows)
    several = () if isinstance(channels, Channel) else channels
    given = {"people": people} | {f"mask of {c.name}": c.mask for c in several if isinstance(c, Channel)}
    for name, table in given.items():
        if table is not None:
            yield from matrix_faults(table, name=name, places=places)
    if flows is not None:
        # without ties flows may run elsewhere, to be redirected and measured there
        tied = any(isinstance(c, Channel) and _needs(c, "flows") for c in several)
        yield from flow_faults(flows, places if tied else ())
    yield from () if unsound else _value_faults(by_place, places)
    if costs is None:
        return
    wrong = list(matrix_faults(costs, name="costs", infinite=True))
    yield from wrong
    missing = [] if wrong else [p for p in places if p not in costs.index or p not in costs.columns]
    add = text("faults.calls.alike.add_them")
    if missing:
        came = f"none for {', '.join(map(str, missing))}"
        yield table_fault("costs", text("faults.calls.hazard_rates.row"), came, add)
    elif not wrong and np.isnan(cells_between(costs, places)).any():
        yield table_fault("costs", text("faults.calls.hazard_rates.number"), "others", add)


def _channel_faults(
    channels: Sequence[Channel], costs: pd.DataFrame | None, flows: pd.DataFrame | None
) -> Iterator[Wrong]:
    if isinstance(channels, Channel) or not all(isinstance(c, Channel) for c in channels):
        yield text("faults.calls.hazard_rates.channels_several_channel_something")
        return
    names = [c.name for c in channels]
    if len(set(names)) < len(names):
        yield text("faults.calls.hazard_rates.each_channel_may_given")
    needy = {
        "costs": [c.name for c in channels if rests_on_costs(c)],
        "flows": [c.name for c in channels if _needs(c, "flows")],
    }
    if costs is None and needy["costs"]:
        yield text("faults.calls.hazard_rates.channel_needs_costs_between", needy=join_texts(needy["costs"]))
    if flows is None and needy["flows"]:
        yield text("faults.calls.hazard_rates.channel_needs_flows_flows", needy=join_texts(needy["flows"]))


def rests_on_costs(channel: Channel) -> bool:
    """Say whether a channel needs the costs between places.

    Examples
    --------
    >>> rests_on_costs(Channel("peer", decay="none")), rests_on_costs(Channel("neighbor", decay="none", k=2))
    (False, True)
    """
    return channel.decay != "none" or _needs(channel, "costs")


def _needs(channel: Channel, what: Literal["costs", "flows"]) -> bool:
    return channel.mask is None and what in CHANNELS[channel.name].needs


def _square(given: pd.DataFrame, places: list, *, missing: float) -> np.ndarray:
    """Return a labeled matrix in the order of the places."""
    return given.astype(float).reindex(index=places, columns=places).fillna(missing).to_numpy()
