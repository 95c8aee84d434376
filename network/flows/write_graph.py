"""Write graphs for other programs: Gephi, Pajek, UCINET, VOSviewer and geographic information systems.

Nodes and edges are written in the order of the graph, numbers in full precision, and no date, so the same graph gives
the same bytes.
"""

import codecs
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from ...data.characters import UNWRITABLE
from ...data.errors import GeometryError, OptionError, UnknownPlaceError, warn
from ...data.files import write_file
from ...data.flow_ends import flow_ends
from ...data.options import check_choice, check_columns
from .check_graph import check_graph, numbers, ordered
from .doubts import warn_of_weight
from .too_large import check_square

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FORMATS", "flow_lines", "format_graph", "write_graph"]

# attributes to which the GEXF reader and writer give another meaning
_RESERVED = {"id", "label", "pid", "start", "end", "type", "viz", "parents", "slices", "spells", "networkx_key"}
_MODIFIED = re.compile(r' lastmodifieddate="[^"]*"')


def write_graph(graph: nx.Graph, path: str | Path, *, format: str | None = None, encoding: str | None = None) -> Path:  # noqa: A002
    """Write a graph to a file that another program reads.

    ============== ======== =====================================================================================
    format         suffix   what it holds
    ============== ======== =====================================================================================
    ``graphml``    .graphml everything: node, edge and graph attributes (Gephi, igraph, networkx, Cytoscape)
    ``gexf``       .gexf    node and edge attributes (Gephi)
    ``pajek``      .net     labels, arcs or edges with weights; ``internal`` as a loop
    ``dl``         .dl      labels and the full matrix, ``internal`` on the diagonal (UCINET)
    ``dl-edges``   (named)  the same as an edge list (UCINET, igraph); an undirected edge stands in both directions
    ``vosviewer``  .json    labels, number and total strength of links; links have no direction, opposite ones add up
    ============== ======== =====================================================================================

    - Missing attributes (None, nan) are left out; dates become ISO text; an attribute that is a number on one node
      and a text on another becomes text.
    - Pajek and DL labels cannot hold double quotes, backslashes or line breaks: they become ``'``, ``/`` and spaces,
      with a warning. Pajek knows UTF-8 by its byte order mark, which is written when a label needs it.
    - UCINET turns labels to upper case; labels that it would then confuse are warned of.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Edges carry ``weight``, 1 where they do not.
    path : str or Path
        File to write; an existing one is replaced.
    format : str, optional
        One of the table; the suffix decides if left out.
    encoding : str, optional
        Of Pajek and DL files (such as ``gb18030``); the others are always UTF-8.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OptionError
        If the format or encoding is unknown, the graph is a multigraph, or a name, weight or attribute cannot be
        written.
    OutputError
        If the file cannot be written.

    References
    ----------
    Pajek reference manual, "Input ASCII file"; UCINET help, "DL language"; VOSviewer manual, "JSON files".

    Examples
    --------
    >>> import networkx as nx, tempfile
    >>> graph = nx.Graph()
    >>> graph.add_edge("北京", "天津", weight=3056.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_graph(graph, folder + "/copatents.gexf")
    ...     nx.read_gexf(path).edges["北京", "天津"]["weight"]
    3056.0
    """
    path = Path(path)
    name = _format(format or _SUFFIXES.get(path.suffix.lower(), path.suffix))
    text = format_graph(graph, format=name)
    if encoding is None:
        # the Pajek program takes a file without the mark for ANSI
        encoding = "utf-8-sig" if name == "pajek" and not text.isascii() else "utf-8"
    elif name not in _PLAIN and _codec(encoding) != "utf-8":
        raise OptionError(f"{name} files are always UTF-8, got encoding {encoding!r}")
    try:
        content = text.encode(_codec(encoding))
    except UnicodeEncodeError as error:
        raise OptionError(f"{encoding} cannot hold {error.object[error.start : error.end]!r}; use utf-8") from None
    return write_file(path, content)


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise OptionError(f"encoding {encoding!r} is not known to Python; choose utf-8 or gb18030") from None


def format_graph(graph: nx.Graph, *, format: str) -> str:  # noqa: A002
    r"""Return what `write_graph` writes, as text.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("B", "T", weight=2.0)
    >>> format_graph(graph, format="pajek").splitlines()
    ['*Vertices 2', '1 "B"', '2 "T"', '*Arcs', '1 2 2.0']
    """
    check_graph(graph)
    warn_of_weight(graph, "weight", stacklevel=3)
    if graph.is_multigraph():
        raise OptionError("a multigraph has no single weight for a pair; write one graph for each kind")
    given = numbers([weight for *_, weight in graph.edges(data="weight", default=1.0)], "weights")
    if not np.isfinite(given).all():
        raise OptionError("weights must be finite; drop the edges without a value or give them one")
    return _WRITERS[_format(format)](graph)


def _format(name: str) -> str:
    check_choice("format", name, FORMATS)
    return name


