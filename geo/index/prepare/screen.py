"""Leave out the places and indicators that have too few values.

An availability is a share: of a place, how many of the indicators it has a value for; of an indicator, how many of
the places have one. In a panel a place counts once for each year, an indicator over all years.
"""

from collections.abc import Callable, Hashable
from typing import Literal

import numpy as np
import pandas as pd

from ....data.methods import documented
from ....data.option_checks import Check, a_choice, a_share

__all__ = ["CHECKS", "SCREENS", "availability"]

Excluded = tuple[Hashable, str, str]


@documented(
    "oecd2008",
    formula=lambda options: f"m<sub>i</sub> / m ≥ {options['places']:g}, n<sub>k</sub> / n ≥ {options['indicators']:g}",
)
def availability(
    matrix: pd.DataFrame,
    *,
    places: float = 0.0,
    indicators: float = 0.0,
    nonzero_places: float = 0.0,
    nonzero_indicators: float = 0.0,
    first: Literal["indicators", "places"] = "indicators",
) -> tuple[pd.DataFrame, list[Excluded]]:
    """Keep what has at least the given shares of values.

    - A share equal to the threshold is enough.
    - What has no value at all has a share of 0 of values that are not zero.

    Parameters
    ----------
    matrix : DataFrame
        Places (or places and years) x indicators; missing cells are ``nan``.
    places, indicators : float
        Least share of values of a place over the indicators, of an indicator over the places.
    nonzero_places, nonzero_indicators : float
        Least share of values other than 0 among the values that are present.
    first : {"indicators", "places"}
        What is screened first; the other is then judged by what is left.

    Returns
    -------
    tuple
        The rows and columns kept, and every cell left out as (row, indicator, why).

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, np.nan], "b": [1, 0, np.nan]}, index=["甲", "乙", "丙"])
    >>> kept, left_out = availability(table, places=0.5)
    >>> list(kept.index), left_out[0]
    (['甲', '乙'], ('丙', 'a', 'the place has 0 % of the values, 50 % needed'))
    """
    left_out: list[Excluded] = []
    for axis in (1, 0) if first == "indicators" else (0, 1):
        present = matrix.notna().to_numpy()
        zero = (matrix == 0).to_numpy()
        size = max(matrix.shape[1 - axis], 1)
        count = present.sum(axis=1 - axis)
        full = count / size
        nonzero = np.where(count > 0, (count - zero.sum(axis=1 - axis)) / np.maximum(count, 1), 0.0)
        need_full, need_nonzero = (indicators, nonzero_indicators) if axis else (places, nonzero_places)
        drop = (full < need_full) | (nonzero < need_nonzero)
        labels = matrix.columns if axis else matrix.index
        what = "indicator" if axis else "place"
        for label, share, other in zip(labels[drop], full[drop], nonzero[drop], strict=True):
            why = f"{other:.0%} of the {what}'s values are not 0, {need_nonzero:.0%} needed"
            if share < need_full:
                why = f"the {what} has {share:.0%} of the values, {need_full:.0%} needed"
            why = why.replace("%", " %")
            others = matrix.index if axis else matrix.columns
            left_out += [(one, str(label), why) if axis else (label, str(one), why) for one in others]
        matrix = matrix.loc[:, ~drop] if axis else matrix.loc[~drop]
    return matrix, left_out


def _none(matrix: pd.DataFrame) -> tuple[pd.DataFrame, list[Excluded]]:
    return matrix, []


SCREENS: dict[str, Callable[..., tuple[pd.DataFrame, list[Excluded]]]] = {"none": _none, "availability": availability}
CHECKS: dict[str, Check] = {
    "places": a_share,
    "indicators": a_share,
    "nonzero_places": a_share,
    "nonzero_indicators": a_share,
    "first": a_choice("indicators", "places"),
}
