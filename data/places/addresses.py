"""Place addresses: find the names of units in them and agree on the unit that they name together.

Addresses in Chinese run from the whole to the part, those in Latin letters from the part to the whole, between commas.
"""

import re
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from typing import NamedTuple
from unicodedata import is_normalized, normalize

import numpy as np
import pandas as pd

from ..errors import warn
from ..options import check_choice
from ..spellings import spellings
from .gazetteer import Gazetteer
from .keys import names_given
from .unit_lookup import UnitLookup, level_rank
from .unit_names import CHINESE, latin_name, levels_of_ending

__all__ = ["place_addresses"]

_UNITS = spellings("units")
_LEAD = re.compile(rf"^[\W\d_]*(?:(?:{'|'.join(_UNITS['dropped'])})[\W\d_]*)?")
_STREET = re.compile(rf"[{_UNITS['sides']}]?(?:{'|'.join(_UNITS['streets'])})")
_PARTS = re.compile(r"[,;|/\n\uff0c\uff1b]")
_NO_PLACE = re.compile(rf"\b(?:{'|'.join(_UNITS['latin_streets'])})\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,3}")
# characters from the head to the first name, and between names; names of an address; words of a name
_FAR, _APART, _MOST, _WORDS = 48, 12, 4, 4
_SHOWN = 3
# what counts as a level outside China
_ACCEPTED = {"province": ("province", "region"), "prefecture": ("prefecture", "city"), "county": ("county", "city")}
_SINGLE, _INSIDE = 0.8, 0.5
_UNPLACED = ("ambiguous", "coarser", "unknown", "empty")


class _Name(NamedTuple):
    """A name found in an address: the units it may mean, whether it is written in full, where it begins and ends."""

    name: str
    full: bool
    start: int
    end: int


class _Agreed(NamedTuple):
    """What names agree on: the finest units, which names agree, the share of them, and whether one is in full."""

    rows: tuple[int, ...]
    names: tuple[int, ...]
    share: float
    full: bool


