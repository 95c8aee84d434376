"""Draw noise that depends on nothing but the seed, the run and the name of the place.

A counter-based generator: the bits of (seed, run, key, turn) are scrambled, no state is carried along. Results are
therefore the same whatever the order of places, chunks, threads or machines, and two simulations with one seed are
paired run by run.
"""

from typing import Any

import numpy as np
from numba import njit

from ....data.noise import STEP, mix

__all__ = ["run_bits", "uniform"]

# the same scrambling as of arrays, compiled into the loops
_mix: Any = njit(cache=True, nogil=True, inline="always")(mix)


@njit(cache=True, nogil=True)
def run_bits(seed: np.uint64, run: int) -> np.uint64:
    """Return the bits that all draws of one run share."""
    return _mix(_mix(seed + STEP) ^ (np.uint64(run) * STEP))


@njit(cache=True, nogil=True, inline="always")
def uniform(bits: np.uint64, key: np.uint64) -> float:
    """Draw from the open unit interval for one place in one run."""
    # 53 bits, as a signed number: compilers turn those into floats many at a time
    return (np.float64(np.int64(_mix(bits ^ key) >> np.uint64(11))) + 0.5) * 2.0**-53
