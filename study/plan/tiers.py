"""Declare the tiers of a study, how scores become tiers, and find every tier that is none of them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from ...data import TierScale
from ...data.tier_scale import FOUR_TIERS, scale_faults
from ...geo.tiers.breaks import HEAD_SHARE, TIER_METHODS, TIER_OPTIONS, Interpolation, TierMethodName
from .fields import Name, Part, Reference, Slug, choice_error
from .misfits import misfit

__all__ = ["FlowTiers", "PublishedTiers", "TierSource", "Tiers", "strange_tiers"]

TierSource: TypeAlias = Literal["given", "scores", "flows"]


class TierOfScale(Part):
    """One tier of a study's own scale."""

    key: Name
    name_en: str = ""
    name_zh: str = ""
    color: str = Field("", description="#rrggbb")
    mark: str = ""


class PublishedTiers(Part):
    """A table that says which tier places were published on."""

    table: Reference
    place: Name | Annotated[list[Name], Field(min_length=1)] = Field(
        "place", description="columns of places; a cell may hold several, joined by semicolons"
    )
    tier: Name = "tier"

    @property
    def place_columns(self) -> list[str]:
        """The columns that hold places."""
        return self.place if isinstance(self.place, list) else [self.place]


class FlowTiers(Part):
    """How the flows of a network become tiers; see `innoscape.geo.flow_tiers`."""

    network: Slug
    by: Literal["strength", "dominant_flows", "core"] = "strength"


class Tiers(Part):
    """The tiers of the study, and how scores become tiers."""

    scale: list[TierOfScale] = Field([], description="two to seven tiers, highest first; the four of the sources")
    method: TierMethodName = "natural_breaks"
    counts: list[int] | None = None
    thresholds: list[float] | None = None
    k: int = Field(4, ge=1, description="number of classes; that of the tiers when missing")
    head_share: float = Field(
        HEAD_SHARE, gt=0, le=1, description="largest share of a head, for head_tail; 1 parts whatever the share"
    )
    multiples: list[float] = Field([-1.0, 0.0, 1.0], description="of the standard deviation, for standard_deviations")
    hinge: float = Field(1.5, ge=0, description="interquartile ranges to the fences, for box_plot")
    interpolation: Interpolation = Field("linear", description="between values, for quantiles")
    published: PublishedTiers | None = None
    flows: FlowTiers | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_class_for_each_tier(cls, given: object) -> object:
        if isinstance(given, dict):
            _check_used(given)
        if isinstance(given, dict) and isinstance(given.get("scale"), list) and given["scale"] and "k" not in given:
            return {**given, "k": len(given["scale"])}
        return given

    @model_validator(mode="after")
    def _scale_works(self) -> "Tiers":
        found = scale_faults(self._entries) if self.scale else []
        if found:
            faults = [misfit(("scale", *f.at), "faults.study.scale", needed=f.needed, got=f.got) for f in found]
            raise ValidationError.from_exception_data("tiers", faults)
        order = self.order
        chosen = TIER_METHODS[self.method]
        # what is lacking is said where places are put on tiers
        given = {name: getattr(self, name) or () for name in TIER_OPTIONS}
        asked = chosen.classes(given)
        if asked > len(order):
            key = next(iter(chosen.options))
            fault = misfit((key,), "faults.study.classes", tiers=len(order), classes=asked, option=key)
            raise ValidationError.from_exception_data("tiers", [fault])
        return self

    @property
    def options(self) -> dict[str, Any]:
        """The method and its options, as `innoscape.geo.assign_tiers` takes them."""
        return {"method": self.method, **{name: getattr(self, name) for name in TIER_METHODS[self.method].options}}

    @cached_property
    def order(self) -> TierScale:
        """The tiers, highest first."""
        if not self.scale:
            return FOUR_TIERS
        return TierScale.of(*self._entries)

    @property
    def _entries(self) -> list[dict[str, Any]]:
        return [tier.model_dump(exclude_defaults=True) for tier in self.scale]


def _check_used(given: dict[str, Any]) -> None:
    """Refuse options that the method does not use, unless they say what holds without them."""
    method = given.get("method", "natural_breaks")
    chosen = next((one for name, one in TIER_METHODS.items() if name == method), None)
    if chosen is None:
        return
    scale, plain = given.get("scale"), dict(TIER_OPTIONS)
    plain["k"] = len(scale) if isinstance(scale, list) and scale else plain["k"]
    faults = [
        misfit(
            (name,),
            "faults.study.tier_option",
            method=method,
            users=", ".join(other for other, one in TIER_METHODS.items() if name in one.options),
        )
        for name, default in plain.items()
        if name not in chosen.options
        and given.get(name) not in (None, default, list(default) if isinstance(default, tuple) else default)
    ]
    if faults:
        raise ValidationError.from_exception_data("tiers", faults)


def strange_tiers(study: BaseModel, scale: TierScale) -> list[InitErrorDetails]:
    """Return an error for every tier of a study, by its place in the file, that is not in the scale."""
    return [
        InitErrorDetails(type=choice_error(scale), loc=loc, input=tier)
        for loc, tier in _tiers_of(study, ())
        if tier not in scale
    ]


def _tiers_of(part: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401
    """Walk through a study and give every tier with its place."""
    if isinstance(part, list):
        for i, item in enumerate(part):
            yield from _tiers_of(item, (*loc, i))
    if not isinstance(part, BaseModel) or isinstance(part, Tiers):
        return
    for name in type(part).model_fields:
        value, at = getattr(part, name), (*loc, name)
        if name == "tier" and value is not None:
            yield at, value
        elif name in {"receptivity", "tier_weights"} and isinstance(value, dict):
            yield from (((*at, tier), tier) for tier in value)
        elif name == "assumed_tiers" and isinstance(value, dict):
            yield from (((*at, place), tier) for place, tier in value.items())
        else:
            yield from _tiers_of(value, at)
