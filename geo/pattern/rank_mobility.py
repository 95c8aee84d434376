"""Say how much places change ranks from year to year, and whether groups of places move together."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import absent_place_faults, refuse
from ...data.permutations import Permutations
from .variables_of import columns_by_place

__all__ = ["rank_mobility"]


@documented("rey2004")
def rank_mobility(
    values: pd.DataFrame,
    *,
    groups: pd.Series | Mapping[str, str] | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Measure how ranks change between consecutive years, and how far groups move as one.

    With :math:`d_i` the change of rank of a place: ``tau`` is Kendall's rank correlation (b) of the two years,
    ``moved`` :math:`\sum_i |d_i|` over the most there can be, and ``theta``
    :math:`\sum_g |\sum_{i \in g} d_i| / \sum_i |d_i|`: 1 where all
    places of a group move the same way, near 0 where moves within groups offset each other.

    - Where all places of a year are equal, no pair has an order, and ``tau`` and ``tau_p`` are missing.

    Parameters
    ----------
    values : DataFrame
        By place, one column a year.
    groups : Series or mapping, optional
        Group of each place, such as its region or tier.
    permutations : int
        Random groupings of the same sizes that theta is set against; 0 leaves them out.
    seed : int
        Seed of the permutations.

    Returns
    -------
    DataFrame
        ``year_from``, ``year_to``, ``tau``, ``tau_p``, ``moved``[, ``theta``, ``theta_expected``, ``theta_p``: the
        share of groupings whose theta is at least as large].

    Raises
    ------
    OptionError
        Fewer than two years or places, missing values, places without a group.

    References
    ----------
    Rey, S. J. (2004). Spatial dependence in the evolution of regional income distributions. In: Spatial econometrics
    and spatial statistics, 194-213. Palgrave Macmillan.

    Examples
    --------
    >>> values = pd.DataFrame({2018: [1, 2, 3, 4], 2019: [3, 4, 1, 2]}, index=list("abcd"))
    >>> found = rank_mobility(values, groups=dict(a="x", b="x", c="y", d="y"), permutations=0)
    >>> found[["tau", "theta"]].round(3).to_numpy().tolist()
    [[-0.333, 1.0]]
    """
    if not isinstance(values, pd.DataFrame) or values.shape[1] < 2 or len(values) < 2:
        raise OptionError("values: needed a table of two or more places with a column for each of two or more years")
    table = columns_by_place(values, pd.Index(sorted(values.index, key=str)), name="values").sort_index(axis=1)
    ranks = stats.rankdata(table.to_numpy(), axis=0)
    steps = np.diff(ranks, axis=1)
    n = len(table)
    most = float(np.abs(2 * np.arange(1, n + 1) - n - 1).sum())
    years = table.columns
    rows = {"year_from": years[:-1], "year_to": years[1:]}
    taus = [stats.kendalltau(table[one], table[two]) for one, two in pairwise(years)]
    rows |= {"tau": [t.statistic for t in taus], "tau_p": [t.pvalue for t in taus]}
    rows["moved"] = np.abs(steps).sum(axis=0) / most
    if groups is not None:
        of = pd.Series(groups)
        refuse(absent_place_faults("groups", of.dropna().index, table.index))
        codes = pd.factorize(of.loc[table.index], sort=True)[0]
        rows |= _theta(codes, steps, permutations, seed)
    return pd.DataFrame(rows)


def _theta(codes: np.ndarray, steps: np.ndarray, permutations: int, seed: int) -> dict[str, np.ndarray]:
    member = codes[None, :] == np.arange(codes.max() + 1)[:, None]
    whole = np.abs(steps).sum(axis=0)
    # where nobody moves, nobody moves apart
    scale = np.where(whole > 0, whole, 1.0)

    def theta(moves: np.ndarray) -> np.ndarray:
        return np.abs(np.tensordot(moves, member.astype(float), axes=(-1, 1))).sum(axis=-1) / scale

    found = theta(steps.T)
    columns = {"theta": found}
    if permutations:
        drawn = Permutations(codes.size, permutations, seed)
        each = drawn.each(lambda orders: theta(steps.T[:, orders].transpose(1, 0, 2)), cost=float(steps.size))
        extra = 0 if drawn.exact else 1
        hits = (each >= found - 1e-12).sum(axis=0)
        columns |= {"theta_expected": each.mean(axis=0), "theta_p": (hits + extra) / (drawn.count + extra)}
    return columns
