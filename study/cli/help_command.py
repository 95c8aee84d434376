"""Show the help of a command in the language of the command line, flags without a type behind them."""

from collections.abc import Callable
from typing import Any

from typer.core import TyperCommand, TyperGroup

from .say import say

__all__ = ["HelpCommand", "HelpGroup"]


class _Told:
    """What a command and a group of commands share; its options are told once, when it is made."""

    params: list[Any]
    collect_usage_pieces: Callable[..., list[str]]

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401 - those of the library
        super().__init__(*given, **options)
        self.options_metavar = say("usage.options")
        for param in self.params:
            _tell(param)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        option = super().get_help_option(ctx)  # pyright: ignore[reportAttributeAccessIssue] - of the library's class
        if option is not None:
            option.help = say("option.help")
            _tell(option)
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("usage.head") + " ")


class HelpCommand(_Told, TyperCommand):
    """A command whose help speaks the language of the command line."""


class HelpGroup(_Told, TyperGroup):
    """A group of such commands."""

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **options)
        self.subcommand_metavar = say("usage.command")


def _tell(param: Any) -> None:  # noqa: ANN401
    """Put a parameter below a heading of its language, and say its default in it."""
    param.rich_help_panel = say(f"usage.panels.{param.param_type_name}")
    if getattr(param, "is_flag", False):
        param.metavar = ""
    elif param.default not in (None, "") and param.show_default:
        param.help = f"{param.help} {say('usage.default', value=param.default)}"
        param.show_default = False
