"""Turn ratios into words such as "nearly 4 times" or "less than 1/8", and such words back into bounds.

The bounds are those of `innoscape.data.audit.wordings`; a unit is that of the last digit that is not 0.
"""

import math
import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

from ...data.audit.wordings import worded_range
from ...data.errors import OptionError
from ...data.options import check_number
from ...data.spellings import spellings
from ...data.wording.catalogue import Text, text

__all__ = ["WordedRatio", "ratio_wording", "read_ratio"]

_NUMBER = re.compile(r"(?<![\d./])(\d{1,18})(?:/(\d{1,18})|(\.\d{1,12}))?(\s*%)?")
# how near a ratio must be to a multiple to be called equal to it, or about it
_EQUAL, _ABOUT, _NEARLY = 0.005, 0.05, 0.2
# of the wordings, those that a ratio has, in the order in which they are looked for
_KINDS = ("equal", "about", "nearly", "over", "more_than", "less_than", "at_least", "at_most")
# above this a multiple is rounded to two digits
_WHOLE = 20


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
    rest, _ = _taken(_NUMBER.sub(" ", said), words["degree"])
    rest, in_tenths = _taken(rest, words["tenths"])
    rest, _ = _taken(rest, words["times"] if found else [])
    kind = _kind(rest, words)
    more = 0.0
    if kind is None and found:
        rest, higher = _taken(rest, words["higher_by"])
        kind, more = _kind(rest, words), 1.0 if higher else 0.0
    if kind is None or (not found and (kind not in {"more_than", "less_than"} or in_tenths)):
        known = ", ".join(words[k][0] for k in _KINDS)
        raise OptionError(f"wording: needed a number with one of {known}, or above or below, got {wording!r}")
    printed, scale = _printed(found[0]) if found else ("1", 1)
    # seven tenths are said up to the next tenth
    number, low, high = worded_range("tenths" if in_tenths and kind == "equal" else kind, printed)
    scale *= 10 if in_tenths else 1
    return WordedRatio(kind, number / scale + more, low / scale + more, high / scale + more)


def _kind(rest: str, words: dict[str, list[str]]) -> str | None:
    return next((kind for kind in _KINDS if " ".join(rest.split()) in words[kind]), None)


def _printed(found: re.Match[str]) -> tuple[str, int]:
    """Return a number as printed, and what it is divided by: 100 where it is in percent."""
    whole, divisor, decimals, percent = found.groups()
    if divisor is None:
        return whole + (decimals or ""), 100 if percent else 1
    if not int(divisor):
        raise OptionError(f"wording: needed a fraction with a divisor above 0, got {found.group()!r}")
    return f"{whole}/{divisor}" if int(whole) else "0", 1


def _taken(rest: str, words: list[str]) -> tuple[str, bool]:
    """Return what is left without the first of some words, and whether one stands there."""
    patterns = (rf"\b{re.escape(w)}\b" if w.isascii() and w[0].isalpha() else re.escape(w) for w in words)
    held = next((pattern for pattern in patterns if re.search(pattern, rest)), None)
    return (rest, False) if held is None else (re.sub(held, " ", rest, count=1), True)
