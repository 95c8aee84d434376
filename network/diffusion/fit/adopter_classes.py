"""Sort adopters into classes by when they adopted, and by how much of their network had adopted before."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.methods import documented
from ....data.options import check_choice
from .exposure import Weight, read_network, thresholds

__all__ = ["AdopterClasses", "adopter_classes"]

Scheme = Literal["rogers", "valente"]
SCHEMES: tuple[str, ...] = get_args(Scheme)
_TIMES = {
    "rogers": ["innovator", "early adopter", "early majority", "late majority", "laggard"],
    "valente": ["early adopter", "early majority", "late majority", "laggard"],
}
_LEVELS = ["very low", "low", "high", "very high"]
_NEVER = "non-adopter"


@dataclass(frozen=True, eq=False)
class AdopterClasses:
    """Adopters by class.

    Attributes
    ----------
    places : DataFrame
        ``place, time, adopter, threshold, level``, by time and place, non-adopters last; ``adopter`` and ``level`` are
        ordered categories.
    cross : DataFrame
        Valente's table: classes of time by levels of threshold, counts.
    limits : Series
        ``mean`` and ``deviation`` of times (n - 1) and of thresholds.
    """

    places: pd.DataFrame = field(repr=False)
    cross: pd.DataFrame
    limits: pd.Series


@documented(
    "rogers2003",
    "valente1995",
    formula="t ≤ t̄ − s: early adopter; ≤ t̄: early majority; ≤ t̄ + s: late majority",
)
def adopter_classes(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    places: Iterable[Hashable] = (),
    directed: bool = True,
    weights: Weight = "flows",
    lag: float = 0.0,
    scheme: Scheme = "rogers",
) -> AdopterClasses:
    """Return each place's class of adopters and level of threshold, and the two crossed.

    With the mean m and the standard deviation s of the times of adoption, classes end at m - 2 s (innovators; with
    ``scheme="valente"`` they are early adopters), m - s (early adopters), m (early majority) and m + s (late majority);
    laggards come after. Thresholds, those of `thresholds`, are very low, low, high and very high by the same rule.

    - A time or threshold at a limit belongs to the class that ends there, as in netdiffuseR. Adding a constant to all
      times changes no class. Where all are alike, they are all in the class that ends at the mean.
    - An adopter without a threshold (the first ones, and those that nothing reaches) has no level.

    Parameters
    ----------
    adoptions, flows, places, directed, weights, lag
        As in `thresholds`.
    scheme : {"rogers", "valente"}
        Five classes, or four as in netdiffuseR.

    Returns
    -------
    AdopterClasses

    Raises
    ------
    TableError, OptionError
        As in `thresholds`.

    References
    ----------
    Rogers (2003) *Diffusion of Innovations*. Valente (1995) *Network Models of the Diffusion of Innovations*.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": list("aabc"), "target": list("bccd"), "value": 1.0})
    >>> found = adopter_classes(pd.DataFrame({"place": list("abcd"), "time": [1, 5, 6, 9]}), flows, scheme="valente")
    >>> found.places["adopter"].tolist()
    ['early adopter', 'early majority', 'late majority', 'laggard']
    """
    check_choice("scheme", scheme, SCHEMES)
    places = list(places)
    table = thresholds(adoptions, flows, places=places, directed=directed, weights=weights, lag=lag)
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    never = [p for p, t in zip(network.places, network.times, strict=True) if not np.isfinite(t)]
    time, level = table["time"].to_numpy(dtype=float), table["threshold"].to_numpy(dtype=float)
    mean, spread = _moments(time)
    factors = (-2.0, -1.0, 0.0, 1.0) if scheme == "rogers" else (-1.0, 0.0, 1.0)
    adopter = _sorted(time, mean, spread, factors, _TIMES[scheme])
    middle, width = _moments(level)
    rank = _sorted(level, middle, width, (-1.0, 0.0, 1.0), _LEVELS)
    rows = pd.DataFrame({"place": [*table["place"], *never], "time": [*time, *[np.nan] * len(never)]})
    rows["adopter"] = pd.Categorical([*adopter, *[_NEVER] * len(never)], [*_TIMES[scheme], _NEVER], ordered=True)
    rows["threshold"] = [*level, *[np.nan] * len(never)]
    rows["level"] = pd.Categorical([*rank, *[_NEVER] * len(never)], [*_LEVELS, _NEVER], ordered=True)
    cross = pd.crosstab(rows["adopter"], rows["level"], dropna=False).reindex(columns=[*_LEVELS, _NEVER], fill_value=0)
    limits = {"time_mean": mean, "time_deviation": spread, "threshold_mean": middle, "threshold_deviation": width}
    return AdopterClasses(rows, cross, pd.Series(limits, name="limits"))


def _moments(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.mean()) if len(known) else np.nan), (float(known.std(ddof=1)) if len(known) > 1 else np.nan)


def _sorted(
    values: np.ndarray, mean: float, spread: float, factors: tuple[float, ...], names: list[str]
) -> list[str | None]:
    """Return the class of each value; none where it is missing."""
    limits = mean + np.array(factors) * (0.0 if np.isnan(spread) else spread)
    # a value above a limit by rounding alone is at it
    at = np.searchsorted(limits + 1e-9 * max(abs(mean), 1e-300), values, side="left")
    if not spread > 0:
        at = np.full(len(values), factors.index(0.0))
    return [names[i] if np.isfinite(v) else None for i, v in zip(at, values, strict=True)]
