"""Advise, cell by cell, how to write a number that cannot be read as one."""

import re
import unicodedata
from collections.abc import Iterable

from ..wording.catalogue import Text, text

__all__ = ["number_advice", "thousands_of"]

_GAPS = re.compile(r"[\s'’_]")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_DOTS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}")


def number_advice(cells: Iterable[object], column: Iterable[object], *, year: bool = False) -> list[Text]:
    """Say of each cell how to write its number; the whole column decides what a comma stands for.

    - A comma that no thousands can explain, as in 62,6, is a decimal comma: dropping it would multiply the number.
    - With ``year`` the numbers are years.
    - A comma before three digits may be either. Other cells of the column decide; where they do not, both are named.

    Examples
    --------
    >>> for advice in number_advice(["62,6", "62,619", "3%"], ["62,6", "62,619", "3%", "41"]):
    ...     print(advice)
    the comma may be a decimal comma: write 62.6
    the comma may be a decimal comma: write 62.619
    write the number alone, 3, and its unit in column unit
    >>> print(number_advice(["62,619"], ["62,619", "41"])[0])
    write 62619 if the comma separates thousands, 62.619 if it is a decimal comma
    """
    if year:
        return [text("faults.number.year") for _ in cells]
    comma = _comma(column)
    return [_advice(str(cell), comma) for cell in cells]


def thousands_of(cells: Iterable[object], column: Iterable[object]) -> list[float | None]:
    """Return each number whose thousands are separated, None where the cell or its column leaves another reading.

    Examples
    --------
    >>> thousands_of(["2,601", "1 234.5", "62,6", "3%"], ["2,601", "1 234.5", "62,6"])
    [None, 1234.5, None, None]
    >>> thousands_of(["2,601"], ["2,601", "33.1"])
    [2601.0]
    """
    comma = _comma(column)
    return [_grouped(str(cell), comma) for cell in cells]


def _grouped(cell: str, comma: str) -> float | None:
    bare = _bare(cell)
    kind = _kind(bare)
    kind = comma if kind == "either" else kind
    known = kind in ("thousands", "thousands_by_gap", "point") and cell.rstrip("%‰\uff05") == cell
    return float(bare.replace(",", "")) if known else None


def _comma(column: Iterable[object]) -> str:
    """Say what a comma before three digits stands for, as the other cells of the column show it."""
    kinds = {_kind(_bare(cell)) for cell in column}
    decimal, thousands = "decimal_comma" in kinds, bool(kinds & {"thousands", "point"})
    return "decimal_comma" if decimal and not thousands else "thousands" if thousands and not decimal else "either"


def _bare(cell: object) -> str:
    """Return a cell without what separates groups of digits by a gap, and without a sign of percent."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", str(cell)).replace("−", "-")).rstrip("%‰")


def _kind(bare: str) -> str:
    if _PLAIN.fullmatch(bare):
        return "point" if "." in bare else "thousands_by_gap"
    if _EITHER.fullmatch(bare):
        return "either"
    if _THOUSANDS.fullmatch(bare) and not bare.lstrip("+-").startswith("0"):
        return "thousands"
    if _DECIMAL_COMMA.fullmatch(bare):
        return "decimal_comma"
    return "thousands_by_dots" if _DOTS.fullmatch(bare) else "none"


def _advice(cell: str, comma: str) -> Text:
    bare = _bare(cell)
    kind = _kind(bare)
    kind = comma if kind == "either" else kind
    by_dots = bare.replace(".", "").replace(",", ".")
    reading = {"none": None, "either": None, "decimal_comma": by_dots, "thousands_by_dots": by_dots}
    read = reading.get(kind, bare.replace(",", ""))
    if set(unicodedata.normalize("NFKC", cell)) & {"%", "‰"}:
        return text("faults.number.unit") if read is None else text("faults.number.unit_of", read=read)
    if kind == "either":
        return text("faults.number.either", whole=bare.replace(",", ""), part=by_dots)
    if kind == "decimal_comma":
        return text("faults.number.decimal_comma", read=read)
    return text("faults.number.plain") if read is None else text("faults.number.thousands", read=read)
