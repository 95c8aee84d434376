"""Keep the ties of a network that chance does not explain.

Each tie gets a p-value under a null model in which weights fall on ties at random; a tie is kept if its p-value is
below the level.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import minimum_spanning_tree

from ...data.errors import OptionError, warn
from ...data.flow_ends import flow_ends
from ...data.methods import documented
from ...data.options import check_choice, check_number, idle_faults, refuse
from ..flows.canonical import tie_matrix
from .tie_p_values import doubly_stochastic, tie_p_values

__all__ = ["Backbone", "backbone"]

Method = Literal[
    "disparity",
    "noise_corrected",
    "binomial",
    "marginal_likelihood",
    "lans",
    "maximum_spanning_tree",
    "doubly_stochastic",
]
METHODS: tuple[str, ...] = get_args(Method)
End = Literal["either", "both"]
ENDS: tuple[str, ...] = get_args(End)
Correction = Literal["none", "bonferroni", "fdr"]
CORRECTIONS: tuple[str, ...] = get_args(Correction)


@dataclass(frozen=True, eq=False)
class Backbone:
    """The ties of a network with their p-values, and the graph of those that are kept.

    Attributes
    ----------
    table : DataFrame
        ``source, target, weight, p_value, kept``, sorted by source and target. Disparity and LANS add ``p_source`` and
        ``p_target`` (nan where disparity finds an end with a single tie), noise correction ``score`` and ``deviation``,
        doubly stochastic scaling ``score``; it and the spanning tree have p-values of nan.
    graph : networkx.Graph or networkx.DiGraph
        All places, with the kept ties and their attributes.
    level : float
        Largest p-value below which a tie was kept, after correction; nan for a spanning tree.
    """

    table: pd.DataFrame
    graph: nx.Graph
    level: float

    @property
    def kept(self) -> pd.Series:
        """Share of ties, of weight, and of tied places that the backbone keeps."""
        table = self.table
        held = table[table["kept"]]

        def places(rows: pd.DataFrame) -> int:
            return len(flow_ends(rows))

        shares = {
            "ties": table["kept"].mean() if len(table) else np.nan,
            "weight": held["weight"].sum() / table["weight"].sum() if len(table) else np.nan,
            "places": places(held) / places(table) if len(table) else np.nan,
        }
        return pd.Series(shares, dtype=float, name="kept")


@documented(
    "serrano2009",
    "dianati2016",
    "foti2011",
    "slater2009",
    formula="p<sub>ij</sub> = (1 − w<sub>ij</sub> / s<sub>i</sub>)<sup>k<sub>i</sub> − 1</sup>",
)
def backbone(
    graph: nx.Graph,
    *,
    method: Method = "disparity",
    alpha: float | None = None,
    ends: End | None = None,
    correction: Correction = "none",
    weight: str | None = "weight",
) -> Backbone:
    """Filter the ties of a weighted network by their significance.

    ``"disparity"``: under the null a place of k ties divides its strength s at random (k - 1 uniform cuts), so a tie
    of weight w has ``p = (1 - w / s) ^ (k - 1)``, exactly. Each tie has two ends: in a directed graph the sender's
    out-ties and the receiver's in-ties. With ``ends="either"`` the smaller p counts (Serrano et al.), with ``"both"``
    the larger.

    ``"noise_corrected"``: with N the total, s_i sent by i and r_j received by j, ``kappa = N / (s_i r_j)`` and
    ``score = (kappa w - 1) / (kappa w + 1)``. The variance of the score comes from a beta-binomial posterior whose
    prior has the mean and variance of a hypergeometric draw; ``p = 1 - Phi(score / deviation)``, so alpha = 0.05 is
    delta = 1.64 of Coscia and Neffke. An undirected tie counts in both directions. Common code has ``1 - mean^2`` in
    the prior where matching its moments gives ``(1 - mean)^2``, as here; the two differ little while no place holds a
    large share of all weight.

    ``"binomial"``: an exact test: each of N units of weight falls on the pair i, j with probability ``a_i b_j``, i
    and j different, where a and b give every place the strength it has (quasi-independence); ``p = P(X >= w)``. For
    weights between whole numbers the incomplete beta function fills in.

    ``"marginal_likelihood"``: the same test with chance ``s_i r_j / N^2`` (undirected ``2 s_i s_j / (2 T)^2`` with T
    units in all), which lets chance tie a place to itself (Dianati). In R's backbone and netbone this is ``mlf``.

    ``"lans"``: ``p`` is the share of a place's ties that are strictly heavier than this one, which assumes nothing of
    how weights are spread (Foti, Hughes & Rockmore). The heaviest tie of each place has p = 0 and is always kept.

    ``"maximum_spanning_tree"``: the heaviest tree (one in each component). It has no null and no p-value.
    Directed ties are kept where the sum of both directions lies on the tree.

    ``"doubly_stochastic"``: weights are scaled by a factor for each row and each column until every place that is tied
    sends 1 and receives 1 (``score``), and ties are kept from the highest score down until they connect what all ties
    connect, directions ignored (Slater; equal scores are kept together). It has no p-value. Scaling is possible only
    if every tie lies on a set of ties by which all places send and receive once; else it is refused.

    - Disparity gives a tie that is the only one of an end no p-value there; one that is alone at both ends has p = 1.
    - Equal weights: under disparity a place of k ties gives each of them ``(1 - 1 / k) ^ (k - 1)``, at least 1 / e, so
      none is kept; under LANS each has p = 0, so all are.
    - Noise correction lets chance tie a place to itself, which networks of places never show, so it expects too little
      of the other ties: at alpha = 0.05 it keeps 15 % of the ties of 25 places tied at random, 8 % of those of 200;
      ``"binomial"`` keeps 3 to 4 %, as it fits the margins. Where places are few or one is dominant, prefer the latter;
      in a star it keeps nothing.
    - Disparity, LANS, tree and doubly stochastic scaling do not depend on the unit. The other three tests do: their
      weights are counts (patents, contracts), and in a unit a hundred times smaller everything becomes significant. Do
      not use them on amounts of money: weights that are not whole numbers raise a warning.
    - Of equally heavy trees the one that takes ties in order of source and target is kept.
    - Ties of weight 0 and self-loops are left out; places without kept ties stay as islands.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Weighted network.
    method : {"disparity", "noise_corrected", "binomial", "marginal_likelihood", "lans", "maximum_spanning_tree",
        "doubly_stochastic"}
        See above.
    alpha : float, optional
        A tie is kept if p < alpha; 0.05 if left out. Refused where there are no p-values.
    ends : {"either", "both"}, optional
        Which end's p counts under disparity and LANS: ``"either"`` if left out.
    correction : {"none", "bonferroni", "fdr"}
        Correct alpha for the number of ties: divide by it, or control the false discovery rate (Benjamini & Hochberg).
    weight : str or None
        Edge attribute; an edge without it counts 1, and so do all where this is None.

    Returns
    -------
    Backbone

    Raises
    ------
    OptionError
        If an option is unknown or of no use to the method, alpha is not between 0 and 1, a weight is negative or not
        finite, weights that should be counts add up to less than 2, or ties cannot be scaled to be doubly stochastic.

    References
    ----------
    Serrano, Boguna & Vespignani (2009) *PNAS* 106; Coscia & Neffke (2017) *IEEE ICDE*, arXiv:1701.07336; Dianati (2016)
    *Physical Review E* 93; Foti, Hughes & Rockmore (2011) *PLoS ONE* 6; Slater (2009) *PNAS* 106; Sinkhorn & Knopp
    (1967) *Pacific Journal of Mathematics* 21; Benjamini & Hochberg (1995) *J. R. Stat. Soc. B* 57.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("hub", p, 1.0) for p in "abcd"] + [("hub", "e", 16.0), ("a", "b", 1.0)])
    >>> found = backbone(graph)
    >>> found.table.loc[found.table["kept"], ["source", "target", "p_value"]].round(4)
      source target  p_value
    5      e    hub   0.0016
    """
    check_choice("method", method, METHODS)
    check_choice("correction", correction, CORRECTIONS)
    tested = method not in ("maximum_spanning_tree", "doubly_stochastic")
    idle = {} if method in ("disparity", "lans") else {"ends": ends}
    if not tested:
        idle |= {"alpha": alpha, "correction": correction}
    refuse(idle_faults(backbone, f"with method={method!r}", **idle))
    ends = "either" if ends is None else ends
    alpha = 0.05 if alpha is None else alpha
    check_choice("ends", ends, ENDS)
    check_number("alpha", alpha, above=0, below=1)
    places, matrix = tie_matrix(graph, weight)
    directed = graph.is_directed()
    entries = matrix.tocoo()
    upper = np.full(entries.nnz, True) if directed else entries.row < entries.col
    i, j, w = entries.row[upper], entries.col[upper], entries.data[upper]
    names = pd.Series(places, dtype=object)
    table = pd.DataFrame({"source": names.iloc[i].to_numpy(), "target": names.iloc[j].to_numpy(), "weight": w})
    level = float("nan")
    if method == "maximum_spanning_tree":
        table["p_value"] = np.nan
        table["kept"] = _on_tree(sparse.csr_array(matrix + matrix.T) if directed else matrix, i, j)
    elif method == "doubly_stochastic":
        table["p_value"] = np.nan
        table["score"] = doubly_stochastic(matrix, places)[i, j] if len(w) else np.zeros(0)
        table["kept"] = _connecting(table["score"].to_numpy(dtype=float), i, j, len(places))
    else:
        if method not in ("disparity", "lans") and len(w):
            _check_counts(w, method)
        table = table.assign(**tie_p_values(method, matrix, i, j, w, ends, directed=directed))
        level = _level(table["p_value"].to_numpy(), alpha, correction)
        table["kept"] = table["p_value"] < level
    kept = nx.DiGraph() if directed else nx.Graph()
    kept.graph.update(graph.graph)
    kept.add_nodes_from((p, dict(graph.nodes[p])) for p in places)
    held = table[table["kept"]]
    kept.add_edges_from((u, v, dict(graph.edges[u, v])) for u, v in zip(held["source"], held["target"], strict=True))
    return Backbone(table, kept, level)


def _check_counts(w: np.ndarray, method: str) -> None:
    if w.sum() < 2:
        raise OptionError(f"{method} counts units, and all weights together are {w.sum():g}; use disparity for shares")
    if not (w == np.round(w)).all():
        warn("warnings.fractional_weights", method=method, stacklevel=3)


def _on_tree(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Say which ties lie on the heaviest tree of a symmetric matrix."""
    if not len(i):
        return np.zeros(0, dtype=bool)
    heavy = sparse.triu(matrix).tocoo()
    # ranks are small positive whole numbers: no weight is lost as a zero, and ties break by source and target
    ranks = np.empty(heavy.nnz)
    ranks[np.lexsort([heavy.col, heavy.row, -heavy.data])] = np.arange(1, heavy.nnz + 1)
    tree = minimum_spanning_tree(sparse.csr_array((ranks, (heavy.row, heavy.col)), shape=matrix.shape)).tocoo()
    held = {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    return np.array([(min(a, b), max(a, b)) in held for a, b in zip(i.tolist(), j.tolist(), strict=True)])


def _connecting(score: np.ndarray, i: np.ndarray, j: np.ndarray, n: int) -> np.ndarray:
    """Keep the highest scores down to the one that connects what all ties connect."""
    one_way = sparse.csr_array((score, (i, j)), shape=(n, n))
    higher = sparse.csr_array(one_way.maximum(one_way.T))
    best = np.asarray(higher[i, j]) if len(i) else np.zeros(0)
    # the weakest tie of the heaviest tree closes the last gap
    last = best[_on_tree(higher, i, j)].min(initial=np.inf)
    return score >= last * (1 - 1e-9)


def _level(p: np.ndarray, alpha: float, correction: str) -> float:
    """Return the level below which p-values are kept."""
    if correction == "none" or not len(p):
        return alpha
    if correction == "bonferroni":
        return alpha / len(p)
    steps = alpha * np.arange(1, len(p) + 1) / len(p)
    passed = np.flatnonzero(np.sort(p) < steps)
    return float(steps[passed[-1]]) if len(passed) else alpha / len(p)
