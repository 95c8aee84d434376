"""Declare where further centers may open and whom they are to serve, a `SitingPlan`."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import InitErrorDetails

from ...data.errors import Fault, StudyError
from ...data.wording.catalogue import join_texts
from .fields import STUDY_FILE, Assumed, Name, Part, Tier
from .misfits import Key, misfit
from .travel_plan import TravelPlan, travel_misfits
from .variables import OneVariable, Variable, variable_misfits
from .years import Year

__all__ = ["AIMS", "AT", "MOST", "IsochronePlan", "SitingPlan", "siting_faulty", "siting_misfits"]

AT = "siting"
# further centers that are compared where the study does not say
MOST = 5
COVERS = ("max_cover", "set_cover")
# problem -> the number by which sites are the best
AIMS = {"p_median": "mean_cost", "p_center": "max_cost", "max_cover": "share_covered", "set_cover": "share_covered"}


class IsochronePlan(Part):
    """The areas reached from sites; see `innoscape.geo.isochrones`."""

    minutes: list[Annotated[float, Field(gt=0)]] = Field(min_length=1)
    speed: float = Assumed("assumptions.isochrone_speed", gt=0)


class SitingPlan(Part):
    """Where further centers serve demand best; see `innoscape.geo.site_centers`."""

    demand: OneVariable = Field(description="who or what is served: people, firms, patents")
    year: Year | Literal["latest"] = Field("latest", description="the year of the demand")
    places: list[Name] | None = Field(None, description="places served; all that have demand when missing")
    problem: Literal["p_median", "p_center", "max_cover", "set_cover"] = "p_median"
    candidates: list[Name] | None = Field(None, description="where centers may open; every place that can be reached")
    existing: list[Name] | None = Field(None, description="places that are sites already; those of existing_tier")
    existing_tier: Tier | None = Field(None, description="tier whose centers, and those above it, are sites already")
    most: int | None = Field(None, ge=0, description=f"how many further centers are compared, from 0; {MOST}")
    count: int | None = Field(None, ge=1, description="how many of them are shown; the elbow when missing")
    radius: float | None = Field(None, ge=0, description="cost up to which demand counts as covered")
    capacities: OneVariable | None = Field(None, description="largest demand that each site can serve")
    method: Literal["auto", "exact", "heuristic"] = "auto"
    travel: TravelPlan | None = Field(None, description="edges to travel on; else the table of costs, else km")
    isochrones: IsochronePlan | None = None

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place."""
        return [self.demand, *([] if self.capacities is None else [self.capacities])]


def siting_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find what a siting lacks, what does not go together, and what the study does not have."""
    plan = study.siting
    if plan is None:
        return
    at: Key = ("siting",)
    yield from variable_misfits([plan.demand], (*at, "demand"), study)
    if plan.capacities is not None:
        yield from variable_misfits([plan.capacities], (*at, "capacities"), study)
        if plan.method == "heuristic":
            yield misfit((*at, "method"), "faults.siting.heuristic")
    yield from _misfits_of_numbers(plan, at)
    if plan.existing_tier is not None:
        if plan.existing is not None:
            yield misfit((*at, "existing_tier"), "faults.siting.two_rules")
        elif plan.existing_tier not in study.tiers.order:
            known = join_texts(study.tiers.order)
            yield misfit((*at, "existing_tier"), "faults.siting.tier", got=repr(plan.existing_tier), names=known)
    if plan.travel is not None:
        yield from travel_misfits(plan.travel, (*at, "travel"))
    elif plan.isochrones is not None:
        yield misfit((*at, "isochrones"), "faults.siting.no_travel")


def _misfits_of_numbers(plan: SitingPlan, at: Key) -> Iterator[InitErrorDetails]:
    if plan.problem in COVERS and plan.radius is None:
        yield misfit((*at, "radius"), "faults.siting.no_radius", got=plan.problem)
    if plan.problem == "set_cover":
        for key in ("most", "count"):
            if getattr(plan, key) is not None:
                yield misfit((*at, key), "faults.siting.found", got=key)
    elif plan.count is not None and plan.count > (plan.most if plan.most is not None else MOST):
        most = plan.most if plan.most is not None else MOST
        yield misfit((*at, "count"), "faults.siting.beyond_most", got=plan.count, most=most)


def siting_faulty(key: str, column: str = "", **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
    """Return the error of one fault of the section, at one of its keys."""
    at = f"{AT}.{column}" if column else AT
    return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])
