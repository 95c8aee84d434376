"""Turn flow tables into graphs and back, and balance them by group.

A weight is a strength: more of it means closer. Whether a kind of flow is directed is declared by the caller, never
guessed from the table. Nodes and edges stand in sorted order, so nothing depends on the order of rows.
"""

from collections.abc import Hashable, Iterable, Mapping

import networkx as nx
import numpy as np
import pandas as pd

from ..data.errors import OptionError

__all__ = ["balances", "to_flows", "to_graph", "to_matrix", "weakest_status"]

# from best to worst known: what rests on a weaker value is itself weak
_STATUS_ORDER = ("observed", "given", "substituted", "derived", "estimated", "assumed")


def weakest_status(statuses: Iterable[object]) -> str | None:
    """Return the status that marks the least certain of several values, None without any.

    From best to worst known: observed, given, substituted, derived, estimated, assumed, anything else.

    Examples
    --------
    >>> weakest_status(["observed", "estimated", "derived", None])
    'estimated'
    """
    known = sorted({str(s) for s in statuses if pd.notna(s)}, key=_status_rank)
    return known[-1] if known else None


def _status_rank(status: str) -> tuple[int, str]:
    return (_STATUS_ORDER.index(status) if status in _STATUS_ORDER else len(_STATUS_ORDER), status)


def _only(values: pd.Series) -> object | None:
    """Return the single value of a column, or None when it has none or several."""
    distinct = values.dropna().unique()
    return distinct[0] if len(distinct) == 1 else None


def _select(flows: pd.DataFrame, column: str, wanted: object | None) -> pd.DataFrame:
    if wanted is None:
        return flows
    if column not in flows or not (flows[column] == wanted).any():
        have = sorted(map(str, flows[column].dropna().unique())) if column in flows else []
        msg = f"{column}={wanted!r} is not in the flows; they have {', '.join(have) or 'no such column'}"
        raise OptionError(msg)
    return flows[flows[column] == wanted]


def to_graph(
    flows: pd.DataFrame,
    *,
    directed: bool,
    kind: str | None = None,
    year: int | None = None,
    places: Iterable[Hashable] = (),
) -> nx.Graph:
    """Make a networkx graph from a flow table.

    Rows with the same ends are summed; in an undirected graph both directions count towards one edge. A flow from a
    place to itself is no edge: it is kept as the node attribute ``internal``.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; optional ``kind``, ``year``, ``unit``, ``status``.
    directed : bool
        True for a `networkx.DiGraph`, False for a `networkx.Graph`.
    kind, year : optional
        Keep the rows of one kind or year only.
    places : iterable, optional
        Places that must be nodes even without any flow (islands).

    Returns
    -------
    networkx.Graph or networkx.DiGraph
        Edges carry ``weight`` and ``status`` (the weakest of the summed rows); ``graph.graph`` carries ``kind``,
        ``unit`` and ``year`` where the rows agree on one.

    Raises
    ------
    OptionError
        If no row has the kind or year asked for, or a value is negative or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["B", "T"], "target": ["T", "B"], "value": [3.0, 1.0]})
    >>> to_graph(flows, directed=False).edges(data="weight")
    EdgeDataView([('B', 'T', 4.0)])
    """
    rows = _select(_select(flows, "kind", kind), "year", year)
    value = rows["value"].to_numpy(dtype=float)
    if not (np.isfinite(value) & (value >= 0)).all():
        raise OptionError("flow values must be finite and at least 0; check the table with check_table(flows, 'flows')")
    graph = nx.DiGraph() if directed else nx.Graph()
    for name in ("kind", "unit", "year"):
        if name in rows and (only := _only(rows[name])) is not None:
            graph.graph[name] = only.item() if isinstance(only, np.generic) else only
    ends = pd.concat([rows["source"], rows["target"], pd.Series(list(places), dtype=object)])
    graph.add_nodes_from(sorted(ends.unique()))
    table = pd.DataFrame({"source": rows["source"], "target": rows["target"], "value": value})
    table["status"] = rows["status"] if "status" in rows else None
    if not directed:
        swapped = table["source"] > table["target"]
        table.loc[swapped, ["source", "target"]] = table.loc[swapped, ["target", "source"]].to_numpy()
    # sorting by value as well makes the floating-point sum independent of row order
    table = table.sort_values(["source", "target", "value"], kind="stable")
    for (source, target), group in table.groupby(["source", "target"], sort=True):
        weight = float(group["value"].sum())
        if source == target:
            graph.nodes[source]["internal"] = weight
        else:
            status = weakest_status(group["status"])
            graph.add_edge(source, target, weight=weight, **({"status": status} if status else {}))
    return graph


