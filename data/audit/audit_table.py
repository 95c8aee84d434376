"""Write findings of the audit, of claims and of figures alike, as one kind of table."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

import pandas as pd

from ..options import check_choice
from ..wording.catalogue import LANGUAGES, Text
from .intervals import OPEN_END, Interval, Truth

__all__ = ["Finding", "audit_table", "spelled_number"]

# bounds beyond this are none
_OPEN = OPEN_END / 2
# below this four decimals say too little
_SMALL = Fraction(1, 1000)
# as many digits as any number has
_DIGITS = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the audit compared.

    Parameters
    ----------
    check : str
        ``claim``, or the key of a check of figures.
    id : str
        The claim, or the figures compared, joined by ``; ``.
    verdict : str
    meaning, subject : Text
        What it comes to and what it is about, in every language.
    expected : Interval or None
        Range that what was found should lie in.
    got : Interval, Truth or None
        What was found.
    source, where, place, year, reason : str
        Empty where there is none.
    factor : float or None
        Power of ten that would make what was found agree.
    """

    check: str
    id: str
    verdict: str
    meaning: Text
    subject: Text
    expected: Interval | None = None
    got: Interval | Truth | None = None
    source: str = ""
    where: str = ""
    place: str = ""
    year: str = ""
    reason: str = ""
    factor: float | None = None


_TEXTS = ("check", "id", "source", "where", "place", "year", "subject", "verdict", "reason", "meaning")
_NUMBERS = ("expected_low", "expected_high", "got", "got_low", "got_high", "factor")
_ORDER = [*_TEXTS[:7], *_NUMBERS[:5], "verdict", "reason", "factor", "meaning"]


def audit_table(findings: Iterable[Finding], *, language: str) -> pd.DataFrame:
    """Return findings as rows, their sentences in one language.

    Examples
    --------
    >>> found = Finding("sum", "a; b", "holds", Text.of(en="a is b"), Text.of(en="patents"), got=Truth(True, True))
    >>> audit_table([found], language="en")[["check", "got", "verdict"]].values.tolist()
    [['sum', 1.0, 'holds']]
    """
    check_choice("language", language, LANGUAGES)
    rows = []
    for one in findings:
        row: dict[str, object] = {name: getattr(one, name) or None for name in _TEXTS}
        row |= {"subject": one.subject.in_(language), "meaning": one.meaning.in_(language), "factor": one.factor}
        row |= {f"expected_{name}": value for name, value in _bounds(one.expected).items() if name != "center"}
        low, center, high = _bounds(one.got).values()
        rows.append(row | {"got": center, "got_low": low, "got_high": high})
    table = pd.DataFrame(rows, columns=_ORDER)
    return table.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64"))


def _bounds(value: Interval | Truth | None) -> dict[str, float | None]:
    if value is None:
        return {"low": None, "center": None, "high": None}
    if isinstance(value, Truth):
        # whether it is true of all numbers that round to the printed ones is not asked
        return {"low": float(value.center), "center": float(value.center), "high": float(value.possible)}
    ends = {"low": value.low, "center": value.center, "high": value.high}
    return {name: None if abs(end) > _OPEN else float(end) for name, end in ends.items()}


def spelled_number(value: Fraction) -> str:
    """Write a number for people: at most four decimals, or four digits below a thousandth, thousands separated.

    Examples
    --------
    >>> spelled_number(Fraction(46142053, 1000)), spelled_number(Fraction(1, 3))
    ('46,142.053', '0.3333')
    >>> spelled_number(Fraction(1, 80000)), spelled_number(Fraction(10**22))
    ('0.0000125', '10,000,000,000,000,000,000,000')
    """
    if 0 < abs(value) < _SMALL:
        written = f"{float(value):.4g}"
        return f"{Decimal(written):f}" if abs(value) > _SMALL**3 else written
    with localcontext(prec=_DIGITS):
        return f"{Decimal(round(value * 10**4)).scaleb(-4):,f}".rstrip("0").rstrip(".")
