"""Read what a unit counts, and for how much of what it counts it."""

import re
import unicodedata
from typing import NamedTuple

from ..errors import OptionError
from ..spellings import spellings
from ..wording.catalogue import text

__all__ = ["ReadUnit", "read_unit"]

_FOR_EACH = re.compile(r"\s*/\s*|(?:^|\s+)per\s+")
_DIGITS = re.compile(r"(\d+(?:,\d{3})*)\s*")


class ReadUnit(NamedTuple):
    """What `read_unit` found.

    Parameters
    ----------
    thing : str
        What is counted, such as ``件``; empty for percent.
    number : int
        For how many of ``per``; 1 where nothing is said.
    per : str
        ``persons``, ``whole`` (percent), what else stands behind the slash, or empty: an amount not put in proportion.
    money : bool
        Whether the thing is money.
    """

    thing: str
    number: int
    per: str
    money: bool

    @property
    def absolute(self) -> bool:
        """Whether it is an amount that grows with the size of the place."""
        return not self.per


def read_unit(unit: str) -> ReadUnit:
    """Part a unit such as ``件/万人`` or ``papers per 10,000 people`` into what is counted and for how much of what.

    A value divided by ``number`` is that for one of ``per``, so values of several such units can be compared.

    - Numbers are digits or words (``千``, ``万``, ``十万``, ``thousand``, ``million``) behind the first slash.
    - Words for persons are ``people``, ``population``, ``人`` and the like; anything else stays as it is.
    - Of ``%`` the number is 100, of ``‰`` 1000, and ``per`` is ``whole``.

    Parameters
    ----------
    unit : str
        With ``/`` or ``per`` where it is a rate.

    Returns
    -------
    ReadUnit

    Raises
    ------
    OptionError
        The unit is no text.

    Examples
    --------
    Papers and incubated firms in one unit (Ran et al. 2022, section 3):

    >>> papers, firms = read_unit("篇/万人"), read_unit("家/十万人")
    >>> papers
    ReadUnit(thing='篇', number=10000, per='persons', money=False)
    >>> round(3509.4 / papers.number, 5), 7638.5 / firms.number
    (0.35094, 0.076385)
    >>> read_unit("亿元").absolute, read_unit("%").per
    (True, 'whole')
    """
    if not isinstance(unit, str):
        raise OptionError(text("faults.calls.read_unit.unit_text", unit=repr(unit)))
    words = spellings("rates")
    given = unicodedata.normalize("NFKC", unit).strip().casefold()
    if given in spellings("measures")["percent"]:
        return ReadUnit("", 1000 if given == "‰" else 100, "whole", money=False)
    thing, *rest = _FOR_EACH.split(given, maxsplit=1)
    money = any(word in thing for word in words["money"])
    if not rest:
        return ReadUnit(thing, 1, "", money)
    number, per = _number(rest[0], words["numbers"])
    return ReadUnit(thing, number, "persons" if per in words["persons"] else per, money)


def _number(said: str, numbers: dict[str, int]) -> tuple[int, str]:
    """Part a leading number, in digits, words or both, from what follows it."""
    number, left = 1, said
    if digits := _DIGITS.match(left):
        number, left = int(digits[1].replace(",", "")), left[digits.end() :]
    for word in sorted(numbers, key=len, reverse=True):
        if left.startswith(word) and left != word:
            return number * numbers[word], left.removeprefix(word).strip()
    return number, left
