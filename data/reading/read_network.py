"""Read a network from a file of another program: UCINET, Pajek, GraphML or GEXF."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import warn
from .network_parts import NetworkFile
from .pajek_files import read_pajek
from .refuse_file import cause_of, check_file, refusal
from .ucinet_files import read_dl, read_ucinet

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["NETWORK_FILES", "network_table", "read_network"]

# names under which programs write the weight of an edge, and what a flow table has of its own
_WEIGHTS = ("weight", "value", "Weight")
_OF_FLOWS = ("kind", "year", "unit", "status")
_NUMBERED = re.compile(r"n?\d+")
_LABELS = ("label", "Label", "name")


def read_network(path: str | Path) -> NetworkFile:
    r"""Read a network: its flows, its places, and whether its ties have a direction.

    ============== ================= ==================================================================
    program        file              what is read
    ============== ================= ==================================================================
    UCINET         ``.##h`` (+ .##d) matrices of version 6.404 and the form before, several as ``kind``
    UCINET         ``.dl``           matrices, halves, edge and node lists, labels listed or embedded
    Pajek          ``.net``          arcs, edges, lists, matrices; relations as ``kind``; x and y
    Gephi, igraph  ``.graphml``      edges with ``weight``, node attributes
    Gephi          ``.gexf``         edges with ``weight``, node attributes
    ============== ================= ==================================================================

    - Cells of 0 in a matrix are no flows. A matrix that is symmetric has ties without a direction.
    - Nodes are called by their id; where ids are numbers (``n0``) by their label or name, if each has one of its own.
    - An edge without a weight counts 1. ``kind``, ``year``, ``unit`` and ``status`` of edges are kept, and ``internal``
      of nodes becomes a flow from the place to itself, as `write_graph` writes them.
    - Values may be of any sign here; flows are checked where they are used.

    Parameters
    ----------
    path : str or Path
        The file; of a UCINET pair the one that ends in ``.##h``.

    Returns
    -------
    NetworkFile
        ``flows``, ``places``, ``directed``.

    Raises
    ------
    TableError
        If there is no such file, its format is none of these, or it cannot be read: what was needed, what came, and in
        which line.

    References
    ----------
    UCINET help, "DL language"; Pajek reference manual, "Input ASCII file".

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "copatents.net")
    ...     _ = file.write_text('*Vertices 3\n1 "B"\n2 "T"\n3 "H"\n*Edges\n1 2 5\n', encoding="utf-8")
    ...     found = read_network(file)
    >>> found.flows.to_dict("records"), found.places["place"].tolist(), found.directed
    ([{'source': 'B', 'target': 'T', 'value': 5.0}], ['B', 'T', 'H'], False)
    """
    file = Path(path)
    check_file(file)
    reader = NETWORK_FILES.get(file.suffix.lower())
    if reader is None:
        raise refusal(file, "format", formats=list(NETWORK_FILES), suffix=file.suffix)
    return reader(file)


def network_table(file: Path, contract: str | None) -> pd.DataFrame:
    """Return the places of a network for a table of places, else its flows; warn if these have no direction."""
    found = read_network(file)
    if contract == "places":
        return found.places
    if not found.directed and len(found.flows):
        warn("warnings.files.undirected", file=file.name, stacklevel=4)
    return found.flows


def _read_graphml(file: Path) -> NetworkFile:
    import networkx as nx

    return _of_graph(file, nx.read_graphml)


def _read_gexf(file: Path) -> NetworkFile:
    import networkx as nx

    return _of_graph(file, nx.read_gexf)


def _of_graph(file: Path, reader: "Callable[[Path], nx.Graph[Any]]") -> NetworkFile:
    try:
        graph = reader(file)
    except Exception as error:
        raise refusal(file, "network", reason=cause_of(error)) from error
    labels = _labels(graph)
    rows = []
    for a, b, data in graph.edges(data=True):
        value = _number(file, next((data[name] for name in _WEIGHTS if name in data), 1.0))
        rows.append(
            {"source": labels[a], "target": labels[b], "value": value, **{k: data[k] for k in _OF_FLOWS if k in data}}
        )
    for node, data in graph.nodes(data=True):
        if "internal" in data:
            status = {"status": data["internal_status"]} if "internal_status" in data else {}
            internal = _number(file, data["internal"])
            rows.append({"source": labels[node], "target": labels[node], "value": internal, **status})
    flows = pd.DataFrame(rows, columns=None if rows else ["source", "target", "value"])
    for name in _OF_FLOWS[:3]:
        if name in graph.graph and name not in flows:
            flows[name] = graph.graph[name]
    left_out = {"internal", "internal_status", "place"}
    nodes = [
        {k: v for k, v in data.items() if k not in left_out and not (k in _LABELS and v == labels[node])}
        for node, data in graph.nodes(data=True)
    ]
    places = pd.DataFrame([{"place": labels[node], **data} for node, data in zip(graph, nodes, strict=True)])
    if places.empty:
        places = pd.DataFrame({"place": pd.Series(dtype=object)})
    return NetworkFile(flows, places, graph.is_directed())


def _number(file: Path, cell: Any) -> float:  # noqa: ANN401 - an attribute of any kind
    try:
        return float(cell)
    except (TypeError, ValueError):
        raise refusal(file, "network_number", cell=cell) from None


def _labels(graph: "nx.Graph[Any]") -> dict[Any, str]:
    """Call nodes by their id, or where ids are mere numbers by an attribute that gives each a name of its own."""
    if not all(_NUMBERED.fullmatch(str(node)) for node in graph):
        return {node: str(node) for node in graph}
    for attribute in _LABELS:
        names = [data.get(attribute) for _, data in graph.nodes(data=True)]
        if names and None not in names and len({*map(str, names)}) == len(names):
            return {node: str(name) for node, name in zip(graph, names, strict=True)}
    return {node: str(node) for node in graph}


NETWORK_FILES: dict[str, Callable[[Path], NetworkFile]] = {
    ".##h": read_ucinet,
    ".dl": read_dl,
    ".net": read_pajek,
    ".graphml": _read_graphml,
    ".gexf": _read_gexf,
}
