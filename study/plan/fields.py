"""The kinds of fields that sections of a study file are made of."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ...data.characters import legible, spelled
from ...data.errors import Fault, warn_of
from ...data.wording.catalogue import text, text_in

__all__ = [
    "STUDY_FILE",
    "Assumed",
    "ChannelName",
    "Name",
    "Part",
    "Reference",
    "Slug",
    "Tier",
    "bounds",
    "choice_error",
    "legible_part",
    "listed",
    "needed_error",
]

STUDY_FILE = "study.toml"

Name: TypeAlias = Annotated[str, Field(min_length=1)]

# a tier of the scale of the study, which alone knows whether it is one
Tier: TypeAlias = Name
Reference: TypeAlias = Annotated[str, Field(min_length=1, description="a file in the study folder, or dataset:NAME")]


def needed_error(key: str, **values: object) -> PydanticCustomError:
    """Return the error of a value that is not what a sentence of the catalogues needs."""
    return PydanticCustomError("needed", "{needed}", {"needed": text(key, **values)})


def _file_name(name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum():
        raise needed_error("faults.needed.file_name")
    return name


Slug: TypeAlias = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_file_name)]


def choice_error(choices: Iterable[str]) -> PydanticCustomError:
    """Return the error of a value that is none of some choices."""
    listed = list(choices)
    return PydanticCustomError("choice", "one of {listed}", {"listed": ", ".join(listed), "choices": listed})


# a channel of the study, which alone knows whether it is one
ChannelName: TypeAlias = Slug


def Assumed(meaning: str, **limits: Any) -> Any:  # noqa: ANN401, N802 - a kind of Field
    """Declare a field whose number is assumed, not measured; the catalogues say what it means."""
    return Field(description=text_in("en", meaning), json_schema_extra={"assumed": meaning}, **limits)


def listed(given: object) -> object:
    """Take one name as a list of one."""
    return [given] if isinstance(given, str) else given


def bounds(limits: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits of a number as a field takes them.

    Examples
    --------
    >>> bounds({"least": 1, "whole": True})
    {'ge': 1}
    """
    names = {"least": "ge", "most": "le", "above": "gt"}
    return {names[limit]: value for limit, value in limits.items() if limit in names and value is not None}


class Part(BaseModel):
    """A section of a study file: a key it does not know is a fault, and so is a number written as text or as truth."""

    # a part is built with the whole that holds it, and not once more by itself
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True, defer_build=True)


def legible_part(given: Any, path: str = "") -> Any:  # noqa: ANN401 - parts of a TOML file
    """Return a part of a study file with a space for each character that files cannot hold, and warn of each text."""
    if isinstance(given, Mapping):
        return {
            legible_part(key, path): legible_part(value, f"{path}.{key}" if path else str(key))
            for key, value in given.items()
        }
    if isinstance(given, list | tuple):
        return type(given)(legible_part(value, f"{path}[{i}]") for i, value in enumerate(given, 1))
    if not isinstance(given, str) or (clean := legible(given)) == given:
        return given
    doubt = Fault.of("doubts.characters", STUDY_FILE, column=path, got=spelled(given), read=repr(clean))
    warn_of(doubt, stacklevel=3)
    return clean
