"""Divide places into a core that is tied to all and a periphery that is tied to the core only.

The fit is the correlation of the ties with the ideal pattern, over pairs of different places; for small networks the
best core is found with certainty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, check_number, idle_faults, refuse
from ...data.wording.catalogue import text
from ..flows.canonical import random_source, tie_matrix
from ..flows.ticks import Progress, Ticks
from ..measures.shuffle_ties import rewire_ties, shuffle_ties
from .continuous_core import concentrated, continuous_fit, coreness_of
from .core_search import check_search, climb, cover, fit_of
from .separate_core import check_separate, separate_climbs, separate_search
from .sparse_core import (
    best_of_climbs,
    both_ways,
    check_test,
    rewired,
    shuffled,
    spread_over_pairs,
)

__all__ = ["CorePeriphery", "core_periphery"]

Method = Literal["borgatti_everett", "continuous"]
METHODS: tuple[str, ...] = get_args(Method)
Between = Literal["tied", "ignored"]
BETWEEN: tuple[str, ...] = get_args(Between)
Null = Literal["pairs", "degree"]
NULLS: tuple[str, ...] = get_args(Null)
_Matrix = np.ndarray | sparse.csr_array

# places up to which a matrix of all pairs is used
_DENSE_PLACES = 2000


@dataclass(frozen=True, eq=False)
class CorePeriphery:
    """The core of a network, how well it fits, and whether chance would fit as well.

    Attributes
    ----------
    table : DataFrame
        ``place, core, coreness, strength``, sorted by place.
    correlation : float
        Of the ties with the ideal pattern (or with the products of corenesses).
    p_value : float
        Share of null networks that fit at least as well, counting the observed one; nan without a test.
    exact : bool
        Whether no other core can fit better (discrete method only).
    unique : bool or None
        Whether no other core fits as well; None where this is not known.
    densities : DataFrame
        ``block, pairs, weight, density`` of core, core-periphery and periphery.
    null : Series
        The fits of the null networks.
    """

    table: pd.DataFrame
    correlation: float
    p_value: float
    exact: bool
    unique: bool | None
    densities: pd.DataFrame
    null: pd.Series


@documented("borgatti2000", formula="ρ = corr(a<sub>ij</sub>, max(c<sub>i</sub>, c<sub>j</sub>)), c ∈ {0, 1}")
def core_periphery(
    graph: nx.Graph,
    *,
    method: Method = "borgatti_everett",
    between: Between = "tied",
    exact_limit: int = 60,
    budget: int = 2_000_000,
    runs: int = 10,
    seed: int = 0,
    test: bool = True,
    null: Null = "pairs",
    null_networks: int = 199,
    weight: str | None = "weight",
    progress: Progress | None = None,
) -> CorePeriphery:
    """Find the core of a network by the discrete or the continuous model of Borgatti and Everett.

    Discrete: the correlation, over all pairs of different places, of the ties with a pattern that is 1 where a pair
    touches the core and 0 within the periphery. For a core of k places the pattern has a fixed mean, so the best core
    of that size is the one that touches the most tie weight; sizes 1 to n - 2 are compared. Up to ``exact_limit``
    places branch and bound proves the optimum; beyond, or if ``budget`` runs out, the best of several climbs
    (Kernighan-Lin) is returned and ``exact`` is False.

    With ``between="ignored"`` ties between core and periphery have no say: the correlation is over the pairs within the
    core (ideally 1) and within the periphery (ideally 0). All cores of at least 2 places that leave at least 2 are
    tried where there are no more than ``budget`` of them (20 places); beyond that climbs are made.

    Continuous: corenesses c that minimize ``sum over i != j of (A[i, j] - c[i] c[j])^2`` (minres), scaled to
    ``sum c^2 = 1``. The core then is the set of highest coreness whose 0/1 vector correlates best with c.

    - Directed ties: a pair counts in both directions, and the pattern is symmetric; corenesses fit the mean of both.
    - A star has its center alone as core, at correlation 1. Its corenesses tend to 1 and 0.
    - Among cores of equal fit the smallest is kept, then the one found first in order of strength and place.
    - Where all pairs are tied alike (no tie, or complete with one weight) there is no core to find: an error.
    - Multiplying all weights by one number changes nothing.

    The test compares the fit with that of null networks, ``p = (1 + number fitting at least as well) / (1 +
    null_networks)``, with the ties shuffled over all pairs (``"pairs"``) or rewired so that every place keeps its
    number of ties, the weights shuffled among them (``"degree"``). Networks of unequal degrees mostly pass the first;
    the second asks for a core beyond what degrees alone bring, which a single core rarely shows (Kojaku & Masuda 2018).
    Null networks are searched by climbs only.

    Beyond 2,000 places sums run over ties alone, pairs without one come in closed form, and nothing is proved, whatever
    ``exact_limit``. The test of such a network is refused when ``null_networks`` times its ties, in both directions,
    exceed 20,000,000, and the ``"degree"`` null beyond some 170,000 places.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        At least 4 places. Self-loops are left out.
    method : {"borgatti_everett", "continuous"}
        Discrete or continuous model.
    between : {"tied", "ignored"}
        Whether the ideal has every place of the core tied to every one of the periphery, or says nothing of such pairs;
        of the discrete model.
    exact_limit, budget : int
        Places up to which the optimum is proved, and branches allowed for that.
    runs : int
        Climbs from random cores, besides one from the strongest places.
    seed : int
        Of the random starts and the null networks.
    test, null, null_networks
        Whether, against which null and with how many networks to test the discrete fit. The continuous fit has no test
        and no search: it takes none of these options.
    weight : str or None
        Edge attribute; None counts every tie as 1.
    progress : callable, optional
        Told after the search and after each null network: steps done, all steps.

    Returns
    -------
    CorePeriphery

    Warns
    -----
    InnoscapeWarning
        If corenesses still change after 2,000 rounds, as they may in networks of tens of thousands of places.

    Raises
    ------
    OptionError
        If an option is out of range or of no use to the method, there are fewer than 4 places, or all pairs are tied
        alike.
    SizeError
        If the search, with its null networks, would take more time or memory than the budget (see
        `innoscape.data.Budget`).

    References
    ----------
    Borgatti & Everett (2000) *Social Networks* 21; Boyd, Fitzgerald & Beck (2006) *Social Networks* 28; Boyd,
    Fitzgerald, Mahutga & Smith (2010) *Social Networks* 32, on minres; Kojaku & Masuda (2018) *New Journal of Physics*
    20.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph([("B", "T"), ("B", "H"), ("T", "H"), ("B", "x"), ("T", "y"), ("H", "z"), ("B", "z")])
    >>> found = core_periphery(graph, test=False)
    >>> found.table.loc[found.table["core"], "place"].tolist(), round(found.correlation, 3), found.exact
    (['B', 'H'], 0.491, True)
    """
    _check_options(
        method, test=test, between=between, seed=seed, runs=runs, exact_limit=exact_limit, budget=budget, null=null,
        null_networks=null_networks,
    )  # fmt: skip
    places, sparse_ties = tie_matrix(graph, weight)
    n = len(places)
    if n < 4:
        raise OptionError(text("faults.calls.core_periphery.core_periphery_need_4", count=n))
    dense = n <= _DENSE_PLACES or between == "ignored"
    if dense and between == "tied":
        nulls = null_networks if test and method == "borgatti_everett" else 0
        check_search(n, runs, nulls, budget if n <= exact_limit else 0)
    if between == "ignored":
        check_separate(n, sparse_ties.nnz, runs, null_networks if test else 0)
    if not dense and test and method == "borgatti_everett":
        check_test(n, sparse_ties, null, null_networks, directed=graph.is_directed())
    ties = sparse_ties.toarray() if dense else sparse_ties
    ties = ties / (ties.max() or 1.0)
    spread = _spread(ties)
    if spread < 1e-12:
        raise OptionError(text("faults.calls.core_periphery.all_pairs_tied_alike"))
    # a stable order of falling strength makes the search the same for every order of rows
    order = np.lexsort([np.arange(n), -np.round(ties.sum(axis=0) + ties.sum(axis=1), 12)])
    sorted_ties = ties[np.ix_(order, order)] if dense else ties[order][:, order]
    fit, core, exact, unique = np.nan, np.zeros(n, dtype=bool), False, None
    fits = np.zeros(0)
    coreness = coreness_of(ties)
    tick = Ticks(progress, 1 + (null_networks if test and method == "borgatti_everett" else 0))
    if method == "borgatti_everett":
        if between == "ignored" and isinstance(sorted_ties, np.ndarray):
            sought = separate_search(sorted_ties, exact_limit, budget, runs, random_source(seed, 0))
        else:
            sought = _search(sorted_ties, spread, exact_limit, budget, runs, seed)
        fit, found, exact, unique = sought
        core[order] = found
        tick()
        if test:
            fits = _null_fits(
                sorted_ties, spread, between, null, null_networks, seed, tick, directed=graph.is_directed()
            )
    else:
        core = concentrated(coreness)
        fit = continuous_fit(ties, coreness)
        tick()
    weights = sparse_ties.toarray() if dense else sparse_ties
    return CorePeriphery(
        table=pd.DataFrame(
            {
                "place": places,
                "core": core,
                "coreness": coreness,
                "strength": weights.sum(axis=1) + (weights.sum(axis=0) if graph.is_directed() else 0.0),
            }
        ),
        correlation=fit,
        p_value=float((1 + (fits >= fit - 1e-12).sum()) / (1 + len(fits))) if len(fits) else float("nan"),
        exact=exact,
        unique=unique,
        densities=_densities(weights, core, directed=graph.is_directed()),
        null=pd.Series(fits, name="correlation", dtype=float),
    )


def _check_options(method: str, *, test: bool, between: str, **drawn: Any) -> None:  # noqa: ANN401
    """Refuse options that are out of range, and those that the method or a search without a test has no use for."""
    check_choice("method", method, METHODS)
    check_choice("between", between, BETWEEN)
    check_choice("null", drawn["null"], NULLS)
    if method == "continuous":
        refuse(idle_faults(core_periphery, "with method='continuous'", between=between, **drawn))
    elif not test:
        tested = {name: drawn[name] for name in ("null", "null_networks")}
        refuse(idle_faults(core_periphery, "with test=False", **tested))
    check_number("runs", drawn["runs"], least=0, whole=True)
    check_number("null_networks", drawn["null_networks"], least=1, whole=True)


def _spread(ties: _Matrix) -> float:
    """Return the standard deviation of a tie over ordered pairs of different places."""
    if not isinstance(ties, np.ndarray):
        return spread_over_pairs(ties)
    return float(ties[~np.eye(len(ties), dtype=bool)].std())


def _both(ties: _Matrix) -> _Matrix:
    """Average both directions: the fit of a symmetric pattern depends on nothing else but the spread."""
    return (ties + ties.T) / 2 if isinstance(ties, np.ndarray) else both_ways(ties)


def _starts(weights: np.ndarray, spread: float, random: np.random.Generator, runs: int) -> list[np.ndarray]:
    """Return the best core of strongest places, and random ones."""
    n = len(weights)
    strength = weights.sum(axis=1)
    by_strength = np.argsort(-strength, kind="stable")
    inner = np.cumsum([weights[by_strength[: k + 1], by_strength[k]].sum() for k in range(n)])
    covered = np.cumsum(strength[by_strength]) - inner
    total = weights.sum() / 2
    fits = [fit_of(covered[k - 1], k, n, total, spread) for k in range(1, n - 1)]
    first = np.zeros(n, dtype=bool)
    first[by_strength[: int(np.argmax(fits)) + 1]] = True
    return [first, *(random.random(n) < random.random() for _ in range(runs))]


def _climbed(weights: _Matrix, spread: float, random: np.random.Generator, runs: int) -> tuple[float, np.ndarray]:
    """Return the best of several climbs; of equal ones the smallest core."""
    if isinstance(weights, np.ndarray):
        results = [climb(weights, start, spread) for start in _starts(weights, spread, random, runs)]
    else:
        results = best_of_climbs(weights, spread, random, runs)
    fit, core = max(results, key=lambda r: (round(r[0], 12), -int(r[1].sum()), tuple(r[1])))
    return float(fit), core


def _search(
    ties: _Matrix, spread: float, exact_limit: int, budget: int, runs: int, seed: int
) -> tuple[float, np.ndarray, bool, bool | None]:
    weights = _both(ties)
    n, total = weights.shape[0], weights.sum() / 2
    fit, core = _climbed(weights, spread, random_source(seed, 0), runs)
    if n > exact_limit or not isinstance(weights, np.ndarray):
        return fit, core, False, None
    ordered = np.sort(weights + np.diag(np.full(n, np.inf)), axis=1)
    least = np.concatenate([np.zeros((n, 1)), np.cumsum(ordered[:, : n - 1], axis=1)], axis=1)
    pairs = n * (n - 1) / 2

    def needed(size: int) -> float:
        share = (size * (n - size) + size * (size - 1) / 2) / pairs
        return fit * spread * np.sqrt(share * (1 - share)) * pairs + total * share

    nothing = np.zeros(n, dtype=bool)
    for size in range(1, n - 1):
        touched, mask, tried = cover(weights, least, size, needed(size) + 1e-9, nothing, budget)
        budget -= tried
        if budget < 0:
            return fit, core, False, None
        if touched >= 0:
            fit, core = float(fit_of(touched, size, n, total, spread)), mask
    for size in range(1, n - 1):
        touched, _, tried = cover(weights, least, size, needed(size) - 1e-9, core, budget)
        budget -= tried
        if budget < 0:
            return fit, core, True, None
        if touched >= 0:
            # the first in the order of the search, whatever the random starts
            least_size = min(size, int(core.sum()))
            _, first, _ = cover(weights, least, least_size, needed(least_size) - 1e-9, nothing, budget)
            return fit, first if first.any() else core, True, False
    return fit, core, True, True


def _null_fits(
    ties: _Matrix,
    spread: float,
    between: str,
    null: str,
    null_networks: int,
    seed: int,
    tick: Callable[[], None],
    *,
    directed: bool,
) -> np.ndarray:
    fits = np.zeros(null_networks)
    for draw in range(null_networks):
        random = random_source(seed, 1, draw)
        if isinstance(ties, np.ndarray):
            drawn = (shuffle_ties if null == "pairs" else rewire_ties)(ties, random, directed=directed)
        else:
            drawn = (shuffled if null == "pairs" else rewired)(ties, random, directed=directed)
        if between == "ignored" and isinstance(drawn, np.ndarray):
            fits[draw], _ = separate_climbs(drawn, random, 1)
        else:
            fits[draw], _ = _climbed(_both(drawn), spread, random, 1)
        tick()
    return fits


def _densities(weights: _Matrix, core: np.ndarray, *, directed: bool) -> pd.DataFrame:
    k, rest = int(core.sum()), int((~core).sum())
    each = 2 if directed else 1

    def between(rows: np.ndarray, columns: np.ndarray) -> float:
        if isinstance(weights, np.ndarray):
            return weights[np.ix_(rows, columns)].sum()
        return float(rows.astype(float) @ (weights @ columns.astype(float)))

    rows = {
        "core": (each * k * (k - 1) / 2, between(core, core)),
        "core-periphery": (each * k * rest, between(core, ~core) + between(~core, core)),
        "periphery": (each * rest * (rest - 1) / 2, between(~core, ~core)),
    }
    table = pd.DataFrame([(b, int(p), w if directed else w / 2) for b, (p, w) in rows.items()])
    table.columns = ["block", "pairs", "weight"]
    table["density"] = table["weight"] / table["pairs"].where(table["pairs"] > 0)
    return table
