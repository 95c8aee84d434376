"""Read flows, costs and masses as aligned tables of pairs, and count every pair that is left out.

Rows are origins, columns destinations, both sorted, so that the order of rows and labels shows nowhere.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import (
    absent_place_faults,
    check_columns,
    check_known_places,
    numeric,
    reach_faults,
    refuse,
    table_fault,
)
from ...data.wording.catalogue import few, text
from ..flows.check_graph import warn_of_units
from ..flows.graphs import ordered

__all__ = ["PairTable", "fixed_zeros", "mass_terms", "pair_index", "read_costs", "read_matrix", "read_pairs", "settled"]

_LONG = frozenset({"source", "target", "value"})


@dataclass(frozen=True, eq=False)
class PairTable:
    """Flows and costs of pairs; pairs that are not seen hold flow 0 and cost 1, those used are the ones fitted."""

    origins: list[Any]
    destinations: list[Any]
    flow: np.ndarray
    cost: np.ndarray
    seen: np.ndarray
    used: np.ndarray
    counts: dict[str, int]


def pair_index(origins: list[Any], destinations: list[Any]) -> np.ndarray:
    """Return the rows and columns (2 x d) at which a place meets itself."""
    if origins == destinations:
        return np.tile(np.arange(len(origins)), (2, 1))
    at = {place: j for j, place in enumerate(destinations)}
    return np.array([(i, at[p]) for i, p in enumerate(origins) if p in at], dtype=int).reshape(-1, 2).T


def _is_long(table: pd.DataFrame, what: str) -> bool:
    """Say whether a table is long; one that has only some of the columns, and is no matrix, is refused."""
    check_columns(table, what, ())
    named = _LONG.intersection(table.columns.tolist())
    if named.difference(table.index.tolist()):
        check_columns(table, what, ("source", "target", "value"))
    return named == _LONG


def _labels(index: pd.Index, what: str) -> list[Any]:
    names = ordered(index.tolist())
    if len(names) != len(index):
        raise table_fault(
            what, text("faults.calls.pairs.every_place_once"), "copies", text("faults.calls.alike.drop_copies")
        )
    if not names:
        raise table_fault(what, text("faults.calls.alike.one_place"), "none", text("faults.calls.pairs.add_rows"))
    return names


def read_matrix(table: pd.DataFrame, origins: list[Any], destinations: list[Any], what: str) -> np.ndarray:
    """Return a labeled or long table in the order given, nan where it says nothing."""
    if _is_long(table, what):
        rows, columns = _codes(table, "source", origins, what), _codes(table, "target", destinations, what)
        if len(table) and np.bincount(rows * len(destinations) + columns).max() > 1:
            raise table_fault(
                what, text("faults.calls.pairs.every_pair_once"), "copies", text("faults.calls.alike.drop_copies")
            )
        matrix = np.full((len(origins), len(destinations)), np.nan)
        with numeric(what):
            matrix[rows, columns] = table["value"].to_numpy(dtype=float)
        return matrix
    if table.index.tolist() != origins or table.columns.tolist() != destinations:
        absent = [p for p in origins if p not in table.index] + [p for p in destinations if p not in table.columns]
        if absent:
            raise table_fault(
                what,
                text("faults.calls.alike.row_column_every_place"),
                text("faults.calls.pairs.none", absent=few(absent)),
                text("faults.calls.alike.add_them"),
            )
        for labels in (table.index, table.columns):
            _labels(labels, what)
        table = table.loc[origins, destinations]
    # one layout in memory, so that sums run in one order
    with numeric(what):
        return np.ascontiguousarray(table.to_numpy(dtype=float))


def read_costs(costs: pd.DataFrame) -> tuple[list[Any], list[Any], np.ndarray]:
    """Return origins, destinations and costs (n x m) of a labeled matrix or a long table."""
    if _is_long(costs, "costs"):
        origins = destinations = ordered([*costs["source"], *costs["target"]])
    else:
        origins, destinations = _labels(costs.index, "costs"), _labels(costs.columns, "costs")
    return origins, destinations, read_matrix(costs, origins, destinations, "costs")


def _codes(table: pd.DataFrame, column: str, places: list[Any], what: str) -> np.ndarray:
    index = pd.Index(places)
    codes = index.get_indexer(pd.Index(table[column]))
    if (codes < 0).any():
        if table[column].isna().any():
            raise table_fault(
                what,
                text("faults.calls.pairs.every_row", column=column),
                text("faults.calls.alike.empty_cells"),
                text("faults.calls.pairs.fill_them_drop_these"),
                column,
            )
        check_known_places(f"{what}, column {column}", table[column], places)
    return codes


def _flow_matrix(flows: pd.DataFrame, origins: list[Any], destinations: list[Any], absent: str) -> np.ndarray:
    """Return flows as a matrix; rows of one pair are summed in order of value, so that row order changes no bit."""
    if not _is_long(flows, "flows"):
        return read_matrix(flows, origins, destinations, "flows")
    warn_of_units(flows, stacklevel=4)
    rows, columns = _codes(flows, "source", origins, "flows"), _codes(flows, "target", destinations, "flows")
    cell = rows * len(destinations) + columns
    with numeric("flow values"):
        value = flows["value"].to_numpy(dtype=float)
    size = len(origins) * len(destinations)
    seen = np.bincount(cell, minlength=size)
    if seen.max(initial=0) > 1:
        order = np.lexsort((value, cell))
        cell, value = cell[order], value[order]
    matrix = np.bincount(cell, weights=value, minlength=size)
    if absent == "missing":
        matrix[seen == 0] = np.nan
    return matrix.reshape(len(origins), len(destinations))


def labels_of(tables: list[pd.DataFrame], places: Iterable[Hashable] = ()) -> list[Any]:
    """Return every place that some flow tables name, in order."""
    names = set(places)
    for table in tables:
        ends = (table["source"], table["target"]) if _is_long(table, "flows") else (table.index, table.columns)
        names.update(*(pd.Index(end).tolist() for end in ends))
    return ordered(names)


def flow_matrix(table: pd.DataFrame, places: list[Any]) -> np.ndarray:
    """Return flows between places; pairs that the table does not name have flow 0, nan in a matrix stays."""
    if not _is_long(table, "flows"):
        for labels in (table.index, table.columns):
            _labels(labels, "flows")
        matrix = np.zeros((len(places), len(places)))
        index = pd.Index(places)
        matrix[np.ix_(index.get_indexer(table.index), index.get_indexer(table.columns))] = table.to_numpy(dtype=float)
        return matrix
    return _flow_matrix(table, places, places, "zero")


def read_pairs(flows: pd.DataFrame, costs: pd.DataFrame, *, diagonal: bool, absent: str, positive: bool) -> PairTable:
    """Align flows and costs; decide which pairs are used and count the others by reason."""
    origins, destinations, cost = read_costs(costs)
    flow = _flow_matrix(flows, origins, destinations, absent)
    own = pair_index(origins, destinations)
    counts = {"given": flow.size, "diagonal": 0 if diagonal else own.shape[1]}
    known, priced = ~np.isnan(flow), np.isfinite(cost)
    used = known & priced
    if not diagonal:
        for table in (known, priced):
            table[own[0], own[1]] = True
        used[own[0], own[1]] = False
    counts["flow_missing"] = int(known.size - np.count_nonzero(known))
    counts["cost_missing"] = int(np.count_nonzero(known) - np.count_nonzero(known & priced))
    if counts["cost_missing"]:
        warn("warnings.gravity.no_cost", n=counts["cost_missing"], stacklevel=3)
    flow, cost = np.where(used, flow, 0.0), np.where(used, cost, 1.0)
    if not (flow.min(initial=0.0) >= 0 and flow.max(initial=0.0) < np.inf):
        fix = "check the table with check_table(flows, 'flows')"
        raise table_fault("flows", text("faults.calls.pairs.finite_numbers_0"), "others", fix, "value")
    refuse(reach_faults(flow.ravel(), name="flows"))
    faulty = cost <= 0 if positive else cost < 0
    if faulty.any():
        i, j = np.argwhere(faulty)[0]
        need = "positive costs" if positive else "costs of at least 0"
        came = text(
            "faults.calls.pairs.__pairs",
            cost=f"{cost[i, j]:g}",
            origins=origins[i],
            destinations=destinations[j],
            faulty=int(faulty.sum()),
        )
        raise table_fault("costs", need, came, text("faults.calls.pairs.correct_them_choose_another"))
    return PairTable(origins, destinations, flow, cost, used, used, counts)


def mass_terms(
    mass: pd.Series | pd.DataFrame | Mapping[Any, float] | None, places: list[Any], side: str
) -> tuple[list[str], np.ndarray]:
    """Return names and logarithms (terms x places) of the masses of one side."""
    if mass is None:
        raise OptionError(text("faults.calls.pairs.constraint_leaves_s_free", side=side))
    with numeric(f"{side} masses"):
        table: pd.DataFrame = mass if isinstance(mass, pd.DataFrame) else pd.Series(mass, dtype=float).to_frame("mass")
    if "place" in table:
        table = table.set_index("place")
    _labels(table.index, f"{side} masses")
    refuse(absent_place_faults(f"{side} masses", table.index, places))
    with numeric(f"{side} masses"):
        values = table.loc[places].to_numpy(dtype=float).T
    bad = ~(np.isfinite(values) & (values > 0)).all(axis=0)
    if bad.any():
        raise OptionError(
            text(
                "faults.calls.pairs.masses_must_positive_finite",
                p=few([p for p, b in zip(places, bad, strict=True) if b]),
            )
        )
    names = [f"{side}_mass" if name == "mass" else f"{side}_{name}" for name in table.columns]
    return names, np.log(values)


def settled(pairs: PairTable, *, rows: bool, columns: bool) -> PairTable:
    """Drop pairs whose flow an effect alone can drive to 0 (separation); they hold no information about the rest."""
    zeros = fixed_zeros(pairs.flow > 0, pairs.used, rows=rows, columns=columns)
    count = int(np.count_nonzero(zeros))
    counts = {**pairs.counts, "separated": count}
    used = pairs.used & ~zeros if count else pairs.used
    counts["used"] = int(np.count_nonzero(used))
    if not (pairs.flow > 0).any():
        raise OptionError(text("faults.calls.pairs.pair_flow_above_0"))
    return replace(pairs, used=used, counts=counts)


def fixed_zeros(positive: np.ndarray, used: np.ndarray, *, rows: bool, columns: bool) -> np.ndarray:
    """Mark the pairs that the effects fit with a mean of 0.

    With effects of one side these are its all-zero rows. With both sides draw an arc from row to column where a pair
    is used and back where its flow is positive: pairs whose ends no cycle joins can be driven to 0 at no loss.
    """
    zeros = np.zeros_like(used)
    if rows and not columns:
        zeros[~positive.any(axis=1)] = True
    if columns and not rows:
        zeros[:, ~positive.any(axis=0)] = True
    if rows and columns:
        zeros[~positive.any(axis=1)] = True
        zeros[:, ~positive.any(axis=0)] = True
        left = used & ~zeros
        if left.any() and not (joined(positive, left) and joined(left, positive)):
            zeros |= _across(positive, used)
    return zeros & used


def joined(out: np.ndarray, back: np.ndarray) -> bool:
    """Say whether the first row reaches all others, and all columns, going out along rows and back along columns."""
    rows, columns = np.asarray((out | back).any(axis=1)), np.asarray((out | back).any(axis=0))
    seen_rows, seen_columns = np.zeros(len(rows), dtype=bool), np.zeros(len(columns), dtype=bool)
    edge = np.array([int(np.argmax(rows))])
    while edge.size:
        seen_rows[edge] = True
        fresh = np.flatnonzero(out[edge].any(axis=0) & ~seen_columns)
        seen_columns[fresh] = True
        edge = np.flatnonzero(back[:, fresh].any(axis=1) & ~seen_rows)
    return bool((seen_rows >= rows).all() and (seen_columns >= columns).all())


def _across(positive: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Mark used pairs whose row and column lie in different strong components."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n, m = used.shape
    graph = sparse.bmat([[None, sparse.csr_array(used)], [sparse.csr_array((positive & used).T), None]], format="csr")
    _, part = connected_components(graph, directed=True, connection="strong")
    return used & (part[:n, None] != part[None, n : n + m])


def names_of(places: list[Any], at: np.ndarray) -> list[Hashable]:
    """Return the places at which a mark stands."""
    return [p for p, one in zip(places, at, strict=True) if one]
