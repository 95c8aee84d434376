"""Describe what a scenario may change: a verb is a frozen class whose fields say what they hold, with its limits.

What a field holds is written once, beside its type. The check of a value, the form of a study file, the tables of the
docs and the controls of the explorer all follow from it.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args, get_type_hints

from ....data.errors import InnoscapeError, OptionError
from ....data.flow_ends import flow_ends
from ....data.options import Wrong, choice_faults, known_place_faults, listed, noted, number_faults, refuse
from ....data.wording.catalogue import Text, join_texts, text

__all__ = [
    "Center",
    "Centers",
    "Changes",
    "Factor",
    "Inputs",
    "Multiple",
    "Share",
    "Tier",
    "Verb",
    "VerbField",
]

Inputs: TypeAlias = Mapping[str, Any]
Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VerbField:
    """What a field of a verb holds.

    Parameters
    ----------
    kind : {"place", "places", "groups", "tier", "channel", "choice", "number", "indicators", "network"}
        One place, several places, several groups of places, a tier, a channel of the model, one of ``choices``, a
        number, several indicators, or a network.
    least, most, above : float, optional
        Limits of a number.
    whole : bool
        Whether the number has no fraction.
    unit : str
        Unit of the number.
    usual : float, optional
        Where a control of the number begins.
    assumed : bool
        Whether a study must report the value as assumed.
    count : int
        How many places are needed at least.
    distinct : bool
        Whether naming a place twice is refused; otherwise the second is ignored.
    among : {"centers", "flows", "new", "scored"}
        What the places must be: centers, centers or ends of flows, no centers yet, or places with indicators.
    scope : bool
        Whether a study may name what contains centers, such as a scope, in place of these.
    per_tier : bool
        Whether a study's number for the tier of the verb stands in for a missing one.
    choices : tuple of str
        What may be chosen.
    name, required, default
        Filled in from the class.

    Examples
    --------
    >>> from innoscape.network import VERBS
    >>> VERBS["siphon"].fields()["share"].limits
    '0 to 1'
    """

    kind: Literal["place", "places", "groups", "tier", "channel", "choice", "number", "indicators", "network"]
    least: float | None = None
    most: float | None = None
    above: float | None = None
    whole: bool = False
    unit: str = ""
    usual: float | None = None
    assumed: bool = False
    count: int = 1
    distinct: bool = False
    among: Literal["centers", "flows", "new", "scored"] = "centers"
    scope: bool = False
    per_tier: bool = False
    choices: tuple[str, ...] = ()
    name: str = ""
    required: bool = True
    default: Any = None

    @property
    def limits(self) -> str:
        """Say between which limits a number lies; nothing for what is no number."""
        if self.kind != "number":
            return ""
        if self.most is None:
            if self.above is None and self.least is None:
                return ""
            return "above 0" if self.above == 0 else f"at least {self.least:g}"
        low = f"above {self.above:g}, at most" if self.least is None else f"{self.least:g} to"
        return f"{low} {self.most:g}"

    def checked(self, value: Any) -> Any:  # noqa: ANN401 - a value of any kind
        """Return a value in its plain form, or refuse it."""
        if value is None:
            refuse([text("faults.calls.verb.no_value", name=self.name)] if self.required else [])
            return None
        if self.kind == "number":
            limits: dict[str, float | None] = {"least": self.least, "most": self.most, "above": self.above}
            refuse(number_faults(self.name, value, whole=self.whole, **limits))
            return value if self.whole else float(value)
        if self.kind in {"places", "indicators"}:
            return self._several(value)
        if self.kind == "groups":
            if isinstance(value, str) or not isinstance(value, Sequence) or not value:
                raise OptionError(text("faults.calls.verb.several_groups_places", name=self.name, value=repr(value)))
            return tuple(map(self._several, value))
        if self.kind == "choice":
            refuse(choice_faults(self.name, value, self.choices))
        return value

    def _several(self, value: object) -> tuple[Hashable, ...]:
        given = listed(value, name=self.name)
        places = tuple(dict.fromkeys(given))
        if len(places) < self.count or (self.distinct and len(places) < len(given)):
            key = "faults.calls.verb.indicators" if self.kind == "indicators" else "faults.calls.verb.places"
            count = Text.of(en="two" if self.count == 2 else str(self.count), zh=str(self.count))
            needed = text(key, n=self.count, count=count, times=text("faults.calls.verb.once") if self.distinct else "")
            came = join_texts(map(repr, given)) if given else text("faults.none")
            got = text("faults.calls.verb.alone", got=came) if len(given) == 1 else came
            raise OptionError(text("faults.options.unmet", option=self.name, needed=needed, got=got))
        return places

    def places_in(self, value: Any) -> list[Hashable]:  # noqa: ANN401 - a value of any kind
        """Return the places that a value of this field names."""
        if value is None or self.kind not in {"place", "places", "groups"}:
            return []
        if self.kind == "place" or isinstance(value, str):
            return [value]
        return list(value) if self.kind == "places" else [place for group in value for place in group]


Center: TypeAlias = Annotated[Hashable, VerbField("place")]
Centers: TypeAlias = Annotated[Iterable[Hashable], VerbField("places", scope=True)]
Tier: TypeAlias = Annotated[str, VerbField("tier", assumed=True)]
Share: TypeAlias = Annotated[float, VerbField("number", least=0.0, most=1.0, usual=0.2, assumed=True)]
Factor: TypeAlias = Annotated[float, VerbField("number", above=0.0, usual=1.2, assumed=True)]
Multiple: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=1.2, assumed=True)]


@dataclass(frozen=True)
class Verb:
    """A change of a model of diffusion, from a date on.

    A class of its own for every verb names its fields, the ``needs`` among the inputs, what does not fit together, and
    its effect. The name of the verb is the name of the class in small letters. A verb whose whole effect is on one
    ``table`` (``centers``, ``costs``, ``flows``) changes that table of a study, from which all that follows is computed
    anew; the others change the rates alone.

    Examples
    --------
    >>> from innoscape.network import VERBS
    >>> VERBS["scale_cost"](["W", "C"], factor=0.5, start=2.0)
    ScaleCost(start=2.0, places=('W', 'C'), to=None, factor=0.5)
    """

    verb: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    table: ClassVar[str] = ""

    start: Annotated[float, VerbField("number", least=0.0, unit="years")] = field(default=0.0, kw_only=True)

    def __init_subclass__(cls) -> None:
        cls.verb = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __post_init__(self) -> None:
        faults: list[Wrong] = []
        for name, one in self.fields().items():
            with noted(faults):
                object.__setattr__(self, name, one.checked(getattr(self, name)))
        refuse(
            text("faults.options.within", within=self.verb, said=one.said if isinstance(one, InnoscapeError) else one)
            for one in faults or self._conflicts()
        )

    @classmethod
    def fields(cls) -> Mapping[str, VerbField]:
        """Return what each field holds, the start last; fields without a description are for use in Python alone."""
        return _fields(cls)

    def named(self) -> Iterator[tuple[VerbField, Hashable]]:
        """Return every place that is named, with the field that names it."""
        for name, one in self.fields().items():
            yield from ((one, place) for place in one.places_in(getattr(self, name)))

    def _conflicts(self) -> Iterator[Wrong]:
        """Return what does not fit together among the fields."""
        yield from ()

    def parts(self) -> "tuple[Verb, ...]":
        """Return the simpler verbs that this one is composed of, or itself."""
        return (self,)

    @property
    def planted(self) -> Sequence[Hashable]:
        """The places that adopt at the start."""
        return ()

    def misfits(self, inputs: Inputs) -> Iterator[Wrong]:
        """Say which places, tiers and channels a model lacks."""
        for what in self.needs:
            if inputs[what] is None:
                yield text("faults.calls.verb.change_hazard_rates", what=what)
        centers, flows = inputs["centers"], inputs["flows"]
        choices = {"tier": centers["tier"].cat.categories, "channel": [channel.name for channel in inputs["channels"]]}
        known: dict[str, set[Hashable]] = {among: {*centers["place"].tolist()} for among in ("centers", "flows")}
        # a long table is gone through for those alone who name its ends
        if flows is not None and any(one.among == "flows" for one in self.fields().values()):
            known["flows"] |= flow_ends(flows)
        for name, one in self.fields().items():
            value = getattr(self, name)
            places = one.places_in(value)
            if one.among == "new":
                yield from (text("faults.calls.verb.center", place=repr(p)) for p in places if p in known["centers"])
            else:
                yield from known_place_faults(name, places, known[one.among])
            if one.kind in choices and value is not None:
                yield from choice_faults(name, value, choices[one.kind])

    def change(self, inputs: Inputs) -> Changes:  # noqa: ARG002 - what the verbs take
        """Return the inputs that change; what `misfits` checks is given."""
        return {}


@cache
def _fields(verb: type[Verb]) -> Mapping[str, VerbField]:
    hints = get_type_hints(verb, include_extras=True)
    found = {}
    for one in sorted(fields(verb), key=lambda f: f.name == "start"):
        hint = hints[one.name]
        described = [note for h in (hint, *get_args(hint)) for note in get_args(h) if isinstance(note, VerbField)]
        if described:
            required = one.default is MISSING
            default = None if required else one.default
            found[one.name] = replace(described[0], name=one.name, required=required, default=default)
    return found
