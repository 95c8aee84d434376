"""Say in the language of the command line what is wrong with how a command was called."""

from typing import Any

from ...data.options import nearest
from ...data.wording.catalogue import keys
from .say import say

__all__ = ["near_said", "type_said", "usage_said"]


def usage_said(error: Any) -> str:  # noqa: ANN401 - of the library
    """Return the sentence for an error of the library that parses a call, by its class."""
    kind, param = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        known = [name for one in error.ctx.command.get_params(error.ctx) for name in getattr(one, "opts", ())]
        near = nearest(error.option_name, known)
        return say("usage.errors.no_option", name=error.option_name, near=near_said(near))
    if kind == "MissingParameter" and param is not None:
        return say("usage.errors.missing", name=param.get_error_hint().strip("'"))
    if kind == "BadParameter" and param is not None:
        return say("usage.errors.value", name=param.get_error_hint().strip("'"), needed=_needed(param, error.ctx))
    return error.format_message()


def near_said(near: list[str]) -> str:
    """Ask whether the nearest name was meant, if there is one."""
    return say("usage.errors.near", name=near[0]) if near else ""


def type_said(label: str) -> str:
    """Return the name of a type of values, such as ``<path>``, as the help of a command shows it."""
    key = label.strip("<>").replace(" ", "_")
    return say(f"usage.types.{key}") if f"command.usage.types.{key}" in keys("command.usage.types.") else label


def _needed(param: Any, ctx: Any) -> str:  # noqa: ANN401
    """Say which values a parameter takes."""
    said = type_said(param.display_type(ctx)).strip("<>")
    least = getattr(param.type_descriptor.parameter_info, "min", None)
    return said if least is None else say("usage.errors.least", kind=said, least=least)
