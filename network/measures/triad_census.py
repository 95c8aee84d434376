"""Count the kinds of three places by the ties among them."""

import math

import networkx as nx
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ..flows.canonical import engine, tie_matrix

__all__ = ["TRIADS", "triad_census"]

# mutual, asymmetric and null pairs, then the direction: down, up, transitive, cyclic
TRIADS = (
    *("003", "012", "102", "021D", "021U", "021C", "111D", "111U"),
    *("030T", "030C", "201", "120D", "120U", "120C", "210", "300"),
)
# kinds that ties without a direction can make
_PLAIN = ("003", "102", "201", "300")
# ways of placing an asymmetric pair, and of choosing among the three pairs
_WAYS = {
    "003": (1, (0, 0, 3)), "012": (1, (0, 1, 2)), "102": (1, (1, 0, 2)), "021D": (0.25, (0, 2, 1)),
    "021U": (0.25, (0, 2, 1)), "021C": (0.5, (0, 2, 1)), "111D": (0.5, (1, 1, 1)), "111U": (0.5, (1, 1, 1)),
    "030T": (0.75, (0, 3, 0)), "030C": (0.25, (0, 3, 0)), "201": (1, (2, 0, 1)), "120D": (0.25, (1, 2, 0)),
    "120U": (0.25, (1, 2, 0)), "120C": (0.5, (1, 2, 0)), "210": (1, (2, 1, 0)), "300": (1, (3, 0, 0)),
}  # fmt: skip


@documented("holland1976", formula="T<sub>u</sub>, u ∈ {003, 012, …, 300}")
def triad_census(graph: nx.Graph, *, weight: str | None = "weight") -> pd.DataFrame:
    """Count how many of all sets of three places are of each kind (Holland & Leinhardt's M-A-N names).

    The digits of a name count mutual, asymmetric and null pairs; a letter tells kinds apart: down (two receive from
    one), up (two send to one), transitive, cyclic. ``111D`` and ``111U`` are told apart as in networkx, igraph and R's
    sna. ``expected`` is the mean when the network's mutual, asymmetric and null pairs are dealt to pairs of places at
    random (U | MAN): the numbers of each among three pairs are then hypergeometric.

    - Counts add up to n (n - 1) (n - 2) / 6. Ties count as present or absent.
    - In an undirected graph every tie is mutual: only 003, 102, 201 (open) and 300 (closed) can occur, and only they
      are returned.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        At least 3 places. Ties of weight 0 and self-loops are left out.
    weight : str or None
        Edge attribute by which ties of weight 0 are left out.

    Returns
    -------
    DataFrame
        ``triad, count, share, expected``, from the emptiest to the fullest.

    Raises
    ------
    OptionError
        If there are fewer than 3 places.

    References
    ----------
    Holland & Leinhardt (1976) *Sociological Methodology* 7.

    Examples
    --------
    >>> import networkx as nx
    >>> found = triad_census(nx.DiGraph([("B", "T"), ("B", "H"), ("T", "H"), ("H", "T"), ("H", "S")]))
    >>> found.loc[found["count"] > 0, ["triad", "count"]].to_dict("list")
    {'triad': ['012', '021C', '111U', '120D'], 'count': [1, 1, 1, 1]}
    """
    places, matrix = tie_matrix(graph, weight)
    n = len(places)
    if n < 3:
        raise OptionError(f"triads need at least 3 places, got {n}")
    ties, _ = engine(matrix, directed=graph.is_directed())
    found = ties.as_directed(mode="mutual") if not graph.is_directed() else ties
    census = found.triad_census()
    counts = {name: int(getattr(census, "t" + name)) for name in TRIADS}
    triads = n * (n - 1) * (n - 2) // 6
    # igraph finds the empty kind as the rest, in floating point
    counts["003"] = triads - sum(count for name, count in counts.items() if name != "003")
    both = int((matrix > 0).multiply((matrix > 0).T).sum()) // 2
    pairs = n * (n - 1) // 2
    # whole numbers of Python: their products have no limit
    one_way = int(matrix.nnz) - 2 * both
    kinds = (both, one_way, pairs - both - one_way)
    names = TRIADS if graph.is_directed() else _PLAIN
    return pd.DataFrame(
        {
            "triad": names,
            "count": [counts[name] for name in names],
            "share": [counts[name] / triads for name in names],
            "expected": [triads * _chance(name, kinds) for name in names],
        }
    )


def _chance(name: str, kinds: tuple[int, int, int]) -> float:
    """Return the chance that three pairs drawn from all, without putting back, make a triad."""
    way, wanted = _WAYS[name]
    ways = math.prod(math.comb(have, want) for have, want in zip(kinds, wanted, strict=True))
    return way * ways / math.comb(sum(kinds), 3)