class _Addresses:
    """The names of a gazetteer as they stand in addresses."""

    def __init__(self, lookup: UnitLookup, level: str) -> None:
        self.lookup = lookup
        self.accepted = frozenset(_ACCEPTED.get(level, (level,)))
        self.level = level
        self._agreed: dict[tuple[str, ...], _Agreed] = {}
        self._reached: dict[int, int | None] = {}

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

    @cached_property
    def _full(self) -> frozenset[str]:
        return frozenset(name for name in self._chinese if levels_of_ending(name) is not None)

    def chinese(self, text: str, *, inside: bool = False) -> list[_Name]:
        """Return the names of units in a Chinese address; short ones only at its head, unless ``inside`` is asked."""
        found: list[_Name] = []
        lead = _LEAD.match(text)
        at = lead.end() if lead else 0
        head, far = at, min(len(text), _FAR)
        starts, full = self._starts, self._full
        while at < far and len(found) < _MOST:
            for name in starts.get(text[at : at + 2], ()):
                if text.startswith(name, at):
                    end = at + len(name)
                    whole = name in full
                    if (whole or inside or at == head) and not _STREET.match(text, end):
                        found.append(_Name(name, whole, at, end))
                        at = head = end
                        far = min(len(text), end + _APART)
                        break
            else:
                at += 1
                continue
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

    def latin(self, text: str, *, inside: bool = False) -> list[_Name]:
        """Return the names of units in an address in Latin letters, the last part first."""
        found, end = [], len(text)
        # without a capital letter, codes are told from words no better than in capitals throughout
        capitals = text.upper()
        for part in reversed(_PARTS.split(capitals if text.islower() and len(capitals) == end else text)):
            start = end - len(part)
            whole = latin_name(part.strip()).letters
            key = whole if len(whole) > 2 and whole in self._latin else None
            if key is None and (inside or not _NO_PLACE.search(part)):
                key = self._part(part)
            if key:
                found.append(_Name(key, True, start, end))
            end = start - 1
        return found

    def _meant(self, name: str) -> tuple[int, ...]:
        if CHINESE.search(name):
            return self._chinese[name]
        if name.isupper():
            return (*self.lookup.codes.get(name, ()), *self._latin.get(name.lower(), ()))
        letters, _, levels = name.partition(" ")
        rows = self._latin[letters]
        if levels:
            rows = tuple(row for row in rows if self.lookup.ends(row, frozenset(levels.split("|"))))
        return rows

    def agree(self, names: tuple[str, ...], full: tuple[bool, ...]) -> _Agreed:
        """Return the finest units that names agree on, from the whole to the part."""
        if names not in self._agreed:
            self._agreed[names] = self._agree(names, full)
        return self._agreed[names]

    def _agree(self, names: tuple[str, ...], full: tuple[bool, ...]) -> _Agreed:
        rows: tuple[int, ...] = ()
        agreed: list[int] = []
        against, sure = 0, False
        for at, (name, whole) in enumerate(zip(names, full, strict=True)):
            meant = self._meant(name)
            parts = self._inside(meant, rows) if rows else meant
            # a name said twice is that of a unit and of its container: Jilin, Jilin
            if name in names[:at]:
                parts = tuple(row for row in parts if self.lookup.up[row] in parts) or parts
            wholes = () if parts else self._inside(rows, meant)
            if parts or wholes:
                rows, sure = parts or wholes, sure or whole
                agreed.append(at)
            elif whole and meant and not sure:
                rows, sure, against = meant, True, against + 1
                agreed = [at]
            elif whole and meant:
                against += 1
        return _Agreed(self._highest(rows), tuple(agreed), len(agreed) / max(len(agreed) + against, 1), sure)

    def _inside(self, rows: tuple[int, ...], containers: tuple[int, ...]) -> tuple[int, ...]:
        within = frozenset(containers)
        ways = self.lookup.ways
        return tuple(row for row in rows if not within.isdisjoint(ways[row]))

    def _highest(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Keep the units of the highest level in one country: the first name of an address is its largest unit."""
        if len({self.lookup.ways[row][-1] for row in rows}) != 1:
            return rows
        rank = {row: min(map(level_rank, self.lookup.levels[row])) for row in rows}
        return tuple(row for row in rows if rank[row] == min(rank.values()))

    @cached_property
    def _divided(self) -> frozenset[int]:
        """Countries whose provinces or regions the gazetteer knows."""
        levels = self.lookup.levels
        return frozenset(
            up for row, up in enumerate(self.lookup.up) if up is not None and levels[row] & {"province", "region"}
        )

    def reached(self, row: int) -> int | None:
        """Return the unit of the level asked for that a unit is or lies in."""
        if row not in self._reached:
            levels = self.lookup.levels
            way = self.lookup.ways[row]
            at = next((one for one in way if levels[one] & self.accepted), None)
            if at is None and self.level == "province":
                at = next((one for one in way if "country" in levels[one] and one not in self._divided), None)
            self._reached[row] = at
        return self._reached[row]

    def place(self, address: str) -> tuple[int | None, str, str | None, float, tuple[int, ...]]:
        """Return the unit of an address, the method, the span, the confidence and the finest units found."""
        chinese = bool(CHINESE.search(address))
        text = address
        if chinese:
            text = "".join((address if is_normalized("NFKC", address) else normalize("NFKC", address)).split())
        read = self.chinese if chinese else self.latin
        names, method = read(text), ""
        if not names:
            names, method = read(text, inside=True), "inside the text"
        if not names:
            return None, "unknown", None, np.nan, ()
        agreed = self.agree(tuple(one.name for one in names), tuple(one.full for one in names))
        used = [names[at] for at in agreed.names]
        if not used:
            return None, "unknown", None, np.nan, ()
        span = text[min(one.start for one in used) : max(one.end for one in used)].strip()
        units = {self.reached(row) for row in agreed.rows}
        if len(units) != 1 or (unit := units.pop()) is None:
            return None, "ambiguous" if len(agreed.rows) > 1 else "coarser", span, np.nan, agreed.rows
        if method:
            return unit, method, span, agreed.share * _INSIDE, agreed.rows
        several = len(used) > 1
        method = "names agree" if several else "full name" if agreed.full else "short name"
        return unit, method, span, agreed.share * (1.0 if several or agreed.full else _SINGLE), agreed.rows


def place_addresses(
    addresses: Iterable[object], gazetteer: Gazetteer | None = None, *, level: str = "prefecture"
) -> pd.DataFrame:
    """Place addresses of applicants, inventors or firms at the units that they name.

    In a Chinese address names of units are sought from its head: full names (``武汉市``) anywhere in the first 48
    characters and in the 12 behind another name, short ones (``武汉``) only at the head or behind another name, none
    before a word for a street; a postcode and the name of the country are passed over. In an address in Latin letters
    the parts between commas are read from the last to the first, without numbers and without parts that name a street,
    a building or an institution. Each name may mean several units; every further name leaves those that lie in one of
    the units before (``朝阳区`` behind ``长春市``). Of units of one country that remain the highest level is taken,
    since an address begins with its largest unit.

    Confidence is the share of the names considered that agree with the unit (full names that contradict count, short
    ones do not), times 1 where a name in full or at least two names agree, 0.8 for one short name, 0.5 for a name that
    stands inside the text alone.

    Parameters
    ----------
    addresses : iterable
        Addresses as written; equal ones are placed once.
    gazetteer : Gazetteer, optional
        `Gazetteer.china` and `Gazetteer.world` together by default; these need the extra ``gazetteer``.
    level : str
        ``"province"``, ``"prefecture"`` or ``"county"`` (outside China: region or country, city, city), or a level of
        the gazetteer.

    Returns
    -------
    pandas.DataFrame
        One row an address, in the given order: ``address``; ``place`` (key, missing where there is none) and ``code``;
        ``span`` (the text from the first name to the last); ``method`` (``names agree``, ``full name``, ``short name``,
        ``inside the text``, or why there is no place: ``ambiguous``, ``coarser`` than the level, ``unknown``,
        ``empty``); ``confidence`` (0 to 1); ``found`` (the finest units found, joined by ``"; "``).
        ``attrs["unplaced"]`` holds the count and three examples of each reason.

    Raises
    ------
    MissingExtraError
        If the default gazetteer is needed and the extra is not installed.
    OptionError
        If the gazetteer has no such level.

    Warns
    -----
    InnoscapeWarning
        If addresses cannot be placed, with counts and examples.

    Examples
    --------
    >>> written = ["518057 广东省深圳市南山区高新南一道", "湖北武汉", "Haidian District, Beijing 100084, P.R. China"]
    >>> place_addresses(written)[["place", "span", "confidence"]]
      place                                          span  confidence
    0    深圳                                     广东省深圳市南山区         1.0
    1    武汉                                          湖北武汉         1.0
    2    北京  Haidian District, Beijing 100084, P.R. China         1.0
    """
    known = _default() if gazetteer is None else gazetteer
    lookup = known.lookup
    check_choice("level", level, sorted({one for both in lookup.levels for one in both} | {*_ACCEPTED}))
    index = _index(lookup, level)
    given = pd.Series(names_given("addresses", addresses), dtype="object")
    codes, distinct = pd.factorize(given, use_na_sentinel=True)
    texts = [str(text) for text in distinct]
    placed = [index.place(text) if text.strip() else (None, "empty", None, np.nan, ()) for text in texts]
    placed.append((None, "empty", None, np.nan, ()))  # what a missing address takes, at -1
    shown: dict[tuple[int, ...], str | None] = {
        rows: "; ".join(lookup.place[row] for row in rows) or None for rows in {one[4] for one in placed}
    }
    table = pd.DataFrame(
        {
            "address": pd.array([*texts, None], dtype="str"),
            "place": pd.array([None if one[0] is None else lookup.place[one[0]] for one in placed], dtype="str"),
            "code": pd.array([None if one[0] is None else lookup.code[one[0]] for one in placed], dtype="str"),
            "span": pd.array([one[2] for one in placed], dtype="str"),
            "method": pd.array([one[1] for one in placed], dtype="str"),
            "confidence": [one[3] for one in placed],
            "found": pd.array([shown[one[4]] for one in placed], dtype="str"),
        }
    )
    result = table.take(np.where(codes < 0, len(texts), codes)).reset_index(drop=True)
    return _told(result)


def _told(result: pd.DataFrame) -> pd.DataFrame:
    """Count the addresses without a place by reason, with examples, and warn of them."""
    unplaced = {}
    lost = result.loc[result["place"].isna(), ["method", "address"]]
    for reason in _UNPLACED:
        rows = lost.loc[lost["method"] == reason, "address"]
        if len(rows):
            unplaced[reason] = {"count": len(rows), "examples": rows.dropna().unique()[:_SHOWN].tolist()}
    if unplaced:
        examples = [example for about in unplaced.values() for example in about["examples"]][:_SHOWN]
        warn("warnings.addresses.unplaced", n=len(lost), of=len(result), examples=examples, stacklevel=3)
    result.attrs["unplaced"] = unplaced
    return result


@cache
def _default() -> Gazetteer:
    return Gazetteer.china() + Gazetteer.world()


@lru_cache(maxsize=8)
def _index(lookup: UnitLookup, level: str) -> _Addresses:
    return _Addresses(lookup, level)
