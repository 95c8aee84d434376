"""Warn of flows and graphs that can be read and probably say something else than was meant; one rule for ties of 0."""

from collections.abc import Hashable, Iterable
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_columns, hint, is_number
from ...data.places.nesting import nested_pairs
from ...data.wording.catalogue import few, plain, text
from .constraints import ROUNDING

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "both_ways",
    "mirrored_pairs",
    "select_rows",
    "warn_of_mirror",
    "warn_of_nesting",
    "warn_of_weight",
    "without_zeros",
]

# fewer pairs may be equal in both directions by chance
_FEWEST_MIRRORED = 3
# numbers that edges carry besides a weight
_NO_WEIGHTS = frozenset({"id", "key", "year"})


def select_rows(flows: pd.DataFrame, column: str, wanted: object | None, *, stacklevel: int) -> pd.DataFrame:
    """Return the rows of one kind or year, warning of those that name none.

    Raises
    ------
    OptionError
        If no row has the kind or year asked for.
    """
    if wanted is None:
        return flows
    check_columns(flows, "flows", [column])
    kept = flows[column].eq(wanted).fillna(False).to_numpy(dtype=bool)
    if not kept.any():
        have = sorted(map(str, flows[column].dropna().unique()))
        raise OptionError(f"{column}: needed one of {', '.join(have)}, got {wanted!r}{hint(wanted, have)}")
    if blank := int(flows[column].isna().sum()):
        warn("warnings.flows.blank", n=blank, total=len(flows), column=column, stacklevel=stacklevel + 1)
    return flows[kept]


def mirrored_pairs(flows: pd.DataFrame) -> int:
    """Return the number of pairs of places if every one stands in both directions with the same value, else 0.

    Flows of 0 and from a place to itself do not count.

    Examples
    --------
    >>> matrix = pd.DataFrame({"source": list("abbcac"), "target": list("bacbca"), "value": [4, 4, 2, 2, 1, 1.0]})
    >>> mirrored_pairs(matrix), mirrored_pairs(matrix.assign(value=range(6)))
    (3, 0)
    """
    rows = flows[(flows["value"].astype(float) > 0).to_numpy()]
    codes, names = pd.factorize(np.concatenate([rows[end].astype(object).to_numpy() for end in ("source", "target")]))
    source, target = codes.reshape(2, -1)
    apart = source != target
    value = rows["value"].to_numpy(dtype=float)[apart]
    there, back = source[apart] * len(names) + target[apart], target[apart] * len(names) + source[apart]
    if len(there) % 2 or len(there) < 2 * _FEWEST_MIRRORED:
        return 0
    # sorted by value as well, so that a pair given in several rows is compared row by row
    ahead, behind = np.lexsort((value, there)), np.lexsort((value, back))
    same = np.array_equal(there[ahead], back[behind]) and np.array_equal(value[ahead], value[behind])
    pairs = len(np.unique(there)) // 2
    return pairs if same and pairs >= _FEWEST_MIRRORED else 0


def both_ways(flows: pd.DataFrame) -> bool:
    """Whether every pair of places has the same flow in both directions but for rounding, year by year.

    Examples
    --------
    >>> table = pd.DataFrame({"source": list("abac"), "target": list("baca"), "value": [2.0, 2.0000001, 3.0, 3.0]})
    >>> both_ways(table), both_ways(table.assign(value=[2.0, 1.0, 3.0, 3.0]))
    (True, False)
    """
    rows = flows[((flows["value"].astype(float) > 0) & (flows["source"] != flows["target"])).to_numpy()]
    years = rows["year"].fillna(0) if "year" in rows else pd.Series(0, index=rows.index)
    there = rows["value"].groupby([rows["source"], rows["target"], years]).sum()
    back = rows["value"].groupby([rows["target"], rows["source"], years]).sum()
    if len(there) < 2 or not there.index.isin(back.index).all():
        return False
    return bool(np.isclose(there, back.reindex(there.index), rtol=ROUNDING, atol=0.0).all())


def warn_of_mirror(flows: pd.DataFrame, *, directed: bool, stacklevel: int) -> None:
    """Warn where the rows of undirected flows are those of a symmetric matrix, which counts every pair twice."""
    if directed or not (pairs := mirrored_pairs(flows)):
        return
    kinds = flows["kind"].dropna().unique() if "kind" in flows else []
    of = text("warnings.flows.of_kind", kind=kinds[0]) if len(kinds) == 1 else plain("")
    warn("warnings.flows.mirrored", n=pairs, of=of, stacklevel=stacklevel + 1)


def warn_of_nesting(ends: Iterable[Hashable], places: pd.DataFrame, *, stacklevel: int) -> None:
    """Warn where flows end both at a place and at one that contains it, which counts the inner flows twice."""
    if "part_of" not in places:
        return
    pairs = nested_pairs(ends, places)
    if pairs:
        said = few(text("warnings.flows.inside", inner=inner, outer=outer) for inner, outer in pairs)
        warn("warnings.flows.nested", pairs=said, stacklevel=stacklevel + 1)


def warn_of_weight(graph: "nx.Graph", weight: str | None, *, stacklevel: int) -> None:
    """Warn where edges lack the attribute that holds their weight while they carry other numbers.

    An edge without the attribute counts 1, as in networkx; a graph whose edges carry no number is meant to be so.
    """
    if weight is None:
        return
    lacking = [data for *_, data in graph.edges(data=True) if weight not in data]
    if not lacking:
        return
    if len(lacking) < graph.number_of_edges():
        warn(
            "warnings.flows.some_weightless",
            n=len(lacking),
            total=graph.number_of_edges(),
            weight=weight,
            stacklevel=stacklevel + 1,
        )
        return
    others = {str(name) for data in lacking for name, value in data.items() if is_number(value)} - _NO_WEIGHTS
    if others:
        warn("warnings.flows.weightless", weight=weight, others=few(sorted(others)), stacklevel=stacklevel + 1)


def without_zeros(graph: "nx.Graph", weight: str | None = "weight") -> "nx.Graph":
    """Return a graph without its edges of weight 0, which say that a pair was looked at and are no ties.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("B", "T", 2.0), ("B", "H", 0.0)])
    >>> list(without_zeros(graph).edges), len(without_zeros(graph))
    ([('B', 'T')], 3)
    """
    import networkx as nx

    name = "weight" if weight is None else weight
    if not graph.is_multigraph() and _has_no_zero(graph, name):
        return graph
    given = graph.edges(keys=True, data=name, default=1) if graph.is_multigraph() else graph.edges(data=name, default=1)  # type: ignore[call-overload]
    zeros = [tuple(edge) for *edge, value in given if is_number(value) and value == 0]
    return nx.restricted_view(graph, [], zeros) if zeros else graph


def _has_no_zero(graph: "nx.Graph", name: str) -> bool:
    """Say, at once for most graphs, whether every edge has a number and none is 0."""
    try:
        values = list(map(itemgetter(name), chain.from_iterable(row.values() for _, row in graph.adjacency())))
        return all(values) and set(map(type, values)) <= {int, float}
    except (KeyError, ValueError):
        return False
