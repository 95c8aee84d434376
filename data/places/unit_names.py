"""Reduce names of administrative units to the forms in which Chinese, pinyin and English spellings are compared.

Endings are evidence: ``吉林市`` and ``Jilin City`` are no province, ``吉林省`` and ``Jilin Province`` no city. What an
ending admits stands in ``spellings.toml``.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from ..spellings import spellings

__all__ = ["CHINESE", "LatinName", "chinese_name", "folded", "latin_name", "levels_of_ending", "short_name"]

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_UNITS = spellings("units")
_CHINESE = [(ending, frozenset(row["levels"])) for row in _UNITS["chinese"] for ending in row["endings"]]
_LATIN = sorted(
    ((ending, frozenset(row["levels"])) for row in _UNITS["latin"] for ending in row["endings"]),
    key=lambda pair: -len(pair[0]),
)
_LATIN_LEVELS = dict(_LATIN)
_SOUNDS = _UNITS["sounds"]
# letters that do not come apart into a letter and a mark
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_MARKS, _BETWEEN, _UMLAUT = re.compile(r"[^\w\s-]"), re.compile(r"[\W_]"), re.compile("(?<=[ln])v")
_NUMBERED = re.compile(r"(?<=[a-z])[1-4](?![0-9])")


# forms of many words, which take long to compile and are not needed of names that are keys


@cache
def _latin_ending() -> re.Pattern[str]:
    return re.compile(rf"(?<=\w)[\s-]+({'|'.join(re.escape(ending) for ending, _ in _LATIN)})$")


@cache
def _peoples() -> re.Pattern[str]:
    return re.compile(rf"(?<=..)(?:{'|'.join(sorted(_UNITS['peoples'], key=len, reverse=True))})+$")


@cache
def _latin_peoples() -> re.Pattern[str]:
    return re.compile(rf"(?<=\w)(?:[\s-]+(?:{'|'.join(_UNITS['latin_peoples']['words'])}))+$")


class LatinName(NamedTuple):
    """A name in Latin letters: its letters alone, the same with tones if it shows any, the levels its ending admits."""

    letters: str
    toned: str
    levels: frozenset[str] | None
    bare: str  # letters without the ending


@lru_cache(maxsize=200_000)
def chinese_name(name: str) -> str:
    """Return a name in Chinese without white space and invisible characters, in compatibility form.

    Examples
    --------
    >>> chinese_name(" 武 汉市\u200b")
    '武汉市'
    """
    text = unicodedata.normalize("NFKC", name).replace(_UNITS["blanks"], "").casefold()
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


@cache
def levels_of_ending(name: str) -> frozenset[str] | None:
    """Return the levels that the ending of a Chinese name admits, or None where it says nothing.

    Examples
    --------
    >>> sorted(levels_of_ending("吉林省")), sorted(levels_of_ending("吉林市")), levels_of_ending("吉林")
    (['province'], ['city', 'county', 'prefecture'], None)
    """
    for ending, levels in _CHINESE:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return levels
    return None


@lru_cache(maxsize=200_000)
def short_name(name: str) -> str:
    """Return a Chinese name without its ending and the peoples in it, as long as two characters remain.

    Examples
    --------
    >>> [short_name(name) for name in ("武汉市", "黔西南布依族苗族自治州", "锡林郭勒盟", "东乡族自治县", "和县")]
    ['武汉', '黔西南', '锡林郭勒', '东乡', '和县']
    """
    for ending, _ in _CHINESE:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            rest = name[: -len(ending)]
            bare = _peoples().sub("", rest)
            people = _UNITS["people"]
            return bare.removesuffix(people) if len(bare) > 2 else bare
    return name


def _spelled(name: str) -> tuple[str, str]:
    """Return a name in plain letters, and its tones in their order, written as marks or as digits."""
    if name.isascii():
        plain = name.casefold()
        tones = "".join(_NUMBERED.findall(plain))
        return (_NUMBERED.sub("", plain) if tones else plain), tones
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold().translate(_LETTERS))
    letters, tones = [], []
    for character in text:
        if character in _TONES:
            tones.append(_TONES[character])
        elif not unicodedata.combining(character) and unicodedata.category(character) not in ("Cf", "Cc"):
            letters.append(character)
    plain = "".join(letters)
    if not tones:
        tones = _NUMBERED.findall(plain)
        plain = _NUMBERED.sub("", plain)
    return plain, "".join(tones)


@lru_cache(maxsize=200_000)
def latin_name(name: str) -> LatinName:
    """Return the forms of a name in Latin letters in which spellings are compared.

    Marks, tones, spaces, apostrophes and hyphens go; ü, v and u are one letter. An English or pinyin ending that stands
    apart (Province, City, District, shi, …) is evidence and goes from ``bare``.

    Examples
    --------
    >>> latin_name("Xī'ān Shì").bare, latin_name("Lüliang").letters, latin_name("Lvliang").letters
    ('xian', 'luliang', 'luliang')
    >>> sorted(latin_name("Jilin Province").levels), latin_name("Su1zhou1").toned
    (['province'], 'suzhou 11')
    """
    plain, tones = _spelled(name)
    words = " ".join(_MARKS.sub("", plain).split())
    # an ending stands behind a blank or a hyphen
    ending = _latin_ending().search(words) if " " in words or "-" in words else None
    levels = _LATIN_LEVELS[ending[1]] if ending else None
    letters = _letters(words)
    bare = _letters(_latin_peoples().sub("", words[: ending.start()])) if ending else letters
    return LatinName(letters, f"{letters} {tones}" if tones else "", levels, bare)


def _letters(words: str) -> str:
    letters = words if words.isalnum() else _BETWEEN.sub("", words)
    return _UMLAUT.sub("u", letters) if "v" in letters else letters


@lru_cache(maxsize=200_000)
def folded(letters: str) -> str:
    """Return letters of pinyin with sounds that are often mistaken made one (zh and z, ng and n, …).

    Examples
    --------
    >>> folded("changsha") == folded("cangsa")
    True
    """
    for written, sound in _SOUNDS.items():
        letters = letters.replace(written, sound)
    return letters
