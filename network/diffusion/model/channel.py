"""Describe the channels through which knowledge spreads: where each reaches, and how it weakens with distance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import pandas as pd

from ....data.errors import InnoscapeError, OptionError
from ....data.methods import Method
from ....data.options import Wrong, choice_faults, is_number, number_faults
from ....data.wording.catalogue import join_texts, text
from ...flows.summed_cells import summed_matrix

__all__ = ["CHANNELS", "DECAYS", "LIMITS", "TIE_SCALES", "Channel", "ChannelKind", "Ground"]

DECAYS: dict[str, Method] = {
    "exponential": Method("f(d) = s 2<sup>−d/h</sup> + (1 − s)", ("wilson1971", "gertler2003")),
    "power": Method("f(d) = s (1 + (2<sup>1/a</sup> − 1) d/h)<sup>−a</sup> + (1 − s)", ("wilson1971", "gertler2003")),
    "steps": Method("f(d) = s f<sub>t</sub> + (1 − s), l<sub>t−1</sub> &lt; d ≤ l<sub>t</sub>", ("gertler2003",)),
    "none": Method("f(d) = 1", ("wilson1971",)),
}
# what the flow along a tie is divided by
TIE_SCALES: dict[str, Method] = {
    "none": Method(),
    "origin": Method("w<sub>ij</sub> = F<sub>ij</sub> / Σ<sub>k</sub> F<sub>ik</sub>"),
    "destination": Method("w<sub>ij</sub> = F<sub>ij</sub> / Σ<sub>k</sub> F<sub>kj</sub>"),
    "maximum": Method("w<sub>ij</sub> = F<sub>ij</sub> / max F"),
}
# limits of the numbers of a channel, as `number_faults` takes them
LIMITS: dict[str, dict[str, Any]] = {
    "rate": {"least": 0.0},
    "half_distance": {"above": 0.0},
    "exponent": {"above": 0.0},
    "tacit_share": {"least": 0.0, "most": 1.0},
    "k": {"least": 1, "whole": True},
    "radius": {"above": 0.0},
    "max_steps": {"least": 1, "whole": True},
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which an adopter passes knowledge on.

    The channel contributes ``rate * mask[i, j] * decay(cost[i, j])`` to the rate at which place j adopts from an
    adopter i. The masks are:

    - ``hierarchical``: 1 where i stands on a higher tier than j;
    - ``peer``: 1 where i and j stand on the same tier;
    - ``neighbor``: 1 where j is among the ``k`` nearest places of i, or within ``radius``, and on a lower tier;
    - ``tie``: the flow observed from i to j, as given or normalized;
    - any other name: the matrix given as ``mask``.

    With share s = ``tacit_share`` of the knowledge being tacit, distance weakens only that share::

        decay(c) = s * f(c) + (1 - s)
        f(c) = 2 ** (-c / half_distance)                                             exponential
        f(c) = (1 + (2 ** (1 / exponent) - 1) * c / half_distance) ** -exponent      power
        f(c) = the factor of the first step whose limit is at least c                steps
        f(c) = 1                                                                     none

    Exponential and power decay are 1 at distance 0 and 1/2 at ``half_distance``.

    Parameters
    ----------
    name : str
        Which mask: ``hierarchical``, ``peer``, ``neighbor``, ``tie``, or a name of your own with ``mask``.
    rate : float
        Rate from one adopter at distance 0, per unit of time; for ``tie`` per unit of (normalized) flow.
    decay : {"exponential", "power", "steps", "none"}
        How the rate weakens with cost.
    half_distance : float, optional
        Cost at which the rate has halved, in the unit of the costs (km unless you give other costs). Needed by the
        exponential and the power decay.
    exponent : float
        Tail exponent of the power decay.
    tacit_share : float
        Share of knowledge that distance weakens, 0 to 1.
    normalize : {"none", "origin", "destination", "maximum"}
        For ``tie``: flow as given, as a share of all that i sends or that j receives, from and to places that are no
        centers too, or of the largest flow between centers.
    k : int, optional
        For ``neighbor``: number of nearest places.
    radius : float, optional
        For ``neighbor``: greatest cost.
    max_steps : int, optional
        For ``hierarchical``: how many tiers down at most; 1 makes every tier a relay of the next.
    steps : tuple of (float, float), optional
        For ``decay="steps"``: (limit, factor) by rising cost; beyond the last limit the factor is 0.
    mask : DataFrame, optional
        For a name of your own: labeled matrix, rows are sources, finite and at least 0; 0 where a pair is missing.

    Raises
    ------
    OptionError
        If an option is unknown, missing or outside its range.

    Notes
    -----
    Zhang (2022, §1.2) names hierarchical and neighborhood diffusion, spread within a tier, and decay with distance from
    the center, tacit knowledge being hard and costly to spread far; that distance spares the rest is our reading.

    Examples
    --------
    >>> Channel("peer", rate=0.2, half_distance=500.0).weaken(np.array([0.0, 500.0, 1000.0])).tolist()
    [1.0, 0.5, 0.25]
    >>> Channel("peer", rate=0.2, half_distance=500.0, tacit_share=0.5).weaken(np.array([500.0])).tolist()
    [0.75]
    """

    name: str
    rate: float = 0.0
    decay: Literal["exponential", "power", "steps", "none"] = "exponential"
    half_distance: float | None = None
    exponent: float = 1.0
    tacit_share: float = 1.0
    normalize: Literal["none", "origin", "destination", "maximum"] = "none"
    k: int | None = None
    radius: float | None = None
    max_steps: int | None = None
    steps: tuple[tuple[float, float], ...] = ()
    mask: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        faults = [*self._unknown(), *self._out_of_range()]
        if faults:
            said = join_texts(
                (one.said if isinstance(one, InnoscapeError) else one for one in faults), by="list.semicolon"
            )
            raise OptionError(text("faults.calls.channel.of", name=repr(self.name), said=said))

    def _unknown(self) -> Iterator[Wrong]:
        for option, value, choices in (("decay", self.decay, DECAYS), ("normalize", self.normalize, TIE_SCALES)):
            yield from choice_faults(option, value, choices)
        if self.mask is None and self.name not in CHANNELS:
            yield text("faults.calls.channel.name_mask", channels=join_texts(CHANNELS), name=repr(self.name))
        if self.mask is not None and self.name in CHANNELS:
            yield text("faults.calls.channel.mask_goes_name_your")
        own = CHANNELS[self.name] if self.name in CHANNELS else None
        usual = {one.name: one.default for one in fields(self)}
        owned = [option for kind in CHANNELS.values() for option in kind.options]
        given = {option for option in owned if getattr(self, option) != usual[option]}
        if own is not None and own.either and len(given.intersection(own.options)) != 1:
            yield text(
                "faults.calls.channel.channel_needs_either",
                name=self.name,
                options=join_texts(own.options, by="faults.or"),
            )
        for name, kind in CHANNELS.items():
            if kind is not own and given.intersection(kind.options):
                yield text(
                    "faults.calls.channel.goes",
                    options=join_texts(kind.options, by="faults.and"),
                    name=name,
                    n=len(kind.options),
                )

    def _out_of_range(self) -> Iterator[Wrong]:
        for option, limits in LIMITS.items():
            value = getattr(self, option)
            if value is not None:
                yield from number_faults(option, value, **limits)
        if self.half_distance is None and self.decay in {"exponential", "power"}:
            yield text("faults.calls.channel.half_distance_number_above_0", decay=repr(self.decay))
        if self.decay == "steps" and not _rising(self.steps):
            yield text("faults.calls.channel.steps_limit_factor_pairs", steps=repr(self.steps))

    def weaken(self, cost: np.ndarray) -> np.ndarray:
        """Return the decay factor at each cost: 1 at no distance, 1 - tacit_share / 2 at the half-distance."""
        if self.decay == "none":
            return np.ones_like(cost, dtype=float)
        if self.decay == "steps":
            limits, factors = np.array(self.steps, dtype=float).T
            tacit = np.append(factors, 0.0)[np.searchsorted(limits, cost, side="left")]
            return self.tacit_share * tacit + (1.0 - self.tacit_share)
        assert self.half_distance is not None  # noqa: S101 - checked when the channel was made
        relative = np.asarray(cost, dtype=float) / self.half_distance
        if self.decay == "exponential":
            tacit = np.exp2(-relative)
        else:
            tacit = (1.0 + (2.0 ** (1.0 / self.exponent) - 1.0) * relative) ** -self.exponent
        return self.tacit_share * tacit + (1.0 - self.tacit_share)


