"""Declare the scenarios of a study file: a policy lever of the sources, interventions, or both.

A lever is written in few keys and stands for interventions, which are checked, carried out and reported as written ones
are; what does not fit is told at the key of the lever that it comes from.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails, PydanticKnownError

from ...data.errors import Fault
from ...data.wording.catalogue import join_texts
from ...network.diffusion.scenarios.policy_levers import OPTIONS, POLICY_LEVERS
from .fields import STUDY_FILE, Name, Part, Slug, Tier, choice_error
from .interventions import Intervention, Step
from .misfits import Key, misfit

__all__ = ["LEVER_STEPS", "StudyScenario", "key_of_lever", "late_doubts"]

# the field that holds what a lever stands for; a study file does not have it
LEVER_STEPS = "lever_steps"
_GIVEN = (*OPTIONS, "start")


def _known_lever(name: str) -> str:
    if name not in POLICY_LEVERS:
        raise choice_error(POLICY_LEVERS)
    return name


_Lever = Annotated[str, AfterValidator(_known_lever)]
_Names = Annotated[list[Name], Field(min_length=1)]


class StudyScenario(Part):
    """A named what-if: a policy lever, interventions, or both, the lever first."""

    name: Slug
    title: str = ""
    title_zh: str = ""
    lever: _Lever | None = None
    places: _Names | Name | None = None
    scope: _Names | Name | None = None
    indicators: _Names | None = None
    inputs: _Names | None = None
    tier: Tier | None = None
    value: float | None = None
    start: float | None = Field(None, ge=0, description="years")
    lever_steps: list[Intervention] = Field([], exclude=True, validate_default=True, json_schema_extra={"key": "lever"})
    interventions: list[Intervention] = Field([], validate_default=True)

    @field_validator(LEVER_STEPS, mode="before")
    @classmethod
    def _of_lever(cls, given: object, info: ValidationInfo) -> object:
        if given:
            raise PydanticKnownError("extra_forbidden")
        known = info.data
        if not {"lever", *_GIVEN} <= {*known}:
            return []  # what is wrong with them is told of each
        faults, told = list(_faults(known)), {key: known[key] for key in _GIVEN if known[key] is not None}
        if faults:
            raise ValidationError.from_exception_data("lever", faults)
        return [] if known["lever"] is None else [step for step, _ in _steps(known["lever"], told)]

    @field_validator("interventions", mode="before")
    @classmethod
    def _something(cls, given: object, info: ValidationInfo) -> object:
        if given == [] and "lever" in info.data and info.data["lever"] is None:
            raise ValidationError.from_exception_data("scenario", [misfit((), "faults.study.no_interventions")])
        return given

    @property
    def steps(self) -> list[Step]:
        """The interventions that the lever stands for, and those written behind it."""
        return [*self.lever_steps, *self.interventions]

    def located(self) -> Iterator[tuple[Key, Step]]:
        """Return every intervention with its key inside the scenario."""
        for name in (LEVER_STEPS, "interventions"):
            yield from (((name, i), step) for i, step in enumerate(getattr(self, name)))

    def usual_indicators(self) -> Iterator[tuple[str, list[str]]]:
        """Return the indicators that its lever moves where none are given, each with the option for others."""
        if self.lever is None:
            return
        content = self.model_dump()
        told = {key: content[key] for key in _GIVEN if content[key] is not None}
        for fields, came in _steps(self.lever, told):
            option = came.get("indicators", "")
            if option and option not in told:
                yield option, list(fields["indicators"])

    def key_of(self, position: int, field: str = "") -> str:
        """Return where a field of one of the `steps` is written, as in ``interventions[2].share`` or ``value``."""
        own = position - len(self.lever_steps)
        if own >= 0:
            return f"interventions[{own + 1}]{field and f'.{field}'}"
        return str(key_of_lever(self.model_dump(), position, field))


def late_doubts(study: Any) -> Iterator[Fault]:  # noqa: ANN401 - a Study, which holds scenarios
    """Find interventions that begin after the last year that is simulated."""
    horizon = study.diffusion.horizon if study.diffusion else math.inf
    for s, scenario in enumerate(study.scenarios, 1):
        for i, step in enumerate(scenario.steps):
            if step.start > horizon:
                at, got = f"scenarios[{s}].{scenario.key_of(i, 'start')}", f"{step.start:g}"
                yield Fault.of("doubts.late_start", STUDY_FILE, column=at, horizon=f"{horizon:g}", got=got)


def key_of_lever(scenario: Mapping[str, Any], position: int, field: str) -> str:
    """Return the key of a scenario's lever that fills a field of one of its steps; else that of the lever itself."""
    told = {key: scenario[key] for key in _GIVEN if scenario.get(key) is not None}
    came = _steps(scenario["lever"], told)[position][1].get(field, "")
    return came if came in told else "lever"


def _steps(lever: str, told: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    return POLICY_LEVERS[lever].interventions(told)


def _faults(known: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    """Find keys of a lever that are absent, of no use, or without a lever."""
    told = [key for key in _GIVEN if known[key] is not None]
    name = known["lever"]
    if name is None:
        yield from (misfit((key,), "faults.study.no_lever", option=key) for key in told)
        return
    lever, given = POLICY_LEVERS[name], {key: known[key] for key in told}
    lacking = lever.lacking(given)
    yield from (misfit(("lever",), "faults.study.lever_lacks", option=key, lever=name) for key in lacking)
    if not lacking:
        takes = join_texts([*lever.takes, "start"])
        yield from (
            misfit((key,), "faults.study.lever_unused", option=key, lever=name, takes=takes)
            for key in lever.unused(given)
        )
