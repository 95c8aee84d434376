"""Init a study folder on the command line: from a template or from files; `cli` adds this function as a command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ...data.wording.catalogue import LANGUAGES, text
from .say import LANGUAGE, say, say_error, told_notice

if TYPE_CHECKING:
    from ..start.draft import Draft

__all__ = ["init"]

# endings of files, which a folder is not given
_TABLES = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".parquet", ".json", ".jsonl", ".geojson", ".gpkg", ".shp")

_out, _err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)


def init(
    paths: Annotated[list[Path], typer.Argument(metavar="[FILE]... FOLDER", help=say("option.folder"))],
    template: Annotated[str, typer.Option(help=say("option.template"))] = "china",
    from_files: Annotated[bool, typer.Option("--from", help=say("option.from_files"))] = False,
    language: Annotated[str, typer.Option("--language", "-l", help=say("option.language"))] = LANGUAGE,
) -> None:
    """Make a new study folder to edit: a template with its tables as files, or the study that follows from files."""
    from ...data import OptionError, TableError
    from ...data.options import check_choice

    check_choice("--language", language, LANGUAGES)
    *files, folder = paths
    if from_files and files and folder.is_file() and not paths[0].exists() and not paths[0].suffix:
        # the folder may stand first
        folder, *files = paths
    if not from_files:
        from ..plan.write_template import write_template

        if files:
            raise OptionError(text("faults.options.one_folder", n=len(paths)))
        write_template(folder, template=template, language=language)  # pyright: ignore[reportArgumentType] - another word is refused there
        _out.print(say("wrote", file=folder / "study.toml", folder=folder))
        return
    from ..start.start_study import start_study

    if not files or folder.is_file():
        # the folder may be left out
        files, folder = paths, Path(f"{paths[0].name.split('.')[0]}-study")
    elif folder.name.lower().endswith(_TABLES) and not folder.exists():
        raise OptionError(text("faults.options.absent_file", name=repr(folder.name)))
    try:
        draft = start_study(files, folder, language=language)
    except TableError as error:
        # in the language that was asked for
        say_error(_err, error, language)
        raise typer.Exit(2) from None
    _tell(draft, language)
    _out.print(text("command.started", file=folder / "study.toml", folder=folder).in_(language))


def _tell(draft: "Draft", language: str) -> None:
    assumed = [text("start.assumed_at", key=one.key, said=one.said) for one in draft.assumed]
    sections = [line for lines in draft.sections.values() for line in lines]
    for notice in draft.notices:
        _err.print(told_notice(notice, language))
    parts = {
        "understood": [*draft.understood, *sections],
        "assumed": assumed,
        "unused": [fault.said for fault in draft.unused],
        "doubts": [doubt.plain for doubt in draft.doubts],
    }
    for head, lines in parts.items():
        if lines:
            _out.print(f"[bold]{text(f'start.heads.{head}').in_(language)}[/]")
        for line in lines:
            _out.print(f"  {escape(line.in_(language))}")
