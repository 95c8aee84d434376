"""Hold the policy levers of the sources as data: what each moves, by which verbs and numbers.

The sources say which way a lever pulls, not how strongly: every number here is an assumption. A scenario of a model and
a scenario of a study file are both made from these rows. To change a lever, change its row, then run
``python docs/write_verbs.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["OPTIONS", "POLICY_LEVERS", "SEVERAL", "LeverStep", "PolicyLever", "Slot"]

# what may be given to a lever besides its start
OPTIONS = ("places", "scope", "indicators", "inputs", "tier", "value")
# those that name several
SEVERAL = ("places", "scope", "indicators", "inputs")


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that is given with a lever: that of the first option that has one.

    Parameters
    ----------
    options : tuple of str
    each : bool
        Whether the step stands once for every place given.
    times : float
        What the number given is multiplied by.
    """

    options: tuple[str, ...]
    each: bool = False
    times: float = 1.0

    def __str__(self) -> str:
        one = " or ".join(self.options)
        return f"each of {one}" if self.each else one if self.times == 1 else f"{self.times:g} {one}"


@dataclass(frozen=True, slots=True)
class LeverStep:
    """An intervention of a lever.

    Parameters
    ----------
    verb : str
    fields : mapping
        Field -> its value, or the slot for it; what nobody gives is left out.
    start : float
        Years after the start of the lever.
    only : tuple of (str, int), optional
        An option, and how many entries it must have for the step to be taken.
    """

    verb: str
    fields: Mapping[str, Any]
    start: float = 0.0
    only: tuple[str, int] | None = None

    def slots(self) -> Iterator[str]:
        """Return the options that its slots name."""
        for value in self.fields.values():
            if isinstance(value, Slot):
                yield from value.options

    def __str__(self) -> str:
        said = ", ".join(f"{name} = {_said(value)}" for name, value in self.fields.items())
        only = "" if self.only is None else f", given {'several ' if self.only[1] > 1 else ''}{self.only[0]}"
        return f"{self.verb}({said}){f' from year {self.start:g}' if self.start else ''}{only}"


