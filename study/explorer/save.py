"""Put a scenario or a recipe into a study file without touching anything else in it.

The file keeps its comments, order, line ends and byte-order mark; the new text is written beside it and takes its place
in one step, so a reader never sees half a file.
"""

import difflib
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...data import OptionError, OutputError
from ...data.files import write_file
from ...data.wording.catalogue import text
from ..plan.misfits import RESERVED
from ..plan.schema import STUDY_FILE, Study
from ..plan.study_scenario import StudyScenario
from ..plan.write_template import write_template
from ..stages.run import check
from .append_entry import append_entry
from .request import SaveOrder, faults_of, plain_steps

__all__ = ["preview_change", "save_change", "save_scenario", "study_file", "with_recipe", "with_scenario"]

_MARK = b"\xef\xbb\xbf"


def save_scenario(order: SaveOrder, folder: Path | None) -> Path:
    """Append a scenario to the study in ``folder``, or to a new copy of the bundled study in ``order.folder``.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OptionError
        If the name is taken or cannot be one, or the study file has no words for a lever.
    StudyError, TableError
        If the study would no longer pass `innoscape.study.check`; nothing is written.
    OutputError
        If the file cannot be written.
    """
    entry = _entry(order)
    return save_change(lambda text: with_scenario(text, entry), folder, new=order.folder)


def save_change(change: Callable[[str], str], folder: Path | None, *, new: str | None) -> Path:
    """Change the text of the study file in ``folder``, or of a copy of the bundled study in the folder ``new``.

    Raises
    ------
    OptionError
        If there is no study to change, a new folder is named for one that can be changed, or the file has changed
        meanwhile.
    StudyError, TableError
        If the study would no longer pass `innoscape.study.check`; nothing is written.
    OutputError
        If the file cannot be written.
    """
    if new is None and folder is None:
        raise OptionError(text("faults.calls.save.folder_bundled_study_cannot"))
    if new is None and folder is not None:
        return _save_into(study_file(folder), change)
    if folder is not None:
        raise OptionError(text("faults.calls.save.folder_bundled_study_saved"))
    target = Path(str(new)).expanduser()
    # a copy that is sure to take the change becomes the new folder
    file = write_template(target)
    try:
        return _save_into(file, change)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def preview_change(change: Callable[[str], str], folder: Path | None) -> list[str]:
    """Return the lines that a change takes from the study file (``- ``) and puts into it (``+ ``), with those around.

    Raises
    ------
    OptionError
        If the study file would not be one any more.
    OutputError
        If it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="innoscape-") as home:
        file = write_template(Path(home, "study")) if folder is None else study_file(folder)
        before, after, _ = _changed(file, change)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    return [line for line in lines if not line.startswith(("--- ", "+++ ", "@@"))]


def study_file(folder: Path) -> Path:
    """Return the study file of a folder, or the file itself."""
    return folder / STUDY_FILE if folder.is_dir() else folder


def _entry(order: SaveOrder) -> dict[str, Any]:
    titles = {key: value for key in ("title", "title_zh") if (value := getattr(order, key).strip())}
    entry = {"name": order.name.strip(), **titles, "interventions": plain_steps(order.interventions)}
    if entry["name"] in RESERVED:
        raise OptionError(text("faults.calls.save.name_taken_comparison_itself", entry=repr(entry["name"])))
    try:
        StudyScenario.model_validate(entry)
    except ValidationError as error:
        raise OptionError("\n".join(faults_of(error))) from None
    return entry


def _save_into(file: Path, change: Callable[[str], str]) -> Path:
    before, after, mark = _changed(file, change)
    check(Study.model_validate({**tomllib.loads(after), "folder": file.resolve().parent}))
    # what an editor has saved while the study was checked is not written over
    if file.read_bytes() != mark + before.encode():
        raise OptionError(text("faults.calls.save.study_file_stays_while", file=file))
    return write_file(file.resolve(), mark + after.encode())


def _changed(file: Path, change: Callable[[str], str]) -> tuple[str, str, bytes]:
    """Return the text of a study file before and after a change, and its byte-order mark."""
    file = file.resolve()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OutputError(text("faults.calls.save.study_file_can_read", file=file, strerror=error.strerror)) from None
    mark = _MARK if content.startswith(_MARK) else b""
    before = content.removeprefix(_MARK).decode()
    after = change(before)
    try:
        Study.model_validate({**tomllib.loads(after), "folder": file.parent})
    except ValidationError as error:
        raise OptionError("\n".join(faults_of(error))) from None
    return before, after, mark


def with_scenario(text: str, entry: dict[str, Any]) -> str:
    r"""Return the text of a study file with one more scenario, behind those it has.

    Raises
    ------
    OptionError
        If the file has a scenario of that name.
    OutputError
        If there is no place for it that leaves the rest as it is.

    Examples
    --------
    >>> more = {"name": "far", "interventions": [{"verb": "scale_cost", "places": ["A", "B"], "factor": 2.0}]}
    >>> print(with_scenario('title = "T"  # kept\n', more))
    title = "T"  # kept
    <BLANKLINE>
    [[scenarios]]
    name = "far"
    interventions = [
        {verb = "scale_cost", places = ["A", "B"], factor = 2.0},
    ]
    <BLANKLINE>
    """
    return append_entry(text, ("scenarios",), entry, rows="interventions", what="scenario")


def with_recipe(text: str, entry: dict[str, Any]) -> str:
    r"""Return the text of a study file with one more recipe of its index, behind those it has.

    Raises
    ------
    OptionError
        If the file has no index, or a recipe of that name.

    Examples
    --------
    >>> more = {"name": "mine", "weigh": {"method": "given", "weights": {"a": 0.75, "b": 0.25}}}
    >>> print(with_recipe('[index]\nunits = ["A"]\n[[index.recipes]]\nname = "equal"\n\n[tiers]\n', more))
    [index]
    units = ["A"]
    [[index.recipes]]
    name = "equal"
    <BLANKLINE>
    [[index.recipes]]
    name = "mine"
    weigh = {method = "given", weights = {a = 0.75, b = 0.25}}
    <BLANKLINE>
    [tiers]
    <BLANKLINE>
    """
    return append_entry(text, ("index", "recipes"), entry, rows=None, what="recipe")
