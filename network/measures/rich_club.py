"""Ask whether the well-tied places are tied to one another: the rich club.

The observed share of ties among them says little, because places with many ties meet by chance; it is compared with
networks in which every place keeps its degree.
"""

import networkx as nx
import numpy as np
import pandas as pd

from ...data.options import check_number, idle_faults, refuse
from ..flows.canonical import ordered, random_source
from ..flows.check_graph import check_graph
from ..flows.doubts import without_zeros
from ..flows.ticks import Progress, Ticks
from ..flows.too_large import check_square
from .rewiring import rewire, tied_pairs
from .ties import read_ties

__all__ = ["rich_club"]

_COLUMNS = ["degree", "places", "edges", "coefficient", "expected", "low", "high", "normalized", "p_value"]
# attempted swaps over all networks of comparison, some minutes of work
_MOST_SWAPS = 1e9
_CHUNK = 1_000_000
# bytes of a pair of places
_PAIR = 1 / 8


def rich_club(
    graph: nx.Graph,
    *,
    normalized: bool = True,
    null_networks: int = 100,
    seed: int = 0,
    tries: int = 20,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compute the rich-club coefficient of every degree and compare it with chance.

    For N places of degree above k and E edges among them::

        coefficient(k) = 2 E / (N (N - 1))       E / (N (N - 1)) when directed
        normalized(k)  = coefficient(k) / mean coefficient over networks with the same degrees

    Weights play no part. Degree is the number of neighbors, in plus out when directed. The networks of comparison come
    from `tries` attempted edge swaps per edge that keep every degree, in and out apart.

    - k runs from 0 to the second largest degree, less 1: the club needs two members.
    - Where no swap is possible (a star, a complete graph), expected equals observed and normalized is 1.
    - ``normalized`` is nan where the mean of the networks of comparison is 0.
    - Island places belong to no club. Self-loops are ignored.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        When normalized, at most some 170,000 nodes, and edges times `tries` times ``null_networks`` at most 10^9.
    normalized : bool
        Without it the columns of the comparison hold nan.
    null_networks : int
        Number of networks of comparison, at least 1.
    seed : int
        Same seed, same answer; run r depends on seed and r only.
    tries : int
        Attempted swaps per edge and run, at least 1.
    progress : callable, optional
        Told after each network of comparison: networks done, all networks.

    Returns
    -------
    DataFrame
        ``degree`` (k), ``places`` (N), ``edges`` (E), ``coefficient``, ``expected`` (mean), ``low`` and ``high`` (2.5
        and 97.5 % quantiles of the networks of comparison), ``normalized``, ``p_value`` (share of networks, the
        observed one counted in, whose coefficient is at least the observed).

    Raises
    ------
    OptionError
        If ``null_networks`` or `tries` is no whole number of at least 1, or the seed is none.
    SizeError
        If the graph is too large to shuffle.

    References
    ----------
    Zhou & Mondragon (2004) *IEEE Communications Letters* 8; Colizza et al. (2006) *Nature Physics* 2; Maslov & Sneppen
    (2002) *Science* 296.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.complete_graph(3)
    >>> graph.add_edges_from([(0, 3), (1, 4), (2, 5)])
    >>> rich_club(graph, null_networks=20)[["degree", "places", "edges", "coefficient"]]
       degree  places  edges  coefficient
    0       0       6      6          0.4
    1       1       3      3          1.0
    2       2       3      3          1.0
    """
    check_graph(graph)
    check_number("null_networks", null_networks, least=1, whole=True)
    check_number("tries", tries, least=1, whole=True)
    if not normalized:
        refuse(idle_faults(rich_club, "with normalized=False", null_networks=null_networks, tries=tries))
    if normalized:
        ends_read, swaps = graph.number_of_edges(), tries * graph.number_of_edges()
        fewer = f"pass normalized=False, or null_networks={max(int(_MOST_SWAPS / max(swaps, 1)), 1)}"
        work = swaps * null_networks
        what = f"{null_networks} shuffled networks"
        check_square(
            what, len(graph), ends_read, fewer, arrays=1 / 8, each=1, work=work, second=3e6, most_work=_MOST_SWAPS
        )
    tick = Ticks(progress, null_networks)
    # in sorted order, so that the shuffles do not hang on the order in which places were added
    bare = nx.DiGraph() if graph.is_directed() else nx.Graph()
    bare.add_nodes_from(ordered(graph))
    bare.add_edges_from(without_zeros(graph).edges())
    ties = read_ties(bare)
    entries = ties.link.tocoo()
    keep = slice(None) if ties.directed else entries.row < entries.col
    ends = np.column_stack([entries.row[keep], entries.col[keep]]).astype(np.int64)
    levels = np.arange(np.sort(ties.degree)[-2]) if len(ties) > 1 else np.arange(0)
    table = pd.DataFrame({"degree": levels}, columns=_COLUMNS).astype(dict.fromkeys(_COLUMNS[3:], float))
    places = np.array([(ties.degree > k).sum() for k in levels], dtype=int)
    possible = places * (places - 1) / (1 if ties.directed else 2)
    observed = _edges_above(ends, ties.degree, levels)
    table["places"], table["edges"], table["coefficient"] = places, observed, observed / possible
    if normalized and len(levels):
        drawn = np.empty((null_networks, len(levels)))
        for run in range(null_networks):
            shuffled = _shuffled(ends, len(ties), ties.directed, tries, random_source(seed, run))
            drawn[run] = _edges_above(shuffled, ties.degree, levels) / possible
            tick()
        table["expected"] = drawn.mean(axis=0)
        table["low"], table["high"] = np.quantile(drawn, [0.025, 0.975], axis=0)
        table["normalized"] = table["coefficient"] / table["expected"].where(table["expected"] > 0)
        table["p_value"] = (1 + (drawn >= table["coefficient"].to_numpy()).sum(axis=0)) / (null_networks + 1)
    return table


def _shuffled(
    ends: np.ndarray,
    places: int,
    directed: bool,  # noqa: FBT001 - private
    tries: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the edges (m x 2) after ``tries`` attempted swaps an edge."""
    ends = ends.copy()
    linked = tied_pairs(ends, places, directed)
    left = tries * len(ends) if len(ends) > 1 else 0
    while left > 0:
        size = min(left, _CHUNK)
        draws = rng.integers(len(ends), size=(size, 2))
        rewire(linked, ends, draws, rng.integers(2, size=0 if directed else size))
        left -= size
    return ends


def _edges_above(ends: np.ndarray, degree: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Count the edges whose ends both have a degree above each level."""
    smaller = np.sort(degree[ends].min(axis=1)) if len(ends) else np.zeros(0)
    return len(ends) - np.searchsorted(smaller, levels, side="right")
