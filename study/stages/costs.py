"""Find what it costs to go from one center to another, as a scenario may have changed it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...data import OptionError
from ...data.wording.catalogue import text
from ...geo import distance_matrix
from ..plan.edits import edited
from ..plan.inputs import Inputs

__all__ = ["cost_matrix"]


def cost_matrix(inputs: Inputs, places: Iterable[str], *, whole: bool = True) -> pd.DataFrame:
    """Return the costs between places: those of the study's table, else great-circle km.

    A pair that the table lacks is refused, or costs infinity where the matrix need not be ``whole``.

    Raises
    ------
    OptionError
        If the table lacks a pair.
    StudyError
        If a change of costs does not fit.
    """
    wanted, edits = sorted({*places}), inputs.edits_of("costs")
    if not edits:
        return _costs(inputs, wanted, whole=whole)
    # a change may name places that become centers later
    named = {str(place) for edit in edits for _, place in edit.verb.named()}
    every = sorted({*wanted, *named})
    centers = pd.DataFrame({"place": every, "tier": pd.Categorical([""] * len(every))})
    given = {"centers": centers, "costs": _costs(inputs, every, whole=whole), "flows": None, "channels": ()}
    return edited(edits, given)["costs"].loc[wanted, wanted]


def _costs(inputs: Inputs, wanted: list[str], *, whole: bool) -> pd.DataFrame:
    """Return the costs before any change, which the chains of scenarios share."""
    places, table = inputs.places, inputs.costs
    known = inputs.kept_costs.get(key := tuple(wanted))
    if known is None or known[0] is not places or known[1] is not table:
        known = inputs.kept_costs[key] = (places, table, _found(inputs, wanted))
    found = known[2]
    if not whole:
        return found.fillna(np.inf)
    absent = [(wanted[i], wanted[j]) for i, j in np.argwhere(found.isna().to_numpy()) if i < j]
    if absent:
        pairs = "; ".join(f"{a} - {b}" for a, b in absent[:5])
        raise OptionError(text("faults.calls.costs.tablescosts_cost_every_pair", pairs=pairs, absent=len(absent)))
    return found


def _found(inputs: Inputs, wanted: list[str]) -> pd.DataFrame:
    """Return the costs that the study knows, missing where its table lacks a pair."""
    if inputs.costs is None:
        return distance_matrix(inputs.places[inputs.places["place"].isin(wanted)])
    table = inputs.costs.pivot_table(index="source", columns="target", values="value").reindex(
        index=wanted, columns=wanted
    )
    cost = table.to_numpy(copy=True)
    np.fill_diagonal(cost, 0.0)
    # a pair given in one direction only counts in both
    return pd.DataFrame(np.where(np.isnan(cost), cost.T, cost), index=wanted, columns=wanted)
