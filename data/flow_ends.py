"""Name the places at which flows start or end."""

from typing import Any

import pandas as pd

__all__ = ["flow_ends"]


def flow_ends(flows: pd.DataFrame) -> set[Any]:
    """Return the sources and targets of a flow table.

    Examples
    --------
    >>> sorted(flow_ends(pd.DataFrame({"source": ["B", "T"], "target": ["T", "S"]})))
    ['B', 'S', 'T']
    """
    # far fewer places than rows are gone through one by one
    return {*flows["source"].unique().tolist(), *flows["target"].unique().tolist()}