def _plain(graph: nx.Graph, *, reserved: Iterable[str] = ()) -> nx.Graph:
    """Copy a graph with attributes of one plain type each."""
    copy = nx.DiGraph() if graph.is_directed() else nx.Graph()
    copy.graph.update(_same_types([graph.graph], "graph")[0])
    nodes = _same_types([data for _, data in graph.nodes(data=True)], "node")
    edges = _same_types([{"weight": 1.0, **data} for *_, data in graph.edges(data=True)], "edge")
    taken = sorted({key for data in (*nodes, *edges) for key in data} & set(reserved))
    if taken:
        raise OptionError(f"the format gives attributes named {', '.join(taken)} another meaning; rename them")
    names = [str(node) for node in graph]
    _check_names(names)
    copy.add_nodes_from(zip(names, nodes, strict=True))
    copy.add_edges_from((str(u), str(v), data) for (u, v), data in zip(graph.edges, edges, strict=True))
    return copy


def _check_names(names: list[str]) -> None:
    if bad := [name for name in names if UNWRITABLE.search(name)]:
        raise OptionError(f"names hold control characters: {', '.join(map(repr, bad))}")
    if len(set(names)) < len(names):
        raise OptionError("names must differ as text; a number and its text are the same in a file")


def _same_types(rows: list[dict[Any, Any]], what: str) -> list[dict[str, Any]]:
    cleaned = [{str(k): c for k, v in row.items() if (c := _scalar(k, v, what)) is not None} for row in rows]
    kinds: dict[str, set[type]] = {}
    for row in cleaned:
        for key, value in row.items():
            kinds.setdefault(key, set()).add(type(value))
    to = {k: float if v == {int, float} else str for k, v in kinds.items() if len(v) > 1}
    return [{key: to[key](value) if key in to else value for key, value in row.items()} for row in cleaned]


