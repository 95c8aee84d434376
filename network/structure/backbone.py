"""Keep the ties of a network that chance does not explain.

Each tie gets a p-value under a null model in which weights fall on ties at random; a tie is kept if its p-value is
below the level.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.csgraph import minimum_spanning_tree

from ...data.errors import OptionError, warn
from ...data.flow_ends import flow_ends
from ...data.options import check_choice, check_number, idle_faults, refuse
from ..flows.canonical import tie_matrix

__all__ = ["Backbone", "backbone"]

Method = Literal["disparity", "noise_corrected", "binomial", "maximum_spanning_tree"]
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
        ``source, target, weight, p_value, kept``, sorted by source and target. Disparity adds ``p_source`` and
        ``p_target`` (nan where an end has a single tie), noise correction ``score`` and ``deviation``, the spanning
        tree has p-values of nan.
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


def backbone(
    graph: nx.Graph,
    *,
    method: Method = "disparity",
    alpha: float = 0.05,
    ends: End = "either",
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

    ``"maximum_spanning_tree"``: the heaviest tree (one in each component). It has no null and no p-value.
    Directed ties are kept where the sum of both directions lies on the tree.

    - A tie that is the only one of an end has no p-value there; one that is the only tie at both ends has p = 1.
    - Equal weights: a place of k ties gives each of them ``(1 - 1 / k) ^ (k - 1)``, at least 1 / e, so none is kept.
    - Noise correction lets chance tie a place to itself, which networks of places never show, so it expects too little
      of the other ties: at alpha = 0.05 it keeps 15 % of the ties of 25 places tied at random, 8 % of those of 200;
      ``"binomial"`` keeps 3 to 4 %, as it fits the margins. Where places are few or one is dominant, prefer the latter;
      in a star it keeps nothing.
    - Disparity does not depend on the unit. The other two tests do: their weights are counts (patents, contracts),
      and in a unit a hundred times smaller everything becomes significant. Do not use them on amounts of money:
      weights that are not whole numbers raise a warning.
    - Of equally heavy trees the one that takes ties in order of source and target is kept.
    - Ties of weight 0 and self-loops are left out; places without kept ties stay as islands.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Weighted network.
    method : {"disparity", "noise_corrected", "binomial", "maximum_spanning_tree"}
        See above.
    alpha : float
        A tie is kept if p < alpha.
    ends : {"either", "both"}
        Which end's p counts under disparity.
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
        If an option is unknown, alpha is not between 0 and 1, a weight is negative or not finite, or weights that
        should be counts add up to less than 2.

    References
    ----------
    Serrano, Boguna & Vespignani (2009) *PNAS* 106; Coscia & Neffke (2017) *IEEE ICDE*, arXiv:1701.07336; Benjamini &
    Hochberg (1995) *J. R. Stat. Soc. B* 57.

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
    check_choice("ends", ends, ENDS)
    check_choice("correction", correction, CORRECTIONS)
    check_number("alpha", alpha, above=0, below=1)
    idle = {} if method == "disparity" else {"ends": ends}
    if method == "maximum_spanning_tree":
        idle |= {"alpha": alpha, "correction": correction}
    refuse(idle_faults(backbone, f"with method={method!r}", **idle))
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
        table["kept"] = _on_tree(matrix, i, j, directed=directed)
    else:
        if method != "disparity" and len(w):
            _check_counts(w, method)
        table = table.assign(**_tested(method, matrix, i, j, w, ends, directed=directed))
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


def _tested(
    method: str,
    matrix: sparse.csr_array,
    i: np.ndarray,
    j: np.ndarray,
    w: np.ndarray,
    ends: str,
    *,
    directed: bool,
) -> dict:
    if method == "disparity":
        return _disparity(matrix, i, j, w, ends)
    if method == "noise_corrected":
        return _noise(matrix, i, j, w)
    return _binomial(matrix, i, j, w, directed=directed)


def _disparity(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray, ends: str) -> dict:
    columns = matrix.tocsc()
    out_degree, in_degree = np.diff(matrix.indptr), np.diff(columns.indptr)
    sent, received = matrix.sum(axis=1), matrix.sum(axis=0)

    def at(degree: np.ndarray, strength: np.ndarray) -> np.ndarray:
        many = degree > 1
        p = np.full(len(w), np.nan)
        # a share of 1 beside other ties comes from rounding only
        share = np.minimum(w[many] / strength[many], 1.0 - np.finfo(float).eps)
        p[many] = np.exp((degree[many] - 1) * np.log1p(-share))
        return p

    first, second = at(out_degree[i], sent[i]), at(in_degree[j], received[j])
    smaller, larger = np.fmin(first, second), np.fmax(first, second)
    p = smaller if ends == "either" else larger
    return {"p_source": first, "p_target": second, "p_value": np.where(np.isnan(p), 1.0, p)}


def _noise(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray) -> dict:
    sent, received, total = matrix.sum(axis=1)[i], matrix.sum(axis=0)[j], matrix.sum()
    product = sent * received
    kappa = total / product
    score = (kappa * w - 1) / (kappa * w + 1)
    mean = product / total**2
    variance = product * (total - sent) * (total - received) / (total**4 * (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        # the beta distribution with this mean and variance
        prior_a = mean * (mean * (1 - mean) / variance - 1)
        prior_b = (1 - mean) * (mean * (1 - mean) / variance - 1)
        expected = (prior_a + w) / (prior_a + prior_b + total)
        slope = 1 / product - total * (sent + received) / product**2
        spread = total * expected * (1 - expected) * (2 * (kappa + w * slope) / (kappa * w + 1) ** 2) ** 2
        deviation = np.sqrt(spread)
        p = stats.norm.sf(score / deviation)
    # a tie that carries everything its ends have leaves nothing to compare with
    return {"score": score, "deviation": deviation, "p_value": np.where(np.isfinite(p), p, 1.0)}


def _binomial(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, w: np.ndarray, *, directed: bool) -> dict:
    if not matrix.nnz:
        return {"p_value": np.zeros(0)}
    total = matrix.sum()
    a, b = _independent(matrix.sum(axis=1) / total, matrix.sum(axis=0) / total)
    chance = a[i] * b[j] if directed else a[i] * b[j] + a[j] * b[i]
    units = total if directed else total / 2
    # P(X >= w) of a binomial is the beta distribution function, which also holds between whole numbers
    return {"p_value": stats.beta.cdf(np.minimum(chance, 1.0), w, units - w + 1)}


def _independent(sent: np.ndarray, received: np.ndarray, rounds: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Return a and b such that a[i] b[j] off the diagonal has the given margins (as nearly as any a and b have)."""
    a, b = sent.copy(), received.copy()
    for _ in range(rounds):
        before = a
        a = _over(sent, b)
        b = _over(received, a)
        if np.abs(a - before).max() <= 1e-13 * np.abs(a).max():
            break
    return a, b


