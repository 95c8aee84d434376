"""Measure how long each stage of a command takes."""

import time
from collections.abc import Callable

from ...data.wording.catalogue import Text
from .say import LANGUAGE, say

__all__ = ["Stopwatch"]


class Stopwatch:
    """The stages begun so far, each with its time.

    Parameters
    ----------
    clock : callable
        Seconds of a clock that never goes back.

    Examples
    --------
    >>> ticks = iter([0.0, 0.5, 2.0])
    >>> watch = Stopwatch(clock=lambda: next(ticks))
    >>> watch.begin("reading"); watch.lines()
    ['    0.50 s  loading', '    1.50 s  reading', '    2.00 s  together']
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._begun = [(say("stage.loading"), clock())]

    def begin(self, stage: object) -> None:
        """Note that a stage begins, and that the one before it is over."""
        self._begun.append((stage.in_(LANGUAGE) if isinstance(stage, Text) else str(stage), self._clock()))

    def lines(self) -> list[str]:
        """End the last stage, and write each with its seconds, and all together."""
        names, times = zip(*self._begun, strict=True)
        ends = [*times[1:], self._clock()]
        rows = [(name, end - start) for name, start, end in zip(names, times, ends, strict=True)]
        rows.append((say("stage.together"), ends[-1] - times[0]))
        return [f"{seconds:8.2f} s  {name}" for name, seconds in rows]
