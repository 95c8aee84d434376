"""Offer a study on the command line.

Exit codes: 0 when done, 2 when the input has faults or the system refuses a file (every fault is named), 130 when
interrupted, 1 for what nobody foresaw: one line, and the traceback where the variable ``INNOSCAPE_TRACEBACK`` is set.
"""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from ...data.wording.catalogue import Text, text
from .audit_figures import audit
from .cite_works import cite
from .figures_and_exports import export, figures
from .help_command import HelpCommand, HelpGroup, usage_line
from .init_study import init
from .place_profile import profile
from .say import LANGUAGE, say, say_error, say_warnings, told, told_notice
from .show_tables import tables
from .stopwatch import Stopwatch
from .study_folder import StudyFolder
from .usage_errors import usage_said

if TYPE_CHECKING:
    from ..results.study_results import StudyResults
    from ..stages.run import Stage

__all__ = ["app", "main"]

app = typer.Typer(
    name="innoscape",
    help=say("help.app"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    cls=HelpGroup,
)
command = partial(app.command, cls=HelpCommand)
_out, _err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

Out = Annotated[Path, typer.Option("--out", "-o", help=say("option.out"))]
Runs = Annotated[int | None, typer.Option("--runs", min=2, help=say("option.runs"))]
Strict = Annotated[bool, typer.Option("--strict", help=say("option.strict"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=say("option.quiet"))]

Timings = Annotated[bool, typer.Option("--timings", help=say("option.timings"))]

RESULTS = Path("results")
# table that a command shows -> the section of study.toml that asks for it
_SECTIONS = {"scores": "[index]", "centrality": "[[networks]]", "arrivals": "[diffusion]"}
# of a call that the library cannot parse; it names the class nowhere
_CallError: type[Exception] = typer.BadParameter.__mro__[1]
TRACEBACK = "INNOSCAPE_TRACEBACK"


def main() -> None:
    """Run the command line; faults of the input become messages and exit code 2."""
    from ...data.errors import InnoscapeError, reason_of

    try:
        sys.exit(app(standalone_mode=False) or 0)
    except _CallError as error:
        _refuse_call(error)
    except InnoscapeError as error:
        say_error(_err, error)
        sys.exit(2)
    except OSError as error:
        # a full disk or a file that is gone: no fault of the input, and none of the program
        where = f"{error.filename}: " if error.filename else ""
        _err.print(told("error", "bold red", escape(where + reason_of(error).in_(LANGUAGE))))
        sys.exit(2)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        # a defect of the program, not a fault of the input
        what = escape(" ".join(f"{type(error).__name__}: {error}".split())[:300])
        _err.print(told("error", "bold red", say("unforeseen", what=what, name=TRACEBACK)))
        sys.exit(1)


def _refuse_call(error: Any) -> None:  # noqa: ANN401 - of the library
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.exit(error.exit_code)
    if error.ctx is not None:
        _err.print(usage_line(error.ctx.command, error.ctx), markup=False)
    _err.print(told("error", "bold red", escape(usage_said(error))))
    sys.exit(error.exit_code)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=say("option.version"))] = False,
) -> None:
    if version:
        from ... import __version__

        _out.print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit


@command(help=say("help.run"))
def run(
    study: StudyFolder = None,
    out: Out = RESULTS,
    runs: Runs = None,
    strict: Strict = False,
    quiet: Quiet = False,
    timings: Timings = False,
) -> None:
    """Run the whole pipeline and write the results folder."""
    watch = Stopwatch()
    results = _run(study, out, runs=runs, until="map", strict=strict, quiet=quiet, watch=watch, timings=timings)
    if not quiet:
        for what, where in (("report", out / "report.html"), ("map", out / "map.html"), ("tables", out)):
            _out.print(say(what, path=where))
        _out.print(say("made", tables=len(results.tables), n=len(results.graphs)))
    if timings:
        _print_times(watch)


@command(help=say("help.score"))
def score(study: StudyFolder = None, out: Out = RESULTS, strict: Strict = False, quiet: Quiet = False) -> None:
    """Score the places and put them on tiers; write those tables only."""
    results = _run(study, out, runs=None, until="score", strict=strict, quiet=quiet)
    _show(results, "scores", ["place", "score", "rank", "tier", "published_tier"], out, quiet=quiet)


@command(help=say("help.centrality"))
def centrality(study: StudyFolder = None, out: Out = RESULTS, strict: Strict = False, quiet: Quiet = False) -> None:
    """Build the networks and measure them; write the tables up to that stage."""
    results = _run(study, out, runs=None, until="centrality", strict=strict, quiet=quiet)
    columns = ["place", "strength", "betweenness", "pagerank", "rank", "status"]
    _show(results, "centrality", columns, out, quiet=quiet)


@command(help=say("help.simulate"))
def simulate(
    study: StudyFolder = None, out: Out = RESULTS, runs: Runs = None, strict: Strict = False, quiet: Quiet = False
) -> None:
    """Simulate diffusion and scenarios; write the tables up to that stage."""
    results = _run(study, out, runs=runs, until="simulate", strict=strict, quiet=quiet)
    _show(results, "arrivals", ["place", "tier", "median", "low", "high", "reached"], out, quiet=quiet)


@command("map", help=say("help.map"))
def draw(
    study: StudyFolder = None, out: Out = RESULTS, runs: Runs = None, strict: Strict = False, quiet: Quiet = False
) -> None:
    """Run the pipeline and say where the map is."""
    _run(study, out, runs=runs, until="map", strict=strict, quiet=quiet)
    if not quiet:
        _out.print(out / "map.html")


