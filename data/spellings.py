"""Know how people write what tables hold: headers, sheets, totals, dates, endings of names.

The words stand in ``spellings.toml``. A further language, or a further habit, is a word in that file.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from .wording.toml_tables import TomlTables

__all__ = ["spellings"]


def spellings(kind: str) -> dict[str, Any]:
    """Return the spellings of a kind, such as ``"columns"``.

    Examples
    --------
    >>> "city" in spellings("columns")["place"]
    True
    """
    return _tables()[kind]


@cache
def _tables() -> Mapping[str, dict[str, Any]]:
    return TomlTables(files(__name__.rpartition(".")[0]) / "spellings.toml")
