"""Rank values, treating as tied what differs only by rounding.

Two orders of the same additions may differ in the last bit, so values whose neighbors in sorted order lie
within `TOLERANCE` of each other (relative to the largest magnitude, at least 1) count as equal.
"""

import numpy as np
import numpy.typing as npt

from ..data.methods import Method

__all__ = ["TIES", "TOLERANCE", "rank_descending", "tie_groups"]

TIES: dict[str, Method] = {
    "min": Method("r<sub>i</sub> = 1 + #{j : S<sub>j</sub> &gt; S<sub>i</sub>}"),
    "max": Method("r<sub>i</sub> = #{j : S<sub>j</sub> ≥ S<sub>i</sub>}"),
    "average": Method(
        "r<sub>i</sub> = (1 + #{j : S<sub>j</sub> &gt; S<sub>i</sub>} + #{j : S<sub>j</sub> ≥ S<sub>i</sub>}) / 2"
    ),
    "dense": Method("r<sub>i</sub> = 1 + #{S<sub>j</sub> : S<sub>j</sub> &gt; S<sub>i</sub>}"),
}
TOLERANCE = 1e-12


def tie_groups(values: npt.ArrayLike) -> np.ndarray:
    """Return for each value the number of its group of ties, 0 for the highest.

    Examples
    --------
    >>> tie_groups([0.3, 0.1 + 0.2, 0.5]).tolist()
    [1, 1, 0]
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        return np.zeros(0, dtype=int)
    order = np.argsort(-values, kind="stable")
    gap = TOLERANCE * max(1.0, float(np.max(np.abs(values))))
    steps = np.concatenate([[0], (-np.diff(values[order]) > gap).astype(int)])
    groups = np.empty(values.size, dtype=int)
    groups[order] = np.cumsum(steps)
    return groups


def rank_descending(values: npt.ArrayLike, *, ties: str = "min") -> np.ndarray:
    """Return ranks, 1 for the highest value.

    ``ties`` says what equal values get: ``"min"`` the best of their ranks (competition ranking 1, 2, 2, 4),
    ``"max"`` the worst (1, 3, 3, 4), ``"average"`` the mean (1, 2.5, 2.5, 4), ``"dense"`` 1, 2, 2, 3.

    Examples
    --------
    >>> rank_descending([5, 7, 5, 1]).tolist()
    [2, 1, 2, 4]
    """
    groups = tie_groups(values)
    if ties == "dense":
        return groups + 1
    sizes = np.bincount(groups) if groups.size else np.zeros(0, dtype=int)
    last = np.cumsum(sizes)
    first = last - sizes + 1
    if ties == "average":
        return ((first + last) / 2)[groups]
    return (last if ties == "max" else first)[groups]
