"""Time a piece of work several times, after one run that warms it up."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Return the median time of some runs and the result of the last."""
    result, times = work(), []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result
