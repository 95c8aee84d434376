"""Say which unit each column of a sheet has, from its own header and from a line above the table."""

import re
from collections.abc import Iterable

from ..spellings import spellings

__all__ = ["column_units"]

_WORDS = spellings("measures")
_MONEY = frozenset(unit.casefold() for several in spellings("money")["units"].values() for unit in several)
_KNOWN = _MONEY | {unit.casefold() for unit in _WORDS["units"]}
_PERCENT = frozenset(unit.casefold() for unit in _WORDS["percent"])
_IN_BRACKETS = re.compile(r"[(\uff08\[]\s*([^()\uff08\uff09\[\]]+?)\s*[)\uff09\]]")
_BETWEEN = re.compile(r"\s*[\u3001,\uff0c;\uff1b/]\s*")


def column_units(names: Iterable[str], line: str | None = None) -> dict[str, str | None]:
    """Return the unit of each column: that in brackets in its header, else that of the line where it may be about it.

    A line that names a unit of money is not about shares and counts, one that names another is not about money, and of
    several units a column takes the one of its kind.

    Examples
    --------
    >>> column_units(["rd spending", "patents (items)", "growth rate"], "million yuan")
    {'rd spending': 'million yuan', 'patents (items)': 'items', 'growth rate': None}
    """
    several = [line] if line is None or line.casefold() in _KNOWN else _BETWEEN.split(line.strip())
    listed = [unit for unit in several if unit]
    if len(listed) > 1 and not all(unit.casefold() in _KNOWN for unit in listed):
        listed = [str(line)]
    return {name: _own(name) or _from_line(name, listed) for name in names}


def _own(name: str) -> str | None:
    found = [one for one in _IN_BRACKETS.findall(name) if one.casefold() in _KNOWN]
    return found[-1] if found else None


def _from_line(name: str, units: list[str]) -> str | None:
    said = name.casefold().replace("_", " ")
    kinds = {kind for kind in ("money", "share", "count") if any(_holds(said, word) for word in _WORDS[kind])}
    # spending on patents is money, a share of spending is none
    kind = next((one for one in ("share", "money", "count") if one in kinds), "")
    fitting = [unit for unit in units if kind in ("", _kind(unit))]
    return fitting[0] if len(fitting) == 1 else None


def _holds(said: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", said) is not None if word.isascii() else word in said


def _kind(unit: str) -> str:
    written = unit.casefold()
    return "money" if written in _MONEY else "share" if written in _PERCENT else "count"
