"""Declare by which indicators and criteria centers are classed as driven by supply or demand, a `TypologyPlan`."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field
from pydantic_core import InitErrorDetails

from .fields import Name, Part, Reference
from .misfits import Key, misfit
from .variables import Variable

__all__ = ["TypologyPlan", "typology_misfits"]

# as `innoscape.geo.TYPOLOGY_CRITERIA` names them
TypologyCriterion = Literal["firsts", "not_last", "mean_rank", "level"]


class TypologyPlan(Part):
    """Whether science or industry is ahead at each place; see `innoscape.geo.typology`."""

    framework: Reference | None = Field(None, description="indicators with groups; that of the study when missing")
    ranks: Reference | None = Field(None, description="place, indicator, rank; from values when missing")
    values: Reference | None = Field(None, description="values of the indicators; those of the study when missing")
    only: Name | None = Field(None, description="which framework, where the table of that name holds several")
    science: Name = Field("science", description="first-level group that stands for supply")
    industry: Name = Field("industry", description="first-level group that stands for demand")
    criteria: list[TypologyCriterion] | None = Field(None, min_length=1, description="all that the tables allow")
    margin: float = Field(0.0, ge=0, le=1, description="lead up to which a place is undecided")
    places: list[Name] | None = Field(None, description="places compared; all of the tables when missing")

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place: nothing, as it reads indicators by their framework."""
        return []

    @property
    def takes_indicators(self) -> bool:
        """Whether values are those of the indicators of the study."""
        return self.values is None and self.ranks is None


def typology_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find tables that are lacking, and criteria and groups that are named twice or need what is not given."""
    plan = study.typology
    if plan is None:
        return
    at: Key = ("typology",)
    if plan.framework is None and not study.tables.framework:
        yield misfit((*at, "framework"), "faults.typology.no_framework")
    if plan.takes_indicators and not study.tables.indicators:
        yield misfit((*at, "values"), "faults.typology.no_values")
    if plan.only is not None and plan.framework is None:
        yield misfit((*at, "only"), "faults.typology.only_alone", got=repr(plan.only))
    if plan.science == plan.industry:
        yield misfit((*at, "industry"), "faults.typology.one_group", got=repr(plan.industry))
    criteria = plan.criteria or []
    if "level" in criteria and plan.values is None and not plan.takes_indicators:
        yield misfit((*at, "criteria", criteria.index("level")), "faults.typology.no_levels")
    for i, criterion in enumerate(criteria):
        if criterion in criteria[:i]:
            yield misfit((*at, "criteria", i), "faults.variables.twice", got=repr(criterion))
