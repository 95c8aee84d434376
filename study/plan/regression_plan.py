"""Declare what explains an outcome of places and of their neighbors, a `RegressionPlan`."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from .fields import Name, Part, listed
from .misfits import Key, misfit
from .variables import OneVariable, Variable, variable_misfits
from .weights_plan import unknown_weights
from .years import Year

__all__ = ["LAGGED", "MODELS", "SPACELESS", "TIER", "Model", "RegressionPlan", "Term", "regression_misfits"]

TIER = "tier"
Model = Literal["ols", "slx", "lag", "error", "durbin", "durbin_error"]
# in the order in which tables show them
MODELS: tuple[Model, ...] = ("ols", "slx", "lag", "error", "durbin", "durbin_error")
# those with terms of the neighbors
LAGGED: tuple[Model, ...] = ("slx", "durbin", "durbin_error")
# least squares, whichever method estimates the others
SPACELESS: tuple[Model, ...] = ("ols", "slx")


class Term(Variable):
    """A variable that may explain the outcome, the tier of the place (``tier``), or both together.

    Attributes
    ----------
    by : str or None
        ``"tier"`` where its slope differs by tier; ``"rd:tier"`` says the same.
    """

    by: Literal["tier"] | None = None

    @property
    def plain(self) -> str:
        """The variable alone."""
        return super().key

    @property
    def key(self) -> str:
        """Its name in tables of results."""
        return self.plain if self.by is None else f"{self.plain}:{self.by}"

    @property
    def sources(self) -> tuple[str, ...]:
        """What it is made of, besides the tier."""
        return () if self.value == TIER else super().sources


def _terms(given: object) -> object:
    return [_term(one) for one in (given if isinstance(given, list) else [given])]


def _term(given: object) -> object:
    if not isinstance(given, str):
        return given
    value, point, by = given.rpartition(":")
    return {"value": value, "by": TIER} if point and by == TIER else {"value": given}


Terms: TypeAlias = Annotated[list[Term], Field(min_length=1), BeforeValidator(_terms)]


class RegressionPlan(Part):
    """What goes with the outcome, in the place itself and in its neighbors; see `innoscape.geo.spatial_regression`."""

    outcome: OneVariable = Field(description="what is explained")
    terms: Terms = Field(description="what explains it; tier, and a:tier for a slope of each tier")
    models: Annotated[list[Model], Field(min_length=1), BeforeValidator(listed)] = Field(
        ["durbin", "ols", "lag", "error"], description="models that are fitted; the first is the main one"
    )
    effects: Literal["none", "individual", "time", "both"] = Field(
        "none", description="levels of places, of years, of both, in a panel"
    )
    method: Literal["ml", "gmm"] = "ml"
    weights: Annotated[list[Name], BeforeValidator(listed)] = Field(
        [], description="names of weights; the main model is fitted again under all but the first"
    )
    places: list[Name] | None = Field(None, description="places looked at; all that have an outcome when missing")
    years: Literal["each", "latest"] | Annotated[list[Year], Field(min_length=1)] = Field(
        "each", description="several years make a panel"
    )
    gaps: Literal["refuse", "leave_out_places", "leave_out_years"] = Field(
        "refuse", description="what becomes of places, or of years, in which some value is missing"
    )
    confidence_level: float = Field(0.95, gt=0, lt=1, description="of intervals; tests go by what is left to 1")
    draws: int = Field(1000, ge=100, description="draws of which intervals of effects are quantiles")
    seed: int = Field(0, ge=0)

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place."""
        return [self.outcome, *self.own_terms]

    @property
    def own_terms(self) -> list[Term]:
        """The terms that are variables alone."""
        return [term for term in self.terms if term.by is None and term.value != TIER]

    @property
    def shown_models(self) -> list[Model]:
        """The models in the order of tables."""
        return [model for model in MODELS if model in self.models]


def regression_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find variables and weights that the study does not have, terms that say nothing new, and keys without effect."""
    plan = study.regression
    if plan is None:
        return
    at: Key = ("regression",)
    yield from variable_misfits([plan.outcome], (*at, "outcome"), study)
    yield from variable_misfits(plan.terms, (*at, "terms"), study)
    yield from unknown_weights(plan.weights, (*at, "weights"), study)
    yield from _strange_terms(plan)
    for name in ("models", "weights", "years"):
        given = getattr(plan, name)
        if isinstance(given, list):
            twice = dict.fromkeys(repr(one) for n, one in enumerate(given) if one in given[:n])
            yield from (misfit((*at, name), "faults.regression.twice", got=one) for one in twice)
    if plan.effects != "none" and (plan.years == "latest" or (isinstance(plan.years, list) and len(plan.years) == 1)):
        yield misfit((*at, "effects"), "faults.regression.one_year", got=plan.effects)
    if plan.method == "gmm" and {*plan.models} <= {*SPACELESS}:
        yield misfit((*at, "method"), "faults.regression.method")


def _strange_terms(plan: RegressionPlan) -> Iterator[InitErrorDetails]:
    several = len(plan.terms) > 1
    for i, term in enumerate(plan.terms):
        key: Key = ("regression", "terms", i) if several else ("regression", "terms")
        if term.value == TIER and (term.by or term.per or term.log):
            yield misfit(key, "faults.regression.tier_alone")
        elif term.plain == plan.outcome.key:
            yield misfit(key, "faults.regression.outcome", got=repr(term.key))
        elif term.by and term.plain not in [one.key for one in plan.terms]:
            yield misfit(key, "faults.regression.no_own", got=repr(term.key), name=term.plain)
    if plan.outcome.value == TIER:
        yield misfit(("regression", "outcome"), "faults.regression.tier_outcome")
