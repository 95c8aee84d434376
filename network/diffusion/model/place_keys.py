"""Name places by keys that their noise depends on."""

from collections.abc import Hashable, Iterable

import numpy as np

from ....data.noise import keys_of

__all__ = ["place_keys"]


def place_keys(places: Iterable[Hashable], *, salt: str = "") -> np.ndarray:
    """Return a 64-bit key of each place name, the same on every machine; a salt gives another stream."""
    return keys_of(f"{salt}{place}" for place in places)
