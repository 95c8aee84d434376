"""Offer the profile of one place on the command line; `cli` adds this function as a command."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ...data.wording.catalogue import text
from .say import say
from .study_folder import StudyFolder

__all__ = ["profile"]

_out = Console(highlight=False, soft_wrap=True)

Place = Annotated[str, typer.Argument(help=say("option.place"))]
Out = Annotated[Path | None, typer.Option("--out", "-o", help=say("option.profile_file"))]
Runs = Annotated[int | None, typer.Option("--runs", min=2, help=say("option.runs"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=say("option.quiet"))]


def profile(place: Place, study: StudyFolder = None, out: Out = None, runs: Runs = None, quiet: Quiet = False) -> None:
    """Write the page of one center or scored place."""
    from ...data import OptionError, find_places
    from ...data.files import write_file
    from ..stages.draw_profiles import draw_profiles
    from ..stages.run import bundled_study, check, run

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise OptionError(text("faults.options.html", name=out.name))
    if study is None and (Path(place) / "study.toml").is_file():
        raise OptionError(text("faults.options.place_first", path=place))
    plan = bundled_study() if study is None else study
    inputs = check(plan)
    key = str(find_places(place, places=inputs.places)["place"].iloc[0])
    results = run(plan, until="simulate", runs=runs)
    ((path, page),) = draw_profiles(inputs, results, [key]).items()
    target = write_file(out or Path(Path(path).name), page)
    if not quiet:
        _out.print(str(target), markup=False)
