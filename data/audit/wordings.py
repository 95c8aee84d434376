"""Read how a text words a number: about 2 times, nearly 4,000, over a third, less than 1/8.

Each wording has two ranges. Within the strict one a claim holds; within the loose one it holds within rounding. Both
are conventions of this module, stated once; a unit is that of the last digit that is not 0:

- ``equal``: the number rounds to what is claimed. A fraction such as 1/3 holds within 5%, and loosely where 1/n is the
  nearest fraction of its kind.
- ``about``: within 5% and one unit; loosely within 10% and two units, or within half a unit.
- ``nearly``: up to 10% below; loosely up to 20% or half a unit below.
- ``over``: above, by up to one unit; loosely, any amount above.
- ``slightly_over``: above by up to 5%; loosely by up to 10%.
- ``tenths``: from the tenth claimed to the next, as in seven tenths and more; loosely from half a tenth below.
- ``more_than``, ``less_than``, ``at_least``, ``at_most``: above or below, the number itself out or in.

Whoever reads a ratio back from words (`worded_range`) takes the loose range of about, nearly and tenths, and the strict
one of the others and of fractions, whose loose ranges are too wide to say anything.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .intervals import OPEN_END, Interval, printed_interval

__all__ = ["WORDINGS", "WordedNumber", "worded_number", "worded_range"]

_READ_LOOSELY = frozenset({"about", "nearly", "tenths"})


@dataclass(frozen=True, slots=True)
class WordedNumber:
    """What a worded number allows.

    Parameters
    ----------
    strict, loose : Interval
        Where the wording holds, and where it holds within rounding.
    within : bool
        Whether the ends belong to the ranges.
    """

    strict: Interval
    loose: Interval
    within: bool = True

    def holds(self, value: Fraction) -> bool:
        """Whether a number is as worded."""
        return self.strict.holds(value) if self.within else self.strict.low < value < self.strict.high

    def may_hold(self, found: Interval) -> bool:
        """Whether some number within the bounds is loosely as worded."""
        if self.within:
            return found.overlaps(self.loose)
        return found.low < self.loose.high and self.loose.low < found.high


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A number as claimed: its value, the unit of its last digit that is not 0, and its rounding."""

    value: Fraction
    unit: Fraction
    rounding: Interval
    fraction: bool

    def around(self, below: Fraction, above: Fraction) -> Interval:
        return Interval(self.value - below, self.value, self.value + above)

    def part(self, percent: int) -> Fraction:
        return abs(self.value) * percent / 100


def _equal(one: _Claimed) -> WordedNumber:
    strict = one.around(one.part(5), one.part(5)) if one.fraction else one.rounding
    return WordedNumber(strict, one.rounding)


def _about(one: _Claimed) -> WordedNumber:
    if one.fraction:
        return _equal(one)
    near, far = min(one.part(5), one.unit), max(min(one.part(10), 2 * one.unit), one.unit / 2)
    return WordedNumber(one.around(near, near), one.around(far, far))


def _nearly(one: _Claimed) -> WordedNumber:
    zero = Fraction(0)
    return WordedNumber(one.around(one.part(10), zero), one.around(max(one.part(20), one.unit / 2), zero))


def _over(one: _Claimed) -> WordedNumber:
    zero = Fraction(0)
    unit = one.part(25) if one.fraction else one.unit
    return WordedNumber(one.around(zero, unit), one.around(zero, OPEN_END))


def _slightly_over(one: _Claimed) -> WordedNumber:
    zero = Fraction(0)
    return WordedNumber(one.around(zero, one.part(5)), one.around(zero, one.part(10)), within=False)


def _tenths(one: _Claimed) -> WordedNumber:
    return WordedNumber(one.around(Fraction(0), one.unit), one.around(one.unit / 2, one.unit))


def _above(*, within: bool) -> Callable[[_Claimed], WordedNumber]:
    def worded(one: _Claimed) -> WordedNumber:
        above = one.around(Fraction(0), OPEN_END)
        return WordedNumber(above, above, within=within)

    return worded


def _below(*, within: bool) -> Callable[[_Claimed], WordedNumber]:
    def worded(one: _Claimed) -> WordedNumber:
        below = one.around(OPEN_END, Fraction(0))
        return WordedNumber(below, below, within=within)

    return worded


# by the key in the vocabulary
WORDINGS: dict[str, Callable[[_Claimed], WordedNumber]] = {
    "equal": _equal,
    "about": _about,
    "nearly": _nearly,
    "over": _over,
    "slightly_over": _slightly_over,
    "tenths": _tenths,
    "more_than": _above(within=False),
    "less_than": _below(within=False),
    "at_least": _above(within=True),
    "at_most": _below(within=True),
}


def worded_number(wording: str, printed: str) -> WordedNumber | None:
    """Return what a worded number allows, or nothing where the number cannot be read.

    Parameters
    ----------
    wording : str
        A key of `WORDINGS`.
    printed : str
        The number, as `printed_interval` reads it.

    Examples
    --------
    >>> twice = worded_number("about", "2")
    >>> float(twice.strict.high), float(twice.loose.high)
    (2.1, 2.5)
    """
    rounding = printed_interval(printed)
    if rounding is None:
        return None
    fraction = "/" in printed
    # a fraction has no last digit
    unit = Fraction(0) if fraction else _unit(rounding)
    return WORDINGS[wording](_Claimed(rounding.center, unit, rounding, fraction))


def worded_range(wording: str, printed: str) -> tuple[float, float, float]:
    """Return the number of a wording, and the least and the greatest that a reader takes it to be.

    Parameters
    ----------
    wording : str
        A key of `WORDINGS`.
    printed : str
        A number above 0 that `printed_interval` reads.

    Examples
    --------
    >>> worded_range("nearly", "4"), worded_range("more_than", "3")
    ((4.0, 3.2, 4.0), (3.0, 3.0, inf))
    """
    worded = worded_number(wording, printed)
    if worded is None:
        raise ValueError(printed)
    fraction = "/" in printed
    loosely = wording == "nearly" or (wording in _READ_LOOSELY and not fraction)
    bounds = worded.loose if loosely else worded.strict
    low, number, high = bounds.low, bounds.center, bounds.high
    # 5% either way holds whatever is within 5% by decimals
    slack = Fraction(1, 10**9) * number if fraction and wording in {"equal", "about"} else Fraction(0)
    return float(number), float(max(low - slack, 0)), math.inf if high >= OPEN_END else float(high + slack)


def _unit(rounding: Interval) -> Fraction:
    """Return the unit of the last digit that is not 0 before the point, or of the last one behind it."""
    unit = rounding.high - rounding.low
    while unit >= 1 and rounding.center and rounding.center % (10 * unit) == 0:
        unit *= 10
    return unit
