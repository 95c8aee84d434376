"""Offer the citation of what a study used on the command line; `app` adds this function as a command."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .say import say, say_warnings

__all__ = ["cite"]

Given = Annotated[Path | None, typer.Argument(help=say("option.cited"))]
_TEXT = say("usage.types.str")
Form = Annotated[Any, typer.Option("--format", "-f", parser=str, metavar=_TEXT, help=say("option.citation_format"))]
Language = Annotated[str | None, typer.Option("--language", "-l", help=say("option.cited_language"))]
Out = Annotated[Path | None, typer.Option("--out", "-o", help=say("option.citation_file"))]


def cite(study: Given = None, form: Form = "markdown", language: Language = None, out: Out = None) -> None:
    """Write the methods of a study in words, and the works behind it."""
    from rich.console import Console

    from ...data.files import write_file
    from ...data.options import check_choice
    from ...data.wording.catalogue import LANGUAGES
    from ..stages.cite_study import CITATION_FORMS, cite_study

    check_choice("--format", form, CITATION_FORMS)
    if language is not None:
        check_choice("--language", language, LANGUAGES)
    with say_warnings(Console(stderr=True, highlight=False, soft_wrap=True)):
        cited = cite_study(study, form=form, language=language)
    if out is None:
        typer.echo(cited, nl=False)
    else:
        typer.echo(str(write_file(out, cited)))
