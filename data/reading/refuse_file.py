"""Refuse a file that cannot be read as a table."""

import stat
from pathlib import Path
from typing import Any

from ..errors import Fault, TableError, reason_of

__all__ = ["cause_of", "check_file", "refusal"]


def refusal(file: Path, what: str, *, row: int | None = None, **values: Any) -> TableError:  # noqa: ANN401
    """Return the error of one fault of the family ``faults.file``."""
    return TableError([Fault.of(f"faults.file.{what}", file.name, row=row, **values)])


def cause_of(error: Exception) -> str:
    """Return what a library said of a file, on one line."""
    return " ".join(str(error).split())[:120] or type(error).__name__


def check_file(file: Path) -> None:
    """Refuse what is no file that can be read to its end."""
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise refusal(file, "absent", path=file) from None
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else cause_of(error)
        raise refusal(file, "unreadable", reason=reason) from error
    if stat.S_ISDIR(mode):
        raise refusal(file, "folder")
    if not stat.S_ISREG(mode):
        raise refusal(file, "pipe")
