"""Find a folder for compiled kernels where none of the usual ones can be written."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

__all__ = ["kernel_cache"]

_VARIABLE = "NUMBA_CACHE_DIR"


def kernel_cache(package: Path) -> str | None:
    """Name a folder for compiled kernels that lasts as long as this process, if no other can be written.

    Kernels are kept beside the package, else in the cache of the user. A package in a read-only image, of a user
    without a home, has neither and could not be imported: its kernels are compiled in every process instead.

    Parameters
    ----------
    package : Path
        Folder of the package.

    Returns
    -------
    str or None
        The folder, where one was needed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     kernel_cache(Path(home)) is None
    True
    """
    if os.environ.get(_VARIABLE) or any(map(_writable, (package, _user_cache()))):
        return None
    try:
        # of a name that nobody else can know, since compiled code is run
        folder = tempfile.mkdtemp(prefix="innoscape-kernels-")
    except OSError:
        return None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[_VARIABLE] = folder
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = folder
    return folder


def _user_cache() -> Path:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - a missing home is no fault here
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache", "numba") if sys.platform == "linux" else home


def _writable(folder: Path) -> bool:
    """Whether a folder can be written, or made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
