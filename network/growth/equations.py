"""State the equations of knowledge stocks: what moves each stock, and how every stock moves every other.

Arrays stand in the order of the places; sums run place by place, so no library's threads can change a bit.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import absent_place_faults, is_number, refuse

__all__ = ["SPILLS", "Equations", "Given", "per_place"]

Given: TypeAlias = Mapping[Hashable, float] | pd.Series | float

Spill = Literal["gap", "level"]
SPILLS: tuple[str, ...] = get_args(Spill)
# stocks closer than this, relative to the larger, count as equal where a kink lies between
_SAME = 1e-7


@dataclass(frozen=True, eq=False)
class Equations:
    """The equations of `grow` with their numbers.

    Attributes
    ----------
    places : tuple
        Keys, in the order of every array.
    production, returns, siphoning, depreciation : ndarray
        n, per place.
    scale, infrastructure, congestion, knowledge, attraction, outside : float
    spill : {"gap", "level"}
    access : ndarray or None
        n x n, rows lose; the diagonal is what holds stock at home. None: 1 everywhere.
    starts : ndarray
        Start of each phase; the first is 0.
    rates : ndarray
        phases x n x n, rates of spill-over, rows are sources.
    external : ndarray
        phases x n, rates of spill-over from outside.
    """

    places: tuple[Hashable, ...]
    production: np.ndarray = field(repr=False)
    returns: np.ndarray = field(repr=False)
    siphoning: np.ndarray = field(repr=False)
    depreciation: np.ndarray = field(repr=False)
    scale: float
    infrastructure: float
    congestion: float
    knowledge: float
    attraction: float
    outside: float
    spill: Spill
    access: np.ndarray | None = field(repr=False)
    starts: np.ndarray = field(repr=False)
    rates: np.ndarray = field(repr=False)
    external: np.ndarray = field(repr=False)

    def phase(self, time: float) -> int:
        """Return the phase in force at a time."""
        return int(np.searchsorted(self.starts, time, side="right")) - 1

    def terms(self, stock: np.ndarray, phase: int) -> dict[str, np.ndarray]:
        """Return what each term adds to every stock per unit of time."""
        held = np.maximum(stock, 0.0)
        size = held / self.scale
        made = self.production * self.scale * size**self.returns
        return {
            "production": made,
            "infrastructure": made * self.infrastructure * size / (1.0 + size + self.congestion * size**2),
            "knowledge": made * self.knowledge * np.log1p(size),
            "spillover": self._received(held, phase),
            "siphoning": self._drawn(held),
            "depreciation": -self.depreciation * held,
        }

    def slope(self, stock: np.ndarray, phase: int) -> np.ndarray:
        """Return the change of every stock per unit of time."""
        return np.add.reduce(list(self.terms(stock, phase).values()))

    def passed_on(self, stock: np.ndarray, phase: int) -> np.ndarray:
        """Return what the other places receive from each place per unit of time."""
        return (self.rates[phase] * self._lead(stock[:, None], stock[None, :])).sum(axis=1)

    def elasticity(self, stock: np.ndarray) -> np.ndarray:
        """Return by how many percent a place's own production rises when its stock rises by one percent."""
        size = stock / self.scale
        gain, change = self._gain(size)
        return self.returns + size * change / gain

    def jacobian(self, stock: np.ndarray, phase: int) -> np.ndarray:
        """Return how the change of each stock (rows) answers every stock (columns)."""
        n = len(stock)
        size = stock / self.scale
        gain, change = self._gain(size)
        own = self.production * size ** (self.returns - 1.0) * (self.returns * gain + size * change)
        out = np.diag(own - self.depreciation)
        rates, outside = self.rates[phase], self.external[phase]
        if self.spill == "level":
            out += rates.T
        else:
            ahead = rates * _leads(stock[:, None], stock[None, :])
            out += ahead.T
            out[np.diag_indices(n)] -= ahead.sum(axis=0) + outside * _leads(self.outside, stock)
        return out + self._drawn_slope(stock)

    def _gain(self, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the factor by which agglomeration raises production, and its derivative by relative size."""
        crowd = 1.0 + size + self.congestion * size**2
        gain = 1.0 + self.infrastructure * size / crowd + self.knowledge * np.log1p(size)
        change = self.infrastructure * (1.0 - self.congestion * size**2) / crowd**2 + self.knowledge / (1.0 + size)
        return gain, change

    def _lead(self, source: np.ndarray | float, target: np.ndarray) -> np.ndarray:
        """Return the stock that can spill over from source to target."""
        if self.spill == "level":
            return source + 0.0 * target
        return np.maximum(source - target, 0.0)

    def _received(self, stock: np.ndarray, phase: int) -> np.ndarray:
        near = (self.rates[phase] * self._lead(stock[:, None], stock[None, :])).sum(axis=0)
        return near + self.external[phase] * self._lead(self.outside, stock)

    def _shares(self, stock: np.ndarray) -> np.ndarray:
        """Return which share of what leaves its place each place attracts (rows lose, one row if all are alike)."""
        pull = (stock / self.scale) ** self.attraction
        pull = pull[None, :] if self.access is None else self.access * pull
        total = pull.sum(axis=1, keepdims=True)
        home = np.zeros_like(pull) if self.access is None else np.eye(len(stock))
        return np.divide(pull, total, out=home, where=total > 0)

    def _drawn(self, stock: np.ndarray) -> np.ndarray:
        if not self.siphoning.any():
            return np.zeros_like(stock)
        leaves, shares = self.siphoning * stock, self._shares(stock)
        if self.access is None:
            return leaves.sum() * shares[0] - leaves
        return (leaves[:, None] * shares).sum(axis=0) - leaves

    def _drawn_slope(self, stock: np.ndarray) -> np.ndarray:
        if not self.siphoning.any():
            return np.zeros((len(stock), len(stock)))
        shares, leaves = self._shares(stock), self.siphoning * stock
        if self.access is None:
            arrives, both = leaves.sum() * shares[0], leaves.sum() * np.outer(shares[0], shares[0])
        else:
            moves = leaves[:, None] * shares
            arrives, both = moves.sum(axis=0), moves.T @ shares
        steep = self.attraction / stock
        out = np.broadcast_to(self.siphoning[:, None] * shares, both.shape).T - np.diag(self.siphoning)
        return out + np.diag(arrives * steep) - both * steep


def _leads(source: np.ndarray | float, target: np.ndarray) -> np.ndarray:
    """Return 1 where the source holds more, 0 where it holds less, 1/2 where both hold the same within rounding."""
    gap = source - target
    return np.where(np.abs(gap) <= _SAME * np.maximum(source, target), 0.5, gap > 0)


def per_place(given: Given, places: tuple[Hashable, ...], *, name: str) -> np.ndarray:
    """Return one number of at least 0 for each place, from a number for all or one for each."""
    if isinstance(given, int | float | np.number) and not isinstance(given, bool):
        values = [given] * len(places)
    elif isinstance(given, Mapping | pd.Series):
        known: dict[Hashable, float] = dict(given.items())  # type: ignore[union-attr]
        refuse(absent_place_faults(name, known, places))
        values = [known[p] for p in places]
    else:
        raise OptionError(f"{name}: needed a number or one number for each place, got {type(given).__name__}")
    wrong = [f"{v!r} for {p}" for p, v in zip(places, values, strict=True) if not (is_number(v) and v >= 0)]
    if wrong:
        raise OptionError(f"{name}: needed finite numbers of at least 0, got {', '.join(wrong)}")
    return np.array(values, dtype=float)
