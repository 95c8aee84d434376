"""Group places that send and receive alike, and name the role each block plays.

Blocks come from CONCOR: profiles are correlated again and again until all are 1 or -1; signs then split the places.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import check_choice, check_number, idle_faults, number_faults, refuse
from ...data.vocabulary import terms
from ...data.wording.catalogue import text
from ..flows.canonical import tie_matrix
from ..flows.too_large import check_square
from .cutoffs import CUTOFFS, Cutoff

__all__ = ["ROLES", "BlockRoles", "block_roles"]

ROLES: tuple[str, ...] = tuple(terms("block_roles"))
Rule = Literal["received", "balance"]
RULES: tuple[str, ...] = get_args(Rule)
Diagonal = Literal["reciprocal", "zero"]
DIAGONALS: tuple[str, ...] = get_args(Diagonal)

# correlations of all pairs of places are correlated some thirty times for each split
_MOST_PLACES = 5000


@dataclass(frozen=True, eq=False)
class BlockRoles:
    """Blocks of places with alike ties, their roles, and how they are tied to one another.

    Attributes
    ----------
    table : DataFrame
        ``place, block, role``, sorted by place.
    blocks : DataFrame
        One row a block: ``block, places, inside`` (ties among its members), ``sent`` and ``received`` (ties to and
        from other blocks), ``internal_share`` = inside / (inside + sent), ``expected_share`` = (places - 1) / (n - 1),
        ``received_share`` = received / (sent + received), ``role``.
    density : DataFrame
        Block x block, rows send: mean tie over the ordered pairs of different places; nan for a block of one.
    image : DataFrame
        1 where the density is above that of the whole network, else 0.
    splits : DataFrame
        ``path, places, first, second, iterations, converged`` of every split tried; ``path`` counts the branches from
        the whole network, "" being the whole; ``second`` is 0 where the block could not be split.
    fit : float
        Squared correlation of the ties with the densities of their blocks (R2 of the partition), off the diagonal.
    cutoff : str
        What made a weight a tie.
    margin : float
        By how much cutoffs were moved to see whether a role holds.
    """

    table: pd.DataFrame
    blocks: pd.DataFrame
    density: pd.DataFrame
    image: pd.DataFrame
    splits: pd.DataFrame
    fit: float
    cutoff: str
    margin: float


@documented("breiger1975", "white1976")
def block_roles(
    graph: nx.Graph,
    *,
    depth: int = 2,
    cutoff: Cutoff | float | None = None,
    rule: Rule = "received",
    few: float = 0.5,
    balance: float = 1 / 3,
    margin: float = 0.0,
    diagonal: Diagonal = "reciprocal",
    weight: str | None = "weight",
    tolerance: float = 1e-6,
    max_iterations: int = 100,
) -> BlockRoles:
    """Split places into blocks by CONCOR and give each block one of four roles.

    The profile of a place is its row followed by its column. Correlations of profiles are correlated until every one
    is within ``tolerance`` of 1 or -1; places that correlate at 1 with the first place form one half. Each half is
    split again from its own part of the first correlations, ``depth`` times in all: at most 2^depth blocks.

    For block k with n_k of n places::

        internal share = inside / (inside + sent)          expected share = (n_k - 1) / (n - 1)
        received share = received / (sent + received)      balance = (sent - received) / (sent + received)

    The expected share is that of ties sent at random. Two rules turn shares into roles:

    ======================== ================================ ================================
    rule ``"received"``      received share < ``few``         received share >= ``few``
    ======================== ================================ ================================
    internal >= expected     bidirectional spillover          net beneficiary
    internal < expected      net spillover                    broker
    ======================== ================================ ================================

    ======================== ======================= ======================= =======================
    rule ``"balance"``       balance > ``balance``   in between              balance < -``balance``
    ======================== ======================= ======================= =======================
    internal >= expected     net spillover           bidirectional spillover net beneficiary
    internal < expected      net spillover           broker                  net beneficiary
    ======================== ======================= ======================= =======================

    The first is the table of positions of Wasserman and Faust (1994, chapter 10) under the names that Chinese studies
    of spatial networks give them (Liu, Liu & Sun 2015); "few" there is a judgment, here a number. The second follows
    the names.

    With a ``margin`` m the blocks stay, and their roles are read again with ``cutoff`` times 1 - m and 1 + m, with the
    shares that decide moved by m up and down, and with both at once. A block that is then given another role anywhere
    is ``"undecided"``.

    - A place without any tie has no profile: all such places form one last block of role ``"isolated"``.
    - Places with equal profiles cannot be split, and blocks of fewer than three places are not: the iterated
      correlation of any two is -1. Fewer than 2^depth blocks are then returned.
    - With ``tolerance`` not reached in ``max_iterations``, the split goes by sign and a warning is given.
    - In an undirected graph every tie counts in both directions, so sent equals received and a role says only whether
      the internal share is high; the margin then moves that share alone.
    - With ``margin`` 0 no role is undecided.
    - Multiplying all weights by one number changes neither blocks nor roles (unless ``cutoff`` is a number).

    Parameters
    ----------
    graph : networkx.DiGraph or networkx.Graph
        Self-loops are left out.
    depth : int
        Number of splits from the whole to a block; 2 gives the four blocks of most papers.
    cutoff : {"row_mean", "mean", "median"} or float or None
        None keeps weights. Else a tie is 1 where the weight is above the mean of its row, the mean or median of all
        positive weights, or the number given, and 0 elsewhere. Row means are over the n - 1 other places, as
        in studies that build ties from a gravity model.
    rule, few, balance, margin
        How roles are given, see above.
    diagonal : {"reciprocal", "zero"}
        Comparing i with j, ``"reciprocal"`` sets the tie from i to j against that from j to i, and the empty
        diagonals against each other (UCINET's default); ``"zero"`` takes the diagonal as ties of 0.
    weight : str or None
        Edge attribute; None counts every tie as 1.
    tolerance, max_iterations
        When iterated correlations count as converged.

    Returns
    -------
    BlockRoles
        Blocks are numbered in the order of the splits, at each split the larger half first, then that with the
        smallest place.

    Raises
    ------
    OptionError
        If an option is outside its range.
    SizeError
        If there are more than 5,000 places.

    References
    ----------
    Breiger, Boorman & Arabie (1975) *Journal of Mathematical Psychology* 12; Burt (1976) *Social Forces* 55;
    Wasserman & Faust (1994) *Social Network Analysis*, chapter 10; Liu, Liu & Sun (2015) *China Industrial Economics*
    (中国工业经济) 5, for the names.

    Examples
    --------
    Two sources feed two hubs that trade with each other:

    >>> import networkx as nx
    >>> graph = nx.DiGraph([("s1", "h1"), ("s1", "h2"), ("s2", "h1"), ("s2", "h2"), ("h1", "h2"), ("h2", "h1")])
    >>> block_roles(graph, depth=1).blocks[["block", "places", "internal_share", "expected_share", "role"]].round(2)
       block  places  internal_share  expected_share             role
    0      1       2             1.0            0.33  net beneficiary
    1      2       2             0.0            0.33    net spillover
    """
    check_choice("rule", rule, RULES)
    check_choice("diagonal", diagonal, DIAGONALS)
    check_number("depth", depth, least=0, whole=True)
    check_number("margin", margin, least=0, most=0.5)
    faults = [*number_faults("few", few, least=0, most=1), *number_faults("balance", balance, least=0, most=1)]
    idle = {"balance": balance} if rule == "received" else {"few": few}
    refuse([*faults, *idle_faults(block_roles, f"with rule={rule!r}", **idle)])
    places, sparse_ties = tie_matrix(graph, weight)
    n, ties_read = len(places), sparse_ties.nnz // (1 if graph.is_directed() else 2)
    way_out = f"take the backbone first and leave out its islands, or group places, to at most {_MOST_PLACES:,}"
    check_square("block roles", n, ties_read, way_out, arrays=14, work=n**3, second=3e8, most_work=_MOST_PLACES**3)
    weights = sparse_ties.toarray()
    ties = _cut(weights, cutoff)
    tied = np.flatnonzero((ties != 0).any(axis=0) | (ties != 0).any(axis=1))
    first = _profile_correlations(ties, diagonal)
    splits: list[dict] = []
    groups = _split(first, tied, depth, "", splits, tolerance, max_iterations)
    islands = np.setdiff1d(np.arange(len(places)), tied)
    if len(islands):
        groups.append(islands)
    late = [s["path"] or text("warnings.structure.whole") for s in splits if not s["converged"]]
    if late:
        warn("warnings.structure.no_convergence", blocks=late, rounds=max_iterations, stacklevel=2)
    labels = np.zeros(len(places), dtype=int)
    for number, members in enumerate(groups, 1):
        labels[members] = number
    density = _density(ties, groups)
    blocks = _blocks(ties, groups)
    limits = {"rule": rule, "few": few, "balance": balance}
    found = [_roles(blocks, **limits)]
    if margin:
        near = [_blocks(_cut(weights, cutoff, factor), groups) for factor in (1 - margin, 1.0, 1 + margin)]
        received = (-margin, margin) if graph.is_directed() else (0.0,)
        found += [
            _roles(one, **limits, more_inside=inside, more_received=more)
            for one in near
            for inside in (-margin, margin)
            for more in received
        ]
    blocks["role"] = [one[0] if len(set(one)) == 1 else "undecided" for one in zip(*found, strict=True)]
    names = pd.Index(range(1, len(groups) + 1), name="block")
    pairs = ~np.eye(len(places), dtype=bool)
    overall = ties[pairs].mean() if pairs.any() else np.nan
    return BlockRoles(
        table=pd.DataFrame(
            {"place": places, "block": labels, "role": [blocks["role"].iloc[b - 1] for b in labels]},
        ),
        blocks=blocks,
        density=pd.DataFrame(density, index=names, columns=list(names)),
        image=pd.DataFrame((density > overall).astype(int), index=names, columns=list(names)),
        splits=pd.DataFrame(splits, columns=["path", "places", "first", "second", "iterations", "converged"]),
        fit=_fit(ties, density, labels),
        cutoff="none" if cutoff is None else str(cutoff),
        margin=margin,
    )


def _cut(ties: np.ndarray, cutoff: str | float | None, factor: float = 1.0) -> np.ndarray:
    """Turn weights into ties of 0 and 1 where asked to, at a multiple of the cutoff."""
    if cutoff is None:
        return ties
    if isinstance(cutoff, str):
        check_choice("cutoff", cutoff, CUTOFFS)
        positive = ties[ties > 0]
        if cutoff == "row_mean":
            level = ties.sum(axis=1, keepdims=True) / max(len(ties) - 1, 1)
        elif not positive.size:
            return ties
        else:
            level = positive.mean() if cutoff == "mean" else np.median(positive)
    else:
        level = float(cutoff)
        if not np.isfinite(level):
            raise OptionError(f"cutoff must be finite, got {cutoff!r}")
    cut = (ties > level * factor).astype(float)
    np.fill_diagonal(cut, 0.0)
    return cut


def _correlations(columns: np.ndarray) -> np.ndarray:
    """Correlate columns; nan where a column is constant."""
    centered = columns - columns.mean(axis=0)
    norms = np.sqrt((centered**2).sum(axis=0))
    norms = np.where(norms > 1e-12 * np.abs(columns).max(axis=0, initial=0.0), norms, np.nan)
    products = centered.T @ centered
    products /= np.outer(norms, norms)
    return np.clip(products, -1.0, 1.0, out=products)


def _profile_correlations(ties: np.ndarray, diagonal: str) -> np.ndarray:
    """Correlate the profiles (row, then column) of all places."""
    n = len(ties)
    if not n:
        return ties
    # weights of maximum 1 keep sums of squares exact enough in every unit
    ties = ties / (ties.max() or 1.0)
    profiles = np.vstack([ties.T, ties])
    sums, squares = profiles.sum(axis=0), (profiles**2).sum(axis=0)
    products = profiles.T @ profiles
    if diagonal == "reciprocal":
        # the diagonal is 0, so swapping leaves only ij against ji, once in the rows and once in the columns
        products = products + 2 * ties * ties.T
    covariance = products - np.outer(sums, sums) / (2 * n)
    variance = squares - sums**2 / (2 * n)
    spread = np.sqrt(np.where(variance > 1e-12 * squares, variance, np.nan))
    result = np.clip(covariance / np.outer(spread, spread), -1.0, 1.0)
    np.fill_diagonal(result, 1.0)
    return result


def _split(
    first: np.ndarray,
    members: np.ndarray,
    depth: int,
    path: str,
    splits: list[dict],
    tolerance: float,
    max_iterations: int,
) -> list[np.ndarray]:
    """Split a block into halves, and these again, down to the depth asked for."""
    if depth == 0 or len(members) < 3:
        return [members] if len(members) else []
    signs, iterations, converged = _converge(first[np.ix_(members, members)], tolerance, max_iterations)
    one, other = members[signs], members[~signs]
    if len(other) > len(one):
        one, other = other, one
    sizes = {"path": path, "places": len(members), "first": len(one), "second": len(other)}
    splits.append({**sizes, "iterations": iterations, "converged": converged})
    if not len(other):
        return [members]
    return [
        block
        for number, half in enumerate((one, other), 1)
        for block in _split(first, half, depth - 1, path + str(number), splits, tolerance, max_iterations)
    ]


def _converge(start: np.ndarray, tolerance: float, max_iterations: int) -> tuple[np.ndarray, int, bool]:
    """Correlate correlations until all are 1 or -1; say who goes with the first place."""
    current = start
    for iteration in range(max_iterations + 1):
        if np.abs(1.0 - np.abs(current)).max() <= tolerance:
            return current[0] > 0, iteration, True
        following = _correlations(current)
        if np.isnan(following).any():
            return np.full(len(current), True), iteration, True
        current = following
    return current[0] > 0, max_iterations, False


def _density(ties: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    result = np.full((len(groups), len(groups)), np.nan)
    for i, rows in enumerate(groups):
        for j, columns in enumerate(groups):
            pairs = len(rows) * (len(columns) - (i == j))
            if pairs:
                result[i, j] = ties[np.ix_(rows, columns)].sum() / pairs
    return result


def _blocks(ties: np.ndarray, groups: list[np.ndarray]) -> pd.DataFrame:
    n = len(ties)
    rows = []
    for number, members in enumerate(groups, 1):
        inside = ties[np.ix_(members, members)].sum()
        sent, received = ties[members].sum() - inside, ties[:, members].sum() - inside
        rows.append(
            {
                "block": number,
                "places": len(members),
                "inside": inside,
                "sent": sent,
                "received": received,
                "internal_share": inside / (inside + sent) if inside + sent else np.nan,
                "expected_share": (len(members) - 1) / (n - 1) if n > 1 else np.nan,
                "received_share": received / (sent + received) if sent + received else np.nan,
            }
        )
    columns = ["block", "places", "inside", "sent", "received", "internal_share", "expected_share", "received_share"]
    return pd.DataFrame(rows, columns=columns)


def _roles(
    blocks: pd.DataFrame,
    *,
    rule: str,
    few: float,
    balance: float,
    more_inside: float = 0.0,
    more_received: float = 0.0,
) -> list[str]:
    """Give each block its role, as if its internal and its received share were higher by a number."""
    return [_role(row, rule, few, balance, more_inside, more_received) for row in blocks.to_dict("records")]


def _role(row: dict, rule: str, few: float, balance: float, more_inside: float, more_received: float) -> str:
    sent, received = row["sent"], row["received"]
    if not row["inside"] + sent + received:
        return "isolated"
    # without anything sent the internal share is undefined: nothing is kept inside
    keeps = row["internal_share"] + more_inside >= row["expected_share"]
    if rule == "received":
        receives = sent + received > 0 and received >= (few - more_received) * (sent + received)
        if keeps:
            return "net beneficiary" if receives else "bidirectional spillover"
        return "broker" if receives else "net spillover"
    net = (sent - received) / (sent + received) - 2 * more_received if sent + received else 0.0
    if net > balance:
        return "net spillover"
    if net < -balance:
        return "net beneficiary"
    return "bidirectional spillover" if keeps else "broker"


def _fit(ties: np.ndarray, density: np.ndarray, labels: np.ndarray) -> float:
    pairs = ~np.eye(len(ties), dtype=bool)
    blocked = density[np.ix_(labels - 1, labels - 1)][pairs] if len(ties) else np.zeros(0)
    actual = ties[pairs]
    if not len(actual) or np.ptp(actual) == 0 or np.ptp(blocked) == 0:
        return float("nan")
    return float(np.corrcoef(actual, blocked)[0, 1] ** 2)
