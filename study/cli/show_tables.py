"""Show the contracts of input tables on the command line; `cli` adds this function as a command."""

from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape

from ...data.wording.catalogue import LANGUAGES, join_texts, text
from .say import LANGUAGE, say

if TYPE_CHECKING:
    from ...data.contracts.input_tables import InputTable

__all__ = ["tables"]

_out = Console(highlight=False, soft_wrap=True)


def tables(
    name: Annotated[str | None, typer.Argument(help=say("option.contract"))] = None,
    csv: Annotated[bool, typer.Option("--csv", help=say("option.csv"))] = False,
    language: Annotated[str, typer.Option("--language", "-l", help=say("option.language"))] = LANGUAGE,
) -> None:
    """List what input tables hold: columns, types, units and an example row."""
    from ...data.contracts.input_tables import columns_in, input_tables
    from ...data.options import check_choice

    check_choice("--language", language, LANGUAGES)
    if name is not None:
        columns_in(name)
    chosen = [table for table in input_tables().values() if name in (None, table.name)]
    if not csv:
        for table in chosen:
            _show(table, language)
        return
    frame = chosen[0].example if name else pd.concat([_listed(table, language) for table in chosen])
    typer.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)


def _listed(table: "InputTable", language: str) -> pd.DataFrame:
    """Return the columns of a contract as rows."""
    rows = [
        {
            "contract": table.name,
            "column": column.name,
            "type": column.dtype,
            "unit": column.measured_in.in_(language),
            "required": "yes" if column.required else "no",
            "example": column.example,
            "meaning": column.meaning.in_(language),
        }
        for column in table.columns
    ]
    return pd.DataFrame(rows)


def _show(table: "InputTable", language: str) -> None:
    def word(key: str) -> str:
        return text(f"command.contract.{key}").in_(language)

    _out.print(f"[bold]{table.name}[/]  {escape(table.meaning.in_(language))}")
    wide = max(len(column.name) for column in table.columns)
    for column in table.columns:
        needed = word("required" if column.required else "optional")
        parts = [column.dtype, needed, column.measured_in.in_(language), column.meaning.in_(language)]
        if column.choices:
            parts.append(text("command.contract.any_of", options=join_texts(column.choices)).in_(language))
        given = f"{word('example')} {column.example}" if column.example else ""
        _out.print(f"  {column.name:{wide}}  {escape('; '.join(part for part in [*parts, given] if part))}")
    example = table.example
    _out.print(f"  {word('example')}:")
    for line in example.to_csv(index=False, lineterminator="\n").splitlines():
        _out.print(f"    {escape(line)}")
    _out.print()
