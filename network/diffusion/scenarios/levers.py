"""Offer the policy levers that the sources name: list all levers, and make one a scenario.

Every number of a lever is an assumption to be varied (see `sweep`), and is marked as one.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from ....data.errors import OptionError
from ....data.options import listed, number_faults, refuse
from ....data.wording.catalogue import join_texts, text
from .policy_levers import OPTIONS, POLICY_LEVERS, SEVERAL
from .scenario import Scenario
from .verbs import VERBS

__all__ = ["lever", "lever_steps", "levers"]


def levers() -> pd.DataFrame:
    """List the policy levers of the sources with the numbers that each moves, its verbs and its assumed number.

    Returns
    -------
    DataFrame
        ``lever``; ``source`` (key of the dataset sources) and ``at``; ``meaning``; ``moves``; ``interventions``, where
        words such as ``places`` and ``value`` stand for what is given; ``value``, the main number where none is given;
        ``needs`` and ``takes``, options that must and may be given; ``usual``, what is taken for others;
        ``study_only``, whether it moves indicators, which a study has and a model does not; ``status``, always
        ``assumed``.

    Examples
    --------
    >>> table = levers().set_index("lever")
    >>> table.loc["I16", ["moves", "needs", "status"]].tolist()
    ['localization share', 'places, scope', 'assumed']
    >>> table.loc["I2", "interventions"]
    'scale_flow(sources = places, targets = places, factor = value)'
    """
    rows = [
        {
            "lever": name,
            "source": one.source,
            "at": one.at,
            "meaning": one.meaning,
            "moves": one.moves,
            "interventions": "; ".join(map(str, one.steps)),
            "value": one.value,
            "needs": ", ".join(one.needs),
            "takes": ", ".join(one.takes),
            "usual": "; ".join(f"{k} = {', '.join([v] if isinstance(v, str) else v)}" for k, v in one.usual.items()),
            "study_only": _of_studies(name),
            "status": "assumed",
        }
        for name, one in POLICY_LEVERS.items()
    ]
    return pd.DataFrame(rows)


def lever(
    name: str,
    *,
    places: Sequence[Hashable] = (),
    scope: Sequence[Hashable] = (),
    tier: str | None = None,
    value: float | None = None,
    start: float = 0.0,
) -> Scenario:
    """Return a policy lever of the sources as a scenario.

    Parameters
    ----------
    name : str
        ``I1`` to ``I16``, see `levers`.
    places : sequence, optional
        Where it pulls; for levers that redirect flows, every core whose flow is redirected.
    scope : sequence, optional
        The places at the other end, or among which redirected flows stay.
    tier : str, optional
        The tier to which I11 moves the places, ``national`` when missing.
    value : float, optional
        Its main number, instead of the assumed one.
    start : float
        Years until it holds; its later steps follow as many years later.

    Returns
    -------
    Scenario
        Named after the lever; join several with `Scenario.then`.

    Raises
    ------
    OptionError
        If there is no such lever, it lacks what it needs, has no use for what is given, its number is out of range, or
        it moves indicators, which only a study has.

    Examples
    --------
    >>> lever("I16", places=["Beijing"], scope=["Beijing", "Tianjin", "Hebei"])
    Scenario('I16': redirect_flow, redirect_flow from 5, redirect_flow from 10)
    """
    if name in POLICY_LEVERS and _of_studies(name):
        raise OptionError(
            text("faults.calls.levers.lever_moves_indicators_study", name=name, moves=POLICY_LEVERS[name].moves)
        )
    steps = lever_steps(name, {"places": places, "scope": scope, "tier": tier, "value": value}, start=start)
    return Scenario(name, tuple(VERBS[step.pop("verb")](**step) for step in steps))


def lever_steps(name: str, options: Mapping[str, Any], *, start: float = 0.0) -> list[dict[str, Any]]:
    """Return the interventions of a lever, each with its ``verb``; options that are empty count as not given.

    Raises
    ------
    OptionError
        If there is no such lever, it lacks what it needs, has no use for what is given, or a number is out of range.

    Examples
    --------
    >>> lever_steps("I9", {"places": ["B"]})[0]["indicators"]
    ['firms_with_rd_share']
    """
    if name not in POLICY_LEVERS:
        raise OptionError(
            text("faults.calls.levers.lever_choose", name=repr(name), policy_levers=join_texts(POLICY_LEVERS))
        )
    one = POLICY_LEVERS[name]
    several = {option: listed(value, name=option) for option, value in options.items() if option in SEVERAL}
    given: dict[str, Any] = {option: value for option, value in several.items() if value}
    given |= {option: value for option, value in options.items() if option not in SEVERAL and value is not None}
    refuse(number_faults("start", start, least=0.0))
    refuse(number_faults("value", given.get("value", one.value)))
    lacking = one.lacking(given)
    if lacking:
        raise OptionError(
            text(
                "faults.calls.levers.lever_needs",
                name=name,
                lacking=join_texts(lacking, by="faults.and"),
                meaning=one.meaning,
            )
        )
    refuse(f"{option}: lever {name} has no use for it here; {_taking(name)}" for option in one.unused(given))
    return [dict(step) for step, _ in one.interventions({**given, "start": start})]


def _of_studies(name: str) -> bool:
    return any(step.verb not in VERBS for step in POLICY_LEVERS[name].steps)


def _taking(name: str) -> str:
    one = POLICY_LEVERS[name]
    return f"it takes {', '.join(o for o in OPTIONS if o in one.takes)} for: {'; '.join(map(str, one.steps))}"
