"""Measure how central each place is in a flow network.

A weight is a strength unless ``weight_meaning="cost"``: path-based measures use 1/strength as length. Lengths of paths
are compared with a tolerance of rounding, so that equally short paths count as ties; spectral measures run on scipy,
structural holes in compiled code, clustering in matrix form.
"""

from collections.abc import Iterable, Mapping
from typing import get_args

import networkx as nx
import numpy as np
import pandas as pd

from ...data.conventions import follows_conventions
from ...data.errors import warn
from ...data.methods import Method
from ...data.options import check_choice, check_number, choice_faults, listed, name_faults, refuse
from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text, text
from ..flows.ticks import Progress
from .compare_weight_meanings import LEADING, compared
from .node_measures import (
    ALL_MEASURES,
    DAMPING,
    NORMALIZED,
    PATH_MEASURES,
    Factors,
    Scale,
    Unreachable,
    known_measures,
    measured,
    plan_paths,
)
from .ties import READINGS, Reading, Ties, as_read, warn_of_lacking

__all__ = ["ALL_MEASURES", "DESCRIBED", "MEASURES", "PATH_MEASURES", "centrality"]

DESCRIBED: dict[str, Method] = {
    "degree": Method("k<sub>i</sub> = #{j : w<sub>ij</sub> &gt; 0}", ("wasserman1994",)),
    "strength": Method("s<sub>i</sub> = Σ<sub>j</sub> w<sub>ij</sub>", ("barrat2004",)),
    "in_strength": Method("s<sub>i</sub><sup>in</sup> = Σ<sub>j</sub> w<sub>ji</sub>", ("barrat2004",)),
    "out_strength": Method("s<sub>i</sub><sup>out</sup> = Σ<sub>j</sub> w<sub>ij</sub>", ("barrat2004",)),
    "betweenness": Method("B<sub>i</sub> ∝ Σ<sub>jk</sub> σ<sub>jk</sub>(i) / σ<sub>jk</sub>", ("freeman1977",)),
    "closeness": Method(
        "C<sub>i</sub> = r<sub>i</sub><sup>2</sup> / ((n − 1) Σ<sub>j</sub> d<sub>ji</sub>)", ("wasserman1994",)
    ),
    "eigenvector": Method("λ x<sub>i</sub> = Σ<sub>j</sub> w<sub>ji</sub> x<sub>j</sub>", ("bonacich1972",)),
    "pagerank": Method(
        "p<sub>i</sub> = (1 − δ) / n + δ Σ<sub>j</sub> p<sub>j</sub> w<sub>ji</sub> / s<sub>j</sub><sup>out</sup>",
        ("brin1998",),
    ),
}
MEASURES = tuple(DESCRIBED)
_AS_IT_IS: tuple[Reading, bool] = ("strength", False)
# measures in which it matters which way ties run
DIRECTED_MEASURES = ("closeness", "harmonic", "eccentricity", "eigenvector", "pagerank", "katz")


