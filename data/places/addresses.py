"""Place addresses: find the names of units in them and agree on the unit that they name together.

Addresses in Chinese run from the whole to the part, those in Latin letters from the part to the whole, between commas.
"""

from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from typing import NamedTuple
from unicodedata import is_normalized, normalize

import numpy as np
import pandas as pd

from ..errors import warn
from ..options import check_choice
from .gazetteer import Gazetteer
from .keys import names_given
from .names_in_addresses import NamesInAddresses
from .unit_lookup import UnitLookup, level_rank
from .unit_names import CHINESE

__all__ = ["place_addresses"]

_SHOWN = 3
# what counts as a level outside China
_ACCEPTED = {"province": ("province", "region"), "prefecture": ("prefecture", "city"), "county": ("county", "city")}
_SINGLE, _INSIDE = 0.8, 0.5
_UNPLACED = ("ambiguous", "coarser", "unknown", "empty")


class _Agreed(NamedTuple):
    """What names agree on: the unit, the method, the confidence, the finest units, the first and the last such name."""

    unit: int | None
    method: str
    confidence: float
    rows: tuple[int, ...] = ()
    first: int = 0
    last: int = -1


_EMPTY, _UNKNOWN = _Agreed(None, "empty", np.nan), _Agreed(None, "unknown", np.nan)


class _Addresses:
    """The units of a gazetteer that addresses name."""

    def __init__(self, lookup: UnitLookup, level: str) -> None:
        self.lookup = lookup
        self.names = NamesInAddresses(lookup)
        self.accepted = frozenset(_ACCEPTED.get(level, (level,)))
        self.level = level
        self._agreed: dict[tuple[tuple[str, ...], bool], _Agreed] = {}
        self._reached: dict[int, int | None] = {}

    def agree(self, names: tuple[str, ...], *, inside: bool) -> _Agreed:
        """Return what names agree on, from the whole to the part."""
        if (one := self._agreed.get((names, inside))) is None:
            one = self._agreed[names, inside] = self._agree(names, inside=inside)
        return one

    def _agree(self, names: tuple[str, ...], *, inside: bool) -> _Agreed:
        rows: tuple[int, ...] = ()
        agreed: list[int] = []
        against, sure = 0, False
        for at, name in enumerate(names):
            meant, whole = self.names.meant(name), self.names.in_full(name)
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
        if not agreed:
            return _UNKNOWN
        rows = self._highest(rows)
        shown = rows, agreed[0], agreed[-1]
        units = {self.reached(row) for row in rows}
        if len(units) != 1 or (unit := units.pop()) is None:
            return _Agreed(None, "ambiguous" if len(rows) > 1 else "coarser", np.nan, *shown)
        share = len(agreed) / (len(agreed) + against)
        if inside:
            return _Agreed(unit, "inside the text", share * _INSIDE, *shown)
        several = len(agreed) > 1
        method = "names agree" if several else "full name" if sure else "short name"
        return _Agreed(unit, method, share * (1.0 if several or sure else _SINGLE), *shown)

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

    def place(self, addresses: list[str]) -> tuple[list[_Agreed], list[str | None]]:
        """Return what the names of each address agree on, and the text from the first such name to the last."""
        chinese = [bool(CHINESE.search(address)) for address in addresses]
        texts = [_compact(address) if is_chinese else address
                 for address, is_chinese in zip(addresses, chinese, strict=True)]  # fmt: skip
        read, agreed = self.names, list[_Agreed]()
        spans: list[str | None] = []
        starts = read.candidates([text for text, is_chinese in zip(texts, chinese, strict=True) if is_chinese])
        for text, is_chinese in zip(texts, chinese, strict=True):
            at = next(starts) if is_chinese else []
            inside = False
            found = read.chinese(text, at) if is_chinese else read.latin(text)
            if not found.names:
                inside = True
                found = read.chinese(text, at, inside=True) if is_chinese else read.latin(text, inside=True)
            one = self.agree(tuple(found.names), inside=inside) if found.names else _UNKNOWN if text.strip() else _EMPTY
            agreed.append(one)
            if one.rows:
                # names in Latin letters are read backwards
                first, last = (one.first, one.last) if is_chinese else (one.last, one.first)
                spans.append(text[found.starts[first] : found.ends[last]].strip())
            else:
                spans.append(None)
        return agreed, spans


def _compact(address: str) -> str:
    """Return a Chinese address without blanks, in compatibility form."""
    return "".join((address if is_normalized("NFKC", address) else normalize("NFKC", address)).split())


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
    placed, spans = index.place(texts)
    # what a missing address takes, at -1
    placed.append(_EMPTY)
    _, first, kinds = np.unique(list(map(id, placed)), return_index=True, return_inverse=True)
    outcomes = [placed[at] for at in first]
    table = pd.DataFrame(
        {
            "place": pd.array([None if one.unit is None else lookup.place[one.unit] for one in outcomes], dtype="str"),
            "code": pd.array([None if one.unit is None else lookup.code[one.unit] for one in outcomes], dtype="str"),
            "method": pd.array([one.method for one in outcomes], dtype="str"),
            "confidence": [one.confidence for one in outcomes],
            "found": pd.array(
                ["; ".join(lookup.place[row] for row in one.rows) or None for one in outcomes], dtype="str"
            ),
        }
    )
    table = table.take(kinds).reset_index(drop=True)
    table.insert(0, "address", pd.array([*texts, None], dtype="str"))
    table.insert(3, "span", pd.array([*spans, None], dtype="str"))
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
