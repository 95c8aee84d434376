"""Say what went wrong: what was needed, what came, how to fix it.

Every exception of innoscape is also the builtin kind a caller would expect::

    InnoscapeError
    ├── TableError          ValueError    a table breaks its contract; carries every fault
    ├── StudyError          ValueError    study.toml breaks its contract; carries every fault
    ├── OptionError         ValueError    an argument is outside what the function accepts
    │   ├── SizeError       ValueError    the work is too large to begin unasked
    │   └── InfeasibleError ValueError    no answer meets all constraints; names the smallest change that helps
    ├── GeometryError       ValueError    coordinates or reference systems do not fit the work asked for
    ├── UnknownPlaceError   KeyError      a name that no place matches
    ├── UnknownDatasetError KeyError      a dataset that is not shipped
    ├── MissingExtraError   ImportError   an optional library is not installed
    ├── ShortageError       MemoryError   the machine has less memory than the work takes
    ├── OutputError         OSError       results cannot be written
    └── ResultError         RuntimeError  a stage of a run broke the contract of its table: a fault of the program

"Cannot work" raises; "probably wrong" warns with `InnoscapeWarning`.
"""

import errno
import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .wording.catalogue import Text, few, join_texts, keys, plain, text

__all__ = [
    "Fault",
    "GeometryError",
    "InfeasibleError",
    "InnoscapeError",
    "InnoscapeWarning",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "ResultError",
    "ShortageError",
    "SizeError",
    "StudyError",
    "TableError",
    "UnknownDatasetError",
    "UnknownPlaceError",
    "columns_of",
    "grouped_faults",
    "reason_of",
    "warn",
    "warn_of",
]

# places that a fault names before it counts the others
_MOST_PLACES = 20

# faults of one kind that each stand on a line of their own, if their remedies differ
_MOST_ALIKE = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    where : str
        File or table, such as ``flows.csv``.
    needed, got, fix : str or Text
        What was needed, what came, how to fix it; in every language where it is a `Text`.
    row : int, tuple of int or None
        Row as a spreadsheet counts it (the header is row 1), or all rows with this fault; ``None`` when the whole table
        is meant.
    column : str or None
        Column, or key path in ``study.toml``.
    key : str
        Which kind of fault it is: the key of its sentences in the catalogues, if they stand there.

    Examples
    --------
    >>> print(Fault("flows.csv", "a number of at least 0", "-3", "correct the value", row=7, column="value"))
    flows.csv, row 7, column value: needed a number of at least 0, got -3; correct the value
    """

    where: str
    needed: str | Text
    got: str | Text
    fix: str | Text
    row: int | tuple[int, ...] | None = None
    column: str | None = None
    key: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(
        cls,
        key: str,
        where: str,
        *,
        row: int | tuple[int, ...] | None = None,
        column: str | None = None,
        **values: object,
    ) -> "Fault":
        """Make a fault of three sentences of the catalogues: what was needed, what came, how to fix it.

        A list or tuple among the values is joined by commas; of many ``places`` the first are named and all counted.

        Examples
        --------
        >>> print(Fault.of("doubts.loop", "flows.csv", row=2, column="target", place="A").got)
        A to itself
        """
        if isinstance(places := values.get("places"), list | tuple):
            values = values | {"places": few(places, most=_MOST_PLACES)}
        needed, got, fix = (_said(f"{key}.{part}", values) for part in ("needed", "got", "fix"))
        return cls(where, needed, got, fix, row, column, key)

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Text:
        """The fault in every language."""
        return text("faults.said", **self.values)

    @property
    def came(self) -> Text:
        """The fault in every language, without what to do about it."""
        return text("faults.came", **{name: value for name, value in self.values.items() if name != "fix"})

    @property
    def values(self) -> dict[str, object]:
        """What the sentence of the fault holds."""
        place: list[str | Text] = [self.where]
        if isinstance(self.row, tuple):
            place.append(text("faults.rows", rows=few(self.row), n=len(self.row)))
        elif self.row is not None:
            place.append(text("faults.row", row=self.row))
        if self.column is not None:
            kind = "faults.key" if self.where.endswith(".toml") else "faults.column"
            place.append(text(kind, column=self.column))
        return {"place": join_texts(place, by="faults.at"), "needed": self.needed, "got": self.got, "fix": self.fix}


def grouped_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Join faults of one kind, in the order in which they first come.

    One line tells of those that differ in nothing but their row; of three or more that differ in what came as well; and
    of more than ten whatever their remedies, of which it gives the first.

    Examples
    --------
    >>> found = [Fault("flows.csv", "a place", "'全国'", "correct the name", row, "source") for row in (9, 2, 34)]
    >>> print(*grouped_faults(found))
    flows.csv, 3 rows (2, 9, 34), column source: needed a place, got '全国'; correct the name
    >>> found = [Fault("flows.csv", "a place", name, "correct it", row, "source") for row, name in enumerate("abc", 2)]
    >>> print(*grouped_faults(found))
    flows.csv, 3 rows (2, 3, 4), column source: needed a place, got a, b, c; correct it
    """
    alike = _joined(faults, lambda fault: replace(fault, row=None), above=1)
    alike = _joined(alike, lambda fault: (fault.where, fault.column, fault.needed, fault.fix), above=2)
    return _joined(alike, lambda fault: (fault.where, fault.column, fault.needed, fault.key), above=_MOST_ALIKE)


