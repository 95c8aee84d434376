"""Read numbers as yearbooks print them: marks for missing, marks of footnotes, separators of thousands."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from ..spellings import spellings
from .number_advice import thousands_of

__all__ = ["Printed", "like_a_number", "missing_mark", "printed_numbers", "without_marks"]

_MISSING = frozenset(mark for marks in spellings("missing").values() for mark in marks)
# digits, their separators, and what stands around numbers: brackets, signs, shares
_LIKE = re.compile(r"[(\[<>~\u2248\u00b1+-]{0,2}[\d.,\s'\u2019]*\d[\d.,]*(?:[eE][+-]?\d+)?\s*[%\u2030)\]]{0,2}")
# asterisks, crosses, daggers, circled and raised digits, and digits in brackets, as they refer to footnotes
_MARK = re.compile(
    r"\s*(?:[*#\uff0a\uff03\u2020\u2021\u2460-\u2473\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+|\[\d{1,2}\])+$"
)
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


class Printed(NamedTuple):
    """A number as printed: what it was read as, and why."""

    number: float | None
    kind: str
    mark: str = ""


def without_marks(text: str) -> str:
    """Return a text without the marks that refer to footnotes.

    Examples
    --------
    >>> without_marks("1870.8*"), without_marks("C2 [1]")
    ('1870.8', 'C2')
    """
    return _MARK.sub("", text)


def missing_mark(cell: object) -> str | None:
    """Return the mark that stands in a cell for a value that there is not, empty in an empty one; None in any other.

    Examples
    --------
    >>> missing_mark("n/a"), missing_mark(" "), missing_mark(None), missing_mark("0")
    ('n/a', '', '', None)
    """
    if cell is None or pd.isna(cell) is True:
        return ""
    said = str(cell).strip()
    return said if not said or _folded(said) in _MISSING or said in _MISSING else None


def like_a_number(cell: object) -> bool:
    """Whether a cell holds a number, also one that only a person could read with certainty.

    Examples
    --------
    >>> [like_a_number(cell) for cell in ("1,234", "\uff082.1\uff09", "12.3*", "95%", "A1", "-")]
    [True, True, True, True, False, False]
    """
    bare = unicodedata.normalize("NFKC", without_marks(str(cell).strip())).replace("\u2212", "-")
    return _LIKE.fullmatch(bare) is not None


def _folded(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).casefold()


def printed_numbers(cells: Iterable[object], column: Iterable[object], *, grouped: bool) -> list[Printed | None]:
    """Read the cells that are no plain numbers; None where it is not certain what is meant.

    - ``missing``: a mark that stands for no value, such as a dash or dots.
    - ``marked``: a number before a mark of a footnote.
    - ``grouped``: a number whose thousands are separated, if that is asked for and the column leaves no other reading.

    Examples
    --------
    >>> cells = ["-", "12*", "1,234.5", "many"]
    >>> for read in printed_numbers(cells, cells, grouped=True):
    ...     print(read)
    Printed(number=None, kind='missing', mark='-')
    Printed(number=12.0, kind='marked', mark='*')
    Printed(number=1234.5, kind='grouped', mark='')
    None
    """
    cells = [str(cell).strip() for cell in cells]
    bare = [without_marks(cell) for cell in cells]
    whole = thousands_of(bare, [without_marks(str(cell)) for cell in column]) if grouped else [None] * len(bare)
    return [_printed(*three) for three in zip(cells, bare, whole, strict=True)]


def _printed(cell: str, bare: str, grouped: float | None) -> Printed | None:
    if missing_mark(cell):
        return Printed(None, "missing", cell)
    mark = cell[len(bare) :].strip()
    if mark and _PLAIN.fullmatch(bare):
        return Printed(float(bare), "marked", mark)
    return None if grouped is None else Printed(grouped, "marked" if mark else "grouped", mark)
