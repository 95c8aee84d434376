"""Compare names as people write them: width, case, white space and brackets aside, several names in a cell apart."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from ..errors import OptionError
from ..spellings import spellings

__all__ = [
    "FORM",
    "FROM",
    "INTO",
    "SAFE",
    "TOTALS",
    "Marked",
    "as_marks",
    "best_spellings",
    "fold",
    "is_total",
    "marked_names",
    "odd_characters",
    "unasked_marks",
    "written_totals",
]

_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys((chr(0x3000), chr(0xA0), "\t", "\n", "\r"), " ")
_OPEN, _CLOSE = spellings("brackets")["open"], spellings("brackets")["close"]
_BRACKETS = dict.fromkeys(_OPEN, "(") | dict.fromkeys(_CLOSE, ")")
_PLAIN = {wide: _BRACKETS.get(plain, plain) for wide, plain in _WIDE.items()} | _BLANKS | _BRACKETS
# what one step of an engine takes and what it gives, letter by letter
FROM, INTO = "".join(_PLAIN), "".join(_PLAIN.values())
_TABLE = str.maketrans(_PLAIN)
_MARKS = spellings("separators")
# what stands for a comma that parts no names
SAFE = chr(0xE000)
# a comma before the form of a firm
FORM = rf"(?i),(\s*(?:{'|'.join(_MARKS['forms'])})(?:[^a-z]|$))"
TOTALS = frozenset("".join(name.split()) for name in spellings("totals")["names"])


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    r"""Reduce the name of an organization to the form in which spellings are compared.

    Compatibility forms are unified (NFKC), case is folded, every kind of bracket is a round one; white space and
    invisible characters go.

    Examples
    --------
    >>> fold("\uff21\uff22 Co.\uff08CN\uff09") == fold("AB Co. [cn]")
    True
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).translate(_TABLE)
    return "".join(one for one in text if not one.isspace() and unicodedata.category(one) != "Cf")


@cache
def odd_characters() -> str:
    """Return a pattern of the characters that take more than a change of letters and case."""
    codes = {code for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000 and _is_odd(chr(code))}
    starts = sorted(code for code in codes if code - 1 not in codes)
    ends = sorted(code for code in codes if code + 1 not in codes)
    return f"[{''.join(f'{chr(a)}-{chr(b)}' for a, b in zip(starts, ends, strict=True))}]"


def _is_odd(one: str) -> bool:
    simple = one.translate(_TABLE).lower().replace(" ", "")
    return fold(one) != simple or unicodedata.combining(one) != 0


def best_spellings(counted: Mapping[str, int]) -> dict[str, str]:
    """Return the name to take for every spelling that is not it: the most frequent, by code point where equal."""
    groups: dict[str, list[str]] = {}
    for name in counted:
        groups.setdefault(fold(name), []).append(name)
    united = {}
    for form, names in groups.items():
        if form and len(names) > 1:
            best = min(names, key=lambda name: (-counted[name], name))
            united |= {name: best for name in names if name != best}
    return united


@cache
def written_totals() -> list[str]:
    """Return the words for sums as people write them: large or small, with blanks between the characters."""
    words = spellings("totals")["names"]
    forms = {form for word in words for form in (word, word.title(), word.upper(), word.capitalize())}
    spaced = {blank.join(word) for word in words if not word.isascii() for blank in (" ", "  ", "    ", chr(0x3000))}
    return sorted(forms | spaced)


def is_total(name: str) -> bool:
    """Say whether a name stands for the sum of the others.

    Examples
    --------
    >>> is_total("Grand Total"), is_total("Totnes")
    (True, False)
    """
    return fold(name) in TOTALS


class Marked(NamedTuple):
    """A mark that may part names, the records that hold it and all of them, and one of the names."""

    mark: str
    n: int
    rows: int
    example: str

    @property
    def sure(self) -> bool:
        """Whether names do not hold the mark for other reasons."""
        return self.mark in _MARKS["sure"]


def unasked_marks(marks: Iterable[str] | None, *, places: bool = False) -> list[str]:
    """Return the marks to look for where those given part names; an empty list says that none does.

    Names of places may hold commas.
    """
    if marks is not None and not list(marks):
        return []
    known = _MARKS["sure"] if places else [*_MARKS["sure"], *_MARKS["unsure"]]
    return [one for one in known if one not in (marks or ())]


def marked_names(counted: Mapping[str, int], marks: Iterable[str]) -> list[Marked]:
    """Return the marks that stand in names."""
    plain = {name: re.sub(FORM, "", name) for name in counted}
    rows, found = sum(counted.values()), []
    for mark in marks:
        names = [name for name in counted if mark in plain[name]]
        if names:
            n = sum(counted[name] for name in names)
            found.append(Marked(mark, n, rows, min(names)))
    return found


def as_marks(separator: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the marks that part names, each with its other widths; None where nothing is said of them."""
    if separator is None:
        return None
    given = (separator,) if isinstance(separator, str) or not isinstance(separator, Iterable) else tuple(separator)
    if not all(isinstance(one, str) and one for one in given):
        raise OptionError(f'separator: needed a mark such as ";", or a list of them, got {separator!r}')
    known = [*_MARKS["sure"], *_MARKS["unsure"]]
    kin = [other for one in given for other in (one, *known) if other == one or fold(other) == fold(one) != ""]
    return tuple(dict.fromkeys(kin))
