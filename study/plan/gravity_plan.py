"""Declare the gravity model that is fitted to a network, a `GravityPlan`, and find what no plan can fit."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from .fields import Name, Part, listed
from .misfits import Key, misfit

__all__ = ["STRENGTH", "GravityPlan", "gravity_misfits"]

STRENGTH = "strength"
SIDES = ("origin", "destination")


def _indicators(given: object) -> object:
    """Take the name of one indicator as a list of one, and strength, alone or in a list, as that word."""
    names = listed(given)
    return STRENGTH if names == [STRENGTH] else names


GravityMass: TypeAlias = Annotated[
    Literal["strength"] | Annotated[list[Name], Field(min_length=1)], BeforeValidator(_indicators)
]


class GravityPlan(Part):
    """A gravity model of the flows of a network; see `innoscape.network.fit_gravity`."""

    constraint: Literal["none", "production", "attraction", "double"] = Field(
        "double", description="where an effect of each place stands for its mass: nowhere, origins, destinations, both"
    )
    origin_mass: GravityMass | None = Field(None, description="indicators of what is sent, or strength: its sum")
    destination_mass: GravityMass | None = Field(None, description="the same of what is received")
    decay: Literal["power", "exponential", "tanner"] = "power"
    same: list[Literal["scope", "corridor"]] = Field([], description="what both places of a pair may belong to")
    covariance: Literal["robust", "cluster_origin", "cluster_destination", "two_way"] = "robust"
    absent: Literal["zero", "missing"] = Field("zero", description="what a pair without a row is")
    years: Literal["each", "latest"] = "each"
    confidence_level: float = Field(0.95, gt=0, lt=1)
    misfits: int = Field(10, ge=0, description="pairs listed on either side that are farthest from the model")

    @property
    def masses(self) -> dict[str, GravityMass | None]:
        """The mass of either side."""
        return {"origin": self.origin_mass, "destination": self.destination_mass}

    @property
    def effects(self) -> frozenset[str]:
        """The sides on which an effect of each place stands for its mass."""
        sides = {"none": (), "production": ("origin",), "attraction": ("destination",), "double": SIDES}
        return frozenset(sides[self.constraint])


def gravity_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find the gravity models that lack masses, are fitted to estimates, or need a direction that flows have not."""
    for i, network in enumerate(study.networks):
        if network.gravity is None:
            continue
        at: Key = ("networks", i, "gravity")
        if network.estimate is not None:
            yield misfit(at, "faults.gravity.estimated", got=repr(network.name))
        yield from _misfits_of_masses(network.gravity, at, study)
        if not network.directed:
            yield from _misfits_of_pairs(network.gravity, at)
        for k, same in enumerate(network.gravity.same):
            if same in network.gravity.same[:k]:
                yield misfit((*at, "same", k), "faults.gravity.same_twice", got=repr(same))
            elif same == "scope" and not study.index:
                yield misfit((*at, "same", k), "faults.gravity.no_scopes")
            elif same == "corridor" and not study.tables.corridors:
                yield misfit((*at, "same", k), "faults.gravity.no_corridors")


def _misfits_of_masses(plan: GravityPlan, at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    for side, mass in plan.masses.items():
        key = (*at, f"{side}_mass")
        if side in plan.effects and mass is not None:
            yield misfit(key, "faults.gravity.mass_taken", name=key[-1], constraint=plan.constraint)
        elif side not in plan.effects and mass is None:
            yield misfit(key, "faults.gravity.no_mass", name=key[-1], constraint=plan.constraint)
        elif isinstance(mass, list) and not study.tables.indicators:
            yield misfit(key, "faults.gravity.no_indicators")
        elif isinstance(mass, list) and len(set(mass)) < len(mass):
            yield misfit(key, "faults.gravity.mass_twice", got=repr(max(mass, key=mass.count)))


def _misfits_of_pairs(plan: GravityPlan, at: Key) -> Iterator[InitErrorDetails]:
    """Find what sets apart the two ends of flows without a direction."""
    if plan.constraint not in {"none", "double"}:
        yield misfit((*at, "constraint"), "faults.gravity.one_sided", got=repr(plan.constraint))
    elif plan.origin_mass != plan.destination_mass:
        yield misfit((*at, "destination_mass"), "faults.gravity.two_masses")
    if plan.covariance != "robust":
        yield misfit((*at, "covariance"), "faults.gravity.clustered", got=repr(plan.covariance))
