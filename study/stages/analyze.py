"""Run the analyses that a study asks for, each of which takes a chain and gives tables and layers."""

from collections.abc import Callable, Mapping

import geopandas as gpd

from ..plan.analyses import ANALYSES
from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Tables
from .analyzed import Analyzed
from .audit_sources import audit_sources
from .build_chain import Chain
from .explain_outcome import explain_outcome
from .find_concentration import find_concentration
from .find_pattern import find_pattern
from .find_typology import find_typology
from .site_places import site_places

__all__ = ["analyze"]

_STAGES: Mapping[str, Callable[..., Analyzed]] = {
    "pattern": find_pattern,
    "concentration": find_concentration,
    "siting": site_places,
    "regression": explain_outcome,
    "typology": find_typology,
    "audit": audit_sources,
}


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
            one = _STAGES[key](chain, plan, trial=found is not None)
            tables |= one.tables
            layers |= one.layers
    if found is None:
        noted.done()
    return Analyzed(tables, layers)
