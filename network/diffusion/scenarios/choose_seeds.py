"""Choose seeds or measures greedily."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

import pandas as pd

from ....data.options import check_number, known_place_faults, listed, refuse
from ...flows.faults import planted
from ..model.hazard_rates import Rates
from ..simulate.outcome import Seeds
from ..simulate.simulate import simulate
from .compare_scenarios import scenario_names, with_seeds
from .scenario import Scenario

__all__ = ["choose_scenarios", "choose_seeds"]


def choose_seeds(
    rates: Rates,
    k: int,
    *,
    horizon: float,
    candidates: Iterable[Hashable] | None = None,
    seeds: Iterable[Hashable] = (),
    runs: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose the k seeds from which knowledge reaches most places by the horizon.

    Greedy with lazy evaluation: each step adds the candidate with the largest gain. Expected reach rises with seeds
    and with diminishing gains (it is a monotone submodular function), so the greedy choice attains at least 1 - 1/e of
    the best reach beyond the seeds given (Nemhauser, Wolsey & Fisher 1978), up to Monte-Carlo error.

    Parameters
    ----------
    rates : Rates
    k : int
        Seeds to choose.
    horizon, runs, seed
        As in `simulate`.
    candidates : iterable, optional
        Places to choose from; all when left out.
    seeds : iterable, optional
        Places that are seeds in any case.

    Returns
    -------
    DataFrame
        ``step, place, gain, reach, bound``: expected places reached (seeds included), and an upper bound on what any k
        seeds could reach, from the gains left (Leskovec et al. 2007).

    Raises
    ------
    UnknownPlaceError
        If a candidate or seed is unknown.
    OptionError
        If there are fewer candidates than k, or a number is out of range.

    References
    ----------
    Nemhauser, Wolsey & Fisher (1978) *Mathematical Programming* 14:265-294; Leskovec et al. (2007) *KDD*:420-429.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, choose_seeds, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=1.0, decay="none")])
    >>> choose_seeds(model, 1, horizon=9.0)["place"].tolist()
    ['W']
    """
    pool = list(rates.places) if candidates is None else listed(candidates, name="candidates")
    held = listed(seeds, name="seeds")
    faults = [*known_place_faults("candidates", pool, rates.position)]
    refuse([*faults, *known_place_faults("seeds", held, rates.position)])
    pool = [p for p in dict.fromkeys(pool) if p not in held]
    options = {"horizon": horizon, "runs": runs, "seed": seed}

    def worth(chosen: Sequence[Hashable]) -> float:
        return _places_reached(rates, [*held, *chosen], options)

    return _greedy(pool, k, worth, label="place")


def _places_reached(model: Rates, seeds: Seeds, options: Mapping[str, Any]) -> float:
    """Return the expected number of places reached by the horizon."""
    if not seeds and not model.external_phases.any():
        return 0.0
    return float(simulate(model, seeds, keep=False, **options).arrivals()["reached"].sum())


def choose_scenarios(
    baseline: Rates,
    candidates: Sequence[Scenario],
    k: int,
    *,
    seeds: Seeds,
    horizon: float,
    runs: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose the k measures, such as corridors, that together reach most places by the horizon.

    Greedy with lazy evaluation, as in `choose_seeds`; measures may help one another, so the guarantee of seeds does not
    hold in general and no bound is given.

    Parameters
    ----------
    baseline : Rates
    candidates : sequence of Scenario
        With distinct names.
    k : int
    seeds, horizon, runs, seed
        As in `simulate`.

    Returns
    -------
    DataFrame
        ``step, scenario, gain, reach``: expected places reached with all chosen so far.

    Raises
    ------
    UnknownPlaceError
        If a seed or a place of a scenario is unknown.
    OptionError
        If there are fewer candidates than k.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, choose_scenarios, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
    >>> model = hazard_rates(centers, [Channel("hierarchical", rate=0.1, decay="none")])
    >>> measures = [Scenario("idle"), Scenario("push").scale_channel("hierarchical", factor=5.0)]
    >>> choose_scenarios(model, measures, 1, seeds=["W"], horizon=5.0)["scenario"].tolist()
    ['push']
    """
    scenario_names(candidates)
    seeds = cast("Seeds", planted(seeds))
    by_name = {s.name: s for s in candidates}
    options = {"horizon": horizon, "runs": runs, "seed": seed}

    def worth(chosen: Sequence[Hashable]) -> float:
        joined = Scenario("joined")
        for name in chosen:
            joined = joined.then(by_name[str(name)])
        return _places_reached(joined.apply(baseline), with_seeds(seeds, joined.seeds), options)

    return _greedy(list(by_name), k, worth, label="scenario").drop(columns="bound")


def _greedy(pool: list, k: int, worth: Callable[[Sequence[Hashable]], float], *, label: str) -> pd.DataFrame:
    check_number("k", k, least=1, most=len(pool), whole=True)
    start = reach = worth([])
    gains = {candidate: worth([candidate]) - start for candidate in pool}
    chosen: list[Hashable] = []
    rows = []
    for step in range(1, k + 1):
        fresh = {candidate for candidate in gains if step == 1}
        while True:
            # gains can only shrink, so an old gain is an upper bound of the new one
            best = max(gains, key=lambda c: (gains[c], -pool.index(c)))
            if best in fresh:
                break
            gains[best] = worth([*chosen, best]) - reach
            fresh.add(best)
        gain = gains.pop(best)
        reach += gain
        chosen.append(best)
        left = sorted(gains.values(), reverse=True)[:k]
        rows.append({"step": step, label: best, "gain": gain, "reach": reach, "bound": reach + sum(left)})
    return pd.DataFrame(rows)
