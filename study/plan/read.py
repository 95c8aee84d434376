"""Read a study file and name every fault by its key path."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ...data.errors import Fault, StudyError, reason_of
from ...data.options import nearest
from ...data.wording.catalogue import Text, join_texts, keys, plain, text
from .interventions import STEPS
from .misfits import Key
from .schema import APART, STUDY_FILE, Study
from .study_scenario import LEVER_STEPS, key_of_lever
from .years import SumOfYears

# errors of the model itself
_OPTIONS = {"option": "faults.study.options", "apart": "faults.study.apart"}
# parts that are one form of a value
_PARTS = {part.__name__: part for part in (SumOfYears,)}
# where a word is none of the channels, it may be meant as one of the study's own
_CHANNEL_NAME = re.compile(r"diffusion\.channels\[\d+\]\.name")

__all__ = ["content_of", "entries_of", "fault_of", "key_path", "parts_of", "read_study", "study_of"]


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
    content, file = content_of(path)
    return study_of(content, file.name)


def content_of(path: str | Path) -> tuple[dict[str, Any], Path]:
    """Return the content of a study file, and the file."""
    file = Path(path)
    if file.is_dir():
        file /= STUDY_FILE
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise StudyError([Fault.of("faults.study.file", str(file), reason=reason_of(error))]) from None
    except UnicodeDecodeError:
        raise StudyError([Fault.of("faults.study.encoding", file.name)]) from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError([Fault.of("faults.study.toml", file.name, error=error)]) from None
    return {"folder": file.parent, **content}, file


def study_of(content: dict[str, Any], file: str = STUDY_FILE) -> Study:
    """Return the study that a file declares; every fault is named by its key path."""
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        found = (fault_of(file, entry) for entry in entries_of(error.errors(), content))
        # a key of a lever may fill several of its steps
        raise StudyError(dict.fromkeys(found)) from None


def parts_of(content: dict[str, Any], *, whole: bool = False) -> Study:
    """Return the study that a file declares, whether or not its parts fit one another unless the whole is asked for."""
    return Study.model_validate(content, context=None if whole else APART)


def entries_of(entries: Iterable[Any], content: object) -> Iterator[Any]:
    """Of the errors of a key that may take several forms, keep those inside a list, else the one that names choices."""
    forms: dict[Key, list[Any]] = {}
    for entry in entries:
        at, key = _form(_written(entry, content), content)
        told = {**entry, "loc": key, "input": _told(entry, key, content)}
        if at is None:
            yield told
        else:
            forms.setdefault(at, []).append(told)
    for at, found in forms.items():
        inside = [entry for entry in found if len(entry["loc"]) > len(at)]
        first = min(found, key=lambda entry: entry["type"] != "literal_error")
        # a value that has none of the forms is told all of them
        yield from inside or [{**first, "forms": found}]


def _told(entry: Any, key: Key, content: Any) -> object:  # noqa: ANN401
    """Return what the file gives where an error is written: a lever makes other values of its own."""
    if entry["loc"][2:3] != (LEVER_STEPS,):
        return entry["input"]
    scenario = content["scenarios"][key[1]]
    return scenario[key[2]] if key[2] in scenario and len(key) == 3 else entry["input"]


def _written(entry: Any, content: Any) -> Key:  # noqa: ANN401 - pydantic's own record, parts of a TOML file
    """Return where the error of something is written; a lever stands for what its scenario does not hold."""
    location: Key = entry["loc"]
    if location[0:1] != ("scenarios",) or location[2:3] != (LEVER_STEPS,):
        return location
    step, rest = location[3:4], location[4:]
    if not step or isinstance(step[0], str):
        return (*location[:2], *(location[3:] or (LEVER_STEPS,)))
    rest = rest[1:] if rest[:1] and rest[0] in STEPS else rest
    if not rest and entry["type"] == "apart":
        # the message begins with the field it is about
        rest = (str(entry["ctx"]["error"]).partition(":")[0],)
    key = key_of_lever(content["scenarios"][location[1]], step[0], str(rest[0]) if rest else "")
    return (*location[:2], key, *(rest[1:] if key != "lever" else ()))


def _form(location: Key, content: object) -> tuple[Key | None, Key]:
    """Return where a location goes through one of several forms of a key, if it does, and the location without it."""
    at: Key | None = None
    kept: list[str | int] = []
    here: Any = content
    for before, step in pairwise(("", *location)):
        if is_verb(before, step):
            kept.append(step)
            continue
        inside, keyed = _holds(here, step), isinstance(here, dict)
        # a form is named by its type or its model
        named = isinstance(step, str) and (not keyed or "[" in step or step[:1].isupper())
        if named and not inside:
            at = tuple(kept)
            continue
        kept.append(step)
        if inside:
            here = here[step]
    return at, tuple(kept)


def _holds(part: object, step: str | int) -> bool:
    return isinstance(step, int) if isinstance(part, list) else isinstance(part, dict) and step in part


def fault_of(file: str, entry: Any) -> Fault:  # noqa: ANN401 - pydantic's own record
    """Return the fault that an error of the study file is."""
    path = key_path(entry["loc"])
    kind, got, context, last = entry["type"], _shown(entry["input"]), entry.get("ctx", {}), entry["loc"][-1:]
    if kind == "extra_forbidden":
        advice = _hint(str(last[0]), _known_keys(entry["loc"]))
        return Fault.of("faults.study.key", file, column=path, got=repr(last[0]), hint=advice)
    if kind in _OPTIONS:
        return Fault.of(_OPTIONS[kind], file, column=path, error=context["error"])
    if kind == "misfit":
        return Fault(file, **context, column=path)
    if kind == "union_tag_invalid":
        # the key that says which kind a section is
        tag, choices = context["discriminator"].strip("'"), re.findall(r"'([^']*)'", context["expected_tags"])
        said = {"needed": text("faults.one_of", names=join_texts(choices)), "got": repr(context["tag"])}
        hint = _hint(context["tag"], choices)
        return Fault.of("faults.study.value", file, column=f"{path}.{tag}", hint=hint, **said)
    if kind == "missing":
        return Fault.of("faults.study.missing", file, column=path, name=last[0])
    # only a word can be near to one of several
    word = isinstance(entry["input"], str) or not entry.get("forms")
    advice = _hint(str(entry["input"]), _choices(entry)) if word else plain("")
    key = "faults.study.channel" if _CHANNEL_NAME.fullmatch(path) and kind == "choice" else "faults.study.value"
    return Fault.of(key, file, column=path, needed=_needed(entry), got=got, hint=advice)


def _needed(entry: Any) -> Text:  # noqa: ANN401
    """Say what a value should be: in every language where the catalogues hold the sentence of its kind."""
    if forms := entry.get("forms"):
        *others, last = dict.fromkeys(map(_form_needed, forms))
        return text("faults.either", names=join_texts(others), last=last) if others else last
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "needed":
        return context["needed"]
    if kind == "choice":
        return text("faults.one_of", names=join_texts(context["choices"]))
    values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    if kind == "literal_error":
        *others, last = values["expected"].replace(" or ", ", ").split(", ")
        values["expected"] = text("faults.either", names=join_texts(others), last=last) if others else last
    key = f"faults.kinds.{kind}"
    if any(known == key or known.startswith(f"{key}.") for known in keys("faults.kinds.")):
        return text(key, n=values.get("min_length", values.get("max_length")), **values)
    said = entry["msg"].removeprefix("Value error, ")
    return plain(said[:1].lower() + said[1:])


def _form_needed(entry: Any) -> Text:  # noqa: ANN401
    """Say what one of several forms of a value should be, in few words."""
    kind = entry["type"]
    if kind in {"model_type", "model_attributes_type"}:
        return text("faults.forms.section", names=join_texts(_PARTS[entry["ctx"]["class_name"]].model_fields))
    short = f"faults.forms.{kind}"
    return text(short) if short in keys("faults.forms.") else _needed({**entry, "forms": None})


def _choices(entry: Any) -> list[str]:  # noqa: ANN401
    """Return the choices that an error names, if it names some."""
    context = entry.get("ctx", {})
    named = re.findall(r"'([^']*)'", context["expected"]) if entry["type"] == "literal_error" else []
    return context["choices"] if entry["type"] == "choice" else named


def _hint(word: str, words: list[str]) -> Text:
    """Suggest the nearest of several words, or list them."""
    near = nearest(word, words)
    if near:
        return text("faults.hint.near", name=near[0])
    return text("faults.hint.choose", names=join_texts(words)) if words else plain("")


def _shown(value: object) -> str | Text:
    if isinstance(value, dict | BaseModel):
        return text("faults.a_section")
    written = repr(value)
    return written if len(written) <= 80 else written[:77] + "..."


def key_path(location: tuple[str | int, ...]) -> str:
    """Write a location as in ``networks[1].estimate.known[0].source`` (list items count from 1)."""
    path = ""
    for step in without_verbs(location):
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "(whole file)"


def is_verb(before: str | int, step: str | int) -> bool:
    """Return whether a step of a location tells the verb of an item of a list, and leads nowhere."""
    return isinstance(before, int) and step in STEPS


def without_verbs(location: Key) -> Key:
    """Return a location by the steps that lead through the file."""
    return tuple(step for before, step in pairwise(("", *location)) if not is_verb(before, step))


def _known_keys(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the section of a location knows."""
    model: Any = Study
    for step in location[:-1]:
        if step in STEPS:
            model = STEPS[str(step)]
        elif isinstance(step, str) and step in getattr(model, "model_fields", {}):
            model = _model_in(model.model_fields[step].annotation)
    return [k for k in getattr(model, "model_fields", {}) if k not in {"folder", LEVER_STEPS}]


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 - any annotation of a field
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in getattr(annotation, "__args__", ()) if (m := _model_in(a)) is not None), None)
