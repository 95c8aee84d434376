"""Define the verbs that change the rates alone, and gather all verbs: one frozen class each, the methods of a scenario.

To add a verb, write its class here, or beside the others that change a table, with a line in `Verbs`, and its words
under ``[verbs.NAME]`` in the catalogues.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Annotated, Any, Concatenate, ParamSpec, Self, TypeAlias, TypeVar

import pandas as pd

from ....data.options import Wrong, check_names
from ....data.wording.catalogue import join_texts, text
from ..model.channel import DECAYS, LIMITS, TIE_SCALES, Channel
from .table_verbs import AddCenter, AddCorridor, RedirectFlow, RemoveCenter, ScaleCost, ScaleFlow, SetTier
from .verb import Center, Centers, Changes, Factor, Inputs, Share, Verb, VerbField

__all__ = ["VERBS", "Verbs"]

ChannelName: TypeAlias = Annotated[str, VerbField("channel")]
Conversion: TypeAlias = Annotated[float, VerbField("number", above=0.0, most=1.0, usual=0.2, assumed=True)]


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

    def _conflicts(self) -> Iterator[Wrong]:
        if not self._changes:
            yield text(
                "faults.calls.verbs.given",
                one=join_texts(one for one in self.fields() if one not in {"channel", "start"}),
            )

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

    def _conflicts(self) -> Iterator[Wrong]:
        if self.to in self.places:
            yield text("faults.calls.verbs.cannot_draw_itself_leave", to=repr(self.to))

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

    waves: Annotated[Sequence[Iterable[Hashable]], VerbField("groups", scope=True)]
    _: KW_ONLY
    factor: Factor
    every: Annotated[float, VerbField("number", least=0.0, unit="years", usual=2.0, assumed=True)]

    def parts(self) -> tuple[Verb, ...]:
        return tuple(
            ScaleReceptivity(wave, factor=self.factor, start=self.start + i * self.every)
            for i, wave in enumerate(self.waves)
        )


@dataclass(frozen=True)
class AddExternal(Verb):
    """Add to the rate at which some places, or all, adopt from outside, as openness and easier entry do.

    - A rate of 0 changes nothing.
    """

    places: Centers | None = None
    _: KW_ONLY
    rate: Annotated[float, VerbField("number", least=0.0, usual=0.01, assumed=True)]

    def change(self, inputs: Inputs) -> Changes:
        external = inputs["external"].copy()
        external.loc[list(external.index if self.places is None else self.places)] += self.rate
        return {"external": external}


@dataclass(frozen=True)
class ScalePeople(Verb):
    """Multiply the flows of people into some places, and with them what they bring along.

    - A factor of 1 changes nothing.
    """

    places: Centers
    _: KW_ONLY
    factor: Factor

    def change(self, inputs: Inputs) -> Changes:
        everyone, given = list(inputs["centers"]["place"]), inputs["people"]
        known = pd.DataFrame(1.0, index=everyone, columns=everyone) if given is None else given.astype(float)
        people = known.reindex(index=everyone, columns=everyone).fillna(1.0)
        people.loc[:, list(self.places)] *= self.factor
        return {"people": people}


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


VERBS: Mapping[str, type[Verb]] = MappingProxyType(
    {verb.verb: verb for verb in Verb.__subclasses__() if verb.__module__.startswith(f"{__package__}.")}
)

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
    remove_center = _step(RemoveCenter)
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
    add_external = _step(AddExternal)
    scale_people = _step(ScalePeople)
    seed = _step(Seed)
