"""Turn ratios into words such as "nearly 4 times" or "less than 1/8", and such words back into bounds.

The bounds are the loose ones of how texts round; a unit is that of the last digit that is not 0.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from ...data.errors import OptionError
from ...data.options import check_number
from ...data.spellings import spellings
from ...data.wording.catalogue import Text, text

__all__ = ["WordedRatio", "ratio_wording", "read_ratio"]

_NUMBER = re.compile(r"(?<![\d./])(\d{1,18})(?:/(\d{1,18})|(\.\d{1,12}))?(\s*%)?")
# how near a ratio must be to a multiple to be called equal to it, or about it
_EQUAL, _ABOUT, _NEARLY = 0.005, 0.05, 0.2
# above this a multiple is rounded to two digits
_WHOLE = 20


@dataclass(frozen=True, slots=True)
class _Number:
    """A number, the unit of its last digit that is not 0, and that of its last digit."""

    value: float
    unit: float
    last: float
    fraction: bool


class WordedRatio(NamedTuple):
    """What a worded ratio allows.

    Parameters
    ----------
    kind : str
        ``equal``, ``about``, ``nearly``, ``over``, ``more_than``, ``less_than``, ``at_least``, ``at_most``.
    number : float
        The multiple or share named.
    low, high : float
        Least and greatest ratio that the wording allows.
    """

    kind: str
    number: float
    low: float
    high: float

    @property
    def relation(self) -> str:
        """``above``, ``below`` or ``equal`` to the other side, or ``undecided`` where the bounds allow several."""
        if self.low >= 1 and self.high > 1:
            return "above"
        if self.high <= 1 and self.low < 1:
            return "below"
        return "equal" if self.low == self.high == 1 else "undecided"


def ratio_wording(ratio: float) -> Text:
    """Say a ratio as a text does, in every language.

    From 1 on, the multiples are whole numbers, of two digits from 20 on: a ratio within 0.5% is *k times*, up to 5%
    above *about k times*, up to 10% below *nearly k times*, and else *over k times*; within 5% of 1.5 or 2.5 it is
    *about* these. Below 1, a ratio within 5% of the nearest of 1/n, 2/3 and 3/4 is *about* it, and else *less than
    1/n*, with the smallest 1/n above it.

    - The bounds that `read_ratio` finds in the wording hold the ratio, whatever the language.
    - A ratio just below 1 is *less than 1*.

    Parameters
    ----------
    ratio : float
        Above 0.

    Returns
    -------
    Text
        The wording; ``.in_("en")`` and ``.in_("zh")`` give one language.

    Raises
    ------
    OptionError
        No number above 0.

    Examples
    --------
    >>> [ratio_wording(r).in_("en") for r in (3.8, 25.2 / 13.1, 16.0, 0.51 / 1.14)]
    ['nearly 4 times', 'nearly 2 times', '16 times', 'less than 1/2']
    """
    check_number("ratio", ratio, above=0)
    return _fraction_said(ratio) if ratio < 1 else _multiple_said(ratio)


def _multiple_said(ratio: float) -> Text:
    half = round(ratio * 2) / 2
    if ratio < 3 and half % 1 and abs(ratio / half - 1) <= _ABOUT:
        kind = "equal" if abs(ratio / half - 1) <= _EQUAL else "about"
        return text(f"positions.multiple.{kind}", k=f"{half:g}")
    step = 1.0 if ratio < _WHOLE else 10.0 ** (math.floor(math.log10(ratio)) - 1)
    below, nearest = math.floor(ratio / step) * step, round(ratio / step) * step
    if abs(ratio - nearest) <= min(_EQUAL * nearest, 0.5):
        kind, k = "equal", nearest
    elif ratio > nearest and ratio <= nearest * (1 + _ABOUT):
        kind, k = "about", nearest
    elif ratio >= (below + step) * (1 - _NEARLY / 2):
        kind, k = "nearly", below + step
    else:
        kind, k = "over", below
    return text(f"positions.multiple.{kind}", k=f"{k:.0f}")


def _fraction_said(ratio: float) -> Text:
    one = math.floor(1 / ratio * (1 + 1e-12))
    known = (Fraction(1, one), Fraction(1, one + 1), Fraction(2, 3), Fraction(3, 4))
    near = min(known, key=lambda fraction: abs(float(fraction) - ratio))
    gap = abs(ratio / float(near) - 1)
    if near < 1 and gap <= _ABOUT:
        kind = "equal" if gap <= _EQUAL else "about"
        return text(f"positions.fraction.{kind}", k=f"{near.numerator}/{near.denominator}")
    return text("positions.fraction.less_than", k=f"1/{one}" if one > 1 else "1")


def read_ratio(wording: str) -> WordedRatio:
    """Read the bounds of a ratio from words or signs: *nearly 4 times*, *less than 1/8*, *≈16×*, *75%*.

    ============================ =====================================================================
    wording                      bounds of a number k with unit u of its last digit
    ============================ =====================================================================
    ``equal``                    half of the last digit printed either way; 5% for a fraction
    ``about``                    10% either way, at least half a unit; 5% for a fraction
    ``nearly``                   from 20% below, at least half a unit, to k
    ``over``                     from k to one unit above; 25% above for a fraction
    ``more_than``, ``at_least``  from k on
    ``less_than``, ``at_most``   from 0 to k
    ============================ =====================================================================

    - A wording without a number, such as *above* or *below*, compares with 1.
    - *Higher by k times* is a ratio of k + 1; so many tenths reach to the next tenth.
    - Words are read in every language of ``data/spellings.toml``.

    Parameters
    ----------
    wording : str
        One wording, without the name of what is compared.

    Returns
    -------
    WordedRatio
        Kind, number and bounds.

    Raises
    ------
    OptionError
        A wording with two numbers or with words that are not known.

    Examples
    --------
    >>> read_ratio("nearly 4 times")
    WordedRatio(kind='nearly', number=4.0, low=3.2, high=4.0)
    >>> read_ratio("<1/8").relation
    'below'
    """
    words = spellings("multiples")
    if not isinstance(wording, str):
        raise OptionError(f"wording: needed words such as 'nearly 4 times', got {wording!r}")
    said = unicodedata.normalize("NFKC", wording).strip().casefold().replace("\N{FRACTION SLASH}", "/")
    said = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", said)
    found = list(_NUMBER.finditer(said))
    if len(found) > 1:
        raise OptionError(f"wording: needed one number, got {len(found)} in {wording!r}; give one comparison at a time")
    one = _number(found[0]) if found else _Number(1.0, 0.0, 0.0, fraction=False)
    rest, _ = _taken(_NUMBER.sub(" ", said), words["degree"])
    rest, in_tenths = _taken(rest, words["tenths"])
    rest, _ = _taken(rest, words["times"] if found else [])
    if in_tenths:
        one = replace(one, value=one.value / 10, unit=one.unit / 10, last=one.last / 10)
    kind = _kind(rest, words)
    more = 0.0
    if kind is None and found:
        rest, higher = _taken(rest, words["higher_by"])
        kind, more = _kind(rest, words), 1.0 if higher else 0.0
    if kind is None or (not found and (kind not in {"more_than", "less_than"} or in_tenths)):
        known = ", ".join(words[k][0] for k in _BOUNDS)
        raise OptionError(f"wording: needed a number with one of {known}, or above or below, got {wording!r}")
    low, high = _BOUNDS[kind](one)
    # seven tenths are said up to the next tenth
    high = one.value + one.unit if in_tenths and kind == "equal" else high
    return WordedRatio(kind, one.value + more, max(0.0, low) + more, high + more)


def _kind(rest: str, words: dict[str, list[str]]) -> str | None:
    return next((kind for kind in _BOUNDS if " ".join(rest.split()) in words[kind]), None)


def _number(found: re.Match[str]) -> _Number:
    whole, divisor, decimals, percent = found.groups()
    if divisor is not None:
        if not int(divisor):
            raise OptionError(f"wording: needed a fraction with a divisor above 0, got {found.group()!r}")
        return _Number(int(whole) / int(divisor), 0.0, 0.0, fraction=True)
    last = 10.0 ** (1 - len(decimals or "."))
    unit = last if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0") or "0"))
    scale = 100.0 if percent else 1.0
    return _Number(float(whole + (decimals or "")) / scale, unit / scale, last / scale, fraction=False)


def _taken(rest: str, words: list[str]) -> tuple[str, bool]:
    """Return what is left without the first of some words, and whether one stands there."""
    patterns = (rf"\b{re.escape(w)}\b" if w.isascii() and w[0].isalpha() else re.escape(w) for w in words)
    held = next((pattern for pattern in patterns if re.search(pattern, rest)), None)
    return (rest, False) if held is None else (re.sub(held, " ", rest, count=1), True)


def _around(one: _Number, off: float) -> tuple[float, float]:
    off = one.value * _ABOUT * (1 + 1e-9) if one.fraction else off
    return one.value - off, one.value + off


_BOUNDS: dict[str, Callable[[_Number], tuple[float, float]]] = {
    "equal": lambda one: _around(one, one.last / 2),
    "about": lambda one: _around(one, max(min(0.1 * one.value, 2 * one.unit), one.unit / 2)),
    "nearly": lambda one: (one.value - max(_NEARLY * one.value, one.unit / 2), one.value),
    "over": lambda one: (one.value, one.value + (0.25 * one.value if one.fraction else one.unit)),
    "more_than": lambda one: (one.value, math.inf),
    "less_than": lambda one: (0.0, one.value),
    "at_least": lambda one: (one.value, math.inf),
    "at_most": lambda one: (0.0, one.value),
}
