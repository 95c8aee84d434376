"""Estimate a flow table from its margins, distances and the cells that are known.

Statistics often print only what each place sent and received in total. The estimate spreads those totals over pairs in
the shape of a gravity model and is marked ``estimated`` throughout: it is the least informative table that agrees with
everything given, not a measurement.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import (
    check_choice,
    check_columns,
    check_known_places,
    known_place_faults,
    numeric,
    refuse,
    table_fault,
)
from .check_graph import numbers, ordered
from .shapes import BALANCES, SHAPES, weaken

__all__ = ["REST_OF_WORLD", "estimate_flows"]

REST_OF_WORLD = "rest_of_world"

# two sums that differ by less than this are the same but for rounding
_ROUNDING = 1e-6
# cells up to which the smallest fixing change is sought by linear programming
_SOLVABLE = 40_000
# rounds after which an error that no longer falls is taken for a contradiction
_STALL = 100


@dataclass(frozen=True, eq=False)
class _Block:
    """A sum that must hold over the cells of some rows and columns."""

    rows: list[int]
    columns: list[int]
    value: float
    label: str


def estimate_flows(
    out_totals: pd.Series,
    in_totals: pd.Series,
    costs: pd.DataFrame,
    *,
    known: Iterable[tuple[Any, Any, float]] = (),
    zeros: Iterable[tuple[Any, Any]] = (),
    diagonal: bool = False,
    decay: Literal["power", "exponential", "tanner", "none"] = "power",
    exponent: float = 1.0,
    rate: float = 0.0,
    balance: Literal["raise", "scale_in", "scale_out", "rest_of_world"] = "raise",
    total: float | None = None,
    tolerance: float = 1e-9,
    max_iterations: int = 10_000,
) -> pd.DataFrame:
    """Estimate flows from margins by gravity-shaped iterative proportional fitting.

    Starting from ``out[i] * in[j] * f(cost[i, j])``, the table is scaled in turn to every row total, every column
    total and every known sum until all hold. The result is unique and minimizes the Kullback-Leibler divergence from
    the start among all tables that satisfy the constraints. The decay f of a cost c is::

        power         c ** -exponent
        exponential   exp(-rate * c)
        tanner        c ** -exponent * exp(-rate * c)
        none          1

    - Without known sums and without decay the answer is proportional to the product of the margins (exactly so with
      the diagonal, and in its odds without it).
    - A known sum over one cell fixes that cell; a known sum of 0 is a zero.
    - Scaling all costs by one factor changes nothing under a power decay.
    - Margins whose sums differ by less than a millionth differ by rounding: ``in_totals`` are scaled.
    - The rest of the world stands at one distance from all places and sends nothing to itself.

    Parameters
    ----------
    out_totals, in_totals : Series
        Total sent and received per place, in the unit of the answer.
    costs : DataFrame
        n x n, labeled, of at least these places; positive off the diagonal (km, minutes), and on it where ``diagonal``
        is True; infinite where nothing can flow.
    known : iterable of (sources, targets, value)
        Sums that must hold; ``sources`` and ``targets`` are a place or several.
    zeros : iterable of (sources, targets)
        Cells that are zero by nature.
    diagonal : bool
        Whether a place may send to itself, as totals that include flows inside a province need.
    decay : {"power", "exponential", "tanner", "none"}
        Shape of the decay; assumed, not estimated.
    exponent : float
        Exponent of the power and Tanner decay.
    rate : float
        Rate of the exponential and Tanner decay, per unit of cost.
    balance : {"raise", "scale_in", "scale_out", "rest_of_world"}
        What to do when more is sent than received or less: raise, scale one margin to the sum of the other, or add
        the place ``rest_of_world`` that takes or gives the difference.
    total : float, optional
        With ``rest_of_world``: total of all flows; what each margin lacks of it belongs to the rest of the world.
    tolerance : float
        Largest relative error of any constraint at which the fit ends.
    max_iterations : int
        Rounds after which the fit is given up.

    Returns
    -------
    DataFrame
        ``source, target, value, status``, all ``estimated``, sorted; ``attrs`` holds ``iterations``, ``error`` (the
        largest relative error left), ``balance`` and ``scale`` (factor applied to the scaled margin).

    Raises
    ------
    TableError
        If costs are missing, repeat or are out of range.
    UnknownPlaceError
        If totals name a place without costs, or ``known`` or ``zeros`` one that is not there.
    OptionError
        If totals are missing, negative or do not add up, an entry of ``known`` or ``zeros`` cannot be read, or no
        table satisfies the constraints. The message names the smallest change that would make them agree (up to 200
        places), or the constraints furthest off.

    References
    ----------
    Deming & Stephan (1940) *Annals of Mathematical Statistics* 11; Csiszar (1975) *Annals of Probability* 3; Wilson
    (1971) *Environment and Planning* 3 (decay functions).

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
    check_choice("decay", decay, SHAPES)
    check_choice("balance", balance, BALANCES)
    if not (np.isfinite([exponent, rate]).all() and rate >= 0 and tolerance > 0 and max_iterations >= 1):
        raise OptionError("exponent and rate must be finite, rate at least 0, tolerance and max_iterations positive")
    for name, totals in (("out_totals", out_totals), ("in_totals", in_totals)):
        if not isinstance(totals, pd.Series):
            raise OptionError(f"{name} must be a Series indexed by place, got {type(totals).__name__}")
    check_columns(costs, "costs", ())
    known_places = [*costs.index, *costs.columns]
    totals_of = {"out_totals": out_totals, "in_totals": in_totals}
    refuse(fault for name, given in totals_of.items() for fault in known_place_faults(name, given.index, known_places))
    places = ordered(out_totals.index)
    sent, received = _margins(out_totals, in_totals, places)
    cost = _costs(costs, places, diagonal=diagonal, needed=decay != "none")
    sent, received, scale = _balanced(sent, received, balance, total)
    if len(sent) > len(places):
        if REST_OF_WORLD in places:
            raise OptionError(f"a place is already named {REST_OF_WORLD!r}; rename it")
        places.append(REST_OF_WORLD)
        cost = _with_rest(cost)
    table = np.outer(sent, received)
    table *= weaken(cost, decay, exponent, rate)
    table[~np.isfinite(cost)] = 0.0
    position = {place: i for i, place in enumerate(places)}
    for sources, targets in _rows(zeros, "zeros", ("sources", "targets")):
        table[np.ix_(_ends(position, sources, "zeros"), _ends(position, targets, "zeros"))] = 0.0
    blocks = [_block(position, *one) for one in _rows(known, "known", ("sources", "targets", "value"))]
    iterations, error = _fit(table, sent, received, blocks, places, tolerance, max_iterations)
    flows = _tidy(table, places)
    flows.attrs.update(iterations=iterations, error=error, balance=balance, scale=scale)
    return flows