def _over(margin: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Divide a margin by the sum of the others' factors."""
    rest = np.maximum(other.sum() - other, np.finfo(float).tiny)
    return np.where(margin > 0, margin / rest, 0.0)


def _on_tree(matrix: sparse.csr_array, i: np.ndarray, j: np.ndarray, *, directed: bool) -> np.ndarray:
    if not len(i):
        return np.zeros(0, dtype=bool)
    heavy = sparse.triu(matrix + matrix.T if directed else matrix).tocoo()
    # ranks are small positive whole numbers: no weight is lost as a zero, and ties break by source and target
    ranks = np.empty(heavy.nnz)
    ranks[np.lexsort([heavy.col, heavy.row, -heavy.data])] = np.arange(1, heavy.nnz + 1)
    tree = minimum_spanning_tree(sparse.csr_array((ranks, (heavy.row, heavy.col)), shape=matrix.shape)).tocoo()
    held = {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    return np.array([(min(a, b), max(a, b)) in held for a, b in zip(i.tolist(), j.tolist(), strict=True)])


def _level(p: np.ndarray, alpha: float, correction: str) -> float:
    """Return the level below which p-values are kept."""
    if correction == "none" or not len(p):
        return alpha
    if correction == "bonferroni":
        return alpha / len(p)
    steps = alpha * np.arange(1, len(p) + 1) / len(p)
    passed = np.flatnonzero(np.sort(p) < steps)
    return float(steps[passed[-1]]) if len(passed) else alpha / len(p)
