"""Find communities of places that exchange more among themselves than chance would have it.

Ties are strengths. The quality maximized is modularity, for directed graphs in the form of Leicht and Newman; the
engine is igraph with a random source of its own, so the same seed gives the same partition.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.budget import Budget
from ...data.methods import documented
from ...data.options import check_choice, check_number
from ..flows.canonical import check_seed, engine, groups_of, ordered, seeded, tie_matrix
from ..flows.ticks import Progress, Ticks
from ..flows.too_large import bytes_of, too_large
from .compare_partitions import adjusted_rand, mutual_information
from .mixing import modularity_of, weight_between

__all__ = ["Communities", "communities"]

Method = Literal["leiden", "louvain"]
METHODS: tuple[str, ...] = get_args(Method)
# runs times ties, and what each takes in seconds
_MOST_WORK = 20_000_000
_SECONDS = 2e-5


@dataclass(frozen=True, eq=False)
class Communities:
    """Communities of a network, how sure they are, and how they lie to given scopes.

    Attributes
    ----------
    table : DataFrame
        ``place, community, stability``, sorted by place. Communities are numbered by size, then by their first place;
        ``stability`` is the mean share of runs in which the place lies with the other members of its community (nan
        for a community of one).
    modularity : float
        Of the chosen partition at the resolution asked for; nan without ties.
    profile : DataFrame
        One row a community: ``community, places, inside, outside, inside_share`` (tie weight inside, tie weight that
        crosses the border, and the share of the first in both).
    memberships : DataFrame
        Places x runs: the community of each place in each run.
    runs : DataFrame
        ``run, communities, modularity`` of each run.
    agreement : DataFrame
        ``run, other, adjusted_rand`` for every pair of runs.
    within_share, adjusted_rand, mutual_information : float
        With ``groups``: share of tie weight within scopes, and likeness of communities and scopes; else nan.
    overlap : DataFrame
        With ``groups``: ``community, group, places, share_of_community, share_of_group``.
    """

    table: pd.DataFrame
    modularity: float
    profile: pd.DataFrame
    memberships: pd.DataFrame
    runs: pd.DataFrame
    agreement: pd.DataFrame
    within_share: float
    adjusted_rand: float
    mutual_information: float
    overlap: pd.DataFrame

    @property
    def stability(self) -> float:
        """Mean adjusted Rand index over all pairs of runs; nan with a single run."""
        return float(self.agreement["adjusted_rand"].mean()) if len(self.agreement) else float("nan")

    @property
    def co_membership(self) -> pd.DataFrame:
        """Share of runs in which two places lie in one community (n x n, 1 on the diagonal)."""
        shares = _together(self.memberships.to_numpy())
        return pd.DataFrame(shares, index=self.memberships.index, columns=list(self.memberships.index))


@documented(
    "leicht2008",
    "traag2019",
    "hubert1985",
    formula=(
        "Q = (1 / W) Σ<sub>ij</sub> (w<sub>ij</sub> − s<sub>i</sub><sup>out</sup> s<sub>j</sub><sup>in</sup> / W) "
        "δ(c<sub>i</sub>, c<sub>j</sub>)"
    ),
)
def communities(
    graph: nx.Graph,
    *,
    method: Method = "leiden",
    resolution: float = 1.0,
    seed: int = 0,
    runs: int = 10,
    weight: str | None = "weight",
    groups: Mapping[Hashable, Hashable] | pd.Series | None = None,
    progress: Progress | None = None,
) -> Communities:
    """Partition places into communities by modularity, several times over, and keep the best partition.

    With A[i, j] the strength from i to j, W their sum, and out and in the row and column sums::

        Q = sum over communities c of ( A[c, c] / W - resolution * out[c] * in[c] / W^2 )

    where A of an undirected graph holds each tie in both directions, which gives Newman's modularity. Of ``runs``
    partitions the one of highest Q is kept, of equal ones the first in canonical order.

    - An island is a community of its own. Without any tie every place is, and Q is nan.
    - Louvain knows no direction: on a directed graph it works on the sum of both directions, and Q is still that of
      the graph as given. Leiden maximizes the directed Q itself.
    - Multiplying all weights by one number changes nothing.
    - Modularity cannot separate communities much smaller than the square root of W (Fortunato & Barthelemy 2007):
      raise ``resolution`` to look for them.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    method : {"leiden", "louvain"}
        Leiden's communities are always connected; Louvain's may fall apart.
    resolution : float
        Above 1 more and smaller communities, below 1 fewer and larger.
    seed : int
        Run r draws from a source made of the seed and r alone.
    runs : int
        How often to search.
    weight : str or None
        Edge attribute, an edge without it counts 1; None counts every tie as 1.
    groups : mapping, optional
        Place -> scope. Ties with an end outside every scope count as not within; places without a scope are left out
        of the comparison of partitions.
    progress : callable, optional
        Told after each run: runs done, all runs.

    Returns
    -------
    Communities

    Raises
    ------
    OptionError
        If the method is unknown, or ``runs``, ``resolution`` or a weight is out of range.
    SizeError
        If several runs are asked for and runs times ties exceed 20,000,000, some minutes' work.

    Notes
    -----
    igraph has one random source per process. It is replaced during a search, under a lock, and Python's global
    ``random`` is given back afterwards; its state is not touched. Other threads must not run igraph meanwhile if they
    depend on that source.

    References
    ----------
    Newman & Girvan (2004) *Physical Review E* 69; Leicht & Newman (2008) *Physical Review Letters* 100; Blondel et al.
    (2008) *J. Stat. Mech.* P10008; Traag, Waltman & van Eck (2019) *Scientific Reports* 9; Hubert & Arabie (1985)
    *Journal of Classification* 2; Fortunato & Barthelemy (2007) *PNAS* 104; Aloise et al. (2010) *Physical Review E*
    82.

    Examples
    --------
    Zachary's karate club, unweighted, has its optimum at four communities (Aloise et al. 2010):

    >>> import networkx as nx
    >>> found = communities(nx.karate_club_graph(), weight=None)
    >>> len(found.profile), round(found.modularity, 4)
    (4, 0.4198)
    """
    check_choice("method", method, METHODS)
    check_seed(seed)
    check_number("resolution", resolution, above=0)
    check_number("runs", runs, least=1, whole=True)
    places, matrix = tie_matrix(graph, weight)
    _check_work(len(places), matrix.nnz // (1 if graph.is_directed() else 2), runs)
    ties, weights = _read(matrix, method, directed=graph.is_directed())
    tick, partitions = Ticks(progress, runs), []
    for run in range(runs):
        partitions.append(_canonical(_search(ties, weights, method, resolution, f"{seed}:{run}")))
        tick()
    qualities = [modularity_of(matrix, p - 1, resolution) for p in partitions]
    chosen = _best(partitions, qualities)
    labels = partitions[chosen]
    scope = groups_of(groups, places) if groups is not None else pd.Series(np.nan, index=places, dtype=object)
    memberships = pd.DataFrame(np.column_stack(partitions), index=pd.Index(places, name="place"), columns=range(runs))
    known = scope.notna().to_numpy()
    return Communities(
        table=pd.DataFrame({"place": places, "community": labels, "stability": _stability(memberships, labels)}),
        modularity=qualities[chosen],
        profile=_profile(matrix, labels, directed=graph.is_directed()),
        memberships=memberships,
        runs=pd.DataFrame(
            {"run": range(runs), "communities": [p.max(initial=0) for p in partitions], "modularity": qualities}
        ),
        agreement=pd.DataFrame(
            [(a, b, adjusted_rand(partitions[a], partitions[b])) for a, b in combinations(range(runs), 2)],
            columns=["run", "other", "adjusted_rand"],
        ),
        within_share=_within(matrix, scope) if groups is not None else float("nan"),
        adjusted_rand=adjusted_rand(labels[known], scope[known]) if groups is not None else float("nan"),
        mutual_information=mutual_information(labels[known], scope[known]) if groups is not None else float("nan"),
        overlap=_overlap(labels, scope),
    )


def _check_work(places: int, ties: int, runs: int) -> None:
    """Refuse more runs than some minutes are enough for; a single one is always made."""
    most = int(_MOST_WORK * Budget.current().longer)
    if runs > 1 and runs * ties > most:
        raise too_large(
            f"communities from {runs} runs",
            places,
            ties,
            f"pass runs={max(most // ties, 1)}, or take the backbone first",
            seconds=runs * ties * _SECONDS,
            memory=bytes_of(ties, arrays=40),
        )


def _read(matrix: sparse.csr_array, method: str, *, directed: bool) -> tuple[igraph.Graph, list[float]]:
    """Hand the ties to the engine once for all runs, with weights of mean 1."""
    if directed and method == "louvain":
        matrix, directed = sparse.csr_array(matrix + matrix.T), False
    ties, weights = engine(matrix, directed=directed)
    # a mean of 1 keeps the engine's tolerances the same in every unit
    return ties, (weights / weights.mean()).tolist() if len(weights) else []


def _search(ties: igraph.Graph, weights: list[float], method: str, resolution: float, key: str) -> np.ndarray:
    if not weights:
        return np.arange(ties.vcount())
    with seeded(key):
        if method == "louvain":
            found = ties.community_multilevel(weights=weights, resolution=resolution)
        else:
            found = ties.community_leiden(
                objective_function="modularity", weights=weights, resolution=resolution, n_iterations=-1
            )
    return np.array(found.membership)


def _canonical(labels: np.ndarray) -> np.ndarray:
    """Give communities numbers from 1 by size, then by their first place."""
    _, first, codes, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=int)
    rank[np.lexsort([first, -sizes])] = np.arange(1, len(sizes) + 1)
    return rank[codes]


def _best(partitions: list[np.ndarray], qualities: list[float]) -> int:
    top = max(qualities)
    equal = [i for i, q in enumerate(qualities) if not q < top - 1e-12]
    return min(equal, key=lambda i: tuple(partitions[i]))


def _together(memberships: np.ndarray) -> np.ndarray:
    shares = np.zeros((len(memberships), len(memberships)))
    for labels in memberships.T:
        shares += labels[:, None] == labels
    return shares / max(memberships.shape[1], 1)


def _stability(memberships: pd.DataFrame, labels: np.ndarray) -> np.ndarray:
    """Average, over the other members of its community, the share of runs in which a place lies with them."""
    runs = memberships.to_numpy()
    members = np.bincount(labels, minlength=1)
    total = np.zeros(len(labels))
    for run in runs.T:
        cells = pd.Series(1, index=[labels, run]).groupby(level=[0, 1]).transform("sum").to_numpy()
        total += cells - 1
    others = members[labels] - 1
    return np.divide(total / runs.shape[1], others, out=np.full(len(labels), np.nan), where=others > 0)


def _profile(matrix: sparse.csr_array, labels: np.ndarray, *, directed: bool) -> pd.DataFrame:
    flows = weight_between(matrix, labels - 1)
    diagonal = flows.diagonal()
    inside = diagonal if directed else diagonal / 2
    outside = flows.sum(axis=1) - diagonal
    if directed:
        outside = outside + flows.sum(axis=0) - diagonal
    touched = inside + outside
    return pd.DataFrame(
        {
            "community": np.arange(1, flows.shape[0] + 1),
            "places": np.bincount(labels, minlength=1)[1:],
            "inside": inside,
            "outside": outside,
            "inside_share": np.divide(inside, touched, out=np.full(flows.shape[0], np.nan), where=touched > 0),
        }
    )


def _within(matrix: sparse.csr_array, scope: pd.Series) -> float:
    entries = matrix.tocoo()
    codes, _ = pd.factorize(scope.to_numpy())
    same = (codes[entries.row] == codes[entries.col]) & (codes[entries.row] >= 0)
    total = entries.data.sum()
    return float(entries.data[same].sum() / total) if total else float("nan")


def _overlap(labels: np.ndarray, scope: pd.Series) -> pd.DataFrame:
    pairs = pd.DataFrame({"community": labels, "group": scope.to_numpy()}).dropna()
    counts = pairs.value_counts().rename("places").reset_index()
    counts["share_of_community"] = counts["places"] / counts.groupby("community")["places"].transform("sum")
    counts["share_of_group"] = counts["places"] / counts.groupby("group")["places"].transform("sum")
    place = {group: i for i, group in enumerate(ordered(pairs["group"].unique()))}
    order = np.lexsort([counts["group"].map(place), counts["community"]]) if len(counts) else []
    return counts.iloc[order].reset_index(drop=True)
