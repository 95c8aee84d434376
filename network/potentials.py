"""Predict flows from masses and costs without estimating anything: radiation and the modified gravity model.

Both rest on assumptions about shape; `compare_flows` holds their result against flows that were observed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..data.errors import OptionError
from ._canonical import choose
from ._pairs import read_costs, read_matrix, shown

__all__ = ["modified_gravity", "radiation"]


def radiation(
    flows_out: pd.Series | Mapping[Any, float],
    mass: pd.Series | Mapping[Any, float],
    costs: pd.DataFrame,
    *,
    finite: bool = False,
) -> pd.DataFrame:
    """Distribute what each place sends by the radiation model, which has no parameter.

    With m the mass of the origin i, n that of the destination j and s the mass of all other places that are nearer to
    i than j is::

        flow[i, j] = out[i] * m n / ((m + s) (m + n + s))

    It follows from sending each unit to the nearest place that offers more than home (Simini et al.). What a finite
    system cannot absorb, the share ``m / M`` of the total mass M, is lost; ``finite=True`` divides by ``1 - m / M``, so
    that every origin sends its total (Masucci et al.).

    - Places at the same cost from i share what their ring absorbs, ``m N / ((m + s) (m + N + s))`` with N the mass of
      the ring, in proportion to their masses, so no order among them matters.
    - Only the order of costs counts: any increasing function of the costs gives the same flows.
    - Two places: each sends ``n / (m + n)`` of its total, or all of it if ``finite``.
    - A place of mass 0 attracts nothing and, itself surrounded by larger offers, sends nothing beyond masses of 0: its
      flows are those of the limit m -> 0, all to the nearest place with a mass.
    - With masses of 0 everywhere else a place sends nothing, with ``finite`` too.

    Parameters
    ----------
    flows_out : Series or mapping
        Total sent by place, without what stays inside; in the unit of the answer.
    mass : Series or mapping
        Population or opportunities by place, at least 0.
    costs : DataFrame
        Matrix n x n (rows are origins) or long; finite off the diagonal.
    finite : bool
        Whether to correct for the finite size of the system.

    Returns
    -------
    DataFrame
        ``source, target, value, status`` (``estimated``), every ordered pair, sorted.

    Raises
    ------
    OptionError
        If totals, masses or costs are missing, negative or not finite.

    References
    ----------
    Simini, Gonzalez, Maritan & Barabasi (2012) *Nature* 484; Masucci, Serras, Johansson & Batty (2013) *Physical
    Review E* 88.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.Series([0.0, 1.0, 3.0], index=list("abc"))
    >>> costs = pd.DataFrame([[abs(p - q) for q in at] for p in at], index=at.index, columns=at.index)
    >>> mass = pd.Series({"a": 2.0, "b": 1.0, "c": 1.0})
    >>> radiation(pd.Series(12.0, index=at.index), mass, costs)[["source", "target", "value"]].head(2)
      source target  value
    0      a      b    4.0
    1      a      c    2.0
    """
    places, cost = _square(costs)
    out, weight = _values(flows_out, places, "flows_out"), _values(mass, places, "mass")
    n = len(places)
    order = np.argsort(cost, axis=1)
    near = np.take_along_axis(cost, order, axis=1)
    others = weight[order]
    # the place itself stands last, at infinite cost, and adds nothing
    others[:, -1] = 0.0
    reach = np.cumsum(others, axis=1)
    before, through = _rings(near, reach)
    own = weight[:, None]
    share = _shares(own, others, before, through)
    if finite:
        rest = 1 - weight / weight.sum() if weight.sum() > 0 else np.ones(n)
        share = np.divide(share, rest[:, None], out=np.zeros_like(share), where=rest[:, None] > 0)
    table = np.empty((n, n))
    np.put_along_axis(table, order, out[:, None] * share, axis=1)
    return _tidy(places, table)


def _rings(near: np.ndarray, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mass nearer than the ring of each place (places at one cost), and the mass up to its end."""
    before = np.zeros_like(reach)
    before[:, 1:] = reach[:, :-1]
    last = near[:, 1:] > near[:, :-1]
    if last.all():
        return before, reach
    n = len(reach)
    steps = np.arange(n)
    end, start = np.full((n, n), n - 1), np.zeros((n, n), dtype=int)
    end[:, :-1] = np.where(last, steps[:-1], n - 1)
    end = np.minimum.accumulate(end[:, ::-1], axis=1)[:, ::-1]
    start[:, 1:] = np.where(last, steps[1:], 0)
    start = np.maximum.accumulate(start, axis=1)
    return np.take_along_axis(before, start, axis=1), np.take_along_axis(reach, end, axis=1)


