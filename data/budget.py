"""Say what work will take before it begins, and refuse what goes beyond a budget of memory and time.

What a call may take unasked does not depend on the machine, so the same input is refused, or sampled, everywhere.
What the machine cannot hold at all is another fault: a `ShortageError`, which nothing works around in silence.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from .errors import OptionError, ShortageError, SizeError
from .options import number_faults, refuse
from .wording.catalogue import join_texts, text

__all__ = [
    "MEMORY",
    "MINUTES",
    "Budget",
    "Estimate",
    "available_memory",
    "noted_estimates",
    "refusal",
    "require",
]

# variables of the environment that raise the budget
MEMORY, MINUTES = "INNOSCAPE_MEMORY", "INNOSCAPE_MINUTES"
_MEMORY, _MINUTES = 4e9, 15.0
_UNITS = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
_DURATIONS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"))
# of files of a group of processes: more than any machine has
_UNLIMITED = 2**60

# less than this is not worth asking the system for
_WORTH_ASKING = 1e8

_chosen: ContextVar["Budget | None"] = ContextVar("budget", default=None)
_noted: ContextVar[tuple[list[tuple[str, "Estimate"]], ...]] = ContextVar("noted", default=())


@dataclass(frozen=True)
class Budget:
    """What one call may take without being asked: memory and time.

    As a context manager it holds for the calls within; else the variables ``INNOSCAPE_MEMORY`` ("16 GB") and
    ``INNOSCAPE_MINUTES`` (60) of the environment hold, and without them 4 GB and 15 minutes. Limits of functions that
    count steps rise and fall with the minutes.

    Parameters
    ----------
    memory : float or str
        Bytes, or a text such as ``"16 GB"``.
    minutes : float
        Of one call.

    Raises
    ------
    OptionError
        If a number is not above 0, or a text is no size.

    Examples
    --------
    >>> Budget("16 GB", 60).memory
    16000000000.0
    >>> with Budget(minutes=30):
    ...     Budget.current().longer
    2.0
    """

    memory: float | str = _MEMORY
    minutes: float = _MINUTES
    _tokens: list[Token] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        held = _bytes(self.memory) if isinstance(self.memory, str) else self.memory
        refuse([*number_faults("memory", held, above=0), *number_faults("minutes", self.minutes, above=0)])
        object.__setattr__(self, "memory", float(held))

    @classmethod
    def current(cls) -> "Budget":
        """Return the budget that holds here."""
        return _chosen.get() or cls(os.environ.get(MEMORY) or _MEMORY, _number(os.environ.get(MINUTES) or _MINUTES))

    @property
    def bytes(self) -> float:
        """Memory in bytes."""
        return float(self.memory)

    @property
    def seconds(self) -> float:
        """Time in seconds."""
        return 60.0 * self.minutes

    @property
    def longer(self) -> float:
        """How many times longer than usual work may take."""
        return self.minutes / _MINUTES

    def __enter__(self) -> Self:
        self._tokens.append(_chosen.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _chosen.reset(self._tokens.pop())


@dataclass(frozen=True)
class Estimate:
    """What work will take: bytes of memory at once, beyond what is held already, and seconds."""

    bytes: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Estimate") -> "Estimate":
        """Work after work: times add up, memory is freed in between."""
        return Estimate(max(self.bytes, other.bytes), self.seconds + other.seconds)

    def __str__(self) -> str:
        """Write memory and time as a reader takes them in."""
        parts = [f"{_gigabytes(self.bytes)} GB of memory"] if self.bytes else []
        return " and ".join(parts + ([_duration(self.seconds)] if self.seconds else []))


def require(what: str, way_out: str, *, memory: float = 0.0, seconds: float = 0.0) -> Estimate:
    """Refuse work that would take more than the budget, or more than the machine has, and return the estimate else.

    Parameters
    ----------
    what : str
        The work, with its sizes: "a summary of 40,000 places and 600,000 ties".
    way_out : str
        What to do instead.
    memory, seconds : float
        What it would take: bytes at once, and time.

    Raises
    ------
    SizeError
        If it would take more than the budget.
    ShortageError
        If the budget allows what the machine cannot hold.

    Examples
    --------
    >>> require("a matrix of 100,000 places", "use to_sparse", memory=8e10)
    Traceback (most recent call last):
    innoscape.data.errors.SizeError: a matrix of 100,000 places would take about 80 GB of memory; use to_sparse, or \
