"""Measure how unequal the sizes of places are: rank-size rule, primacy, depth of the heavy tail."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, check_number, finite_series, positive_series
from ...data.wording.catalogue import text
from .breaks import HEAD_SHARE, head_tail_breaks

__all__ = ["RANK_SIZE_FORMS", "head_tail_index", "primacy", "rank_size"]

RankSizeForm = Literal["gabaix_ibragimov", "plain", "size_on_rank"]
RANK_SIZE_FORMS: tuple[str, ...] = get_args(RankSizeForm)


def head_tail_index(values: pd.Series | Sequence[float], *, head_share: float | None = HEAD_SHARE) -> int:
    """Return the ht-index: one more than the times the values part into a small head and a long tail.

    The values are split at their mean as long as at most ``head_share`` of them lie above it; then the head is split in
    turn; with ``head_share=None`` they are split whatever the share. 1 means no heavy tail at all. The rule is that of
    ``assign_tiers(method="head_tail")``.

    References
    ----------
    Jiang, B., Yin, J. (2014). Ht-index for quantifying the fractal or scaling structure of geographic features.
    Annals of the AAG 104 (3), 530-540.

    Examples
    --------
    >>> head_tail_index([1 / rank for rank in range(1, 11)])
    3
    >>> head_tail_index([1, 1, 1])
    1
    """
    if head_share is not None:
        check_number("head_share", head_share, above=0, most=1)
    return 1 + len(head_tail_breaks(finite_series(pd.Series(values)).to_numpy(), most=None, head_share=head_share))


def rank_size(values: pd.Series | Mapping[str, float], *, form: RankSizeForm = "gabaix_ibragimov") -> pd.Series:
    r"""Fit the rank-size rule: how fast values fall with rank.

    Least squares of :math:`\ln(rank - 1/2) = a - b \ln(value)`, where :math:`b = 1` is Zipf's law; the standard error
    is :math:`b \sqrt{2 / n}`, the plain one of the regression being far too small.

    Parameters
    ----------
    values : Series or mapping
        A number above 0 for each place, at least three.
    form : {"gabaix_ibragimov", "plain", "size_on_rank"}
        ``"plain"``: :math:`\ln(rank) = a - b \ln(value)`, and ``"size_on_rank"``: :math:`\ln(value) = a - b \ln(rank)`
        (Zipf's dimension), both with the standard error of the regression; they are biased in small samples.

    Returns
    -------
    Series
        ``exponent`` (b), ``standard_error``, ``low`` and ``high`` (95 %), ``r_squared``, ``primacy`` (highest over
        second highest), ``places``.

    Raises
    ------
    OptionError
        Values that are missing or not above 0, fewer than three places, or all values equal.

    References
    ----------
    Gabaix, X., Ibragimov, R. (2011). Rank - 1/2: a simple way to improve the OLS estimation of tail exponents.
    Journal of Business & Economic Statistics 29 (1), 24-39.

    Examples
    --------
    >>> fit = rank_size({str(rank): 100 / (rank - 0.5) for rank in range(1, 21)})
    >>> print(f'{fit["exponent"]:.3f} +/- {fit["standard_error"]:.3f}, primacy {fit["primacy"]:.1f}')
    1.000 +/- 0.316, primacy 3.0
    """
    check_choice("form", form, RANK_SIZE_FORMS)
    series = positive_series(values, reason="for a logarithm")
    sizes = np.sort(series.to_numpy())[::-1]
    if len(sizes) < 3 or sizes[0] == sizes[-1]:
        raise OptionError(text("faults.calls.rank_size.values_three_places_differ", sizes=len(sizes)))
    ranks = np.arange(1, len(sizes) + 1) - (0.5 if form == "gabaix_ibragimov" else 0.0)
    x, y = np.log(sizes), np.log(ranks)
    if form == "size_on_rank":
        x, y = y, x
    dx, dy = x - math.fsum(x) / len(x), y - math.fsum(y) / len(y)
    sxy, sxx, syy = math.fsum(dx * dy), math.fsum(dx * dx), math.fsum(dy * dy)
    exponent = -sxy / sxx
    if form == "gabaix_ibragimov":
        error = abs(exponent) * math.sqrt(2 / len(sizes))
    else:
        error = math.sqrt(max(0.0, syy - sxy**2 / sxx) / (len(sizes) - 2) / sxx)
    return pd.Series(
        {
            "exponent": exponent,
            "standard_error": error,
            "low": exponent - 1.959963984540054 * error,
            "high": exponent + 1.959963984540054 * error,
            "r_squared": sxy**2 / (sxx * syy),
            "primacy": float(sizes[0] / sizes[1]),
            "places": float(len(sizes)),
        }
    )


def primacy(values: pd.Series | Mapping[str, float]) -> pd.Series:
    r"""Say how far the largest place stands above the next ones.

    With sizes :math:`P_1 \ge P_2 \ge \dots`, ``two_city`` is :math:`P_1 / P_2`, ``four_city``
    :math:`P_1 / (P_2 + P_3 + P_4)`, ``eleven_city`` :math:`2 P_1 / (P_2 + \dots + P_{11})`, and ``share`` the largest
    place's part of all.

    - Under the rank-size rule with exponent 1 the three indices are about 2, 1 and 1 (exactly 2, 12/13 and 0.990).
    - With fewer places than an index needs it is not a number.
    - Where the places it divides by are all at 0, an index is infinite; where all are, not a number.

    Parameters
    ----------
    values : Series or mapping
        A number of at least 0 for each place, at least two.

    Returns
    -------
    Series
        ``two_city``, ``four_city``, ``eleven_city``, ``share``, ``places``.

    Raises
    ------
    OptionError
        Values that are missing or below 0, or fewer than two places.

    References
    ----------
    Jefferson, M. (1939). The law of the primate city. Geographical Review 29 (2), 226-232.
    许学强, 周一星, 宁越敏 (2009). 城市地理学 (第2版). 高等教育出版社: the indices of four and eleven cities.

    Examples
    --------
    >>> primacy({"甲": 60, "乙": 20, "丙": 10, "丁": 10}).round(2).to_dict()
    {'two_city': 3.0, 'four_city': 1.5, 'eleven_city': nan, 'share': 0.6, 'places': 4.0}
    """
    sizes = np.sort(positive_series(values, reason="to compare sizes", zero=True).to_numpy())[::-1]
    if len(sizes) < 2:
        raise OptionError(text("faults.calls.rank_size.values_two_places_compare", sizes=len(sizes)))
    return pd.Series(
        {
            "two_city": _over(sizes, 2),
            "four_city": _over(sizes, 4),
            "eleven_city": 2 * _over(sizes, 11),
            "share": float(sizes[0] / math.fsum(sizes)) if sizes[0] else math.nan,
            "places": float(len(sizes)),
        }
    )


def _over(sizes: np.ndarray, count: int) -> float:
    """Divide the largest size by the sum of the next ones."""
    if len(sizes) < count or sizes[0] == 0:
        return math.nan
    next_ones = math.fsum(sizes[1:count])
    return float(sizes[0] / next_ones) if next_ones else math.inf
