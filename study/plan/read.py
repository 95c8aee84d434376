"""Read a study file and name every fault by its key path."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ...data.errors import Fault, StudyError
from .interventions import STEPS
from .schema import STUDY_FILE, Study, hint

__all__ = ["read_study", "study_of"]


def read_study(path: str | Path) -> Study:
    """Read the study file of a folder and check every key.

    Parameters
    ----------
    path : str or Path
        A study folder, or its ``study.toml``.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        With every fault of the file, each named by its key path.

    Examples
    --------
    >>> from innoscape.study import bundled_study
    >>> bundled_study().name
    'china'
    """
    file = Path(path)
    if file.is_dir():
        file /= STUDY_FILE
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        fix = "give a folder that holds one, or make one with: innoscape init DIR"
        raise StudyError([Fault(str(file), "a readable study file", error.strerror or "nothing", fix)]) from None
    except UnicodeDecodeError:
        raise StudyError([Fault(str(file), "UTF-8 text", "other bytes", "save the file as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError([Fault(str(file), "valid TOML", str(error), "correct the line named")]) from None
    return study_of({**content, "folder": file.parent} if "folder" not in content else content, str(file))


def study_of(content: dict[str, Any], file: str = STUDY_FILE) -> Study:
    """Return the study that a file declares; every fault is named by its key path."""
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        raise StudyError(_fault(file, entry) for entry in error.errors()) from None


def _fault(file: str, entry: Any) -> Fault:  # noqa: ANN401 - pydantic's own record
    path = _key_path(entry["loc"])
    kind, needed = entry["type"], entry["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if kind == "extra_forbidden":
        known = _known_keys(entry["loc"])
        fix = "correct or remove the key" + hint(str(entry["loc"][-1]), known)
        return Fault(file, "a known key", f"{entry['loc'][-1]!r}", fix, column=path)
    if kind == "option":
        return Fault(file, "options that work", entry["ctx"]["error"], "correct the option", column=path)
    if kind == "misfit":
        return Fault(file, **entry["ctx"], column=path)
    if kind == "choice":
        got, choices = entry["input"], entry["ctx"]["choices"]
        return Fault(file, entry["msg"], _shown(got), "correct the value" + hint(str(got), choices), column=path)
    if kind == "missing":
        return Fault(file, "a value", "no such key", f"add {entry['loc'][-1]}", column=path)
    if needed.startswith(("greater", "less")):
        needed = f"a number {needed}"
    return Fault(file, needed[:1].lower() + needed[1:], _shown(entry["input"]), "correct the value", column=path)


def _shown(value: object) -> str:
    text = "a section" if isinstance(value, dict | BaseModel) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _key_path(location: tuple[str | int, ...]) -> str:
    """Write a location as in ``networks[1].estimate.known[0].source`` (list items count from 1)."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif step not in STEPS:
            path += f".{step}" if path else step
    return path or "(whole file)"


def _known_keys(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the section of a location knows."""
    model: Any = Study
    for step in location[:-1]:
        if step in STEPS:
            model = STEPS[str(step)]
        elif isinstance(step, str) and step in getattr(model, "model_fields", {}):
            model = _model_in(model.model_fields[step].annotation)
    return [k for k in getattr(model, "model_fields", {}) if k != "folder"]


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 - any annotation of a field
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in getattr(annotation, "__args__", ()) if (m := _model_in(a)) is not None), None)
