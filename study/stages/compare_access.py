"""Compare access to sites before and after what scenarios change of costs, such as a line that opens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, InfeasibleError
from ...data.contracts.results import result_tables
from ...data.errors import warn_of
from ..plan.inputs import Inputs
from ..plan.misfits import RESERVED
from ..plan.schema import STUDY_FILE
from ..plan.siting_plan import AIMS, SitingPlan
from .build_chain import Chain
from .scenarios import cost_edits
from .siting_inputs import SitingInputs, siting_costs

__all__ = ["Situations", "changed_costs", "compare_access"]

# scenario -> the inputs with all its changes of costs, and the costs
Situations = dict[str, tuple[Inputs, pd.DataFrame]]
_BALANCE = ("mean_cost", "max_cost", "gini", "share_served", "share_covered")


def changed_costs(chain: Chain, plan: SitingPlan, given: SitingInputs) -> Situations:
    """Return the inputs and costs of a siting under each scenario that changes costs, all its changes made.

    Raises
    ------
    StudyError
        If a change does not fit.

    Warns
    -----
    InnoscapeWarning
        If a change leaves all costs as they are.
    """
    found = {}
    for position, scenario in enumerate(chain.inputs.study.scenarios, 1):
        if edits := cost_edits(scenario, position, chain):
            inputs = chain.inputs.having(edits=tuple(edits))
            found[scenario.name] = (inputs, siting_costs(inputs, plan, list(given.costs.index), given.year))
            for edit in edits:
                # a place that is none is a fault of its own
                if edit.idle and {str(place) for _, place in edit.verb.named()} <= {*chain.inputs.places["place"]}:
                    warn_of(Fault.of("doubts.idle.access", STUDY_FILE, column=edit.at), stacklevel=2)
    return found


def compare_access(
    given: SitingInputs, plan: SitingPlan, layouts: Mapping[int, Sequence[str]], changed: Situations, shown: int | None
) -> pd.DataFrame:
    """Return access to sites as it is and under each scenario: to the same sites, and to those that are then best.

    Parameters
    ----------
    given : SitingInputs
    plan : SitingPlan
    layouts : mapping
        Number of further centers -> sites.
    changed : mapping
        Scenario -> inputs and costs.
    shown : int or None
        The number of further centers for which the best sites are sought anew. Of equally good ones the same stay.
    """
    rows = []
    for added, sites in layouts.items():
        about = {"added": added, "unit": given.unit, "layout": "same"}
        about["new_centers"] = _listed({*sites} - {*given.existing})
        same = {
            name: {"scenario": name, **about, **_balance(given, plan, list(sites), costs)}
            for name, costs in {
                RESERVED[0]: given.costs,
                **{name: costs for name, (_, costs) in changed.items()},
            }.items()
        }
        rows += same.values()
        if added == shown and added:
            for name, (_, costs) in changed.items():
                best = same[name] | _anew(given, plan, added, costs)
                aim = AIMS[plan.problem]
                alike = np.isclose(best[aim], same[name][aim], rtol=1e-9, atol=0)
                rows.append((same[name] if alike and best["added"] == added else best) | {"layout": "best"})
    return pd.DataFrame(rows).reindex(columns=list(result_tables()["siting_access"].fixed))


def _listed(places: set[str]) -> str | None:
    return "; ".join(sorted(places)) or None


def _anew(given: SitingInputs, plan: SitingPlan, added: int, costs: pd.DataFrame) -> dict[str, Any]:
    """Return what the best sites under some costs bring: as many as before, or as few as cover all demand."""
    from ...geo import site_centers

    try:
        found = site_centers(
            given.demand,
            pd.DataFrame({"place": given.candidates or [*given.existing]}),
            costs,
            problem=plan.problem,
            count=None if plan.problem == "set_cover" else added,
            existing=[*given.existing],
            capacities=given.capacities,
            radius=plan.radius,
            method=plan.method,
        )
    except InfeasibleError:
        return {"added": added, "new_centers": None, "status": "infeasible"} | dict.fromkeys(_BALANCE, np.nan)
    new = {*found.centers["place"]} - {*given.existing}
    balance = {name: found.balance.get(name, np.nan) for name in _BALANCE}
    return {"added": len(new), "new_centers": _listed(new), "status": "computed"} | balance


def _balance(given: SitingInputs, plan: SitingPlan, sites: list[str], costs: pd.DataFrame) -> dict[str, Any]:
    from ...geo import site_centers

    room = None if given.capacities is None else given.capacities.loc[sites]
    try:
        found = site_centers(
            given.demand,
            pd.DataFrame({"place": sites}),
            costs,
            problem="max_cover" if plan.problem == "max_cover" else "p_median",
            count=0,
            existing=sites,
            capacities=room,
            radius=plan.radius,
        )
    except InfeasibleError:
        return {"status": "infeasible"} | dict.fromkeys(_BALANCE, np.nan)
    return {"status": "computed"} | {name: found.balance.get(name, np.nan) for name in _BALANCE}
