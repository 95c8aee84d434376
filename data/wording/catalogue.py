"""Say a thing in every language: one catalogue a language, one key a sentence.

A catalogue is a TOML file beside this module, named by its language (``en.toml``, ``zh.toml``); a further language is a
further file. Keys are dotted paths of tables (``report.scores.title``). Braces hold values (``{place}``); a sentence
that depends on a number is a table of ``one`` and ``other``, chosen by the value ``n``. Words that rooms share (tiers,
statuses, channels, …) are terms: they have their own table, see `innoscape.data.vocabulary`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "LANGUAGES",
    "Text",
    "few",
    "join_texts",
    "keys",
    "languages",
    "look_up",
    "plain",
    "sentence",
    "text",
    "text_in",
    "words_of",
]

_FOLDER = files("innoscape.data") / "wording"
# English first: it stands in where another language has no word
LANGUAGES: tuple[str, ...] = tuple(
    sorted(
        (entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")),
        key=lambda language: (language != "en", language),
    )
)


@dataclass(frozen=True, slots=True)
class Text:
    """What one sentence, word or name is in each language.

    Parameters
    ----------
    said : tuple of str
        One string for each of `LANGUAGES`.

    Examples
    --------
    >>> text("language.name").in_("zh")
    '中文'
    """

    said: tuple[str, ...]

    @classmethod
    def of(cls, **by_language: str) -> "Text":
        """Make a text of what each language says; English, or the first given, stands in for the missing.

        Examples
        --------
        >>> Text.of(en="Beijing", zh="北京").in_("zh"), Text.of(zh="北京").in_("en")
        ('北京', '北京')
        """
        given = {language: said for language, said in by_language.items() if said}
        default = given.get("en") or next(iter(given.values()), "")
        return cls(tuple(given.get(language, default) for language in LANGUAGES))

    def in_(self, language: str) -> str:
        """Return what one language says."""
        return self.said[LANGUAGES.index(language)]

    def items(self) -> Iterator[tuple[str, str]]:
        """Pair each language with what it says."""
        return zip(LANGUAGES, self.said, strict=True)

    @property
    def same(self) -> bool:
        """Whether all languages say the same."""
        return len(set(self.said)) == 1

    def map(self, change: Callable[[str], str]) -> "Text":
        """Change what each language says."""
        return Text(tuple(change(said) for said in self.said))

    def capital(self) -> "Text":
        """Begin with a capital in each language.

        Examples
        --------
        >>> str(Text.of(en="down the tiers").capital())
        'Down the tiers'
        """
        return self.map(lambda said: said[:1].upper() + said[1:])

    def to_dict(self) -> dict[str, str]:
        """Return language -> what it says, as scripts take it."""
        return dict(self.items())

    def __str__(self) -> str:
        """Return the English."""
        return self.said[0]


def text(key: str, /, **values: object) -> Text:
    """Return a sentence of the catalogues with its values filled in.

    Parameters
    ----------
    key : str
        Dotted path.
    **values
        What stands in the braces; a `Text` is filled in language by language. ``n`` also chooses between ``one`` and
        ``other``.

    Raises
    ------
    KeyError
        If a catalogue lacks the key or a value is missing: a fault of the program, not of its input.

    Examples
    --------
    >>> text("list.comma").said[0]
    ', '
    """
    return Text(tuple(text_in(language, key, **values) for language in LANGUAGES))


def text_in(language: str, key: str, /, **values: object) -> str:
    """Return a sentence of one catalogue with its values filled in, see `text`.

    Examples
    --------
    >>> text_in("zh", "list.comma")
    '、'
    """
    return _fill(_sentence(language, key, values), language, values)


def sentence(key: str, /, **values: object) -> Text:
    """Return a sentence of the catalogues as it is written, its braces not yet filled; ``n`` chooses its form."""
    return Text(tuple(_sentence(language, key, values) for language in LANGUAGES))


def look_up(language: str, key: str) -> str | None:
    """Return what one catalogue holds under a key, or nothing."""
    table = key
    while table:
        table = table.rpartition(".")[0]
        if key in (held := _table(language, table)):
            return held[key]
    return None


def keys(prefix: str = "", *, language: str = "en") -> list[str]:
    """List the keys of a catalogue that begin with a prefix."""
    near = (t for t in _written(language) if f"{t}.".startswith(prefix) or prefix.startswith(f"{t}." if t else t))
    return [key for table in near for key in _table(language, table) if key.startswith(prefix)]


def words_of(prefix: str) -> dict[str, dict[str, str]]:
    """Return every sentence beneath a prefix as scripts take it: key without the prefix -> language -> sentence.

    Examples
    --------
    >>> words_of("list.")["and"]["zh"]
    '和'
    """
    return {key.removeprefix(prefix): sentence(key).to_dict() for key in keys(prefix)}


def languages() -> list[dict[str, str]]:
    """Return key, name and tag of each language, as scripts take them.

    Examples
    --------
    >>> languages()[0]
    {'key': 'en', 'name': 'English', 'tag': 'en'}
    """
    names, tags = text("language.name"), text("language.tag")
    return [{"key": key, "name": names.in_(key), "tag": tags.in_(key)} for key in LANGUAGES]


def plain(given: object) -> Text:
    """Return a text that is the same in every language; a `Text` stays as it is."""
    return given if isinstance(given, Text) else Text((str(given),) * len(LANGUAGES))


def join_texts(parts: Iterable[object], *, by: str = "list.comma") -> Text:
    """Join texts with the comma of each language, or with another mark of the catalogues.

    Examples
    --------
    >>> join_texts([Text.of(en="Beijing", zh="北京"), "X"]).said[:2]
    ('Beijing, X', '北京、X')
    """
    texts = [plain(part) for part in parts]
    comma = text(by)
    return Text(tuple(comma.in_(lang).join(t.in_(lang) for t in texts) for lang in LANGUAGES))


def few(names: Iterable[object], *, most: int = 5, total: int | None = None) -> Text:
    """List the first of many names, and count the others, of which not all need be given.

    Examples
    --------
    >>> few("abcd", most=3).said[0], few("ab").said[0]
    ('a, b, c and 1 more', 'a, b')
    """
    given = list(names)
    number, head = total or len(given), given[:most]
    left = number - len(head)
    return text("list.and_more", names=join_texts(head), n=left, total=number) if left > 0 else join_texts(head)


def _sentence(language: str, key: str, values: Mapping[str, object]) -> str:
    forms = (key, f"{key}.one", f"{key}.other") if values.get("n") == 1 else (key, f"{key}.other")
    for form in forms:
        if (said := look_up(language, form)) is not None:
            return said
    raise KeyError(f"the catalogue {language!r} has no sentence {key!r}")


def _fill(sentence: str, language: str, values: Mapping[str, object]) -> str:
    said = {name: v.in_(language) if isinstance(v, Text) else v for name, v in values.items()}
    return sentence.format(**said) if said else sentence


@cache
def _written(language: str) -> dict[str, str]:
    """Return the tables of a catalogue as they are written: most of what could be said never is, and is not parsed."""
    content = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    head, *parts = re.split(r"^\[([\w.]+)\]$", content, flags=re.MULTILINE)
    return {"": head} | dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def _table(language: str, name: str) -> dict[str, str]:
    written = _written(language).get(name, "")
    return dict(_flat(tomllib.loads(written), f"{name}." if name else "")) if written else {}


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
