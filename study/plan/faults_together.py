"""Gather the faults of several steps, so that one error holds them all."""

from collections.abc import Iterator
from contextlib import contextmanager

from ...data import Fault, StudyError, TableError
from .fields import STUDY_FILE

__all__ = ["FaultsTogether"]


class FaultsTogether:
    """The faults found so far.

    Examples
    --------
    >>> found = FaultsTogether()
    >>> with found.noted():
    ...     raise TableError([Fault("flows.csv", "a place", "'x'", "correct the name", 2)])
    >>> found.done()
    Traceback (most recent call last):
    innoscape.data.errors.TableError: flows.csv, row 2: needed a place, got 'x'; correct the name
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the faults that a step raises, and go on after it."""
        try:
            yield
        except (StudyError, TableError) as error:
            self.faults.extend(error.faults)

    def done(self) -> None:
        """Raise everything that was found: a `StudyError` if the study file is at fault as well.

        Raises
        ------
        StudyError, TableError
            With every fault once.
        """
        if self.faults:
            kind = StudyError if any(fault.where == STUDY_FILE for fault in self.faults) else TableError
            raise kind(dict.fromkeys(self.faults))
