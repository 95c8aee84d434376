"""Know the words that all rooms share: tiers, statuses, channels, roles, measures, each with names, color and mark.

The words stand in ``vocabulary.toml``, once. Their order is meant: tiers from the highest, statuses from the most
certain to the least. The catalogue of a further language names them under ``terms``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from .wording.catalogue import LANGUAGES, Text, look_up, plain
from .wording.toml_tables import TomlTables

__all__ = [
    "CHANNELS",
    "STATUSES",
    "TIERS",
    "Term",
    "doubt",
    "is_term",
    "name_of",
    "same_unit",
    "terms",
    "unit_name",
    "weakest",
    "with_trait",
]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary; a property that it has not is empty.

    Parameters
    ----------
    key : str
        As tables and study files write it.
    name : Text
        In every language.
    color, ink : str
        Color (``#rrggbb``) of fills, and of lines, signs and letters on a light ground.
    mark : str
        The sign that tells the word apart without color.
    hatch, line : str
        Pattern of its fills and style of its border.
    traits : frozenset of str
        The sets that it belongs to (see `with_trait`).
    """

    key: str
    name: Text
    color: str = ""
    ink: str = ""
    mark: str = ""
    hatch: str = ""
    line: str = ""
    traits: frozenset[str] = frozenset()


@cache
def terms(kind: str) -> Mapping[str, Term]:
    """Return the words of a kind, such as ``"tiers"``, in their order.

    Examples
    --------
    >>> [term.name.in_("zh") for term in terms("tiers").values()]
    ['国际级', '国家级', '区域级', '地方级']
    """
    return MappingProxyType({key: _term(kind, key, given) for key, given in _tables()[kind].items()})


def with_trait(kind: str, trait: str) -> tuple[str, ...]:
    """Return the keys of a kind that have a trait, in their order.

    - statuses: ``measured`` (not worked out by a model), ``soft`` (drawn broken or pale), ``cell`` (of cells of an
      index), ``input`` (of values in a user's tables);
    - channels: ``model`` (of the spread between centers).

    Examples
    --------
    >>> with_trait("statuses", "cell")[:2]
    ('observed', 'substituted')
    """
    return tuple(key for key, term in terms(kind).items() if trait in term.traits)


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


def unit_name(unit: object) -> Text:
    """Return what a unit is called in every language; a `Text`, or a unit without an entry, stands as it is.

    Examples
    --------
    >>> unit_name("patents").in_("zh"), unit_name("bushels").in_("zh")
    ('件', 'bushels')
    """
    return terms("units")[unit].name if isinstance(unit, str) and is_term("units", unit) else plain(unit)


def same_unit(one: str, other: str) -> bool:
    """Return whether two units are one: written alike, or names of one unit in two languages.

    Examples
    --------
    >>> same_unit("100 million yuan", "亿元"), same_unit("million yuan", "亿元")
    (True, False)
    """
    known = ({key, *term.name.said} for key, term in terms("units").items())
    return one == other or any(one in names and other in names for names in known)


def weakest(statuses: Iterable[object]) -> str | None:
    """Return the least certain of some statuses; what the vocabulary does not know counts as less certain still.

    Examples
    --------
    >>> weakest(["observed", "estimated", "derived", None])
    'estimated'
    """
    return max((status for status in {*statuses} if isinstance(status, str)), key=doubt, default=None)


def doubt(status: str) -> tuple[int, str]:
    """Return what statuses are sorted by, the most certain first and those that the vocabulary does not know last."""
    return (STATUSES.index(status) if status in STATUSES else len(STATUSES), status)


def _term(kind: str, key: str, given: Mapping[str, Any]) -> Term:
    names = {lang: given.get(lang) or look_up(lang, f"terms.{kind}.{key}") or "" for lang in LANGUAGES}
    properties = {name: given[name] for name in ("color", "ink", "mark", "hatch", "line") if name in given}
    return Term(key, Text.of(**names), **properties, traits=frozenset(given.get("traits", ())))


@cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return TomlTables(files("innoscape.data") / "vocabulary.toml")


TIERS: tuple[str, ...] = tuple(terms("tiers"))
STATUSES: tuple[str, ...] = tuple(terms("statuses"))
# those that a model of diffusion may hold; what arrives from outside is credited to one more
CHANNELS: tuple[str, ...] = with_trait("channels", "model")
