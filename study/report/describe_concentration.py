"""Describe how concentration was measured: each measure, its parts, convergence."""

from typing import Any

from ...data.conventions import convention_words
from ...data.methods import ChosenMethod, Method, method_of
from ...data.vocabulary import name_of
from ...geo.pattern.convergence import convergence
from ...geo.pattern.decompose_inequality import decompose_inequality
from ...geo.pattern.inequality import lorenz
from ...geo.pattern.inequality_measures import MEASURES
from ..plan.concentration_plan import ConcentrationPlan
from ..plan.schema import Study
from .lead_networks import Describe

__all__ = ["CONCENTRATION", "INEQUALITY", "describe_concentration"]

INEQUALITY = {name: measure.compute for name, measure in MEASURES.items()}
CONCENTRATION = {
    "lorenz": lorenz,
    "decompose_inequality": decompose_inequality,
    "convergence": convergence,
    "convention": Method("", ("gini1912",)),
}


def describe_concentration(plan: ConcentrationPlan, _study: Study, describe: Describe) -> list[Any]:
    """Return an entry for each measure of concentration, its decomposition and convergence."""
    options = {"epsilon": f"{plan.epsilon:g}"}
    chosen = [ChosenMethod("inequality", name, method_of(INEQUALITY[name]), options) for name in plan.measures]
    if plan.convention is not None:
        words = {"convention": plan.convention, "options": convention_words(plan.convention, "inequality")}
        chosen.append(ChosenMethod("concentration", "convention", CONCENTRATION["convention"], words))
    values = {
        "lorenz": {"by": "places" if plan.weight_by is None else plan.weight_by.key},
        "decompose_inequality": {"measure": name_of(plan.decomposition, "inequality_measures"), "groups": plan.groups},
        "convergence": {"level": f"{100 * plan.level:g}"},
    }
    ran = ["lorenz", *(["decompose_inequality"] if plan.groups else []), *(["convergence"] if plan.convergence else [])]
    chosen += [ChosenMethod("concentration", name, method_of(CONCENTRATION[name]), values[name]) for name in ran]
    return [*map(describe, chosen)]
