"""List the groups whose places are all tied to one another, or nearly all: cliques and k-plexes."""

from collections.abc import Iterator
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.budget import Budget, require
from ...data.errors import SizeError
from ...data.methods import documented
from ...data.options import check_choice, check_number
from ..flows.canonical import engine, tie_matrix

__all__ = ["cliques", "k_plexes"]

Joined = Literal["either", "mutual"]
JOINED: tuple[str, ...] = get_args(Joined)
# groups that a table may hold, and branches of a search for them
_MOST_GROUPS = 200_000
_MOST_BRANCHES = 1_000_000
# seconds for each place in the surroundings of another, for each of its ties, and for each further place beside it
_PLACE, _TIE, _BESIDE = 1.5e-6, 2e-7, 1e-10
# places tried in branches, a thousand a millisecond
_MOST_TRIED = 900_000_000


@documented("luce1949", formula="x<sub>ij</sub> = 1 ∀ i ≠ j ∈ C")
def cliques(
    graph: nx.Graph, *, least: int = 3, joined: Joined = "either", weight: str | None = "weight"
) -> pd.DataFrame:
    """List the maximal cliques: groups in which every two places are tied, and which no further place could join.

    - Groups overlap. They are numbered from 1: the largest first, equal ones by their places in order.
    - Ties count as present or absent; of a directed graph, two places are tied by one direction (``"either"``, as in
      UCINET when it symmetrizes by the maximum) or by both (``"mutual"``, the rule of Luce and Perry).

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    least : int
        Places of the smallest group listed.
    joined : {"either", "mutual"}
        Which directed ties join two places; an undirected tie does under both.
    weight : str or None
        Edge attribute by which ties of weight 0 are left out.

    Returns
    -------
    DataFrame
        ``group, size, place``: one row a member.

    Raises
    ------
    OptionError
        If an option is out of range.
    SizeError
        If there are more than 200,000 cliques, or more than 1,000,000 with those too small to be listed.

    References
    ----------
    Luce & Perry (1949) *Psychometrika* 14; Eppstein, Loffler & Strash (2010) *ISAAC*, for the search.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph([("B", "T"), ("B", "H"), ("T", "H"), ("T", "S"), ("H", "S"), ("S", "X")])
    >>> cliques(graph).groupby("group")["place"].agg("".join).to_dict()
    {1: 'BHT', 2: 'HST'}
    """
    check_number("least", least, least=1, whole=True)
    places, link = _joined(graph, joined, weight)
    found, most = [], int(_MOST_BRANCHES * Budget.current().longer)
    # one after another, so that a network with too many is refused before memory is full
    for number, group in enumerate(nx.find_cliques(nx.from_scipy_sparse_array(link))):
        if len(group) >= least:
            found.append(tuple(sorted(group)))
        if number >= most or len(found) > _MOST_GROUPS:
            raise _too_many("cliques", f"more than {min(number, _MOST_GROUPS):,}", least)
    return _table(found, places)


@documented("seidman1978", formula="Σ<sub>j∈C</sub> x<sub>ij</sub> ≥ |C| − k ∀ i ∈ C")
def k_plexes(
    graph: nx.Graph,
    *,
    k: int = 2,
    least: int | None = None,
    joined: Joined = "either",
    weight: str | None = "weight",
) -> pd.DataFrame:
    """List the maximal k-plexes: groups in which every place is tied to all others but at most k - 1.

    - ``k=1`` gives the cliques. Groups overlap, and are numbered as by `cliques`.
    - A k-plex of at least 2k - 1 places is connected, and its places lie within two steps; smaller ones may fall apart
      (any k places at all are one), so ``least`` starts there.

    Parameters
    ----------
    graph, joined, weight
        As in `cliques`.
    k : int
        Ties that a place may lack within its group, counting that to itself.
    least : int, optional
        Places of the smallest group listed, at least 2k - 1; that number, but no fewer than 3, if left out.

    Returns
    -------
    DataFrame
        ``group, size, place``: one row a member.

    Raises
    ------
    OptionError
        If an option is out of range.
    SizeError
        If the search takes more than 1,000,000 branches (the number of k-plexes grows exponentially), or the
        surroundings of places more time or memory than the budget (see `innoscape.data.Budget`).

    References
    ----------
    Seidman & Foster (1978) *Journal of Mathematical Sociology* 6.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph([("B", "T"), ("B", "H"), ("T", "H"), ("T", "S"), ("H", "S"), ("S", "X")])
    >>> k_plexes(graph, k=2).groupby("group")["place"].agg("".join).to_dict()
    {1: 'BHST', 2: 'HSX', 3: 'STX'}
    """
    check_number("k", k, least=1, whole=True)
    least = max(3, 2 * k - 1) if least is None else least
    check_number("least", least, least=2 * k - 1, whole=True)
    places, link = _joined(graph, joined, weight)
    ties, _ = engine(link, directed=False)
    inside = np.array(ties.coreness(), dtype=int) >= least - k
    # the weakest first, so that most branches start in small surroundings
    rank = {int(v): i for i, v in enumerate(np.lexsort([np.arange(len(places)), ties.coreness()]))}
    near: list[set[int]] = [set() for _ in places]
    for i, j in ties.get_edgelist():
        if inside[i] and inside[j]:
            near[rank[i]].add(rank[j])
            near[rank[j]].add(rank[i])
    _check_surroundings(near, least)
    back = {position: v for v, position in rank.items()}
    members = sorted(position for v, position in rank.items() if inside[v])
    found = [tuple(sorted(back[one] for one in group)) for group in _plexes(near, members, k, least)]
    return _table(found, places)


