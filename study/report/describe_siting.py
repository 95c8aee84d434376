"""Describe the siting: what is sought, which sites stand, what a way costs, how layouts are compared."""

from collections.abc import Iterator
from typing import Any

from ...data.methods import ChosenMethod, Method, method_of
from ...data.wording.catalogue import plain, text
from ...geo.space.elbow import elbow
from ...geo.space.isochrones import isochrones
from ...geo.space.siting import site_centers
from ...geo.space.travel import travel_costs
from ..plan.schema import Study
from ..plan.siting_plan import SitingPlan
from .lead_networks import Describe

__all__ = ["SITING", "SITING_RULES", "describe_siting"]

_WORKS = {
    "p_median": ("hakimi1964", "teitz1968", "cornuejols1977"),
    "p_center": ("hakimi1964",),
    "max_cover": ("church1974",),
    "set_cover": ("toregas1971",),
}
_GINI = "G = Σ<sub>i</sub> Σ<sub>j</sub> p<sub>i</sub> p<sub>j</sub> |c<sub>i</sub> − c<sub>j</sub>| / 2c̄"
SITING = {
    **{name: Method(method_of(site_centers).formula, works) for name, works in _WORKS.items()},
    "travel": travel_costs,
    "balance": Method(_GINI, ("gini1912",)),
    "elbow": elbow,
    "isochrones": isochrones,
}
# conventions: which sites stand, where others may open, what a way costs without edges
SITING_RULES = {
    name: Method()
    for name in ("given", "tier", "highest", "candidates", "everywhere", "capacities", "kilometers", "table")
}


def describe_siting(plan: SitingPlan, study: Study, describe: Describe) -> list[Any]:
    """Return an entry for each choice of the section on siting."""
    return [*map(describe, _chosen(plan, study))]


def _chosen(plan: SitingPlan, study: Study) -> Iterator[ChosenMethod]:
    def one(name: str, **options: Any) -> ChosenMethod:  # noqa: ANN401 - values of a sentence
        method = method_of(SITING[name])
        # minutes alone need no formula
        bare = name == "travel" and plan.travel is not None and not plan.travel.value_of_time
        return ChosenMethod("siting", name, Method("", method.references) if bare else method, options)

    def rule(name: str, **options: Any) -> ChosenMethod:  # noqa: ANN401 - values of a sentence
        return ChosenMethod("siting_rules", name, SITING_RULES[name], options)

    radius = plain("") if plan.radius is None else plain(f"{plan.radius:g}")
    yield one(plan.problem, problem=plan.problem, radius=radius)
    if plan.existing is not None:
        yield rule("given")
    elif plan.existing_tier is not None:
        yield rule("tier", tier=study.tiers.order.name(plan.existing_tier))
    else:
        yield rule("highest")
    yield rule("everywhere" if plan.candidates is None else "candidates", n=len(plan.candidates or ()))
    if plan.capacities is not None:
        yield rule("capacities", variable=plan.capacities.key)
    travel = plan.travel
    if travel is None:
        yield rule("table" if study.tables.costs else "kilometers")
    else:
        unit = text(f"methods.siting.travel.unit.{travel.unit}")
        valued = travel.value_of_time is not None
        value = text("methods.siting.travel.value", value=f"{travel.value_of_time:g}") if valued else plain("")
        yield one("travel", unit=unit, value=value)
    yield one("balance")
    if plan.problem != "set_cover" and plan.count is None:
        yield one("elbow")
    if plan.isochrones is not None:
        minutes = ", ".join(f"{limit:g}" for limit in plan.isochrones.minutes)
        yield one("isochrones", minutes=minutes, speed=f"{plan.isochrones.speed:g}")
