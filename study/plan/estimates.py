"""Declare how the flows of a network are estimated, and find what in an estimate does not fit together.

Outgoing and incoming totals of places come from tables of margins, or from masses that are shared among centers; all
else (costs, decay, known cells, zeros, flows within places, the rest of the world) is the same for both.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictBool, model_validator
from pydantic_core import InitErrorDetails

from .fields import Assumed, Name, Part, Reference, Slug, Tier, needed_error
from .misfits import Key, misfit

__all__ = ["Estimate", "FitTo", "Known", "Masses", "Weights", "misfits_of_estimates"]

Weights: TypeAlias = dict[Name, Annotated[float, Field(gt=0)]]


class Known(Part):
    """A flow that the estimate must honor: a number, or a flow of another network."""

    source: Name
    target: Name
    value: float | None = Field(None, ge=0)
    network: Slug | None = Field(None, description="the network that holds the flow, instead of value")
    year: int | None = Field(None, description="the year it belongs to; all years when missing")
    spread_over: list[Name] | Literal["others"] | None = Field(
        None, description="places that the target stands for; the target itself when missing"
    )

    @model_validator(mode="after")
    def _one_value(self) -> "Known":
        if (self.value is None) == (self.network is None):
            raise needed_error("faults.needed.known_value")
        return self


class Masses(Part):
    """Indicators whose shares say how much places send and receive; a weight each."""

    places: list[Name] = Field(
        [], description="places whose indicators are shared among the centers inside; the scored ones when missing"
    )
    outgoing: Weights = Assumed("assumptions.masses_outgoing", min_length=1)
    incoming: Weights = Assumed("assumptions.masses_incoming", min_length=1)


class FitTo(Part):
    """Flows that the decay is fitted to."""

    network: Slug


class Estimate(Part):
    """Estimate flows from totals and distance."""

    outgoing: Reference | None = Field(None, description="table of what each place sends: place, value, year")
    incoming: Reference | None = Field(None, description="table of what each place receives: place, value, year")
    masses: Masses | None = Field(None, description="indicators in place of the scores that masses are else taken from")
    tier_weights: dict[Tier, Annotated[float, Field(gt=0)]] = Assumed("assumptions.tier_weights", default={})
    center_weights: dict[Name, Annotated[float, Field(ge=0)]] = Assumed("assumptions.center_weights", default={})
    outgoing_weights: dict[Name, Annotated[float, Field(ge=0)]] = Assumed("assumptions.outgoing_weights", default={})
    incoming_weights: dict[Name, Annotated[float, Field(ge=0)]] = Assumed("assumptions.incoming_weights", default={})
    known: Reference | list[Known] = Field([], description="flows that must hold; with masses they set the unit")
    zeros: Reference | list[Annotated[list[Name], Field(min_length=2, max_length=2)]] = Field(
        [], description="pairs (source, target) between which nothing flows"
    )
    within: StrictBool | Annotated[float, Field(ge=0, le=1)] | Reference = Field(
        default=False, description="flows within places: a table, a share of what is sent, or true: left to the decay"
    )
    rest_of_world: StrictBool | Annotated[float, Field(gt=0)] | Name = Field(
        default=False, description="true: it takes the difference of the margins; the total of all flows, or its row"
    )
    rest_within: StrictBool = Field(
        default=False, description="whether flows inside the rest of the world are part of the total of all flows"
    )
    aggregate_cost: Annotated[float, Field(gt=0)] | dict[Name, Annotated[float, Field(gt=0)]] | None = Assumed(
        "assumptions.aggregate_cost", default=None
    )
    balance: Literal["raise", "scale_in", "scale_out"] = Field(
        "raise", description="what is done where more is sent than received, or less"
    )
    decay: Literal["power", "exponential", "tanner", "none"] = "power"
    exponent: Annotated[float, Field(ge=0)] | Literal["fitted"] | None = Assumed("assumptions.exponent", default=1.0)
    rate: Annotated[float, Field(ge=0)] | Literal["fitted"] | None = Assumed("assumptions.decay_rate", default=None)
    fit_to: FitTo | None = Field(None, description="what is fitted to; the known flows when missing")
    fallback: float | None = Assumed("assumptions.fallback", default=None, ge=0)
    unit: str | None = None
    year: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_exponent_of_other_decays(cls, given: object) -> object:
        """Assume an exponent only where the decay has one."""
        if isinstance(given, dict) and "exponent" not in given and given.get("decay") in {"exponential", "none"}:
            return {**given, "exponent": None}
        return given

    @property
    def from_margins(self) -> bool:
        """Whether totals are read from tables; otherwise they are masses, which rest on tiers."""
        return self.outgoing is not None

    @property
    def fits(self) -> tuple[str, ...]:
        """The parameters of the decay that are fitted."""
        return tuple(name for name in ("exponent", "rate") if getattr(self, name) == "fitted")

    @property
    def known_list(self) -> list[Known]:
        """The known flows of the study file itself."""
        return self.known if isinstance(self.known, list) else []


def misfits_of_estimates(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study that is not yet whole
    """Find the estimates whose parts do not fit one another or need what the study does not give."""
    for i, network in enumerate(study.networks):
        if network.estimate is not None:
            at = ("networks", i, "estimate")
            yield from _misfits_of_margins(network.estimate, at, study)
            yield from _misfits_of_decay(network.estimate, at, study)


def _misfits_of_margins(estimate: Estimate, at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    if estimate.from_margins != (estimate.incoming is not None):
        given, lacking = ("outgoing", "incoming") if estimate.from_margins else ("incoming", "outgoing")
        yield misfit((*at, lacking), "faults.estimate.one_margin", given=given, name=lacking)
    elif estimate.from_margins:
        for key in ("masses", "tier_weights", "center_weights", "outgoing_weights", "incoming_weights"):
            if getattr(estimate, key):
                yield misfit((*at, key), "faults.estimate.two_origins", name=key)
    else:
        yield from _misfits_of_masses(estimate, at, study)
    if estimate.rest_of_world and estimate.balance != "raise":
        yield misfit((*at, "balance"), "faults.estimate.two_balances", got=repr(estimate.balance))
    if estimate.rest_within and not estimate.rest_of_world:
        yield misfit((*at, "rest_within"), "faults.estimate.no_rest")


def _misfits_of_masses(estimate: Estimate, at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    if not estimate.known:
        yield misfit((*at, "known"), "faults.estimate.no_unit")
    if not estimate.tier_weights:
        yield misfit((*at, "tier_weights"), "faults.estimate.no_weights")
    if estimate.masses is None and not study.index:
        yield misfit(at, "faults.study.no_masses")
    if estimate.masses is not None and not study.tables.indicators:
        yield misfit((*at, "masses"), "faults.estimate.no_indicators")
    if isinstance(estimate.rest_of_world, str):
        yield misfit((*at, "rest_of_world"), "faults.estimate.no_row", got=repr(estimate.rest_of_world))
    if isinstance(estimate.within, str):
        yield misfit((*at, "within"), "faults.estimate.no_within", got=repr(estimate.within))


def _misfits_of_decay(estimate: Estimate, at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    shaped = {"power": ("exponent",), "exponential": ("rate",), "tanner": ("exponent", "rate")}.get(estimate.decay, ())
    if "rate" in shaped and not estimate.rate:
        yield misfit((*at, "rate"), "faults.estimate.no_rate", decay=estimate.decay)
    for name in estimate.fits:
        if name not in shaped:
            yield misfit((*at, name), "faults.estimate.not_of_decay", name=name, decay=estimate.decay)
    if estimate.decay == "tanner" and len(estimate.fits) == 1:
        yield misfit((*at, estimate.fits[0]), "faults.estimate.both_fitted")
    if estimate.fit_to is not None and not estimate.fits:
        yield misfit((*at, "fit_to"), "faults.estimate.nothing_fitted")
    if estimate.fallback is not None and len(estimate.fits) != 1:
        yield misfit((*at, "fallback"), "faults.estimate.no_use_of_fallback")
    if estimate.fits and estimate.fit_to is None and not estimate.known:
        yield misfit((*at, estimate.fits[0]), "faults.estimate.nothing_to_fit")
    networks = {network.name: network for network in study.networks}
    fitted_to = networks.get(estimate.fit_to.network) if estimate.fit_to else None
    if fitted_to is not None and fitted_to.flows is None:
        yield misfit((*at, "fit_to", "network"), "faults.estimate.fit_to_estimate", got=repr(fitted_to.name))
