"""Run the exact simulation of spread in compiled code.

Each place draws one exponential allowance per run and adopts when the hazard accumulated from adopters and from outside
has used it up (Sellke 1983). Noise is counter-based: the draw of (seed, run, place) depends on nothing else.
"""

import hashlib
from collections.abc import Hashable

import numpy as np
from numba import njit

__all__ = ["place_keys", "spread"]

_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def place_keys(places: tuple[Hashable, ...]) -> np.ndarray:
    """Return a stable 64-bit key of each place name, the same on every machine."""
    digests = (hashlib.blake2b(str(place).encode(), digest_size=8).digest() for place in places)
    return np.array([int.from_bytes(d, "little") for d in digests], dtype=np.uint64)


@njit(cache=True, nogil=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (the finalizer of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _allowance(seed: np.uint64, run: np.uint64, key: np.uint64) -> float:
    """Draw Exp(1) for one place in one run."""
    bits = _mix(_mix(_mix(seed + _STEP) ^ (run * _STEP)) ^ key)
    uniform = (np.float64(bits >> np.uint64(11)) + 0.5) * 2.0**-53
    return -np.log(uniform)


@njit(cache=True, nogil=True)
def spread(  # noqa: C901, PLR0912, PLR0915 - one hot loop
    tensor: np.ndarray,
    total: np.ndarray,
    external: np.ndarray,
    starts: np.ndarray,
    seed_time: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    horizon: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simulate runs ``first`` to ``last`` and return times, credit sums and source sums.

    Parameters
    ----------
    tensor : phases x channels x n x n
    total : phases x n x n, the tensor summed over channels
    external : phases x n
    starts : phases, the first is 0
    seed_time : n, infinite where a place is no seed
    keys : n, noise keys
    seed, first, last : noise seed, first run, one past the last run
    horizon : end of the simulation

    Returns
    -------
    times : runs x n, infinite where not reached
    credit : n x (channels + 1), summed over runs; the last column is the outside
    sources : n x n, summed over runs; row i is what source i is credited with
    """
    phases, channels, n, _ = tensor.shape
    runs = last - first
    times = np.full((runs, n), np.inf)
    credit = np.zeros((n, channels + 1))
    sources = np.zeros((n, n))
    left = np.empty(n)  # allowance not yet used up
    hazard = np.empty(n)
    since = np.empty(n)  # when `left` was last brought up to date
    due = np.empty(n)  # when the place adopts if nothing changes
    order = np.empty(n, np.int64)  # adopters in order of adoption
    for r in range(runs):
        reached = 0
        phase = 0
        now = 0.0
        for j in range(n):
            left[j] = _allowance(seed, np.uint64(first + r), keys[j])
            hazard[j] = external[0, j]
            since[j] = 0.0
            due[j] = left[j] / hazard[j] if hazard[j] > 0.0 else np.inf
        while reached < n:
            who = -1
            when = np.inf
            seeded = False
            for j in range(n):
                if times[r, j] == np.inf:
                    if seed_time[j] < when:
                        when = seed_time[j]
                        who = j
                        seeded = True
                    if due[j] < when:
                        when = due[j]
                        who = j
                        seeded = False
            if phase + 1 < phases and starts[phase + 1] <= when and starts[phase + 1] <= horizon:
                phase += 1
                now = starts[phase]
                for j in range(n):
                    if times[r, j] == np.inf:
                        fresh = external[phase, j]
                        for a in range(reached):
                            fresh += total[phase, order[a], j]
                        if fresh != hazard[j]:
                            left[j] = max(left[j] - hazard[j] * (now - since[j]), 0.0)
                            since[j] = now
                            hazard[j] = fresh
                            due[j] = now + left[j] / fresh if fresh > 0.0 else np.inf
                continue
            if who < 0 or when > horizon:
                break
            now = when
            times[r, who] = now
            if not seeded:
                for c in range(channels):
                    part = 0.0
                    for a in range(reached):
                        part += tensor[phase, c, order[a], who]
                    credit[who, c] += part / hazard[who]
                credit[who, channels] += external[phase, who] / hazard[who]
                for a in range(reached):
                    sources[order[a], who] += total[phase, order[a], who] / hazard[who]
            order[reached] = who
            reached += 1
            for j in range(n):
                push = total[phase, who, j]
                if push > 0.0 and times[r, j] == np.inf:
                    left[j] = max(left[j] - hazard[j] * (now - since[j]), 0.0)
                    since[j] = now
                    hazard[j] += push
                    due[j] = now + left[j] / hazard[j]
    return times, credit, sources
