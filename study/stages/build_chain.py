"""Build the chain of a study from its inputs: scores, observed networks, tiers and layers, all networks.

Every link takes what the links before it computed, so that a changed table changes everything that follows from it.
"""

from dataclasses import dataclass

from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Inputs, Tables
from .connect import connect_centers, observed_networks
from .networks import Networks
from .place import Layers, place_centers
from .score_places import score_places

__all__ = ["Chain", "build_chain"]


@dataclass(frozen=True, eq=False)
class Chain:
    """What a study computes before anything is varied, measured, simulated or drawn.

    Attributes
    ----------
    inputs : Inputs
    tables : dict
        From `score_places`.
    layers : Layers
    networks : Networks
    """

    inputs: Inputs
    tables: Tables
    layers: Layers
    networks: Networks


def build_chain(inputs: Inputs) -> Chain:
    """Score the places, put them on tiers and connect them.

    Raises
    ------
    StudyError, TableError, OptionError, GeometryError
        If a link cannot be built; with the faults of scores and observed networks together.
    """
    found = FaultsTogether()
    tables: Tables = {}
    observed = Networks()
    with found.noted():
        tables = score_places(inputs)
    with found.noted():
        observed = observed_networks(inputs)
    found.done()
    layers = place_centers(inputs, tables, observed)
    return Chain(inputs, tables, layers, connect_centers(inputs, tables, layers.centers, observed))
