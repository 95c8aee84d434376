"""Make a new folder whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...data import OutputError
from ...data.wording.catalogue import text

__all__ = ["new_folder"]


@contextmanager
def new_folder(folder: str | Path) -> Iterator[Path]:
    """Yield a folder to write in that becomes the one named when all is written; after an error it is gone.

    Raises
    ------
    OutputError
        If the folder holds something or cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with new_folder(f"{home}/mine") as work:
    ...         _ = (work / "a.txt").write_text("text", encoding="utf-8")
    ...     Path(home, "mine", "a.txt").read_text(encoding="utf-8")
    'text'
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(text("faults.calls.alike.new_empty_folder_another", target=target))
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    except OSError as error:
        raise OutputError(
            text("faults.calls.alike.folder_can_written", target=target, strerror=error.strerror)
        ) from None
    try:
        yield work
        if target.exists():
            target.rmdir()
        work.rename(target)
        target.chmod(0o755)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            text("faults.calls.alike.folder_can_written", target=target, strerror=error.strerror)
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
