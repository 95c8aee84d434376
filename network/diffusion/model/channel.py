"""Describe the channels through which knowledge spreads, and how each weakens with distance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import Method
from ....data.options import Wrong, choice_faults, is_number, number_faults

__all__ = ["CHANNELS", "DECAYS", "TIE_SCALES", "Channel"]

CHANNELS: dict[str, Method] = {
    "hierarchical": Method("m(i, j) = 1 : tier(i) &gt; tier(j)", ("hudson1969", "pedersen1970")),
    "peer": Method("m(i, j) = 1 : tier(i) = tier(j)", ("pred1977",)),
    "neighbor": Method("m(i, j) = 1 : j ∈ N(i), tier(j) ≤ tier(i)", ("hagerstrand1967",)),
    "tie": Method("m(i, j) = w<sub>ij</sub>", ("bathelt2004",)),
}
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


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which an adopter passes knowledge on.

    The channel contributes ``rate * mask[i, j] * decay(cost[i, j])`` to the rate at which place j adopts from an
    adopter i. The masks are:

    - ``hierarchical``: 1 where i stands on a higher tier than j;
    - ``peer``: 1 where i and j stand on the same tier;
    - ``neighbor``: 1 where j is among the ``k`` nearest places of i, or within ``radius``, and not on a higher tier;
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
        For ``tie``: flow as given, as a share of what i sends, of what j receives, or of the largest flow.
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
            raise OptionError(f"channel {self.name!r}: " + "; ".join(map(str, faults)))

    def _unknown(self) -> Iterator[Wrong]:
        for option, value, choices in (("decay", self.decay, DECAYS), ("normalize", self.normalize, TIE_SCALES)):
            yield from choice_faults(option, value, choices)
        if self.mask is None and self.name not in CHANNELS:
            yield f"name: needed one of {', '.join(CHANNELS)}, or a mask, got {self.name!r}"
        if self.mask is not None and self.name in CHANNELS:
            yield "a mask goes with a name of your own"
        if self.name == "neighbor" and (self.k is None) == (self.radius is None):
            yield "the neighbor channel needs either k or radius"
        if self.name != "neighbor" and not (self.k is None and self.radius is None):
            yield "k and radius go with the neighbor channel"
        if self.max_steps is not None:
            if self.name != "hierarchical":
                yield "max_steps goes with the hierarchical channel"
            yield from number_faults("max_steps", self.max_steps, least=1, whole=True)

    def _out_of_range(self) -> Iterator[Wrong]:
        yield from number_faults("rate", self.rate, least=0.0)
        far = self.half_distance
        if self.decay in {"exponential", "power"} and not (is_number(far) and far > 0):
            yield f"half_distance: needed a number above 0 for decay {self.decay!r}, got {far!r}"
        if self.decay == "steps" and not _rising(self.steps):
            yield f"steps: needed (limit, factor) pairs by rising limit, got {self.steps!r}"
        yield from number_faults("exponent", self.exponent, above=0.0)
        yield from number_faults("tacit_share", self.tacit_share, least=0.0, most=1.0)
        if self.k is not None:
            yield from number_faults("k", self.k, least=1, whole=True)
        if self.radius is not None:
            yield from number_faults("radius", self.radius, least=0.0)

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
