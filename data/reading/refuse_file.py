"""Refuse a file that cannot be read as a table."""

from pathlib import Path
from typing import Any

from ..errors import Fault, TableError

__all__ = ["cause_of", "refusal"]


def refusal(file: Path, what: str, *, row: int | None = None, **values: Any) -> TableError:  # noqa: ANN401
    """Return the error of one fault of the family ``faults.file``."""
    return TableError([Fault.of(f"faults.file.{what}", file.name, row=row, **values)])


def cause_of(error: Exception) -> str:
    """Return what a library said of a file, on one line."""
    return " ".join(str(error).split())[:120] or type(error).__name__
