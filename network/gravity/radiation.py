"""Predict flows by the radiation model, which has no parameter.

`compare_flows` compares its result with flows that were observed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow.compute import run_end_decode

from ...data.errors import OptionError
from ...data.options import absent_place_faults, check_known_places, numeric, refuse, table_fault
from ...data.wording.catalogue import few
from .pairs import names_of, read_costs
from .poisson import in_blocks
from .radiation_kernel import absorb

__all__ = ["radiation"]


def radiation(
    flows_out: pd.Series | Mapping[Any, float],
    mass: pd.Series | Mapping[Any, float],
    costs: pd.DataFrame,
    *,
    finite: bool = False,
) -> pd.DataFrame:
    """Distribute what each place sends by the radiation model, which has no parameter.

    With m the mass of the origin i, n that of the destination j and s the mass of all other places that are nearer to
    i than j is::

        flow[i, j] = out[i] * m n / ((m + s) (m + n + s))

    It follows from sending each unit to the nearest place that offers more than home (Simini et al.). What a finite
    system cannot absorb, the share ``m / M`` of the total mass M, is lost; ``finite=True`` divides by ``1 - m / M``, so
    that every origin sends its total (Masucci et al.).

    - Places at the same cost from i share what their ring absorbs, ``m N / ((m + s) (m + N + s))`` with N the mass of
      the ring, in proportion to their masses, so no order among them matters.
    - Only the order of costs counts: any increasing function of the costs gives the same flows.
    - Two places: each sends ``n / (m + n)`` of its total, or all of it if ``finite``.
    - A place of mass 0 attracts nothing and, itself surrounded by larger offers, sends nothing beyond masses of 0: its
      flows are those of the limit m -> 0, all to the nearest place with a mass.
    - With masses of 0 everywhere else a place sends nothing, with ``finite`` too.

    Parameters
    ----------
    flows_out : Series or mapping
        Total sent by place, without what stays inside; in the unit of the answer.
    mass : Series or mapping
        Population or opportunities by place, at least 0. It may name further places, which have no part.
    costs : DataFrame
        Matrix n x n (rows are origins) or long; finite off the diagonal.
    finite : bool
        Whether to correct for the finite size of the system.

    Returns
    -------
    DataFrame
        ``source, target, value, status`` (``estimated``), every ordered pair, sorted.

    Raises
    ------
    TableError
        If costs are missing, negative or not finite.
    UnknownPlaceError
        If ``flows_out`` names a place without costs, or ``mass`` does and lacks a place of the costs.
    OptionError
        If totals or masses are missing, negative or not finite.

    References
    ----------
    Simini, Gonzalez, Maritan & Barabasi (2012) *Nature* 484; Masucci, Serras, Johansson & Batty (2013) *Physical
    Review E* 88.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.Series([0.0, 1.0, 3.0], index=list("abc"))
    >>> costs = pd.DataFrame([[abs(p - q) for q in at] for p in at], index=at.index, columns=at.index)
    >>> mass = pd.Series({"a": 2.0, "b": 1.0, "c": 1.0})
    >>> radiation(pd.Series(12.0, index=at.index), mass, costs)[["source", "target", "value"]].head(2)
      source target  value
    0      a      b    4.0
    1      a      c    2.0
    """
    places, cost = square_costs(costs)
    check_known_places("flows_out", pd.Series(flows_out).index, places)
    out, weight = values_by_place(flows_out, places, "flows_out"), values_by_place(mass, places, "mass")
    left = np.ones(len(places))
    if finite and weight.sum() > 0:
        left -= weight / weight.sum()
    table = np.empty_like(cost)

    def work(start: int, stop: int) -> None:
        absorb(cost, np.argsort(cost[start:stop], axis=1), weight, out, left, start, stop, table)

    in_blocks(len(places), len(places), work)
    return tidy_pairs(places, table)


def square_costs(costs: pd.DataFrame) -> tuple[list[Any], np.ndarray]:
    """Return places and costs, infinite on the diagonal."""
    places, destinations, cost = read_costs(costs)
    if places != destinations:
        raise table_fault("costs", "the same places as rows and as columns", "others", "give a square matrix")
    cost = cost.copy()
    np.fill_diagonal(cost, 0.0)
    # nan fails both
    if not (cost.min() >= 0 and cost.max() < np.inf):
        raise table_fault("costs", "finite numbers of at least 0 for every pair", "others", "correct these cells")
    np.fill_diagonal(cost, np.inf)
    return places, cost


def values_by_place(
    given: pd.Series | Mapping[Any, float], places: list[Any], what: str, *, positive: bool = False
) -> np.ndarray:
    with numeric(what):
        series = pd.Series(given, dtype=float)
    if series.index.has_duplicates:
        raise OptionError(f"{what} must name every place once")
    at = series.index.get_indexer(pd.Index(places))
    refuse(absent_place_faults(what, series.index, places))
    values = series.to_numpy(dtype=float)[at]
    bad = ~np.isfinite(values) | (values <= 0 if positive else values < 0)
    if bad.any():
        need = "positive" if positive else "at least 0"
        raise OptionError(f"{what} must be finite and {need}; fix that of {few(names_of(places, bad))}")
    return values


def tidy_pairs(places: list[Any], table: np.ndarray, status: str = "estimated") -> pd.DataFrame:
    n = len(places)
    # n cells lie between one cell of the diagonal and the next
    value = table.ravel()[1:].reshape(n - 1, n + 1)[:, :-1].ravel()
    source, target = _ends(pd.Index(places))
    state = pd.array(pa.repeat(pa.scalar(status, pa.large_string()), len(value)), dtype="str")
    return pd.DataFrame({"source": source, "target": target, "value": value, "status": state}, copy=False)


def _ends(names: pd.Index) -> tuple[pd.Index, pd.Index]:
    """Return origins and destinations of all ordered pairs of different places."""
    n = len(names)
    if names.dtype != "str" or n == 1:
        rows, columns = np.repeat(np.arange(n), n - 1), np.tile(np.arange(n - 1), n)
        return names.take(rows), names.take(columns + (columns >= rows))
    # texts are copied faster in stretches than one by one
    texts = pa.array(names, type=pa.large_string())
    runs = pa.RunEndEncodedArray.from_arrays(pa.array(np.arange(1, n + 1) * (n - 1)), texts)
    twice = pa.concat_arrays([texts, texts])
    others = pa.concat_arrays([twice.slice(i, n) for i in range(1, n)])
    return pd.Index(pd.array(run_end_decode(runs), dtype="str")), pd.Index(pd.array(others, dtype="str"))