@dataclass(frozen=True, slots=True)
class PolicyLever:
    """A lever that a source names.

    Parameters
    ----------
    source, at : str
        Key of the dataset ``sources``, and where in it.
    meaning : str
        What is done.
    moves : str
        The numbers that the source says it moves.
    value : float
        Its main number, assumed.
    needs : tuple of str
        Options without which it says nothing.
    steps : tuple of LeverStep
    usual : mapping
        Option -> what is taken where it is not given.
    """

    source: str
    at: str
    meaning: str
    moves: str
    value: float
    needs: tuple[str, ...]
    steps: tuple[LeverStep, ...]
    usual: Mapping[str, Any] = field(default_factory=dict)

    @property
    def takes(self) -> tuple[str, ...]:
        """The options that it uses."""
        named = {option for step in self.steps for option in step.slots()}
        return tuple(option for option in OPTIONS if option in named)

    def lacking(self, given: Mapping[str, Any]) -> list[str]:
        """Name the options that it needs and that are not given."""
        return [option for option in self.needs if option not in given]

    def unused(self, given: Mapping[str, Any]) -> list[str]:
        """Name the options that are given and that none of its steps uses."""
        used = {option for step in self._taken(given) for option in step.slots()}
        return [option for option in given if option not in used and option != "start"]

    def interventions(self, given: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """Return its interventions as a study file writes them, each with the option that every field comes from.

        Parameters
        ----------
        given : mapping
            Option -> value, of those that are given; ``start`` is the year from which all of it holds.
        """
        told = {"value": self.value, **self.usual, **given}
        made = []
        for step in self._taken(given):
            filled = {name: _filled(value, told) for name, value in step.fields.items()}
            start = step.start + given.get("start", 0.0)
            fields = {name: value for name, (value, _) in filled.items() if value is not None}
            came = {name: option for name, (_, option) in filled.items() if option} | {"start": "start"}
            each = [name for name, value in step.fields.items() if isinstance(value, Slot) and value.each]
            places = _several(fields[each[0]]) if each else [None]
            for place in places:
                one = {**fields, each[0]: place} if each else fields
                made.append(({"verb": step.verb, **one} | ({"start": start} if start else {}), came))
        return made

    def _taken(self, given: Mapping[str, Any]) -> Iterator[LeverStep]:
        for step in self.steps:
            if step.only is None or len(_several(given.get(step.only[0], ()))) >= step.only[1]:
                yield step


def _filled(value: Any, told: Mapping[str, Any]) -> tuple[Any, str]:  # noqa: ANN401 - values of any field
    """Return a value, and the option that it comes from; nothing where no option is given."""
    if not isinstance(value, Slot):
        return value, ""
    option = next((one for one in value.options if one in told), "")
    found = told.get(option)
    if found is None:
        return None, ""
    return (found if value.times == 1 else found * value.times), option


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - one place, or several
    return [value] if isinstance(value, str) else list(value)


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_PLACES, _EACH, _SCOPE, _VALUE = Slot(("places",)), Slot(("places",), each=True), Slot(("scope",)), Slot(("value",))
_INDICATORS, _INPUTS, _TIER = Slot(("indicators",)), Slot(("inputs",)), Slot(("tier",))
# places with indicators may be others than the centers in them, which the scope then names
_SCOPE_OR_PLACES = Slot(("scope", "places"))


def _scale_indicator(names: Slot, factor: Any) -> LeverStep:  # noqa: ANN401 - a number or its slot
    return LeverStep("scale_indicator", {"places": _PLACES, "indicators": names, "factor": factor})


def _converted(
    before: float,
    after: float | Slot,
    *,
    places: Slot = _PLACES,
    start: float = 0.0,
    only: tuple[str, int] | None = None,
) -> LeverStep:
    return LeverStep("raise_conversion", {"places": places, "before": before, "after": after}, start, only)


def _redirected(times: float = 1.0, start: float = 0.0) -> LeverStep:
    share = _VALUE if times == 1 else Slot(("value",), times=times)
    return LeverStep("redirect_flow", {"source": _EACH, "within": _SCOPE, "share": share}, start)


def _entered(rate: float) -> LeverStep:
    return LeverStep("add_external", {"places": _PLACES, "rate": rate})


def _among(verb: str, factor: float | Slot) -> LeverStep:
    ends = {"sources": _PLACES, "targets": _PLACES} if verb == "scale_flow" else {"places": _PLACES}
    return LeverStep(verb, {**ends, "factor": factor})


_P, _PS = ("places",), ("places", "scope")

POLICY_LEVERS: Mapping[str, PolicyLever] = {
    "I1": PolicyLever(
        "ran2022", "§4(1)", "national laboratories and large facilities at the places: more of them, and more input",
        "facility count, science input", 1.0, _P,
        (LeverStep("set_indicator", {"places": _PLACES, "indicators": _INDICATORS, "added": _VALUE}),
         _scale_indicator(_INPUTS, 1.1)),
        {"indicators": ["national_laboratories"], "inputs": ["rd_intensity"]}),
    "I2": PolicyLever(
        "ran2022", "§4(1)", "division of labor among the hubs: they take less from one another",
        "overlap between hubs, specialization", 0.8, _P, (_among("scale_flow", _VALUE),)),
    "I3": PolicyLever(
        "ran2022", "§4(2)", "academic entrepreneurship at the places: more of what arrives is spun off",
        "spin-off rate", 0.12, _P, (_converted(0.1, _VALUE),)),
    "I4": PolicyLever(
        "ran2022", "§4(2)", "advanced manufacturing in the scope: more of what the places send stays and is converted",
        "regional localization, industry conversion", 0.2, _PS,
        (_redirected(), _converted(0.2, 0.24, places=_SCOPE))),
    "I5": PolicyLever(
        "ran2022", "§4(3)", "proof-of-concept centers at the places, or everywhere: conversion rises stage by stage",
        "conversion rates of stages", 0.26, (), (_converted(0.2, _VALUE), _converted(0.5, 0.6, start=2.0))),
    "I6": PolicyLever(
        "zhang2022", "§5(1)", "world-class institutions at the places, and talent that moves to the scope, or there",
        "node quality, inflow of talent", 1.2, _P,
        (_scale_indicator(_INDICATORS, _VALUE),
         LeverStep("scale_people", {"places": _SCOPE_OR_PLACES, "factor": 1.2})),
        {"indicators": ["double_first_class_universities"]}),
    "I7": PolicyLever(
        "zhang2022", "§5(2)", "new institutions and incubators at the places, for the centers of the scope",
        "institution location, incubation", 1.3, _P,
        (_scale_indicator(_INDICATORS, _VALUE), _converted(0.2, 0.24, places=_SCOPE, only=("scope", 1))),
        {"indicators": ["research_institutions_share", "maker_spaces_share", "incubated_firms_share"]}),
    "I8": PolicyLever(
        "zhang2022", "§5(3)", "free flow of talent among the places, and easier entry there",
        "flow friction, entry rate", 0.8, _P, (_among("scale_cost", _VALUE), _entered(0.01))),
    "I9": PolicyLever(
        "zhang2022", "§5(4)", "research centers in the firms of the places",
        "share of firms with R&D", 1.1, _P, (_scale_indicator(_INDICATORS, _VALUE),),
        {"indicators": ["firms_with_rd_share"]}),
    "I10": PolicyLever(
        "zhang2022", "§5(5)", "coordination across tiers, between the places and the scope",
        "coordination cost", 0.8, _PS,
        (LeverStep("scale_cost", {"places": _PLACES, "to": _SCOPE, "factor": _VALUE}),)),
    "I11": PolicyLever(
        "zhang2022", "§4", "the places become centers of a tier; several, in line order, are joined by a corridor",
        "tier of a node, travel time of edges", 0.5, _P,
        (LeverStep("set_tier", {"place": _EACH, "tier": _TIER}),
         LeverStep("add_corridor", {"places": _PLACES, "factor": _VALUE}, only=("places", 2))),
        {"tier": "national"}),
    "I12": PolicyLever(
        "zhuang", "§3", "a talent center, a ladder for small firms, and links abroad at the places",
        "talent stock, rates of the ladder, openness", 1.2, _P,
        (LeverStep("scale_people", {"places": _PLACES, "factor": _VALUE}), _converted(0.2, 0.24), _entered(0.01))),
    "I13": PolicyLever(
        "ye", "", "joint platforms and service firms: more of what the places send stays in the scope, ties carry more",
        "localization share, matching, service capacity", 0.2, _PS,
        (_redirected(), LeverStep("scale_channel", {"channel": "tie", "factor": 1.1}))),
    "I14": PolicyLever(
        "li", "", "more R&D input at the places; chains matched with the scope send more to them",
        "input gradient, industry scores of pairs", 1.2, _P,
        (_scale_indicator(_INDICATORS, _VALUE),
         LeverStep("scale_flow", {"sources": _SCOPE, "targets": _PLACES, "factor": 1.2}, only=("scope", 1))),
        {"indicators": ["rd_intensity"]}),
    "I15": PolicyLever(
        "ran", "§2-3", "one governance and division of labor over the places, open to the world",
        "coordination cost, overlap, openness, intensity", 0.8, _P,
        # flows that are estimated from costs grow as these fall; what places take from one another is to fall in all
        (_among("scale_cost", _VALUE), _among("scale_flow", Slot(("value",), times=0.8)), _entered(0.005),
         _converted(0.2, 0.22))),
    "I16": PolicyLever(
        "ye", "", "the share of what the places send that stays in the scope rises by steps, every five years",
        "localization share", 0.5, _PS, (_redirected(0.4), _redirected(0.6, 5.0), _redirected(start=10.0))),
}  # fmt: skip
