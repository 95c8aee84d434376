"""Find the study of a command: the one that is named, else that of the current folder, else the bundled one."""

from pathlib import Path
from typing import Annotated

import typer

from .say import say

__all__ = ["StudyFolder", "study_folder"]


def study_folder(given: Path | None) -> Path | None:
    """Return the study folder that a command names, or the current one where it holds a study; else nothing."""
    from ..plan.fields import STUDY_FILE

    here = Path()
    return here if given is None and (here / STUDY_FILE).is_file() else given


StudyFolder = Annotated[Path | None, typer.Argument(help=say("option.study"), callback=study_folder)]
