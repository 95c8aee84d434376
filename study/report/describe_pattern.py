"""Describe the patterns that were sought: who is whose neighbor, the statistics, the center and the spread."""

from collections.abc import Iterator
from typing import Any

from ...data.conventions import as_followed, convention_words
from ...data.methods import ChosenMethod, Method, method_of
from ...data.vocabulary import name_of
from ...data.wording.catalogue import LANGUAGES, Text, join_texts, look_up, text
from ...geo.pattern.autocorrelation import autocorrelation
from ...geo.pattern.build_weights import spatial_weights
from ...geo.pattern.deviational_ellipse import deviational_ellipse
from ...geo.pattern.kernel_density import kernel_density
from ...geo.pattern.local_autocorrelation import local_autocorrelation
from ..plan.pattern_plan import PatternPlan
from ..plan.schema import Study
from ..plan.weights_plan import METHOD_KEYS, weights_named
from .lead_networks import Describe

__all__ = ["PATTERN", "WEIGHTS", "describe_pattern", "described_weights"]

PATTERN = {
    "autocorrelation": autocorrelation,
    "local_autocorrelation": local_autocorrelation,
    "deviational_ellipse": deviational_ellipse,
    "kernel_density": kernel_density,
    "convention": Method("", ("anselin1995",)),
}
WEIGHTS = {method: method_of(spatial_weights) for method in METHOD_KEYS}


def describe_pattern(plan: PatternPlan, study: Study, describe: Describe) -> list[Any]:
    """Return an entry for each choice of the section on patterns."""
    named = plan.weights or [*weights_named(study)][:1]
    return [*described_weights(named, study, describe), *map(describe, _chosen(plan))]


def described_weights(names: list[str], study: Study, describe: Describe) -> Iterator[Any]:
    """Give an entry for each of some weights of a study."""
    for name in names:
        plan = weights_named(study)[name]
        options = {key: _said(f"methods.weights.{plan.method}.{key}", value) for key, value in plan.options.items()}
        if plan.of is not None:
            options["of"] = plan.of.key
        yield describe(ChosenMethod("weights", plan.method, Method("", WEIGHTS[plan.method].references), options))


def _said(key: str, value: Any) -> Any:  # noqa: ANN401 - the value of an option, of any type
    """Put a number into the words that the catalogues have for one that is given."""
    named = "none" if value is None else str(value)
    if look_up(LANGUAGES[0], f"{key}.given") is None or look_up(LANGUAGES[0], f"{key}.{named}") is not None:
        return value
    return text(f"{key}.given", value=f"{value:g}")


def _sides(plan: PatternPlan) -> dict[str, list[str]]:
    """Return the statistics by the side that is tested."""
    found: dict[str, list[str]] = {}
    for statistic in plan.statistics:
        followed: dict[str, Any] = {}
        if plan.convention is not None:
            followed = as_followed("autocorrelation", plan.convention, {"statistic": statistic}, {})
        found.setdefault(followed.get("alternative", "two-sided"), []).append(statistic)
    return found


def _chosen(plan: PatternPlan) -> Iterator[ChosenMethod]:
    def one(name: str, **options: Any) -> ChosenMethod:  # noqa: ANN401 - values of a sentence
        return ChosenMethod("pattern", name, method_of(PATTERN[name]), options)

    for side, tested in _sides(plan).items():
        statistics = join_texts(name_of(statistic, "statistics") for statistic in tested)
        said: Text = text(f"methods.pattern.autocorrelation.side.{side}")
        yield one("autocorrelation", statistics=statistics, side=said, permutations=plan.permutations, seed=plan.seed)
    correction: Text = text(f"methods.pattern.local_autocorrelation.correction.{plan.correction}")
    local = name_of(plan.local, "statistics")
    yield one("local_autocorrelation", local=local, correction=correction, level=f"{100 * plan.level:g}")
    if plan.convention is not None:
        asked = [("autocorrelation", statistic) for statistic in plan.statistics]
        asked.append(("local_autocorrelation", plan.local))
        words = [convention_words(plan.convention, name, statistic=statistic) for name, statistic in asked]
        yield one("convention", convention=plan.convention, options=", ".join(dict.fromkeys(words)))
    # weight has what adds up alone
    weighs = any(variable.additive for variable in plan.variables)
    if plan.ellipse is not None and weighs:
        yield one(
            "deviational_ellipse", convention=text(f"methods.pattern.deviational_ellipse.convention.{plan.ellipse}")
        )
    if plan.density is not None and weighs:
        bandwidth = (
            text(f"methods.pattern.kernel_density.bandwidth.{plan.density}")
            if isinstance(plan.density, str)
            else f"{plan.density:g} km"
        )
        yield one("kernel_density", bandwidth=bandwidth)
