"""Let centers grow or shrink until each draws what it costs (Harris and Wilson)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import absent_place_faults, check_choice, check_number, positive_series, refuse

__all__ = ["CenterEquilibrium", "center_equilibrium"]

Decay = Literal["exponential", "power"]
# a center below this share of the mean size has vanished
_GONE = 1e-6


@dataclass(frozen=True)
class CenterEquilibrium:
    """What `center_equilibrium` found.

    Parameters
    ----------
    centers : DataFrame
        ``place``, ``start``, ``size``, ``inflow``, ``survives`` (more than a millionth of the mean size is
        left), sorted by size, largest first.
    flows : DataFrame
        Origins x centers at the end.
    steps : int
        Steps until nothing changed.
    converged : bool
        Whether that was before the limit.
    """

    centers: pd.DataFrame
    flows: pd.DataFrame = field(repr=False)
    steps: int
    converged: bool


@documented("harris1978", "wilson2008")
def center_equilibrium(
    demand: pd.Series | Mapping[str, float],
    costs: pd.DataFrame,
    *,
    start: pd.Series | Mapping[str, float] | None = None,
    returns: float = 1.0,
    exponent: float = 1.0,
    decay: Decay = "exponential",
    upkeep: float | None = None,
    speed: float = 0.5,
    tolerance: float = 1e-9,
    most_steps: int = 20_000,
) -> CenterEquilibrium:
    r"""Find the sizes at which every center draws exactly what its size costs.

    .. math:: S_{ij} = O_i \frac{W_j^\alpha f(c_{ij})}{\sum_k W_k^\alpha f(c_{ik})}, \qquad
       D_j = \sum_i S_{ij}, \qquad \frac{dW_j}{dt} = \varepsilon (D_j - \kappa W_j)

    with demand O, size W, returns to size :math:`\alpha`, upkeep :math:`\kappa` and :math:`f(c) = e^{-\beta c}` or
    :math:`c^{-\beta}`: entropy-maximizing flows (Boltzmann) with growth by what is drawn (Lotka and Volterra). Each
    step moves sizes by ``speed`` of the way to :math:`D_j / \kappa`.

    - All sizes together end at :math:`\sum_i O_i / \kappa`.
    - With returns below 1 the equilibrium is one, whatever the start; above 1 centers die out and the start decides.
    - An origin no center can be reached from is refused; its demand would be lost.

    Parameters
    ----------
    demand : Series or mapping
        O by origin, at least 0.
    costs : DataFrame
        Costs from origins (rows) to centers (columns); missing or infinite where it cannot be reached.
    start : Series or mapping, optional
        Sizes at the start, at least 0 (0 stays 0); equal ones by default.
    returns : float
        :math:`\alpha`, above 0.
    exponent : float
        :math:`\beta`, at least 0.
    decay : {"exponential", "power"}
        Form of f.
    upkeep : float, optional
        :math:`\kappa`, above 0; by default such that sizes keep their sum.
    speed, tolerance, most_steps : float, float, int
        Share of the way in a step (0 to 1), relative change that counts as none, and the limit of steps.

    Returns
    -------
    CenterEquilibrium

    Raises
    ------
    OptionError
        Numbers out of range, sizes or demand below 0 or missing, costs below 0, costs of 0 with a power, origins that
        reach no center, places of the costs without demand or start.

    Warns
    -----
    InnoscapeWarning
        If sizes still change at the limit of steps.

    References
    ----------
    Harris, B., Wilson, A. G. (1978). Equilibrium values and dynamics of attractiveness terms in production-constrained
    spatial-interaction models. Environment and Planning A 10 (4), 371-388.
    Wilson, A. (2008). Boltzmann, Lotka and Volterra and spatial structural evolution. Journal of the Royal Society
    Interface 5, 865-871.

    Examples
    --------
    >>> costs = pd.DataFrame([[0.0, 1.0], [1.0, 0.0]], index=["a", "b"], columns=["a", "b"])
    >>> found = center_equilibrium({"a": 3.0, "b": 1.0}, costs, start={"a": 2.0, "b": 2.0}, returns=1.5, exponent=2.0)
    >>> found.centers[["place", "size", "survives"]].round(3).to_numpy().tolist()
    [['a', 4.0, True], ['b', 0.0, False]]
    """
    check_choice("decay", decay, get_args(Decay))
    check_number("returns", returns, above=0)
    check_number("exponent", exponent, least=0)
    check_number("speed", speed, above=0, most=1)
    check_number("tolerance", tolerance, above=0)
    check_number("most_steps", most_steps, least=1, whole=True)
    wanted = pd.Series(demand, dtype=float)
    sizes = pd.Series(1.0, costs.columns) if start is None else pd.Series(start, dtype=float)
    refuse(
        [
            *absent_place_faults("demand", wanted.index, costs.index),
            *absent_place_faults("start", sizes.index, costs.columns),
        ]
    )
    rows = sorted(costs.index, key=str)
    columns = sorted(costs.columns, key=str)
    o = positive_series(wanted.loc[rows], reason="of demand", zero=True).to_numpy()
    w = positive_series(sizes.loc[columns], reason="of size", zero=True).to_numpy()
    if not (o.any() and w.any()):
        raise OptionError("demand, start: needed one above 0 of each, got 0 everywhere")
    fall = _fall(costs.loc[rows, columns], exponent, decay)
    kappa = float(o.sum() / w.sum()) if upkeep is None else upkeep
    check_number("upkeep", kappa, above=0)
    first, steps, converged = w.copy(), 0, False
    while steps < most_steps and not converged:
        steps += 1
        goal = _flows(o, w, fall, returns).sum(axis=0) / kappa
        after = w + speed * (goal - w)
        converged = bool(np.abs(after - w).max() <= tolerance * after.max())
        w = after
    if not converged:
        warn("warnings.equilibrium", steps=steps, stacklevel=2)
    flows = _flows(o, w, fall, returns)
    table = pd.DataFrame(
        {"place": columns, "start": first, "size": w, "inflow": flows.sum(axis=0), "survives": w > _GONE * w.mean()}
    )
    laid = pd.DataFrame(flows, index=pd.Index(rows, name="place"), columns=columns).loc[costs.index, costs.columns]
    return CenterEquilibrium(
        table.sort_values(["size", "place"], ascending=[False, True], ignore_index=True), laid, steps, converged
    )


def _fall(costs: pd.DataFrame, exponent: float, decay: str) -> np.ndarray:
    """Return f(c), each row scaled to a largest value of 1, which leaves shares as they are."""
    c = costs.to_numpy(dtype=float)
    reached = np.isfinite(c)
    faults = []
    if (c[reached] < 0).any():
        faults.append(f"costs: needed costs of at least 0, got {c[reached].min():g}")
    lost = costs.index[~reached.any(axis=1)]
    if len(lost):
        faults.append(f"costs: needed a center that each origin can reach, got none for {', '.join(map(str, lost))}")
    if decay == "power" and exponent and (c[reached] == 0).any():
        faults.append("costs: needed costs above 0 for a power, got 0; give costs within places, or 'exponential'")
    refuse(faults)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = -exponent * (np.log(c) if decay == "power" and exponent else np.where(reached, c, 0.0))
    logs = np.where(reached, logs, -np.inf)
    return np.exp(logs - logs.max(axis=1, keepdims=True))


def _flows(o: np.ndarray, w: np.ndarray, fall: np.ndarray, returns: float) -> np.ndarray:
    pull = (w / w.max()) ** returns * fall
    whole = pull.sum(axis=1, keepdims=True)
    # an origin whose centers have all vanished sends nothing
    return np.divide(o[:, None] * pull, whole, out=np.zeros_like(pull), where=whole > 0)
