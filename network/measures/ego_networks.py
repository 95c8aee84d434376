"""Measure the network of each place's partners, seen without the place itself."""

from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...data.methods import documented
from ...data.options import check_choice
from ..flows.canonical import tie_matrix
from ..flows.too_large import bytes_of, check_work

__all__ = ["ego_networks"]

Partners = Literal["both", "out", "in"]
PARTNERS: tuple[str, ...] = get_args(Partners)
# sums over places of cubed numbers of partners, and what a second does
_MOST_WORK, _SECOND = 1e12, 3e9


@documented("everett2005", formula="Σ<sub>a,b</sub> (1 − x<sub>ab</sub>) / (X²)<sub>ab</sub>")
def ego_networks(graph: nx.Graph, *, partners: Partners = "both", weight: str | None = "weight") -> pd.DataFrame:
    """Describe the ego network of each place: its partners, and the ties among them.

    - ``size``: partners. ``ties``: ties among them; ``pairs``: pairs of them, ordered when directed; ``density``: ties
      over pairs.
    - ``strength``: weight of the place's own ties to (and, with ``"both"`` or ``"in"``, from) its partners.
    - ``components``: parts into which the partners fall without the place, directions ignored.
    - ``two_step``: places that it reaches in at most two steps, by the directions asked for; ``two_step_share``: over
      the n - 1 others.
    - ``open_pairs``: pairs of partners without a tie, which the place could broker; ``open_share`` = 1 - density.
    - ``ego_betweenness``: sum over ordered pairs a, b of partners without a tie a to b of the share of two-step paths
      a to b, through the place or its partners, that the place lies on (halved when undirected). Only the ties that
      run from a to the place and on to b count when directed.

    Limit cases:

    - A place without partners has size 0 and density nan; so has one with a single partner.
    - The center of a star has open_share 1 and ego_betweenness (n - 1) (n - 2) / 2.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    partners : {"both", "out", "in"}
        Whom a place sends to or receives from, sends to, or receives from; the three are one when undirected.
    weight : str or None
        Edge attribute, an edge without it counts 1; None counts every tie as 1.

    Returns
    -------
    DataFrame
        ``place, size, strength, ties, pairs, density, components, two_step, two_step_share, open_pairs, open_share,
        ego_betweenness``, sorted by place.

    Raises
    ------
    OptionError
        If an option is unknown or a weight is negative or not finite.
    SizeError
        If places have so many partners that their pairs would take more than some minutes.

    References
    ----------
    Everett & Borgatti (2005) *Social Networks* 27; Hanneman & Riddle (2005) *Introduction to Social Network Methods*,
    chapter 9.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph([("B", "T"), ("B", "H"), ("T", "H"), ("B", "S"), ("S", "X")])
    >>> ego_networks(graph).loc[[0], ["place", "size", "ties", "open_pairs", "two_step"]]
      place  size  ties  open_pairs  two_step
    0     B     3     1           2         4
    """
    check_choice("partners", partners, PARTNERS)
    places, matrix = tie_matrix(graph, weight)
    n, directed = len(places), graph.is_directed()
    link = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    back = sparse.csr_array(link.T)
    if partners == "both" and directed:
        reach = sparse.csr_array((link + back) > 0).astype(float)
        strength = matrix.sum(axis=1) + matrix.sum(axis=0)
    else:
        reach = back if partners == "in" and directed else link
        strength = matrix.sum(axis=0 if partners == "in" and directed else 1)
    size = np.diff(reach.indptr)
    work = float((size.astype(float) ** 3).sum())
    most = float(size.max(initial=0)) ** 2
    check_work(
        "ego networks",
        n,
        matrix.nnz // (1 if directed else 2),
        "take the backbone first",
        memory=bytes_of(most, arrays=3),
        work=work,
        second=_SECOND,
        most_work=_MOST_WORK,
    )
    found = np.array([_around(link, back, reach, i) for i in range(n)]).reshape(n, 4)
    sides = 1 if directed else 2
    ties, pairs = found[:, 0] / sides, size * (size - 1) // sides
    density = np.divide(ties, pairs, out=np.full(n, np.nan), where=pairs > 0)
    return pd.DataFrame(
        {
            "place": pd.Series(places, dtype=object),
            "size": size.astype(np.int64),
            "strength": strength,
            "ties": ties.astype(np.int64),
            "pairs": pairs.astype(np.int64),
            "density": density,
            "components": found[:, 1].astype(np.int64),
            "two_step": found[:, 2].astype(np.int64),
            "two_step_share": found[:, 2] / (n - 1) if n > 1 else np.full(n, np.nan),
            "open_pairs": (pairs - ties).astype(np.int64),
            "open_share": 1 - density,
            "ego_betweenness": found[:, 3] / sides,
        }
    )


def _around(
    link: sparse.csr_array, back: sparse.csr_array, reach: sparse.csr_array, ego: int
) -> tuple[float, int, int, float]:
    """Return ties and parts among the partners of a place, the places within two steps, and its betweenness."""

    def ends(ties: sparse.csr_array, place: int) -> np.ndarray:
        return ties.indices[ties.indptr[place] : ties.indptr[place + 1]]

    others = ends(reach, ego)
    if not len(others):
        return 0.0, 0, 0, 0.0
    rows = reach[others]
    two_step = len(np.setdiff1d(np.concatenate([others, rows.indices]), [ego]))
    among = link[others][:, others]
    parts = connected_components(among, directed=False, return_labels=False)
    square = among.toarray()
    # who sends to the place and to whom it sends, among its partners
    sends, gets = np.isin(others, ends(back, ego)), np.isin(others, ends(link, ego))
    through = np.outer(sends, gets) & (square == 0)
    np.fill_diagonal(through, False)
    shares = 1.0 / (1.0 + (square @ square)[through])
    return float(among.nnz), int(parts), two_step, float(shares.sum())
