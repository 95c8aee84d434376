"""Gather what the rates of diffusion between the centers of a chain are made of, the numbers of channels apart."""

from typing import Any

import pandas as pd

from ...data import Fault, StudyError
from ...data.flow_ends import flow_ends
from ...network.diffusion.model.hazard_rates import rests_on_costs
from ..plan.schema import STUDY_FILE
from .build_chain import Chain
from .costs import cost_matrix
from .spread_numbers import assumed_numbers, receptivity_of

__all__ = ["rate_inputs", "ties_of"]


def rate_inputs(chain: Chain) -> dict[str, Any]:
    """Return ``centers``, ``costs``, ``flows`` and ``receptivity``, as `innoscape.network.hazard_rates` takes them.

    Distances are left out where no channel, now or in a scenario, depends on them.

    Raises
    ------
    StudyError
        If the flows of the tie network run between none of the centers.
    OptionError
        If the table of costs lacks a pair of centers.
    """
    centers = pd.DataFrame(chain.layers.centers[["place", "tier"]])
    return {
        "centers": centers,
        "costs": cost_matrix(chain.inputs, centers["place"]) if _costs_matter(chain) else None,
        "flows": ties_of(chain),
        "receptivity": receptivity_of(chain),
    }


def _costs_matter(chain: Chain) -> bool:
    inputs, study = chain.inputs, chain.inputs.study
    if inputs.costs is not None or inputs.costs_open or inputs.edits_of("costs"):
        return True
    steps = (step for scenario in study.scenarios for step in scenario.steps)
    # a scenario may let a channel weaken with distance
    given = any(getattr(step, "decay", None) not in {None, "none"} for step in steps)
    return given or any(map(rests_on_costs, assumed_numbers(chain).channels))


def ties_of(chain: Chain) -> pd.DataFrame | None:
    """Return the flows that ties follow, in both directions where they have none."""
    options, networks = chain.inputs.study.diffusion, chain.networks
    name = None if options is None else options.tie_network
    if name is None:
        return None
    flows = networks.flows[name][["source", "target", "value"]]
    ends = sorted(flow_ends(flows))
    if not {*chain.layers.centers["place"].tolist()} & {*ends}:
        names = [*ends[:5], *(["..."] if len(ends) > 5 else [])]
        raise StudyError([Fault.of("faults.study.ties", STUDY_FILE, column="diffusion.tie_network", names=names)])
    if networks.shown(name).directed:
        return flows
    return pd.concat([flows, flows.rename(columns={"source": "target", "target": "source"})], ignore_index=True)
