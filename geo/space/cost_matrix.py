"""Read a cost matrix, and the places and numbers that stand beside it, refusing what cannot work.

Costs are places x places, rows being sources; a missing or infinite cost is a way that does not exist.
"""

import numpy as np
import pandas as pd

from ...data.errors import Fault, TableError
from ..coordinates import check_columns

__all__ = ["amounts_of", "cost_matrix", "keys_of"]

_LONG = ("source", "target", "value")


def keys_of(table: pd.DataFrame, name: str) -> list[str]:
    """Return the places of a table in its order, each once and at least one, or raise `TableError`.

    Examples
    --------
    >>> keys_of(pd.DataFrame({"place": ["b", "a"]}), "centers")
    ['b', 'a']
    """
    check_columns(table, name, ("place",))
    places = table["place"].tolist()
    double = sorted(table.loc[table["place"].duplicated(), "place"].astype(str).unique())
    faults = [
        Fault(name, "each place once", f"{place} more than once", "remove the copies", column="place")
        for place in double
    ]
    if not places:
        faults.append(Fault(name, "at least one place", "none", "add one"))
    if table["place"].isna().any():
        faults.append(Fault(name, "a key in every row", "an empty one", "name the place", column="place"))
    if faults:
        raise TableError(faults)
    return places


def amounts_of(table: pd.DataFrame, name: str, column: str, *, what: str = "an amount") -> np.ndarray:
    """Return a column of finite numbers of at least 0, or raise `TableError` naming every place without one.

    Examples
    --------
    >>> amounts_of(pd.DataFrame({"place": ["a", "b"], "people": [2, 0]}), "demand", "people").tolist()
    [2.0, 0.0]
    """
    check_columns(table, name, ("place", column))
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    wrong = ~((numbers >= 0) & np.isfinite(numbers))
    if wrong.any():
        raise TableError(
            Fault(name, f"{what} of at least 0", f"{value} at {place}", "correct it", column=column)
            for place, value in zip(table.loc[wrong, "place"], table.loc[wrong, column], strict=True)
        )
    return numbers


def cost_matrix(costs: pd.DataFrame, rows: list[str], columns: list[str]) -> np.ndarray:
    """Return costs as rows x columns; what is missing is infinite.

    Parameters
    ----------
    costs : DataFrame
        Costs of at least 0 by place, such as `innoscape.geo.distance_matrix` gives, or a table
        ``source, target, value``.
    rows, columns : list of str
        The places wanted.

    Returns
    -------
    ndarray
        The costs in the order wanted.

    Raises
    ------
    TableError
        A row or column that is missing, a pair that stands twice, a cost below 0 or that is no number.

    Examples
    --------
    >>> table = pd.DataFrame({"source": ["a", "a"], "target": ["a", "b"], "value": [0, 3]})
    >>> cost_matrix(table, ["a"], ["b", "a"]).tolist()
    [[3.0, 0.0]]
    """
    if set(_LONG) <= set(costs.columns):
        if costs.duplicated(["source", "target"]).any():
            raise TableError([Fault("costs", "each pair once", "some more than once", "remove the copies")])
        costs = costs.set_index(["source", "target"])["value"].unstack("target")  # noqa: PD010
    twice = [*costs.index[costs.index.duplicated()], *costs.columns[costs.columns.duplicated()]]
    if twice:
        raise TableError([Fault("costs", "each place once", f"{twice[0]} more than once", "remove the copies")])
    down, across = costs.index.get_indexer(rows), costs.columns.get_indexer(columns)
    faults = [Fault("costs", f"a row for {rows[i]}", "none", "add it") for i in np.flatnonzero(down < 0)]
    faults += [Fault("costs", f"a column for {columns[i]}", "none", "add it") for i in np.flatnonzero(across < 0)]
    if faults:
        raise TableError(faults)
    try:
        cost = costs.iloc[down, across].to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise TableError([Fault("costs", "numbers", f"something else ({error})", "correct it")]) from None
    if (cost < 0).any():
        i, j = np.argwhere(cost < 0)[0]
        got = f"{cost[i, j]:g} from {rows[i]} to {columns[j]}"
        raise TableError([Fault("costs", "costs of at least 0", got, "correct it")])
    return np.where(np.isnan(cost), np.inf, cost)