@follows_conventions
def centrality(
    graph: nx.Graph | Ties,
    *,
    measures: Iterable[str] = MEASURES,
    weight: str | None = "weight",
    weight_meaning: Reading | Mapping[str, Reading] | None = None,
    damping: float = DAMPING,
    attenuation: float = 0.85,
    tuning: float = 1.0,
    normalized: Iterable[str] = NORMALIZED,
    unreachable: Unreachable = "absent",
    outward: Iterable[str] = (),
    scale: Scale = "length",
    convention: str | None = None,  # noqa: ARG001 - has filled in the options above
    sample: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compute centrality measures of every node in one tidy table.

    With A[i, j] the strength from i to j, n nodes and d(i, j) the length of the shortest path. By default:

    - ``degree``: number of neighbors (in plus out when directed).
    - ``in_strength`` = sum_i A[i, j], ``out_strength`` = sum_j A[i, j]; ``strength`` is their sum when directed, the
      plain row sum when not.
    - ``betweenness``: share of shortest paths between other pairs that pass through the node, over all pairs
      (normalized by (n-1)(n-2), halved when undirected; 0 when n < 3).
    - ``closeness``: (r / (n-1)) * r / sum d, over the r nodes that can reach it (Wasserman-Faust, so unreachable nodes
      count as absent ties); 0 for an island. In directed graphs distances run towards the node.
    - ``eigenvector``: leading eigenvector of A transposed (a node is central when central nodes send to it), unit
      Euclidean length, non-negative; nan when the graph has no cycle, because the leading eigenvalue is then 0.
    - ``pagerank``: stationary share of a random walk along strengths with `damping` and uniform restarts, also from
      nodes without a way out.

    On request (any of `ALL_MEASURES`):

    - ``harmonic``: sum of 1 / d(j, i) over the others, divided by n-1; unreachable ones add 0.
    - ``eccentricity``: longest d(j, i) among the nodes that can reach it; 0 for an island.
    - ``hits_hub``, ``hits_authority``: leading singular vectors of A, each summing to 1; alike when undirected, nan
      without edges.
    - ``katz``: x = 1 + a A' x, with a = `attenuation` over the leading eigenvalue (over the largest in-strength when
      there is no cycle); unit Euclidean length.
    - ``k_core``: largest k such that the node lies in a part of the graph where all have k neighbors or more (in plus
      out when directed). ``s_core``: the same with strength in place of number of neighbors.
    - ``constraint``, ``effective_size``, ``efficiency``: as in `structural_holes`; nan for an island.
    - ``clustering``: share of pairs of neighbors that are tied; ``clustering_barrat`` weighs each such triangle by
      the mean strength of the node's two ties in it, ``clustering_onnela`` by the geometric mean of all three over the
      largest strength. Directed: all eight kinds of directed triangles over those possible (Fagiolo 2007; Clemente &
      Grassi 2018). 0 with fewer than two neighbors.
    - ``neighbor_degree``: mean degree of neighbors weighted by strength (Barrat); ``neighbor_strength``: plain mean
      strength of neighbors. Directed: over both directions, in plus out. nan for an island.
    - ``degree_opsahl``: degree ** (1 - tuning) * strength ** tuning.

    Limit cases:

    - Self-loops are ignored, parallel edges summed; an empty graph gives an empty table.
    - Where a leading eigenvalue is shared, as by two equal islands, the vector is the one that repeated
      multiplication reaches from equal scores.
    - Scaling all strengths scales the strengths, ``s_core``, ``neighbor_strength``, ``degree_opsahl``, ``closeness``
      and ``harmonic`` alike, ``eccentricity`` inversely, and nothing else.
    - Two path lengths a, b are a tie when abs(a - b) < 1e-10 (a + b): exact for weights with up to about five
      digits; 1/999999 + 1/1000001 and 2/1000000, which differ in the twelfth digit, count as equal. Lengths that span
      more than nine orders of magnitude warn.

    Large networks: places times ties (twice as many when undirected) may reach 1,000,000,000 for the measures of paths,
    and full networks 2,000 places; beyond, a `SizeError` says what all paths would take. With a `sample` of k places
    (pivots, drawn without replacement) only the paths that start there are followed (Brandes & Pich 2007): means over
    all other places become means over pivots, and a column ``…_error`` holds the standard error (jackknife over 25
    batches of pivots). A place that no pivot reaches counts as an island. Errors are those of repeated samples, but
    what a pivot adds to betweenness is skewed: an interval of two errors holds the exact value of leading places about
    nine times in ten, of others less often; one that no pivot sees has the estimate and error 0.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph, or Ties
        Weights must be positive. A graph is read anew by every call; Ties (see `read_ties`) have been read, and
        `weight`, `weight_meaning` and `tuning` are those they were read with.
    measures : iterable of str
        Any of `ALL_MEASURES`.
    weight : str or None
        Edge attribute; an edge without it counts 1, and so does every edge with None. A strength of 0 is no tie.
    weight_meaning : {"strength", "cost", "none"}, optional
        Under ``"cost"`` the weight is the length itself and its inverse the strength; under ``"none"`` every tie counts
        1. Left out, the weight is read as a strength, and a warning says where the other reading would change the ten
        most central places of a path-based measure (see `compare_weight_meanings`; in networks of more than ten
        places). A table of measures and meanings holds for these; others read a strength.
    damping : float
        Of PageRank, between 0 and 1.
    attenuation : float
        Of Katz, as a share of the largest that converges, between 0 and 1.
    tuning : float
        Exponent of path lengths and of ``degree_opsahl`` (Opsahl, Agneessens & Skvoretz 2010): 1 takes weights as
        they are, 0 counts edges.
    normalized : iterable of str
        Which of ``betweenness``, ``closeness`` and ``harmonic`` are shares of the largest possible. Without,
        betweenness is a number of pairs, harmonic a sum, and closeness is divided by the n - 1 others (those reached
        under ``"left_out"``).
    unreachable : {"absent", "left_out", "n", "beyond", "infinite"}
        What closeness makes of the places that cannot reach a node: by default it is multiplied by r / (n-1); under
        ``"left_out"`` it is r / sum d; ``"n"`` puts them at a distance of n, ``"beyond"`` at 1 more than the longest
        that is found; ``"infinite"`` makes it 0.
    outward : iterable of str
        Measures computed with every tie turned around: distances run from the node, eigenvector scores come from those
        it sends to. Any of ``closeness``, ``harmonic``, ``eccentricity``, ``eigenvector``, ``pagerank``, ``katz``.
    scale : {"length", "maximum", "sum"}
        What is 1 in the eigenvector.
    convention : str, optional
        Program whose number is wanted, such as ``"ucinet"``, ``"r-sna"``, ``"r-igraph"`` or ``"networkx"``: options
        left out take its values (see `innoscape.data.list_conventions`).
    sample, seed : int, optional
        Number of pivots, at least 2, and the seed that they are drawn with. As many as there are places: all paths are
        followed whatever the size, and errors are 0.
    progress : callable, optional
        Told after each step: steps done, all steps.

    Returns
    -------
    DataFrame
        ``place`` and one column per measure, in node order; with a `sample` also ``…_error`` of measures of paths.

    Raises
    ------
    OptionError
        If a measure, a meaning or a convention is unknown, a factor or `sample` out of range, or a weight negative or
        not finite (as a cost also 0); if ``eccentricity``, a maximum, is asked of a sample.
    SizeError
        If measures of paths are asked of a large network without a `sample`.

    Warns
    -----
    InnoscapeWarning
        If edges lack the attribute and carry other numbers; if path lengths span more than nine orders of magnitude; if
        `weight_meaning` is left out and matters.

    References
    ----------
    Freeman (1978) *Social Networks* 1; Wasserman & Faust (1994) *Social Network Analysis*; Opsahl, Agneessens &
    Skvoretz (2010) *Social Networks* 32; Brin & Page (1998) *Computer Networks* 30; Kleinberg (1999) *J. ACM* 46;
    Katz (1953) *Psychometrika* 18; Seidman (1983) *Social Networks* 5; Eidsaa & Almaas (2013) *Phys. Rev. E* 88;
    Burt (1992) *Structural Holes*; Barrat et al. (2004) *PNAS* 101; Onnela et al. (2005) *Phys. Rev. E* 71; Fagiolo
    (2007) *Phys. Rev. E* 76; Clemente & Grassi (2018) *Chaos, Solitons & Fractals* 107; Brandes & Pich (2007) *Int. J.
    Bifurcation and Chaos* 17.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("B", "T", 3056), ("B", "H", 4277), ("T", "H", 1340)])
    >>> centrality(graph, measures=("strength", "betweenness"))
      place  strength  betweenness
    0     B    7333.0          1.0
    1     T    4396.0          0.0
    2     H    5617.0          0.0
    """
    wanted = known_measures(measures, ALL_MEASURES)
    for name, factor in (("damping", damping), ("attenuation", attenuation)):
        check_number(name, factor, least=0, below=1)
    check_choice("unreachable", unreachable, get_args(Unreachable))
    check_choice("scale", scale, get_args(Scale))
    shares, turned = listed(normalized, name="normalized"), listed(outward, name="outward")
    faults = name_faults(shares, NORMALIZED, name="normalized")
    refuse([*faults, *name_faults(turned, DIRECTED_MEASURES, name="outward")])
    groups: dict[tuple[Reading, bool], list[str]] = {}
    plain: Reading = graph.meaning if isinstance(graph, Ties) else "strength"
    for measure, reading in _readings(wanted, weight_meaning, plain).items():
        groups.setdefault((reading, measure in turned), []).append(measure)
    networks = {key: as_read(graph, weight, key[0], tuning, outward=key[1]) for key in groups or {(plain, False): []}}
    warn_of_lacking(graph, weight, *networks.values(), stacklevel=2)
    paths = [measure for measure in wanted if measure in PATH_MEASURES]
    ties = networks[next((key for key, names in groups.items() if {*paths} & {*names}), next(iter(networks)))]
    doubtful = weight_meaning is None and plain == "strength" and bool(paths) and len(ties) > LEADING
    apart = sum(bool({*paths} & {*names}) for names in groups.values())
    readings = 3 if doubtful else max(apart, 1) if sample is not None else 1
    plan = plan_paths(ties, wanted, readings=readings, sample=sample, seed=seed, progress=progress)
    factors = Factors(damping, attenuation, ties.tuning, tuple(map(str, shares)), unreachable, scale)
    found: dict[str, np.ndarray] = {}
    for key, names in groups.items():
        found |= measured(networks[key], names, factors, plan)
    columns = [name for measure in wanted for name in (measure, f"{measure}_error") if name in found]
    if doubtful:
        plainly = networks.get((plain, False)) or as_read(graph, weight, plain, tuning)
        _warn_of_reading(compared(plainly, paths, LEADING, plan))
    table = pd.DataFrame({"place": ties.index, **{name: found[name] for name in columns}})
    return table if len(columns) == len(found) else table[["place", *columns]]


def _readings(wanted: list[str], meaning: Reading | Mapping[str, Reading] | None, plain: Reading) -> dict[str, Reading]:
    """Return how each measure reads the weight, by default plainly."""
    named: Mapping[str, Reading] = meaning if isinstance(meaning, Mapping) else dict.fromkeys(wanted, meaning or plain)
    faults = [fault for one in {*named.values()} for fault in choice_faults("weight_meaning", one, READINGS)]
    refuse([*name_faults(named, ALL_MEASURES, name="weight_meaning"), *faults])
    return {measure: named.get(measure, plain) for measure in wanted}


def _warn_of_reading(readings: pd.DataFrame) -> None:
    for row in readings[(readings["only_strength"] != "") | (readings["only_cost"] != "")].to_dict("records"):
        leading = {key: row[f"only_{key}"] or text("warnings.flows.none") for key in ("strength", "cost")}
        warn("warnings.flows.weight_meaning", measure=_name(row["measure"]), **leading, stacklevel=3)


def _name(measure: str) -> Text:
    return text(f"methods.network.{measure}.name") if measure in DESCRIBED else name_of(measure)