def _shares(own: np.ndarray, others: np.ndarray, before: np.ndarray, through: np.ndarray) -> np.ndarray:
    """Return the share of an origin that each destination absorbs; without own mass, its limit."""
    wide = (own + before) * (own + through)
    share = np.divide(own * others, wide, out=np.zeros_like(others), where=wide > 0)
    empty = (own == 0) & (before == 0) & (through > 0)
    return np.divide(others, through, out=share, where=empty)


def modified_gravity(
    mass: pd.Series | pd.DataFrame,
    costs: pd.DataFrame,
    *,
    k: str | float | pd.DataFrame = "share",
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
        Mass by place, positive; several columns are several masses.
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
    OptionError
        If k is unknown, or masses, costs or incomes are missing or out of range.

    References
    ----------
    Reilly (1931) *The Law of Retail Gravitation*; Liu, Liu & Sun (2015) *China Industrial Economics* 5 (spatial
    association networks).

    Examples
    --------
    >>> import pandas as pd
    >>> costs = pd.DataFrame([[0.0, 10.0], [10.0, 0.0]], index=["B", "T"], columns=["B", "T"])
    >>> modified_gravity(pd.Series({"B": 30.0, "T": 10.0}), costs)
      source target  value   status
    0      B      T   2.25  assumed
    1      T      B   0.75  assumed
    """
    places, cost = _square(costs)
    masses = mass if isinstance(mass, pd.DataFrame) else pd.Series(mass).to_frame("mass")
    if "place" in masses:
        masses = masses.set_index("place")
    columns = np.array([_values(masses[name], places, "mass", positive=True) for name in masses])
    weight = np.exp(np.log(columns).mean(axis=0))
    if len(columns) == 1:
        weight = columns[0]
    away = ~np.eye(len(places), dtype=bool)
    if not (cost[away] > 0).all():
        raise OptionError("costs between different places must be positive")
    distance = np.where(away, cost, 1.0)
    closeness = distance**-exponent
    if income is not None:
        level = _values(income, places, "income")
        closeness = closeness * np.abs(level[:, None] - level) ** exponent
    value = weight[:, None] ** mass_exponents[0] * weight ** mass_exponents[1] * closeness
    parts = columns[0] if share_of is None else _values(share_of, places, "share_of", positive=True)
    value *= _constants(k, parts, places)
    return _tidy(places, value, "assumed")


def _constants(k: str | float | pd.DataFrame, share_of: np.ndarray, places: list[Any]) -> np.ndarray:
    if isinstance(k, str):
        choose("k", k, ("share",))
        return share_of[:, None] / (share_of[:, None] + share_of)
    if isinstance(k, pd.DataFrame):
        table = read_matrix(k, places, places, "k").copy()
        np.fill_diagonal(table, 0.0)
    else:
        table = np.full((len(places), len(places)), float(k))
    if not (np.isfinite(table) & (table >= 0)).all():
        raise OptionError("k must be finite and at least 0 for every pair")
    return table


def _square(costs: pd.DataFrame) -> tuple[list[Any], np.ndarray]:
    """Return places and costs, infinite on the diagonal."""
    places, destinations, cost = read_costs(costs)
    if places != destinations:
        raise OptionError("costs must have the same places as rows and columns")
    cost = cost.copy()
    np.fill_diagonal(cost, 0.0)
    if not (np.isfinite(cost) & (cost >= 0)).all():
        raise OptionError("costs between different places must be finite and at least 0")
    np.fill_diagonal(cost, np.inf)
    return places, cost


def _values(
    given: pd.Series | Mapping[Any, float], places: list[Any], what: str, *, positive: bool = False
) -> np.ndarray:
    series = pd.Series(given, dtype=float)
    lacking = [p for p in places if p not in series.index]
    if lacking:
        raise OptionError(f"{what} is not given for {shown(lacking)}")
    if series.index.has_duplicates:
        raise OptionError(f"{what} must name every place once")
    values = series.loc[places].to_numpy(dtype=float)
    bad = ~np.isfinite(values) | (values <= 0 if positive else values < 0)
    if bad.any():
        need = "positive" if positive else "at least 0"
        raise OptionError(f"{what} must be finite and {need}; mend that of {shown(list(np.array(places)[bad]))}")
    return values


def _tidy(places: list[Any], table: np.ndarray, status: str = "estimated") -> pd.DataFrame:
    rows, columns = np.nonzero(~np.eye(len(places), dtype=bool))
    names = pd.Index(places)
    return pd.DataFrame(
        {"source": names.take(rows), "target": names.take(columns), "value": table[rows, columns], "status": status}
    )
