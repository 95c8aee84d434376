"""Show every analysis of a study that ran, each by its own view and in its own words on methods."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pandas as pd

from ..facts.rows import Pair
from ..plan.analyses import ANALYSES, ANALYSIS_TABLES
from ..plan.schema import Study
from ..wording.phrases import Words
from .analysis_views import AnalysisBlock, Look, View
from .audit_view import audit_view
from .concentration_view import concentration_view
from .describe_audit import describe_audit
from .describe_concentration import describe_concentration
from .describe_pattern import describe_pattern
from .describe_regression import describe_regression
from .describe_siting import describe_siting
from .describe_typology import describe_typology
from .lead_networks import Describe
from .pattern_view import pattern_view
from .regression_view import regression_view
from .siting_view import siting_view
from .typology_view import typology_view

__all__ = ["describe_analyses", "show_analyses"]

_VIEWS: Mapping[str, View] = {
    "pattern": pattern_view,
    "concentration": concentration_view,
    "siting": siting_view,
    "regression": regression_view,
    "typology": typology_view,
    "audit": audit_view,
}
_DESCRIBED: Mapping[str, Callable[[Any, Study, Describe], list[Any]]] = {
    "pattern": describe_pattern,
    "concentration": describe_concentration,
    "siting": describe_siting,
    "regression": describe_regression,
    "typology": describe_typology,
    "audit": describe_audit,
}


class _Results(Protocol):
    @property
    def study(self) -> Study: ...
    @property
    def shown(self) -> Mapping[str, pd.DataFrame]: ...


def show_analyses(results: _Results, indicators: Mapping[str, Pair], words: Words) -> dict[str, list[AnalysisBlock]]:
    """Return the blocks of each analysis that found something."""
    look = Look(results.study, results.shown, words, indicators)
    found = {key: _VIEWS[key](look) for key in ANALYSES if getattr(results.study, key) is not None}
    return {key: blocks for key, blocks in found.items() if blocks}


def describe_analyses(study: Study, tables: Mapping[str, pd.DataFrame], describe: Describe) -> dict[str, list[Any]]:
    """Return the entries of the section on methods, of each analysis whose tables are there."""
    return {
        key: _DESCRIBED[key](plan, study, describe)
        for key in ANALYSES
        if (plan := getattr(study, key)) is not None and any(name in tables for name in ANALYSIS_TABLES[key])
    }
