"""Cite what a study used: its methods in words, and the works, papers and program behind it."""

from pathlib import Path
from typing import Any, Literal, TypeAlias

from ...data.errors import warn
from ...data.options import check_choice
from ...data.wording.catalogue import LANGUAGES, text
from ..plan.read import read_study
from ..plan.schema import Study
from ..report.cite_inputs import cite_inputs
from ..report.compose_methods import compose_methods
from ..report.methods_paragraphs import methods_paragraphs
from ..report.reference import Reference, data_references, once, reference_to_program, reference_to_work
from ..report.write_references import REFERENCE_FORMS, list_references, write_references
from ..results.claim_folder import MANIFEST
from ..results.read_results import ReadResults, read_results
from ..results.study_results import StudyResults
from .run import bundled_study, run

__all__ = ["CITATION_FORMS", "CitationForm", "cite_study"]

CitationForm: TypeAlias = Literal["markdown", "bibtex", "gbt7714", "ris"]
CITATION_FORMS = ("markdown", *REFERENCE_FORMS)
# a step shows that it ran in two runs as in thousands
_RUNS = 2


def cite_study(
    study: Study | StudyResults | str | Path | None = None,
    *,
    form: CitationForm = "markdown",
    language: str | None = None,
) -> str:
    """Write what a study used: the methods in words with their references, or the references alone.

    Results, and a results folder, are read as they are. A study is run, with two runs of every simulation, to see which
    steps it takes; what is said of the number of runs is what the study asks for.

    Parameters
    ----------
    study : Study, StudyResults, str or Path, optional
        A study, its folder, its results or their folder; the bundled study when missing.
    form : {"markdown", "bibtex", "gbt7714", "ris"}
        Methods and references in Markdown, or the references alone in BibTeX, by GB/T 7714-2015 or as RIS.
    language : str, optional
        Of the methods, ``"en"`` or ``"zh"``; each in turn when missing. References alone are each in the language of
        the work, whichever is asked for.

    Sources of data that are no publications, or not known as ones, are named in the methods and are in no list; of
    those that tables of one's own name, references alone warn. A table names a publication with a DOI, or with the mark
    that GB/T 7714 gives its kind, such as ``[M]``.

    Returns
    -------
    str
        The same study gives the same text.

    Raises
    ------
    OptionError
        An unknown form or language.
    StudyError, TableError
        With every fault of the study, or if a results folder cannot be read.

    Examples
    --------
    >>> from innoscape.study import run
    >>> cited = cite_study(run(until="score"), form="gbt7714").splitlines()
    >>> cited[-1]
    '[14] The innoscape developers. innoscape, version 0.1.0[CP].'
    """
    check_choice("form", form, CITATION_FORMS)
    if language is not None:
        check_choice("language", language, LANGUAGES)
    plan, tables, manifest = _ran(study)
    methods = compose_methods(plan, tables)
    found = cite_inputs(manifest["inputs"])
    papers, others = data_references(found)
    program = reference_to_program(str(manifest["versions"]["innoscape"]))
    works = [reference_to_work(work) for work in methods.works]
    references = once([*papers, *works, program])
    if form != "markdown":
        if own := [source for source in others if source.same and str(source) in found["own"]]:
            warn("warnings.cite.unlisted", sources=own, stacklevel=2)
        return write_references(references, form)
    told: dict[str, Any] = {"program": program, "references": references, "papers": papers, "others": others}
    told["assumed"] = len(manifest["assumed"])
    parts = [
        _part(one, methods_paragraphs(plan, methods, language=one, **told), references)
        for one in ([language] if language else LANGUAGES)
    ]
    return "\n".join(parts)


def _part(language: str, paragraphs: str, references: list[Reference]) -> str:
    headings = [text(f"cite.{key}").in_(language) for key in ("methods", "references")]
    return f"## {headings[0]}\n\n{paragraphs}\n## {headings[1]}\n\n{list_references(references, language)}"


def _ran(given: Study | StudyResults | str | Path | None) -> ReadResults:
    """Return a study, the tables that show which steps it took, and its manifest."""
    if isinstance(given, StudyResults):
        return ReadResults(given.study, given.shown, given.manifest)
    if isinstance(given, str | Path) and (Path(given) / MANIFEST).is_file():
        return read_results(given)
    plan = bundled_study() if given is None else given if isinstance(given, Study) else read_study(given)
    few = plan
    if plan.index is not None and plan.index.robustness is not None:
        short = plan.index.robustness.model_copy(update={"runs": _RUNS})
        few = plan.model_copy(update={"index": plan.index.model_copy(update={"robustness": short})})
    results = run(few, until="simulate", runs=_RUNS)
    return ReadResults(_as_asked(plan, results.study), results.shown, results.manifest)


def _as_asked(plan: Study, ran: Study) -> Study:
    """Return a study as it ran, with the numbers of runs that were asked for."""
    changed: dict[str, Any] = {}
    if plan.index is not None and ran.index is not None:
        changed["index"] = ran.index.model_copy(update={"robustness": plan.index.robustness})
    if plan.diffusion is not None and ran.diffusion is not None:
        changed["diffusion"] = ran.diffusion.model_copy(update={"runs": plan.diffusion.runs})
    return ran.model_copy(update=changed)
