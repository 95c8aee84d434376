"""Measure how accessible centers are: potentials (Hansen) and supply per head in floating catchments.

Costs are minutes, km or yuan; what cannot be reached counts nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.option_checks import a_number
from ...data.options import check_choice, idle_faults, refuse, table_fault
from ...data.wording.catalogue import few, text
from .cost_matrix import amounts_of, cost_matrix, keys_of

__all__ = ["BANDS", "FloatingCatchment", "accessibility", "floating_catchment"]

AccessDecay = Literal["power", "exponential", "gaussian", "linear", "cumulative"]
ACCESS_DECAYS: tuple[str, ...] = get_args(AccessDecay)
CatchmentWeights = Literal["binary", "luo_qi_slow", "luo_qi_sharp", "gaussian", "linear"]
CATCHMENT_WEIGHTS: tuple[str, ...] = get_args(CatchmentWeights)
# weights of thirds of the radius
BANDS: dict[str, tuple[float, ...]] = {
    "binary": (1.0,),
    "luo_qi_slow": (1.0, 0.68, 0.22),
    "luo_qi_sharp": (1.0, 0.42, 0.09),
}


@documented("hansen1959", formula="A<sub>i</sub> = Σ<sub>j</sub> S<sub>j</sub> f(c<sub>ij</sub>)")
def accessibility(
    origins: pd.DataFrame,
    centers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    attraction: str = "score",
    decay: AccessDecay = "power",
    exponent: float = 1.0,
    radius: float | None = None,
    least_cost: float = 0.0,
) -> pd.DataFrame:
    r"""Return the potential of the centers at each origin: what can be reached, less the farther it is.

    .. math:: A_i = \sum_j S_j f(c_{ij})

    with attraction :math:`S`, cost :math:`c`, exponent :math:`\lambda` and radius :math:`r`:

    - ``"power"``: :math:`f = c^{-\lambda}` (Hansen); ``"exponential"``: :math:`f = e^{-\lambda c}`;
    - ``"gaussian"``: :math:`f = (e^{-(c/r)^2/2} - e^{-1/2}) / (1 - e^{-1/2})` up to :math:`r`, then 0 (Dai);
    - ``"linear"``: :math:`f = 1 - c/r` up to :math:`r`, then 0;
    - ``"cumulative"``: :math:`f = 1` up to :math:`r`, then 0: the sum of what lies within.

    - The accessibilities of two sets of centers add up to that of both.
    - An origin that reaches nothing has 0.

    Parameters
    ----------
    origins : DataFrame
        ``place`` (unique).
    centers : DataFrame
        ``place`` (unique) and the column of attraction: jobs, patents, beds.
    costs : DataFrame
        Cost from each origin (rows) to each center (columns), at least 0, or a table ``source, target, value``.
    attraction : str
        Column of attraction, at least 0.
    decay : {"power", "exponential", "gaussian", "linear", "cumulative"}
        How attraction falls with cost.
    exponent : float
        Of the power and exponential decay, at least 0.
    radius : float, optional
        Of the other decays, above 0.
    least_cost : float
        Lower costs count as this one, such as that of a way within a place; a power decay needs it where costs are 0.

    Returns
    -------
    DataFrame
        ``place``, ``accessibility`` (unit of attraction, for a power decay divided by cost to the exponent),
        ``relative`` (divided by the mean; 0 where all are 0), in the order of the origins.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, a negative or missing attraction, a cost below 0, or at 0 under a
        power decay.
    OptionError
        An unknown decay, a number out of range, a radius that is lacking.

    References
    ----------
    Hansen, W. G. (1959). How accessibility shapes land use. Journal of the American Institute of Planners 25, 73-76.

    Examples
    --------
    >>> origins, centers = pd.DataFrame({"place": ["o"]}), pd.DataFrame({"place": ["a", "b"], "jobs": [100.0, 60.0]})
    >>> costs = pd.DataFrame({"a": [20.0], "b": [30.0]}, index=["o"])
    >>> accessibility(origins, centers, costs, attraction="jobs")["accessibility"].round(9).tolist()
    [7.0]
    """
    check_choice("decay", decay, ACCESS_DECAYS)
    a_number(0)("exponent", exponent)
    a_number(0)("least_cost", least_cost)
    if decay in ("power", "exponential"):
        refuse(idle_faults(accessibility, f"with decay={decay!r}", radius=radius))
    else:
        refuse(idle_faults(accessibility, f"with decay={decay!r}", exponent=exponent))
    rows, columns = keys_of(origins, "origins"), keys_of(centers, "centers")
    supply = amounts_of(centers, "centers", attraction, what="an attraction")
    cost = np.maximum(cost_matrix(costs, rows, columns), least_cost)
    if decay in ("power", "exponential"):
        if decay == "power" and exponent and (cost == 0).any():
            i, j = np.argwhere(cost == 0)[0]
            fix = text("faults.calls.accessibility.least_cost_another_decay")
            raise table_fault(
                "costs",
                text("faults.calls.accessibility.costs_above_0_under"),
                text("faults.calls.accessibility.zero", rows=rows[i], target=columns[j]),
                fix,
            )
        with np.errstate(divide="ignore"):
            force = exponent * (np.log(cost) if decay == "power" else cost) if exponent else np.zeros(cost.shape)
        weight = np.where(np.isfinite(cost), np.exp(-force), 0.0)
    else:
        weight = _within(cost, _radius(radius, decay), "binary" if decay == "cumulative" else decay)
    return _relative(rows, weight @ supply)


@dataclass(frozen=True)
class FloatingCatchment:
    """What `floating_catchment` found.

    Parameters
    ----------
    places : DataFrame
        ``place``, ``accessibility`` (supply per unit of demand), ``relative`` (divided by the mean), ``centers``
        (number within the radius), in the order of the origins.
    centers : DataFrame
        ``place``, ``supply``, ``demand`` (that reaches it, weighted), ``ratio`` (supply per unit of that demand; 0
        where none reaches it), in the order given.
    """

    places: pd.DataFrame
    centers: pd.DataFrame = field(repr=False)


@documented(
    "luo2003",
    "luo2009",
    "dai2010",
    formula="A<sub>i</sub> = Σ<sub>j</sub> f(c<sub>ij</sub>) S<sub>j</sub> / "
    "Σ<sub>k</sub> D<sub>k</sub> f(c<sub>kj</sub>)",
)
def floating_catchment(
    origins: pd.DataFrame,
    centers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    radius: float,
    weights: CatchmentWeights | Mapping[float, float] = "binary",
    demand: str = "demand",
    supply: str = "supply",
) -> FloatingCatchment:
    r"""Share the supply of centers out among the demand that reaches them (two-step floating catchment areas).

    .. math:: R_j = \frac{S_j}{\sum_k D_k f(c_{kj})}, \qquad A_i = \sum_j R_j f(c_{ij})

    with supply :math:`S`, demand :math:`D` and weights :math:`f` within the radius:

    - ``"binary"``: 1 (2SFCA);
    - ``"luo_qi_slow"``: 1, 0.68 and 0.22 in the thirds of the radius, ``"luo_qi_sharp"``: 1, 0.42 and 0.09 (E2SFCA);
    - ``"gaussian"``, ``"linear"``: continuous, as in `accessibility`;
    - a mapping: weights by the upper cost of each band, such as ``{10: 1, 20: 0.68, 30: 0.22}``.

    - Demand times accessibility adds up to the supply that any demand reaches.
    - A cost on the border of two bands belongs to the nearer one, and one at the radius lies within.

    Parameters
    ----------
    origins : DataFrame
        ``place`` (unique) and the column of demand.
    centers : DataFrame
        ``place`` (unique) and the column of supply.
    costs : DataFrame
        Cost from each origin (rows) to each center (columns), at least 0, or a table ``source, target, value``.
    radius : float
        Largest cost that counts, above 0.
    weights : {"binary", "luo_qi_slow", "luo_qi_sharp", "gaussian", "linear"} or mapping
        How access falls with cost.
    demand, supply : str
        Columns, at least 0.

    Returns
    -------
    FloatingCatchment
        Accessibility by place, ratios by center.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, negative or missing demand, supply or costs.
    OptionError
        Unknown weights, a radius not above 0, bands beyond the radius or with negative weights.

    Warns
    -----
    InnoscapeWarning
        Centers that no demand reaches.

    References
    ----------
    Luo, W. and Wang, F. (2003). Measures of spatial accessibility to health care in a GIS environment. Environment and
    Planning B 30, 865-884.
    Luo, W. and Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method. Health & Place 15,
    1100-1107.
    Dai, D. (2010). Black residential segregation, disparities in spatial access to health care facilities, and
    late-stage breast cancer diagnosis in metropolitan Detroit. Health & Place 16, 1038-1052.

    Examples
    --------
    >>> origins = pd.DataFrame({"place": ["a", "b"], "demand": [100.0, 300.0]})
    >>> centers = pd.DataFrame({"place": ["x", "y"], "supply": [4.0, 3.0]})
    >>> costs = pd.DataFrame([[5.0, 40.0], [9.0, 9.0]], index=["a", "b"], columns=["x", "y"])
    >>> floating_catchment(origins, centers, costs, radius=30).places["accessibility"].round(12).tolist()
    [0.01, 0.02]
    """
    radius = _radius(radius, "floating_catchment")
    rows, columns = keys_of(origins, "origins"), keys_of(centers, "centers")
    people = amounts_of(origins, "origins", demand, what="a demand")
    offered = amounts_of(centers, "centers", supply, what="a supply")
    cost = cost_matrix(costs, rows, columns)
    weight = _banded(cost, radius, weights) if isinstance(weights, Mapping) else _within(cost, radius, weights)
    reached = people @ weight
    idle = [str(columns[j]) for j in np.flatnonzero((reached == 0) & (offered > 0))]
    if idle:
        warn("warnings.accessibility.idle", n=len(idle), places=few(idle), stacklevel=2)
    ratio = np.divide(offered, reached, out=np.zeros_like(offered), where=reached > 0)
    places = _relative(rows, weight @ ratio).assign(centers=(cost <= radius).sum(axis=1))
    shares = {"place": columns, "supply": offered, "demand": reached, "ratio": ratio}
    return FloatingCatchment(places, pd.DataFrame(shares))


def _within(cost: np.ndarray, radius: float, weights: str) -> np.ndarray:
    """Weigh costs by a named function, which is 0 beyond the radius."""
    check_choice("weights", weights, CATCHMENT_WEIGHTS)
    if weights in BANDS:
        steps = BANDS[weights]
        return _banded(cost, radius, {radius * (k + 1) / len(steps): steps[k] for k in range(len(steps))})
    part = np.where(cost <= radius, cost, radius) / radius
    if weights == "linear":
        return 1.0 - part
    edge = np.exp(-0.5)
    return (np.exp(-0.5 * part**2) - edge) / (1.0 - edge)


def _banded(cost: np.ndarray, radius: float, bands: Mapping[float, float]) -> np.ndarray:
    for upper, weight in bands.items():
        a_number(above=0)("weights, upper cost", upper)
        a_number(0)("weights", weight)
    uppers = sorted(bands)
    if not uppers or uppers[-1] > radius:
        got = "none" if not uppers else text("faults.calls.accessibility.up", uppers=f"{uppers[-1]:g}")
        raise OptionError(text("faults.calls.accessibility.weights_bands_within_radius", radius=f"{radius:g}", got=got))
    # beyond the last band nothing counts
    steps = np.append([float(bands[upper]) for upper in uppers], 0.0)
    return steps[np.searchsorted(uppers, cost, side="left")]


def _radius(radius: float | None, needed_by: str) -> float:
    if radius is None:
        raise OptionError(text("faults.calls.accessibility.radius_none", needed_by=needed_by))
    a_number(above=0)("radius", radius)
    return float(radius)


def _relative(rows: list[str], values: np.ndarray) -> pd.DataFrame:
    mean = values.mean()
    relative = values / mean if mean > 0 else np.zeros_like(values)
    return pd.DataFrame({"place": rows, "accessibility": values, "relative": relative})
