"""Hold what a fit of a study's diffusion found."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from ..plan.diffusion_fit import Effect
from ..plan.inputs import Tables
from ..wording.notices import Notice

__all__ = ["FoundFit"]


@dataclass(frozen=True, eq=False)
class FoundFit:
    """What a fit found.

    Attributes
    ----------
    estimates : DataFrame
        ``parameter, value, error, low, high, p_value``.
    correlation : DataFrame or None
        Of the estimates.
    unidentified : dict
        Parameter -> reason, see `innoscape.network.DiffusionFit.unidentified`.
    effects : tuple of Effect
    tables : dict
    notices : tuple of Notice
    tests : callable
        Computes the tables of tests and calibration, which a check needs not.
    """

    estimates: pd.DataFrame
    correlation: pd.DataFrame | None
    unidentified: dict[str, str]
    tables: Tables
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
    tests: Callable[[], Tables] = dict
