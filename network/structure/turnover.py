"""Compare a network with itself at another time: which ties enter, leave and stay, and who rises."""

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.flow_ends import flow_ends
from ...data.methods import documented
from ..flows.canonical import ordered, tie_matrix
from ..flows.check_graph import check_graph

__all__ = ["Turnover", "turnover"]


@dataclass(frozen=True, eq=False)
class Turnover:
    """What changed between two states of a network.

    Attributes
    ----------
    ties : DataFrame
        ``source, target, before, after, change, state`` with states ``entered``, ``left``, ``stayed``.
    places : DataFrame
        ``place, before, after, share_before, share_after, rank_before, rank_after, rank_change, state``: strengths,
        shares of all strength, ranks (1 is the strongest, equal ones share the better rank, none for absent places)
        and the ranks gained.
    summary : Series
        The measures, see `turnover`.
    """

    ties: pd.DataFrame
    places: pd.DataFrame
    summary: pd.Series


@documented(
    "jaccard1901",
    "bray1957",
    formula="J = |A ∩ B| / |A ∪ B|, D = Σ |a − b| / Σ (a + b)",
)
def turnover(before: nx.Graph, after: nx.Graph, *, weight: str | None = "weight") -> Turnover:
    """Measure how much a network changed between two times.

    With B and A the sets of ties, and b and a their weights (0 where absent)::

        entry = |A - B| / |A|        exit = |B - A| / |B|        persistence = |A & B| / |B|
        jaccard = |A & B| / |A | B|
        bray_curtis = sum |a - b| / sum (a + b)                  on weights as given
        bray_curtis_shares                                        the same on shares of each time's total
        kept_weight = sum over ties that stay of b / sum b        weight-based persistence
        growth = sum a / sum b - 1
        weight_correlation = Spearman's rank correlation of a and b over the ties that stay
        strength_correlation = the same of strengths over places present at both times

    - Equal networks: entry, exit and both distances 0, persistence and Jaccard 1.
    - Networks without a common tie: Jaccard 0, both distances 1.
    - Bray-Curtis on shares ignores growth: it is 0 if all weights grow alike.
    - Swapping the times swaps entry and exit and leaves Jaccard and the distances as they are.
    - A share of nothing is nan. Correlations need two different values on each side, else nan.
    - Present is a place that is a node, with or without a tie.

    Parameters
    ----------
    before, after : networkx.Graph or networkx.DiGraph
        Both directed or both not.
    weight : str or None
        Edge attribute; None counts every tie as 1. Amounts of money should be in constant prices.

    Returns
    -------
    Turnover

    Raises
    ------
    OptionError
        If only one graph is directed, or a weight is negative or not finite.

    References
    ----------
    Jaccard (1901) *Bulletin de la Societe Vaudoise des Sciences Naturelles* 37; Bray & Curtis (1957) *Ecological
    Monographs* 27.

    Examples
    --------
    >>> import networkx as nx
    >>> before, after = nx.Graph(), nx.Graph()
    >>> before.add_weighted_edges_from([("B", "T", 3.0), ("B", "H", 1.0)])
    >>> after.add_weighted_edges_from([("B", "T", 5.0), ("T", "H", 1.0)])
    >>> turnover(before, after).summary[["entry", "exit", "persistence", "jaccard", "bray_curtis"]].round(3).to_dict()
    {'entry': 0.5, 'exit': 0.5, 'persistence': 0.5, 'jaccard': 0.333, 'bray_curtis': 0.4}
    """
    check_graph(before)
    check_graph(after)
    if before.is_directed() != after.is_directed():
        raise OptionError("turnover compares two directed or two undirected graphs, got one of each")
    directed = before.is_directed()
    order = {place: i for i, place in enumerate(ordered({*before, *after}))}
    ties = _merge(_ties(before, weight, order, directed=directed), _ties(after, weight, order, directed=directed))
    places = _places(before, after, ties)
    return Turnover(ties, places, _summary(ties, places))


