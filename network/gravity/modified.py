"""Predict flows by the modified gravity model of Chinese regional studies.

`compare_flows` compares its result with flows that were observed.
"""

from itertools import chain
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, idle_faults, number_faults, refuse, table_fault
from .pairs import read_matrix
from .radiation import square_costs, tidy_pairs, values_by_place

__all__ = ["modified_gravity"]


def modified_gravity(
    mass: pd.Series | pd.DataFrame,
    costs: pd.DataFrame,
    *,
    k: Literal["share"] | float | pd.DataFrame = "share",
    exponent: float = 2.0,
    mass_exponents: tuple[float, float] = (1.0, 1.0),
    share_of: pd.Series | None = None,
    income: pd.Series | None = None,
) -> pd.DataFrame:
    """Compute the strength of ties between places as assumed by the "modified" gravity model.

    ``F[i, j] = k[i, j] * M[i] ** a * M[j] ** b / D[i, j] ** exponent``, as in many studies of spatial association
    networks of Chinese cities and provinces. Nothing is estimated: exponents and k are assumed, and F has the unit of
    the masses and costs. `fit_gravity` estimates them where flows were observed; `compare_flows` says how far F agrees.

    - ``k="share"``: ``k[i, j] = V[i] / (V[i] + V[j])`` with V the first mass, or ``share_of``. It makes F directed:
      ``F[i, j] + F[j, i]`` is F with k = 1 (at equal exponents), and the larger place sends the larger part.
    - ``k=1.0`` (or any number): with equal exponents and symmetric costs F is symmetric.
    - A table for k takes any values at least 0.
    - Several columns of mass enter as their geometric mean (population, output and receipts to the power 1/3 each).
    - ``income`` makes D an economic distance, the cost divided by the absolute difference of incomes a head, as these
      studies do. Places of equal income then have F = 0 however near they are, and the tie grows with the difference.
    - Time as D: give minutes as costs. Doubling all costs divides F by ``2 ** exponent``; ranks do not change.

    Parameters
    ----------
    mass : Series or DataFrame
        Mass by place, positive; several columns are several masses. This, ``share_of`` and ``income`` may name further
        places, which have no part.
    costs : DataFrame
        Matrix n x n (km, minutes; rows are origins) or long, positive off the diagonal.
    k : "share", number or DataFrame
        Constant of each pair.
    exponent : float
        Exponent of the costs.
    mass_exponents : tuple of float
        Exponents a of the origin and b of the destination.
    share_of : Series, optional
        What the share is of, usually output.
    income : Series, optional
        Income or output a head.

    Returns
    -------
    DataFrame
        ``source, target, value, status`` (``assumed``), every ordered pair, sorted.

    Raises
    ------
    TableError
        If costs are missing or out of range.
    UnknownPlaceError
        If masses or incomes lack a place and name one without costs.
    OptionError
        If k is unknown, or exponents, masses or incomes are missing or out of range.

    References
    ----------
    Stewart (1948) *Sociometry* 11, on masses over the squared distance. The share k and the economic distance are
    customary in the Chinese studies, in several forms.

    Examples
    --------
    >>> import pandas as pd
    >>> costs = pd.DataFrame([[0.0, 10.0], [10.0, 0.0]], index=["B", "T"], columns=["B", "T"])
    >>> modified_gravity(pd.Series({"B": 30.0, "T": 10.0}), costs)
      source target  value   status
    0      B      T   2.25  assumed
    1      T      B   0.75  assumed
    """
    numbers = {"exponent": exponent, "the first of mass_exponents": mass_exponents[0], "the second": mass_exponents[1]}
    refuse(chain(*(number_faults(name, number) for name, number in numbers.items())))
    if not isinstance(k, str):
        refuse(idle_faults(modified_gravity, "unless k='share'", share_of=share_of))
    places, cost = square_costs(costs)
    masses = mass if isinstance(mass, pd.DataFrame) else pd.Series(mass).to_frame("mass")
    if "place" in masses:
        masses = masses.set_index("place")
    columns = np.array([values_by_place(masses[name], places, "mass", positive=True) for name in masses])
    weight = np.exp(np.log(columns).mean(axis=0))
    if len(columns) == 1:
        weight = columns[0]
    if not cost.min() > 0:
        raise table_fault("costs", "positive numbers between different places", "others", "correct these cells")
    np.fill_diagonal(cost, 1.0)
    closeness = np.power(cost, -exponent, out=cost)
    if income is not None:
        level = values_by_place(income, places, "income")
        closeness *= np.abs(level[:, None] - level) ** exponent
    value = np.multiply.outer(weight ** mass_exponents[0], weight ** mass_exponents[1])
    value *= closeness
    parts = columns[0] if share_of is None else values_by_place(share_of, places, "share_of", positive=True)
    value *= _constants(k, parts, places)
    return tidy_pairs(places, value, "assumed")


def _constants(k: Literal["share"] | float | pd.DataFrame, share_of: np.ndarray, places: list[Any]) -> np.ndarray:
    if isinstance(k, str):
        check_choice("k", k, ("share",))
        both = np.add.outer(share_of, share_of)
        return np.divide(share_of[:, None], both, out=both)
    if isinstance(k, pd.DataFrame):
        table = read_matrix(k, places, places, "k").copy()
        np.fill_diagonal(table, 0.0)
    else:
        table = np.array(float(k))
    if not (np.isfinite(table) & (table >= 0)).all():
        raise OptionError("k must be finite and at least 0 for every pair")
    return table
