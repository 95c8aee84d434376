"""Look units up by code and by names in Chinese, pinyin and English, each step of the search by itself.

The steps are code, name, English name, alias (short forms among them) and pinyin; the first that leaves a unit after
level, container and year have been asked is taken. What is no longer valid is looked for when no step has an answer.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from ..options import nearest
from ..spellings import spellings
from .keys import key_text
from .near_names import chinese_distance, letter_distance, sound_of
from .unit_names import CHINESE, chinese_name, folded, latin_name, levels_of_ending, short_name

__all__ = ["Found", "UnitLookup", "level_rank"]

_DIGITS = re.compile(r"(?:156)?(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})")
_WHOLE = re.compile(r"(\d+)\.0+")
_CODE_END = 6
_LEAST = 2
_ORDER = ("country", "province", "region", "prefecture", "city", "county")
_CITY = spellings("endings")["city"]


class Found(NamedTuple):
    """Rows that fit a name, and how they were found."""

    rows: tuple[int, ...]
    how: str


Admits = Callable[[int], bool]


class UnitLookup:
    """The units of a gazetteer, ready to be looked up by row number."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.place: list[str] = table["place"].tolist()
        self.code: list[str | None] = [key_text(code) for code in table["code"]]
        self.levels = [frozenset(str(level).split("; ")) for level in table["level"]]
        self.population = table["population"].fillna(-1.0).tolist()
        self.listed: list[bool] = table["listed"].tolist()
        row_of = {place: row for row, place in enumerate(self.place)}
        self.row_of = row_of
        self.up = [row_of.get(parent) if isinstance(parent, str) else None for parent in table["parent"]]
        self.first = table["valid_from"].astype("Float64").fillna(float("-inf")).tolist()
        self.last = table["valid_to"].astype("Float64").fillna(float("inf")).tolist()
        self.after = [
            tuple(row_of[name] for name in str(names).split("; ") if name in row_of) if isinstance(names, str) else ()
            for names in table["successors"]
        ]
        self.table = table

    @cached_property
    def known_levels(self) -> list[str]:
        """The levels of the units."""
        return sorted(frozenset().union(*set(self.levels)))

    @cached_property
    def _cities(self) -> list[bool]:
        return [not isinstance(name, str) or name.endswith(_CITY) for name in self.table["name_zh"]]

    def above(self, row: int) -> Iterator[int]:
        """Yield the containers of a unit, the nearest first."""
        seen = {row}
        while (up := self.up[row]) is not None and up not in seen:
            yield up
            seen.add(up)
            row = up

    @cached_property
    def ways(self) -> list[tuple[int, ...]]:
        """Each unit and its containers, the nearest first."""
        return [(row, *self.above(row)) for row in range(len(self.place))]

    def inside(self, row: int, containers: frozenset[int]) -> bool:
        """Say whether a unit is one of the containers or lies in one."""
        return not containers.isdisjoint(self.ways[row])

    def valid(self, row: int, year: int | None) -> bool:
        """Say whether a unit is valid at the end of a year, or today."""
        return self.last[row] == float("inf") if year is None else self.first[row] <= year <= self.last[row]

    @cached_property
    def codes(self) -> dict[str, list[int]]:
        """Rows by code."""
        codes: dict[str, list[int]] = {}
        for row, (code, further) in enumerate(zip(self.code, self.table["codes"], strict=True)):
            for one in [code, *(further.split("; ") if isinstance(further, str) else ())]:
                if one:
                    codes.setdefault(one, []).append(row)
        return codes

    @cached_property
    def steps(self) -> dict[str, dict[str, list[int]]]:
        """Rows by name, for each step of the search."""
        kinds = ("name", "english", "alias", "foreign", "pinyin", "tones")
        steps: dict[str, dict[str, list[int]]] = {kind: {} for kind in kinds}

        def put(step: str, key: str, row: int) -> None:
            rows = steps[step].setdefault(key, [])
            if key and row not in rows[-1:]:
                rows.append(row)

        columns = [self.table[one].tolist() for one in ("place", "name_zh", "name_en", "aliases", "pinyin")]
        for row, (place, chinese, english, aliases, pinyin) in enumerate(zip(*columns, strict=True)):
            # cities abroad have names in many languages, which stand behind the names of others
            abroad = "city" in self.levels[row]
            if isinstance(chinese, str):
                put("foreign" if abroad else "name", chinese_name(chinese), row)
                put("foreign" if abroad else "alias", short_name(chinese_name(chinese)), row)
            if isinstance(english, str):
                name = latin_name(english)
                put("english", name.letters, row)
                put("english", name.bare, row)
            for alias in (place, *(aliases.split("; ") if isinstance(aliases, str) else ())):
                key = chinese_name(alias) if CHINESE.search(alias) else latin_name(alias).letters
                put("foreign" if abroad else "alias", key, row)
            if isinstance(pinyin, str):
                syllables = pinyin.split()
                short = short_name(str(chinese))
                for spelled in (" ".join(syllables[: len(short)]), pinyin):
                    name = latin_name(spelled.replace(" ", ""))
                    put("pinyin", name.letters, row)
                    put("tones", name.toned, row)
        return steps

    def tries(self, given: str) -> Iterator[tuple[str, Iterable[int], frozenset[str] | None]]:
        """Yield each step of the search: how, the rows, and the levels that the ending of the name admits."""
        written = _WHOLE.sub(r"\1", given)
        if (rows := self.codes.get(written)) or (written.islower() and (rows := self.codes.get(written.upper()))):
            yield "code", rows, None
        if digits := _DIGITS.fullmatch(written):
            yield "code", self._numbered(digits[1]), None
            return
        steps = self.steps
        if CHINESE.search(given):
            name = chinese_name(given)
            yield "name", steps["name"].get(name, ()), None
            yield "alias", steps["alias"].get(name, ()), None
            yield "alias", steps["alias"].get(short_name(name), ()), levels_of_ending(name)
            yield "alias", steps["foreign"].get(name, ()), None
            return
        name = latin_name(given)
        if name.toned:
            yield "pinyin", steps["tones"].get(name.toned, ()), None
        forms = [(name.letters, None), *([(name.bare, name.levels)] if name.levels else [])]
        for letters, ending in forms:
            yield *self.spelled(letters), ending
        for letters, ending in forms:
            yield "alias", steps["foreign"].get(letters, ()), ending

    def spelled(self, letters: str) -> tuple[str, list[int]]:
        """Return the units of a name in plain letters, and by which kind of name.

        By its pinyin a unit is not meant where another of its level bears that English name: Shanxi is not 陕西.
        """
        english, alias, pinyin = (self.steps[step].get(letters, []) for step in ("english", "alias", "pinyin"))
        taken = {min(self.levels[row], key=level_rank) for row in english}
        own = [row for row in pinyin if row in english or min(self.levels[row], key=level_rank) not in taken]
        return "english" if english else "alias" if alias else "pinyin", [*dict.fromkeys([*english, *alias, *own])]

    def _numbered(self, digits: str) -> list[int]:
        """Return the unit of a GB/T 2260 code of 2, 4, 6, 9 or 12 digits, or the one that contains it."""
        code = digits[:_CODE_END].ljust(_CODE_END, "0")
        for known in (code, f"{code[:4]}00", f"{code[:2]}0000"):
            if rows := self.codes.get(known):
                return rows
        return []

    def find(self, given: str, admits: Admits, year: int | None) -> Found:
        """Return the units that the first step with an answer leaves."""
        for step, rows, ending in self.tries(given):
            kept = [row for row in rows if self.valid(row, year) and self.ends(row, ending) and admits(row)]
            if kept:
                return Found(self._meant(kept), step)
        return self._other_time(given, admits, year)

    def meant(self, given: str, admits: Admits, year: int | None) -> Found:
        """Return the units that a name means, also where it names a container before or behind."""
        found = self.find(given, admits, year)
        return found if found.rows else self.combined(given, admits, year)

    def holding(self, given: str, admits: Admits, year: int | None) -> Found:
        """Return the units that contain what a name means, the nearest container that is admitted of each."""
        found = self.meant(given, lambda row: any(map(admits, self.above(row))), year)
        whole = dict.fromkeys(next(up for up in self.above(row) if admits(up)) for row in found.rows)
        return Found(tuple(whole), "code of a part" if found.how == "code" else "name of a part")

    def ends(self, row: int, ending: frozenset[str] | None) -> bool:
        """Say whether a name with that ending may mean a unit: a city is no county or district."""
        if ending is None:
            return True
        if "city" in ending and self.levels[row] == {"county"} and not self._cities[row]:
            return False
        return bool(self.levels[row] & ending)

    def any_of(self, given: str, year: int | None) -> frozenset[int]:
        """Return every unit that a code or name may mean, at whichever step."""
        return frozenset(
            row
            for _, rows, ending in self.tries(given)
            for row in rows
            if self.valid(row, year) and self.ends(row, ending)
        )

    def _meant(self, rows: list[int]) -> tuple[int, ...]:
        """Leave out counties that bear the bare name of a province, or of the unit that contains them."""
        found = dict.fromkeys(rows)
        if len(found) == 1:
            return tuple(found)
        province = any("province" in self.levels[row] for row in found)
        return tuple(
            row
            for row in found
            if self.levels[row] != {"county"} or not (province or any(up in found for up in self.above(row)))
        )

    def _other_time(self, given: str, admits: Admits, year: int | None) -> Found:
        """Return what came of a former unit, or what a later one was in the year."""
        for _, rows, ending in self.tries(given):
            kept = [row for row in rows if not self.valid(row, year) and self.ends(row, ending)]
            before = [row for row in kept if year is None or self.last[row] < year]
            if before:
                now = [to for row in before for to in self._now(row, year) if admits(to)]
                if now:
                    return Found(tuple(dict.fromkeys(now)), "former name")
            later = {row for row in kept if year is not None and self.first[row] > year}
            # most names are of no later unit, and all units need not be gone through
            then = [row for row, after in enumerate(self.after) if later & {*after}] if later else []
            if then := [row for row in then if self.valid(row, year) and admits(row)]:
                return Found(tuple(then), "later name")
        return Found((), "unknown")

    def _now(self, row: int, year: int | None) -> list[int]:
        if not self.after[row]:
            return [row]
        return [last for after in self.after[row] for last in
                ([after] if self.valid(after, year) else self._now(after, year) if after != row else [])]  # fmt: skip

    def combined(self, given: str, admits: Admits, year: int | None) -> Found:
        """Read a Chinese name as a container and a unit inside it, or a Latin one as ``unit, container``."""
        if CHINESE.search(given):
            name = chinese_name(given)
            pairs = [(name[at:], name[:at]) for at in range(len(name) - _LEAST, _LEAST - 1, -1)]
        else:
            unit, comma, container = given.partition(",")
            pairs = [(unit, container)] if comma else []
        for unit, container in pairs:
            whole = self.any_of(container.strip(), year)
            found = self.find(unit.strip(), lambda row, whole=whole: admits(row) and self.inside(row, whole), year)
            if found.rows:
                return found
        return Found((), "unknown")

    @cached_property
    def _latin(self) -> dict[str, list[int]]:
        merged: dict[str, list[int]] = {}
        for step in ("english", "alias", "pinyin"):
            for key, rows in self.steps[step].items():
                if not CHINESE.search(key):
                    merged.setdefault(key, []).extend(rows)
        return merged

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        sounds: dict[str, list[str]] = {}
        for key in self._latin:
            sounds.setdefault(folded(key), []).append(key)
        return sounds

    @cached_property
    def _gaps(self) -> dict[str, list[int]]:
        """Chinese names with one character left out or open, by which names one character apart meet."""
        gaps: dict[str, list[int]] = {}
        for step in ("name", "alias"):
            for key, rows in self.steps[step].items():
                if CHINESE.search(key):
                    for gap in _one_open(key):
                        gaps.setdefault(gap, []).extend(rows)
        return gaps

    def nearest(self, given: str, admits: Admits, most: int = 3) -> list[int]:
        """Return units whose names look or sound like the one given: the closest, of higher levels, the largest."""
        far: dict[int, float] = {}
        if CHINESE.search(given):
            forms = dict.fromkeys([chinese_name(given), short_name(chinese_name(given))])
            close = {row for form in forms for row in self._alike(sound_of(form))}
            close |= {row for form in forms for gap in _one_open(form) for row in self._gaps.get(gap, ())}
            written = self.table["name_zh"].to_numpy()
            for row in sorted(close):
                full = chinese_name(str(written[row]))
                known = (full, short_name(full))
                far[row] = min(chinese_distance(form, name) for form in forms for name in known)
        else:
            letters = latin_name(given).bare
            sound = folded(letters)
            for key in nearest(sound, self._sounds, most=4 * most, cutoff=0.7):
                off = letter_distance(key, sound) + (key[:1] != sound[:1])
                for row in (row for one in self._sounds[key] for row in self._latin[one]):
                    far[row] = min(off, far.get(row, off))
        kept = [row for row in far if self.valid(row, None) and admits(row)]
        return sorted(kept, key=lambda row: (far[row], self.rank(row), -self.population[row]))[:most]

    def rank(self, row: int) -> int:
        """Return the rank of the highest level of a unit."""
        return min(map(level_rank, self.levels[row]))

    def _alike(self, letters: str) -> list[int]:
        return [row for key in self._sounds.get(folded(letters), ()) for row in self._latin[key]]


def level_rank(level: str) -> int:
    """Return the rank of a level, the largest units first."""
    return _ORDER.index(level) if level in _ORDER else len(_ORDER)


def _one_open(name: str) -> Iterator[str]:
    if len(name) >= _LEAST:
        for at in range(len(name)):
            yield f"{name[:at]}?{name[at + 1 :]}"
            if len(name) > _LEAST:
                yield f"{name[:at]}{name[at + 1 :]}"
        yield name
