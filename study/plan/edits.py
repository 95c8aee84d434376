"""Hold the changes that a scenario makes to tables of a study, and carry them out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...data import Fault, InnoscapeError, StudyError
from ...data.options import refuse
from ...network import Verb
from .fields import STUDY_FILE

__all__ = ["Edit", "edited"]


@dataclass(frozen=True)
class Edit:
    """A change of a table.

    Parameters
    ----------
    at : str
        Where it stands in the study file.
    verb : Verb
        With a table, scopes replaced by their members.
    network : str, optional
        The network whose flows it changes.
    """

    at: str
    verb: Verb
    network: str | None = None


def edited(edits: Iterable[Edit], tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables after some changes, one after the other.

    Raises
    ------
    StudyError
        With every change that does not fit.
    """
    after, faults = dict(tables), []
    for edit in edits:
        try:
            refuse(edit.verb.misfits(after))
            after |= edit.verb.change(after)
        except InnoscapeError as error:
            faults.append(Fault.of("faults.study.scenario", STUDY_FILE, column=edit.at, error=error))
    if faults:
        raise StudyError(faults)
    return after