def to_flows(graph: nx.Graph, *, weight: str = "weight") -> pd.DataFrame:
    """Write a graph back as a flow table, sorted by source and target.

    The inverse of `to_graph`: ``internal`` of a node becomes a row from the place to itself.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(kind="contract")
    >>> graph.add_edge("B", "T", weight=2.5)
    >>> to_flows(graph)
      source target  value      kind
    0      B      T    2.5  contract
    """
    rows = [
        {"source": u, "target": v, "value": data[weight], "status": data.get("status")}
        for u, v, data in graph.edges(data=True)
    ]
    rows += [
        {"source": n, "target": n, "value": inside, "status": None}
        for n, inside in graph.nodes(data="internal")
        if inside is not None
    ]
    table = pd.DataFrame(rows, columns=["source", "target", "value", "status"])
    for name in ("kind", "unit", "year"):
        if name in graph.graph:
            table[name] = graph.graph[name]
    if table["status"].isna().all():
        table = table.drop(columns="status")
    return table.sort_values(["source", "target"], ignore_index=True)


def to_matrix(flows: pd.DataFrame, places: Iterable[Hashable]) -> pd.DataFrame:
    """Sum a directed flow table into a labeled matrix (n x n, rows are sources).

    Flows with an end outside ``places`` are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> to_matrix(pd.DataFrame({"source": ["B"], "target": ["T"], "value": [2.0]}), ["B", "T"])
         B    T
    B  0.0  2.0
    T  0.0  0.0
    """
    order = list(places)
    position = {place: i for i, place in enumerate(order)}
    rows = flows.loc[flows["source"].isin(order) & flows["target"].isin(order), ["source", "target", "value"]]
    rows = rows.sort_values(["source", "target", "value"], kind="stable")
    matrix = np.zeros((len(order), len(order)))
    np.add.at(
        matrix,
        (rows["source"].map(position).to_numpy(dtype=int), rows["target"].map(position).to_numpy(dtype=int)),
        rows["value"].to_numpy(dtype=float),
    )
    return pd.DataFrame(matrix, index=order, columns=order)


def balances(
    flows: pd.DataFrame,
    groups: Mapping[Hashable, Hashable] | pd.Series,
    *,
    directed: bool,
) -> pd.DataFrame:
    """Balance flows by group: what stays inside, what leaves, what comes in.

    For group g, with flows T from place to place::

        inside = sum T[i, j]   i in g, j in g, i != j
        outside = sum T[i, j]  i in g, j not in g
        inflow = sum T[i, j]   i not in g, j in g
        net = outside - inflow
        localization_share = inside / (inside + outside)

    - A place without a group (missing from ``groups``) counts as outside of every group.
    - When no group has any inside flow, or none has any outside flow, the table covers only one of the two, and the
      localization share is undefined (nan).
    - In undirected networks ``inflow`` equals ``outside`` and ``net`` is 0.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``.
    groups : mapping
        Place -> group.
    directed : bool
        Whether the flows have a direction.

    Returns
    -------
    DataFrame
        ``group, inside, outside, inflow, net, localization_share``, in the flows' unit, sorted by group.

    Examples
    --------
    Of the 2,868.15 (100 million yuan) of technology contracts that Beijing sold to other provinces in 2019, 282.80
    went to Tianjin and Hebei:

    >>> import pandas as pd
    >>> flows = pd.DataFrame(
    ...     {"source": ["Beijing"] * 2, "target": ["Tianjin and Hebei", "elsewhere"], "value": [282.80, 2585.35]}
    ... )
    >>> scope = {"Beijing": "Jing-Jin-Ji", "Tianjin and Hebei": "Jing-Jin-Ji"}
    >>> balances(flows, scope, directed=True)["localization_share"].round(4).tolist()
    [0.0986]
    """
    group_of = pd.Series(dict(groups), dtype=object).dropna()
    rows = flows.loc[flows["source"] != flows["target"]].sort_values(["source", "target", "value"], kind="stable")
    if not directed:
        # each pair is seen from both ends: inside pairs once, outside pairs by the two groups
        rows = pd.concat([rows, rows.rename(columns={"source": "target", "target": "source"})])
    origin, destination = rows["source"].map(group_of), rows["target"].map(group_of)
    stays = (origin == destination) & origin.notna()
    value = rows["value"].astype(float)

    def total(by: pd.Series, mask: pd.Series) -> pd.Series:
        return value[mask].groupby(by[mask]).sum()

    table = pd.DataFrame(
        {
            "inside": total(origin, stays) / (1.0 if directed else 2.0),
            "outside": total(origin, ~stays),
            "inflow": total(destination, ~stays),
        },
        index=sorted({*origin.dropna(), *destination.dropna()}),
        dtype=float,
    ).fillna(0.0)
    table["net"] = table["outside"] - table["inflow"]
    covered = table["inside"].any() and table["outside"].any()
    share = table["inside"] / (table["inside"] + table["outside"]).where(lambda s: s > 0)
    table["localization_share"] = share if covered else np.nan
    return table.rename_axis("group").reset_index()
