"""List what a study assumes: numbers with their meaning and the source of their idea, and what it states in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from ...data import Fault, load
from ...data.options import nearest
from ...data.wording.catalogue import Text, join_texts, plain, text
from ...network.diffusion.scenarios.policy_levers import POLICY_LEVERS
from ..wording.phrases import phrase_text
from .schema import STUDY_FILE, Origin, Study

__all__ = ["Assumption", "assumptions", "origin_doubts"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that no source measures, or a choice that no source makes.

    Parameters
    ----------
    key : str
        Where it stands in the study file.
    value : object
        None where it is not a single value.
    meaning : Text
    origin : Text or None
        Which idea of which source it serves, if the study says so.
    """

    key: str
    value: object
    meaning: Text
    origin: Text | None = None


def assumptions(
    study: Study, *, receptivity: Mapping[Any, float] | None = None, fitted: Iterable[str] = ()
) -> tuple[Assumption, ...]:
    """List every number of a study that is assumed, and what it states to assume of other things.

    Parameters
    ----------
    study : Study
    receptivity : mapping, optional
        Tier -> receptivity of tiers to which the study gives none.
    fitted : iterable of str
        Key paths of the numbers that a fit has replaced.

    Examples
    --------
    >>> from innoscape.study import bundled_study
    >>> str(assumptions(bundled_study())[0].origin)
    'Zhang 2022 §3'
    """
    if study.diffusion is not None and receptivity:
        complete = {**study.diffusion.receptivity, **receptivity}
        study = study.model_copy(update={"diffusion": study.diffusion.model_copy(update={"receptivity": complete})})
    replaced, origins = {*fitted}, _with_levers(study)
    numbers = [
        Assumption(key, value, text(meaning), _origin(key, origins))
        for key, value, meaning in _collect(study, "")
        if key not in replaced
    ]
    known = [one.key for one in numbers] + [*replaced]
    stated = [
        Assumption(one.at, _value_at(study, one.at), Text.of(en=one.text, zh=one.text_zh), _origin(one.at, origins))
        for one in study.assumed
        # a number that is listed need not be stated
        if not any(re.match(rf"{re.escape(one.at)}(?![^.\[])", key) for key in known)
    ]
    return (*numbers, *stated)


def origin_doubts(*spellings: Study) -> Iterator[Fault]:
    """Find origins at key paths where no number is assumed, in a study as it is spelled in several ways."""
    keys = [key for study in spellings for key, _, _ in _collect(study, "")]
    # of a tier without a number, one is assumed on the way
    keys += [f"diffusion.receptivity.{tier}" for study in spellings if study.diffusion for tier in study.tiers.order]
    for path in spellings[0].origins:
        if not any(key.startswith(path) for key in keys):
            near = nearest(path, dict.fromkeys([*keys, *(key.rpartition(".")[0] for key in keys)]))
            hint = text("faults.advice.near", name=near[0]) if near else text("doubts.origin.start")
            yield Fault.of("doubts.origin", STUDY_FILE, column="origins", got=repr(path), hint=hint)


def _with_levers(study: Study) -> dict[str, Origin]:
    """Return the origins of a study, with the source of each lever to whose scenario it gives none."""
    origins = dict(study.origins)
    for scenario in study.scenarios:
        at = f"scenarios[{scenario.name}]"
        if scenario.lever is not None and not any(path.startswith(at) for path in study.origins):
            lever = POLICY_LEVERS[scenario.lever]
            origins[f"{at}.lever"] = Origin(source=lever.source, at=lever.at)
    return origins


def _collect(part: BaseModel, path: str) -> Iterator[tuple[str, object, str]]:
    for name, info in type(part).model_fields.items():
        value, extra = getattr(part, name), info.json_schema_extra
        extra = extra if isinstance(extra, dict) else {}
        said = extra.get("key", name)
        key = f"{path}.{said}" if path else str(said)
        if "assumed" in extra:
            given = value if isinstance(value, dict) else {None: value}
            for item, number in given.items():
                # what is fitted is not assumed
                if number is not None and number != "fitted":
                    yield key if item is None else f"{key}.{item}", number, str(extra["assumed"])
        elif isinstance(value, BaseModel):
            yield from _collect(value, key)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _collect(item, f"{key}[{getattr(item, 'name', None) or i + 1}]")


def _value_at(study: Study, path: str) -> object:
    """Return the value at a key path, where it is one value."""
    here: object = study
    for name, item in re.findall(r"([^.\[\]]+)(?:\[([^\]]+)\])?", path):
        here = here.get(name) if isinstance(here, dict) else getattr(here, name, None)
        if item and isinstance(here, list):
            here = next((one for one in here if getattr(one, "name", None) == item), None)
    return here if isinstance(here, str | int | float) else None


def _origin(key: str, origins: Mapping[str, Origin]) -> Text | None:
    """Return the source of the longest key path that a key begins with."""
    start = max((path for path in origins if key.startswith(path)), key=len, default=None)
    if start is None:
        return None
    origin = origins[start]
    return join_texts([_short_name(origin.source), *([phrase_text(origin.at)] if origin.at else [])], by="list.space")


@cache
def _short_name(source: str) -> Text:
    table = load("sources").set_index("source")
    if source not in table.index:
        return plain(source)
    row = table.loc[source]
    return Text.of(en=row["short"], zh=row["short_zh"])
