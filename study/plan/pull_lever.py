"""Pull a policy lever of the sources on tables, without a study and without a simulation."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ...data import check_table
from ...data.flow_ends import flow_ends
from ...data.options import Wrong, check_names, number_faults, refuse
from ...data.wording.catalogue import text
from ...network import VERBS, Rates, Scenario, Verb, hazard_rates
from ...network.diffusion.scenarios.levers import lever_steps
from .study_verbs import STUDY_VERBS

__all__ = ["pull_lever"]

_OF_MODEL = ("centers", "channels", "costs", "flows", "receptivity", "external", "people")
_WITH_PLACES = ("centers", "flows", "costs")


def pull_lever(
    name: str,
    tables: Mapping[str, Any],
    *,
    places: Sequence[Hashable] = (),
    scope: Sequence[Hashable] = (),
    indicators: Sequence[str] = (),
    inputs: Sequence[str] = (),
    tier: str | None = None,
    value: float | None = None,
    members: Mapping[Hashable, Sequence[Hashable]] | None = None,
    until: float | None = None,
) -> dict[str, Any]:
    """Return tables as a policy lever of the sources leaves them.

    A study computes scores, tiers, costs, flows and spread anew from what a lever changes; here is the change alone, to
    be looked at or handed on to `score`, `flow_tiers` or `hazard_rates`.

    - Every number of a lever is an assumption, see `levers`; changed indicators get the status ``assumed``.
    - Tables are not changed in place.

    Parameters
    ----------
    name : str
        ``I1`` to ``I16``.
    tables : mapping
        What the lever acts on: ``indicators`` (contract indicators); ``centers``, ``channels``, ``costs``, ``flows``,
        ``receptivity``, ``external`` and ``people`` as `hazard_rates` takes them. Where ``centers`` is not given, the
        places are those of costs or flows.
    places, scope, tier, value
        As in `lever`.
    indicators, inputs : sequence of str, optional
        Indicators that the lever moves, instead of its usual ones.
    members : mapping, optional
        Place -> those that stand for it among centers, costs and flows, as cities do for a region that has indicators.
    until : float, optional
        Year up to which its steps are taken; all of them if not given.

    Returns
    -------
    dict
        The tables given, and those that come to be changed: ``receptivity``, ``external``, ``people``.

    Raises
    ------
    TableError
        If a table does not meet its contract.
    OptionError
        If there is no such lever, it lacks a table or an option, has no use for one, or a number is out of range.
    UnknownPlaceError
        If a place stands in no table.

    Examples
    --------
    >>> from innoscape.data import load
    >>> cells = load("regional_resources")
    >>> after = pull_lever("I1", {"indicators": cells}, places=["京津冀"])["indicators"]
    >>> after[after["status"] == "assumed"][["indicator", "value"]].to_numpy().tolist()
    [['national_laboratories', 10.0], ['rd_intensity', 4.389]]
    >>> sent = pull_lever("I16", {"flows": load("contracts")}, places=["北京"], scope=["津冀"], until=5.0)["flows"]
    >>> sent["value"].round(2).tolist()
    [860.44, 2007.7]
    """
    check_names("tables", tables, ("indicators", *_OF_MODEL))
    refuse(() if until is None else number_faults("until", until, least=0.0))
    options = {"places": places, "scope": scope, "indicators": indicators, "inputs": inputs}
    steps = lever_steps(name, {**options, "tier": tier, "value": value})
    taken = [step for step in steps if until is None or step.get("start", 0.0) <= until]
    verbs = [_verb(step, members or {}) for step in taken]
    refuse(_lacking(name, verbs, tables))
    after = dict(tables)
    cells = [verb for verb in verbs if verb.table == "indicators"]
    if cells:
        after["indicators"] = check_table(tables["indicators"], "indicators")
    for verb in cells:
        known = {str(one): () for one in after["indicators"]["indicator"].unique()}
        now = {"indicators": after["indicators"], "known_indicators": known}
        refuse(f"lever {name}, {verb.verb}: {fault}" for fault in verb.misfits(now))
        after |= verb.change(now)
    rest = Scenario(f"lever {name}", tuple(verb for verb in verbs if verb.table != "indicators"))
    if not rest.interventions:
        return after
    model = _model(tables)
    refuse(fault for _, fault in rest.faults(model))
    changed = list(rest.inputs(model).values())[-1]
    return after | {one: changed[one] for one in _OF_MODEL if changed[one] is not getattr(model, one)}


def _verb(step: dict[str, Any], members: Mapping[Hashable, Sequence[Hashable]]) -> Verb:
    """Return the verb of an intervention; beyond indicators, members stand for the places that they make up."""
    name, given = step["verb"], {key: value for key, value in step.items() if key != "verb"}
    if name not in VERBS:
        return STUDY_VERBS[name](**given)
    for key, one in VERBS[name].fields().items():
        if one.kind == "places" and given.get(key) is not None:
            given[key] = [member for place in given[key] for member in members.get(place, (place,))]
    return VERBS[name](**given)


def _lacking(name: str, verbs: Sequence[Verb], tables: Mapping[str, Any]) -> Iterator[Wrong]:
    """Say which tables the interventions change that are not given."""
    needed: dict[str, list[str]] = {}
    for verb in verbs:
        channels = any(one.kind == "channel" for one in verb.fields().values())
        own = verb.table or ("channels" if channels else "centers")
        if own != "centers" or verb.table == "centers" or not any(one in tables for one in _WITH_PLACES):
            needed.setdefault(own, []).append(verb.verb)
    for own, changing in needed.items():
        if own not in tables:
            by, got = ", ".join(dict.fromkeys(changing)), ", ".join(tables) or "none"
            yield text("faults.calls.pull_lever.tables_lever_needs_among", name=name, own=own, by=by, got=got)


def _model(tables: Mapping[str, Any]) -> Rates:
    """Return a model that holds the tables, to which a scenario can be applied."""
    given = {one: tables[one] for one in _OF_MODEL if one in tables}
    if "centers" not in given:
        ends = set(given["costs"].index) if "costs" in given else flow_ends(given["flows"])
        given["centers"] = pd.DataFrame({"place": sorted(ends, key=str)}).assign(tier="place")
        given["centers"]["tier"] = pd.Categorical(given["centers"]["tier"], categories=["place"], ordered=True)
    return hazard_rates(given.pop("centers"), given.pop("channels", ()), **given)
