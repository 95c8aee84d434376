"""Say how sure an estimate is: intervals from the profile likelihood, tests of one term at a time.

The profile likelihood of a number is the likelihood with that number held and all others at their best. Its 95%
interval holds the values at which twice the log-likelihood falls by less than 3.84, the quantile of chi-square(1).
"""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np

from .likelihood import Problem, Solution

__all__ = ["dependent", "find_root", "interval", "ratio_test"]

_STEPS = 40


def interval(
    problem: Problem,
    best: Solution,
    position: int,
    fixed: Mapping[int, float],
    *,
    confidence_level: float,
    error: float,
) -> tuple[float, float]:
    """Return where the profile likelihood of one parameter has fallen by the quantile of chi-square(1).

    A bound of the parameter is returned where the likelihood never falls that far (for half-distances, which count as
    logarithms, and for effects: minus or plus infinity).
    """
    drop = NormalDist().inv_cdf(0.5 + confidence_level / 2) ** 2
    parameter = problem.parameters[position]
    at = best.numbers[position]
    width = error if np.isfinite(error) and error > 0 else _width(problem, best, position)
    warm = best.numbers

    def short(x: float) -> float:
        nonlocal warm
        found = problem.maximize({**fixed, position: x}, start=warm)
        if np.isfinite(found.height):
            warm = found.numbers
        return min(2.0 * (best.height - found.height), 1e6) - drop

    open_ended = parameter.kind in {"half_distance", "trait"}
    low = _edge(short, at, -width, parameter.low)
    warm = best.numbers
    high = _edge(short, at, width, parameter.high)
    return (
        (-np.inf if open_ended else parameter.low) if low is None else low,
        (np.inf if open_ended else parameter.high) if high is None else high,
    )


def _width(problem: Problem, best: Solution, position: int) -> float:
    """Return a first step for a parameter at its bound: a rate that would explain one adoption."""
    if position >= problem.linear:
        return 0.1
    _, b = problem.terms(best.numbers[problem.linear :])
    return 1.0 / b[position]


def _edge(short: Callable[[float], float], at: float, width: float, bound: float) -> float | None:
    """Return the zero of ``short`` on one side of the estimate, or None if the bound comes first."""
    seen = {at: -1.0}

    def remembered(x: float) -> float:
        if x not in seen:
            seen[x] = short(x)
        return seen[x]

    near, step = at, 1.5 * width
    for _ in range(_STEPS):
        far = near + step
        beyond = far <= bound if step < 0 else far >= bound
        far = bound if beyond else far
        if far == near:
            return None
        if remembered(far) > 0:
            return find_root(remembered, near, far, xtol=1e-4 * abs(width) + 1e-300, rtol=1e-9)
        if beyond:
            return None
        near, step = far, 2.0 * step
    return None


def find_root(function: Callable[[float], float], a: float, b: float, *, xtol: float, rtol: float) -> float:
    """Return a zero of a function between two points where it has different signs.

    Steps, bounds and result are those of ``scipy.optimize.brentq``, whose import costs more than all else here.

    References
    ----------
    Brent (1973) *Algorithms for Minimization Without Derivatives*, ch. 4.

    Examples
    --------
    >>> round(find_root(lambda x: x**3 - 2, 0.0, 2.0, xtol=1e-12, rtol=1e-12), 9)
    1.25992105
    """
    before, here, other = a, b, a
    f_before, f_here, f_other = function(a), function(b), 0.0
    last = step = 0.0
    if f_before == 0:
        return before
    while True:
        if f_here != 0 and (f_before > 0) != (f_here > 0):
            other, f_other = before, f_before
            last = step = here - before
        if abs(f_other) < abs(f_here):
            before, here, other = here, other, here
            f_before, f_here, f_other = f_here, f_other, f_here
        least, half = (xtol + rtol * abs(here)) / 2, (other - here) / 2
        if f_here == 0 or abs(half) < least:
            return here
        tried = math.inf
        if abs(last) > least and abs(f_here) < abs(f_before):
            if before == other:
                tried = -f_here * (here - before) / (f_here - f_before)
            else:
                slope, turn = (f_before - f_here) / (before - here), (f_other - f_here) / (other - here)
                tried = -f_here * (f_other * turn - f_before * slope) / (turn * slope * (f_other - f_before))
        if 2 * abs(tried) < min(abs(last), 3 * abs(half) - least):
            last, step = step, tried
        else:
            last = step = half
        before, f_before = here, f_here
        here += step if abs(step) > least else math.copysign(least, half)
        f_here = function(here)


def ratio_test(problem: Problem, best: Solution, position: int, fixed: Mapping[int, float]) -> tuple[float, float]:
    """Test one parameter against 0: twice the fall of the log-likelihood, and the p-value.

    A rate stands at the bound of what it may be, so its statistic follows 0.5 * chi-square(0) + 0.5 * chi-square(1).
    """
    held = {**fixed, position: 0.0}
    for p, parameter in enumerate(problem.searched, start=problem.linear):
        # without its rate a channel's own distance and tacit share mean nothing
        if parameter.kind != "trait" and problem.reached(parameter) == [position]:
            held.setdefault(p, best.numbers[p])
    without = problem.maximize(held, start=best.numbers)
    statistic = max(2.0 * (best.height - without.height), 0.0)
    # the upper tail of chi-square(1)
    tail = math.erfc(math.sqrt(statistic / 2.0))
    if position >= problem.linear:
        return statistic, tail
    return statistic, 0.5 * tail if statistic > 1e-9 else 1.0


def dependent(problem: Problem, values: np.ndarray, free: list[int]) -> list[int]:
    """Return the free rates of which some mixture changes nothing in the likelihood, if there is one."""
    rates = [p for p in free if p < problem.linear]
    if len(rates) < 2:
        return []
    a, b = problem.terms(values[problem.linear :])
    # in units of expected events; the last row is the time at risk
    unit = np.vstack([a[:, rates] / b[rates], np.full(len(rates), 1.0), np.zeros((len(rates), len(rates)))])
    _, size, turn = np.linalg.svd(unit, full_matrices=False)
    if size[-1] > 1e-7 * size[0]:
        return []
    return [p for p, part in zip(rates, turn[-1], strict=True) if abs(part) > 1e-3]
