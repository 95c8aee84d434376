"""Hold the numbers of a study's diffusion: channels, adoption from outside and receptivity, as assumed or as fitted."""

from dataclasses import dataclass

import pandas as pd

from ...network import Channel
from .build_chain import Chain

__all__ = ["DEFAULT_RECEPTIVITY", "Numbers", "assumed_numbers", "receptivity_of"]

# receptivity of a tier that the study gives none
DEFAULT_RECEPTIVITY = 1.0


@dataclass(frozen=True, eq=False)
class Numbers:
    """One version of the numbers that rates are built from.

    Attributes
    ----------
    channels : tuple of Channel
    external : float
        Rate of adoption from outside.
    """

    channels: tuple[Channel, ...]
    external: float


def assumed_numbers(chain: Chain) -> Numbers:
    """Return the numbers that the study file sets."""
    options = chain.inputs.study.diffusion
    assert options is not None  # noqa: S101 - asked only of studies that simulate diffusion
    return Numbers(tuple(Channel(**c.options) for c in options.channels), options.external)


def receptivity_of(chain: Chain) -> pd.Series:
    """Return the receptivity of every center: that of its tier."""
    options = chain.inputs.study.diffusion
    assert options is not None  # noqa: S101 - asked only of studies that simulate diffusion
    tiers = chain.layers.centers.set_index("place")["tier"].astype(str)
    return tiers.map(options.receptivity).fillna(DEFAULT_RECEPTIVITY)
