"""Describe the regressions that were fitted: their models, levels and estimator, effects, tests."""

from collections.abc import Iterator
from typing import Any

from ...data.methods import ChosenMethod, Method
from ...data.vocabulary import name_of
from ...data.wording.catalogue import join_texts
from ..plan.regression_plan import SPACELESS, RegressionPlan
from ..plan.schema import Study
from ..plan.weights_plan import weights_named
from .describe_pattern import described_weights
from .lead_networks import Describe

__all__ = ["REGRESSION", "describe_regression"]

_BOOKS = ("anselin1988", "lesage2009")
_Y, _X = "<i>y</i>", "<i>Xβ</i>"
_LAGGED = "<i>WXθ</i>"
REGRESSION = {
    "ols": Method(f"{_Y} = {_X} + <i>ε</i>", ("anselin1988",)),
    "slx": Method(f"{_Y} = {_X} + {_LAGGED} + <i>ε</i>", ("lesage2009",)),
    "lag": Method(f"{_Y} = <i>ρWy</i> + {_X} + <i>ε</i>", _BOOKS),
    "error": Method(f"{_Y} = {_X} + <i>u</i>, <i>u</i> = <i>λWu</i> + <i>ε</i>", _BOOKS),
    "durbin": Method(f"{_Y} = <i>ρWy</i> + {_X} + {_LAGGED} + <i>ε</i>", _BOOKS),
    "durbin_error": Method(f"{_Y} = {_X} + {_LAGGED} + <i>u</i>, <i>u</i> = <i>λWu</i> + <i>ε</i>", ("lesage2009",)),
    "individual": Method("", ("lee2010", "elhorst2014")),
    "time": Method("", ("lee2010", "elhorst2014")),
    "both": Method("", ("lee2010", "elhorst2014")),
    "ml": Method("", ("anselin1988", "lee2010")),
    "gmm": Method("", ("kelejian1998", "kelejian1999", "kelejian2010")),
    "impacts": Method("(<i>I</i> − <i>ρW</i>)<sup>−1</sup>(<i>βI</i> + <i>θW</i>)", ("lesage2009",)),
    "tests": Method("", ("anselin1996", "florax2003", "elhorst2010")),
    "wald": Method("", ("lesage2009", "elhorst2014")),
    "residuals": Method("", ("cliff1981",)),
    "other_weights": Method("", ("elhorst2014",)),
    "tiers": Method("", ("elhorst2014",)),
}


def describe_regression(plan: RegressionPlan, study: Study, describe: Describe) -> list[Any]:
    """Return an entry for each choice of the section on regression."""
    named = plan.weights or [*weights_named(study)][:1]
    return [*described_weights(named, study, describe), *map(describe, _chosen(plan, named))]


def _chosen(plan: RegressionPlan, weights: list[str]) -> Iterator[ChosenMethod]:
    def one(name: str, **options: Any) -> ChosenMethod:  # noqa: ANN401 - values of a sentence
        return ChosenMethod("regression", name, REGRESSION[name], options)

    yield from (one(model) for model in plan.shown_models)
    if any("tier" in (term.value, term.by) for term in plan.terms):
        yield one("tiers")
    if plan.effects != "none":
        yield one(plan.effects)
    if {*plan.models} - {*SPACELESS}:
        yield one(plan.method)
    level = f"{100 * plan.confidence_level:g}"
    yield one("impacts", draws=plan.draws, seed=plan.seed, level=level)
    yield one("tests", level=f"{100 * (1 - plan.confidence_level):g}")
    if "durbin" in plan.models:
        yield one("wald")
    yield one("residuals")
    if len(weights) > 1:
        yield one("other_weights", model=name_of(plan.models[0], "regression_models"), weights=join_texts(weights[1:]))
