"""Pack a study folder, or the results of a run of it, as one file to take away."""

import io
import tempfile
import zipfile
from pathlib import Path

from ...data import OptionError
from ..plan.write_template import write_template
from ..stages.run import bundled_study, run

__all__ = ["pack_results", "pack_study"]

_MOST_BYTES = 500 << 20


def pack_study(folder: Path | None) -> bytes:
    """Return a study folder as a zip file; of the bundled study the folder that `innoscape init` makes.

    Hidden files and links are left out, so nothing outside the folder gets in.

    Raises
    ------
    OptionError
        If the folder is too large.

    Examples
    --------
    >>> with zipfile.ZipFile(io.BytesIO(pack_study(None))) as packed:
    ...     "study.toml" in packed.namelist()
    True
    """
    if folder is not None:
        return _packed(folder if folder.is_dir() else folder.parent)
    with tempfile.TemporaryDirectory(prefix="innoscape-") as home:
        return _packed(write_template(Path(home, "study")).parent)


def pack_results(folder: Path | None) -> bytes:
    """Run a study and return its results folder as a zip file.

    Raises
    ------
    StudyError, TableError, OptionError
        If the study cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="innoscape-") as home:
        run(bundled_study() if folder is None else folder, Path(home, "results"))
        return _packed(Path(home, "results"))


def _packed(folder: Path) -> bytes:
    out, size = io.BytesIO(), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            linked = any(folder.joinpath(*inside.parts[: i + 1]).is_symlink() for i in range(len(inside.parts)))
            if linked or not path.is_file() or any(part.startswith(".") for part in inside.parts):
                continue
            size += path.stat().st_size
            if size > _MOST_BYTES:
                raise OptionError(f"{folder.name}: needed at most {_MOST_BYTES >> 20} MB to pack, got more")
            packed.write(path, inside.as_posix())
    return out.getvalue()
