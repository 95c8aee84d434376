"""Let knowledge stocks grow: places produce, agglomerate, learn from one another, lose to stronger ones and forget.

Every number here is an assumption of the user: the sources describe the mechanisms in words and give no coefficient.
"""

from collections.abc import Hashable
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ...data.errors import OptionError
from ...data.options import check_choice, number_faults, refuse
from ..diffusion.model.hazard_rates import Rates
from ..flows.faults import matrix_faults
from .equations import SPILLS, Equations, Given, per_place
from .outcome import Growth

__all__ = ["SPILLS", "grow"]

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12


def grow(
    rates: Rates,
    stocks: Given,
    *,
    horizon: float,
    production: Given = 0.1,
    returns: Given = 0.5,
    infrastructure: float = 0.0,
    congestion: float = 0.0,
    knowledge: float = 0.0,
    scale: float = 1.0,
    spillover: float = 1.0,
    spill: Literal["gap", "level"] = "gap",
    outside: float = 0.0,
    siphoning: Given = 0.0,
    attraction: float = 2.0,
    access: pd.DataFrame | None = None,
    depreciation: Given = 0.05,
    points: int = 101,
) -> Growth:
    """Let the knowledge stocks of places grow.

    With x = K / ``scale`` and rate[i, j] the sum of all channels, the stock K of place j changes by::

        dK[j]/dt =  production[j] * scale * x[j] ** returns[j]                              production
                    * (1 + infrastructure * x / (1 + x + congestion * x**2)                 shared infrastructure
                         + knowledge * ln(1 + x))                                           local exchange
                  + spillover * sum over i of rate[i, j] * max(K[i] - K[j], 0)              spill-over ("gap")
                  + sum over i of siphoning[i] * K[i] * share[i, j]  -  siphoning[j] * K[j] siphoning
                  - depreciation[j] * K[j]                                                  depreciation

        share[i, j] = access[i, j] * K[j]**attraction / sum over k of access[i, k] * K[k]**attraction

    The term of infrastructure saturates, and with congestion falls again beyond x = congestion ** -0.5; that of
    knowledge does neither. Spill-over takes nothing from its source; siphoning moves stock and keeps the sum, place i
    keeping the share[i, i]. With attraction above 1 the stronger gain on balance, at 1 equals and unequals exchange
    evenly.

    Parameters
    ----------
    rates : Rates
        From `hazard_rates`, or from ``Scenario.apply(...)`` with its phases. Per unit of time.
    stocks : mapping, Series or float
        Stock of every place at time 0, at least 0, in any one unit; a number stands for all places. This and every
        other option per place must name all places of the model and may name more,
        such as those that a scenario adds.
    horizon : float
        End, in the unit of time of the rates.
    production : mapping, Series or float
        Production per unit of time relative to the stock, of a place whose stock is ``scale``.
    returns : mapping, Series or float
        Exponent of production in the stock: below 1 diminishing, above 1 increasing returns.
    infrastructure, congestion, knowledge : float
        Strength of the two terms of agglomeration, and how crowding lowers the first; at least 0.
    scale : float
        Stock at which relative size is 1.
    spillover : float
        Multiplier of the rates of all channels.
    spill : {"gap", "level"}
        What spills over: the stock by which the source leads, so that nobody learns what they know; or the whole stock
        of the source (K[i] in place of the maximum), which feeds on itself where the rates exceed depreciation.
    outside : float
        Stock of the world beyond, from which places learn at their ``external`` rates.
    siphoning : mapping, Series or float
        Share of a place's stock that is put up to move, per unit of time.
    attraction : float
        Exponent of the pull of a stock, at least 0.
    access : DataFrame, optional
        Labeled matrix of how open the way is, rows lose; 1 where a pair is missing. The diagonal holds stock at home.
    depreciation : mapping, Series or float
        Share of the stock that is lost per unit of time.
    points : int
        Number of even time steps returned, both ends included.

    Returns
    -------
    Growth

    Raises
    ------
    TableError
        If ``access`` is not a table of numbers of at least 0.
    UnknownPlaceError
        If numbers by place lack a place of the model and name one that it does not hold.
    OptionError
        If a number is outside its range, a place lacks one, or the stocks grow beyond bounds before the horizon, as
        they do under increasing returns.

    Notes
    -----
    Limit cases, each tested:

    - no spill-over, siphoning or agglomeration: with b = 1 - returns,
      K(t)**b = a/d + (K(0)**b - a/d) * exp(-b d t), a = production * scale**b, d = depreciation;
    - returns of 1 besides: K(t) = K(0) * exp((production - depreciation) * t);
    - siphoning alone keeps the sum of the stocks; with attraction 1 equal access moves nothing on balance;
    - spill-over of the gap alone never lifts a place above the largest;
    - equal places with equal rates stay equal; two of them part after a small shock if and only if the elasticity of
      production exceeds `critical_return`;
    - another order of the rows changes no bit.

    Solved by the explicit Runge-Kutta method of order 8 (DOP853), phase by phase, relative tolerance 1e-9, absolute
    1e-12 of ``scale``. A scenario's ``seed`` has no meaning here; a center that is added later needs a stock from the
    beginning, such as 0, and grows from what reaches it.

    Agglomeration, its circular cumulative causation after Myrdal and the "snowball" of increasing returns are named by
    Zhang (2022, §1), siphoning by the deltas by Ran on Zhongguancun (§2(4)), all without numbers: the equations are
    ours, and every default is an assumption.

    References
    ----------
    Myrdal (1957) *Economic Theory and Under-Developed Regions*. Romer (1986) *Journal of Political Economy*
    94(5):1002-1037.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, hazard_rates
    >>> tier = pd.Categorical(["national", "national"], categories=["national"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["A", "B"], "tier": tier})
    >>> pair = hazard_rates(centers, [Channel("peer", rate=0.01, decay="none")])
    >>> options = {"horizon": 2000.0, "production": 0.1, "depreciation": 0.1, "siphoning": 0.05}
    >>> for returns in (0.5, 0.7):  # the critical return is 1 + (0.01 - 0.05) / 0.1 = 0.6
    ...     end = grow(pair, {"A": 1.0, "B": 1.01}, returns=returns, **options).shares.iloc[-1]
    ...     print(returns, end.round(3).tolist())
    0.5 [0.5, 0.5]
    0.7 [0.343, 0.657]
    """
    check_choice("spill", spill, SPILLS)
    at_least_zero = {"infrastructure": infrastructure, "congestion": congestion, "knowledge": knowledge}
    at_least_zero |= {"spillover": spillover, "attraction": attraction, "outside": outside}
    faults = [fault for name, value in at_least_zero.items() for fault in number_faults(name, value, least=0.0)]
    faults += [*number_faults("horizon", horizon, above=0.0), *number_faults("scale", scale, above=0.0)]
    faults += number_faults("points", points, least=2, whole=True)
    refuse([*faults, *([] if access is None else matrix_faults(access, name="access"))])
    places = rates.places
    equations = Equations(
        places=places,
        production=per_place(production, places, name="production"),
        returns=per_place(returns, places, name="returns"),
        siphoning=per_place(siphoning, places, name="siphoning"),
        depreciation=per_place(depreciation, places, name="depreciation"),
        scale=float(scale),
        infrastructure=float(infrastructure),
        congestion=float(congestion),
        knowledge=float(knowledge),
        attraction=float(attraction),
        outside=float(outside),
        spill=spill,
        access=_access(access, places),
        starts=np.asarray(rates.starts, dtype=float),
        rates=spillover * rates.tensor.sum(axis=1),
        external=spillover * rates.external_phases,
    )
    grid = np.linspace(0.0, float(horizon), points)
    rows = _solve(equations, per_place(stocks, places, name="stocks"), grid)
    return Growth(pd.DataFrame(rows, index=pd.Index(grid, name="time"), columns=list(places)), equations)


