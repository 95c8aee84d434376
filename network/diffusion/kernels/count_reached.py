"""Count in compiled code how many places have been reached by points in time."""

# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

__all__ = ["count_reached"]


@njit(cache=True, nogil=True)
def count_reached(times: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Count the times of each row that are no later than each point (rows x points).

    Parameters
    ----------
    times : rows x places; what is not a number counts as infinite
    points : rising
    """
    rows, size = len(times), len(points)
    counts = np.zeros((rows, size), np.int64)
    if size == 0:
        return counts
    first, last = points[0], points[size - 1]
    # points at even steps are guessed at once; where no step is a number, all are searched
    scale = (size - 1) / (last - first) if last > first else 0.0
    even = 0.0 < scale < np.inf
    for r in range(rows):
        for t in times[r]:
            if np.isnan(t):
                t = np.inf  # noqa: PLW2901
            if t > last:
                continue
            at = 0
            if t > first:
                if even:
                    at = min(int(np.ceil((t - first) * scale)), size - 1)
                if at == 0 or points[at - 1] >= t or points[at] < t:
                    at = np.searchsorted(points, t)
            counts[r, at] += 1
        for k in range(1, size):
            counts[r, k] += counts[r, k - 1]
    return counts
