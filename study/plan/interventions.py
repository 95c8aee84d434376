"""Derive the interventions of a study file from the verbs of scenarios, one model each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from ...data.errors import OptionError
from ...data.wording.catalogue import text_in
from ...network import Verb, VerbField
from .fields import Assumed, ChannelName, Name, Part, Slug, Tier, bounds
from .study_verbs import STUDY_VERBS

__all__ = ["PLACE_FIELDS", "STEPS", "Intervention", "Step", "centers_needed", "fields_of", "places_added"]


class Step(Part):
    """An intervention of a scenario."""

    start: float = Field(0.0, ge=0, description="years")
    verb: str

    @model_validator(mode="after")
    def _fits_together(self) -> "Step":
        # one name may stand for the several centers that it contains, which the tables tell
        scopes = [(name, one) for name, one in fields_of(self) if one.scope and one.kind == "places"]
        given = {name: [*one.places_in(getattr(self, name)), ""] for name, one in scopes}
        try:
            self.as_verb(**{name: places for name, places in given.items() if len(places) == 2})
        except OptionError as error:
            told = error.said.map(lambda said: said.removeprefix(f"{self.verb}: ").removeprefix(f"{self.verb}\uff1a"))
            raise PydanticCustomError("apart", "{error}", {"error": told}) from None
        return self

    @property
    def table(self) -> str:
        """The table that it changes, if any."""
        return STUDY_VERBS[self.verb].table

    def as_verb(self, **instead: Any) -> Verb:  # noqa: ANN401 - values of any field
        """Return the verb of the model, with some values in place of those of the file."""
        given: dict[str, Any] = {name: getattr(self, name) for name in STUDY_VERBS[self.verb].fields()} | instead
        given |= {name: [given[name]] for name, one in fields_of(self) if one.scope and isinstance(given[name], str)}
        return STUDY_VERBS[self.verb](**given)


def fields_of(step: Step) -> Iterable[tuple[str, VerbField]]:
    """Return what each field of an intervention holds."""
    return STUDY_VERBS[step.verb].fields().items()


def centers_needed(step: Step) -> Iterator[tuple[str, str]]:
    """Return every center that an intervention needs to exist, with the field that names it."""
    for name, one in fields_of(step):
        given = getattr(step, name)
        # a text may be a scope
        if one.among == "centers" and not (one.scope and isinstance(given, str)):
            yield from ((name, str(place)) for place in one.places_in(given))


def places_added(steps: Iterable[Step]) -> set[str]:
    """Name the places that become centers by some interventions."""
    return {getattr(step, name) for step in steps for name, one in fields_of(step) if one.among == "new"}


def _annotation(one: VerbField) -> Any:  # noqa: ANN401 - a type, or a form of types
    literal: Any = Literal
    places = Annotated[list[Name], Field(min_length=one.count)]
    kinds: Mapping[str, Any] = {
        "place": Name,
        "places": places | Name if one.scope else places,
        "groups": Annotated[list[places], Field(min_length=1)],
        "tier": Tier,
        "channel": ChannelName,
        "choice": literal[one.choices] if one.choices else Any,
        "number": int if one.whole else float,
        "indicators": places,
        "network": Slug,
    }
    return kinds[one.kind] if one.required else kinds[one.kind] | None


def _declared(verb: str, one: VerbField) -> tuple[Any, Any]:
    given = bounds({"least": one.least, "most": one.most, "above": one.above})
    given |= {} if one.required else {"default": one.default}
    meaning = f"verbs.{verb}.{one.name}"
    if one.assumed:
        return _annotation(one), Assumed(meaning, **given)
    return _annotation(one), Field(description=text_in("en", meaning), **given)


def _model(name: str, verb: type[Verb]) -> type[Step]:
    form: Any = Literal
    declared: dict[str, Any] = {"verb": (form[name], ...)}
    declared |= {f: _declared(name, one) for f, one in verb.fields().items() if f != "start"}
    return create_model(verb.__name__, __base__=Step, __doc__=verb.__doc__, **declared)


STEPS: Mapping[str, type[Step]] = {name: _model(name, verb) for name, verb in STUDY_VERBS.items()}
# fields that name places, in any intervention
PLACE_FIELDS = frozenset(
    name
    for verb in STUDY_VERBS.values()
    for name, one in verb.fields().items()
    if one.kind in {"place", "places", "groups"}
)

if TYPE_CHECKING:
    Intervention: TypeAlias = Step
else:
    Intervention = Annotated[Union[tuple(STEPS.values())], Field(discriminator="verb")]  # noqa: UP007 - as many as there are
