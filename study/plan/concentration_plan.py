"""Declare how unequally values lie over places, a `ConcentrationPlan`: measures, groups, convergence."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field
from pydantic_core import InitErrorDetails

from .fields import Name, Part
from .misfits import Key, misfit
from .variables import AnyVariables, OneVariable, Variable, Variables, variable_misfits

__all__ = ["ConcentrationPlan", "concentration_misfits"]

# as `innoscape.geo.inequality` names them
Measure = Literal[
    "herfindahl", "herfindahl_normalized", "largest_share", "gini", "theil_t", "theil_l", "hoover", "coulter",
    "atkinson", "variation", "entropy", "entropy_relative",
]  # fmt: skip


class ConcentrationPlan(Part):
    """How unequally values lie over places, within and between groups, year by year; see `innoscape.geo.inequality`."""

    variables: Variables = Field(description="what is looked at")
    weight_by: OneVariable | None = Field(None, description="what places count by, such as people")
    groups: Name | None = Field(None, description="tier, or a column of the places, such as part_of")
    measures: list[Measure] = Field(["gini", "theil_t", "variation", "herfindahl"], min_length=1)
    convention: Literal["stata", "r-desctools", "pysal"] | None = Field(
        None, description="program whose measures are wanted"
    )
    decomposition: Literal["theil_t", "theil_l", "gini"] = "theil_t"
    convergence: bool = Field(True, description="whether sigma and beta convergence are estimated over the years")
    controls: AnyVariables = Field([], description="variables of the first year for conditional convergence")
    places: list[Name] | None = Field(None, description="places looked at; all that have a value when missing")
    years: Literal["each", "latest"] = "each"
    epsilon: float = Field(0.5, gt=0, description="aversion to inequality of atkinson")
    level: float = Field(0.95, gt=0, lt=1, description="level of the intervals of convergence")

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place."""
        return [*self.variables, *([] if self.weight_by is None else [self.weight_by]), *self.controls]


def concentration_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find variables that the study does not have, and measures that are named twice."""
    plan = study.concentration
    if plan is None:
        return
    at: Key = ("concentration",)
    yield from variable_misfits(plan.variables, (*at, "variables"), study)
    if plan.weight_by is not None:
        yield from variable_misfits([plan.weight_by], (*at, "weight_by"), study)
    yield from variable_misfits(plan.controls, (*at, "controls"), study)
    for i, measure in enumerate(plan.measures):
        if measure in plan.measures[:i]:
            yield misfit((*at, "measures", i), "faults.variables.twice", got=repr(measure))
