"""Declare which patterns are sought in space, a `PatternPlan`: clusters of like values, and how they spread out."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from ...data.wording.catalogue import join_texts
from .fields import Name, Part, choice_error, listed
from .misfits import Key, misfit
from .variables import Variable, Variables, variable_misfits
from .weights_plan import unknown_weights

__all__ = ["PatternPlan", "pattern_misfits"]

_Conventions: TypeAlias = Literal["none", "sqrt2", "sqrt2_n2", "sqrt2_w2", "arcgis", "crimestat", "r-aspace"]


def _convention(given: object) -> object:
    # "none" names a convention
    if given is False or given is None:
        return None
    if given not in get_args(_Conventions):
        raise choice_error([*get_args(_Conventions), "false"])
    return given


_Convention: TypeAlias = Annotated[_Conventions | None, BeforeValidator(_convention)]


class PatternPlan(Part):
    """Where like values lie near each other, and how far values are spread; see `innoscape.geo.autocorrelation`."""

    variables: Variables = Field(description="what is looked at")
    weights: Annotated[list[Name], BeforeValidator(listed)] = Field(
        [], description="names of weights; the first draws clusters, all are compared"
    )
    places: list[Name] | None = Field(None, description="places looked at; all that have a value when missing")
    years: Literal["each", "latest"] = "each"
    statistics: list[Literal["moran", "geary", "getis_ord"]] = Field(["moran"], min_length=1)
    local: Literal["moran", "geary", "getis_ord", "getis_ord_star"] = "moran"
    correction: Literal["none", "fdr", "bonferroni"] = Field("fdr", description="of p for testing every place")
    level: float = Field(0.05, gt=0, lt=1, description="adjusted p up to which a place belongs to a cluster")
    convention: Literal["geoda", "arcgis", "r-spdep", "esda"] | None = Field(
        None, description="program whose statistics and p-values are wanted"
    )
    permutations: int = Field(999, ge=99)
    seed: int = Field(0, ge=0)
    ellipse: _Convention = Field("sqrt2", description="convention of the deviational ellipse; false for no ellipse")
    density: Literal["silverman", "scott"] | Annotated[float, Field(gt=0)] | None = Field(
        None, description="bandwidth of the density surface: a rule, or km"
    )

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place."""
        return self.variables


def pattern_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find variables and weights of the patterns that the study does not have."""
    plan = study.pattern
    if plan is None:
        return
    at: Key = ("pattern",)
    yield from variable_misfits(plan.variables, (*at, "variables"), study)
    if not any(variable.additive for variable in plan.variables):
        for key in sorted({"ellipse", "density"} & plan.model_fields_set):
            if getattr(plan, key) is not None:
                got = join_texts(variable.key for variable in plan.variables)
                yield misfit((*at, key), "faults.pattern.no_sum", got=got, name=key)
    yield from unknown_weights(plan.weights, (*at, "weights"), study)
