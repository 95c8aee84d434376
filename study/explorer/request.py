"""Say what a reader of the explorer may move, in the words of a study file's interventions.

A lever left where the study has it is no intervention. Every number here is an assumption, as in the study file.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..plan.interventions import Intervention, centers_needed

__all__ = ["Levers", "SaveOrder", "faults_of", "places_of", "plain_steps"]

MOST_STEPS = 60


class Levers(BaseModel):
    """Where the levers stand: interventions in order, and how many runs to simulate."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    interventions: list[Intervention] = Field(default=[], max_length=MOST_STEPS)
    runs: int | None = Field(None, ge=50, le=5000)


class SaveOrder(BaseModel):
    """A scenario to put into a study file, in a new study folder if one is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=80)
    title: str = Field("", max_length=300)
    title_zh: str = Field("", max_length=300)
    interventions: list[Intervention] = Field(min_length=1, max_length=MOST_STEPS)
    folder: str | None = Field(None, min_length=1, max_length=1000)


def plain_steps(steps: list[Intervention]) -> list[dict[str, Any]]:
    """Write interventions as the study file holds them: verb first, start last, nothing left out or at 0."""
    plain = []
    for step in steps:
        numbers = step.model_dump(exclude={"verb", "start"}, exclude_none=True)
        plain.append({"verb": step.verb, **numbers} | ({"start": step.start} if step.start > 0 else {}))
    return plain


def places_of(steps: Iterable[Intervention]) -> Iterator[tuple[str, str]]:
    """Name every center that a step needs to exist, with the key that names it."""
    for number, step in enumerate(steps, 1):
        yield from ((f"interventions[{number}].{key}", place) for key, place in centers_needed(step))


def faults_of(error: ValidationError) -> list[str]:
    """Say what is wrong with a request, one line a fault, each by its key path."""
    lines = []
    for entry in error.errors(include_url=False):
        path, verb = "", ""
        for part in entry["loc"]:
            if isinstance(part, int):
                path += f"[{part + 1}]"
            elif path.endswith("]") and not verb:
                # the verb chose among the forms of an intervention; it is no key
                verb = part
            else:
                path += f".{part}" if path else part
        text = entry["msg"].removeprefix("Value error, ")
        if entry["type"] == "union_tag_invalid":
            text = f"a scenario has no verb {entry.get('ctx', {}).get('tag')!r} here; leave this lever out"
        lines.append(f"{path or 'request'}: {text}")
    return lines