@command(help=say("help.check"))
def check(study: StudyFolder = None, strict: Strict = False, timings: Timings = False) -> None:
    """Validate a study without running it; report all faults at once."""
    watch = Stopwatch()
    import pandas as pd

    from ..stages.run import bundled_study
    from ..stages.run import check as validate

    # tables of a study have few rows: their text is read faster as objects than as arrays of Arrow, and none is written
    with say_warnings(_err), pd.option_context("mode.string_storage", "python"):
        inputs = validate(bundled_study() if study is None else study, strict=strict, say=watch.begin)
    for row in inputs.matches.itertuples():
        given, place = escape(str(row.given)), escape(str(row.place))
        how = say(f"matched.{str(row.how).replace(' ', '_')}")
        _out.print(say("read_as", given=given, place=place, how=how, table=row.table))
    index = inputs.study.index
    known = text(
        "command.places_known" if index is None else "command.places_scored",
        n=len(inputs.places) - len(inputs.aggregates),
        scored=0 if index is None else len(index.units),
    )
    _out.print(say("faultless", name=escape(inputs.study.name), tables=len(inputs.record), places=known))
    if timings:
        _print_times(watch)


@command(help=say("help.datasets"))
def datasets(
    name: Annotated[str | None, typer.Argument(help=say("option.dataset"))] = None,
) -> None:
    """List what is shipped, with units and sources."""
    from ...data import describe, list_datasets
    from ..wording.phrases import phrase_text

    if name is not None:
        for key, value in describe(name).items():
            for line in value if isinstance(value, list) else [value]:
                _out.print(f"[bold]{key:16}[/] {escape(str(line))}")
        return
    for row in list_datasets().itertuples():
        title = escape(phrase_text(row.title).in_(LANGUAGE))
        _out.print(say("dataset", name=f"[bold]{row.name}[/]", title=title, n=row.rows))
        for label, value in (("unit", row.unit), ("year", row.year), ("source", row.source)):
            if str(value):
                _out.print("    " + say(label, value=escape(phrase_text(value).in_(LANGUAGE))))


command(help=say("help.init"))(init)
command(help=say("help.tables"))(tables)
command(help=say("help.audit"))(audit)
command(help=say("help.figures"))(figures)
command(help=say("help.export"))(export)
command(help=say("help.profile"))(profile)
command(help=say("help.cite"))(cite)


@command(help=say("help.explore"))
def explore(
    study: StudyFolder = None,
    port: Annotated[int, typer.Option("--port", help=say("option.port"))] = 0,
    runs: Annotated[int, typer.Option("--runs", min=2, help=say("option.answer_runs"))] = 1000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=say("option.no_browser"))] = False,
) -> None:
    """Serve local pages: files become a study, and weights, ties and levers are moved and their effect is seen."""
    from ..explorer.server import explore as serve

    serve(study, port=port, open_browser=not no_browser, runs=runs, say=_out.print)


def _print_times(watch: Stopwatch) -> None:
    for line in watch.lines():
        _out.print(line)


def _run(
    study: Path | None,
    out: Path,
    *,
    runs: int | None,
    until: "Stage",
    strict: bool,
    quiet: bool,
    watch: Stopwatch | None = None,
    timings: bool = False,
) -> Any:  # noqa: ANN401
    watch = watch or Stopwatch()
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from ..stages.run import run as run_study

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    show = not quiet and _err.is_terminal
    with Progress(*columns, console=_err, transient=True, disable=not show) as bar:
        task = bar.add_task(say("stage.loading"), total=None)

        def begin(stage: Text) -> None:
            watch.begin(stage)
            bar.update(task, description=stage.in_(LANGUAGE), total=None)

        def estimated(costs: Any) -> None:  # noqa: ANN401 - what a run tells
            watch.expect({say(f"stage.{stage}"): cost for stage, cost in costs.items()})
            if timings:
                _out.print(watch.expected())

        results = run_study(
            study,
            out,
            runs=runs,
            until=until,
            strict=strict,
            say=begin,
            estimated=estimated,
            progress=lambda done, whole: bar.update(task, completed=done, total=whole),
        )
    if not quiet:
        from ..facts.rows import place_texts
        from ..wording.notices import MOST_NOTICES

        if runs is not None and results.study.diffusion is None:
            _err.print(told("notice", "cyan", escape(say("idle_runs"))))
        names = place_texts(results.shown)
        for notice in results.notices[:MOST_NOTICES]:
            _err.print(told_notice(notice, names=names))
        if (more := len(results.notices) - MOST_NOTICES) > 0:
            _err.print(say("more_notices", n=more, path=escape(str(out / "notices.csv"))))
    return results


def _show(results: "StudyResults", name: str, columns: list[str], out: Path, *, quiet: bool) -> None:
    """Print a table of results unless nothing is to be printed; of arrivals those of the baseline, the first first."""
    if quiet:
        return
    table = results.shown.get(name)
    if table is None:
        _err.print(told("warning", "yellow", escape(say("no_section", key=_SECTIONS[name]))))
        return
    if name == "arrivals":
        table = table[table["scenario"] == "baseline"].sort_values("mean")
    from .show_result import show_result

    show_result(results, table, columns, file=out / f"{name}.csv")
