"""Know the words that all rooms share: tiers, statuses, channels, roles, measures, each with names, color and mark.

The words stand in ``vocabulary.toml``, once. Their order is meant: tiers from the highest, statuses from the most
certain to the least. The catalogue of a further language names them under ``terms``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from .wording.catalogue import LANGUAGES, Text, look_up, plain

__all__ = ["CHANNELS", "STATUSES", "TIERS", "Term", "is_term", "name_of", "terms", "weakest"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary.

    Parameters
    ----------
    key : str
        As tables and study files write it.
    name : Text
        In every language.
    color, mark : str
        Color (``#rrggbb``) and sign; empty where the word has none.
    """

    key: str
    name: Text
    color: str = ""
    mark: str = ""


@cache
def terms(kind: str) -> Mapping[str, Term]:
    """Return the words of a kind, such as ``"tiers"``, in their order.

    Examples
    --------
    >>> [term.name.in_("zh") for term in terms("tiers").values()]
    ['国际级', '国家级', '区域级', '地方级']
    """
    return MappingProxyType({key: _term(kind, key, given) for key, given in _tables()[kind].items()})


def is_term(kind: str, key: object) -> bool:
    """Return whether a kind of words has a key."""
    return key in terms(kind)


def name_of(key: object, *kinds: str) -> Text:
    """Return the name of a key, looked up in some kinds of words or in all; an unknown key is said as it is written.

    Examples
    --------
    >>> str(name_of("peer")), str(name_of("my_tier"))
    ('within a tier', 'my tier')
    """
    for kind in kinds or _tables():
        if key in terms(kind):
            return terms(kind)[str(key)].name
    return plain(str(key).replace("_", " "))


def weakest(statuses: Any) -> str | None:  # noqa: ANN401
    """Return the least certain of some statuses; what the vocabulary does not know counts as less certain still.

    Examples
    --------
    >>> weakest(["observed", "estimated", "derived", None])
    'estimated'
    """
    known = {str(status) for status in statuses if isinstance(status, str)}
    return max(
        known,
        key=lambda status: (STATUSES.index(status) if status in STATUSES else len(STATUSES), status),
        default=None,
    )


def _term(kind: str, key: str, given: Mapping[str, str]) -> Term:
    names = {lang: given.get(lang) or look_up(lang, f"terms.{kind}.{key}") or "" for lang in LANGUAGES}
    return Term(key, Text.of(**names), given.get("color", ""), given.get("mark", ""))


@cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((files("innoscape.data") / "vocabulary.toml").read_text(encoding="utf-8"))


TIERS: tuple[str, ...] = tuple(terms("tiers"))
STATUSES: tuple[str, ...] = tuple(terms("statuses"))
CHANNELS: tuple[str, ...] = tuple(key for key in terms("channels") if key != "external")
