"""Match the headers of an export with the columns of a source, whatever their spelling."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from ..errors import Fault
from ..options import nearest
from ..wording.catalogue import few, text
from .description import Description

__all__ = ["Headers", "folded_header", "header_faults", "match_headers", "misspelled_headers"]

_UNIT = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]$")
# how alike a header must be to a spelling of a column that is not needed
_CLOSE = 0.85
# an identifier before its label
_LABELED = re.compile(r"^([^:\s]+)\s*:\s.*$")


class Headers(NamedTuple):
    """Headers as written, and for each column of the source the position of its header and the unit behind it."""

    written: tuple[str, ...]
    at: dict[str, int]
    units: dict[str, str]


def folded_header(header: str) -> str:
    """Reduce a header to the form in which spellings are compared.

    Examples
    --------
    >>> folded_header(" App_Nbr "), folded_header("Application Number")
    ('appnbr', 'applicationnumber')
    """
    plain = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[\s_\-\ufeff\"]+", "", plain)


def match_headers(written: Sequence[str], source: Description) -> Headers:
    """Return which header is which column; the spelling that stands first in the description is preferred.

    Where a source has dimensions, every other header before that of the value is one, under its own name.
    """
    if source.dimensions:
        written = _identifiers(written, source)
    folded = [folded_header(one) for one in written]
    bare = [_UNIT.sub("", one) for one in folded]
    at, units = {}, {}
    for column in source.columns.values():
        for spelling in map(folded_header, column.spellings):
            place = next((n for n, one in enumerate(folded) if one == spelling), None)
            if place is None:
                place = next((n for n, one in enumerate(bare) if one == spelling), None)
                if place is not None and (unit := _UNIT.search(folded[place])):
                    units[column.name] = unit[1]
            if place is not None:
                at[column.name] = place
                break
    if source.dimensions and "value" in at:
        taken = {*at.values(), *(n for n, one in enumerate(folded) if one in _ignored(source))}
        at |= {one: n for n, one in enumerate(written[: at["value"]]) if one and n not in taken}
    return Headers(tuple(written), at, units)


def _ignored(source: Description) -> set[str]:
    return {folded_header(one) for one in source.dimensions["ignored"]}


def _identifiers(written: Sequence[str], source: Description) -> list[str]:
    """Return headers without labels: neither those behind an identifier nor those in a column of their own."""
    found = [_LABELED.sub(r"\1", one.strip()) for one in written]
    labeled = source.dimensions["labeled"]
    if labeled not in found:
        return found
    first = found.index(labeled) + 1
    first += sum(folded_header(one) in _ignored(source) for one in found[first:])
    return [one if n < first or (n - first) % 2 == 0 else "" for n, one in enumerate(found)]


def header_faults(found: Headers, source: Description, where: str) -> list[Fault]:
    """Return a fault for every needed column that is absent, and for every one that stands twice."""
    faults = []
    for at in sorted({*found.at.values()}):
        header = found.written[at]
        places = [n + 1 for n, one in enumerate(found.written) if folded_header(one) == folded_header(header)]
        if len(places) > 1:
            faults.append(Fault.of("faults.sources.twice", where, column=header, n=len(places), places=places))
    free = _free(found, source)
    for column in source.columns.values():
        if column.required and column.name not in found.at:
            close = _closest(column.spellings, free)
            near = text("faults.sources.near", name=free[close]) if close else ""
            said = {"known": few(column.spellings, most=8), "got": few(found.written, most=12), "near": near}
            faults.append(Fault.of("faults.sources.column", where, column=column.name, **said))
    return faults


def _free(found: Headers, source: Description) -> dict[str, str]:
    """Return the headers that no column of the source takes, by their form; a dimension may be a column misspelled."""
    taken = {at for name, at in found.at.items() if name in source.columns}
    return {folded_header(one): one for at, one in enumerate(found.written) if one and at not in taken}


def _closest(spellings: Sequence[str], headers: Collection[str]) -> str | None:
    """Return the header most like any of the spellings, if one is like it."""
    pairs = [
        (folded_header(one), near) for one in spellings for near in nearest(folded_header(one), headers, cutoff=0.6)
    ]
    return max(pairs, key=lambda pair: SequenceMatcher(None, *pair).ratio())[1] if pairs else None


def misspelled_headers(found: Headers, source: Description) -> dict[str, str]:
    """Return the headers that no column takes and that are almost a better spelling of one than what it took."""
    free = {folded_header(one): one for at, one in enumerate(found.written) if one and at not in found.at.values()}
    misspelled = {}
    for column in source.columns.values():
        taken = folded_header(found.written[found.at[column.name]]) if column.name in found.at else None
        for spelling in column.spellings:
            if folded_header(spelling) == taken:
                break
            for one in nearest(folded_header(spelling), free, cutoff=_CLOSE):
                misspelled.setdefault(free[one], spelling)
    return misspelled
