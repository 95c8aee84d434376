"""Gather the faults of several steps, so that one error holds them all."""

from collections.abc import Iterator
from contextlib import contextmanager

from ...data import Fault, GeometryError, InnoscapeError, OptionError, StudyError, TableError, UnknownPlaceError
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
        self.others: list[InnoscapeError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the faults that a step raises, and go on after it."""
        try:
            yield
        except (StudyError, TableError) as error:
            self.faults.extend(error.faults)
        except (OptionError, GeometryError, UnknownPlaceError) as error:
            self.others.append(error)

    def under(self, *paths: str) -> bool:
        """Return whether the study file has a fault at one of some key paths, or inside it.

        Examples
        --------
        >>> found = FaultsTogether()
        >>> found.faults.append(Fault("study.toml", "a place", "'x'", "correct the name", column="index.units"))
        >>> found.under("index"), found.under("index.recipes", "ind")
        (True, False)
        """
        keys = [str(fault.column) for fault in self.faults if fault.where == STUDY_FILE]
        return any(key == path or key.startswith((f"{path}.", f"{path}[")) for key in keys for path in paths)

    def done(self) -> None:
        """Raise everything that was found: a `StudyError` if the study file is at fault as well.

        Raises
        ------
        StudyError, TableError
            With every fault once, and what other errors say.
        OptionError, GeometryError, UnknownPlaceError
            If one of these was all there is.
        """
        if not self.faults and len(self.others) == 1:
            raise self.others[0]
        if self.faults or self.others:
            apart = [fault.where != STUDY_FILE for fault in self.faults]
            kind = TableError if apart and all(apart) else StudyError
            raise kind(dict.fromkeys(self.faults), also=dict.fromkeys(map(str, self.others)))
