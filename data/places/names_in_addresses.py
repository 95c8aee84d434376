"""Find the names of units in addresses, in Chinese and in Latin letters."""

import re
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..spellings import spellings
from .unit_lookup import UnitLookup
from .unit_names import CHINESE, latin_name, levels_of_ending

__all__ = ["NamesInAddresses"]

_UNITS = spellings("units")
_LEAD = re.compile(rf"^[\W\d_]*(?:(?:{'|'.join(_UNITS['dropped'])})[\W\d_]*)?")
_STREET = re.compile(rf"[{_UNITS['sides']}]?(?:{'|'.join(_UNITS['streets'])})")
# with what a street begins
_STREETS = frozenset(_UNITS["sides"]) | {word[0] for word in _UNITS["streets"]}
_LEADS = frozenset(word[0] for word in _UNITS["dropped"])
_PARTS = re.compile(r"[,;|/\n\uff0c\uff1b]")
_NO_PLACE = re.compile(rf"\b(?:{'|'.join(_UNITS['latin_streets'])})\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,3}")
# characters from the head to the first name, and between names; names of an address; words of a name
_FAR, _APART, _MOST, _WORDS = 48, 12, 4, 4
# parts of addresses whose names are kept in memory
_KEPT = 100_000


class _Found(NamedTuple):
    """Names found in an address, in the order in which they are read, and where each begins and ends."""

    names: list[str]
    starts: list[int]
    ends: list[int]


