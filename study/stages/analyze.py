"""Run the analyses that a study asks for, each of which takes a chain and gives tables and layers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..plan.analyses import ANALYSES
from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Tables
from .analyzed import Analyzed
from .build_chain import Chain

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["analyze"]


def analyze(chain: Chain, found: FaultsTogether | None = None) -> Analyzed:
    """Run every analysis of a study.

    Parameters
    ----------
    chain : Chain
    found : FaultsTogether, optional
        Where the faults of a trial are noted: what can fail is tried, nothing is drawn at random.

    Raises
    ------
    StudyError, TableError
        With the faults of all analyses.
    """
    noted = FaultsTogether() if found is None else found
    tables: Tables = {}
    layers: dict[str, gpd.GeoDataFrame] = {}
    for key in ANALYSES:
        plan = getattr(chain.inputs.study, key)
        if plan is None or noted.under(key):
            continue
        with noted.noted():
            one = _stage_of(key)(chain, plan, trial=found is not None)
            tables |= one.tables
            layers |= one.layers
    if found is None:
        noted.done()
    return Analyzed(tables, layers)


def _stage_of(key: str) -> Callable[..., Analyzed]:
    """Return the analysis of a section; those that no section asks for are not loaded."""
    match key:
        case "pattern":
            from .find_pattern import find_pattern as analysis
        case "concentration":
            from .find_concentration import find_concentration as analysis
        case "siting":
            from .site_places import site_places as analysis
        case "regression":
            from .explain_outcome import explain_outcome as analysis
        case "typology":
            from .find_typology import find_typology as analysis
        case _:
            from .audit_sources import audit_sources as analysis
    return analysis
