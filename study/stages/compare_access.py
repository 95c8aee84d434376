"""Compare access to sites before and after what scenarios change of costs, such as a line that opens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data import InfeasibleError
from ...data.contracts.results import result_tables
from ..plan.misfits import RESERVED
from ..plan.siting_plan import SitingPlan
from .build_chain import Chain
from .scenarios import cost_edits
from .siting_inputs import SitingInputs, siting_costs

__all__ = ["changed_costs", "compare_access"]

_BALANCE = ("mean_cost", "max_cost", "gini", "share_served", "share_covered")


def changed_costs(chain: Chain, plan: SitingPlan, given: SitingInputs) -> dict[str, pd.DataFrame]:
    """Return the costs of a siting under each scenario that changes costs, all its changes made.

    Raises
    ------
    StudyError
        If a change does not fit.
    """
    found = {}
    for position, scenario in enumerate(chain.inputs.study.scenarios, 1):
        if edits := cost_edits(scenario, position, chain):
            inputs = chain.inputs.having(edits=tuple(edits))
            found[scenario.name] = siting_costs(inputs, plan, list(given.costs.index), given.year)
    return found


def compare_access(
    given: SitingInputs, plan: SitingPlan, layouts: Mapping[int, Sequence[str]], changed: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return access to the sites of some layouts as it is and under each scenario; the sites stay the same.

    Parameters
    ----------
    given : SitingInputs
    plan : SitingPlan
    layouts : mapping
        Number of further centers -> sites.
    changed : mapping
        Scenario -> costs.
    """
    rows = []
    for added, sites in layouts.items():
        for name, costs in ({RESERVED[0]: given.costs} | dict(changed)).items():
            about = {"scenario": name, "added": added, "unit": given.unit}
            rows.append(about | _balance(given, plan, list(sites), costs))
    return pd.DataFrame(rows).reindex(columns=list(result_tables()["siting_access"].fixed))


def _balance(given: SitingInputs, plan: SitingPlan, sites: list[str], costs: pd.DataFrame) -> dict[str, Any]:
    from ...geo import site_centers

    room = None if given.capacities is None else given.capacities.loc[sites]
    try:
        found = site_centers(
            given.demand,
            pd.DataFrame({"place": sites}),
            costs,
            problem="p_median",
            count=0,
            existing=sites,
            capacities=room,
            radius=plan.radius,
        )
    except InfeasibleError:
        return {"status": "infeasible"} | dict.fromkeys(_BALANCE, np.nan)
    return {"status": "computed"} | {name: found.balance.get(name, np.nan) for name in _BALANCE}
