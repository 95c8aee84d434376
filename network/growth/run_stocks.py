"""Run a model of stocks: exactly where it is linear, by an explicit Runge-Kutta method where stocks multiply."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq

from ...data.errors import OptionError
from ...data.options import number_faults, refuse
from .stock_equations import StockEquations, stock_equations
from .stock_model import StockModel
from .stock_path import StockPath

__all__ = ["run_stocks"]

_At: TypeAlias = Callable[[float], np.ndarray]
_RELATIVE, _ABSOLUTE = 1e-10, 1e-12


def run_stocks(model: StockModel, *, horizon: float, points: int = 401) -> StockPath:
    """Run a model of stocks from its beginning to a horizon.

    Parameters
    ----------
    model : StockModel
    horizon : float
        End, later than the beginning of the model, in its unit of time.
    points : int
        Number of even time steps returned, both ends included.

    Returns
    -------
    StockPath

    Raises
    ------
    OptionError
        If a number is outside its range, or stocks grow beyond all bounds before the horizon.

    Notes
    -----
    Limit cases, each tested:

    - an input u and a loss at rate d: K(t) = u / d + (K(0) - u / d) * exp(-d t);
    - transfers between stocks alone keep the sum of the stocks and of what is under way;
    - one transfer driven by both its ends: the logistic curve; with one driven by the source alone, that of Bass;
    - another order of stocks or transfers changes no more than rounding.

    A linear model (each transfer driven by one stock at most) is solved by the matrix exponential between the dates at
    which rates change and transfers open; any other by DOP853, relative tolerance 1e-10, absolute 1e-12 of the largest
    stock or input. When a transfer opens is looked for between every two of the times returned and found exactly: a
    stock that passes its threshold and falls below it again between two of them is missed.

    Examples
    --------
    >>> from innoscape.network import StockModel, Transfer
    >>> leak = Transfer("leak", "tank", rate=0.5)
    >>> model = StockModel({"tank": 0.0}, [Transfer("inlet", target="tank", rate=2.0), leak])
    >>> run_stocks(model, horizon=4.0, points=3).stocks["tank"].round(3).tolist()
    [0.0, 2.528, 3.459]
    """
    faults = number_faults("horizon", horizon, above=model.begin), number_faults("points", points, least=2, whole=True)
    refuse(fault for part in faults for fault in part)
    equations = stock_equations(model)
    begin, end = float(model.begin), float(horizon)
    grid = np.linspace(begin, end, points)
    state = np.zeros(len(equations.stocks) + len(equations.under_way))
    state[: len(equations.stocks)] = [model.stocks[name] for name in equations.stocks]
    rows = np.empty((points, len(state)))
    rows[0] = state
    opened = np.full(len(equations.gates), np.nan)
    bounds = [begin, *sorted(t for t in equations.dates if begin < t < end), end]
    for start, stop in pairwise(bounds):
        clock = start
        while clock < stop:
            asked = np.append(grid[(grid > clock) & (grid < stop)], stop)
            found, (clock, state) = _to_next_opening(equations, opened, clock, state, asked)
            times = asked[: len(found)]
            on_grid = np.isin(times, grid)
            rows[np.searchsorted(grid, times[on_grid])] = found[on_grid]
    return StockPath.of(model, equations, grid, rows, opened)


def _to_next_opening(
    equations: StockEquations, opened: np.ndarray, clock: float, state: np.ndarray, asked: np.ndarray
) -> tuple[np.ndarray, tuple[float, np.ndarray]]:
    """Advance to the last of the times asked for or to the next opening; note in ``opened`` what is open before."""
    states = np.array([gate.state for gate in equations.gates], dtype=int)
    levels = equations.levels_at(clock)
    opened[np.isnan(opened) & (state[states] >= levels)] = clock
    rates = equations.rates_at(clock, ~np.isnan(opened))
    with np.errstate(over="ignore", invalid="ignore"):
        found, at = _advance(equations, rates, clock, state, asked)
    passed = np.isnan(opened) & (found[:, states] >= levels)
    rows = np.flatnonzero(passed.any(axis=1))
    until = len(asked) if not len(rows) else int(rows[0]) + 1
    if not np.isfinite(found[:until]).all():
        beyond = asked[: len(found)][~np.isfinite(found).all(axis=1)]
        raise OptionError(
            f"the stocks grow beyond all bounds before time {min(beyond, default=asked[-1]):g}; "
            "lower the rates or the horizon"
        )
    if not len(rows):
        return found, (float(asked[-1]), found[-1])
    row = int(rows[0])
    before = asked[row - 1] if row else clock
    gates = np.flatnonzero(passed[row])
    times = [_opening(at, before, asked[row], int(states[gate]), float(levels[gate])) for gate in gates]
    first = min(times)
    state = at(first)
    for gate, time in zip(gates, times, strict=True):
        if time == first:
            # rounding must not leave it below the threshold that it has reached
            state[states[gate]] = max(state[states[gate]], levels[gate])
    whole = found[:row] if first < asked[row] else np.vstack([found[:row], state])
    return whole, (first, state)


def _opening(at: _At, before: float, after: float, state: int, level: float) -> float:
    """Return when a state passes a level between two times."""

    def gap(time: float) -> float:
        return at(time)[state] - level

    # either end may stand at the level itself, within rounding
    if gap(after) <= 0 or gap(before) >= 0:
        return float(after)
    return float(brentq(gap, before, after, xtol=1e-12 * max(1.0, abs(after)), rtol=1e-14))  # type: ignore[arg-type]


def _advance(
    equations: StockEquations, rates: np.ndarray, clock: float, state: np.ndarray, asked: np.ndarray
) -> tuple[np.ndarray, _At]:
    """Return the states at the times asked for, and a function that gives them at any time between."""
    if equations.linear:
        generator = equations.generator(rates)
        full = np.append(state, 1.0)
        widths = np.diff(np.append(clock, asked))
        # steps that differ by rounding alone share their exponential
        widths = np.round(widths / widths.max(), 9) * widths.max()
        moves = {width: expm(generator * width) for width in np.unique(widths)}
        rows = np.empty((len(asked), len(full)))
        for i, width in enumerate(widths):
            full = moves[width] @ full
            rows[i] = full
        start = np.append(state, 1.0)
        return rows[:, :-1], lambda time: (expm(generator * (time - clock)) @ start)[:-1]
    scale = max([1e-300, *np.abs(state), *rates])
    found = solve_ivp(
        lambda _, held: equations.slope(np.maximum(held, 0.0), rates),
        (clock, asked[-1]),
        state,
        method="DOP853",
        t_eval=asked,
        dense_output=True,
        rtol=_RELATIVE,
        atol=_ABSOLUTE * scale,
    )
    if not found.success:
        last = max([clock, *found.t])
        raise OptionError(f"the stocks grow beyond all bounds soon after time {last:g}; lower the rates or the horizon")
    return np.maximum(found.y.T, 0.0), lambda time: np.maximum(found.sol(time), 0.0)
