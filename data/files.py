"""Read the files that ship inside the package, and write files whole or not at all."""

import os
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from .errors import OutputError
from .wording.catalogue import text

__all__ = ["read_shipped", "write_file"]


@cache
def read_shipped(name: str) -> bytes:
    """Return the content of a file of the folder ``shipped``."""
    return files(__name__.rpartition(".")[0]).joinpath("shipped", name).read_bytes()


def write_file(path: str | os.PathLike[str], content: bytes | str) -> Path:
    """Write a file beside its goal and put it in its place, so that a failure leaves what was there.

    Text is written as UTF-8, its line ends as they are. Folders above are made; a file that was there keeps its mode.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(f"{folder}/new/a.txt", "text").read_bytes()
    b'text'
    """
    target = Path(path)
    work: str | None = None
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        handle, work = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.absolute().parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(handle)
        Path(work).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o644)
        os.replace(work, target)  # noqa: PTH105 - the one place where a file takes the place of another
    except OSError as error:
        if work is not None:
            Path(work).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError(text("faults.calls.files.file_can_written_another", target=target, reason=reason)) from None
    return target
