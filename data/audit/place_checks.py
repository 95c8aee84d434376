"""Check figures of places that contain one another or overlap: parts, sums and shares of one whole."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ..places.names import NameIndex
from ..places.nesting import nested_pairs, overlapping_pairs
from ..wording.catalogue import few
from .audit_table import Finding
from .comparisons import alike, at_most
from .intervals import exactly
from .printed_figures import PrintedFigure
from .relation_checks import sum_of, sum_of_parts
from .value_checks import alike_printed

__all__ = ["PLACE_CHECKS", "Nesting", "nesting_of"]

_Figures = Sequence[PrintedFigure]


@dataclass(frozen=True, slots=True)
class Nesting:
    """Which places contain one another, as (inner, outer), and which overlap."""

    nested: tuple[tuple[str, str], ...]
    overlapping: tuple[tuple[str, str], ...]

    def inside(self, places: Container[str]) -> list[tuple[str, str]]:
        """Return the nested pairs among places."""
        return [pair for pair in self.nested if pair[0] in places and pair[1] in places]

    def across(self, places: Container[str]) -> list[tuple[str, str]]:
        """Return the overlapping pairs among places."""
        return [pair for pair in self.overlapping if pair[0] in places and pair[1] in places]


_ADDED = frozenset({"count", "level", "flow"})


def nesting_of(known: _Figures, places: pd.DataFrame) -> tuple[Nesting, list[PrintedFigure]]:
    """Return how the places of figures lie, and the figures of known places under the keys of these."""
    index = NameIndex(places)
    keys: dict[str, str] = {}
    for name in dict.fromkeys(one.place for one in known if one.place):
        found, _ = index.lookup(name)
        if len(found) == 1:
            keys[name] = found[0]
    among = set(keys.values())
    overlapping = tuple((one, other) for one, other, _ in overlapping_pairs(among, places))
    located = [replace(one, place=keys[one.place]) for one in known if one.place in keys]
    return Nesting(tuple(nested_pairs(among, places)), overlapping), located


def _columns(known: _Figures) -> Iterator[dict[str, PrintedFigure]]:
    """Yield the figures of one indicator, year, unit and source by place; of one printed twice the first."""
    columns: dict[tuple[str, ...], dict[str, PrintedFigure]] = {}
    for one in known:
        if one.place and one.indicator:
            key = (one.indicator, one.year, one.unit, one.source, one.kind, one.reference)
            columns.setdefault(key, {}).setdefault(one.place, one)
    yield from (column for column in columns.values() if len(column) > 1)


def _adds_up(one: PrintedFigure) -> bool:
    """Whether figures of several places may be added: amounts, and shares of one whole, but no rates."""
    per_unit = "/" in one.unit or " per " in one.unit
    return not per_unit and (one.kind in _ADDED or _is_share(one))


def _is_share(one: PrintedFigure) -> bool:
    return one.kind == "share" and one.unit == "%" and bool(one.reference)


def parts_of_places(known: _Figures, nesting: Nesting) -> Iterator[Finding]:
    """Compare places with the places that contain them, each alone and disjoint ones together."""
    for column in _columns(known):
        if not _adds_up(next(iter(column.values()))):
            continue
        inside: dict[str, list[str]] = {}
        for inner, outer in nesting.inside(column):
            inside.setdefault(outer, []).append(inner)
            part, whole = column[inner], column[outer]
            yield at_most("part", [part, whole], part.number, whole.number, part=part.named, whole=whole.named)
        for outer, inner in sorted(inside.items()):
            parts = [column[place] for place in _disjoint({place: column[place] for place in inner}, nesting)]
            if len(parts) > 1:
                yield sum_of_parts(column[outer], parts)


def shares_of_one_whole(known: _Figures, nesting: Nesting) -> Iterator[Finding]:
    """Compare the sum of shares over disjoint places with 100."""
    for column in _columns(known):
        first = next(iter(column.values()))
        if not _is_share(first):
            continue
        kept = [column[place] for place in _disjoint(column, nesting)]
        if len(kept) > 1:
            total = sum_of(one.number for one in kept)
            named = {"parts": few(one.where for one in kept), "whole": first.reference}
            yield at_most("shares", kept, total, exactly(100), **named)


def _disjoint(column: dict[str, PrintedFigure], nesting: Nesting) -> list[str]:
    """Return the outermost places in the order of the table, of two that overlap the one with the larger figure."""
    left = set(column) - {inner for inner, _ in nesting.inside(column)}
    for one, other in nesting.across(left):
        if one in left and other in left:
            left.discard(min(one, other, key=lambda place: (column[place].number.center, place)))
    return [place for place in column if place in left]


def alike_places(known: _Figures, nesting: Nesting) -> Iterator[Finding]:
    """Doubt figures of one indicator that two overlapping places have printed alike."""
    for column in _columns(known):
        for one, other in nesting.across(column):
            if alike_printed(column[one], column[other]):
                yield alike(column[one], column[other])


PLACE_CHECKS: tuple[Callable[[_Figures, Nesting], Iterator[Finding]], ...] = (
    parts_of_places,
    shares_of_one_whole,
    alike_places,
)