def _margins(out_totals: pd.Series, in_totals: pd.Series, places: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    if apart := set(in_totals.index) ^ set(places):
        names = ", ".join(map(str, ordered(apart)))
        raise OptionError(f"out_totals and in_totals must name the same places; only one names {names}")
    if len(out_totals) != len(places) or len(in_totals) != len(places):
        raise OptionError("out_totals and in_totals must name every place once")
    sent, received = numbers(out_totals[places], "out_totals"), numbers(in_totals[places], "in_totals")
    for name, totals in (("out_totals", sent), ("in_totals", received)):
        wrong = [f"{v:g} for {p}" for p, v in zip(places, totals, strict=True) if not (np.isfinite(v) and v >= 0)]
        if wrong:
            raise OptionError(f"{name} must be finite totals of at least 0, got {', '.join(wrong)}; leave places out")
    return sent, received


def _costs(costs: pd.DataFrame, places: list[Any], *, diagonal: bool, needed: bool) -> np.ndarray:
    """Return the costs in order, infinite where a place may not send to itself."""
    missing = [p for p in places if p not in costs.index or p not in costs.columns]
    if missing:
        came = f"none for {', '.join(map(str, missing))}"
        raise table_fault("costs", "a row and a column for every place", came, "add them")
    if not (costs.index.is_unique and costs.columns.is_unique):
        raise table_fault("costs", "every place once, as a row and as a column", "copies", "drop the copies")
    with numeric("costs"):
        cost = costs.loc[places, places].to_numpy(dtype=float, copy=True)
    if not diagonal:
        np.fill_diagonal(cost, np.inf)
    apart = ~np.eye(len(places), dtype=bool)
    if not needed:
        cost[apart] = 1.0
        return np.where(np.isinf(cost) & ~apart, np.inf, 1.0)
    if not (cost[apart] > 0).all():
        raise table_fault("costs", "positive numbers between different places", "others", "correct these cells")
    if not (cost > 0).all():
        raise table_fault("costs", "a positive distance of each place to itself", "others", "or leave diagonal out")
    return cost


def _balanced(
    sent: np.ndarray, received: np.ndarray, balance: str, total: float | None
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return margins that add up to the same, and the factor applied to one of them."""
    out, into = float(sent.sum()), float(received.sum())
    if total is not None and balance != "rest_of_world":
        raise OptionError("total= needs balance='rest_of_world'")
    if balance == "rest_of_world":
        with numeric("total"):
            whole = max(out, into) if total is None else float(total)
        if not whole >= max(out, into) * (1 - _ROUNDING):
            raise OptionError(f"total ({whole:g}) is below what the places send ({out:g}) or receive ({into:g})")
        return np.r_[sent, max(whole - out, 0.0)], np.r_[received, max(whole - into, 0.0)], 1.0
    if balance == "scale_out" and out > 0:
        return sent * (into / out), received, into / out
    if balance == "scale_in" and into > 0:
        return sent, received * (out / into), out / into
    if not np.isclose(out, into, rtol=_ROUNDING):
        raise OptionError(
            f"what is sent ({out:g}) and what is received ({into:g}) must add up to the same; they differ by "
            f"{out - into:+g}: choose balance='scale_in', 'scale_out' or 'rest_of_world'"
        )
    # sums that agree but for the last digits are left as they are
    scale = out / into if into > 0 and abs(out - into) > 1e-12 * into else 1.0
    return sent, received * scale, scale


def _with_rest(cost: np.ndarray) -> np.ndarray:
    """Add the rest of the world at one distance; which one does not matter, its totals are given."""
    finite = cost[np.isfinite(cost)]
    wide = np.full((len(cost) + 1, len(cost) + 1), np.median(finite) if finite.size else 1.0)
    wide[:-1, :-1] = cost
    wide[-1, -1] = np.inf
    return wide


def _ends(position: dict[Any, int], wanted: object, option: str) -> list[int]:
    single = isinstance(wanted, str) or not isinstance(wanted, Iterable)
    single = single or (isinstance(wanted, Hashable) and wanted in position)
    names: list[Any] = [wanted] if single else list(wanted)  # type: ignore[call-overload]
    check_known_places(option, names, position)
    return sorted({position[n] for n in names})


def _rows(given: Iterable[Any], option: str, parts: tuple[str, ...]) -> list[tuple[Any, ...]]:
    rows = list(given)
    for row in rows:
        if not isinstance(row, tuple | list) or len(row) != len(parts):
            raise OptionError(f"{option} must list ({', '.join(parts)}), got {row!r}")
    return [tuple(row) for row in rows]


def _block(position: dict[Any, int], sources: object, targets: object, value: float) -> _Block:
    rows, columns = _ends(position, sources, "known"), _ends(position, targets, "known")
    places = list(position)
    if not (np.isfinite(numbers(value, "known flows")) and value >= 0):
        raise OptionError(f"known flows must be finite and at least 0, got {value!r}")
    names = (
        " + ".join(str(places[i]) for i in ends[:4]) + (" + …" if len(ends) > 4 else "") for ends in (rows, columns)
    )
    return _Block(rows, columns, float(value), "the known flow " + " -> ".join(names))


def _ratio(wanted: np.ndarray, have: np.ndarray) -> np.ndarray:
    return np.divide(wanted, have, out=np.zeros_like(np.asarray(have, dtype=float)), where=np.asarray(have) > 0)


def _fit(
    table: np.ndarray,
    sent: np.ndarray,
    received: np.ndarray,
    blocks: list[_Block],
    places: list[Any],
    tolerance: float,
    max_iterations: int,
) -> tuple[int, float]:
    """Scale the table in place until every constraint holds; return the rounds and the error left."""
    iteration, error, before, possible = 0, np.inf, np.inf, False
    for iteration in range(1, max_iterations + 1):
        table *= _ratio(sent, table.sum(axis=1))[:, None]
        table *= _ratio(received, table.sum(axis=0))
        for block in blocks:
            cells = np.ix_(block.rows, block.columns)
            table[cells] *= _ratio(np.array(block.value), table[cells].sum())
        error = _error(table, sent, received, blocks)
        if error <= tolerance:
            return iteration, error
        if iteration % _STALL == 0 and not possible:
            if abs(before - error) <= 1e-6 * error:
                # an error may also rest while faint cells grow: go on unless there is a contradiction
                want = _gaps(table, sent, received, blocks)[1]
                change = _smallest_change(table > 0, want, blocks)
                possible = change is not None and not _moved(change, want)
                if not possible:
                    break
            before = error
    raise OptionError(_statement(table, sent, received, blocks, places, iteration))


def _gaps(
    table: np.ndarray, sent: np.ndarray, received: np.ndarray, blocks: list[_Block]
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each constraint has and what it needs: rows, columns, blocks."""
    sums = [table[np.ix_(b.rows, b.columns)].sum() for b in blocks]
    have = np.r_[table.sum(axis=1), table.sum(axis=0), np.array(sums, dtype=float)]
    return have, np.r_[sent, received, np.array([b.value for b in blocks], dtype=float)]


def _error(table: np.ndarray, sent: np.ndarray, received: np.ndarray, blocks: list[_Block]) -> float:
    have, want = _gaps(table, sent, received, blocks)
    return float(np.max(np.abs(have - want) / np.where(want > 0, want, 1.0), initial=0.0))


def _statement(
    table: np.ndarray, sent: np.ndarray, received: np.ndarray, blocks: list[_Block], places: list[Any], rounds: int
) -> str:
    """Say which constraint stands in the way, and by how much."""
    labels = [f"what {p} sends" for p in places] + [f"what {p} receives" for p in places] + [b.label for b in blocks]
    have, want = _gaps(table, sent, received, blocks)
    off = np.abs(have - want) / np.where(want > 0, want, 1.0)
    worst = [
        f"{labels[k]} is {have[k]:g} instead of {want[k]:g}" for k in np.argsort(-off, kind="stable")[:3] if off[k]
    ]
    change = _smallest_change(table > 0, want, blocks)
    if change is None:
        return f"the margins and known flows do not agree: after {rounds} rounds {'; '.join(worst)}"
    moved = _moved(change, want)
    if moved:
        steps = (f"{labels[k]} from {want[k]:g} to {want[k] + change[k]:g} ({change[k]:+g})" for k in moved[:5])
        return f"the margins and known flows do not agree; the smallest change that fixes them: {'; '.join(steps)}"
    return (
        f"the margins and known flows can be met, but only closely after {rounds} rounds ({worst[0]}), as when they "
        "leave some cells nothing; raise tolerance or max_iterations, or name those cells in zeros"
    )


def _moved(change: np.ndarray, want: np.ndarray) -> list[int]:
    """Return the constraints that must change by more than rounding, the largest change first."""
    order = np.argsort(-np.abs(change), kind="stable").tolist()
    return [k for k in order if abs(change[k]) > _ROUNDING * want.max(initial=0.0)]


def _smallest_change(allowed: np.ndarray, want: np.ndarray, blocks: list[_Block]) -> np.ndarray | None:
    """Return the smallest total change of the constraints that makes them agree, None where too large to seek."""
    from scipy import sparse
    from scipy.optimize import linprog

    rows, columns = np.nonzero(allowed)
    n = len(allowed)
    if not 0 < rows.size <= _SOLVABLE:
        return None
    cells = np.arange(rows.size)
    parts = [np.stack([rows, cells]), np.stack([n + columns, cells])]
    for k, block in enumerate(blocks):
        inside = cells[np.isin(rows, block.rows) & np.isin(columns, block.columns)]
        parts.append(np.stack([np.full(inside.size, 2 * n + k), inside]))
    at = np.concatenate(parts, axis=1)
    sums = sparse.csr_array((np.ones(at.shape[1]), (at[0], at[1])), shape=(want.size, rows.size))
    scale = want.max() or 1.0
    step = sparse.eye_array(want.size)
    solution = linprog(
        np.r_[np.zeros(rows.size), np.ones(2 * want.size)],
        A_eq=sparse.hstack([sums, -step, step], format="csr"),
        b_eq=want / scale,
        method="highs",
    )
    if solution.x is None:
        return None
    up, down = np.split(solution.x[rows.size :], 2)
    return (up - down) * scale


def _tidy(table: np.ndarray, places: list[Any]) -> pd.DataFrame:
    order = ordered(places)
    position = {place: i for i, place in enumerate(places)}
    at = np.array([position[p] for p in order], dtype=int)
    table = table[np.ix_(at, at)]
    rows, columns = np.nonzero(table)
    names = np.array(order, dtype=object)
    return pd.DataFrame(
        {"source": names[rows], "target": names[columns], "value": table[rows, columns], "status": "estimated"}
    )
