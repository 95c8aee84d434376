"""Show the help of a command in the language of the command line, flags without a type behind them.

The library's own help has English headings and cuts what it cannot break at a space, as Chinese sentences.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from ...data.options import nearest
from .say import say
from .usage_errors import near_said, type_said

__all__ = ["HelpCommand", "HelpGroup", "usage_line"]


class _Shown:
    """How a command and a group of commands show their help."""

    help: str | None

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - of the library, here and below
        option = super().get_help_option(ctx)  # pyright: ignore[reportAttributeAccessIssue] - of the library's class
        if option is not None:
            option.help = say("option.help")
        return option

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - of the library
        params = super().get_params(ctx)  # pyright: ignore[reportAttributeAccessIssue]
        for one in params:
            if one.param_type_name == "argument" and one.metavar is None:
                one.metavar = say(f"usage.names.{one.name}")
        return params

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
        console = Console(highlight=False)
        usage = usage_line(self, ctx)
        for line in (usage, self.help or ""):
            console.print(f"\n {line}", markup=False)
        console.print()
        params = self.get_params(ctx)
        for kind in ("argument", "option"):
            _show_rows(console, kind, (_row(one, ctx) for one in params if one.param_type_name == kind))
        _show_rows(console, "command", ((name, one.help) for name, one in getattr(self, "commands", {}).items()))


class HelpCommand(_Shown, TyperCommand):
    """A command whose help speaks the language of the command line."""

    # what is too much is refused here instead
    allow_extra_args = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401, D102 - of the library
        rest = super().parse_args(ctx, args)
        if ctx.args:
            ctx.fail(say("usage.errors.extra", names=" ".join(ctx.args)))
        return rest


class HelpGroup(_Shown, TyperGroup):
    """A group of such commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401, D102 - of the library
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(say("usage.errors.no_command", name=name, near=near_said(nearest(name, self.commands))))
        return super().resolve_command(ctx, args)


def usage_line(command: Any, ctx: Any) -> str:  # noqa: ANN401
    """Return how a command is called."""
    command.options_metavar, command.subcommand_metavar = say("usage.options"), say("usage.command")
    return " ".join([say("usage.head"), ctx.command_path, *command.collect_usage_pieces(ctx)])


def _row(param: Any, ctx: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return names, type and meaning of a parameter, with its default."""
    flag = getattr(param, "is_flag", False)
    kind = "" if flag else param.metavar or type_said(param.display_type(ctx))
    meaning = param.help or ""
    if not flag and param.default not in (None, ""):
        meaning += say("usage.default", value=param.default)
    named = param.param_type_name == "option"
    return (", ".join(sorted(param.opts, key=len)), kind, meaning) if named else (param.metavar or param.name, meaning)


def _show_rows(console: Console, title: str, rows: Iterable[tuple[str, ...]]) -> None:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    found = list(rows)
    if not found:
        return
    table = Table.grid(padding=(0, 2))
    for at in range(len(found[0])):
        table.add_column(overflow="fold", no_wrap=at == 0, style="cyan" if at == 0 else "")
    for row in found:
        table.add_row(*(Text(cell or "") for cell in row))
    console.print(Panel(table, title=say(f"usage.panels.{title}"), title_align="left", border_style="dim"))
