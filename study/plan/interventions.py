"""Declare the interventions that scenarios of a study are made of, one class a verb."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from .fields import Assumed, ChannelName, Name, Part, Tier

__all__ = ["AddCenter", "Intervention", "SetTier"]


class _Dated(Part):
    start: float = Field(0.0, ge=0, description="years")


class RedirectFlow(_Dated):
    """Raise the share of what a place sends that stays in a group."""

    verb: Literal["redirect_flow"]
    source: Name
    within: list[Name] | Name = Field(description="a scope, or the places of the group")
    share: float = Assumed("assumptions.redirect_flow_share", ge=0, le=1)


class ScaleCost(_Dated):
    """Change the costs between some places."""

    verb: Literal["scale_cost"]
    places: list[Name] = Field(min_length=2)
    factor: float = Assumed("assumptions.scale_cost_factor", gt=0)


class AddCenter(_Dated):
    """Add a center."""

    verb: Literal["add_center"]
    place: Name
    tier: Tier = Assumed("assumptions.add_center_tier")
    receptivity: float | None = Assumed("assumptions.center_receptivity", default=None, ge=0)


class SetTier(_Dated):
    """Move a center to another tier."""

    verb: Literal["set_tier"]
    place: Name
    tier: Tier = Assumed("assumptions.set_tier_tier")
    receptivity: float | None = Assumed("assumptions.center_receptivity", default=None, ge=0)


class ScaleFlow(_Dated):
    """Change the flows between some places."""

    verb: Literal["scale_flow"]
    sources: list[Name] | None = None
    targets: list[Name] | None = None
    factor: float = Assumed("assumptions.scale_flow_factor", gt=0)


class AddCorridor(_Dated):
    """Open a corridor through places in line order."""

    verb: Literal["add_corridor"]
    places: list[Name] = Field(min_length=2)
    factor: float = Assumed("assumptions.add_corridor_factor", gt=0)


class ScaleReceptivity(_Dated):
    """Change how readily places take knowledge up."""

    verb: Literal["scale_receptivity"]
    places: list[Name] | None = Field(None, description="all centers when missing")
    factor: float = Assumed("assumptions.scale_receptivity_factor", gt=0)


class RaiseConversion(_Dated):
    """Raise the share of what arrives that is taken up."""

    verb: Literal["raise_conversion"]
    places: list[Name] | None = Field(None, description="all centers when missing")
    before: float = Assumed("assumptions.raise_conversion_before", gt=0, le=1)
    after: float = Assumed("assumptions.raise_conversion_after", gt=0, le=1)


class PhaseIn(_Dated):
    """Roll a policy out in waves."""

    verb: Literal["phase_in"]
    waves: list[list[Name]] = Field(min_length=1)
    factor: float = Assumed("assumptions.phase_in_factor", gt=0)
    every: float = Assumed("assumptions.phase_in_every", ge=0)


class SetChannel(_Dated):
    """Change how a channel carries knowledge."""

    verb: Literal["set_channel"]
    channel: ChannelName
    rate: float | None = Assumed("assumptions.rate", default=None, ge=0)
    half_distance: float | None = Assumed("assumptions.half_distance", default=None, gt=0)
    tacit_share: float | None = Assumed("assumptions.tacit_share", default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _some_change(self) -> "SetChannel":
        if self.rate is None and self.half_distance is None and self.tacit_share is None:
            msg = "at least one of rate, half_distance, tacit_share"
            raise ValueError(msg)
        return self


class ScaleChannel(_Dated):
    """Change the rate of a channel."""

    verb: Literal["scale_channel"]
    channel: ChannelName
    factor: float = Assumed("assumptions.scale_channel_factor", gt=0)


class Siphon(_Dated):
    """Let a center draw off flows and receptivity of others."""

    verb: Literal["siphon"]
    to: Name
    places: list[Name] = Field(min_length=1)
    share: float = Assumed("assumptions.siphon_share", ge=0, le=1)


class PlantSeed(_Dated):
    """Let places adopt at a date."""

    verb: Literal["seed"]
    places: list[Name] = Field(min_length=1)


Intervention: TypeAlias = Annotated[
    RedirectFlow
    | ScaleFlow
    | ScaleCost
    | AddCorridor
    | AddCenter
    | SetTier
    | ScaleReceptivity
    | RaiseConversion
    | PhaseIn
    | SetChannel
    | ScaleChannel
    | Siphon
    | PlantSeed,
    Field(discriminator="verb"),
]
