"""Hold several versions of one model of a spread, which differ in its numbers alone."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ....data.errors import OptionError
from .hazard_rates import Rates

__all__ = ["Versions", "borders_of", "versions_of"]

Versions: TypeAlias = Rates | Sequence[Rates]


def versions_of(rates: Versions) -> tuple[Rates, ...]:
    """Return the versions of a model, one where the rates are known.

    Raises
    ------
    OptionError
        If there is none, or they differ in places, channels or dates.
    """
    if isinstance(rates, Rates):
        return (rates,)
    several = tuple(rates) if isinstance(rates, Sequence) and not isinstance(rates, str) else ()
    if not several or not all(isinstance(one, Rates) for one in several):
        came = f"others among {len(several)}" if several else type(rates).__name__
        raise OptionError(f"rates: needed those that hazard_rates() builds, one or several, got {came}")
    first = several[0]
    for i, one in enumerate(several[1:], 2):
        for what, own, other in (
            ("places", first.places, one.places),
            ("channels", [c.name for c in first.channels], [c.name for c in one.channels]),
            ("dates of change", first.starts.tolist(), one.starts.tolist()),
        ):
            if own != other:
                raise OptionError(f"rates: needed the same {what} in every version, got others in version {i}")
    return several


def borders_of(runs: int, versions: int) -> np.ndarray:
    """Return the first run of each version but the first: as many runs in a row for each as possible.

    Examples
    --------
    >>> borders_of(10, 3).tolist()
    [3, 6]
    """
    if runs < versions:
        raise OptionError(f"runs: needed at least one for each of the {versions} versions of the rates, got {runs}")
    return np.arange(1, versions) * runs // versions
