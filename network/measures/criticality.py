"""Measure how much of what a chain delivers hangs on one place, and on what one actor controls."""

from collections.abc import Hashable, Mapping

import igraph
import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import number_faults, refuse
from ..flows.check_graph import by_place, flow_values, ordered, warn_of_units
from ..flows.faults import plain_ends

__all__ = ["criticality"]


def criticality(
    flows: pd.DataFrame,
    *,
    holders: Mapping[Hashable, Hashable] | pd.Series | None = None,
    spare: float = 0.0,
) -> pd.DataFrame:
    r"""Measure the share of what a chain delivers that is lost without each place, or each holder of places.

    A place that sends more than it receives is an origin of the difference, one that receives more an end; V is what
    all ends take. Without a holder h the others can carry at most :math:`1 + \sigma` times what they carry now (and
    origins supply as much), no end takes more than now, and the largest flow that is still possible is :math:`V_{-h}`:

    .. math:: \text{lost}_h = 1 - V_{-h} / V

    - ``share`` is what is lost without spare capacity (:math:`\sigma = 0`): where no flows run in circles, all that
      passes h, whether it begins, goes through or ends there.
    - ``lost`` falls from ``share`` with the spare capacity, never below ``unavoidable``: the share that no other way
      can bring, however wide it is.
    - Multiplying all flows by one number changes nothing but ``through``.

    Parameters
    ----------
    flows : DataFrame
        ``source, target, value``, from one link of the chain to the next; rows of the same ends are summed. One kind
        and one year.
    holders : mapping, optional
        Place -> who controls it, such as the owner of a standard that several links need; places not named hold
        themselves.
    spare : float
        :math:`\sigma`, at least 0.

    Returns
    -------
    DataFrame
        ``holder, places`` (with semicolons), ``through`` (in the unit of the flows), ``share, lost, unavoidable``,
        the most critical first.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        Values that are no numbers of at least 0, no flow, flows that deliver nothing on balance, or ``spare`` below 0.

    References
    ----------
    Ford, L. R., Fulkerson, D. R. (1956). Maximal flow through a network. Canadian Journal of Mathematics 8, 399-404.

    Examples
    --------
    >>> flows = pd.DataFrame([("lab A", "bank", 2), ("lab B", "bank", 2), ("bank", "plant A", 3),
    ...     ("bank", "plant B", 1), ("plant A", "market", 3), ("plant B", "market", 1)],
    ...     columns=["source", "target", "value"])
    >>> criticality(flows, spare=1.0)[["holder", "share", "lost", "unavoidable"]]
        holder  share  lost  unavoidable
    0     bank   1.00   1.0          1.0
    1   market   1.00   1.0          1.0
    2  plant A   0.75   0.5          0.0
    3    lab A   0.50   0.0          0.0
    4    lab B   0.50   0.0          0.0
    5  plant B   0.25   0.0          0.0
    """
    values = flow_values(flows)
    refuse(number_faults("spare", spare, least=0))
    warn_of_units(flows, stacklevel=2)
    rows = plain_ends(flows[["source", "target"]].assign(value=values))
    rows = rows[(rows["source"] != rows["target"]) & (rows["value"] > 0)].sort_values("value", kind="stable")
    edges = rows.groupby(["source", "target"], as_index=False, sort=True)["value"].sum()
    sent, got = (edges.groupby(end)["value"].sum() for end in ("source", "target"))
    names = pd.Index(ordered([*sent.index, *got.index]), dtype=object)
    balance = sent.reindex(names, fill_value=0.0) - got.reindex(names, fill_value=0.0)
    # what cancels but for rounding is passed on
    balance = balance.mask(balance.abs() <= 1e-9 * (sent.max() if len(sent) else 0.0), 0.0)
    whole = float(-balance[balance < 0].sum())
    if not whole > 0:
        raise OptionError("flows: needed some that lead from an origin to an end, got none or circles alone")
    taken = by_place(holders or {}, "holders")
    held: dict[Hashable, list[Hashable]] = {}
    for name in names:
        held.setdefault(taken.get(name, name), []).append(name)
    ends = np.column_stack([names.get_indexer(pd.Index(edges[end])) for end in ("source", "target")])
    value, net = edges["value"].to_numpy(), balance.to_numpy()
    found = []
    for holder in ordered(held):
        gone = names.isin(held[holder])
        missing = [1.0 - _delivered(ends, value, net, gone, wider) / whole for wider in (1.0, 1.0 + spare, np.inf)]
        # shares, but for rounding
        share, lost, never = (min(max(part, 0.0), 1.0) for part in missing)
        found.append((holder, "; ".join(map(str, held[holder])), share * whole, share, lost, never))
    table = pd.DataFrame(found, columns=["holder", "places", "through", "share", "lost", "unavoidable"])
    key = table[["lost", "share"]].round(12)
    return table.loc[key.sort_values(["lost", "share"], ascending=False, kind="stable").index].reset_index(drop=True)


def _delivered(ends: np.ndarray, value: np.ndarray, net: np.ndarray, gone: np.ndarray, wider: float) -> float:
    """Return the largest flow from origins to ends without some places; ends take no more than now."""
    left = ~gone[ends].any(axis=1)
    origins, last = np.flatnonzero((net > 0) & ~gone), np.flatnonzero((net < 0) & ~gone)
    start, stop = len(net), len(net) + 1
    demand = -net[last]
    between = [*ends[left].tolist(), *([start, at] for at in origins), *([at, stop] for at in last)]
    # no more than all demand passes anywhere
    room = np.minimum(np.concatenate([value[left], net[origins]]) * wider, demand.sum())
    graph = igraph.Graph(n=len(net) + 2, edges=between, directed=True)
    return float(graph.maxflow_value(start, stop, capacity=[*room, *demand]))
