"""Say how far ties keep within given groups: E-I index, assortativity by category, modularity of a given partition.

All three read the same matrix of tie weight from group to group; ties of undirected graphs count in both directions.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.methods import documented
from ...data.options import check_number, idle_faults, refuse
from ...data.permutations import Permutations, p_values
from ..flows.canonical import every_group, tie_matrix
from ..flows.too_large import check_square

__all__ = ["Mixing", "category_assortativity", "ei_index", "mixing", "modularity", "modularity_of", "weight_between"]

_Groups = Mapping[Hashable, Hashable] | pd.Series
# groups up to which their matrix is held in full
_MOST_GROUPS = 2000


@dataclass(frozen=True, eq=False)
class Mixing:
    """Ties within and between the groups of a given partition.

    Attributes
    ----------
    matrix : DataFrame
        Group x group, rows send: tie weight; of an undirected graph a tie between two groups stands in both cells, a
        tie within a group once.
    groups : DataFrame
        ``group, places, internal, external, ei_index`` of the ties that touch a group, each once.
    places : DataFrame
        ``place, group, internal, external, ei_index`` of the ties that touch a place, sorted by place.
    ei_index, expected_ei : float
        Of the whole network, and its mean when groups are dealt to places at random.
    assortativity, modularity : float
        See `mixing`.
    p_less, p_greater : float
        Share of permutations of the groups with an E-I index at most, and at least, as large (nan without).
    permutations : int
        Permutations made; 0 without a test.
    draws : Series
        The E-I index under each permutation.
    """

    matrix: pd.DataFrame
    groups: pd.DataFrame
    places: pd.DataFrame
    ei_index: float
    expected_ei: float
    assortativity: float
    modularity: float
    p_less: float
    p_greater: float
    permutations: int
    draws: pd.Series = field(repr=False)


@documented(
    "krackhardt1988",
    "newman2003",
    formula="EI = (E − I) / (E + I); r = (Σ<sub>g</sub> e<sub>gg</sub> − Σ<sub>g</sub> a<sub>g</sub> b<sub>g</sub>) "
    "/ (1 − Σ<sub>g</sub> a<sub>g</sub> b<sub>g</sub>)",
)
def mixing(
    graph: nx.Graph,
    groups: _Groups,
    *,
    resolution: float = 1.0,
    permutations: int = 0,
    seed: int = 0,
    weight: str | None = "weight",
) -> Mixing:
    """Measure how far ties keep within the groups of a given partition: tiers, provinces, agglomerations.

    With e[g, h] the share of tie weight from group g to group h, a and b its row and column sums, I the weight within
    groups and E that between them, each tie once::

        EI = (E - I) / (E + I)                                      -1 all within, 1 all between
        r = (sum e[g, g] - sum a[g] b[g]) / (1 - sum a[g] b[g])     assortativity by category (Newman)
        Q = sum e[g, g] - resolution * sum a[g] b[g]                modularity
        expected EI = 1 - 2 sum n[g] (n[g] - 1) / (n (n - 1))       groups dealt to places at random

    With ``permutations`` the groups are dealt to the places anew, sizes kept, and p-values say how often the E-I index
    is as low or as high (Krackhardt & Stern; UCINET counts hits / permutations, here the observed order counts too).

    - Without ties all are nan. A single group has E-I -1 and modularity 0; its assortativity is nan.
    - Every place in a group of its own: E-I 1.
    - Multiplying all weights by one number changes nothing; nor does renaming places or groups.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    groups : mapping
        Place -> group, for every place of the graph; further places do no harm.
    resolution : float
        Of the modularity.
    permutations : int
        Permutations of the groups; 0 makes no test. All n! are gone through where they are no more.
    seed : int
        Of the permutations.
    weight : str or None
        Edge attribute, an edge without it counts 1; None counts every tie as 1.

    Returns
    -------
    Mixing

    Raises
    ------
    OptionError
        If a place has no group, or an option is out of range.
    SizeError
        If the matrix of some 22,000 groups or more would not fit in memory.

    References
    ----------
    Krackhardt & Stern (1988) *Social Psychology Quarterly* 51; Newman (2003) *Physical Review E* 67; Newman & Girvan
    (2004) *Physical Review E* 69; Leicht & Newman (2008) *Physical Review Letters* 100.

    Examples
    --------
    >>> import networkx as nx
    >>> club = nx.karate_club_graph()
    >>> found = mixing(club, nx.get_node_attributes(club, "club"), weight=None)
    >>> found.matrix.to_numpy().tolist(), round(found.ei_index, 4), round(found.assortativity, 4)
    ([[35.0, 11.0], [11.0, 32.0]], -0.7179, 0.7175)
    """
    check_number("resolution", resolution, above=0)
    check_number("permutations", permutations, least=0, whole=True)
    if not permutations:
        refuse(idle_faults(mixing, "without permutations", seed=seed))
    places, matrix = tie_matrix(graph, weight)
    codes, names = every_group(groups, places)
    check_square("a matrix of groups", len(names), matrix.nnz, "call ei_index, category_assortativity or modularity")
    flows = weight_between(matrix, codes)
    directed = graph.is_directed()
    draws = np.zeros(0)
    observed, exact = _ei(matrix, codes), False
    if permutations:
        orders = Permutations(len(places), permutations, seed)
        exact = orders.exact
        draws = orders.each(lambda some: np.array([_ei(matrix, codes[one]) for one in some]), cost=float(matrix.nnz))
    tested = p_values(observed, draws, exact=exact, alternative="less")
    table = flows if isinstance(flows, np.ndarray) else flows.todense()
    return Mixing(
        matrix=pd.DataFrame(
            table if directed else table - np.diag(np.diag(table)) / 2,
            index=pd.Index(names, name="group"),
            columns=names,
        ),
        groups=_by_group(flows, codes, names, directed=directed),
        places=_by_place(matrix, codes, names, places, directed=directed),
        ei_index=observed,
        expected_ei=_expected(codes),
        assortativity=_assortativity(flows),
        modularity=_quality(flows, resolution),
        p_less=tested["p_less"],
        p_greater=tested["p_greater"],
        permutations=len(draws),
        draws=pd.Series(draws, name="ei_index", dtype=float),
    )


@documented("krackhardt1988", formula="EI = (E − I) / (E + I)")
def ei_index(graph: nx.Graph, groups: _Groups, *, weight: str | None = "weight") -> float:
    """Return the E-I index of a whole network: (E - I) / (E + I), with E between groups and I within them.

    -1 if all tie weight lies within groups, 1 if all lies between them; nan without ties. See `mixing` for the index by
    group and place, its expectation and its test.

    Parameters
    ----------
    graph, groups, weight
        As in `mixing`.

    Raises
    ------
    OptionError
        If a place has no group.

    References
    ----------
    Krackhardt & Stern (1988) *Social Psychology Quarterly* 51.

    Examples
    --------
    >>> import networkx as nx
    >>> ei_index(nx.path_graph(4), {0: "north", 1: "north", 2: "south", 3: "south"}).__round__(4)
    -0.3333
    """
    places, matrix = tie_matrix(graph, weight)
    return _ei(matrix, every_group(groups, places)[0])


@documented(
    "newman2003",
    formula="r = (Σ<sub>g</sub> e<sub>gg</sub> − Σ<sub>g</sub> a<sub>g</sub> b<sub>g</sub>) "
    "/ (1 − Σ<sub>g</sub> a<sub>g</sub> b<sub>g</sub>)",
)
def category_assortativity(graph: nx.Graph, groups: _Groups, *, weight: str | None = "weight") -> float:
    """Return the assortativity coefficient of Newman for categories: 1 if ties join like with like only, 0 at random.

    Its formula stands in `mixing`. Perfect disassortativity is above -1 and depends on the groups; nan without ties
    and where one group holds all of them.

    Parameters
    ----------
    graph, groups, weight
        As in `mixing`.

    Raises
    ------
    OptionError
        If a place has no group.

    References
    ----------
    Newman (2003) *Physical Review E* 67.

    Examples
    --------
    >>> import networkx as nx
    >>> round(category_assortativity(nx.path_graph(4), {0: "north", 1: "north", 2: "south", 3: "south"}), 4)
    0.3333
    """
    places, matrix = tie_matrix(graph, weight)
    codes, _ = every_group(groups, places)
    return _assortativity(weight_between(matrix, codes))


@documented(
    "leicht2008",
    formula="Q = Σ<sub>g</sub> (e<sub>gg</sub> − γ a<sub>g</sub> b<sub>g</sub>)",
)
def modularity(graph: nx.Graph, groups: _Groups, *, resolution: float = 1.0, weight: str | None = "weight") -> float:
    """Return the modularity of a given partition, as `communities` reports it of the partition it finds.

    Its formula stands in `mixing`; directed graphs have the form of Leicht and Newman. nan without ties.

    Parameters
    ----------
    graph, groups, resolution, weight
        As in `mixing`.

    Raises
    ------
    OptionError
        If a place has no group, or ``resolution`` is not above 0.

    References
    ----------
    Newman & Girvan (2004) *Physical Review E* 69; Leicht & Newman (2008) *Physical Review Letters* 100.

    Examples
    --------
    >>> import networkx as nx
    >>> club = nx.karate_club_graph()
    >>> round(modularity(club, nx.get_node_attributes(club, "club"), weight=None), 4)
    0.3582
    """
    check_number("resolution", resolution, above=0)
    places, matrix = tie_matrix(graph, weight)
    return modularity_of(matrix, every_group(groups, places)[0], resolution)


def modularity_of(matrix: sparse.csr_array, codes: np.ndarray, resolution: float) -> float:
    """Return the modularity of groups numbered from 0."""
    return _quality(weight_between(matrix, codes), resolution)


def weight_between(matrix: sparse.csr_array, codes: np.ndarray) -> np.ndarray | sparse.csr_array:
    """Sum the ties from each group to each, in a full array unless there are many groups."""
    n, k = len(codes), int(codes.max(initial=-1)) + 1
    member = sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=(n, k))
    flows = member.T @ matrix @ member
    return flows.toarray() if k <= _MOST_GROUPS else sparse.csr_array(flows)


def _ei(matrix: sparse.csr_array, codes: np.ndarray) -> float:
    total = matrix.sum()
    if not total:
        return float("nan")
    entries = matrix.tocoo()
    inside = entries.data[codes[entries.row] == codes[entries.col]].sum()
    return float(1 - 2 * inside / total)


def _expected(codes: np.ndarray) -> float:
    n, sizes = len(codes), np.bincount(codes, minlength=1).astype(float)
    return float(1 - 2 * (sizes * (sizes - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")


def _assortativity(flows: np.ndarray | sparse.csr_array) -> float:
    total = flows.sum()
    if not total:
        return float("nan")
    within = flows.diagonal().sum() / total
    chance = float((flows.sum(axis=1) * flows.sum(axis=0)).sum() / total**2)
    return float((within - chance) / (1 - chance)) if 1 - chance > 1e-12 else float("nan")


def _quality(flows: np.ndarray | sparse.csr_array, resolution: float) -> float:
    total = flows.sum()
    if not total:
        return float("nan")
    return float((flows.diagonal() / total - resolution * flows.sum(axis=1) * flows.sum(axis=0) / total**2).sum())


def _index(internal: np.ndarray, external: np.ndarray) -> np.ndarray:
    both = internal + external
    return np.divide(external - internal, both, out=np.full(len(both), np.nan), where=both > 0)


def _by_group(flows: np.ndarray | sparse.csr_array, codes: np.ndarray, names: list, *, directed: bool) -> pd.DataFrame:
    inside = flows.diagonal()
    external = flows.sum(axis=1) - inside
    if directed:
        external = external + flows.sum(axis=0) - inside
    internal = inside if directed else inside / 2
    return pd.DataFrame(
        {
            "group": pd.Series(names, dtype=object),
            "places": np.bincount(codes, minlength=len(names)),
            "internal": internal,
            "external": external,
            "ei_index": _index(internal, external),
        }
    )


def _by_place(
    matrix: sparse.csr_array, codes: np.ndarray, names: list, places: list, *, directed: bool
) -> pd.DataFrame:
    entries = matrix.tocoo()
    same = codes[entries.row] == codes[entries.col]
    n = len(places)

    def touching(which: np.ndarray) -> np.ndarray:
        sums = np.bincount(entries.row[which], weights=entries.data[which], minlength=n)
        return sums + np.bincount(entries.col[which], weights=entries.data[which], minlength=n) if directed else sums

    internal, external = touching(same), touching(~same)
    return pd.DataFrame(
        {
            "place": pd.Series(places, dtype=object),
            "group": pd.Series([names[code] for code in codes], dtype=object),
            "internal": internal,
            "external": external,
            "ei_index": _index(internal, external),
        }
    )
