"""Simulate how knowledge spreads between places, exactly and in continuous time."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from itertools import chain, pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import Wrong, is_number, known_place_faults, number_faults, refuse
from ....data.wording.catalogue import join_texts, text
from ...flows.faults import planted
from ..kernels.dense import BLOCK, spread
from ..kernels.sparse import spread_edges
from ..model.edge_rates import EdgeRates
from ..model.hazard_rates import Rates
from ..model.versions import borders_of, versions_of
from .check_size import check_size
from .chunks import CHUNK, chunked, digest
from .credits_of import credits_of
from .outcome import Diffusion, Histogram, Seeds, histogram_of

__all__ = ["bass", "mean_field", "simulate"]

# beyond this many cells, arrival times are counted in bins instead of kept
_KEPT_CELLS = 50_000_000
_BINS = 1000


@documented(
    "sellke1983",
    formula=(
        "T<sub>j</sub> = min{t : Σ<sub>i</sub> r<sub>ij</sub> (t − T<sub>i</sub>)<sup>+</sup> + ε<sub>j</sub> t "
        "≥ E<sub>j</sub>}, E<sub>j</sub> ~ Exp(1)"
    ),
)
def simulate(
    rates: Rates | EdgeRates | Sequence[Rates],
    seeds: Seeds,
    *,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
    keep: bool | None = None,
    executor: Executor | None = None,
    save: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Diffusion:
    """Simulate the spread from the seeds, exactly and in continuous time.

    In each run every place j draws one exponential allowance E[j] and adopts at the first time at which the hazard it
    has accumulated reaches it (Sellke's construction)::

        integral from 0 to T[j] of ( external[j](t) + sum over adopters i of rate[i, j](t) ) dt = E[j]

    The draw of (seed, run, place) depends on nothing else, so

    - the same seed gives the same bits, whatever the row order, the executor or the number of threads;
    - two simulations with one seed are paired run by run: their difference is due to the inputs alone;
    - a place added leaves every other draw as it was, and raising a rate delays nobody in any run.

    Where rates are known only up to an error, give several versions of them, such as draws from the distribution of an
    estimate. Each gets an equal share of the runs, one after the other, so that arrivals hold both the doubt about the
    rates and chance; `Diffusion.doubt` tells them apart.

    Parameters
    ----------
    rates : Rates, EdgeRates, or several Rates
        From `hazard_rates`, `edge_rates` or a scenario applied to rates. Several must have the same places, channels
        and dates of change.
    seeds : iterable of places, or mapping of place to time
        Who has adopted at the start (or adopts at the given time).
    horizon : float
        End of the simulation, in the unit of time of the rates.
    runs : int
        Number of runs.
    seed : int
        Seed of the noise, at least 0.
    keep : bool, optional
        Keep every arrival time. Without an answer they are kept up to 50 million; beyond that they are counted in
        1,000 bins between 0 and the horizon.
    executor : concurrent.futures.Executor, optional
        Where chunks of runs are sent; threads of this machine by default, or for example a cluster's.
    save : path, optional
        Folder in which finished chunks are kept. A simulation of the same inputs that finds them goes on from there.
    progress : callable, optional
        Called with (finished runs, all runs) as chunks finish.

    Returns
    -------
    Diffusion

    Raises
    ------
    UnknownPlaceError
        If a seed is unknown.
    OptionError
        If a number is out of range.
    SizeError
        If the runs would take more time or memory than the budget (see `innoscape.data.Budget`).

    References
    ----------
    Sellke (1983) *Journal of Applied Probability* 20(2):390-394.

    Examples
    --------
    One source, one target: the arrival is exponential with the rate of the pair.

    >>> import pandas as pd
    >>> from innoscape.network import Channel, hazard_rates, simulate
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> result = simulate(
    ...     hazard_rates(centers, [Channel("hierarchical", rate=0.5, decay="none")]), ["W"], horizon=100.0, runs=4000
    ... )
    >>> bool(abs(result.arrivals().set_index("place").loc["C", "mean"] - 2.0) < 0.1)
    True
    """
    versions: tuple[Rates, ...] = () if isinstance(rates, EdgeRates) else versions_of(rates)
    one = rates if isinstance(rates, EdgeRates) else versions_of(rates)[0]
    begin = seed_times(one, seeds, also=run_faults(horizon=horizon, runs=runs, seed=seed))
    borders = borders_of(runs, max(len(versions), 1))
    n = len(one.places)
    kept = runs * n <= _KEPT_CELLS if keep is None else keep
    check_size(one, len(versions), runs, bins=0 if kept else _BINS)
    bins = 0 if kept else max(min(_BINS, _KEPT_CELLS // max(n, 1)), 20)
    when = np.full(n, np.inf)
    when[[one.position[p] for p in begin]] = list(begin.values())
    model = _sparse_model(one, when) if isinstance(one, EdgeRates) else (borders, *_dense_model(versions))
    task = _run_dense if versions else _run_sparse
    shared = (*model, when, one.keys, np.uint64(seed), float(horizon), bins)
    # a chunk's times must fit in memory whatever the size of the network
    chunk = min(CHUNK, max(4, 1_000_000 // max(n, 1)))
    folder = None if save is None else Path(save) / digest(*shared, chunk)
    parts = chunked(task, shared, runs, executor=executor, save=folder, progress=progress, chunk=chunk)
    times, histogram = _gather(parts, kept=kept)
    return Diffusion(
        places=one.places,
        tiers=pd.Series(dtype=object) if isinstance(one, EdgeRates) else one.centers["tier"],
        times=times,
        runs=runs,
        horizon=float(horizon),
        seeds=begin,
        channels=one.channels if isinstance(one, EdgeRates) else tuple(c.name for c in one.channels),
        histogram=histogram,
        credits=credits_of(versions, when, times) if versions and times is not None else None,
        borders=borders,
    )


def _dense_model(versions: Sequence[Rates]) -> tuple[np.ndarray, ...]:
    first = versions[0]
    n = len(first.places)
    total = np.zeros((len(versions), len(first.starts), n, -(-n // BLOCK) * BLOCK))
    for version, rates in enumerate(versions):
        total[version, :, :, :n] = rates.tensor.sum(axis=1)
    return total, np.stack([rates.external_phases for rates in versions]), first.starts.astype(float)


def _sparse_model(rates: EdgeRates, when: np.ndarray) -> tuple[np.ndarray, ...]:
    seeds = np.flatnonzero(np.isfinite(when))
    return rates.begin, rates.target, np.ascontiguousarray(rates.total), rates.external, seeds


def _run_dense(
    borders: np.ndarray,
    total: np.ndarray,
    external: np.ndarray,
    starts: np.ndarray,
    when: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    horizon: float,
    bins: int,
    first: int,
    last: int,
) -> dict[str, np.ndarray]:
    edges = [first, *borders[(borders > first) & (borders < last)].tolist(), last]
    parts = []
    for begin, end in pairwise(edges):
        version = int(np.searchsorted(borders, begin, side="right"))
        parts.append(spread(total[version], external[version], starts, when, keys, seed, begin, end, horizon))
    times = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return histogram_of(times, horizon, bins) if bins else {"times": times}


def _run_sparse(
    begin: np.ndarray,
    target: np.ndarray,
    rate: np.ndarray,
    external: np.ndarray,
    seeds: np.ndarray,
    when: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    horizon: float,
    bins: int,
    first: int,
    last: int,
) -> dict[str, np.ndarray]:
    times = np.full((last - first, keys.size), np.inf)
    reached = np.zeros(keys.size, np.int64)
    spread_edges(begin, target, rate, external, seeds, when[seeds], keys, seed, first, last, horizon, times, reached)
    return histogram_of(times, horizon, bins) if bins else {"times": times}


def _gather(parts: object, *, kept: bool) -> tuple[np.ndarray | None, Histogram | None]:
    chunks = iter(parts)  # type: ignore[call-overload]
    if kept:
        times = np.concatenate([p["times"] for p in chunks])
        times[np.isinf(times)] = np.nan
        return times, None
    first = next(chunks)
    counts, sums, reach = first["counts"], first["sums"], [first["reach"]]
    for part in chunks:
        counts += part["counts"]
        sums += part["sums"]
        reach.append(part["reach"])
    return None, Histogram(counts, sums, np.concatenate(reach))


def run_faults(*, horizon: object, runs: object = 1, seed: object = 0, points: object = 2) -> Iterator[Wrong]:
    """Say what is wrong with the numbers of a simulation."""
    yield from number_faults("horizon", horizon, above=0.0)
    yield from number_faults("runs", runs, least=1, whole=True)
    yield from number_faults("seed", seed, least=0, most=2**64 - 1, whole=True)
    yield from number_faults("points", points, least=2, whole=True)


def seed_times(
    rates: Rates | EdgeRates, seeds: Seeds, *, early: bool = False, also: Iterable[Wrong] = ()
) -> dict[Hashable, float]:
    """Return when each seed adopts, after checking that there is something to spread.

    ``early`` allows seeds at time 0 only; ``also`` holds other faults, to be listed in the same error.
    """
    seeds = cast("Seeds", planted(seeds))
    refuse([*_seed_faults(rates, seeds, early=early), *also])
    times = seeds.items() if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 0.0).items()
    return {place: float(time) for place, time in times}


def _seed_faults(rates: Rates | EdgeRates, seeds: Seeds, *, early: bool) -> Iterator[Wrong]:
    if not isinstance(rates, Rates | EdgeRates):
        yield f"rates: needed those that hazard_rates() or edge_rates() build, got {type(rates).__name__}"
        return
    if isinstance(seeds, str):
        yield f"seeds: needed several places or a mapping, got the text {seeds!r}; write [{seeds!r}]"
        return
    if not isinstance(seeds, Iterable):
        yield f"seeds: needed several places, or a mapping of place to time, got {seeds!r}"
        return
    begin = seeds if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 0.0)
    yield from known_place_faults("seeds", begin, rates.position)
    late = [p for p, t in begin.items() if not (is_number(t) and t >= 0)]
    if late:
        yield text("faults.calls.simulate.seed_must_adopt_finite", v=join_texts(map(repr, late)))
    elif early and any(begin.values()):
        yield text("faults.calls.simulate.every_seed_must_adopt")
    outside = rates.external_phases if isinstance(rates, Rates) else rates.external
    if not begin and not outside.any():
        yield text("faults.calls.simulate.nothing_can_spread_seed")


def mean_field(rates: Rates, seeds: Seeds, *, horizon: float, points: int = 101) -> pd.DataFrame:
    """Return the mean-field probability that each place has adopted by each time.

    Solves ``dp[j]/dt = (1 - p[j]) * (external[j] + sum_i p[i] * rate[i, j])``, which neglects the correlation between
    places and therefore bounds the mean of `simulate` from above.

    Parameters
    ----------
    rates, seeds, horizon
        As in `simulate`; all seeds must adopt at time 0.
    points : int
        Number of even time steps returned, both ends included.

    Returns
    -------
    DataFrame
        Index ``time``, one column per place.

    Raises
    ------
    UnknownPlaceError
        If a seed is unknown.
    OptionError
        If a seed adopts after time 0, or a number is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> one = hazard_rates(centers, [Channel("hierarchical", rate=0.5, decay="none")])
    >>> mean_field(one, ["W"], horizon=2.0, points=2)["C"].round(4).tolist()  # 1 - exp(-0.5 * 2)
    [0.0, 0.6321]
    """
    if isinstance(rates, EdgeRates):
        raise OptionError("mean_field() works on dense networks: build the rates with hazard_rates()")
    begin = seed_times(rates, seeds, early=True, also=run_faults(horizon=horizon, points=points))
    state = np.array([1.0 if p in begin else 0.0 for p in rates.places])
    grid = np.linspace(0.0, horizon, points)
    total = rates.tensor.sum(axis=1)
    bounds = [*(float(s) for s in rates.starts if s < horizon), float(horizon)]
    rows = np.empty((points, len(state)))
    rows[0] = state
    for phase, (begin_at, end_at) in enumerate(pairwise(bounds)):
        inside = (grid > begin_at) & (grid <= end_at)

        def slope(_: float, p: np.ndarray, phase: int = phase) -> np.ndarray:
            return (1.0 - p) * (rates.external_phases[phase] + p @ total[phase])

        ask = np.unique(np.append(grid[inside], end_at))
        found = solve_ivp(slope, (begin_at, end_at), state, "LSODA", ask, rtol=1e-8, atol=1e-10).y.T
        rows[inside] = found[np.searchsorted(ask, grid[inside])]
        state = found[-1]
    return pd.DataFrame(np.clip(rows, 0.0, 1.0), index=pd.Index(grid, name="time"), columns=list(rates.places))


def bass(times: np.ndarray, *, innovation: float, imitation: float) -> np.ndarray:
    """Return the share that has adopted under the Bass model, the no-network special case.

    Solves ``dF/dt = (innovation + imitation * F) * (1 - F)`` with F(0) = 0::

        F(t) = (1 - exp(-(p + q) t)) / (1 + (q / p) exp(-(p + q) t))

    It is the mean field of a complete network with ``external = p`` and rate ``q / n`` between every pair, n large.

    Parameters
    ----------
    times : array
    innovation : float
        Coefficient p, positive: rate of adoption from outside.
    imitation : float
        Coefficient q, at least 0.

    Returns
    -------
    ndarray

    Raises
    ------
    OptionError
        If a coefficient is out of range.

    References
    ----------
    Bass (1969) *Management Science* 15(5):215-227.

    Examples
    --------
    >>> bass(np.array([0.0, 10.0]), innovation=0.03, imitation=0.38).round(4).tolist()
    [0.0, 0.8128]
    """
    faults = number_faults("innovation", innovation, above=0.0), number_faults("imitation", imitation, least=0.0)
    when = pd.to_numeric(np.asarray(times, dtype=object).ravel(), errors="coerce").astype(float)
    late = [] if (when >= 0).all() else ["times: needed numbers of at least 0, counted from the start, got others"]
    refuse(chain(*faults, late))
    return bass_share(np.asarray(times, dtype=float), innovation, imitation)


def bass_share(times: np.ndarray, innovation: float, imitation: float) -> np.ndarray:
    """Return the share of `bass` at numbers that are known to be right."""
    fading = np.exp(-(innovation + imitation) * times)
    return (1.0 - fading) / (1.0 + imitation / innovation * fading)
