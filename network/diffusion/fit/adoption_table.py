"""Count adoptions by period: how many adopted, how many had, and the hazard of those who had not."""

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd

from ....data.budget import require
from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import number_faults, refuse, table_fault
from ....data.wording.catalogue import text
from ...flows.faults import adoption_faults

__all__ = ["adoption_table"]

# bytes that a row takes while the table is made
_PERIOD = 80.0


@documented("valente1995", formula="h(t) = (Q<sub>t</sub> − Q<sub>t−1</sub>) / (n − Q<sub>t−1</sub>)")
def adoption_table(
    adoptions: pd.DataFrame, *, places: Iterable[Hashable] = (), period: float = 1.0, horizon: float | None = None
) -> pd.DataFrame:
    """Return adopters, cumulative adoption and hazard of each period.

    With Q(t) the places that had adopted by t and n all places, the hazard is that of those still at risk::

        h(t) = (Q(t) - Q(t - 1)) / (n - Q(t - 1))

    - Cumulative shares rise; adopters add up to all who adopted. Where nobody is at risk any more there is no hazard.

    Parameters
    ----------
    adoptions : DataFrame
        ``place, time`` of one innovation.
    places : iterable, optional
        All that could adopt; those without a row did not.
    period : float
        Length of a period; the first begins at the earliest adoption.
    horizon : float, optional
        Last time observed; that of the last adoption if left out.

    Returns
    -------
    DataFrame
        ``time`` (begin of the period), ``at_risk, adopters, cumulative, share, hazard``, one row a period.

    Raises
    ------
    TableError
        If the table lacks something, or a place stands twice.
    OptionError
        If a number is out of range, or the horizon lies before an adoption.
    SizeError
        If there are more periods than memory is allowed for (see `innoscape.data.Budget`).

    Notes
    -----
    The ``hazard_rate`` and ``cumulative_adopt_count`` of netdiffuseR, which sets the hazard of the first period to 0.

    References
    ----------
    Valente (1995) *Network Models of the Diffusion of Innovations*.

    Examples
    --------
    >>> adoption_table(pd.DataFrame({"place": list("abc"), "time": [1, 2, 2]}), places=["d"])
       time  at_risk  adopters  cumulative  share    hazard
    0   1.0        4         1           1   0.25  0.250000
    1   2.0        3         2           3   0.75  0.666667
    """
    faults = [*adoption_faults(adoptions), *number_faults("period", period, above=0.0)]
    refuse([*faults, *([] if horizon is None else number_faults("horizon", horizon))])
    if adoptions["place"].duplicated().any():
        raise table_fault(
            "adoptions",
            text("faults.calls.alike.each_place_once"),
            "copies",
            text("faults.calls.alike.select_innovation_first"),
            "place",
        )
    when = adoptions["time"].to_numpy(dtype=float)
    # without a time, or at infinity, a place has not adopted
    when = when[np.isfinite(when)]
    if not len(when):
        raise OptionError(text("faults.calls.adoption_table.adoptions_adoption_none"))
    if horizon is not None and horizon < when.max():
        raise OptionError(
            text("faults.calls.adoption_table.horizon_last_adoption", when=f"{when.max():g}", horizon=repr(horizon))
        )
    n = len({*adoptions["place"], *places})
    end = when.max() if horizon is None else horizon
    many = (end - when.min()) / period + 1.0
    require(f"{many:,.0f} periods", "take longer periods, or an earlier horizon", memory=_PERIOD * many)
    step = np.floor((when - when.min()) / period + 1e-9).astype(int)
    last = step.max() if horizon is None else int((horizon - when.min()) / period + 1e-9)
    adopters = np.bincount(step, minlength=last + 1)
    cumulative = adopters.cumsum()
    at_risk = n - cumulative + adopters
    return pd.DataFrame(
        {
            "time": when.min() + period * np.arange(len(adopters)),
            "at_risk": at_risk,
            "adopters": adopters,
            "cumulative": cumulative,
            "share": cumulative / n,
            "hazard": np.divide(adopters, at_risk, out=np.full(len(adopters), np.nan), where=at_risk > 0),
        }
    )
