"""Check values for what can hardly be: rates for each person, neighbors printed alike, two values of one thing."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ..reading.read_unit import read_unit
from .audit_table import Finding, spelled_number
from .comparisons import alike, doubted, equal_to
from .intervals import exactly
from .printed_figures import PrintedFigure

__all__ = ["VALUE_CHECKS", "alike_printed", "implausible_rates"]

_Figures = Sequence[PrintedFigure]
# a number of which two digits at least tell something: trailing zeros of whole numbers do not
_TELLING = re.compile(r"\d*\.\d+|\d{4,}")
_LEAST_DIGITS = 2


def implausible_rates(known: _Figures, *, most: float) -> Iterator[Finding]:
    """Doubt rates of things for so many persons that would be more than plausible for each of them."""
    for one in known:
        heads = _heads(one.unit)
        if heads is not None:
            limit = exactly(most) * exactly(heads)
            yield doubted(
                "per_head", [one], one.number, limit, figure=one.named, each=spelled_number(one.number.center / heads)
            )


def _heads(unit: str) -> int | None:
    """Return for how many persons a unit counts things, if it does."""
    if "/" not in unit and " per " not in f" {unit}":
        return None
    found = read_unit(unit)
    return found.number if found.per == "persons" and not found.money else None


def alike_neighbors(known: _Figures) -> Iterator[Finding]:
    """Doubt two indicators of one place, one after the other, that are printed alike."""
    rows: dict[tuple[str, ...], list[PrintedFigure]] = {}
    for one in known:
        if one.place and one.indicator and one.kind != "rank":
            rows.setdefault((one.source, one.place, one.year, one.unit, one.kind), []).append(one)
    for figures in rows.values():
        for one, other in pairwise(figures):
            if one.indicator != other.indicator and alike_printed(one, other):
                yield alike(one, other)


def alike_printed(one: PrintedFigure, other: PrintedFigure) -> bool:
    """Whether two figures are printed alike with so many digits that it is hardly chance."""
    bare = one.printed.replace(",", "")
    digits = bare.replace(".", "").strip("0")
    return one.printed == other.printed and bool(_TELLING.fullmatch(bare)) and len(digits) >= _LEAST_DIGITS


def repeated_figures(known: _Figures) -> Iterator[Finding]:
    """Compare what is printed twice: one indicator of one place, year and unit."""
    first: dict[tuple[str, ...], PrintedFigure] = {}
    for one in known:
        key = (one.place, one.indicator, one.year, one.unit, one.kind)
        # what has no indicator may be anything, and a bound is no value
        told = one.place and one.indicator and one.wording not in {"more_than", "less_than"}
        earlier = first.setdefault(key, one) if told else one
        if earlier is not one:
            named = {"one": earlier.named, "other": one.named}
            yield equal_to("repeated", [earlier, one], one.number, earlier.number, printed="both", **named)


VALUE_CHECKS: tuple[Callable[[_Figures], Iterator[Finding]], ...] = (alike_neighbors, repeated_figures)
