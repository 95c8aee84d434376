"""Make a package of policies, each with its date, a scenario in which every one can be switched off."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ....data.contracts.dates import parse_times
from ....data.options import Wrong, check_columns, choice_faults, listed, name_faults, noted, refuse
from .scenario import Scenario
from .verb import Verb, VerbField
from .verbs import VERBS

__all__ = ["policy_package"]

# what a cell can hold; groups of places are for use in Python
_KINDS = {"place", "places", "tier", "channel", "choice", "number", "indicators", "network"}


def policy_package(
    policies: pd.DataFrame,
    *,
    name: str = "package",
    usual: Mapping[str, Any] | None = None,
    without: Iterable[str] = (),
    begin: float | str | None = None,
) -> Scenario:
    """Make the policies of a table one scenario, in which each holds from its own date on.

    Every row is one step: its ``verb``, and in the columns named after fields of that verb what the field is. A policy
    may have several rows.

    - A policy that is switched off changes nothing; with all of them off nothing changes.
    - A policy in force before ``begin`` holds from the beginning.
    - The order of rows decides only among verbs of which one sets what the other multiplies.

    Parameters
    ----------
    policies : DataFrame
        ``policy``, ``verb``, ``start`` (a date such as 2010-12, or a number of years), and fields of the verbs; places
        in a cell are joined by ``"; "``. Empty cells are left out, and other columns have no part.
    name : str
        Name of the scenario.
    usual : mapping, optional
        Field -> value where a row of a verb with that field leaves it empty, such as ``{"places": ["Beijing"]}``.
    without : iterable of str
        Policies that are switched off.
    begin : float or str, optional
        The date that is time 0 of the model; the earliest start of all policies if not given.

    Returns
    -------
    Scenario
        Its steps by date, those of one date in the order given.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        No policy, an unknown verb, policy or field, a date that cannot be read, or what the verb refuses; all faults at
        once.

    Examples
    --------
    >>> policies = pd.DataFrame({"policy": ["tax", "fund"], "verb": ["add_external", "scale_receptivity"],
    ...                          "start": ["2011-01", "2010-07"], "rate": [0.01, None], "factor": [None, 1.2]})
    >>> policy_package(policies, usual={"places": ["Beijing"]})
    Scenario('package': scale_receptivity, add_external from 0.5)
    >>> policy_package(policies, usual={"places": ["Beijing"]}, without=["fund"])
    Scenario('package': add_external from 0.5)
    """
    check_columns(policies, "policies", ("policy", "verb", "start"))
    named, off = policies["policy"].astype(str), listed(without, name="without")
    starts = parse_times(policies["start"].astype(str))
    first = float(starts.min()) if begin is None else float(parse_times(pd.Series([str(begin)])).iloc[0])
    filled = dict(usual or {})
    fields = {field for verb in VERBS.values() for field in verb.fields()} - {"start"}
    refuse(
        [
            *([] if len(policies) else ["policies: needed at least one, got none"]),
            *(
                f"start of {policy}: needed a date such as 2010-12 or a number, got {said!r}"
                for policy, said, time in zip(named, policies["start"], starts, strict=True)
                if np.isnan(time)
            ),
            *(
                [f"begin: needed a date such as 2010-12 or a number, got {begin!r}"]
                if begin is not None and np.isnan(first)
                else []
            ),
            *name_faults(off, sorted({*named}), name="without"),
            *name_faults([*filled], sorted(fields), name="usual"),
        ]
    )
    faults: list[Wrong] = []
    steps: list[Verb] = []
    columns = [column for column in policies.columns if column in fields]
    for at, (policy, verb) in enumerate(zip(named, policies["verb"].astype(str), strict=True)):
        with noted(faults, within=f"policy {policy!r}"):
            refuse(choice_faults("verb", verb, tuple(VERBS)))
            cells = policies.iloc[at][columns].dropna()
            step = _step(VERBS[verb], cells, filled, max(0.0, float(starts.iloc[at]) - first))
            if policy not in off:
                steps.append(step)
    refuse(faults)
    return Scenario(name, tuple(sorted(steps, key=lambda step: step.start)))


def _step(verb: type[Verb], cells: pd.Series, usual: Mapping[str, Any], start: float) -> Verb:
    """Return the verb of one row, with the usual fields where the row leaves them empty."""
    own = {field: one for field, one in verb.fields().items() if one.kind in _KINDS and field != "start"}
    refuse(
        f"{column}: {verb.verb} has no such field, needed an empty cell, got {value!r}"
        for column, value in cells.items()
        if column not in own
    )
    given: dict[str, Any] = {field: value for field, value in usual.items() if field in own}
    given |= {str(field): _read(own[str(field)], value) for field, value in cells.items()}
    missing = [field for field, one in own.items() if one.required and field not in given]
    refuse(f"{field}: needed by {verb.verb}, got none" for field in missing)
    return verb(**given, start=round(start, 9))


def _read(field: VerbField, cell: Hashable) -> Any:  # noqa: ANN401 - a value of any field
    """Return a cell as its field takes it."""
    if field.kind in {"places", "indicators"} and isinstance(cell, str):
        return [part.strip() for part in cell.split(";") if part.strip()]
    # a column that other rows leave empty holds 2 as 2.0
    return int(cell) if field.whole and isinstance(cell, float) and cell.is_integer() else cell
