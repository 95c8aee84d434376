"""Write a list of references for a text, for BibTeX, by GB/T 7714 or for reference managers (RIS)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ...data.wording.catalogue import Text, text
from .reference import Kind, Reference, is_chinese

__all__ = ["REFERENCE_FORMS", "escape_markdown", "list_references", "write_references"]

REFERENCE_FORMS = ("bibtex", "gbt7714", "ris")
_BIBTEX: dict[Kind, tuple[str, str]] = {
    "article": ("article", "journal"),
    "book": ("book", "publisher"),
    "chapter": ("incollection", "booktitle"),
    "proceedings": ("inproceedings", "booktitle"),
    "report": ("techreport", "institution"),
    "program": ("misc", ""),
    "other": ("misc", ""),
    "written": ("misc", ""),
}
_MARKS: dict[Kind, str] = {
    "article": "J",
    "book": "M",
    "chapter": "M",
    "proceedings": "C",
    "report": "R",
    "program": "CP",
    "other": "Z",
    "written": "",
}
_RIS: dict[Kind, tuple[str, str]] = {
    "article": ("JOUR", "T2"),
    "book": ("BOOK", "PB"),
    "chapter": ("CHAP", "T2"),
    "proceedings": ("CPAPER", "T2"),
    "report": ("RPRT", "PB"),
    "program": ("COMP", ""),
    "other": ("GEN", ""),
    "written": ("GEN", ""),
}
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {sign: f"\\{sign}" for sign in "&%$#_{}"}
# a number that would begin a list, and signs that Markdown would take for its own at the start of a line or anywhere
_NUMBERED = re.compile(r"^(\d+)(?=[.)]\s)")
_MARKUP = re.compile(r"^[#>+=\[|~-]|[\\`*]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])")
# authors that GB/T 7714 names before it says that there are more
_NAMED = 3


def write_references(references: Sequence[Reference], form: str) -> str:
    r"""Write references in one of `REFERENCE_FORMS`, in the order given.

    Text is Unicode. In BibTeX the signs that TeX takes for its own are escaped and titles keep their capitals; a DOI
    stands as it is, as its field asks for. GB/T 7714-2015 is written in its numbered form.

    Examples
    --------
    >>> from innoscape.data.methods import works
    >>> from innoscape.study.report.reference import reference_to_work
    >>> print(write_references([reference_to_work(works()["rogers2003"])], "gbt7714"), end="")
    [1] ROGERS E M. Diffusion of Innovations[M]. 5th ed. Free Press, 2003.
    """
    if form == "bibtex":
        return "\n".join(map(_bibtex, references))
    if form == "ris":
        return "\n".join(map(_ris, references))
    return "".join(f"[{number}] {_gbt7714(one)}\n" for number, one in enumerate(references, 1))


def list_references(references: Iterable[Reference], language: str) -> str:
    """Write references as a list in Markdown for a text that cites by author and year; in Chinese by GB/T 7714."""
    if language == "zh":
        references = sorted(references, key=_chinese_order)
    written = (_gbt7714(one, dated=True) if language == "zh" else _plain(one) for one in references)
    return "".join(f"- {escape_markdown(line)}\n" for line in written)


def _chinese_order(one: Reference) -> tuple[bool, bytes]:
    """Put Chinese works first, by the sound of their authors, in whose order this encoding holds the characters."""
    return (False, "".join(one.authors).encode("gb18030")) if one.chinese else (True, b"")


def escape_markdown(said: str) -> str:
    r"""Return a line in which no sign is taken for Markdown or HTML; a sign that cannot be stays as it is.

    Examples
    --------
    >>> print(escape_markdown("a*b <i>, a_b < c, Title[J], [a](b)"))
    a\*b \<i>, a_b < c, Title[J], [a\](b)
    """
    return _NUMBERED.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", " ".join(said.split())))


def _tex(said: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in " ".join(said.split()))


def _body(name: str) -> bool:
    """Whether an author is a body, or a name that is written in one piece."""
    return "," not in name or is_chinese(name)


def _bibtex(one: Reference) -> str:
    entry, place = _BIBTEX[one.kind]
    authors = " and ".join(f"{{{_tex(name)}}}" if _body(name) else _tex(name) for name in one.authors)
    title = f"{one.title} [{one.title_en}]" if one.title_en else one.title
    journal = f"{one.journal} ({one.journal_en})" if one.journal_en else one.journal
    fields = {
        "author": authors,
        "title": f"{{{_tex(title)}}}",
        place: _tex(journal),
        "edition": one.edition,
        "year": one.year,
        "volume" if one.kind != "report" else "number": _tex(one.volume),
        "issue" if one.kind == "report" else "number": _tex(one.issue),
        "pages": _tex(one.pages).replace("–", "--"),
        "doi": one.doi,
        "langid": "chinese" if one.chinese else "",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if name and value)
    return f"@{entry}{{{one.key},\n{lines}}}\n"


def _ris(one: Reference) -> str:
    kind, place = _RIS[one.kind]
    first, _, last = one.pages.partition("–")
    lines = [
        ("TY", kind),
        *(("AU", name) for name in one.authors),
        ("TI", one.title),
        ("TT", one.title_en),
        (place, one.journal),
        ("ET", one.edition),
        ("PY", one.year),
        ("VL", one.volume),
        ("IS", one.issue),
        ("SP", first),
        ("EP", last),
        ("DO", one.doi),
        ("LA", "zh" if one.chinese else ""),
    ]
    written = "".join(f"{tag}  - {' '.join(value.split())}\n" for tag, value in lines if tag and value)
    return f"{written}ER  - \n"


def _gbt7714(one: Reference, *, dated: bool = False) -> str:
    """Write one reference by GB/T 7714-2015: numbered, or with the year behind the authors."""
    if one.kind == "written":
        return one.title
    language = "zh" if one.chinese else "en"
    year = one.year or f"[{text('cite.no_year').in_(language)}]"
    named = ", ".join(_gbt_name(name) for name in one.authors[:_NAMED])
    if len(one.authors) > _NAMED:
        named += text("cite.and_others").in_(language)
    if one.kind == "program" or not one.authors:
        year = one.year
    head = ", ".join(part for part in (named, year if dated else "") if part)
    inside = f"//{one.journal}" if one.kind in ("chapter", "proceedings") else ""
    title = f"{one.title}[{_MARKS[one.kind]}]{inside}"
    where = "" if inside else one.journal
    issue = f"({one.issue})" if one.issue else ""
    # an issue without a volume stands behind the year, or where that is elsewhere behind the journal
    last = [where, "" if dated else year, one.volume]
    printed = ", ".join(part for part in last if part) + issue
    pages = one.pages.replace("–", "-")
    number = Text.of(en=f"{one.edition}{_ordinal(one.edition)}", zh=one.edition)
    edition = text("cite.edition", number=number).in_(language) if one.edition else ""
    ending = f"{printed}: {pages}" if printed and pages else printed or pages
    parts = [head, title, edition, ending, f"DOI: {one.doi}" if one.doi else ""]
    return ". ".join(part for part in parts if part) + "."


def _ordinal(number: str) -> str:
    return {"1": "st", "2": "nd", "3": "rd"}.get(number, "th")


def _gbt_name(name: str) -> str:
    if _body(name):
        return name
    family, given = (part.strip() for part in name.split(",", 1))
    initials = " ".join(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", given)))
    return f"{family.upper()} {initials}"


def _plain(one: Reference) -> str:
    """Write one reference as English journals do."""
    if one.kind == "written":
        return one.title
    year = one.year or ("" if one.kind == "program" or not one.authors else text("cite.no_year").in_("en"))
    title = f"{one.title} [{one.title_en}]" if one.title_en else one.title
    title += f", {one.edition}{_ordinal(one.edition)} ed." if one.edition else ""
    journal = f"{one.journal} ({one.journal_en})" if one.journal_en else one.journal
    volume = f" {one.volume}" + (f"({one.issue})" if one.issue else "") if one.volume else ""
    printed = f"{journal}{volume}" + (f", {one.pages}" if one.pages else "")
    authors = f"{', '.join(one.authors_en)} ({', '.join(one.authors)})" if one.authors_en else ", ".join(one.authors)
    head = authors + (f" ({year})" if year else "")
    parts = (head, title, printed, f"DOI {one.doi}" if one.doi else "")
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
