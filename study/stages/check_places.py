"""Check that seeds are centers, and that scenarios change places that they can change."""

from collections.abc import Iterator

from ...data import Fault, StudyError
from ..plan.interventions import Step, centers_needed, fields_of, places_added
from ..plan.schema import STUDY_FILE
from .build_chain import Chain
from .scenarios import members_of

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
    faults = [
        Fault.of(kind, STUDY_FILE, column=key, centers=len(centers), got=repr(name))
        for kind, name, key, allowed in wanted
        if name in places and name not in allowed
    ]
    if faults:
        raise StudyError(dict.fromkeys(faults))


def _seeds(chain: Chain) -> list[str]:
    diffusion = chain.inputs.study.diffusion
    return [] if diffusion is None else diffusion.seeds


def _named(step: Step, chain: Chain, centers: set[str]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Return the places that a step names: kind of fault, field, name, and the places that it may be."""
    yield from (("faults.study.center", field, name, centers) for field, name in centers_needed(step))
    for field, one in fields_of(step):
        given = getattr(step, field)
        if one.among in {"centers", "flows"} and one.scope and isinstance(given, str):
            empty = members_of(given, chain) == [given]
            allowed = centers | (_ends(step, chain) if one.among == "flows" else set())
            if empty:
                yield "faults.study.no_center_inside", field, given, allowed
        elif one.among == "flows":
            allowed = centers | _ends(step, chain)
            yield from (("faults.study.no_end", field, str(name), allowed) for name in one.places_in(given))


def _ends(step: Step, chain: Chain) -> set[str]:
    """Return the ends of the flows that a step changes."""
    diffusion = chain.inputs.study.diffusion
    name = getattr(step, "network", None) or (diffusion.tie_network if diffusion else None)
    flows = None if name is None else chain.networks.flows[name]
    return set() if flows is None else {*flows["source"], *flows["target"]}
