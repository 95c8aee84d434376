"""Compare clustering and path lengths with what the numbers of ties alone would bring.

Ties count as present or absent and without direction; null networks keep the number of ties of every place.
"""

from collections.abc import Callable
from dataclasses import dataclass

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import warn
from ...data.options import check_number
from ..flows.canonical import random_source, tie_matrix
from ..flows.ticks import Progress, Ticks
from ..flows.too_large import check_square
from .rewiring import latticize, rewire, tied_pairs

__all__ = ["SmallWorld", "small_world"]

# rounds after which a lattice is taken as it is
_LATTICE_ROUNDS = 500
_IDLE_ROUNDS = 10
# ties times swaps times null networks that are tried unasked, and in a second
_MOST_SWAPS = 4e6
_SECOND = 3e4
# bytes of a pair of places, in two networks at a time
_PAIR = 2 / 8


@dataclass(frozen=True, eq=False)
class SmallWorld:
    """Clustering and path length of a network beside those of its null networks.

    Attributes
    ----------
    table : DataFrame
        ``measure, observed, random, low, high, lattice``: ``clustering`` and ``path_length``, with mean and 2.5 /
        97.5 % quantiles over the random networks and the mean over the lattices.
    sigma, omega : float
        The two coefficients.
    sigma_interval, omega_interval : tuple of float
        2.5 / 97.5 % quantiles of the coefficients over single null networks.
    reached : float
        Share of pairs of places with a path between them.
    nulls : DataFrame
        ``run, clustering, path_length, lattice_clustering``.
    """

    table: pd.DataFrame
    sigma: float
    omega: float
    sigma_interval: tuple[float, float]
    omega_interval: tuple[float, float]
    reached: float
    nulls: pd.DataFrame


def small_world(
    graph: nx.Graph,
    *,
    null_networks: int = 20,
    seed: int = 0,
    swaps: int = 10,
    progress: Progress | None = None,
) -> SmallWorld:
    """Say whether a network is clustered like a lattice and short like a random network.

    ::

        C = mean over places of (closed pairs of neighbors / pairs of neighbors), 0 for fewer than two neighbors
        L = mean number of steps over the pairs with a path
        sigma = (C / C_random) / (L / L_random)
        omega = L_random / L - C / C_lattice

    A small world has sigma above 1, and omega near 0 (towards -1 a lattice, towards 1 a random network). Random
    networks swap the ends of pairs of ties, ``swaps`` times the number of ties; lattices do the same but only towards
    the ring of places (in canonical order, then shuffled), so both keep every place's number of ties.

    - A complete graph is its own and only null network: sigma = 1, omega = 0.
    - Above a density of one half there is little room to rewire: a warning asks to filter first.
    - Sigma grows with the size of the network; compare omega between networks of different size.
    - Without triangles in the null networks sigma is undefined (nan); so are all without a tie.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        A directed graph is read as undirected, a tie in either direction counting once. Weights other than 0 count
        alike.
    null_networks : int
        Null networks of each kind.
    seed : int
        Run r draws from a source made of the seed and r alone.
    swaps : int
        Swaps tried for each tie.
    progress : callable, optional
        Told after each null network: networks done, all networks.

    Returns
    -------
    SmallWorld

    Raises
    ------
    OptionError
        If ``null_networks`` or ``swaps`` is no whole number of at least 1, or the seed none of at least 0.
    SizeError
        If there are more than some 120,000 places, or ties times ``swaps`` times ``null_networks`` exceed 4,000,000:
        lattices take hundreds of rounds.

    References
    ----------
    Watts & Strogatz (1998) *Nature* 393; Maslov & Sneppen (2002) *Science* 296; Humphries & Gurney (2008) *PLoS ONE* 3;
    Telesford et al. (2011) *Brain Connectivity* 1.

    Examples
    --------
    >>> import networkx as nx
    >>> ring = nx.watts_strogatz_graph(100, 6, 0.05, seed=1)
    >>> found = small_world(ring, null_networks=5)
    >>> found.sigma > 3, abs(found.omega) < 0.5
    (True, True)
    """
    check_number("null_networks", null_networks, least=1, whole=True)
    check_number("swaps", swaps, least=1, whole=True)
    _, matrix = tie_matrix(graph, None)
    both = matrix + matrix.T
    n, edges = both.shape[0], both.nnz // 2
    way_out = "take the backbone first, or read clustering and average_path of network_summary with a sample"
    work = float(null_networks) * swaps * edges
    size = ("null networks", n, edges, way_out)
    check_square(*size, arrays=_PAIR, each=1, work=work, second=_SECOND, most_work=_MOST_SWAPS)
    if n > 2 and 0.5 * n * (n - 1) < 2 * edges < n * (n - 1):
        warn("warnings.dense_network", stacklevel=2)
    ties = np.column_stack(sparse.triu(both, format="csr").nonzero()).astype(np.int64)
    clustering, length, reached = _measures(ties, n)
    tick = Ticks(progress, null_networks)
    nulls = pd.DataFrame(
        [(run, *_null(ties, n, swaps, random_source(seed, run), tick)) for run in range(null_networks)],
        columns=["run", "clustering", "path_length", "lattice_clustering"],
    )
    means = nulls.mean()
    low, high = nulls.quantile(0.025), nulls.quantile(0.975)
    table = pd.DataFrame(
        {
            "measure": ["clustering", "path_length"],
            "observed": [clustering, length],
            "random": [means["clustering"], means["path_length"]],
            "low": [low["clustering"], low["path_length"]],
            "high": [high["clustering"], high["path_length"]],
            "lattice": [means["lattice_clustering"], np.nan],
        }
    )
    sigmas = _sigma(clustering, length, nulls["clustering"], nulls["path_length"])
    omegas = _omega(clustering, length, nulls["lattice_clustering"], nulls["path_length"])
    mean_of = {name: pd.Series([means[name]]) for name in nulls.columns}
    return SmallWorld(
        table=table,
        sigma=float(_sigma(clustering, length, mean_of["clustering"], mean_of["path_length"]).iloc[0]),
        omega=float(_omega(clustering, length, mean_of["lattice_clustering"], mean_of["path_length"]).iloc[0]),
        sigma_interval=(float(sigmas.quantile(0.025)), float(sigmas.quantile(0.975))),
        omega_interval=(float(omegas.quantile(0.025)), float(omegas.quantile(0.975))),
        reached=reached,
        nulls=nulls,
    )


