"""Recognize places by name.

A place is known by its key (column ``place``), its Chinese name and its English name; spelling differences that
carry no meaning (white space, ``市``, a curly apostrophe) are looked through and reported.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache

import pandas as pd

from ..datasets import load
from ..errors import Fault, TableError, UnknownPlaceError, columns_of
from ..options import nearest
from ..spellings import spellings
from ..wording.catalogue import Text, join_texts, text
from .keys import as_keys, key_text
from .unit_names import CHINESE, chinese_name, latin_name, levels_of_ending

__all__ = ["find_places", "is_city_named_as_province", "match_places", "normalize_name", "without_inner_spaces"]

_SUFFIX = re.compile(rf"(?<=..)(?:{'|'.join(spellings('endings')['chinese'])})$")
_ENDING = re.compile(
    r"(?<=\w)\s(?:province|municipality|(?:(?:zhuang|hui|u[iy]gh?ur) )?autonomous region"
    r"|special administrative region|sar)$"
)
# a code from a column of floats
_WHOLE = re.compile(r"^(\d+)\.0+$")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʹ`´", "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_PROVINCES = ("province", "autonomous region")
_CITIES = ("city",)
_FOUND = ("lon", "lat", "name_en", "name_zh", "kind")


@lru_cache(maxsize=100_000)
def normalize_name(name: str) -> str:
    """Reduce a place name to the form in which spellings are compared.

    Compatibility forms are unified (NFKC), case is folded, curly apostrophes and long dashes become plain, invisible
    characters go. In names with Chinese characters all white space goes and so do the endings 省, 市, 自治区
    (with 壮族, 回族, 维吾尔) and 特别行政区, as long as two characters remain; in other names runs of white space
    become one space, and Province, Municipality, Autonomous Region (with Zhuang, Hui, Uygur) and Special Administrative
    Region or SAR go from the end; a code loses the decimals of a float (420100.0). The function is idempotent.

    Parameters
    ----------
    name : str
        Name as written.

    Returns
    -------
    str
        Form to compare; not meant to be shown.

    Examples
    --------
    >>> [normalize_name(name) for name in ("北   京市", "广西壮族自治区", "Xi’an", "Hubei Province")]
    ['北京', '广西', "xi'an", 'hubei']
    """
    text = str(name)
    while (reduced := _reduce(text)) != text:
        text = reduced
    return text


def _reduce(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_APOSTROPHES)
    text = "".join(
        character for character in text if unicodedata.category(character) not in ("Cf", "Cc") or character.isspace()
    )
    if CHINESE.search(text):
        return _SUFFIX.sub("", "".join(text.split()))
    return _WHOLE.sub(r"\1", _ENDING.sub("", " ".join(text.split())))


def without_inner_spaces(name: str) -> str:
    """Return a name with Chinese characters without the spaces that print it wider, any other as it is.

    Examples
    --------
    >>> without_inner_spaces("北   京"), without_inner_spaces("New York")
    ('北京', 'New York')
    """
    return "".join(name.split()) if CHINESE.search(name) and name.split() != [name] else name


def evidence(given: str) -> str:
    """Return whether the ending of a name says ``"city"`` (市, City), ``"province"`` (省, 自治区, Province) or nothing.

    Examples
    --------
    >>> [evidence(name) for name in ("吉林市", "Jilin Province", "吉林")]
    ['city', 'province', '']
    """
    levels = levels_of_ending(chinese_name(given)) if CHINESE.search(given) else latin_name(given).levels
    return "" if levels is None else "city" if "city" in levels else "province" if "province" in levels else ""


def is_city_named_as_province(given: str) -> bool:
    """Say whether a name in 市 or City is otherwise that of a province.

    Examples
    --------
    >>> is_city_named_as_province("\u5409\u6797\u5e02"), is_city_named_as_province("\u5317\u4eac\u5e02")
    (True, False)
    """
    return evidence(given) == "city" and normalize_name(given) in _province_names()


@cache
def _province_names() -> frozenset[str]:
    places = load("places")
    rows = places[places["kind"].isin(_PROVINCES)]
    return frozenset(normalize_name(name) for column in ("place", "name_en") for name in rows[column])


class NameIndex:
    """The names of a table of places, ready to be looked up."""

    def __init__(self, places: pd.DataFrame) -> None:
        if not isinstance(places, pd.DataFrame) or "place" not in places:
            raise TableError([Fault.of("faults.places.key", "places", column="place", got=columns_of(places))])
        self._places = places
        self._steps = (("exact", "place"), ("chinese name", "name_zh"), ("english name", "name_en"))

    @cached_property
    def keys(self) -> list[str]:
        """The keys of the places."""
        return [str(key_text(key)) for key in self._places["place"].tolist()]

    @cached_property
    def _kinds(self) -> dict[str, set[object]]:
        found: dict[str, set[object]] = {}
        kinds = self._places["kind"].tolist() if "kind" in self._places else [None] * len(self.keys)
        for key, kind in zip(self.keys, kinds, strict=True):
            found.setdefault(key, set()).add(kind if isinstance(kind, str) else None)
        return found

    @cached_property
    def _written(self) -> dict[str, dict[str, set[str]]]:
        found: dict[str, dict[str, set[str]]] = {}
        for how, column in self._steps:
            index = found.setdefault(how, {})
            if column not in self._places:
                continue
            for key, name in zip(self.keys, self._places[column].tolist(), strict=True):
                if (written := key_text(name)) is not None:
                    index.setdefault(written, set()).add(key)
        return found

    @cached_property
    def _normalized(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for index in self._written.values():
            for written, keys in index.items():
                found.setdefault(normalize_name(written), set()).update(keys)
        return found

    def lookup(self, given: str) -> tuple[list[str], str]:
        """Return the keys that match a name (none, one or several) and how they were found."""
        for how, _ in self._steps:
            found = self._written[how].get(given)
            if found:
                return sorted(found), how
        found = self._normalized.get(normalize_name(given), set())
        # 吉林市 is a city, and no province, of that name; 吉林省 is no city
        other = {"city": _PROVINCES, "province": _CITIES}.get(evidence(given), ())
        return sorted(key for key in found if self._kinds[key].isdisjoint(other)), "normalized"

    def may_be_province(self, given: str, key: str) -> bool:
        """Say whether a name in 市 or City is matched with what bears the name of a province and has no kind."""
        return None in self._kinds[key] and is_city_named_as_province(given)

    def nearest(self, given: str) -> list[str]:
        """Return up to three keys whose names look like the given one."""
        form = normalize_name(given)
        if form in spellings("totals")["names"]:
            return []
        close = nearest(form, sorted(self._normalized), most=3, cutoff=0.5)
        return list(dict.fromkeys(key for name in close for key in sorted(self._normalized[name])))[:3]


def match_places(names: Iterable[str], places: pd.DataFrame) -> pd.DataFrame:
    """Match names with the places of a table.

    A name is tried, in this order, as the key, the Chinese name and the English name as written, then normalized.
    A name that fits several places at the step where it first fits is not matched, nor is a name in 市 (City) with a
    place whose ``kind`` is a province or autonomous region, or one in 省, 自治区 (Province) with a city.

    Parameters
    ----------
    names : iterable of str
        Names as given.
    places : pandas.DataFrame
        Places contract; ``name_zh`` and ``name_en`` are used where present.

    Returns
    -------
    pandas.DataFrame
        One row a name, in the given order: ``given``; ``place`` (key, missing where there is no single answer);
        ``how`` (``exact``, ``chinese name``, ``english name``, ``normalized``, ``ambiguous`` or ``unknown``);
        ``candidates`` (keys that fit an ambiguous name or look like an unknown one, joined by ``"; "``).

    Examples
    --------
    >>> match_places(["北京市", "Beijing", "北平"], load("places"))[["given", "place", "how"]]
         given place           how
    0      北京市    北京    normalized
    1  Beijing    北京  english name
    2       北平   NaN       unknown
    """
    known = NameIndex(places)
    rows = [_match(name, known) for name in names]
    return pd.DataFrame(rows, columns=["given", "place", "how", "candidates"]).astype("str")


def _match(name: str, known: NameIndex) -> tuple[str, str | None, str, str]:
    given = key_text(name) or ""
    keys, how = known.lookup(given)
    if len(keys) == 1:
        return given, keys[0], how, ""
    if keys:
        return given, None, "ambiguous", "; ".join(keys)
    return given, None, "unknown", "; ".join(known.nearest(given))


def find_places(names: str | Iterable[str], *, places: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find places by name.

    Parameters
    ----------
    names : str or iterable of str
        Chinese or English names or keys.
    places : pandas.DataFrame, optional
        Places contract to look in; the shipped places and aggregates by default.

    Returns
    -------
    pandas.DataFrame
        One row a name, in the given order: ``given``, ``place``, ``how`` (see `match_places`), ``lon``, ``lat``
        (degrees, WGS 84), ``name_en``, ``name_zh``, ``kind``.

    Raises
    ------
    UnknownPlaceError
        If any name has no single answer; the message lists all of them with the nearest places.

    Examples
    --------
    >>> find_places(["Xi’an", "深圳市"])[["place", "how", "lon", "lat"]]
      place         how       lon      lat
    0    西安  normalized  108.9286  34.2583
    1    深圳  normalized  114.0683  22.5455
    """
    asked = [names] if isinstance(names, str) else list(names)
    table = _default_places() if places is None else places
    matched = match_places(asked, table)
    lost = matched[matched["place"].isna()]
    if len(lost):
        said = (_lost(row.given, row.how, row.candidates) for row in lost.itertuples())
        raise UnknownPlaceError(join_texts(said, by="list.line"))
    details = (
        table.assign(place=as_keys(table["place"]))
        .drop_duplicates("place")
        .set_index("place")
        .reindex(columns=list(_FOUND))
    )
    found = matched[["given", "place", "how"]].join(details, on="place")
    return found.reset_index(drop=True)


def _default_places() -> pd.DataFrame:
    return pd.concat([load("places"), load("aggregate_places")], ignore_index=True)


def _lost(given: str, how: str, candidates: str) -> Text:
    if how == "ambiguous":
        return text("faults.options.ambiguous", got=given, candidates=candidates)
    if candidates:
        return text("faults.options.nearest", got=given, candidates=candidates)
    return text("faults.options.unmatched", got=given)
