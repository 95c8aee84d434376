"""Register workloads: innoscape and named peers doing the same job on one input, with a check that they agree.

A workload is a function of size and kind that draws the input and returns a `Case`. The decorator `workload` keeps it
in `WORKLOADS`, from which the command line, the page on performance and the tests take it. Whatever a case does before
it returns is not timed.
"""

import atexit
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["OURS", "SCRATCH", "WORKLOADS", "Case", "Workload", "absent", "scratch", "workload"]

OURS = "innoscape"
SCRATCH = "INNOSCAPE_BENCHMARKS_SCRATCH"
Work = Callable[[], Any]


@dataclass
class Case:
    """What is timed on one input.

    Parameters
    ----------
    ours : callable
        The job done with innoscape; returns what `agree` compares.
    agree : callable
        Takes our result and a peer's; raises AssertionError where they differ.
    size : str
        The input in words, such as ``89,700 edges``, where the size of the workload does not say it all.
    """

    ours: Work
    agree: Callable[[Any, Any], None]
    size: str = ""
    peers: dict[str, tuple[tuple[str, ...], Callable[[], Work]]] = field(default_factory=dict)
    compiles: set[str] = field(default_factory=set)

    def peer(
        self, name: str, *needs: str, compiles: bool = False
    ) -> Callable[[Callable[[], Work]], Callable[[], Work]]:
        """Add a peer: the decorated function imports it, prepares what its user has at hand, and returns the job.

        One that compiles for many seconds when first called is left out of the tests.
        """
        if compiles:
            self.compiles.add(name)

        def note(make: Callable[[], Work]) -> Callable[[], Work]:
            self.peers[name] = (needs or (name,), make)
            return make

        return note


@dataclass(frozen=True)
class Workload:
    """One hot workload.

    Parameters
    ----------
    name, topic : str
        Key on the command line; heading on the page.
    does : str
        The job in words.
    unit : str
        What a size counts.
    sizes : tuple of int
        Four sizes, each twice the one before.
    tiny : int
        The size at which the tests run it.
    kinds : tuple of str
        Kinds of input, each a row of the page.
    build : callable
        ``(size, kind) -> Case``.
    limit : float, optional
        Seconds that the largest size may take.
    memory : bool
        Whether the most memory held is measured as well, each way in a process of its own.
    by_default : bool
        Whether it runs where none is named.
    """

    name: str
    topic: str
    does: str
    unit: str
    sizes: tuple[int, ...]
    tiny: int
    kinds: tuple[str, ...]
    build: Callable[[int, str], Case]
    limit: float | None = None
    memory: bool = False
    by_default: bool = True


WORKLOADS: dict[str, Workload] = {}


def workload(
    does: str,
    *,
    topic: str,
    unit: str,
    largest: int,
    tiny: int,
    kinds: Sequence[str] = ("",),
    limit: float | None = None,
    memory: bool = False,
    by_default: bool = True,
) -> Callable[[Callable[[int, str], Case]], Callable[[int, str], Case]]:
    """Register the decorated function under its name; sizes double three times up to the largest."""

    def note(build: Callable[[int, str], Case]) -> Callable[[int, str], Case]:
        name = build.__name__
        WORKLOADS[name] = Workload(
            name, topic, does, unit, doubled(largest), tiny, tuple(kinds), build, limit, memory, by_default
        )
        return build

    return note


def doubled(largest: int) -> tuple[int, ...]:
    """Return four sizes, each twice the one before."""
    return tuple(max(largest // part, 1) for part in (8, 4, 2, 1))


def absent(needs: Sequence[str]) -> list[str]:
    """Return the modules that are needed and not installed."""
    return [name for name in needs if find_spec(name.partition(".")[0]) is None]


@cache
def scratch() -> Path:
    """Return a folder that lasts as long as the process, or that of the process which started this one."""
    if SCRATCH in os.environ:
        return Path(os.environ[SCRATCH])
    folder = tempfile.TemporaryDirectory(prefix="benchmarks-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