def _sigma(clustering: float, length: float, random: pd.Series, random_length: pd.Series) -> pd.Series:
    return (clustering / random.where(random > 0)) / (length / random_length)


def _omega(clustering: float, length: float, lattice: pd.Series, random_length: pd.Series) -> pd.Series:
    return random_length / length - clustering / lattice.where(lattice > 0)


def _measures(edges: np.ndarray, n: int) -> tuple[float, float, float]:
    """Return mean clustering, mean path length, and the share of pairs with a path."""
    if not len(edges):
        return float("nan"), float("nan"), 0.0
    network = igraph.Graph(n=n, edges=edges)
    # steps -> number of pairs; pairs without a path are counted apart
    counts = network.path_length_hist(directed=False)
    pairs = np.array([count for *_, count in counts.bins()], dtype=float)
    steps = np.array([low for low, *_ in counts.bins()], dtype=float)
    clustering = network.transitivity_avglocal_undirected(mode="zero")
    return float(clustering), float((pairs * steps).sum() / pairs.sum()), float(pairs.sum() / (n * (n - 1) / 2))


def _null(
    edges: np.ndarray, n: int, swaps: int, random: np.random.Generator, tick: Callable[[], None]
) -> tuple[float, float, float]:
    if not len(edges):
        return float("nan"), float("nan"), float("nan")
    attempts = swaps * len(edges)

    def draws() -> tuple[np.ndarray, np.ndarray]:
        return random.integers(0, len(edges), (attempts, 2)), random.integers(0, 2, attempts)

    shuffled = edges.copy()
    rewire(tied_pairs(shuffled, n, False), shuffled, *draws())
    clustering, length, _ = _measures(shuffled, n)
    around = np.sort(np.argsort(random.permutation(n))[edges], axis=1)
    around = around[np.lexsort((around[:, 1], around[:, 0]))]
    lattice = tied_pairs(around, n, False)
    rewire(lattice, around, *draws())
    idle = 0
    for _ in range(_LATTICE_ROUNDS):
        idle = 0 if latticize(lattice, around, *draws()) else idle + 1
        if idle == _IDLE_ROUNDS:
            break
    ringed, _, _ = _measures(around, n)
    tick()
    return clustering, length, ringed
