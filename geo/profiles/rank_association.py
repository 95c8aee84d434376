"""Measure whether places that rank high on one indicator rank high on another, by Kendall's rank correlation."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.framework import Framework
from ...data.methods import documented
from ...data.options import check_columns, listed, name_faults, refuse
from ...data.permutations import Permutations, p_values
from .indicator_matrix import indicator_matrix

__all__ = ["rank_association"]

# with fewer places no order of them is rare
_LEAST = 4
# beyond this many places the distribution is normal for all that orders could show
_MOST = 60
# orders that are laid out at once
_CHUNK = 500


@documented("kendall1938", formula="τ<sub>b</sub> = (C − D) / √((P − T<sub>x</sub>)(P − T<sub>y</sub>))")
def rank_association(
    values: pd.DataFrame,
    of: Sequence[str],
    against: Sequence[str],
    *,
    permutations: int = 9_999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Correlate the ranks of places on some indicators with their ranks on others.

    Of the P pairs of places that have both indicators, C stand in the same order on both, D in opposite order, and
    :math:`T_x`, :math:`T_y` are tied on the one or the other:

    .. math:: \tau_b = \frac{C - D}{\sqrt{(P - T_x)(P - T_y)}}

    from -1 (opposite orders) to 1 (the same order). Its p is the share of the orders of the places whose :math:`\tau_b`
    is at least as far from 0: of all orders where there are no more of them than ``permutations``, else of random ones;
    of more than 60 places it is that of the normal distribution.

    - A place that lacks one of the two indicators plays no part; nothing is filled in.
    - Fewer than four places, or an indicator that is equal everywhere, have no correlation: see ``status``.
    - Only ranks count: squares or logarithms of positive values change nothing. A tier may stand as a number.
    - With few places even perfect agreement can be chance: of four places p is never below 1/12.
    - Places that contain one another are not independent: leave out those named by `innoscape.data.nested_pairs`.

    Parameters
    ----------
    values : DataFrame
        ``place, indicator, value``, one row a place and indicator.
    of, against : sequence of str
        Indicators; each of the first is compared with each of the second.
    permutations : int
        Orders to draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        ``of, against, places`` (that have both), ``tau_b, p_value``, ``test`` (``exact``, ``sampled``, ``normal`` or
        ``none``), ``status``: ``measured``, ``too few places`` or ``all equal``.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        An indicator that the table lacks, a cell given twice, a value that is no number.

    References
    ----------
    Kendall, M. G. (1938). A new measure of rank correlation. Biometrika 30, 81-93.

    Examples
    --------
    Companies named in lists against shares of patents: in the five provinces that have both (Zhang 2022, section 3)

    >>> firms = {"广东": 276, "北京": 209, "上海": 157, "山东": 117, "福建": 52}
    >>> patents = {"广东": 20.73, "北京": 4.76, "上海": 4.83, "山东": 6.97, "福建": 4.26}
    >>> cells = [(p, n, v) for n, held in (("firms", firms), ("patents", patents)) for p, v in held.items()]
    >>> values = pd.DataFrame(cells, columns=["place", "indicator", "value"])
    >>> rank_association(values, ["firms"], ["patents"]).round(3)
          of  against  places  tau_b  p_value   test    status
    0  firms  patents       5    0.4    0.483  exact  measured
    """
    check_columns(values, "values", ("place", "indicator", "value"))
    first, second = (listed(given, name=name) for given, name in ((of, "of"), (against, "against")))
    known = [str(name) for name in pd.unique(values["indicator"])]
    refuse(
        fault
        for name, given in (("of", first), ("against", second))
        for fault in name_faults(given, known, name=name, among="indicators of values")
    )
    names = dict.fromkeys([*map(str, first), *map(str, second)])
    table = indicator_matrix(values, Framework.from_table(pd.DataFrame({"indicator": list(names)})), "value", "values")
    rows = []
    for one, other in itertools.product(map(str, first), map(str, second)):
        pairs = np.column_stack([table[one], table[other]])
        pairs = pairs[~np.isnan(pairs).any(axis=1)]
        rows.append((one, other, len(pairs), *_associated(pairs, permutations, seed)))
    return pd.DataFrame(rows, columns=["of", "against", "places", "tau_b", "p_value", "test", "status"])


def _associated(pairs: np.ndarray, permutations: int, seed: int) -> tuple[float, float, str, str]:
    """Return tau-b, p, the test and the status of two indicators (places x 2)."""
    from scipy import stats

    orders = Permutations(max(len(pairs), 1), permutations, seed)
    if len(pairs) < _LEAST:
        return np.nan, np.nan, "none", "too few places"
    if (np.ptp(pairs, axis=0) == 0).any():
        return np.nan, np.nan, "none", "all equal"
    if len(pairs) > _MOST:
        found = stats.kendalltau(*pairs.T)
        return float(found.statistic), float(found.pvalue), "normal", "measured"
    x, y = (np.sign(column[:, None] - column[None, :]) for column in pairs.T)
    scale = float(np.sqrt(np.abs(x).sum() * np.abs(y).sum()))

    def taus(some: np.ndarray) -> np.ndarray:
        parts = np.array_split(some, -(-len(some) // _CHUNK))
        return np.concatenate([y[p[:, :, None], p[:, None, :]].reshape(len(p), -1) @ x.ravel() for p in parts]) / scale

    observed = float((x * y).sum()) / scale
    drawn = orders.each(taus, cost=float(len(pairs)) ** 2)
    p_value = p_values(observed, drawn, exact=orders.exact, alternative="two-sided")["p_value"]
    return observed, p_value, "exact" if orders.exact else "sampled", "measured"
