"""Find the chain of places along which knowledge is expected to arrive first, and compare it with the direct way."""

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from ....data.errors import OptionError
from ....data.options import known_place_faults, listed, refuse
from .edge_rates import EdgeRates
from .hazard_rates import Rates

__all__ = ["fastest_paths"]


def fastest_paths(
    rates: Rates | EdgeRates,
    sources: Iterable[Hashable] | None = None,
    targets: Iterable[Hashable] | None = None,
) -> pd.DataFrame:
    r"""Find the chain of places with the least expected time from each source to each target.

    A place adopts from one adopter at rate :math:`r_{ij}`, hence after :math:`1 / r_{ij}` on average; along a chain of
    places the expected times add up:

    .. math:: \tau_{st} = \min_{s = i_0, i_1, \dots, i_m = t} \; \sum_{k=1}^{m} \frac{1}{r_{i_{k-1} i_k}}

    Where rates fall fast with cost, two short legs through a relay take less time than the long direct one.

    - ``time`` is never above ``direct``, and equal to it where no relay is faster.
    - Many chains run side by side in `simulate`: a mean arrival there is never later than ``time``, up to chance.
    - Multiplying all rates by one number divides all times by it and leaves the chains.
    - A target that no chain reaches has the status ``unreachable``, and no time.

    Parameters
    ----------
    rates : Rates or EdgeRates
        Rates between places that do not change in time, from `hazard_rates` or `edge_rates`; summed over channels.
    sources, targets : iterable, optional
        Places at which chains begin and end; all places if not given.

    Returns
    -------
    DataFrame
        One row for each source and each other target, sorted: ``source, target, time, direct`` (missing without a
        direct rate), ``steps`` (0 if unreachable), ``relays`` (places between, in order, with semicolons), ``status``
        (``direct``, ``relayed``, ``unreachable``).

    Raises
    ------
    UnknownPlaceError
        A source or target that the rates do not have.
    OptionError
        Rates that change in time.

    References
    ----------
    Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1, 269-271.

    Examples
    --------
    >>> from innoscape.network import edge_rates
    >>> rates = edge_rates(pd.DataFrame(
    ...     {"source": ["A", "A", "B"], "target": ["B", "C", "C"], "value": [0.5, 0.1, 0.25]}))
    >>> fastest_paths(rates, ["A"])
      source target  time  direct  steps relays   status
    0      A      B   2.0     2.0      1          direct
    1      A      C   6.0    10.0      2      B  relayed
    """
    if isinstance(rates, Rates) and len(rates.starts) > 1:
        raise OptionError("rates: needed rates that do not change in time, got several phases; take those of one date")
    names = rates.places
    chosen = [
        tuple(names) if given is None else tuple(dict.fromkeys(listed(given, name=name)))
        for name, given in (("sources", sources), ("targets", targets))
    ]
    refuse(
        f for n, given in zip(("sources", "targets"), chosen, strict=True) for f in known_place_faults(n, given, names)
    )
    start, end = (np.sort([rates.position[place] for place in given]).astype(int) for given in chosen)
    wait = _waits(rates)
    times, before = dijkstra(wait, indices=start, return_predecessors=True)
    rows = []
    for row, s in enumerate(start):
        # what is not stored is no way: 0 there would read as a way that takes no time
        here = wait[[s]].toarray()[0]
        for t in end[end != s]:
            between = _between(before[row], s, t)
            reached = np.isfinite(times[row, t])
            status = "unreachable" if not reached else "relayed" if between else "direct"
            rows.append(
                (
                    names[s],
                    names[t],
                    times[row, t] if reached else np.nan,
                    here[t] or np.nan,
                    len(between) + 1 if reached else 0,
                    "; ".join(str(names[place]) for place in between),
                    status,
                )
            )
    return pd.DataFrame(rows, columns=["source", "target", "time", "direct", "steps", "relays", "status"])


def _waits(rates: Rates | EdgeRates) -> sparse.csr_array:
    """Return the mean time of every pair that has a rate."""
    n = len(rates.places)
    if isinstance(rates, EdgeRates):
        ends = rates.target.astype(np.int64), rates.begin.astype(np.int64)
        return _inverse(sparse.csr_array((rates.total.astype(float), *ends), shape=(n, n)))
    whole = rates.tensor[0].sum(axis=0)
    np.fill_diagonal(whole, 0.0)
    return _inverse(sparse.csr_array(whole))


def _inverse(matrix: sparse.csr_array) -> sparse.csr_array:
    matrix.eliminate_zeros()
    matrix.data = 1.0 / matrix.data
    return matrix


def _between(before: np.ndarray, s: int, t: int) -> list[int]:
    """Return the places between the ends of a chain, from the first to the last."""
    way, at = [], before[t]
    while at >= 0 and at != s:
        way.append(int(at))
        at = before[at]
    return way[::-1]
