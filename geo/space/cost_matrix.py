"""Read a cost matrix, and the places and numbers that stand beside it, refusing what cannot work.

Costs are places x places, rows being sources; a missing or infinite cost is a way that does not exist.
"""

import numpy as np
import pandas as pd

from ...data.errors import Fault, TableError
from ...data.wording.catalogue import text
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
        Fault(
            name,
            text("faults.calls.alike.each_place_once"),
            text("faults.calls.cost_matrix.more_than_once", place=place),
            text("faults.calls.alike.remove_copies"),
            column="place",
        )
        for place in double
    ]
    if not places:
        faults.append(Fault(name, text("faults.calls.alike.one_place"), "none", text("faults.calls.cost_matrix.add")))
    if table["place"].isna().any():
        faults.append(
            Fault(
                name,
                text("faults.calls.alike.key_every_row"),
                text("faults.calls.cost_matrix.empty"),
                text("faults.calls.cost_matrix.name_place"),
                column="place",
            )
        )
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
            Fault(
                name,
                text("faults.calls.cost_matrix.zero", what=what),
                text("faults.calls.alike.value_at_place", value=value, place=place),
                text("faults.calls.alike.correct_it"),
                column=column,
            )
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
            raise TableError(
                [
                    Fault(
                        "costs",
                        text("faults.calls.cost_matrix.each_pair_once"),
                        text("faults.calls.cost_matrix.some_more_than_once"),
                        text("faults.calls.alike.remove_copies"),
                    )
                ]
            )
        costs = costs.set_index(["source", "target"])["value"].unstack("target")  # noqa: PD010
    twice = [*costs.index[costs.index.duplicated()], *costs.columns[costs.columns.duplicated()]]
    if twice:
        raise TableError(
            [
                Fault(
                    "costs",
                    text("faults.calls.alike.each_place_once"),
                    text("faults.calls.alike.more_than_once", twice=twice[0]),
                    text("faults.calls.alike.remove_copies"),
                )
            ]
        )
    down, across = costs.index.get_indexer(rows), costs.columns.get_indexer(columns)
    faults = [
        Fault("costs", text("faults.calls.cost_matrix.row", rows=rows[i]), "none", text("faults.calls.alike.add_it"))
        for i in np.flatnonzero(down < 0)
    ]
    faults += [
        Fault(
            "costs",
            text("faults.calls.cost_matrix.column", target=columns[i]),
            "none",
            text("faults.calls.alike.add_it"),
        )
        for i in np.flatnonzero(across < 0)
    ]
    if faults:
        raise TableError(faults)
    try:
        cost = costs.iloc[down, across].to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise TableError(
            [
                Fault(
                    "costs",
                    "numbers",
                    text("faults.calls.cost_matrix.something_else", error=error),
                    text("faults.calls.alike.correct_it"),
                )
            ]
        ) from None
    if (cost < 0).any():
        i, j = np.argwhere(cost < 0)[0]
        got = text("faults.calls.cost_matrix.given_there", cost=f"{cost[i, j]:g}", rows=rows[i], target=columns[j])
        raise TableError(
            [Fault("costs", text("faults.calls.cost_matrix.costs_0"), got, text("faults.calls.alike.correct_it"))]
        )
    return np.where(np.isnan(cost), np.inf, cost)
