"""Gather the faults of several steps, so that one error holds them all."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Protocol

from ...data import (
    Fault,
    GeometryError,
    InnoscapeError,
    InnoscapeWarning,
    OptionError,
    StudyError,
    TableError,
    UnknownPlaceError,
)
from .fields import STUDY_FILE

__all__ = ["FaultsTogether", "Told"]


class Told(Protocol):
    """The faults of a study file, of which only what is sound is checked on."""

    @property
    def faults(self) -> Iterable[Fault]:
        """Those of the file itself."""
        ...

    def written(self, path: str) -> str:
        """Return where a key path of what is checked stands in the file."""
        ...

    def follows(self, fault: Fault) -> bool:
        """Return whether a fault that was found later follows from those of the file."""
        ...


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

    def __init__(self, told: Told | None = None) -> None:
        self.told = told
        self.faults: list[Fault] = [] if told is None else [*told.faults]
        self.others: list[InnoscapeError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the faults that a step raises, and go on after it.

        A step on what is sound of a study file with faults may fail in any way, and has no doubts of its own.
        """
        quiet = warnings.catch_warnings(action="ignore", category=InnoscapeWarning)
        try:
            with nullcontext() if self.told is None else quiet:
                yield
        except (StudyError, TableError) as error:
            self.note(error.faults)
        except (OptionError, GeometryError, UnknownPlaceError) as error:
            # what the study file says wrong may come out anywhere
            if self.told is None:
                self.others.append(error)
        except Exception:
            if self.told is None:
                raise

    def note(self, faults: Iterable[Fault]) -> None:
        """Note faults, but for those that follow from the faults of the study file."""
        for fault in faults:
            if self.told is None or fault.where != STUDY_FILE:
                at = fault
            else:
                at = replace(fault, column=self.told.written(str(fault.column)))
            if self.told is None or not self.told.follows(at):
                self.faults.append(at)

    def under(self, *paths: str, but: str | None = None) -> bool:
        """Return whether the study file has a fault at one of some key paths, or inside it, but not at another.

        Examples
        --------
        >>> found = FaultsTogether()
        >>> found.faults.append(Fault("study.toml", "a place", "'x'", "correct the name", column="index.units"))
        >>> found.under("index"), found.under("index.recipes", "ind"), found.under("index", but="index.units")
        (True, False, False)
        """
        if self.told is not None:
            paths = tuple(map(self.told.written, paths))
        keys = [str(fault.column) for fault in self.faults if fault.where.endswith(STUDY_FILE)]
        return any(_at(key, path) for key in keys if but is None or not _at(key, but) for path in paths)

    def knows(self, fault: Fault) -> bool:
        """Return whether a fault is told, or follows from one that is told of the same table or part of the file."""
        if fault.where != STUDY_FILE:
            return any(one.where == fault.where for one in self.faults)
        return self.under(str(fault.column))

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
            apart = [not fault.where.endswith(STUDY_FILE) for fault in self.faults]
            kind = TableError if apart and all(apart) else StudyError
            raise kind(dict.fromkeys(self.faults), also=dict.fromkeys(map(str, self.others)))


def _at(key: str, path: str) -> bool:
    return key == path or key.startswith((f"{path}.", f"{path}["))
