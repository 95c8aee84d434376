"""Turn flow tables into graphs and matrices, and graphs back into tables.

A weight is a strength: more of it means closer. Whether a kind of flow is directed is declared by the caller, never
guessed from the table. Nodes and edges stand in sorted order, so nothing depends on the order of rows.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.flow_ends import flow_ends
from ...data.options import check_columns, table_fault
from ...data.vocabulary import doubt, weakest
from .check_graph import flow_values, ordered, warn_of_units
from .doubts import select_rows, warn_of_mirror, warn_of_nesting, warn_of_weight
from .summed_cells import summed_cells, summed_matrix, summed_pairs

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_array

__all__ = ["to_flows", "to_graph", "to_graphs", "to_matrix", "to_places", "to_sparse", "weakest_status"]

# node attributes that hold the flow from a place to itself
_INTERNAL = ("internal", "internal_status")


def weakest_status(statuses: Iterable[object]) -> str | None:
    """Return the status of the least certain of several values, None without any.

    Statuses stand in the vocabulary in one order of certainty, from observed to assumed; anything else is less certain.

    Examples
    --------
    >>> weakest_status(["observed", "estimated", "derived", None])
    'estimated'
    """
    return weakest(str(status) for status in {*statuses} if pd.notna(status))


def _only(values: pd.Series) -> object | None:
    """Return the single value of a column, or None when it has none or several."""
    distinct = values.dropna().unique()
    return distinct[0] if len(distinct) == 1 else None


def to_graph(
    flows: pd.DataFrame,
    *,
    directed: bool,
    kind: str | None = None,
    year: int | None = None,
    places: Iterable[Hashable] | pd.DataFrame = (),
) -> "nx.Graph":
    """Make a networkx graph from a flow table.

    Rows with the same ends are summed; in an undirected graph both directions count towards one edge. A flow from a
    place to itself is no edge: it is kept as the node attributes ``internal`` and ``internal_status``.

    - ``to_graph(to_flows(graph), directed=..., places=to_places(graph))`` equals the graph, islands included.
    - A flow of 0 is an edge of weight 0: the pair was looked at. Tables and files keep it; to measures it is no tie.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; optional ``kind``, ``year``, ``unit``, ``status``.
    directed : bool
        True for a `networkx.DiGraph`, False for a `networkx.Graph`.
    kind, year : optional
        Keep the rows of one kind or year only.
    places : iterable or DataFrame, optional
        Places that must be nodes even without any flow (islands). Of a table with the column ``place`` the other
        columns become node attributes; missing cells and the geometry are left out.

    Returns
    -------
    networkx.Graph or networkx.DiGraph
        Edges carry ``weight`` and ``status`` (the weakest of the summed rows); ``graph.graph`` carries ``kind``,
        ``unit`` and ``year`` where the rows agree on one.

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.
    OptionError
        If no row has the kind or year asked for.

    Warns
    -----
    InnoscapeWarning
        If rows in different units are put into one graph; if rows without a kind or year are left out; if every pair of
        an undirected table stands in both directions with the same value, as in a matrix; if ``places`` has ``part_of``
        and flows end both at a place and at one that contains it.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["B", "T"], "target": ["T", "B"], "value": [3.0, 1.0]})
    >>> to_graph(flows, directed=False).edges(data="weight")
    EdgeDataView([('B', 'T', 4.0)])
    """
    import networkx as nx  # which takes long to load

    check_columns(flows, "flows", ("source", "target", "value"))
    rows = select_rows(select_rows(flows, "kind", kind, stacklevel=2), "year", year, stacklevel=2)
    value = flow_values(rows)
    warn_of_units(rows, stacklevel=2)
    warn_of_mirror(rows, directed=directed, stacklevel=2)
    if isinstance(places, pd.DataFrame):
        warn_of_nesting([*rows["source"], *rows["target"]], places, stacklevel=2)
    keys, attributes = _nodes(places)
    graph = nx.DiGraph() if directed else nx.Graph()
    for name in ("kind", "unit", "year"):
        if name in rows and (only := _only(rows[name])) is not None:
            graph.graph[name] = only.item() if isinstance(only, np.generic) else only
    source, target = rows["source"].tolist(), rows["target"].tolist()
    nodes = ordered([*source, *target, *keys])
    graph.add_nodes_from((n, attributes.get(n, {})) for n in nodes)
    at = {n: i for i, n in enumerate(nodes)}
    ends = np.array([[at[n] for n in source], [at[n] for n in target]], dtype=int)
    if not directed:
        ends.sort(axis=0)
    pairs, weights, groups = summed_pairs(ends, value)
    statuses = _weakest(rows["status"], groups, len(weights)) if "status" in rows else [None] * len(weights)
    for (i, j), weight, status in zip(pairs.T.tolist(), weights.tolist(), statuses, strict=True):
        if i != j:
            graph.add_edge(nodes[i], nodes[j], weight=weight, **({"status": status} if status else {}))
            continue
        graph.nodes[nodes[i]]["internal"] = weight
        if status:
            graph.nodes[nodes[i]]["internal_status"] = status
    return graph


def _weakest(status: pd.Series, groups: np.ndarray, size: int) -> list[str | None]:
    """Return the weakest status of each group of rows."""
    names = sorted({str(s) for s in status.dropna().unique()}, key=doubt)
    rank = {name: i for i, name in enumerate(names)}
    codes = np.array([-1 if pd.isna(s) else rank[str(s)] for s in status.tolist()], dtype=int)
    worst = np.full(size, -1)
    np.maximum.at(worst, groups, codes)
    return [names[code] if code >= 0 else None for code in worst.tolist()]


def _nodes(places: Iterable[Hashable] | pd.DataFrame) -> tuple[list[Hashable], dict[Hashable, dict[str, Any]]]:
    """Return keys and attributes of the places that must be nodes."""
    if isinstance(places, str):
        raise OptionError(f"places must be several, got the text {places!r}; write [{places!r}]")
    if not isinstance(places, pd.DataFrame):
        return list(places), {}
    table: Any = places
    check_columns(table, "places", ["place"])
    if table["place"].isna().any() or table["place"].duplicated().any():
        raise table_fault("places", "every place once", "empty cells or copies", "fill or drop these rows", "place")
    columns = [c for c in table.columns if c != "place" and str(table[c].dtype) != "geometry"]
    if taken := [c for c in columns if c in _INTERNAL]:
        came = f"the column {', '.join(taken)}"
        raise table_fault("places", "columns other than those of flows from a place to itself", came, "rename it")
    keys = table["place"].tolist()
    found: dict[Hashable, dict[str, Any]] = {key: {} for key in keys}
    for column in columns:
        for key, cell in zip(keys, table[column].tolist(), strict=True):
            if not (pd.api.types.is_scalar(cell) and pd.isna(cell)):
                found[key][str(column)] = cell.item() if isinstance(cell, np.generic) else cell
    return keys, found


def to_graphs(
    flows: pd.DataFrame,
    *,
    directed: bool | Mapping[str, bool],
    by: str | Iterable[str] = ("kind", "year"),
    places: Iterable[Hashable] | pd.DataFrame = (),
    same_places: bool = False,
) -> "dict[Any, nx.Graph]":
    """Make one graph for each kind, year or other slice of a flow table.

    Measures of networkx treat the parallel edges of a multigraph in different ways, so layers are kept as graphs of
    their own. ``pd.concat(map(to_flows, graphs.values()))`` puts them into one table again.

    Parameters
    ----------
    flows : DataFrame
        As in `to_graph`, with the columns named in ``by``.
    directed : bool or mapping
        For all graphs, or by kind.
    by : str or iterable of str
        Columns to split by.
    places : iterable or DataFrame, optional
        Nodes of every graph, as in `to_graph`.
    same_places : bool
        Whether every place of any slice becomes a node of every graph.

    Returns
    -------
    dict
        Key -> graph, in the order of the keys; a key is a value where ``by`` is one name, a tuple where it is several.

    Raises
    ------
    TableError
        If a column is missing or has empty cells.
    OptionError
        If a kind is not said to be directed or not.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": "B", "target": ["T", "H"], "value": 1.0, "year": [2018, 2019]})
    >>> {year: list(g.edges) for year, g in to_graphs(flows, directed=True, by="year").items()}
    {2018: [('B', 'T')], 2019: [('B', 'H')]}
    """
    flow_values(flows)
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        check_columns(flows, "flows", [name])
        if flows[name].isna().any():
            raise table_fault("flows", f"a {name} in each row", "empty cells", "fill them, or leave it out of by", name)
    if isinstance(directed, Mapping):
        unsaid = [] if "kind" not in flows else sorted({*flows["kind"]} - {*directed})
        if "kind" not in names or unsaid:
            raise OptionError(f"directed by kind needs 'kind' in by= and an entry for each; lacking: {unsaid}")
    shared: Any = places
    if not isinstance(places, pd.DataFrame):
        shared = pd.DataFrame({"place": list(dict.fromkeys(places))}, dtype=object)
    if same_places:
        ends = pd.Series(ordered(flow_ends(flows) - {*shared["place"]}), dtype=object)
        shared = pd.concat([shared, ends.to_frame("place")], ignore_index=True)
    keys = list(zip(*(flows[name].tolist() for name in names), strict=True))
    labels = pd.Series(pd.factorize(pd.Series(keys, dtype=object))[0], index=flows.index)
    graphs = {}
    for key in ordered(keys):
        rows = flows[labels == labels.iloc[keys.index(key)]]
        way = directed[key[names.index("kind")]] if isinstance(directed, Mapping) else directed
        graphs[key[0] if len(names) == 1 else key] = to_graph(rows, directed=way, places=shared)
    return graphs


def to_flows(graph: "nx.Graph", *, weight: str | None = "weight") -> pd.DataFrame:
    """Write a graph back as a flow table, sorted by source and target.

    The inverse of `to_graph`: ``internal`` of a node becomes a row from the place to itself. An edge without the
    attribute ``weight`` counts 1, as do all with ``weight=None``; an undirected edge starts at the place sorted first.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(kind="contract")
    >>> graph.add_edge("B", "T", weight=2.5)
    >>> to_flows(graph)
      source target  value      kind
    0      B      T    2.5  contract
    """
    warn_of_weight(graph, weight, stacklevel=2)
    place = {n: i for i, n in enumerate(ordered(graph))}
    rows = []
    for u, v, data in graph.edges(data=True):
        ends = (v, u) if not graph.is_directed() and place[u] > place[v] else (u, v)
        rows.append((*ends, 1.0 if weight is None else data.get(weight, 1.0), data.get("status")))
    rows += [(n, n, d["internal"], d.get("internal_status")) for n, d in graph.nodes(data=True) if "internal" in d]
    rows.sort(key=lambda row: (place[row[0]], place[row[1]]))
    table = pd.DataFrame(rows, columns=["source", "target", "value", "status"])
    for name in ("kind", "unit", "year"):
        if name in graph.graph:
            table[name] = graph.graph[name]
    return table.drop(columns="status") if table["status"].isna().all() else table


def to_places(graph: "nx.Graph") -> pd.DataFrame:
    """Write the nodes of a graph as a table: ``place`` and the node attributes, islands included.

    The flow of a place to itself is left to `to_flows`.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_node("B", lon=116.4, internal=3.0)
    >>> graph.add_node("T")
    >>> to_places(graph)
      place    lon
    0     B  116.4
    1     T    NaN
    """
    columns = list(dict.fromkeys(c for _, data in graph.nodes(data=True) for c in data if c not in _INTERNAL))
    order = ordered(graph)
    table = {c: _column([graph.nodes[n].get(c) for n in order]) for c in columns}
    return pd.DataFrame({"place": _column(order), **table})


def _column(cells: list[Any]) -> pd.Series:
    """Return a column that keeps whole numbers whole beside missing cells."""
    if all(cell is None or type(cell) is float for cell in cells):
        return pd.Series(cells, dtype=float)
    column = pd.Series(cells, dtype=object)
    return column if column.isna().any() else column.infer_objects()


def to_sparse(
    flows: pd.DataFrame, places: Iterable[Hashable] | None = None, *, directed: bool = True
) -> tuple["csr_array", pd.Index]:
    """Sum a flow table into a sparse matrix and its labels (n x n, rows are sources).

    Flows with an end outside ``places`` are left out; flows from a place to itself stand on the diagonal.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``.
    places : iterable, optional
        Order of rows and columns; all ends in sorted order if left out.
    directed : bool
        False counts a flow between two places in both directions, which makes the matrix symmetric.

    Returns
    -------
    scipy.sparse.csr_array, Index
        The matrix, without stored zeros, and the place of each row and column.

    Raises
    ------
    TableError, OptionError
        If the flows are not such as `to_graph` takes, or a place stands twice.

    Examples
    --------
    >>> matrix, labels = to_sparse(pd.DataFrame({"source": ["B", "T"], "target": ["T", "H"], "value": [2.0, 1.0]}))
    >>> matrix.toarray().tolist(), list(labels)
    ([[0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]], ['B', 'H', 'T'])
    """
    from scipy.sparse import csr_array

    check_columns(flows, "flows", ("source", "target", "value"))
    labels = pd.Index(ordered([*flows["source"], *flows["target"]]) if places is None else list(places))
    pairs, value = summed_cells(flows, _unlike(labels), flow_values(flows), directed=directed)
    warn_of_mirror(flows, directed=directed, stacklevel=2)
    kept = value != 0
    return csr_array((value[kept], pairs[:, kept]), shape=(len(labels), len(labels))), labels


def to_matrix(flows: pd.DataFrame, places: Iterable[Hashable], *, directed: bool = True) -> pd.DataFrame:
    """Sum a flow table into a labeled matrix (n x n, rows are sources).

    As `to_sparse` does; at most some 16,000 places.

    Raises
    ------
    TableError, OptionError
        If the flows are not such as `to_graph` takes, or a place stands twice; `SizeError` if the matrix is too large.

    Examples
    --------
    >>> import pandas as pd
    >>> to_matrix(pd.DataFrame({"source": ["B"], "target": ["T"], "value": [2.0]}), ["B", "T"])
         B    T
    B  0.0  2.0
    T  0.0  0.0
    """
    labels = pd.Index(list(places))
    matrix = summed_matrix(flows, _unlike(labels), flow_values(flows), directed=directed)
    warn_of_mirror(flows, directed=directed, stacklevel=2)
    return pd.DataFrame(matrix, index=labels, columns=labels)


def _unlike(labels: pd.Index) -> pd.Index:
    """Return labels of which none stands twice."""
    if not labels.is_unique:
        raise OptionError(f"places repeat: {', '.join(map(str, labels[labels.duplicated()].unique()))}")
    return labels
