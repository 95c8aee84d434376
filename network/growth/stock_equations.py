"""State the equations of a model of stocks in arrays: what moves at given rates, and how each stock moves the others.

The states are the stocks, then what is under way in each step of the delayed transfers.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .stepped import Stepped, as_steps
from .stock_model import StockModel, Transfer

__all__ = ["Gate", "StockEquations", "stock_equations"]


class Gate(NamedTuple):
    """A threshold that opens a transfer.

    Parameters
    ----------
    transfer : str
    stock : str
    state : int
        Position of the stock.
    levels : Stepped
        Time -> threshold from then on; none can be passed before the first.
    """

    transfer: str
    stock: str
    state: int
    levels: Stepped


@dataclass(frozen=True, eq=False)
class StockEquations:
    """The equations of a model of stocks.

    Attributes
    ----------
    stocks : tuple of str
    under_way : tuple of str
        Name of the delayed transfer for each of the further states.
    transfers : tuple of str
        Name of the transfer that each move belongs to; its first move leaves the source.
    moves : ndarray
        States x moves: -1 where a move takes from a state, 1 where it adds.
    drivers : ndarray
        Moves x most drivers: positions of states; the position behind the last state stands for the number 1.
    rates : tuple of Stepped
        Of each move.
    gates : tuple of Gate
    """

    stocks: tuple[str, ...]
    under_way: tuple[str, ...]
    transfers: tuple[str, ...]
    moves: np.ndarray = field(repr=False)
    drivers: np.ndarray = field(repr=False)
    rates: tuple[Stepped, ...] = field(repr=False)
    gates: tuple[Gate, ...] = field(repr=False)

    @property
    def linear(self) -> bool:
        """Whether each move is driven by one state at most."""
        return self.drivers.shape[1] == 1

    @property
    def dates(self) -> set[float]:
        """Times at which a rate or a threshold changes."""
        return {float(t) for steps in (*self.rates, *(gate.levels for gate in self.gates)) for t in steps.times}

    @cached_property
    def kept(self) -> np.ndarray:
        """Rows: sums of states that no move changes."""
        left, size, _ = np.linalg.svd(self.moves)
        rank = int((size > 1e-9 * max(size, default=0.0)).sum())
        return left[:, rank:].T

    def rates_at(self, time: float, opened: np.ndarray) -> np.ndarray:
        """Return the rate of each move at a time, given which gates have opened."""
        closed = {gate.transfer for gate, is_open in zip(self.gates, opened, strict=True) if not is_open}
        first = [i == 0 or self.transfers[i - 1] != name for i, name in enumerate(self.transfers)]
        # what is under way arrives, whatever has closed behind it
        return np.array(
            [
                0.0 if begins and name in closed else steps.at(time)
                for begins, name, steps in zip(first, self.transfers, self.rates, strict=True)
            ]
        )

    def levels_at(self, time: float) -> np.ndarray:
        """Return the threshold of each gate at a time."""
        return np.array([gate.levels.at(time, before=np.inf) for gate in self.gates])

    def amounts(self, state: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """Return what each move moves per unit of time."""
        return rates * np.append(state, 1.0)[self.drivers].prod(axis=1)

    def slope(self, state: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """Return the change of every state per unit of time."""
        return self.moves @ self.amounts(state, rates)

    def jacobian(self, state: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """Return how the change of each state (rows) answers every state (columns)."""
        values = np.append(state, 1.0)[self.drivers]
        answers = np.zeros((len(rates), len(state) + 1))
        for k in range(self.drivers.shape[1]):
            others = np.delete(values, k, axis=1).prod(axis=1)
            np.add.at(answers, (np.arange(len(rates)), self.drivers[:, k]), rates * others)
        return self.moves @ answers[:, :-1]

    def generator(self, rates: np.ndarray) -> np.ndarray:
        """Return the matrix that moves the states and the number 1 of a linear model."""
        size = len(self.moves)
        answers = np.zeros((len(rates), size + 1))
        answers[np.arange(len(rates)), self.drivers[:, 0]] = rates
        return np.vstack([self.moves @ answers, np.zeros(size + 1)])


def stock_equations(model: StockModel) -> StockEquations:
    """Return the equations of a model."""
    stocks = tuple(model.stocks)
    delayed = [one for one in model.transfers if one.delay > 0]
    under_way = tuple(one.name for one in delayed for _ in range(one.order))
    begins = {one.name: len(stocks) + under_way.index(one.name) for one in delayed}
    size = len(stocks) + len(under_way)
    moves: list[tuple[str, int, int, tuple[int, ...], Stepped]] = []
    for one in model.transfers:
        moves += _moves(one, stocks, begins.get(one.name), size)
    most = max([1, *(len(drivers) for _, _, _, drivers, _ in moves)])
    table = np.zeros((size + 1, len(moves)))
    for column, (_, source, target, _, _) in enumerate(moves):
        table[source, column] -= 1.0
        table[target, column] += 1.0
    filled = [(*drivers, *[size] * (most - len(drivers))) for _, _, _, drivers, _ in moves]
    gates = [
        Gate(one.name, stock, stocks.index(stock), as_steps(level, name=one.name))
        for one in model.transfers
        for stock, level in one.after.items()
    ]
    return StockEquations(
        stocks=stocks,
        under_way=under_way,
        transfers=tuple(name for name, *_ in moves),
        moves=table[:-1],
        drivers=np.array(filled, dtype=int).reshape(len(moves), most),
        rates=tuple(steps for *_, steps in moves),
        gates=tuple(gates),
    )


def _moves(
    one: Transfer, stocks: tuple[str, ...], begin: int | None, size: int
) -> list[tuple[str, int, int, tuple[int, ...], Stepped]]:
    """Return the moves of a transfer: its name, source, target, drivers and rate; ``size`` is the outside."""
    position = {name: i for i, name in enumerate(stocks)} | {None: size}
    drivers = tuple(stocks.index(name) for name in one.driven_by)
    stops = [position[one.source], position[one.target]]
    if begin is not None:
        stops[1:1] = range(begin, begin + one.order)
    onward = as_steps(one.order / one.delay if one.delay else 0.0, name=one.name)
    steps = [(drivers, as_steps(one.rate, name=one.name)), *(((stop,), onward) for stop in stops[1:-1])]
    return [
        (one.name, source, target, by, rate)
        for source, target, (by, rate) in zip(stops[:-1], stops[1:], steps, strict=True)
    ]
