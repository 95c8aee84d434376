"""Count the steps of long work for whoever wants to show how far it is."""

from collections.abc import Callable

__all__ = ["Progress", "Ticks"]

# takes the steps done and all steps
Progress = Callable[[int, int], None]


class Ticks:
    """Tell of each step done, out of how many, where someone asked for it."""

    def __init__(self, progress: Progress | None, whole: int) -> None:
        self._progress, self._whole, self._done = progress, whole, 0

    def __call__(self) -> None:
        """Count one step more."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._whole)
