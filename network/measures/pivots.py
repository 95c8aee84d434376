"""Estimate sums over all shortest paths from those that start at a sample of places.

The places of the sample, the pivots, are drawn without replacement and fall into batches. Leaving out one batch after
the other shows how far an estimate would move (the jackknife), whatever it makes of the sums.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse.csgraph import dijkstra

from ...data.options import check_number
from ..flows.canonical import ordered, random_source
from .paths import Paths

__all__ = ["Pivots", "Sums", "added", "draw_pivots", "path_sums", "seconds_each"]

_BATCHES = 25
_PILOT = 8
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

    def estimate(self, of: Callable[[list[int]], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return what a function makes of the batches whose numbers it is given, and its standard error.

        ``se^2 = (1 - k / n) (G - 1) / G sum_g (theta_g - mean theta_g)^2`` over the G batches of k pivots among n
        places, ``theta_g`` without batch g (Wolter 2007, chapter 4); 0 where every place is a pivot.
        """
        groups = range(len(self.batches))
        value = of(list(groups))
        if self.size == self.whole:
            return value, np.zeros_like(value)
        left = np.array([of([g for g in groups if g != out]) for out in groups])
        spread = ((left - left.mean(axis=0)) ** 2).sum(axis=0)
        return value, np.sqrt((1 - self.size / self.whole) * (len(groups) - 1) / len(groups) * spread)


def draw_pivots(places: list[Hashable], sample: int, seed: int) -> Pivots:
    """Draw pivots: every place once where ``sample`` is no smaller than their number, whatever order they stand in."""
    check_number("sample", sample, least=2, whole=True)
    position = {place: i for i, place in enumerate(places)}
    canonical = np.array([position[place] for place in ordered(places)], dtype=int)
    size = min(sample, len(places))
    chosen = canonical[random_source(seed, 0).permutation(len(places))[:size]]
    return Pivots(tuple(np.array_split(chosen, max(min(_BATCHES, size), 1))), len(places))


def added(parts: list[Sums], kept: list[int]) -> Sums:
    """Add up the sums of some batches."""
    found = {f.name: np.sum([getattr(parts[g], f.name) for g in kept], axis=0) for f in fields(Sums)}
    found["farthest"] = np.max([parts[g].farthest for g in kept], axis=0)
    return Sums(**found)


def seconds_each(paths: list[Paths], work: Callable[[Pivots], object]) -> float:
    """Time what is done with the paths from a few places, and return the seconds for one."""
    n = paths[0].length.shape[0]
    few = Pivots((np.arange(0, n, max(n // _PILOT, 1))[:_PILOT],), n)
    for one in paths:
        # reading into the engine is paid once
        _ = one.counts_steps
    start = time.perf_counter()
    work(few)
    return (time.perf_counter() - start) / few.size


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
    sums = Sums(np.full(n, float(len(batch))), *(np.zeros(n) for _ in range(5)))
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
