"""Measure how far a written name is from a known one: by letters, and by characters that look or sound alike.

Characters that look alike are those of `spellings.toml`; sounds are those of pypinyin, without tones.
"""

from collections.abc import Callable
from functools import cache, lru_cache

from ..spellings import spellings
from .unit_names import folded, latin_name

__all__ = ["chinese_distance", "letter_distance", "sound_of"]

_LOOK, _SOUND = 0.2, 0.3


def letter_distance(one: str, other: str) -> float:
    """Return how many letters must be changed, added or dropped to make one word of the other (Levenshtein).

    Examples
    --------
    >>> letter_distance("beijng", "beijing")
    1.0
    """
    return _edits(one, other, lambda first, second: float(first != second))


def chinese_distance(one: str, other: str) -> float:
    """Return the same of characters; one that looks alike counts 0.2, one that sounds alike 0.3.

    Examples
    --------
    >>> chinese_distance("鸟鲁木齐", "乌鲁木齐"), chinese_distance("北京", "南京")
    (0.2, 1.0)
    """
    return _edits(one, other, _unlike)


def _edits(one: str, other: str, change: Callable[[str, str], float]) -> float:
    before = [float(column) for column in range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        now = [float(row)]
        for column, second in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + change(letter, second)))
        before = now
    return before[-1]


@lru_cache(maxsize=100_000)
def _unlike(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if other in _looks().get(one, ""):
        return _LOOK
    sound = folded(sound_of(one))
    return _SOUND if sound and sound == folded(sound_of(other)) else 1.0


@cache
def _looks() -> dict[str, str]:
    looks: dict[str, str] = {}
    for group in spellings("units")["alike"]:
        for character in group:
            looks[character] = looks.get(character, "") + group
    return looks


@lru_cache(maxsize=100_000)
def sound_of(name: str) -> str:
    """Return the pinyin of a Chinese name in plain letters, or nothing without the extra ``gazetteer``.

    Examples
    --------
    >>> sound_of("武汉")
    'wuhan'
    """
    try:
        from pypinyin import lazy_pinyin
    except ImportError:
        return ""
    return latin_name("".join(lazy_pinyin(name))).letters