def _joined(faults: Iterable[Fault], kind: Callable[[Fault], object], *, above: int) -> tuple[Fault, ...]:
    """Join the faults of each kind of which there are more than some, where the first of them stands."""
    kinds: dict[object, list[Fault]] = {}
    every = [*faults]
    for fault in every:
        kinds.setdefault(kind(fault), []).append(fault)
    joined = {name: _one_of(ones) for name, ones in kinds.items() if len(ones) > above}
    return tuple(dict.fromkeys(joined.get(kind(fault), fault) for fault in every))


def _one_of(faults: list[Fault]) -> Fault:
    """Make one fault of several of a kind, with the rows of all."""
    first = faults[0]
    rows = sorted({row for fault in faults for row in _rows(fault)})
    if len({fault.fix for fault in faults}) > 1:
        first = replace(first, fix=text("faults.likewise", got=first.got, fix=first.fix))
    gots = [*dict.fromkeys(fault.got for fault in faults)]
    got = few(gots) if len(gots) > 1 else first.got
    return replace(first, row=tuple(rows) if len(rows) > 1 else next(iter(rows), None), got=got)


def _rows(fault: Fault) -> tuple[int, ...]:
    return fault.row if isinstance(fault.row, tuple) else () if fault.row is None else (fault.row,)


class InnoscapeError(Exception):
    """Anything innoscape raises on purpose.

    Its message is a `Text`, which ``said`` holds in every language, or plain words.
    """

    _text: Text | None = None

    def __init__(self, *given: object) -> None:
        if given and isinstance(given[0], Text):
            self._text = given[0]
            given = (str(given[0]), *given[1:])
        super().__init__(*given)

    def __str__(self) -> str:
        # KeyError would show the repr of the message
        return str(self.args[0]) if self.args else ""

    @property
    def said(self) -> Text:
        """The message in every language, if it is a `Text`."""
        return self._text or plain(str(self))

    @property
    def lines(self) -> list[Text]:
        """The message, line by line, in every language that its sentences stand in."""
        return [self._text] if self._text else [plain(line) for line in str(self).splitlines()]


class _FaultsError(InnoscapeError):
    """One or more faults, reported together with what ``also`` is wrong with the call.

    ``doubts`` holds what is doubtful besides, where nothing else tells of it.
    """

    doubts: tuple[Any, ...] = ()

    def __init__(self, faults: Iterable[Fault], *, also: Iterable[str | Text] = ()) -> None:
        self.faults, self.also = tuple(faults), tuple(also)
        super().__init__("\n".join(map(str, [*grouped_faults(self.faults), *self.also])))

    @property
    def lines(self) -> list[Text]:
        """The message, line by line, in every language that its sentences stand in."""
        return [*(fault.said for fault in grouped_faults(self.faults)), *map(plain, self.also)]


class TableError(_FaultsError, ValueError):
    """A table breaks its contract; ``faults`` holds every fault found."""


class StudyError(_FaultsError, ValueError):
    """A study file breaks its contract; ``faults`` holds every fault found."""


class OptionError(InnoscapeError, ValueError):
    """An argument is outside what the function accepts."""


class SizeError(OptionError):
    """The work would take more time or memory than a call takes unasked; the message names both and the way out."""


