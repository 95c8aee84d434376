"""Share out the demand of origins among centers, by their attraction and the cost of reaching them."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import Fault, OptionError, TableError
from ...data.option_checks import a_number
from ...data.options import check_choice
from .cost_matrix import amounts_of, cost_matrix, keys_of

__all__ = ["huff"]

Decay = Literal["power", "exponential"]
DECAYS: tuple[str, ...] = get_args(Decay)


def huff(
    origins: pd.DataFrame,
    centers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    attraction: str = "score",
    exponent: float = 2.0,
    attraction_exponent: float = 1.0,
    decay: Decay = "power",
) -> pd.DataFrame:
    r"""Give the probability that someone at each origin turns to each center.

    .. math:: P_{ij} = \frac{A_j^\alpha \, f(c_{ij})}{\sum_k A_k^\alpha \, f(c_{ik})},
       \qquad f(c) = c^{-\lambda} \text{ or } e^{-\lambda c}

    with attraction :math:`A`, cost :math:`c` and exponents :math:`\alpha, \lambda`. Each row sums to 1.

    - Attractions or costs in another unit leave the probabilities as they are (costs only with the power decay).
    - A center at cost 0 takes all with the power decay; several share it by their attraction.
    - A center of attraction 0, and one that cannot be reached (missing or infinite cost), gets 0.

    Parameters
    ----------
    origins : DataFrame
        ``place`` (unique): where demand arises.
    centers : DataFrame
        ``place`` (unique) and the column of attraction.
    costs : DataFrame
        Cost of reaching each center (columns) from each origin (rows), at least 0, in any unit, such as
        `innoscape.geo.distance_matrix` gives; or a table ``source, target, value``.
    attraction : str
        Column of attraction, at least 0.
    exponent : float
        Exponent of cost, at least 0; Huff found 2 to 3 for goods.
    attraction_exponent : float
        Exponent of attraction, at least 0.
    decay : {"power", "exponential"}
        How attraction falls with cost.

    Returns
    -------
    DataFrame
        Probabilities, origins x centers, in the order given.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, an attraction or a cost below 0, a missing attraction, places
        without costs, an origin that no center can serve.
    OptionError
        An unknown decay, or an exponent below 0.

    References
    ----------
    Huff, D. L. (1964). Defining and estimating a trading area. Journal of Marketing 28(3), 34-38.

    Examples
    --------
    >>> origins, centers = pd.DataFrame({"place": ["o"]}), pd.DataFrame({"place": ["a", "b"], "score": [4.0, 1.0]})
    >>> costs = pd.DataFrame({"a": [2.0], "b": [1.0]}, index=["o"])
    >>> huff(origins, centers, costs).loc["o"].tolist()
    [0.5, 0.5]
    """
    check_choice("decay", decay, DECAYS)
    a_number(0)("exponent", exponent)
    a_number(0)("attraction_exponent", attraction_exponent)
    rows, columns = keys_of(origins, "origins"), keys_of(centers, "centers")
    pull = _attraction(centers, attraction)
    cost = cost_matrix(costs, rows, columns)
    reached = np.isfinite(cost)
    with np.errstate(divide="ignore", invalid="ignore"):
        # an attraction to the power of 0 is 1, also that of 0
        strength = attraction_exponent * np.log(pull) if attraction_exponent else np.zeros(pull.size)
        if decay == "exponential" or exponent == 0:
            draw = strength - exponent * np.where(reached, cost, 0.0)
        else:
            draw = strength - exponent * np.log(np.where(reached, cost, 1.0))
    draw[~reached | np.isneginf(strength)] = -np.inf
    return pd.DataFrame(_shares(draw, strength, rows), index=pd.Index(rows, name="place"), columns=columns)


def _shares(draw: np.ndarray, strength: np.ndarray, rows: list[str]) -> np.ndarray:
    """Turn logarithms of attraction into shares of a row."""
    top = draw.max(axis=1, keepdims=True)
    at_hand = np.isposinf(top[:, 0])
    if at_hand.any():
        # at cost 0 only the attraction of the centers there counts
        draw[at_hand] = np.where(np.isposinf(draw[at_hand]), strength, -np.inf)
        top = draw.max(axis=1, keepdims=True)
    lost = np.isneginf(top[:, 0])
    if lost.any():
        raise TableError(
            Fault("costs", f"a center that {rows[i]} can reach", "none", "complete the costs or leave the origin out")
            for i in np.flatnonzero(lost)
        )
    weight = np.exp(draw - top)
    return weight / weight.sum(axis=1, keepdims=True)


def _attraction(centers: pd.DataFrame, column: str) -> np.ndarray:
    numbers = amounts_of(centers, "centers", column, what="an attraction")
    if not numbers.any():
        raise OptionError(f"attraction: needed a column with an attraction above 0, got {column}")
    return numbers
