"""Check figures that say of which others they are: parts, shares, multiples, growth rates, ratios."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import groupby

from ..wording.catalogue import few, join_texts, text
from .audit_table import Finding, spelled_number
from .comparisons import at_most, equal_to
from .intervals import Interval, UndefinedResultError, exactly
from .printed_figures import PrintedFigure
from .wordings import worded_number

__all__ = ["RELATION_CHECKS", "sum_of", "sum_of_parts"]

_Figures = Sequence[PrintedFigure]
_DERIVED = frozenset({"share", "growth", "multiple", "ratio", "rank"})
_HUNDRED = exactly(100)


def _parts_of(known: _Figures) -> dict[str, list[PrintedFigure]]:
    """Return the parts of each whole that figures name, in its unit."""
    by_id = {one.id: one for one in known}
    named = [one for one in known if len(one.of) == 1 and one.of[0] in by_id and one.kind not in _DERIVED]
    same = [one for one in named if one.unit == by_id[one.of[0]].unit]
    return {whole: [*parts] for whole, parts in groupby(sorted(same, key=lambda one: one.of[0]), lambda one: one.of[0])}


def parts_of_wholes(known: _Figures) -> Iterator[Finding]:
    """Compare each part, and the parts together, with the whole that they name."""
    by_id = {one.id: one for one in known}
    for whole_id, parts in _parts_of(known).items():
        whole = by_id[whole_id]
        for part in parts:
            yield at_most("part", [part, whole], part.number, whole.number, part=part.named, whole=whole.named)
        if len(parts) > 1:
            yield sum_of_parts(whole, parts)


def sum_of_parts(whole: PrintedFigure, parts: _Figures) -> Finding:
    """Compare the sum of disjoint parts with their whole; where it exceeds it, say what each part would have to be."""
    total = sum_of(part.number for part in parts)
    figures, named = [whole, *parts], {"parts": few(part.named for part in parts), "whole": whole.named}
    found = at_most("sum", figures, total, whole.number, **named)
    rest = whole.number.center - total.center
    if found.verdict != "contradicted":
        left = text("audit.check.rest", said=found.meaning, rest=spelled_number(rest))
        return replace(found, meaning=left) if rest > 0 else found
    # by place, or by what is counted where the place is one
    apart = len({part.where.in_("zh") for part in parts}) == len(parts)
    fits = [(part.where if apart else part.what, part.number.center + rest) for part in parts]
    possible = [(name, spelled_number(fit)) for name, fit in fits if fit > 0]
    if not possible:
        return found
    implied = join_texts(join_texts(pair, by="audit.named") for pair in possible)
    return replace(found, meaning=text("audit.check.implied", said=found.meaning, names=implied))


def shares_of_totals(known: _Figures) -> Iterator[Finding]:
    """Compare the total that a share implies with the printed one, or with whole numbers."""
    by_id, first = {one.id: one for one in known}, _by_place(known)
    for share in known:
        part = by_id.get(share.of[0]) if share.kind == "share" and len(share.of) == 1 else None
        if part is None or share.number.low <= 0:
            continue
        scale = exactly(1) if share.unit == "fraction" else _HUNDRED
        total = scale * part.number / share.number
        printed = first.get((share.reference, part.indicator, part.unit, part.year)) if share.reference else None
        if printed is not None:
            named = {"part": part.named, "whole": printed.named, "share": share.printed}
            yield equal_to("total", [share, part, printed], total, printed.number, printed="expected", **named)
        elif part.kind == "count" and share.rounding is not None:
            rounded = scale * part.number / share.rounding
            yield _whole_total(share, part, rounded, total)


def _by_place(known: _Figures) -> dict[tuple[str, ...], PrintedFigure]:
    """Return the first figure of each place, indicator, unit and year."""
    found: dict[tuple[str, ...], PrintedFigure] = {}
    for one in known:
        found.setdefault((one.place, one.indicator, one.unit, one.year), one)
    return found


def _whole_total(share: PrintedFigure, part: PrintedFigure, rounded: Interval, worded: Interval) -> Finding:
    """Judge whether a whole number of things can have the share; the nearest one is what is expected."""
    nearest = exactly(round(rounded.center))
    named = {"part": part.named, "whole": share.reference or "?", "share": share.printed}
    found = equal_to("total", [share, part], rounded, nearest, printed="both", **named)
    loosely = found.verdict == "contradicted" and worded.holds(nearest.center)
    return replace(found, verdict="within_rounding") if loosely else found


def growth_rates(known: _Figures) -> Iterator[Finding]:
    """Compare growth rates with multiples and levels, and multiples with levels."""
    by_id, first = {one.id: one for one in known}, _by_place(known)
    multiples = {(one.of, one.span): one for one in known if one.kind == "multiple"}
    for one in known:
        base = by_id.get(one.of[0]) if len(one.of) == 1 and one.kind in {"growth", "multiple"} else None
        if base is None or one.span is None or one.span[1] <= one.span[0]:
            continue
        ends = [first.get((base.place, base.indicator, base.unit, str(year))) for year in one.span]
        levels = [end for end in ends if end is not None]
        ways = [(levels, lambda used: used[1].number / used[0].number)] if len(levels) > 1 else []
        if one.kind == "growth" and (multiple := multiples.get((one.of, one.span))) is not None:
            ways.append(([multiple], lambda used: used[0].number))
        years = exactly(one.span[1] - one.span[0])
        for used, times in ways:
            try:
                expected = times(used)
                if one.kind == "growth":
                    expected = _HUNDRED * (expected ** (exactly(1) / years) - exactly(1))
            except UndefinedResultError:
                continue
            yield equal_to("growth", [one, *used], one.number, expected, base=base.named)


def implied_starts(known: _Figures) -> Iterator[Finding]:
    """Compare the first values that multiples imply: those of the parts together with that of the whole."""
    times: dict[str, dict[tuple[int, int], PrintedFigure]] = {}
    for one in known:
        if one.kind == "multiple" and len(one.of) == 1 and one.span:
            times.setdefault(one.of[0], {})[one.span] = one
    by_id = {one.id: one for one in known}
    for whole_id, parts in _parts_of(known).items():
        whole = by_id[whole_id]
        for span, multiple in sorted(times.get(whole_id, {}).items()):
            used = [(part, held[span]) for part in parts if span in (held := times.get(part.id, {}))]
            if len(used) < 2 or any(m.number.low <= 0 for m in (multiple, *(m for _, m in used))):
                continue
            started = sum_of(part.number / m.number for part, m in used)
            named = {"parts": few(part.named for part, _ in used), "whole": whole.named, "year": str(span[0])}
            figures = [whole, multiple, *(one for pair in used for one in pair)]
            yield at_most("start", figures, started, whole.number / multiple.number, **named)


def ratios_of_totals(known: _Figures) -> Iterator[Finding]:
    """Compare a ratio with the two figures that it is made of, up to the power of ten of their units."""
    by_id = {one.id: one for one in known}
    for one in known:
        made = [by_id[i] for i in one.of if i in by_id]
        if len(one.of) != 2 or len(made) != 2 or one.number.low <= 0:
            continue
        above, below = (part.number for part in made)
        if below.low <= 0 or above.center <= 0:
            continue
        ratio = above / below
        scale = exactly(Fraction(10) ** round(math.log10(one.number.center / ratio.center)))
        found = equal_to("ratio", [one, *made], one.number, scale * ratio, above=made[0].named, below=made[1].named)
        yield _as_worded(found, one, scale * ratio)


def _as_worded(found: Finding, one: PrintedFigure, expected: Interval) -> Finding:
    """Judge a ratio that is worded, such as about 2 or 1/20, by its wording."""
    worded = worded_number(one.wording, one.printed)
    if worded is None or (one.wording == "equal" and "/" not in one.printed):
        return found
    loosely = "within_rounding" if worded.may_hold(expected) else "contradicted"
    return replace(found, verdict="holds" if worded.holds(expected.center) else loosely)


def sum_of(values: Iterable[Interval]) -> Interval:
    """Add numbers up."""
    return reduce(lambda one, other: one + other, values, exactly(0))


RELATION_CHECKS: tuple[Callable[[_Figures], Iterator[Finding]], ...] = (
    parts_of_wholes,
    shares_of_totals,
    growth_rates,
    implied_starts,
    ratios_of_totals,
)
