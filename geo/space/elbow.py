"""Find the elbow of a curve: the number beyond which each further one brings less."""

from collections.abc import Sequence

import numpy as np

from ...data.methods import documented

__all__ = ["elbow"]

# of the range of the curve: what is nearer to the chord does not bend
_BENDS = 1e-9


@documented("satopaa2011", formula="max<sub>k</sub> |y<sub>k</sub> − chord(k)| on the side of the gains")
def elbow(numbers: Sequence[float], values: Sequence[float]) -> int | None:
    """Return the position of the elbow of a curve that falls or rises less and less.

    It is the point farthest from the chord of both ends, below a curve that falls and above one that rises.

    - A curve of fewer than three points, a straight or a flat one, and one that only bends the other way have none.
    - Of equally far points the first counts.

    Parameters
    ----------
    numbers : sequence of float
        Rising, such as numbers of centers.
    values : sequence of float
        The value at each, such as a mean cost.

    Returns
    -------
    int or None

    References
    ----------
    Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a "Kneedle" in a haystack: detecting knee
    points in system behavior. 31st International Conference on Distributed Computing Systems Workshops, 166-171.

    Examples
    --------
    >>> elbow([0, 1, 2, 3], [100.0, 40.0, 30.0, 25.0]), elbow([1, 2, 3], [0.5, 0.8, 0.9]), elbow([0, 1, 2], [2, 1, 0])
    (1, 1, None)
    """
    x, y = np.asarray(numbers, dtype=float), np.asarray(values, dtype=float)
    if len(x) < 3 or y[0] == y[-1]:
        return None
    share = (x - x[0]) / (x[-1] - x[0])
    ahead = (y - y[0]) / (y[-1] - y[0]) - share
    at = int(np.argmax(ahead))
    return at if ahead[at] > _BENDS else None
