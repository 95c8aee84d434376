"""Estimate sums over all shortest paths from those that start at a sample of places.

The places of the sample, the pivots, are drawn without replacement and fall into batches. Leaving out one batch after
the other shows how far an estimate would move (the jackknife), whatever it makes of the sums.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse.csgraph import dijkstra

from ...data.options import check_number
from ..flows.canonical import ordered, random_source
from .paths import Paths

__all__ = ["ALL", "Pivots", "Sums", "draw_pivots", "path_sums"]

ALL = ("between", "count", "distance", "inverse", "farthest")
_BATCHES = 25
# rows of distances held at once
_ROWS = 64


@dataclass(frozen=True)
class Sums:
    """Sums over pivots of what the shortest paths that start at them bring to each place.

    ``between`` counts paths that run through a place, ``count``, ``distance`` and ``inverse`` those that end at it,
    their lengths and the inverses of these; ``others`` is the number of pivots other than the place; ``farthest`` the
    longest length.
    """

    others: np.ndarray
    between: np.ndarray
    count: np.ndarray
    distance: np.ndarray
    inverse: np.ndarray
    farthest: np.ndarray


@dataclass(frozen=True)
class Pivots:
    """Places from which paths start, in batches, out of ``whole`` places."""

    batches: tuple[np.ndarray, ...]
    whole: int

    @property
    def size(self) -> int:
        """Number of pivots."""
        return sum(map(len, self.batches))

    def estimate(self, parts: list[Sums], of: Callable[[Sums, int], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return what a function makes of the sums over all pivots (and their number), and its standard error.

        ``se^2 = (1 - k / n) (G - 1) / G sum_g (theta_g - mean theta_g)^2`` over the G batches of k pivots among n
        places, ``theta_g`` without batch g (Wolter 2007, chapter 4); 0 where every place is a pivot.
        """
        whole = _added(parts)
        value = of(whole, self.size)
        if self.size == self.whole:
            return value, np.zeros_like(value)
        groups = len(parts)
        left = np.array(
            [of(_less(whole, part), self.size - len(b)) for part, b in zip(parts, self.batches, strict=True)]
        )
        spread = ((left - left.mean(axis=0)) ** 2).sum(axis=0)
        return value, np.sqrt((1 - self.size / self.whole) * (groups - 1) / groups * spread)


def draw_pivots(places: list[Hashable], sample: int, seed: int) -> Pivots:
    """Draw pivots: every place once where ``sample`` is no smaller than their number, whatever order they stand in."""
    check_number("sample", sample, least=2, whole=True)
    position = {place: i for i, place in enumerate(places)}
    canonical = np.array([position[place] for place in ordered(places)], dtype=int)
    size = min(sample, len(places))
    chosen = canonical[random_source(seed, 0).permutation(len(places))[:size]]
    return Pivots(tuple(np.array_split(chosen, max(min(_BATCHES, size), 1))), len(places))


def path_sums(
    paths: Paths, pivots: Pivots, wanted: tuple[str, ...], tick: Callable[[], None] = lambda: None
) -> list[Sums]:
    """Follow the shortest paths from the pivots and return the sums that are wanted, one for each batch."""
    parts = []
    for batch in pivots.batches:
        parts.append(_of_batch(paths, batch, pivots.whole, wanted))
        tick()
    return parts


def _of_batch(paths: Paths, batch: np.ndarray, n: int, wanted: tuple[str, ...]) -> Sums:
    sums = Sums(np.full(n, float(len(batch))), *(np.zeros(n) for _ in ALL))
    sums.others[batch] -= 1
    if "between" in wanted and len(batch):
        sums.between[:] = paths.between_from(batch)
    if set(wanted) - {"between"}:
        for rows in _chunks(batch):
            lengths = dijkstra(paths.length, indices=rows, unweighted=paths.counts_steps)
            lengths[np.arange(len(rows)), rows] = np.inf
            reached = np.isfinite(lengths)
            sums.count[:] += reached.sum(axis=0)
            sums.inverse[:] += (1.0 / lengths).sum(axis=0)
            lengths[~reached] = 0.0
            sums.distance[:] += lengths.sum(axis=0)
            np.maximum(sums.farthest, lengths.max(axis=0), out=sums.farthest)
    return sums


def _chunks(batch: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, len(batch), _ROWS):
        yield batch[first : first + _ROWS]


def _added(parts: list[Sums]) -> Sums:
    added = {f.name: np.sum([getattr(part, f.name) for part in parts], axis=0) for f in fields(Sums)}
    added["farthest"] = np.max([part.farthest for part in parts], axis=0)
    return Sums(**added)


def _less(whole: Sums, part: Sums) -> Sums:
    # differences of sums of floats may fall below 0 by rounding
    left = {f.name: np.maximum(getattr(whole, f.name) - getattr(part, f.name), 0.0) for f in fields(Sums)}
    return Sums(**{**left, "farthest": whole.farthest})
