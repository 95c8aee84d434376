"""Declare how knowledge spreads between the centers: channels, their numbers, and what is fitted."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ...data import OptionError, Text
from ...network import CHANNELS, Channel
from ...network.diffusion.model.channel import LIMITS
from .diffusion_fit import DiffusionFit
from .fields import Assumed, Name, Part, Reference, Slug, Tier, bounds, choice_error
from .interventions import fields_of
from .misfits import misfit

__all__ = ["Diffusion", "DiffusionChannel", "channel_misfits"]


# the channel that follows flows
TIE = "tie"


class DiffusionChannel(Part):
    """A channel of diffusion; see `innoscape.network.Channel`."""

    name: Slug
    title: str = Field("", description="name of a channel of the study's own, in the report")
    title_zh: str = ""
    pairs: Reference | None = Field(
        None, description="pairs that a channel of the study's own acts on: source, target, value, or a matrix"
    )
    rate: float = Assumed("assumptions.rate", **bounds(LIMITS["rate"]))
    decay: Literal["exponential", "power", "steps", "none"] = "exponential"
    half_distance: float | None = Assumed("assumptions.half_distance", default=None, **bounds(LIMITS["half_distance"]))
    exponent: float = Field(1.0, **bounds(LIMITS["exponent"]))
    tacit_share: float = Assumed("assumptions.tacit_share", default=1.0, **bounds(LIMITS["tacit_share"]))
    normalize: Literal["none", "origin", "destination", "maximum"] = "none"
    k: int | None = Field(None, **bounds(LIMITS["k"]))
    radius: float | None = Assumed("assumptions.radius", default=None, **bounds(LIMITS["radius"]))
    max_steps: int | None = Assumed("assumptions.max_steps", default=None, **bounds(LIMITS["max_steps"]))
    steps: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        [], description="[limit, factor] by rising cost, for decay steps"
    )

    @model_validator(mode="after")
    def _works(self) -> "DiffusionChannel":
        if self.pairs is None and self.name not in CHANNELS:
            fault = InitErrorDetails(type=choice_error(CHANNELS), loc=("name",), input=self.name)
            raise ValidationError.from_exception_data("channel", [fault])
        try:
            Channel(**self.options)
        except OptionError as error:
            raise PydanticCustomError("option", "{error}", {"error": error.said}) from None
        return self

    @property
    def options(self) -> dict[str, Any]:
        """The options of the channel of the model; a channel of the study's own acts on every pair."""
        own = {"pairs", "title", "title_zh"}
        every = {} if self.pairs is None else {"mask": pd.DataFrame(dtype=float)}
        return {**self.model_dump(exclude=own), "steps": tuple(map(tuple, self.steps)), **every}

    @property
    def model(self) -> Channel:
        """The channel of the model, without the pairs that a table holds."""
        return Channel(**self.options)


class Diffusion(Part):
    """How knowledge spreads between the centers."""

    seeds: list[Name] = Field(min_length=1)
    horizon: float = Field(20.0, ge=0.01, description="years")
    runs: int = Field(1000, ge=2)
    seed: int = Field(0, ge=0, description="seed of the noise")
    tie_network: Slug | None = None
    channels: list[DiffusionChannel] = Field(min_length=1)
    external: float = Assumed("assumptions.external", default=0.0, ge=0)
    receptivity: dict[Tier, Annotated[float, Field(ge=0)]] = Assumed("assumptions.receptivity", default={})
    negligible: float = Field(
        0.01, ge=0, le=1, description="share of the baseline's value below which a difference counts as none"
    )
    fit: DiffusionFit | None = None

    @property
    def channel_titles(self) -> dict[str, Text]:
        """The titles of the study's own channels, by name."""
        own = [channel for channel in self.channels if channel.pairs]
        return {c.name: Text.of(en=c.title or c.name, zh=c.title_zh or c.title) for c in own}


def channel_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find channels that stand twice, and interventions that name a channel which the study lacks."""
    if study.diffusion is None:
        return
    names = [channel.name for channel in study.diffusion.channels]
    for i, name in enumerate(names):
        if name in names[:i]:
            yield misfit(("diffusion", "channels", i, "name"), "faults.study.name_twice", got=repr(name))
    if study.diffusion.tie_network is None and any(c.name == TIE and c.pairs is None for c in study.diffusion.channels):
        yield misfit(("diffusion", "tie_network"), "faults.study.no_tie_network")
    for i, scenario in enumerate(study.scenarios):
        for key, step in scenario.located():
            at = ("scenarios", i, *key, step.verb)
            for field, one in fields_of(step):
                named = getattr(step, field)
                if one.kind == "channel" and named not in names:
                    yield InitErrorDetails(type=choice_error(names), loc=(*at, field), input=named)
