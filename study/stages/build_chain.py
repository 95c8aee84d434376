"""Build the chain of a study from its inputs: scores, observed networks, tiers and layers, all networks.

Every link takes what the links before it computed, so that a changed table changes everything that follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...geo import Scores
from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Inputs, Tables
from ..plan.partial import Held, Partial
from .connect import connect_centers, observed_networks
from .networks import Networks
from .place import Layers, place_centers
from .score_places import check_cells, of_year, score_again, score_places, scored_year

__all__ = ["Chain", "build_chain"]


@dataclass(frozen=True, eq=False)
class Chain(Partial):
    """What a study computes before anything is varied, measured, simulated or drawn.

    What has faults that were noted is lacking: who asks for it stops without a fault of its own.

    Attributes
    ----------
    inputs : Inputs
    tables : dict
        From `score_places`.
    layers : Layers
    networks : Networks
    observed : Networks
        Those of them that rest on no tier.
    index_year : int or None
        The year shown of scores over several years: it places the centers and gives them their mass.
    found_scores : dict
        What `score_places` found under each recipe.
    """

    inputs: Inputs
    tables: Tables
    layers: Layers
    networks: Networks
    observed: Networks
    index_year: int | None = None
    found_scores: Mapping[str, Scores] = field(default_factory=dict)

    @cached_property
    def shown_scores(self) -> Tables:
        """The tables of scores as of the year shown: one row a place."""
        return Held(of_year(self.tables, self.index_year))


def build_chain(inputs: Inputs, *, like: Chain | None = None, found: FaultsTogether | None = None) -> Chain:
    """Score the places, put them on tiers and connect them.

    Parameters
    ----------
    inputs : Inputs
    like : Chain, optional
        A chain of the same study, of which the links are kept that the same tables lead to. Where scores follow from
        other tables, they do under the first recipe alone.
    found : FaultsTogether, optional
        Where faults are noted; what they concern is lacking in the chain. They are raised when missing.

    Raises
    ------
    StudyError, TableError, OptionError, GeometryError
        If a link cannot be built; with the faults of scores and observed networks together.
    """
    noted = FaultsTogether() if found is None else found
    tables: Tables = Held()
    scores: Mapping[str, Scores] = {}
    observed = Networks()
    # what could not be scored before is not scored with a change
    if like is not None and ("scores" not in like.tables or inputs.indicators is like.inputs.indicators):
        tables, scores = like.tables, like.found_scores
    elif not noted.under("index"):
        with noted.noted():
            tables, scores = score_places(inputs) if like is None else score_again(inputs)
            tables = Held(tables)
    elif not noted.under("index", but="index.units"):
        # a unit that is no place does not hide what the tables lack of the others
        with noted.noted():
            check_cells(inputs)
    observed = observed_networks(inputs, noted, like=None if like is None else like.observed)
    if found is None:
        noted.done()
    shown: Tables
    if like is not None and tables is like.tables:
        year, shown = like.index_year, like.shown_scores
    else:
        year = scored_year(inputs) if "scores" in tables and "year" in tables["scores"] else None
        shown = Held(of_year(tables, year))
    lacking: Any = None
    chain = Chain(inputs, tables, lacking, lacking, observed, year, scores).without("layers", "networks")
    if not noted.under("centers", "tiers.scale", "tiers.published", "tiers.flows"):
        with noted.noted():
            layers = place_centers(inputs, shown, observed, like=None if like is None else like.layers)
            chain = chain.having(layers=layers)
            known = None if like is None else like.networks
            networks = connect_centers(inputs, shown, layers.centers, observed, noted, like=known)
            chain = chain.having(networks=networks)
    if found is None:
        noted.done()
    return chain
