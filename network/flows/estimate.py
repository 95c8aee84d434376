"""Estimate a flow table from its margins, distances and the cells that are known.

Statistics often print only what each place sent and received in total. The estimate spreads those totals over pairs in
the shape of a gravity model and is marked ``estimated`` throughout: it is the least informative table that agrees with
everything given, not a measurement.
"""

from collections.abc import Hashable, Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import (
    check_choice,
    check_columns,
    check_known_places,
    idle_faults,
    known_place_faults,
    numeric,
    refuse,
    table_fault,
)
from ...data.wording.catalogue import join_texts, text
from .check_graph import cells_between, numbers, ordered
from .constraints import ROUNDING, Block, Constraints
from .fit_table import FLAT, fit_table
from .shapes import BALANCES, SHAPES, log_decay

__all__ = ["REST_OF_WORLD", "estimate_flows"]

REST_OF_WORLD = "rest_of_world"

# a cell below this share of what it could hold may be one that no table can fill
_EMPTYING = 1e-6


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
    rest_within: bool = False,
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
    - A known sum over one cell fixes that cell, on the diagonal too; a known sum of 0 is a zero.
    - Scaling all costs by one factor changes nothing under a power decay.
    - Margins whose sums differ by less than a millionth differ by rounding: ``in_totals`` are scaled.
    - The rest of the world stands at one distance from all places. It sends nothing to itself unless ``rest_within`` is
      True, as a total needs that counts flows between others.
    - Totals of any size and decays of any steepness are fitted: the fit works with logarithms.

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
    rest_within : bool
        With ``rest_of_world``: whether flows inside it are part of the total. They must be where the places send and
        receive less than the total together; how large they are is the model's answer.
    tolerance : float
        Largest relative error of any constraint at which the fit ends.
    max_iterations : int
        Rounds, and steps of Newton's method where these are slow, after which the fit is given up.

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
        raise OptionError(text("faults.calls.estimate.exponent_rate_must_finite"))
    # an exponent of 0 says that there is no power part
    idle = {} if decay in ("power", "tanner") or exponent == 0 else {"exponent": exponent}
    idle |= {} if decay in ("exponential", "tanner") else {"rate": rate}
    faults = [*idle_faults(estimate_flows, f"with decay={decay!r}", **idle)]
    if balance != "rest_of_world":
        faults += idle_faults(estimate_flows, f"with balance={balance!r}", rest_within=rest_within)
    refuse(faults)
    for name, totals in (("out_totals", out_totals), ("in_totals", in_totals)):
        if not isinstance(totals, pd.Series):
            raise OptionError(
                text("faults.calls.estimate.must_series_indexed_place", name=name, name2=type(totals).__name__)
            )
    check_columns(costs, "costs", ())
    known_places = [*costs.index, *costs.columns]
    totals_of = {"out_totals": out_totals, "in_totals": in_totals}
    refuse(fault for name, given in totals_of.items() for fault in known_place_faults(name, given.index, known_places))
    places = ordered(out_totals.index)
    sent, received = _margins(out_totals, in_totals, places)
    cost = _costs(costs, places, diagonal=diagonal, needed=decay != "none")
    sent, received, scale = _balanced(sent, received, balance, total, rest_within=rest_within)
    if len(sent) > len(places):
        if REST_OF_WORLD in places:
            raise OptionError(
                text("faults.calls.estimate.place_already_named_rename", rest_of_world=repr(REST_OF_WORLD))
            )
        places.append(REST_OF_WORLD)
        cost = _with_rest(cost, within=rest_within)
    with np.errstate(divide="ignore"):
        start = np.add.outer(np.log(sent), np.log(received))
    shape = log_decay(cost, decay, exponent, rate)
    position = {place: i for i, place in enumerate(places)}
    for sources, targets in _rows(zeros, "zeros", ("sources", "targets")):
        shape[np.ix_(_ends(position, sources, "zeros"), _ends(position, targets, "zeros"))] = -np.inf
    blocks = [_block(position, *one) for one in _rows(known, "known", ("sources", "targets", "value"))]
    wanted = Constraints(sent, received, blocks, places)
    table, iterations = _fit(start, shape, wanted, tolerance, max_iterations)
    flows = _tidy(table, places)
    flows.attrs.update(iterations=iterations, error=wanted.error(table), balance=balance, scale=scale)
    return flows


