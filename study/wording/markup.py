"""Turn texts of the catalogues into markup: one span a language, of which the page shows the one the reader chose.

Sentences are ours and may hold simple markup; every value that is filled in is escaped, unless it is markup already.
"""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from ...data.wording.catalogue import LANGUAGES, Text, plain, sentence, text

# width of the longest word that a column holds whole, in Latin letters, and where characters take two of them
_LONG, _SQUARE = 30, 0x2E80
# markup, and characters after which a sentence may go on in a new line
_BREAKS = r"<[^>]*>|[\u2e80-\uffff]"

__all__ = ["attribute", "language_tag", "listed", "name_mark", "spans", "t", "tell"]


def tell(key: str, /, **values: object) -> Text:
    """Return a sentence as markup in each language, to be filled into another one or written with `spans`.

    Examples
    --------
    >>> tell("list.colon").in_("zh")
    Markup('：')
    """
    forms = {name: value if isinstance(value, Text | Markup) else _safe(value) for name, value in values.items()}
    said = (
        Markup(form).format(**{n: _in(v, lang) for n, v in forms.items()})  # noqa: S704 - sentences are ours
        for lang, form in sentence(key, **values).items()
    )
    return Text(tuple(said))


def t(key: str, /, **values: object) -> Markup:
    """Write a sentence of the catalogues in every language.

    Parameters
    ----------
    key : str
        Dotted path.
    **values
        What stands in the braces: a `Text` is filled in language by language, markup as it is, anything else escaped.
        ``n`` also chooses between ``one`` and ``other``.

    Examples
    --------
    >>> t("language.name")[:36]
    Markup('<span class="en">English</span><span')
    """
    return spans(tell(key, **values))


def listed(parts: Iterable[object | None], *, by: str = "list.comma", last: str | None = None) -> Text:
    """Join what is there with the comma of each language, or with another mark, and another before the last.

    Examples
    --------
    >>> listed(["A", None, "B", "C"], last="list.and").in_("en")
    Markup('A, B and C')
    """
    shown = [plain(part) if not isinstance(part, Markup) else part for part in parts if part is not None]
    between, final = text(by), text(last or by)

    def joined(language: str) -> Markup:
        own = [escape(_in(part, language)) for part in shown]
        head = escape(between.in_(language)).join(own[:-1])
        return escape(final.in_(language)).join([head, own[-1]] if len(own) > 1 else own)

    return Text(tuple(joined(language) for language in LANGUAGES))


def spans(given: object) -> Markup:
    """Write a text in every language, each in a span of its own; what all say alike is written once."""
    said = plain(given)
    if said.same:
        return escape(said.said[0])
    return Markup().join(
        Markup('<span class="{}{}"{}>{}</span>').format(
            language,
            " long" if _is_long(re.sub(_BREAKS, " ", words)) else "",
            language_tag(language),
            words,
        )
        for language, words in said.items()
    )


def language_tag(language: str) -> Markup:
    """Write the attribute that names a language; English is the language of the page."""
    return Markup() if language == LANGUAGES[0] else Markup(' lang="{}"').format(text("language.tag").in_(language))


def attribute(key: str, /, **values: object) -> str:
    """Say a thing where markup cannot stand, such as a label for readers of the screen: all languages in one line."""
    return " ".join(dict.fromkeys(text(key, **values).said))


def name_mark(english: str, chinese: str) -> Markup:
    """Put both names of a thing down, as tables hold them; both may show at a time."""
    if english == chinese:
        return Markup('<span class="long">{}</span>').format(english) if _is_long(english) else escape(english)
    en, zh = (f"{kind} long" if _is_long(name) else kind for kind, name in (("n-en", english), ("n-zh", chinese)))
    return Markup('<span class="{}">{} </span><span class="{}" lang="zh">{}</span>').format(en, english, zh, chinese)


def _is_long(name: str) -> bool:
    """Tell whether a name has a run without a blank that is too wide for a column."""
    widths = [sum(2 if ord(c) >= _SQUARE else 1 for c in word) for word in str(name).split()]
    return max(widths, default=0) > _LONG


def _safe(value: object) -> object:
    return value if isinstance(value, int | float) else escape(value)


def _in(value: object, language: str) -> object:
    return value.in_(language) if isinstance(value, Text) else value
