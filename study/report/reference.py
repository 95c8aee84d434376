"""Hold what a list of references says of one work, paper or program."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ...data.methods import Work
from ...data.wording.catalogue import Text, plain, text
from ..wording.phrases import phrase_text

__all__ = [
    "Kind",
    "Reference",
    "data_references",
    "is_chinese",
    "is_same",
    "once",
    "reference_to_program",
    "reference_to_work",
]

# written: a reference in full, as a table words it
Kind: TypeAlias = Literal["article", "book", "chapter", "proceedings", "report", "program", "other", "written"]
_EDITION = re.compile(r", (\d+)(?:st|nd|rd|th) ed\.$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# the English name that a Chinese body has beside its own
_OWN_ENGLISH = re.compile(r" \([A-Za-z .&]+\)$")
# what tells a reference written in full from the name of a source: a DOI, or the mark of a kind of work
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s,;\u3000-\u9fff\uff00-\uffef]+")
_MARK = re.compile(r"\[(?:[JMCDRSPNGZ]|DB|CP|EB|DS)(?:/OL)?\]")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a list of references; what is not known is empty.

    Attributes
    ----------
    key : str
        ASCII, one of a kind in a list.
    kind : str
    authors : tuple of str
        ``Family, G.``, a Chinese name or a body.
    journal : str
        Of an article; the book of a chapter, the publisher of a book, the institution of a report.
    authors_en : tuple of str
        Of a Chinese work: how an English text writes its authors, where that is known.
    short : Text or None
        How a text names it, where that is not author and year.
    """

    key: str
    kind: Kind
    authors: tuple[str, ...]
    title: str
    year: str = ""
    title_en: str = ""
    edition: str = ""
    journal: str = ""
    journal_en: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    authors_en: tuple[str, ...] = ()
    short: Text | None = None

    @property
    def chinese(self) -> bool:
        """Whether its title is Chinese."""
        return is_chinese(self.title)

    def cited(self, language: str) -> str:
        """Return how a text cites it.

        Examples
        --------
        >>> from innoscape.data.methods import works
        >>> work = reference_to_work(works()["saisana2005"])
        >>> work.cited("en"), work.cited("zh")
        ('Saisana et al., 2005', 'Saisana等，2005')
        """
        if self.short is not None and not self.authors_en:
            return self.short.in_(language)
        authors = self.authors_en if language == "en" and self.authors_en else self.authors
        first, *rest = (name.split(",")[0] for name in authors)
        if len(rest) == 1:
            return text("cite.two_authors", first=first, second=rest[0], year=self.year).in_(language)
        return text("cite.more_authors" if rest else "cite.one_author", first=first, year=self.year).in_(language)


def is_chinese(said: str) -> bool:
    """Return whether a text holds Chinese characters."""
    return bool(_CHINESE.search(said))


def reference_to_work(work: Work) -> Reference:
    """Return the reference to a work that describes a method.

    The table ``references`` has no kinds: a work without a volume is a book, or with pages a chapter; one with a volume
    and no pages is a report.

    Examples
    --------
    >>> from innoscape.data.methods import works
    >>> book = reference_to_work(works()["rogers2003"])
    >>> book.kind, book.title, book.edition
    ('book', 'Diffusion of Innovations', '5')
    """
    found = _EDITION.search(work.title)
    volume, _, issue = work.volume.replace(")", "").partition(" (")
    kind: Kind = "article" if work.pages else "report"
    if not work.volume:
        conference = "Conference" in work.journal
        kind = "book" if not work.pages else "proceedings" if conference else "chapter"
    return Reference(
        key=work.key,
        kind=kind,
        authors=_names(work.authors),
        title=work.title[: found.start()] if found else work.title,
        year=work.year,
        edition=found[1] if found else "",
        journal=work.journal,
        volume=volume,
        issue=issue,
        pages=work.pages.replace("-", "–"),
        doi=work.doi,
    )


def is_same(one: Reference, other: Reference) -> bool:
    """Say whether two references are to one work: by their DOI, else by title and year."""
    if one.doi and other.doi:
        return one.doi.casefold() == other.doi.casefold()
    titles = {_bare(title) for title in (one.title, one.title_en) if title}
    return one.year == other.year and bool(titles & {_bare(title) for title in (other.title, other.title_en) if title})


def _bare(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).casefold()


def once(references: Iterable[Reference]) -> list[Reference]:
    """Return each work once, where it first comes; a Chinese one learns how its English reference writes the authors.

    Examples
    --------
    >>> chinese = Reference("a", "article", ("张文忠",), "布局", "2022", doi="10.1/x")
    >>> [one.authors_en for one in once([chinese, Reference("b", "article", ("Zhang, W.",), "Layout", doi="10.1/X")])]
    [('Zhang, W.',)]
    """
    found: list[Reference] = []
    for one in references:
        at = next((at for at, other in enumerate(found) if is_same(one, other)), None)
        if at is None:
            found.append(one)
        elif found[at].chinese and not one.chinese:
            found[at] = replace(found[at], authors_en=one.authors)
    return found


def _further(row: dict[str, Any]) -> dict[str, Any]:
    names = ("title_en", "journal", "journal_en", "volume", "issue", "pages", "doi")
    return {name: row[name] or "" for name in names}


def data_references(cited: dict[str, Any]) -> tuple[list[Reference], list[Text]]:
    """Return the papers behind the tables of a study, and its further sources of data, from `cite_inputs`.

    A source that a table writes as a reference in full, with a DOI or the mark of a kind of work, is one; any other is
    no publication, or not known as one, and has its name alone.
    """
    papers = [
        Reference(
            key=f"source-{row['source']}",
            kind=row["kind"] or "other",
            authors=tuple(_OWN_ENGLISH.sub("", name) for name in _names(row["authors"])),
            title=row["title"],
            year="" if row["year"] is None else str(row["year"]),
            short=Text.of(en=row["short"], zh=row["short_zh"]),
            **_further(row),
        )
        for row in cited["works"]
    ]
    written, named = [], []
    for source in cited["others"]:
        found = _DOI.search(source)
        if found or _MARK.search(source):
            written.append((source, found[0].rstrip(".") if found else ""))
        else:
            named.append(phrase_text(source))
    papers += [
        Reference(key=f"data{number}", kind="written", authors=(), title=source, doi=doi, short=plain(source))
        for number, (source, doi) in enumerate(written, 1)
    ]
    return papers, named


def reference_to_program(version: str) -> Reference:
    """Return the reference to innoscape itself.

    Examples
    --------
    >>> reference_to_program("0.1.0").title
    'innoscape, version 0.1.0'
    """
    return Reference(
        key="innoscape",
        kind="program",
        authors=("The innoscape developers",),
        title=f"innoscape, version {version}",
        short=plain(f"innoscape {version}"),
    )


def _names(authors: str) -> tuple[str, ...]:
    parted: Iterable[str] = authors.split(";")
    return tuple(name.strip() for name in parted if name.strip())
