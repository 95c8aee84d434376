"""Measure how long each stage of a command takes, and set it beside what was estimated."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...data.wording.catalogue import Text
from .say import LANGUAGE, say

if TYPE_CHECKING:
    from ...data.budget import Estimate

__all__ = ["Stopwatch"]


class Stopwatch:
    """The stages begun so far, each with its time, and by how much the most memory held rose in it.

    Parameters
    ----------
    clock : callable
        Seconds of a clock that never goes back.
    memory : callable
        The most bytes that were held so far.

    Examples
    --------
    >>> ticks = iter([0.0, 0.5, 2.0])
    >>> watch = Stopwatch(clock=lambda: next(ticks))
    >>> watch.begin("reading"); watch.lines()
    ['    0.50 s  loading', '    1.50 s  reading', '    2.00 s  together']
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, memory: Callable[[], float] | None = None
    ) -> None:
        self._clock, self._memory = clock, memory or _most_held
        self._begun = [(say("stage.loading"), clock(), self._memory())]
        self._expected: dict[str, Estimate] = {}

    def begin(self, stage: object) -> None:
        """Note that a stage begins, and that the one before it is over."""
        name = stage.in_(LANGUAGE) if isinstance(stage, Text) else str(stage)
        self._begun.append((name, self._clock(), self._memory()))

    def expect(self, estimates: "Mapping[str, Estimate]") -> None:
        """Note what stages will take, by their names."""
        self._expected |= estimates

    def expected(self) -> str:
        """Say what all stages together will take."""
        costs = self._expected.values()
        seconds, most = sum(cost.seconds for cost in costs), max((cost.bytes for cost in costs), default=0.0)
        return say("estimate.whole", seconds=f"{seconds:.0f}", gigabytes=f"{most / 1e9:.2g}")

    def lines(self) -> list[str]:
        """End the last stage, and write each with its seconds, and all together."""
        names, times, held = zip(*self._begun, strict=True)
        ends, rises = [*times[1:], self._clock()], [*held[1:], self._memory()]
        rows = [
            f"{end - start:8.2f} s  {name}{self._beside(name, after - before)}"
            for name, start, end, before, after in zip(names, times, ends, held, rises, strict=True)
        ]
        return [*rows, f"{ends[-1] - times[0]:8.2f} s  {say('stage.together')}"]

    def _beside(self, name: str, rise: float) -> str:
        cost = self._expected.get(name)
        if cost is None:
            return ""
        seconds, size = f"{cost.seconds:.1f}", f"{cost.bytes / 1e9:.2f}"
        return f" ({say('estimate.stage', seconds=seconds, gigabytes=size, rise=f'{rise / 1e9:.2f}')})"


def _most_held() -> float:
    """Return the most bytes that this process has held, or 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # kilobytes, and bytes on macOS
    return float(most) * (1 if sys.platform == "darwin" else 1024)
