"""Define the verbs of scenarios, one frozen class each: what it names, its numbers and its effect on a model's inputs.

To add a verb, write its class here with a line in `Verbs`, and its words under ``[verbs.NAME]`` in the catalogues.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from inspect import Parameter, signature
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import Annotated, Any, Concatenate, ParamSpec, Self, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import check_names
from ..model.channel import DECAYS, LIMITS, TIE_SCALES, Channel
from .verb import Changes, Inputs, Verb, VerbField

__all__ = ["VERBS", "Verbs"]

Center: TypeAlias = Annotated[Hashable, VerbField("place")]
Centers: TypeAlias = Annotated[Iterable[Hashable], VerbField("places")]
Line: TypeAlias = Annotated[Sequence[Hashable], VerbField("places", count=2, distinct=True)]
Tier: TypeAlias = Annotated[str, VerbField("tier", assumed=True)]
ChannelName: TypeAlias = Annotated[str, VerbField("channel")]
Share: TypeAlias = Annotated[float, VerbField("number", least=0.0, most=1.0, usual=0.2, assumed=True)]
Factor: TypeAlias = Annotated[float, VerbField("number", above=0.0, usual=1.2, assumed=True)]
Multiple: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=1.2, assumed=True)]
Cheaper: TypeAlias = Annotated[float, VerbField("number", above=0.0, usual=0.5, assumed=True)]
Conversion: TypeAlias = Annotated[float, VerbField("number", above=0.0, most=1.0, usual=0.2, assumed=True)]
Receptivity: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=1.0, assumed=True, per_tier=True)]


@dataclass(frozen=True)
class AddCenter(Verb):
    """Add a center on a tier; the costs must already hold its row and column.

    - Without a receptivity it takes knowledge up as readily as others do: 1.
    - Before its start it stands among the centers, without rates.
    """

    place: Annotated[Hashable, VerbField("place", among="new")]
    _: KW_ONLY
    tier: Tier
    receptivity: Receptivity | None = None

    def change(self, inputs: Inputs) -> Changes:
        centers = inputs["centers"]
        tier = pd.Categorical([self.tier], dtype=centers["tier"].dtype)
        row = pd.DataFrame({"place": [self.place], "tier": tier})
        accept = inputs["receptivity"].copy()
        accept.loc[self.place] = 1.0 if self.receptivity is None else self.receptivity
        return {"centers": pd.concat([centers[["place", "tier"]], row], ignore_index=True), "receptivity": accept}


@dataclass(frozen=True)
class SetTier(Verb):
    """Move a center to another tier, and give it another receptivity unless that is None.

    - The tier where it stands already changes nothing.
    """

    place: Center
    _: KW_ONLY
    tier: Tier
    receptivity: Receptivity | None = None

    def change(self, inputs: Inputs) -> Changes:
        centers, accept = inputs["centers"].copy(), inputs["receptivity"].copy()
        centers.loc[centers["place"] == self.place, "tier"] = self.tier
        if self.receptivity is not None:
            accept.loc[self.place] = self.receptivity
        return {"centers": centers, "receptivity": accept}


@dataclass(frozen=True)
class ScaleCost(Verb):
    """Multiply the costs between the given places, as a corridor does (0.5 halves travel).

    - A factor of 1 changes nothing.
    """

    needs = ("costs",)
    places: Annotated[Iterable[Hashable], VerbField("places", count=2)]
    _: KW_ONLY
    factor: Cheaper

    def change(self, inputs: Inputs) -> Changes:
        costs = inputs["costs"].astype(float)
        costs.loc[list(self.places), list(self.places)] *= self.factor
        return {"costs": costs}


@dataclass(frozen=True)
class AddCorridor(Verb):
    """Open a corridor through places in line order: a leg costs ``factor`` of what it did, and legs add up.

    - No way becomes longer, so a factor of 1 or more changes nothing where direct ways are the shortest.
    """

    needs = ("costs",)
    places: Line
    _: KW_ONLY
    factor: Cheaper

    def change(self, inputs: Inputs) -> Changes:
        costs, places = inputs["costs"].astype(float), list(self.places)
        old = costs.loc[places, places].to_numpy() * self.factor
        for step in (1, -1):
            # a leg may cost more in one direction than in the other
            order = list(range(len(places)))[::step]
            along = np.concatenate([[0.0], np.cumsum([old[a, b] for a, b in pairwise(order)])])
            for (i, here), (j, there) in combinations(enumerate(places[k] for k in order), 2):
                costs.loc[here, there] = min(costs.loc[here, there], along[j] - along[i])
        return {"costs": costs}


@dataclass(frozen=True)
class SetChannel(Verb):
    """Change options of a channel, such as its rate or half-distance; those left out stay.

    - A rate of 0 closes the channel.
    - What it has already changes nothing.
    """

    channel: ChannelName
    _: KW_ONLY
    rate: Annotated[float, VerbField("number", **LIMITS["rate"], usual=0.05, assumed=True)] | None = None
    half_distance: (
        Annotated[float, VerbField("number", **LIMITS["half_distance"], usual=500.0, assumed=True)] | None
    ) = None
    tacit_share: Annotated[float, VerbField("number", **LIMITS["tacit_share"], usual=1.0, assumed=True)] | None = None
    decay: Annotated[str, VerbField("choice", choices=tuple(DECAYS))] | None = None
    exponent: Annotated[float, VerbField("number", **LIMITS["exponent"], usual=1.0)] | None = None
    normalize: Annotated[str, VerbField("choice", choices=tuple(TIE_SCALES))] | None = None
    k: Annotated[int, VerbField("number", **LIMITS["k"], usual=2)] | None = None
    radius: Annotated[float, VerbField("number", **LIMITS["radius"], usual=500.0, assumed=True)] | None = None
    max_steps: Annotated[int, VerbField("number", **LIMITS["max_steps"], usual=1, assumed=True)] | None = None
    steps: tuple[tuple[float, float], ...] | None = None
    mask: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    @property
    def _changes(self) -> dict[str, Any]:
        given = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in {"channel", "start"}}
        return {name: value for name, value in given.items() if value is not None}

    def _conflicts(self) -> Iterator[str]:
        if not self._changes:
            yield f"at least one of {', '.join(one for one in self.fields() if one not in {'channel', 'start'})}"

    def change(self, inputs: Inputs) -> Changes:
        return _channels(inputs, self.channel, lambda channel: replace(channel, **self._changes))


@dataclass(frozen=True)
class ScaleChannel(Verb):
    """Multiply the rate of a channel.

    - A factor of 1 changes nothing.
    """

    channel: ChannelName
    _: KW_ONLY
    factor: Factor

    def change(self, inputs: Inputs) -> Changes:
        return _channels(inputs, self.channel, lambda channel: replace(channel, rate=channel.rate * self.factor))


@dataclass(frozen=True)
class RedirectFlow(Verb):
    """Change the share of what ``source`` sends that goes to ``within``; what it sends in total stays the same.

    - The share it has already changes nothing.
    - Shares of 0 and 1 empty one side; a side without any flow cannot be filled.
    """

    needs = ("flows",)
    source: Annotated[Hashable, VerbField("place", among="flows")]
    _: KW_ONLY
    within: Annotated[Iterable[Hashable], VerbField("places", among="flows", scope=True)]
    share: Share

    def change(self, inputs: Inputs) -> Changes:
        flows, source, share = inputs["flows"], self.source, self.share
        sent = (flows["source"] == source) & (flows["target"] != source)
        inside = sent & flows["target"].isin(list(self.within))
        outside = sent & ~inside
        value = flows["value"].astype(float)
        kept, left = (float(np.sort(value[rows].to_numpy()).sum()) for rows in (inside, outside))
        if (share > 0 and kept == 0) or (share < 1 and left == 0):
            which = "into" if kept == 0 else "out of"
            raise OptionError(
                f"{source!r} has no flow {which} the group given, so its share cannot be set to {share:g}"
            )
        total = kept + left
        value = value.mask(inside, value * (share * total / kept if kept else 0.0))
        value = value.mask(outside, value * ((1 - share) * total / left if left else 0.0))
        return {"flows": flows.assign(value=value)}


@dataclass(frozen=True)
class ScaleFlow(Verb):
    """Multiply the flows from some places to some places (all places when left out).

    - Without sources and targets every flow is multiplied.
    - A factor of 1 changes nothing; 0 cuts the links.
    """

    needs = ("flows",)
    _: KW_ONLY
    sources: Annotated[Iterable[Hashable], VerbField("places", among="flows")] | None = None
    targets: Annotated[Iterable[Hashable], VerbField("places", among="flows")] | None = None
    factor: Multiple

    def change(self, inputs: Inputs) -> Changes:
        flows = inputs["flows"]
        chosen = pd.Series(True, index=flows.index)
        for column, places in (("source", self.sources), ("target", self.targets)):
            if places is not None:
                chosen &= flows[column].isin(list(places))
        if not chosen.any():
            raise OptionError("no flow runs between the places given")
        value = flows["value"].astype(float)
        return {"flows": flows.assign(value=value.mask(chosen, value * self.factor))}


@dataclass(frozen=True)
class Siphon(Verb):
    """Let a center draw off a share of what flows to other places, and of their receptivity.

    - Of what the center itself sends to them, that share stays at home.
    - A share of 0 changes nothing, a share of 1 leaves them nothing.
    - Without flows it draws off receptivity alone.
    """

    to: Center
    _: KW_ONLY
    places: Centers
    share: Share

    def _conflicts(self) -> Iterator[str]:
        if self.to in self.places:
            yield f"{self.to!r} cannot draw from itself; leave it out of places"

    def change(self, inputs: Inputs) -> Changes:
        accept, flows = inputs["receptivity"].copy(), inputs["flows"]
        accept.loc[list(self.places)] *= 1.0 - self.share
        if flows is None:
            return {"receptivity": accept}
        drawn = flows["target"].isin(list(self.places))
        moved = flows[drawn].assign(target=self.to, value=flows.loc[drawn, "value"] * self.share)
        kept = flows.assign(value=flows["value"].astype(float).mask(drawn, flows["value"] * (1.0 - self.share)))
        both = pd.concat([kept, moved[moved["source"] != self.to]], ignore_index=True)
        both = both.sort_values(["source", "target", "value"], kind="stable", ignore_index=True)
        return {"receptivity": accept, "flows": both}


@dataclass(frozen=True)
class ScaleReceptivity(Verb):
    """Multiply the incoming rates of some places, or of all.

    - A factor of 1 changes nothing.
    """

    places: Centers | None = None
    _: KW_ONLY
    factor: Factor

    def change(self, inputs: Inputs) -> Changes:
        accept = inputs["receptivity"].copy()
        accept.loc[list(accept.index if self.places is None else self.places)] *= self.factor
        return {"receptivity": accept}


@dataclass(frozen=True)
class RaiseConversion(Verb):
    """Raise the share of what arrives that is taken up, from ``before`` to ``after`` (a conversion rate).

    - It multiplies receptivity by after / before; equal rates change nothing.
    """

    places: Centers | None = None
    _: KW_ONLY
    before: Conversion
    after: Conversion

    def parts(self) -> tuple[Verb, ...]:
        return (ScaleReceptivity(self.places, factor=self.after / self.before, start=self.start),)


@dataclass(frozen=True)
class PhaseIn(Verb):
    """Roll a policy out in waves: each wave's receptivity is multiplied, one wave after the other.

    - With 0 years between waves all begin at once.
    """

    waves: Annotated[Sequence[Iterable[Hashable]], VerbField("groups")]
    _: KW_ONLY
    factor: Factor
    every: Annotated[float, VerbField("number", least=0.0, unit="years", usual=2.0, assumed=True)]

    def parts(self) -> tuple[Verb, ...]:
        return tuple(
            ScaleReceptivity(wave, factor=self.factor, start=self.start + i * self.every)
            for i, wave in enumerate(self.waves)
        )


@dataclass(frozen=True)
class Seed(Verb):
    """Let places adopt at a time, as seeds do.

    - A place that has adopted before stays an adopter since then.
    """

    places: Centers

    @property
    def planted(self) -> Sequence[Hashable]:
        return tuple(self.places)


def _channels(inputs: Inputs, name: str, change: Callable[[Channel], Channel]) -> Changes:
    return {"channels": tuple(change(c) if c.name == name else c for c in inputs["channels"])}


VERBS: Mapping[str, type[Verb]] = MappingProxyType({verb.verb: verb for verb in Verb.__subclasses__()})

_S = TypeVar("_S", bound="Verbs")
_P = ParamSpec("_P")


def _step(verb: Callable[_P, Verb]) -> Callable[Concatenate[_S, _P], _S]:
    """Return the method of a scenario that appends a verb, with the options of its class."""
    form = signature(verb)
    known, named = [*form.parameters], getattr(verb, "verb")  # noqa: B009 - a class, as far as its form matters

    def append(self: _S, *args: _P.args, **options: _P.kwargs) -> _S:
        check_names(named, [*options], known)
        return self.append(verb(*args, **options))

    append.__doc__ = verb.__doc__
    first = Parameter("self", Parameter.POSITIONAL_ONLY)
    append.__signature__ = form.replace(parameters=[first, *form.parameters.values()])  # type: ignore[attr-defined]
    return append


@dataclass(frozen=True)
class Verbs:
    """A named sequence of interventions, with every verb as a method that returns a longer one."""

    name: str
    interventions: tuple[Verb, ...] = ()

    def append(self, verb: Verb) -> Self:
        """Add one more intervention behind the others, as the method of its verb does."""
        return replace(self, interventions=(*self.interventions, verb))

    add_center = _step(AddCenter)
    set_tier = _step(SetTier)
    scale_cost = _step(ScaleCost)
    add_corridor = _step(AddCorridor)
    set_channel = _step(SetChannel)
    scale_channel = _step(ScaleChannel)
    redirect_flow = _step(RedirectFlow)
    scale_flow = _step(ScaleFlow)
    siphon = _step(Siphon)
    scale_receptivity = _step(ScaleReceptivity)
    raise_conversion = _step(RaiseConversion)
    phase_in = _step(PhaseIn)
    seed = _step(Seed)
