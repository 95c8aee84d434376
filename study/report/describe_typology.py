"""Describe the typology: how far ahead places are in science and industry, by each criterion."""

from typing import Any

from ...data.methods import ChosenMethod, method_of
from ...data.vocabulary import name_of
from ...data.wording.catalogue import join_texts
from ...geo.profiles.typology import TYPOLOGY_CRITERIA, typology
from ..plan.schema import Study
from ..plan.typology_plan import TypologyPlan
from .lead_networks import Describe

__all__ = ["TYPOLOGY", "describe_typology"]

TYPOLOGY = {"lead": typology}


def describe_typology(plan: TypologyPlan, _study: Study, describe: Describe) -> list[Any]:
    """Return the entry on the criteria and the margin that were used."""
    leveled = plan.values is not None or plan.takes_indicators
    names = plan.criteria or [name for name in TYPOLOGY_CRITERIA if leveled or name != "level"]
    criteria = join_texts([name_of(name, "typology_criteria") for name in names], by="list.semicolon")
    options = {"criteria": criteria, "margin": f"{plan.margin:g}"}
    return [describe(ChosenMethod("typology", "lead", method_of(typology), options))]
