"""Audit claims and figures on the command line; `cli` adds this function as a command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ...data.errors import Fault, TableError
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import join_texts, text
from .say import LANGUAGE, say, say_warnings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["audit"]

_out, _err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
_FORMATS = ("table", "csv", "json")


def audit(
    study: Annotated[Path | None, typer.Argument(help=say("option.audited"))] = None,
    source: Annotated[str | None, typer.Option("--source", "-s", help=say("option.source"))] = None,
    form: Annotated[str, typer.Option("--format", "-f", help=say("option.audit_format"))] = "table",
) -> None:
    """Recompute claims from printed figures, and compare the figures with one another."""
    from ...data.options import check_choice
    from ..stages.audit_sources import audit_study

    check_choice("--format", form, _FORMATS)
    with say_warnings(_err):
        found = audit_study(study, language=LANGUAGE)
    if source is not None:
        sources = found["source"].str.split("; ")
        if sources.isna().all():
            raise TableError([Fault.of("faults.audit.sources", str(study), column="source", got=source)])
        check_choice("--source", source, dict.fromkeys(sources.explode().dropna()))
        found = found[sources.map(lambda keys: isinstance(keys, list) and source in keys)]
    if form == "csv":
        typer.echo(found.to_csv(index=False, lineterminator="\n"), nl=False)
    elif form == "json":
        typer.echo(found.to_json(orient="records", force_ascii=False, indent=1))
    else:
        _show(found)


def _show(found: "pd.DataFrame") -> None:
    """Count the verdicts, and list what does not hold."""
    claims = found["check"] == "claim"
    for what, rows in (("claims", found[claims]), ("figures", found[~claims])):
        counts = rows["verdict"].value_counts()
        told = [
            text("command.tally.verdict", number=counts[key], verdict=term.name)
            for key, term in terms("verdicts").items()
            if key in counts
        ]
        counted = text(f"command.tally.{what}", n=len(rows))
        _out.print(say("tally.counted", what=counted, tallies=join_texts(told)) if told else counted.in_(LANGUAGE))
        for row in rows[rows["verdict"] != "holds"].to_dict("records"):
            name = row["id"] if what == "claims" else name_of(row["check"], "audit_checks").in_(LANGUAGE)
            verdict = name_of(row["verdict"], "verdicts").in_(LANGUAGE)
            said = (
                row["meaning"]
                if what == "figures"
                else say("tally.said", subject=row["subject"], meaning=row["meaning"])
            )
            _out.print(f"  [bold]{escape(name)}[/]  {escape(verdict)}  {escape(said)}")