class ShortageError(InnoscapeError, MemoryError):
    """The machine has less memory than the work takes; the message names both and the way out."""


class InfeasibleError(OptionError):
    """No answer meets all constraints; the message names the constraint and the smallest change that helps."""


class GeometryError(InnoscapeError, ValueError):
    """Coordinates or reference systems do not fit the work asked for."""


class UnknownPlaceError(InnoscapeError, KeyError):
    """A name that no place matches."""


class UnknownDatasetError(InnoscapeError, KeyError):
    """A dataset that is not shipped."""


class MissingExtraError(InnoscapeError, ImportError):
    """An optional library is not installed; the message names the extra that brings it, and what for.

    ``purpose`` is a key under ``faults.purposes`` of the catalogues.
    """

    def __init__(self, extra: str, *, purpose: str) -> None:
        super().__init__(text("faults.extra", purpose=text(f"faults.purposes.{purpose}"), extra=extra))


class OutputError(InnoscapeError, OSError):
    """Results cannot be written."""


class ResultError(_FaultsError, RuntimeError):
    """A stage of a run broke the contract of its table; ``faults`` holds every fault found."""


class InnoscapeWarning(UserWarning):
    """Something in the input is probably wrong, though the work can go on.

    Parameters
    ----------
    message : str
        In English.
    key : str, optional
        The sentence in the catalogues.
    values : mapping, optional
        What stands in its braces; a sequence is a list of names.
    about : str, optional
        Which kind of warning it is, where the sentence does not tell: the key of the fault that it says.
    """

    def __init__(
        self, message: str = "", key: str = "", values: Mapping[str, object] | None = None, about: str = ""
    ) -> None:
        super().__init__(message)
        self.key = key
        self.values = dict(values or {})
        self.about = about or key

    @classmethod
    def of(cls, key: str, /, **values: object) -> "InnoscapeWarning":
        """Make a warning of a sentence of the catalogues; see `warn`."""
        return cls(str(_said(key, values)), key, values)

    @property
    def said(self) -> Text:
        """The message in every language, if its sentence stands in the catalogues."""
        return _said(self.key, self.values) if self.key else plain(str(self))


def warn(key: str, /, *, stacklevel: int = 1, **values: object) -> None:
    """Warn with a sentence of the catalogues.

    Parameters
    ----------
    key : str
        Dotted path of the sentence.
    stacklevel : int
        As `warnings.warn` counts it, from the caller.
    **values
        What stands in its braces; a list or tuple is joined by commas.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn("warnings.short_corridors", names=["a", "b"])
    >>> str(caught[0].message)
    'corridors with fewer than two points are not drawn: a, b'
    """
    warn_of(InnoscapeWarning.of(key, **values), stacklevel=stacklevel + 1)


def columns_of(table: Any) -> Text:  # noqa: ANN401 - a table of any library
    """List the columns of a table, or say that it has none, or what it is instead."""
    if not hasattr(table, "columns"):
        return plain(type(table).__name__)
    return join_texts(table.columns) if len(table.columns) else text("faults.no_columns")


def reason_of(error: OSError) -> Text:
    """Say why the system refused a file."""
    key = f"faults.system.{errno.errorcode.get(error.errno or 0)}"
    return text(key) if key in keys("faults.system.") else plain(error.strerror or type(error).__name__)


def warn_of(doubt: Fault | InnoscapeWarning, *, stacklevel: int = 1) -> None:
    """Warn of something that is probably wrong with an input or a result."""
    if isinstance(doubt, Fault):
        doubt = InnoscapeWarning(str(doubt), "faults.said", doubt.values, about=doubt.key)
    warnings.warn(doubt, stacklevel=_counted(stacklevel + 1))


def _counted(level: int) -> int:
    """Add to a level the frames of `follows_conventions`, which stand between a function and its caller."""
    frame, depth = inspect.currentframe(), 0
    while (frame := frame and frame.f_back) and depth < level:
        depth += 1
        level += frame.f_code.co_name == "followed_convention"
    return level


def _said(key: str, values: Mapping[str, object]) -> Text:
    return text(key, **{name: _written(value) for name, value in values.items()})


def _written(value: object) -> object:
    if isinstance(value, InnoscapeError):
        return value.said
    return join_texts(value) if isinstance(value, list | tuple) else value