def _ties(graph: nx.Graph, weight: str | None, order: dict, *, directed: bool) -> pd.Series:
    """Return the ties of a graph, an undirected one from the earlier place to the later in the order of both graphs."""
    places, matrix = tie_matrix(graph, weight)
    entries = matrix.tocoo()
    at = np.array([order[place] for place in places], dtype=int)
    keep = np.full(entries.nnz, True) if directed else at[entries.row] < at[entries.col]
    names = pd.Series(places, dtype=object)
    ends = [names.iloc[entries.row[keep]].to_numpy(), names.iloc[entries.col[keep]].to_numpy()]
    return pd.Series(entries.data[keep], index=pd.MultiIndex.from_arrays(ends, names=["source", "target"]))


def _merge(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    table = pd.concat({"before": before, "after": after}, axis=1, sort=False).fillna(0.0).reset_index()
    order = {place: i for i, place in enumerate(ordered(flow_ends(table)))}
    keys = [table["target"].map(order).to_numpy(), table["source"].map(order).to_numpy()]
    table = table.iloc[np.lexsort(keys)].reset_index(drop=True)
    table["change"] = table["after"] - table["before"]
    table["state"] = _state(table["before"] > 0, table["after"] > 0)
    return table


def _state(was: pd.Series, now: pd.Series) -> np.ndarray:
    here, there = was.to_numpy(dtype=bool), now.to_numpy(dtype=bool)
    return np.select([here & there, there], ["stayed", "entered"], "left")


def _places(before: nx.Graph, after: nx.Graph, ties: pd.DataFrame) -> pd.DataFrame:
    names = ordered({*before, *after})
    table = pd.DataFrame({"place": pd.Series(names, dtype=object)})
    present = {}
    for time, graph in (("before", before), ("after", after)):
        sent = ties.groupby("source")[time].sum().reindex(names, fill_value=0.0)
        received = ties.groupby("target")[time].sum().reindex(names, fill_value=0.0)
        present[time] = pd.Series([name in graph for name in names])
        table[time] = (sent + received).to_numpy(dtype=float)
        table.loc[~present[time], time] = np.nan
    for time in ("before", "after"):
        table[f"share_{time}"] = table[time] / (table[time].sum() or np.nan)
        table[f"rank_{time}"] = _even(table[time]).rank(ascending=False, method="min").astype("Int64")
    table["rank_change"] = table["rank_before"] - table["rank_after"]
    table["state"] = _state(present["before"], present["after"])
    order = ["share_before", "share_after", "rank_before", "rank_after", "rank_change", "state"]
    return table[["place", "before", "after", *order]]


def _summary(ties: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    state, b, a = ties["state"], ties["before"], ties["after"]
    entered, left, stayed = (int((state == s).sum()) for s in ("entered", "left", "stayed"))
    both = places.dropna(subset=["before", "after"])
    values = {
        "ties_before": stayed + left,
        "ties_after": stayed + entered,
        "entered": entered,
        "left": left,
        "stayed": stayed,
        "entry": _share(entered, stayed + entered),
        "exit": _share(left, stayed + left),
        "persistence": _share(stayed, stayed + left),
        "jaccard": _share(stayed, stayed + left + entered),
        "bray_curtis": _share((a - b).abs().sum(), (a + b).sum()),
        "bray_curtis_shares": float((a / a.sum() - b / b.sum()).abs().sum() / 2) if a.sum() and b.sum() else np.nan,
        "kept_weight": _share(b[state == "stayed"].sum(), b.sum()),
        "growth": _share(a.sum(), b.sum()) - 1,
        "weight_correlation": _spearman(b[state == "stayed"], a[state == "stayed"]),
        "strength_correlation": _spearman(both["before"], both["after"]),
    }
    return pd.Series(values, dtype=float, name="value")


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _even(values: pd.Series) -> pd.Series:
    """Make values equal that differ by rounding alone."""
    return values.map("{:.12g}".format, na_action="ignore").astype(float)


def _spearman(x: pd.Series, y: pd.Series) -> float:
    x, y = _even(x), _even(y)
    if x.nunique() < 2 or y.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(x.rank(), y.rank())[0, 1])