def _rising(steps: tuple) -> bool:
    """Say whether steps are pairs of a rising limit and a factor of at least 0."""
    if not steps or not all(isinstance(s, tuple | list) and len(s) == 2 and all(map(is_number, s)) for s in steps):
        return False
    limits = [limit for limit, _ in steps]
    return sorted(set(limits)) == limits and min(factor for _, factor in steps) >= 0


@dataclass(frozen=True, slots=True)
class Ground:
    """What channels reach across.

    Parameters
    ----------
    places : list
        Centers in order.
    tier : ndarray
        Rank of the tier of each center, 0 the highest.
    cost : ndarray, optional
        Costs between the centers (n x n, rows are sources).
    flows : DataFrame, optional
        ``source, target, value``.
    """

    places: list
    tier: np.ndarray
    cost: np.ndarray | None = None
    flows: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class ChannelKind(Method):
    """A kind of channel: the mask that says where it reaches, and the options of `Channel` that are its own.

    Parameters
    ----------
    mask : callable
        Takes a channel and the ground, and returns a matrix (n x n, rows are sources).
    options : tuple of str
        Options of `Channel` that go with this kind alone.
    either : bool
        Whether exactly one of the options is needed.
    needs : tuple of {"costs", "flows"}
        What the mask is computed from, besides the tiers.
    """

    mask: Callable[[Channel, Ground], np.ndarray] = field(kw_only=True)
    options: tuple[str, ...] = field(default=(), kw_only=True)
    either: bool = field(default=False, kw_only=True)
    needs: tuple[Literal["costs", "flows"], ...] = field(default=(), kw_only=True)


