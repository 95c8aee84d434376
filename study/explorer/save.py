"""Put a scenario into a study file without touching anything else in it.

The file keeps its comments, order, line ends and byte-order mark; the new text is written beside it and takes its place
in one step, so a reader never sees half a file.
"""

import shutil
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...data import MissingExtraError, OptionError, OutputError
from ...data.files import write_file
from ..plan.misfits import RESERVED
from ..plan.schema import STUDY_FILE, Study
from ..plan.study_scenario import StudyScenario
from ..plan.write_template import write_template
from ..stages.run import check
from .request import SaveOrder, faults_of, plain_steps

__all__ = ["save_scenario", "with_scenario"]

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
    if entry["name"] in RESERVED:
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
    return write_file(file, mark + text.encode())


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
    tomlkit = _tomlkit()
    newline = "\r\n" if "\r\n" in text else "\n"
    document = tomlkit.parse(text.replace("\r\n", "\n"))
    present = document.get("scenarios")
    if any(scenario.get("name") == entry["name"] for scenario in present or ()):
        raise OptionError(f"name: the study has a scenario {entry['name']!r}; choose another name")
    if isinstance(present, tomlkit.items.Array):
        present.append(entry)
        return tomlkit.dumps(document).replace("\n", newline)
    table = tomlkit.table()
    table.update({key: value for key, value in entry.items() if key != "interventions"})
    steps = tomlkit.array().multiline(multiline=True)
    for step in entry["interventions"]:
        steps.append(tomlkit.inline_table())
        steps[-1].update(step)
    table.add("interventions", steps)
    body = document.body if present is None else present[-1].value.body
    while body and isinstance(body[-1][1], tomlkit.items.Table | tomlkit.items.AoT):
        last = body[-1][1]
        body = (last[-1] if isinstance(last, tomlkit.items.AoT) else last).value.body
    # remarks right above the next section belong to it
    remarks = []
    while body and isinstance(body[-1][1], tomlkit.items.Comment | tomlkit.items.Whitespace):
        remarks.append(body.pop()[1])
    body.append((None, tomlkit.nl()))
    while remarks and isinstance(remarks[-1], tomlkit.items.Whitespace):
        remarks.pop()
    for remark in [tomlkit.nl(), *reversed(remarks)] if present is not None else []:
        table.add(remark)
    if present is None:
        present = tomlkit.aot()
        document.append("scenarios", present)
    present.append(table)
    return tomlkit.dumps(document).replace("\n", newline)


def _tomlkit() -> Any:  # noqa: ANN401 - a module
    try:
        import tomlkit
        import tomlkit.items
    except ImportError as error:
        raise MissingExtraError("explore", purpose="saving a scenario") from error
    return tomlkit
