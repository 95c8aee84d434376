"""Simulate adoption in continuous time in compiled code, on dense networks.

Each place draws one exponential allowance per run and adopts when its accumulated hazard has used it up (Sellke 1983).
For a hazard that is constant between events, with adopters i at times t[i] and rates r[i, j]::

    H[j] = external[j] + sum of r[i, j]          A[j] = allowance[j] + sum of r[i, j] * t[i]

place j is due at A[j] / H[j]. A new adopter adds one row to H and one to A, and leaves both untouched, bit for bit,
where its rate is 0.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import numpy as np
from numba import njit

from ..model.random_numbers import run_bits, uniform

__all__ = ["BLOCK", "credit", "spread"]

# places are counted block by block; rows are padded to whole blocks
BLOCK = 32
# how many mean gaps between events the search for the next one looks ahead at first
_AHEAD = 1.5


@njit(cache=True, nogil=True)
def _add_row(a: np.ndarray, h: np.ndarray, row: np.ndarray, now: float, bound: float, counts: np.ndarray) -> None:
    """Add an adopter's rates, and count in each block the places due by ``bound``."""
    for b in range(a.shape[0] // BLOCK):
        due = 0
        for j in range(b * BLOCK, b * BLOCK + BLOCK):
            rate = row[j]
            hazard = h[j] + rate
            level = a[j] + rate * now
            h[j] = hazard
            a[j] = level
            due += level <= bound * hazard
        counts[b] = due


@njit(cache=True, nogil=True)
def _count(a: np.ndarray, h: np.ndarray, bound: float, counts: np.ndarray) -> None:
    for b in range(a.shape[0] // BLOCK):
        due = 0
        for j in range(b * BLOCK, b * BLOCK + BLOCK):
            due += a[j] <= bound * h[j]
        counts[b] = due


@njit(cache=True, nogil=True)
def _first(a: np.ndarray, h: np.ndarray, bound: float, counts: np.ndarray) -> tuple[int, float]:
    """Return who is due first by ``bound``, the first in order among equals, or -1."""
    who = -1
    when = np.inf
    for b in range(a.shape[0] // BLOCK):
        if counts[b] > 0:
            for j in range(b * BLOCK, b * BLOCK + BLOCK):
                if a[j] <= bound * h[j]:
                    due = a[j] / h[j]
                    if due < when:
                        when = due
                        who = j
    return who, when


@njit(cache=True, nogil=True)
def _switch(
    a: np.ndarray, h: np.ndarray, total: np.ndarray, external: np.ndarray, order: np.ndarray, reached: int, now: float
) -> None:
    """Replace the rates by those of a new phase; what has been used up of an allowance stays used up."""
    for j in range(external.size):
        hazard = external[j]
        for k in range(reached):
            hazard += total[order[k], j]
        if hazard != h[j] and a[j] < np.inf:
            a[j] += (hazard - h[j]) * now
        h[j] = hazard


@njit(cache=True, nogil=True)
def spread(  # noqa: PLR0915 - one hot loop
    total: np.ndarray,
    external: np.ndarray,
    starts: np.ndarray,
    seed_time: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    horizon: float,
) -> np.ndarray:
    """Simulate runs ``first`` to ``last``.

    Parameters
    ----------
    total : phases x n x padded n, rates summed over channels, rows are sources
    external : phases x n
    starts : phases, the first is 0
    seed_time : n, infinite where a place is no seed
    keys : n, noise keys
    seed, first, last : noise seed, first run, one past the last run
    horizon : end of the simulation

    Returns
    -------
    runs x n, infinite where not reached
    """
    phases, n, padded = total.shape
    times = np.full((last - first, n), np.inf)
    a = np.empty(padded)
    h = np.empty(padded)
    counts = np.empty(padded // BLOCK, np.int64)
    order = np.empty(n, np.int64)
    queue = np.argsort(seed_time, kind="mergesort")
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        when_of = times[r]
        for j in range(n):
            a[j] = -np.log(uniform(bits, keys[j]))
            h[j] = external[0, j]
        for j in range(n, padded):
            a[j] = np.inf
            h[j] = 0.0
        reached = 0
        phase = 0
        waiting = 0
        now = 0.0
        gap = 0.0
        bound = 0.0
        _count(a, h, bound, counts)
        while reached < n:
            while waiting < n and when_of[queue[waiting]] < np.inf:
                waiting += 1
            next_seed = seed_time[queue[waiting]] if waiting < n else np.inf
            next_phase = starts[phase + 1] if phase + 1 < phases else np.inf
            limit = min(horizon, next_seed, next_phase)
            who, when = _first(a, h, min(bound, limit), counts)
            while who < 0 and bound < limit:
                bound = min(now + 4.0 * (bound - now), limit) if bound > now and gap > 0.0 else limit
                _count(a, h, bound, counts)
                who, when = _first(a, h, bound, counts)
            if who < 0 or when > limit:
                if next_phase <= limit:
                    phase += 1
                    now = next_phase
                    _switch(a, h, total[phase], external[phase], order, reached, now)
                    bound = now
                    _count(a, h, bound, counts)
                    continue
                if next_seed > limit or next_seed > horizon:
                    break
                who = queue[waiting]
                when = next_seed
            when = max(when, now)
            gap = 0.8 * gap + 0.2 * (when - now) if gap > 0.0 else when - now
            now = when
            when_of[who] = now
            order[reached] = who
            reached += 1
            a[who] = np.inf
            bound = min(now + _AHEAD * gap, horizon)
            _add_row(a, h, total[phase, who], now, bound, counts)
    return times


@njit(cache=True, nogil=True)
def credit(  # noqa: C901, PLR0912 - one hot loop
    tensor: np.ndarray,
    external: np.ndarray,
    starts: np.ndarray,
    seed_time: np.ndarray,
    times: np.ndarray,
    by_channel: np.ndarray,
    by_source: np.ndarray,
    first: int,
    last: int,
) -> None:
    """Share out every arrival of some runs among channels and sources by their shares of the hazard at that moment.

    Runs lie side by side, so that one rate is added to all runs at once; each sum runs over sources, and then over
    runs, in order. What belongs to a place is added up for it alone: places may be counted at the same time.

    Parameters
    ----------
    tensor : phases x channels x n x n
    external : phases x n
    starts, seed_time : as in `spread`
    times : n x runs
    by_channel : n x (channels + 1)
        Shares are added to it; the last column is the outside.
    by_source : n x n, or empty
        Shares are added to it, row i is what source i is credited with; left out where it is empty.
    first, last : arrivals at which places are counted, and one past the last
    """
    phases, channels, n, _ = tensor.shape
    runs = times.shape[1]
    part = np.empty((channels, runs))
    hazard = np.empty(runs)
    until = np.empty(runs)
    phase = np.empty(runs, np.int64)
    for j in range(first, last):
        now = times[j]
        for r in range(runs):
            phase[r] = -1
            if now[r] < np.inf and now[r] != seed_time[j]:
                phase[r] = np.searchsorted(starts, now[r], side="right") - 1
        part[:] = 0.0
        for p in range(phases):
            for r in range(runs):
                until[r] = now[r] if phase[r] == p else -np.inf
            for c in range(channels):
                for i in range(n):
                    rate = tensor[p, c, i, j]
                    if rate > 0.0:
                        for r in range(runs):
                            part[c, r] += rate if times[i, r] < until[r] else 0.0
        for r in range(runs):
            hazard[r] = 0.0
            if phase[r] >= 0:
                hazard[r] = external[phase[r], j] + part[:, r].sum()
            if hazard[r] > 0.0:
                for c in range(channels):
                    by_channel[j, c] += part[c, r] / hazard[r]
                by_channel[j, channels] += external[phase[r], j] / hazard[r]
        if by_source.size == 0:
            continue
        for i in range(n):
            if tensor[:, :, i, j].any():
                for r in range(runs):
                    if hazard[r] > 0.0 and times[i, r] < now[r]:
                        for c in range(channels):
                            by_source[i, j] += tensor[phase[r], c, i, j] / hazard[r]
