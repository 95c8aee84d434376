"""Read a graph from a file that another program wrote."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...data.errors import OptionError
from ...data.options import hint
from ...data.reading.read_network import read_network
from .graphs import to_graph

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["read_graph"]


def read_graph(path: str | Path, *, kind: str | None = None) -> "nx.Graph":
    """Read a graph from a file of UCINET, Pajek, GraphML or GEXF, with the formats of `read_network`.

    - ``read_graph(write_graph(graph, path))`` equals the graph in GraphML, if names are texts; GEXF leaves out
      attributes of the graph itself; Pajek and DL keep names and weights alone.
    - An edge of weight 0 is kept, as by `to_graph`; a cell of 0 in a matrix is none.

    Parameters
    ----------
    path : str or Path
        The file; of a UCINET pair the one that ends in ``.##h``.
    kind : str, optional
        Which network, where the file holds several.

    Returns
    -------
    networkx.Graph or networkx.DiGraph
        As `to_graph` makes it: directed if the file's ties have a direction.

    Raises
    ------
    TableError
        If the file cannot be read as a network, or a value is negative or not finite.
    OptionError
        If the file holds several networks and ``kind`` names none of them.

    Examples
    --------
    >>> import networkx as nx, tempfile
    >>> from innoscape.network import write_graph
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("北京", "天津", weight=2.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = read_graph(write_graph(graph, folder + "/contracts.net"))
    >>> list(found.edges(data="weight"))
    [('北京', '天津', 2.5)]
    """
    found = read_network(path)
    flows = found.flows
    kinds = [] if "kind" not in flows else flows["kind"].dropna().unique().tolist()
    if kind is None and len(kinds) > 1:
        raise OptionError(f"{Path(path).name} holds {len(kinds)} networks; name one with kind: {', '.join(kinds)}")
    if kind is not None and kind not in kinds:
        held = f"one of {', '.join(map(str, kinds))}" if kinds else "no kind, as the file names none"
        raise OptionError(f"kind: needed {held}, got {kind!r}{hint(kind, kinds)}")
    return to_graph(flows, directed=found.directed, kind=kind, places=found.places)