def _margins(out_totals: pd.Series, in_totals: pd.Series, places: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    if apart := set(in_totals.index) ^ set(places):
        names = ", ".join(map(str, ordered(apart)))
        raise OptionError(text("faults.calls.estimate.out_totals_in_totals_must_name", names=names))
    if len(out_totals) != len(places) or len(in_totals) != len(places):
        raise OptionError(text("faults.calls.estimate.out_totals_in_totals_must_name_2"))
    sent, received = numbers(out_totals[places], "out_totals"), numbers(in_totals[places], "in_totals")
    for name, totals in (("out_totals", sent), ("in_totals", received)):
        wrong = [f"{v:g} for {p}" for p, v in zip(places, totals, strict=True) if not (np.isfinite(v) and v >= 0)]
        if wrong:
            raise OptionError(text("faults.calls.estimate.must_finite_totals_0", name=name, wrong=join_texts(wrong)))
    return sent, received


def _costs(costs: pd.DataFrame, places: list[Any], *, diagonal: bool, needed: bool) -> np.ndarray:
    """Return the costs in order, infinite where a place may not send to itself."""
    missing = [p for p in places if p not in costs.index or p not in costs.columns]
    if missing:
        came = text("faults.calls.alike.none_for", v=join_texts(map(str, missing)))
        raise table_fault(
            "costs", text("faults.calls.alike.row_column_every_place"), came, text("faults.calls.alike.add_them")
        )
    if not (costs.index.is_unique and costs.columns.is_unique):
        raise table_fault(
            "costs",
            text("faults.calls.estimate.every_place_once_row"),
            "copies",
            text("faults.calls.alike.drop_copies"),
        )
    with numeric("costs"):
        cost = cells_between(costs, places)
    if not diagonal:
        np.fill_diagonal(cost, np.inf)
    apart = ~np.eye(len(places), dtype=bool)
    if not needed:
        cost[apart] = 1.0
        return np.where(np.isinf(cost) & ~apart, np.inf, 1.0)
    if not (cost[apart] > 0).all():
        raise table_fault(
            "costs",
            text("faults.calls.estimate.positive_numbers_between_different"),
            "others",
            text("faults.calls.alike.correct_these_cells"),
        )
    if not (cost > 0).all():
        raise table_fault(
            "costs",
            text("faults.calls.estimate.positive_distance_each_place"),
            "others",
            text("faults.calls.estimate.leave_diagonal_out"),
        )
    return cost


def _balanced(
    sent: np.ndarray, received: np.ndarray, balance: str, total: float | None, *, rest_within: bool
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return margins that add up to the same, and the factor applied to one of them."""
    out, into = float(sent.sum()), float(received.sum())
    if total is not None and balance != "rest_of_world":
        raise OptionError(text("faults.calls.estimate.total_needs_balancerest_of_world"))
    if balance == "rest_of_world":
        with numeric("total"):
            whole = max(out, into) if total is None else float(total)
        if not whole >= max(out, into) * (1 - ROUNDING):
            raise OptionError(
                text(
                    "faults.calls.estimate.total_below_what_places",
                    whole=f"{whole:g}",
                    out=f"{out:g}",
                    into=f"{into:g}",
                )
            )
        if not rest_within and whole > (out + into) * (1 + ROUNDING):
            raise OptionError(
                text("faults.calls.estimate.total_above_what_places", whole=f"{whole:g}", v=f"{out + into:g}")
            )
        return np.r_[sent, max(whole - out, 0.0)], np.r_[received, max(whole - into, 0.0)], 1.0
    if balance != "raise" and (out == 0) != (into == 0):
        empty = "in_totals" if out else "out_totals"
        raise OptionError(text("faults.calls.estimate.all_0_factor_scales", empty=empty))
    if balance == "scale_out" and out > 0:
        return sent * (into / out), received, into / out
    if balance == "scale_in" and into > 0:
        return sent, received * (out / into), out / into
    if not np.isclose(out, into, rtol=ROUNDING, atol=0.0):
        raise OptionError(
            text(
                "faults.calls.estimate.what_sent_what_received", out=f"{out:g}", into=f"{into:g}", v=f"{out - into:+g}"
            )
        )
    # sums that agree but for the last digits are left as they are
    scale = out / into if into > 0 and abs(out - into) > 1e-12 * into else 1.0
    return sent, received * scale, scale


def _with_rest(cost: np.ndarray, *, within: bool) -> np.ndarray:
    """Add the rest of the world at one distance; which one matters only to what stays within it."""
    finite = cost[np.isfinite(cost)]
    wide = np.full((len(cost) + 1, len(cost) + 1), np.median(finite) if finite.size else 1.0)
    wide[:-1, :-1] = cost
    if not within:
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
            raise OptionError(
                text("faults.calls.estimate.must_list", option=option, parts=join_texts(parts), row=repr(row))
            )
    return [tuple(row) for row in rows]


def _block(position: dict[Any, int], sources: object, targets: object, value: float) -> Block:
    rows, columns = _ends(position, sources, "known"), _ends(position, targets, "known")
    places = list(position)
    if not (np.isfinite(numbers(value, "known flows")) and value >= 0):
        raise OptionError(text("faults.calls.estimate.known_flows_must_finite", value=repr(value)))
    names = (
        " + ".join(str(places[i]) for i in ends[:4]) + (" + …" if len(ends) > 4 else "") for ends in (rows, columns)
    )
    return Block(rows, columns, float(value), "the known flow " + " -> ".join(names))


def _fit(
    start: np.ndarray, shape: np.ndarray, wanted: Constraints, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, int]:
    """Return the table that meets every constraint, in the shape of the start, and the rounds taken."""
    open_to = np.isfinite(shape)
    # a fixed cell leaves the fit, unless it is 0 by nature
    cells = {(i, j): v for (i, j), v in wanted.cells().items() if open_to[i, j] or v == 0 or i == j}
    fixed = np.zeros_like(shape)
    for cell, value in cells.items():
        fixed[cell] = value
        open_to[cell] = False
    rest = wanted.without(fixed, cells)
    if rest is None:
        raise OptionError(wanted.contradiction(open_to | (fixed > 0)) or wanted.beyond(fixed))
    table, rounds, met = fit_table(np.where(open_to, start, -np.inf), shape, rest, tolerance, max_iterations)
    if not met and (said := wanted.contradiction(open_to | (fixed > 0))):
        raise OptionError(said)
    if not met or _empties(table, shape, rest, open_to):
        possible = rest.possible(open_to)
        if possible is not None and (open_to & ~possible).any():
            begun = np.where(open_to & possible, start, -np.inf)
            table, more, met = fit_table(begun, shape, rest, tolerance, max_iterations)
            rounds += more
    if not met:
        raise OptionError(wanted.furthest(table + fixed, rounds))
    # what the last digits of both totals cannot show is nothing
    faint = table < np.finfo(float).eps * np.minimum.outer(wanted.sent, wanted.received)
    return np.where(faint, 0.0, table) + fixed, rounds


def _empties(table: np.ndarray, shape: np.ndarray, wanted: Constraints, open_to: np.ndarray) -> bool:
    """Return whether cells run empty that the shape alone would not empty."""
    if not open_to.any() or np.ptp(shape[open_to]) > FLAT:
        return False
    return bool((open_to & (table < _EMPTYING * np.minimum.outer(wanted.sent, wanted.received))).any())


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
