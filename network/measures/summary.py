"""Describe a whole network in one row: density, reciprocity, mixing, efficiency, centralization.

Measures of paths count edges (steps) unless their name says ``weighted``; a weight is a strength unless declared a
cost.
"""

from collections.abc import Callable
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...data.budget import Budget
from ...data.conventions import follows_conventions
from ...data.errors import SizeError
from ...data.methods import documented
from ...data.options import check_choice
from ..flows.ticks import Progress, Ticks
from ..flows.too_large import bytes_of, too_large
from . import neighborhoods as near
from .node_measures import EXACT_WORK, SUGGESTED
from .paths import Paths
from .pivots import Pivots, Sums, added, draw_pivots, path_sums, seconds_each
from .step_kernels import efficiency_by_steps
from .ties import MEANINGS, Meaning, Ties, as_read, closed_walks, warn_of_lacking

__all__ = ["network_summary"]


Density = Literal["ties", "strength"]


@documented("wasserman1994")
@follows_conventions
def network_summary(
    graph: nx.Graph | Ties,
    *,
    weight: str | None = "weight",
    weight_meaning: Meaning = "strength",
    density: Density = "ties",
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
    sample: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.Series:
    """Compute the measures of a whole network.

    With n places, m edges, a[i, j] = 1 where an edge is, w[i, j] its strength, d(i, j) the number of steps from i to j:

    - ``places``, ``edges``, ``islands`` (places without edges), ``components`` (connected, directions ignored),
      ``largest_component`` (places in the largest), ``strength`` (sum over edges).
    - ``density``: m / (n (n-1)), doubled when undirected; of strengths: their mean over all pairs.
    - ``reciprocity``: share of edges whose opposite exists. ``reciprocity_weighted``: sum min(w[i, j], w[j, i]) / sum w
      (Squartini et al.). ``reciprocity_excess`` and ``reciprocity_excess_weighted``: correlation of a[i, j] with
      a[j, i], and of w[i, j] with w[j, i], over all pairs i != j (Garlaschelli & Loffredo: above 0 more mutual than
      chance, below 0 less); nan when all pairs are alike.
    - ``degree_assortativity``, ``strength_assortativity``: Pearson correlation over edges of the two ends' degrees, or
      strengths; when directed, of what the source sends with what the target receives (Newman). nan without variance.
    - ``transitivity``: closed share of two-paths; ``clustering``: mean over places. Directions are ignored by
      ``transitivity``.
    - ``reached``: share of ordered pairs joined by a path; ``average_path``, ``diameter``: mean and longest d over
      these.
    - ``global_efficiency``: mean of 1 / d over ordered pairs, 0 where there is no path. ``global_efficiency_weighted``:
      the same with lengths, over that of a network in which the strongest tie joins every pair. ``local_efficiency``:
      mean over places of the global efficiency among their neighbors, 0 with fewer than two (Latora & Marchiori).
    - ``degree_centralization``, ``betweenness_centralization``, ``closeness_centralization``: sum of (largest -
      own) centrality over its largest possible value (Freeman), which a star reaches. With normalized betweenness and
      closeness the largest values are (n-1)(n-2) for degree, n-1 for betweenness, (n-1)(n-2)/(2n-3) for closeness;
      when directed 2(n-1)(n-2) for degree in plus out (mutual star), n-1 for betweenness (mutual star) and n-1 for
      closeness (star pointing inwards).

    Limit cases:

    - Undirected networks have reciprocity 1 (``reciprocity_excess`` too, unless complete or empty).
    - Shares, means and correlations over nothing are nan: ``density`` of one place, ``reciprocity`` without edges,
      ``average_path`` without paths, centralizations of fewer than three places.
    - Self-loops are ignored. Scaling all weights changes ``strength`` only.
    - In disconnected networks closeness is that of Wasserman & Faust, as in `centrality`.

    Large networks: places times edges (twice as many when undirected) may reach 1,000,000,000, and full networks 2,000
    places; beyond, a `SizeError` says what all paths would take. With a `sample` of k places, all that rests on paths
    (``reached`` to ``local_efficiency``, and the centralizations of betweenness and closeness) is estimated from the
    paths that start at these places and from their neighborhoods, as in `centrality`. ``diameter`` then is the longest
    path found, which is no more than the true one; centralizations rest on the largest estimate and lean upwards.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph, or Ties
        Weights must be positive. Ties (see `read_ties`) must have been read with the same `weight_meaning`.
    weight : str or None
        Edge attribute; an edge without it counts 1, and so does every edge with None. A strength of 0 is no tie.
    weight_meaning : {"strength", "cost"}
        Under ``"cost"`` the inverse of the weight is the strength.
    density : {"ties", "strength"}
        What is added up over pairs: ties, or their strengths.
    convention : str, optional
        Program whose number is wanted, such as ``"ucinet"`` or ``"r-sna"``: options left out
        take its values (see `innoscape.data.list_conventions`).
    sample, seed, progress
        As in `centrality`.

    Returns
    -------
    Series
        One number per measure, named as above; with a `sample` behind them the standard errors, named ``…_error``.

    Raises
    ------
    OptionError
        If the meaning is unknown or a weight is negative (as a cost: not above 0) or not finite.
    SizeError
        If the network is large and no `sample` is given.

    References
    ----------
    Freeman (1978) *Social Networks* 1; Newman (2003) *Phys. Rev. E* 67; Latora & Marchiori (2001) *Phys. Rev. Lett.*
    87; Garlaschelli & Loffredo (2004) *Phys. Rev. Lett.* 93; Squartini et al. (2013) *Scientific Reports* 3.

    Examples
    --------
    >>> import networkx as nx
    >>> summary = network_summary(nx.star_graph(4)).round(3)
    >>> summary[["density", "average_path", "degree_centralization", "closeness_centralization"]].to_dict()
    {'density': 0.4, 'average_path': 1.6, 'degree_centralization': 1.0, 'closeness_centralization': 1.0}
    """
    check_choice("density", density, get_args(Density))
    check_choice("weight_meaning", weight_meaning, MEANINGS)
    ties = as_read(graph, weight, weight_meaning)
    warn_of_lacking(graph, weight, ties, stacklevel=2)
    if sample is None and ties.steps.work > EXACT_WORK * Budget.current().longer:
        raise _refused(ties)
    measures = {**_size(ties, density), **_reciprocity(ties), **_mixing(ties), **_closure(ties)}
    if sample is not None:
        return pd.Series(
            {**measures, **_estimated(ties, draw_pivots(ties.places, sample, seed), progress)}, dtype=float
        )
    tick, n = Ticks(progress, 2), len(ties)
    measures |= _paths(ties, ties.steps, ties.paths, n)
    tick()
    local = {"local_efficiency": float(_efficiency_around(ties, np.arange(n)).mean()) if n else np.nan}
    tick()
    return pd.Series({**measures, **local, **_centralization(ties, ties.steps, np.asarray(n - 1))}, dtype=float)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan


def _size(ties: Ties, density: Density) -> dict[str, float]:
    n, entries = len(ties), ties.link.nnz
    sides = 1 if ties.directed else 2
    label = connected_components(ties.link, directed=False)[1] if n else np.zeros(0, dtype=int)
    return {
        "places": n,
        "edges": entries / sides,
        "islands": int((ties.degree == 0).sum()),
        "components": int(label.max(initial=-1)) + 1,
        "largest_component": np.bincount(label).max() if n else 0,
        "strength": ties.strength.sum() / sides,
        "density": _ratio(entries if density == "ties" else ties.strength.sum(), n * (n - 1)),
    }


def _reciprocity(ties: Ties) -> dict[str, float]:
    least = ties.strength.minimum(ties.strength.T.tocsr())
    return {
        "reciprocity": _ratio(ties.link.multiply(ties.link.T).sum(), ties.link.nnz),
        "reciprocity_weighted": _ratio(least.sum(), ties.strength.sum()),
        "reciprocity_excess": _with_opposite(ties.link),
        "reciprocity_excess_weighted": _with_opposite(ties.strength),
    }


def _with_opposite(matrix: sparse.csr_array) -> float:
    """Correlate the entries off the diagonal with those of the transpose."""
    n = matrix.shape[0]
    pairs = n * (n - 1)
    if matrix.nnz == 0 or (matrix.nnz == pairs and np.ptp(matrix.data) == 0):
        return np.nan
    values = matrix / matrix.data.max()
    mean = values.sum() / pairs
    variance = values.multiply(values).sum() / pairs - mean**2
    return float((values.multiply(values.T).sum() / pairs - mean**2) / variance)


def _mixing(ties: Ties) -> dict[str, float]:
    entries = ties.link.tocoo()
    sent, received = ties.strength.sum(axis=1), ties.strength.sum(axis=0)
    out, into = ties.link.sum(axis=1), ties.link.sum(axis=0)
    return {
        "degree_assortativity": _correlation(out[entries.row], into[entries.col]),
        "strength_assortativity": _correlation(sent[entries.row], received[entries.col]),
    }


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    # a spread of rounding errors is no spread
    if any(len(v) == 0 or np.ptp(v) <= 1e-12 * v.max() for v in (first, second)):
        return np.nan
    return float(np.corrcoef(first, second)[0, 1])


def _closure(ties: Ties) -> dict[str, float]:
    around = ties.contact
    contacts = np.diff(around.indptr).astype(float)
    return {
        "transitivity": _ratio(closed_walks(around, around, around).sum(), (contacts * (contacts - 1)).sum()),
        "clustering": float(near.clustering(ties).mean()) if len(ties) else np.nan,
    }


def _estimated(ties: Ties, pivots: Pivots, progress: Progress | None) -> dict[str, float]:
    """Estimate what rests on paths from those that start at pivots, and the standard errors."""
    steps, lengths, local = _sums(ties, pivots, Ticks(progress, 3 * len(pivots.batches)))
    names: list[str] = []

    def of(kept: list[int]) -> np.ndarray:
        reach, far = added(steps, kept), added(lengths, kept)
        around = np.concatenate([local[g] for g in kept])
        found = _paths(ties, reach, far, len(around))
        found["local_efficiency"] = float(around.mean()) if len(around) else np.nan
        found |= _centralization(ties, reach, reach.others)
        names[:] = list(found)
        return np.array(list(found.values()))

    values, errors = pivots.estimate(of)
    known = {f"{name}_error": error for name, error in zip(names, errors, strict=True)}
    # a maximum has no standard error, and degrees are known
    unknown = [f"{name}_error" for name in ("diameter", "degree_centralization")]
    return dict(zip(names, values, strict=True)) | {name: e for name, e in known.items() if name not in unknown}


def _sums(ties: Ties, pivots: Pivots, tick: Callable[[], None]) -> tuple[list[Sums], list[Sums], list[np.ndarray]]:
    """Follow the paths from pivots by steps and by lengths, and measure the efficiency among their neighbors."""
    steps = path_sums(ties.steps, pivots, ("between", "distance"), tick)
    lengths = path_sums(ties.paths, pivots, ("distance",), tick)
    local = []
    for batch in pivots.batches:
        local.append(_efficiency_around(ties, batch))
        tick()
    return steps, lengths, local


def _refused(ties: Ties) -> SizeError:
    each = seconds_each([ties.steps, ties.paths], lambda few: _sums(ties, few, lambda: None))
    return too_large(
        "a summary",
        len(ties),
        ties.weight.nnz // (1 if ties.directed else 2),
        f"pass sample={SUGGESTED} to estimate what rests on paths, with standard errors (about "
        f"{max(each * SUGGESTED, 1):.0f} seconds), or take the backbone first",
        seconds=each * len(ties),
        memory=bytes_of(ties.weight.nnz, arrays=16),
    )


def _paths(ties: Ties, steps: Paths | Sums, lengths: Paths | Sums, sources: int) -> dict[str, float]:
    pairs = sources * (len(ties) - 1)
    shortest = ties.length.data.min(initial=np.inf)
    ideal = pairs / shortest if ties.length.nnz else pairs
    return {
        "reached": _ratio(steps.count.sum(), pairs),
        "average_path": _ratio(steps.distance.sum(), steps.count.sum()),
        "diameter": steps.farthest.max() if steps.count.any() else np.nan,
        "global_efficiency": _ratio(steps.inverse.sum(), pairs),
        "global_efficiency_weighted": _ratio(lengths.inverse.sum(), ideal),
    }


def _efficiency_around(ties: Ties, places: np.ndarray) -> np.ndarray:
    """Return the efficiency among the neighbors of each of some places."""
    link, contact = ties.link, ties.contact
    return efficiency_by_steps(link.indptr, link.indices, contact.indptr, contact.indices, places)


def _centralization(ties: Ties, reach: Paths | Sums, others: np.ndarray) -> dict[str, float]:
    n = len(ties)
    if n < 3:
        return dict.fromkeys(
            ("degree_centralization", "betweenness_centralization", "closeness_centralization"), np.nan
        )
    sides = 2 if ties.directed else 1
    whole = others * reach.distance
    closeness = np.divide(reach.count**2, whole, out=np.zeros(n), where=reach.count > 0)
    betweenness = reach.between * 2 / np.maximum(sides * others * (n - 2), 1)
    largest = n - 1 if ties.directed else (n - 1) * (n - 2) / (2 * n - 3)
    return {
        "degree_centralization": _gap(ties.degree) / (sides * (n - 1) * (n - 2)),
        "betweenness_centralization": _gap(betweenness) / (n - 1),
        "closeness_centralization": _gap(closeness) / largest,
    }


def _gap(values: np.ndarray) -> float:
    return float((values.max() - values).sum())