def _solve(equations: Equations, stock: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return the stocks on the grid (times x n)."""
    horizon = float(grid[-1])
    bounds = [*(float(s) for s in equations.starts if s < horizon), horizon]
    rows = np.empty((len(grid), len(stock)))
    rows[0] = stock
    for phase, (begin, end) in enumerate(pairwise(bounds)):
        inside = (grid > begin) & (grid <= end)
        ask = np.unique(np.append(grid[inside], end))

        def slope(_: float, held: np.ndarray, phase: int = phase) -> np.ndarray:
            return equations.slope(held, phase)

        with np.errstate(over="ignore", invalid="ignore"):
            found = solve_ivp(
                slope,
                (begin, end),
                stock,
                method="DOP853",
                t_eval=ask,
                rtol=_RELATIVE,
                atol=_ABSOLUTE * equations.scale,
            )
        if not found.success or not np.isfinite(found.y).all():
            reached = found.t[-1] if len(found.t) else begin
            raise OptionError(
                f"the stocks grow beyond all bounds soon after time {reached:g}, before the horizon {horizon:g}; "
                "lower the returns, the production or the horizon"
            )
        values = np.maximum(found.y.T, 0.0)
        rows[inside] = values[np.searchsorted(ask, grid[inside])]
        stock = values[-1]
    return rows


def _access(given: pd.DataFrame | None, places: tuple[Hashable, ...]) -> np.ndarray | None:
    if given is None:
        return None
    return given.astype(float).reindex(index=list(places), columns=list(places)).fillna(1.0).to_numpy()
