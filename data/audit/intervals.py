"""Compute with printed numbers: a number and what its rounding leaves open.

A number printed as 3.70 may be anything from 3.695 to 3.705: half a unit of its last digit either way. Bounds are exact
fractions, so that no error of floating point decides a verdict; powers with a broken exponent are widened outwards by a
part in 10^13. The bounds of a result hold every result that numbers within the bounds of its parts can have; where a
number occurs twice they may be wider than need be.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

__all__ = ["MOST_BITS", "OPEN_END", "Interval", "Truth", "UndefinedResultError", "exactly", "printed_interval"]

_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?%?")
_FRACTION = re.compile(r"(\d{1,18})/(\d{1,18})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
# beyond these a power is no matter of printed figures
_MOST_POWER, _MOST_BASE = 100, Fraction(10) ** 30
_OUTWARDS = Fraction(1, 10**13)
_MOST_DIGITS = 40
# stands for no bound: beyond every number that can be printed or computed
OPEN_END = Fraction(10) ** 100
# exact fractions of more digits cost minutes and say no more
MOST_BITS = 2**17


class UndefinedResultError(ArithmeticError):
    """A result that does not exist: a quotient by what may be 0, or a power that is no number."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a comparison comes to.

    Parameters
    ----------
    center : bool
        Whether it is true of the numbers as printed.
    possible : bool
        Whether it is true of some numbers that round to them.
    """

    center: bool
    possible: bool

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.center and other.center, self.possible and other.possible)


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and its bounds.

    Parameters
    ----------
    low, center, high : Fraction
        Least value, value as printed, greatest value.

    Examples
    --------
    >>> grown = printed_interval("5.69") / printed_interval("2.05")
    >>> f"{float(grown.low):.3f} {float(grown.center):.3f} {float(grown.high):.3f}"
    '2.766 2.776 2.785'
    """

    low: Fraction
    center: Fraction
    high: Fraction

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.center + other.center, self.high + other.high)

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.center, -self.low)

    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [one * two for one, two in product((self.low, self.high), (other.low, other.high))]
        return Interval(min(ends), self.center * other.center, max(ends))

    def __truediv__(self, other: "Interval") -> "Interval":
        if other.low <= 0 <= other.high:
            raise UndefinedResultError
        return self * Interval(1 / other.high, 1 / other.center, 1 / other.low)

    def __pow__(self, exponent: "Interval") -> "Interval":
        if exponent.low == exponent.high and exponent.center.denominator == 1:
            return _whole_power(self, int(exponent.center))
        if self.low <= 0:
            raise UndefinedResultError
        # as many corners as there are: monotone in the base and in the exponent
        ends = [_power(one, two) for one, two in product((self.low, self.high), (exponent.low, exponent.high))]
        return Interval(min(ends) * (1 - _OUTWARDS), _power(self.center, exponent.center), max(ends) * (1 + _OUTWARDS))

    def __lt__(self, other: "Interval") -> Truth:
        return Truth(self.center < other.center, self.low < other.high)

    def __le__(self, other: "Interval") -> Truth:
        return Truth(self.center <= other.center, self.low <= other.high)

    def __gt__(self, other: "Interval") -> Truth:
        return other < self

    def __ge__(self, other: "Interval") -> Truth:
        return other <= self

    def same(self, other: "Interval") -> Truth:
        """Say whether two numbers are one: printed alike, the one with fewer digits being the other rounded."""
        center = self.low <= other.center <= self.high or other.low <= self.center <= other.high
        return Truth(center, self.overlaps(other))

    @property
    def bits(self) -> int:
        """Length of the longest number that it is written with."""
        ends = (self.low, self.center, self.high)
        return max(whole.bit_length() for end in ends for whole in end.as_integer_ratio())

    def overlaps(self, other: "Interval") -> bool:
        """Whether some number lies within the bounds of both."""
        return self.low <= other.high and other.low <= self.high

    def holds(self, value: Fraction) -> bool:
        """Whether a value lies within the bounds."""
        return self.low <= value <= self.high


def exactly(value: float | Fraction | str) -> Interval:
    """Return a number that nothing was rounded of.

    Examples
    --------
    >>> exactly(0.1).center
    Fraction(1, 10)
    """
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    return Interval(exact, exact, exact)


def printed_interval(printed: str, *, exact: bool = False) -> Interval | None:
    """Return a number as printed, or nothing where it is none.

    - Decimals, with or without separators of thousands and a percent sign: half a unit of the last digit either way.
    - Fractions of whole numbers: half a unit of the denominator, so 1/3 is from 1/3.5 to 1/2.5.
    - Months (``2014-04``): their number, counted from the year 0.

    Parameters
    ----------
    printed : str
        The number.
    exact : bool, default False
        Whether a whole number is a count or rank, of which nothing was rounded.

    Examples
    --------
    >>> printed_interval("3,056", exact=True).high, printed_interval("1/3").low
    (Fraction(3056, 1), Fraction(2, 7))
    >>> printed_interval("dozens") is None
    True
    """
    printed = unicodedata.normalize("NFKC", printed).strip().replace("\u2212", "-")
    if found := _MONTH.fullmatch(printed):
        return exactly(12 * int(found[1]) + int(found[2]))
    if found := _FRACTION.fullmatch(printed):
        above, below = int(found[1]), int(found[2])
        if not above or not below:
            return None
        half = Fraction(1, 2)
        return Interval(above / (below + half), Fraction(above, below), above / (below - half))
    if not (found := _DECIMAL.fullmatch(printed)) or len(printed) > _MOST_DIGITS:
        return None
    value = Fraction(printed.replace(",", "").rstrip("%"))
    if abs(value) > _MOST_BASE:
        return None
    digits = len(found[1] or "")
    half = Fraction(0) if exact and not digits else Fraction(1, 2 * 10**digits)
    return Interval(value - half, value, value + half)


def _whole_power(base: Interval, exponent: int) -> Interval:
    ends = (base.low, base.center, base.high)
    if abs(exponent) > _MOST_POWER or max(map(abs, ends)) > _MOST_BASE or abs(exponent) * base.bits > MOST_BITS:
        raise UndefinedResultError
    if exponent < 0:
        return exactly(1) / _whole_power(base, -exponent)
    low, center, high = (end**exponent for end in ends)
    least = Fraction(0) if exponent and exponent % 2 == 0 and base.low <= 0 <= base.high else min(low, high)
    return Interval(least, center, max(low, high))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    try:
        return Fraction(float(base) ** float(exponent))
    except (OverflowError, ZeroDivisionError):
        raise UndefinedResultError from None
