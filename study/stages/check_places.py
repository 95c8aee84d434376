"""Check that seeds are centers, and that scenarios change places that they can change."""

from collections.abc import Iterator

from ...data import Fault
from ..plan.faults_together import FaultsTogether
from ..plan.interventions import Step, fields_of, places_added
from ..plan.schema import STUDY_FILE
from ..plan.study_verbs import nearest_indicators
from .build_chain import Chain
from .scenarios import ends_changed, indicator_titles, members_of

__all__ = ["check_places"]


def check_places(chain: Chain) -> None:
    """Refuse seeds that are no centers, and places of scenarios that are none or contain none.

    Raises
    ------
    StudyError
        With all of them, each at its key path. What is no place at all has been refused with the names of the study.
    """
    study, places = chain.inputs.study, {*chain.inputs.places["place"]}
    centers = {*chain.layers.centers["place"]}
    wanted = [("faults.study.center", name, "diffusion.seeds", centers) for name in _seeds(chain)]
    for s, scenario in enumerate(study.scenarios, 1):
        known = centers | places_added(scenario.steps)
        for i, step in enumerate(scenario.steps):
            for kind, field, name, allowed in _named(step, chain, known):
                wanted.append((kind, name, f"scenarios[{s}].{scenario.key_of(i, field)}", allowed))
    found = FaultsTogether()
    # where the indicators have faults, what levers lack of them cannot be said
    with found.noted():
        found.note(_without_usual(chain))
    found.note(
        _fault(kind, name, key, chain) for kind, name, key, allowed in wanted if name in places and name not in allowed
    )
    found.done()


def _seeds(chain: Chain) -> list[str]:
    diffusion = chain.inputs.study.diffusion
    return [] if diffusion is None else diffusion.seeds


def _named(step: Step, chain: Chain, centers: set[str]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Return the places that a step names: kind of fault, field, name, and the places that it may be."""
    for field, one in fields_of(step):
        given = getattr(step, field)
        if given is None or one.among not in {"centers", "flows"}:
            continue
        allowed = centers | (ends_changed(step, chain) if one.among == "flows" else set())
        for name in map(str, one.places_in(given)):
            # what contains centers may stand for them
            if not one.scope:
                yield "faults.study.no_end" if one.among == "flows" else "faults.study.center", field, name, allowed
            elif members_of(name, chain) == [name]:
                yield "faults.study.no_center_inside", field, name, allowed


def _without_usual(chain: Chain) -> Iterator[Fault]:
    """Find levers that are given no indicators, in a study without those that they usually move."""
    titles = indicator_titles(chain.inputs)
    for s, scenario in enumerate(chain.inputs.study.scenarios, 1):
        lacking: dict[str, list[str]] = {}
        for option, step in scenario.usual_indicators():
            lacking.setdefault(option, []).extend(name for name in step if name not in titles)
        for option, names in lacking.items():
            if names and titles:
                near = dict.fromkeys(key for name in names for key in nearest_indicators(name, titles))
                first = next(iter(near), next(iter(titles)))
                said = {"lever": scenario.lever, "option": option, "usual": names, "near": first, "known": [*titles]}
                yield Fault.of("faults.study.lever_indicators", STUDY_FILE, column=f"scenarios[{s}].lever", **said)


def _fault(kind: str, name: str, key: str, chain: Chain) -> Fault:
    inside = members_of(name, chain)
    if inside != [name]:
        written = ", ".join(f'"{place}"' for place in inside)
        return Fault.of("faults.study.contains_centers", STUDY_FILE, column=key, got=repr(name), inside=written)
    return Fault.of(kind, STUDY_FILE, column=key, centers=len(chain.layers.centers), got=repr(name))
