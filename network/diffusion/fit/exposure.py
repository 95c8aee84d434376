"""Measure how exposed places were to adopters, and who passed adoption on to whom.

Adoption times are read as periods (whole numbers of ``period``). A flow from i to j exposes j to i.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import choice_faults, number_faults, refuse, table_fault
from ....data.wording.catalogue import text
from ...flows.faults import adoption_faults, flow_faults
from ...flows.graphs import ordered, to_matrix
from ...flows.too_large import check_square

__all__ = ["Network", "exposure", "infectiousness", "read_network", "thresholds"]

Weight = Literal["flows", "ties", "equivalence", "path_equivalence"]
_WEIGHTS: tuple[str, ...] = get_args(Weight)
_FEWER = "group places, or use weights='flows'"


def exposure(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    times: Iterable[float] | None = None,
    places: Iterable[Hashable] = (),
    directed: bool = True,
    weights: Weight = "flows",
    normalize: bool = True,
    lag: float = 0.0,
) -> pd.DataFrame:
    """Return the share of each place's network that has adopted, over time.

    ::

        E[j](t) = sum over i of w[i, j] * A[i](t - lag) / sum over i of w[i, j]

    where A is 1 from the time of adoption on, and w the flow from i to j, 1 wherever there is a flow, or how alike
    the networks of i and j are (structural equivalence). A place that nothing reaches has no exposure (nan).

    Parameters
    ----------
    adoptions : DataFrame
        ``place, time`` of one innovation; places without a row have not adopted.
    flows : DataFrame
        ``source, target, value``.
    times : iterable of float, optional
        The times of adoption if left out.
    places : iterable, optional
        Places that must be there even without any flow.
    directed : bool
        False counts every flow in both directions.
    weights : {"flows", "ties", "equivalence", "path_equivalence"}
        ``equivalence`` weighs i by 1 / d[i, j], d being Burt's Euclidean distance between the ties of i and j::

            d[i, j] = sqrt( (w[i,j] - w[j,i])**2 + sum over k of (w[i,k] - w[j,k])**2 + (w[k,i] - w[k,j])**2 )

        Places whose ties are exactly alike count alone, evenly. ``path_equivalence`` is the same on path lengths: w is
        then the number of steps of the shortest path over the longest, 0 without a path, as netdiffuseR takes them.
    normalize : bool
        False leaves out the denominator.
    lag : float
        How long ago sources must have adopted.

    Returns
    -------
    DataFrame
        Index ``time``, one column a place.

    Raises
    ------
    TableError
        If a table lacks something, or holds several innovations.
    OptionError
        If an option is unknown or a number is out of range.

    Notes
    -----
    The ``exposure`` of netdiffuseR with ``outgoing=FALSE``; weights ``ties`` are its default, ``flows`` its
    ``valued=TRUE``.

    References
    ----------
    Valente (1995) *Network Models of the Diffusion of Innovations*. Burt (1987) *American Journal of Sociology*
    92(6):1287-1335.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"], "value": [3.0, 1.0]})
    >>> exposure(pd.DataFrame({"place": ["a", "b"], "time": [1, 2]}), flows)
             a   b     c
    time
    1.0    NaN NaN  0.75
    2.0    NaN NaN  1.00
    """
    asked = None if times is None else list(times)
    refuse(chain(number_faults("lag", lag), *(number_faults("times", t) for t in asked or ())))
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    points = np.unique(network.times[np.isfinite(network.times)]) if asked is None else np.array(asked, dtype=float)
    table = np.array([_exposed(network.weight, network.times <= t - lag, normalize=normalize) for t in points])
    return pd.DataFrame(
        table.reshape(len(points), len(network.places)), index=pd.Index(points, name="time"), columns=network.places
    )


def thresholds(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    places: Iterable[Hashable] = (),
    directed: bool = True,
    weights: Weight = "flows",
    lag: float = 0.0,
) -> pd.DataFrame:
    """Return each adopter's threshold: its exposure when it adopted.

    Sources that adopted at the same time count, unless ``lag`` is positive. The earliest adopters have none (nan):
    what moved them lies before the table begins.

    Parameters
    ----------
    adoptions, flows, places, directed, weights, lag
        As in `exposure`.

    Returns
    -------
    DataFrame
        ``place, time, threshold``, by time and place.

    Raises
    ------
    TableError, OptionError
        As in `exposure`.

    Notes
    -----
    The ``threshold`` of netdiffuseR with ``include_censored=FALSE`` and incoming ties.

    References
    ----------
    Valente (1996) *Social Networks* 18(1):69-89.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"], "value": [3.0, 1.0]})
    >>> thresholds(pd.DataFrame({"place": ["a", "c"], "time": [1, 2]}), flows)
      place  time  threshold
    0     a   1.0        NaN
    1     c   2.0       0.75
    """
    refuse(number_faults("lag", lag, least=0.0))
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    rows = []
    first = network.times.min(initial=np.inf)
    for j in np.argsort(network.times, kind="stable"):
        when = network.times[j]
        if not np.isfinite(when):
            break
        others = (network.times <= when - lag) & (np.arange(len(network.times)) != j)
        level = _exposed(network.weight, others, normalize=True)[j] if when > first else np.nan
        rows.append((network.places[j], when, level))
    return pd.DataFrame(rows, columns=["place", "time", "threshold"])


def infectiousness(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    places: Iterable[Hashable] = (),
    directed: bool = True,
    weights: Weight = "flows",
    periods: int = 1,
    period: float = 1.0,
    discount: float | None = None,
    normalize: bool = True,
) -> pd.DataFrame:
    """Return how infectious each adopter was, and how susceptible.

    For a place j that adopted at time t, with z[i](s) = 1 where i adopted at s, K ``periods`` and discounts d[k]::

        infection[j]      = sum over k, i of w[j, i] * z[i](t + k) / d[k]
                            / sum over k, i of w[j, i] * (i adopted at t + k or later) / d[k]
        susceptibility[j] = sum over k, i of w[i, j] * z[i](t - k) / d[k]
                            / sum over k, i of w[i, j] * (i adopted at t - k or before) / d[k]

    so the first is the share of j's later-adopting targets that followed at once, the second the share of j's
    earlier-adopting sources that it followed at once. Both are 0 where the denominator is.

    Parameters
    ----------
    adoptions, flows, places, directed, weights
        As in `exposure`. Times must be whole numbers of periods.
    periods : int
        How many periods count as at once (K).
    period : float
        Length of a period.
    discount : float, optional
        ``d[k] = (1 + discount) ** (k - 1)``; without it ``d[k] = k``.
    normalize : bool
        Divide by how many adopted in these periods (each divided by d[k]), so that a wave counts less.

    Returns
    -------
    DataFrame
        ``place, time, infection, susceptibility``, by time and place.

    Raises
    ------
    TableError
        As in `exposure`.
    OptionError
        As in `exposure`, or if times are no whole numbers of periods.

    Notes
    -----
    The ``infection`` and ``susceptibility`` of netdiffuseR on an unchanging network; weights ``ties`` are its default,
    ``flows`` its ``valued=TRUE``. One direction differs: there i -> j means that i names j as its source, so a flow
    here is a tie there turned round.

    References
    ----------
    Myers (2000) *American Journal of Sociology* 106(1):173-208. Valente et al. (2015) *Social Science & Medicine*
    145:89-97.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"], "value": 1.0})
    >>> infectiousness(
    ...     pd.DataFrame({"place": ["a", "b", "c"], "time": [1, 2, 4]}), flows, normalize=False
    ... )
      place  time  infection  susceptibility
    0     a   1.0        0.5             0.0
    1     b   2.0        0.0             1.0
    2     c   4.0        0.0             0.0
    """
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    faults = [*number_faults("periods", periods, least=1, whole=True), *number_faults("period", period, above=0.0)]
    refuse([*faults, *([] if discount is None else number_faults("discount", discount, above=-1.0))])
    spent = network.times / period
    adopted = np.isfinite(spent)
    if np.abs(spent[adopted] - np.round(spent[adopted])).max(initial=0.0) > 1e-9:
        raise OptionError("time: needed whole numbers of periods, got fractions; round them, or give period=")
    step = np.where(adopted, np.round(np.where(adopted, spent, 0.0)), np.inf)
    lags = np.arange(1, periods + 1)
    divide = lags if discount is None else (1.0 + discount) ** (lags - 1)
    rows = []
    for j in np.argsort(step, kind="stable"):
        if not adopted[j]:
            break
        at = step[j]
        after = _followed(network.weight[j], step, at + lags, divide, late=True, normalize=normalize)
        before = _followed(network.weight[:, j], step, at - lags, divide, late=False, normalize=normalize)
        rows.append((network.places[j], network.times[j], after, before))
    return pd.DataFrame(rows, columns=["place", "time", "infection", "susceptibility"])


def _followed(
    weight: np.ndarray, step: np.ndarray, when: np.ndarray, divide: np.ndarray, *, late: bool, normalize: bool
) -> float:
    top = bottom = wave = 0.0
    for k, moment in enumerate(when):
        now = step == moment
        ever = np.isfinite(step) & (step >= moment if late else step <= moment)
        top += float(weight @ now) / divide[k]
        bottom += float(weight @ ever) / divide[k]
        wave += float(now.sum()) / divide[k]
    if not bottom > 0 or not top > 0:
        return 0.0
    return top / bottom / (wave if normalize else 1.0)


@dataclass(frozen=True, eq=False)
class Network:
    """Places, their times of adoption (infinite without), and weights (n x n, rows are sources)."""

    places: list[Hashable]
    times: np.ndarray
    weight: np.ndarray


def read_network(
    adoptions: pd.DataFrame, flows: pd.DataFrame, places: Iterable[Hashable], *, directed: bool, weights: Weight
) -> Network:
    """Return places, their times of adoption (infinite without), and weights (n x n, rows are sources)."""
    refuse([*choice_faults("weights", weights, _WEIGHTS), *adoption_faults(adoptions), *flow_faults(flows)])
    if adoptions["place"].duplicated().any():
        raise table_fault(
            "adoptions",
            text("faults.calls.alike.each_place_once"),
            "copies",
            text("faults.calls.alike.select_innovation_first"),
            "place",
        )
    keys = ordered([*flows["source"], *flows["target"], *adoptions["place"], *places])
    if weights in ("equivalence", "path_equivalence"):
        work = 2.0 * len(keys) ** 3
        check_square("structural equivalence", len(keys), len(flows), _FEWER, arrays=6, work=work, second=5e8)
    when = pd.Series(adoptions["time"].to_numpy(dtype=float), index=adoptions["place"].tolist()).reindex(keys)
    flow = to_matrix(flows, keys, directed=directed).to_numpy()
    flow = flow * (1.0 - np.eye(len(keys)))
    if weights == "ties":
        flow = (flow > 0).astype(float)
    elif weights == "equivalence":
        flow = _alike(flow)
    elif weights == "path_equivalence":
        flow = _alike(_steps(flow))
    return Network(keys, when.fillna(np.inf).to_numpy(), flow)


def _steps(flow: np.ndarray) -> np.ndarray:
    """Return the steps of shortest paths over the longest; 0 without a path."""
    from scipy.sparse.csgraph import shortest_path

    steps = shortest_path(flow > 0, unweighted=True)
    steps[~np.isfinite(steps)] = 0.0
    return steps / max(steps.max(initial=0.0), 1.0)


def _alike(flow: np.ndarray) -> np.ndarray:
    """Return one over Burt's distance; places with the same ties count alone."""
    from scipy.spatial.distance import cdist

    out, into = (cdist(ties, ties, "sqeuclidean") for ties in (flow, np.ascontiguousarray(flow.T)))
    # a tie between i and j is compared with the tie back, not with a loop
    own = flow**2
    apart = out + into - 2.0 * (own + own.T) + (flow - flow.T) ** 2
    np.fill_diagonal(apart, np.inf)
    same = apart <= 1e-12 * max(float((flow**2).sum()), 1e-300)
    near = np.divide(1.0, np.sqrt(apart), out=np.zeros_like(apart), where=~same)
    alone = same.any(axis=0, keepdims=True)
    return np.where(alone, same.astype(float), near)


def _exposed(weight: np.ndarray, adopted: np.ndarray, *, normalize: bool) -> np.ndarray:
    level = adopted.astype(float) @ weight
    if not normalize:
        return level
    total = weight.sum(axis=0)
    return np.divide(level, total, out=np.full(len(total), np.nan), where=total > 0)
