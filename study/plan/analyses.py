"""Know the analyses that a study may ask for, each a section of the study file, and the tables that each gives."""

from collections.abc import Mapping

__all__ = ["ANALYSES", "ANALYSIS_TABLES"]

# in the order of the report
ANALYSIS_TABLES: Mapping[str, tuple[str, ...]] = {
    "pattern": ("autocorrelation", "clusters", "ellipses"),
    "concentration": ("inequality", "inequality_parts", "lorenz", "convergence_trends", "convergence"),
    "siting": ("siting_layouts", "siting", "siting_assignment", "isochrones"),
    "regression": (
        "regression",
        "regression_impacts",
        "regression_tests",
        "regression_fit",
        "regression_residuals",
    ),
    "typology": ("typology", "typology_criteria", "typology_firsts", "typology_ranks"),
    "audit": ("audit", "audit_verdicts"),
}
ANALYSES = tuple(ANALYSIS_TABLES)
