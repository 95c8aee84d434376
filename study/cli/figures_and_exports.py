"""Offer figures, tables and exports on the command line; `cli` adds these functions as commands."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ...data.wording.catalogue import join_texts, text
from .say import LANGUAGE, say
from .study_folder import StudyFolder

__all__ = ["export", "figures"]

_out = Console(highlight=False, soft_wrap=True)

Runs = Annotated[int | None, typer.Option("--runs", min=2, help=say("option.runs"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=say("option.quiet"))]
_TEXT = say("usage.types.str")
Language = Annotated[Any, typer.Option("--language", "-l", parser=str, metavar=_TEXT, help=say("option.language"))]
_DRAWN, _SET = ("pdf", "svg", "png", "tiff"), ("tex", "md", "docx")


def figures(
    study: StudyFolder = None,
    out: Annotated[Path, typer.Option("--out", "-o", help=say("option.files"))] = Path("figures"),
    form: Annotated[str, typer.Option("--format", "-f", help=say("option.paper_formats"))] = "pdf,svg,png",
    language: Language = LANGUAGE,
    names: Annotated[str, typer.Option("--figures", help=say("option.figures"))] = "",
    chosen: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=say("option.set"))] = None,
    width: Annotated[str, typer.Option(help=say("option.width"))] = "",
    columns: Annotated[int | None, typer.Option(help=say("option.columns"))] = None,
    dpi: Annotated[int, typer.Option(help=say("option.dpi"))] = 300,
    runs: Runs = None,
    quiet: Quiet = False,
) -> None:
    """Draw the figures of a study, and set its tables, as files for a paper."""
    from ...data import OptionError
    from ..figures.figure_kinds import read_choices
    from ..figures.figures import write_figures
    from ..stages.run import run
    from ..tables.write_tables import write_tables

    forms = _list(form)
    for one in forms:
        if one not in (*_DRAWN, *_SET):
            raise OptionError(text("faults.options.formats", needed=join_texts((*_DRAWN, *_SET)), got=repr(one)))
    size, choices = _width(width), read_choices(chosen or [])
    results = run(study, until="simulate", runs=runs)
    paths: list[Path] = []
    if drawn := [one for one in forms if one in _DRAWN]:
        more: Any = {"language": language, "width": size, "columns": columns, "dpi": dpi, **choices}
        paths += write_figures(results, out, figures=_list(names) or None, formats=drawn, **more)
    if typeset := [one for one in forms if one in _SET]:
        paths += write_tables(results, out, formats=typeset, language=language)
    _tell(paths, quiet=quiet)


def export(
    study: StudyFolder = None,
    out: Annotated[Path, typer.Option("--out", "-o", help=say("option.files"))] = Path("exports"),
    form: Annotated[str, typer.Option("--format", "-f", help=say("option.formats"))] = "",
    runs: Runs = None,
    quiet: Quiet = False,
) -> None:
    """Write layers, networks and scores in the formats of other programs."""
    from ..results.export import EXPORTS, export_results
    from ..stages.run import run

    results = run(study, until="simulate", runs=runs)
    _tell(export_results(results, out, formats=_list(form) or EXPORTS), quiet=quiet)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _width(text: str) -> Any:  # noqa: ANN401 - checked where it is used
    try:
        return float(text)
    except ValueError:
        return text or None


def _tell(paths: list[Path], *, quiet: bool) -> None:
    if not quiet:
        for path in paths:
            _out.print(str(path), markup=False)
