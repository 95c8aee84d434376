"""Judge one comparison of printed figures, and write what it comes to as a finding."""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from ..wording.catalogue import text
from .audit_table import Finding, spelled_number
from .intervals import OPEN_END, Interval, Truth
from .printed_figures import PrintedFigure

__all__ = ["alike", "at_most", "doubted", "equal_to"]

# a slip by a power of ten is at least half of one, on a scale of logarithms
_LEAST_SLIP, _MOST_SLIP = math.sqrt(10), 4


def at_most(check: str, figures: Sequence[PrintedFigure], got: Interval, most: Interval, **values: object) -> Finding:
    """Judge whether a number does not exceed another."""
    expected = Interval(-OPEN_END, most.center, most.high)
    return _finding(check, figures, got, expected, got <= most, _slip_above(got, most), most.center, values)


def equal_to(
    check: str,
    figures: Sequence[PrintedFigure],
    got: Interval,
    expected: Interval,
    *,
    printed: Literal["got", "expected", "both"] = "got",
    **values: object,
) -> Finding:
    """Judge whether two numbers are one, the computed one rounding to what is printed."""
    truth = got.same(expected)
    if printed != "both":
        center = got.holds(expected.center) if printed == "got" else expected.holds(got.center)
        truth = Truth(center, truth.possible)
    factor = None if truth.possible else _slip(got, expected)
    return _finding(check, figures, got, expected, truth, factor, expected.center, values)


def doubted(check: str, figures: Sequence[PrintedFigure], got: Interval, most: Interval, **values: object) -> Finding:
    """Judge whether a number is above what is plausible."""
    verdict = "holds" if (got <= most).possible else "doubtful"
    # how far above is no slip of print
    found = _finding(
        check, figures, got, Interval(-OPEN_END, most.center, most.high), got <= most, None, most.center, values
    )
    return replace(found, verdict=verdict)


def alike(one: PrintedFigure, other: PrintedFigure) -> Finding:
    """Doubt two figures that are printed alike though they are of two things."""
    return Finding(
        check="equal",
        id=f"{one.id}; {other.id}",
        verdict="doubtful",
        meaning=text("audit.check.equal", one=one.named, other=other.named),
        subject=one.what,
        got=other.number,
        source="; ".join(dict.fromkeys(figure.source for figure in (one, other) if figure.source)),
        place=other.place,
        year=other.year,
    )


def _finding(
    check: str,
    figures: Sequence[PrintedFigure],
    got: Interval,
    expected: Interval,
    truth: Truth,
    factor: float | None,
    wanted: Fraction,
    values: dict[str, object],
) -> Finding:
    verdict = "holds" if truth.center else "within_rounding" if truth.possible else "contradicted"
    factor = None if truth.possible else factor
    said = text(f"audit.check.{check}", got=spelled_number(got.center), expected=spelled_number(wanted), **values)
    if factor is not None:
        said = text("audit.check.slip", said=said, factor=spelled_number(Fraction(factor).limit_denominator(10**6)))
    first = figures[0]
    return Finding(
        check=check,
        id="; ".join(dict.fromkeys(one.id for one in figures)),
        verdict=verdict,
        meaning=said,
        subject=first.what,
        expected=expected,
        got=got,
        source="; ".join(dict.fromkeys(one.source for one in figures if one.source)),
        place=first.place,
        year=first.year,
        factor=factor,
    )


def _slip(got: Interval, expected: Interval) -> float | None:
    """Return the power of ten that brings a number into the range expected, if one does."""
    if got.center <= 0 or expected.center <= 0:
        return None
    power = round(math.log10(expected.center / got.center))
    if not 0 < abs(power) <= _MOST_SLIP:
        return None
    scale = Fraction(10) ** power
    moved = Interval(got.low * scale, got.center * scale, got.high * scale)
    return float(scale) if moved.overlaps(expected) else None


def _slip_above(got: Interval, most: Interval) -> float | None:
    """Return the power of ten that brings a number far above a limit below it."""
    if got.center <= 0 or most.center <= 0 or got.center / most.center < _LEAST_SLIP:
        return None
    power = math.ceil(math.log10(got.center / most.center))
    return 10.0**-power if power <= _MOST_SLIP else None
