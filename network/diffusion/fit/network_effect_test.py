"""Test whether adoption follows the network, against chance over places or over ties."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import choice_faults, number_faults, refuse
from ....data.permutations import ALTERNATIVES, Alternative, Permutations, p_values
from ...flows.canonical import random_source
from ...flows.too_large import check_square
from ...measures.shuffle_ties import rewire_ties
from .exposure import Weight, read_network

__all__ = ["NetworkEffectTest", "network_effect_test"]

Statistic = Literal["threshold", "exposure", "moran"]
STATISTICS: tuple[str, ...] = get_args(Statistic)
Null = Literal["places", "ties"]
NULLS: tuple[str, ...] = get_args(Null)


@dataclass(frozen=True, eq=False)
class NetworkEffectTest:
    """A statistic of adoption on a network beside its distribution by chance.

    Attributes
    ----------
    statistic, null : str
        As asked for.
    observed, expected, deviation : float
        The statistic, and its mean and standard deviation by chance.
    p_value : float
        Twice the smaller tail for ``two-sided``, at most 1.
    draws : ndarray
        Values by chance.
    """

    statistic: str
    null: str
    observed: float
    expected: float
    deviation: float
    p_value: float
    draws: np.ndarray = field(repr=False)


@documented(
    "valente1995",
    "moran1950",
    formula="I = n / S<sub>0</sub> · Σ w<sub>ij</sub> z<sub>i</sub> z<sub>j</sub> / Σ z<sub>i</sub>²",
)
def network_effect_test(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    statistic: Statistic = "threshold",
    null: Null = "places",
    places: Iterable[Hashable] = (),
    directed: bool = True,
    weights: Weight = "flows",
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> NetworkEffectTest:
    """Test whether who adopted when has to do with who is tied to whom.

    Statistics, over the places that adopted:

    - ``threshold``: mean exposure at adoption of all but the first adopters, as in the structure test of netdiffuseR.
    - ``exposure``: mean share of a place's ties to places that adopted strictly before it.
    - ``moran``: Moran's I of the times of adoption, with the weights between adopters.

    Chance: ``places`` deals the times (and having none) to the places anew and keeps the network; ``ties`` keeps times
    and the number of ties of each place, and swaps ends of ties.

    - Few places: all orders are tried, and p is exact. Times that are all alike have no statistic (nan).
    - Order of rows changes nothing.

    Parameters
    ----------
    adoptions, flows, places, directed, weights
        As in `exposure`; netdiffuseR counts ties, ``weights="ties"``, and ``null="ties"`` needs that.
    statistic : {"threshold", "exposure", "moran"}
    null : {"places", "ties"}
    permutations : int
    seed : int
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    NetworkEffectTest

    Raises
    ------
    TableError
        As in `exposure`.
    OptionError
        If an option is unknown or out of range, or weights do not go with the null.
    SizeError
        If pairs of places times permutations would take more than some minutes.

    References
    ----------
    Valente (1995) *Network Models of the Diffusion of Innovations*. Moran (1950) *Biometrika* 37.

    Examples
    --------
    >>> ring = list("abcdefgh")
    >>> flows = pd.DataFrame({"source": ring, "target": ring[1:] + ring[:1], "value": 1.0})
    >>> found = network_effect_test(
    ...     pd.DataFrame({"place": ring, "time": range(8)}), flows, statistic="moran", directed=False
    ... )
    >>> round(found.observed, 3), round(found.expected, 1), found.p_value < 0.05
    (0.333, -0.1, False)
    """
    checks = (("statistic", statistic, STATISTICS), ("null", null, NULLS), ("alternative", alternative, ALTERNATIVES))
    refuse(
        chain(
            *(choice_faults(*one) for one in checks), number_faults("permutations", permutations, least=1, whole=True)
        )
    )
    if null == "ties" and weights != "ties":
        raise OptionError(
            f"weights: needed 'ties' with null='ties', which swaps ties without values, got {weights!r}; "
            "write weights='ties'"
        )
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    weight, times = network.weight, network.times
    check_square(
        "a network effect test",
        len(times),
        int(np.count_nonzero(weight)),
        "pass fewer permutations, or group places",
        arrays=4,
        work=float(len(times)) ** 2 * permutations,
        second=3e8,
    )
    measure = _MEASURES[statistic]
    observed = measure(weight, times)
    if null == "places":
        runs = Permutations(len(times), permutations, seed)
        draws = np.concatenate([
            [measure(weight, times[order]) for order in runs.block(first, min(first + 500, runs.count))]
            for first in range(0, runs.count, 500)
        ])  # fmt: skip
        exact = runs.exact
    else:
        swapped = (rewire_ties(weight, random_source(seed, run), directed=directed) for run in range(permutations))
        draws = np.array([measure(ties, times) for ties in swapped])
        exact = False
    tails = p_values(observed, draws, exact=exact, alternative="two-sided")
    both = min(2 * min(tails["p_less"], tails["p_greater"]), 1.0)
    chosen = {"two-sided": both, "less": tails["p_less"], "greater": tails["p_greater"]}[alternative]
    known = draws[~np.isnan(draws)]
    expected, deviation = (float(known.mean()), float(known.std(ddof=1))) if len(known) > 1 else (np.nan, np.nan)
    return NetworkEffectTest(statistic, null, observed, expected, deviation, chosen, draws)


def _threshold(weight: np.ndarray, times: np.ndarray) -> float:
    return _mean_exposure(weight, times, times[:, None] <= times[None, :])


def _exposure(weight: np.ndarray, times: np.ndarray) -> float:
    return _mean_exposure(weight, times, times[:, None] < times[None, :])


def _mean_exposure(weight: np.ndarray, times: np.ndarray, before: np.ndarray) -> float:
    total = weight.sum(axis=0)
    wanted = np.isfinite(times) & (times > times.min(initial=np.inf)) & (total > 0)
    if not wanted.any():
        return np.nan
    return float(((weight * before).sum(axis=0)[wanted] / total[wanted]).mean())


def _moran(weight: np.ndarray, times: np.ndarray) -> float:
    known = np.isfinite(times)
    z = times[known] - times[known].mean() if known.any() else times[known]
    among = weight[np.ix_(known, known)]
    squares, whole = float(z @ z), float(among.sum())
    return len(z) / whole * float(z @ among @ z) / squares if squares > 0 and whole > 0 else np.nan


_MEASURES = {"threshold": _threshold, "exposure": _exposure, "moran": _moran}
