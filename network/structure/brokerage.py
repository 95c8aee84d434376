"""Count the roles in which a place joins two others that are not tied, by the groups of the three.

A place i brokers a to b where a sends to i, i sends to b, and a does not send to b.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.methods import documented
from ..flows.canonical import every_group, tie_matrix
from ..measures.ties import closed_walks
from .overall_brokerage import overall_deviations

__all__ = ["BROKER_ROLES", "Brokerage", "brokerage"]

BROKER_ROLES = ("coordinator", "consultant", "gatekeeper", "representative", "liaison")


@dataclass(frozen=True, eq=False)
class Brokerage:
    """Brokerage roles of places between groups, and what chance would bring.

    Attributes
    ----------
    table : DataFrame
        ``place, group, coordinator, consultant, gatekeeper, representative, liaison, total``, sorted by place.
    expected, deviation, z : DataFrame
        The same columns: mean and standard deviation under ties at random, and (count - mean) / deviation; z is nan
        where nothing can vary.
    totals : DataFrame
        ``role, count, expected, deviation, z`` over all places, ``total`` last; their moments are exact.
    density : float
        Share of ordered pairs that are tied, from which the expectations come.
    """

    table: pd.DataFrame
    expected: pd.DataFrame
    deviation: pd.DataFrame
    z: pd.DataFrame
    totals: pd.DataFrame
    density: float


@documented(
    "gould1989",
    formula="b<sub>i</sub> = Σ<sub>a≠b</sub> x<sub>ai</sub> x<sub>ib</sub> (1 − x<sub>ab</sub>), "
    "E b<sub>i</sub> = M d² (1 − d)",
)
def brokerage(
    graph: nx.Graph, groups: Mapping[Hashable, Hashable] | pd.Series, *, weight: str | None = "weight"
) -> Brokerage:
    """Count the brokerage roles of Gould and Fernandez for each place, given a group of every place.

    ================ ============================================ =====================================
    role             who is of the broker's group                 also called
    ================ ============================================ =====================================
    coordinator      source and target                            w_I
    consultant       neither; source and target are of one group  itinerant broker, w_O
    gatekeeper       the target                                   b_OI (lets outside flows in)
    representative   the source                                   b_IO (carries flows out)
    liaison          neither; three groups                        b_O
    ================ ============================================ =====================================

    If every ordered pair were tied with probability d, the density, independently, M pairs of places that fit a role
    would give a count of mean ``M d^2 (1 - d)`` and variance ``M p (1 - p) + S d^3 (1 - d)^3`` with
    ``p = d^2 (1 - d)``, where S counts ordered pairs of such pairs that share their source or their target. Ties
    without direction are drawn once for both, which doubles the variance of all but gatekeeper and representative.
    Sums over all places vary more: triples share pairs of places and may exclude one another. Their standard
    deviation counts all of that exactly.

    - Ties count as present or absent, whatever their weight.
    - In an undirected graph a pair is brokered in both directions, so every count is even, and a gatekeeper is a
      representative as often.
    - One group: all are coordinators. Each place in a group of its own: all are liaisons.
    - Renaming places or groups changes nothing. Reversing all ties swaps gatekeepers and representatives.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    groups : mapping
        Place -> scope, tier or other group, for every place of the graph.
    weight : str or None
        Edge attribute by which ties of weight 0 are left out.

    Returns
    -------
    Brokerage

    Raises
    ------
    OptionError
        If a place has no group.

    References
    ----------
    Gould & Fernandez (1989) *Sociological Methodology* 19; Butts (2008) *Journal of Statistical Software* 24 (6), for
    the names w_I to b_O.

    Examples
    --------
    Two towns of the north reach the south through its capital alone:

    >>> import networkx as nx
    >>> graph = nx.DiGraph([("town", "hub"), ("village", "hub"), ("hub", "south")])
    >>> found = brokerage(graph, {"town": "N", "village": "N", "hub": "N", "south": "S"})
    >>> found.table.loc[found.table["place"] == "hub", ["coordinator", "representative", "total"]]
       coordinator  representative  total
    0            0               2      2
    """
    places, matrix = tie_matrix(graph, weight)
    codes, names = every_group(groups, places)
    n, k = len(places), len(names)
    link = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    counts = _counts(link, codes, k)
    density = link.nnz / (n * (n - 1)) if n > 1 else float("nan")
    sizes = np.bincount(codes, minlength=k).astype(float)
    means, deviations = _chances(sizes, density, directed=graph.is_directed())
    overall = overall_deviations(sizes, density, directed=graph.is_directed())
    sums, expected = counts.sum(axis=0), means[codes].sum(axis=0)
    columns = [*BROKER_ROLES, "total"]
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(deviations[codes] > 0, (counts - means[codes]) / deviations[codes], np.nan)
        overall_z = np.where(overall > 0, (sums - expected) / overall, np.nan)
    keys = {
        "place": pd.Series(places, dtype=object),
        "group": pd.Series([names[code] for code in codes], dtype=object),
    }

    def table(cells: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({**keys, **{name: cells[:, c] for c, name in enumerate(columns)}})

    return Brokerage(
        table=table(counts.round().astype(np.int64)),
        expected=table(means[codes]),
        deviation=table(deviations[codes]),
        z=table(z),
        totals=pd.DataFrame(
            {
                "role": columns,
                "count": sums.round().astype(np.int64),
                "expected": expected,
                "deviation": overall,
                "z": overall_z,
            }
        ),
        density=density,
    )


def _counts(link: sparse.csr_array, codes: np.ndarray, k: int) -> np.ndarray:
    """Count open pairs by role: all pairs of a source and a target, without those of one place or tied directly."""
    n = len(codes)
    if not n:
        return np.zeros((0, 6))
    entries = link.tocoo()
    alike = codes[entries.row] == codes[entries.col]

    def part(which: np.ndarray) -> sparse.csr_array:
        return sparse.csr_array((entries.data[which], (entries.row[which], entries.col[which])), shape=(n, n))

    near, far = part(alike), part(~alike)
    member = sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=(n, k))
    into, out = sparse.csr_array(link.T @ member), sparse.csr_array(link @ member)
    in_near, in_far = near.sum(axis=0), far.sum(axis=0)
    out_near, out_far = near.sum(axis=1), far.sum(axis=1)
    one_group = into.multiply(out).sum(axis=1) - in_near * out_near

    def both_ways(ties: sparse.csr_array) -> np.ndarray:
        return ties.multiply(ties.T).sum(axis=1)

    pairs = {
        "coordinator": in_near * out_near - both_ways(near),
        "consultant": one_group - both_ways(far),
        "gatekeeper": in_far * out_near,
        "representative": in_near * out_far,
        "liaison": in_far * out_far - one_group,
    }
    # ties source -> broker, broker -> target, source -> target of each role
    sides = {
        "coordinator": (near, near, near),
        "consultant": (far, far, near),
        "gatekeeper": (far, near, far),
        "representative": (near, far, far),
        "liaison": (far, far, far),
    }
    counts = [
        pairs[role] - closed_walks(onward, sparse.csr_array(direct.T), reached)
        for role, (reached, onward, direct) in sides.items()
    ]
    return np.column_stack([*counts, sum(counts)])


def _chances(sizes: np.ndarray, density: float, *, directed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each role for a broker of each group (groups x roles)."""
    n, own = sizes.sum(), sizes - 1
    other = n - sizes
    squares = {power: (sizes**power).sum() - sizes**power for power in (1, 2, 3)}

    def pairs(x: np.ndarray) -> np.ndarray:
        return x * (x - 1)

    many = [
        pairs(own),
        squares[2] - squares[1],
        other * own,
        own * other,
        other**2 - squares[2],
        pairs(np.full(len(sizes), n - 1)),
    ]
    shared = [
        2 * pairs(own) * (own - 2),
        2 * (squares[3] - 3 * squares[2] + 2 * squares[1]),
        own * pairs(other) + other * pairs(own),
        own * pairs(other) + other * pairs(own),
        # a source in group h has as targets the places outside h and the broker's group
        2 * (other * pairs(other) - (2 * other - 1) * squares[2] + squares[3]),
        2 * pairs(np.full(len(sizes), n - 1)) * (n - 3),
    ]
    p = density**2 * (1 - density)
    mean = p * np.column_stack(many)
    variance = mean * (1 - p) + np.column_stack(shared) * (density * (1 - density)) ** 3
    if not directed:
        # a pair is then brokered in both directions or in none, and both are of one role unless they swap these two
        variance[:, [role not in ("gatekeeper", "representative") for role in (*BROKER_ROLES, "total")]] *= 2
    return mean, np.sqrt(np.maximum(variance, 0.0))
