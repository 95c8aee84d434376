"""Lay networks of several kinds over the same places, compare them, and find the places that hold them together.

Layers are named graphs: co-patents, contracts, capital, talent; or ties at home and ties abroad. As their units differ,
each layer is scaled to a total weight of 1 wherever layers are added or compared.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import spsolve

from ...data.errors import OptionError
from ...data.options import check_columns, check_number
from ..flows.canonical import ordered, tie_matrix
from ..measures.spectral import fixed_point

__all__ = ["Multilayer", "multilayer"]

_POWER_ROUNDS = 100_000
# replicas up to which the walk is solved directly; beyond, a direct solution fills memory
_DIRECT = 2000


@dataclass(frozen=True, eq=False)
class Multilayer:
    """Layers of ties over the same places.

    Attributes
    ----------
    layers : DataFrame
        ``layer, directed, places, ties, weight, coverage`` (share of all places with a tie in the layer), in the
        order given.
    pairs : DataFrame
        ``layer, other, shared_places, place_jaccard, tie_jaccard, weighted_overlap, strength_correlation``.
    places : DataFrame
        ``place, layers`` (number with a tie), ``everywhere`` (tied in all layers), ``overlap`` (mean share of
        strength over layers), ``participation``, ``pagerank``, ``eigenvector``, ``rank`` (by PageRank versatility, 1
        the highest, equal ones share the better rank).
    strengths : DataFrame
        Places x layers: share of the layer's strength that the place holds.
    """

    layers: pd.DataFrame
    pairs: pd.DataFrame
    places: pd.DataFrame
    strengths: pd.DataFrame

    @property
    def covered(self) -> float:
        """Share of places that are tied in every layer; nan without places."""
        return float(self.places["everywhere"].mean()) if len(self.places) else float("nan")


def multilayer(
    graphs: Mapping[str, nx.Graph],
    *,
    places: Iterable[Hashable] | pd.DataFrame = (),
    coupling: float = 1.0,
    damping: float = 0.85,
    weight: str | None = "weight",
) -> Multilayer:
    """Compare layers pair by pair and rank places by their part in all of them.

    With s[i, a] the strength of place i in layer a (in plus out where directed), as a share of the layer's total,
    over m layers, o[i] their sum over layers and w[e, a] the weight of tie e as a share of the layer's total::

        tie_jaccard = ties in both / ties in either
        weighted_overlap = sum_e min(w[e, a], w[e, b]) / sum_e max(w[e, a], w[e, b])
        strength_correlation = Spearman's rank correlation of s[., a] and s[., b] over places tied in both
        participation = m / (m - 1) * (1 - sum_a (s[i, a] / o[i])^2)

    Participation is 0 for a place of one layer and 1 for one that is equally strong in all.

    Versatility joins the layers into one network in which a place has a replica in each layer. The replicas that have
    ties of their own are coupled by a weight of ``coupling`` times the mean strength of a place. Versatility is the
    sum over replicas of the PageRank (a walker that follows ties and couplings by their weight and restarts at any
    replica) or of the leading eigenvector (unit length, places central when central places send to them).

    - With one layer, versatility is the ordinary PageRank and eigenvector centrality, and participation is nan.
    - With coupling 0, PageRank versatility is the mean of the layers' own PageRanks if every place sends in every
      layer; a walker that finds no way out restarts in any layer.
    - Layers that are equal up to their unit overlap by 1 in every measure.
    - Directed and undirected layers may be mixed; an undirected tie then counts as one in each direction. A pair of
      layers is compared tie by tie in direction if both are directed, else without direction.
    - A place without any tie has participation nan and the least PageRank. A layer without ties has overlap 0 with
      every other; two such layers, nan.
    - The order of layers changes nothing but the order of rows.

    Parameters
    ----------
    graphs : mapping
        Name of the layer -> graph.
    places : iterable or DataFrame, optional
        Places that count besides the nodes of the graphs, such as all centers of a study (of a table, its column
        ``place``); they lower coverage.
    coupling : float
        Weight of the ties between replicas, in mean strengths; at least 0.
    damping : float
        Chance that the walker goes on, between 0 and 1.
    weight : str or None
        Edge attribute; None counts every tie as 1.

    Returns
    -------
    Multilayer

    Raises
    ------
    TableError
        If ``places`` is a table without the column ``place``.
    OptionError
        If there is no layer, or an option or a weight is out of range.

    References
    ----------
    Battiston, Nicosia & Latora (2014) *Physical Review E* 89; De Domenico, Sole-Ribalta, Omodei, Gomez & Arenas
    (2015) *Nature Communications* 6.

    Examples
    --------
    >>> import networkx as nx
    >>> patents, capital = nx.Graph([("B", "S"), ("B", "W"), ("S", "W")]), nx.DiGraph([("S", "B"), ("S", "H")])
    >>> found = multilayer({"copatent": patents, "capital": capital})
    >>> found.pairs[["layer", "other", "shared_places", "tie_jaccard"]]
          layer    other  shared_places  tie_jaccard
    0  copatent  capital              2         0.25
    >>> found.places[["place", "layers", "everywhere", "rank"]]
      place  layers  everywhere  rank
    0     B       2        True     1
    1     H       1       False     4
    2     S       2        True     2
    3     W       1       False     3
    """
    if not isinstance(graphs, Mapping) or not graphs:
        raise OptionError("multilayer needs at least one named graph")
    check_number("coupling", coupling, least=0)
    check_number("damping", damping, above=0, below=1)
    names = list(graphs)
    extra: Any = places
    if isinstance(places, pd.DataFrame):
        check_columns(extra, "places", ["place"])
        extra = extra["place"]
    everyone = ordered({*extra, *(node for graph in graphs.values() for node in graph)})
    matrices = {name: _on(everyone, graph, weight) for name, graph in graphs.items()}
    strengths = pd.DataFrame(
        {name: _strength(matrix) for name, matrix in matrices.items()}, index=pd.Index(everyone, name="place")
    )
    return Multilayer(
        layers=pd.DataFrame([_layer(name, graphs[name], matrices[name]) for name in names]),
        pairs=pd.DataFrame(
            [_pair(a, b, graphs, matrices, strengths) for a, b in combinations(names, 2)],
            columns=[
                "layer",
                "other",
                "shared_places",
                "place_jaccard",
                "tie_jaccard",
                "weighted_overlap",
                "strength_correlation",
            ],
        ),
        places=_places(strengths, [matrices[n] for n in sorted(names)], coupling, damping),
        strengths=strengths,
    )


def _on(everyone: list, graph: nx.Graph, weight: str | None) -> sparse.csr_array:
    """Return the ties of a layer over all places, an undirected tie in both directions."""
    places, matrix = tie_matrix(graph, weight)
    position = {place: i for i, place in enumerate(everyone)}
    index = np.array([position[place] for place in places], dtype=int)
    entries = matrix.tocoo()
    shape = (len(everyone), len(everyone))
    return sparse.csr_array((entries.data, (index[entries.row], index[entries.col])), shape=shape)


def _strength(matrix: sparse.csr_array) -> np.ndarray:
    both = np.asarray(matrix.sum(axis=0) + matrix.sum(axis=1), dtype=float)
    return both / (both.sum() or 1.0)


def _layer(name: str, graph: nx.Graph, matrix: sparse.csr_array) -> dict:
    directed = graph.is_directed()
    tied = _strength(matrix) > 0
    return {
        "layer": name,
        "directed": directed,
        "places": int(tied.sum()),
        "ties": matrix.nnz if directed else matrix.nnz // 2,
        "weight": float(matrix.sum()) if directed else float(matrix.sum()) / 2,
        "coverage": float(tied.mean()) if len(tied) else np.nan,
    }


def _pair(a: str, b: str, graphs: Mapping, matrices: dict, strengths: pd.DataFrame) -> dict:
    first, second = matrices[a], matrices[b]
    if not (graphs[a].is_directed() and graphs[b].is_directed()):
        first, second = first + first.T, second + second.T
    first, second = first / (first.sum() or 1.0), second / (second.sum() or 1.0)
    common = (first > 0).multiply(second > 0).sum()
    either = first.nnz + second.nnz - common
    most = first.maximum(second).sum()
    here, there = strengths[a] > 0, strengths[b] > 0
    shared = here & there
    return {
        "layer": a,
        "other": b,
        "shared_places": int(shared.sum()),
        "place_jaccard": _share(shared.sum(), (here | there).sum()),
        "tie_jaccard": _share(common, either),
        "weighted_overlap": _share(first.minimum(second).sum(), most),
        "strength_correlation": _spearman(strengths.loc[shared, a], strengths.loc[shared, b]),
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _spearman(x: pd.Series, y: pd.Series) -> float:
    # shares of equal strengths may differ in the last digit
    first, second = x.round(12), y.round(12)
    if first.nunique() < 2 or second.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(first.rank(), second.rank())[0, 1])


def _places(strengths: pd.DataFrame, matrices: list[sparse.csr_array], coupling: float, damping: float) -> pd.DataFrame:
    shares = strengths.to_numpy()
    m = shares.shape[1]
    total = shares.sum(axis=1)
    parts = np.divide(shares, total[:, None], out=np.full(shares.shape, np.nan), where=total[:, None] > 0)
    participation = m / (m - 1) * (1 - (parts**2).sum(axis=1)) if m > 1 else np.full(len(shares), np.nan)
    supra = _supra(matrices, coupling)
    table = pd.DataFrame(
        {
            "place": pd.Series(strengths.index.tolist(), dtype=object),
            "layers": (shares > 0).sum(axis=1),
            "everywhere": (shares > 0).all(axis=1),
            "overlap": shares.mean(axis=1),
            "participation": np.maximum(participation, 0.0),
            "pagerank": _pagerank(supra, damping).reshape(m, -1).sum(axis=0),
            "eigenvector": _eigenvector(supra).reshape(m, -1).sum(axis=0),
        }
    )
    table["rank"] = table["pagerank"].round(12).rank(ascending=False, method="min").astype(int)
    return table


def _supra(matrices: list[sparse.csr_array], coupling: float) -> sparse.csr_array:
    """Join the layers, each scaled to a mean strength of 1, and tie the replicas of each place."""
    n, m = matrices[0].shape[0], len(matrices)
    scaled = [matrix * (n / (matrix.sum() or 1.0)) for matrix in matrices]
    if not n:
        return sparse.csr_array((0, 0))
    tied = np.concatenate([_strength(matrix) > 0 for matrix in matrices]).astype(float)
    # a replica without ties of its own would catch walkers and hand them back for ever
    present = sparse.diags_array(tied)
    replicas = present @ sparse.kron(np.ones((m, m)) - np.eye(m), sparse.eye_array(n) * coupling) @ present
    return sparse.csr_array(sparse.block_diag(scaled) + replicas)


def _pagerank(supra: sparse.csr_array, damping: float) -> np.ndarray:
    n = supra.shape[0]
    if not n:
        return np.zeros(0)
    out = np.asarray(supra.sum(axis=1)).ravel()
    # restarts and dangling replicas both spread uniformly, so the share is proportional to this one solution
    walk = sparse.diags_array(np.divide(1.0, out, out=np.zeros(n), where=out > 0)) @ supra
    step = sparse.csc_array(damping * walk.T)
    if n > _DIRECT:
        share = fixed_point(step)
    else:
        share = spsolve(sparse.csc_array(sparse.eye_array(n) - damping * walk.T), np.ones(n))
    return share / share.sum()


def _eigenvector(supra: sparse.csr_array) -> np.ndarray:
    """Iterate the leading eigenvector; nan where there is none or it is not reached."""
    n = supra.shape[0]
    if not supra.nnz or sparse.csgraph.connected_components(supra, connection="strong")[0] == n:
        return np.full(n, np.nan)
    # adding the mean strength to the diagonal leaves the vector and keeps bipartite networks from swinging
    received = sparse.csr_array(supra.T + sparse.eye_array(n) * (supra.sum() / n))
    vector = np.full(n, n**-0.5)
    for _ in range(_POWER_ROUNDS):
        following = received @ vector
        following /= np.linalg.norm(following)
        if np.abs(following - vector).max() < 1e-13:
            # what shrinks at every step, as the replicas of islands do, is nothing
            return np.where(following < np.finfo(float).eps * n * following.max(), 0.0, following)
        vector = following
    return np.full(n, np.nan)
