"""Hold a results folder for one run, and put a finished folder in the place of the old one at one stroke."""

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from ...data import OutputError
from ...data.wording.catalogue import text

__all__ = ["MANIFEST", "claim_folder", "swap_folders", "unwritable", "work_folder"]

MANIFEST = "manifest.json"
# of the folders beside the results that a run works in, and of the old results while new ones take their place
_WORK, _OLD = "innoscape-work-", "innoscape-old-"
_HERE, _EXCHANGE = -100, 2
# what file systems answer that know no locks, such as some network drives
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@contextmanager
def claim_folder(target: Path) -> Iterator[None]:
    """Refuse a folder that holds anything but results, or that another run writes; clean up after one that was killed.

    A link is followed: what it points to is the folder. Where the system has no locks, as on Windows and some network
    drives, another run is not seen.

    Raises
    ------
    OutputError
        If the folder cannot be replaced or written, holds something else, or is claimed.
    """
    _check_place(target)
    target = target.resolve()
    above = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock, alone = _locked(target)
    except OSError as error:
        raise unwritable(target, error) from None
    if lock is None:
        raise OutputError(text("faults.calls.claim_folder.folder_other_run_writes", target=target))
    try:
        _recover(target, alone=alone)
        _check_content(target)
        yield
    finally:
        with contextlib.suppress(OSError):
            _lock_file(target).unlink(missing_ok=True)
        os.close(lock)
        with contextlib.suppress(OSError):  # they hold the results
            for folder in above:
                folder.rmdir()


def unwritable(target: Path, error: OSError) -> OutputError:
    """Return the error of a folder that the system refuses to write."""
    reason = error.strerror or str(error)
    return OutputError(text("faults.calls.claim_folder.folder_can_written_another", target=target, reason=reason))


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside the target to work in, which is gone at the end."""
    target = target.resolve()
    work = Path(tempfile.mkdtemp(prefix=_beside(target, _WORK), dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def swap_folders(work: Path, target: Path) -> None:
    """Put a finished folder in the place of the old one: at one stroke where the system can, else by two renames.

    A run that is killed between the two leaves the old results beside the target, where the next run finds them.
    """
    target = target.resolve()
    if not target.exists():
        work.rename(target)
        return
    if _exchange(work, target):
        return
    old = Path(tempfile.mkdtemp(prefix=_beside(target, _OLD), dir=target.parent))
    try:
        target.rename(old / "results")
        work.rename(target)
    finally:
        if not target.exists():
            (old / "results").rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders by one call of the system; say whether there is such a call and it did."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def _beside(target: Path, what: str) -> str:
    return f".{target.name}-{what}"


def _lock_file(target: Path) -> Path:
    return target.with_name(_beside(target, "innoscape-lock"))


def _locked(target: Path) -> tuple[int | None, bool]:
    """Open and lock the file that stands for the folder; say whether no other run can hold it. None if one does.

    The system lets go of the lock however a run ends.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        return os.open(_lock_file(target), os.O_CREAT | os.O_RDWR), False
    while True:
        handle = os.open(_lock_file(target), os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # whoever held it may have removed the file since it was opened
            if os.path.samestat(os.fstat(handle), _lock_file(target).stat()):
                return handle, True
        except BlockingIOError:
            os.close(handle)
            return None, False
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return handle, False
            os.close(handle)
            raise
        os.close(handle)


def _recover(target: Path, *, alone: bool) -> None:
    """Put old results back that a killed run had moved away; where no other can be at work, remove what it left."""
    for old in sorted(target.parent.glob(f"{escape(_beside(target, _OLD))}*")):
        if not target.exists() and (old / "results" / MANIFEST).is_file():
            (old / "results").rename(target)
    for what in (_OLD, _WORK) if alone else ():
        for left in target.parent.glob(f"{escape(_beside(target, what))}*"):
            shutil.rmtree(left, ignore_errors=True)


def _check_place(target: Path) -> None:
    """Refuse a folder that no other can take the place of, before any work is done."""
    if os.path.ismount(target):
        raise OutputError(text("faults.calls.claim_folder.folder_can_replaced_whole", target=target))
    above = next(folder for folder in target.resolve().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise OutputError(text("faults.calls.claim_folder.folder_can_written_cannot", target=target, above=above))
    if target.resolve() in (here := Path.cwd().resolve(), *here.parents):
        raise OutputError(text("faults.calls.claim_folder.folder_can_replaced_you", target=target))


def _check_content(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise OutputError(text("faults.calls.claim_folder.folder_results_file_another", target=target))
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise OutputError(text("faults.calls.claim_folder.empty_folder_earlier_results", target=target))
