"""Read spatial weights from the files that GeoDa, PySAL and R's spdep write."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import Fault, TableError
from ...data.options import check_choice
from ...data.places.keys import key_index
from ...data.reading.text_cells import decoded_text
from ...data.wording.catalogue import Text, text
from .spatial_weights import SpatialWeights

__all__ = ["read_weights"]

_WORD = re.compile(r'"((?:[^"]|"")*)"|(\S+)')


@dataclass
class _Links:
    """Links of a file with their lines, the places that begin one, and what is wrong."""

    file: str
    rows: list[int] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    # place -> line where it first stands at the beginning
    places: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, needed: str, got: str, fix: str | Text = "correct the line") -> None:
        self.faults.append(Fault(self.file, needed, got, fix, row=row))

    def add(self, row: int, origin: str, destination: str, value: float) -> None:
        self.rows.append(row)
        self.ends.append((origin, destination))
        self.values.append(value)


def read_weights(path: str | Path, *, places: Iterable[str] | None = None) -> SpatialWeights:
    r"""Read weights from a GAL file (who is whose neighbor) or a GWT file (by how much).

    - Weights are taken as they are; those of a GAL file are 1. Ties of a place with itself are left out.
    - Names may stand in double quotes. Text in GB18030 is read too.
    - A GWT file of another program does not name islands: give ``places``, or the number in its first line tells
      that some are lacking.

    Parameters
    ----------
    path : str or Path
        File with the suffix ``.gal`` or ``.gwt``.
    places : iterable of str, optional
        All places, in the order wanted; by default those of the file, in its order.

    Returns
    -------
    SpatialWeights
        Without scaling; ``kind`` is the name of the file.

    Raises
    ------
    TableError
        A file that cannot be read, lines that do not fit the format, weights that are no numbers of at least 0, links
        that stand twice, places that are unknown or lacking: all of them at once, each with its line (row).
    OptionError
        A suffix other than these two.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "near.gal"
    ...     _ = file.write_text("0 3 unknown place\n北京 1\n天津\n天津 1\n北京\n海口 0\n\n", encoding="utf-8")
    ...     read_weights(file)
    SpatialWeights: 3 places, 2 links (0 to 1 neighbors), near.gal, scaling none, 1 islands
    """
    file = Path(path)
    check_choice("path, suffix", file.suffix.lower(), _READERS)
    lines = [(row, _words(line)) for row, line in enumerate(decoded_text(file).split("\n"), 1)]
    links = _Links(file.name)
    count = _count(lines[0][1], links)
    _READERS[file.suffix.lower()](iter(lines[1:]), links)
    known = pd.Index(links.places) if places is None else key_index(places)
    given = "the file" if places is None else "places"
    _check_places(links, known, count if places is None else None, given)
    if links.faults:
        raise TableError(sorted(links.faults, key=lambda fault: fault.row if isinstance(fault.row, int) else 0))
    origin, destination = (known.get_indexer([ends[k] for ends in links.ends]) for k in (0, 1))
    cells = sparse.coo_array((np.array(links.values), (origin, destination)), shape=(len(known), len(known)))
    return SpatialWeights(sparse.csr_array(cells), known, file.name)


def _words(line: str) -> list[str]:
    return [word or quoted.replace('""', '"') for quoted, word in _WORD.findall(line)]


def _count(header: list[str], links: _Links) -> int | None:
    """Return the number of places that the first line tells, ``n`` or ``0 n layer key``."""
    word = header[min(len(header) - 1, 1)] if header else ""
    if word.isdecimal() and int(word) > 0:
        return int(word)
    links.fault(1, "the number of places, as in '0 31 unknown place'", repr(" ".join(header)))
    return None


def _gal(lines: Iterator[tuple[int, list[str]]], links: _Links) -> None:
    held: tuple[int, list[str]] | None = None
    while line := held or next(lines, None):
        (row, words), held = line, None
        if not words:
            continue
        if len(words) != 2 or not words[1].isdecimal():
            links.fault(row, "a place and the number of its neighbors", repr(" ".join(words)))
            # the line after it would be its neighbors
            next(lines, None)
            continue
        place, count = words[0], int(words[1])
        if place in links.places:
            links.fault(row, "each place once", f"{place!r} again, after row {links.places[place]}", "join the two")
        links.places.setdefault(place, row)
        at, near = next(lines, (row + 1, []))
        if not count and near:
            # some programs leave the empty line of an island out
            held = at, near
            continue
        if len(near) != count:
            links.fault(at, f"{count} neighbors of {place!r}", str(len(near)), "correct the number or the neighbors")
        for one in near:
            links.add(at, place, one, 1.0)


def _gwt(lines: Iterator[tuple[int, list[str]]], links: _Links) -> None:
    for row, words in lines:
        if not words:
            continue
        if len(words) != 3:
            links.fault(row, "origin, destination and weight", repr(" ".join(words)), "quote names with spaces")
            continue
        origin, destination, word = words
        links.places.setdefault(origin, row)
        try:
            value = float(word)
        except ValueError:
            value = np.nan
        if not 0 <= value < np.inf:
            links.fault(row, "a finite weight of at least 0", repr(word), "correct the weight")
        links.add(row, origin, destination, value)
    for row, (_, destination) in zip(links.rows, links.ends, strict=True):
        links.places.setdefault(destination, row)


_READERS: dict[str, Callable[[Iterator[tuple[int, list[str]]], _Links], None]] = {".gal": _gal, ".gwt": _gwt}


def _check_places(links: _Links, known: pd.Index, count: int | None, given: str) -> None:
    """Note places that are unknown or lacking, and links that stand twice."""
    held = set(known)
    for row, ends in zip(links.rows, links.ends, strict=True):
        for one in ends:
            if one not in held:
                links.fault(row, f"places of {given}", repr(one), "correct the name, or add the place")
    if count is not None and len(known) != count:
        lacking = len(known) < count and links.file.lower().endswith(".gwt")
        fix = (
            text("faults.calls.read_weights.places_islands_line")
            if lacking
            else text("faults.calls.read_weights.correct_number")
        )
        links.fault(1, f"{count} places, as this line tells", f"{len(known)} in the lines below", fix)
    twice = pd.Series(links.ends, dtype=object).duplicated().to_numpy(dtype=bool)
    for k in np.flatnonzero(twice):
        origin, destination = links.ends[k]
        links.fault(links.rows[k], "each link once", f"{origin!r} to {destination!r} again", "leave one out")
