"""Return the borders of tiers, how many places each holds, and how well they part the values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ...data.options import finite_series, reach_faults, refuse
from .assign import assign_tiers

__all__ = ["TierBorders", "tier_borders"]


@dataclass(frozen=True)
class TierBorders:
    """Tiers of some values, their borders and their fit.

    Parameters
    ----------
    tiers : Series
        The tier of each place, as `assign_tiers` gives it.
    table : DataFrame
        ``tier``, ``low``, ``high`` (lowest and highest value on the tier), ``places``, ``mean``; highest tier first,
        tiers without a place left out.
    tss : float
        Sum of squared deviations from the means of the tiers.
    adcm : float
        Sum of absolute deviations from the medians of the tiers.
    gvf : float
        Goodness of variance fit: 1 less the share of the sum of squares about the overall mean that is left within the
        tiers. 1 where all values are equal.
    """

    tiers: pd.Series = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    tss: float
    adcm: float
    gvf: float


def tier_borders(values: pd.Series | Mapping[str, float], **options: Any) -> TierBorders:  # noqa: ANN401
    r"""Divide places into tiers and return the borders, the counts and the fit of the tiers.

    With :math:`\bar x_c` the mean and :math:`m_c` the median of tier :math:`c`,

    .. math:: TSS = \sum_c \sum_{i \in c} (x_i - \bar x_c)^2, \quad ADCM = \sum_c \sum_{i \in c} |x_i - m_c|, \quad
              GVF = 1 - \frac{TSS}{\sum_i (x_i - \bar x)^2}

    named as in mapclassify (its ``get_tss`` and ``adcm``).

    - Of k classes the natural breaks have the least TSS and the largest GVF.
    - GVF is 0 where all values stand on one tier, and 1 where no two different values share one.

    Parameters
    ----------
    values : Series or mapping
        A finite number for each place.
    **options
        Those of `assign_tiers`.

    Returns
    -------
    TierBorders

    Raises
    ------
    OptionError
        As `assign_tiers`.

    References
    ----------
    Jenks, G. F. (1967). The data model concept in statistical mapping. International Yearbook of Cartography 7,
    186-190.

    Examples
    --------
    >>> found = tier_borders({"a": 9, "b": 8, "c": 2, "d": 1}, k=2)
    >>> found.table[["low", "high", "places"]].to_numpy().tolist()
    [[8.0, 9.0, 2.0], [1.0, 2.0, 2.0]]
    >>> found.tss, found.adcm, round(found.gvf, 3)
    (1.0, 2.0, 0.98)
    """
    series = finite_series(values)
    refuse(reach_faults(series, name="values"))
    tiers = assign_tiers(series, **options)
    rows, squares, distances = [], [], []
    for tier, part in series.groupby(tiers, observed=True, sort=True):
        numbers = np.sort(part.to_numpy())
        mean = math.fsum(numbers) / numbers.size
        squares.append(math.fsum((numbers - mean) ** 2))
        distances.append(math.fsum(np.abs(numbers - np.median(numbers))))
        rows.append((tier, numbers[0], numbers[-1], numbers.size, mean))
    table = pd.DataFrame(rows, columns=["tier", "low", "high", "places", "mean"]).astype({"tier": tiers.dtype})
    whole = math.fsum((series - math.fsum(series) / len(series)) ** 2)
    tss = math.fsum(squares)
    return TierBorders(tiers, table, tss, math.fsum(distances), 1.0 - tss / whole if whole > 0 else 1.0)