class NamesInAddresses:
    """The names of a gazetteer as they stand in addresses."""

    def __init__(self, lookup: UnitLookup) -> None:
        self.lookup = lookup
        self._keys: dict[tuple[str, bool], str | None] = {}

    @cached_property
    def _chinese(self) -> dict[str, tuple[int, ...]]:
        """Chinese names and the units that bear them."""
        steps = self.lookup.steps
        names: dict[str, list[int]] = {}
        for name, rows in (*steps["name"].items(), *steps["alias"].items()):
            if len(name) > 1 and CHINESE.search(name):
                names[name] = [*names.get(name, []), *rows]
        abroad = {name: rows for name, rows in steps["foreign"].items() if len(name) > 1 and CHINESE.search(name)}
        return {name: self._today(rows) for name, rows in (abroad | names).items()}

    def _today(self, rows: list[int]) -> tuple[int, ...]:
        """Keep the valid units, or where there is none take the successors of those that were."""
        valid = [row for row in rows if self.lookup.valid(row, None)]
        return tuple(dict.fromkeys(valid or [to for row in rows for to in self.lookup.after[row] or [row]]))

    @cached_property
    def _starts(self) -> dict[str, tuple[str, ...]]:
        starts: dict[str, list[str]] = {}
        for name in self._chinese:
            starts.setdefault(name[:2], []).append(name)
        return {start: tuple(sorted(names, key=len, reverse=True)) for start, names in starts.items()}

    def in_full(self, name: str) -> bool:
        """Say whether a name found in an address is written in full, as are all in Latin letters."""
        return name in self._full or not CHINESE.search(name)

    @cached_property
    def _full(self) -> frozenset[str]:
        return frozenset(name for name in self._chinese if levels_of_ending(name) is not None)

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Number the characters with which names begin; say which two of them a name begins with."""
        letters = sorted({letter for start in self._starts for letter in start})
        numbers = np.zeros(sys.maxunicode + 1, dtype="int32")
        numbers[list(map(ord, letters))] = np.arange(1, len(letters) + 1)
        begins = np.zeros((len(letters) + 1,) * 2, dtype=bool)
        pairs = np.array([list(map(ord, start)) for start in self._starts], dtype="int64").reshape(-1, 2)
        begins[tuple(numbers[pairs].T)] = True
        return numbers, begins

    def candidates(self, texts: list[str]) -> Iterator[list[int]]:
        """Yield where names may begin in each text, all texts looked through at once."""
        numbers, begins = self._pairs
        shown = numbers[np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4")]
        at = np.flatnonzero(begins[shown[:-1], shown[1:]])
        first = np.cumsum([0, *(len(text) + 1 for text in texts)])
        bounds = np.searchsorted(at, first)
        at -= np.repeat(first[:-1], np.diff(bounds))
        places, ends = at.tolist(), bounds.tolist()
        return (places[begin:end] for begin, end in pairwise(ends))

    def chinese(self, text: str, at: list[int], *, inside: bool = False) -> _Found:
        """Return the names of units in a Chinese address; short ones only at its head, unless ``inside`` is asked.

        ``at`` holds where names may begin.
        """
        found = _Found([], [], [])
        names, begins, ends = found
        starts, full = self._starts, self._full
        first = text[:1]
        # most begin with a letter that leads to nothing
        lead = None if first.isalpha() and first not in _LEADS else _LEAD.match(text)
        head = end = lead.end() if lead else 0
        far = _FAR
        for start in at:
            if start < end:
                continue
            if start >= far or len(names) == _MOST:
                break
            for name in starts[text[start : start + 2]]:
                if text.startswith(name, start):
                    stop = start + len(name)
                    street = text[stop : stop + 1] in _STREETS and _STREET.match(text, stop)
                    if (inside or start == head or name in full) and not street:
                        names.append(name)
                        begins.append(start)
                        ends.append(stop)
                        head = end = stop
                        far = stop + _APART
                        break
        return found

    @cached_property
    def _latin(self) -> dict[str, tuple[int, ...]]:
        steps = self.lookup.steps
        keys = dict.fromkeys(key for step in ("english", "alias", "pinyin") for key in steps[step])
        merged = steps["foreign"] | {key: self.lookup.spelled(key)[1] for key in keys}
        return {key: self._today(rows) for key, rows in merged.items() if not CHINESE.search(key)}

    def _part(self, part: str) -> str | None:
        """Return the key of the longest run of words in a part that names a unit."""
        words = [word for word in part.split() if not any(map(str.isdigit, word))]
        for size in range(min(len(words), _WORDS), 0, -1):
            for first in range(len(words) - size, -1, -1):
                run = " ".join(words[first : first + size]).strip(" .")
                if _CODE.fullmatch(run) and (self.lookup.codes.get(run) or self._latin.get(run.lower())):
                    return run
                name = latin_name(run)
                if len(name.letters) > 2 and name.letters in self._latin:
                    return name.letters
                if name.levels and len(name.bare) > 1 and name.bare in self._latin:
                    return f"{name.bare} {'|'.join(sorted(name.levels))}"
        return None

    def _key(self, part: str, *, inside: bool) -> str | None:
        """Return the key of the name in a part of an address; parts recur in many."""
        kept = self._keys
        key = kept.get((part, inside), "")
        if key == "":
            if len(kept) >= _KEPT:
                kept.clear()
            whole = latin_name(part.strip()).letters
            key = whole if len(whole) > 2 and whole in self._latin else None
            if key is None and (inside or not _NO_PLACE.search(part)):
                key = self._part(part)
            kept[part, inside] = key
        return key

    def latin(self, text: str, *, inside: bool = False) -> _Found:
        """Return the names of units in an address in Latin letters, the last part first."""
        found, end = _Found([], [], []), len(text)
        # without a capital letter, codes are told from words no better than in capitals throughout
        written = text.upper() if text.islower() else text
        for part in reversed(_PARTS.split(written if len(written) == end else text)):
            start = end - len(part)
            if key := self._key(part, inside=inside):
                found.names.append(key)
                found.starts.append(start)
                found.ends.append(end)
            end = start - 1
        return found

    def meant(self, name: str) -> tuple[int, ...]:
        """Return the units that a name found in an address may mean."""
        if CHINESE.search(name):
            return self._chinese[name]
        if name.isupper():
            return (*self.lookup.codes.get(name, ()), *self._latin.get(name.lower(), ()))
        letters, _, levels = name.partition(" ")
        rows = self._latin[letters]
        if levels:
            rows = tuple(row for row in rows if self.lookup.ends(row, frozenset(levels.split("|"))))
        return rows