def _down_the_tiers(channel: Channel, ground: Ground) -> np.ndarray:
    down = ground.tier[None, :] - ground.tier[:, None]
    return (down > 0) & (down <= (channel.max_steps or len(ground.places)))


def _within_tiers(_: Channel, ground: Ground) -> np.ndarray:
    return ground.tier[:, None] == ground.tier[None, :]


def _to_neighbors(channel: Channel, ground: Ground) -> np.ndarray:
    cost, tier = ground.cost, ground.tier
    assert cost is not None  # noqa: S101 - a channel without the costs that it needs has been refused
    near = cost <= channel.radius if channel.radius is not None else _nearest(cost, channel.k or 0)
    return near & (tier[:, None] < tier[None, :])


def _along_ties(channel: Channel, ground: Ground) -> np.ndarray:
    assert ground.flows is not None  # noqa: S101 - and so has one without flows
    # the flows have been found sound
    value = ground.flows["value"].to_numpy(dtype=float)
    flow = summed_matrix(ground.flows, pd.Index(ground.places), value)
    np.fill_diagonal(flow, 0.0)
    if channel.normalize == "none" or not flow.any():
        return flow
    if channel.normalize == "maximum":
        return flow / flow.max()
    own, other, axis = ("source", "target", 1) if channel.normalize == "origin" else ("target", "source", 0)
    total = flow.sum(axis=axis) + _elsewhere(ground.flows, ground.places, own, other)
    total = np.expand_dims(total, axis)
    return np.divide(flow, total, out=np.zeros_like(flow), where=total > 0)


def _elsewhere(flows: pd.DataFrame, places: list, own: str, other: str) -> np.ndarray:
    """Return the flow between each center as one end and places that are no centers as the other."""
    if {*places}.issuperset(flows[other].unique().tolist()):
        return np.zeros(len(places))
    rows = flows[flows[own].isin(places) & ~flows[other].isin(places)]
    rows = rows.sort_values("value", kind="stable")
    sums = rows["value"].astype(float).groupby(rows[own].tolist()).sum()
    return sums.reindex(places).fillna(0.0).to_numpy()


def _nearest(cost: np.ndarray, k: int) -> np.ndarray:
    away = cost + np.diag(np.full(len(cost), np.inf))
    order = np.argsort(away, axis=1, kind="stable")[:, : min(k, max(len(cost) - 1, 0))]
    near = np.zeros(cost.shape, dtype=bool)
    np.put_along_axis(near, order, True, axis=1)
    return near


CHANNELS: Mapping[str, ChannelKind] = {
    "hierarchical": ChannelKind(
        "m(i, j) = 1 : tier(i) &gt; tier(j)",
        ("hudson1969", "pedersen1970"),
        mask=_down_the_tiers,
        options=("max_steps",),
    ),
    "peer": ChannelKind("m(i, j) = 1 : tier(i) = tier(j)", ("pred1977", "zhang2022"), mask=_within_tiers),
    "neighbor": ChannelKind(
        "m(i, j) = 1 : j ∈ N(i), tier(i) &gt; tier(j)",
        ("hagerstrand1967",),
        mask=_to_neighbors,
        options=("k", "radius"),
        either=True,
        needs=("costs",),
    ),
    "tie": ChannelKind(
        "m(i, j) = w<sub>ij</sub>", ("bathelt2004",), mask=_along_ties, options=("normalize",), needs=("flows",)
    ),
}
