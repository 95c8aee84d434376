"""Find the rates at which stocks meet their targets at a date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from ...data.errors import InfeasibleError
from ...data.options import Wrong, is_number, listed, name_faults, number_faults, refuse
from .run_stocks import run_stocks
from .stock_model import ByName, StockModel, by_name

__all__ = ["solve_rates"]

# distance from a target, relative to it, that counts as none
_MET = 1e-6


def solve_rates(
    model: StockModel, targets: ByName, *, time: float, rates: Sequence[str], points: int = 51
) -> StockModel:
    """Find rates of some transfers at which stocks meet their targets at a time.

    It minimizes the sum of the squares of stock / target - 1 over the rates, none below 0, from the rates that the
    model holds; with as many targets as rates there is one answer or none in a chain of promotions.

    Parameters
    ----------
    model : StockModel
    targets : mapping or Series
        Stock -> what it is to be, positive.
    time : float
        When.
    rates : sequence of str
        Transfers whose rates are free, as many as targets; each with one rate for all times, positive where the
        search begins (else it begins at 0.1).
    points : int
        Times between which the opening of a transfer is looked for.

    Returns
    -------
    StockModel
        With the rates found; ``model.rates`` lists them.

    Raises
    ------
    InfeasibleError
        If no rates meet all targets; it names what the nearest ones reach.
    OptionError
        If a name is unknown, there are not as many rates as targets, or a rate changes in time.

    Examples
    --------
    >>> from innoscape.network import Transfer
    >>> model = StockModel({"firms": 100.0}, [Transfer("entry", target="firms", rate=1.0)], begin=2020.0)
    >>> float(solve_rates(model, {"firms": 200.0}, time=2025.0, rates=["entry"]).rates["entry"].round(6))
    20.0
    """
    targets = by_name(targets, name="targets")
    free = [str(name) for name in listed(rates, name="rates")]

    def faults() -> Iterator[Wrong]:
        yield from name_faults(targets, model.stocks, name="targets")
        yield from name_faults(free, [one.name for one in model.transfers], name="rates")
        for name, value in targets.items():
            yield from number_faults(f"target of {name!r}", value, above=0.0)
        if not targets or len(set(free)) != len(targets) or len(free) != len(targets):
            yield f"rates: needed as many different ones as targets, {len(targets)} of at least 1, got {len(free)}"
        for one in model.transfers:
            if one.name in free and not is_number(one.rate):
                yield f"rates: needed one rate for all times, got several for {one.name!r}"

    refuse(faults())
    goals = np.array([float(value) for value in targets.values()])

    def moved(values: np.ndarray) -> StockModel:
        found = dict(zip(free, map(float, values), strict=True))
        parts = [replace(one, rate=found[one.name]) if one.name in found else one for one in model.transfers]
        return replace(model, transfers=parts)

    def missed(values: np.ndarray) -> np.ndarray:
        end = run_stocks(moved(values), horizon=time, points=points).stocks.iloc[-1]
        return end[list(targets)].to_numpy() / goals - 1.0

    begin = np.array([float(model.transfer(name).rate) or 0.1 for name in free])  # type: ignore[arg-type]
    scale = begin.copy()
    found = least_squares(
        lambda part: missed(part * scale), np.ones(len(free)), bounds=(0.0, np.inf), xtol=1e-12, ftol=1e-13, gtol=1e-14
    )
    reached = goals * (found.fun + 1.0)
    if np.abs(found.fun).max() > _MET:
        said = ", ".join(
            f"{value:.6g} {name} for {targets[name]:g}" for name, value in zip(targets, reached, strict=True)
        )
        raise InfeasibleError(
            f"targets: needed rates of at least 0 that meet them at time {time:g}, the nearest reach {said}; "
            "change a target, the stocks at the beginning or the time, or free other rates"
        )
    return moved(found.x * scale)
