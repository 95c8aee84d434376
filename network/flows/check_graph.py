"""Check the tables that callers hand over before anything is summed: flows between places, and numbers by place."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data.distinct import distinct
from ...data.errors import OptionError, warn
from ...data.options import refuse
from .faults import flow_faults

__all__ = ["by_place", "cells_between", "check_graph", "flow_values", "numbers", "ordered", "warn_of_units"]


def ordered(keys: Iterable[Any]) -> list[Any]:
    """Return distinct keys in a fixed order, also where numbers stand among texts."""
    try:
        distinct = set(keys)
    except TypeError:
        raise OptionError("keys: needed text or numbers for every place and group, got a list among them") from None
    try:
        return sorted(distinct)
    except TypeError:
        return sorted(distinct, key=lambda key: (type(key).__name__, str(key)))


def check_graph(graph: object) -> None:
    """Refuse what is no networkx graph, such as a flow table."""
    import networkx as nx

    if not isinstance(graph, nx.Graph):
        raise OptionError(f"needed a networkx graph, got {type(graph).__name__}; make one of flows with to_graph")


def numbers(values: Any, name: str) -> np.ndarray:  # noqa: ANN401 - whatever a caller takes for numbers
    """Return values as floats, nan where missing, refusing what is no number."""
    try:
        if isinstance(values, pd.Series):
            return values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise OptionError(f"{name} must be numbers") from None


def cells_between(matrix: pd.DataFrame, places: Sequence[Hashable]) -> np.ndarray:
    """Return the cells of a labeled matrix of numbers between places that all stand in it once, in their order.

    Examples
    --------
    >>> cells_between(pd.DataFrame([[0, 1], [2, 0]], index=["B", "T"], columns=["B", "T"]), ["T", "B"]).tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    at = [{label: i for i, label in enumerate(labels.tolist())} for labels in (matrix.index, matrix.columns)]
    rows, columns = ([positions[place] for place in places] for positions in at)
    if (cells := matrix.to_numpy()).dtype == float:
        return cells[np.ix_(rows, columns)]
    # cells of other places may be no numbers
    return matrix.iloc[rows, columns].to_numpy(dtype=float, copy=True)


def flow_values(flows: pd.DataFrame) -> np.ndarray:
    """Return the values of a flow table, which must be usable as strengths between named places.

    Raises
    ------
    OptionError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.
    """
    refuse(flow_faults(flows))
    return flows["value"].to_numpy(dtype=float)


def warn_of_units(flows: pd.DataFrame, *, stacklevel: int) -> None:
    """Warn where flows in different units are about to be summed."""
    if isinstance(flows, pd.DataFrame) and "unit" in flows and len(units := distinct(flows["unit"])) > 1:
        warn("warnings.flows.units", units=sorted(map(str, units)), stacklevel=stacklevel + 1)


def by_place(given: Mapping[Hashable, Any] | pd.Series, name: str, *, numeric: bool = False) -> pd.Series:
    """Return a mapping of places, or a Series indexed by them, as a Series.

    Raises
    ------
    OptionError
        If it is a table, a place stands twice, or a number is asked for and something else stands there.
    """
    index = pd.Index(given.keys()) if isinstance(given, Mapping | pd.Series) else None
    if index is None:
        raise OptionError(
            f"{name} must map each key to one value, got {type(given).__name__}; of a table take one column: "
            "table.set_index('place')['scope']"
        )
    if not index.is_unique:
        twice = ", ".join(map(str, index[index.duplicated()].unique()))
        raise OptionError(f"{name} must give every key one value; more than one for {twice}")
    series = pd.Series(dict(given), dtype=object)
    return pd.Series(numbers(series, name), index=series.index) if numeric else series
