"""Sum the rows of a flow table that have the same ends."""

import pandas as pd

from .check_graph import flow_values
from .faults import plain_ends

__all__ = ["summed_flows"]


def summed_flows(flows: pd.DataFrame, *, directed: bool = True, self_flows: bool = False) -> pd.DataFrame:
    """Return ``source, target, value`` with one row for each pair that has a flow, sorted by both.

    Flows without a direction stand in both, a flow from a place to itself once. The order of rows has no part in sums.

    Examples
    --------
    >>> table = pd.DataFrame({"source": list("BBT"), "target": list("TTT"), "value": [1.0, 2.0, 4.0]})
    >>> summed_flows(table, self_flows=True).to_numpy().tolist()
    [['B', 'T', 3.0], ['T', 'T', 4.0]]
    """
    value = flow_values(flows)
    rows = plain_ends(flows[["source", "target"]].assign(value=value))
    apart = rows["source"] != rows["target"]
    if not directed:
        turned = rows[apart].rename(columns={"source": "target", "target": "source"})
        rows = pd.concat([rows, turned], ignore_index=True)
    kept = (rows["value"] > 0) & (self_flows | (rows["source"] != rows["target"]))
    rows = rows[kept].sort_values("value", kind="stable")
    return rows.groupby(["source", "target"], as_index=False)["value"].sum()
