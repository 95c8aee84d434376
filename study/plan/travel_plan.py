"""Declare how people travel between places, a `TravelPlan`: edges of rail, road and air, and what changes cost."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictBool
from pydantic_core import InitErrorDetails

from .fields import Assumed, Name, Part, Reference
from .misfits import Key, misfit
from .years import Year

__all__ = ["TravelPlan", "travel_misfits"]

_Minutes: TypeAlias = Annotated[float, Field(ge=0)]
PairMinutes: TypeAlias = _Minutes | dict[Name, _Minutes] | None
# stands between the two names of a pair
_BETWEEN = " - "


class TravelPlan(Part):
    """The network that costs of travel are found on; see `innoscape.geo.travel_costs`."""

    edges: Reference = Field(description="table of edges: source, target, minutes, perhaps yuan, mode, line, years")
    access: Reference | None = Field(None, description="table of the stations that places use: place, station, minutes")
    directed: StrictBool = Field(default=False, description="whether an edge leads one way only")
    year: Year | None = Field(None, description="the year travelled in; that of the demand when missing")
    transfer: PairMinutes = Assumed("assumptions.transfer", default=None)
    territories: dict[Name, Name] = Field({}, description="customs territory by station")
    border: PairMinutes = Assumed("assumptions.border", default=None)
    value_of_time: Annotated[float, Field(ge=0)] | None = Assumed("assumptions.value_of_time", default=None)
    unit: Literal["minutes", "yuan"] = "minutes"

    @property
    def options(self) -> dict[str, Any]:
        """What `innoscape.geo.travel_costs` takes besides tables and year."""
        return {
            "directed": self.directed,
            "transfer": _by_pair(self.transfer, alone=False),
            "territories": self.territories or None,
            "border": _by_pair(self.border, alone=True),
            "value_of_time": self.value_of_time,
            "unit": self.unit,
        }


def _by_pair(given: PairMinutes, *, alone: bool) -> float | dict[tuple[str, str], float]:
    if not isinstance(given, dict):
        return given or 0.0
    return {_pair(name, alone=alone) or (name, name): minutes for name, minutes in given.items()}


def _pair(name: str, *, alone: bool) -> tuple[str, str] | None:
    """Return the two names of a pair; one alone is a pair with what has no name, where there may be such."""
    parts = [part.strip() for part in name.split(_BETWEEN)]
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1]
    return ("", parts[0]) if alone and len(parts) == 1 else None


def travel_misfits(plan: TravelPlan, at: Key) -> Iterator[InitErrorDetails]:
    """Find pairs that are none, and a unit that lacks the value of time."""
    pairs = (
        ("transfer", "faults.travel.transfer", plan.transfer, False),
        ("border", "faults.travel.border", plan.border, True),
    )
    for key, fault, given, alone in pairs:
        for name in given if isinstance(given, dict) else ():
            if _pair(name, alone=alone) is None:
                yield misfit((*at, key), fault, got=repr(name))
    if plan.unit == "yuan" and plan.value_of_time is None:
        yield misfit((*at, "value_of_time"), "faults.travel.no_value")
    if plan.unit == "minutes" and plan.value_of_time == 0:
        yield misfit((*at, "value_of_time"), "faults.travel.no_minutes")
