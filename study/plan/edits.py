"""Hold the changes that a scenario makes to tables of a study, and carry them out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...data import Fault, InnoscapeError, StudyError
from ...data.options import refuse
from ...network import Verb
from ...network.diffusion.scenarios.moved_places import moved_places
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
    moved : list of callable
        Each says whether it changed anything, noted each time that it is carried out.
    """

    at: str
    verb: Verb
    network: str | None = None
    moved: list[Callable[[], bool]] = field(default_factory=list, compare=False, repr=False)

    @property
    def idle(self) -> bool:
        """Whether it has been carried out and left the table as it was."""
        return bool(self.moved) and not any(moved() for moved in self.moved)


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
            new = edit.verb.change(after)
            edit.moved.append(partial(_moved, {name: after[name] for name in new}, new))
            after |= new
        except InnoscapeError as error:
            faults.append(Fault.of("faults.study.scenario", STUDY_FILE, column=edit.at, error=error))
    if faults:
        raise StudyError(faults)
    return after


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if (cells := after.get("indicators")) is not None:
        return not cells["value"].equals(before["indicators"]["value"].astype(float))
    return moved_places(before, after) != set()
