"""Say what the command line has to say, in English or in the language that ``INNOSCAPE_LANGUAGE`` names."""

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from ...data.wording.catalogue import LANGUAGES, Text, text, text_in

if TYPE_CHECKING:
    from rich.console import Console

    from ...data import InnoscapeError
    from ..wording.notices import Notice

__all__ = ["LANGUAGE", "say", "say_error", "say_warnings", "told", "told_notice"]

_WANTED = os.environ.get("INNOSCAPE_LANGUAGE", "")
LANGUAGE = _WANTED if _WANTED in LANGUAGES else LANGUAGES[0]


def say(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogues, by its key under ``command``.

    Examples
    --------
    >>> say("option.quiet")
    'Print nothing but errors.'
    """
    return text_in(LANGUAGE, f"command.{key}", **values)


def told(level: str, color: str, said: str, language: str = LANGUAGE) -> str:
    """Return a sentence behind its level, as the console takes it; the sentence is markup already.

    Examples
    --------
    >>> told("error", "bold red", "no such file")
    '[bold red]error:[/] no such file'
    """
    label = text(f"command.{level}").in_(language)
    return text("command.told", level=f"[{color}]{label}[/]", said=said).in_(language)


def told_notice(notice: "Notice", language: str = LANGUAGE, *, names: "Mapping[str, Text] | None" = None) -> str:
    """Return a notice or warning behind its level, as the console takes it, places by their names if given."""
    from ..wording.notices import MOST_NAMES

    color = "yellow" if notice.level == "warning" else "cyan"
    return told(notice.level, color, escape(notice.named(names or {}, most=MOST_NAMES).in_(language)), language)


def say_error(console: "Console", error: "InnoscapeError", language: str = LANGUAGE) -> None:
    """Say every fault of an error and, before them, what was doubtful; how many they are where there are several."""
    for doubt in getattr(error, "doubts", ()):
        console.print(told_notice(doubt, language))
    for line in error.lines:
        console.print(told("error", "bold red", escape(line.in_(language)), language))
    if len(error.lines) > 1:
        console.print(text("command.faults", n=len(error.lines)).in_(language))


@contextmanager
def say_warnings(console: "Console") -> Iterator[None]:
    """Say what is warned of while something is done, when it is done or has failed."""
    from ...data.errors import InnoscapeWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        try:
            yield
        finally:
            # beside faults as well, and once where several steps warn of the same
            messages = [doubt.message for doubt in caught]
            said = [one.said.in_(LANGUAGE) if isinstance(one, InnoscapeWarning) else str(one) for one in messages]
            for sentence in dict.fromkeys(said):
                console.print(told("warning", "yellow", escape(sentence)))
