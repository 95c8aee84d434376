"""Offer the policy levers that the sources name as ready scenarios, each with a stated and assumed number.

The sources say which way a lever pulls, not how strongly. Every number here is therefore an assumption to be varied
(see `sweep`), and is marked as one.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import pandas as pd

from ....data.errors import OptionError
from ....data.options import listed
from .scenario import Scenario

__all__ = ["lever", "levers"]

_Places = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class _Lever:
    source: str
    meaning: str
    verb: str
    parameter: str
    value: float
    needs: str
    apply: Callable[[Scenario, _Places, _Places, float], Scenario]


def _receptivity(s: Scenario, places: _Places, _: _Places, value: float) -> Scenario:
    return s.scale_receptivity(places or None, factor=value)


def _channel(name: str) -> Callable[[Scenario, _Places, _Places, float], Scenario]:
    def change(s: Scenario, _: _Places, __: _Places, value: float) -> Scenario:
        return s.scale_channel(name, factor=value)

    return change


def _redirect(s: Scenario, places: _Places, scope: _Places, value: float) -> Scenario:
    for core in places:
        s = s.redirect_flow(core, within=[p for p in scope if p != core], share=value)
    return s


def _costs(s: Scenario, places: _Places, _: _Places, value: float) -> Scenario:
    return s.scale_cost(places, factor=value)


def _designate(s: Scenario, places: _Places, _: _Places, __: float) -> Scenario:
    for place in places:
        s = s.set_tier(place, tier="national")
    return s


def _steps(s: Scenario, places: _Places, scope: _Places, value: float) -> Scenario:
    for i, share in enumerate((0.2, 0.3, 0.5)):
        for core in places:
            s = s.redirect_flow(core, within=[p for p in scope if p != core], share=share, start=i * value)
    return s


_LEVERS = {
    "I1": _Lever("Ran 2022", "national laboratories and large facilities: more knowledge starts at the top",
                 "scale_channel hierarchical", "factor", 1.2, "", _channel("hierarchical")),
    "I2": _Lever("Ran 2022", "frontier technology centers in division of labor: hubs learn more from one another",
                 "scale_channel peer", "factor", 1.2, "", _channel("peer")),
    "I3": _Lever("Ran 2022", "academic entrepreneurship: more of what arrives is spun off",
                 "scale_receptivity", "factor", 1.2, "", _receptivity),
    "I4": _Lever("Ran 2022", "advanced manufacturing in the region: more of the core's flow stays",
                 "redirect_flow", "share", 0.2, "places, scope", _redirect),
    "I5": _Lever("Ran 2022", "proof-of-concept centers: conversion rises",
                 "scale_receptivity", "factor", 1.3, "", _receptivity),
    "I6": _Lever("Zhang 2022", "world-class institutions and inflow of talent at the places named",
                 "scale_receptivity", "factor", 1.2, "places", _receptivity),
    "I7": _Lever("Zhang 2022", "new platforms, incubators and maker spaces at the places named",
                 "scale_receptivity", "factor", 1.3, "places", _receptivity),
    "I8": _Lever("Zhang 2022", "free flow of talent between the places named: less friction",
                 "scale_cost", "factor", 0.8, "places", _costs),
    "I9": _Lever("Zhang 2022", "research centers in firms everywhere: more absorptive capacity",
                 "scale_receptivity", "factor", 1.1, "", _receptivity),
    "I10": _Lever("Zhang 2022", "coordination across tiers: knowledge steps down faster",
                  "scale_channel hierarchical", "factor", 1.3, "", _channel("hierarchical")),
    "I11": _Lever("Zhang 2022", "designation of the places named as national centers",
                  "set_tier national", "", math.nan, "places", _designate),
    "I12": _Lever("Zhuang", "technology brokers and disclosure: ties carry more",
                  "scale_channel tie", "factor", 1.2, "", _channel("tie")),
    "I13": _Lever("Ye & Wang", "joint platforms and transfer rules: more of the core's flow stays",
                  "redirect_flow", "share", 0.2, "places, scope", _redirect),
    "I14": _Lever("Li", "more research input at the places named",
                  "scale_receptivity", "factor", 1.3, "places", _receptivity),
    "I15": _Lever("Ran (Zhongguancun)", "one governance over the places named: less coordination cost",
                  "scale_cost", "factor", 0.8, "places", _costs),
    "I16": _Lever("Ye & Wang", "the share of the core's flow that stays rises by steps, here to 20%, 30% and 50%",
                  "redirect_flow in steps", "years between steps", 5.0, "places, scope", _steps),
}  # fmt: skip


def levers() -> pd.DataFrame:
    """List the policy levers of the sources with the verb and the assumed number of each.

    Returns
    -------
    DataFrame
        ``lever, source, meaning, verb, parameter, value, needs, status``; every status is ``assumed``.

    Examples
    --------
    >>> table = levers().set_index("lever")
    >>> table.loc["I16", ["verb", "parameter", "status"]].tolist()
    ['redirect_flow in steps', 'years between steps', 'assumed']
    """
    rows = [
        (name, one.source, one.meaning, one.verb, one.parameter, one.value, one.needs, "assumed")
        for name, one in _LEVERS.items()
    ]
    columns = ["lever", "source", "meaning", "verb", "parameter", "value", "needs", "status"]
    return pd.DataFrame(rows, columns=columns)


def lever(
    name: str,
    *,
    places: Sequence[Hashable] = (),
    scope: Sequence[Hashable] = (),
    value: float | None = None,
) -> Scenario:
    """Return a policy lever of the sources as a scenario.

    Parameters
    ----------
    name : str
        ``I1`` to ``I16``, see `levers`.
    places : sequence, optional
        Where it pulls, for the levers that need it; for those that redirect flows, every core whose flow is
        redirected.
    scope : sequence, optional
        The places among which redirected flows stay.
    value : float, optional
        Its number, instead of the assumed one.

    Returns
    -------
    Scenario
        Named after the lever; join several with `Scenario.then`.

    Raises
    ------
    OptionError
        If there is no such lever, it lacks places or a scope, or its number is out of range or not its own to have.

    Examples
    --------
    >>> lever("I16", places=["Beijing"], scope=["Beijing", "Tianjin", "Hebei"])
    Scenario('I16': redirect_flow, redirect_flow from 5, redirect_flow from 10)
    """
    if name not in _LEVERS:
        raise OptionError(f"there is no lever {name!r}; choose from {', '.join(_LEVERS)}")
    one = _LEVERS[name]
    places, scope = listed(places, name="places"), listed(scope, name="scope")
    lacking = [what for what, given in (("places", places), ("scope", scope)) if what in one.needs and not given]
    if lacking:
        raise OptionError(f"lever {name} needs {' and '.join(lacking)}: {one.meaning}")
    if value is not None and math.isnan(one.value):
        raise OptionError(f"lever {name} has no number to change, got value={value!r}: {one.meaning}")
    return one.apply(Scenario(name), places, scope, one.value if value is None else value)
