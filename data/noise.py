"""Draw noise from a counter: numbers that depend on a seed, a run and a name, and on nothing else.

The draw of (seed, run, name) is a hash of the three, so neither the order nor the number of rows, runs, chunks, threads
or machines can change it, and two analyses with one seed are paired run by run. Compiled loops use the same `mix`.
"""

import hashlib
from collections.abc import Iterable

import numpy as np

__all__ = ["STEP", "draws", "keys_of", "mix", "uniform_of"]

# the increment of splitmix64
STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def keys_of(names: Iterable[str]) -> np.ndarray:
    """Return a 64-bit key of each name, the same on every machine.

    Examples
    --------
    >>> keys_of(["北京"]) == keys_of(["天津", "北京"])[1:]
    array([ True])
    """
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


def draws(seed: int, runs: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return a number between 0 and 1 (both excluded) for each run (row) and key (column).

    Examples
    --------
    >>> both = draws(0, np.arange(3), keys_of(["a", "b"]))
    >>> bool((draws(0, np.array([2]), keys_of(["b"])) == both[2, 1]).all())
    True
    """
    start = mix(np.array([seed % 2**64], dtype=np.uint64) + STEP)
    rows = mix(start ^ (np.asarray(runs).astype(np.uint64) * STEP))
    return uniform_of(mix(rows[:, None] ^ keys[None, :]))


def mix(bits: np.ndarray) -> np.ndarray:
    """Scramble unsigned 64-bit numbers (the finalizer of splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    return bits ^ (bits >> np.uint64(31))


def uniform_of(bits: np.ndarray) -> np.ndarray:
    """Return numbers between 0 and 1, both excluded, of 53 of the bits.

    Examples
    --------
    >>> float(uniform_of(np.array([0], dtype=np.uint64))[0]) == 2.0**-54
    True
    """
    return ((bits >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
