"""Estimate a flow table from its margins, distances and the cells that are known.

Statistics often print only what each place sent and received in total. The estimate spreads those totals over pairs in
the shape of a gravity model and is marked ``estimated`` throughout: it is the least informative table that agrees with
everything given, not a measurement.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..data.errors import OptionError

__all__ = ["estimate_flows"]


def estimate_flows(
    out_totals: pd.Series,
    in_totals: pd.Series,
    costs: pd.DataFrame,
    *,
    known: Iterable[tuple[object, object, float]] = (),
    exponent: float = 1.0,
    tolerance: float = 1e-9,
    max_iterations: int = 10_000,
) -> pd.DataFrame:
    """Estimate flows from margins by gravity-shaped iterative proportional fitting.

    Starting from ``out[i] * in[j] / cost[i, j] ** exponent`` (0 on the diagonal), the table is scaled in turn to every
    row total, every column total and every known sum until all hold. The result minimizes the Kullback-Leibler
    divergence from the start among all tables that satisfy the constraints.

    - Without known sums and with ``exponent=0`` the answer is proportional to the product of the margins (off the
      diagonal).
    - A known sum over one cell fixes that cell.

    Parameters
    ----------
    out_totals, in_totals : Series
        Total sent and received per place, in the unit of the answer; the two sums must agree.
    costs : DataFrame
        n x n, labeled, positive off the diagonal (km, minutes).
    known : iterable of (sources, targets, value)
        Sums that must hold; ``sources`` and ``targets`` are a place or several.
    exponent : float
        Distance exponent of the gravity shape; assumed, not estimated.
    tolerance : float
        Largest relative error of any constraint at which the fit ends.
    max_iterations : int
        Rounds after which the constraints are declared inconsistent.

    Returns
    -------
    DataFrame
        ``source, target, value, status``, all ``estimated``, sorted; ``attrs`` holds ``iterations`` and ``error``.

    Raises
    ------
    OptionError
        If totals are negative, do not add up, costs are missing, or no table satisfies the constraints.

    References
    ----------
    Deming & Stephan (1940) *Annals of Mathematical Statistics* 11; Csiszar (1975) *Annals of Probability* 3.

    Examples
    --------
    >>> import pandas as pd
    >>> places = ["B", "S", "T"]
    >>> totals = pd.Series(4.0, index=places)
    >>> costs = pd.DataFrame(1.0, index=places, columns=places)
    >>> flows = estimate_flows(totals, totals, costs, known=[("B", "T", 1.0)])
    >>> flows.loc[flows["source"] == "B", ["target", "value"]].round(3).values.tolist()
    [['S', 3.0], ['T', 1.0]]
    """
    places = sorted(out_totals.index)
    sent, received, prior = _check(out_totals, in_totals, costs, places, exponent)
    masks = [(_ends(places, sources), _ends(places, targets), float(value)) for sources, targets, value in known]
    table = prior
    error = np.inf
    for iteration in range(1, max_iterations + 1):
        table = table * _ratio(sent, table.sum(axis=1))[:, None]
        table = table * _ratio(received, table.sum(axis=0))
        for rows, columns, value in masks:
            block = np.ix_(rows, columns)
            table[block] *= _ratio(np.array(value), table[block].sum())
        error = _error(table, sent, received, masks)
        if error <= tolerance:
            return _tidy(table, places, iterations=iteration, error=error)
    raise OptionError(
        f"the margins and known flows do not agree: after {max_iterations} rounds a constraint is still off by "
        f"{error:.2%}; check that no known sum exceeds the totals of its places"
    )


def _check(
    out_totals: pd.Series, in_totals: pd.Series, costs: pd.DataFrame, places: list, exponent: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if set(in_totals.index) != set(places):
        raise OptionError("out_totals and in_totals must name the same places")
    missing = [p for p in places if p not in costs.index or p not in costs.columns]
    if missing:
        raise OptionError(f"costs hold no row or column for {', '.join(map(str, missing))}")
    sent, received = out_totals[places].to_numpy(dtype=float), in_totals[places].to_numpy(dtype=float)
    if not (np.isfinite([sent, received]).all() and min(sent.min(), received.min()) >= 0):
        raise OptionError("totals must be finite and at least 0")
    if not np.isclose(sent.sum(), received.sum(), rtol=1e-6):
        raise OptionError(
            f"what is sent ({sent.sum():g}) and what is received ({received.sum():g}) must add up to the same; "
            "scale one of the two, or add a place for the rest of the world"
        )
    cost = costs.loc[places, places].to_numpy(dtype=float, copy=True)
    np.fill_diagonal(cost, np.inf)
    if not (cost > 0).all():
        raise OptionError("costs between different places must be positive")
    prior = np.outer(sent, received) * cost ** -float(exponent) if exponent else np.outer(sent, received)
    np.fill_diagonal(prior, 0.0)
    return sent, received, prior


def _ends(places: list, wanted: object) -> list[int]:
    names = [wanted] if isinstance(wanted, str) else list(wanted)  # type: ignore[call-overload]
    absent = [n for n in names if n not in places]
    if absent:
        raise OptionError(f"a known flow names {', '.join(map(str, absent))}, which has no totals")
    return sorted(places.index(n) for n in names)


def _ratio(wanted: np.ndarray, have: np.ndarray) -> np.ndarray:
    return np.divide(wanted, have, out=np.zeros_like(np.asarray(have, dtype=float)), where=np.asarray(have) > 0)


def _error(table: np.ndarray, sent: np.ndarray, received: np.ndarray, masks: list) -> float:
    def off(have: np.ndarray, want: np.ndarray) -> float:
        return float(np.max(np.abs(have - want) / np.where(want > 0, want, 1.0)))

    known = [off(table[np.ix_(r, c)].sum(), np.array(v)) for r, c, v in masks]
    return max(off(table.sum(axis=1), sent), off(table.sum(axis=0), received), *known, 0.0)


def _tidy(table: np.ndarray, places: list, *, iterations: int, error: float) -> pd.DataFrame:
    rows, columns = np.nonzero(table)
    names = np.array(places, dtype=object)
    flows = pd.DataFrame(
        {"source": names[rows], "target": names[columns], "value": table[rows, columns], "status": "estimated"}
    )
    flows.attrs.update(iterations=iterations, error=error)
    return flows
