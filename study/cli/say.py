"""Say what the command line has to say, in English or in the language that ``INNOSCAPE_LANGUAGE`` names."""

import os

from ...data.wording.catalogue import LANGUAGES, text

__all__ = ["LANGUAGE", "say"]

_WANTED = os.environ.get("INNOSCAPE_LANGUAGE", "")
LANGUAGE = _WANTED if _WANTED in LANGUAGES else LANGUAGES[0]


def say(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogues, by its key under ``command``.

    Examples
    --------
    >>> say("option.quiet")
    'Print nothing but errors.'
    """
    return text(f"command.{key}", **values).in_(LANGUAGE)
