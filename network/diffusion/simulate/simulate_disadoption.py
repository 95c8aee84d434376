"""Simulate adoption that ends again, and several innovations that help or hinder one another."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import name_faults, refuse
from ...flows.faults import matrix_faults, numbers_of, value_faults
from ..kernels.disadoption import churn_runs, spread_many
from ..model.hazard_rates import Rates
from ..model.place_keys import place_keys
from .chunks import chunked, digest
from .credits_of import credits_of
from .outcome import Diffusion, Seeds, tail_of
from .simulate import run_faults, seed_times

__all__ = ["Disadoption", "simulate_disadoption", "simulate_many"]


@dataclass(frozen=True, eq=False)
class Disadoption:
    """Outcome of adoption and abandonment over many runs.

    Attributes
    ----------
    places : tuple
    times : ndarray
        runs x places, first adoption; nan where none by the horizon.
    episodes : ndarray
        runs x places, number of adoptions.
    points : ndarray
        Times at which active places were counted.
    counts : ndarray
        runs x points, active places.
    """

    places: tuple[Hashable, ...]
    times: np.ndarray = field(repr=False)
    episodes: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)

    def active(self, *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return the share of places active over time: ``time, mean, low, high``."""
        share = self.counts / max(len(self.places), 1)
        tail = tail_of(confidence_level)
        low, high = np.quantile(share, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
        return pd.DataFrame({"time": self.points, "mean": share.mean(axis=0), "low": low, "high": high})

    def arrivals(self) -> pd.DataFrame:
        """Return ``place, reached`` (share of runs with any adoption) and ``episodes`` (mean number of adoptions)."""
        reached = np.isfinite(self.times).mean(axis=0)
        return pd.DataFrame({"place": list(self.places), "reached": reached, "episodes": self.episodes.mean(axis=0)})


def simulate_disadoption(
    rates: Rates,
    seeds: Iterable[Hashable],
    *,
    abandonment: float | Mapping[Hashable, float] | pd.Series,
    horizon: float,
    readoption: bool = False,
    runs: int = 1000,
    seed: int = 0,
    points: int = 101,
    executor: Executor | None = None,
    save: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Disadoption:
    """Simulate adoption and abandonment, exactly and in continuous time.

    Adoption is as in `simulate`; an adopter abandons after an exponential time of mean ``1 / abandonment`` and then no
    longer spreads. Without readoption this is the SIR process, with it the SIS process.

    - With ``abandonment=0`` the first adoptions are those of `simulate`, run by run.
    - One seed without neighbors stays active for an exponential time.

    Parameters
    ----------
    rates : Rates
        Rates that do not change in time.
    seeds : iterable of places
        Active at time 0.
    abandonment : float or mapping
        Rate of abandonment (per unit of time), or place -> rate; 0 where missing.
    horizon, runs, seed, executor, save, progress
        As in `simulate`.
    readoption : bool
        Whether a place that has abandoned can adopt again, with a fresh allowance.
    points : int
        Number of even times, 0 and the horizon included, at which active places are counted.

    Returns
    -------
    Churn

    Raises
    ------
    UnknownPlaceError
        If a place is unknown.
    OptionError
        If a number is out of range, or the rates change in time.

    References
    ----------
    Sellke (1983) *Journal of Applied Probability* 20(2):390-394; Keeling & Rohani (2008) *Modeling Infectious
    Diseases*.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, simulate_disadoption, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=0.5, decay="none")])
    >>> outcome = simulate_disadoption(model, ["W"], abandonment=0.5, horizon=60.0, runs=4000)
    >>> outcome.arrivals().set_index("place")["reached"].round(1).to_dict()  # 0.5 / (0.5 + 0.5) for C
    {'C': 0.5, 'W': 1.0}
    """
    _dense(rates)
    faults = [*value_faults(abandonment, rates.places, name="abandonment")]
    faults += run_faults(horizon=horizon, runs=runs, seed=seed, points=points)
    begin = seed_times(rates, seeds, early=True, also=faults)
    n = len(rates.places)
    leaving = numbers_of(abandonment, rates.places, default=0.0).to_numpy()
    grid = np.linspace(0.0, horizon, points)
    shared = (
        np.ascontiguousarray(rates.tensor[0].sum(axis=0)),
        rates.external_phases[0].astype(float),
        leaving,
        readoption,
        np.array([i for i in range(n) if rates.places[i] in begin], dtype=np.int64),
        place_keys(rates.places),
        place_keys(rates.places, salt="abandon\x1f"),
        np.uint64(seed),
        float(horizon),
        grid,
    )
    folder = None if save is None else Path(save) / digest(*shared)
    parts = list(chunked(_run_churn, shared, runs, executor=executor, save=folder, progress=progress))
    times = np.concatenate([p["times"] for p in parts])
    times[np.isinf(times)] = np.nan
    return Disadoption(
        places=rates.places,
        times=times,
        episodes=np.concatenate([p["episodes"] for p in parts]),
        points=grid,
        counts=np.concatenate([p["active"] for p in parts]),
    )


def _dense(model: object) -> None:
    """Refuse sparse rates, and rates that change in time."""
    if not isinstance(model, Rates):
        raise OptionError(f"model: needed the rates that hazard_rates() builds, got {type(model).__name__}")
    if len(model.starts) > 1:
        raise OptionError("the rates change in time, which this model does not follow; use simulate()")


def _run_churn(*task: Any) -> dict[str, np.ndarray]:  # noqa: ANN401 - arrays of a compiled call
    *model, horizon, grid, first, last = task
    run: Any = churn_runs
    times, active, episodes = run(*model, first, last, horizon, grid)
    return {"times": times, "active": active, "episodes": episodes}


def simulate_many(
    models: Mapping[str, Rates],
    seeds: Mapping[str, Seeds],
    *,
    horizon: float,
    interaction: pd.DataFrame | None = None,
    runs: int = 1000,
    seed: int = 0,
    executor: Executor | None = None,
    save: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Diffusion]:
    """Simulate several innovations that compete or complement one another.

    A place that has adopted innovation a takes up innovation b at its hazard times ``interaction[a, b]``: 0 excludes
    b, 1 leaves it as it is, 2 doubles it.

    - Without interaction each innovation spreads as if it were alone; one alone spreads as in `simulate`.
    - Interaction scales all that moves a place alike, so it changes when a place adopts, and not how that is credited.

    Parameters
    ----------
    models : mapping
        Innovation -> rates that do not change in time, all over the same places.
    seeds : mapping
        Innovation -> seeds, as in `simulate`.
    interaction : DataFrame, optional
        Labeled by innovation, rows are what has been adopted; 1 where missing.
    horizon, runs, seed, executor, save, progress
        As in `simulate`. The first innovation draws the noise of `simulate`, each further one its own.

    Returns
    -------
    dict
        Innovation -> Diffusion.

    Raises
    ------
    UnknownPlaceError
        If a seed is unknown.
    OptionError
        If places differ between innovations, a name is unknown, a number is out of range, or rates change in time.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, hazard_rates, simulate_many
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=0.5, decay="none")])
    >>> rivals = pd.DataFrame([[1.0, 0.0], [0.0, 1.0]], index=["old", "new"], columns=["old", "new"])
    >>> outcome = simulate_many(
    ...     {"old": model, "new": model}, {"old": ["W"], "new": {"W": 0.0}}, interaction=rivals, horizon=60.0
    ... )
    >>> both = outcome["old"].times[:, 0].astype(bool) & ~pd.isna(outcome["old"].times[:, 0])
    >>> bool((both & ~pd.isna(outcome["new"].times[:, 0])).any())  # no place ends up with both
    False
    """
    if not (isinstance(models, Mapping) and models):
        raise OptionError("models must map at least one innovation to its rates")
    names = list(models)
    for model in models.values():
        _dense(model)
    places = models[names[0]].places
    if any(m.places != places for m in models.values()):
        raise OptionError("all innovations must spread over the same places; build their rates from the same centers")
    faults = [*run_faults(horizon=horizon, runs=runs, seed=seed)]
    faults += name_faults(seeds, names, name="seeds")
    if interaction is not None:
        faults += matrix_faults(interaction, name="interaction")
        faults += name_faults([*interaction.index, *interaction], names, name="interaction")
    refuse(faults)
    begin = {name: seed_times(models[name], seeds.get(name, {})) for name in names}
    factors = np.ones((len(names), len(names)))
    if interaction is not None:
        factors = interaction.astype(float).reindex(index=names, columns=names).fillna(1.0).to_numpy()
    planted = np.array([[begin[name].get(p, np.inf) for p in places] for name in names])
    shared = (
        np.stack([m.tensor[0].sum(axis=0) for m in models.values()]),
        np.stack([m.external_phases[0] for m in models.values()]).astype(float),
        factors,
        planted,
        np.stack([place_keys(places, salt=f"{name}\x1f" if i else "") for i, name in enumerate(names)]),
        np.uint64(seed),
        float(horizon),
    )
    folder = None if save is None else Path(save) / digest(*shared)
    parts = chunked(_run_many, shared, runs, executor=executor, save=folder, progress=progress)
    times = np.concatenate([p["times"] for p in parts])
    times[np.isinf(times)] = np.nan
    return {
        name: Diffusion(
            places=places,
            tiers=models[name].centers["tier"],
            times=times[:, i],
            runs=runs,
            horizon=float(horizon),
            seeds=begin[name],
            channels=tuple(c.name for c in models[name].channels),
            credits=credits_of([models[name]], planted[i], times[:, i]),
        )
        for i, name in enumerate(names)
    }


def _run_many(*task: Any) -> dict[str, np.ndarray]:  # noqa: ANN401 - arrays of a compiled call
    *model, horizon, first, last = task
    run: Any = spread_many
    return {"times": run(*model, first, last, horizon)}
