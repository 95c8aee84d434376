"""Make a new study folder from the bundled study, with its tables as files to edit."""

import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from ...data import OutputError, load
from ...data.files import write_file
from .schema import STUDY_FILE

__all__ = ["write_template"]

_DATASET = re.compile(r'"dataset:([a-z_]+)"')


def write_template(folder: str | Path) -> Path:
    """Write the bundled study to a folder, every shipped dataset it uses as a CSV file beside it.

    Parameters
    ----------
    folder : str or Path
        Must not exist, or be empty.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OutputError
        If the folder holds something or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     write_template(Path(home, "mine")).name
    'study.toml'
    """
    target = Path(folder)
    text = (files("innoscape.study") / "china" / STUDY_FILE).read_text(encoding="utf-8")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(f"{target}: needed a new or empty folder, got one in use; give another name")
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    except OSError as error:
        raise OutputError(f"{target}: needed a folder that can be written, got: {error.strerror}") from None
    try:
        for name in sorted(set(_DATASET.findall(text))):
            load(name).to_csv(work / f"{name}.csv", index=False, lineterminator="\n")
        write_file(work / STUDY_FILE, _DATASET.sub(r'"\1.csv"', text))
        if target.exists():
            target.rmdir()
        work.rename(target)
        target.chmod(0o755)
    except OSError as error:
        raise OutputError(f"{target}: needed a folder that can be written, got: {error.strerror}") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target / STUDY_FILE
