"""Match the places that a study file names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ...data import Fault, match_places
from ...data.options import nearest
from ...data.wording.catalogue import Text, text
from .analyses import ANALYSES
from .read import parts_of
from .schema import STUDY_FILE, Study
from .walk_names import walk_names

__all__ = ["Matched", "match_names"]

_SECTIONS = ("index", "networks", *ANALYSES, "diffusion", "scenarios")
# keys of analyses that list places
_LISTS = ("places", "candidates", "existing")


@dataclass(frozen=True, eq=False)
class Matched:
    """A study whose places are named by their keys.

    Attributes
    ----------
    study : Study
    matches : list of dict
        ``given``, ``place``, ``how``: names that were not spelled as the key.
    faults : list of Fault
        Names that no place answers to, at every key path where they stand; places that a list names twice.
    """

    study: Study
    matches: list[dict[str, str]]
    faults: list[Fault]


def match_names(study: Study, places: pd.DataFrame) -> Matched:
    """Replace every place name of a study file by its key; one that no place answers to stays, but for units."""
    content = study.model_dump()
    at: dict[str, dict[str, None]] = {}

    def note(name: str, key: str) -> str:
        at.setdefault(name, {})[key] = None
        return name

    for section in _SECTIONS:
        walk_names(content[section], section, note)
    for name in content["centers"]["assumed_tiers"]:
        note(name, "centers.assumed_tiers")
    found = match_places(list(at), places)
    key_of: dict[str, str] = {}
    matches: list[dict[str, str]] = []
    faults: list[Fault] = []
    # a name is matched without spaces around it
    for given, place, how in zip(at, found["place"], found["how"], strict=True):
        if isinstance(place, str):
            key_of[given] = place
            if how != "exact":
                matches.append({"given": given, "place": place, "how": how})
        else:
            fix = _suggestion(given, places) if how != "ambiguous" else text("faults.advice.several")
            faults += [
                Fault.of("faults.study.place", STUDY_FILE, column=key, got=repr(given), fix=fix) for key in at[given]
            ]

    faults += _named_again(study, key_of)

    def replace(name: str, _: str) -> str:
        return key_of.get(name, name)

    for section in _SECTIONS:
        content[section] = walk_names(content[section], section, replace)
    assumed = content["centers"]["assumed_tiers"]
    content["centers"]["assumed_tiers"] = {key_of.get(n, n): tier for n, tier in assumed.items()}
    if study.index:
        content["index"]["units"] = list(dict.fromkeys(key_of[unit] for unit in study.index.units if unit in key_of))
    content["folder"] = study.folder
    # that the parts fit one another does not depend on how places are spelled
    return Matched(parts_of(content), matches, faults)


def _named_again(study: Study, key_of: Mapping[str, str]) -> Iterator[Fault]:
    """Find places that a list of the study file names twice, perhaps in two spellings."""
    named = {"index.units": study.index.units if study.index else []}
    named["diffusion.seeds"] = study.diffusion.seeds if study.diffusion else []
    for section in ANALYSES:
        plan = getattr(study, section)
        named |= {f"{section}.{key}": getattr(plan, key, None) or [] for key in _LISTS} if plan else {}
    for i, network in enumerate(study.networks, 1):
        named |= {f"networks[{i}].{key}": getattr(network, key) or [] for key in ("group_into", "balance")}
    for at, given in named.items():
        keys = [key_of.get(name, name) for name in given]
        again = dict.fromkeys(name for n, name in enumerate(given) if keys[n] in keys[:n])
        yield from (Fault.of("faults.study.place_again", STUDY_FILE, column=at, got=repr(name)) for name in again)


def _suggestion(name: str, places: pd.DataFrame) -> Text:
    words = [w for c in ("place", "name_en", "name_zh") if c in places for w in places[c].dropna()]
    # a name that is cut short comes before one that is like it
    begun = [str(word) for word in words if str(word).casefold().startswith(name.casefold())]
    near = sorted(begun, key=len) or nearest(name, words)
    return text("faults.advice.guess", name=near[0]) if near else text("faults.advice.add_place")
