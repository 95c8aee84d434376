"""Put a scenario into a study file without touching anything else in it.

The file keeps its comments, order, line ends and byte-order mark; the new text is written beside it and takes its place
in one step, so a reader never sees half a file.
"""

import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...data import MissingExtraError, OptionError, OutputError
from ..plan.init import write_template
from ..plan.schema import STUDY_FILE, Study, StudyScenario
from ..stages.pipeline import check
from .request import SaveOrder, faults_of, plain_steps

__all__ = ["save_scenario", "with_scenario"]

_HEADER = re.compile(r"^[ \t]*\[\[?[^\[\]\n]+\]?\][ \t]*(?:#.*)?$", re.MULTILINE)
_SCENARIO = re.compile(r"^[ \t]*\[\[?[ \t]*[\"']?scenarios\b")
_RESERVED = frozenset({"baseline", "explored"})
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
    if order.folder is None and folder is None:
        raise OptionError("folder: the bundled study cannot be changed; name a new study folder to save into")
    if order.folder is None and folder is not None:
        return _save_into(folder / STUDY_FILE if folder.is_dir() else folder, entry)
    if folder is not None:
        raise OptionError("folder: only the bundled study is saved as a new one; leave the folder out")
    target = Path(str(order.folder)).expanduser()
    # a copy that is sure to take the scenario becomes the new folder
    file = write_template(target)
    try:
        return _save_into(file, entry)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _entry(order: SaveOrder) -> dict[str, Any]:
    titles = {key: value for key in ("title", "title_zh") if (value := getattr(order, key).strip())}
    entry = {"name": order.name.strip(), **titles, "interventions": plain_steps(order.interventions)}
    if entry["name"] in _RESERVED:
        raise OptionError(f"name: {entry['name']!r} is taken by the comparison itself; choose another")
    try:
        StudyScenario.model_validate(entry)
    except ValidationError as error:
        raise OptionError("\n".join(faults_of(error))) from None
    return entry


def _save_into(file: Path, entry: dict[str, Any]) -> Path:
    file = file.resolve()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OutputError(f"{file}: needed a study file that can be read, got: {error.strerror}") from None
    mark = _MARK if content.startswith(_MARK) else b""
    text = with_scenario(content.removeprefix(_MARK).decode(), entry)
    try:
        study = Study.model_validate({**tomllib.loads(text), "folder": file.parent})
    except ValidationError as error:
        raise OptionError("\n".join(faults_of(error))) from None
    check(study)
    _replace(file, mark + text.encode())
    return file


def _replace(file: Path, content: bytes) -> None:
    work: str | None = None
    try:
        handle, work = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(file, work)
        Path(work).replace(file)
    except OSError as error:
        if work is not None:
            Path(work).unlink(missing_ok=True)
        raise OutputError(f"{file}: needed a study file that can be written, got: {error.strerror}") from None


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
    content = tomllib.loads(text)
    present = content.get("scenarios", [])
    if any(isinstance(s, dict) and s.get("name") == entry["name"] for s in present):
        raise OptionError(f"name: the study has a scenario {entry['name']!r}; choose another name")
    wanted = {**content, "scenarios": [*present, entry]}
    newline = "\r\n" if "\r\n" in text else "\n"
    for candidate in _candidates(text.replace("\r\n", "\n"), entry):
        try:
            if tomllib.loads(candidate) == wanted:
                return candidate.replace("\n", newline)
        except tomllib.TOMLDecodeError:
            continue
    raise OutputError(f"{STUDY_FILE}: needed a list [[scenarios]] to append to; add the scenario by hand")


def _candidates(text: str, entry: dict[str, Any]) -> list[str]:
    """Return the text with the scenario behind the last one, at the end, and in a list written in one piece."""
    tomlkit = _tomlkit()
    block = _block(entry)
    whole = text.rstrip("\n") + "\n\n" + block
    found = []
    headers = list(_HEADER.finditer(text))
    last = max((i for i, h in enumerate(headers) if _SCENARIO.match(h[0])), default=None)
    if last is not None and last + 1 < len(headers):
        cut = headers[last + 1].start()
        # remarks right above the next section belong to it
        lines = text[:cut].split("\n")[:-1]
        while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        before = "\n".join(lines)
        found.append(before + "\n\n" + block + "\n" + text[len(before) :].lstrip("\n"))
    document = tomlkit.parse(text)
    listed = document.get("scenarios")
    if isinstance(listed, tomlkit.items.Array):
        listed.append(entry)
        return [tomlkit.dumps(document)]
    return [*found, whole]


def _block(entry: dict[str, Any]) -> str:
    tomlkit = _tomlkit()
    table = tomlkit.table()
    for key, value in entry.items():
        if key != "interventions":
            table.add(key, value)
    steps = tomlkit.array().multiline(multiline=True)
    for step in entry["interventions"]:
        inline = tomlkit.inline_table()
        inline.update(step)
        steps.append(inline)
    table.add("interventions", steps)
    several = tomlkit.aot()
    several.append(table)
    document = tomlkit.document()
    document.add("scenarios", several)
    return tomlkit.dumps(document)


def _tomlkit() -> Any:  # noqa: ANN401 - a module
    try:
        import tomlkit
        import tomlkit.items
    except ImportError as error:
        raise MissingExtraError("explore", purpose="saving a scenario") from error
    return tomlkit
