"""Write the methods that a study used as paragraphs for a paper, in one language."""

from collections.abc import Sequence

from ...data.wording.catalogue import Text, join_texts, text
from ..plan.schema import Study
from .compose_methods import Entry, Methods
from .reference import Reference, is_same, reference_to_work
from .write_references import escape_markdown

__all__ = ["methods_paragraphs"]


def methods_paragraphs(
    study: Study,
    methods: Methods,
    *,
    program: Reference,
    references: Sequence[Reference],
    papers: Sequence[Reference],
    others: Sequence[Text],
    assumed: int,
    language: str,
) -> str:
    """Return one paragraph a part of the study, in Markdown; formulas stand in the report."""
    opening = [text("cite.program", title=Text.of(en=study.title, zh=study.title_zh), program=program.cited(language))]
    for key, given in (("cite.papers", [one.short for one in papers]), ("cite.further", others)):
        if given:
            opening.append(text(key, sources=join_texts(given)))
    if assumed:
        opening.append(text("cite.assumed", n=assumed))
    between = text("list.sentence").in_(language)
    paragraphs = [escape_markdown(between.join(said.in_(language) for said in opening))]
    symbols = text("methods.about.symbols")
    for section in methods.sections:
        entries = [entry for paragraph in section.paragraphs for entry in paragraph if entry.says != symbols]
        title = escape_markdown(section.title.in_(language))
        said = escape_markdown(between.join(_sentence(entry, references, language) for entry in entries))
        paragraphs.append(text("cite.paragraph", title=title, said=said).in_(language))
    return "\n\n".join(paragraphs) + "\n"


def _sentence(entry: Entry, references: Sequence[Reference], language: str) -> str:
    """Return a sentence with its citations before the last point, each as the list names the work."""
    said = entry.says.in_(language)
    if not entry.works:
        return said
    between = text("list.semicolon").in_(language)
    cited_works = map(reference_to_work, entry.works)
    listed = (next((one for one in references if is_same(one, work)), work) for work in cited_works)
    works = between.join(one.cited(language) for one in listed)
    cited = text("cite.cited", works=works).in_(language)
    stop = text("cite.stop").in_(language)
    return f"{said.removesuffix(stop)}{cited}{stop if said.endswith(stop) else ''}"
