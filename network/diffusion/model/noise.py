"""Draw noise that depends on nothing but the seed, the run and the name of the place.

A counter-based generator: the bits of (seed, run, key, turn) are scrambled, no state is carried along. Results are
therefore the same whatever the order of places, chunks, threads or machines, and two simulations with one seed are
paired run by run.
"""

import hashlib
from collections.abc import Hashable, Iterable

import numpy as np
from numba import njit

__all__ = ["place_keys", "run_bits", "uniform"]

_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def place_keys(places: Iterable[Hashable], *, salt: str = "") -> np.ndarray:
    """Return a 64-bit key of each place name, the same on every machine; a salt gives another stream."""
    digests = (hashlib.blake2b(f"{salt}{place}".encode(), digest_size=8).digest() for place in places)
    return np.array([int.from_bytes(d, "little") for d in digests], dtype=np.uint64)


@njit(cache=True, nogil=True, inline="always")
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (the finalizer of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def run_bits(seed: np.uint64, run: int) -> np.uint64:
    """Return the bits that all draws of one run share."""
    return _mix(_mix(seed + _STEP) ^ (np.uint64(run) * _STEP))


@njit(cache=True, nogil=True, inline="always")
def uniform(bits: np.uint64, key: np.uint64) -> float:
    """Draw from the open unit interval for one place in one run."""
    # 53 bits, as a signed number: compilers turn those into floats many at a time
    return (np.float64(np.int64(_mix(bits ^ key) >> np.uint64(11))) + 0.5) * 2.0**-53
