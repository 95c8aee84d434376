"""Compare what path-based measures say when the weight is a strength and when it is a cost."""

from collections.abc import Iterable
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd

from ...data.options import check_number
from ..flows.ticks import Progress
from .node_measures import PATH_MEASURES, Factors, Plan, known_measures, measured, plan_paths
from .ties import Ties, as_read, warn_of_lacking

__all__ = ["LEADING", "compare_weight_meanings", "compared"]

# places that count as leading
LEADING = 10


def compare_weight_meanings(
    graph: nx.Graph | Ties,
    *,
    measures: Iterable[str] = ("betweenness", "closeness"),
    weight: str | None = "weight",
    tuning: float = 1.0,
    top: int = LEADING,
    sample: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare what path-based measures say when the weight is a strength and when it is a cost.

    Reading flows as distances turns a network around: the strongest ties become the longest. This table shows how much
    hangs on it.

    - The leading places are the first `top`, with all that tie with the last of them. (``eccentricity`` leads from
      the smallest, but 0 means an island and comes last.)
    - Places with 0 lead in nothing: a measure that is 0 everywhere has no leading places.
    - With at most `top` places above 0 in both readings, no order is left to change and the lists are equal if the
      same places are above 0.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph, or Ties
        Weights must be positive. Ties (see `read_ties`) must have been read as strengths.
    measures : iterable of str
        Any of `PATH_MEASURES`.
    weight : str or None
        Edge attribute; an edge without it counts 1, and so does every edge with None. A strength of 0 is no tie.
    tuning : float
        Exponent of path lengths, as in `centrality`.
    top : int
        How many leading places to compare, at least 1.
    sample, seed, progress
        As in `centrality`, which also says from which size on a sample is needed.

    Returns
    -------
    DataFrame
        ``measure``; ``correlation`` (Spearman, nan when one reading is constant); ``shared``, the number of places
        that lead in both; ``only_strength`` and ``only_cost``, those that lead in one, joined by "; ".

    Raises
    ------
    OptionError
        If a measure is not path-based, `top` no whole number of at least 1, or a weight negative or not finite
        (as a cost also 0).
    SizeError
        If the network is large and no `sample` is given.

    References
    ----------
    Opsahl, Agneessens & Skvoretz (2010) *Social Networks* 32: 245-251.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("B", "T", 9), ("B", "H", 9), ("T", "H", 1), ("H", "S", 5), ("T", "S", 8)])
    >>> compare_weight_meanings(graph, measures=["betweenness"], top=1).round(2)
           measure  correlation  shared only_strength only_cost
    0  betweenness        -0.58       0          B; T         H
    """
    wanted = known_measures(measures, PATH_MEASURES)
    check_number("top", top, least=1, whole=True)
    ties = as_read(graph, weight, "strength", tuning)
    warn_of_lacking(graph, weight, ties, stacklevel=2)
    plan = plan_paths(ties, wanted, readings=2, sample=sample, seed=seed, progress=progress)
    return compared(ties, wanted, top, plan)


def compared(ties: Ties, wanted: list[str], top: int, plan: Plan) -> pd.DataFrame:
    """Do the same with ties read as strengths, which leaves those of 0 out: as costs they would have no inverse."""
    factors = Factors(tuning=ties.tuning)
    found = [measured(one, wanted, factors, plan) for one in (ties, replace(ties, meaning="cost"))]
    rows = []
    for measure in wanted:
        strength, cost = (_oriented(pd.Series(one[measure], ties.index), measure) for one in found)
        first, second = _leading(strength, top), _leading(cost, top)
        rows.append(
            {
                "measure": measure,
                "correlation": _rank_correlation(strength, cost),
                "shared": len(set(first) & set(second)),
                "only_strength": "; ".join(str(place) for place in first if place not in set(second)),
                "only_cost": "; ".join(str(place) for place in second if place not in set(first)),
            }
        )
    return pd.DataFrame(rows, columns=["measure", "correlation", "shared", "only_strength", "only_cost"])


def _oriented(values: pd.Series, measure: str) -> pd.Series:
    """Turn a measure so that more is more central and 0 is nothing."""
    if measure != "eccentricity":
        return values
    return (1.0 / values.where(values > 0)).fillna(0.0)


def _leading(values: pd.Series, top: int) -> list:
    """Return the first places and all that tie with the last of them, in node order."""
    positive = values[values > 0]
    if len(positive) > top:
        last = positive.sort_values(ascending=False).iloc[top - 1]
        positive = positive[positive >= last * (1.0 - 1e-9)]
    return positive.index.tolist()


def _rank_correlation(first: pd.Series, second: pd.Series) -> float:
    # rounded, so that ties stay ties
    ranks = [np.asarray(v.round(12).rank(), dtype=float) for v in (first, second)]
    if any(len(r) < 2 or np.ptp(r) == 0 for r in ranks):
        return np.nan
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
