"""Say what went wrong: what was needed, what came, how to fix it.

Every exception of innoscape is also the builtin kind a caller would expect::

    InnoscapeError
    ├── TableError          ValueError    a table breaks its contract; carries every fault
    ├── StudyError          ValueError    study.toml breaks its contract; carries every fault
    ├── OptionError         ValueError    an argument is outside what the function accepts
    ├── GeometryError       ValueError    coordinates or reference systems do not fit the work asked for
    ├── UnknownPlaceError   KeyError      a name that no place matches
    ├── UnknownDatasetError KeyError      a dataset that is not shipped
    ├── MissingExtraError   ImportError   an optional library is not installed
    ├── OutputError         OSError       results cannot be written
    └── ResultError         RuntimeError  a stage of a run broke the contract of its table: a fault of the program

"Cannot work" raises; "probably wrong" warns with `InnoscapeWarning`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "Fault",
    "GeometryError",
    "InnoscapeError",
    "InnoscapeWarning",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "ResultError",
    "StudyError",
    "TableError",
    "UnknownDatasetError",
    "UnknownPlaceError",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    where : str
        File or table, such as ``flows.csv``.
    needed, got, fix : str
        What was needed, what came, how to fix it.
    row : int or None
        Row as a spreadsheet counts it (the header is row 1); ``None`` when the whole table is meant.
    column : str or None
        Column, or key path in ``study.toml``.

    Examples
    --------
    >>> print(Fault("flows.csv", "a number of at least 0", "-3", "correct the value", row=7, column="value"))
    flows.csv, row 7, column value: needed a number of at least 0, got -3; correct the value
    """

    where: str
    needed: str
    got: str
    fix: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = self.where
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: needed {self.needed}, got {self.got}; {self.fix}"


class InnoscapeError(Exception):
    """Anything innoscape raises on purpose."""

    def __str__(self) -> str:
        # KeyError would show the repr of the message
        return str(self.args[0]) if self.args else ""


class _FaultyInputError(InnoscapeError, ValueError):
    """An input with one or more faults, all of them reported together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class TableError(_FaultyInputError):
    """A table breaks its contract; ``faults`` holds every fault found."""


class StudyError(_FaultyInputError):
    """A study file breaks its contract; ``faults`` holds every fault found."""


class OptionError(InnoscapeError, ValueError):
    """An argument is outside what the function accepts."""


class GeometryError(InnoscapeError, ValueError):
    """Coordinates or reference systems do not fit the work asked for."""


class UnknownPlaceError(InnoscapeError, KeyError):
    """A name that no place matches."""


class UnknownDatasetError(InnoscapeError, KeyError):
    """A dataset that is not shipped."""


class MissingExtraError(InnoscapeError, ImportError):
    """An optional library is not installed; the message names the extra that brings it."""

    def __init__(self, extra: str, *, purpose: str) -> None:
        super().__init__(f'{purpose} needs the extra "{extra}": pip install "innoscape[{extra}]"')


class OutputError(InnoscapeError, OSError):
    """Results cannot be written."""


class ResultError(InnoscapeError, RuntimeError):
    """A stage of a run broke the contract of its table; ``faults`` holds every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class InnoscapeWarning(UserWarning):
    """Something in the input is probably wrong, though the work can go on."""