def _joined(graph: nx.Graph, joined: str, weight: str | None) -> tuple[list, sparse.csr_array]:
    """Return the places and which pairs are tied, symmetric."""
    check_choice("joined", joined, JOINED)
    places, matrix = tie_matrix(graph, weight)
    tied = matrix > 0
    return places, sparse.csr_array(tied + tied.T if joined == "either" else tied.multiply(tied.T)).astype(float)


def _table(groups: list[tuple[int, ...]], places: list) -> pd.DataFrame:
    groups = sorted(groups, key=lambda group: (-len(group), group))
    rows = [(number, len(group), places[one]) for number, group in enumerate(groups, 1) for one in group]
    return pd.DataFrame(rows, columns=["group", "size", "place"])


def _too_many(what: str, how: str, least: int) -> SizeError:
    return SizeError(f"{what}: the search finds {how}; raise least (now {least}), or take the backbone first")


def _check_surroundings(near: list[set[int]], least: int) -> None:
    """Refuse places whose surroundings, up to two steps, would fill memory or take too long to read."""
    ties = sum(map(len, near))
    wide = [min(sum(len(near[u]) for u in around) + 1, len(near)) for around in near]
    widest = max(wide, default=0)
    require(
        f"k_plexes: surroundings of up to {widest:,} places around {len(near):,}",
        f"raise least (now {least}), or take the backbone first",
        memory=widest**2 / 4 + 64.0 * widest,
        seconds=sum(many * (_PLACE + _TIE * ties / len(near) + _BESIDE * many) for many in wide),
    )


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _plexes(near: list[set[int]], members: list[int], k: int, least: int) -> list[list[int]]:
    """Return all maximal k-plexes: those of the surroundings of each place in which it comes first."""
    found: list[list[int]] = []
    search = _Search(k, least)
    for v in members:
        around = near[v].union(*(near[u] for u in near[v])) - {v}
        local = [v, *sorted(around)]
        at = {u: i for i, u in enumerate(local)}
        search.near = [sum(1 << at[w] for w in near[u] if w in at) for u in local]
        later = sum(1 << i for i, u in enumerate(local) if u > v)
        try:
            search.grow(1, later, (1 << len(local)) - 2 - later)
        except RecursionError:
            raise _too_many("k_plexes", "groups of too many places to go through one by one", least) from None
        found += [[local[i] for i in _bits(group)] for group in search.found]
        search.found.clear()
    return found


class _Search:
    """The k-plexes of one place's surroundings, as sets of bits, by adding one place after another."""

    def __init__(self, k: int, least: int) -> None:
        self.k, self.least = k, least
        self.near: list[int] = []
        self.found: list[int] = []
        self.branches = self.tried = 0
        longer = Budget.current().longer
        self.most, self.most_tried = int(_MOST_BRANCHES * longer), int(_MOST_TRIED * longer)

    def _fits(self, group: int, full: int, v: int) -> bool:
        """Whether a place may join: it lacks few members, and no member that lacks k already."""
        apart = group & ~self.near[v]
        return not apart & full and apart.bit_count() < self.k

    def _joins_all(self, places: int, v: int) -> bool:
        """Whether a place is tied to all of some, so that no group of these alone is maximal."""
        return not places & ~self.near[v]

    def grow(self, group: int, open_: int, closed: int) -> None:
        self.branches += 1
        self.tried += open_.bit_count() + closed.bit_count()
        if self.branches > self.most or self.tried > self.most_tried:
            raise _too_many("k_plexes", f"no end within {self.branches:,} branches", self.least)
        full = sum(1 << v for v in _bits(group) if (group & ~self.near[v]).bit_count() >= self.k)
        open_ = sum(1 << v for v in _bits(open_) if self._fits(group, full, v))
        closed = sum(1 << v for v in _bits(closed) if self._fits(group, full, v))
        if not open_ and not closed:
            if group.bit_count() >= self.least:
                self.found.append(group)
            return
        if any(self._joins_all(group | open_, v) for v in _bits(closed)):
            return
        for v in _bits(open_):
            if group.bit_count() + open_.bit_count() < self.least:
                return
            open_ ^= 1 << v
            self.grow(group | 1 << v, open_, closed)
            closed |= 1 << v
            if self._joins_all(group | open_, v):
                return