def _scalar(key: object, value: object, what: str) -> str | bool | int | float | None:
    """Return a value as a plain type that every format knows, None where it is missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        if UNWRITABLE.search(value):
            raise OptionError(f"the {what} attribute {key!r} holds control characters: {value!r}")
        return str(value)
    if isinstance(value, bool | int | float):
        return value
    raise OptionError(
        f"the {what} attribute {key!r} holds a {type(value).__name__}; needed text, number or truth value"
    )


def _graphml(graph: nx.Graph) -> str:
    # its elements are those of the standard library: the bytes do not depend on what else is installed
    writer = GraphMLWriter(graph=_plain(graph), encoding="utf-8", prettyprint=True)
    stream = io.BytesIO()
    writer.dump(stream)
    return stream.getvalue().decode()


def _gexf(graph: nx.Graph) -> str:
    writer = GEXFWriter(graph=_plain(graph, reserved=_RESERVED), encoding="utf-8", prettyprint=True)
    stream = io.BytesIO()
    writer.write(stream)
    # the first match is the element's own: in texts quotes are escaped
    return _MODIFIED.sub("", stream.getvalue().decode(), count=1) + "\n"


def _labels(graph: nx.Graph, program: str) -> list[str]:
    """Return the names as a format without escapes can hold them."""
    names = [str(node) for node in graph]
    _check_names(names)
    labels = [re.sub(r"\s", " ", name.replace('"', "'").replace("\\", "/")) for name in names]
    if changed := [a for a, b in zip(names, labels, strict=True) if a != b]:
        warn("warnings.flows.labels", program=program, names=changed, stacklevel=5)
    if len(set(labels)) < len(labels):
        raise OptionError(f"{program} cannot distinguish some names once quotes and backslashes are replaced")
    return labels


def _links(graph: nx.Graph) -> list[tuple[int, int, float]]:
    """Return every edge as positions and weight, with the flows from a place to itself as loops."""
    position = {node: i for i, node in enumerate(graph)}
    rows = [(position[u], position[v], float(w)) for u, v, w in graph.edges(data="weight", default=1.0)]
    loops = nx.get_node_attributes(graph, "internal")
    return sorted([*rows, *((position[n], position[n], float(w)) for n, w in loops.items())])


def _pajek(graph: nx.Graph) -> str:
    labels = _labels(graph, "Pajek")
    lines = [f"*Vertices {len(labels)}", *(f'{i} "{label}"' for i, label in enumerate(labels, 1))]
    lines.append("*Arcs" if graph.is_directed() else "*Edges")
    lines += [f"{i + 1} {j + 1} {weight!r}" for i, j, weight in _links(graph)]
    return "\n".join(lines) + "\n"


def _dl_head(graph: nx.Graph, layout: str) -> list[str]:
    labels = _labels(graph, "UCINET")
    upper = [label.upper() for label in labels]
    counts = Counter(upper)
    if alike := sorted({label for label, u in zip(labels, upper, strict=True) if counts[u] > 1}):
        warn("warnings.flows.upper_case", names=alike, stacklevel=5)
    quoted = [f'"{label}"' if re.search(r"[\s,=:;]", label) or not label else label for label in labels]
    return [f"dl n={len(labels)}", f"format={layout}", "labels:", *quoted, "data:"]


def _dl_matrix(graph: nx.Graph) -> str:
    # numbers become text of their own
    check_square("a full matrix", len(graph), graph.number_of_edges(), "write an edge list instead", arrays=8)
    matrix = np.zeros((len(graph), len(graph)))
    for i, j, weight in _links(graph):
        matrix[i, j] += weight
        if i != j and not graph.is_directed():
            matrix[j, i] += weight
    rows = (" ".join(map(repr, row)) for row in matrix.tolist())
    return "\n".join([*_dl_head(graph, "fullmatrix"), *rows]) + "\n"


def _dl_edges(graph: nx.Graph) -> str:
    links = _links(graph)
    if not graph.is_directed():
        links = sorted([*links, *((j, i, weight) for i, j, weight in links if i != j)])
    rows = (f"{i + 1} {j + 1} {weight!r}" for i, j, weight in links)
    return "\n".join([*_dl_head(graph, "edgelist1"), *rows]) + "\n"


def _vosviewer(graph: nx.Graph) -> str:
    names = [str(node) for node in graph]
    _check_names(names)
    strength: dict[tuple[int, int], float] = {}
    for i, j, weight in _links(graph):
        if weight < 0:
            raise OptionError("VOSviewer takes strengths of at least 0; write differences in another format")
        if i != j and weight > 0:
            pair = (min(i, j), max(i, j))
            strength[pair] = strength.get(pair, 0.0) + weight
    count, total = [0] * len(names), [0.0] * len(names)
    for pair, weight in sorted(strength.items()):
        for i in pair:
            count[i] += 1
            total[i] += weight
    items = [
        {"id": i + 1, "label": name, "weights": {"Links": count[i], "Total link strength": total[i]}}
        for i, name in enumerate(names)
    ]
    links = [{"source_id": i + 1, "target_id": j + 1, "strength": w} for (i, j), w in sorted(strength.items())]
    text = json.dumps({"network": {"items": items, "links": links}}, ensure_ascii=False, indent=1)
    # the file may be put into a page: no text of a table can end a script there
    return text.replace("<", "\\u003c") + "\n"


_WRITERS: dict[str, Callable[[nx.Graph], str]] = {
    "graphml": _graphml,
    "gexf": _gexf,
    "pajek": _pajek,
    "dl": _dl_matrix,
    "dl-edges": _dl_edges,
    "vosviewer": _vosviewer,
}
FORMATS = tuple(_WRITERS)
_PLAIN = ("pajek", "dl", "dl-edges")
_SUFFIXES = {".graphml": "graphml", ".gexf": "gexf", ".net": "pajek", ".dl": "dl", ".json": "vosviewer"}


def flow_lines(flows: pd.DataFrame, places: pd.DataFrame) -> "gpd.GeoDataFrame":
    """Draw every flow as a straight line between its ends in longitude and latitude.

    - A flow from a place to itself keeps its row and has no geometry.
    - A line across the 180th meridian runs the long way round.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target`` and any others.
    places : DataFrame
        Columns ``place``, ``lon``, ``lat`` (degrees, WGS 84).

    Returns
    -------
    GeoDataFrame
        The rows and columns of ``flows`` in their order, with lines in EPSG:4326.

    Raises
    ------
    TableError
        If a column is missing.
    UnknownPlaceError
        If an end is not among the places or has no coordinates.
    GeometryError
        If a coordinate is no longitude or latitude.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"place": ["B", "T"], "lon": [116.4, 117.2], "lat": [39.9, 39.1]})
    >>> flows = pd.DataFrame({"source": ["B"], "target": ["T"], "value": [2.0]})
    >>> flow_lines(flows, places).geometry[0].wkt
    'LINESTRING (116.4 39.9, 117.2 39.1)'
    """
    import geopandas as gpd
    import shapely

    check_columns(flows, "flows", ("source", "target"))
    check_columns(places, "places", ("place", "lon", "lat"))
    at = places.drop_duplicates(["place", "lon", "lat"]).set_index("place")[["lon", "lat"]].astype(float)
    if twice := ordered(at.index[at.index.duplicated()].unique()):
        raise GeometryError(f"one point for each place, got several for {', '.join(map(str, twice))}")
    at = at[np.isfinite(at).all(axis=1)]
    if beyond := at.index[(at["lon"].abs() > 180) | (at["lat"].abs() > 90)].tolist():
        raise GeometryError(f"not longitude and latitude in degrees: {', '.join(map(str, beyond))}")
    unknown = ordered(flow_ends(flows) - {*at.index})
    if unknown:
        raise UnknownPlaceError(f"no coordinates for {', '.join(map(str, unknown))}; add them to places")
    ends = np.stack([at.loc[flows[end].tolist()].to_numpy() for end in ("source", "target")], axis=1)
    apart = flows["source"].to_numpy(dtype=object) != flows["target"].to_numpy(dtype=object)
    lines = np.full(len(flows), None, dtype=object)
    if apart.any():
        lines[apart] = shapely.linestrings(ends[apart])
    return gpd.GeoDataFrame(flows.copy(), geometry=lines, crs="EPSG:4326")
