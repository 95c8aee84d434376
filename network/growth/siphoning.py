"""Let what a place produces flow out to others by their pull, against what holds it at home."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, number_faults, refuse
from .stepped import Steps
from .stock_model import StockModel, Transfer

__all__ = ["outflow", "siphoning"]


def outflow(
    masses: Mapping[str, float],
    costs: Mapping[str, float] | None = None,
    *,
    retention: float = 0.0,
    attraction: float = 1.0,
    friction: float = 1.0,
) -> pd.DataFrame:
    """Share out what is put up to move among destinations by gravity, against what holds it at home.

    ::

        pull[j] = mass[j] ** attraction * cost[j] ** -friction
        share[j] = pull[j] / (retention + sum of pulls),        at home: retention / (retention + sum of pulls)

    Parameters
    ----------
    masses : mapping
        Destination -> mass, at least 0.
    costs : mapping, optional
        Destination -> cost of reaching it, positive; 1 if not given.
    retention : float
        Pull of home, in the unit of the pulls.
    attraction, friction : float
        Exponents, at least 0.

    Returns
    -------
    DataFrame
        ``place, pull, share, outflow_share``: the destinations, then ``home``; ``share`` sums to 1, ``outflow_share``
        over the destinations to 1 (0 at home).

    Raises
    ------
    OptionError
        If a destination lacks its cost, a number is outside its range, or nothing pulls.

    Examples
    --------
    >>> outflow({"region": 10.0, "delta": 90.0}, retention=100.0)
        place   pull  share  outflow_share
    0  region   10.0   0.05            0.1
    1   delta   90.0   0.45            0.9
    2    home  100.0   0.50            0.0
    """

    def faults() -> Iterator[Wrong]:
        for name, value in {"retention": retention, "attraction": attraction, "friction": friction}.items():
            yield from number_faults(name, value, least=0.0)
        for place, value in masses.items():
            yield from number_faults(f"mass of {place!r}", value, least=0.0)
        for place, value in (costs or {}).items():
            yield from number_faults(f"cost of {place!r}", value, above=0.0)
        absent = [str(place) for place in masses if costs is not None and place not in costs]
        if absent:
            yield f"costs: needed a number for every destination, got none for {', '.join(absent)}"
        if "home" in masses:
            yield "masses: needed destinations, got 'home', which stands for the place itself; give it as retention"

    refuse(faults())
    mass = np.array([float(value) for value in masses.values()])
    cost = np.array([1.0 if costs is None else float(costs[place]) for place in masses])
    pull = mass**attraction * cost**-friction
    if not pull.sum() > 0:
        raise OptionError(f"masses: needed at least one destination that pulls, got {dict(masses)!r}")
    return pd.DataFrame(
        {
            "place": [*masses, "home"],
            "pull": [*pull, retention],
            "share": np.append(pull, retention) / (pull.sum() + retention),
            "outflow_share": [*(pull / pull.sum()), 0.0],
        }
    )


def siphoning(
    shares: pd.DataFrame,
    *,
    production: Steps,
    mobility: float = 0.2,
    depreciation: float = 0.1,
    start: float = 0.0,
) -> StockModel:
    """Make the outflow of what a place produces a model of stocks.

    With K at home and M[j] what has gone to destination j::

        dK/dt = production - mobility * (1 - share at home) * K - depreciation * K
        dM[j]/dt = mobility * share[j] * K - depreciation * M[j]

    Parameters
    ----------
    shares : DataFrame
        From `outflow`.
    production : float, mapping or Series
        What home produces per unit of time: a number, or time -> number from then on.
    mobility : float
        Share of the stock at home that is put up to move per unit of time.
    depreciation : float
        Share of each stock that is lost per unit of time.
    start : float
        Stock at home at time 0.

    Returns
    -------
    StockModel
        Stocks: ``home`` and the destinations; transfers ``production``, ``to X``, ``depreciation of X``.

    Raises
    ------
    OptionError
        If a number is outside its range.

    Notes
    -----
    Ran et al. (§2(4)) describe in words how the deltas siphon firms and talent off and results bloom elsewhere; every
    number is an assumption. `grow` holds the same against retention with pulls that grow with the stocks.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> model = siphoning(outflow({"region": 10.0, "delta": 90.0}, retention=100.0), production=20.0)
    >>> run_stocks(model, horizon=200.0).equilibrium().round(6).to_dict()
    {'home': 100.0, 'region': 10.0, 'delta': 90.0}
    """
    rates = {"mobility": mobility, "depreciation": depreciation}
    refuse(fault for name, value in rates.items() for fault in number_faults(name, value, least=0.0))
    away = shares[shares["place"] != "home"].set_index("place")["share"]
    transfers = [Transfer("production", target="home", rate=production)]
    transfers += [Transfer(f"to {one}", "home", str(one), rate=mobility * float(part)) for one, part in away.items()]
    stocks = {"home": start} | {str(one): 0.0 for one in away.index}
    transfers += [Transfer(f"depreciation of {one}", one, rate=depreciation) for one in stocks]
    return StockModel(stocks, transfers)