set INNOSCAPE_MEMORY (now 4 GB)
    """
    estimate, budget = Estimate(memory, seconds), Budget.current()
    for notes in _noted.get():
        notes.append((what, estimate))
    if memory > budget.bytes or seconds > budget.seconds:
        raise refusal(what, way_out, estimate)
    free = available_memory() if memory > _WORTH_ASKING else None
    if free is not None and memory > free:
        raise ShortageError(
            text(
                "faults.calls.budget.would_about_gb_memory",
                what=what,
                memory=_gigabytes(memory),
                free=_gigabytes(free),
                way_out=way_out,
            )
        )
    return estimate


def refusal(what: str, way_out: str, estimate: Estimate) -> SizeError:
    """Return the error of work that is refused for its size: what it would take, and the ways out."""
    budget = Budget.current()
    # what is below the budget is refused for a limit that goes with the minutes
    named = [f"{MEMORY} (now {_gigabytes(budget.bytes)} GB)"] if estimate.bytes > budget.bytes else []
    if estimate.seconds > budget.seconds or not named:
        named.append(f"{MINUTES} (now {budget.minutes:g})")
    return SizeError(
        text(
            "faults.calls.budget.would_about_set",
            what=what,
            estimate=estimate,
            way_out=way_out,
            named=join_texts(named, by="faults.and"),
        )
    )


@contextmanager
def noted_estimates() -> Iterator[list[tuple[str, Estimate]]]:
    """Note every estimate that is made within: the work, and what it will take.

    Examples
    --------
    >>> with noted_estimates() as found:
    ...     _ = require("a table", "take fewer rows", memory=2e6)
    >>> found[0][0], str(found[0][1])
    ('a table', '0.002 GB of memory')
    """
    found: list[tuple[str, Estimate]] = []
    token = _noted.set((*_noted.get(), found))
    try:
        yield found
    finally:
        _noted.reset(token)


def available_memory(system: str | Path = "/") -> float | None:
    """Return the bytes that this process can still take: what is free here, and within the limits of its group.

    Parameters
    ----------
    system : path
        Root of the files in which the system tells.

    Returns
    -------
    float or None
        None where the system does not tell.

    Examples
    --------
    >>> available_memory() is None or available_memory() > 0
    True
    """
    root = Path(system)
    found = [_free(root), *_groups(root), _limit(root)]
    known = [one for one in found if one is not None]
    return max(min(known), 0.0) if known else None


def _free(root: Path) -> float | None:
    """Return what the system counts as free, caches included."""
    kilobytes = _fields(root / "proc/meminfo").get("MemAvailable")
    if kilobytes is not None:
        return kilobytes * 1024
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return None


def _groups(root: Path) -> Iterator[float]:
    """Return what the groups of this process, one within the other, leave to it (both versions of control groups)."""
    for line in _lines(root / "proc/self/cgroup"):
        _, kinds, path = line.split(":", 2)
        if kinds == "":
            base, most, used, cache = root / "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
        elif "memory" in kinds.split(","):
            base, most = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
            used, cache = "memory.usage_in_bytes", "total_inactive_file"
        else:
            continue
        steps = [step for step in path.split("/") if step and step != ".."]
        for depth in range(len(steps), -1, -1):
            folder = base.joinpath(*steps[:depth])
            limit, now = _number_in(folder / most), _number_in(folder / used)
            if limit is not None and now is not None and limit < _UNLIMITED:
                yield limit - now + _fields(folder / "memory.stat").get(cache, 0.0)


def _limit(root: Path) -> float | None:
    """Return what a limit on the addresses of this process leaves to it."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    held = _fields(root / "proc/self/status").get("VmSize")
    return None if most == resource.RLIM_INFINITY or held is None else most - held * 1024


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []


def _fields(file: Path) -> Mapping[str, float]:
    """Return the numbers of a file of names and numbers."""
    rows = (line.replace(":", " ").split() for line in _lines(file))
    return {row[0]: float(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}


def _number_in(file: Path) -> float | None:
    lines = _lines(file)
    return float(lines[0]) if lines and lines[0].strip().isdecimal() else None


def _bytes(size: str) -> float:
    """Read a text such as 16 GB."""
    number = size.strip().rstrip("bBkKmMgGtT ")
    unit = _UNITS.get(size.strip()[len(number) :].strip().lower())
    try:
        return float(number) * (unit or float("nan"))
    except ValueError:
        raise OptionError(text("faults.calls.budget.memory_size_16_gb", size=repr(size))) from None


def _number(given: float | str) -> float:
    try:
        return float(given)
    except ValueError:
        raise OptionError(text("faults.calls.budget.number_minutes", minutes=MINUTES, given=repr(given))) from None


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.2g}" if size < 1e10 else f"{size / 1e9:,.0f}"


def _duration(seconds: float) -> str:
    for size, name in _DURATIONS:
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return f"{max(seconds, 1):.0f} seconds"
