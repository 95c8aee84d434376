"""Run cascades in rounds: who adopts because enough others around have."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import choice_faults, idle_faults, number_faults, refuse
from ...flows.faults import value_faults
from ..kernels.cascade_dense import cascade_dense
from ..kernels.cascade_edges import CASCADE, FIXED, THRESHOLD, cascade_edges, cascade_flood, thresholds_dense
from ..model.edge_rates import EdgeRates, row_starts
from ..model.hazard_rates import Rates
from .chunks import CHUNK, chunked, digest
from .outcome import tail_of
from .simulate import run_faults, seed_times

__all__ = ["CASCADES", "Cascade", "cascade"]

CASCADES = {"independent": CASCADE, "linear_threshold": THRESHOLD, "fixed_threshold": FIXED}

_KEPT_CELLS = 50_000_000
_ENDLESS = 1 << 40
# chunks that leave no worker idle for long
_SHARES = 8
# below this share of possible edges a network is run edge by edge
_DENSE_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Cascade:
    """Outcome of cascades over many runs.

    Attributes
    ----------
    places : tuple
        Keys, in the order of ``reached``.
    sizes : ndarray
        Places reached in each run, seeds included.
    reached : ndarray
        Share of runs that reach each place.
    rounds : ndarray or None
        runs x places, round of adoption (seeds 0, nan where not reached); None where not kept.
    """

    places: tuple[Hashable, ...]
    sizes: np.ndarray = field(repr=False)
    reached: np.ndarray = field(repr=False)
    rounds: np.ndarray | None = field(repr=False)

    def arrivals(self) -> pd.DataFrame:
        """Return ``place, reached`` (share of runs), and ``round`` (mean over the runs that reach it, if kept)."""
        table = pd.DataFrame({"place": list(self.places), "reached": self.reached})
        if self.rounds is not None:
            known = ~np.isnan(self.rounds)
            total = np.where(known, self.rounds, 0.0).sum(axis=0)
            times = known.sum(axis=0)
            table["round"] = np.divide(total, times, out=np.full(len(total), np.nan), where=times > 0)
        return table

    def reach(self, *, confidence_level: float = 0.95) -> pd.Series:
        """Return mean, interval and Monte-Carlo error of the share of places reached."""
        share = self.sizes / max(len(self.places), 1)
        tail = tail_of(confidence_level)
        low, high = np.quantile(share, [tail, 1.0 - tail], method="inverted_cdf")
        error = share.std(ddof=1) / np.sqrt(share.size) if share.size > 1 else np.nan
        return pd.Series({"mean": share.mean(), "low": low, "high": high, "error": error})


def cascade(
    rates: Rates | EdgeRates,
    seeds: Iterable[Hashable],
    *,
    model: Literal["independent", "linear_threshold", "fixed_threshold"] = "independent",
    thresholds: Mapping[Hashable, float] | None = None,
    runs: int = 1000,
    seed: int = 0,
    rounds: int | None = None,
    keep: bool | None = None,
    executor: Executor | None = None,
    save: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cascade:
    """Run cascades in rounds.

    In each round every place looks at the sources that adopted in the round before:

    - ``independent``: each source i succeeds once with probability p[i, j]. A place escapes all of them with
      probability prod(1 - p), so it adopts once prod(1 - p) falls to its uniform draw (one draw a place and run).
    - ``linear_threshold``: the place adopts when the weights of its adopted sources reach its uniform threshold.
      Weights into a place should not exceed 1 in sum; beyond that it adopts surely once the sum reaches 1.
    - ``fixed_threshold``: the same with given thresholds and no chance: one run is enough. Weights that add up to a
      threshold but for rounding reach it.

    The draws are those of `simulate`: paired by run, the same whatever the order of rows or the number of workers.

    Parameters
    ----------
    rates : Rates or EdgeRates
        Probabilities or weights, summed over channels (first phase); adoption from outside is not used.
    seeds : iterable of places
        Who has adopted in round 0.
    model : {"independent", "linear_threshold", "fixed_threshold"}
    thresholds : mapping
        Place -> threshold, for ``fixed_threshold``; every place needs one, above 0 unless it is a seed.
    runs, seed, executor, save, progress
        As in `simulate`.
    rounds : int, optional
        Last round; until nothing changes without it.
    keep : bool, optional
        Keep the round of every adoption; without an answer up to 50 million.

    Returns
    -------
    Cascade

    Raises
    ------
    UnknownPlaceError
        If a seed is unknown.
    OptionError
        If a probability exceeds 1, a threshold is missing or out of range, a seed is late, or an option is unknown or
        out of range.

    References
    ----------
    Kempe, Kleinberg & Tardos (2003) *KDD*:137-146; Granovetter (1978) *American Journal of Sociology* 83.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import cascade, edge_rates
    >>> edges = edge_rates(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "value": [1.0, 0.5]}))
    >>> cascade(edges, ["a"], runs=2000).arrivals().round(1).to_dict("list")
    {'place': ['a', 'b', 'c'], 'reached': [1.0, 1.0, 0.5], 'round': [0.0, 1.0, 2.0]}
    """
    faults = [*run_faults(horizon=1.0, runs=runs, seed=seed)]
    if rounds is not None:
        faults += number_faults("rounds", rounds, least=0, whole=True)
    if model not in CASCADES:
        faults += choice_faults("model", model, CASCADES)
    if model != "fixed_threshold":
        faults += idle_faults(cascade, f"with model={model!r}", thresholds=thresholds)
    begin = seed_times(rates, seeds, early=True, also=faults)
    n = len(rates.places)
    starts = np.sort(np.array([rates.position[place] for place in begin], dtype=np.int64))
    limits = _thresholds(thresholds, rates.places, begin, model)
    kept = runs * n <= _KEPT_CELLS if keep is None else keep
    end = _ENDLESS if rounds is None else rounds
    shared: tuple[Any, ...] = (*_network(rates, model, limits), starts, rates.keys, np.uint64(seed), end, kept)
    engine = _engine(shared, model, runs)
    # enough chunks to keep every worker busy, few enough runs in one to hold their rounds
    chunk = max(16, min(CHUNK, 1_000_000 // max(n, 1) if kept else runs // _SHARES))
    folder = None if save is None else Path(save) / digest(*shared, chunk)
    parts = list(chunked(_run, (engine, *shared), runs, executor=executor, save=folder, progress=progress, chunk=chunk))
    reached = np.zeros(n)
    for part in parts:
        reached += part["reached"]
    times = None
    if kept:
        times = np.concatenate([p["rounds"] for p in parts])
        times[np.isinf(times)] = np.nan
    return Cascade(
        places=rates.places,
        sizes=np.concatenate([p["sizes"] for p in parts]),
        reached=reached / runs,
        rounds=times,
    )


def _network(rates: Rates | EdgeRates, model: str, limits: np.ndarray) -> tuple[Any, ...]:
    """Return what an engine needs to know of the network and the model, the network first."""
    if isinstance(rates, EdgeRates):
        push = _push(rates.total, limits[rates.target], model)
        # one number is read faster than a million alike
        push = push[:1] if push.size and (push == push[0]).all() else push
        return rates.begin, rates.target, push, CASCADES[model]
    total = rates.tensor[0].sum(axis=0)
    n = len(total)
    if np.count_nonzero(total) >= _DENSE_SHARE * n * n:
        push = _push(total, limits, model)
        if model == "independent":
            return push, np.minimum(push, np.finfo(np.float32).max).astype(np.float32)
        return push, CASCADES[model]
    row, target = np.nonzero(total)
    push = _push(total[row, target], limits[target], model)
    return row_starts(row, n), target.astype(np.uint32), push, CASCADES[model]


def _push(value: np.ndarray, limits: np.ndarray, model: str) -> np.ndarray:
    if model == "fixed_threshold":
        return np.minimum(value / limits, 1e60)
    if model == "linear_threshold":
        return np.ascontiguousarray(value)
    if value.size and value.max() > 1:
        raise OptionError(
            f"an independent cascade needs probabilities, got {value.max():g}; scale the rates, or turn them into "
            "probabilities of one period with 1 - exp(-rate)"
        )
    # a certain success outweighs any draw, which is at least 2 ** -54
    return np.minimum(1.0 / np.maximum(1.0 - value, 1e-60), 1e60)


def _thresholds(
    given: Mapping[Hashable, float] | None, places: tuple[Hashable, ...], seeds: Collection[Hashable], model: str
) -> np.ndarray:
    if model != "fixed_threshold":
        return np.ones(len(places))
    given = given or {}
    limits = pd.Series(dict(given), dtype=object).reindex(list(places))
    faults = [*value_faults(given, places, name="thresholds")]
    if limits.isna().any():
        lacking = [str(p) for p in limits.index[limits.isna()]]
        faults.append(f"fixed_threshold needs a threshold for every place, none for {', '.join(lacking[:5])}")
    # what a seed would need does not matter
    idle = [str(place) for place, limit in limits.items() if limit == 0 and place not in seeds]
    if idle:
        faults.append(f"a place with threshold 0 adopts of itself: name {', '.join(idle)} among the seeds")
    refuse(faults)
    values = limits.to_numpy(dtype=float)
    return np.where(values > 0, values, 1.0)


_ENGINES: dict[str, Any] = {
    "dense": cascade_dense, "dense thresholds": thresholds_dense, "edges": cascade_edges, "flood": cascade_flood,
}  # fmt: skip
# from this share of places on, drawing all levels beforehand pays
_FLOOD = 0.005


def _engine(shared: tuple[Any, ...], model: str, runs: int) -> str:
    """Choose the engine by the network and, on sparse ones, by how far the first cascades go; the bits are the same."""
    if shared[0].ndim == 2:
        return "dense" if model == "independent" else "dense thresholds"
    first = _run("edges", *shared[:-1], False, 0, min(runs, 4))["sizes"]
    return "flood" if first.mean() > _FLOOD * (shared[0].size - 1) else "edges"


def _run(engine: str, *task: Any) -> dict[str, np.ndarray]:  # noqa: ANN401 - each engine has its own
    *network, starts, keys, seed, most, kept, first, last = task
    rounds = np.full((last - first if kept else 0, keys.size), np.inf)
    reached = np.zeros(keys.size, np.int64)
    sizes = _ENGINES[engine](*network, starts, keys, seed, first, last, most, rounds, reached)
    return {"sizes": sizes, "reached": reached} | ({"rounds": rounds} if kept else {})
